"""A GlobalId beside the readings binds their datastream to that element."""

from __future__ import annotations

import pytest

from twin.frame import Frame
from twin.history import csv_file
from twin.history.importing import bring
from twin.history.store import Store
from twin.layer import Source
from twin.readers import Progress, Request
from twin.sensed import elements_of

WALL, DOOR = "1hOSvn6df7F8_7GcBWlRGQ", "2O2Fr$t4X7Zf8NOew3FLOH"
TABLES = {
    "long": (f"time,sensor,GlobalId,value\n2026-07-01 00:00,a,{WALL},1\n2026-07-01 00:05,a,,2\n"
             f"2026-07-01 00:00,b,{DOOR},3\n", {"a": WALL, "b": DOOR}),
    "properties": (f"time,sensor,property,element_guid,value\n2026-07-01 00:00,g,co2,{WALL},1\n"
                   f"2026-07-01 00:00,g,temp,{DOOR},3\n", {"g/co2": WALL, "g/temp": DOOR}),
    "nothing else names them": (f"time,ifc_guid,Temperature (°C)\n2026-07-01 00:00,{WALL},1\n2026-07-01 00:00,{DOOR},3"
                                "\n", {f"{WALL}/Temperature": WALL, f"{DOOR}/Temperature": DOOR}),
    "two elements": (f"time,sensor,GlobalId,value\n2026-07-01 00:00,a,{WALL},1\n2026-07-01 00:05,a,{DOOR},2\n",
                     {"a": ""}),
    "no IFC": ("time,sensor,guid,value\n2026-07-01 00:00,a,6f9619ff-8b86-d011-b42d-00cf4fc964ff,1\n", {"a": ""}),
    "guids of readings": (f"time,guid,value\n2026-07-01 00:00,{WALL},1\n2026-07-01 00:05,{DOOR},2\n", {"readings": ""})}
SEVERAL = ("two elements", "guids of readings")


@pytest.mark.parametrize("name", TABLES)
def test_datastreams_are_on_the_element_that_their_rows_name(tmp_path, name):
    text, wanted = TABLES[name]
    path = tmp_path / "readings.csv"
    path.write_text(text, encoding="utf-8")
    report = bring(path, tmp_path / "s.history", "Asia/Shanghai")
    with Store(tmp_path / "s.history") as store:
        assert {k.stream.id: k.stream.element for k in store.look().known} == wanted
    assert any("more than one GlobalId" in note for note in report.notes) == (name in SEVERAL)


@pytest.mark.parametrize("name", TABLES)
def test_a_table_that_is_a_layer_of_its_own_says_the_same(tmp_path, name):
    text, wanted = TABLES[name]
    path = tmp_path / "readings.csv"
    path.write_text(text, encoding="utf-8")
    sensors = csv_file.read(Request(source=Source(path=str(path), reader="csv"), kind="sensors", frame=Frame()),
                            Progress())
    assert dict(zip(sensors.features.column("id").to_pylist(), elements_of(sensors))) == wanted
