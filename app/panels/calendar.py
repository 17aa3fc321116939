"""A calendar that shows which days hold readings, and on which days something was marked."""

from __future__ import annotations

import logging
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date, datetime, timedelta

import numpy as np
from PySide6.QtCore import QDate, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QTextCharFormat
from PySide6.QtWidgets import QCalendarWidget, QDateEdit, QToolButton, QWidget

from app import theme
from app.qt_words import locale
from app.session import Session
from twin import times
from twin.text import language

log = logging.getLogger("citytwin")
DAYS = 42                                 # that one page shows
OTHER_MONTH = 0.4                         # how much of its days is seen


class DataCalendar(QCalendarWidget):
    """Counts the readings of the days on its page in a thread; `refresh` takes the answer."""

    def __init__(self, session: Session, parent: QWidget | None = None):
        super().__init__(parent, gridVisible=False)
        self.session = session
        self.counts: dict[date, int] = {}        # readings of the days on the page; what is missing has none
        self.marked: frozenset[date] = frozenset()
        self._asked: tuple | None = None
        self._counting: tuple[list[date], Future] | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="calendar")
        self.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
        _plain_weekends(self)

    def close_down(self) -> None:
        self._thread.shutdown(wait=False, cancel_futures=True)

    def show_now(self) -> None:
        self.setLocale(locale())
        self._name_year_first(language() == "zh")
        today = times.to_datetime(self.session.clock.now_ns, self.session.document.shown_zone)
        self.setSelectedDate(QDate(today.year, today.month, today.day))
        self.refresh()

    def _name_year_first(self, first: bool) -> None:
        bar = self.findChild(QWidget, "qt_calendar_navigationbar")       # held: its layout goes with the name for it
        month, year = (bar.findChild(QToolButton, f"qt_calendar_{name}button") for name in ("month", "year"))
        row = bar.layout()
        row.removeWidget(year)
        row.insertWidget(row.indexOf(month) + (not first), year)

    def refresh(self) -> None:
        layers, zone = self.session.timed_layers(), self.session.document.shown_zone
        asked = (self.yearShown(), self.monthShown(), zone, self.session.marks.all(),
                 tuple((id, payload.history.revision) for id, payload in layers))
        if self._counting is not None:
            self._take()
        elif asked != self._asked:
            self._asked = asked
            days = page(*asked[:2])
            edges = np.array([midnight(day, zone) for day in [*days, days[-1] + timedelta(days=1)]], np.int64)
            self.marked = frozenset(times.to_datetime(m.time_ns, zone).date() for m in asked[3])
            self._counting = (days, self._thread.submit(_count, [payload.history for _, payload in layers], edges))

    def _take(self) -> None:
        days, future = self._counting
        if not future.done():
            return
        self._counting = None
        if error := future.exception():
            log.error("the readings of the days could not be counted: %s", error)
            return
        self.counts = {day: n for day, n in zip(days, future.result().tolist()) if n}
        self.updateCells()

    def paintCell(self, painter: QPainter, rect, day: QDate) -> None:
        painter.setOpacity(1.0 if day.month() == self.monthShown() else OTHER_MONTH)
        super().paintCell(painter, rect, day)
        this = date(day.year(), day.month(), day.day())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        if self.counts.get(this):
            share = self.counts[this] / max(self.counts.values())
            painter.setBrush(QColor(theme.colour("accent", self.session.theme)))
            wide = max(3.0, (rect.width() - 12) * share)
            painter.drawRoundedRect(QRectF(rect.center().x() - wide / 2 + 0.5, rect.bottom() - 4, wide, 2.5), 1, 1)
        if this in self.marked:
            painter.setBrush(QColor(theme.colour("warn", self.session.theme)))
            painter.drawEllipse(QRectF(rect.right() - 7, rect.top() + 3, 4, 4))


def page(year: int, month: int) -> list[date]:
    """The days that a page may show: some of the month before, and after it."""
    first = date(year, month, 1) - timedelta(days=7)
    return [first + timedelta(days=n) for n in range(DAYS + 7)]


def midnight(day: date, time_zone: str) -> int:
    return times.from_datetime(datetime(day.year, day.month, day.day, tzinfo=times.zone(time_zone)))


def _count(histories: list, edges_ns: np.ndarray) -> np.ndarray:
    """(days,) i8: readings of each day; layers that show one history do not count it twice."""
    once = {id(history): history for history in histories}.values()
    return sum((history.coverage(edges_ns) for history in once), np.zeros(len(edges_ns) - 1, np.int64))


def in_our_words(edit: QDateEdit) -> None:
    """Months and days of its calendar in the window's language."""
    edit.calendarWidget().setLocale(locale())
    _plain_weekends(edit.calendarWidget())


def _plain_weekends(calendar: QCalendarWidget) -> None:
    for day in (Qt.DayOfWeek.Saturday, Qt.DayOfWeek.Sunday):
        calendar.setWeekdayTextFormat(day, QTextCharFormat())      # red is for what is wrong
