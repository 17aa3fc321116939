"""The legend of the layer, painted by Qt from the same value that the scene paints."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QShortcut
from PySide6.QtWidgets import QLineEdit, QSizePolicy, QWidget

from app import theme
from app.panels.color_editors import ramp_image
from layers.legend import Legend, counted
from twin.text import tr

LINE_PX = 20
MOST_ENTRIES = 24
WORDS_PX = 20                              # where an entry's words begin


class LegendView(QWidget):
    """`show_legend(legend or None)`; nothing is shown, and no room taken, without one.

    The owner may set `recolor(key, colour)` and `relabel(key, words)`: then a click on an entry's colour asks for
    another, one on its words lets one write others, and a right click calls both with "". `key`: see `Legend`.
    """

    def __init__(self, scheme: str, parent: QWidget | None = None):
        super().__init__(parent)
        self.legend: Legend | None = None
        self.recolor: Callable[[str, str], None] | None = None
        self.relabel: Callable[[str, str], None] | None = None
        self._line: QLineEdit | None = None
        self.scheme = scheme
        self.whole = False                           # every class of a long legend, not its first ones
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.hide()

    def show_legend(self, legend: Legend | None, scheme: str) -> None:
        if (legend, scheme) == (self.legend, self.scheme):
            return
        self._end()
        if legend is None or self.legend is None or legend.title != self.legend.title:
            self.whole = False
        self.legend, self.scheme = legend, scheme
        self.setVisible(legend is not None)
        self.setFixedHeight(self._needed() if legend else 0)
        self.update()

    def _needed(self) -> int:
        lines = 1 + (2 if self.legend.ramp else 0) + len(self._entries()) + bool(self.legend.note)
        return lines * LINE_PX + 4

    def _entries(self) -> list[tuple[tuple[int, int, int], str]]:
        entries = list(self.legend.entries)
        if len(entries) > MOST_ENTRIES and not self.whole:
            left = len(entries) - MOST_ENTRIES + 1
            entries = [*entries[:MOST_ENTRIES - 1], ((150, 150, 150), tr("and {n} more", n=left))]
        return entries + ([self.legend.missing] if self.legend.missing else [])

    @property
    def changeable(self) -> bool:
        return self.recolor is not None or self.relabel is not None

    def entry_at(self, y: float) -> int | None:
        """The number of the class under a height of the widget, where it can be changed."""
        if not self.changeable or self.legend is None or self.legend.ramp:
            return None
        row = int(y // LINE_PX) - 1
        return row if 0 <= row < self._listed() else None

    def _list_all(self) -> None:
        self.whole = True
        self.setFixedHeight(self._needed())
        self.update()

    def _listed(self) -> int:
        """How many classes have a line of their own."""
        count = len(self.legend.entries)
        return count if self.whole or count <= MOST_ENTRIES else MOST_ENTRIES - 1

    def is_more(self, y: float) -> bool:
        """Whether the line at a height says how many classes are left out; a click on it lists them."""
        return bool(self.legend and not self.legend.ramp and self._listed() < len(self.legend.entries)
                    and int(y // LINE_PX) - 1 == self._listed())

    def key(self, row: int) -> str:
        return self.legend.keys[row] if self.legend.keys else self.legend.entries[row][1]

    def words(self, key: str) -> str:
        """What an entry is called, without how many there are; a code where it is none of them."""
        row = next((row for row in range(len(self.legend.entries)) if self.key(row) == key), None)
        if row is None:
            return key
        count = self.legend.counts[row] if row < len(self.legend.counts) else None
        return self.legend.entries[row][1].removesuffix("" if count is None else counted("", count))

    def mouseMoveEvent(self, event):
        found, more = self.entry_at(event.position().y()) is not None, self.is_more(event.position().y())
        self.setCursor(Qt.CursorShape.PointingHandCursor if found or more else Qt.CursorShape.ArrowCursor)
        self.setToolTip(self._what_a_click_does() if found else tr("Click: show all") if more else "")

    def _what_a_click_does(self) -> str:
        return tr("Click: other words. Right click: back to automatic.") if self.recolor is None else tr(
            "Click on the colour: another one. On the words: others. Right click: back to automatic.")

    def mousePressEvent(self, event):
        if self.is_more(event.position().y()):
            self._list_all()
            return
        row = self.entry_at(event.position().y())
        if row is None:
            return
        if event.button() == Qt.MouseButton.RightButton:
            for edit in filter(None, (self.recolor, self.relabel)):
                edit(self.key(row), "")
        elif event.button() == Qt.MouseButton.LeftButton:
            self.edit(row, words=event.position().x() >= WORDS_PX)

    def edit(self, row: int, words: bool) -> None:
        """Ask for another colour of an entry, or for other words; for what there is to edit, where it has one only."""
        if self.relabel is not None and (words or self.recolor is None):
            if row >= self._listed():
                self._list_all()
            self._write(row)
        elif self.recolor is not None:
            self.recolor(self.key(row), QColor(*self.legend.entries[row][0][:3]).name())

    def _write(self, row: int) -> None:
        """Other words for an entry, written in its place; Escape leaves them."""
        self._end()
        line = self._line = QLineEdit(self.legend.entries[row][1], self)
        line.setStyleSheet("padding: 0 3px; min-height: 0;")         # as high as a line of the legend: nothing is cut
        line.setGeometry(WORDS_PX - 4, (row + 1) * LINE_PX, self.width() - WORDS_PX + 4, LINE_PX)
        key = self.key(row)
        line.editingFinished.connect(lambda: self._written(line, key))
        QShortcut(Qt.Key.Key_Escape, line, self._end, context=Qt.ShortcutContext.WidgetShortcut)
        line.selectAll()
        line.show()
        line.setFocus()

    def _written(self, line: QLineEdit, key: str) -> None:
        if line is self._line:
            words, changed = line.text().strip(), line.isModified()
            self._end()
            if changed and self.relabel is not None:
                self.relabel(key, words)

    def _end(self) -> None:
        line, self._line = self._line, None
        if line is not None:
            line.hide()
            line.deleteLater()

    def paintEvent(self, event):
        if not self.legend:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        y = self._title(painter)
        y = self._ramp(painter, y) if self.legend.ramp else y
        for color, words in self._entries():
            self._entry(painter, y, QColor(*color[:3]), words)
            y += LINE_PX
        if self.legend.note:
            self._words(painter, 0, y, self.legend.note, "muted")

    def _title(self, painter: QPainter) -> int:
        self._words(painter, 0, 0, self.title_words(), "text")
        return LINE_PX

    def title_words(self) -> str:
        """As wide as there is room: the name is cut, the unit never."""
        unit, metrics = f" ({self.legend.unit})" if self.legend.unit else "", QFontMetricsF(self.font())
        room = self.width() - metrics.horizontalAdvance(unit)
        return metrics.elidedText(self.legend.title, Qt.TextElideMode.ElideRight, room) + unit

    def _ramp(self, painter: QPainter, y: int) -> int:
        legend = self.legend
        bar = QRectF(0, y + 4, self.width(), 10)
        stops = np.asarray(legend.ramp, np.float64)[:, :3]
        at = np.linspace(0, len(stops) - 1, 256)
        smooth = np.stack([np.interp(at, np.arange(len(stops)), stops[:, c]) for c in range(3)], axis=1)
        painter.drawImage(bar, ramp_image(smooth.round().astype(np.uint8), 1))
        metrics = QFontMetricsF(self.font())
        spread = legend.high - legend.low
        low, high = legend.ends(lambda value: tick_words(value, spread))
        for share, words in ((0.0, low), (0.5, tick_words(legend.low + spread / 2, spread)), (1.0, high)):
            left = share * (self.width() - metrics.horizontalAdvance(words))
            self._words(painter, left, y + LINE_PX, words, "muted")
        return y + 2 * LINE_PX

    def _entry(self, painter: QPainter, y: int, color: QColor, words: str) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        painter.drawRoundedRect(QRectF(0, y + 4, 12, 12), 3, 3)
        self._words(painter, WORDS_PX, y, words, "text")

    def _words(self, painter: QPainter, x: float, y: float, words: str, ink: str) -> None:
        room = QRectF(x, y, self.width() - x, LINE_PX)
        painter.setPen(QColor(theme.colour(ink, self.scheme)))
        short = QFontMetricsF(self.font()).elidedText(words, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, short)


def tick_words(value: float, spread: float) -> str:
    """As many decimals as the spread of the scale asks for."""
    decimals = max(0, min(6, 2 - int(np.floor(np.log10(abs(spread)))))) if spread else 2
    words = f"{value:,.{decimals}f}"
    return words.rstrip("0").rstrip(".") if "." in words else words
