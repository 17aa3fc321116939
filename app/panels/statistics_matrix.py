"""Statistics as a matrix: a group a row, a bucket of time a column, each cell in the colour of its level."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QStyledItemDelegate, QTableView

from app.panels.facts import MISSING
from app.panels.statistics_table import decimals_of
from app.panels.vital_detail import limits_of
from app.statistics import Question, Tabled
from layers.verdict_colors import SHAPES, level_colors
from twin import times
from twin.text import language, tr
from twin.units import shown
from twin.vitals import verdict
from twin.vitals.catalogue import Catalogue, Sign

TINT = 0.5                                # of a level's colour behind a number, which must stay readable
WIDTH_PX = 92


class MatrixModel(QAbstractTableModel):
    """Only buckets that are asked about. What is not complete is grey, never green; with a number the last column is
    the share of readings above it.
    """

    def __init__(self, parent=None):
        super().__init__(parent)
        self.tabled: Tabled | None = None
        self._names: list[str] = []
        self._heads: list[str] = []
        self.groups = self.buckets = np.zeros(0, np.int64)
        self.values = np.zeros((0, 0))
        self.levels = np.zeros((0, 0), np.uint8)
        self._lacks = np.zeros((0, 0), bool)
        self._worst = np.zeros((0, 0))                       # of a sensor where it is worse than the mean, else NaN
        self._above: np.ndarray | None = None                # (groups,)
        self._threshold, self._decimals, self._unit = 0.0, 0, ""
        self._colors: list[QColor] = []
        self._by: tuple[int | None, Qt.SortOrder] | None = None      # the begin of a bucket, None = the share above

    def show(self, tabled: Tabled | None, question: Question | None, needed: float, time_zone: str,
             names: Catalogue, look: str) -> None:
        """`needed`: completeness below which a cell is grey. `look`: theme of the colours."""
        self.beginResetModel()
        self.tabled = tabled
        self._colors = [QColor(*map(int, rgb)) for rgb in level_colors(look)]
        for color in self._colors:
            color.setAlphaF(TINT)
        if tabled is None:
            self.groups = self.buckets = np.zeros(0, np.int64)
        else:
            self._fill(tabled, question, needed, time_zone, names)
            self._arrange()
        self.endResetModel()

    def _fill(self, tabled: Tabled, question: Question, needed: float, time_zone: str, names: Catalogue) -> None:
        table, asked = tabled.table, tabled.share
        self.buckets = np.arange(len(tabled.edges_ns) - 1) if asked is None else np.flatnonzero(asked > 0)
        listed = np.array(tabled.listed, np.int64)
        silent = table.count[np.ix_(listed, self.buckets)].sum(axis=1) == 0
        self.groups = listed[np.argsort(silent, kind="stable")]          # who says nothing does not stand in the way
        self._rank = np.arange(len(self.groups))                         # among equals
        of = np.ix_(self.groups, self.buckets)
        self.values = tabled.average[of]
        with np.errstate(invalid="ignore"):
            self._lacks = ~(table.completeness[of] >= needed) | (table.count[of] == 0)
        starts = tabled.edges_ns[self.buckets]
        self.levels = levels_of(self.values, starts, tabled.unit, question, names, time_zone)
        self.levels[self._lacks] = verdict.GREY
        self._worst = np.full(self.values.shape, np.nan)
        for extreme in tabled.extremes:
            own = levels_of(extreme[of], starts, tabled.unit, question, names, time_zone)
            worse = (own > verdict.GREEN) & (own > self.levels)
            self.levels[worse], self._worst[worse] = own[worse], extreme[of][worse]
        self._above = None
        if question.threshold is not None:
            count, over = table.count[of], np.nan_to_num(table.over[of])
            with np.errstate(invalid="ignore"):
                self._above = (over * count).sum(axis=1) / count.sum(axis=1)
            self._threshold = question.threshold
        self._names = [tabled.groups.groups[g].title(language()) for g in self.groups]
        self._heads, self._decimals, self._unit = _heads(starts, time_zone), decimals_of(tabled), shown(tabled.unit)

    def middle_ns(self, column: int) -> int:
        """Within the bucket of a column: its beginning still shows what was before."""
        at = int(self.buckets[column])
        return int(self.tabled.edges_ns[at] + self.tabled.edges_ns[at + 1]) // 2

    def group(self, row: int):
        return self.tabled.groups.groups[int(self.groups[row])]

    def sort(self, column: int, order=Qt.SortOrder.AscendingOrder) -> None:
        """Groups by what a column says; what says nothing stays at the end."""
        if not 0 <= column < self.columnCount():
            return
        starts = self.tabled.edges_ns[self.buckets]
        self._by = int(starts[column]) if column < len(starts) else None, order
        self.beginResetModel()
        self._arrange()
        self.endResetModel()

    def _arrange(self) -> None:
        """As was asked last, also what is shown anew; a bucket that is gone sorts nothing."""
        begin, order = self._by or (-1, Qt.SortOrder.AscendingOrder)
        at = np.flatnonzero(self.tabled.edges_ns[self.buckets] == begin) if begin is not None else ()
        keys = self._above if begin is None else \
            np.where(self._lacks, np.nan, self.values)[:, at[0]] if len(at) else None
        if keys is None:
            return
        keys = -keys if order == Qt.SortOrder.DescendingOrder else keys
        by = np.lexsort((self._rank, np.where(np.isnan(keys), np.inf, keys)))
        self._rank, self.groups, self._names = self._rank[by], self.groups[by], [self._names[k] for k in by]
        self.values, self.levels, self._lacks = self.values[by], self.levels[by], self._lacks[by]
        self._worst = self._worst[by]
        self._above = None if self._above is None else self._above[by]

    # -- Qt's questions ----------------------------------------------------------------------------------

    def rowCount(self, parent=QModelIndex()):  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self.groups)

    def columnCount(self, parent=QModelIndex()):  # noqa: B008
        if parent.isValid() or self.tabled is None:
            return 0
        return len(self.buckets) + (self._above is not None)

    def data(self, index, role=Qt.ItemDataRole.DisplayRole):
        row, column = index.row(), index.column()
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignCenter
        if column == len(self.buckets):
            share = float(self._above[row])
            return (MISSING if share != share else f"{100 * share:.0f} %") if role == Qt.ItemDataRole.DisplayRole \
                else None
        level = int(self.levels[row, column])
        if role == Qt.ItemDataRole.DisplayRole:
            return self._cell(row, column, level)
        if role == Qt.ItemDataRole.BackgroundRole:
            return self._colors[level] if level or self._lacks[row, column] else None
        if role == Qt.ItemDataRole.ToolTipRole:
            said = tr(verdict.WORDS[verdict.LEVELS[level]]) if level else \
                tr("too few readings") if self._lacks[row, column] else ""
            value, worst = self._number(self.values[row, column]), self._worst[row, column]
            said = said if worst != worst else tr("{level}, worst {value}", level=said, value=self._number(worst))
            return " · ".join(filter(None, (self._names[row], self._heads[column], f"{value} {self._unit}", said)))
        return None

    def _cell(self, row: int, column: int, level: int) -> str:
        """Levels beyond green have a shape too, for those who do not tell the colours apart."""
        value = self._number(self.values[row, column])
        return f"{SHAPES[level]} {value}" if level > verdict.GREEN else value

    def _number(self, value: float) -> str:
        return MISSING if value != value else f"{value:,.{self._decimals}f}"

    def headerData(self, section, orientation, role=Qt.ItemDataRole.DisplayRole):
        if role != Qt.ItemDataRole.DisplayRole:
            return super().headerData(section, orientation, role)
        if orientation == Qt.Orientation.Vertical:
            return self._names[section] if section < len(self._names) else None
        if section == len(self.buckets):
            return f"> {self._threshold:g}"
        return self._heads[section] if section < len(self._heads) else None


def levels_of(values: np.ndarray, starts_ns: np.ndarray, unit: str, question: Question, names: Catalogue,
              time_zone: str) -> np.ndarray:
    """(groups, buckets) u1 by the vital sign that judges such means; else by the number that is asked about; else GREY.
    """
    sign = judging(question, unit, names)
    out = np.full(values.shape, verdict.GREY, np.uint8)
    for column, start in enumerate(starts_ns.tolist()):
        if sign is not None:
            night = verdict.is_night(start, time_zone, names.day_hours)
            out[:, column] = verdict.levels_of(values[:, column], sign, night)
        elif question.threshold is not None:
            out[:, column] = np.where(values[:, column] > question.threshold, verdict.RED, verdict.GREEN)
    out[np.isnan(values)] = verdict.GREY
    return out


def judging(question: Question, unit: str, names: Catalogue) -> Sign | None:
    """The first vital sign of the property that has its unit and is about means over such a bucket of time: the limit
    for 15 minutes says nothing of a day's mean.
    """
    return next((s for s in names.of_property(question.property) if s.judges_members and _same_unit(unit, s)
                 and _is_about(s, question.bucket_ns)), None)


def colors_told(question: Question, unit: str, names: Catalogue, crowded: bool = False) -> str:
    """What the colours of the cells mean. `crowded`: as `Tabled.crowded`."""
    sign = judging(question, unit, names)
    if sign is not None and crowded:
        return tr("{sign}, of the mean of a group alone, for there are too many sensors: {limits}", sign=sign.title(),
                  limits=limits_of(sign, sign.levels))
    if sign is not None:
        return tr("{sign}, each sensor by itself: {limits}", sign=sign.title(), limits=limits_of(sign, sign.levels))
    if question.threshold is not None:
        return f"{SHAPES[verdict.RED]} > {question.threshold:g} {shown(unit)}".rstrip()
    return tr("no limit of the catalogue is about such means")


def _is_about(sign: Sign, bucket_ns: int) -> bool:
    if sign.window is None:
        return 0 < bucket_ns <= times.HOUR
    return sign.window.kind == "mean" and bucket_ns == sign.window.minutes * times.MINUTE


def _same_unit(unit: str, sign: Sign) -> bool:
    return shown(unit) == shown(sign.unit) or (unit.startswith("dB") and sign.unit.startswith("dB"))


def _heads(starts_ns: np.ndarray, time_zone: str) -> list[str]:
    """The clock, and the day where there are several."""
    told = [times.readable(int(ns), time_zone) for ns in starts_ns]
    one = len({words[:10] for words in told}) <= 1
    return [words[11:16] if one else words[5:16] for words in told]


class Tinted(QStyledItemDelegate):
    """The level's colour behind the number: under a style sheet Qt leaves the background of cells out."""

    def paint(self, painter, option, index):
        color = index.data(Qt.ItemDataRole.BackgroundRole)
        if color is not None:
            painter.fillRect(option.rect.adjusted(1, 1, -1, -1), color)
        super().paint(painter, option, index)


def matrix_view(model: MatrixModel) -> QTableView:
    view = QTableView()
    view.setModel(model)
    view.setItemDelegate(Tinted(view))
    view.setShowGrid(False)
    view.setFrameShape(QFrame.Shape.NoFrame)
    view.setWordWrap(False)
    view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    view.verticalHeader().setDefaultSectionSize(24)
    view.verticalHeader().setSectionsClickable(False)
    view.horizontalHeader().setDefaultSectionSize(WIDTH_PX)
    view.horizontalHeader().setSectionsClickable(True)
    view.horizontalHeader().setSortIndicatorShown(True)
    view.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
    view.horizontalHeader().sortIndicatorChanged.connect(model.sort)
    model.modelReset.connect(lambda: _show_share_first(view.horizontalHeader(), len(model.buckets)))
    return view


def _show_share_first(header: QHeaderView, column: int) -> None:
    """Beside the names: behind many hours it is out of sight."""
    if column < header.count():
        header.moveSection(header.visualIndex(column), 0)
