"""What a search found, as a list: by area, by distance, or everything at one point from top to bottom."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import numpy as np
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDoubleSpinBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app import dialogs
from app.nearby import Area, Thing, ground_things, parts_of, pipe_top_m, things
from app.panels.row_table import as_rows
from app.session import Session
from cim.touching import touching
from twin.jobs import DONE, Job
from twin.selection import Selection
from twin.text import language, tr

MOST_LISTED = 2000
HEADS = ("Name", "Class", "Layer", "Top (m)")


class FoundPanel(QWidget):
    """`ask` searches in a worker; what it found is listed, and selected where it was asked for by an area."""

    def __init__(self, session: Session, viewport=None, parent: QWidget | None = None):
        super().__init__(parent)
        self.session, self.viewport = session, viewport
        self.found: list[Thing] = []
        self.count = 0
        self.words, self.within_word = QLabel(wordWrap=True), QLabel()
        self.within = QDoubleSpinBox(maximum=10_000.0, suffix=" m", decimals=1)
        self.take, self.save = QPushButton(), QPushButton()
        self.table = QTableWidget(0, len(HEADS))
        self._area: Area | None = None
        self._title, self._without, self._here = "", frozenset(), False
        self._all: dict[str, np.ndarray] = {}
        self._job: Job | None = None
        self._lay_out()
        self.table.cellClicked.connect(lambda row, _: self.choose(row))
        self.table.cellDoubleClicked.connect(lambda row, _: self.go_to(row))
        self.within.valueChanged.connect(self._wider)
        self.take.clicked.connect(self.select_all)
        self.save.clicked.connect(self.save_csv)
        self.retranslate()

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self.words, 1)
        for widget in (self.within_word, self.within, self.take, self.save):
            top.addWidget(widget)
        self.within.setFixedWidth(96)
        table = self.table
        as_rows(table, single=True)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.horizontalHeader().setStretchLastSection(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(6)
        column.addLayout(top)
        column.addWidget(table, 1)

    # -- asking ----------------------------------------------------------------------------------------

    def ask(self, title: str, area: Area, without: frozenset[str] = frozenset()) -> None:
        """List and select what touches an area; `title` says which."""
        self._start(title, area, without, here=False)

    def ask_here(self, point: tuple[float, float, float], reach_m: float) -> None:
        """List everything at a point, the highest first; nothing is selected."""
        x, y = point[:2]
        ring = np.array([(x, y), (x + 1e-3, y), (x, y + 1e-3)])
        e, n, _ = self.session.document.frame.to_project([point])[0]
        self._start(tr("At E {e}, N {n}", e=f"{e:,.2f}", n=f"{n:,.2f}"), Area((ring,), True, reach_m), frozenset(),
                    here=True)

    def _start(self, title: str, area: Area, without: frozenset[str], here: bool) -> None:
        if self._job is not None:
            self.session.jobs.cancel(self._job)
        self._title, self._area, self._without, self._here = title, area, without, here
        self.within.blockSignals(True)
        self.within.setValue(area.within_m)
        self.within.blockSignals(False)
        parts = parts_of(self.session, area, without)
        self._job = self.session.jobs.start(touching, list(area.rings), area.closed, area.within_m, parts,
                                            label=tr("Searching"), urgent=True)
        self.words.setText(tr("Searching…"))

    def _wider(self, metres: float) -> None:
        if self._area is not None:
            self._start(self._title, replace(self._area, within_m=metres), self._without, self._here)

    def refresh(self) -> None:
        job = self._job
        if job is None or job.active:
            return
        self._job = None
        if job.state == DONE:
            self._show(job.result)
        elif job.error:
            self.words.setText(str(job.error))

    def _show(self, found: dict[str, np.ndarray]) -> None:
        self._all, self.count = found, sum(map(len, found.values()))
        self.found = things(self.session, found, MOST_LISTED)
        if self._here:
            place = self._area.rings[0][0]
            every = [*(replace(t, top_m=self._top(t, place)) for t in self.found), *ground_things(self.session, place)]
            self.found, self.count = sorted(every, key=lambda t: -np.nan_to_num(t.top_m, nan=-1e9)), len(every)
        else:
            self.select_all()
        self._fill()

    def _top(self, thing: Thing, place: np.ndarray) -> float:
        """Height of its top: of a pipe at the place, of anything else of the whole."""
        crown = pipe_top_m(self.session, self.session.document.layer(thing.layer), thing.feature, place)
        if crown is not None:
            return crown + self.session.document.frame.origin[2]
        visual = self.viewport.stage.visual(thing.layer) if self.viewport else None
        box = visual.feature_bounds(thing.feature) if visual else None
        return float(box[5]) + self.session.document.frame.origin[2] if box else float("nan")

    def _fill(self) -> None:
        names = {layer.id: layer.title(language()) for layer in self.session.document.layers}
        self.table.setRowCount(len(self.found))
        for row, thing in enumerate(self.found):
            top = f"{thing.top_m:.2f}" if np.isfinite(thing.top_m) else ""
            for column, words in enumerate((thing.name, thing.kind, names.get(thing.layer, ""), top)):
                self.table.setItem(row, column, QTableWidgetItem(words))
        self.table.setColumnHidden(3, not self._here)
        self.table.resizeColumnsToContents()
        more = tr(", the first {n} are listed", n=f"{len(self.found):,}") if self.count > len(self.found) else ""
        self.words.setText(f"{self._title}: " + tr("{n} found", n=f"{self.count:,}") + more)

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
        self.session.selection = Selection(tuple((layer, int(f)) for layer, some in self._all.items() for f in some))

    def save_csv(self) -> None:
        folder = str(self.session.path.parent) if self.session.path else ""
        path = dialogs.save_file(self, folder, tr("Search results") + ".csv", tr("Tables") + " (*.csv)")
        if path is None:
            return
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(("name", "class", "layer", "feature"))
        writer.writerows((t.name, t.kind, t.layer, t.feature) for t in things(self.session, self._all, self.count))
        path.write_text(out.getvalue(), encoding="utf-8-sig", newline="")
        self.words.setText(tr("Saved: {path}", path=str(path)))

    # -- looks -----------------------------------------------------------------------------------------

    def retranslate(self) -> None:
        self.within_word.setText(tr("Within"))
        self.within.setAccessibleName(tr("Within"))
        self.take.setText(tr("Select these"))
        self.save.setText("CSV…")
        self.table.setHorizontalHeaderLabels([tr(head) for head in HEADS])
        if self._area is None:
            self.words.setText(tr("Right click in the scene to see what is there, or select by an area (Edit)."))

    def retheme(self) -> None:
        """It wears the window's colours."""
