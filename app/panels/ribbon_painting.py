"""What the time ribbon looks like: band, nights, readings, marks and the playhead."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen, QPolygonF

from app.panels import time_marks
from twin import times
from twin.text import tr

if TYPE_CHECKING:
    from app.panels.ribbon import Ribbon

LABEL_ROW_PX = 15


def paint(ribbon: Ribbon, painter: QPainter) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    band = QRectF(0, 0, ribbon.width(), ribbon.height() - LABEL_ROW_PX)
    _band(ribbon, painter, band)
    if ribbon.has_time:
        painter.save()
        painter.setClipRect(band)
        _nights(ribbon, painter, band)
        _coverage(ribbon, painter, band)
        painter.restore()
        _marks(ribbon, painter, band)
        _playhead(ribbon, painter, band)
    if not ribbon.has_data:
        painter.setPen(ribbon.ink("muted"))
        painter.drawText(band, Qt.AlignmentFlag.AlignCenter, tr("No time series in this project"))


def _band(ribbon: Ribbon, painter: QPainter, band: QRectF) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ribbon.ink("hover"))
    painter.drawRoundedRect(band, 4, 4)


def _nights(ribbon: Ribbon, painter: QPainter, band: QRectF) -> None:
    for start, end, dark in ribbon.nights():
        painter.fillRect(QRectF(ribbon.x_of(start), band.top(), ribbon.x_of(end) - ribbon.x_of(start), band.height()),
                         ribbon.ink("text", 0.10 * dark))


def _coverage(ribbon: Ribbon, painter: QPainter, band: QRectF) -> None:
    counts, edges = ribbon.coverage.counts, ribbon.coverage.edges_ns
    if not len(counts) or not counts.any():
        return
    heights = np.where(counts > 0, 2.0 + (band.height() - 6.0) * counts / counts.max(), 0.0)
    ink = ribbon.ink("accent", 0.42)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    for left, right, height in zip(edges, edges[1:], heights):
        if height:
            x = ribbon.x_of(int(left))
            painter.fillRect(QRectF(x, band.bottom() - height, ribbon.x_of(int(right)) - x, height), ink)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)


def _marks(ribbon: Ribbon, painter: QPainter, band: QRectF) -> None:
    zone, (lo, hi) = ribbon.session.document.time_zone, ribbon.view_ns
    step = time_marks.step_for(hi - lo, ribbon.width())
    metrics, until = QFontMetricsF(ribbon.font()), -10.0
    for mark in time_marks.marks(lo, hi, step, zone):
        x, day = ribbon.x_of(mark), step < times.DAY and time_marks.begins_day(mark, zone)
        painter.setPen(QPen(ribbon.ink("line"), 1.5 if day else 1))
        painter.drawLine(QPointF(x, band.bottom() - (band.height() if day else 5)), QPointF(x, band.bottom() + 2))
        words = time_marks.mark_label(mark, step, zone)
        wide = metrics.horizontalAdvance(words)
        left = max(0.0, min(ribbon.width() - wide, x - wide / 2))
        if left > until + 8:
            painter.setPen(ribbon.ink("text" if day else "muted"))
            painter.drawText(QPointF(left, ribbon.height() - 2), words)
            until = left + wide


def _playhead(ribbon: Ribbon, painter: QPainter, band: QRectF) -> None:
    if ribbon.hover_x is not None:
        painter.setPen(QPen(ribbon.ink("muted", 0.6), 1))
        painter.drawLine(QPointF(ribbon.hover_x, band.top()), QPointF(ribbon.hover_x, band.bottom()))
    now = ribbon.session.clock.now_ns
    if not now:
        return
    if not ribbon.view_ns[0] <= now <= ribbon.view_ns[1]:
        _outside(ribbon, painter, band, before=now < ribbon.view_ns[0])
        return
    x = max(1.0, min(ribbon.width() - 1.0, ribbon.x_of(now)))
    painter.setPen(QPen(ribbon.ink("accent"), 2))
    painter.drawLine(QPointF(x, band.top()), QPointF(x, band.bottom() + 2))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ribbon.ink("accent"))
    painter.drawPolygon(QPolygonF([QPointF(x - 5, 0), QPointF(x + 5, 0), QPointF(x + 5, 4), QPointF(x, 9),
                                   QPointF(x - 5, 4)]))


def _outside(ribbon: Ribbon, painter: QPainter, band: QRectF, before: bool) -> None:
    """An arrow at the edge beyond which now lies."""
    edge, inward = (1.0, 8.0) if before else (ribbon.width() - 1.0, -8.0)
    middle = band.center().y()
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ribbon.ink("accent"))
    painter.drawPolygon(QPolygonF([QPointF(edge, middle), QPointF(edge + inward, middle - 6),
                                   QPointF(edge + inward, middle + 6)]))
