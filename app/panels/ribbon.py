"""The time ribbon: where data exist, night and day, marks, what is looked at, and the playhead that scrubs.

Dragging only moves the clock. It renders nothing: the next frame sees that *now* differs.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from app import theme
from app.counting import Counting
from app.jumping import Jumps
from app.panels import ribbon_painting
from app.panels.coverage import Coverage
from app.panels.ribbon_gestures import Gestures
from app.session import Session
from twin import times
from twin.marks import Mark
from twin.sun import sun_at
from twin.text import language, tr

BIN_PX = 3
MARK_PX = 5                               # so near to a mark, the mark is meant
NIGHT_SAMPLES = 160
MOST_NIGHTS_NS = 45 * times.DAY           # beyond this, nights are hatching and not information
MOST_TOLD = 6                             # marks that one tip names


class Ribbon(QWidget):
    """Shows the session's `time_view`. The wheel zooms about the cursor, what lies under the band pans.

    A double click goes back to the data around now, and from there to all data where some lie far away; it moves no
    clock. `asked(time_ns, place)` is called for a right click.
    """

    def __init__(self, session: Session, jumps: Jumps, parent: QWidget | None = None):
        super().__init__(parent)
        self.session, self.jumps = session, jumps
        self.counting, self.coverage = Counting(session), Coverage()
        self.gestures = Gestures(self)
        self.asked = lambda time_ns, place: None
        self.hover_x: float | None = None
        self._shown: tuple | None = None
        self._nights: tuple[tuple, list[tuple[int, int, float]]] = ((), [])
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(ribbon_painting.HEIGHT_PX)
        self.setMinimumWidth(160)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent, False)
        self.retranslate()

    # -- the tick --------------------------------------------------------------------------------------

    def refresh(self) -> None:
        session, clock = self.session, self.session.clock
        session.time_view.refresh()
        bins = max(0, self.width() // BIN_PX) if self.has_time else 0
        fresh = self.coverage.refresh(self.counting.refresh(), self.view_ns, bins)
        shown = (clock.now_ns, clock.state, clock.since_ns, clock.mode, session.compare_ns, self.view_ns, clock.span_ns,
                 session.document.shown_zone, language(), session.document.frame, session.marks.all(),
                 not self.has_data and session.assets.loading)
        if fresh or shown != self._shown:
            self._shown = shown
            self.update()

    @property
    def view_ns(self) -> tuple[int, int]:
        return self.session.time_view.span_ns

    @property
    def all_ns(self) -> tuple[int, int]:
        return self.session.time_view.all_ns

    @property
    def has_time(self) -> bool:
        return self.session.time_view.has_time

    @property
    def has_data(self) -> bool:
        """An instant is enough."""
        return self.session.clock.span_ns[1] > 0

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

    def marks(self) -> tuple[Mark, ...]:
        """What is marked in the visible part."""
        return self.session.marks.between(*self.view_ns) if self.has_time else ()

    def marks_at(self, x: float) -> list[Mark]:
        """The marks that are meant at a place, nearest first; one that lasts is met anywhere on it."""
        near = []
        for mark in self.marks():
            left, right = self.x_of(mark.time_ns), self.x_of(max(mark.end_ns, mark.time_ns))
            if left - MARK_PX <= x <= right + MARK_PX:
                near.append((abs(left - x), mark))
        return [mark for _, mark in sorted(near, key=lambda pair: pair[0])]

    # -- gestures: see ribbon_gestures.py ----------------------------------------------------------------

    def mousePressEvent(self, event):
        if self.has_time:
            self.gestures.press(event)

    def mouseMoveEvent(self, event):
        self.hover_x = event.position().x()
        if self.has_time:
            self.gestures.move(event)
            QToolTip.showText(event.globalPosition().toPoint(), self._tip(self.time_at(self.hover_x)), self)
        self.update()

    def mouseReleaseEvent(self, event):
        self.gestures.release()

    def mouseDoubleClickEvent(self, event):
        if event.button() == Qt.MouseButton.LeftButton and self.has_time:
            self.gestures.double_click()

    def contextMenuEvent(self, event):
        if self.has_time:
            self.asked(self.time_at(event.pos().x()), event.globalPos())

    def leaveEvent(self, event):
        self.hover_x = None
        self.update()

    def wheelEvent(self, event):
        if self.has_time:
            self.gestures.wheel(event)
            event.accept()

    def keyPressEvent(self, event):
        if not self.gestures.key(event.key(), event.modifiers()):
            super().keyPressEvent(event)

    # -- what it says ------------------------------------------------------------------------------------

    def _tip(self, time_ns: int) -> str:
        """The instant, what is there to see of the band at it, and what a double click does."""
        lines = [times.readable(time_ns, self.session.document.shown_zone, seconds=self._fine)]
        marked = self.marks_at(self.x_of(time_ns))
        lines += [self._mark_words(mark) for mark in marked[:MOST_TOLD]]
        if len(marked) > MOST_TOLD:
            lines.append(tr("and {n} more", n=len(marked) - MOST_TOLD))
        if self.has_data and (said := self.coverage.words_at(self.coverage.counts, time_ns)):
            zone = self.coverage.question.counted_zone
            lines.append(f"{zone.title(language())}: {said}" if zone else said)
        if any(start <= time_ns < end and dark >= 0.5 for start, end, dark in self.nights()):
            lines.append(tr("Night (shaded)"))
        view = self.session.time_view
        if self.view_ns != view.home_ns or view.all_ns != view.home_ns:
            lines.append(tr("Double click: all data") if self.view_ns == view.home_ns
                         else tr("Double click: the data around now"))
        return "\n".join(lines)

    def _mark_words(self, mark: Mark) -> str:
        zone = self.session.document.shown_zone
        since, until = (times.readable(t, zone)[5:16] for t in (mark.time_ns, mark.end_ns or mark.time_ns))
        return f"◆ {mark.text}  ({since}{f' – {until}' if mark.end_ns else ''})"

    @property
    def _fine(self) -> bool:
        return self.view_ns[1] - self.view_ns[0] < 2 * times.HOUR

    @property
    def shows_nights(self) -> bool:
        """Little enough time is visible."""
        return self.view_ns[1] - self.view_ns[0] <= MOST_NIGHTS_NS

    def nights(self) -> list[tuple[int, int, float]]:
        """(start, end, darkness 0 to 1) of the visible parts where the sun is low over the project."""
        frame, (lo, hi) = self.session.document.frame, self.view_ns
        if not frame.crs or not self.shows_nights:
            return []
        if self._nights[0] != (frame, lo, hi):
            lon, lat, _ = frame.to_lonlat([[0.0, 0.0, 0.0]])[0]
            edges = np.linspace(lo, hi, NIGHT_SAMPLES + 1).astype(np.int64)
            dark = [1.0 - sun_at(int(a + b) // 2, lon, lat).daylight for a, b in pairwise(edges)]
            self._nights = ((frame, lo, hi),
                            [(int(a), int(b), d) for a, b, d in zip(edges, edges[1:], dark) if d > 0.02])
        return self._nights[1]

    def ink(self, name: str, alpha: float = 1.0) -> QColor:
        ink = QColor(theme.colour(name, self.session.theme))
        ink.setAlphaF(alpha)
        return ink

    def paintEvent(self, event):
        ribbon_painting.paint(self, QPainter(self))
