"""The first readings of an import as they would come out: a table, a chart, and where the sensors stand."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app import theme
from app.panels.chart import COLORS
from app.panels.thinning import Thinned
from twin.history.preview import Preview
from twin.text import tr


class ImportPreview(QWidget):
    """pyqtgraph is imported with the first preview."""

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self.table = QTableWidget(0, 5)
        self.table.verticalHeader().hide()
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.table.horizontalHeader().setStretchLastSection(True)
        self.key = QLabel(wordWrap=True)
        self.key.setProperty("role", "muted")
        self.plot = self.map = None
        self._preview: Preview | None = None
        self._charts = QHBoxLayout()
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 0, 0, 0)
        column.addWidget(self.table, 3)
        column.addWidget(self.key)
        column.addLayout(self._charts, 2)
        self.retranslate()

    def retranslate(self) -> None:
        first = tr("Trip") if self.timetable else tr("Sensor")
        self.table.setHorizontalHeaderLabels([tr("Time"), first, tr("Value"), tr("Unit"), tr("Problem")])

    def retheme(self) -> None:
        if self._preview:
            self.show_preview(self._preview)

    @property
    def timetable(self):
        """The `Info` of a GTFS feed that is shown; None for readings."""
        return self._preview.timetable if self._preview else None

    def show_preview(self, preview: Preview) -> None:
        self._preview = preview
        self.retranslate()
        self.table.setRowCount(len(preview.rows))
        for row, cells in enumerate(preview.rows):
            for place, text in enumerate(cells):
                item = QTableWidgetItem(text)
                if place == 2:
                    item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                if cells[4]:
                    item.setForeground(theme.palette(theme.current()).placeholderText())
                self.table.setItem(row, place, item)
        self._draw()

    def _draw(self) -> None:
        if self.plot is None:
            self._make()
        preview, colors = self._preview, COLORS[theme.current()]
        lines = [line for line in preview.lines if len(line.times_ns)]
        series = [Thinned.of(line.times_ns, line.values, 0) for line in lines]
        self.plot.show_series(series, list(colors[:len(lines)]), preview.time_zone)
        self.plot.retheme(theme.current(), lines[0].unit if lines else "")
        self.plot.setVisible(bool(lines))
        self.key.setText("   ".join(f'<span style="color:{color}">■</span> {line.name}'
                                    for color, line in zip(colors, lines)))
        self.map.setVisible(bool(preview.places))
        self.map.setBackground(theme.colour("panel"))
        for axis in ("bottom", "left"):
            self.map.getAxis(axis).setTextPen(theme.colour("muted"))
            self.map.getAxis(axis).setPen(theme.colour("line"))
        self._dots.setData([x for x, _ in preview.places], [y for _, y in preview.places], brush=colors[0])

    def _make(self) -> None:
        import pyqtgraph as pg

        from app.panels.plot import TimePlot
        self.plot, self.map = TimePlot(), pg.PlotWidget()
        self.plot.cursor.hide()
        self.map.setAspectLocked(True)
        self.map.setMenuEnabled(False)
        self.map.hideButtons()
        for axis in ("bottom", "left"):
            self.map.getAxis(axis).enableAutoSIPrefix(False)
        self._dots = pg.ScatterPlotItem(size=8, pen=None)
        self.map.addItem(self._dots)
        self._charts.addWidget(self.plot, 3)
        self._charts.addWidget(self.map, 2)
