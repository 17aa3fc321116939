"""Docks that share a place: what the tabs say, and what a quiet window does with it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QTabBar

from app.commands.layers import _open_table
from app.commands.queries import here
from app.dock_tabs import RIGHT
from app.finding import entries
from layers.city import City
from tests.app.made_sessions import city_payload, put
from twin.document import Document
from twin.layer import Source
from twin.project import Project


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


def test_what_was_opened_has_a_cross_that_puts_it_away(window, qtbot):
    """Panels at the bottom could be put away by a menu alone."""
    docking = window.docking
    for name in ("rooms", "charts"):
        docking.show(name, window.height() // 3)
        qtbot.waitUntil(lambda name=name: docking.in_front(name), timeout=60_000)
    docking.name_headings()
    title = docking.of["charts"].titleBarWidget()
    assert not title.cross.isVisible(), "its tab has it"
    crosses = [bar.tabButton(bar.currentIndex(), RIGHT) for bar in window.findChildren(QTabBar)
               if bar.isVisible() and docking.tabs.name_at(bar, bar.currentIndex()) == "charts"]
    crosses[0].click()
    assert docking.of["charts"].isHidden() and not docking.of["rooms"].isHidden()
    docking.name_headings()
    qtbot.waitUntil(lambda: docking.of["rooms"].titleBarWidget().cross.isVisible(), timeout=60_000)
    docking.of["rooms"].titleBarWidget().cross.click()
    assert docking.of["rooms"].isHidden()
    assert docking.of["layers"].titleBarWidget().cross is None, "what is there from the start stays"


def test_a_panel_that_is_asked_in_words_and_was_called_by_name_hears_what_is_typed(window, qtbot):
    """Its line had no focus: the letters of a search ran commands of the scene."""
    entry, = (one for one in entries(window) if one.title == "Find in the model")
    entry.act()
    qtbot.waitUntil(lambda: window.find.isVisible(), timeout=60_000)
    assert window.focusWidget() is window.find.line


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


def test_a_table_that_opens_in_a_small_window_has_room_for_rows(window, qtbot):
    """Two and a half of thousands were seen, between two scroll bars."""
    city = City(id="city", name="Houses", source=Source(path="/data/houses.json"))
    window.session.become(Project(document=Document(layers=(city,))))
    put(window.session, city, city_payload())
    window.layers.choose(["city"])
    _open_table(window)
    dock, panel = window.docks["table"], window.table
    qtbot.waitUntil(lambda: panel.isVisible() and panel.model.rowCount() == 6 and dock.height() > 200, timeout=60_000)
    room = panel.view.viewport().height() / panel.view.verticalHeader().defaultSectionSize()
    assert room >= 4.0 and not dock.widget().verticalScrollBar().isVisible()


def test_a_right_click_where_nothing_is_open_is_answered_in_a_line(window):
    """An empty list took a third of the window."""
    here(window, (0.0, 0.0, 0.0))
    assert window.docks["found"].isHidden() and "Nothing is open yet" in window.notices.shown[-1].lines[-1].text
