"""The systems of the plan, as the sample shows them: counted, drawn off-screen, told by command and panel."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from app import systems as account
from app import zone_edits
from app.cli import main
from app.discover import layer_types
from app.panels.systems import KEY, SystemsPanel, hidden, revealed
from app.panels.systems_rows import SAID
from app.session import Session
from app.vitals import pool_of
from data_samples.project_file import NAME
from layers.sensor_values import rows_of
from twin.document import Document
from twin.layer import Group
from twin.project import Project, load, save
from twin.systems.catalogue import items, systems
from twin.systems.holding import SUITS, Held
from twin.text import set_language

HEAVY = {"buildings", "basemap", "basemap.district"}          # they are of the 3D map, and read elsewhere
KEYS = ("item", "name_zh", "name_en", "spatial", "layer", "kind", "features", "observations", "drawn", "reason",
        "synthetic")


@pytest.fixture(scope="module")
def project(samples, tmp_path_factory):
    """The sample without what only takes long to read."""
    layer_types()
    whole = load(samples / NAME)
    layers = tuple(x for x in whole.document.layers if x.id not in HEAVY)
    path = tmp_path_factory.mktemp("systems") / "light.twin.json"
    save(Project(document=replace(whole.document, layers=layers), view=whole.view), path)
    return path


@pytest.fixture(scope="module")
def found(project):
    return account.account(project)


def test_every_system_is_accounted_for_and_every_one_with_a_place_is_drawn(found):
    assert [one.system.key for one in found] == list(systems()) and len(found) == 148
    spatial = [one for one in found if one.system.spatial]
    assert len(spatial) == 114
    assert [(one.system.key, one.reason) for one in spatial if not one.drawn] == []
    assert all(one.features > 0 and not one.reason for one in spatial)
    assert all(one.reason and not one.layers and not one.drawn for one in found if not one.system.spatial)


def test_what_changes_with_time_has_observations(found):
    silent = {one.system.key for one in found if one.system.spatial and one.observations == 0}
    assert silent == {"22.12"}, "only the ground and the pictures of the 3D map say nothing with time"
    assert sum(one.observations for one in found) > 500_000


def test_the_command_prints_the_agreed_fields(project, found, capsys, monkeypatch):
    monkeypatch.setattr(account, "account", lambda path: found)
    assert main(["systems", str(project), "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert len(rows) == 148 and all(tuple(row) == KEYS for row in rows)
    underpass = next(row for row in rows if row["name_en"] == "Underpass flood monitoring")
    wanted = {"item": 22, "spatial": True, "kind": "point sensor", "features": 84, "drawn": True, "reason": None}
    assert wanted.items() <= underpass.items()
    assert main(["systems", str(project)]) == 0
    text = capsys.readouterr().out
    assert text.startswith("Synthetic data") and underpass["synthetic"]
    assert "148 systems: 114 of 114 with a place are drawn, 34 have none." in text
    assert "e-CNY pilot: Out of scope (finance)" in text


def test_a_project_without_systems_says_so_of_each(tmp_path, capsys):
    layer_types()
    path = tmp_path / "empty.twin.json"
    save(Project(document=Document()), path)
    rows = account.account(path)
    assert len(rows) == 148 and not any(one.drawn for one in rows)
    assert {one.reason for one in rows if one.system.spatial} == {"No layer of the project shows it."}
    assert main(["systems", str(tmp_path / "nowhere.twin.json"), "--json"]) == 1
    assert "error" in json.loads(capsys.readouterr().out)


def test_a_layer_of_another_kind_is_not_called_drawn(project):
    document = load(project).document
    main_layer = next(x for x in document.layers if x.system == "06.07")
    held = {main_layer.id: Held(14, 900, "points")}
    one = next(s for s in account.shown(document, held) if s.system.key == "06.07")
    assert one.drawn is False and one.reason and "lines" in SUITS["network line"]


def test_hidden_layers_are_read_when_they_are_shown(project):
    session = Session(load(project))
    try:
        light = {x.id for x in session.document.layers if x.id == "system.10.07" or isinstance(x, Group)}
        session.edits.commit(replace(session.document, layers=tuple(
            x for x in session.document.layers if x.id in light)), "Light")
        session.settle()
        assert session.held("system.10.07") is None and session.timed_layers() == []
        session.edits.commit(revealed(session.document, ["system.10.07"]), "Show")
        session.settle()
        assert [id for id, _ in session.timed_layers()] == ["system.10.07"]
        assert session.held("system.10.07").payload.history is not None
    finally:
        session.close()


def test_the_cause_of_a_sign_lies_in_the_layer_of_its_system(project):
    session = Session(load(project))
    try:
        session.settle(only=("sensors",))
        pool = pool_of(session)
        names, codes = pool.texts("id")
        for id, layer in (("22.07-001.pump.flow", "system.22.07"), ("17.02-001.bld.co2", "system.17.02")):
            row = int((codes == names.index(id)).argmax())
            found, feature = pool.layer_of(row)
            assert found == layer
            observed = pool.text("property", row)
            lit = zone_edits.shown(session.document, {layer: observed}).layer(layer)
            assert lit.visible and lit.observed == observed
            assert feature in rows_of(session.held(layer).payload, observed, lit.system)[1]
    finally:
        session.close()


# -- the panel ---------------------------------------------------------------------------------------------------


@pytest.fixture
def panel(qtbot, project, found):
    session = Session(load(project))
    panel = SystemsPanel(session)
    qtbot.addWidget(panel)
    panel.resize(300, 700)
    panel.held = {id: Held(7, 50, SUITS[systems()[x.system].kind] and sorted(SUITS[systems()[x.system].kind])[0])
                  for x in session.document.layers if x.system and x.source for id in [x.id]}
    panel._asked = account.questions(session.document)
    panel.show()
    panel.refresh()
    yield panel
    set_language("en")
    session.close()


def row_of(panel, key):
    return panel._of[key]


def visible_keys(panel):
    return [key for key, item in panel._of.items()
            if not key.isdigit() and not item.isHidden() and not item.parent().isHidden()]


def test_the_panel_lists_all_systems_under_their_items(panel):
    assert panel.tree.topLevelItemCount() == len(items()) == 27
    assert len(visible_keys(panel)) == 148
    assert "148 systems" in panel.summary.text() and "34 have none" in panel.summary.text()
    assert "sample project" not in panel.summary.text()
    assert row_of(panel, "09.08").data(0, SAID) == "09.08 · Out of scope (finance)"
    assert row_of(panel, "01.01").data(0, SAID) == "01.01 · 7 things, 50 observations"
    assert "RSRP [dBm]" in row_of(panel, "01.01").toolTip(0)


def test_a_filter_finds_names_properties_and_departments(panel, qtbot):
    qtbot.keyClicks(panel.line, "ammonia")
    assert visible_keys(panel) == [] and "No system has such words" in panel.summary.text()
    for words in ("xialijiao", "22.06"):
        panel.line.setText(words)
        assert "22.06" in visible_keys(panel), words + ": by pinyin and by the number that indicators name"
    panel.line.setText("下立交")
    assert visible_keys(panel) == ["22.06"]
    panel.line.setText("NDVI")
    assert visible_keys(panel) == ["10.01"]
    panel.line.clear()
    assert len(visible_keys(panel)) == 148


def test_a_click_shows_the_layer_and_another_hides_it(panel, qtbot):
    session = panel.session
    item = row_of(panel, "23.04")
    panel.tree.scrollToItem(item)
    where = panel.tree.visualItemRect(item).center()
    qtbot.mouseClick(panel.tree.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert item.data(0, KEY) == "23.04" and session.document.shown(session.document.layer("system.23.04"))
    assert session.current_layer == "system.23.04" and session.edits.undo_label == "Show"
    panel.refresh()
    assert item.data(0, SAID).startswith("23.04 · Shown")
    panel.use("23.04")
    assert not session.document.layer("system.23.04").visible
    before = session.document
    panel.use("09.08")
    assert session.document is before, "what has no place is not shown by a click"


def test_a_double_click_flies_and_never_hides_again(panel, qtbot):
    """The second of its clicks hid what the first had shown, and the camera looked at nothing from afar."""
    item = row_of(panel, "23.04")
    panel.tree.scrollToItem(item)
    where = panel.tree.visualItemRect(item).center()
    for _ in range(2):                               # hidden at first, then shown already
        qtbot.mouseClick(panel.tree.viewport(), Qt.MouseButton.LeftButton, pos=where)
        qtbot.mouseDClick(panel.tree.viewport(), Qt.MouseButton.LeftButton, pos=where)
        assert panel.session.document.shown(panel.session.document.layer("system.23.04"))
        assert panel._flying == {"system.23.04"}
    panel.tree.setCurrentItem(item)
    qtbot.waitUntil(lambda: not panel._visited)
    qtbot.keyClick(panel.tree, Qt.Key.Key_Return)
    assert not panel.session.document.layer("system.23.04").visible, "a key still does what a click does"


def test_a_quiet_panel_asks_nothing_with_every_tick(panel, monkeypatch):
    asked = []
    monkeypatch.setattr("app.panels.systems.questions", lambda document: asked.append(document) or {})
    for _ in range(3):
        panel.refresh()
    assert len(asked) <= 1, "the same project was gone through sixty times a second"


def test_a_click_on_a_scene_shows_all_in_its_group(panel):
    panel.use("26.03")
    document = panel.session.document
    inside = [x for x in document.layers if x.group == "g.item.26"]
    assert len(inside) >= 2 and all(document.shown(x) for x in inside)
    assert not any(x.visible for x in hidden(document, [x.id for x in inside]).layers if x.group == "g.item.26")


def test_a_worker_counts_what_nobody_counted(qtbot, project):
    whole = load(project)
    few = tuple(x for x in whole.document.layers if x.id in ("metro11", "stations", "zones", "shelters"))
    session = Session(replace(whole, document=replace(whole.document, layers=few)))
    panel = SystemsPanel(session)
    qtbot.addWidget(panel)
    try:
        panel.show()

        def counted():
            session.jobs.poll()
            panel.refresh()
            assert row_of(panel, "22.13").data(0, SAID) == "22.13 · Shown · 16 features"

        qtbot.waitUntil(counted, timeout=60_000)
        assert row_of(panel, "22.09").data(0, SAID) and panel.rows["22.13"].layers[0] == "metro11"
        assert row_of(panel, "01.01").data(0, SAID) == "01.01 · No layer of the project shows it."
    finally:
        session.close()


def test_the_panel_speaks_chinese(panel):
    set_language("zh")
    panel.retranslate()
    panel.refresh()
    assert row_of(panel, "22.06").text(0) == "防汛下立交工程/下立交监控" and "个系统" in panel.summary.text()
    assert row_of(panel, "09.08").data(0, SAID) == "09.08 · 不纳入(金融)"
