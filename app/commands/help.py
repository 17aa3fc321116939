"""The guide, the keys, about, log."""

from __future__ import annotations

from app.commands.command import Command, Window, always


def _help(window: Window, keys: bool = False) -> None:
    from app.panels.help_window import GUIDE, KEYS, HelpWindow
    HelpWindow(window, KEYS if keys else GUIDE).show()


def show_log(window: Window) -> None:
    from app import dialogs, settings
    dialogs.show_folder(settings.log_folder())


def _about(window: Window) -> None:
    from app import dialogs
    dialogs.about(window)


COMMANDS = (
    Command("guide", "&Guide", _help, "guide", "F1", "help", enabled=always),
    Command("keys", "&Keys", lambda w: _help(w, keys=True), "keys", "Shift+F1", "help", enabled=always),
    Command("log", "Show the &log folder", show_log, "open", "", "help", enabled=always, apart=True),
    Command("about", "&About citytwin", _about, "about", "", "help", enabled=always),
)
