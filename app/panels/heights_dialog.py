"""Asks what the heights of a network mean where its file does not say: part of the pipe, and datum."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtWidgets import QDialog, QLabel, QWidget

from app.panels.small_form import choice, lay_out
from app.session import Session
from layers.networks import Networks, reading_of
from twin.network import Network, unsaid
from twin.text import tr

HEIGHTS = {"unknown": "Not known (drawn as axis)", "crown": "Crown: top of the pipe", "axis": "Axis",
           "invert": "Invert: bottom of the pipe"}
DATUMS = {"unknown": "Not known (drawn as the project's)", "1985": "1985", "wusong": "Wusong"}


def ask(parent: QWidget, session: Session, id: str) -> None:
    """Opens the dialog; its answer is one edit."""
    layer = session.document.layer(id)
    if isinstance(layer, Networks):
        HeightsDialog(parent, session, layer).open()


class HeightsDialog(QDialog):
    def __init__(self, parent: QWidget, session: Session, layer: Networks):
        super().__init__(parent)
        self.session, self.id = session, layer.id
        self.setWindowTitle(tr("What the heights mean"))
        self.heights, self.datum = choice(HEIGHTS, layer.heights), choice(DATUMS, layer.datum)
        lay_out(self, self._words(layer), (tr("Heights are of"), self.heights), (tr("Datum"), self.datum))
        self.accepted.connect(self._commit)

    def _words(self, layer: Networks) -> QLabel:
        asset = self.session.asset(layer.id)
        network = asset.payload if asset and isinstance(asset.payload, Network) else Network()
        what, where = unsaid(network)
        frame = self.session.document.frame
        words = [tr("{n} pipes do not say which part of the pipe, {m} heights do not say their datum.",
                    n=what, m=where),
                 tr("A wrong guess is half a diameter off, and {m} m between 1985 and Wusong.",
                    m=f"{abs(frame.wusong_to_1985_m):.2f}"),
                 tr("What the file says itself stays as it is.")]
        return QLabel("\n".join(words), wordWrap=True)

    def _commit(self) -> None:
        layer = self.session.document.layer(self.id)
        if layer is not None:
            fresh = replace(layer, heights=self.heights.currentData(), datum=self.datum.currentData())
            self.session.edits.commit(self.session.document.with_layer(fresh), "What the heights mean")
            self.session.edits.seal()


def said_of(layer: Networks, network: Network) -> str:
    """What the row of a network has to say about its heights; "" where file or user say everything."""
    what, where = unsaid(network, reading_of(layer))
    if what and where:
        return tr("Heights of crown, axis or invert? 1985 or Wusong? Drawn as axis in the project's datum.")
    if what:
        return tr("Heights of crown, axis or invert? Drawn as axis.")
    return tr("Heights in 1985 or Wusong? Drawn as the project's.") if where else ""
