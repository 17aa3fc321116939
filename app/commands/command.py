"""What a command is, and the questions that say whether it can be used now.

Pure data and Qt-free: this is imported before anything heavy.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Window = Any                              # app.window.Window; not imported, it imports this


@dataclass(frozen=True)
class Command:
    """`scope`: where the shortcut is heard: "window", "layers" (the panel) or "scene" (the viewport)."""

    id: str
    label: str                            # English, with a & for the menu's letter
    run: Callable[[Window], None]
    icon: str = ""
    shortcut: str = ""
    menu: str = ""
    scope: str = "window"
    enabled: Callable[[Window], bool] = lambda window: window.session is not None
    checked: Callable[[Window], bool] | None = None
    title: Callable[[Window], str] | None = None      # a label that says more ("Undo: Opacity")
    apart: bool = False                               # a separator before it in its menu
    keys: str = ""                                    # a key that its panel hears by itself, for the menus to show


def ready(window: Window) -> bool:
    return window.session is not None


def some(window: Window) -> bool:
    """Any layer is selected."""
    return ready(window) and bool(window.layers.chosen())


def one(window: Window) -> bool:
    return ready(window) and len(window.layers.chosen()) == 1


def sourced(window: Window) -> bool:
    return ready(window) and any(layer.source for layer in window.layers.chosen_layers())


def placeable(window: Window) -> bool:
    return one(window) and hasattr(window.layers.chosen_layers()[0], "placement")


def grouped(window: Window) -> bool:
    return ready(window) and any(layer.kind == "group" for layer in window.layers.chosen_layers())


def modelled(window: Window) -> bool:
    """A building is open."""
    return ready(window) and bool(window.session.document.of_kind("building"))


def picked(window: Window) -> bool:
    """Elements of a building are selected."""
    if not modelled(window):
        return False
    from app.panels.model_actions import chosen
    return bool(chosen(window.session))


def timed(window: Window) -> bool:
    return ready(window) and window.session.clock.now_ns != 0


def spanned(window: Window) -> bool:
    return ready(window) and window.session.clock.span_ns[1] > window.session.clock.span_ns[0]


def always(window: Window) -> bool:
    return True
