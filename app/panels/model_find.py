"""Find in the model: a selector or a name, a table of what it found, and what can be done with it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QCompleter,
    QDockWidget,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app import model_update
from app.hidden import tell_put_away
from app.panels import model_actions as actions
from app.panels.csv_saving import save_csv
from app.panels.element_table import ElementTable
from app.panels.loupe import show_loupe
from app.panels.model_results import ResultsModel
from app.panels.removed import Removed
from app.session import Session
from layers.building import Building
from twin.assets import LOADING
from twin.text import tr
from twin.trouble import Trouble

BUTTONS = {"removed": "Show the removed", "select": "Select",
           "isolate": "Isolate", "ghost": "Ghost the rest", "paint": "Paint", "csv": "CSV…"}


EXAMPLE = 'IfcDoor, Pset_DoorCommon.FireRating="EI30"'
WIDTHS, WITH_CHANGES = (280, 160, 140, 200, 190), (120, 240, 160, 110, 150, 190)       # px, of the columns


class FindPanel(QWidget):
    """About the model that the model panel shows (`which()` is its layer id)."""

    def __init__(self, session: Session, viewport=None, which=lambda: "", parent: QWidget | None = None):
        super().__init__(parent)
        self.session, self.viewport, self.which = session, viewport, which
        self.line, self.column = QLineEdit(clearButtonEnabled=True), QComboBox(editable=True)
        self.go, self.color = QPushButton(), QPushButton()
        self.buttons = {name: QPushButton() for name in BUTTONS}
        self.said, self.results = QLabel(), ResultsModel(self)
        self.removed = Removed(session, viewport)
        self.view = ElementTable(session, viewport, self.results, lambda: self.id, self.removed)
        self.id = self._names_of = ""
        self._job = self._names_job = None
        self._older, self._newer = "", None            # issues that are compared; `_newer` is to be taken over
        self._shown_gone = False
        self._features = None
        self._lost = 0                                 # elements of the table that are gone
        self._lay_out()
        self._connect()
        self.retranslate()
        self.retheme()

    def _lay_out(self) -> None:
        self.setFocusProxy(self.line)
        self.column.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.column.setMinimumWidth(180)
        self.column.completer().setFilterMode(Qt.MatchFlag.MatchContains)
        self.column.completer().setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        top, row = QHBoxLayout(), QHBoxLayout()
        for widget, stretch in ((self.line, 3), (self.column, 2), (self.go, 0), (self.color, 0)):
            top.addWidget(widget, stretch)
        row.addWidget(self.said, 1)
        for button in self.buttons.values():
            row.addWidget(button)
        self.said.setProperty("role", "muted")
        self.said.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.said.setMinimumWidth(80)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(8)
        column.addLayout(top)
        column.addLayout(row)
        column.addWidget(self.view, 1)

    def _connect(self) -> None:
        self.line.returnPressed.connect(self.find)
        self.go.clicked.connect(self.find)
        self.column.activated.connect(lambda _: self._find_again())
        self.color.clicked.connect(self.color_by)
        for name, button in self.buttons.items():
            button.clicked.connect(lambda _=False, name=name: self.use(name))

    # -- asking ----------------------------------------------------------------------------------------

    def _layer(self) -> Building | None:
        layer = self.session.document.layer(self.which())
        return layer if isinstance(layer, Building) and layer.source else None

    def find(self) -> None:
        """Ask a worker; the answer comes with a later tick."""
        layer = self._layer()
        if layer is None:
            self._say(tr("No building model is open."), "danger")
            return
        if self._job is not None:
            self.session.jobs.cancel(self._job)
        properties = tuple(filter(None, (self.column.currentText().strip(),)))
        self.id = layer.id
        self._job = self.session.jobs.start(query_reader(), layer.source.path, self.line.text(), properties,
                                            label=tr("Searching"), path=layer.source.path, urgent=True)
        self._say(tr("Searching…"))

    def _find_again(self) -> None:
        """What was found, with the property that was chosen."""
        if self.results.table is not None and "change" not in self.results.columns and self.line.text().strip():
            self.find()

    def _leave(self) -> None:
        """Close the panel; the scene has the keys again."""
        dock = self.parent()
        while dock is not None and not isinstance(dock, QDockWidget):
            dock = dock.parent()
        if dock is not None:
            dock.hide()
            self.window().setFocus()

    def keyPressEvent(self, event) -> None:
        self._leave() if event.key() == Qt.Key.Key_Escape else super().keyPressEvent(event)

    def compare(self, older: Path) -> None:
        """List and paint what differs from an older issue of the model."""
        if layer := self._layer():
            self._compare(layer, str(older), layer.source.path)

    def update(self, newer: Path) -> None:
        """Go on with a new issue of the model's file; list and paint what differs."""
        if layer := self._layer():
            self._compare(layer, layer.source.path, str(newer.absolute()), newer.absolute())

    def _compare(self, layer: Building, older: str, newer: str, taken: Path | None = None) -> None:
        if self._job is not None:
            self.session.jobs.cancel(self._job)
        self.id, self._older, self._newer, self.removed.layer = layer.id, older, taken, ""
        self._job = self.session.jobs.start(diff_reader(), older, newer, label=tr("Comparing"), path=newer,
                                            urgent=True)
        self._say(tr("Comparing…"))

    def refresh(self) -> None:
        if not self.isVisible():
            return
        self._ask_names()
        if self._job is not None and not self._job.active:
            job, self._job = self._job, None
            self._show(job)
        self._follow_file()
        self._follow_removed()
        self.view.follow()

    def _follow_removed(self) -> None:
        """The button comes back with an undo; what it brought is led to once it is read."""
        if self._gone() != self._shown_gone:
            self._enable()
        if (count := self.removed.follow()) is not None:
            self._say(tr("{n} removed elements are shown in red, in a layer of their own", n=f"{count:,}"))

    def _follow_file(self) -> None:
        """Where the elements of the table stand among the shapes, once another file of the model was read."""
        asset = self.session.held(self.id) if self.results.table is not None else None
        if asset is not None and asset.state != LOADING and asset.payload is not None \
                and asset.payload.features is not self._features:
            self._list(self.results.table)

    def _ask_names(self) -> None:
        """The properties of the model, once for each, for the column's list."""
        layer = self._layer()
        path = layer.source.path if layer else ""
        if path and path != self._names_of and self._names_job is None:
            asset = self.session.asset(layer.id)
            if asset is not None and asset.payload is not None and not self.session.assets.loading:
                self._names_of = path
                self._names_job = self.session.jobs.start(names_reader(), path, label=tr("Properties"), path=path)
        if self._names_job is not None and not self._names_job.active:
            job, self._names_job = self._names_job, None
            typed = self.column.currentText()
            self.column.clear()
            self.column.addItems([name for name, _ in job.result or ()])
            self.column.setEditText(typed)

    def _show(self, job) -> None:
        layer = self.session.document.layer(self.id)
        if job.error or layer is None:
            self.results.show(None, None)
            self._say(str(Trouble(job.error.what, cause=job.error.cause, way_out=job.error.way_out))
                      if job.error else "", "danger")
            self._enable()
        else:
            if "change" in job.result.column_names:
                self._take_changes(layer, job.result)
            self._list(job.result)
        changes = self.results.columns[:1] == ["change"]
        self.view.widths(*(WITH_CHANGES if changes else WIDTHS))

    def _list(self, table) -> None:
        layer, asset = self.session.document.layer(self.id), self.session.asset(self.id)
        model = self.session.models.of(layer, asset)
        self._features = asset.payload.features if asset and asset.payload is not None else None
        self.results.show(table, self._features, model.structure if model else None)
        self._lost = len(model_update.guids_of(table, "removed")) if "change" in table.column_names else 0
        self._count()
        self._enable()

    def _take_changes(self, layer: Building, table) -> None:
        """One edit: the changes painted, and the new issue in the place of the old one where that was asked for."""
        document, newer = self.session.document, self._newer
        self._newer = None
        if newer is not None:
            self.session.edits.commit(model_update.updated(document, self.id, newer, table), "Update to a new issue")
        else:
            paints = model_update.change_paints(table)
            self.session.edits.commit(document.with_layer(model_update.repainted(layer, paints)), "Paint")
        self.session.edits.seal()

    def _count(self) -> None:
        n, shapes = self.results.rowCount(), self.results.shapes()
        hint = tr("Nothing found. Try part of a name, a class as IfcDoor, or {example}", example=EXAMPLE)
        self._say(tr("Nothing differs.") if not n and "change" in self.results.columns
                  else hint if not n
                  else tr("{n} found", n=f"{n:,}") if shapes == n
                  else tr("{n} found, {shapes} of them with a shape", n=f"{n:,}", shapes=f"{shapes:,}"))

    def _say(self, words: str, role: str = "muted") -> None:
        self.said.setText(words)
        self.said.setToolTip(words)
        if self.said.property("role") != role:
            self.said.setProperty("role", role)
            self.said.style().unpolish(self.said)
            self.said.style().polish(self.said)

    # -- using -----------------------------------------------------------------------------------------

    def _enable(self) -> None:
        for name, button in self.buttons.items():
            button.setEnabled(self.results.rowCount() > 0 if name == "csv" else self._gone() if name == "removed"
                              else len(self.results.features()) > 0)
        self._shown_gone = self._gone()
        self.buttons["removed"].setVisible(self._shown_gone)

    def _gone(self) -> bool:
        """The table lists elements that the present issue has no more, and they were not shown yet."""
        return bool(self._older) and self._lost > 0 and not self.removed.shown

    def use(self, name: str) -> None:
        """What a button does with all that was found."""
        features = self.results.features()
        if name == "csv":
            self.save_csv()
        elif self.session.document.layer(self.id) is None:
            return
        elif name == "removed":
            self.removed.show(self.id, self._older, self.results.table)
            self._enable()
        elif name == "select":
            actions.select(self.session, self.id, features)
        elif name == "paint":
            actions.paint(self.session, self.id, features, self.line.text().strip())
        else:
            tell_put_away(self.window(), actions.isolate(self.session, self.id, features, ghosts=name == "ghost"))

    def save_csv(self) -> None:
        save_csv(self, "elements.csv", self.results.csv, self._say)

    def color_by(self) -> None:
        """Colour the model by the property of the column; again, or without one: back to the file's own colours."""
        layer, name = self._layer(), self.column.currentText().strip()
        if layer is not None and not name and layer.color_by == "style":
            self._say(tr("Choose the property to colour by first, in the list beside the search."), "danger")
        elif layer is not None:
            actions.color_by(self.session, layer.id, "style" if not name or layer.color_by == name else name)

    # -- language and theme ------------------------------------------------------------------------------

    def retranslate(self) -> None:
        self.line.setPlaceholderText(tr('Name, GlobalId, or a selector: IfcDoor, Pset_DoorCommon.FireRating="EI30"'))
        self.line.setAccessibleName(tr("Find in the model"))
        self.column.lineEdit().setPlaceholderText(tr("Property to show"))
        self.column.setAccessibleName(tr("Property to show"))
        self.go.setText(tr("Find"))
        self.color.setText(tr("Colour by it"))
        self.color.setToolTip(tr("Colour the model by this property"))
        for name, button in self.buttons.items():
            button.setText(tr(BUTTONS[name]))
        self._enable()

    def retheme(self) -> None:
        show_loupe(self.line)
        self.view.viewport().update()


def diff_reader():
    """`diff_table(old path, new path, progress)`; it runs in a worker."""
    from bim.diff import diff_table
    return diff_table


def query_reader():
    """`query(path, selector, properties, progress)`; it runs in a worker."""
    from bim.query import query
    return query


def names_reader():
    """`names(path, progress)`; it runs in a worker."""
    from bim.property_values import names
    return names
