"""Date and time of the clock: read at a glance, typed over, or picked from a calendar; and the time zone."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import available_timezones

from PySide6.QtCore import QDate, QSize, Qt, QTimer, QTimeZone
from PySide6.QtWidgets import (
    QCompleter,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QToolButton,
    QToolTip,
    QWidget,
    QWidgetAction,
)

from app import theme
from app.panels.calendar import DataCalendar
from app.panels.time_text import read_instant
from app.session import Session
from twin import times
from twin.text import tr
from twin.trouble import Trouble


class TimeEntry(QWidget):
    """"2026-07-15 06:41 | calendar | +08:00". Enter goes there, Escape leaves now as it is."""

    def __init__(self, session: Session, parent: QWidget | None = None):
        super().__init__(parent)
        self.session = session
        self.line = InstantLine(session)
        self.calendar_button = QToolButton(autoRaise=True, popupMode=QToolButton.ToolButtonPopupMode.InstantPopup)
        self.zone_button = ZoneButton(session)
        self._calendar_menu = QMenu(self)
        self._calendar: DataCalendar | None = None
        self._calendar_menu.aboutToShow.connect(self._open_calendar)
        self.calendar_button.setMenu(self._calendar_menu)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        for widget in (self.line, self.calendar_button, self.zone_button):
            row.addWidget(widget)
        self.retranslate()

    def refresh(self) -> None:
        self.line.refresh()
        if self._calendar is not None and self._calendar_menu.isVisible():
            self._calendar.refresh()
        self.zone_button.refresh()

    def retranslate(self) -> None:
        self.line.retranslate()
        self.zone_button.retranslate()
        self.calendar_button.setToolTip(tr("Pick a day"))
        self.calendar_button.setAccessibleName(tr("Pick a day"))

    def retheme(self) -> None:
        self.calendar_button.setIcon(theme.icon("calendar"))
        self.calendar_button.setIconSize(QSize(16, 16))
        self.line.retheme()

    def close_down(self) -> None:
        if self._calendar is not None:
            self._calendar.close_down()

    def _open_calendar(self) -> None:
        """Built at first use; under the days that hold readings lies a bar, over those with an event a dot."""
        if self._calendar is None:
            self._calendar = DataCalendar(self.session)
            self._calendar.clicked.connect(self._take_day)
            action = QWidgetAction(self._calendar_menu)
            action.setDefaultWidget(self._calendar)
            self._calendar_menu.addAction(action)
        self._calendar.show_now()

    def _take_day(self, day: QDate) -> None:
        """That day at the present time of day."""
        clock, zone = self.session.clock, self.session.document.shown_zone
        local = times.to_datetime(clock.now_ns, zone)
        moved = local.replace(year=day.year(), month=day.month(), day=day.day())
        clock.go_to(times.from_datetime(moved))
        self._calendar_menu.close()


class InstantLine(QLineEdit):
    """The clock's local time as text. What is being typed is never overwritten by the running clock."""

    def __init__(self, session: Session, parent: QWidget | None = None):
        super().__init__(parent)
        self.session = session
        self._shown: tuple | None = None
        self._wrong, self._outside = False, True               # the next click enters it
        self.setFrame(False)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setFixedWidth(self.fontMetrics().horizontalAdvance("2026-00-00 00:00:00") + 24)
        self.returnPressed.connect(self.take)
        self.textEdited.connect(lambda _: self._mark(False))

    def refresh(self) -> None:
        clock = self.session.clock
        shown = (clock.now_ns, clock.speed < 60 or clock.step_ns < times.MINUTE, self.session.document.shown_zone)
        if shown != self._shown and not (self.hasFocus() and self.isModified()):
            self._shown = shown
            self._show(*shown)

    def _show(self, now_ns: int, seconds: bool, zone: str) -> None:
        words = times.readable(now_ns, zone, seconds).rsplit(" ", 1)[0] if now_ns else ""
        if words != self.text():
            at, chosen = self.cursorPosition(), self.hasSelectedText()
            self.setText(words)
            if chosen and self.hasFocus():
                self.selectAll()
            else:
                self.setCursorPosition(at)

    def take(self) -> None:
        """Go to what was typed; a text that is no time stays, marked, with the way out as its tip."""
        try:
            instant = read_instant(self.text(), self.session.clock.now_ns, self.session.document.shown_zone)
        except Trouble as trouble:
            self._mark(True)
            self.setToolTip(str(trouble))
            QToolTip.showText(self.mapToGlobal(self.rect().topLeft()), str(trouble), self)
            return
        self.session.clock.go_to(instant)
        self._let_go()

    def keyPressEvent(self, event):
        if event.key() == Qt.Key.Key_Escape:
            self._let_go()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event):
        super().focusInEvent(event)
        if event.reason() == Qt.FocusReason.TabFocusReason:
            self.selectAll()

    def mouseReleaseEvent(self, event):
        """The click that enters selects all, so that what is typed next is the time; another one sets the cursor."""
        super().mouseReleaseEvent(event)
        if self._outside and not self.hasSelectedText():
            self.selectAll()
        self._outside = False

    def mouseDoubleClickEvent(self, event):
        self.selectAll()

    def focusOutEvent(self, event):
        super().focusOutEvent(event)
        self._outside = True
        self._forget()

    def _let_go(self) -> None:
        self._forget()
        self.clearFocus()

    def _forget(self) -> None:
        self.setModified(False)
        self._shown = None
        self._mark(False)
        self.retranslate()
        self.refresh()

    def _mark(self, wrong: bool) -> None:
        if wrong != self._wrong:
            self._wrong = wrong
            self.retheme()

    def retheme(self) -> None:
        self.setStyleSheet(f"color: {theme.colour('danger', self.session.theme)};" if self._wrong else "")

    def retranslate(self) -> None:
        self.setPlaceholderText(tr("Date and time"))
        self.setAccessibleName(tr("Date and time"))
        self.setToolTip(tr("Type a time: 2026-07-15 06:41, 06:41, +1h, -30 min"))


