"""A small map, north up: what the project shows in grey, and where a file would lie in each of its readings, or its
sensors as dots."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from app import theme

MARGIN = 0.12                              # of the picture around what is seen
DOT_PX, MANY = 4.0, 200                    # of a dot; more than so many are drawn smaller, as a way is
LEAST_PX = 7.0                             # a file smaller than this is marked by a ring


class WhereMap(QWidget):
    """`show_places(boxes, rings, chosen, dots)`: all in local metres; `chosen` is the number of a ring, -1 = none;
    `dots` (n, 2)."""

    def __init__(self, scheme: str, parent: QWidget | None = None):
        super().__init__(parent)
        self.scheme = scheme
        self.boxes: list = []
        self.rings: list[np.ndarray] = []
        self.chosen = -1
        self.dots = np.zeros((0, 2))
        self.setMinimumHeight(160)

    def sizeHint(self) -> QSize:
        return QSize(320, 220)

    def show_places(self, boxes, rings, chosen: int, dots: np.ndarray | None = None) -> None:
        self.boxes, self.rings, self.chosen = list(boxes), list(rings), chosen
        self.dots = np.zeros((0, 2)) if dots is None else dots
        self.update()

    def seen(self) -> QRectF:
        """The part of the plane that is shown: the project and the chosen reading, northing downwards."""
        parts = [np.array([[b[0], b[1]], [b[3], b[4]]]) for b in self.boxes]
        if 0 <= self.chosen < len(self.rings):
            parts.append(self.rings[self.chosen])
        if len(self.dots):
            parts.append(self.dots)
        points = np.concatenate(parts) if parts else np.array([[-1000.0, -1000.0], [1000.0, 1000.0]])
        low, high = points.min(axis=0), points.max(axis=0)
        side = max(*(high - low), 100.0) * (1 + 2 * MARGIN)
        shape = max(self.width(), 1) / max(self.height(), 1)
        wide, tall = (side * max(1.0, shape), side * max(1.0, 1.0 / shape))
        middle = (low + high) / 2
        return QRectF(middle[0] - wide / 2, middle[1] - tall / 2, wide, tall)

    def paintEvent(self, event):
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QColor(theme.colour("field", self.scheme)))
        seen = self.seen()
        px = self.width() / seen.width()

        def at(x: float, y: float) -> QPointF:
            return QPointF((x - seen.left()) * px, self.height() - (y - seen.top()) * px)

        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(128, 128, 128, 60))
        for box in self.boxes:
            painter.drawRect(QRectF(at(box[0], box[4]), at(box[3], box[1])))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for n, ring in enumerate(self.rings):
            if n != self.chosen:
                self._ring(painter, [at(*p) for p in ring], QColor(128, 128, 128), 1.0)
        if 0 <= self.chosen < len(self.rings):
            self._ring(painter, [at(*p) for p in self.rings[self.chosen]],
                       QColor(theme.colour("accent", self.scheme)), 2.0)
        many = len(self.dots) > MANY
        painter.setPen(Qt.PenStyle.NoPen if many else QPen(QColor(theme.colour("field", self.scheme)), 1.0))
        painter.setBrush(QColor(theme.colour("accent", self.scheme)))
        for dot in self.dots:
            painter.drawEllipse(at(*dot), *((DOT_PX / 2,) * 2 if many else (DOT_PX, DOT_PX)))

    def _ring(self, painter: QPainter, points: list[QPointF], color: QColor, width: float) -> None:
        painter.setPen(QPen(color, width))
        outline = QPolygonF(points)
        painter.drawPolygon(outline)
        box = outline.boundingRect()
        if max(box.width(), box.height()) < LEAST_PX:
            painter.drawEllipse(box.center(), LEAST_PX, LEAST_PX)
