"""Sections: the cut faces are as large as they must be, what is cut away is neither seen nor picked."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.base import Moment
from layers.building import Building
from layers.sections import Cut, cap, in_axes_of, planes_of
from layers.view import offscreen
from tests.layers.boxes import boxes
from tests.layers.made_stage import picture
from tests.layers.test_building import ABOVE, EAST, FRAME, HOUSE, NORTH, UP
from twin.camera import Camera
from twin.document import Document
from twin.project import Project, load, save
from twin.selection import Selection

HEIGHT = st.floats(0.05, 0.95)


def area(face, of=None):
    cells = face.triangles if of is None else face.triangles[face.feature[face.triangles[:, 0]] == of]
    a, b, c = (face.points[cells[:, i]].astype(float) for i in range(3))
    return float(np.linalg.norm(np.cross(b - a, c - a), axis=1).sum() / 2)


@settings(deadline=None)
@given(st.floats(0.2, 50), st.floats(0.2, 50), st.floats(0.2, 50), HEIGHT)
def test_a_box_is_cut_in_its_own_section(x, y, z, share):
    mesh = boxes([[0, 0, 0], [200, 0, 0]], [[x, y, z], [1, 1, 1]])
    face = cap(mesh.points, mesh.triangles, mesh.vertex_feature, np.array([0, 0, 1, share * z]))
    assert area(face, 0) == pytest.approx(x * y, rel=1e-3)
    assert face.points[:, 2] == pytest.approx(share * z, abs=1e-3)


@given(st.floats(0.0, 6.28), st.floats(-1.2, 1.2))
@settings(deadline=None, max_examples=30)
def test_a_slanting_cut_through_the_middle_is_no_smaller_than_a_straight_one(azimuth, tilt):
    mesh = boxes([[-1, -1, -1]], [[2, 2, 2]])
    n = np.array([np.cos(azimuth) * np.cos(tilt), np.sin(azimuth) * np.cos(tilt), np.sin(tilt)])
    assert 4.0 - 1e-3 <= area(cap(mesh.points, mesh.triangles, mesh.vertex_feature, np.array([*n, 0.0]))) <= 4 * 3**0.5


def test_features_over_each_other_each_have_their_face():
    mesh = boxes([[0, 0, 0], [0, 0, 0], [2, 2, 0]], [[10, 10, 3], [10, 10, 3], [1, 1, 3]])
    face = cap(mesh.points, mesh.triangles, mesh.vertex_feature, np.array([0, 0, 1, 1.0]))
    assert [area(face, f) for f in range(3)] == pytest.approx([100, 100, 1], rel=1e-4)


def test_a_hollow_shape_stays_hollow():
    outer, inner = boxes([[0, 0, 0]], [[10, 10, 3]]), boxes([[1, 1, -1]], [[8, 8, 5]])
    points = np.concatenate([outer.points, inner.points])
    triangles = np.concatenate([outer.triangles, inner.triangles[:, ::-1] + len(outer.points)])
    face = cap(points, triangles, np.zeros(len(points), np.int32), np.array([0, 0, 1, 1.5]))
    assert area(face) == pytest.approx(100 - 64, rel=1e-4)


def test_nothing_is_cut_where_the_plane_passes_by_and_an_open_shape_has_an_outline_only():
    mesh = boxes([[0, 0, 0]], [[1, 1, 1]])
    assert cap(mesh.points, mesh.triangles, mesh.vertex_feature, np.array([0, 0, 1, 5.0])) is None
    face = cap(mesh.points, mesh.triangles[:3], mesh.vertex_feature, np.array([1.0, 0, 0, 0.5]))
    assert len(face.edges) == 3 and len(face.triangles) == 0


def test_planes_follow_the_placement():
    plane = planes_of((Cut(easting=EAST + 5, northing=NORTH, height=UP, normal=(2.0, 0.0, 0.0)),), FRAME)
    assert plane[0] == pytest.approx((1, 0, 0, 5))
    turn = np.eye(4)
    turn[:2, :2] = [[0, -1], [1, 0]]
    turn[:3, 3] = 3, 4, 0
    own = in_axes_of(plane, turn)[0]
    there = np.array([1.0, 2.0, 0.0])
    assert own[:3] @ there - own[3] == pytest.approx(plane[0, :3] @ (turn[:3, :3] @ there + turn[:3, 3]) - plane[0, 3])


def drawn(view=None, camera=ABOVE, **fields):
    layer = Building(id="b", name="b", edges=False, **fields)
    view, pixels = picture([layer], {"b": HOUSE}, camera=camera, view=view)
    assert not [row.error for row in view.stage.rows.values() if row.error]
    view.stage.visual("b").solid.picker.wait()
    return view, pixels[120, 160].astype(int)


LEVEL = Cut(easting=EAST, northing=NORTH, height=UP + 4 + 1.5)          # through the walls of the ground floor


@pytest.mark.parametrize("shader", [True, False])
def test_what_is_cut_away_is_not_seen_nor_picked_and_the_face_is(shader):
    view = offscreen(320, 240)
    view.canvas.shader_tables = shader
    view, top = drawn(view, cuts=(LEVEL,))
    assert top[0] > top[1] + 40, "the cut face of the red walls, not the green slab above"
    hit = view.pick(160, 120)
    assert hit.feature == 0 and hit.point[2] == pytest.approx(5.5, abs=0.01)
    assert view.stage.bounds()[5] == pytest.approx(5.5, abs=0.01)
    view, top = drawn(view)
    assert top[1] > top[0] + 40 and view.pick(160, 120).feature == 1, "and all is back"
    view.close()


def test_a_face_ends_at_the_other_planes():
    away = Cut(easting=EAST + 497, northing=NORTH, height=UP, normal=(-1.0, 0.0, 0.0))
    view, _ = drawn(cuts=(LEVEL, away))
    assert view.pick(160, 120) is None, "the middle lies beyond the second plane"
    assert view.stage.bounds()[0] == pytest.approx(497, abs=0.02)
    view.close()


def test_the_face_is_hatched_in_the_elements_colour():
    view, _ = drawn(cuts=(LEVEL,))
    patch = view.picture()[100:140, 140:180].astype(int)
    light, dark = patch.max(axis=(0, 1)), patch.min(axis=(0, 1))
    assert (light - dark)[0] > 30 and (patch[..., 0] > patch[..., 1] + 20).all(), "red, with darker lines"
    view.close()


def test_what_is_chosen_inside_is_still_marked_in_the_frame_of_the_cut():
    cut = Cut(easting=EAST + 495, northing=NORTH - 195, height=UP + 4.4, normal=(0.0, 0.0, 1.0))
    layer = Building(id="b", name="b", edges=False, cuts=(cut,))
    view, _ = picture([layer], {"b": HOUSE}, camera=ABOVE, moment=Moment(selection=Selection((("b", 1),))))
    assert view.stage.visual("b").solid._through is not None
    view.close()


def test_what_is_hidden_has_no_face():
    from layers.arrangement import Rule
    view, _ = drawn(cuts=(LEVEL,), arranged=(Rule(show="hidden", by="class", values=("IfcWall",)),))
    assert view.pick(160, 120) is None
    view.close()


def test_a_section_stays_where_it_is_when_storeys_are_pulled_apart():
    side = Camera(position=(495.0, -240.0, 12.0), focus=(495.0, -195.0, 12.0), up=(0.0, 0.0, 1.0))
    high = replace(LEVEL, height=UP + 12.0)
    view, _ = drawn(camera=side, cuts=(high,), apart_m=20.0)
    assert view.stage.bounds()[5] < 12.1, "the lifted storey lies above the plane"
    view.close()


def test_sections_come_back_with_the_project(tmp_path):
    layer = Building(id="b", name="b", cuts=(LEVEL, replace(LEVEL, normal=(0.6, 0.8, 0.0))))
    save(Project(document=Document(layers=(layer,))), tmp_path / "a.twin.json")
    assert load(tmp_path / "a.twin.json").document.layers[0] == layer
