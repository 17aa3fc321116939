"""The model tree for Qt: an item model over the arrays of a `Forest`. No object per row; asked for what is in view."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractItemModel, QModelIndex, Qt

from app import theme
from app.panels.model_forest import CLASS as CLASS_WAY
from app.panels.model_forest import PLACE, SPACE, Forest, forest, matches
from app.panels.model_shapes import places_of
from twin.class_words import class_title, full_class, named_alike, short_class
from twin.text import once, tr

COUNT = Qt.ItemDataRole.UserRole              # elements in the node
CLASS = Qt.ItemDataRole.UserRole + 1          # "Wall", in the present language; "" for a group
NODE = Qt.ItemDataRole.UserRole + 2
_STATES = (Qt.CheckState.Unchecked, Qt.CheckState.PartiallyChecked, Qt.CheckState.Checked)
NO_BOX = 255                                  # nothing in the node has a shape


class ModelTreeModel(QAbstractItemModel):
    """`structure`, seen by `way`, narrowed by a filter; `toggled(nodes, shown)` is set by the panel."""

    def __init__(self, parent=None):
        super().__init__(parent)
        self.structure: Any = None
        self.way, self.text = PLACE, ""
        self.toggled = lambda node, shown: None
        self.whole: Forest | None = None      # without the filter
        self.forest: Forest | None = None
        self.feature = np.zeros(0, np.int32)  # (rows,) row in the layer's feature table, -1 = no shape
        self._checks = np.zeros(0, np.uint8)
        self._shown = np.zeros(0, bool)

    # -- what is shown -----------------------------------------------------------------------------------

    def show_structure(self, structure: Any, features: Any, way: str) -> None:
        """`features`: the layer's feature table, whose GlobalIds say which rows have a shape."""
        self.beginResetModel()
        self.structure, self.way = structure, way
        self.whole = forest(structure, way) if structure is not None else None
        self.feature = places_of(structure, features) if structure is not None else np.zeros(0, np.int32)
        self._narrow()
        self.endResetModel()

    def set_filter(self, text: str) -> None:
        self.beginResetModel()
        self.text = text.strip()
        self._narrow()
        self.endResetModel()

    def _narrow(self) -> None:
        self.forest = self.whole
        if self.whole is not None and self.text:
            rows = np.flatnonzero(matches(self.structure, self.text))
            hit = np.isin(self.whole.row, rows) & (self.whole.row >= 0)
            sought = self.text.casefold()
            hit[[node for node, label in self.whole.labels.items() if sought in label.casefold()
                 or (self.way == CLASS_WAY and named_alike(label, sought))]] = True
            self.forest = self.whole.kept(hit)
        self._check()

    # -- what is visible ----------------------------------------------------------------------------------

    def show_visible(self, shown: np.ndarray) -> None:
        """`shown` (features,) bool: the check boxes follow. Any row may differ: the view must paint all it shows."""
        if np.array_equal(shown, self._shown):
            return
        self._shown = shown
        self._check()
        if self.rowCount():
            self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, 0),
                                  [Qt.ItemDataRole.CheckStateRole])

    def _check(self) -> None:
        """A node is checked where all shapes in it show; spaces that are put away do not count against it."""
        self._checks = np.zeros(0, np.uint8)
        if self.forest is None:
            return
        row = self.forest.row
        feature = np.where(row >= 0, self.feature[row] if len(self.feature) else -1, -1)
        on = np.zeros(len(row), bool)
        known = (feature >= 0) & (feature < len(self._shown))
        on[known] = self._shown[feature[known]]
        counted = (feature >= 0) & (~self._is_space(row) | on)
        total, lit = self.forest.summed(counted), self.forest.summed(on)
        self._checks = np.select([total == 0, lit == 0, lit < total], [NO_BOX, 0, 1], 2).astype(np.uint8)
        self._checks[(total == 0) & (feature >= 0)] = 0

    def _is_space(self, row: np.ndarray) -> np.ndarray:
        import pyarrow.compute as pc
        spaces = np.asarray(pc.equal(self.structure.nodes.column("class"), SPACE))
        return (row >= 0) & spaces[row]

    # -- nodes and what they mean ----------------------------------------------------------------------------

    def features_in(self, nodes) -> np.ndarray:
        """Rows of the feature table that these nodes and all beneath them have, each once."""
        rows = self.forest.row[self.forest.beneath(np.asarray(nodes, np.intp))]
        found = self.feature[rows[rows >= 0]]
        return np.unique(found[found >= 0])

    def nodes_of(self, features: np.ndarray) -> np.ndarray:
        rows = np.flatnonzero(np.isin(self.feature, features))
        return self.forest.nodes_of(rows) if self.forest is not None and len(rows) else np.zeros(0, np.intp)

    def row_of(self, index: QModelIndex) -> int:
        """Row of the structure, -1 for a group."""
        return int(self.forest.row[index.internalId()]) if index.isValid() else -1

    def cell(self, row: int, column: str) -> str:
        return self.structure.nodes.column(column)[row].as_py() or ""

    def label(self, node: int) -> str:
        row = int(self.forest.row[node])
        if row < 0:
            words = self.forest.labels[node]
            return class_title(words) if self.way == CLASS_WAY else words
        return once(self.cell(row, "name")) or short_class(self.cell(row, "class"))

    def index_of(self, node: int) -> QModelIndex:
        return self.createIndex(int(self.forest.place[node]), 0, int(node))

    # -- Qt's questions ----------------------------------------------------------------------------------

    def index(self, row, column, parent=QModelIndex()):  # noqa: B008 - Qt's signature
        if self.forest is None or column != 0 or row < 0:
            return QModelIndex()
        inside = self.forest.children(parent.internalId() if parent.isValid() else -1)
        return self.createIndex(row, 0, int(inside[row])) if row < len(inside) else QModelIndex()

    def parent(self, index=None):
        if index is None:
            return super().parent()
        if not index.isValid() or self.forest is None:
            return QModelIndex()
        above = int(self.forest.parent[index.internalId()])
        return self.index_of(above) if above >= 0 else QModelIndex()

    def rowCount(self, parent=QModelIndex()):  # noqa: B008
        if self.forest is None or parent.column() > 0:
            return 0
        return len(self.forest.children(parent.internalId() if parent.isValid() else -1))

    def columnCount(self, parent=QModelIndex()):  # noqa: B008
        return 1

    def data(self, index, role=Qt.ItemDataRole.DisplayRole):
        if not index.isValid() or self.forest is None:
            return None
        node = index.internalId()
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self.label(node)
            case Qt.ItemDataRole.CheckStateRole:
                state = self._checks[node]
                return None if state == NO_BOX else _STATES[state]
            case Qt.ItemDataRole.ToolTipRole:
                return self._tip(node)
            case Qt.ItemDataRole.ForegroundRole:
                return theme_muted() if self._checks[node] in (0, NO_BOX) else None
            case x if x == COUNT:
                return int(self.forest.counts[node])
            case x if x == CLASS:
                row = int(self.forest.row[node])
                return short_class(self.cell(row, "class")) if row >= 0 else ""
            case x if x == NODE:
                return node
        return None

    def setData(self, index, value, role=Qt.ItemDataRole.EditRole):
        """A tick shows or hides the node with all that lies in it."""
        if role != Qt.ItemDataRole.CheckStateRole or not index.isValid():
            return False
        self.toggled(index.internalId(), Qt.CheckState(value) == Qt.CheckState.Checked)
        return True

    def flags(self, index):
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        if self._checks[index.internalId()] != NO_BOX:
            flags |= Qt.ItemFlag.ItemIsUserCheckable
        return flags if self.rowCount(index) else flags | Qt.ItemFlag.ItemNeverHasChildren

    def _tip(self, node: int) -> str:
        row = int(self.forest.row[node])
        if row < 0:
            return self._counted(node)
        said = (full_class(self.cell(row, "class")), once(self.cell(row, "storey")))
        lines = [self.label(node), " · ".join(filter(None, said)),
                 self.cell(row, "guid")]
        if self.feature[row] < 0 and self.forest.element[node]:
            lines.append(tr("It has no shape of its own."))
        if self.forest.counts[node]:
            lines.append(self._counted(node))
        return "\n".join(filter(None, lines))

    def _counted(self, node: int) -> str:
        """What the number beside it counts, and what it leaves out: rooms can be selected, too. What has no shape of
        its own is counted, but is neither drawn nor selected.
        """
        nodes = self.forest.beneath(np.array([node]))
        inside, elements = self.forest.row[nodes], nodes[self.forest.element[nodes] & (nodes != node)]
        rooms, n = int(self._is_space(inside).sum()), f"{self.forest.counts[node]:,}"
        said = tr("{n} elements, and {rooms} rooms", n=n, rooms=f"{rooms:,}") if rooms else tr("{n} elements", n=n)
        rows = self.forest.row[elements]
        bare = int((self.feature[rows[rows >= 0]] < 0).sum()) if len(self.feature) else 0
        return f"{said} · {tr('{n} without a shape of their own', n=f'{bare:,}')}" if bare else said


def theme_muted():
    from PySide6.QtGui import QColor
    return QColor(theme.colour("muted"))
