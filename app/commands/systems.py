"""The systems of the plan."""

from __future__ import annotations

from app.commands.command import Command, Window


def show_systems(window: Window) -> None:
    window.docking.show("systems").line.setFocus()


COMMANDS = (
    Command("systems", "S&ystems of the plan", show_systems, "system-facility", "", "analysis", apart=True),
)
