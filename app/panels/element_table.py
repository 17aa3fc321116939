"""A table of elements of one building model: a row selects its element in the scene, a double click flies there."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu, QTableView, QWidget

from app import theme
from app.panels import model_actions as actions
from app.panels.facts import MISSING
from app.panels.model_results import ResultsModel
from app.panels.row_table import as_rows
from app.session import Element, Session
from twin.text import tr

ROW_PX = 24


class ElementTable(QTableView):
    """`which()` is the id of the layer that the rows are about."""

    def __init__(self, session: Session, viewport, results: ResultsModel, which: Callable[[], str],
                 parent: QWidget | None = None):
        super().__init__(parent)
        self.session, self.scene, self.results, self.which = session, viewport, results, which
        self.setModel(results)
        self.setSortingEnabled(True)
        as_rows(self, ROW_PX)
        head = self.horizontalHeader()
        head.setSortIndicatorShown(False)
        head.setStretchLastSection(True)
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.setMinimumHeight(64)
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
        if not rows or self.session.document.layer(id) is None:
            return
        actions.select(self.session, id, self.results.features(rows))
        if len(rows) == 1:
            said = self.results.table.slice(self.results.place(rows[0]), 1).to_pylist()[0]
            if said["guid"]:
                self.session.looked_at = Element(id, said["guid"], said["name"] or "", said["class"],
                                                 self.session.selection)
                self.session.current_layer = id

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
        features = self.results.features(self.chosen())
        if len(features) and self.scene and self.session.document.layer(self.which()) is not None:
            self.scene.zoom_to_feature(self.which(), features)
