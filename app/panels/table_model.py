"""A feature table as Qt shows it: an order of rows over Arrow; only what is visible is ever asked for."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, Qt
from PySide6.QtGui import QColor

from app import theme
from app.panels.facts import words_of
from twin.column_words import column_words
from twin.value_words import ValueWord, worded

LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class TableModel(QAbstractTableModel):
    """`order` (rows,) i8: the feature that each shown row stands for; `marked` (rows,) bool: what the model itself
    shows as selected.
    """

    def __init__(self, parent=None):
        super().__init__(parent)
        self.table: Any = None
        self.columns: list[str] = []
        self.words: tuple[ValueWord, ...] = ()
        self.order = np.zeros(0, np.int64)
        self.marked = np.zeros(0, bool)
        self._row_of = np.zeros(0, np.int64)
        self._numeric: list[bool] = []
        self._single: list[bool] = []            # f4 holds seven digits; what follows is noise

    def show(self, table: Any, order: np.ndarray) -> None:
        """Another table, or None, with its rows in this order."""
        import pyarrow.types as t
        self.beginResetModel()
        self.table = table
        self.columns = list(table.column_names) if table is not None else []
        self._numeric = [t.is_integer(f.type) or t.is_floating(f.type) or t.is_decimal(f.type)
                         for f in table.schema] if table is not None else []
        self._single = [t.is_float32(f.type) for f in table.schema] if table is not None else []
        self._take(order)
        self.endResetModel()

    def reorder(self, order: np.ndarray) -> None:
        """The same table, other rows."""
        self.beginResetModel()
        self._take(order)
        self.endResetModel()

    def _take(self, order: np.ndarray) -> None:
        self.order, self.marked = order, np.zeros(len(order), bool)
        self._row_of = np.full(self.table.num_rows if self.table is not None else 0, -1, np.int64)
        self._row_of[order] = np.arange(len(order))

    def mark(self, rows: np.ndarray) -> None:
        """Show these rows as selected, and no others."""
        before, self.marked = self.marked, np.zeros(len(self.order), bool)
        self.marked[rows] = True
        if before.any() or len(rows):
            corners = self.index(0, 0), self.index(len(self.order) - 1, len(self.columns) - 1)
            self.dataChanged.emit(*corners, [Qt.ItemDataRole.BackgroundRole])

    def features(self, rows) -> list[int]:
        return self.order[np.asarray(rows, np.int64)].tolist()

    def rows_of(self, features) -> np.ndarray:
        """Shown rows of these features; those that are filtered away are left out."""
        features = np.asarray(features, np.int64)
        rows = self._row_of[features[(features >= 0) & (features < len(self._row_of))]]
        return np.unique(rows[rows >= 0])

    # -- what Qt asks ------------------------------------------------------------------------------------

    def rowCount(self, parent=QModelIndex()):  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self.order)

    def columnCount(self, parent=QModelIndex()):  # noqa: B008
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index, role=Qt.ItemDataRole.DisplayRole):
        at = index.column()
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return RIGHT if self._numeric[at] else None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            value = self.table.column(at)[int(self.order[index.row()])].as_py()
            said = worded(self.words, self.columns[at], value)
            if said != value:
                return f"{said} ({value})"               # conditions are written with the value itself
            return words_of(float(f"{value:.7g}") if self._single[at] and value is not None else value)
        if role == Qt.ItemDataRole.BackgroundRole:
            return QColor(theme.colour("selected")) if self.marked[index.row()] else None
        if role == Qt.ItemDataRole.ForegroundRole and not self.table.column(at)[int(self.order[index.row()])].is_valid:
            return QColor(theme.colour("muted"))
        return None

    def headerData(self, section, orientation, role=Qt.ItemDataRole.DisplayRole):
        if role == Qt.ItemDataRole.TextAlignmentRole and orientation == Qt.Orientation.Horizontal:
            return RIGHT if self._numeric[section] else LEFT
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        if orientation == Qt.Orientation.Horizontal:
            name = self.columns[section]
            said = column_words(name)
            return name if said == name else f"{said}\n{name}"      # conditions are written with the name itself
        return f"{int(self.order[section]) + 1:,}"
