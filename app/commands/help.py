"""About, log."""

from __future__ import annotations

from app.commands.command import Command, always

COMMANDS = (
    Command("about", "&About citytwin", lambda w: w.about(), "about", "", "help", enabled=always),
    Command("log", "Show the &log folder", lambda w: w.show_log(), "open", "", "help", enabled=always),
)
