"""A collapsible part of the inspector: a quiet heading with an arrow, and a body."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSizePolicy, QToolButton, QVBoxLayout, QWidget


class Section(QWidget):
    def __init__(self, body: QWidget, parent: QWidget | None = None):
        super().__init__(parent)
        self.body = body
        self.button = QToolButton(autoRaise=True, checkable=True, checked=True)
        self.button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.button.toggled.connect(self._toggle)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.button)
        column.addWidget(body)
        self._toggle(True)

    def name(self, words: str) -> None:
        self.button.setText(words)
        self.button.setAccessibleName(words)

    @property
    def open(self) -> bool:
        return self.button.isChecked()

    def _toggle(self, open_: bool) -> None:
        self.button.setArrowType(Qt.ArrowType.DownArrow if open_ else Qt.ArrowType.RightArrow)
        self.body.setVisible(open_)

    def retheme(self, muted: str, text: str) -> None:
        self.button.setStyleSheet(f"QToolButton {{ color: {muted}; border: none; background: transparent;"
                                  f" font-weight: 600; padding: 2px 0; text-align: left; }}"
                                  f"QToolButton:hover {{ color: {text}; }}")
