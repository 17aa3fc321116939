"""What a person types as a place: the same place however it is written."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.coordinates import readings
from twin.frame import Frame
from twin.gazetteer import gazetteer
from twin.readers import Progress

FRAME = Frame()
HERE = FRAME.to_local(121.25, 31.35, crs="EPSG:4326")[0][:2]


@pytest.mark.parametrize("text", [
    "121.25 31.35", "31.35, 121.25", "121.25，31.35", "E 618946.4432 N 3470454.8030", "3470454.803 618946.4432",
    "618946.4432,3470454.803,4.5", "EPSG:4326 121.25 31.35", "epsg 4490: 121.25 31.35", "40618946.4432 3470454.803",
    "EPSG:4528 40618946.4432 3470454.8030", "121°15'00\"E 31°21'00\"N", "31°21′N 121°15′E", "东经121.25 北纬31.35",
    "618,946.44 3,470,454.80", "E 618,946.44   N 3,470,454.80   H 3.20", "X=3470454.803 Y=618946.443"])
def test_every_way_to_write_it_means_the_same_place(text):
    assert np.hypot(*(np.array(readings(text, FRAME)[0].local) - HERE)) < 1.0


@pytest.mark.parametrize("crs", ["EPSG:3857", "EPSG:32651"])
def test_numbers_of_web_maps_and_receivers_need_no_name_of_their_system(crs):
    x, y, _ = Frame(crs=crs, origin=(0.0, 0.0, 0.0)).to_local(121.25, 31.35, crs="EPSG:4326")[0]
    for text in (f"{x:.2f} {y:.2f}", f"{y:.2f}, {x:.2f}"):
        first = readings(text, FRAME)[0]
        assert first.crs == crs and np.hypot(*(np.array(first.local) - HERE)) < 1.0


def test_what_would_be_far_away_in_a_system_that_nobody_named_is_not_offered():
    assert {read.crs for read in readings("618946 3470454", FRAME)} == {FRAME.crs}


def test_web_maps_are_read_only_when_they_are_named():
    shifted = readings("GCJ-02 121.25 31.35", FRAME)[0].local
    assert 300 < np.hypot(*(np.array(shifted) - HERE)) < 700


@pytest.mark.parametrize("text", ["", "裕民南路", "Road 12", "b00012", "12", "400 000 000", "EPSG:4326", "1e5"])
def test_what_is_no_place_gives_none(text):
    assert readings(text, FRAME) == []


@given(st.floats(-20000, 20000), st.floats(-20000, 20000))
def test_eastings_and_northings_round_trip(x, y):
    e, n, _ = FRAME.to_project([[x, y, 0.0]])[0]
    assert readings(f"{e:.3f} {n:.3f}", FRAME)[0].local == pytest.approx((x, y), abs=0.002)


@given(st.text(max_size=40))
def test_any_text_is_answered(text):
    assert isinstance(readings(text, FRAME), list)


NAMES = ["远香湖", "远香湖公园", "裕民南路", "Yuanxiang Lake", "白银路", "嘉定新城"]


@pytest.fixture(scope="module")
def names():
    return gazetteer(("a", "b"), NAMES, np.array([0, 0, 0, 0, 1, 1]), np.array([0, 1, 2, 0, 0, 1]), Progress())


@pytest.mark.parametrize(("typed", "best"), [
    ("远香湖", "远香湖"), ("yuanxianghu", "远香湖"), ("yxh", "远香湖"), ("yumin", "裕民南路"), ("ymnl", "裕民南路"),
    ("lake", "Yuanxiang Lake"), ("baiynlu", "白银路"), ("Yuanxang Lake", "Yuanxiang Lake"), ("新城", "嘉定新城"),
    ("远乡湖", "远香湖"), ("yuan xiang hu", "远香湖"), ("Yumin nan lu", "裕民南路"), ("育民南", "裕民南路"),
    ("白银大路", "白银路")])
def test_names_are_found_in_chinese_pinyin_initials_and_with_a_mistake(names, typed, best):
    assert names.search(typed)[0][0] == best


def test_what_kind_of_thing_it_is_may_be_said_behind_the_name(names):
    """People say 白银路站 where the layer of stations says 白银路, even if something else has the longer name."""
    assert [title for title, *_ in names.search("白银路站")] == ["白银路"]
    both = gazetteer(("a",), ["白银路站口7号", "白银路", "白"], np.zeros(3, int), np.arange(3), Progress())
    assert [title for title, *_ in both.search("白银路站")] == ["白银路站口7号", "白银路"]


def test_a_feature_with_two_names_is_found_once_and_nonsense_not_at_all(names):
    assert [(layer, feature) for _, layer, feature in names.search("yuanxiang")].count(("a", 0)) == 1
    assert [title for title, *_ in names.search("湖")] == ["远香湖", "远香湖公园"]         # not what only sounds so
    assert names.search("qqqqqqqq") == [] and names.search("  ") == []
