"""How every table of rows looks: no grid, every other row tinted, a row is chosen whole."""

from __future__ import annotations

from PySide6.QtWidgets import QAbstractItemView, QFrame, QTableView


def as_rows(view: QTableView, row_px: int = 24, single: bool = False) -> None:
    """`single`: one row at a time. Row heights are fixed, so that 300,000 rows are not measured."""
    view.setShowGrid(False)
    view.setFrameShape(QFrame.Shape.NoFrame)
    view.setAlternatingRowColors(True)
    view.setWordWrap(False)
    view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    if single:
        view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    head = view.verticalHeader()
    head.hide()
    head.setDefaultSectionSize(row_px)
    head.setSectionResizeMode(head.ResizeMode.Fixed)
