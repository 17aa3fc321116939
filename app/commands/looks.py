"""Looks of data: layers that show a sensor layer's readings as what they are."""

from __future__ import annotations

from app.commands.command import Command, Window, one


def add_water(window: Window) -> None:
    from app.water_surfaces import add_surface
    window.layers.choose([add_surface(window.session, window.layers.chosen()[0]).id])


def sensing(window: Window) -> bool:
    """One sensor layer is selected."""
    return one(window) and window.layers.chosen_layers()[0].kind == "sensors"


COMMANDS = (
    Command("water-surface", "&Water surface", add_water, "flood", "", "layer", "layers", sensing, apart=True),
)
