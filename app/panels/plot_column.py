"""Plots one under the other, scrolled where they are many."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

LEAST_PLOT_PX = 110


class PlotColumn(QScrollArea):
    """`make()` makes another plot; those that are not needed any more are hidden and kept."""

    def __init__(self, make: Callable[[], QWidget]):
        super().__init__(widgetResizable=True)
        self.plots: list = []
        self._make = make
        inner = QWidget()
        self._column = QVBoxLayout(inner)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)
        self.setWidget(inner)

    def fit(self, count: int) -> None:
        """Show so many."""
        while len(self.plots) < count:
            self.plots.append(self._make())
            self.plots[-1].setMinimumHeight(LEAST_PLOT_PX)
            self._column.addWidget(self.plots[-1])
        for number, plot in enumerate(self.plots):
            plot.setVisible(number < count)
