"""Studies: sun and shadow, reach on foot."""

from __future__ import annotations

from app.commands.command import Command, Window, ready


def ask_sun(window: Window) -> None:
    from app.panels.sun_dialog import SunDialog
    SunDialog(window).open()


def ask_reach(window: Window) -> None:
    from app.panels.reach_dialog import ReachDialog
    ReachDialog(window).open()


COMMANDS = (
    Command("sun-hours", "Hours &of sun…", ask_sun, "sun", "", "analysis", enabled=ready),
    Command("reach", "&Reach on foot…", ask_reach, "reach", "", "analysis", enabled=ready),
)
