"""What the time ribbon looks like: lane of marks, band, nights, readings, what is looked at, and the playheads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen, QPolygonF

from app.panels import time_marks
from app.unread import lost_readings
from twin import times
from twin.clock import INSTANT
from twin.marks import ALARM, WARNING, Mark
from twin.text import tr

if TYPE_CHECKING:
    from app.panels.ribbon import Ribbon

LANE_PX = 11                              # above the band: marks, handles and the heads of the playheads
LABEL_ROW_PX = 17
HEIGHT_PX = LANE_PX + 21 + LABEL_ROW_PX
GROUP_PX = 7                              # marks nearer to each other are drawn as one
MARK_INKS = {WARNING: "warn", ALARM: "danger"}


def paint(ribbon: Ribbon, painter: QPainter) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    band = QRectF(0, LANE_PX, ribbon.width(), ribbon.height() - LABEL_ROW_PX - LANE_PX)
    _band(ribbon, painter, band)
    if ribbon.has_time:
        painter.save()
        painter.setClipRect(band)
        _nights(ribbon, painter, band)
        _coverage(ribbon, painter, band)
        _looked_at(ribbon, painter, band)
        painter.restore()
        _axis(ribbon, painter, band)
        _marks(ribbon, painter, band)
        _overview(ribbon, painter)
        _playheads(ribbon, painter, band)
    if not ribbon.has_data:
        painter.setPen(ribbon.ink("muted"))
        words = (tr("Looking for time series…") if ribbon.session.assets.loading
                 else lost_readings(ribbon.session) or tr("No time series in this project"))
        painter.drawText(band, Qt.AlignmentFlag.AlignCenter, words)


def _band(ribbon: Ribbon, painter: QPainter, band: QRectF) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ribbon.ink("hover"))
    painter.drawRoundedRect(band, 4, 4)


def _nights(ribbon: Ribbon, painter: QPainter, band: QRectF) -> None:
    for start, end, dark in ribbon.nights():
        painter.fillRect(QRectF(ribbon.x_of(start), band.top(), ribbon.x_of(end) - ribbon.x_of(start), band.height()),
                         ribbon.ink("text", 0.10 * dark))


def _coverage(ribbon: Ribbon, painter: QPainter, band: QRectF) -> None:
    bars(painter, band, ribbon.coverage.counts, ribbon.coverage.edges_ns, ribbon.x_of, ribbon.ink("accent", 0.42))


def bars(painter: QPainter, band: QRectF, counts: np.ndarray, edges_ns: np.ndarray, x_of, ink) -> None:
    """Counts as bars that stand on the band's foot; the greatest fills it, and even one reading can be seen."""
    if not len(counts) or not counts.any():
        return
    heights = np.where(counts > 0, 2.0 + (band.height() - 6.0) * counts / counts.max(), 0.0)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    for left, right, height in zip(edges_ns, edges_ns[1:], heights):
        if height:
            x = x_of(int(left))
            painter.fillRect(QRectF(x, band.bottom() - height, x_of(int(right)) - x, height), ink)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)


def _looked_at(ribbon: Ribbon, painter: QPainter, band: QRectF) -> None:
    clock = ribbon.session.clock
    if clock.mode != INSTANT and clock.now_ns:
        left, right = ribbon.x_of(clock.since_ns), ribbon.x_of(clock.now_ns)
        painter.fillRect(QRectF(left, band.top(), right - left, band.height()), ribbon.ink("accent", 0.18))


