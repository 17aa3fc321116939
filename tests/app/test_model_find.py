"""Find in the model, through its real widgets; the answers are made here as the worker would make them."""

from __future__ import annotations

import csv
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest

from app import dialogs
from app.discover import layer_types
from app.panels import model_find
from app.panels.model_find import FindPanel
from app.panels.model_results import ResultsModel
from layers.view import offscreen
from tests.app.made_models import SHAPES, house_mesh, made_structure, model_session
from tests.app.made_sessions import put
from twin.selection import Selection
from twin.text import set_language
from twin.trouble import Trouble

layer_types()


def made_query(path, selector, properties, progress):
    if "=" in selector:
        raise Trouble("This is no selector.", cause="It ends too early", path=path)
    return pa.table({"guid": ["W2", "D", "W1"], "class": ["IfcWall", "IfcDoor", "IfcWall"],
                     "name": ["Wall 2", "Door", "Wall 1"], "storey": ["Ground", "First", "Ground"],
                     "type": ["T300", None, "T300"], **{p: pa.array([0.3, None, 0.2]) for p in properties}})


def made_names(path, progress):
    return [("Pset_WallCommon.FireRating", 2), ("Qto.Width (m)", 3)]


@pytest.fixture
def session():
    made = model_session()
    yield made
    made.close()


@pytest.fixture
def panel(qtbot, session, monkeypatch):
    monkeypatch.setattr(model_find, "query_reader", lambda: made_query)
    monkeypatch.setattr(model_find, "names_reader", lambda: made_names)
    made = FindPanel(session, None, lambda: "house")
    qtbot.addWidget(made)
    made.resize(900, 260)
    made.show()
    made.tester = QAbstractItemModelTester(made.results, QAbstractItemModelTester.FailureReportingMode.Fatal)
    return made


def ask(qtbot, panel, text, column=""):
    panel.line.setText(text)
    panel.column.setEditText(column)
    QTest.keyClick(panel.line, Qt.Key.Key_Return)

    def answered():
        panel.session.tick(0.0)
        panel.refresh()
        return panel._job is None and panel._names_job is None
    qtbot.waitUntil(answered, timeout=60_000)


def column_of(panel, at):
    return [panel.results.index(row, at).data() for row in range(panel.results.rowCount())]


def selected(session):
    return {SHAPES[f] for f in session.selection.features("house")}


def test_what_was_found_is_a_table_that_sorts(qtbot, panel, session):
    ask(qtbot, panel, "Wall", "Qto.Width (m)")
    assert [panel.results.headerData(c, Qt.Orientation.Horizontal) for c in range(6)] == [
        "Name", "IFC class", "Storey", "Type", "GlobalId", "Qto.Width (m)"]
    assert column_of(panel, 0) == ["Wall 2", "Door", "Wall 1"] and column_of(panel, 3)[1] == "—"
    assert panel.said.text() == "3 found, 2 of them with a shape"
    assert panel.column.findText("Pset_WallCommon.FireRating") >= 0 and panel.column.currentText() == "Qto.Width (m)"
    panel.view.sortByColumn(5, Qt.SortOrder.AscendingOrder)
    assert column_of(panel, 0) == ["Wall 1", "Wall 2", "Door"]
    panel.view.selectRow(0)
    assert selected(session) == {"W1"}
    panel.view.selectRow(2)
    assert selected(session) == set() and session.looked_at.guid == "D", "it has no shape, but it says something"


def test_what_is_selected_elsewhere_chooses_its_rows(qtbot, panel, session):
    """Select similar from a cell of the table: the scene shows all of them, and so does the table."""
    def chosen():
        panel.refresh()
        return sorted(panel.results.index(row, 0).data() for row in panel.view.chosen())
    ask(qtbot, panel, "Wall")
    panel.view.selectRow(0)
    session.alike.by_column("type")
    assert selected(session) == {"W1", "W2"} and chosen() == ["Wall 1", "Wall 2"]
    session.selection = Selection((("house", SHAPES.index("W1")),))
    assert chosen() == ["Wall 1"]
    panel.view.sortByColumn(0, Qt.SortOrder.DescendingOrder)
    assert chosen() == ["Wall 1"] and selected(session) == {"W1"}
    session.selection = Selection()
    assert chosen() == []
    panel.view.selectRow(1)
    assert len(chosen()) == 1 and len(selected(session)) == 1, "and the other way round"


