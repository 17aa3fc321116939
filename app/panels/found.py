"""What a search found, as a list: by area, by distance, or everything at one point from top to bottom."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import numpy as np
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QDoubleSpinBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.at_place import ground_things, own_top_m
from app.narrowing import Found, narrowed
from app.nearby import Area, Thing, parts_of, things
from app.panels.csv_saving import save_csv
from app.panels.found_words import csv_of, metres, said_of
from app.panels.loupe import show_loupe
from app.panels.row_table import as_rows
from app.panels.small_form import choice
from app.panels.table_words import filter_hint
from app.picked_marks import asked_mark
from app.session import Session
from cim.touching import near
from twin.ground import Ground
from twin.jobs import DONE, Job
from twin.selection import Selection
from twin.text import language, tr
from twin.trouble import Trouble

MOST_LISTED = 2000
HEADS = ("Name", "Class", "Layer", "Height (m)", "Distance (m)", "Top (m)")
HOW = {"new": "New selection", "add": "Add to the selection", "take": "Take out of the selection",
       "both": "Keep what is in both"}


class FoundPanel(QWidget):
    """`ask` searches in a worker; what it found is narrowed to a layer and a condition, listed, and selected where it
    was asked for by an area.
    """

    def __init__(self, session: Session, viewport=None, parent: QWidget | None = None):
        super().__init__(parent)
        self.session, self.viewport = session, viewport
        self.found: list[Thing] = []
        self.count = 0
        self.words, self.within_word = QLabel(wordWrap=True), QLabel()
        self.of, self.where, self.how = QComboBox(), QLineEdit(clearButtonEnabled=True), choice(HOW, "new")
        self.within = QDoubleSpinBox(maximum=10_000.0, suffix=" m", decimals=1)
        self.take, self.save = QPushButton(), QPushButton()
        self.table = QTableWidget(0, len(HEADS))
        self._lay_out()
        self._forget()
        self.table.cellClicked.connect(lambda row, _: self.choose(row))
        self.table.cellDoubleClicked.connect(lambda row, _: self.go_to(row))
        self.of.activated.connect(lambda _: self._narrow())
        self.where.returnPressed.connect(self._narrow)
        self.where.textChanged.connect(lambda words: None if words else self._narrow())
        self.how.activated.connect(lambda _: None if self._here else self.select_all())
        self.within.valueChanged.connect(self._wider)
        self.take.clicked.connect(self.select_all)
        self.save.clicked.connect(self.save_csv)
        self.retranslate()
        self.retheme()

    def _lay_out(self) -> None:
        top = QHBoxLayout()                                   # one row: a low panel is for its list
        for widget in (self.within_word, self.within, self.of):
            top.addWidget(widget)
        top.addWidget(self.where, 1)
        for widget in (self.how, self.take, self.save):
            top.addWidget(widget)
        self.within.setFixedWidth(96)
        self.where.setMinimumWidth(120)
        self.of.setMinimumContentsLength(14)
        table = self.table
        as_rows(table, single=True)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.horizontalHeader().setStretchLastSection(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(6)
        column.addLayout(top)
        column.addWidget(self.words)
        column.addWidget(table, 1)

    def _forget(self) -> None:
        """Nothing was searched yet in this project."""
        self._edits = self.session.edits
        self._area: Area | None = None
        self._title, self._without, self._here = "", frozenset(), False
        self._before = Selection()                           # what was selected when it was asked
        self._all: Found = {}                                # what lies there, of all layers
        self._away: dict = {}                                # how far that is from what was asked
        self._left: Found = {}                               # what is left of it
        self._mute = 0
        self._job: Job | None = None
        self._narrowing: Future | None = None
        self.found, self.count = [], 0
        self.table.setRowCount(0)
        self._fill_layers()

    # -- asking ----------------------------------------------------------------------------------------

    def ask(self, title: str, area: Area, without: frozenset[str] = frozenset()) -> None:
        """List and select what touches an area; `title` says which."""
        self._start(title, area, without, here=False)

    def ask_here(self, point: tuple[float, float, float], reach_m: float) -> None:
        """List everything at a point, the highest first; nothing is selected. What the last question was narrowed to
        would leave things out unsaid.
        """
        self._area = None                                    # nothing to narrow
        self.where.clear()
        self.of.setCurrentIndex(0)
        e, n, _ = self.session.document.frame.to_project([point])[0]
        self._start(tr("At E {e}, N {n}", e=f"{e:,.2f}", n=f"{n:,.2f}"), Area.at(point[:2], reach_m), frozenset(),
                    here=True)

    def _start(self, title: str, area: Area, without: frozenset[str], here: bool) -> None:
        if area is not self._area:
            self._before = self.session.selection
        self._title, self._without, self._here = title, without, here
        self.within.blockSignals(True)
        self.within.setValue(area.within_m)
        self.within.blockSignals(False)
        self._search(area)

    def _search(self, area: Area) -> None:
        if self._job is not None:
            self.session.jobs.cancel(self._job)
        self._area = area
        wide = area.in_grid(self.session.document.frame)
        ground = self.viewport.stage.ground if self.viewport else Ground()
        self.session.asked_in = asked_mark(self.session, wide, ground)
        parts = parts_of(self.session, wide, self._without)
        self._job = self.session.jobs.start(near, list(wide.shapes), wide.within_m, parts, label=tr("Searching"),
                                            urgent=True)
        self.words.setText(tr("Searching…"))

    def hideEvent(self, event) -> None:
        """What was asked about is marked as long as one sees the answer."""
        self.session.asked_in = None
        super().hideEvent(event)

    def _wider(self, metres: float) -> None:
        if self._area is not None:
            self._search(replace(self._area, within_m=metres))

    def refresh(self) -> None:
        if self._edits is not self.session.edits:            # another project was opened
            self._forget()
            self.retranslate()
        job = self._job
        if job is not None and not job.active:
            self._job = None
            if job.state == DONE:
                scale = self._area.grid_scale(self.session.document.frame)
                self._away = {layer: (features, away / scale) for layer, (features, away) in job.result.items()}
                self._all = {layer: features for layer, (features, _) in job.result.items()}
                self._fill_layers()
                self._narrow()
            elif job.error:
                self.words.setText(str(job.error))
        if self._narrowing is not None and self._narrowing.done():
            narrowing, self._narrowing = self._narrowing, None
            self._take(narrowing)

    def _fill_layers(self) -> None:
        """The layers that something was found of, to choose one."""
        only = self.of.currentData() or ""
        self.of.clear()
        self.of.addItem(tr("All layers"), "")
        for layer in self.session.document.layers:
            if layer.id in self._all or layer.id == only:            # one that was chosen stays so, if nothing is there
                self.of.addItem(f"{layer.title(language())} ({len(self._all.get(layer.id, ())):,})", layer.id)
        self.of.setCurrentIndex(max(0, self.of.findData(only)))

    def _narrow(self) -> None:
        """A condition on a large table takes longer than a frame: in a thread."""
        if self._area is None:
            return
        tables = self._tables()
        self._hint(tables)
        thread = ThreadPoolExecutor(1, thread_name_prefix="found")
        self._narrowing = thread.submit(narrowed, self._all, tables, self.of.currentData() or "", self.where.text(),
                                         self.session.document.words)
        thread.shutdown(wait=False)

    def _tables(self) -> dict[str, Any]:
        assets = {layer: self.session.asset(layer) for layer in self._all}
        return {layer: asset.payload.features for layer, asset in assets.items() if asset and asset.payload}

    def _hint(self, tables: dict[str, Any]) -> None:
        """A condition that the chosen layer can answer, or the one of which most was found."""
        only = self.of.currentData()
        asked = [layer for layer, table in tables.items() if table is not None and only in ("", layer)]
        most = max(asked, key=lambda layer: len(self._all[layer]), default=None)
        self.where.setPlaceholderText(filter_hint(tables.get(most)))

    def _take(self, narrowing: Future) -> None:
        error = narrowing.exception()
        if isinstance(error, Trouble):
            self.words.setText(str(error))
        elif error is not None:
            raise error
        else:
            self._left, self._mute = narrowing.result()
            self._show()

    def _show(self) -> None:
        self.count = sum(map(len, self._left.values()))
        self.found = things(self.session, self._left, MOST_LISTED, self._away if self._area.within_m > 0.0 else None)
        if self._here:
            place = self._area.shapes[0].shapes[0, 0]
            asked = not self.where.text().strip() and not self.of.currentData()
            every = [*(replace(t, top_m=self._top(t, place)) for t in self.found),
                     *(ground_things(self.session, place, self._area.within_m) if asked else ())]
            self.found, self.count = sorted(every, key=lambda t: -np.nan_to_num(t.top_m, nan=-1e9)), len(every)
        else:
            self.select_all()
        self._fill()

    def _top(self, thing: Thing, place: np.ndarray) -> float:
        """Height of its top: of a pipe and of what lies on the ground at the place, of anything else of the whole."""
        here = own_top_m(self.session, self.session.document.layer(thing.layer), thing.feature, place)
        if here is not None:
            return here + self.session.document.frame.origin[2]
        visual = self.viewport.stage.visual(thing.layer) if self.viewport else None
        top = visual.top_m(thing.feature) if visual else None
        return float("nan") if top is None else top + self.session.document.frame.origin[2]

    def _fill(self) -> None:
        names = {layer.id: layer.title(language()) for layer in self.session.document.layers}
        self.table.setRowCount(len(self.found))
        for row, thing in enumerate(self.found):
            numbers = [thing.height_m, thing.away_m, thing.top_m]
            for column, words in enumerate((thing.name, thing.kind, names.get(thing.layer, ""), *map(metres, numbers))):
                self.table.setItem(row, column, QTableWidgetItem(words))
        for column, known in enumerate(("height_m", "away_m", "top_m"), start=3):         # a column of nothing is none
            self.table.setColumnHidden(column, not any(np.isfinite(getattr(t, known)) for t in self.found))
        self.table.resizeColumnsToContents()
        self._say_count()

    def _say_count(self) -> None:
        words, hidden = said_of(self.session, self.count, len(self.found), self._mute, self._without)
        self.words.setText(tr("{name}: {said}", name=self._title, said=words))
        self.words.setToolTip(hidden)

    # -- what one does with it -------------------------------------------------------------------------

    def choose(self, row: int) -> None:
        if row < len(self.found) and self.found[row].feature >= 0:
            self.session.selection = Selection().only(self.found[row].layer, self.found[row].feature)
        elif row < len(self.found):
            self.session.current_layer = self.found[row].layer

    def go_to(self, row: int) -> None:
        if row < len(self.found) and self.found[row].feature >= 0 and self.viewport is not None:
            self.viewport.zoom_to_feature(self.found[row].layer, self.found[row].feature)

    def select_all(self) -> None:
        """What is left, as a selection of its own or together with what was selected when it was asked."""
        found = tuple((layer, int(f)) for layer, some in self._left.items() for f in some)
        self.session.selection = self._before.combined(found, self.how.currentData())

    def save_csv(self) -> None:
        def table() -> str:
            return csv_of(things(self.session, self._left, self.count, self._away))
        save_csv(self, tr("Search results") + ".csv", table, lambda words, *_: self.words.setText(words))

    # -- looks -----------------------------------------------------------------------------------------

    def retranslate(self) -> None:
        self.within_word.setText(tr("Within"))
        self.within.setAccessibleName(tr("Within"))
        self.of.setAccessibleName(tr("Layer"))
        self.of.setItemText(0, tr("All layers"))
        self._hint(self._tables())
        self.where.setAccessibleName(tr("Condition"))
        self.how.setAccessibleName(tr("New selection"))
        for n, words in enumerate(HOW.values()):
            self.how.setItemText(n, tr(words))
        self.take.setText(tr("Select these"))
        self.save.setText("CSV…")
        self.table.setHorizontalHeaderLabels([tr(head) for head in HEADS])
        if self._area is None:
            self.words.setText(tr("Right click in the scene to see what is there, or select by an area (Edit)."))

    def retheme(self) -> None:
        show_loupe(self.where, "filter")
