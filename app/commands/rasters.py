"""Rasters over time."""

from __future__ import annotations

from app.commands.command import Command, Window, one


def _steps(window: Window) -> None:
    from app.panels.raster_dialog import RasterDialog
    RasterDialog(window, window.session, window.layers.chosen_layers()[0]).open()


def _one_raster(window: Window) -> bool:
    return one(window) and window.layers.chosen_layers()[0].kind == "rasters"


COMMANDS = (
    Command("raster-steps", "&Steps and unit of a raster…", _steps, "rasters", "", "layer/position",
            enabled=_one_raster),
)
