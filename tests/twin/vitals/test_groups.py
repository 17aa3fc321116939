"""Who belongs to which zone."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from tests.twin.vitals.made_pools import whole
from twin.data import Vectors
from twin.vitals.groups import Group, by_words, contains, members, polygons_of

SQUARE = np.array([[0, 0], [10, 0], [10, 10], [0, 10], [0, 0]], np.float64)
HOLE = np.array([[4, 4], [6, 4], [6, 6], [4, 6], [4, 4]], np.float64)


@given(st.lists(st.tuples(st.floats(-5, 15), st.floats(-5, 15)), max_size=30))
def test_inside_is_inside_and_a_hole_is_not(places):
    xy = np.array(places, np.float64).reshape(-1, 2)
    clear = [k for k, (x, y) in enumerate(places) if min(abs(c - e) for c in (x, y) for e in (0, 4, 6, 10)) > 1e-6]
    found = contains([SQUARE, HOLE], xy)
    for k in clear:
        x, y = places[k]
        assert found[k] == (0 < x < 10 and 0 < y < 10 and not (4 < x < 6 and 4 < y < 6))


def test_a_sensor_may_lie_in_several_zones_or_in_none():
    zones = [(Group("a", "A"), [SQUARE]), (Group("b", "B"), [SQUARE + 5]), (Group("c", "C"), [])]
    groups = whole(members(zones, np.array([[1, 1], [7, 7], [50, 1], [np.nan, np.nan], [12, 12.0]])))
    assert [groups.rows_of(k).tolist() for k in range(3)] == [[0, 1], [1, 4], []]
    assert groups.index("B") == 1 and groups.index("b") == 1 and groups.index("nowhere") == -1


def test_polygons_of_a_layer_bring_their_names_and_lines_are_no_zones():
    lines = np.pad(np.concatenate([SQUARE, SQUARE + 20, SQUARE]), ((0, 0), (0, 1))).astype(np.float32)
    data = Vectors(features=pa.table({"id": ["z1", "z1"], "name": ["One", "Two"], "name_zh": ["一", None]}),
                   line_points=lines, line_offsets=np.array([0, 5, 10, 15]),
                   line_feature=np.array([0, 1, 2]),
                   fill_feature=np.array([0, 0, 0, 1, 1, 1]), fill_points=np.zeros((6, 3), np.float32))
    zones = polygons_of("layer", "zone", data)
    told = [(g.name, g.name_zh, g.feature, len(rings)) for g, rings in zones]
    assert told == [("One", "一", 0, 1), ("Two", "", 1, 1)]
    groups = whole(members(zones, np.array([[5.0, 5], [25, 25]])))
    assert len({g.id for g in groups.groups}) == 2 and groups.of.tolist() == [0, 1]


def test_rooms_are_groups_by_their_column():
    groups = by_words(["", "g1", "g2"], np.array([1, 0, 2, 1]), "room", lambda row: f"room {row}")
    assert [(g.id, g.name) for g in groups.groups] == [("g1", "room 0"), ("g2", "room 2")]
    assert groups.rows_of(0).tolist() == [0, 3]
