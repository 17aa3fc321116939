"""The tables of the studies that were made since the program began: one is shown, a click goes to its house or zone."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.panels.editors import unmoved_by_wheel
from app.panels.facts import MISSING
from app.session import Session
from app.study_tables import StudyTable
from layers.verdict_colors import SHAPES, level_colors
from twin.selection import Selection
from twin.text import tr

TINT = 0.45
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
SORTED = Qt.ItemDataRole.UserRole


class Cell(QTableWidgetItem):
    """Sorts by its value, not by its words; what is not known comes last."""

    def __lt__(self, other) -> bool:
        mine, theirs = self.data(SORTED), other.data(SORTED)
        return theirs is None if mine is None or theirs is None else mine < theirs


class StudyResultsPanel(QWidget):
    """`session.study_tables`, the newest first."""

    def __init__(self, session: Session, viewport=None, parent: QWidget | None = None):
        super().__init__(parent)
        self.session, self.viewport = session, viewport
        self.choice, self.said, self.table = QComboBox(), QLabel(), QTableWidget()
        self._seen: tuple = ()
        self._shown: StudyTable | None = None
        self._lay_out()
        self.retranslate()

    def _lay_out(self) -> None:
        self.choice.installEventFilter(unmoved_by_wheel())
        self.choice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.choice.currentIndexChanged.connect(lambda _: self._show())
        self.said.setProperty("role", "muted")
        self.said.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        table = self.table
        table.setShowGrid(False)
        table.setFrameShape(QFrame.Shape.NoFrame)
        table.setWordWrap(False)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(24)
        table.horizontalHeader().setStretchLastSection(True)
        table.cellClicked.connect(lambda row, _: self._go(row))
        top, column = QHBoxLayout(), QVBoxLayout(self)
        top.addWidget(self.choice)
        top.addWidget(self.said, 1)
        column.setContentsMargins(12, 6, 12, 8)
        column.setSpacing(4)
        column.addLayout(top)
        column.addWidget(table, 1)
        self.setMinimumHeight(150)

    def refresh(self) -> None:
        waits = any(study.waiting for study in self.session.studies)
        seen = (tuple(self.session.study_tables), self.session.theme, waits)
        if not self.isVisible() or seen == self._seen:
            return
        fresh = not self._seen or seen[0] != self._seen[0]
        self._seen = seen
        if fresh:
            self.choice.blockSignals(True)
            self.choice.clear()
            self.choice.addItems([table.title for table in seen[0]])
            self.choice.setCurrentIndex(0 if seen[0] else -1)
            self.choice.blockSignals(False)
        self._show()

    def _show(self) -> None:
        at, tables = self.choice.currentIndex(), self.session.study_tables
        self._shown = shown = tables[at] if 0 <= at < len(tables) else None
        self.choice.setVisible(len(tables) > 0)
        self.table.setVisible(shown is not None)
        self.said.setText(shown.note if shown else self._nothing())
        self.table.setSortingEnabled(False)
        self.table.clear()
        if shown is not None:
            self._fill(shown)
        self.table.setSortingEnabled(True)

    def _nothing(self) -> str:
        if any(study.waiting for study in self.session.studies):
            return tr("Being computed")
        return tr("No study was made yet: Analysis > Hours of sun, Reach on foot.")

    def _fill(self, shown: StudyTable) -> None:
        table, colors = self.table, level_colors(self.session.theme)
        table.setRowCount(len(shown.rows))
        table.setColumnCount(len(shown.columns))
        table.setHorizontalHeaderLabels([words for words, _ in shown.columns])
        table.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        for column, (_, decimals) in enumerate(shown.columns):
            table.horizontalHeaderItem(column).setTextAlignment(LEFT if decimals is None else RIGHT)
        for row, (values, level) in enumerate(zip(shown.rows, shown.levels)):
            for column, (value, (_, decimals)) in enumerate(zip(values, shown.columns)):
                cell = Cell(_words(value, decimals))
                cell.setData(SORTED, value)
                if decimals is not None:
                    cell.setTextAlignment(RIGHT)
                if level and column == len(values) - 1:
                    cell.setText(f"{SHAPES[level]} {cell.text()}")
                    back = QColor(*map(int, colors[level]))
                    back.setAlphaF(TINT)
                    cell.setBackground(back)
                cell.setData(SORTED + 1, row)
                table.setItem(row, column, cell)
        table.resizeColumnsToContents()

    def _go(self, row: int) -> None:
        """To the house or zone of a row, which is selected too."""
        place = self._shown.places[self.table.item(row, 0).data(SORTED + 1)] if self._shown else None
        found = place and (place[0], feature_of(self.session, *place))
        if not found or found[1] < 0:
            return
        self.session.selection = Selection((found,))
        if self.viewport:
            self.viewport.zoom_to_feature(*found)

    def retranslate(self) -> None:
        self._seen = ()
        self.choice.setAccessibleName(tr("Study"))

    def retheme(self) -> None:
        self._seen = ()


def feature_of(session: Session, layer: str, id: str | int) -> int:
    """The row of a feature by its number or its id; -1 = not there."""
    if isinstance(id, int):
        return id
    asset = session.held(layer) if session.document.layer(layer) else None
    features = asset.payload.features if asset and asset.payload is not None else None
    for column in ("guid", "id"):
        if features is not None and column in features.column_names:
            return int(features.column(column).index(id).as_py())
    return int(id) if id.isdigit() else -1


def _words(value, decimals: int | None) -> str:
    if value is None:
        return MISSING
    return str(value) if decimals is None else f"{value:,.{decimals}f}"
