"""The panels that a scenario's chapter opens at the side of the story."""

from __future__ import annotations

from typing import Any

from twin.scenario import Chapter

PANEL_SHARE, LOW_PX = 3, 900              # of the window's height, for a panel at the bottom; less of a low window
Window = Any                              # app.window.Window; not imported, it imports this


def open_panels(window: Window, chapter: Chapter) -> list[str]:
    """Panels by name; "profile/ID" with the layer that it shows, "indicators/21" with the row that it opens.

    Those that were not there before.
    """
    fresh = []
    for words in chapter.opens:
        name, _, about = words.partition("/")
        fresh += [name] if window.docking.of[name].isHidden() else []
        panel = window.docking.show(name, window.height() // (PANEL_SHARE + (window.height() < LOW_PX)))
        if about:
            panel.show_about(about)
    return fresh
