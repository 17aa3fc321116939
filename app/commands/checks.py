"""What is found out about a building model, and what of it is handed on."""

from __future__ import annotations

from app.commands.command import Command, Window, modelled, picked


def show_checks(window: Window) -> None:
    window.docking.show("checks", window.height() // 3)


def show_issues(window: Window) -> None:
    window.docking.show("issues")


def export_selection(window: Window) -> None:
    window.exporting.ask()


COMMANDS = (
    Command("checks", "Chec&ks…", show_checks, "checks", "", "model", enabled=modelled, apart=True),
    Command("issues", "Issu&es (BCF)…", show_issues, "issues", "", "model"),
    Command("export", "Export selection…", export_selection, "export", "Ctrl+E", "model", enabled=picked),
)
