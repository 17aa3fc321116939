"""Baking from the window: the command asks for a folder, a worker bakes, and the notice brings the tiles in."""

from __future__ import annotations

import json

import pyogrio
import pytest
from PySide6.QtWidgets import QPushButton

from app import baking, dialogs
from app.commands import COMMANDS
from app.panels.bake_dialog import BakeDialog
from tests.app.made_windows import opened, settle
from twin.tile_tree import TileTree

RUN = {command.id: command for command in COMMANDS}


@pytest.fixture
def houses(samples, tmp_path):
    meta, rows = pyogrio.read_arrow(samples / "buildings.fgb", max_features=120)
    path = tmp_path / "houses.fgb"
    pyogrio.write_arrow(rows, path, geometry_name=meta["geometry_name"] or "wkb_geometry", crs=meta["crs"],
                        geometry_type=meta["geometry_type"])
    return path


def baked(window, qtbot) -> None:
    qtbot.waitUntil(lambda: not any(isinstance(p, baking.Baking) for p in window.panels), timeout=60_000)


def test_what_is_open_is_baked_and_comes_in_as_tiles(window, qtbot, houses, tmp_path, monkeypatch):
    assert not RUN["bake"].enabled(window)
    opened(window, qtbot, [houses])
    assert RUN["bake"].enabled(window) and baking.bakes(window) == [str(houses)]
    RUN["bake"].run(window)
    dialog = window.findChild(BakeDialog)
    assert dialog.paths() == [str(houses)] and dialog.folder.text().endswith("tiles")
    dialog.folder.setText(str(tmp_path))
    assert not dialog.go.isEnabled() and "other files" in dialog.said.text(), "the houses lie there"
    monkeypatch.setattr(dialogs, "open_folder", lambda *_: [tmp_path / "city"])
    dialog.browse.click()
    assert str(tmp_path / "city" / "tileset.json") in dialog.told.text()
    dialog.go.click()
    baked(window, qtbot)
    notice = window.notices.shown[-1]
    assert "120 features lie in" in notice.text
    notice.findChild(QPushButton).click()
    settle(window, qtbot)
    qtbot.waitUntil(lambda: any(x.kind == "tiles" for x in window.session.document.layers))
    tiles = next(x for x in window.session.document.layers if x.kind == "tiles")
    qtbot.waitUntil(lambda: window.session.asset(tiles.id).detail is not None)
    assert isinstance(window.session.asset(tiles.id).payload, TileTree)
    qtbot.waitUntil(lambda: window.viewport.stage.rows[tiles.id].features > 0)


def test_a_bake_that_is_stopped_says_that_it_can_go_on(window, qtbot, houses, tmp_path):
    opened(window, qtbot, [houses])
    RUN["bake"].run(window)
    dialog = window.findChild(BakeDialog)
    dialog.folder.setText(str(tmp_path / "city"))
    dialog.go.click()
    job = next(p for p in window.panels if isinstance(p, baking.Baking)).job
    window.session.jobs.cancel(job)
    baked(window, qtbot)
    assert "goes on where it was" in window.notices.shown[-1].text


def test_a_server_is_named_in_a_file_and_opened(window, tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(dialogs, "ask_address", lambda *_: "http://127.0.0.1:9/tileset.json")
    monkeypatch.setattr(dialogs, "save_file", lambda *_: tmp_path / "city")
    monkeypatch.setattr(window, "open", asked.extend)
    RUN["tile-server"].run(window)
    assert asked == [tmp_path / "city.tiles.json"]
    assert json.loads(asked[0].read_text()) == {"3d-tiles-server": {"url": "http://127.0.0.1:9/tileset.json"}}


def test_the_heights_of_a_tileset_are_one_edit(window, qtbot, tmp_path):
    from app.panels.tile_heights_dialog import TileHeightsDialog
    from tests.cim.made_models import b3dm, glb
    from tests.cim.test_tile_reader import located_tileset
    opened(window, qtbot, [located_tileset(tmp_path, b3dm(glb(), {"name": ["hall"]}, 1))])
    session = window.session
    layer = next(x for x in session.document.layers if x.kind == "tiles")
    before = session.asset(layer.id).payload.box[2]
    assert any("ellipsoid" in note for note in session.asset(layer.id).payload.notes)
    dialog = TileHeightsDialog(window, session, layer)
    dialog.geoid.setValue(10.87)
    dialog.accept()
    settle(window, qtbot)
    qtbot.waitUntil(lambda: session.asset(layer.id) is not None and session.asset(layer.id).payload is not None,
                    timeout=60_000)
    assert session.document.frame.geoid_m == 10.87
    qtbot.waitUntil(lambda: session.asset(layer.id).payload.box[2] == pytest.approx(before - 10.87, abs=0.001),
                    timeout=60_000)
    session.edits.undo()
    assert session.document.frame.geoid_m == 0.0
