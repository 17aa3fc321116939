"""Viewpoints in the scene: the camera goes through the model's placement, and what was seen comes back."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import viewpoints
from app.discover import layer_types
from app.models import Model
from app.panels import model_actions as actions
from app.viewpoints import camera_of, eye_of
from bim.bcf_values import Eye, Header, Topic, Viewpoint
from layers.building_elements import Elements
from layers.sections import Cut
from tests.app.made_models import SHAPES, house_mesh, made_structure, model_session
from tests.app.made_sessions import put
from twin.camera import Camera
from twin.frame import Frame
from twin.layer import Placement
from twin.selection import Selection

layer_types()
FRAME = Frame()
EAST, NORTH, UP = FRAME.origin
PLACE = Placement(easting=EAST + 500, northing=NORTH - 200, height=UP + 4.0, rotation_deg=90.0)
OFFSET = (1000.0, 2000.0, 0.0)
finite = st.floats(-500, 500)


@pytest.fixture
def session():
    """A house that stands turned and whose file speaks in far coordinates."""
    mesh = replace(house_mesh(), placement=PLACE, georeference={"offset": OFFSET, "candidates": []})
    made = model_session(mesh=mesh)
    made.edits.commit(replace(made.document, frame=FRAME), "Frame")
    put(made, made.document.layer("house"), mesh)
    made.models._models.append(Model(made.asset("house"), made_structure()))
    yield made
    made.close()


def shown(session):
    layer = session.document.layer("house")
    alpha = Elements(session.asset("house").payload).alpha(layer)
    return {guid for guid, a in zip(SHAPES, alpha) if a}


def test_a_point_of_the_file_comes_where_the_model_stands(session):
    matrix = viewpoints.model_matrix(session, session.document.layer("house"))
    assert matrix @ [1000.0, 2000.0, 0.0, 1.0] == pytest.approx([500, -200, 4, 1])
    assert matrix @ [1010.0, 2000.0, 0.0, 1.0] == pytest.approx([500, -190, 4, 1])


@given(st.tuples(finite, finite, finite), st.tuples(finite, finite, finite), st.floats(5, 120), st.floats(1, 500),
       st.booleans(), st.floats(-180, 180))
def test_a_camera_comes_back_through_the_placement(position, focus, angle, height, parallel, turn):
    if np.linalg.norm(np.subtract(focus, position)) < 1.0:
        return
    camera = Camera(position=position, focus=focus, view_angle_deg=angle, parallel_m=height if parallel else 0.0)
    matrix = FRAME.matrix(replace(PLACE, rotation_deg=turn))
    back = camera_of(eye_of(camera, np.linalg.inv(matrix)), matrix, np.array(focus))
    assert back.position == pytest.approx(position, abs=1e-6) and back.parallel_m == pytest.approx(camera.parallel_m)
    way = lambda c: np.subtract(c.focus, c.position) / c.distance  # noqa: E731
    assert way(back) == pytest.approx(way(camera), abs=1e-6)
    if not parallel:
        assert back.view_angle_deg == pytest.approx(angle)


def test_components_are_selected_and_the_rest_is_isolated(session):
    view = Viewpoint(guid="v", selection=("W1",), default_visible=False, exceptions=("W1", "S"), components=True,
                     planes=(((1000.0, 2000.0, 2.0), (1.0, 0.0, 0.0)),),
                     eye=Eye(position=(1000.0, 1980.0, 5.0), direction=(0.0, 1.0, 0.0)))
    camera = viewpoints.show(session, None, view)
    assert shown(session) == {"W1", "S"}
    assert {SHAPES[f] for f in session.selection.features("house")} == {"W1"}
    cut, = session.document.layer("house").cuts
    assert (cut.easting, cut.northing, cut.height) == pytest.approx((EAST + 500, NORTH - 200, UP + 6))
    assert cut.normal == pytest.approx((0, 1, 0), abs=1e-9)
    assert camera.position == pytest.approx((520, -200, 9)) and camera.focus[0] < 520
    session.edits.undo()
    assert shown(session) == {"W1", "W2", "S", "C"} and session.document.layer("house").cuts == ()


def test_hidden_components_and_rooms_and_colours(session):
    view = Viewpoint(guid="v", exceptions=("W2",), spaces=True, coloring=(("#00aaff", ("S",)),), components=True)
    assert viewpoints.show(session, None, view) is None
    assert shown(session) == {"W1", "S", "R", "C"}
    paint, = session.document.layer("house").painted
    assert paint.color == "#00aaff" and paint.values == ("S",)


def test_a_container_stands_for_what_lies_in_it(session):
    viewpoints.show(session, None, Viewpoint(guid="v", exceptions=("EG",), components=True))
    assert shown(session) == {"S"}


def test_what_is_seen_is_told_and_shown_again(session):
    layer = session.document.layer("house")
    at = SHAPES.index
    actions.isolate(session, "house", np.array([at("W1"), at("C")]))
    session.selection = Selection((("house", at("C")),))
    camera = Camera(position=(480.0, -230.0, 30.0), focus=(495.0, -195.0, 5.0))
    view = viewpoints.present(session, session.document.layer("house"), camera, "v")
    assert view.selection == ("C",) and not view.spaces
    before = shown(session)
    actions.show_all(session, ["house"])
    session.selection = Selection()
    again = viewpoints.show(session, None, view)
    assert shown(session) == before == {"W1", "C"} and session.selection.features("house") == (at("C"),)
    assert again.position == pytest.approx(camera.position) and layer.id == "house"


def test_a_model_that_is_whole_is_not_cut_by_the_planes_of_another(session):
    """One was cut and a second one added: the viewpoint of the second cut it away."""
    cut = Cut(easting=EAST + 500, northing=NORTH - 200, height=UP + 4.1)
    first = replace(session.document.layer("house"), cuts=(cut,))
    second = replace(first, id="second", cuts=())
    session.edits.commit(session.document.with_layer(first).with_layer(second), "Add")
    put(session, second, session.asset("house").payload)
    camera = Camera(position=(480.0, -230.0, 30.0), focus=(495.0, -195.0, 5.0))
    assert len(viewpoints.present(session, first, camera, "v").planes) == 1
    assert viewpoints.present(session, second, camera, "v").planes == ()


def test_the_model_that_a_topic_names_is_taken(session):
    other = replace(session.document.layer("house"), id="other", source=replace(
        session.document.layer("house").source, path="/data/other.ifc"))
    session.edits.commit(session.document.with_layer(other), "Add")
    put(session, other, session.asset("house").payload)
    for header, found in ((Header(name="C:\\x\\OTHER.ifc"), "other"), (Header(name="house.ifc"), "house"),
                          (Header(project="P"), "house"), (Header(name="unknown.ifc"), "house")):
        topic = Topic(guid="t", files=(header,))
        assert viewpoints.layer_for(session, topic, Viewpoint(guid="v")).id == found
