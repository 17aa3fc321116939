"""Looking below the ground, and asking what lies there."""

from __future__ import annotations

from app.commands.command import Command, ready


def _toggle(window) -> None:
    window.ground_slider.toggle()


def _draw_profile(window) -> None:
    panel = window.docking.show("profile", window.height() // 3)
    panel.draw()


COMMANDS = (
    Command("underground", "&Underground", _toggle, "underground", "U", "view", "scene",
            checked=lambda w: ready(w) and w.session.document.ground_opacity < 1.0, apart=True),
    Command("profile", "Profi&le along a line…", _draw_profile, "profile", "", "analysis", enabled=ready),
)