class ZoneButton(QToolButton):
    """The offset of the project's time zone; its menu changes the zone (an edit of the project)."""

    def __init__(self, session: Session, parent: QWidget | None = None):
        super().__init__(parent, autoRaise=True, popupMode=QToolButton.ToolButtonPopupMode.InstantPopup)
        self.session = session
        self._shown: tuple | None = None
        self.search: QLineEdit | None = None                  # of the menu that was opened last
        menu = QMenu(self)
        menu.aboutToShow.connect(self._fill)
        self.setMenu(menu)

    def refresh(self) -> None:
        hour = self.session.clock.now_ns // times.HOUR        # summer time may begin at any hour
        shown = (self.session.document.shown_zone, hour)
        if shown != self._shown:
            self._shown = shown
            self.setText(times.readable(self.session.clock.now_ns, shown[0]).rsplit(" ", 1)[1])
            self.retranslate()

    def retranslate(self) -> None:
        document = self.session.document
        words = tr("Times are shown in {zone}", zone=document.shown_zone)
        if document.shown_zone != document.time_zone:
            words += "\n" + tr("Time zone of the project: {zone}", zone=document.time_zone)
        self.setToolTip(words)
        self.setAccessibleName(tr("Time zone"))

    def choose(self, name: str) -> None:
        """Show times in it. What was measured, and what counts as a day or a night, stays as it is."""
        document = self.session.document
        shown = "" if name == document.time_zone else name
        self.session.edits.commit(replace(document, clock_zone=shown), "Time zone")
        self.session.edits.seal()

    def keep(self) -> None:
        """Make the shown zone the project's own: stamps without a zone are read again in it."""
        document = self.session.document
        self.session.edits.commit(replace(document, time_zone=document.shown_zone, clock_zone=""),
                                  "Time zone of the project")
        self.session.edits.seal()

    def _fill(self) -> None:
        document = self.session.document
        menu, present, own = self.menu(), document.shown_zone, document.time_zone
        menu.clear()
        menu.setToolTipsVisible(True)
        system = bytes(QTimeZone.systemTimeZoneId().data()).decode()
        usual = {own: "", "Asia/Shanghai": "Asia/Shanghai", "UTC": "UTC"} | {own: tr("Project: {zone}", zone=own)}
        if system in available_timezones():
            usual.setdefault(system, tr("System: {zone}", zone=system))
        for name, words in (usual | ({} if present in usual else {present: present})).items():
            action = menu.addAction(words, lambda name=name: self.choose(name))
            action.setCheckable(True)
            action.setChecked(name == present)
        menu.addSeparator()
        menu.addAction(self._search(menu))
        QTimer.singleShot(0, self.search, self.search.setFocus)     # it takes the focus only once it is shown
        if present != own:
            menu.addSeparator()
            kept = menu.addAction(tr("Make it the project's zone"), self.keep)
            kept.setToolTip(tr("Days, nights and stamps without a zone then follow {zone}.", zone=present))

    def _search(self, menu: QMenu) -> QWidgetAction:
        line = QLineEdit(placeholderText=tr("Search a time zone"), minimumWidth=200)
        names = sorted(available_timezones())
        completer = QCompleter(names, line, caseSensitivity=Qt.CaseSensitivity.CaseInsensitive,
                               filterMode=Qt.MatchFlag.MatchContains)
        line.setCompleter(completer)

        def take(text: str) -> None:
            asked = text.strip().lower().replace(" ", "_")
            found = [n for n in names if asked and asked in n.lower()]
            name = next((n for n in found if n.lower() == asked), found[0] if len(found) == 1 else "")
            if name:
                menu.close()
                self.choose(name)
            elif asked:
                QToolTip.showText(line.mapToGlobal(line.rect().bottomLeft()),
                                  tr("{n} time zones have this in their name.", n=len(found)) if found
                                  else tr("No time zone has a name like this."), line)
        completer.activated.connect(take)
        line.returnPressed.connect(lambda: take(line.text()))
        action = QWidgetAction(menu)
        action.setDefaultWidget(line)
        self.search = line
        return action
