"""Cities in tiles: made of the project's files, or read from a server."""

from __future__ import annotations

from app.commands.command import Command, Window, one, ready


def _bake(window: Window) -> None:
    from app.panels.bake_dialog import BakeDialog
    BakeDialog(window).open()


def _server(window: Window) -> None:
    from app.baking import ask_server
    ask_server(window)


def _heights(window: Window) -> None:
    from app.panels.tile_heights_dialog import TileHeightsDialog
    TileHeightsDialog(window, window.session, window.layers.chosen_layers()[0]).open()


def _one_tileset(window: Window) -> bool:
    return one(window) and window.layers.chosen_layers()[0].kind == "tiles"


def _can_bake(window: Window) -> bool:
    if not ready(window):
        return False
    from app.baking import bakes
    return bool(bakes(window))


COMMANDS = (
    Command("bake", "Ba&ke into tiles…", _bake, "tiles", "", "layer/tiles", enabled=_can_bake, apart=True),
    Command("tile-server", "Add a tile &server…", _server, "tiles", "", "layer/tiles"),
    Command("tile-heights", "&Heights of tiles…", _heights, "tiles", "", "layer/tiles", enabled=_one_tileset),
)