def test_a_whole_is_chosen_where_all_of_its_parts_are(panel, session):
    table = pa.table({"guid": ["EG", "W1"], "class": ["IfcBuildingStorey", "IfcWall"], "name": ["Ground", "Wall 1"]})
    panel.results.show(table, session.asset("house").payload.features, made_structure())
    wall, other, *rest = (SHAPES.index(name) for name in ("W1", "W2", "R", "C"))
    assert panel.results.rows_of(np.array([wall, other])).tolist() == [1]
    assert panel.results.rows_of(np.array([wall, other, *rest])).tolist() == [0, 1]


def test_what_has_no_shape_of_its_own_stands_for_its_parts(panel, session):
    table = pa.table({"guid": ["OG", "D"], "class": ["IfcBuildingStorey", "IfcDoor"], "name": ["First", "Door"]})
    panel.results.show(table, session.asset("house").payload.features, made_structure())
    assert {SHAPES[f] for f in panel.results.features()} == {"S"} and panel.results.shapes() == 1
    assert len(panel.results.features([1])) == 0


def test_all_of_it_is_selected_isolated_and_painted(qtbot, panel, session):
    ask(qtbot, panel, "Wall")
    panel.buttons["select"].click()
    assert selected(session) == {"W1", "W2"}
    panel.buttons["isolate"].click()
    assert session.document.layer("house").arranged[0].show == "hidden"
    panel.buttons["ghost"].click()
    assert session.document.layer("house").arranged[0].show == "ghost"
    panel.buttons["paint"].click()
    panel.buttons["paint"].click()
    session.selection = Selection()
    paint, = session.document.layer("house").painted
    assert paint.label == "Wall" and set(paint.values) == {"W1", "W2"}
    view = offscreen(160, 120)
    view.frame(session.document, session.assets, session.moment())
    legend = dict(view.stage.legends())["house"]
    assert legend.entries[0] == ((232, 89, 12), "Wall")
    colors = view.stage.visual("house").solid.colors
    assert np.array_equal(np.flatnonzero((colors[:, :3] == (232, 89, 12)).all(axis=1)),
                          sorted(SHAPES.index(g) for g in ("W1", "W2")))
    view.close()
    for _ in range(3):
        session.edits.undo()
    assert session.document.layer("house").painted == () == session.document.layer("house").arranged


