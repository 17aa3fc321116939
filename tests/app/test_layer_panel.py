"""The layer panel through its model and its real widgets."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QEvent, QModelIndex, QPoint, Qt
from PySide6.QtGui import QFocusEvent
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from app.discover import layer_types
from app.panels.layer_facts import Facts
from app.panels.layer_model import FACTS, SHOWN
from app.panels.layer_tree import TAG_FROM_MOUSE
from app.panels.layers import LayerPanel
from app.session import Session
from layers.city import City
from layers.layer_row import Row
from twin.assets import LOADING
from twin.document import Document
from twin.layer import Group
from twin.project import Project
from twin.selection import Selection
from twin.text import set_language

layer_types()


class Stage:
    def __init__(self, rows):
        self.rows = rows


class StandIn:
    """What the panel asks of a viewport."""

    def __init__(self):
        self.stage = Stage({})
        self.zoomed: list[set[str]] = []

    def zoom_to(self, ids):
        self.zoomed.append(set(ids))


def city(id, **values):
    return City(**{"id": id, "name": id, **values})


@pytest.fixture
def session():
    layers = (Group(id="base", name="Base"), city("terrain", group="base", name="Terrain", name_zh="地形"),
              city("roads", group="base"), city("water", name="Water"), Group(id="bim", name="BIM"),
              city("house", group="bim"))
    made = Session(Project(document=Document(layers=layers)))
    yield made
    made.close()


@pytest.fixture
def panel(qtbot, session, request):
    made = LayerPanel(session, StandIn())
    made.viewport.stage.rows = {layer.id: Row("ready", features=3) for layer in session.document.layers}
    qtbot.addWidget(made)
    made.resize(300, 500)
    made.show()
    made.refresh()
    if "two_thousand" not in request.node.name:
        made.tester = QAbstractItemModelTester(made.model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    return made


def tree_of(panel, parent=QModelIndex()):  # noqa: B008
    """The rows as nested lists of ids."""
    model = panel.model
    out = []
    for row in range(model.rowCount(parent)):
        index = model.index(row, 0, parent)
        inside = tree_of(panel, index)
        out.append((model.id_of(index), inside) if inside else model.id_of(index))
    return out


def click(panel, id, part="rest", modifier=Qt.KeyboardModifier.NoModifier):
    index = panel.model.index_of(id)
    rect = panel.tree.visualRect(index)
    layer, facts = panel.session.document.layer(id), panel.model.facts(id)
    place = panel.tree.rows.parts(rect, layer, facts)[part]
    QTest.mouseClick(panel.tree.viewport(), Qt.MouseButton.LeftButton, modifier, place.center())


def drop(panel, ids, parent, row):
    model = panel.model
    data = model.mimeData([model.index_of(id) for id in ids])
    assert model.canDropMimeData(data, Qt.DropAction.MoveAction, row, 0, model.index_of(parent))
    model.dropMimeData(data, Qt.DropAction.MoveAction, row, 0, model.index_of(parent))
    panel.refresh()


def test_the_tree_is_the_document(panel):
    assert tree_of(panel) == [("base", ["terrain", "roads"]), "water", ("bim", ["house"])]


def test_dropping_reorders_and_regroups_several(panel, session):
    drop(panel, ["water", "house"], "base", 1)
    assert tree_of(panel) == [("base", ["terrain", "water", "house", "roads"]), "bim"]
    assert session.edits.undo_label == "Move layers"
    session.edits.undo()
    panel.refresh()
    assert tree_of(panel) == [("base", ["terrain", "roads"]), "water", ("bim", ["house"])]


def test_dropping_before_something_that_moves_too(panel):
    drop(panel, ["terrain", "water"], "base", 0)
    assert tree_of(panel)[0] == ("base", ["terrain", "water", "roads"])


def test_a_group_never_lands_in_itself(panel):
    data = panel.model.mimeData([panel.model.index_of("base")])
    assert not panel.model.canDropMimeData(data, Qt.DropAction.MoveAction, 0, 0, panel.model.index_of("base"))


def test_a_group_takes_its_members_along_once(panel):
    drop(panel, ["base", "terrain"], "bim", 0)
    assert tree_of(panel) == ["water", ("bim", [("base", ["terrain", "roads"]), "house"])]


def test_eyes_keep_the_childrens_own_state(panel, session):
    click(panel, "roads", "eye")
    click(panel, "base", "eye")
    panel.refresh()
    shown = {id: panel.model.index_of(id).data(SHOWN) for id in ("base", "terrain", "roads")}
    assert shown == {"base": False, "terrain": False, "roads": False}
    assert session.document.layer("terrain").visible and not session.document.layer("roads").visible
    click(panel, "base", "eye")
    panel.refresh()
    assert panel.model.index_of("terrain").data(SHOWN) and not panel.model.index_of("roads").data(SHOWN)
    assert session.edits.undo_label == "Show"


def test_a_click_on_an_eye_of_the_selection_means_all_of_it(panel, session):
    click(panel, "water")
    click(panel, "roads", modifier=Qt.KeyboardModifier.ControlModifier)
    assert panel.chosen() == ["roads", "water"]
    click(panel, "water", "eye")
    assert not session.document.layer("water").visible and not session.document.layer("roads").visible
    assert panel.chosen() == ["roads", "water"], "an eye is no selection"


def test_space_toggles_and_delete_is_one_undo(panel, session):
    click(panel, "water")
    QTest.keyClick(panel.tree, Qt.Key.Key_Space)
    assert not session.document.layer("water").visible
    panel.choose(["base", "water"])
    panel.remove()
    panel.refresh()
    assert tree_of(panel) == [("bim", ["house"])]
    session.edits.undo()
    panel.refresh()
    assert tree_of(panel)[0] == ("base", ["terrain", "roads"])


def test_f2_renames(qtbot, panel, session):
    click(panel, "water")
    QTest.keyClick(panel.tree, Qt.Key.Key_F2)
    editor = panel.tree.viewport().findChild(QLineEdit)
    assert editor.text() == "Water"
    editor.setText("  Lakes ")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: session.document.layer("water").name == "Lakes")
    assert session.edits.undo_label == "Rename"


def test_a_name_that_was_given_is_shown_in_every_language(panel, session):
    set_language("zh")
    try:
        panel.model.setData(panel.model.index_of("terrain"), "地貌")
    finally:
        set_language("en")
    assert (session.document.layer("terrain").name, session.document.layer("terrain").name_zh) == ("地貌", "")


def test_the_filter_keeps_parents_and_what_matching_groups_hold(panel):
    panel.tree.collapseAll()
    QTest.keyClicks(panel.filter, "roa")
    assert tree_of(panel) == [("base", ["roads"])]
    assert panel.tree.isExpanded(panel.model.index_of("base"))
    panel.filter.setText("地形")
    assert tree_of(panel) == [("base", ["terrain"])]
    panel.filter.setText("bim")
    assert tree_of(panel) == [("bim", ["house"])]
    panel.filter.setText("nothing like it")
    assert tree_of(panel) == [] and panel.pages.currentIndex() == 2
    panel.filter.clear()
    assert len(tree_of(panel)) == 3
    assert not panel.tree.isExpanded(panel.model.index_of("base")), "as it was before"


def test_the_filter_of_one_project_hides_nothing_of_the_next(panel, session):
    panel.filter.setText("no layer is called so")
    assert panel.model.rowCount() == 0
    session.become(session.project())
    panel.refresh()
    assert panel.filter.text() == "" and panel.model.rowCount() > 0


def test_selection_and_expansion_survive_edits(panel, session):
    panel.tree.collapse(panel.model.index_of("bim"))
    panel.choose(["roads", "water"])
    session.edits.commit(replace(session.document, layers=(city("new"), *session.document.layers)), "Add layers")
    panel.refresh()
    session.edits.commit(session.document.moved(["base"], "bim"), "Move layers")
    panel.refresh()
    assert set(panel.chosen()) == {"water", "roads"}
    assert panel.tree.isExpanded(panel.model.index_of("base"))
    assert not panel.tree.isExpanded(panel.model.index_of("bim"))
    session.edits.commit(session.document.without(["water"]), "Remove layers")
    panel.refresh()
    assert panel.chosen() == ["roads"]


def test_duplicate_group_and_ungroup(panel, session):
    panel.choose(["terrain", "water"])
    panel.duplicate()
    assert [x.name for x in session.document.layers if "copy" in x.name] == ["Terrain copy", "Water copy"]
    assert [session.document.layer(id).name for id in panel.chosen()] == ["Terrain copy", "Water copy"]
    panel.choose(["water", "house"])
    panel.group()
    group = session.document.layer("water").group
    assert session.document.layer("house").group == group
    panel.choose([group])
    panel.ungroup()
    assert session.document.layer(group) is None and session.document.layer("water").group == ""


def test_a_drag_of_the_opacity_is_one_undo(panel, session):
    panel.choose(["water", "roads"])
    panel.set_opacity(QPoint(300, 200))
    for percent in (90, 60, 40):
        panel.popover.slider.setValue(percent)
    panel.popover.close()
    assert session.document.layer("water").opacity == session.document.layer("roads").opacity == 0.4
    session.edits.undo()
    assert session.document.layer("water").opacity == 1.0 and not session.edits.undo_label


def test_the_mouse_does_not_move_the_cross_that_it_goes_to(panel, session):
    """Over a row that loads, its opacity came where the cross had been, and the click opened that."""
    rows, layer, loading = panel.tree.rows, session.document.layer("house"), Facts(state=LOADING)
    rect = panel.tree.visualRect(panel.model.index_of("house"))
    before = rows.parts(rect, layer, loading)
    rows.hovered = "house"
    under = rows.parts(rect, layer, loading)
    assert "opacity" in under and "opacity" not in before
    assert under["cancel"] == before["cancel"] and not under["cancel"].intersects(under["opacity"])


def test_zoom_goes_to_the_members_of_a_group(panel):
    panel.choose(["base"])
    panel.zoom_to()
    assert panel.viewport.zoomed == [{"base", "terrain", "roads"}]


def test_an_error_shows_under_the_name_and_goes_again(panel):
    index = panel.model.index_of("water")
    height = panel.tree.visualRect(index).height()
    panel.viewport.stage.rows["water"] = Row("error", "The file is empty.")
    panel.model.look_again()
    assert index.data(FACTS).tone == "danger" and index.data(FACTS).message == "The file is empty."
    assert panel.tree.rows.sizeHint(None, index).height() > height
    assert "The file is empty." in index.data(Qt.ItemDataRole.ToolTipRole)
    panel.viewport.stage.rows["water"] = Row("ready", features=12)
    panel.model.look_again()
    assert index.data(FACTS).message == "" and index.data(FACTS).count == 12


def test_the_current_row_is_known_to_the_session_and_followed(panel, session):
    click(panel, "roads")
    assert session.current_layer == "roads"
    session.current_layer = "house"
    panel.refresh()
    assert panel.chosen() == ["house"]


def test_an_empty_project_says_how_to_begin(qtbot):
    session, asked = Session(), []
    panel = LayerPanel(session, StandIn(), act=lambda command, id: asked.append(command))
    qtbot.addWidget(panel)
    panel.show()
    for _ in range(6):
        panel.refresh()
    assert panel.pages.currentIndex() == 1 and "Drop files" in panel.hint.text()
    QTest.mouseClick(panel.open_button, Qt.MouseButton.LeftButton)
    assert asked == ["open"]
    session.jobs.start(print, label="city.json", path="/data/city.json")
    for _ in range(6):
        panel.refresh()
    assert panel.hint.text() == "Opening…", "files that were named at the start are on their way"
    session.close()


def test_two_thousand_layers_cost_nothing_while_nothing_happens(panel, session):
    """The work per tick is counted, not timed: no row is asked for its facts again."""
    many = tuple(city(f"c{i}", group="base" if i % 2 else "") for i in range(2000))
    session.edits.commit(replace(session.document, layers=(*session.document.layers, *many)), "Add layers")
    panel.viewport.stage.rows = {x.id: Row("ready", features=1) for x in session.document.layers}
    panel.refresh()
    panel.model.look_again()
    changed = []
    panel.model.dataChanged.connect(lambda *a: changed.append(a))
    for _ in range(30):
        panel.refresh()
    assert changed == []
    session.edits.commit(session.document.moved(["c5"], ""), "Move layers")
    panel.refresh()
    assert panel.model.index_of("c5").isValid()


def test_the_last_thing_chosen_is_what_the_inspector_tells_of(panel, session):
    click(panel, "water")
    assert session.about == "water"
    session.selection = Selection((("terrain", 3),))
    assert session.about == "terrain"
    click(panel, "water")                                        # it was the current row already
    assert session.about == "water" and session.selection.last == ("terrain", 3)
    session.selection = Selection((("terrain", 4),))
    assert session.about == "terrain"


def test_folded_groups_are_kept_with_the_project_and_are_no_edit(panel, session, tmp_path, qtbot):
    panel.tree.collapse(panel.model.index_of("bim"))
    panel.filter.setText("house")                      # opens everything that is found
    panel.filter.clear()
    assert session.folded == {"bim"} and not session.edits.dirty and not session.edits.undo_label
    session.save(tmp_path / "p.twin.json")
    panel.tree.expand(panel.model.index_of("bim"))
    assert session.folded == set()
    session.open(tmp_path / "p.twin.json")
    panel.refresh()
    assert panel.tree.open_groups() == {"base"} and session.folded == {"bim"}


def test_the_focus_alone_chooses_nothing(panel, session):
    """Qt makes the first row current when the focus comes: the inspector told of a group that nobody had chosen."""
    QApplication.sendEvent(panel.tree, QFocusEvent(QEvent.Type.FocusIn, Qt.FocusReason.TabFocusReason))
    assert panel.model.id_of(panel.tree.currentIndex()) == "base" and session.current_layer == ""
    QTest.keyClick(panel.tree, Qt.Key.Key_Down)
    assert session.current_layer == "terrain" and panel.chosen() == ["terrain"]
    QTest.keyClick(panel.tree, Qt.Key.Key_Up)
    assert session.current_layer == "base"


def test_what_is_dragged_is_said_beside_the_mouse(panel):
    one, other = panel.model.index_of("water"), panel.model.index_of("roads")
    assert panel.tree.tag([one]).text() == "Water" and panel.tree.tag([one, other]).text() == "2 layers"
    tag = panel.tree.tag([one])
    assert tag.grab().height() < 2 * panel.tree.visualRect(one).height() and TAG_FROM_MOUSE.x() < 0
