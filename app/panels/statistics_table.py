"""Statistics as rows: a group and a bucket of time each. Only what is visible is ever put into words."""

from __future__ import annotations

from concurrent.futures import Executor, Future

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QRectF, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QStyledItemDelegate, QTableView

from app import theme
from app.panels.facts import MISSING
from app.panels.row_table import as_rows
from app.statistics import Question, Tabled
from twin import times
from twin.text import language, tr
from twin.units import shown

COLUMNS = {"name": "Group", "from": "Begins at", "count": "Readings", "mean": "Mean", "energy_mean": "Energy mean",
           "min": "Least", "max": "Greatest", "p95": "95 %", "over": "Above", "completeness": "Completeness"}
WIDTHS = {"name": 180, "from": 140, "count": 90, "energy_mean": 132, "completeness": 130}
VALUES = ("mean", "energy_mean", "min", "max", "p95")
TEXTS = ("name", "from")
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
AT_ONCE = 20_000                          # rows that are sorted within a frame; more are sorted in a thread
SHARE = Qt.ItemDataRole.UserRole          # 0..1 of what is drawn as a bar, or None


class StatisticsModel(QAbstractTableModel):
    """By group and time at first; sorted by a column where one asks. `needed`: the completeness below which grey.

    `thread` sorts what is long; `take` puts that in place, between frames.
    """

    def __init__(self, thread: Executor, parent=None):
        super().__init__(parent)
        self._thread = thread
        self._sorting: Future | None = None
        self.tabled: Tabled | None = None
        self.needed, self.time_zone = 0.0, "UTC"
        self._threshold: float | None = None
        self._names: list[str] = []
        self._decimals = 0
        self._group = self._bucket = np.zeros(0, np.int64)
        self.columns: list[str] = []
        self._sorted = ("", Qt.SortOrder.AscendingOrder)

    def show(self, tabled: Tabled | None, question: Question | None, needed: float, time_zone: str) -> None:
        self.beginResetModel()
        self.tabled, self.needed, self.time_zone = tabled, needed, time_zone
        self._threshold = question.threshold if question else None
        self.columns = [c for c in COLUMNS if (c != "over" or self._threshold is not None)
                        and (c != "energy_mean" or (tabled is not None and tabled.in_decibels))]
        listed = tabled.listed if tabled else []
        buckets = len(tabled.edges_ns) - 1 if tabled else 0
        self._names = [g.title(language()) for g in tabled.groups.groups] if tabled else []
        self._group = np.repeat(np.array(listed, np.int64), buckets)
        self._bucket = np.tile(np.arange(buckets), len(listed))
        self._decimals = decimals_of(tabled)
        self.endResetModel()
        self._arrange()

    def sort(self, column: int, order=Qt.SortOrder.AscendingOrder) -> None:
        self._sorted = (self.columns[column] if 0 <= column < len(self.columns) else "", order)
        self._arrange()

    @property
    def sorting(self) -> bool:
        return self._sorting is not None

    def take(self) -> None:
        """Show the rows in the order that was asked for last, once it is known."""
        if self._sorting is not None and self._sorting.done():
            future, self._sorting = self._sorting, None
            self._lay(future.result())

    def _arrange(self) -> None:
        """What was asked for before is no longer wanted."""
        if self._sorting is not None:
            self._sorting.cancel()
            self._sorting = None
        column, order = self._sorted
        if column not in self.columns or not len(self._group):
            return
        asked = (self.tabled, self._names, self._group, self._bucket, column, order == Qt.SortOrder.DescendingOrder)
        if len(self._group) > AT_ONCE:
            self._sorting = self._thread.submit(_order, *asked)
        else:
            self._lay(_order(*asked))

    def _lay(self, by: np.ndarray) -> None:
        self.beginResetModel()
        self._group, self._bucket = self._group[by], self._bucket[by]
        self.endResetModel()

    def begins_ns(self, row: int) -> int:
        return int(self.tabled.edges_ns[self._bucket[row]])

    # -- Qt's questions ----------------------------------------------------------------------------------

    def rowCount(self, parent=QModelIndex()):  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self._group)

    def columnCount(self, parent=QModelIndex()):  # noqa: B008
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index, role=Qt.ItemDataRole.DisplayRole):
        column = self.columns[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self._words(index.row(), column)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return LEFT if column in TEXTS else RIGHT
        if role == SHARE and column == "completeness":
            share = float(self.tabled.table.completeness[self._group[index.row()], self._bucket[index.row()]])
            return share if share == share else None
        if role in (Qt.ItemDataRole.ForegroundRole, Qt.ItemDataRole.ToolTipRole) and self._lacks(index.row()):
            return QColor(theme.colour("muted")) if role == Qt.ItemDataRole.ForegroundRole else tr(
                "Fewer than {share:.0f} % of the readings that its sensors should give", share=100 * self.needed)
        return None

    def _lacks(self, row: int) -> bool:
        complete = float(self.tabled.table.completeness[self._group[row], self._bucket[row]])
        return complete < self.needed

    def _words(self, row: int, column: str) -> str:
        group, bucket = int(self._group[row]), int(self._bucket[row])
        if column == "name":
            return self._names[group]
        if column == "from":
            return times.readable(int(self.tabled.edges_ns[bucket]), self.time_zone).rsplit(" ", 1)[0]
        value = getattr(self.tabled.table, column)[group, bucket]
        if column == "count":
            return f"{value:,}"
        if value != value:
            return MISSING
        return f"{value:,.{self._decimals}f}" if column in VALUES else f"{100 * value:.1f} %"

    def headerData(self, section, orientation, role=Qt.ItemDataRole.DisplayRole):
        if role == Qt.ItemDataRole.TextAlignmentRole and section < len(self.columns):
            return LEFT if self.columns[section] in TEXTS else RIGHT
        if role != Qt.ItemDataRole.DisplayRole or orientation != Qt.Orientation.Horizontal \
                or section >= len(self.columns):
            return super().headerData(section, orientation, role)
        column = self.columns[section]
        words = tr(COLUMNS[column])
        if column == "over":
            return f"{words} {self._threshold:g}"
        unit = shown(self.tabled.unit) if self.tabled and column in VALUES else ""
        return f"{words} ({unit})" if unit else words


def _order(tabled: Tabled, names: list[str], group: np.ndarray, bucket: np.ndarray, column: str,
           down: bool) -> np.ndarray:
    """Places of the rows in the order of a column; what is not known stays at the end."""
    if column == "name":
        rank = np.argsort(np.argsort(np.array(names, str), kind="stable"))
        keys = rank[group].astype(np.float64)
    else:
        keys = (bucket if column == "from" else getattr(tabled.table, column)[group, bucket]).astype(np.float64)
    return np.lexsort((bucket, group, np.where(np.isnan(keys), np.inf, -keys if down else keys)))


def decimals_of(tabled: Tabled | None) -> int:
    """As many for all values that the largest has four figures, and at most three."""
    greatest = np.abs(tabled.table.max[np.isfinite(tabled.table.max)]) if tabled else np.zeros(0)
    largest = float(greatest.max()) if len(greatest) else 0.0
    return int(np.clip(3 - np.floor(np.log10(largest)), 0, 3)) if largest > 0 else 0


class ShareBars(QStyledItemDelegate):
    """A share as a bar behind its number: how complete, at a glance."""

    def paint(self, painter, option, index):
        share = index.data(SHARE)
        if share is not None:
            room = QRectF(option.rect).adjusted(4, 5, -4, -5)
            lacks = index.data(Qt.ItemDataRole.ForegroundRole) is not None
            colour = QColor(theme.colour("warn" if lacks else "accent"))
            colour.setAlphaF(0.28)
            painter.fillRect(QRectF(room.x(), room.y(), room.width() * min(1.0, share), room.height()), colour)
        super().paint(painter, option, index)


def statistics_view(model: StatisticsModel) -> QTableView:
    view = QTableView()
    view.setModel(model)
    as_rows(view)
    view.horizontalHeader().setSectionsClickable(True)
    view.horizontalHeader().setStretchLastSection(True)
    return view
