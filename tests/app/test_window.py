"""The whole window, with its view, through real widgets and files."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from app import dialogs, recovery, settings, theme
from app.commands import COMMANDS
from app.discover import layer_types
from app.panels.palette import CommandPalette
from app.session import Session
from app.window import Window
from layers.city import City
from tests.app.made_windows import opened, street
from twin.camera import Camera
from twin.document import Document
from twin.layer import Source
from twin.project import Project, View, save
from twin.selection import Hit, Selection

layer_types()


@pytest.fixture
def line(tmp_path) -> Path:
    return street(tmp_path)


def test_the_window_stands_empty_before_anything_is_imported(qtbot, tmp_path):
    bare = Window(settings.Settings(), tmp_path)
    qtbot.addWidget(bare)
    bare.show()
    assert bare.isVisible() and not bare.actions_.of["save"].isEnabled() and bare.actions_.of["about"].isEnabled()


def test_panels_are_seen_once_they_are_filled(qtbot, tmp_path, monkeypatch):
    """Half made, they stood doubled over the words of the start for as long as the first picture took."""
    monkeypatch.setattr(settings, "state_folder", lambda: tmp_path / "state")
    made = Window(settings.Settings(), tmp_path)
    made.show()
    made.fill(Session())
    assert not made.updatesEnabled() and made.loop.ticks == 0
    qtbot.waitUntil(made.updatesEnabled)
    assert made.loop.ticks >= 1
    made.close()


def test_the_view_alone_is_a_native_window(window):
    """A menu of a panel that is one too is refused by Qt as a child of what is no top level window."""
    assert window.viewport.internalWinId()
    assert [name for name, dock in window.docks.items() if dock.internalWinId()] == []


def test_save_open_and_the_title(window, qtbot, line, tmp_path, monkeypatch):
    opened(window, qtbot, [line])
    window._show_title()
    assert window.isWindowModified() and "Untitled" in window.windowTitle()
    monkeypatch.setattr(dialogs, "save_file", lambda *a: tmp_path / "town")
    assert window.filing.save()
    window._show_title()
    assert (tmp_path / "town.twin.json").exists() and not window.isWindowModified()
    assert window.windowTitle() == "town[*] — citytwin", "a name from the file is said once"
    assert window.windowFilePath() == str(tmp_path / "town.twin.json")
    window.session.edits.commit(replace(window.session.document, name="Lake town"), "Rename")
    window._show_title()
    assert window.windowTitle() == "Lake town[*] · town.twin.json — citytwin" and window.isWindowModified()
    window.undo()
    assert settings.load(tmp_path / "config").recent == (str(tmp_path / "town.twin.json"),)
    window.filing.new()
    assert window.session.document.layers == ()
    opened(window, qtbot, [tmp_path / "town.twin.json"])
    assert [x.name for x in window.session.document.layers] == ["street"]


def test_nothing_unsaved_is_lost_without_asking(window, qtbot, line, monkeypatch):
    opened(window, qtbot, [line])
    monkeypatch.setattr(dialogs, "ask_to_save", lambda parent, name: "stay")
    window.filing.new()
    assert window.session.document.layers
    assert not window.close() and window.isVisible()
    monkeypatch.setattr(dialogs, "ask_to_save", lambda parent, name: "discard")


def test_a_broken_project_is_a_notice(window, tmp_path):
    (tmp_path / "bad.twin.json").write_text("{]")
    window.open([tmp_path / "bad.twin.json"])
    assert window.notices.shown[-1].tone == "error" and "damaged" in window.notices.shown[-1].text


def test_after_a_crash_the_work_is_offered(window, tmp_path):
    project = tmp_path / "town.twin.json"
    save(Project(document=Document(name="Town")), project)
    kept = City(id="c", name="kept", source=Source(path=str(tmp_path / "c.json")))
    other = Session(Project(document=Document(name="Town", layers=(kept,)), path=project))
    recovery.Autosave(other, window.filing.state_folder).write()
    other.close()
    window.open([project])
    notice = window.notices.shown[-1]
    assert "Town" in notice.text
    QTest.mouseClick(notice.buttons[0], Qt.MouseButton.LeftButton)
    assert [x.name for x in window.session.document.layers] == ["kept"]
    assert window.session.path == project and window.session.edits.dirty


@pytest.mark.parametrize("still_runs, says, ways", [(True, "open in another window", 0), (False, "not closed", 2)])
def test_a_project_that_is_open_in_another_window_was_no_crash(window, tmp_path, monkeypatch, still_runs, says, ways):
    """The safety copy of a running window was offered to be recovered or discarded."""
    import psutil

    from twin import autosave
    project, running = tmp_path / "town.twin.json", psutil.Process(os.getppid())
    save(Project(document=Document(name="Town")), project)
    other = Session(Project(document=Document(name="Town*"), path=project))
    with monkeypatch.context() as patch:
        patch.setattr(autosave, "_me", lambda: (running.pid, running.create_time() if still_runs else 1.0))
        recovery.Autosave(other, window.filing.state_folder).write()
    other.close()
    window.open([project])
    assert says in window.notices.shown[-1].text and len(window.notices.shown[-1].buttons) == ways
    window.filing.new()
    assert len(list((window.filing.state_folder / "autosave").iterdir())) == still_runs, "the other's stays"


def test_autosave_writes_what_is_unsaved_and_goes_when_saved(window, qtbot, line, tmp_path, monkeypatch):
    opened(window, qtbot, [line])
    window.filing.autosave.quiet_secs = 3600.0
    window.filing.refresh()
    assert not (window.filing.state_folder / "autosave").exists(), "edits may still come"
    window.filing.autosave.quiet_secs = 0.0
    window.filing.refresh()
    copies = list((window.filing.state_folder / "autosave").iterdir())
    assert len(copies) == 1 and recovery.recovered(copies[0]).document.layers[0].name == "street"
    monkeypatch.setattr(dialogs, "save_file", lambda *a: tmp_path / "t.twin.json")
    window.filing.save()
    assert not list((window.filing.state_folder / "autosave").iterdir())


def test_language_and_theme_change_at_run_time_and_are_remembered(window, qtbot, tmp_path):
    language = next(a.menu() for a in window.menus["view"].actions() if a.menu() and "Lan&guage" in a.menu().title())
    next(a for a in language.actions() if a.text() == "简体中文").trigger()
    qtbot.wait(50)                                                # the old menus are gone by now
    assert window.actions_.of["save"].text() == "保存(&S)" and window.menus["file"].title() == "文件(&F)"
    assert "拖到此处" in window.layers.hint.text() and window.docks["layers"].titleBarWidget().label.text() == "图层"
    window.choose_theme("dark")
    assert window.session.theme == "dark"
    panel = QGuiApplication.palette().color(QGuiApplication.palette().ColorRole.Window)
    assert panel.name() == theme.colour("panel", "dark")
    assert (settings.load(tmp_path / "config").language, settings.load(tmp_path / "config").theme) == ("zh", "dark")


def test_tab_hides_the_panels_and_brings_them_back(window):
    before = {name for name, dock in window.docks.items() if dock.isVisible()}
    window.actions_.of["panels"].trigger()
    assert not any(dock.isVisible() for dock in window.docks.values())
    window.actions_.of["panels"].trigger()
    assert {name for name, dock in window.docks.items() if dock.isVisible()} == before >= {"layers", "inspector"}


def test_the_palette_finds_commands_and_layers_by_pinyin(window, qtbot):
    layer = City(id="c", name="Houses", name_zh="房屋")
    window.session.edits.commit(Document(layers=(layer,)), "Add layers")
    window.layers.refresh()
    window.actions_.of["command"].trigger()
    palette = window.palette_
    assert isinstance(palette, CommandPalette)
    for typed, title in (("fangwu", "Houses"), ("fw", "Houses"), ("undo", "Undo"), ("hom", "Home"),
                         ("baocun", None)):
        palette.line.setText(typed)
        assert title is None or palette.found[0].title == title
    for typed, title in (("dark", "Theme: Dark"), ("yuyan", "Language: English"), ("inspector", "Inspector"),
                         ("chinese", "Language: 简体中文"), ("rename", "Rename")):
        palette.line.setText(typed)
        assert title in [entry.title for entry in palette.found]
    palette.line.setText("xyzzy plugh")
    assert palette.found == [] and palette.none.isVisible()
    palette.line.setText("fw")
    QTest.keyClick(palette.line, Qt.Key.Key_Return)
    assert window.layers.chosen() == ["c"]
    window.actions_.of["command"].trigger()
    window.palette_.line.setText("theme dark")
    QTest.keyClick(window.palette_.line, Qt.Key.Key_Return)
    assert window.settings.theme == "dark"


def test_the_status_bar_tells_where_and_copies(window):
    window.viewport.cursor_point = (1946.4432, -545.197, 12.0)
    window.status.refresh()
    assert window.status.project.text() == "E 618,946.44   N 3,470,454.80   H 12.00"
    assert window.status.lonlat.text() == "121.250000°, 31.350000°, 12.0 m"
    QTest.mouseClick(window.status.project, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == "618946.443, 3470454.803, 12.000"


def test_shortcuts_are_unique_where_they_are_heard():
    for scope in ("window", "layers", "scene"):
        keys = [c.shortcut for c in COMMANDS if c.shortcut and c.scope in ("window", scope)]
        assert len(keys) == len(set(keys))
    assert len({c.id for c in COMMANDS}) == len(COMMANDS)


def test_recent_projects_stand_in_the_menu(window, tmp_path):
    from PySide6.QtWidgets import QMenu

    from app.menus import list_recent
    project = tmp_path / "town.twin.json"
    save(Project(document=Document(name="Town")), project)
    window.open([project])
    menu = QMenu()
    list_recent(window, menu)
    assert [a.text().endswith("town.twin.json") and a.isEnabled() for a in menu.actions()] == [True]
    project.unlink()
    list_recent(window, menu)
    assert not menu.actions()[0].isEnabled()


def test_the_status_bar_says_that_it_was_saved_and_calls_a_feature_as_the_inspector_does(window, tmp_path):
    window.session.path = tmp_path / "town.twin.json"
    window.actions_.of["save"].trigger()
    window.status.refresh()
    assert window.status.selected.whole == f"Saved: {tmp_path / 'town.twin.json'}"
    window.session.edits.commit(Document(layers=(City(id="c", name="Houses"),)), "Add layers")
    window.status._told = ("", 0.0)
    window.session.selection = Selection((("c", 4),))
    window.status.refresh()
    assert window.status.selected.whole == "Selected: Houses · Feature 5"
    window.session.hovered = Hit("c", 6, (0.0, 0.0, 0.0))
    window.status.refresh()
    assert window.status.selected.whole == "Houses · Feature 7"          # what stands where the coordinates say
    window.session.hovered = None


def test_notices_of_a_project_go_with_it(window, tmp_path):
    """A notice about a layer stayed over the next project, where its way out led nowhere."""
    save(Project(document=Document()), tmp_path / "next.twin.json")
    window.tell("minimal does not say its system.", "warning")
    assert window.filing.open_project(tmp_path / "next.twin.json") and window.notices.shown == []


def test_letters_are_the_scene_s_in_the_layer_list_too(window, qtbot):
    """A click on a row must not turn "N" into a search that changes the current layer without a word."""
    tree = window.layers.tree
    tree.setFocus()
    before = window.session.current_layer
    qtbot.keyClick(tree, Qt.Key.Key_N)
    assert window.session.current_layer == before
    tree.keyboardSearch("noise")
    assert window.session.current_layer == before
    assert window.actions_.of["north"] in window.layers.actions()
    assert window.actions_.of["panels"] not in window.layers.actions(), "Tab moves on"


def test_every_panel_can_be_made(window):
    """They are imported by name when first shown: a wrong name must not wait for a user."""
    from app.docking import PANELS
    for panel in PANELS:
        made = window.docking.show(panel.name)
        assert made is window.panel(panel.name) and made in window.panels
        made.refresh()


def test_a_project_is_seen_from_its_camera_before_its_layers_are_read(window, qtbot, tmp_path):
    """What is opened together with it and says no place stands in the view, not at the project's origin."""
    camera = Camera.looking_at((900.0, -400.0, 3.0), distance=700.0, azimuth_deg=40.0, tilt_deg=30.0)
    path = tmp_path / "seen.twin.json"
    save(Project(document=Document(), view=View(camera=camera)), path)
    window.filing.open_project(path)
    qtbot.waitUntil(lambda: window.viewport.camera() == camera)
    assert window.viewport.centre_point()[:2] == pytest.approx((900.0, -400.0), abs=15.0)


def test_a_panel_at_the_bottom_leaves_the_scene_most_of_what_both_have(window, qtbot):
    window.resize(1280, 720)
    qtbot.waitUntil(lambda: window.viewport.height() > 300)
    both = window.centralWidget().height()
    for name in ("statistics", "incidents", "charts"):
        window.docking.show(name, 10_000)
        qtbot.waitUntil(lambda: window.centralWidget().height() < both)
        assert window.centralWidget().height() > 0.55 * both, name
        window.docking.of[name].hide()
        qtbot.waitUntil(lambda: window.centralWidget().height() >= both - 1)
