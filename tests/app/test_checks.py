"""The checks panel through its real widgets; the answer is made here as the worker would make it."""

from __future__ import annotations

import csv
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest

from app import dialogs
from app.discover import layer_types
from app.panels import checks as module
from app.panels.checks import ChecksPanel
from tests.app.made_models import SHAPES, model_session
from tests.app.made_sessions import put
from twin.trouble import Trouble

layer_types()
ROWS = ((0, "W1", "IfcWall", "Wall 1", "FireRating", "missing"), (0, "W1", "IfcWall", "Wall 1", "Width", "it says 1"),
        (0, "W2", "IfcWall", "Wall 2", None, None), (1, "D", "IfcDoor", "Door", "IfcDoor.Name", "missing"))


def made_check(path, ids_path, rules, progress):
    import pyarrow as pa

    from bim.checks import Checked
    if ids_path.endswith("bad.ids"):
        raise Trouble("This is no valid IDS 1.0 file.", path=ids_path)
    at, guid, kind, name, asked, reason = zip(*ROWS)
    rows = pa.table({"check": pa.array(at, pa.int32()), "entity": [1, 1, 2, 3], "guid": guid, "class": kind,
                     "name": name, "storey": ["Ground"] * 4, "requirement": asked, "reason": reason,
                     "passed": [r is None for r in reason]})
    return Checked(path, "IFC4", rows, ids_path, {}, [
        {"source": "ids", "name": "Walls", "status": "failed", "applicable": 2, "passed": 1, "failed": 1,
         "requirements": [{"text": "FireRating", "failed": 1}]},
        {"source": "schema", "kind": "schema", "name": "IfcDoor.Name", "status": "failed", "applicable": 1,
         "passed": 0, "failed": 1}])


@pytest.fixture
def session():
    made = model_session()
    yield made
    made.close()


class Flights:
    def __init__(self):
        self.to = []

    def zoom_to_feature(self, layer, features):
        self.to.append((layer, [SHAPES[f] for f in features]))


@pytest.fixture
def panel(session, on_screen, monkeypatch):
    monkeypatch.setattr(module, "check_reader", lambda: made_check)
    made = ChecksPanel(session, Flights(), lambda: "house")
    on_screen(made, 1000, 300)
    made.tester = QAbstractItemModelTester(made.results, QAbstractItemModelTester.FailureReportingMode.Fatal)
    return made


def ask(qtbot, panel, ids=""):
    panel.ids.setText(ids)
    QTest.mouseClick(panel.go, Qt.MouseButton.LeftButton)
    assert panel.go.text() == "Stop"

    def answered():
        panel.session.tick(0.0)
        panel.refresh()
        return panel._job is None
    qtbot.waitUntil(answered, timeout=60_000)


def names(panel):
    return [panel.results.index(row, 0).data() for row in range(panel.results.rowCount())]


def test_what_fails_is_listed_and_a_row_leads_to_its_element(qtbot, panel, session):
    ask(qtbot, panel, "fire.ids")
    assert panel.said.text() == "2 of 2 checks fail." and panel.go.text() == "Check"
    assert names(panel) == ["Wall 1", "Wall 1", "Door"]
    assert panel.results.headerData(2, Qt.Orientation.Horizontal) == "What is wrong"
    panel.failed_only.setChecked(False)
    assert names(panel) == ["Wall 1", "Wall 1", "Wall 2", "Door"]
    panel.list.setCurrentItem(panel.list.topLevelItem(1))
    assert names(panel) == ["Wall 1", "Wall 1", "Wall 2"]
    panel.view.selectRow(2)
    assert {SHAPES[f] for f in session.selection.features("house")} == {"W2"}
    panel.view.doubleClicked.emit(panel.results.index(2, 0))
    assert panel.viewport.to == [("house", ["W2"])]


def test_results_are_coloured_on_request_and_can_be_undone(qtbot, panel, session):
    ask(qtbot, panel)
    QTest.mouseClick(panel.buttons["paint"], Qt.MouseButton.LeftButton)
    painted = {paint.label: paint.values for paint in session.document.layer("house").painted}
    assert painted == {"Passes the checks": ("W2",), "Fails a check": ("W1",)}
    QTest.mouseClick(panel.buttons["paint"], Qt.MouseButton.LeftButton)
    assert session.document.layer("house").painted == ()
    session.edits.undo()
    session.edits.undo()
    assert session.document.layer("house").painted == ()


def test_rows_belong_to_the_model_that_was_checked_while_another_one_is(qtbot, panel, session):
    """A row of the first model chose what has its number in the second one."""
    ask(qtbot, panel)
    other = replace(session.document.layer("house"), id="other")
    session.edits.commit(session.document.with_layer(other), "Add")
    panel.which = lambda: "other"
    QTest.mouseClick(panel.go, Qt.MouseButton.LeftButton)
    assert panel.go.text() == "Stop"
    panel.view.selectRow(0)
    assert {SHAPES[f] for f in session.selection.features("house")} == {"W1"}
    assert not session.selection.features("other")


def test_of_several_models_the_one_that_was_checked_is_named(qtbot, panel, session):
    other = replace(session.document.layer("house"), id="other", name="Annex")
    session.edits.commit(session.document.with_layer(other), "Add")
    ask(qtbot, panel)
    assert panel.said.text() == "House · 2 of 2 checks fail."


def test_rows_find_their_elements_in_a_new_issue_of_the_file(qtbot, panel, session):
    ask(qtbot, panel)
    mesh, layer = session.asset("house").payload, session.document.layer("house")
    order = list(range(len(SHAPES)))[::-1]
    put(session, layer, replace(mesh, features=mesh.features.take(order)))
    panel.refresh()
    panel.view.selectRow(0)
    assert {SHAPES[::-1][f] for f in session.selection.features("house")} == {"W1"}


def test_the_list_becomes_a_csv(qtbot, panel, tmp_path, monkeypatch):
    ask(qtbot, panel)
    monkeypatch.setattr(dialogs, "save_file", lambda *_: tmp_path / "checks.csv")
    QTest.mouseClick(panel.buttons["csv"], Qt.MouseButton.LeftButton)
    rows = list(csv.DictReader((tmp_path / "checks.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert [row["reason"] for row in rows] == ["missing", "it says 1", "missing"] and rows[0]["guid"] == "W1"


def test_an_ids_that_cannot_be_used_is_said(qtbot, panel):
    ask(qtbot, panel, "bad.ids")
    assert panel.said.text() == "This is no valid IDS 1.0 file. [bad.ids]" and panel.said.property("role") == "danger"
    assert panel.results.rowCount() == 0 and not panel.buttons["paint"].isEnabled()
