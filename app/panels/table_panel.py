"""The attribute table of a layer: filtered by an expression, sorted, selected with the scene, counted, saved."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from app import dialogs
from app.panels.loupe import show_loupe
from app.panels.row_table import as_rows
from app.panels.table_model import TableModel
from app.panels.table_selection import TableSelection
from app.panels.table_words import filter_hint, statistics_text
from app.session import Session
from layers.sensor_values import listed_rows, shown_properties
from twin import tabling, text
from twin.shown_columns import written
from twin.text import sentences, tr
from twin.trouble import Trouble

WIDTH_PX = 140


class TablePanel(QWidget):
    """Shows one layer (`show_layer`) until another is asked for. Answers come back with a later tick."""

    def __init__(self, session: Session, viewport=None, parent: QWidget | None = None):
        super().__init__(parent)
        self.session, self.viewport = session, viewport
        self.id = ""
        self.model = TableModel(self)
        self.view, self.line = QTableView(), QLineEdit(clearButtonEnabled=True)
        self.said, self.stats, self.only = QLabel(), QLabel(wordWrap=True), QCheckBox()
        self.save, self.take = QPushButton(), QPushButton()
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="table")
        self._asked: Future | None = None
        self._counted: Future | None = None
        self._saved: Future | None = None
        self._features: Any = None
        self._found = np.zeros(0, np.int64)      # rows that fit the expression, sorted
        self._own = np.zeros(0, np.int64)        # rows that are the layer's
        self._part: tuple = ()                   # which of the table's rows those are
        self._meant = ""                         # how a condition that holds for nothing may be written
        self._words, self._taking = "", False    # the expression that was asked for; whether to select what it leaves
        self._sorted: tuple[str, bool] | None = None         # as was asked for
        self._in_order: tuple[str, bool] | None = None       # as the rows that are shown are
        self._column = ""
        self._lay_out()
        self.chosen = TableSelection(session, self.view, self.model, lambda: self.id)
        self._connect()
        self.retranslate()
        self.retheme()

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        for widget, stretch in ((self.line, 1), (self.only, 0), (self.take, 0), (self.save, 0)):
            top.addWidget(widget, stretch)
        for label in (self.said, self.stats):
            label.setProperty("role", "muted")
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        view = self.view
        view.setModel(self.model)
        as_rows(view)
        view.verticalHeader().show()
        view.horizontalHeader().setDefaultSectionSize(WIDTH_PX)
        view.horizontalHeader().setSectionsMovable(True)
        view.horizontalHeader().setSectionsClickable(True)
        view.setMinimumHeight(72)                              # else the panel scrolls beside its own rows
        words = QHBoxLayout()                                 # one row: a low panel is for its table
        words.setSpacing(24)
        words.addWidget(self.said)
        words.addWidget(self.stats, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 4, 12, 4)
        column.setSpacing(4)
        column.addLayout(top)
        column.addLayout(words)
        column.addWidget(self.view, 1)

    def _connect(self) -> None:
        self.line.returnPressed.connect(self.ask)
        self.line.textChanged.connect(lambda words: None if words else self.ask())
        self.only.toggled.connect(lambda _: self._show_rows())
        self.take.clicked.connect(self.select_shown)
        self.save.clicked.connect(self.save_csv)
        self.view.horizontalHeader().sectionClicked.connect(self._sort_by)
        self.view.doubleClicked.connect(lambda index: self._zoom(index.row()))

    # -- which layer -------------------------------------------------------------------------------------

    def show_layer(self, id: str) -> None:
        if id != self.id:
            self.id = id
            self._sorted, self._in_order, self._column = None, None, ""
            self._show_arrow()
            self.line.clear()
        self._features = None
        self.refresh()

    def _table(self) -> tuple:
        """(what tells whether it is still the same, the layer, its payload with a table); () = none."""
        layer = self.session.document.layer(self.id)
        asset = self.session.asset(self.id) if layer else None
        if asset is None or asset.payload is None or asset.payload.features is None:
            return ()
        part = shown_properties(layer), getattr(layer, "system", "")
        return (id(asset.payload.features), *part), layer, asset.payload

    def refresh(self) -> None:
        """The table may have been read again; answers may have come; the scene may have selected."""
        if not self.isVisible():
            return
        shown, self.model.words = self._table(), self.session.document.words
        table = shown[2].features if shown else None
        if table is not self._features or shown[:1] != self._part:
            self._features, self._part = table, shown[:1]
            self._own = self._found = listed_rows(*shown[1:]) if shown else np.zeros(0, np.int64)
            self.model.show(table, self._found)
            self.chosen.forget()
            self._counted, self._meant = None, ""
            self._count()
            self._hint()
            self._ask_statistics()
            if table is not None and (self.line.text() or self._sorted):
                self.ask()
        if self._asked is not None and self._asked.done():
            asked, self._asked = self._asked, None
            self._take_rows(asked)
        if self._counted is not None and self._counted.done():
            counted, self._counted = self._counted, None
            self.stats.setText(statistics_text(self._column, counted.result()))
        if self._saved is not None and self._saved.done():
            saved, self._saved = self._saved, None
            error = saved.exception()
            self._say(str(error) if error else tr("Saved: {path}", path=saved.path), "danger" if error else "muted")
        if self.chosen.news:
            if self.only.isChecked():
                self._show_rows()
            self.chosen.show()

    # -- filter, order -----------------------------------------------------------------------------------

    def ask(self) -> None:
        """Filter and sort in a thread."""
        self._words = self.line.text()
        if self._features is not None:
            self._say(tr("Filtering…"))
            self._asked = self._worker.submit(answer, self._features, self.line.text(), self._sorted,
                                              self.session.document.words)

    def _take_rows(self, asked: Future) -> None:
        error = asked.exception()
        taking, self._taking = self._taking, False
        if isinstance(error, Trouble):
            self._say(f"{self._title()}: {error}", "danger")
            self._sorted = self._in_order                    # the rows stay as they are, and so does the arrow
            self._show_arrow()
            return
        if error is not None:
            raise error
        table, rows, self._meant = asked.result()
        if table is self._features:
            self._found, self._in_order = rows[np.isin(rows, self._own)], self._sorted
            self._show_rows()
            if taking:
                self.select_shown()

    def _show_rows(self) -> None:
        rows = self._found
        if self.only.isChecked():
            rows = rows[np.isin(rows, self.session.selection.features(self.id))]
        with self.chosen.quiet():
            self.model.reorder(rows)
        self.chosen.forget()
        self._count()
        self._ask_statistics()

    def _sort_by(self, section: int) -> None:
        """Ascending, then descending, then as in the file; the column's statistics come with it."""
        name = self.model.columns[section]
        self._sorted = {None: (name, False), (name, False): (name, True), (name, True): None}.get(
            self._sorted, (name, False))
        self._show_arrow()
        self._column = name
        self.ask()

    def _show_arrow(self) -> None:
        header = self.view.horizontalHeader()
        shown = self._sorted is not None and self._sorted[0] in self.model.columns
        header.setSortIndicatorShown(shown)
        if shown:
            header.setSortIndicator(self.model.columns.index(self._sorted[0]), Qt.SortOrder.DescendingOrder
                                    if self._sorted[1] else Qt.SortOrder.AscendingOrder)

    def _ask_statistics(self) -> None:
        if self._column and self._features is not None and self._column in self._features.column_names:
            self._counted = self._worker.submit(tabling.statistics, self._features, self.model.order, self._column)
        else:
            self.stats.setText(tr("Click a column's head to sort by it and to see its statistics."))

    def _count(self) -> None:
        if self.session.document.layer(self.id) is None:
            self._say(tr("Choose a layer and open its table from its menu."))
        elif self._features is None:
            self._say(tr("{name} has no attributes, or is not loaded yet.", name=self._title()))
        else:
            rows = tr("{name}: {n} of {all} rows", name=self._title(), n=f"{len(self.model.order):,}",
                      all=f"{len(self._own):,}")
            meant = "" if len(self._found) else self._meant
            self._say(sentences(rows, tr("Write {condition}", condition=meant)) if meant else rows)
        for button in (self.save, self.take):
            button.setEnabled(len(self.model.order) > 0)

    def _title(self) -> str:
        layer = self.session.document.layer(self.id)
        return layer.title(text.language()) if layer else ""

    def _say(self, words: str, role: str = "muted") -> None:
        self.said.setText(words)
        self.said.setToolTip(words)
        self.stats.setVisible(role != "danger")              # what is wrong takes the row
        if self.said.property("role") != role:
            self.said.setProperty("role", role)
            self.said.style().unpolish(self.said)
            self.said.style().polish(self.said)

    # -- what is chosen ------------------------------------------------------------------------------------

    def select_shown(self) -> None:
        """Every row that the filter left; what was typed and not asked for is asked first."""
        if self.line.text() != self._words:
            self._taking = True
            return self.ask()
        self.chosen.select(self.model.order.tolist())
        self.chosen.forget()

    def _zoom(self, row: int) -> None:
        if self.viewport:
            self.viewport.zoom_to_feature(self.id, self.model.features([row])[0])

    # -- CSV -----------------------------------------------------------------------------------------------

    def save_csv(self) -> None:
        layer = self.session.document.layer(self.id)
        name = layer.title(text.language()) if layer else "table"
        path = dialogs.save_file(self, "", f"{name.replace('/', '_')}.csv", "CSV (*.csv)")
        if path:
            self._saved = self._worker.submit(tabling.write_csv, Path(path), self._features, self.model.order)
            self._saved.path = str(path)

    # -- language and theme --------------------------------------------------------------------------------

    def retranslate(self) -> None:
        self._hint()
        self.line.setAccessibleName(tr("Filter the table"))
        self.only.setText(tr("Selected only"))
        self.take.setText(tr("Select these"))
        self.save.setText(tr("CSV…"))
        self._count()
        self._ask_statistics()

    def _hint(self) -> None:
        self.line.setPlaceholderText(filter_hint(self._features))

    def retheme(self) -> None:
        show_loupe(self.line, "filter")
        self.view.viewport().update()


def answer(table: Any, expression: str, by: tuple[str, bool] | None, words) -> tuple[Any, np.ndarray, str]:
    """Runs in the panel's thread: the table that was asked about, its rows, and what was meant where there are none."""
    rows = tabling.rows_where(table, expression, words)
    meant = "" if len(rows) else written(table, expression, words)
    if by and by[0] in table.column_names:
        rows = tabling.ordered(table, rows, *by)
    return table, rows, meant
