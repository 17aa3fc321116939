"""Cities in tiles: made of the project's files, or read from a server."""

from __future__ import annotations

from app.commands.command import Command, Window, ready


def _bake(window: Window) -> None:
    from app.panels.bake_dialog import BakeDialog
    BakeDialog(window).open()


def _server(window: Window) -> None:
    from app.baking import ask_server
    ask_server(window)


def _can_bake(window: Window) -> bool:
    if not ready(window):
        return False
    from app.baking import bakes
    return bool(bakes(window))


COMMANDS = (
    Command("bake", "Ba&ke into tiles…", _bake, "tiles", "", "layer/tiles", enabled=_can_bake, apart=True),
    Command("tile-server", "Add a tile &server…", _server, "tiles", "", "layer/tiles"),
)
