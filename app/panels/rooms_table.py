"""Rooms, elements that carry sensors, and sensors without a room, as Qt tables over plain rows."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QTableView

from app import theme
from app.binding import REASONS, WAYS, Bound, sensor
from app.panels.facts import MISSING, title_of
from app.panels.row_table import as_rows
from layers.level_colors import LEVEL_COLORS
from twin.class_words import short_class
from twin.column_words import property_words
from twin.indoors import NO_INDOORS, Indoors
from twin.text import enumerated, once, tr
from twin.units import figures

ROOM_HEADS = ("Number", "Name", "Storey", "Area", "Now", "Sensors", "How")
HOST_HEADS = ("Name", "IFC class", "Storey", "Tag", "Now", "Sensors", "How")
LOST_HEADS = ("Sensor", "Observed property", "Why", "In question")
NOW = 4
ROW_PX = 24


class _Rows(QAbstractTableModel):
    heads: tuple[str, ...] = ()
    order: np.ndarray

    def __init__(self, parent=None):
        super().__init__(parent)
        self.order = np.zeros(0, np.intp)

    def rowCount(self, parent=QModelIndex()):  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self.order)

    def columnCount(self, parent=QModelIndex()):  # noqa: B008
        return 0 if parent.isValid() else len(self.heads)

    def headerData(self, section, orientation, role=Qt.ItemDataRole.DisplayRole):
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return tr(self.heads[section])
        return None

    def sort(self, column, order=Qt.SortOrder.AscendingOrder):
        """Missing values stay at the end."""
        if not 0 <= column < len(self.heads):
            return
        self.layoutAboutToBeChanged.emit()
        keys = [self.key(int(row), column) for row in self.order]
        down = order == Qt.SortOrder.DescendingOrder
        some = [at for at, key in enumerate(keys) if key is not None]
        none = [at for at, key in enumerate(keys) if key is None]
        self.order = self.order[np.array(sorted(some, key=keys.__getitem__, reverse=down) + none, np.intp)]
        self.layoutChanged.emit()


class RoomsModel(_Rows):
    """One row per room; the column "Now" follows the clock."""

    heads = ROOM_HEADS

    def __init__(self, parent=None):
        super().__init__(parent)
        self.indoors: Indoors = NO_INDOORS
        self.values = np.zeros(0, np.float32)
        self.levels: np.ndarray | None = None
        self.unit = ""
        self._counts, self._ways = np.zeros(0, np.intp), {}

    def show(self, indoors: Indoors, shown: np.ndarray) -> None:
        """`shown`: rows of `indoors.rooms`."""
        self.beginResetModel()
        self.indoors, self.order = indoors, shown
        self.values, self.levels = np.full(len(indoors.rooms), np.nan, np.float32), None
        bound = [lot.members.room[lot.members.room >= 0] for lot in indoors.lots]
        self._counts = np.bincount(np.concatenate(bound), minlength=len(indoors.rooms)) if bound \
            else np.zeros(len(indoors.rooms), np.intp)
        self._ways = {}
        self.endResetModel()

    def show_now(self, values: np.ndarray, levels: np.ndarray | None, unit: str) -> None:
        self.values, self.levels, self.unit = values, levels, unit
        if len(self.order):
            self.dataChanged.emit(self.index(0, NOW), self.index(len(self.order) - 1, NOW))

    def key(self, row: int, column: int):
        if column == NOW:
            return float(self.values[row]) if np.isfinite(self.values[row]) else None
        if column == 3:
            return float(self.indoors.rooms.area[row])
        return int(self._counts[row]) if column == 5 else self._words(row, column).casefold()

    def data(self, index, role=Qt.ItemDataRole.DisplayRole):
        row, column = int(self.order[index.row()]), index.column()
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self._words(row, column)
        if role == Qt.ItemDataRole.DecorationRole and column == NOW and self.levels is not None and self.levels[row]:
            return QColor(*LEVEL_COLORS[int(self.levels[row]) - 1])
        if role == Qt.ItemDataRole.ForegroundRole and not self._counts[row]:
            return QColor(theme.colour("muted"))
        return None

    def _words(self, row: int, column: int) -> str:
        rooms = self.indoors.rooms
        match column:
            case 0 | 1 | 2:
                return once((rooms.number, rooms.name, rooms.storey)[column][row])
            case 3:
                return f"{rooms.area[row]:,.1f} m²"
            case 4:
                value = self.values[row]
                return f"{figures(value)} {self.unit}".strip() if np.isfinite(value) else MISSING
            case 5:
                return f"{self._counts[row]:,}"
        if row not in self._ways:
            ways = dict.fromkeys(lot.members.words(at) for lot, at in self.indoors.sensors_in(row))
            self._ways[row] = enumerated(tr(WAYS[way]) for way in ways)
        return self._ways[row]


class HostsModel(RoomsModel):
    """One row per element that carries sensors; the column "Now" follows the clock."""

    heads = HOST_HEADS

    def key(self, row: int, column: int):
        return self._words(row, column).casefold() or None if column == 3 else super().key(row, column)

    def _words(self, row: int, column: int) -> str:
        hosts = self.indoors.rooms
        if column > 3:
            return super()._words(row, column)
        return (hosts.title(row), short_class(hosts.kind[row]), once(hosts.storey[row]),
                hosts.number[row])[column]


class LostModel(_Rows):
    """Sensors that should be in a room and are in none, with the reason."""

    heads = LOST_HEADS

    def __init__(self, parent=None):
        super().__init__(parent)
        self.indoors: Indoors = NO_INDOORS
        self.sensors: list[Bound] = []

    def show(self, indoors: Indoors, sensors: list[Bound]) -> None:
        self.beginResetModel()
        self.indoors, self.sensors, self.order = indoors, sensors, np.arange(len(sensors))
        self.endResetModel()

    def key(self, row: int, column: int):
        return self._words(row, column).casefold() or None

    def data(self, index, role=Qt.ItemDataRole.DisplayRole):
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self._words(int(self.order[index.row()]), index.column())
        return None

    def _words(self, row: int, column: int) -> str:
        said = self.sensors[row]
        if column == 3:
            return enumerated(self.indoors.rooms.title(room) for room in said.rooms)
        held = said.lot.payload.features                     # names of the present language
        name = said.name if held is None else title_of(held, said.row)
        return (name, property_words(said.observed), tr(REASONS[said.how]))[column]


def in_room(indoors: Indoors, room: int) -> list[Bound]:
    return [sensor(lot, row) for lot, row in indoors.sensors_in(room)]


def table_view(model: QAbstractTableModel) -> QTableView:
    """A table of rooms, elements or sensors: rows are chosen whole, a click on a heading sorts."""
    view = QTableView()
    view.setModel(model)
    view.setSortingEnabled(True)
    as_rows(view, ROW_PX)
    view.horizontalHeader().setSortIndicatorShown(False)
    view.horizontalHeader().setStretchLastSection(True)
    view.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    return view
