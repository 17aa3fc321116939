"""The camera and the window."""

from __future__ import annotations

from app.commands.command import Command, Window, always, ready


def toggle_parallel(window: Window) -> None:
    from app import navigation
    camera = window.viewport.camera()
    window.viewport.set_camera(navigation.parallel(camera, camera.parallel_m == 0))


def _toggle_full_screen(window: Window) -> None:
    window.showNormal() if window.isFullScreen() else window.showFullScreen()


COMMANDS = (
    Command("home", "&Home", lambda w: w.viewport.home(), "home", "Home", "view"),
    Command("north", "&North up", lambda w: w.viewport.north_up(), "north", "N", "view", "scene"),
    Command("top", "&Top view", lambda w: w.viewport.top_view(), "top", "T", "view", "scene"),
    Command("parallel", "Para&llel projection", toggle_parallel, "parallel", "", "view",
            checked=lambda w: ready(w) and w.viewport.camera().parallel_m > 0),
    Command("panels", "Hide or show the &panels", lambda w: w.toggle_panels(), "panels", "Tab", "view", "scene",
            apart=True),
    Command("full-screen", "&Full screen", _toggle_full_screen, "full-screen", "F11", "view",
            enabled=always, checked=lambda w: w.isFullScreen()),
)
