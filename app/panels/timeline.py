"""The timeline: transport, speed, step, what of time is looked at, LIVE, and the ribbon. It shows the clock."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QMenu,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app import theme
from app.jumping import CHANGE, DATA, EVENT, Jumps
from app.panels import time_menus
from app.panels.editors import unmoved_by_wheel
from app.panels.number_box import NumberBox
from app.panels.ribbon import Ribbon
from app.panels.ribbon_rows import NAMES_PX, CoverageRows
from app.panels.time_entry import TimeEntry
from app.panels.time_marks import duration_words, factor_words, speed_words
from app.panels.time_text import read_duration, read_speed
from app.session import Session
from twin.clock import FOLLOWING, PLAYING, SPAN, SPEEDS
from twin.text import language, tr
from twin.times import DAY, HOUR, MINUTE, SECOND

STEPS_NS = (SECOND, 10 * SECOND, MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 6 * HOUR, DAY)
LENGTHS_NS = (10 * MINUTE, HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 7 * DAY, 30 * DAY)
TRANSPORT = {"first": "To the start", "backward": "Step back", "play": "Play", "forward": "Step forward",
             "last": "To the end"}
MENUS = {"jump": "Jump to readings, changes and events", "mode": "What is looked at", "bookmarks": "Bookmarks",
         "second": "Compare with a second instant", "rows": "Readings row by row"}
NOTHING = {DATA: "There are no more readings on this side.", CHANGE: "Nothing changes any more on this side.",
           EVENT: "There are no more events on this side."}


class Timeline(QWidget):
    """One bar of two rows. Every gesture changes the clock and nothing else; `refresh` shows it.

    `tell(words)` says what a jump did not find.
    """

    def __init__(self, session: Session, viewport=None, parent: QWidget | None = None, tell=None):
        super().__init__(parent)
        self.session = session
        self.setObjectName("timeline")
        self.jumps = Jumps(session)
        self.jumps.nothing = lambda what, direction: tell(tr(NOTHING[what])) if tell else None
        self.buttons = {name: QToolButton(autoRaise=True) for name in TRANSPORT}
        self.speed, self.step = NumberBox(speed_words, read_speed), NumberBox(duration_words, read_duration)
        self.length = NumberBox(duration_words, read_duration)
        self.step_label, self.loop = QLabel(), QToolButton(autoRaise=True, checkable=True)
        self.menus = {name: QToolButton(autoRaise=True, popupMode=QToolButton.ToolButtonPopupMode.InstantPopup)
                      for name in MENUS}
        self.entry, self.ribbon = TimeEntry(session), Ribbon(session, self.jumps)
        self.rows, self.zone = CoverageRows(self.ribbon), QComboBox()
        self.live = QToolButton(checkable=True, text="LIVE", objectName="live")
        self._shown: tuple | None = None
        self._listed: tuple = ()             # the question and language that the zones are offered for
        self._lay_out()
        self._connect()
        self.retranslate()
        self.retheme()

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(2)
        for button in (*self.buttons.values(), self.loop, *self.menus.values()):
            button.setIconSize(QSize(16, 16))
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        for part in (*self.buttons.values(), self.loop, self.menus["jump"], 8, self.speed, 8, self.step_label,
                     self.step, None, self.menus["mode"], self.length, self.menus["second"], self.menus["bookmarks"],
                     self.menus["rows"], 8, self.entry, 8, self.live):
            if isinstance(part, QWidget):
                top.addWidget(part)
            else:
                top.addSpacing(part) if part else top.addStretch(1)
        foot = self._foot = QGridLayout()
        foot.setSpacing(0)
        foot.addWidget(self.rows, 0, 0, 1, 2)
        foot.addWidget(self.zone, 1, 0)
        foot.addWidget(self.ribbon, 1, 1)
        self.zone.setFixedWidth(NAMES_PX - 6)
        self.zone.view().setTextElideMode(Qt.TextElideMode.ElideRight)
        self.zone.installEventFilter(unmoved_by_wheel())
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 4, 12, 2)
        column.setSpacing(2)
        column.addLayout(top)
        column.addLayout(foot)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)   # no empty space around it
        self._show_rows()

    def _connect(self) -> None:
        clock = lambda: self.session.clock  # noqa: E731 - another project brings another clock
        self.buttons["first"].clicked.connect(lambda: clock().go_to(clock().span_ns[0]))
        self.buttons["last"].clicked.connect(lambda: clock().go_to(clock().span_ns[1]))
        self.buttons["backward"].clicked.connect(lambda: self.jumps.step(-1))
        self.buttons["forward"].clicked.connect(lambda: self.jumps.step(1))
        self.buttons["play"].clicked.connect(self.toggle_play)
        self.loop.toggled.connect(lambda on: setattr(clock(), "loop", on))
        self.speed.taken = lambda value: clock().set_speed(value)
        self.step.taken = lambda value: setattr(clock(), "step_ns", max(SECOND, int(value)))
        self.length.taken = lambda value: setattr(clock(), "length_ns", max(SECOND, int(value)))
        self.live.clicked.connect(self.toggle_live)
        self.zone.activated.connect(lambda at: setattr(self.session, "counted_zone", self.zone.itemData(at)))
        self.ribbon.asked = lambda time_ns, place: time_menus.at_place(self.session, time_ns, place, self)
        fill = {"jump": lambda menu: time_menus.fill_jumps(menu, self.session, self.jumps),
                "mode": lambda menu: time_menus.fill_modes(menu, self.session),
                "bookmarks": lambda menu: time_menus.fill_bookmarks(menu, self.session),
                "second": lambda menu: time_menus.fill_second(menu, self.session),
                "rows": lambda menu: time_menus.fill_rows(menu, self.session)}
        for name, button in self.menus.items():
            menu = QMenu(self)
            menu.aboutToShow.connect(lambda menu=menu, fill=fill[name]: fill(menu))
            button.setMenu(menu)

    def toggle_play(self) -> None:
        """What Space does."""
        clock = self.session.clock
        if clock.state == PLAYING:
            clock.pause()
        elif clock.now_ns:
            clock.play()

    def toggle_live(self) -> None:
        clock = self.session.clock
        if clock.state == FOLLOWING:
            clock.pause()
        else:
            clock.follow()
        self._shown = None                  # the button toggled itself; the clock has the last word

    def _show_rows(self) -> None:
        """Row by row, with the names at the left; below them what the ribbon itself counts."""
        session = self.session
        self.rows.setVisible(bool(session.rows_by))
        names_px = NAMES_PX if session.rows_by or session.counted_zone else 0
        self.zone.setVisible(names_px > 0)
        if names_px != self._foot.columnMinimumWidth(0):         # told the same again, the window is laid out anew
            self._foot.setColumnMinimumWidth(0, names_px)

    def _list_zones(self) -> None:
        """Those that one may choose from; what is chosen but not there counts as long as nothing."""
        self.zone.clear()
        self.zone.addItem(tr("Everywhere"), "")
        for group in self.ribbon.counting.zones():
            self.zone.addItem(group.title(language()), group.id)
        zone = self.ribbon.counting.question.counted_zone
        self.zone.setCurrentIndex(max(0, self.zone.findData(zone.id if zone else "")))
        self.zone.setToolTip(self.zone.currentText())

    # -- the tick --------------------------------------------------------------------------------------

    def refresh(self) -> None:
        self.jumps.refresh()
        self.ribbon.refresh()
        self._show_rows()
        if self.rows.isVisible():
            self.rows.refresh()
        if self.zone.isVisible() and (listed := (self.ribbon.counting.question, language())) != self._listed:
            self._listed = listed
            self._list_zones()
        self.entry.refresh()
        clock, session = self.session.clock, self.session
        shown = (clock.state, clock.speed, clock.step_ns, clock.loop, clock.span_ns, clock.now_ns == 0, clock.mode,
                 clock.length_ns, session.compare_ns is None, session.snap, session.rows_by, language())
        if shown != self._shown:
            self._shown = shown
            self._show_clock()

    def _show_clock(self) -> None:
        clock = self.session.clock
        playing, has_data = clock.state == PLAYING, clock.span_ns[1] > 0
        self.buttons["play"].setIcon(theme.icon("pause" if playing else "play"))
        self.buttons["play"].setToolTip(tr("Pause (Space)") if playing else tr("Play (Space)"))
        for name, button in self.buttons.items():
            button.setEnabled(has_data if name in ("first", "last") else has_data or clock.now_ns != 0)
        for button in (self.loop, self.menus["rows"], self.menus["jump"], self.menus["mode"]):
            button.setEnabled(has_data)
        self.loop.setChecked(clock.loop)
        self.live.setEnabled(has_data)
        self.live.setChecked(clock.state == FOLLOWING)
        self.speed.show_value(clock.speed, SPEEDS)
        told = tr("Speed: {words} ({factor} real time)", words=speed_words(clock.speed),
                  factor=factor_words(clock.speed))
        if clock.days_fly:
            told += "\n" + tr("Days pass in seconds: while it plays, the light stays that of the morning.")
        self.speed.setToolTip(told)
        self.step.show_value(clock.step_ns, STEPS_NS)
        self.length.setVisible(clock.mode == SPAN)
        self.length.show_value(clock.length_ns, LENGTHS_NS)
        self.menus["mode"].setIcon(theme.icon(time_menus.MODE_ICONS[clock.mode]))
        self.menus["mode"].setToolTip(f"{tr(MENUS['mode'])}: {tr(time_menus.MODE_WORDS[clock.mode])}")
        self.menus["second"].setIcon(theme.icon("second", "text" if self.session.compare_ns is None else "accent"))
        self.menus["jump"].setIcon(theme.icon("jump", "accent" if self.session.snap else "text"))
        self.menus["rows"].setIcon(theme.icon("rows", "accent" if self.session.rows_by else "text"))

    def retranslate(self) -> None:
        for name, words in TRANSPORT.items():
            self.buttons[name].setToolTip(tr(words))
            self.buttons[name].setAccessibleName(tr(words))
        for name, words in MENUS.items():
            self.menus[name].setToolTip(tr(words))
            self.menus[name].setAccessibleName(tr(words))
        self.loop.setToolTip(tr("Start over at the end"))
        self.loop.setAccessibleName(tr("Start over at the end"))
        self.live.setText(tr("LIVE"))
        self.live.setToolTip(tr("Follow the newest reading"))
        self.step_label.setText(tr("Step"))
        self.step.setToolTip(tr("How far one step goes"))
        self.length.setToolTip(tr("How long the span is that is looked at"))
        for box, words in ((self.speed, tr("Speed")), (self.step, tr("Step")), (self.length, tr("Length of the span")),
                           (self.zone, tr("What the ribbon counts"))):
            box.setAccessibleName(words)
        self.entry.retranslate()
        self.ribbon.retranslate()
        self._shown = None

    def retheme(self) -> None:
        icons = {"first": "to-start", "backward": "step-back", "forward": "step-forward", "last": "to-end"}
        for name, icon in icons.items():
            self.buttons[name].setIcon(theme.icon(icon))
        self.loop.setIcon(theme.icon("loop"))
        self.menus["bookmarks"].setIcon(theme.icon("bookmark"))
        muted = f"color: {theme.colour('muted', self.session.theme)};"
        self.step_label.setStyleSheet(muted)
        self.live.setStyleSheet(live_style(self.session.theme))
        self.entry.retheme()
        self.ribbon.retheme()
        self._shown = None

    def closeEvent(self, event):
        self.ribbon.close_down()
        self.jumps.close()
        self.entry.close_down()
        super().closeEvent(event)


def live_style(scheme: str) -> str:
    """Quiet while off, lit while following."""
    muted, line, accent = (theme.colour(name, scheme) for name in ("muted", "line", "accent"))
    return (f"QToolButton {{ color: {muted}; border: 1px solid {line}; border-radius: 4px; padding: 3px 10px;"
            f" font-weight: 600; }}"
            f"QToolButton:checked {{ color: white; background: {accent}; border-color: {accent}; }}"
            f"QToolButton:disabled {{ color: {line}; }}")
