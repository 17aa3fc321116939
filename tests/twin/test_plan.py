"""A model's plan against a building of the city, and corrections by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twin import plan as planning
from twin.data import Mesh
from twin.frame import Frame
from twin.layer import Placement
from twin.placing import fitted, foot_of, matrix_of, moved, place_of, standing_on, turned_about
from twin.plan import House, compare, plan, plan_of, rim

FRAME = Frame()
E0, N0, _ = FRAME.origin


def block(x, y, z, w, d, h, turn_deg=0.0):
    """(points (8, 3), triangles (12, 3)) of a box turned about the z axis through (x, y)."""
    corners = np.array([[i * w, j * d, k * h] for k in (0, 1) for j in (0, 1) for i in (0, 1)], float)
    c, s = math.cos(math.radians(turn_deg)), math.sin(math.radians(turn_deg))
    corners[:, :2] = corners[:, :2] @ np.array([[c, s], [-s, c]])
    faces = [(0, 1, 3, 2), (4, 5, 7, 6), (0, 1, 5, 4), (2, 3, 7, 6), (0, 2, 6, 4), (1, 3, 7, 5)]
    return corners + np.array([x, y, z]), np.array([t for a, b, c_, d_ in faces for t in ((a, b, c_), (a, c_, d_))])


def shape_l():
    """An L of 20 x 20 m less 12 x 12 m, so that boxes would lie."""
    one, two = block(0, 0, 0, 20, 8, 6), block(0, 8, 0, 8, 12, 6)
    return np.concatenate([one[0], two[0]]), np.concatenate([one[1], two[1] + 8])


def test_area_and_direction_of_a_plan():
    l_shape = plan(*shape_l())
    assert l_shape.area_m2 == pytest.approx(256.0, rel=0.06) and l_shape.base_m == 0.0
    turned = plan(*block(0, 0, 2, 30, 10, 5, 25.0))
    assert turned.wall_deg == pytest.approx(25.0, abs=0.01) and turned.base_m == 2.0


def test_a_sphere_has_no_walls_to_go_by():
    u, v = np.meshgrid(np.linspace(0, 2 * np.pi, 25), np.linspace(0.1, np.pi - 0.1, 12))
    points = np.stack([np.cos(u) * np.sin(v), np.sin(u) * np.sin(v), np.cos(v)], axis=-1).reshape(-1, 3) * 10
    at = np.arange(25 * 11).reshape(11, 25)[:, :-1].ravel()
    assert plan(points, np.concatenate([np.stack([at, at + 1, at + 26], 1), np.stack([at, at + 26, at + 25], 1)])
                ).wall_deg is None


@settings(max_examples=40, deadline=None)
@given(st.floats(-180, 180), st.floats(-500, 500), st.floats(-500, 500))
def test_a_plan_on_its_own_building_overlaps_wholly_wherever_both_stand(turn, x, y):
    points, triangles = shape_l()
    matrix = FRAME.matrix(Placement(easting=E0 + x, northing=N0 + y, rotation_deg=turn))
    there = points @ matrix[:3, :3].T + matrix[:3, 3]
    found = compare(plan(points, triangles), matrix, plan(there, triangles))
    assert found.overlap > 0.88 and found.apart_m == 0.0
    assert abs(found.turned_deg) < 0.1 and math.hypot(found.east_m, found.north_m) < 0.4
    assert found.area_ratio == pytest.approx(1.0, abs=0.1)


def test_what_is_apart_and_askew_is_measured():
    mine, other = plan(*block(0, 0, 0, 10, 10, 5)), plan(*block(40, 0, 0, 10, 10, 5, 7.0))
    found = compare(mine, np.eye(4), other)
    assert found.overlap == 0.0 and found.apart_m == pytest.approx(28.8, abs=1.0)
    assert found.turned_deg == pytest.approx(7.0, abs=0.1) and found.east_m == pytest.approx(39.2, abs=1.0)


def test_the_ground_around_a_house_and_its_piles_do_not_count():
    import pyarrow as pa
    parts = [block(0, 0, 0, 10, 10, 6), block(-50, -50, -1, 200, 200, 1), block(2, 2, -20, 1, 1, 20)]
    mesh = Mesh(points=np.concatenate([p for p, _ in parts]).astype(np.float32),
                triangles=np.concatenate([t + 8 * i for i, (_, t) in enumerate(parts)]).astype(np.int32),
                vertex_feature=np.repeat([0, 1, 2], 8).astype(np.int32),
                features=pa.table({"class": ["IfcWall", "IfcSite", "IfcPile"]}))
    found = plan_of(mesh)
    assert found.area_m2 == pytest.approx(100.0, rel=0.1) and found.base_m == 0.0
    assert plan_of(Mesh()) is None


@pytest.mark.parametrize("worth", [1, 40, 10_000])
def test_a_plan_is_the_same_however_its_parts_come(monkeypatch, worth):
    """Parts that widen it come late, among them ground that does not count."""
    import pyarrow as pa
    monkeypatch.setattr(planning, "WORTH", worth)
    kinds = ["IfcWall"] * 12 + ["IfcSite", "IfcPile", "IfcSpace"]
    parts = [block(7 * (i % 4), 5 * (i // 4), 0, 6, 4, 3, 10.0 * i) for i in range(11)]
    parts += [block(-9, 3, 1, 3, 3, 3), block(-90, -90, -1, 300, 300, 1), block(2, 2, -20, 1, 1, 20),
              block(0, 0, -5, 90, 9, 3)]
    mesh = Mesh(points=np.concatenate([p for p, _ in parts]).astype(np.float32),
                triangles=np.concatenate([t + 8 * i for i, (_, t) in enumerate(parts)]).astype(np.int32),
                vertex_feature=np.repeat(np.arange(len(parts)), 8).astype(np.int32),
                features=pa.table({"class": kinds}))
    coming, whole = House(), plan_of(mesh)
    for order in (12, 13, *range(12), 14):
        points, triangles = parts[order]
        coming.add(points.astype(np.float32), triangles, np.zeros(8, int), [kinds[order]])
    found = coming.plan()
    assert set(map(tuple, found.cells)) == set(map(tuple, whole.cells)) and found.cell_m == whole.cell_m
    assert found.base_m == whole.base_m == 0.0 and found.wall_deg == pytest.approx(whole.wall_deg)


@pytest.mark.parametrize("only", ["IfcPile", "IfcSite"])
def test_where_there_is_nothing_else_piles_and_ground_count(only):
    found = House()
    found.add(*block(0, 0, -4, 10, 5, 3), np.zeros(8, int), [only])
    assert found.plan().area_m2 == pytest.approx(50.0, rel=0.1) and found.plan().base_m == -4.0


# -- by hand ---------------------------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(st.floats(-180, 180), st.floats(-300, 300), st.floats(-300, 300), st.floats(-180, 180))
def test_two_points_bring_a_moved_and_turned_model_back(turn, x, y, start):
    place = Placement(easting=E0 + x, northing=N0 + y, height=3.0, rotation_deg=start)
    goal = Placement(easting=E0 + 12.0, northing=N0 - 7.0, height=5.0, rotation_deg=turn)
    corners = np.array([[0.0, 0.0, 0.0, 1.0], [30.0, 11.0, 0.0, 1.0]])
    sources, targets = (FRAME.to_project((corners @ FRAME.matrix(p).T)[:, :3]) for p in (place, goal))
    got, rest = fitted(place, sources, targets)
    assert rest == pytest.approx(0.0, abs=1e-6)
    assert FRAME.matrix(got) == pytest.approx(FRAME.matrix(goal), abs=1e-5)


def test_two_points_do_not_stretch_and_tell_what_is_left():
    place = Placement(easting=E0, northing=N0)
    sources, targets = np.array([[E0, N0, 0], [E0 + 10, N0, 0]]), np.array([[E0, N0, 2], [E0 + 10.4, N0, 2]])
    got, rest = fitted(place, sources, targets)
    assert rest == pytest.approx(0.2) and got.scale == 1.0
    assert (got.easting, got.height) == pytest.approx((E0 + 0.2, 2.0))


@settings(max_examples=60, deadline=None)
@given(st.floats(-180, 180), st.floats(-1000, 1000), st.floats(-1000, 1000))
def test_turning_leaves_its_point_where_it_is(turn, x, y):
    place = Placement(easting=E0, northing=N0, rotation_deg=20.0)
    point = np.array([x, y, 0.0, 1.0])
    there = FRAME.to_project((FRAME.matrix(place) @ point)[None, :3])[0]
    after = turned_about(place, tuple(there[:2]), turn)
    assert FRAME.to_project((FRAME.matrix(after) @ point)[None, :3])[0] == pytest.approx(there, abs=1e-6)
    assert after.rotation_deg == pytest.approx(turn, abs=1e-9) or abs(abs(turn) - 180) < 1e-6


def test_a_model_is_set_down_with_its_foot_on_a_point():
    points, triangles = block(100, 200, 7, 10, 20, 5)
    mesh = Mesh(points=points.astype(np.float32), triangles=triangles.astype(np.int32),
                vertex_feature=np.zeros(8, np.int32), georeference={"candidates": [{}]})
    turned = Placement(easting=E0, northing=N0, rotation_deg=90.0)
    place = standing_on(mesh, FRAME, (5.0, 6.0, 1.0), turned)
    assert place.rotation_deg == 90.0
    foot = matrix_of(mesh, place, FRAME) @ [*foot_of(mesh), 1.0]
    assert foot[:3] == pytest.approx((5.0, 6.0, 1.0), abs=1e-3)
    assert moved(place, 1, 2, 3).height == pytest.approx(place.height + 3)


def test_where_a_building_stands_by_hand_by_choice_as_read():
    from layers.building import Building
    read, other, hand = (Placement(easting=E0 + i, northing=N0) for i in (1, 2, 3))
    mesh = Mesh(placement=read, placements={"a": read, "b": other})
    layer = Building(id="b", name="b")
    assert place_of(layer, mesh) is read
    assert place_of(Building(id="b", name="b", georeference="b"), mesh) is other
    assert place_of(Building(id="b", name="b", georeference="gone"), mesh) is read
    assert place_of(Building(id="b", name="b", georeference="b", placement=hand), mesh) is hand


def test_the_rim_goes_once_around_what_is_covered():
    points, triangles = block(0, 0, 0, 20, 10, 6)
    covered = plan(points, triangles)
    sides = rim(covered)
    lengths = np.linalg.norm(sides[:, 1] - sides[:, 0], axis=1)
    assert np.allclose(lengths, covered.cell_m)
    ends, times = np.unique(np.round(sides.reshape(-1, 2), 6), axis=0, return_counts=True)
    assert set(times.tolist()) == {2} and len(ends) == len(sides)
    assert np.ptp(ends, axis=0) == pytest.approx([20, 10], abs=2 * covered.cell_m)
