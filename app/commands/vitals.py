"""What can be done with vital signs."""

from __future__ import annotations

from app.commands.command import Command, ready


def _show(window):
    return window.docking.show("vitals")


COMMANDS = (
    Command("vitals", "&Vital signs of a zone", lambda w: w.docking.toggle("vitals"), "vitals", "Ctrl+Shift+V",
            "analysis", apart=True),
    Command("indicators", "The plan's in&dicators", lambda w: w.docking.toggle("indicators"), "indicators",
            "Ctrl+Shift+I", "analysis"),
    Command("draw-zone", "Draw a &zone", lambda w: _show(w).toggle_drawing(), "draw-zone", "", "edit", enabled=ready),
    Command("color-zones", "Colour the zones by the chosen sign", lambda w: _show(w).color_zones(), "zones", "",
            "analysis",
            enabled=lambda w: ready(w) and "vitals" in w.docking.made and bool(w.panel("vitals").list.chosen())),
)
