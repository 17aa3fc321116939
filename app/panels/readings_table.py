"""Readings as rows: when, which sensor, what, how old now, how good. Only what is visible is ever asked for."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHeaderView, QTableView

from app import theme
from app.charted import Line
from app.panels.facts import MISSING
from app.panels.row_table import as_rows
from app.panels.time_marks import age_words
from app.reading_export import QUALITIES, Rows, name_of
from twin import times
from twin.sensors import OK
from twin.text import tr

COLUMNS = ("Time", "Sensor", "Value", "Unit", "Age", "Quality")
WORDS = {"ok": "ok", "suspect": "suspect", "missing": "missing"}
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class ReadingsModel(QAbstractTableModel):
    """Newest first. `now_ns` is what ages are counted from."""

    def __init__(self, parent=None):
        super().__init__(parent)
        self.lines: list[Line] = []
        self.time_zone, self.now_ns = "UTC", 0
        self._times = self._values = self._quality = self._line = np.zeros(0)

    def show(self, parts: list[tuple[Line, Rows]], time_zone: str) -> None:
        self.beginResetModel()
        self.lines, self.time_zone = [line for line, _ in parts], time_zone
        columns = [np.concatenate([rows[n] for _, rows in parts]) if parts else np.zeros(0) for n in range(3)]
        owner = np.repeat(np.arange(len(parts)), [len(rows[0]) for _, rows in parts])
        newest = np.argsort(-columns[0], kind="stable") if len(columns[0]) else np.zeros(0, np.int64)
        self._times, self._values, self._quality = (c[newest] for c in columns)
        self._line = owner[newest]
        self.endResetModel()

    def set_now(self, now_ns: int) -> None:
        if now_ns != self.now_ns:
            self.now_ns = now_ns
            if self.rowCount():
                self.dataChanged.emit(self.index(0, 4), self.index(self.rowCount() - 1, 4))

    def time_of(self, row: int) -> int:
        return int(self._times[row])

    def rowCount(self, parent=QModelIndex()):  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self._times)

    def columnCount(self, parent=QModelIndex()):  # noqa: B008
        return 0 if parent.isValid() else len(COLUMNS)

    def data(self, index, role=Qt.ItemDataRole.DisplayRole):
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return RIGHT if index.column() in (2, 4) else None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._words(index.row(), index.column())
        if role == Qt.ItemDataRole.ForegroundRole and self._quality[index.row()] != OK:
            return QColor(theme.colour("warn"))
        return None

    def _words(self, row: int, column: int) -> str:
        line, value = self.lines[int(self._line[row])], float(self._values[row])
        age = self.now_ns - self.time_of(row)
        return (times.iso(self.time_of(row), self.time_zone).replace("T", " "), name_of(line),
                MISSING if value != value else f"{value:.7g}", line.unit,
                age_words(age) if age >= 0 else MISSING, tr(WORDS[QUALITIES[int(self._quality[row])]]))[column]

    def headerData(self, section, orientation, role=Qt.ItemDataRole.DisplayRole):
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return tr(COLUMNS[section])
        return super().headerData(section, orientation, role)


def readings_view(model: ReadingsModel) -> QTableView:
    view = QTableView()
    view.setModel(model)
    as_rows(view, 22)
    view.setTextElideMode(Qt.TextElideMode.ElideMiddle)      # long names differ at their ends
    for column, width in enumerate((190, 260, 90, 80, 110, 90)):
        view.setColumnWidth(column, width)
    view.horizontalHeader().setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
    return view
