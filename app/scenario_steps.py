"""The panels that a scenario's chapter opens at the side of the story."""

from __future__ import annotations

from typing import Any

from twin.scenario import Chapter

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


def panels_of(chapter: Chapter) -> list[str]:
    """Names of the panels that it opens."""
    return [words.partition("/")[0] for words in chapter.opens]
