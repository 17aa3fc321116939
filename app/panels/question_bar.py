"""A question within a panel: what it is about, and the answers as buttons."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from twin.text import tr


class QuestionBar(QFrame):
    """`answers`: English words and what they do; the first is meant when Enter is pressed."""

    def __init__(self, answers: dict[str, Callable[[], None]]):
        super().__init__()
        self.setProperty("role", "notice")
        self.words = QLabel(wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.buttons: dict[str, QPushButton] = {}
        column, row = QVBoxLayout(self), QHBoxLayout()
        column.setContentsMargins(12, 8, 12, 8)
        column.addWidget(self.words)
        for answer, act in answers.items():
            button = self.buttons[answer] = QPushButton(default=not self.buttons)
            button.clicked.connect(lambda _, act=act: act())
            row.addWidget(button)
        row.addStretch(1)
        column.addLayout(row)

    def ask(self, *lines: str) -> None:
        """Empty lines are left out."""
        self.words.setText("\n".join(filter(None, lines)))

    def retranslate(self) -> None:
        for words, button in self.buttons.items():
            button.setText(tr(words))


def bring_up(widget: QWidget) -> None:
    """Scroll to what is asked next."""
    around = widget.parentWidget()
    while around is not None and not isinstance(around, QScrollArea):
        around = around.parentWidget()
    if around is not None:
        QTimer.singleShot(0, lambda: around.ensureWidgetVisible(widget))
