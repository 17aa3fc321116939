"""Measuring in the scene."""

from __future__ import annotations

from app.commands.command import Command, Window, ready


def measure(window: Window) -> None:
    """Start with distances; again: end."""
    panel = window.docking.show("measure")
    panel.toggle(panel.tool.mode if panel.tool else "distance")


def measures(window: Window) -> bool:
    """Clicks measure now."""
    drawing = window.viewport.drawing if ready(window) else None
    return drawing is not None and hasattr(drawing, "mode")


COMMANDS = (
    Command("measure", "&Measure", measure, "measure", "Ctrl+M", "analysis", "window", checked=measures, apart=True),
)
