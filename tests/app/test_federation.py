"""Several models of one building, and one that stands elsewhere."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pyarrow as pa
import pytest

from app.federation import apart_again, color_by_model, colored_by_model, pulled_apart, together
from app.hidden import tell_put_away
from app.panels import model_actions as actions
from app.panels.field_spec import field_specs
from app.panels.style import StylePanel
from app.session import Session
from layers.arrangement import GHOST, HIDDEN
from layers.attributes import Coloring
from layers.building import Building
from layers.building_colors import painted
from layers.ifc_classes import class_colors
from layers.legend import Legend
from layers.storeys import Storeys
from tests.app.made_models import SHAPES, house_mesh
from tests.app.made_sessions import put
from twin.document import Document
from twin.frame import Frame
from twin.layer import Placement, Source
from twin.plan import Plan
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


def standing_plan(corners) -> Plan:
    """Squares of 1 m whose middles lie within the given (x0, y0, x1, y1) of the model."""
    cells = np.concatenate([np.stack(np.meshgrid(np.arange(x0 + 0.5, x1), np.arange(y0 + 0.5, y1)), -1).reshape(-1, 2)
                            for x0, y0, x1, y1 in corners])
    return Plan(cells=cells, cell_m=1.0, base_m=0.0, wall_deg=0.0)


@pytest.mark.parametrize("mine, part", [
    ([(0, 0, 10, 10)], True),                                          # pipes all over the house
    ([(4, 0, 5, 10)], True),                                           # one riser
    ([(-40, -4, 60, -1.5), (-40, 20, 60, 24)], False),                  # two roads around it: only the boxes overlap
    ([(10, 0, 30, 10)], False),                                        # next door
])
def test_who_only_passes_by_is_no_part_of_the_building(session, mine, part):
    place = replace(session.document.layer("walls").placement)
    session.edits.commit(session.document.with_each({"pipes"}, lambda x: replace(x, placement=place)), "Place")
    put(session, session.document.layer("walls"), replace(house_mesh(), plan=standing_plan([(0, 0, 10, 10)])))
    put(session, session.document.layer("pipes"), replace(house_mesh(), plan=standing_plan(mine)))
    assert together(session, ["walls"]) == ({"walls", "pipes"} if part else {"walls"})


def test_who_was_put_away_with_what_is_isolated_is_told_and_comes_back(session):
    told = []
    window = SimpleNamespace(session=session, tell=lambda words, tone, ways: told.append((words, ways)))
    gone = actions.isolate(session, "walls", np.array([WALL]))
    tell_put_away(window, gone)
    [(words, [(label, show)])] = told
    assert gone == ["pipes"] and words.endswith("of the same building: Pipes.") and label == "Show these"
    show()
    assert not arranged(session, "pipes") and arranged(session, "walls")
    tell_put_away(window, actions.isolate(session, "far", np.array([WALL])))
    assert len(told) == 1, "it stands alone"


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


def test_a_model_coloured_by_a_property_is_no_more_in_one_colour(session):
    actions.paint(session, "walls", np.array([WALL]), "Fire walls")
    color_by_model(session, True)
    actions.color_by(session, "walls", "storey")
    layer = session.document.layer("walls")
    assert layer.color_by == "storey" and [p.label for p in layer.painted] == ["Fire walls"]
    assert session.document.layer("pipes").painted, "the other models keep theirs"
    session.edits.undo()
    assert colored_by_model(session)


def test_the_style_form_colours_by_a_property_instead_of_by_model(qtbot, session):
    color_by_model(session, True)
    panel = StylePanel(session)
    qtbot.addWidget(panel)
    panel.layer = session.document.layer("walls")
    panel.commit(next(spec for spec in field_specs(type(panel.layer)) if spec.name == "color_by"), "storey")
    layer = session.document.layer("walls")
    assert layer.color_by == "storey" and not layer.painted and session.document.layer("pipes").painted
    session.edits.undo()
    assert colored_by_model(session)


def test_the_legend_says_no_more_of_what_lies_beneath(session):
    color_by_model(session, True)
    mesh, layer = house_mesh(), session.document.layer("walls")
    classes = Coloring(np.zeros((len(SHAPES), 3), np.uint8),
                       Legend(title="IFC class", entries=tuple((c, n) for n, c in class_colors(["IfcWall"]).items())))
    out = painted(classes, mesh, layer.painted)
    assert out.legend.title == "" and [words for _, words in out.legend.entries] == ["All elements"]
    assert len(np.unique(out.colors, axis=0)) == 1 and out.legend.alone, "a line of one legend for all models"
    walls = replace(layer.painted[0], label="Fire walls", by="guid", values=("W1",))
    over = painted(classes, mesh, (*layer.painted, walls))
    assert len(over.legend.entries) == 2 and not over.legend.alone


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


def test_a_model_that_comes_into_a_pulled_apart_building_takes_its_place_there(session):
    """It was left where it stands, with its storeys inside those of the others."""
    pipes = session.document.layer("pipes")
    session.edits.commit(session.document.without(["pipes"]), "Remove")
    session.edits.commit(pulled_apart(session, "walls", 4.0), "Storeys apart")
    assert session.document.layer("walls").levels == ()
    pipes = replace(pipes, placement=replace(pipes.placement, height=2.6))
    put(session, pipes, other_names(house_mesh()))
    session.edits.commit(session.document.with_layer(pipes), "Add layers")
    document = apart_again(session, session.document)
    said = {x.id: (x.apart_m, x.levels) for x in document.layers}
    assert said == {"walls": (4.0, (0, 1)), "pipes": (4.0, (1, 2)), "far": (0.0, ())}
    assert apart_again(session, document) == document
    out = apart_again(session, document.without(["pipes"]))
    assert {x.id: (x.apart_m, x.levels) for x in out.layers} == {"walls": (4.0, ()), "far": (0.0, ())}


def test_a_model_of_a_single_storey_goes_up_with_its_storey():
    storeys = Storeys(("2nd",), np.array([0, 0, -1], np.int32))
    assert storeys.lift(3.0) is None and storeys.lift(0.0, (2,)) is None
    assert storeys.lift(3.0, (2,)).tolist() == [6.0, 6.0, 0.0]
    assert storeys.lift(3.0, (2, 3)) is None, "levels of what was read before"
