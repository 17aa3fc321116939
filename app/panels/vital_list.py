"""The signs of a zone as a list: level by colour and shape, value, course of the day, trend, sensors that report."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from PySide6.QtCore import QAbstractListModel, QModelIndex, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate

from app import theme
from layers.verdict_colors import SHAPES, level_colors
from twin.text import tr
from twin.vitals.verdict import LEVELS, WORDS

ROW_PX, HEADING_PX, SPARK_PX, MARGIN = 46, 30, 84, 12
ARROWS = {1: "↗", 0: "→", -1: "↘"}
STEADY = 0.02                                    # of the first threshold: less is no trend


@dataclass(frozen=True)
class Line:
    """One row. A heading has no `sign`. `word` instead of the level's own; `spark` (n,) f4 is the course, `now` (0..1)
    the clock's place in it. With an `other` instant that stands in its place.
    """

    title: str
    sign: str = ""
    value: str = ""
    unit: str = ""
    level: int = 0
    trend: int | None = None
    online: str = ""
    remark: str = ""
    spark: np.ndarray | None = field(default=None, compare=False)
    course_steps: int = 0                        # of the course that are known: a row with more of it is another row
    now: float = 0.0
    word: str = ""
    other: tuple[int, str, str] | None = None    # of the second instant: level, value, and how much more there is now

    def said(self) -> str:
        return self.word or tr(WORDS[LEVELS[self.level]])


def said_in(line: Line, metrics: QFontMetrics, width_px: int) -> str:
    """Level, sensors that report, and a remark; where room is short the words give way and the sensors stay."""
    cut, online = Qt.TextElideMode.ElideRight, f" · {line.online}" if line.online else ""
    told = metrics.elidedText(line.said(), cut, max(0, width_px - metrics.horizontalAdvance(online))) + online
    left = width_px - metrics.horizontalAdvance(told + " · ")
    remark = metrics.elidedText(line.remark, cut, left) if line.remark and left > 0 else ""
    return f"{told} · {remark}" if remark else told


class VitalModel(QAbstractListModel):
    def __init__(self, parent=None):
        super().__init__(parent)
        self.lines: list[Line] = []

    def show(self, lines: list[Line]) -> None:
        """Rows that stay are kept where they are, so that selection and scroll stay too."""
        if [x.sign or x.title for x in lines] != [x.sign or x.title for x in self.lines]:
            self.beginResetModel()
            self.lines = lines
            self.endResetModel()
            return
        differ = [n for n, (a, b) in enumerate(zip(lines, self.lines)) if a != b]
        self.lines = lines
        if differ:
            self.dataChanged.emit(self.index(differ[0]), self.index(differ[-1]))

    def rowCount(self, parent=QModelIndex()):  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self.lines)

    def data(self, index, role=Qt.ItemDataRole.DisplayRole):
        line = self.lines[index.row()]
        if role == Qt.ItemDataRole.UserRole:
            return line
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            level = line.said() if line.sign else ""
            other = "B {1}, Δ {2}".format(*line.other) if line.other else ""
            return ", ".join(filter(None, (line.title, f"{line.value} {line.unit}".strip(), level, line.remark, other)))
        return None

    def flags(self, index):
        line = self.lines[index.row()]
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable if line.sign else Qt.ItemFlag.NoItemFlags


class VitalDelegate(QStyledItemDelegate):
    """Two lines: name and value; below, in words, the level and how many sensors report, with the day's course."""

    def __init__(self, parent=None):
        super().__init__(parent)
        self.theme = "light"

    def sizeHint(self, option, index):
        line = index.data(Qt.ItemDataRole.UserRole)
        return QSize(240, ROW_PX if line.sign else HEADING_PX)

    def paint(self, painter: QPainter, option, index) -> None:
        line: Line = index.data(Qt.ItemDataRole.UserRole)
        painter.save()
        box = QRectF(option.rect)
        if not line.sign:
            self._heading(painter, box, line)
        else:
            if option.state & (QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver):
                chosen = option.state & QStyle.StateFlag.State_Selected
                painter.fillRect(box, QColor(theme.colour("selected" if chosen else "hover", self.theme)))
            self._sign(painter, box, line)
        painter.restore()

    def _heading(self, painter: QPainter, box: QRectF, line: Line) -> None:
        painter.setPen(QColor(theme.colour("muted", self.theme)))
        font = painter.font()
        font.setBold(True)
        font.setPointSizeF(font.pointSizeF() * 0.92)
        painter.setFont(font)
        painter.drawText(box.adjusted(MARGIN, 8, -MARGIN, 0), Qt.AlignmentFlag.AlignVCenter, line.title)

    def _sign(self, painter: QPainter, box: QRectF, line: Line) -> None:
        ink, muted = (QColor(theme.colour(name, self.theme)) for name in ("text", "muted"))
        tone = QColor(*map(int, level_colors(self.theme)[line.level]))
        upper = QRectF(box.left() + MARGIN, box.top() + 5, box.width() - 2 * MARGIN, 18)
        lower = QRectF(upper.left() + 22, box.top() + 24, upper.width() - 22, 16)
        painter.setPen(tone)
        painter.drawText(QRectF(upper.left(), upper.top(), 18, 18), Qt.AlignmentFlag.AlignCenter, SHAPES[line.level])
        metrics = painter.fontMetrics()
        value = " ".join(filter(None, (line.value, line.unit, ARROWS.get(line.trend, ""))))
        width = metrics.horizontalAdvance(value) + 4
        painter.setPen(ink if line.value != "—" else muted)
        painter.drawText(upper, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, value)
        painter.setPen(ink)
        room = upper.adjusted(22, 0, -width - 8, 0)
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter,
                         metrics.elidedText(line.title, Qt.TextElideMode.ElideRight, int(room.width())))
        painter.setPen(muted)
        beside = self._other(painter, lower, line, ink, muted)
        if not beside and line.spark is not None:
            beside = SPARK_PX + 8
        painter.setPen(muted)
        room = lower.adjusted(0, 0, -beside, 0)
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter,
                         said_in(line, metrics, int(room.width())))
        if line.other:
            return
        spark = QRectF(lower.right() - SPARK_PX, lower.top() + 1, SPARK_PX, lower.height() - 2)
        self._spark(painter, spark, line, muted, tone)

    def _other(self, painter: QPainter, box: QRectF, line: Line, ink: QColor, muted: QColor) -> int:
        """At the right the second instant's level and value, and the difference; how wide that is."""
        if line.other is None:
            return 0
        level, value, change = line.other
        right, metrics = box.right(), painter.fontMetrics()
        parts = ((f"Δ {change}", ink), (f"B {value}   ", muted),
                 (f"{SHAPES[level]} ", QColor(*map(int, level_colors(self.theme)[level]))))
        for words, tone in parts:
            wide = metrics.horizontalAdvance(words)
            painter.setPen(tone)
            painter.drawText(QRectF(right - wide, box.top(), wide, box.height()),
                             Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, words)
            right -= wide
        return int(box.right() - right) + 10

    def _spark(self, painter: QPainter, box: QRectF, line: Line, ink: QColor, tone: QColor) -> None:
        """The day from midnight to midnight, gaps as gaps, and where the clock stands."""
        if line.spark is None or not np.isfinite(line.spark).any():
            return
        low, high = float(np.nanmin(line.spark)), float(np.nanmax(line.spark))
        share = (line.spark - low) / (high - low) if high > low else np.full(len(line.spark), 0.5)
        x = box.left() + np.linspace(0.0, box.width(), len(share))
        y = box.bottom() - share * box.height()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(ink, 1.2))
        known = np.flatnonzero(np.isfinite(y))
        for run in np.split(known, np.flatnonzero(np.diff(known) > 1) + 1):
            painter.drawPolyline(QPolygonF([QPointF(float(x[k]), float(y[k])) for k in run]))
        at = box.left() + line.now * box.width()
        painter.setPen(QPen(tone, 1.6))
        painter.drawLine(QPointF(at, box.top() - 1), QPointF(at, box.bottom() + 1))


