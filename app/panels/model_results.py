"""Results of a query as a Qt table over Arrow: sorted there, painted row by row."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, Qt
from PySide6.QtGui import QColor

from app import theme
from app.model_update import CHANGES
from app.panels.facts import words_of
from app.panels.model_shapes import own_shapes, parts_of
from twin.class_words import full_class
from twin.text import tr

HEADS = {"guid": "GlobalId", "class": "IFC class", "name": "Name", "storey": "Storey", "type": "Type",
         "change": "Change", "what": "What"}
PROPERTIES = {"class": "class", "name": "Name", "storey": "storey", "type": "type"}
ORDER = ("change", "name", "class", "storey", "type", "guid")              # as people look for them; properties follow


class ResultsModel(QAbstractTableModel):
    """`feature` (rows,) i4 says where each element stands in the layer's feature table, -1 = it has no shape.

    What has none of its own stands for its parts: a window for its frame and panes, a storey for all on it.
    """

    def __init__(self, parent=None):
        super().__init__(parent)
        self.table: Any = None
        self.columns: list[str] = []
        self.feature = np.zeros(0, np.int32)
        self._order = np.zeros(0, np.int64)
        self._parts = (np.zeros(0, np.int64), np.zeros(0, np.int32))      # places in the table, features

    def show(self, table: Any, features: Any, structure: Any = None) -> None:
        """A table of bim.query, or None; `features` is the layer's own table, `structure` that of the model."""
        self.beginResetModel()
        self.table = table
        self._order = np.arange(table.num_rows if table is not None else 0)
        names = table.column_names if table is not None else []
        self.columns = [*(n for n in ORDER if n in names), *(n for n in names if n not in ORDER)]
        guids = table.column("guid") if table is not None else []
        self.feature = own_shapes(guids, features)
        self._parts = parts_of(guids, self.feature, features, structure)
        self.endResetModel()

    def place(self, row: int) -> int:
        """Where a shown row stands in the table."""
        return int(self._order[row])

    def features(self, rows=None) -> np.ndarray:
        """Of these shown rows, or of all: rows of the feature table."""
        places = self._order if rows is None else self._order[list(rows)]
        found = self.feature[places]
        return np.union1d(found[found >= 0], self._parts[1][np.isin(self._parts[0], places)]).astype(np.int64)

    def rows_of(self, features: np.ndarray) -> np.ndarray:
        """Shown rows, ascending, of the elements whose shape, or all of whose parts, are among these."""
        places, parts = self._parts
        whole = np.setdiff1d(places, places[~np.isin(parts, features)])
        mine = np.isin(self.feature, features) | np.isin(np.arange(len(self.feature)), whole)
        return np.flatnonzero(mine[self._order])

    def property(self, column: int) -> str:
        """What files call a shown column; "" where it is none of theirs."""
        name = self.columns[column]
        said = (self.table.schema.field(name).metadata or {}).get(b"property", b"").decode()
        return said or PROPERTIES.get(name, "")

    def shapes(self) -> int:
        """How many of the rows have a shape, their own or their parts'."""
        return int((self.feature >= 0).sum() + len(np.unique(self._parts[0])))

    def rowCount(self, parent=QModelIndex()):  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self._order)

    def columnCount(self, parent=QModelIndex()):  # noqa: B008
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index, role=Qt.ItemDataRole.DisplayRole):
        place, name = self.place(index.row()), self.columns[index.column()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            value = self.table.column(name)[place].as_py()
            if name == "class" and value:
                return full_class(value)
            return tr(CHANGES[value]) if name == "change" else words_of(value)
        if role == Qt.ItemDataRole.ForegroundRole:
            value = self.table.column(name)[place]
            muted = self.feature[place] < 0 or not value.is_valid
            return QColor(theme.colour("muted")) if muted else None
        return None

    def headerData(self, section, orientation, role=Qt.ItemDataRole.DisplayRole):
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            name = self.columns[section]
            return tr(HEADS[name]) if name in HEADS else name
        return None

    def sort(self, column, order=Qt.SortOrder.AscendingOrder):
        """Missing values stay at the end."""
        if self.table is None or not 0 <= column < len(self.columns):
            return
        import pyarrow.compute as pc
        self.layoutAboutToBeChanged.emit()
        way = "ascending" if order == Qt.SortOrder.AscendingOrder else "descending"
        self._order = np.asarray(pc.sort_indices(self.table.column(self.columns[column]),
                                                 sort_keys=[("", way)])).astype(np.int64)
        self.layoutChanged.emit()

    def csv(self) -> str:
        """The table in the order that is shown."""
        from app.ifc_cli import csv_text
        return csv_text(self.table.select(self.columns).take(self._order))
