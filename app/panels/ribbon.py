"""The time ribbon: where data exist, night and day, ticks, and the playhead that is dragged to scrub.

Dragging only moves the clock. It renders nothing: the next frame sees that *now* differs.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from app import theme
from app.panels import time_marks
from app.panels.coverage import Coverage
from app.session import Session
from twin import times
from twin.clock import PLAYING
from twin.sun import sun_at
from twin.text import language, tr

LEAST_SPAN_NS = 10 * times.SECOND
BIN_PX = 3
NIGHT_SAMPLES = 160
MOST_NIGHTS_NS = 45 * times.DAY           # beyond this, nights are hatching and not information
LABEL_ROW_PX = 15


class Ribbon(QWidget):
    """`view_ns` is the visible part of time. Wheel zooms about the cursor, double-click shows everything."""

    def __init__(self, session: Session, parent: QWidget | None = None):
        super().__init__(parent)
        self.session = session
        self.view_ns = (0, 0)
        self.coverage = Coverage()
        self._own_view = False                  # the user zoomed: the data's span no longer decides
        self._play_on = False                   # resume after the drag
        self._last_now = session.clock.now_ns
        self._hover_x: float | None = None
        self._shown: tuple | None = None
        self._nights: tuple[tuple, list[tuple[int, int, float]]] = ((), [])
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(36)
        self.setMinimumWidth(160)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent, False)
        self.retranslate()

    # -- the tick --------------------------------------------------------------------------------------

    def refresh(self) -> None:
        clock, layers = self.session.clock, self.session.sensor_layers()
        self._frame_view()
        bins = max(0, self.width() // BIN_PX) if self.has_time else 0
        fresh = self.coverage.refresh([payload.history for _, payload in layers], self.view_ns, bins)
        shown = (clock.now_ns, clock.state, self.view_ns, self.session.document.time_zone, clock.span_ns, language(),
                 self.session.document.frame)
        if fresh or shown != self._shown:
            self._shown = shown
            self.update()

    def _frame_view(self) -> None:
        """The data's span until the user zooms; after that, turn the page when *now* runs out of it."""
        now, moved = self.session.clock.now_ns, self.session.clock.now_ns != self._last_now
        self._last_now = now
        if not self._own_view:
            self.view_ns = self.home_ns
        lo, hi = self.view_ns
        if self._own_view and moved and now and not lo <= now <= hi:
            shift = now - (lo + (hi - lo) // 10)
            self.view_ns = (lo + shift, hi + shift)

    @property
    def home_ns(self) -> tuple[int, int]:
        """Where data exist and now is; the day around now where there are no data."""
        (start, end), now = self.session.clock.span_ns, self.session.clock.now_ns
        if end > start:
            return (min(start, now), max(end, now)) if now else (start, end)
        return (now - times.DAY // 2, now + times.DAY // 2) if now else (0, 0)

    @property
    def has_time(self) -> bool:
        return self.view_ns[1] > self.view_ns[0]

    @property
    def has_data(self) -> bool:
        start, end = self.session.clock.span_ns
        return end > start

    def retheme(self) -> None:
        self.update()

    def retranslate(self) -> None:
        self.setAccessibleName(tr("Time ribbon"))
        self.update()

    def close_down(self) -> None:
        self.coverage.close()

    # -- places ----------------------------------------------------------------------------------------

    def x_of(self, time_ns: int) -> float:
        lo, hi = self.view_ns
        return (time_ns - lo) / (hi - lo) * self.width()

    def time_at(self, x: float) -> int:
        lo, hi = self.view_ns
        return lo + round(x / max(1, self.width()) * (hi - lo))

    # -- gestures --------------------------------------------------------------------------------------

    def mousePressEvent(self, event):
        if event.button() == Qt.MouseButton.LeftButton and self.has_time:
            self._play_on = self.session.clock.state == PLAYING
            self.session.clock.pause()
            self._scrub(event.position().x())

    def mouseMoveEvent(self, event):
        self._hover_x = event.position().x()
        if event.buttons() & Qt.MouseButton.LeftButton and self.has_time:
            self._scrub(self._hover_x)
        if self.has_time:
            QToolTip.showText(event.globalPosition().toPoint(), self._tip(self.time_at(self._hover_x)), self)
        self.update()

    def mouseReleaseEvent(self, event):
        clock = self.session.clock
        if self._play_on and clock.now_ns < clock.span_ns[1]:
            clock.play()
        self._play_on = False

    def mouseDoubleClickEvent(self, event):
        self._own_view = False
        self._frame_view()
        self.update()

    def leaveEvent(self, event):
        self._hover_x = None
        self.update()

    def wheelEvent(self, event):
        if not self.has_time:
            return
        delta = event.angleDelta()
        if abs(delta.x()) > abs(delta.y()):
            self.pan(-delta.x() / 1200.0)
        else:
            self.zoom(0.8 ** (delta.y() / 120.0), event.position().x())
        event.accept()

    def keyPressEvent(self, event):
        clock, key = self.session.clock, event.key()
        match key:
            case Qt.Key.Key_Left:
                clock.step(-1)
            case Qt.Key.Key_Right:
                clock.step(1)
            case Qt.Key.Key_Home:
                clock.go_to(clock.span_ns[0] or clock.now_ns)
            case Qt.Key.Key_End:
                clock.go_to(clock.span_ns[1] or clock.now_ns)
            case Qt.Key.Key_Plus | Qt.Key.Key_Equal:
                self.zoom(0.8, self.x_of(clock.now_ns))
            case Qt.Key.Key_Minus:
                self.zoom(1.25, self.x_of(clock.now_ns))
            case _:
                super().keyPressEvent(event)

    def zoom(self, factor: float, x: float) -> None:
        """Make the visible span `factor` times as long; the instant at `x` stays where it is."""
        lo, hi = self.view_ns
        home = self.home_ns
        longest = max(home[1] - home[0], LEAST_SPAN_NS)
        span = round(min(longest, max(LEAST_SPAN_NS, (hi - lo) * factor)))
        still = self.time_at(x)
        lo = still - round(span * x / max(1, self.width()))
        lo = max(home[0], min(lo, home[1] - span))
        self.view_ns, self._own_view = (lo, lo + span), span < longest
        self.update()

    def pan(self, share: float) -> None:
        """Move the visible part by a share of its length, within the data."""
        lo, hi = self.view_ns
        home = self.home_ns
        shift = max(home[0] - lo, min(home[1] - hi, round((hi - lo) * share)))
        self.view_ns = (lo + shift, hi + shift)
        self.update()

    def _scrub(self, x: float) -> None:
        self.session.clock.go_to(self.time_at(max(0.0, min(float(self.width()), x))))

    def _tip(self, time_ns: int) -> str:
        words = times.readable(time_ns, self.session.document.time_zone, seconds=self._fine)
        at = int(np.searchsorted(self.coverage.edges_ns, time_ns, side="right")) - 1
        if self.has_data and 0 <= at < len(self.coverage.counts) and not self.coverage.counts[at]:
            return f"{words}\n{tr('No readings here')}"
        return words

    @property
    def _fine(self) -> bool:
        return self.view_ns[1] - self.view_ns[0] < 2 * times.HOUR

    # -- painting --------------------------------------------------------------------------------------

    def paintEvent(self, event):
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        band = QRectF(0, 0, self.width(), self.height() - LABEL_ROW_PX)
        self._paint_band(painter, band)
        if self.has_time:
            painter.save()
            painter.setClipRect(band)
            self._paint_nights(painter, band)
            self._paint_coverage(painter, band)
            painter.restore()
            self._paint_marks(painter, band)
            self._paint_playhead(painter, band)
        if not self.has_data:
            painter.setPen(self._ink("muted"))
            painter.drawText(band, Qt.AlignmentFlag.AlignCenter, tr("No time series in this project"))

    def _ink(self, name: str, alpha: float = 1.0) -> QColor:
        ink = QColor(theme.colour(name, self.session.theme))
        ink.setAlphaF(alpha)
        return ink

    def _paint_band(self, painter: QPainter, band: QRectF) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._ink("hover"))
        painter.drawRoundedRect(band, 4, 4)

    def _paint_nights(self, painter: QPainter, band: QRectF) -> None:
        for start, end, dark in self.nights():
            painter.fillRect(QRectF(self.x_of(start), band.top(), self.x_of(end) - self.x_of(start), band.height()),
                             self._ink("text", 0.10 * dark))

    def nights(self) -> list[tuple[int, int, float]]:
        """(start, end, darkness 0 to 1) of the visible parts where the sun is low over the project."""
        frame, (lo, hi) = self.session.document.frame, self.view_ns
        if not frame.crs or hi - lo > MOST_NIGHTS_NS:
            return []
        if self._nights[0] != (frame, lo, hi):
            lon, lat, _ = frame.to_lonlat([[0.0, 0.0, 0.0]])[0]
            edges = np.linspace(lo, hi, NIGHT_SAMPLES + 1).astype(np.int64)
            dark = [1.0 - sun_at(int(a + b) // 2, lon, lat).daylight for a, b in pairwise(edges)]
            self._nights = ((frame, lo, hi),
                            [(int(a), int(b), d) for a, b, d in zip(edges, edges[1:], dark) if d > 0.02])
        return self._nights[1]

    def _paint_coverage(self, painter: QPainter, band: QRectF) -> None:
        counts, edges = self.coverage.counts, self.coverage.edges_ns
        if not len(counts) or not counts.any():
            return
        heights = np.where(counts > 0, 2.0 + (band.height() - 6.0) * counts / counts.max(), 0.0)
        ink = self._ink("accent", 0.42)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        for left, right, height in zip(edges, edges[1:], heights):
            if height:
                x = self.x_of(int(left))
                painter.fillRect(QRectF(x, band.bottom() - height, self.x_of(int(right)) - x, height), ink)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)

    def _paint_marks(self, painter: QPainter, band: QRectF) -> None:
        zone, (lo, hi) = self.session.document.time_zone, self.view_ns
        step = time_marks.step_for(hi - lo, self.width())
        metrics, until = QFontMetricsF(self.font()), -10.0
        for mark in time_marks.marks(lo, hi, step, zone):
            x, day = self.x_of(mark), step < times.DAY and time_marks.begins_day(mark, zone)
            painter.setPen(QPen(self._ink("line"), 1.5 if day else 1))
            painter.drawLine(QPointF(x, band.bottom() - (band.height() if day else 5)), QPointF(x, band.bottom() + 2))
            words = time_marks.mark_label(mark, step, zone)
            wide = metrics.horizontalAdvance(words)
            left = max(0.0, min(self.width() - wide, x - wide / 2))
            if left > until + 8:
                painter.setPen(self._ink("text" if day else "muted"))
                painter.drawText(QPointF(left, self.height() - 2), words)
                until = left + wide

    def _paint_playhead(self, painter: QPainter, band: QRectF) -> None:
        if self._hover_x is not None:
            painter.setPen(QPen(self._ink("muted", 0.6), 1))
            painter.drawLine(QPointF(self._hover_x, band.top()), QPointF(self._hover_x, band.bottom()))
        now = self.session.clock.now_ns
        if not now or not self.view_ns[0] <= now <= self.view_ns[1]:
            return
        x = max(1.0, min(self.width() - 1.0, self.x_of(now)))
        painter.setPen(QPen(self._ink("accent"), 2))
        painter.drawLine(QPointF(x, band.top()), QPointF(x, band.bottom() + 2))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._ink("accent"))
        painter.drawPolygon(QPolygonF([QPointF(x - 5, 0), QPointF(x + 5, 0), QPointF(x + 5, 4), QPointF(x, 9),
                                       QPointF(x - 5, 4)]))
