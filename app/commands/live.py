"""Live readings: feeds, and the recorder."""

from __future__ import annotations

from app.commands.command import Command

COMMANDS = (
    Command("feeds", "Li&ve feeds…", lambda w: w.docking.show("feeds", w.height() // 3), "live", "", "time"),
)
