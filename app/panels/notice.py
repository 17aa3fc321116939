"""Notices above the view: one line each, with what can be done about it. Nothing waits for them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from app import theme
from twin.text import tr

MOST = 3
Ways = tuple[tuple[str, Callable[[], None]], ...]


class Notices(QWidget):
    """The newest at the bottom; the oldest goes when there are too many."""

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self.setObjectName("notices")
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(8, 8, 8, 8)
        self.column.setSpacing(4)
        self.shown: list[Notice] = []
        self.hide()

    def tell(self, text: str, tone: str = "note", ways: Ways = ()) -> Notice:
        """`tone` is the icon: "note", "warning" or "error"; `ways` are (label, what it does)."""
        for same in [notice for notice in self.shown if notice.text == text]:
            self.close_notice(same)
        notice = Notice(text, tone, ways, self)
        self.shown.append(notice)
        self.column.addWidget(notice)
        for old in self.shown[:-MOST]:
            self.close_notice(old)
        self.show()
        return notice

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
    def __init__(self, text: str, tone: str, ways: Ways, home: Notices):
        super().__init__(home)
        self.text, self.tone = text, tone
        self.setProperty("role", "notice")
        self.picture, self.words, self.close_button = QLabel(), QLabel(text), QToolButton(autoRaise=True)
        self.words.setWordWrap(True)
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 6, 6)
        row.setSpacing(8)
        row.addWidget(self.picture)
        row.addWidget(self.words, 1)
        self.buttons = []
        for label, act in ways:
            button = QPushButton(label)
            button.setProperty("link", "true")
            button.clicked.connect(lambda _=False, act=act: (home.close_notice(self), act()))
            row.addWidget(button)
            self.buttons.append(button)
        self.close_button.setToolTip(tr("Close"))
        self.close_button.clicked.connect(lambda: home.close_notice(self))
        row.addWidget(self.close_button)
        self.retheme()

    def retheme(self) -> None:
        tint = {"error": "danger", "warning": "warn"}.get(self.tone, "accent")
        self.picture.setPixmap(theme.icon(self.tone, tint).pixmap(18, 18))
        self.close_button.setIcon(theme.icon("close", "muted"))
