"""The timeline: transport, speed, step, the clock's time, LIVE, and the ribbon beneath. It shows the clock."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QLineEdit, QToolButton, QVBoxLayout, QWidget

from app import theme
from app.panels.ribbon import Ribbon
from app.panels.time_entry import TimeEntry
from app.panels.time_marks import duration_words, factor_words, speed_words
from app.panels.time_text import read_duration, read_speed
from app.session import Session
from twin.clock import FOLLOWING, PLAYING, SPEEDS
from twin.text import language, tr
from twin.times import DAY, HOUR, MINUTE, SECOND
from twin.trouble import Trouble

STEPS_NS = (SECOND, 10 * SECOND, MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 6 * HOUR, DAY)
TRANSPORT = {"first": "To the start", "backward": "Step back", "play": "Play", "forward": "Step forward",
             "last": "To the end"}


class Timeline(QWidget):
    """One bar of two rows. Every gesture changes the clock and nothing else; `refresh` shows it."""

    def __init__(self, session: Session, viewport=None, parent: QWidget | None = None):
        super().__init__(parent)
        self.session = session
        self.setObjectName("timeline")
        self.buttons = {name: QToolButton(autoRaise=True) for name in TRANSPORT}
        self.speed, self.step = NumberBox(speed_text, read_speed), NumberBox(duration_words, read_duration)
        self.step_label, self.loop = QLabel(), QToolButton(autoRaise=True, checkable=True)
        self.entry, self.ribbon = TimeEntry(session), Ribbon(session)
        self.live = QToolButton(checkable=True, text="LIVE", objectName="live")
        self._shown: tuple | None = None
        self._lay_out()
        self._connect()
        self.retranslate()
        self.retheme()

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(2)
        for button in (*self.buttons.values(), self.loop):
            button.setIconSize(QSize(16, 16))
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            top.addWidget(button)
        top.addSpacing(8)
        top.addWidget(self.speed)
        top.addSpacing(8)
        top.addWidget(self.step_label)
        top.addWidget(self.step)
        top.addStretch(1)
        top.addWidget(self.entry)
        top.addSpacing(8)
        top.addWidget(self.live)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 4, 12, 2)
        column.setSpacing(2)
        column.addLayout(top)
        column.addWidget(self.ribbon)

    def _connect(self) -> None:
        clock = lambda: self.session.clock  # noqa: E731 - another project brings another clock
        self.buttons["first"].clicked.connect(lambda: clock().go_to(clock().span_ns[0]))
        self.buttons["last"].clicked.connect(lambda: clock().go_to(clock().span_ns[1]))
        self.buttons["backward"].clicked.connect(lambda: clock().step(-1))
        self.buttons["forward"].clicked.connect(lambda: clock().step(1))
        self.buttons["play"].clicked.connect(self.toggle_play)
        self.loop.toggled.connect(lambda on: setattr(clock(), "loop", on))
        self.speed.taken = lambda value: clock().set_speed(value)
        self.step.taken = lambda value: setattr(clock(), "step_ns", max(SECOND, int(value)))
        self.live.clicked.connect(self.toggle_live)

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

    # -- the tick --------------------------------------------------------------------------------------

    def refresh(self) -> None:
        self.ribbon.refresh()
        self.entry.refresh()
        clock = self.session.clock
        shown = (clock.state, clock.speed, clock.step_ns, clock.loop, clock.span_ns, clock.now_ns == 0, language())
        if shown != self._shown:
            self._shown = shown
            self._show_clock()

    def _show_clock(self) -> None:
        clock = self.session.clock
        playing, has_data = clock.state == PLAYING, clock.span_ns[1] > clock.span_ns[0]
        self.buttons["play"].setIcon(theme.icon("pause" if playing else "play"))
        self.buttons["play"].setToolTip(tr("Pause (Space)") if playing else tr("Play (Space)"))
        for name, button in self.buttons.items():
            button.setEnabled(has_data if name in ("first", "last") else clock.now_ns != 0)
        self.loop.setEnabled(has_data)
        self.loop.setChecked(clock.loop)
        self.live.setEnabled(has_data)
        self.live.setChecked(clock.state == FOLLOWING)
        self.speed.show_value(clock.speed, SPEEDS)
        self.speed.setToolTip(tr("Speed: {words} ({factor} real time)", words=speed_words(clock.speed),
                                 factor=factor_words(clock.speed)))
        self.step.show_value(clock.step_ns, STEPS_NS)

    def retranslate(self) -> None:
        for name, words in TRANSPORT.items():
            self.buttons[name].setToolTip(tr(words))
            self.buttons[name].setAccessibleName(tr(words))
        self.loop.setToolTip(tr("Start over at the end"))
        self.loop.setAccessibleName(tr("Start over at the end"))
        self.live.setText(tr("LIVE"))
        self.live.setToolTip(tr("Follow the newest reading"))
        self.step_label.setText(tr("Step"))
        self.step.setToolTip(tr("How far one step goes"))
        self.speed.setAccessibleName(tr("Speed"))
        self.step.setAccessibleName(tr("Step"))
        self.entry.retranslate()
        self.ribbon.retranslate()
        self._shown = None

    def retheme(self) -> None:
        icons = {"first": "to-start", "backward": "step-back", "forward": "step-forward", "last": "to-end"}
        for name, icon in icons.items():
            self.buttons[name].setIcon(theme.icon(icon))
        self.loop.setIcon(theme.icon("loop"))
        self.step_label.setStyleSheet(f"color: {theme.colour('muted', self.session.theme)};")
        self.live.setStyleSheet(live_style(self.session.theme))
        self.entry.retheme()
        self.ribbon.retheme()
        self._shown = None

    def closeEvent(self, event):
        self.ribbon.close_down()
        super().closeEvent(event)


class NumberBox(QComboBox):
    """An editable choice of numbers written as words; `taken(value)` is called with what was chosen or typed."""

    def __init__(self, words, read, parent: QWidget | None = None):
        super().__init__(parent, editable=True)
        self._words, self._read = words, read
        self._value: float = 0.0
        self._choices: tuple = ()
        self._language = ""
        self.taken = lambda value: None
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCompleter(None)
        self.activated.connect(lambda at: self._take(self._choices[at]))
        self.lineEdit().editingFinished.connect(self._typed)

    def show_value(self, value: float, choices: tuple) -> None:
        """Show `value`, offering `choices` (and itself where it is none of them)."""
        choices = choices if value in choices else tuple(sorted({*choices, value}))
        self._value = value
        if (choices, language()) != (self._choices, self._language):
            self._choices, self._language = choices, language()
            self.clear()
            self.addItems([self._words(choice) for choice in choices])
            self._fit()
        self.setCurrentIndex(choices.index(value))
        self.setEditText(self._words(value))
        self.lineEdit().setModified(False)

    def _fit(self) -> None:
        widest = max(self.fontMetrics().horizontalAdvance(self.itemText(i)) for i in range(self.count()))
        self.setFixedWidth(widest + 48)

    def _typed(self) -> None:
        line: QLineEdit = self.lineEdit()
        if not line.isModified():
            return
        line.setModified(False)
        try:
            self._take(self._read(line.text()))
        except Trouble as trouble:
            self.setToolTip(str(trouble))
            self.show_value(self._value, self._choices)

    def _take(self, value: float) -> None:
        self.taken(value)
        self.clearFocus()

    def wheelEvent(self, event):
        event.ignore()                     # a wheel that passes by must not change the clock


def speed_text(speed: float) -> str:
    return f"{speed_words(speed)} · {factor_words(speed)}"


def live_style(scheme: str) -> str:
    """Quiet while off, lit while following."""
    muted, line, accent = (theme.colour(name, scheme) for name in ("muted", "line", "accent"))
    return (f"QToolButton {{ color: {muted}; border: 1px solid {line}; border-radius: 4px; padding: 3px 10px;"
            f" font-weight: 600; }}"
            f"QToolButton:checked {{ color: white; background: {accent}; border-color: {accent}; }}"
            f"QToolButton:disabled {{ color: {line}; }}")
