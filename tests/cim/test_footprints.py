"""Extruding: volumes, normals, creases, anchors."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from cim.footprints import extrude, rings_of
from tests.cim.made_vectors import volume_by_x, volume_by_z


def extruded(polygons, heights, feature=None):
    polygons = shapely.orient_polygons(np.asarray(polygons, object))
    feature = np.arange(len(polygons)) if feature is None else np.asarray(feature)
    return extrude(rings_of(polygons, feature), np.asarray(heights, float), int(feature.max()) + 1)


@st.composite
def stars(draw):
    """A star-shaped polygon, with a courtyard or without."""
    radii = draw(st.lists(st.floats(6.0, 60.0), min_size=3, max_size=12))
    angle = np.linspace(0, 2 * np.pi, len(radii), endpoint=False)
    outline = np.stack([np.cos(angle) * radii, np.sin(angle) * radii], axis=1)
    x, y = draw(st.floats(-500, 500)), draw(st.floats(-500, 500))
    hole = [np.array([[1, 0], [0, 1], [-1, 0]]) * draw(st.floats(0.1, 0.9))] if draw(st.booleans()) else []
    moved = np.array([x, y])
    return shapely.Polygon(outline + moved, [h + moved for h in hole if _inside(outline, h)])


def _inside(outline, hole) -> bool:
    return shapely.Polygon(outline).contains_properly(shapely.Polygon(hole))


@given(stars(), st.floats(1.0, 300.0))
def test_the_volume_is_area_times_height(polygon, height):
    mesh = extruded([polygon], [height])
    tolerance = pytest.approx(polygon.area * height, rel=2e-3, abs=0.5)
    assert volume_by_z(mesh.points, mesh.triangles) == tolerance
    assert volume_by_x(mesh.points, mesh.triangles) == tolerance


@given(stars())
def test_walls_face_outward_and_stand_upright(polygon):
    mesh = extruded([polygon], [10.0])
    wall = np.isfinite(mesh.facade[mesh.triangles[:, 0], 0])
    a, b, c = (mesh.points[mesh.triangles[wall][:, i]].astype(float) for i in range(3))
    normal = np.cross(b - a, c - a)
    normal /= np.linalg.norm(normal, axis=1)[:, None]
    assert np.abs(normal[:, 2]).max() < 1e-3
    middle = (a + b + c)[:, :2] / 3
    outside = shapely.points(middle + 0.02 * normal[:, :2])
    inside = shapely.points(middle - 0.02 * normal[:, :2])
    # A hair's breadth off the wall; near a very sharp corner both may lie on one side.
    sound = shapely.contains(polygon, inside) & ~shapely.contains(polygon, outside)
    assert sound.mean() > 0.7
    assert not (shapely.contains(polygon, outside) & ~shapely.contains(polygon, inside)).any()


def test_a_courtyard_stays_open_and_roofs_face_up():
    ring = shapely.Polygon([(0, 0), (30, 0), (30, 30), (0, 30)], [[(10, 10), (20, 10), (20, 20), (10, 20)]])
    mesh = extruded([ring], [12.0])
    roof = ~np.isfinite(mesh.facade[mesh.triangles[:, 0], 0])
    a, b, c = (mesh.points[mesh.triangles[roof][:, i]].astype(float) for i in range(3))
    up = np.cross(b - a, c - a)[:, 2] / 2
    assert (up > 0).all() and up.sum() == pytest.approx(800.0)
    assert (mesh.points[mesh.triangles[roof]][:, :, 2] == 12.0).all()


def test_facade_measures_along_the_wall_and_up():
    mesh = extruded([shapely.box(100, 200, 120, 205)], [9.0])
    wall = mesh.facade[np.isfinite(mesh.facade[:, 0])]
    assert sorted(set(wall[:, 0].round(3).tolist())) == [0.0, 5.0, 20.0]
    assert set(wall[:, 1].tolist()) == {0.0, 9.0}


def test_edges_are_the_roof_outline_and_the_corners():
    mesh = extruded([shapely.box(0, 0, 10, 10)], [6.0])
    ends = mesh.points[mesh.edges]
    upright = np.abs(ends[:, 0, 2] - ends[:, 1, 2]) > 1
    assert upright.sum() == 4 and (~upright).sum() == 4
    assert (ends[~upright][:, :, 2] == 6.0).all()


def test_a_round_tower_has_no_creases():
    mesh = extruded([shapely.Point(0, 0).buffer(20, quad_segs=16)], [6.0])
    ends = mesh.points[mesh.edges]
    assert not (np.abs(ends[:, 0, 2] - ends[:, 1, 2]) > 1).any()


def test_features_share_no_vertices_and_keep_their_base():
    mesh = extruded([shapely.box(0, 0, 10, 10), shapely.box(10, 0, 20, 10), shapely.box(50, 0, 60, 10)], [5, 6],
                    feature=[0, 0, 1])
    of_triangle = mesh.vertex_feature[mesh.triangles]
    assert (of_triangle == of_triangle[:, :1]).all()
    assert mesh.base == pytest.approx(np.array([[10, 5], [55, 5]]))
    assert mesh.points[mesh.vertex_feature == 1][:, 2].max() == 6


def test_the_facade_of_a_round_tower_counts_on_around_it():
    mesh = extruded([shapely.Point(0, 0).buffer(20, quad_segs=16), shapely.box(100, 0, 110, 5)], [6.0, 6.0])
    along = mesh.facade[np.isfinite(mesh.facade[:, 0]), 0]
    tower = mesh.vertex_feature[np.isfinite(mesh.facade[:, 0])] == 0
    assert along[tower].max() == pytest.approx(2 * np.pi * 20, rel=0.01) and along[~tower].max() == pytest.approx(10)


def test_everything_of_a_house_follows_one_another_so_that_a_large_city_can_come_in_pieces():
    squares = [shapely.box(x, 0, x + 10, 8) for x in (0, 20, 40, 60)]
    mesh = extruded(squares, [5.0, 6.0, 7.0, 8.0], feature=[0, 0, 1, 3])
    owners = (mesh.vertex_feature, *(mesh.vertex_feature[cells[:, 0]] for cells in (mesh.triangles, mesh.edges)))
    for owner in owners:
        assert (np.diff(owner) >= 0).all() and set(owner.tolist()) == {0, 1, 3}
    assert (mesh.vertex_feature[mesh.triangles] == mesh.vertex_feature[mesh.triangles[:, :1]]).all()
    assert (mesh.vertex_feature[mesh.edges] == mesh.vertex_feature[mesh.edges[:, :1]]).all()
    mixed = extruded(squares, [5.0, 6.0, 7.0, 8.0], feature=[3, 0, 1, 0])
    for one in (mesh, mixed):
        assert volume_by_z(one.points, one.triangles) == pytest.approx(80.0 * (5.0 + 5.0 + 6.0 + 8.0))
