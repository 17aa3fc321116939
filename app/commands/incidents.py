"""Incidents and the rules that raise events."""

from __future__ import annotations

from app.commands.command import Command, ready

COMMANDS = (
    Command("incidents", "&Incidents…", lambda w: w.docking.toggle("incidents", w.height() // 3), "incidents", "F7",
            "analysis", apart=True, enabled=ready),
    Command("alarm-rules", "Al&arm rules…", lambda w: w.docking.show("incidents", w.height() // 3).edit_rules(),
            "settings", "", "analysis", enabled=ready),
)
