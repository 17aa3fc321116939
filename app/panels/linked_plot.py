"""A plot of one unit among the linked charts: thresholds as bands, the second instant, earlier times beneath."""

from __future__ import annotations

from html import escape

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

from app import theme
from app.charted import Line
from app.panels.plot import TimePlot
from app.panels.thinning import Thinned
from twin.times import SECOND

BAND_INKS = {1: "warn", 2: "warn", 3: "danger"}
BAND_ALPHA = {1: 0.08, 2: 0.14, 3: 0.16}
Limits = tuple[tuple[int, float, float], ...]            # (level 1 to 3, from, to)


class LinkedPlot(TimePlot):
    """`looked(start_ns, end_ns)` is called when the user zooms or moves it."""

    def __init__(self):
        super().__init__()
        self.looked = lambda start_ns, end_ns: None
        self.second = pg.InfiniteLine(angle=90)
        self.second.setVisible(False)
        self.addItem(self.second, ignoreBounds=True)
        self.bands: list[pg.LinearRegionItem] = []
        self._limits: Limits = ()
        self.getViewBox().sigYRangeChanged.connect(self._reach_beyond)
        self._asked = (0.0, 0.0)
        self.getViewBox().sigXRangeChanged.connect(self._looked)

    def show_lines(self, lines: list[Line], colors: list[str], time_zone: str, base_ns: int) -> None:
        """Earlier times first, dashed and pale, so that the present lies over them."""
        for line in self.lines:
            self.removeItem(line)
        self.base_ns = self.axis.base_ns = base_ns
        self.axis.time_zone = time_zone
        self.lines, self._thinned = [], []
        for line, color in zip(lines, colors):
            if line.then is not None:
                self._add(line.then, color, then=True)
        for line, color in zip(lines, colors):
            self._add(line.thinned, color)
        self._redraw()

    def _add(self, thinned: Thinned, color: str, then: bool = False) -> None:
        ink = QColor(color)
        ink.setAlphaF(0.55 if then else 1.0)
        pen = pg.mkPen(ink, width=1.2 if then else 1.5, style=Qt.PenStyle.DashLine if then else Qt.PenStyle.SolidLine)
        item = pg.PlotDataItem(pen=pen, connect="finite", antialias=True)
        self.lines.append(item)
        self._thinned.append(thinned)
        self.addItem(item)

    def show_limits(self, limits: Limits, whose: str, scheme: str) -> None:
        """Values beyond a threshold stand on a band of its colour; bands do not stretch the axis. `whose` limits they
        are stands above the lines."""
        self.getPlotItem().setTitle(escape(whose) or None, color=theme.colour("muted", scheme), size="8pt",
                                    justify="right")
        self.setToolTip(whose)
        for band in self.bands:
            self.removeItem(band)
        self.bands, self._limits = [], limits
        for level, _, _ in limits:
            ink = QColor(theme.colour(BAND_INKS[level], scheme))
            ink.setAlphaF(BAND_ALPHA[level])
            band = pg.LinearRegionItem((0.0, 0.0), "horizontal", brush=ink, pen=pg.mkPen(None), movable=False)
            band.setZValue(-20)
            self.bands.append(band)
            self.addItem(band, ignoreBounds=True)
        self._reach_beyond()

    def _reach_beyond(self, *_) -> None:
        """Bands end a little outside of what is seen: one that ends far away is painted over all of it."""
        low, high = self.getViewBox().viewRange()[1]
        ends = low - (high - low), high + (high - low)
        for band, (_, first, last) in zip(self.bands, self._limits):
            band.setRegion((min(max(first, ends[0]), ends[1]), min(max(last, ends[0]), ends[1])))

    def set_second(self, time_ns: int | None, scheme: str) -> None:
        self.second.setVisible(time_ns is not None)
        if time_ns is not None:
            self.second.setPen(pg.mkPen(theme.colour("text", scheme), width=1.2, style=Qt.PenStyle.DashLine))
            self.second.setValue((time_ns - self.base_ns) / SECOND)

    def show_view(self, start_ns: int, end_ns: int) -> None:
        """Show this span; it is not told back."""
        self._asked = ((start_ns - self.base_ns) / SECOND, (end_ns - self.base_ns) / SECOND)
        self.setXRange(*self._asked, padding=0)
        self.enableAutoRange(axis="y")

    def show_all(self) -> None:
        """A double click: left to who listens."""
        self.looked(0, 0)

    def _looked(self, *_) -> None:
        low, high = self.getViewBox().viewRange()[0]
        near = max(1e-6, abs(high - low) * 1e-6)
        if abs(low - self._asked[0]) > near or abs(high - self._asked[1]) > near:
            self._asked = (low, high)
            self.looked(*self.view_ns)
