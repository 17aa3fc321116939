"""The time ribbon: where data exist, night and day, ticks, and the playhead that is dragged to scrub.

Dragging only moves the clock. It renders nothing: the next frame sees that *now* differs.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from app import theme
from app.panels import ribbon_painting, time_marks
from app.panels.coverage import Coverage
from app.session import Session
from twin import times
from twin.clock import PLAYING
from twin.sun import sun_at
from twin.text import language, tr

LEAST_SPAN_NS = 10 * times.SECOND
BIN_PX = 3
MOST_TIMES = 20                           # as long as what one looks at: what is longer does not replace it
NIGHT_SAMPLES = 160
MOST_NIGHTS_NS = 45 * times.DAY           # beyond this, nights are hatching and not information


class Ribbon(QWidget):
    """`view_ns` is the visible part of time: at first the data around now.

    The wheel zooms about the cursor. A double click goes back to the data around now, and from there
    to all data where some lie far away; it moves no clock.
    """

    def __init__(self, session: Session, parent: QWidget | None = None):
        super().__init__(parent)
        self.session = session
        self.view_ns = (0, 0)
        self.coverage = Coverage()
        self._own_view = False                  # the user zoomed: the data's span no longer decides
        self._home, self._settled = (0, 0), None    # the data around now, and the edits they were complete for
        self._before: tuple[int, str] = (0, "")     # now and state of the clock when the button went down
        self._play_on = False                   # resume after the drag
        self._last_now = session.clock.now_ns
        self.hover_x: float | None = None
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
        clock, layers = self.session.clock, self.session.timed_layers()
        self._frame_view()
        bins = max(0, self.width() // BIN_PX) if self.has_time else 0
        fresh = self.coverage.refresh([payload.history for _, payload in layers], self.view_ns, bins)
        shown = (clock.now_ns, clock.state, self.view_ns, self.session.document.time_zone, clock.span_ns, language(),
                 self.session.document.frame)
        if fresh or shown != self._shown:
            self._shown = shown
            self.update()

    def _frame_view(self) -> None:
        """The data around now until the user zooms; after that, turn the page when *now* runs out of it."""
        now, moved = self.session.clock.now_ns, self.session.clock.now_ns != self._last_now
        self._last_now = now
        self._take_home(self.home_ns)
        if not self._own_view:
            self.view_ns = self._home
        lo, hi = self.view_ns
        if self._own_view and moved and now and not lo <= now <= hi:
            shift = now - (lo + (hi - lo) // 10)
            self.view_ns = (lo + shift, hi + shift)

    def _take_home(self, home: tuple[int, int]) -> None:
        """Years of data that come to a day one looks at do not shrink it to a line; they go again with an undo."""
        before, self._home = self._home, home
        if self._settled is self.session.edits and home != before and _hides(home, before):
            self._own_view = True
        if self.view_ns == home or (_covers(self.view_ns, home) and not _covers(self.all_ns, self.view_ns)):
            self._own_view = False
        if self.session.data_span_ns[1] and not self.session.assets.loading:
            self._settled = self.session.edits

    @property
    def home_ns(self) -> tuple[int, int]:
        """The data around now; the day around now where there are no data."""
        (start, end), now = self.session.clock.span_ns, self.session.clock.now_ns
        if end > start:
            return start, end
        return (now - times.DAY // 2, now + times.DAY // 2) if now else (0, 0)

    @property
    def all_ns(self) -> tuple[int, int]:
        """From the first reading of all to the last."""
        start, end = self.session.data_span_ns
        return (start, end) if end > start else self.home_ns

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
            clock = self.session.clock
            self._before = (clock.now_ns, clock.state)
            self._play_on = clock.state == PLAYING
            clock.pause()
            self._scrub(event.position().x())

    def mouseMoveEvent(self, event):
        self.hover_x = event.position().x()
        if event.buttons() & Qt.MouseButton.LeftButton and self.has_time:
            self._scrub(self.hover_x)
        if self.has_time:
            QToolTip.showText(event.globalPosition().toPoint(), self._tip(self.time_at(self.hover_x)), self)
        self.update()

    def mouseReleaseEvent(self, event):
        clock = self.session.clock
        if self._play_on and clock.now_ns < clock.span_ns[1]:
            clock.play()
        self._play_on = False

    def mouseDoubleClickEvent(self, event):
        """Its first click has scrubbed already: the clock goes back to where it was."""
        if event.button() != Qt.MouseButton.LeftButton or not self.has_time:
            return
        clock = self.session.clock
        clock.now_ns, clock.state = self._before
        self._play_on = False
        at_home = self.view_ns == self.home_ns
        self.view_ns = self.all_ns if at_home else self.home_ns
        self._own_view = self.view_ns != self.home_ns
        self._last_now = clock.now_ns
        self.update()

    def leaveEvent(self, event):
        self.hover_x = None
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
        all_ns = self.all_ns
        longest = max(all_ns[1] - all_ns[0], LEAST_SPAN_NS)
        span = round(min(longest, max(LEAST_SPAN_NS, (hi - lo) * factor)))
        still = self.time_at(x)
        lo = still - round(span * x / max(1, self.width()))
        lo = max(all_ns[0], min(lo, all_ns[1] - span))
        self.view_ns = (lo, lo + span)
        self._own_view = self.view_ns != self.home_ns
        self.update()

    def pan(self, share: float) -> None:
        """Move the visible part by a share of its length, within the data."""
        lo, hi = self.view_ns
        all_ns = self.all_ns
        shift = max(all_ns[0] - lo, min(all_ns[1] - hi, round((hi - lo) * share)))
        self.view_ns = (lo + shift, hi + shift)
        self._own_view = self.view_ns != self.home_ns
        self.update()

    def _scrub(self, x: float) -> None:
        self.session.clock.go_to(self.time_at(max(0.0, min(float(self.width()), x))))

    def _tip(self, time_ns: int) -> str:
        """The instant, what is there to see of the band at it, and what a double click does."""
        lines = [times.readable(time_ns, self.session.document.time_zone, seconds=self._fine)]
        edges, counts = self.coverage.edges_ns, self.coverage.counts
        at = int(np.searchsorted(edges, time_ns, side="right")) - 1
        if self.has_data and 0 <= at < len(counts):
            lines.append(tr("{count} readings in {duration} (bar)", count=f"{max(1, round(counts[at])):,}",
                            duration=time_marks.duration_words(int(edges[at + 1] - edges[at])))
                         if counts[at] else tr("No readings here"))
        if any(start <= time_ns < end and dark >= 0.5 for start, end, dark in self.nights()):
            lines.append(tr("Night (shaded)"))
        if self.view_ns != self.home_ns or self.all_ns != self.home_ns:
            lines.append(tr("Double click: all data") if self.view_ns == self.home_ns
                         else tr("Double click: the data around now"))
        return "\n".join(lines)

    @property
    def _fine(self) -> bool:
        return self.view_ns[1] - self.view_ns[0] < 2 * times.HOUR

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

    def ink(self, name: str, alpha: float = 1.0) -> QColor:
        ink = QColor(theme.colour(name, self.session.theme))
        ink.setAlphaF(alpha)
        return ink

    def paintEvent(self, event):
        ribbon_painting.paint(self, QPainter(self))


def _covers(span: tuple[int, int], part: tuple[int, int]) -> bool:
    return span[0] <= part[0] and part[1] <= span[1]


def _hides(span: tuple[int, int], part: tuple[int, int]) -> bool:
    """Whether `part` would be too thin to see within `span`."""
    return _covers(span, part) and part[1] > part[0] and span[1] - span[0] > MOST_TIMES * (part[1] - part[0])
