"""The plot itself: pyqtgraph, imported when the first sensor is selected and not before."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt

from app import theme
from app.panels import time_marks
from app.panels.plot_look import dress
from app.panels.thinning import Thinned
from twin.times import SECOND

LEAST_VIEW_SECS = 10.0
LABEL_PX = 66.0                             # of the time axis, with the room between two


def span_of(series: list[Thinned]) -> tuple[int, int]:
    """First and last instant of all series, ns."""
    known = [one.instants for one in series if len(one.instants)]
    return min((int(t[0]) for t in known), default=0), max((int(t[-1]) for t in known), default=0)


def lonely(values: np.ndarray) -> np.ndarray:
    """(k,) bool: numbers without one on either side."""
    real = np.isfinite(values)
    return real & ~np.append(False, real[:-1]) & ~np.append(real[1:], False)


class TimeAxis(pg.AxisItem):
    """Marks in the project's time zone, summer time included. Its numbers are seconds after `base_ns`."""

    def __init__(self):
        super().__init__("bottom")
        self.base_ns, self.time_zone = 0, "Asia/Shanghai"
        self.enableAutoSIPrefix(False)

    def tickValues(self, low, high, size):
        lo, hi = self.base_ns + round(low * SECOND), self.base_ns + round(high * SECOND)
        step = time_marks.step_for(hi - lo, size, LABEL_PX)
        return [(step / SECOND, [(at - self.base_ns) / SECOND for at in
                                 time_marks.marks(lo, hi, step, self.time_zone)])]

    def tickStrings(self, values, scale, spacing):
        return [time_marks.mark_label(self.base_ns + round(value * SECOND), round(spacing * SECOND), self.time_zone)
                for value in values]


class TimePlot(pg.PlotWidget):
    """Lines over time with a cursor at now. A click, or dragging the cursor, calls `scrubbed(time_ns)`."""

    def __init__(self):
        self.axis = TimeAxis()
        super().__init__(axisItems={"bottom": self.axis})
        self.scrubbed = lambda time_ns: None
        self.moved = lambda: None
        self.base_ns = 0
        self.lines: list[pg.PlotDataItem] = []
        self._thinned: list[Thinned] = []
        self.lonely = pg.ScatterPlotItem(size=5, pen=None)       # readings between gaps, to which no line leads
        self.addItem(self.lonely, ignoreBounds=True)
        self.suspects: list[tuple] = []       # (marks, seconds after base_ns, values) of each line that has some
        self.cursor = pg.InfiniteLine(angle=90, movable=True)
        self.addItem(self.cursor, ignoreBounds=True)
        self.cursor.sigDragged.connect(lambda line: self.scrubbed(self.time_of(line.value())))
        self.setMenuEnabled(False)
        self.hideButtons()
        self.setMouseEnabled(x=True, y=False)
        self.getViewBox().setAutoVisible(y=True)
        self.getViewBox().sigXRangeChanged.connect(lambda *_: self._redraw())
        self.getViewBox().sigYRangeChanged.connect(lambda *_: self._place_suspects())
        self.scene().sigMouseClicked.connect(self._clicked)

    # -- content ---------------------------------------------------------------------------------------

    def show_series(self, series: list[Thinned], colors: list[str], time_zone: str,
                    span_ns: tuple[int, int] | None = None) -> None:
        """The view goes to all of it, or to all of `span_ns`."""
        for line in self.lines:
            self.removeItem(line)
        self._thinned = list(series)
        start_ns, end_ns = span_ns or span_of(series)
        self.base_ns = self.axis.base_ns = start_ns
        self.axis.time_zone = time_zone
        self.lines = [pg.PlotDataItem(pen=pg.mkPen(color, width=1.5), connect="finite", antialias=True)
                      for color in colors]
        for line in self.lines:
            self.addItem(line)
        self._whole = (0.0, max((end_ns - start_ns) / SECOND, LEAST_VIEW_SECS))
        margin = (self._whole[1]) * 0.02
        self.setLimits(xMin=-margin, xMax=self._whole[1] + margin, minXRange=LEAST_VIEW_SECS)
        self.show_all()
        self._redraw()

    def show_suspects(self, parts: list[tuple], colors: list[str]) -> None:
        """(instants ns, values) of each line that no line goes through, as hollow marks. They do not stretch the axis:
        what lies beyond it stands at its end."""
        for marks, _, _ in self.suspects:
            self.removeItem(marks)
        self.suspects = []
        for (instants, values), color in zip(parts, colors):
            if len(instants):
                marks = pg.ScatterPlotItem(symbol="d", size=8, pen=pg.mkPen(color, width=1.2), brush=None)
                self.suspects.append((marks, (instants - self.base_ns) / SECOND, values))
                self.addItem(marks, ignoreBounds=True)
        self._place_suspects()

    def _place_suspects(self) -> None:
        low, high = self.getViewBox().viewRange()[1]
        margin = (high - low) * 0.03
        for marks, at, values in self.suspects:
            marks.setData(at, np.clip(values, low + margin, high - margin))

    def show_all(self) -> None:
        self.setXRange(*self._whole, padding=0.01)
        self.enableAutoRange(axis="y")

    def set_now(self, now_ns: int) -> None:
        at = (now_ns - self.base_ns) / SECOND
        if not self.cursor.moving and abs(self.cursor.value() - at) > 1e-9:
            self.cursor.setValue(at)

    @property
    def view_ns(self) -> tuple[int, int]:
        low, high = self.getViewBox().viewRange()[0]
        return self.time_of(low), self.time_of(high)

    def time_of(self, x: float) -> int:
        return self.base_ns + round(x * SECOND)

    def _redraw(self) -> None:
        view, pixels, spots = self.view_ns, max(50, round(self.getViewBox().width())), []
        for line, thinned in zip(self.lines, self._thinned):
            at, numbers = thinned.drawable(view, pixels)
            x = (at - self.base_ns) / SECOND
            line.setData(x, numbers)
            brush = pg.mkBrush(line.opts["pen"].color())
            spots += [{"pos": (x[n], numbers[n]), "brush": brush} for n in np.flatnonzero(lonely(numbers))]
        self.lonely.setData(spots)
        self.moved()

    # -- gestures --------------------------------------------------------------------------------------

    def _clicked(self, event) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            if event.double():
                self.show_all()
            else:
                self.scrubbed(self.time_of(self.getViewBox().mapSceneToView(event.scenePos()).x()))

    def wheelEvent(self, event):
        """The wheel zooms only where the plot has been clicked; otherwise the panel scrolls."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    # -- looks -----------------------------------------------------------------------------------------

    def retheme(self, scheme: str, unit: str) -> None:
        muted = dress(self, scheme)
        self.getAxis("left").setLabel(unit, color=muted)
        self.cursor.setPen(pg.mkPen(theme.colour("accent", scheme), width=1.5))
        self.cursor.setHoverPen(pg.mkPen(theme.colour("accent", scheme), width=3))
        self.getPlotItem().showGrid(x=False, y=True, alpha=0.15)
