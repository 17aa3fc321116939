"""Select similar over federated models: by a property that only the files know, with the number, through the menus."""

from __future__ import annotations

import dataclasses

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app import alike
from app.discover import layer_types
from app.panels.attributes import AttributePanel
from app.panels.model_find import FindPanel
from bim.alike import Said
from layers.building import Building
from tests.app.made_models import SHAPES, house_mesh, model_session
from tests.app.made_sessions import put
from tests.app.test_model_find import made_query
from twin.jobs import DONE, Job
from twin.layer import Source
from twin.selection import Selection

layer_types()
SAME = "Select all elements with this value"


def made_said(path, name, guids, progress):
    return [Said("EI30")] if "W1" in guids else []


def made_alike(path, name, wanted, progress):
    return ["W1", "OG", "D"] if path.endswith("house.ifc") else ["W2"]


@pytest.fixture
def session(monkeypatch):
    made = model_session()
    other = Building(id="pipes", name="Pipes", edges=False, source=Source(path="/data/pipes.ifc"))
    document = made.document
    made.edits.commit(dataclasses.replace(document, layers=(*document.layers, other)), "Add")
    put(made, other, house_mesh())
    start = made.jobs.start

    def at_once(function, *arguments, label, **more):
        """The answers are made here: no test waits for a worker to begin."""
        if function not in (made_said, made_alike):
            return start(function, *arguments, label=label, **more)
        return Job(0, label, function, arguments, 1.0, state=DONE, result=function(*arguments, None))
    monkeypatch.setattr(made.jobs, "start", at_once)
    monkeypatch.setattr(alike, "said_reader", lambda: made_said)
    monkeypatch.setattr(alike, "alike_reader", lambda: made_alike)
    made.told = []
    made.alike.tell = lambda words, tone="note": made.told.append((words, tone))
    yield made
    made.close()


def settle(session):
    session.tick(0.0)
    assert not session.alike.busy


def selected(session):
    return {(id, SHAPES[feature]) for id, feature in session.selection.items}


def test_all_models_are_asked_and_the_number_is_told(session):
    session.selection = Selection((("house", SHAPES.index("W1")),))
    session.alike.ask("Pset_WallCommon.FireRating", {"house": ("W1",)})
    settle(session)
    assert selected(session) == {("house", "W1"), ("house", "S"), ("pipes", "W2")}, "a storey stands for its slab"
    assert session.selection.last[0] == "house", "one reads on in the model that was asked about"
    words, = session.told
    assert words[0] == "4 elements alike: Pset_WallCommon.FireRating = EI30 · 1 of them without a shape"


def test_a_hidden_model_is_left_alone(session):
    layer = session.document.layer("pipes")
    session.edits.commit(session.document.with_layer(dataclasses.replace(layer, visible=False)), "Hide")
    session.alike.ask("Pset_WallCommon.FireRating", {"house": ("W1",)})
    settle(session)
    assert selected(session) == {("house", "W1"), ("house", "S")}


def test_what_is_not_said_is_told(session):
    session.selection = before = Selection((("house", 0),))
    session.alike.ask("Pset_X.Y", {"house": ("S",)})
    settle(session)
    assert session.selection is before and session.told == [("The selected elements do not say Pset_X.Y.", "warning")]


def test_by_class_at_once_in_all_models(session):
    session.selection = Selection((("house", SHAPES.index("W1")),))
    session.alike.by_column("class")
    assert selected(session) == {(id, wall) for id in ("house", "pipes") for wall in ("W1", "W2")}
    assert session.told[0][0].startswith("4 elements alike: IFC class = ")


def chosen_in_menu(view, index, words):
    """Right-click a cell and choose this line of the menu; False where it is not offered."""
    point = view.visualRect(index).center()
    QTest.mouseClick(view.viewport(), Qt.MouseButton.RightButton, pos=point)
    menu = view.menu_at(point)
    found = [action for action in menu.actions() if action.text() == words and action.isVisible()]
    for action in found:
        action.trigger()
    menu.deleteLater()
    return bool(found)


def test_the_inspectors_rows_offer_it(qtbot, session):
    panel = AttributePanel(session)
    qtbot.addWidget(panel)
    panel.show()
    session.selection = Selection((("house", SHAPES.index("W1")), ("house", SHAPES.index("W2"))))
    panel.show_layer("house")
    rows = [row.key for row in panel.table.facts.rows]
    index = panel.table.facts.index(rows.index("storey"), 1)
    assert chosen_in_menu(panel.table, index, SAME)
    assert not chosen_in_menu(panel.table, panel.table.facts.index(rows.index("guid"), 1), SAME)
    settle(session)
    assert ("pipes", "W2") in selected(session)


def test_the_cells_of_a_query_offer_it(qtbot, session):
    panel = FindPanel(session, None, lambda: "house")
    qtbot.addWidget(panel)
    panel.show()
    panel.id = "house"
    panel._list(made_query("", "Wall", (), None))
    where = next(row for row in range(3) if panel.results.index(row, 0).data() == "Wall 1")
    column = panel.results.columns.index("type")
    assert chosen_in_menu(panel.view, panel.results.index(where, column), SAME)
    settle(session)
    assert selected(session) == {("house", "W1"), ("house", "S"), ("pipes", "W2")}


def test_the_inspector_says_how_many_more_are_selected_in_other_layers(qtbot, session):
    panel = AttributePanel(session)
    qtbot.addWidget(panel)
    panel.show()
    walls = [("house", SHAPES.index("W1")), ("house", SHAPES.index("W2"))]
    for items, said in ((walls, False), ([("pipes", 0), *walls], True)):
        session.selection = Selection(tuple(items))
        panel.show_layer("house")
        assert panel.title.text() == "2 selected" and ("3 in all layers" in panel.subtitle.text()) is said
