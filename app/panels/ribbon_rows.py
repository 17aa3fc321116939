"""Coverage row by row over the time ribbon: which layer, or which zone, has readings when, at a glance."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QToolTip, QWidget

from app.counting import Row
from app.panels.ribbon import Ribbon
from app.panels.ribbon_painting import bars
from twin import times
from twin.text import language, tr

ROW_PX, NAMES_PX = 15, 132
SHARE = 6                                 # of the window's height, that rows may take at most


class CoverageRows(QWidget):
    """As wide as the ribbon and, at its left, the names. What the mouse does on a row, it does on the ribbon; a click
    on the name of a zone lets the ribbon count that zone alone, another one everything again."""

    def __init__(self, ribbon: Ribbon, parent: QWidget | None = None):
        super().__init__(parent)
        self.ribbon = ribbon
        self._shown: tuple | None = None
        self.first = 0                               # the row at the top: the wheel over the names turns on
        self.setMouseTracking(True)

    def refresh(self) -> None:
        rows, session = self.rows(), self.ribbon.session
        self.first = max(0, min(self.first, len(rows) - self.most))
        shown = (self.first, rows, session.counted_zone, language(), session.clock.now_ns, self.most,
                 self.ribbon.coverage.revision, self.ribbon.view_ns, self.width(), session.theme)
        if shown != self._shown:
            self._shown = shown
            lines = min(len(rows), self.most) + (len(rows) > self.most)
            self.setFixedHeight(max(1, lines) * ROW_PX + 2)
            self.update()

    @property
    def most(self) -> int:
        """By the screen too: a window that had to grow for its rows must not ask for more of them."""
        height_px = min(self.window().height(), self.screen().availableGeometry().height())
        return max(4, height_px // SHARE // ROW_PX)

    def rows(self) -> tuple[Row, ...]:
        """In the order of the coverage; in their own as long as they are being counted."""
        question = self.ribbon.counting.question
        counted = self.ribbon.coverage.question is question
        return tuple(question.rows[n] for n in question.order) if counted else question.rows

    def counts(self) -> np.ndarray:
        """(rows, bins); nothing as long as these rows are being counted."""
        coverage = self.ribbon.coverage
        return coverage.rows if coverage.question is self.ribbon.counting.question else np.zeros((0, 0))

    # -- the mouse -------------------------------------------------------------------------------------

    def mousePressEvent(self, event):
        x, y = event.position().x(), event.position().y()
        if self._beyond(y):
            self.first = self.first + self.most if self.first + self.most < len(self.rows()) else 0
        elif event.button() == Qt.MouseButton.LeftButton and x < NAMES_PX:
            self._choose(self._row_at(y))
        elif event.button() == Qt.MouseButton.LeftButton and self.ribbon.has_time:
            self._scrub(x)

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
        """Whether that is the line that counts the other rows."""
        return y // ROW_PX >= self.most and len(self.rows()) > self.most

    def _row_at(self, y: float) -> int:
        """-1 = none."""
        line = int(y // ROW_PX)
        return self.first + line if 0 <= line < min(len(self.rows()), self.most) else -1

    def _choose(self, row: int) -> None:
        if row >= 0 and (zone := self.rows()[row]).zone:
            session = self.ribbon.session
            session.counted_zone = "" if session.counted_zone == zone.id else zone.id

    def _scrub(self, x: float) -> None:
        at = self.ribbon.time_at(max(0.0, min(float(self.ribbon.width()), x - NAMES_PX)))
        self.ribbon.session.clock.go_to(self.ribbon.jumps.snapped(at))

    def tip(self, x: float, y: float) -> str:
        """The layer or zone, and how much it has to say about that time."""
        if self._beyond(y):
            return tr("Click here, or turn the wheel over the names, to see the others.")
        if (at := self._row_at(y)) < 0:
            return ""
        row, counts = self.rows()[at], self.counts()
        lines = [row.title(language())]
        if x >= NAMES_PX and at < len(counts):
            time_ns = self.ribbon.time_at(x - NAMES_PX)
            lines += [times.readable(time_ns, self.ribbon.session.document.shown_zone),
                      self.ribbon.coverage.words_at(counts[at], time_ns)]
        if x < NAMES_PX and row.zone:
            chosen = self.ribbon.session.counted_zone == row.id
            lines.append(tr("Click: count everything") if chosen else tr("Click: count this zone alone"))
        if self.ribbon.counting.question.nowhere:
            lines.append(tr("Timetables and rasters lie in no zone and are not counted."))
        return "\n".join(filter(None, lines))

    # -- looks -----------------------------------------------------------------------------------------

    def paintEvent(self, event):
        painter, rows, counts, ribbon = QPainter(self), self.rows(), self.counts(), self.ribbon
        metrics = QFontMetricsF(self.font())
        for at, row in list(enumerate(rows))[self.first:self.first + self.most]:
            band = QRectF(NAMES_PX, (at - self.first) * ROW_PX + 1, ribbon.width(), ROW_PX - 2)
            chosen = row.zone and row.id == ribbon.session.counted_zone
            painter.setPen(ribbon.ink("accent" if chosen else "muted"))
            words = metrics.elidedText(row.title(language()), Qt.TextElideMode.ElideRight, NAMES_PX - 12)
            painter.drawText(QRectF(0, band.top(), NAMES_PX - 10, band.height()),
                             Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip,
                             words)
            painter.fillRect(band, ribbon.ink("hover", 0.6))
            if ribbon.has_time and at < len(counts):
                painter.setClipRect(band)
                bars(painter, band, counts[at], ribbon.coverage.edges_ns,
                     lambda t: NAMES_PX + ribbon.x_of(t), ribbon.ink("accent", 0.6 if chosen else 0.34))
                painter.setClipping(False)
        if len(rows) > self.most:
            painter.setPen(ribbon.ink("muted"))
            painter.drawText(QRectF(0, self.most * ROW_PX, NAMES_PX - 10, ROW_PX), Qt.AlignmentFlag.AlignRight,
                             tr("and {n} more", n=len(rows) - self.most))
        self._playhead(painter)

    def _playhead(self, painter: QPainter) -> None:
        ribbon, now = self.ribbon, self.ribbon.session.clock.now_ns
        if ribbon.has_time and ribbon.view_ns[0] <= now <= ribbon.view_ns[1]:
            x = NAMES_PX + ribbon.x_of(now)
            painter.setPen(QPen(ribbon.ink("accent"), 1.5))
            painter.drawLine(QPointF(x, 0), QPointF(x, self.height()))
