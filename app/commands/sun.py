"""Sun and shadow."""

from __future__ import annotations

from app.commands.command import Command, Window, ready


def ask_sun(window: Window) -> None:
    from app.panels.sun_dialog import SunDialog
    SunDialog(window).open()


COMMANDS = (
    Command("sun-hours", "Hours &of sun…", ask_sun, "sun", "", "view", enabled=ready),
)
