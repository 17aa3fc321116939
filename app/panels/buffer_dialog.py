"""Asks how far a buffer reaches and what it is; makes the layer, or changes the distance of one."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtWidgets import QComboBox, QDialog, QDoubleSpinBox, QLabel, QWidget

from app.buffering import around
from app.panels.small_form import lay_out
from app.session import Session
from twin.buffers import buffer_of, is_buffer, original, source_around
from twin.layer import Layer
from twin.text import language, tr

USUAL_M = 50.0                             # the protection zone of a metro tunnel
AREA, VOLUME = "area", "volume"


class BufferDialog(QDialog):
    """Of the features of `layer` that are selected, else of all."""

    def __init__(self, parent: QWidget, session: Session, layer: Layer):
        super().__init__(parent)
        self.session, self.layer = session, layer
        self.again = is_buffer(layer.source)
        self.features = () if self.again else session.selection.features(layer.id)
        self.setWindowTitle(tr("Buffer"))
        self.distance = QDoubleSpinBox(minimum=0.1, maximum=10_000.0, decimals=1, suffix=" m")
        self.distance.setValue(buffer_of(layer.source).distance_m if self.again else USUAL_M)
        self.what = QComboBox()
        self.what.addItem(tr("Area on the ground"), AREA)
        if layer.kind == "networks":
            self.what.addItem(tr("Volume round the pipes"), VOLUME)
        what = () if self.again else ((tr("As"), self.what),)
        lay_out(self, QLabel(self._of()), (tr("Distance"), self.distance), *what)
        self.accepted.connect(self._commit)

    def _of(self) -> str:
        name = self.layer.title(language())
        if self.features:
            return tr("Round {n} selected features of {name}", n=len(self.features), name=name)
        return name if self.again else tr("Round all of {name}", name=name)

    def _commit(self) -> None:
        fresh = self._changed() if self.again else self._made()
        self.session.edits.commit(self.session.document.with_layer(fresh), "Buffer")
        self.session.edits.seal()
        self.session.current_layer = fresh.id

    def _changed(self) -> Layer:
        said = replace(buffer_of(self.layer.source), distance_m=self.distance.value())
        return replace(self.layer, source=source_around(original(self.layer.source), said))

    def _made(self) -> Layer:
        return around(self.layer, self.distance.value(), self.features, self.what.currentData() == VOLUME)
