"""The elevation models of a terrain in its style form: added, ordered, removed, described; every change an edit."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app import dems, dialogs, theme
from app.panels.editors import quietly, unmoved_by_wheel
from app.session import Session
from twin.frame import normal_crs
from twin.layer import Layer
from twin.text import tr
from twin.trouble import Trouble

BUTTONS = (("add", "add", "Add an elevation model"), ("up", "arrow-up", "Before the others"),
           ("down", "arrow-down", "After the next"), ("remove", "remove", "Take out"))
ROW_PX = 24


class DemList(QWidget):
    """The upper one goes before those beneath it."""

    def __init__(self, session: Session, parent: QWidget | None = None):
        super().__init__(parent)
        self.session = session
        self.layer: Layer | None = None
        self.title, self.said = QLabel(), QLabel(wordWrap=True)
        self.list = QListWidget()
        self.buttons = {name: QToolButton(autoRaise=True) for name, *_ in BUTTONS}
        self.crs = QLineEdit(clearButtonEnabled=True)
        self.unit, self.datum = QComboBox(), QComboBox()
        self.blend = QDoubleSpinBox(minimum=0.0, maximum=500.0, decimals=0, singleStep=5.0, suffix=" m",
                                    keyboardTracking=False)
        self._lay_out()
        self._connect()
        self.retheme()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        self.title.setText(tr("Elevation models"))
        for name, _, words in BUTTONS:
            self.buttons[name].setToolTip(tr(words))
            self.buttons[name].setAccessibleName(tr(words))
            self.buttons[name].clicked.connect(getattr(self, f"_{name}"))
            head.addWidget(self.buttons[name])
        self.list.setAccessibleName(tr("Elevation models"))
        self.list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        for combo, choices in ((self.unit, dems.UNITS), (self.datum, dems.DATUMS)):
            for value, words in choices.items():
                combo.addItem(tr(words), value)
        self.crs.setPlaceholderText(tr("As the file says"))
        self.blend.setSpecialValueText(tr("Hard edge"))
        self.form = QFormLayout()
        self.form.setContentsMargins(0, 0, 0, 0)
        for words, widget in (("Its CRS", self.crs), ("Its heights in", self.unit), ("Their datum", self.datum),
                              ("Led over in", self.blend)):
            widget.setAccessibleName(tr(words))
            widget.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            widget.installEventFilter(unmoved_by_wheel())
            self.form.addRow(tr(words), widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(self.list)
        column.addLayout(self.form)
        column.addWidget(self.said)
        self.said.hide()

    def _connect(self) -> None:
        self.list.currentRowChanged.connect(lambda _: self._show_current())
        self.crs.editingFinished.connect(self._crs_typed)
        self.unit.activated.connect(lambda _: self._change(unit=self.unit.currentData()))
        self.datum.activated.connect(lambda _: self._change(height_datum=self.datum.currentData()))
        self.blend.valueChanged.connect(lambda value: self._change(blend_m=float(value)))

    # -- the tick ----------------------------------------------------------------------------------------

    def show_layer(self, layer: Layer, features) -> None:
        if layer is self.layer:
            return
        before, self.layer = self.layer and dems.models_of(self.layer), layer
        models = dems.models_of(layer)
        if models != before:
            at = min(max(self.list.currentRow(), 0), len(models) - 1)
            self.list.blockSignals(True)
            self.list.clear()
            for model in models:
                item = QListWidgetItem(Path(model.path).name)
                item.setToolTip(model.path)
                self.list.addItem(item)
            self.list.setCurrentRow(at)
            self.list.blockSignals(False)
            self.list.setFixedHeight(ROW_PX * min(max(len(models), 1), 5) + 6)
        self._show_current()

    def _show_current(self) -> None:
        models, at = dems.models_of(self.layer), self.list.currentRow()
        for name, possible in (("up", at > 0), ("down", 0 <= at < len(models) - 1), ("remove", len(models) > 1)):
            self.buttons[name].setEnabled(possible)
        if not 0 <= at < len(models):
            return
        model = models[at]
        if not self.crs.isModified():
            self.crs.setText(model.crs)
        quietly(self.unit, self.unit.setCurrentIndex, max(0, self.unit.findData(model.unit)))
        quietly(self.datum, self.datum.setCurrentIndex, max(0, self.datum.findData(model.height_datum)))
        quietly(self.blend, self.blend.setValue, model.blend_m)
        last = at == len(models) - 1
        self.blend.setVisible(not last)
        self.form.labelForField(self.blend).setVisible(not last)

    # -- edits -------------------------------------------------------------------------------------------

    def _add(self) -> None:
        for path in dialogs.open_files(self, str(Path(self.layer.source.path).parent), projects=False):
            self.add(path)

    def add(self, path: Path) -> None:
        try:
            self._commit(dems.added(self.session.document.layer(self.layer.id), path), "Elevation model added", 0)
        except Trouble as trouble:
            self._say(str(trouble))

    def _up(self) -> None:
        at = self.list.currentRow()
        self._commit(dems.moved(self.layer, at, at - 1), "Order of elevation models", at - 1)

    def _down(self) -> None:
        at = self.list.currentRow()
        self._commit(dems.moved(self.layer, at, at + 1), "Order of elevation models", at + 1)

    def _remove(self) -> None:
        at = self.list.currentRow()
        self._commit(dems.removed(self.layer, at), "Elevation model taken out", max(0, at - 1))

    def _crs_typed(self) -> None:
        if not self.crs.isModified():
            return
        text = self.crs.text().strip()
        try:
            crs = normal_crs(text) if text else ""
        except Trouble as trouble:
            self._say(str(trouble))
            return
        self.crs.setModified(False)
        self._change(crs=crs)

    def _change(self, **fields) -> None:
        at = self.list.currentRow()
        layer = self.session.document.layer(self.layer.id)
        if layer is not None and 0 <= at < len(dems.models_of(layer)):
            self._commit(dems.changed(layer, at, **fields), "Elevation model", at)

    def _commit(self, fresh: Layer, label: str, row: int) -> None:
        self._say("")
        if fresh != self.session.document.layer(fresh.id):
            self.session.edits.commit(self.session.document.with_layer(fresh), label)
            self.session.edits.seal()
            quietly(self.list, self.list.setCurrentRow, row)
            self.show_layer(fresh, None)
            quietly(self.list, self.list.setCurrentRow, row)
            self._show_current()

    def _say(self, words: str) -> None:
        self.said.setText(words)
        self.said.setVisible(bool(words))

    def retheme(self) -> None:
        for name, icon, _ in BUTTONS:
            self.buttons[name].setIcon(theme.icon(icon))
        self.said.setStyleSheet(f"color: {theme.colour('danger', self.session.theme)};")
