"""The model panel through its real widgets: the tree, what follows what, and every edit undone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester, QTest

from app.discover import layer_types
from app.panels import model_actions as actions
from app.panels.model_forest import WAYS, forest
from app.panels.model_panel import ModelPanel
from app.panels.model_tree_model import CLASS, COUNT, ModelTreeModel
from bim.structure import Structure
from layers.arrangement import GHOST, HIDDEN, Rule
from tests.app.made_models import SHAPES, made_structure, model_session
from twin.selection import Selection

layer_types()
CHECK = Qt.ItemDataRole.CheckStateRole
ON, HALF, OFF = Qt.CheckState.Checked, Qt.CheckState.PartiallyChecked, Qt.CheckState.Unchecked


@pytest.fixture
def session():
    made = model_session()
    yield made
    made.close()


@pytest.fixture
def panel(qtbot, session):
    made = ModelPanel(session)
    qtbot.addWidget(made)
    made.resize(300, 500)
    made.show()
    made.tester = QAbstractItemModelTester(made.model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    made.refresh()
    return made


def tree_of(model, parent=QModelIndex()):  # noqa: B008
    out = []
    for row in range(model.rowCount(parent)):
        index = model.index(row, 0, parent)
        inside = tree_of(model, index)
        out.append((index.data(), inside) if inside else index.data())
    return out


def find(panel, name):
    node = next(n for n in range(panel.model.forest.size) if panel.model.label(n) == name)
    return panel.model.index_of(node)


def choose(panel, *names):
    panel.tree.clearSelection()
    for name in names:
        panel.tree.selectionModel().select(find(panel, name), panel.tree.selectionModel().SelectionFlag.Select)


def hidden(session):
    """GlobalIds that the panel's own count of the layer hides."""
    from layers.building_elements import Elements
    layer = session.document.layer("house")
    alpha = Elements(session.asset("house").payload).alpha(layer)
    return {guid for guid, a in zip(SHAPES, alpha) if a == 0} - {"R"}


def test_the_tree_goes_from_the_project_to_the_element(panel):
    assert tree_of(panel.model) == [("House", [("Ground", [("1 Hall", ["Chair"]), "Wall 1", "Wall 2"]),
                                               ("First", ["Slab", "Door"])])]
    assert find(panel, "Ground").data(COUNT) == 3 and find(panel, "Slab").data(CLASS) == "Slab"
    assert find(panel, "Door").data(CHECK) is None, "without a shape there is nothing to show or hide"


def test_it_knows_its_model_behind_a_tab_too(qtbot, session):
    hidden = ModelPanel(session)
    qtbot.addWidget(hidden)
    assert hidden.id == "house", "checks, schedule and search are about it"


def test_of_what_is_selected_and_the_row_of_a_layer_the_newer_one_is_meant(qtbot, session):
    """After a wall of one model was looked at, a click on another model's row checked the first one."""
    panel = ModelPanel(session)
    qtbot.addWidget(panel)
    other = replace(session.document.layer("house"), id="other")
    session.edits.commit(session.document.with_layer(other), "Add")
    session.selection = Selection((("house", 0),))
    assert panel.id == "house"
    session.current_layer = "other"
    assert panel.id == "other"
    session.selection = Selection((("house", 1),))
    assert panel.id == "house"


@pytest.mark.parametrize("way, tops", [("class", ["Door", "Furniture", "Slab", "Space", "Wall"]),
                                       ("type", ["T300", "(none)"]), ("material", ["Brick", "Wool", "(none)"]),
                                       ("zone", ["Public"]), ("system", ["(none)"])])
def test_elements_are_grouped_by(panel, way, tops):
    panel.way.setCurrentIndex(list(WAYS).index(way))
    panel.way.activated.emit(panel.way.currentIndex())
    assert [top[0] if isinstance(top, tuple) else top for top in tree_of(panel.model)] == tops
    if way == "material":
        assert tree_of(panel.model)[0] == ("Brick", ["Wall 1", "Wall 2"])


def test_the_filter_keeps_what_holds_and_what_is_held(panel):
    QTest.keyClicks(panel.filter, "chair")
    assert tree_of(panel.model) == [("House", [("Ground", [("1 Hall", ["Chair"])])])]
    assert panel.tree.isExpanded(find(panel, "1 Hall"))
    panel.filter.setText("first")
    assert tree_of(panel.model) == [("House", [("First", ["Slab", "Door"])])]
    panel.filter.setText("ifcwall")
    assert tree_of(panel.model) == [("House", [("Ground", ["Wall 1", "Wall 2"])])]
    panel.filter.setText("W2")
    assert tree_of(panel.model) == [("House", [("Ground", ["Wall 2"])])], "a GlobalId"
    panel.filter.setText("no such thing")
    assert tree_of(panel.model) == []
    panel.filter.clear()
    assert len(tree_of(panel.model)[0][1]) == 2


