"""A table of elements of one building model: a row selects its element in the scene and what is selected there chooses
its row; a double click flies there.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QItemSelection, QItemSelectionModel, QItemSelectionRange, QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu, QTableView, QWidget

from app import theme
from app.panels.facts import MISSING
from app.panels.model_results import ResultsModel
from app.panels.removed import Removed
from app.panels.row_table import as_rows
from app.session import Element, Session
from twin.selection import Selection
from twin.text import tr

ROW_PX = 24


class ElementTable(QTableView):
    """`which()` is the id of the layer that the rows are about, `removed` shows what that has no more."""

    def __init__(self, session: Session, viewport, results: ResultsModel, which: Callable[[], str],
                 removed: Removed | None = None, parent: QWidget | None = None):
        super().__init__(parent)
        self.session, self.scene, self.results, self.which, self.removed = session, viewport, results, which, removed
        self.setModel(results)
        self.setSortingEnabled(True)
        as_rows(self, ROW_PX)
        head = self.horizontalHeader()
        head.setSortIndicatorShown(False)
        head.setStretchLastSection(True)
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.setMinimumHeight(64)
        self._followed: Selection | None = None        # the one that the rows show
        self._following = False
        for signal in (results.modelReset, results.layoutChanged):       # sorted: the rows are others
            signal.connect(self._forget)
        self.selectionModel().selectionChanged.connect(lambda *_: self._select())
        self.doubleClicked.connect(lambda index: self.fly())

    def chosen(self) -> list[int]:
        return [index.row() for index in self.selectionModel().selectedRows()]

    def widths(self, *pixels: int) -> None:
        for at, width in enumerate(pixels):
            self.setColumnWidth(at, width)

    def _select(self) -> None:
        """In the scene too; what has no shape is at least shown by the inspector."""
        rows, id = self.chosen(), self.which()
        if self._following or not rows or self.session.document.layer(id) is None:
            return
        gone = tuple((self.removed.layer, int(feature)) for feature in self._gone(rows))
        mine = tuple((id, int(feature)) for feature in self.results.features(rows))
        self.session.selection = self._followed = Selection((*mine, *gone))
        if gone and not mine:
            self.session.current_layer = self.removed.layer
            return
        if len(rows) == 1:
            said = self.results.table.slice(self.results.place(rows[0]), 1).to_pylist()[0]
            if said["guid"]:
                self.session.looked_at = Element(id, said["guid"], said["name"] or "", said["class"],
                                                 self.session.selection)
                self.session.current_layer = id

    # -- the scene -------------------------------------------------------------------------------------

    def follow(self) -> None:
        """Called every tick: choose the rows of what somebody else selected, and show the first of them."""
        selection = self.session.selection
        if selection is self._followed:
            return
        self._followed, self._following = selection, True
        rows = self.results.rows_of(np.asarray(selection.features(self.which()), np.int64))
        self.selectionModel().select(self._picked(rows), QItemSelectionModel.SelectionFlag.ClearAndSelect)
        if len(rows):
            self.scrollTo(self.results.index(int(rows[0]), 0))
        self._following = False

    def _picked(self, rows: np.ndarray) -> QItemSelection:
        """Ascending rows, whole; neighbours as one range."""
        picked, last = QItemSelection(), self.results.columnCount() - 1
        for run in np.split(rows, np.flatnonzero(np.diff(rows) > 1) + 1) if len(rows) else ():
            picked.append(QItemSelectionRange(self.results.index(int(run[0]), 0),
                                              self.results.index(int(run[-1]), last)))
        return picked

    def _forget(self) -> None:
        self._followed = None

    def contextMenuEvent(self, event):
        if self.indexAt(event.pos()).isValid():
            menu = self.menu_at(event.pos())
            menu.exec(event.globalPos())
            menu.deleteLater()

    def menu_at(self, point: QPoint) -> QMenu:
        """What can be done with the cell under the mouse."""
        index = self.indexAt(point)
        menu, name, text = QMenu(self), self.results.property(index.column()), index.data()
        guid = self.results.table.column("guid")[self.results.place(index.row())].as_py()
        menu.addAction(theme.icon("copy"), tr("Copy value"), lambda: QGuiApplication.clipboard().setText(text))
        if name and guid and text != MISSING and self.session.document.layer(self.which()) is not None:
            menu.addAction(theme.icon("alike"), tr("Select all elements with this value"),
                           lambda: self.session.alike.ask(name, {self.which(): (guid,)}))
        return menu

    def fly(self) -> None:
        features, gone = self.results.features(self.chosen()), self._gone(self.chosen())
        if not self.scene or self.session.document.layer(self.which()) is None:
            return
        if len(features):
            self.scene.zoom_to_feature(self.which(), features)
        elif len(gone):
            self.scene.zoom_to_feature(self.removed.layer, gone)

    def _gone(self, rows: list[int]) -> np.ndarray:
        """Where the elements of these rows stand in the layer of what was removed."""
        if self.removed is None or not self.removed.shown or "change" not in self.results.columns:
            return np.zeros(0, np.int32)
        said = self.results.table.select(["guid", "change"]).take([self.results.place(row) for row in rows])
        return self.removed.features([row["guid"] for row in said.to_pylist() if row["change"] == "removed"])
