"""What a table of readings says of its sensors in every row comes into the store with them: names and heights."""

from __future__ import annotations

import pytest

from tests.twin.history.test_importing import folder, written  # noqa: F401  (a fixture)
from twin.history.importing import bring
from twin.history.store import Store

ZONE = "Asia/Shanghai"


def streams(folder) -> dict:  # noqa: F811
    with Store(folder) as store:
        return {known.stream.id: known.stream for known in store.look().known}


def test_names_in_both_languages_and_heights_that_do_not_change(tmp_path, folder):  # noqa: F811
    report = bring(written(tmp_path, "time,device,name,中文名,height_m,elevation,value,thing,remark\n"
                                     "2026-07-15T06:00Z,a,,远香湖东岸,3.5,5,1,mast,\n"
                                     "2026-07-15T06:01Z,a,East shore,湖,3.5,6,2,mast,cleaned\n"
                                     "2026-07-15T06:00Z,b,b,,,,3,mast,\n"), folder, ZONE)
    a, b = streams(folder)["a"], streams(folder)["b"]
    assert (a.name, a.name_zh, a.thing, a.height_m, a.elevation_m) == ("East shore", "远香湖东岸", "mast", 3.5, None)
    assert (b.name, b.name_zh, b.thing, b.height_m) == ("b", "", "mast", None)
    assert "Columns that are no readings: remark." in report.notes


def test_the_column_that_tells_them_apart_is_their_id(tmp_path, folder):  # noqa: F811
    bring(written(tmp_path, "time,name,value\n2026-07-15T06:00Z,East shore,1\n"), folder, ZONE)
    assert streams(folder)["East shore"].name == "East shore"


@pytest.mark.parametrize("more, name", [("2026-07-15T07:00Z,a,West shore,5\n", "West shore"),
                                        ("2026-07-15T07:00Z,a,,5\n", "East shore")])
def test_a_later_file_says_it_anew_or_leaves_it(tmp_path, folder, more, name):  # noqa: F811
    head = "time,device,name,value\n"
    bring(written(tmp_path, head + "2026-07-15T06:00Z,a,East shore,1\n"), folder, ZONE)
    bring(written(tmp_path, head + more, "more.csv"), folder, ZONE)
    assert streams(folder)["a"].name == name


def test_properties_of_one_thing_share_its_name(tmp_path, folder):  # noqa: F811
    bring(written(tmp_path, "time,device,name,parameter,value\n2026-07-15T06:00Z,a,East shore,pm25,1\n"
                            "2026-07-15T06:00Z,a,East shore,noise,2\n"), folder, ZONE)
    assert {stream.id: stream.name for stream in streams(folder).values()} == {
        "a/pm25": "East shore", "a/noise": "East shore"}
