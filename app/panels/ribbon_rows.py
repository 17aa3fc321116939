"""Coverage layer by layer, in rows over the time ribbon: which layer has readings when, at a glance."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QToolTip, QWidget

from app.panels import time_marks
from app.panels.ribbon import Ribbon
from app.panels.ribbon_painting import bars
from twin import times
from twin.text import language, tr

ROW_PX, NAMES_PX = 15, 132
SHARE = 6                                 # of the window's height, that rows may take at most


class LayerRows(QWidget):
    """As wide as the ribbon and, at its left, the names. What the mouse does on a row, it does on the ribbon."""

    def __init__(self, ribbon: Ribbon, parent: QWidget | None = None):
        super().__init__(parent)
        self.ribbon = ribbon
        self._shown: tuple | None = None
        self.first = 0                               # the row at the top: the wheel over the names turns on
        self.setMouseTracking(True)

    def refresh(self) -> None:
        layers, session = self.layers(), self.ribbon.session
        self.first = max(0, min(self.first, len(layers) - self.most))
        shown = (self.first, tuple(id for id, _ in layers), session.document, language(), session.clock.now_ns,
                 self.most, self.ribbon.coverage.revision, self.ribbon.view_ns, self.width(), session.theme)
        if shown != self._shown:
            self._shown = shown
            rows = min(len(layers), self.most) + (len(layers) > self.most)
            self.setFixedHeight(max(1, rows) * ROW_PX + 2)
            self.update()

    @property
    def most(self) -> int:
        """By the screen too: a window that had to grow for its rows must not ask for more of them."""
        height_px = min(self.window().height(), self.screen().availableGeometry().height())
        return max(4, height_px // SHARE // ROW_PX)

    def layers(self) -> list[tuple[str, str]]:
        """(id, title) of the layers that have readings, in the order in which the coverage counts them."""
        session = self.ribbon.session
        return [(id, session.document.layer(id).title(language())) for id, _ in session.timed_layers()]

    # -- the mouse -------------------------------------------------------------------------------------

    def mousePressEvent(self, event):
        if self._beyond(event.position().y()):
            self.first = self.first + self.most if self.first + self.most < len(self.layers()) else 0
        elif event.button() == Qt.MouseButton.LeftButton and event.position().x() >= NAMES_PX and self.ribbon.has_time:
            self._scrub(event.position().x())

    def mouseMoveEvent(self, event):
        x, y = event.position().x(), event.position().y()
        if event.buttons() & Qt.MouseButton.LeftButton and x >= NAMES_PX and self.ribbon.has_time:
            self._scrub(x)
        QToolTip.showText(event.globalPosition().toPoint(), self.tip(x, y), self)

    def wheelEvent(self, event):
        if self.ribbon.has_time and event.position().x() >= NAMES_PX:
            share = (event.position().x() - NAMES_PX) / max(1, self.ribbon.width())
            self.ribbon.session.time_view.zoom(0.8 ** (event.angleDelta().y() / 120.0), share)
        elif event.angleDelta().y():
            self.first += -1 if event.angleDelta().y() > 0 else 1       # `refresh` keeps it within the layers
        event.accept()

    def _beyond(self, y: float) -> bool:
        """Whether that is the line that counts the other layers."""
        return y // ROW_PX >= self.most and len(self.layers()) > self.most

    def _scrub(self, x: float) -> None:
        at = self.ribbon.time_at(max(0.0, min(float(self.ribbon.width()), x - NAMES_PX)))
        self.ribbon.session.clock.go_to(self.ribbon.jumps.snapped(at))

    def tip(self, x: float, y: float) -> str:
        """The layer, and how much it has to say about that time."""
        layers, coverage = self.layers(), self.ribbon.coverage
        if self._beyond(y):
            return tr("Click here, or turn the wheel over the names, to see the other layers.")
        if not 0 <= y // ROW_PX < min(len(layers), self.most):
            return ""
        row = self.first + int(y // ROW_PX)
        if x < NAMES_PX or row >= len(coverage.rows):
            return layers[row][1]
        time_ns = self.ribbon.time_at(x - NAMES_PX)
        at = int(np.searchsorted(coverage.edges_ns, time_ns, side="right")) - 1
        count = coverage.rows[row][at] if 0 <= at < len(coverage.counts) else 0
        said = tr("No readings here") if not count else tr(
            "{count} readings in {duration} (bar)", count=f"{max(1, round(count)):,}",
            duration=time_marks.duration_words(int(coverage.edges_ns[at + 1] - coverage.edges_ns[at])))
        return f"{layers[row][1]}\n{times.readable(time_ns, self.ribbon.session.document.shown_zone)}\n{said}"

    # -- looks -----------------------------------------------------------------------------------------

    def paintEvent(self, event):
        painter, layers, ribbon = QPainter(self), self.layers(), self.ribbon
        metrics = QFontMetricsF(self.font())
        for row, (_, title) in list(enumerate(layers))[self.first:self.first + self.most]:
            band = QRectF(NAMES_PX, (row - self.first) * ROW_PX + 1, ribbon.width(), ROW_PX - 2)
            painter.setPen(ribbon.ink("muted"))
            words = metrics.elidedText(title, Qt.TextElideMode.ElideRight, NAMES_PX - 12)
            painter.drawText(QRectF(0, band.top(), NAMES_PX - 10, band.height()),
                             Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip,
                             words)
            painter.fillRect(band, ribbon.ink("hover", 0.6))
            if ribbon.has_time and row < len(ribbon.coverage.rows):
                painter.setClipRect(band)
                bars(painter, band, ribbon.coverage.rows[row], ribbon.coverage.edges_ns,
                     lambda t: NAMES_PX + ribbon.x_of(t), ribbon.ink("accent", 0.34))
                painter.setClipping(False)
        if len(layers) > self.most:
            painter.setPen(ribbon.ink("muted"))
            painter.drawText(QRectF(0, self.most * ROW_PX, NAMES_PX - 10, ROW_PX), Qt.AlignmentFlag.AlignRight,
                             tr("and {n} more", n=len(layers) - self.most))
        self._playhead(painter)

    def _playhead(self, painter: QPainter) -> None:
        ribbon, now = self.ribbon, self.ribbon.session.clock.now_ns
        if ribbon.has_time and ribbon.view_ns[0] <= now <= ribbon.view_ns[1]:
            x = NAMES_PX + ribbon.x_of(now)
            painter.setPen(QPen(ribbon.ink("accent"), 1.5))
            painter.drawLine(QPointF(x, 0), QPointF(x, self.height()))
