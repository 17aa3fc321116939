"""What a project has that one chooses from a menu: its scenes, its bookmarks, its scenarios."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.commands.command import Window
from twin.text import language


@dataclass(frozen=True)
class Choice:
    """`label` may hold a tab and what stands at the right; `checked`: None where it is nothing that can be on."""

    label: str
    act: Callable[[], None]
    checked: bool | None = None
    tip: str = ""


def scenes(window: Window) -> list[Choice]:
    return [Choice(scene.title(language()), lambda id=scene.id: window.go_to_scene(id))
            for scene in window.session.document.scenes]


def bookmarks(window: Window) -> list[Choice]:
    from app import timing  # not at the start: the window stands before numpy is imported
    from twin import times
    session, zone = window.session, window.session.document.time_zone
    return [Choice(f"{mark.title(language())}\t{times.readable(times.parse(mark.time, zone), zone)[:16]}",
                   lambda mark=mark: timing.go_to_bookmark(session, mark)) for mark in session.document.bookmarks]


def scenarios(window: Window) -> list[Choice]:
    """The one that plays is checked; chosen again, it ends."""
    playing = window.panel("scenarios").player.scenario if "scenarios" in window.docking.made else None
    return [Choice(story.title(language()), lambda id=story.id: play(window, id), story is playing,
                   story.told(language())) for story in window.session.document.scenarios]


def play(window: Window, id: str) -> None:
    """In its panel, which tells the chapters."""
    panel = window.docking.show("scenarios")
    panel.refresh()
    panel.toggle(id)


LISTS: dict[str, Callable[[Window], list[Choice]]] = {"view/scenes": scenes, "time/bookmarks": bookmarks,
                                                      "analysis/scenarios": scenarios}