def test_the_table_goes_to_a_file_as_it_stands(qtbot, panel, tmp_path, monkeypatch):
    ask(qtbot, panel, "Wall", "W")
    panel.view.sortByColumn(0, Qt.SortOrder.AscendingOrder)
    monkeypatch.setattr(dialogs, "save_file", lambda *a: tmp_path / "found.csv")
    panel.buttons["csv"].click()
    rows = list(csv.DictReader((tmp_path / "found.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert [row["name"] for row in rows] == ["Door", "Wall 1", "Wall 2"]
    assert [row["W"] for row in rows] == ["", "0.2", "0.3"]


def made_diff(old, new, progress):
    return pa.table({"guid": ["W1", "X", "S"], "class": ["IfcWall", "IfcBeam", "IfcSlab"],
                     "name": ["Wall 1", "B", "Slab"], "storey": ["Ground"] * 3, "type": pa.nulls(3, pa.string()),
                     "change": ["added", "removed", "changed"], "what": [None, None, "Name"]})


def test_an_older_issue_is_compared_listed_and_painted(qtbot, panel, session, monkeypatch, tmp_path):
    monkeypatch.setattr(model_find, "diff_reader", lambda: made_diff)
    panel.compare(tmp_path / "old.ifc")

    def answered():
        session.tick(0.0)
        panel.refresh()
        return panel._job is None
    qtbot.waitUntil(answered, timeout=60_000)
    assert column_of(panel, 0) == ["Added", "Removed", "Changed"]
    assert [(p.label, p.values) for p in session.document.layer("house").painted] == [("Added", ("W1",)),
                                                                                     ("Changed", ("S",))]
    assert panel.buttons["removed"].isVisible()
    panel.buttons["removed"].click()
    assert len(session.document.layers) == 2 and not panel.buttons["removed"].isVisible()
    old = session.document.layers[0]
    assert session.current_layer == old.id
    mesh = house_mesh()
    put(session, old, replace(mesh, features=mesh.features.set_column(0, "guid", pa.array(["X", *SHAPES[1:]]))))
    panel.refresh()
    assert session.selection.items == ((old.id, 0),) and panel.said.text().startswith("1 removed element is shown")
    panel.view.selectRow(2)
    assert selected(session) == {"S"}
    panel.view.selectRow(1)
    assert session.selection.items == ((old.id, 0),), "a removed row is found in the layer of what was removed"
    session.edits.undo()
    panel.refresh()
    assert panel.buttons["removed"].isVisible(), "it can be shown again"
    session.edits.undo()
    assert session.document.layer("house").painted == ()


def test_a_new_issue_takes_the_place_of_the_old_one(qtbot, panel, session, monkeypatch, tmp_path):
    monkeypatch.setattr(model_find, "diff_reader", lambda: made_diff)
    panel.update(tmp_path / "new.ifc")

    def answered():
        session.tick(0.0)
        panel.refresh()
        return panel._job is None
    qtbot.waitUntil(answered, timeout=60_000)
    layer = session.document.layer("house")
    assert layer.source.path == str(tmp_path / "new.ifc") and [p.label for p in layer.painted] == ["Added", "Changed"]
    assert panel.results.rowCount() == 3
    put(session, layer, house_mesh())
    panel.refresh()
    assert panel.results.shapes() == 2, "found again among the shapes of the new file"
    assert session.edits.undo_label == "Update to a new issue"


def test_a_wrong_selector_is_told_and_leaves_nothing_to_use(qtbot, panel):
    ask(qtbot, panel, "Wall=")
    assert panel.said.text() == "This is no selector. It ends too early." and panel.said.property("role") == "danger"
    assert not any(button.isEnabled() for button in panel.buttons.values())
    ask(qtbot, panel, "wall")
    assert panel.buttons["select"].isEnabled()
    ask(qtbot, panel, "Wall=")
    assert not any(button.isEnabled() for button in panel.buttons.values()), "what stood there before is gone"


def test_the_column_colours_the_model_and_again_takes_it_back(panel, session):
    panel.column.setEditText("Pset_WallCommon.FireRating")
    panel.color.click()
    assert session.document.layer("house").color_by == "Pset_WallCommon.FireRating"
    panel.color.click()
    assert session.document.layer("house").color_by == "style" and session.edits.undo_label == "Colour by"


def test_colouring_without_a_property_asks_for_one(panel, session):
    before = session.document
    panel.color.click()
    assert session.document is before and "Choose the property" in panel.said.text()


def test_classes_are_told_in_the_present_language_with_their_name_in_ifc(session):
    results = ResultsModel()
    results.show(made_query("", "", (), None), None)
    at = results.columns.index("class")
    said = {}
    for language in ("en", "zh"):
        set_language(language)
        said[language] = [results.data(results.index(row, at)) for row in range(2)]
    set_language("en")
    assert said == {"en": ["IfcWall", "IfcDoor"], "zh": ["墙 IfcWall", "门 IfcDoor"]}


def test_nothing_found_says_what_a_query_looks_like(qtbot, panel, monkeypatch):
    monkeypatch.setattr(model_find, "query_reader", lambda: no_query)
    ask(qtbot, panel, "fire door")
    assert panel.said.text().startswith("Nothing found.") and "IfcDoor" in panel.said.text()


def no_query(path, selector, properties, progress):
    return made_query(path, "", properties, progress).slice(0, 0)


def test_a_property_that_is_chosen_is_a_column_at_once(qtbot, panel):
    ask(qtbot, panel, "wall")
    assert "Qto.Width (m)" not in panel.results.columns
    panel.column.setCurrentText("Qto.Width (m)")
    panel.column.activated.emit(panel.column.findText("Qto.Width (m)"))

    def answered():
        panel.session.tick(0.0)
        panel.refresh()
        return "Qto.Width (m)" in panel.results.columns
    qtbot.waitUntil(answered, timeout=60_000)


def test_it_is_closed_by_escape(qtbot, session):
    from PySide6.QtWidgets import QDockWidget, QMainWindow
    window, dock = QMainWindow(), QDockWidget()
    qtbot.addWidget(window)
    panel = FindPanel(session, None, lambda: "house")
    dock.setWidget(panel)
    window.addDockWidget(Qt.DockWidgetArea.BottomDockWidgetArea, dock)
    window.show()
    QTest.keyClick(panel.line, Qt.Key.Key_Escape)
    assert dock.isHidden()
