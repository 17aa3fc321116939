"""Sensors and rooms: by real footprint and storey height, by what a table says, and by hand."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import Polygon

from twin.bindings import binding, resolved, with_bindings, without_bindings
from twin.data import Mesh, Sensors
from twin.memberships import HOW, REACH_M, matched, standing
from twin.rooms import Rooms, joined, rooms_of
from twin.sensed import Sensed, sensed_of

L_SHAPE = ((0, 0), (10, 0), (10, 4), (4, 4), (4, 10), (0, 10))
NOTCH = ((4.2, 4.2), (10, 4.2), (10, 10), (4.2, 10))         # lies in the box of the L, and is another room


def made(*polygons: Polygon, low=0.0, high=3.0, storey="EG", layer="b") -> Rooms:
    """Rooms with these outlines; numbers count from 1."""
    parts, first = [], [0]
    for shape in polygons:
        shape = shapely.geometry.polygon.orient(shape)
        for ring in (shape.exterior, *shape.interiors):
            xy = np.array(ring.coords)
            parts.append(np.column_stack([xy[:-1], xy[1:]]))
        first.append(sum(map(len, parts)))
    count = len(polygons)
    numbers = [str(n) for n in range(1, count + 1)]
    return Rooms(guid=tuple(f"{storey}-guid-{n}" for n in numbers), number=tuple(numbers), name=("Office",) * count,
                 storey=(storey,) * count, type=("",) * count, layer=(layer,) * count,
                 feature=np.arange(count, dtype=np.int32), edges=np.concatenate(parts), first=np.array(first),
                 low=np.full(count, low), high=np.full(count, high),
                 centre=np.array([[*np.mean(np.array(s.bounds).reshape(2, 2), axis=0), 1.5] for s in polygons]),
                 area=np.array([s.area for s in polygons]))


def sensed(places, guids=None, numbers=None, storeys=None) -> Sensed:
    count = len(places)
    return Sensed(ids=[f"s{n}" for n in range(count)], places=np.array(places, float).reshape(-1, 3),
                  guids=guids or [""] * count, numbers=numbers or [""] * count, storeys=storeys or [""] * count)


def ways(found) -> list[tuple[str, int]]:
    return [(HOW[h], int(r)) for h, r in zip(found.how, found.room)]


# -- by place ----------------------------------------------------------------------------------------


def star(random, holes: bool) -> Polygon:
    """Any simple polygon about a middle, seldom convex; with a hole where it is wide enough."""
    middle, corners = random.uniform(-20, 20, 2), int(random.integers(3, 12))
    angle = np.sort(random.uniform(0, 2 * np.pi, corners))
    around = np.column_stack([np.cos(angle), np.sin(angle)])
    shape = Polygon(middle + around * random.uniform(1.0, 8.0, (corners, 1)))
    hole = shape.buffer(-0.8)
    return Polygon(shape.exterior, [hole.exterior]) if holes and isinstance(hole, Polygon) and not hole.is_empty \
        else shape


@given(st.integers(0, 2**32 - 1), st.integers(1, 9), st.booleans())
def test_standing_is_what_brute_force_says(seed, count, holes):
    random = np.random.default_rng(seed)
    shapes = [s for s in (star(random, holes) for _ in range(count)) if s.is_valid and s.area > 0.01]
    if not shapes:
        return
    rooms = made(*shapes)
    points = np.column_stack([random.uniform(-30, 30, (200, 2)), random.uniform(-1, 4, 200)])
    sensor, room, away = standing(rooms, points)
    got = {(int(s), int(r)): a for s, r, a in zip(sensor, room, away)}
    for s, point in enumerate(points):
        for r, shape in enumerate(shapes):
            spot = shapely.Point(point[:2])
            distance, edge = shape.distance(spot), shape.boundary.distance(spot)
            if min(edge, abs(distance - REACH_M)) < 1e-6 or min(abs(point[2] + 0.05), abs(point[2] - 2.95)) < 1e-9:
                continue                                     # on the border itself either answer is right
            expected = -0.05 <= point[2] < 2.95 and distance <= REACH_M
            assert ((s, r) in got) == expected
            if expected:
                assert got[s, r] == pytest.approx(distance, abs=1e-9)


def test_a_box_would_say_otherwise_of_an_l_shaped_room():
    found = matched(made(Polygon(L_SHAPE), Polygon(NOTCH)), sensed([(8, 8, 1.4), (2, 8, 1.4), (8, 2, 1.4)]))
    assert ways(found) == [("inside", 1), ("inside", 0), ("inside", 0)]


def test_storeys_walls_and_what_is_outside():
    floors = joined([made(Polygon(L_SHAPE)), made(Polygon(L_SHAPE), low=3.2, high=6.0, storey="OG")])
    spots = [(2, 2, 0.0), (2, 2, 3.2), (2, 2, 5.9), (10.2, 2, 1), (10.7, 2, 1), (30, 2, 1), (2, 2, np.nan), (2, 2, 40)]
    assert ways(matched(floors, sensed(spots))) == [
        ("inside", 0), ("inside", 1), ("inside", 1), ("near", 0), ("nowhere", -1), ("outside", -1), ("outside", -1),
        ("outside", -1)]


def test_in_two_rooms_is_in_none_until_somebody_says():
    rooms = made(Polygon(L_SHAPE), Polygon([(0, 0), (5, 0), (5, 5), (0, 5)]))
    spot = sensed([(2, 2, 1), (9, 2, 1)])
    found = matched(rooms, spot)
    assert ways(found) == [("several", -1), ("inside", 0)] and found.others == {0: (0, 1)}
    assert found.unbound().tolist() == [0]
    mended = matched(rooms, spot, [binding("s0", rooms, 1)])
    assert ways(mended) == [("hand", 1), ("inside", 0)] and mended.others == {}
    assert ways(matched(rooms, spot, [binding("s1", rooms, -1)]))[1] == ("hand", -1)


def test_between_two_rooms_in_one_wall_is_in_neither():
    rooms = made(Polygon([(0, 0), (4, 0), (4, 4), (0, 4)]), Polygon([(4.3, 0), (8, 0), (8, 4), (4.3, 4)]))
    found = matched(rooms, sensed([(4.15, 2, 1), (4.08, 2, 1)]))
    assert ways(found) == [("nowhere", -1), ("near", 0)] and found.others == {0: (0, 1)}


def test_many_sensors_in_many_rooms_are_cut_into_lots(monkeypatch):
    monkeypatch.setattr("twin.memberships.MOST_PAIRS", 500)
    x, y = (v.ravel() * 5.0 for v in np.meshgrid(np.arange(20), np.arange(20)))
    rooms = made(*[shapely.box(a, b, a + 4.8, b + 4.8) for a, b in zip(x, y)])
    found = matched(rooms, sensed(np.column_stack([x + 2, y + 2, np.ones(400)])))
    assert found.room.tolist() == list(range(400)) and {HOW[h] for h in found.how} == {"inside"}


# -- by word -----------------------------------------------------------------------------------------


def test_a_globalid_goes_before_a_number_and_both_before_the_place():
    rooms = joined([made(Polygon(L_SHAPE), Polygon(NOTCH)), made(Polygon(L_SHAPE), low=3.2, storey="OG")])
    spots = [(8, 8, 1)] * 6
    found = matched(rooms, sensed(
        spots, guids=["EG-guid-1", "lost", "", "", "", ""], numbers=["2", "2", "2", "1", "1", "77"],
        storeys=["", "", "", "og", "", ""]))
    assert ways(found) == [("guid", 0), ("unknown_guid", -1), ("number", 1), ("number", 2), ("several", -1),
                           ("unknown_number", -1)]
    assert found.others == {1: (1,), 4: (0, 2), 5: (1,)}     # listed with what its place says, never dropped


def test_of_two_rooms_of_one_number_it_is_the_one_it_stands_in():
    rooms = joined([made(Polygon(L_SHAPE)), made(Polygon(L_SHAPE), low=3.2, high=6, storey="OG")])
    assert ways(matched(rooms, sensed([(2, 2, 4)], numbers=["1"]))) == [("number", 1)]


def test_what_a_table_calls_its_columns():
    table = pa.table({"id": ["a", "b", "c"], "IFC GUID": ["g", None, ""], "room_number": [101.0, 102.0, None],
                      "楼层": ["1F", "", None]})
    said = sensed_of(Sensors(features=table, positions=np.zeros((3, 3), np.float32)), np.zeros((3, 3)))
    assert (said.ids, said.guids, said.numbers, said.storeys) == (
        ["a", "b", "c"], ["g", "", ""], ["101", "102", ""], ["1F", "", ""])


# -- a new issue of the model ------------------------------------------------------------------------


def test_bindings_survive_new_globalids():
    rooms = joined([made(Polygon(L_SHAPE), Polygon(NOTCH)), made(Polygon(L_SHAPE), low=3.2, storey="OG")])
    kept = [binding("s0", rooms, 1), binding("s1", rooms, 2, "guid"), binding("s2", rooms, 0)]
    fresh = replace(rooms, guid=("x", "y", "z"))
    assert resolved(kept, fresh) == [1, 2, 0]
    assert resolved(kept, replace(fresh, number=("9", "2", "1"))) == [1, 2, 2]     # 1 of EG is gone, its storey is not
    said = sensed([(50, 50, 1)] * 3, guids=["", "OG-guid-1", ""])
    assert ways(matched(fresh, said, kept)) == [("hand", 1), ("kept", 2), ("hand", 0)]


def test_one_binding_for_each_sensor():
    rooms = made(Polygon(L_SHAPE), Polygon(NOTCH))
    held = with_bindings((), [binding("a", rooms, 0), binding("b", rooms, 0)])
    moved = with_bindings(held, [binding("a", rooms, 1)])
    assert [(b.sensor, b.room) for b in moved] == [("a", "EG-guid-2"), ("b", "EG-guid-1")]
    assert [b.sensor for b in without_bindings(moved, ["a"])] == ["b"]


# -- from the triangles of a model ---------------------------------------------------------------------


def prism(shape: Polygon, low: float, high: float, start: int):
    """Points and triangles of a closed prism."""
    triangles = list(shapely.constrained_delaunay_triangles(shape).geoms)
    flat = [np.array(shapely.geometry.polygon.orient(t).exterior.coords)[:3] for t in triangles]
    ring = np.array(shapely.geometry.polygon.orient(shape).exterior.coords)
    faces = [np.column_stack([t[::-1], np.full(3, low)]) for t in flat]
    faces += [np.column_stack([t, np.full(3, high)]) for t in flat]
    for a, b in itertools.pairwise(ring):
        faces += [np.array([(*a, low), (*b, low), (*b, high)]), np.array([(*a, low), (*b, high), (*a, high)])]
    points = np.concatenate(faces)
    return points, np.arange(start, start + len(points)).reshape(-1, 3)


def house(*storeys) -> Mesh:
    """A wall, and for each storey (name, polygons, low, high) its rooms."""
    parts, rows = [prism(shapely.box(-1, -1, 0, 0), 0.0, 9.0, 0)], [("w", "IfcWall", "Wall", "", "EG")]
    for name, shapes, low, high in storeys:
        for n, shape in enumerate(shapes):
            parts.append(prism(shape, low, high, sum(len(p) for p, _ in parts)))
            rows.append((f"{name}{n}", "IfcSpace", f"{name}.{n}", "Hall", name))
    columns = dict(zip(("guid", "class", "name", "long_name", "storey"), map(list, zip(*rows))))
    return Mesh(features=pa.table(columns), points=np.concatenate([p for p, _ in parts]).astype(np.float32),
                triangles=np.concatenate([t for _, t in parts]).astype(np.int32),
                vertex_feature=np.repeat(np.arange(len(parts), dtype=np.int32), [len(p) for p, _ in parts]))


def test_rooms_are_read_off_the_triangles():
    rooms = rooms_of(house(("EG", [Polygon(L_SHAPE), Polygon(NOTCH)], 0.0, 2.6), ("OG", [Polygon(L_SHAPE)], 3.2, 5.8)))
    assert rooms.guid == ("EG0", "EG1", "OG0") and rooms.number[0] == "EG.0" and rooms.title(0) == "EG.0 Hall"
    assert rooms.feature.tolist() == [1, 2, 3]
    assert rooms.area == pytest.approx([64.0, 5.8 * 5.8, 64.0], rel=1e-5)
    assert rooms.low == pytest.approx([0, 0, 3.2], abs=1e-5)
    assert rooms.high == pytest.approx([3.2, 3.2, 5.8], abs=1e-5)            # above the ceiling, below the next floor
    assert np.diff(rooms.first).tolist() == [6, 4, 6]                        # the outline, not the triangles


def test_placed_rooms_are_turned_and_moved_with_their_model():
    rooms = rooms_of(house(("EG", [Polygon(L_SHAPE)], 0.0, 2.6)))
    quarter = np.array([[0.0, -1, 0, 100], [1, 0, 0, 200], [0, 0, 1, 7], [0, 0, 0, 1]])
    found = matched(rooms.placed(quarter, "b"), sensed([(98, 208, 8.4), (92, 208, 8.4), (92, 202, 8.4), (98, 202, 10)]))
    assert ways(found) == [("inside", 0), ("nowhere", -1), ("inside", 0), ("nowhere", -1)]


def test_a_model_without_spaces_has_no_rooms():
    assert rooms_of(house()) is None and rooms_of(Mesh()) is None
