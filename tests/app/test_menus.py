"""The menus of a window: what the project has stands in them, and can be arranged from there."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialogButtonBox, QMenu, QTabBar

from app import dialogs, timing
from app.actions import spoken
from app.discover import layer_types
from app.docking import PANELS
from app.drawing import Drawing
from app.unfinished import Unfinished
from layers.city import City
from twin.document import Document, Scene
from twin.scenario import Chapter, Scenario

layer_types()
NOON = 1_784_088_000_000_000_000             # 2026-07-15 12:00 +08:00


@pytest.fixture
def window(window):
    """With a layer and a day."""
    window.session.edits.commit(Document(layers=(City(id="c", name="Houses"),)), "Add layers")
    window.session.clock.set_span(NOON - 10**13, NOON + 10**13)
    window.session.clock.go_to(NOON)
    return window


def opened(window, path: str) -> list[str]:
    """The rows of a menu as one sees them when it opens, without its letters."""
    window.actions_.refresh()
    menu: QMenu = window.menus[path]
    menu.aboutToShow.emit()
    return [action.text().replace("&", "") for action in menu.actions() if not action.isSeparator()]


def chosen(window, path: str, label: str) -> None:
    opened(window, path)
    next(a for a in window.menus[path].actions() if a.text().replace("&", "") == label).trigger()


def test_undo_takes_back_what_is_begun_before_any_edit(window):
    """A place that is tried out, points that were clicked: the menu says which."""
    taken = []
    window.session.unfinished = Unfinished("Try out a place", lambda: taken.append(1))
    present = window.session.document
    assert opened(window, "edit")[0] == "Undo: Try out a place"
    window.actions_.of["undo"].trigger()
    window.session.unfinished = None
    Drawing(window.session, window.viewport, "line", lambda points: None).begin()
    window.viewport.drawing.click((1.0, 2.0, 3.0))
    assert opened(window, "edit")[0] == "Undo: Picked point"
    window.actions_.of["undo"].trigger()
    assert taken == [1] and window.session.document is present and window.viewport.drawing.points == []
    window.viewport.drawing.cancel()
    assert opened(window, "edit")[0].startswith("Undo: Add layers")
    window.undo()
    assert window.session.document is not present


def test_a_view_is_kept_as_a_scene_changed_and_removed(window, qtbot, monkeypatch):
    monkeypatch.setattr(dialogs, "ask_name", lambda parent, title, name: name)
    chosen(window, "view/scenes", "Save the present view as a scene…")
    assert opened(window, "view/scenes")[0] == "Scene 1"
    scene = window.session.document.scenes[0]
    assert scene.camera and scene.visible == ("c",) and scene.time.startswith("2026-07-15T12:00")
    window.layers.toggle(["c"])
    window.session.clock.go_to(NOON + 10**12)
    chosen(window, "view/scenes", "Scene 1")
    assert window.session.document.layer("c").visible and window.session.clock.now_ns == NOON

    window.actions_.of["scenes"].trigger()
    dialog = window.panels[-1]
    dialog.list.item(0).setText("Roofs & eaves")
    assert opened(window, "view/scenes")[0] == "Roofs  eaves", "a & in a name is no menu letter"
    window.layers.toggle(["c"])
    dialog.update_.click()
    assert window.session.document.scenes[0].visible == () and window.session.document.scenes[0].name == "Roofs & eaves"
    dialog.remove.click()
    assert window.session.document.scenes == () and not dialog.go.isEnabled()
    window.undo()
    qtbot.waitUntil(lambda: dialog.list.count() == 1)
    dialog.reject()
    assert dialog not in window.panels


def test_bookmarks_stand_in_their_menu_and_a_new_one_is_told(window):
    chosen(window, "time/bookmarks", "Bookmark this instant")
    assert window.status._telling() == "Bookmarked: 2026-07-15 12:00"
    timing.rename_bookmark(window.session, window.session.document.bookmarks[0].id, "Rush", "en")
    assert opened(window, "time/bookmarks") == ["Rush\t2026-07-15 12:00", "Bookmark this instant"]
    window.session.clock.go_to(NOON + 10**12)
    chosen(window, "time/bookmarks", "Rush\t2026-07-15 12:00")
    assert window.session.clock.now_ns == NOON


def test_scenarios_play_from_their_menu(window):
    story = Scenario(id="s", name="A story", name_zh="故事", end="2026-07-15T13:00:00+08:00",
                     chapters=(Chapter(time="2026-07-15T12:30:00+08:00", title="Begins"),))
    window.session.edits.commit(Document(layers=window.session.document.layers, scenarios=(story,)), "Add layers")
    chosen(window, "analysis/scenarios", "A story")
    assert window.session.story[0] == "Begins"
    assert window.docking.in_front("scenarios")
    chosen(window, "analysis/scenarios", "A story")
    assert window.session.story is None
    window.actions_.of["command"].trigger()
    window.palette_.line.setText("gushi")
    QTest.keyClick(window.palette_.line, Qt.Key.Key_Return)
    assert window.session.story[0] == "Begins"


def test_the_menus_follow_the_language(window):
    window.session.edits.commit(Document(scenes=(Scene(id="s", name="Lake", name_zh="湖"),)), "Add layers")
    assert opened(window, "view/scenes")[0] == "Lake"
    window.choose_language("zh")
    assert QCoreApplication.translate("QFileDialog", "&Look in:").startswith("查找范围")      # Qt's own file lacks it
    assert opened(window, "view/scenes")[0] == "湖"
    words = {said: QCoreApplication.translate(*said) for said in (
        ("QFileSystemModel", "Size"), ("QAbstractFileIconProvider", "Folder", "All other platforms"))}
    assert list(words.values()) == ["大小", "文件夹"]
    assert QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel, window).buttons()[0].text() == "取消"
    assert window.actions_.of["toggle"].text().endswith("\t空格") and spoken("Ctrl+S") == "Ctrl+S"
    window.choose_language("en")
    assert window.actions_.of["toggle"].text().endswith("\tSpace")
    assert QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel, window).buttons()[0].text() == "Cancel"


def test_the_first_window_fits_its_screen_and_never_grows_with_its_panels(window, qtbot):
    free = window.screen().availableGeometry()
    assert free.contains(window.geometry()) and (window.width() <= 1440 and window.height() <= 900)
    window.setGeometry(0, 0, 1280, 720)
    for panel in PANELS:
        window.docking.show(panel.name, window.height() // 3)
        QApplication.processEvents()
    qtbot.waitUntil(lambda: window.docks["store"].widget().size().isValid())
    assert (window.width(), window.height()) == (1280, 720)
    least = window.minimumSizeHint()
    assert least.width() <= 1280 and least.height() <= 720
    assert window.viewport.width() > 320 and window.viewport.height() > 100, "the scene stays to be seen"


def test_choosing_a_layer_brings_the_inspector_in_front_but_not_back(window):
    session, docking = window.session, window.docking
    session.edits.commit(Document(layers=(City(id="a", name="A"), City(id="b", name="B"))), "Add layers")
    window.layers.refresh()
    click = lambda id: QTest.mouseClick(window.layers.tree.viewport(), Qt.MouseButton.LeftButton, pos=  # noqa: E731
                                        window.layers.tree.visualRect(window.layers.model.index_of(id)).center())
    docking.show("measure")
    QApplication.processEvents()
    assert docking.in_front("measure") and not docking.in_front("inspector")
    click("a")
    QApplication.processEvents()
    assert docking.in_front("inspector") and not docking.in_front("measure")
    docking.show("measure")
    QTest.keyClick(window.layers.tree, Qt.Key.Key_Down)
    QApplication.processEvents()
    assert session.current_layer == "b" and docking.in_front("inspector")
    docking.show("measure")
    window.go_to_layer("a")
    QApplication.processEvents()
    assert docking.in_front("inspector")
    docking.of["inspector"].hide()
    click("b")
    assert docking.of["inspector"].isHidden(), "who closed it keeps it closed"


def test_a_panel_has_a_heading_where_no_tab_says_its_name(window):
    docks, heading = window.docks, window.docks["layers"].titleBarWidget()
    docks["systems"].show()
    window.docking.name_headings()
    assert heading.sizeHint().height() == 0, "its tab says it"
    window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, docks["systems"])          # dragged elsewhere
    window.docking.name_headings()
    assert heading.sizeHint().height() > 0 and docks["systems"].titleBarWidget().sizeHint().height() > 0


def test_tabs_without_room_for_their_names_are_icons_that_tell_them(window, qtbot):
    window.resize(1280, 720)
    right = [panel for panel in PANELS if panel.side == "right"]
    for panel in right:
        window.docking.show(panel.name)

    def shown() -> QTabBar:
        bars = [bar for bar in window.findChildren(QTabBar, options=Qt.FindChildOption.FindDirectChildrenOnly)
                if bar.isVisible() and bar.tabToolTip(0) == right[0].label]
        return bars[0] if bars else None

    def named(bar: QTabBar) -> list[str]:
        return [bar.tabText(n) for n in range(bar.count()) if bar.tabText(n)]
    qtbot.waitUntil(lambda: shown() is not None and named(shown()) == [right[-1].label])
    bar = shown()
    assert [bar.tabToolTip(n) for n in range(bar.count())] == [panel.label for panel in right]
    assert not any(bar.tabIcon(n).isNull() for n in range(bar.count()))
    assert [window.docks[panel.name].toggleViewAction().text() for panel in right] == [panel.label for panel in right]
    bar.setCurrentIndex(0)
    qtbot.waitUntil(lambda: named(shown()) == [right[0].label])
    for panel in right[2:]:
        window.docks[panel.name].hide()
    qtbot.waitUntil(lambda: named(shown()) == [panel.label for panel in right[:2]])
    assert shown().tabIcon(0).isNull()


def test_panels_that_a_story_opens_go_with_it_and_those_that_were_there_stay(window):
    story = Scenario(id="s", name="Story", end="2026-07-15T13:00:00+08:00", speed=1.0, chapters=(
        Chapter(time="2026-07-15T12:00:00+08:00", title="Begins", opens=("indicators", "charts")),))
    window.session.edits.commit(replace(window.session.document, scenarios=(story,)), "Add a story")
    player = window.docking.show("scenarios").player
    window.docking.show("charts")
    player.play("s")
    docks = window.docking.of
    assert not docks["indicators"].isHidden() and not docks["charts"].isHidden()
    player.stop()
    assert docks["indicators"].isHidden() and not docks["charts"].isHidden()
