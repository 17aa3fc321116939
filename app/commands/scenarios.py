"""Scenarios: stories of the data, told by clock and camera."""

from __future__ import annotations

from app.commands.command import Command, ready

COMMANDS = (
    Command("scenarios", "Scenarios &panel", lambda w: w.docking.toggle("scenarios"), "scenarios", "Shift+F8",
            "analysis/scenarios", apart=True, enabled=ready),
)
