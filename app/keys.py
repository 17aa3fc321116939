"""Every key and gesture as rows: those of the commands are read off the commands, so that the list never lies."""

from __future__ import annotations

from dataclasses import dataclass

from app.actions import MENUS, SUBMENUS, plain, spoken
from app.commands import COMMANDS
from twin.text import in_every_language, tr

# What no command is: (where, what it does, how). Where the mouse or a plain key means something by its place alone.
GESTURES = (
    ("Scene", "Orbit about what is under the mouse", "Left drag"),
    ("Scene", "Pan", "Right or middle drag"),
    ("Scene", "Zoom to the cursor", "Wheel"),
    ("Scene", "Fly there", "Double click"),
    ("Scene", "Select", "Click"),
    ("Scene", "Add to the selection, or take out of it", "Ctrl and click"),
    ("Scene", "What is here", "Right click"),
    ("Scene", "Fly", "W A S D, Q E"),
    ("Scene", "Fly faster", "Shift"),
    ("Scene", "End drawing, measuring or placing", "Esc"),
    ("Layers", "Show or hide", "Space"),
    ("Layers", "Rename", "F2"),
    ("Layers", "More commands", "Right click"),
    ("Time ribbon", "Scrub", "Left drag"),
    ("Time ribbon", "Zoom", "Wheel, + -"),
    ("Time ribbon", "Move", "Shift and drag, Page Up, Page Down"),
    ("Time ribbon", "Step; ten steps with Shift", "← →"),
    ("Time ribbon", "Faster, slower", "↑ ↓"),
    ("Time ribbon", "Set the second instant (B)", "Alt and click"),
    ("Time ribbon", "More commands", "Right click"),
)
SCOPES = {"window": "", "layers": "Layers", "scene": "Scene"}


@dataclass(frozen=True)
class Key:
    """`place`: the menu, or where the mouse must be. `names`: what a search looks in."""

    place: str
    title: str
    keys: str
    names: tuple[str, ...]


def keys() -> list[Key]:
    """In the order of the menus, then gestures by their place."""
    out = []
    for command in COMMANDS:
        if command.shortcut:
            native = spoken(command.shortcut)
            scope = SCOPES[command.scope]
            out.append(_key(_menu_words(command.menu), command.label, f"{native}  ({tr(scope)})" if scope else native))
    order = list(MENUS.values())
    out.sort(key=lambda key: next((n for n, label in enumerate(order) if plain(tr(label)) == key.place), len(order)))
    return out + [_key(tr(place), title, tr(how)) for place, title, how in GESTURES]


def found(every: list[Key], typed: str) -> list[Key]:
    """Those that hold every word that was typed, in any language."""
    words = typed.casefold().split()
    return [key for key in every if all(any(word in name for name in key.names) for word in words)]


def _key(place: str, label: str, how: str) -> Key:
    said = [plain(name) for name in in_every_language(label)]
    return Key(place, plain(tr(label)), how, tuple(name.casefold() for name in (*said, how, place)))


def _menu_words(path: str) -> str:
    top = path.partition("/")[0]
    return plain(tr(MENUS[top])) if top in MENUS else plain(tr(SUBMENUS[path][0])) if path in SUBMENUS else ""
