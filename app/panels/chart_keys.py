"""Beside the charts: what each colour stands for and what it says now."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetrics, QPainter, QPixmap
from PySide6.QtWidgets import QAbstractItemView, QFrame, QTreeWidget, QTreeWidgetItem

from app import theme
from app.charted import Line
from app.panels import facts
from app.panels.chart import COLORS
from twin.text import tr

KEY_PX = 20                                # of a name's column about its words and its dot
KEPT = 12                                  # letters of what names have in common before where they differ


def color_of(number: int, scheme: str) -> str:
    """The same hues again after eight, darker or lighter each round."""
    hues = COLORS[scheme]
    hue = QColor(hues[number % len(hues)])
    round_ = number // len(hues)
    return (hue.darker(100 + 25 * round_) if scheme == "light" else hue.lighter(100 + 15 * round_)).name()


class ChartKeys(QTreeWidget):
    """`removed(layer, row)` for Delete on a key."""

    def __init__(self):
        super().__init__()
        self.removed = lambda item: None
        self.lines: tuple[Line, ...] = ()
        self.setColumnCount(2)
        self.setHeaderHidden(True)
        self.setRootIsDecorated(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setIconSize(QSize(10, 10))
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.header().sectionResized.connect(self._shorten)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.header().setStretchLastSection(False)
        self.header().setSectionResizeMode(0, self.header().ResizeMode.Stretch)
        self.header().setSectionResizeMode(1, self.header().ResizeMode.ResizeToContents)
        self.setFixedWidth(264)

    def show_lines(self, lines: tuple[Line, ...], scheme: str) -> None:
        self.lines = lines
        self.clear()
        for number, line in enumerate(lines):
            item = QTreeWidgetItem([line.name, ""])
            item.setIcon(0, _dot(color_of(number, scheme)))
            suspect = "\n" + tr("{n} suspect readings", n=len(line.suspects[0])) if len(line.suspects[0]) else ""
            item.setToolTip(0, line.name + suspect)
            item.setTextAlignment(1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            item.setForeground(1, QBrush(QColor(theme.colour("muted", scheme))))
            self.addTopLevelItem(item)
        self._shorten(0, 0, self.columnWidth(0))

    def show_now(self, now_ns: int) -> None:
        for number, line in enumerate(self.lines):
            reading = facts.reading_at((line.instants, line.values), now_ns, line.stale_secs)
            held = not np.isnan(reading.value) and reading.state == "ok"
            sign = "+" if line.difference else ""
            self.topLevelItem(number).setText(
                1, f"{reading.value:{sign}.5g} {line.unit}".strip() if held else facts.MISSING)

    def _shorten(self, column: int, _before: int, width: int) -> None:
        """Names as the column has room for them."""
        if column == 0:
            room = width - self.iconSize().width() - KEY_PX
            short = told_apart([line.name for line in self.lines], self.fontMetrics(), room)
            for number, words in enumerate(short[:self.topLevelItemCount()]):
                self.topLevelItem(number).setText(0, words)

    def keyPressEvent(self, event):
        chosen = self.indexOfTopLevelItem(self.currentItem()) if self.currentItem() else -1
        if event.key() == Qt.Key.Key_Delete and chosen >= 0:
            self.removed((self.lines[chosen].layer, self.lines[chosen].row))
        else:
            super().keyPressEvent(event)


def told_apart(names: list[str], metrics: QFontMetrics, room_px: int) -> list[str]:
    """As much of each name as there is room for; names that would look alike lose what they begin with in common."""
    middle = [metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, room_px) for name in names]
    return [short if len(alike := {n for n, s in zip(names, middle) if s == short}) < 2
            else _from_where_they_differ(name, alike, metrics, room_px) for name, short in zip(names, middle)]


def _from_where_they_differ(name: str, alike: set[str], metrics: QFontMetrics, room_px: int) -> str:
    same = next((n for n, signs in enumerate(zip(*alike)) if len(set(signs)) > 1), min(map(len, alike)))
    first = max(name.rfind(" ", 0, same) + 1, same - KEPT)          # the whole word, where it is not long
    while first < same and metrics.horizontalAdvance(f"…{name[first:same + 1]}…") > room_px:      # Chinese is wide
        first += 1
    return metrics.elidedText("…" + name[first:], Qt.TextElideMode.ElideRight, room_px)


def _dot(color: str) -> QPixmap:
    out = QPixmap(10, 10)
    out.fill(Qt.GlobalColor.transparent)
    painter = QPainter(out)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(color))
    painter.drawEllipse(1, 1, 8, 8)
    painter.end()
    return out