class VitalList(QListView):
    def __init__(self, parent=None):
        super().__init__(parent)
        self.lines = VitalModel(self)
        self.setModel(self.lines)
        self.painting = VitalDelegate(self)
        self.setItemDelegate(self.painting)
        self.setMouseTracking(True)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def show_lines(self, lines: list[Line]) -> None:
        """The chosen sign stays chosen where it is still there."""
        chosen = self.chosen()
        self.lines.show(lines)
        if chosen and self.chosen() != chosen:
            self.choose(chosen)

    def chosen(self) -> str:
        """Id of the chosen sign; "" = none."""
        at = self.currentIndex()
        return self.lines.lines[at.row()].sign if at.isValid() and at.row() < len(self.lines.lines) else ""

    def choose(self, sign: str) -> None:
        row = next((n for n, x in enumerate(self.lines.lines) if x.sign == sign), -1)
        if row >= 0:
            self.setCurrentIndex(self.lines.index(row))

    def resizeEvent(self, event) -> None:
        """What was chosen stays in sight when the sign that is opened below takes its room."""
        super().resizeEvent(event)
        if event.size().height() < event.oldSize().height() and self.currentIndex().isValid():
            self.scrollTo(self.currentIndex())

    def retheme(self, name: str) -> None:
        self.painting.theme = name
        self.viewport().update()


def trend_of(change: float, first_limit: float) -> int | None:
    """1 up, 0 steady, -1 down; None where it is not known."""
    if not np.isfinite(change):
        return None
    return 0 if abs(change) <= STEADY * max(abs(first_limit), 1e-9) else (1 if change > 0 else -1)
