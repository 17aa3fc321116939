"""Looks of data: layers that show a sensor layer's readings as what they are."""

from __future__ import annotations

from app.commands.command import Command, Window, one


def as_(look: str):
    def run(window: Window) -> None:
        from app.looks import add_look
        window.layers.choose([add_look(window.session, window.layers.chosen()[0], look).id])
    return run


def sensing(window: Window) -> bool:
    """One sensor layer is selected."""
    return one(window) and window.layers.chosen_layers()[0].kind == "sensors"


def of_points(window: Window) -> bool:
    """One layer of vectors is selected."""
    return one(window) and window.layers.chosen_layers()[0].kind == "vectors"


COMMANDS = (
    Command("water-surface", "&Water surface", as_("water"), "flood", "", "layer/look", "layers", sensing, apart=True),
    Command("wind-arrows", "Wind &arrows", as_("wind"), "wind", "", "layer/look", "layers", sensing),
    Command("traffic-flow", "&Traffic on roads", as_("flows"), "flows", "", "layer/look", "layers", sensing),
    Command("equipment", "&Equipment that moves", as_("equipment"), "equipment", "", "layer/look", "layers", sensing),
    Command("roadside", "&Roadside", as_("roadside"), "roadside", "", "layer/look", "layers", of_points),
)
