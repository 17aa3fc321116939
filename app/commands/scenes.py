"""Scenes: kept views of the project."""

from __future__ import annotations

from app.commands.command import Command, Window, ready


def _keep(window: Window) -> None:
    from app import dialogs, scenes
    from twin.text import language, tr
    names = {scene.title(language()) for scene in window.session.document.scenes}
    free = next(name for n in range(1, len(names) + 2) if (name := tr("Scene {n}", n=n)) not in names)
    name = dialogs.ask_name(window, tr("Save the present view as a scene"), free)
    if name:
        scenes.keep(window.session, name, language(), window.viewport.camera())
        window.status.tell(tr("Scene saved: {name}", name=name))


def _edit(window: Window) -> None:
    from app.panels.scenes_dialog import ScenesDialog
    ScenesDialog(window).show()


COMMANDS = (
    Command("scene-keep", "&Save the present view as a scene…", _keep, "scene", "Ctrl+Shift+K", "view/scenes",
            apart=True),
    Command("scenes", "&Change scenes…", _edit, "settings", "", "view/scenes",
            enabled=lambda w: ready(w) and bool(w.session.document.scenes)),
)
