"""Two to four control points: the file's numbers, and where that is in the project's CRS, typed or picked."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QTableWidget,
    QTableWidgetItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app import theme
from app.panels.editors import read_number
from twin.local_grid import FEWEST, MOST, ControlPoint, fit, order_of, points_of, text_of
from twin.text import tr
from twin.trouble import Trouble

HEADS = ("x", "y", "Easting", "Northing", "Left over", "")
ORDERS = {"": "As it fits better", "xy": "x is the easting", "yx": "x is the northing"}
RESULT = 4


def _cell(typed: bool) -> QTableWidgetItem:
    """Tab goes from one that is typed to the next: a number typed into what is left over would be lost."""
    cell = QTableWidgetItem("")
    if not typed:
        cell.setFlags(Qt.ItemFlag.NoItemFlags)
        cell.setForeground(QColor(theme.colour("text")))
    return cell


class ControlPoints(QWidget):
    """`changed()` after every edit; `pick(row)` when a place is to be clicked in the scene."""

    def __init__(self, scheme: str, parent: QWidget | None = None):
        super().__init__(parent)
        self.changed: Callable[[], None] = lambda: None
        self.pick: Callable[[int], None] = lambda row: None
        self.base = ""
        self.table = QTableWidget(MOST, len(HEADS))
        self.table.setHorizontalHeaderLabels([tr(head) if head else "" for head in HEADS])
        self.table.setAccessibleName(tr("Control points"))
        self.table.verticalHeader().setDefaultSectionSize(26)
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.table.horizontalHeader().setSectionResizeMode(5, QHeaderView.ResizeMode.Fixed)
        self.table.setColumnWidth(5, 30)
        self.table.setFixedHeight(26 * MOST + 36)                # and the heading
        self.order, self.said = QComboBox(), QLabel(wordWrap=True)
        self.order.setAccessibleName(tr("Order of its numbers"))
        for value, words in ORDERS.items():
            self.order.addItem(tr(words), value)
        self._fill()
        row = QHBoxLayout()
        row.addWidget(QLabel(tr("Order of its numbers")))
        row.addWidget(self.order, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.table)
        column.addLayout(row)
        column.addWidget(self.said)
        self.table.itemChanged.connect(self._typed)
        self.order.activated.connect(lambda _: self._typed(None))

    def _fill(self) -> None:
        for row in range(MOST):
            for at in range(len(HEADS)):
                self.table.setItem(row, at, _cell(typed=at < RESULT))
            button = QToolButton(autoRaise=True, toolTip=tr("Click its place in the scene"))
            button.setAccessibleName(tr("Click its place in the scene"))
            button.setIcon(theme.icon("pin"))
            button.clicked.connect(lambda _=False, row=row: self.pick(row))
            self.table.setCellWidget(row, RESULT + 1, button)

    def show_crs(self, crs: str, base: str) -> None:
        """The points of a CRS that is fitted; of any other one an empty table."""
        self.base = base
        self.table.blockSignals(True)
        for row, point in enumerate(points_of(crs)[:MOST]):
            for at, value in enumerate((point.x, point.y, point.easting, point.northing)):
                self.table.item(row, at).setText(f"{value:.10g}" if abs(value) < 1e6 else f"{value:.4f}")
        self.table.blockSignals(False)
        self.order.setCurrentIndex(self.order.findData(order_of(crs)))
        self._judge()

    def can_pick(self, possible: bool) -> None:
        """Whether a place in the scene is one in the known CRS."""
        self.table.setColumnHidden(RESULT + 1, not possible)

    def put(self, row: int, easting: float, northing: float) -> None:
        """A place that was clicked."""
        self.table.blockSignals(True)
        for at, value in ((2, easting), (3, northing)):
            self.table.item(row, at).setText(f"{value:.3f}")
        self.table.blockSignals(False)
        self._typed(None)

    def points(self) -> tuple[ControlPoint, ...]:
        """The rows that are whole."""
        rows = [[read_number(self.table.item(row, at).text()) for at in range(RESULT)] for row in range(MOST)]
        return tuple(ControlPoint(*row) for row in rows if all(v is not None for v in row))

    def crs(self) -> str:
        """As a source takes it; "" as long as there are too few points."""
        points = self.points()
        try:
            fit(self.base, points, self.order.currentData())
        except Trouble:
            return ""
        return text_of(self.base, points, self.order.currentData())

    def _typed(self, item) -> None:
        self._judge()
        self.changed()

    def _judge(self) -> None:
        points, words, left = self.points(), "", [""] * MOST
        if len(points) < FEWEST:
            words = tr("Give the file's numbers and the place of two points or more, far from each other.")
        else:
            try:
                found = fit(self.base, points, self.order.currentData())
                left = [f"{r:.3f} m" for r in found.residuals_m] + [""] * (MOST - len(points))
                words = tr("Turned by {turn}°, scale {scale}, {order}.", turn=f"{found.turn_deg:.4f}",
                           scale=f"{found.scale:.7f}",
                           order=tr("northing first") if found.northing_first else tr("easting first"))
                if len(points) == FEWEST:
                    words += " " + tr("Two points leave nothing over; a third one would check them.")
            except Trouble as trouble:
                words = str(trouble)
        self.said.setText(words)
        self.table.blockSignals(True)
        whole = [row for row in range(MOST) if all(read_number(self.table.item(row, at).text()) is not None
                                                   for at in range(RESULT))]
        for row in range(MOST):
            self.table.item(row, RESULT).setText(left[whole.index(row)] if row in whole else "")
        self.table.blockSignals(False)