def _axis(ribbon: Ribbon, painter: QPainter, band: QRectF) -> None:
    zone, (lo, hi) = ribbon.session.document.shown_zone, ribbon.view_ns
    step = time_marks.step_for(hi - lo, ribbon.width())
    metrics, every = QFontMetricsF(ribbon.font()), time_marks.marks(lo, hi, step, zone)
    until = _context(ribbon, painter, metrics, every, step)
    for mark in every:
        x, day = ribbon.x_of(mark), step < times.DAY and time_marks.begins_day(mark, zone)
        painter.setPen(QPen(ribbon.ink("line"), 1.5 if day else 1))
        painter.drawLine(QPointF(x, band.bottom() - (band.height() if day else 5)), QPointF(x, band.bottom() + 2))
        words = time_marks.mark_label(mark, step, zone)
        wide = metrics.horizontalAdvance(words)
        left = max(0.0, min(ribbon.width() - wide, x - wide / 2))
        if left > until + 8:
            painter.setPen(ribbon.ink("text" if day else "muted"))
            painter.drawText(QPointF(left, ribbon.height() - 4), words)
            until = left + wide


def _context(ribbon: Ribbon, painter: QPainter, metrics: QFontMetricsF, every, step: int) -> float:
    """The day or year that the marks leave unsaid, at the left; how far it reaches. Not where another one begins there,
    which says it itself."""
    zone, lo = ribbon.session.document.shown_zone, ribbon.view_ns[0]
    words = time_marks.context_label(lo, step, zone)
    wide = metrics.horizontalAdvance(words)
    near = [m for m in every if ribbon.x_of(m) < wide + 24]
    if not words or any(time_marks.context_label(m, step, zone) != words for m in near):
        return -10.0
    painter.setPen(ribbon.ink("text"))
    painter.drawText(QPointF(0.0, ribbon.height() - 4), words)
    return wide


# -- marks ------------------------------------------------------------------------------------------------


def _marks(ribbon: Ribbon, painter: QPainter, band: QRectF) -> None:
    """What lasts as a line, instants as a diamond or a bookmark; those on one another as one, the gravest on top."""
    painter.setPen(Qt.PenStyle.NoPen)
    for group in grouped(ribbon.marks(), ribbon.x_of):
        for mark in group:
            if mark.end_ns:
                left, right = max(0.0, ribbon.x_of(mark.time_ns)), ribbon.x_of(mark.end_ns)
                painter.fillRect(QRectF(left, band.top() - 3, max(2.0, right - left), 2),
                                 _mark_ink(ribbon, mark, 0.7))
        gravest = max(group, key=lambda m: m.level)
        x = ribbon.x_of(gravest.time_ns)
        if 0 <= x <= ribbon.width():
            painter.setBrush(_mark_ink(ribbon, gravest))
            painter.drawPolygon(_shape(gravest, x))


def grouped(marks: tuple[Mark, ...], x_of) -> list[list[Mark]]:
    """Neighbours that would be drawn on one another, together."""
    out: list[list[Mark]] = []
    for mark in marks:
        if out and x_of(mark.time_ns) - x_of(out[-1][0].time_ns) < GROUP_PX:
            out[-1].append(mark)
        else:
            out.append([mark])
    return out


def _mark_ink(ribbon: Ribbon, mark: Mark, alpha: float = 1.0):
    return ribbon.ink(MARK_INKS.get(mark.level, "muted"), alpha)


def _shape(mark: Mark, x: float) -> QPolygonF:
    if mark.kind == "bookmark":
        return QPolygonF([QPointF(x - 3, 0), QPointF(x + 3, 0), QPointF(x + 3, 8), QPointF(x, 5.5), QPointF(x - 3, 8)])
    return QPolygonF([QPointF(x, 0.5), QPointF(x + 4, 4.5), QPointF(x, 8.5), QPointF(x - 4, 4.5)])


# -- what can be dragged ------------------------------------------------------------------------------------


def _overview(ribbon: Ribbon, painter: QPainter) -> None:
    """Where the visible part lies in all data; nothing where it is all of them."""
    (start, end), (lo, hi) = ribbon.all_ns, ribbon.view_ns
    if end <= start or (lo <= start and hi >= end):
        return
    scale, y = ribbon.width() / (end - start), ribbon.height() - 1.5
    left, wide = (lo - start) * scale, max(6.0, (hi - lo) * scale)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ribbon.ink("line"))
    painter.drawRoundedRect(QRectF(0, y, ribbon.width(), 1.5), 0.75, 0.75)
    painter.setBrush(ribbon.ink("muted"))
    painter.drawRoundedRect(QRectF(max(0.0, min(ribbon.width() - wide, left)), y, wide, 1.5), 0.75, 0.75)


