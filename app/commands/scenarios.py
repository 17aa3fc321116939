"""Scenarios: stories of the data, told by clock and camera."""

from __future__ import annotations

from app.commands.command import Command, ready

COMMANDS = (
    Command("scenarios", "&Scenarios…", lambda w: w.docking.toggle("scenarios"), "scenarios", "Shift+F8", "analysis",
            apart=True, enabled=ready),
)
