"""What the command palette finds: commands, choices of the menus, panels, projects, scenes, scenarios and layers."""

from __future__ import annotations

from pathlib import Path

from app import theme
from app.actions import plain, spoken
from app.commands import COMMANDS
from app.commands.command import Window
from app.docking import LABELS
from app.hidden import tell_if_hidden
from app.menu_lists import play
from app.menus import THEMES
from app.panels.palette import Entry
from app.synonyms import ALSO
from twin.text import LANGUAGES, in_every_language, language, tr

SPOKEN_AS = {"en": ("英文", "英语"), "zh": ("Chinese", "中文")}       # what a language is called in the other one


def entries(window: Window) -> list[Entry]:
    return [*_commands(window), *_choices(window), *_panels(window), *_scenes(window), *_scenarios(window),
            *_projects(window), *_layers(window)]


def _commands(window: Window) -> list[Entry]:
    return [Entry(plain(tr(command.label)), (*(plain(name) for name in in_every_language(command.label)),
                                              *ALSO.get(command.id, ())),
                  window.actions_.of[command.id].trigger, command.icon,
                  spoken(window.actions_.of[command.id].shortcut().toString()), command.enabled(window))
            for command in COMMANDS if command.id != "command"]


def _choices(window: Window) -> list[Entry]:
    """Theme and language: "Theme: Dark"."""
    themes = [Entry(_title("Th&eme", tr(label)), _titles("Th&eme", *in_every_language(label)),
                    lambda key=key: window.choose_theme(key), "theme") for key, label in THEMES.items()]
    languages = [Entry(_title("Lan&guage", name), _titles("Lan&guage", name, *SPOKEN_AS[key]),
                       lambda key=key: window.choose_language(key), "language") for key, name in LANGUAGES.items()]
    return themes + languages


def _panels(window: Window) -> list[Entry]:
    """They come to the front: one that another covers is not closed instead."""
    return [Entry(tr(label), in_every_language(label),
                  lambda name=name: _reach(window, name), "panels", tr("Panel"))
            for name, label in LABELS.items()]


def _reach(window: Window, name: str) -> None:
    """One that is asked in words hears what is typed next."""
    panel = window.docking.show(name, window.height() // 3)
    if panel.focusProxy():
        panel.setFocus()


def _scenes(window: Window) -> list[Entry]:
    return [Entry(scene.title(language()),
                  _titles("Scene", *(name for name in (scene.name, scene.name_zh) if name)),
                  lambda id=scene.id: window.go_to_scene(id), "scene", tr("Scene"))
            for scene in window.session.document.scenes]


def _scenarios(window: Window) -> list[Entry]:
    return [Entry(story.title(language()), tuple(name for name in (story.name, story.name_zh) if name),
                  lambda id=story.id: play(window, id), "scenarios", tr("Scenario"))
            for story in window.session.document.scenarios]


def _projects(window: Window) -> list[Entry]:
    return [Entry(Path(path).name, (Path(path).name,), lambda path=path: window.open([path]), "recent", tr("Project"))
            for path in window.settings.recent if Path(path).exists()]


def _layers(window: Window) -> list[Entry]:
    return [Entry(layer.title(language()), tuple(name for name in (layer.name, layer.name_zh) if name),
                  lambda id=layer.id: _go_to_layer(window, id),
                  layer.kind if theme.has_icon(layer.kind) else "opaque", tr("Layer"))
            for layer in window.session.document.layers]


def _go_to_layer(window: Window, id: str) -> None:
    window.go_to_layer(id)
    tell_if_hidden(window, id)


def _title(menu: str, choice: str) -> str:
    return f"{plain(tr(menu))}: {choice}"


def _titles(menu: str, *choices: str) -> tuple[str, ...]:
    """Menu and choice in one name in every language, so that words of two languages may be mixed."""
    return (" ".join((*(plain(name) for name in in_every_language(menu)), *choices)), *choices)
