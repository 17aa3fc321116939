"""Snapping to shapes, and measures as they are drawn and picked."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from layers.base import Moment
from layers.building import Building
from layers.measures import Measures, Sketch, Spot, course, label
from layers.shape import CORNER, EDGE, FACE, GROUND, SPOT, Shape, creases
from layers.snapping import snap
from layers.vectors import VectorLayer
from tests.layers.boxes import boxes
from tests.layers.made_stage import picture
from tests.layers.pictures import above, scene
from tests.layers.test_flat_pictures import dots
from twin.camera import Camera
from twin.document import Document
from twin.frame import Frame
from twin.measuring import Measure, angle_deg
from twin.project import Project, load, save
from twin.selection import Selection

BOX = boxes([[0, 0, 0]], [[10, 10, 3]])
ABOVE = Camera(position=(5.0, 5.0, 40.0), focus=(5.0, 5.0, 0.0), up=(0.0, 1.0, 0.0))
FRAME = Frame(crs="", origin=(0.0, 0.0, 0.0))


def faces(mesh):
    return mesh.points[mesh.triangles].astype(float)


def test_a_box_has_twelve_edges_and_eight_corners():
    shape = Shape(faces(BOX))
    assert len(shape.edges) == 12 and len(shape.corners) == 8
    lengths = np.linalg.norm(shape.edges[:, 1] - shape.edges[:, 0], axis=1)
    assert sorted(np.round(lengths, 6)) == [3] * 4 + [10] * 8


def test_a_flat_face_of_many_triangles_has_no_edge_inside():
    fan = np.array([[[0, 0, 0], [np.cos(a), np.sin(a), 0], [np.cos(b), np.sin(b), 0]]
                    for a, b in zip(np.linspace(0, 6.2, 20)[:-1], np.linspace(0, 6.2, 20)[1:])])
    found = creases(fan)
    assert all(not (np.allclose(e[0], 0) and np.linalg.norm(e[1]) < 0.99) for e in found)
    assert len(found) == 19 + 2                               # the rim, and where the fan is open


def test_corners_are_where_they_are_not_on_a_grid_of_millimetres():
    low = np.array([0.12344, 7.00049, -3.33338])
    shape = Shape(faces(boxes([low], [[1, 1, 1]])))
    assert np.linalg.norm(shape.corners - low, axis=1).min() < 1e-5


def test_what_is_cut_away_is_not_caught_but_the_cut_is():
    shape = Shape(faces(BOX), np.array([[0.0, 0.0, 1.0, 2.0]]))
    assert shape.corners[:, 2].max() == pytest.approx(2.0) and len(shape.corners) == 8
    assert len(shape.edges) == 8, "four below, four uprights that end at the cut"


@given(st.floats(-1, 1), st.floats(-1, 1), st.floats(-1, 1), st.floats(-4, 12))
def test_all_that_is_left_lies_on_the_kept_side(x, y, z, d):
    normal = np.array([x, y, z])
    assume(np.linalg.norm(normal) > 0.1)
    plane = np.array([*(normal / np.linalg.norm(normal)), d])
    left = Shape(faces(BOX), plane[None]).edges
    assert (left @ plane[:3] <= d + 2e-3).all()


def test_the_crown_of_a_tree_is_not_told_as_ground():
    """It was: a tree of 30 m measured as a hill."""
    layer = VectorLayer(id="v", name="v", symbol="tree")
    with scene([layer], {"v": dots([(0, 0, 0)], height_m=[30.0], crown_m=[60.0])}, above(300)) as shot:
        shot.draw()
        crown, beside = snap(shot.view, 190, 192), snap(shot.view, 20, 20)
    assert crown.kind == SPOT and crown.layer == "v" and crown.point[2] > 10
    assert beside is None or beside.kind == GROUND


@pytest.fixture(scope="module")
def view():
    made, _ = picture([Building(id="b", name="b", edges=False)], {"b": BOX}, camera=ABOVE)
    made.stage.visual("b").solid.picker.wait()
    yield made
    made.close()


def pixel(view, point):
    x, y, _ = view.ray(0, 0).project(np.array([point]))[0]
    return x - 0.5, y - 0.5


@pytest.mark.parametrize(("near", "kind", "point"), [
    ((0.3, 0.3, 3), CORNER, (0, 0, 3)), ((5, 9.8, 3), EDGE, (5, 10, 3)), ((5, 5, 3), FACE, (5, 5, 3))])
def test_clicks_mean_corners_edges_and_faces(view, near, kind, point):
    caught = snap(view, *pixel(view, near))
    assert caught.kind == kind and caught.point == pytest.approx(point, abs=0.12 if kind != CORNER else 1e-3)
    if kind == EDGE:
        assert abs(caught.direction) == pytest.approx((1, 0, 0)) and np.ptp(caught.edge[:, 0]) == pytest.approx(10)
    if kind == FACE:
        assert abs(caught.direction[2]) == pytest.approx(1)


def test_beside_the_shape_it_is_the_ground(view):
    caught = snap(view, *pixel(view, (-4, 5, 0)))
    assert caught.kind == GROUND and caught.point == pytest.approx((-4, 5, 0), abs=0.05)
    assert caught.direction == pytest.approx((0, 0, 1))


LENGTH = Measure(id="a", points=((0, 0, 0), (3, 4, 12)))
CORNER_ANGLE = Measure(id="b", way="angle", points=((2, 0, 0), (0, 0, 0), (0, 3, 0)))


def test_labels_say_the_length_and_its_parts():
    assert label(LENGTH) == "13.000 m  ↔ 5.000  ↕ +12.000" and label(LENGTH, 1, False) == "13.0 m"
    assert label(CORNER_ANGLE) == "90.00°"
    assert label(Measure(id="c", way="to_face", points=((0, 0, 0), (0, 0, 2)), note="Clear")) == "Clear: ⊥ 2.000 m"
    assert angle_deg(CORNER_ANGLE) == pytest.approx(90) and len(course(CORNER_ANGLE)) > 20


def measured(items, camera=ABOVE, moment=None, kind=Measures, **fields):
    layers = [Building(id="b", name="b", edges=False), kind(id="m", name="m", items=items, width_px=4.0, **fields)]
    view, pixels = picture(layers, {"b": BOX}, camera=camera, moment=moment or Moment(origin=FRAME.origin))
    errors = [row.error for row in view.stage.rows.values() if row.error]
    assert not errors, errors
    return view, pixels.astype(int)


def test_it_is_drawn_over_what_stands_before_it_and_picked_there():
    under = Measure(id="u", points=((1.0, 5.0, 1.0), (9.0, 5.0, 1.0)))        # inside the box
    view, pixels = measured((under,))
    x, y = pixel(view, (3.0, 5.0, 1.0))
    red, _, blue = pixels[239 - round(y), round(x)]
    assert blue > 200 and red < 80
    hit = view.pick(x, y + 2)
    assert (hit.layer, hit.feature) == ("m", 0)
    assert view.pick(*pixel(view, (3.0, 9.0, 3.0))).layer == "b"
    assert view.stage.visual("m").feature_bounds(0) == pytest.approx((1, 5, 1, 9, 5, 1))
    view.close()


def test_the_chosen_one_is_told_apart_and_the_sketch_shows_what_is_caught():
    item = Measure(id="u", points=((1.0, 5.0, 3.0), (9.0, 5.0, 3.0)))
    view, pixels = measured((item,), moment=Moment(selection=Selection((("m", 0),))))
    x, y = pixel(view, (3.0, 5.0, 3.0))
    assert pixels[239 - round(y), round(x)][0] > 200
    view.close()
    view, pixels = measured((), kind=Sketch, spots=(Spot((2.0, 2.0, 3.0), "Edge"),),
                            lines=(((1, 2, 3), (3, 2, 3)),))
    x, y = pixel(view, (1.3, 2.0, 3.0))
    assert pixels[239 - round(y), round(x)][0] > 200 and pixels[239 - round(y), round(x)][2] < 120
    view.close()


def test_a_picked_place_is_seen_through_what_stands_close_before_the_eye():
    """A place that one went to lay behind a tower in the foreground, and nothing showed where."""
    near = boxes([[0, 0, 28]], [[10, 10, 3]])                                # a quarter of the way from the eye
    spot = Sketch(id="s", name="", spots=(Spot((5.0, 5.0, 0.0)),), spot_px=14.0)
    view, pixels = picture([Building(id="b", name="b"), spot], {"b": near}, camera=ABOVE,
                           moment=Moment(origin=FRAME.origin))
    view.close()
    red, green, blue = pixels[..., 0].astype(int), pixels[..., 1].astype(int), pixels[..., 2].astype(int)
    assert ((red > 200) & (green > 120) & (blue < 90)).sum() > 60


def test_a_project_keeps_them(tmp_path):
    layer = Measures(id="m", name="m", items=(LENGTH, CORNER_ANGLE))
    save(Project(document=Document(layers=(layer,))), tmp_path / "a.twin.json")
    assert load(tmp_path / "a.twin.json").document.layer("m").items == (LENGTH, CORNER_ANGLE)


def test_where_no_terrain_is_the_ground_lies_at_the_foot_of_what_stands():
    """Of a house at 110 m without a terrain a click beside it fell 110 m deep, and hundreds of metres away."""
    house = boxes([[0, 0, 110]], [[10, 10, 3]])
    view, _ = picture([Building(id="b", name="b", edges=False)], {"b": house},
                      camera=Camera(position=(5.0, -40.0, 140.0), focus=(5.0, 5.0, 110.0)))
    view.stage.visual("b").solid.picker.wait()
    x, y, _ = view.ray(0, 0).project(np.array([[-6.0, 5.0, 110.0]]))[0]
    beside = snap(view, x - 0.5, y - 0.5)
    assert beside.kind == GROUND and beside.point == pytest.approx((-6.0, 5.0, 110.0), abs=0.1)
    assert view.point_at(x - 0.5, y - 0.5) == pytest.approx((-6.0, 5.0, 110.0), abs=0.1)
    view.close()
