"""The sources of a model's place, one under the other; a click tries one out."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app import theme
from app.panels.passport_words import Line

DOT = "●"
RING = "○"


class CandidateList(QWidget):
    """`tried(source)` is called when a usable source is clicked."""

    def __init__(self, tried: Callable[[str], None], parent: QWidget | None = None):
        super().__init__(parent)
        self.tried = tried
        self.rows: list[CandidateRow] = []
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(2)

    def set_lines(self, lines: list[Line], tried_out: str) -> None:
        """`tried_out` is the source of the preview, "" without one. Rows are kept where their number is the same."""
        while len(self.rows) > len(lines):
            row = self.rows.pop()
            self.column.removeWidget(row)
            row.hide()
            row.deleteLater()
        while len(self.rows) < len(lines):
            self.rows.append(CandidateRow(self))
            self.column.addWidget(self.rows[-1])
        for row, line in zip(self.rows, lines):
            row.show_line(line, line.source == tried_out if tried_out else line.chosen)

    def retheme(self) -> None:
        for row in self.rows:
            row.retheme()


class CandidateRow(QFrame):
    """Name and level, the file's numbers, what they mean here."""

    def __init__(self, home: CandidateList):
        super().__init__(home)
        self.home, self.line, self.marked = home, None, False
        self.mark, self.name, self.level = QLabel(), QLabel(wordWrap=True), QLabel()
        self.numbers, self.standing = QLabel(wordWrap=True), QLabel(wordWrap=True)
        for label in (self.name, self.level, self.numbers, self.standing):
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.numbers.setFont(theme.figures(self.font()))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setObjectName("candidate")
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.name, 1)
        top.addWidget(self.level, 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(1)
        words.addLayout(top)
        words.addWidget(self.numbers)
        words.addWidget(self.standing)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 6, 8, 6)
        row.setSpacing(8)
        row.addWidget(self.mark, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)

    def show_line(self, line: Line, marked: bool) -> None:
        self.line, self.marked = line, marked
        self.mark.setText(DOT if marked else RING)
        self.name.setText(line.name)
        self.level.setText(line.level)
        self.numbers.setText(line.numbers)
        self.standing.setText(line.standing)
        self.standing.setVisible(bool(line.standing))
        self.setAccessibleName(f"{line.name} {line.numbers}")
        self.setCursor(Qt.CursorShape.PointingHandCursor if line.usable else Qt.CursorShape.ArrowCursor)
        self.retheme()

    def retheme(self) -> None:
        usable = self.line is not None and self.line.usable
        c = theme.colour
        fill, hover = (c("selected") if self.marked else "transparent"), c("selected" if self.marked else "hover")
        self.setStyleSheet(
            f"#candidate {{ background: {fill}; border: none; border-radius: 6px; }}"
            f"#candidate:hover, #candidate:focus {{ background: {hover}; }} QLabel {{ background: transparent; }}")
        self.mark.setStyleSheet(f"color: {c('accent' if self.marked else 'strong')};")
        self.name.setStyleSheet(f"font-weight: 600; color: {c('text' if usable else 'muted')};")
        for label in (self.level, self.numbers, self.standing):
            label.setStyleSheet(f"color: {c('muted')};")

    def mouseReleaseEvent(self, event):
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self._try()

    def keyPressEvent(self, event):
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._try()
        else:
            super().keyPressEvent(event)

    def _try(self) -> None:
        if self.line is not None and self.line.usable:
            self.home.tried(self.line.source)
