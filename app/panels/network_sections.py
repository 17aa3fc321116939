"""Beneath the style form of a network: its colour rules, and diameters to assume where its file states none."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtWidgets import QDoubleSpinBox, QFormLayout, QLabel, QVBoxLayout, QWidget

from app.panels.editors import quietly, unmoved_by_wheel
from app.panels.rule_list import RuleList
from app.session import Session
from layers.networks import KIND_WORDS, Networks
from twin.network import ASSUMED_MM, KINDS, OTHER, Network, assumed_sizes
from twin.text import tr

WIDEST_MM = 10_000.0


class NetworkSections(QWidget):
    def __init__(self, session: Session, parent: QWidget | None = None):
        super().__init__(parent)
        self.sizes, self.rules = AssumedSizes(session), RuleList(session)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.rules)
        column.addWidget(self.sizes)

    def show_layer(self, layer: Networks, features) -> None:
        self.sizes.show_layer(layer)
        self.rules.show_layer(layer, features)

    def retheme(self) -> None:
        self.rules.retheme()


class AssumedSizes(QWidget):
    """A row for every kind of which some pipe has no diameter; every change an edit."""

    def __init__(self, session: Session, parent: QWidget | None = None):
        super().__init__(parent)
        self.session = session
        self.layer: Networks | None = None
        self._payload: Network | None = None
        self.boxes: dict[str, QDoubleSpinBox] = {}
        self.labels: dict[str, QLabel] = {}
        form = QFormLayout(self)
        form.setContentsMargins(0, 4, 0, 0)
        form.addRow(QLabel(tr("Diameters that are assumed: the file states none"), wordWrap=True))
        for kind in (*KINDS, OTHER):
            box = self.boxes[kind] = QDoubleSpinBox(minimum=10.0, maximum=WIDEST_MM, decimals=0, singleStep=50.0,
                                                    suffix=" mm", keyboardTracking=False)
            box.installEventFilter(unmoved_by_wheel())
            box.valueChanged.connect(lambda value, kind=kind: self._commit(kind, value))
            box.editingFinished.connect(session.edits.seal)
            self.labels[kind] = QLabel(wordWrap=True)
            form.addRow(self.labels[kind], box)
        self.hide()

    def show_layer(self, layer: Networks) -> None:
        asset = self.session.asset(layer.id)
        payload = asset.payload if asset and isinstance(asset.payload, Network) else None
        if layer is self.layer and payload is self._payload:
            return
        counts = assumed_sizes(payload) if payload is not None else {}
        self.layer, self._payload = layer, payload
        own = dict(layer.diameters_mm)
        for kind, box in self.boxes.items():
            quietly(box, box.setValue, own.get(kind, ASSUMED_MM.get(kind, ASSUMED_MM[OTHER])))
            self.labels[kind].setText(f"{tr(KIND_WORDS[kind])} ({counts.get(kind, 0):,})")
            self.layout().setRowVisible(box, kind in counts)
        self.setVisible(bool(counts))

    def _commit(self, kind: str, value: float) -> None:
        layer = self.session.document.layer(self.layer.id) if self.layer else None
        if layer is not None:
            own = {**dict(layer.diameters_mm), kind: value}
            self.layer = replace(layer, diameters_mm=tuple(own.items()))
            self.session.edits.commit(self.session.document.with_layer(self.layer), "Assumed diameter",
                                      merge=f"{layer.id}.diameter.{kind}")
