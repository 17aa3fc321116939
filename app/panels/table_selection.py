"""The rows of a table and what is selected in the scene: each chooses the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
from PySide6.QtCore import QItemSelection, QItemSelectionModel, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QTableView

from app.panels.table_model import TableModel
from app.session import Session
from twin.selection import Selection

MOST_SPANS = 400                 # of selected rows that Qt is told of: it compares each with each


class TableSelection:
    """`view` shows `model`, the features of `layer()`; what other layers have selected is let go by a choice here."""

    def __init__(self, session: Session, view: QTableView, model: TableModel, layer: Callable[[], str]):
        self.session, self.view, self.model, self.layer = session, view, model, layer
        self._seen: Selection | None = None
        self._quiet = False
        view.selectionModel().selectionChanged.connect(lambda *_: self._rows_chosen())

    @property
    def news(self) -> bool:
        """Whether something else is selected than what is shown."""
        return self.session.selection is not self._seen

    def forget(self) -> None:
        """What is selected is to be shown anew."""
        self._seen = None

    @contextmanager
    def quiet(self) -> Iterator[None]:
        """Rows that are chosen meanwhile select nothing."""
        self._quiet = True
        try:
            yield
        finally:
            self._quiet = False

    def select(self, features: list[int]) -> None:
        self.session.selection = self._seen = Selection(tuple((self.layer(), f) for f in features))

    def _rows_chosen(self) -> None:
        if self._quiet or not self.session.document.layer(self.layer()):
            return
        spans = self.view.selectionModel().selection()
        rows = np.unique(np.concatenate([np.arange(s.top(), s.bottom() + 1) for s in spans]
                                        or [np.zeros(0, np.int64)]))
        if self.model.marked.any():
            if QGuiApplication.keyboardModifiers() & Qt.KeyboardModifier.ControlModifier:
                rows = np.setxor1d(np.flatnonzero(self.model.marked), rows)
            self.model.mark(np.zeros(0, np.int64))
            self.select(self.model.features(rows))
            self.forget()                                    # shown anew from what is selected then
            return
        current = self.view.currentIndex().row()
        rows = np.append(rows[rows != current], current) if current in rows else rows      # the newest comes last
        self.select(self.model.features(rows))

    def show(self) -> None:
        """The rows of what is selected in the scene; the newest is scrolled to, unless one is in the table or every row
        is selected.
        """
        self._seen = self.session.selection
        features = self._seen.features(self.layer())
        rows = self.model.rows_of(features)
        chosen, last, found = QItemSelection(), self.model.columnCount() - 1, spans_of(rows)
        scattered = len(found) > MOST_SPANS
        for first, end in () if scattered else found:
            chosen.select(self.model.index(first, 0), self.model.index(end, max(last, 0)))
        with self.quiet():
            self.view.selectionModel().select(chosen, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self.model.mark(rows if scattered else np.zeros(0, np.int64))        # there the model itself shows it
        newest = self.model.rows_of(features[-1:])
        if len(newest) and len(rows) < self.model.rowCount() and not self.view.hasFocus():
            self.view.scrollTo(self.model.index(int(newest[0]), 0))


def spans_of(rows: np.ndarray) -> list[tuple[int, int]]:
    """Runs of consecutive rows as (first, last)."""
    if not len(rows):
        return []
    cuts = np.flatnonzero(np.diff(rows) > 1)
    return list(zip(rows[np.append(0, cuts + 1)].tolist(), rows[np.append(cuts, len(rows) - 1)].tolist()))
