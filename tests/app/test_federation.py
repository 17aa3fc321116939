"""Several models of one building, and one that stands elsewhere."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from app.federation import color_by_model, colored_by_model, pulled_apart, together
from app.panels import model_actions as actions
from app.session import Session
from layers.arrangement import GHOST, HIDDEN
from layers.attributes import Coloring
from layers.building import Building, painted
from layers.ifc_classes import class_colors
from layers.legend import Legend
from layers.storeys import Storeys
from tests.app.made_models import SHAPES, house_mesh
from tests.app.made_sessions import put
from twin.document import Document
from twin.frame import Frame
from twin.layer import Placement, Source
from twin.project import Project
from twin.selection import Selection

E0, N0, _ = Frame().origin
WALL, SLAB = SHAPES.index("W1"), SHAPES.index("S")


@pytest.fixture
def session():
    """Walls and pipes of one house of 10 x 10 m, a second house 500 m away."""
    layers = tuple(Building(id=id, name=id.title(), source=Source(path=f"/d/{id}.ifc"),
                            placement=Placement(easting=E0 + east, northing=N0))
                   for id, east in (("walls", 0.0), ("pipes", 4.0), ("far", 500.0)))
    made = Session(Project(document=Document(layers=layers)))
    for layer in layers:
        put(made, layer, house_mesh())
    yield made
    made.close()


def arranged(session, id):
    return [(rule.show, rule.by) for rule in session.document.layer(id).arranged]


def test_models_that_stand_in_one_another_are_one_building(session):
    assert together(session, ["pipes"]) == {"walls", "pipes"} and together(session, ["far"]) == {"far"}
    session.edits.commit(session.document.with_each({"walls"}, lambda x: replace(x, visible=False)), "Hide")
    assert together(session, ["pipes"]) == {"pipes"} and together(session, ["walls"]) == {"walls", "pipes"}


@pytest.mark.parametrize("ghosts, rest", [(False, HIDDEN), (True, GHOST)])
def test_what_is_isolated_stands_alone_in_the_whole_building(session, ghosts, rest):
    actions.isolate(session, "walls", np.array([WALL]), ghosts)
    assert arranged(session, "walls") == [(rest, "all"), ("shown", "guid")]
    assert arranged(session, "pipes") == [(rest, "all")] and arranged(session, "far") == []
    session.edits.undo()
    assert not arranged(session, "walls") and not arranged(session, "pipes")


@pytest.mark.parametrize("do", [lambda s: actions.isolate_chosen(s), lambda s: actions.arrange_chosen(s, GHOST)])
def test_what_is_done_to_elements_of_several_models_is_undone_at_once(session, do):
    session.selection = Selection((("walls", WALL), ("pipes", SLAB)))
    do(session)
    assert arranged(session, "walls") and arranged(session, "pipes") and not arranged(session, "far")
    session.edits.undo()
    assert not arranged(session, "walls") and not arranged(session, "pipes") and not session.edits.undo_label


def test_each_model_has_a_colour_of_its_own(session):
    actions.paint(session, "walls", np.array([WALL]), "Fire walls")
    color_by_model(session, True)
    first, second, third = (x.painted for x in session.document.layers)
    assert len({first[0].color, second[0].color, third[0].color}) == 3
    assert [p.label for p in first] == ["All elements", "Fire walls"], "what was painted stays above"
    assert colored_by_model(session)
    color_by_model(session, False)
    assert [len(x.painted) for x in session.document.layers] == [1, 0, 0] and not colored_by_model(session)
    session.edits.undo()
    assert colored_by_model(session)


def test_the_legend_says_no_more_of_what_lies_beneath(session):
    color_by_model(session, True)
    mesh, layer = house_mesh(), session.document.layer("walls")
    classes = Coloring(np.zeros((len(SHAPES), 3), np.uint8),
                       Legend(title="IFC class", entries=tuple((c, n) for n, c in class_colors(["IfcWall"]).items())))
    out = painted(classes, mesh, layer.painted)
    assert out.legend.title == "" and [words for _, words in out.legend.entries] == ["All elements"]
    assert len(np.unique(out.colors, axis=0)) == 1


def other_names(mesh):
    """Its storeys are called otherwise and stand 0.4 m lower; there is no ground floor."""
    table = mesh.features.set_column(mesh.features.column_names.index("storey"), "storey",
                                     pa.array(["1STE" if s == "First" else "Roof"
                                               for s in mesh.features["storey"].to_pylist()]))
    points = mesh.points.copy()
    points[np.isin(mesh.vertex_feature, [i for i, g in enumerate(SHAPES) if g != "S"]), 2] += 6.0
    return replace(mesh, features=table.drop_columns(["storey_elevation_m"]), points=points - np.float32((0, 0, 0.4)))


@pytest.mark.parametrize("storey, below, also", [("First", False, "1STE"), ("First", True, "1STE"),
                                                 ("Ground", False, "Ground"), ("", False, "")])
def test_a_storey_is_shown_of_all_models_of_the_building(session, storey, below, also):
    pipes = session.document.layer("pipes")
    pipes = replace(pipes, placement=replace(pipes.placement, height=2.6))          # of the foot of what it holds
    session.edits.commit(session.document.with_layer(pipes), "Place")
    put(session, pipes, other_names(house_mesh()))
    actions.show_storey(session, "walls", storey, below)
    said = {x.id: (x.storey, x.storeys_below) for x in session.document.layers}
    assert said == {"walls": (storey, below), "pipes": (also, below), "far": ("", False)}
    session.edits.undo()
    assert not any(x.storey for x in session.document.layers)


def test_storeys_are_pulled_apart_in_all_models_of_the_building(session):
    """The roof is a file of its own, with one storey: it goes up above the storeys of the other."""
    pipes = session.document.layer("pipes")
    pipes = replace(pipes, placement=replace(pipes.placement, height=2.6))
    session.edits.commit(session.document.with_layer(pipes), "Place")
    put(session, pipes, other_names(house_mesh()))
    session.edits.commit(pulled_apart(session, "pipes", 4.0), "Storeys apart")
    said = {x.id: (x.apart_m, x.levels) for x in session.document.layers}
    names = {x: Storeys.of(mesh, len(SHAPES)).names for x in ("walls", "pipes")
             for mesh in [session.asset(x).payload]}
    assert names == {"walls": ("Ground", "First"), "pipes": ("1STE", "Roof")}
    assert said == {"walls": (4.0, (0, 1)), "pipes": (4.0, (1, 2)), "far": (0.0, ())}
    session.edits.commit(pulled_apart(session, "far", 2.0), "Storeys apart")
    assert session.document.layer("far").levels == (), "in the order of its own"
    session.edits.undo()
    session.edits.undo()
    assert not any(x.apart_m or x.levels for x in session.document.layers)


def test_a_model_of_a_single_storey_goes_up_with_its_storey():
    storeys = Storeys(("2nd",), np.array([0, 0, -1], np.int32))
    assert storeys.lift(3.0) is None and storeys.lift(0.0, (2,)) is None
    assert storeys.lift(3.0, (2,)).tolist() == [6.0, 6.0, 0.0]
    assert storeys.lift(3.0, (2, 3)) is None, "levels of what was read before"
