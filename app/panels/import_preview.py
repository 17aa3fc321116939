"""The first readings of an import as they would come out: a table, a chart, and where the sensors stand."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QSplitter,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app import theme
from app.panels.chart import COLORS
from app.panels.import_map import ImportMap
from app.panels.thinning import Thinned
from twin.history.columns import meanings
from twin.history.preview import Line, Preview
from twin.text import tr

LINES = 3                                  # at once, of one property


class ImportPreview(QWidget):
    """The chart shows the sensor of the reading that is chosen in the table. pyqtgraph is imported with the first
    preview."""

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self.table = QTableWidget(0, 5)
        self.table.verticalHeader().hide()
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.table.horizontalHeader().setStretchLastSection(True)
        self.table.itemSelectionChanged.connect(self._draw)
        self.key = QLabel(wordWrap=True)
        self.key.setProperty("role", "muted")
        self.plot, self.map = None, ImportMap()
        self._preview: Preview | None = None
        below = QWidget()
        self._charts = QHBoxLayout()
        self._charts.addWidget(self.map, 2)
        lower = QVBoxLayout(below)
        lower.setContentsMargins(0, 0, 0, 0)
        lower.addWidget(self.key)
        lower.addLayout(self._charts, 1)
        split = QSplitter(Qt.Orientation.Vertical)
        for part in (self.table, below):
            split.addWidget(part)
        split.setSizes([330, 270])
        split.setChildrenCollapsible(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 0, 0, 0)
        column.addWidget(split)
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

    def start(self) -> None:
        """For another file: what was seen of the last one is gone."""
        self._preview = None
        self.table.setRowCount(0)
        self.key.clear()
        for part in (self.plot, self.map):
            if part is not None:
                part.hide()

    def show_preview(self, preview: Preview) -> None:
        self._preview = preview
        self.retranslate()
        self.table.blockSignals(True)
        self.table.clearSelection()
        self.table.setRowCount(len(preview.rows))
        for row, cells in enumerate(preview.rows):
            for place, text in enumerate(cells):
                item = QTableWidgetItem(text)
                item.setToolTip(text)
                if place == 2:
                    item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                if cells[4]:
                    item.setForeground(theme.palette(theme.current()).placeholderText())
                self.table.setItem(row, place, item)
        self.table.blockSignals(False)
        self.map.show()
        self.map.show_preview(preview)
        self._draw()

    def charted(self) -> list[Line]:
        """Of the chosen reading; else the first that has some and is no coordinate, with those that share its property
        and unit."""
        lines = [line for line in self._preview.lines if len(line.times_ns)]
        rows = self.table.selectionModel().selectedRows()
        if rows:
            name = self._preview.rows[rows[0].row()][1]
            return [line for line in lines if line.name == name]
        measured = [line for line in lines if not {"lon", "lat"} & set(meanings(line.property))] or lines
        return [line for line in measured
                if (line.property, line.unit) == (measured[0].property, measured[0].unit)][:LINES]

    def _draw(self) -> None:
        if self._preview is None:
            return
        if self.plot is None:
            self._make()
        lines, colors = self.charted(), COLORS[theme.current()]
        series = [Thinned.of(line.times_ns, line.values, 0) for line in lines]
        zone = self._preview.time_zone if self._preview.ready else "UTC"      # times from a start count from midnight
        self.plot.show_series(series, list(colors[:len(lines)]), zone)
        self.plot.retheme(theme.current(), lines[0].unit if lines else "")
        self.plot.setVisible(bool(self._preview.lines))
        named = "   ".join(f'<span style="color:{color}">■</span> {line.name}' for color, line in zip(colors, lines))
        more = len(self._preview.lines) > len(lines) > 0
        self.key.setText(f"{named}   {tr('Choose a reading to chart its sensor.')}" if more else named)

    def _make(self) -> None:
        from app.panels.plot import TimePlot
        self.plot = TimePlot()
        self.plot.cursor.hide()
        self._charts.insertWidget(0, self.plot, 3)
