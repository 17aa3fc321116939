"""How every plot is dressed: the panel's colour behind it, quiet axes, units as they are (no "k" before them)."""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtGui import QColor

from app import theme


def dress(plot: pg.PlotWidget, scheme: str) -> str:
    """Both axes in a theme; gives the colour for their labels."""
    muted, line = theme.colour("muted", scheme), theme.colour("line", scheme)
    plot.setBackground(QColor(theme.colour("panel", scheme)))
    for name in ("bottom", "left"):
        axis = plot.getAxis(name)
        axis.setPen(QColor(line))
        axis.setTextPen(QColor(muted))
        axis.setStyle(tickFont=plot.font(), tickLength=-4)
        if axis.autoSIPrefix:                    # asked again it would scale by what is seen now, and keep that
            axis.enableAutoSIPrefix(False)
    return muted
