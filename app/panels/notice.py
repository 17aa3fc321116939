"""Notices above the view: one line each, with what can be done about it. Nothing waits for them.

Several of one kind are one line that unfolds.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QToolButton, QVBoxLayout, QWidget

from app import theme
from twin.text import tr

MOST = 3
MOST_UNFOLDED_PX = 132                     # of the lines of one notice; beyond it they scroll
ICON_PX = 16
Ways = tuple[tuple[str, Callable[[], None]], ...]
Together = Callable[[int], str]            # what several notices of one kind are called, by their number


class Notices(QWidget):
    """The newest at the bottom; the oldest goes when there are too many."""

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self.setObjectName("notices")
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(8, 4, 8, 4)
        self.column.setSpacing(2)
        self.shown: list[Notice] = []
        self.hide()

    def tell(self, text: str, tone: str = "note", ways: Ways = (), together: Together | None = None) -> Notice:
        """`tone` is the icon: "note", "warning" or "error"; `ways` are (label, what it does). What has the same
        `together` shares one notice.
        """
        for same in [notice for notice in self.shown if text in notice.texts]:
            same.withdraw(text)
        notice = next((n for n in self.shown if together is not None and n.together is together), None)
        if notice is None:
            notice = Notice(tone, together, self)
            self.shown.append(notice)
            self.column.addWidget(notice)
        notice.add(text, tone, ways)
        for old in self.shown[:-MOST]:
            self.close_notice(old)
        self.show()
        return notice

    def withdraw(self, text: str) -> None:
        """What was told is answered, or no longer so."""
        for notice in list(self.shown):
            notice.withdraw(text)

    def close_notice(self, notice: Notice) -> None:
        if notice in self.shown:
            self.shown.remove(notice)
            self.column.removeWidget(notice)
            notice.hide()
            notice.deleteLater()
        self.setVisible(bool(self.shown))

    def clear(self) -> None:
        for notice in list(self.shown):
            self.close_notice(notice)

    def retheme(self) -> None:
        for notice in self.shown:
            notice.retheme()


class Notice(QFrame):
    """One or several `lines`; of several the number is told, and they unfold."""

    def __init__(self, tone: str, together: Together | None, home: Notices):
        super().__init__(home)
        self.tone, self.together, self._home = tone, together, home
        self.lines: list[Line] = []
        self.setProperty("role", "notice")
        self.picture, self.heading = QLabel(), _words("")
        self.fold, self.close_button = QToolButton(autoRaise=True, checkable=True), QToolButton(autoRaise=True)
        self.inside = QWidget()
        self.rows = QVBoxLayout(self.inside)
        self.rows.setContentsMargins(0, 0, 0, 0)
        self.rows.setSpacing(0)
        self.scroll = QScrollArea(widgetResizable=True)
        self.scroll.setFrameShape(QFrame.Shape.NoFrame)
        self.scroll.setWidget(self.inside)
        self.inside.setAutoFillBackground(False)
        self.first = QVBoxLayout()                           # the heading, or the only line
        self._lay_out()
        self.fold.toggled.connect(lambda *_: self._arrange())
        self.close_button.clicked.connect(lambda: home.close_notice(self))
        self.retheme()

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.picture)
        top.addLayout(self.first, 1)
        self.first.addWidget(self.heading)
        top.addWidget(self.fold)
        top.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 2, 4, 2)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(self.scroll)

    texts = property(lambda self: [line.text for line in self.lines])
    text = property(lambda self: self.lines[-1].text)
    buttons = property(lambda self: [button for line in self.lines for button in line.buttons])

    def add(self, text: str, tone: str, ways: Ways) -> None:
        self.lines.append(Line(text, ways, lambda: self.withdraw(text)))
        if tone != "note":
            self.tone = tone
        self._arrange()
        self.retheme()

    def withdraw(self, text: str) -> None:
        """Without a line; the notice goes with its last one."""
        for line in [line for line in self.lines if line.text == text]:
            self.lines.remove(line)
            line.hide()
            line.deleteLater()
        if self.lines:
            self._arrange()
        else:
            self._home.close_notice(self)

    def _arrange(self) -> None:
        several = len(self.lines) > 1
        for line in self.lines:
            (self.rows if several else self.first).addWidget(line)
        self.heading.setText(self.together(len(self.lines)) if several else "")
        self.heading.setVisible(several)
        self.fold.setVisible(several)
        self.scroll.setVisible(several and self.fold.isChecked())
        self.fold.setText(tr("Less") if self.fold.isChecked() else tr("Details"))
        self.scroll.setFixedHeight(min(self.inside.sizeHint().height() + 4, MOST_UNFOLDED_PX))

    def retheme(self) -> None:
        tint = {"error": "danger", "warning": "warn"}.get(self.tone, "accent")
        self.picture.setPixmap(theme.icon(self.tone, tint).pixmap(ICON_PX, ICON_PX))
        self.close_button.setIcon(theme.icon("close", "muted"))
        self.close_button.setToolTip(tr("Close"))


class Line(QWidget):
    def __init__(self, text: str, ways: Ways, answered: Callable[[], None]):
        super().__init__()
        self.text, self.buttons = text, []
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(_words(text), 1)
        for label, act in ways:
            button = QPushButton(label)
            button.setProperty("link", "true")
            button.clicked.connect(lambda _=False, act=act: (answered(), act()))
            row.addWidget(button)
            self.buttons.append(button)


def _words(text: str) -> QLabel:
    label = QLabel(text, wordWrap=True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
