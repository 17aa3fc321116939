"""Rows of layers under the slider, and the calendar."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QPoint
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton, QWidget

from app import timing
from app.counting import LAYERS, NONE, Row
from app.panels.calendar import DataCalendar, page
from app.panels.ribbon_rows import NAMES_PX, ROW_PX
from tests.app.made_sessions import DAY_START
from tests.app.slider.made import LEFT
from twin import text
from twin.times import DAY, HOUR, MINUTE


def test_rows_show_every_layer_and_scrub(timeline, session, qtbot):
    session.rows_by = LAYERS
    rows = timeline.rows
    qtbot.waitUntil(lambda: timeline.refresh() is None and rows.counts().any())
    assert [row.title("en") for row in rows.rows()] == ["Weather"]
    tip = rows.tip(NAMES_PX + timeline.ribbon.x_of(DAY_START + 2 * HOUR), ROW_PX / 2)
    assert tip.startswith("Weather") and "readings in" in tip
    QTest.mouseClick(rows, LEFT, pos=QPoint(NAMES_PX + round(timeline.ribbon.x_of(DAY_START + 2 * HOUR)), 5))
    assert abs(session.clock.now_ns - DAY_START - 2 * HOUR) < 3 * MINUTE
    session.rows_by = NONE
    timeline.refresh()
    assert not rows.isVisible() and not timeline.zone.isVisible()


def test_a_click_on_the_count_of_the_others_shows_them(timeline, session, monkeypatch):
    rows, now = timeline.rows, session.clock.now_ns
    monkeypatch.setattr(rows, "rows", lambda: tuple(Row(str(n), f"Layer {n}", "") for n in range(rows.most + 3)))
    session.rows_by = LAYERS
    timeline.refresh()
    below = QPoint(NAMES_PX + 200, rows.most * ROW_PX + 5)
    assert "Click here" in rows.tip(below.x(), below.y())
    QTest.mouseClick(rows, LEFT, pos=below)
    rows.refresh()
    assert rows.tip(5, 5) == "Layer 3" and session.clock.now_ns == now      # the last ones, as many as find room
    rows.first = rows.most
    QTest.mouseClick(rows, LEFT, pos=below)
    assert rows.first == 0


def test_the_calendar_marks_days_with_readings_and_with_events(qtbot, session):
    timing.bookmark(session, DAY_START + 3 * DAY)
    calendar = DataCalendar(session)
    qtbot.addWidget(calendar)
    calendar.show_now()
    qtbot.waitUntil(lambda: calendar.refresh() is None and bool(calendar.counts))
    assert calendar.counts == {date(2026, 7, 15): 288 + 252 + 287} and calendar.marked == {date(2026, 7, 18)}
    calendar.setCurrentPage(2026, 9)
    qtbot.waitUntil(lambda: calendar.refresh() is None and not calendar.counts)
    calendar.close_down()


def test_the_calendar_names_the_year_first_in_chinese(qtbot, session):
    calendar = DataCalendar(session)
    qtbot.addWidget(calendar)
    bar = calendar.findChild(QWidget, "qt_calendar_navigationbar")
    month, year = (bar.findChild(QToolButton, f"qt_calendar_{name}button") for name in ("month", "year"))
    row = bar.layout()
    for language, first in (("zh", year), ("en", month), ("zh", year)):
        text.set_language(language)
        calendar.show_now()
        assert min((month, year), key=row.indexOf) is first
    text.set_language("en")
    calendar.close_down()


def test_a_page_of_the_calendar_holds_its_month():
    days = page(2026, 2)
    assert date(2026, 2, 1) in days and date(2026, 2, 28) in days and days == sorted(days)
