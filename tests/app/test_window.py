"""The whole window, with its view, through real widgets and files."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication
from PySide6.QtTest import QTest

from app import dialogs, recovery, settings, theme
from app.commands import COMMANDS
from app.discover import layer_types
from app.panels.palette import CommandPalette
from app.session import Session
from app.window import Window
from layers.building import Building
from layers.city import City
from tests.app.made_sessions import put
from tests.bim.made_georeferences import EAST, Made
from tests.layers.boxes import boxes
from twin.camera import Camera
from twin.document import Document
from twin.frame import Frame
from twin.layer import Placement, Source
from twin.placing import foot_of, matrix_of
from twin.project import Project, View, save
from twin.selection import Hit, Selection

layer_types()


def opened(window, qtbot, paths):
    window.open([Path(p) for p in paths])
    settle(window, qtbot)


def settle(window, qtbot):
    qtbot.waitUntil(lambda: not window.filing.opening.busy and not window.session.assets.loading, timeout=60_000)
    qtbot.wait(250)


@pytest.fixture
def line(tmp_path) -> Path:
    """A street in Jiading."""
    path = tmp_path / "street.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [
        {"type": "Feature", "properties": {"name": "嘉定"},
         "geometry": {"type": "LineString", "coordinates": [[121.25, 31.35], [121.26, 31.36]]}}]}), "utf-8")
    return path


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


def test_good_and_broken_files_come_in_as_one_edit(window, qtbot, line, tmp_path):
    broken = tmp_path / "broken.bin"
    broken.write_bytes(b"\x00\x01\x02 nobody knows me")
    opened(window, qtbot, [line, broken])
    kinds = [x.kind for x in window.session.document.layers]
    assert kinds == ["vectors", "unread"]

    def facts():
        return {x.kind: window.layers.model.facts(x.id) for x in window.session.document.layers}

    qtbot.waitUntil(lambda: facts()["vectors"].count == 1)      # once it is drawn
    told = facts()
    assert told["unread"].tone == "danger" and told["unread"].message and told["unread"].action == "reload"
    assert told["vectors"].message == ""
    window.actions_.refresh()
    assert window.actions_.of["undo"].text() == "Undo: Add layers (2)"
    window.actions_.of["undo"].trigger()
    assert window.session.document == Document()


def test_a_mended_file_is_read_by_reload(window, qtbot, line, tmp_path):
    late = tmp_path / "late.geojson"
    late.write_bytes(b"not yet")
    opened(window, qtbot, [late])
    id = window.session.document.layers[0].id
    late.write_bytes(line.read_bytes())
    window.layers.choose([id])
    window.actions_.of["reload"].trigger()
    settle(window, qtbot)
    assert [x.kind for x in window.session.document.layers] == ["vectors"]


def test_files_are_dropped_on_the_window(window, qtbot, line):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(line))])
    event = QDropEvent(QPointF(600, 300), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton,
                       Qt.KeyboardModifier.NoModifier)
    window.dropEvent(event)
    settle(window, qtbot)
    assert [x.name for x in window.session.document.layers] == ["street"]


def test_a_building_without_a_place_is_put_there_and_undone_in_one_step(window, qtbot, line, shared):
    opened(window, qtbot, [line])
    opened(window, qtbot, [shared / "ifc" / "AC20-FZK-Haus.ifc"])
    house = window.session.document.layers[-1]
    assert house.placement is not None
    facts = window.layers.model.facts(house.id)
    assert facts.action == "place" and facts.message == "Put here: where the file puts it is too far away."
    window.filing.place(house.id)
    window.viewport._pick_once((120.0, -40.0, 3.0))
    moved, mesh = window.session.document.layer(house.id).placement, window.session.asset(house.id).payload
    foot = matrix_of(mesh, moved, window.session.document.frame) @ [*foot_of(mesh), 1.0]
    assert foot[:3] == pytest.approx((120.0, -40.0, 3.0), abs=1e-3), "the middle of its foot stands where the click was"
    window.undo()
    window.undo()
    assert [x.kind for x in window.session.document.layers] == ["vectors"]


def test_a_new_model_takes_the_source_that_leads_here_and_others_are_tried_out(window, qtbot, line, tmp_path):
    """Its map conversion was written for another town; its latitude and longitude lie on the street."""
    wrong = Made("IFC4").converted(EAST + 120_000.0).degrees((31, 21, 10), (121, 15, 10), 4.0)
    opened(window, qtbot, [line])
    opened(window, qtbot, [wrong.box((5.0, 5.0, 0.0)).write(tmp_path / "house.ifc")])
    house = window.session.document.layers[-1]
    assert (house.georeference, house.placement) == ("RefLatitude/RefLongitude", None)
    here = window.viewport.stage.bounds({house.id})
    assert abs(here[0]) < 2000 and abs(here[1]) < 2000
    panel = window.inspector.passport
    qtbot.waitUntil(lambda: panel.site is not None)
    QTest.mouseClick(panel.candidates.rows[0], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.viewport.stage.bounds({house.id})[0] > 100_000)
    panel.bar.buttons["Cancel"].click()
    qtbot.waitUntil(lambda: window.viewport.stage.bounds({house.id}) == here)
    window.undo()
    assert [x.kind for x in window.session.document.layers] == ["vectors"], "siting is part of adding"


def test_what_lies_far_away_says_so_and_can_be_gone_to(window, qtbot, line, shared):
    opened(window, qtbot, [line])
    opened(window, qtbot, [shared / "city" / "delft.city.json"])
    far = window.session.document.layers[-1]
    assert window.layers.model.facts(far.id).action == "move"
    window.filing.act("move", far.id)
    settle(window, qtbot)
    assert "28992" in window.session.document.frame.crs or "7415" in window.session.document.frame.crs
    assert window.layers.model.facts(far.id).action == ""


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
    assert "拖到此处" in window.layers.hint.text() and window.docks["layers"].titleBarWidget().text() == "图层"
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


def test_what_is_put_aside_as_soon_as_it_is_read_is_framed_where_it_stands(window, qtbot):
    """The camera was chosen for the place of the frame before: of three storeys it saw two."""
    viewport, first = window.viewport, boxes([[0, 0, 0]], [[10, 10, 3]])
    layer = Building(id="b", name="House", edges=False, source=Source(path="/d/house.ifc"),
                     placement=Placement(easting=0.0, northing=0.0))
    document = Document(frame=Frame(crs="", origin=(0.0, 0.0, 0.0)), layers=(layer,))
    window.loop.stop()
    window.session.edits.commit(document, "Add layers")
    put(window.session, layer, first)
    viewport.home_pending = True
    while viewport.home_pending or not viewport.stage.bounds():
        viewport.frame(0.0)
    away = replace(layer, placement=Placement(easting=300.0, northing=0.0, height=20.0))
    window.session.edits.commit(document.with_layer(away), "Add layers")
    window.filing.opening.placed()
    while viewport.home_pending:
        viewport.frame(0.0)
    assert viewport.stage.bounds()[0] == pytest.approx(295.0, abs=1.0)
    assert viewport.camera() == viewport.view.home()
    elsewhere = viewport.view.home().moved_to((0.0, 0.0, 0.0))
    viewport.set_camera(elsewhere)
    window.filing.opening.placed()
    viewport.frame(0.0)
    assert viewport.camera() == elsewhere


def test_what_came_by_itself_is_framed_anew_while_the_window_takes_its_shape(window, line, qtbot):
    viewport = window.viewport
    window.filing.opening.add([line])
    qtbot.waitUntil(lambda: bool(viewport.stage.bounds()) and not viewport.home_pending, timeout=60_000)

    def shaped(width: int, height: int) -> None:
        before = viewport.canvas.size
        window.resize(width, height)
        qtbot.waitUntil(lambda: viewport.canvas.size != before)
        viewport._move(0.0)
    shaped(1500, 640)
    assert viewport.camera().distance == pytest.approx(viewport.view.home().distance)
    viewport.set_camera(replace(viewport.camera(), view_angle_deg=20.0))
    looked_at = viewport.camera()
    shaped(1000, 700)
    assert viewport.camera() == looked_at, "who looks elsewhere stays there"
