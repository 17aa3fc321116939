"""The panels that a scenario's chapter opens at the side of the story."""

from __future__ import annotations

from typing import Any

from twin.scenario import Chapter

ALWAYS = ("charts", "incidents")          # tell of what is selected and of now, so of every chapter
Window = Any                              # app.window.Window; not imported, it imports this


def open_panels(window: Window, chapter: Chapter) -> list[str]:
    """Panels by name; "profile/ID" with the layer that it shows, "indicators/21" with the row that it opens.

    Those that were not there before.
    """
    fresh = []
    for words in chapter.opens:
        name, _, about = words.partition("/")
        fresh += [name] if window.docking.of[name].isHidden() else []
        panel = window.docking.show(name, window.height() // 3)
        if about:
            panel.show_about(about)
    return fresh


def close_others(window: Window, brought: list[str], chapter: Chapter) -> list[str]:
    """A chapter that opens panels needs their room: what earlier ones brought and tells of these alone goes. The rest
    of `brought`.
    """
    gone = [name for name in brought if name not in (*ALWAYS, *panels_of(chapter))] if chapter.opens else []
    for name in gone:
        window.docking.of[name].hide()
    return [name for name in brought if name not in gone]


def panels_of(chapter: Chapter) -> list[str]:
    """Names of the panels that it opens."""
    return [words.partition("/")[0] for words in chapter.opens]
