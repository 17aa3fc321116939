"""The excavations of a terrain: name, floor, volume; changed and removed here, each as an edit."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app import theme
from app.excavating import dug_m3
from app.session import Session
from twin.cuts import Cut
from twin.text import tr

POLL_MS = 200
HEADS = ("Name", "Floor level", "Fill up", "Volume (m³)", "")


class CutsDialog(QDialog):
    """Stays open beside the scene: every change shows at once, also one that is undone there."""

    def __init__(self, parent: QWidget | None, session: Session, id: str):
        super().__init__(parent)
        self.session, self.id = session, id
        self.setWindowTitle(tr("Excavations"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.table = QTableWidget(0, len(HEADS))
        self.table.setHorizontalHeaderLabels([tr(head) if head else "" for head in HEADS])
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.table.verticalHeader().hide()
        self.table.setShowGrid(False)
        self.table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.table.itemChanged.connect(self._renamed)
        close = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close.button(QDialogButtonBox.StandardButton.Close).setText(tr("Close"))
        close.rejected.connect(self.close)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.addWidget(self.table)
        column.addWidget(close)
        self.resize(560, 260)
        self._fill()
        self._timer = QTimer(self, interval=POLL_MS)
        self._timer.timeout.connect(self.refresh)
        self._timer.start()

    def refresh(self) -> None:
        """What somebody else changed."""
        if self._cuts() != self._told:
            self._fill()

    def _cuts(self) -> tuple[Cut, ...]:
        layer = self.session.document.layer(self.id)
        return layer.cuts if layer is not None else ()

    def _fill(self) -> None:
        self._told = self._cuts()
        self.table.blockSignals(True)
        self.table.setRowCount(len(self._told))
        for row, cut in enumerate(self._told):
            self.table.setItem(row, 0, QTableWidgetItem(cut.name))
            floor = QDoubleSpinBox(minimum=-500.0, maximum=9000.0, decimals=2, singleStep=0.5, suffix=" m")
            floor.setValue(cut.floor_m)
            floor.valueChanged.connect(lambda value, row=row: self._change(row, floor_m=round(value, 2)))
            floor.editingFinished.connect(self.session.edits.seal)
            self.table.setCellWidget(row, 1, floor)
            level = QCheckBox()
            level.setChecked(cut.level)
            level.setToolTip(tr("Ground below the floor is filled up too"))
            level.toggled.connect(lambda value, row=row: self._change(row, level=value))
            self.table.setCellWidget(row, 2, level)
            self._say_volume(row, cut)
            remove = QToolButton(autoRaise=True, toolTip=tr("Remove"))
            remove.setAccessibleName(tr("Remove"))
            remove.setIcon(theme.icon("remove"))
            remove.clicked.connect(lambda _=False, row=row: self._remove(row))
            self.table.setCellWidget(row, 4, remove)
        self.table.blockSignals(False)

    def _say_volume(self, row: int, cut: Cut) -> None:
        item = QTableWidgetItem(f"{dug_m3(self.session, self.session.document.layer(self.id), cut):,.0f}")
        item.setFlags(Qt.ItemFlag.ItemIsEnabled)
        item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.table.setItem(row, 3, item)

    def _renamed(self, item: QTableWidgetItem) -> None:
        if item.column() == 0:
            self._change(item.row(), name=item.text().strip())

    def _change(self, row: int, **fields) -> None:
        if self._cuts() != self._told:                       # this row will be another one in a moment
            return
        cuts = list(self._told)
        cuts[row] = replace(cuts[row], **fields)
        self._commit(tuple(cuts), merge=f"{self.id}.cut.{row}.{next(iter(fields))}")
        self.table.blockSignals(True)
        self._say_volume(row, cuts[row])
        self.table.blockSignals(False)

    def _remove(self, row: int) -> None:
        if self._cuts() == self._told:
            self._commit(tuple(cut for n, cut in enumerate(self._told) if n != row))
        self._fill()

    def _commit(self, cuts: tuple[Cut, ...], merge: str = "") -> None:
        layer = self.session.document.layer(self.id)
        fresh = self.session.document.with_layer(replace(layer, cuts=cuts))
        self.session.edits.commit(fresh, "Excavation", merge=merge)
        self._told = self._cuts()