def test_a_click_in_the_scene_is_found_in_the_tree(panel, session):
    panel.tree.collapseAll()
    session.selection = Selection((("house", SHAPES.index("C")),))
    panel.refresh()
    assert [index.data() for index in panel.tree.selectionModel().selectedIndexes()] == ["Chair"]
    assert panel.tree.isExpanded(find(panel, "1 Hall")), "it was brought into view"
    session.selection = Selection()
    panel.refresh()
    assert panel.nodes() == []


def test_a_choice_in_the_tree_is_selected_in_the_scene_with_what_it_holds(panel, session):
    choose(panel, "Ground")
    assert {SHAPES[f] for f in session.selection.features("house")} == {"W1", "W2", "R", "C"}
    before = session.selection
    panel.refresh()
    assert [index.data() for index in panel.tree.selectionModel().selectedIndexes()] == ["Ground"]
    assert session.selection is before


def test_a_tick_hides_and_shows_and_is_undone(panel, session):
    ground = find(panel, "Ground")
    assert ground.data(CHECK) == ON
    panel.model.setData(find(panel, "Wall 1"), OFF.value, CHECK)
    panel.refresh()
    assert ground.data(CHECK) == HALF and find(panel, "Wall 1").data(CHECK) == OFF and hidden(session) == {"W1"}
    panel.model.setData(ground, OFF.value, CHECK)
    panel.refresh()
    assert ground.data(CHECK) == OFF and hidden(session) == {"W1", "W2", "C"}
    assert session.document.layer("house").arranged[-1] == Rule(show="hidden", by="storey", values=("Ground",))
    session.edits.undo()
    session.edits.undo()
    panel.refresh()
    assert ground.data(CHECK) == ON and session.document.layer("house").arranged == ()


def test_isolate_ghost_hide_and_show_all(panel, session):
    choose(panel, "Ground")
    panel.isolate()
    assert hidden(session) == {"S"} and session.edits.undo_label == "Isolate"
    actions.show_all(session, ["house"])
    assert hidden(session) == set() and session.document.layer("house").arranged == ()
    choose(panel, "Wall 1", "Slab")
    panel.arrange(HIDDEN)
    assert hidden(session) == {"W1", "S"}
    panel.arrange(GHOST)
    assert hidden(session) == set() and session.document.layer("house").arranged[-1].show == "ghost"
    panel.isolate(ghosts=True)
    layer = session.document.layer("house")
    assert layer.arranged[0] == Rule(show="ghost") and set(layer.arranged[1].values) == {"W1", "S"}


def test_a_group_is_hidden_by_one_word(panel, session):
    panel.way.setCurrentIndex(list(WAYS).index("type"))
    panel.way.activated.emit(0)
    panel.model.setData(find(panel, "T300"), OFF.value, CHECK)
    assert session.document.layer("house").arranged == (Rule(show="hidden", by="type", values=("T300",)),)
    panel.way.setCurrentIndex(list(WAYS).index("material"))
    panel.way.activated.emit(0)
    actions.show_all(session, ["house"])
    panel.model.setData(find(panel, "Brick"), OFF.value, CHECK)
    assert session.document.layer("house").arranged[0].by == "guid", "the column says more than brick"


def test_isolating_a_storey_leaves_its_rooms_away(panel, session):
    panel.way.setCurrentIndex(0)
    choose(panel, "Ground")
    panel.isolate()
    panel.refresh()
    assert find(panel, "1 Hall").data(CHECK) != OFF, "the chair in it shows"
    assert panel.storeys.slider.value() == 0 and panel.storeys.words.toolTip() == "Isolated parts only"
    assert "1 rooms" in (tip := find(panel, "Ground").data(Qt.ItemDataRole.ToolTipRole)) or "1 room" in tip
    choose(panel, "Wall 1")
    panel.isolate()
    from layers.building_elements import Elements
    assert Elements(session.asset("house").payload).alpha(session.document.layer("house"))[SHAPES.index("R")] == 0


