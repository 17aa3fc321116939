"""Docks that share a place: what the tabs say, and what a quiet window does with it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject


class Titles(QObject):
    """How often a title was set."""

    def __init__(self):
        super().__init__()
        self.count = 0

    def eventFilter(self, watched, event):
        self.count += event.type() == QEvent.Type.WindowTitleChange
        return False


def test_headings_that_are_right_are_not_set_again(window, monkeypatch):
    """Tabs that are icons have no words: their empty titles were set ten times a second, and each time the whole window
    was laid out anew.
    """
    window.loop.stop()
    monkeypatch.setattr(window.docking.tabs, "fit", lambda labels: frozenset({"vitals"}))
    window.docking.name_headings()
    assert window.docking.of["vitals"].windowTitle() == ""
    titles = Titles()
    for dock in window.docking.of.values():
        dock.installEventFilter(titles)
    for _ in range(3):
        window.docking.name_headings()
    assert titles.count == 0


def test_a_panel_that_takes_the_place_of_another_is_as_high_as_in_an_empty_place(window, qtbot):
    """A chapter's chart in the place of a table was a strip: the room was measured before the table gave it back."""
    docking = window.docking
    docking.show("charts", window.height() // 3)
    qtbot.waitUntil(lambda: docking.of["charts"].height() > 150, timeout=60_000)
    alone_px = docking.of["charts"].height()
    docking.of["charts"].hide()
    docking.show("statistics", window.height() // 3)
    qtbot.waitUntil(lambda: docking.of["statistics"].height() > 150, timeout=60_000)
    docking.of["statistics"].hide()
    docking.show("charts", window.height() // 3)
    qtbot.waitUntil(lambda: abs(docking.of["charts"].height() - alone_px) <= 8, timeout=60_000)
