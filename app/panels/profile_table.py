"""The pipes that a section cuts, as a table."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QAbstractItemView, QTableWidget, QTableWidgetItem

from app import theme
from app.panels.row_table import as_rows
from layers.networks import KIND_WORDS
from twin.profile import PipeCut, Profile
from twin.text import tr

HEADS = ("Distance (m)", "Pipe", "Pipe kind", "Diameter (mm)", "Cover (m)", "Crown level (m)", "Clearance (m)",
         "Nearest", "To the trench (m)")


class ProfileTable(QTableWidget):
    """`chosen(cut)` (a click) and `visited(cut)` (a double click) are set by the panel."""

    def __init__(self):
        super().__init__(0, len(HEADS))
        self.chosen = self.visited = lambda cut: None
        self._pipes: tuple[PipeCut, ...] = ()
        as_rows(self, single=True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.horizontalHeader().setMinimumSectionSize(40)
        self.cellClicked.connect(lambda row, _: self.chosen(self._pipes[row]))
        self.cellDoubleClicked.connect(lambda row, _: self.visited(self._pipes[row]))

    def show_profile(self, found: Profile, theme_name: str) -> None:
        self._pipes = found.pipes
        self.setRowCount(len(found.pipes))
        danger, warn, plain = (theme.colour(name, theme_name) for name in ("danger", "warn", "text"))
        for row, cut in enumerate(found.pipes):
            hit = np.isfinite(cut.trench_m) and cut.trench_m < 0
            for column, words in enumerate(cells(cut)):
                item = QTableWidgetItem(words)
                if column not in (1, 2, 7):
                    item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                doubtful = cut.guessed and column in (4, 5, 6, 8)
                item.setForeground(QColor(warn if doubtful else danger if hit and column == 8 else plain))
                if doubtful:
                    item.setToolTip(
                        tr("Nobody says whether these heights are of crown, axis or invert, or their datum."))
                self.setItem(row, column, item)
        self.setColumnHidden(8, found.trench.depth_m <= 0)
        self.resizeColumnsToContents()

    def mark(self, feature: tuple[str, int] | None) -> None:
        """Choose the row of (layer id, feature), where there is one."""
        row = next((i for i, cut in enumerate(self._pipes) if (cut.layer, cut.feature) == feature), -1)
        self.selectRow(row) if row >= 0 else self.clearSelection()

    def retranslate(self) -> None:
        self.setHorizontalHeaderLabels([tr(head) for head in HEADS])


def cells(cut: PipeCut) -> tuple[str, ...]:
    """A row of the table, as `HEADS` say."""
    sized = np.isfinite(cut.diameter_m)
    aside = tr("  {m} m beside", m=f"{cut.aside_m:.2f}") if cut.aside_m > 0 else ""
    return (f"{cut.distance_m:.2f}", cut.name + aside, tr(KIND_WORDS.get(cut.kind, cut.kind)),
            f"{cut.diameter_m * 1000:.0f}" if sized else "–", metres(cut.cover_m) if sized else "–",
            metres(cut.crown_m) if sized else "–", metres(cut.clear_m), cut.beside,
            metres(cut.trench_m) if sized else "–")


def metres(value: float) -> str:
    return f"{value:.2f}" if np.isfinite(value) else "–"