def test_what_is_counted_without_a_shape_is_said(panel, session):
    """218 stood in the tree and 215 of them could be selected."""
    tip = find(panel, "First").data(Qt.ItemDataRole.ToolTipRole)
    assert tip.endswith("2 elements · 1 without a shape of their own")
    assert "without" not in find(panel, "Ground").data(Qt.ItemDataRole.ToolTipRole)


def test_the_status_bar_tells_rooms_from_elements(session, on_screen):
    from app.panels.status import StatusBar
    bar = on_screen(StatusBar(session), 900, 28)
    session.selection = Selection(tuple(("house", row) for row in range(5)))
    bar.refresh()
    assert bar._counted() == "5 selected, 1 of them rooms"
    session.selection = Selection((("house", 0), ("house", 1)))
    assert bar._counted() == "2 selected"


def test_the_status_bar_has_no_negative_zero(session, on_screen):
    from app.panels.status import StatusBar
    bar = on_screen(StatusBar(session), 900, 28)
    bar._show_place((10.0, 20.0, -0.001))
    assert " H 0.00" in bar.project.text() and bar.lonlat.text().endswith(" 0.0 m")


def test_the_storey_slider_is_one_edit_per_drag(panel, session):
    panel.refresh()
    bar = panel.storeys
    assert bar.names == ("Ground", "First") and bar.slider.maximum() == 2
    bar.slider.setSliderDown(True)
    bar.slider.setValue(1)
    bar.slider.setValue(2)
    bar.slider.setSliderDown(False)
    assert session.document.layer("house").storey == "First" and hidden(session) == {"W1", "W2", "C"}
    bar.below.click()
    assert hidden(session) == set() and "First" in bar.words.toolTip()
    panel.refresh()
    session.edits.undo()
    session.edits.undo()
    panel.refresh()
    assert bar.slider.value() == 0 and not session.edits.undo_label


def test_similar_elements_are_selected(panel, session):
    session.selection = Selection((("house", SHAPES.index("W1")),))
    session.alike.by_column("type")
    assert {SHAPES[f] for f in session.selection.features("house")} == {"W1", "W2"}
    session.selection = Selection((("house", SHAPES.index("S")),))
    session.alike.by_column("type")
    assert session.selection.features("house") == (SHAPES.index("S"),), "without a type it stays alone"


def test_ids_are_copied(panel):
    choose(panel, "Wall 1", "Slab")
    panel.copy_guids()
    assert set(QGuiApplication.clipboard().text().split("\n")) == {"W1", "S"}


def test_of_a_hundred_thousand_elements_only_those_looked_at_get_rows(qtbot):
    n = 100_000
    nodes = pa.table({"guid": [f"{i:022d}" for i in range(n)],
                      "class": ["IfcWall", "IfcSlab", "IfcDoor", "IfcBeam"] * (n // 4),
                      "name": [f"Element {i}" for i in range(n)], "storey": ["EG"] * n,
                      "parent": pa.array([-1, *[i // 2000 for i in range(n - 1)]], pa.int32()),
                      "spatial": [i < 51 for i in range(n)]})
    structure = Structure(nodes, made_structure().groups.slice(0, 0))
    model = ModelTreeModel()
    model.show_structure(structure, nodes, "place")
    model.show_visible(np.ones(n, bool))
    assert model.rowCount(model.index(0, 0)) == 2000
    model.set_filter("9999")
    assert model.forest.size < 500, "only what is looked at gets a row"


def test_two_elements_with_one_global_id_are_told_apart_by_their_lines():
    nodes = pa.table({"guid": ["p", "same", "same"], "class": ["IfcProject", "IfcWall", "IfcWall"],
                      "name": ["P", "A", "B"], "storey": pa.nulls(3, pa.string()), "number": [1, 20, 30],
                      "parent": pa.array([-1, 0, 0], pa.int32()), "spatial": [True, False, False]})
    model = ModelTreeModel()
    features = pa.table({"guid": ["same", "same"], "number": [30, 20]})
    model.show_structure(Structure(nodes, made_structure().groups.slice(0, 0)), features, "place")
    assert model.feature.tolist() == [-1, 1, 0]
    model.show_structure(model.structure, features.select(["guid"]), "place")
    assert model.feature.tolist() == [-1, 0, 0]


def test_every_way_shows_every_element_at_least_once():
    structure = made_structure()
    elements = {i for i, spatial in enumerate(structure.nodes["spatial"].to_pylist()) if not spatial}
    for way in WAYS:
        if way != "zone":
            assert elements <= set(forest(structure, way).row.tolist()), way