def _playheads(ribbon: Ribbon, painter: QPainter, band: QRectF) -> None:
    if ribbon.hover_x is not None:
        painter.setPen(QPen(ribbon.ink("muted", 0.6), 1))
        painter.drawLine(QPointF(ribbon.hover_x, band.top()), QPointF(ribbon.hover_x, band.bottom()))
    session = ribbon.session
    if session.compare_ns is not None:
        _second(ribbon, painter, band, session.compare_ns)
    now = session.clock.now_ns
    if not now:
        return
    if session.clock.mode != INSTANT:
        _span(ribbon, painter, band)
    if not ribbon.view_ns[0] <= now <= ribbon.view_ns[1]:
        _outside(ribbon, painter, band, before=now < ribbon.view_ns[0])
        return
    x = max(1.0, min(ribbon.width() - 1.0, ribbon.x_of(now)))
    painter.setPen(QPen(ribbon.ink("accent"), 2))
    painter.drawLine(QPointF(x, 0), QPointF(x, band.bottom() + 2))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ribbon.ink("accent"))
    painter.drawPolygon(QPolygonF([QPointF(x - 5, 0), QPointF(x + 5, 0), QPointF(x + 5, 5), QPointF(x, 10),
                                   QPointF(x - 5, 5)]))


def _span(ribbon: Ribbon, painter: QPainter, band: QRectF) -> None:
    """A bar over what is looked at, to move it by, and a handle at its start."""
    clock = ribbon.session.clock
    left, right = ribbon.x_of(clock.since_ns), ribbon.x_of(clock.now_ns)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ribbon.ink("accent", 0.55))
    painter.drawRect(QRectF(left, band.top() - 3, right - left, 2))
    if 0 <= left <= ribbon.width():
        x = max(1.0, left)
        painter.setPen(QPen(ribbon.ink("accent"), 1.5))
        painter.drawLine(QPointF(x, band.top() - 3), QPointF(x, band.bottom()))
        painter.setPen(QPen(ribbon.ink("panel"), 1.5))
        painter.setBrush(ribbon.ink("accent"))
        painter.drawRoundedRect(QRectF(x - 3.5, band.center().y() - 6, 7, 12), 3, 3)


def _second(ribbon: Ribbon, painter: QPainter, band: QRectF, time_ns: int) -> None:
    """The second instant: a dashed line under a letter."""
    if not ribbon.view_ns[0] <= time_ns <= ribbon.view_ns[1]:
        return
    x = max(1.0, min(ribbon.width() - 1.0, ribbon.x_of(time_ns)))
    painter.setPen(QPen(ribbon.ink("text"), 1.5, Qt.PenStyle.DashLine))
    painter.drawLine(QPointF(x, band.top()), QPointF(x, band.bottom()))
    badge = QRectF(max(0.0, min(ribbon.width() - 13.0, x - 6.5)), 0, 13, LANE_PX)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ribbon.ink("text"))
    painter.drawRoundedRect(badge, 3, 3)
    font = ribbon.font()
    painter.save()
    font.setPixelSize(9)
    font.setBold(True)
    painter.setFont(font)
    painter.setPen(ribbon.ink("panel"))
    painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, "B")
    painter.restore()


def _outside(ribbon: Ribbon, painter: QPainter, band: QRectF, before: bool) -> None:
    """An arrow at the edge beyond which now lies."""
    edge, inward = (1.0, 8.0) if before else (ribbon.width() - 1.0, -8.0)
    middle = band.center().y()
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ribbon.ink("accent"))
    painter.drawPolygon(QPolygonF([QPointF(edge, middle), QPointF(edge + inward, middle - 6),
                                   QPointF(edge + inward, middle + 6)]))
