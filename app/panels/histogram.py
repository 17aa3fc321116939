"""How often which values were said in the visible span: a plot for each unit."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtGui import QColor

from app.panels.plot_look import dress
from twin.text import tr


class HistogramPlot(pg.PlotWidget):
    def __init__(self):
        super().__init__()
        self.curves: list[pg.PlotCurveItem] = []
        self.setMenuEnabled(False)
        self.hideButtons()
        self.setMouseEnabled(x=False, y=False)

    def show_counts(self, edges: np.ndarray, counts: np.ndarray, colors: list[str]) -> None:
        """`edges` (bins + 1,), `counts` (lines, bins)."""
        for curve in self.curves:
            self.removeItem(curve)
        self.curves = []
        for row, color in zip(counts, colors):
            fill = QColor(color)
            fill.setAlphaF(0.18)
            curve = pg.PlotCurveItem(edges, row, stepMode="center", pen=pg.mkPen(color, width=1.3), fillLevel=0,
                                     brush=fill)
            self.curves.append(curve)
            self.addItem(curve)
        self.enableAutoRange()

    def retheme(self, scheme: str, unit: str) -> None:
        muted = dress(self, scheme)
        self.getAxis("bottom").setLabel(unit, color=muted)
        self.getAxis("left").setLabel(tr("Readings"), color=muted)
