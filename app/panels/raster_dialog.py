"""Asks what the numbers and times of a raster over time mean, where its file does not say."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog, QLabel, QWidget

from app.panels.small_form import choice, lay_out
from app.rasters_cli import said
from app.session import Session
from twin.layer import Layer
from twin.text import tr

UNITS = {"": "As the file says", "mm/h": "mm/h: as it falls", "mm": "mm: what fell during a step"}
STEPS = {"start": "Where it begins", "end": "Where it ends"}


class RasterDialog(QDialog):
    """Its answer is one edit; the raster is read again by it."""

    def __init__(self, parent: QWidget, session: Session, layer: Layer):
        super().__init__(parent)
        self.session, self.id = session, layer.id
        self.setWindowTitle(tr("What the steps mean"))
        self.unit = choice(UNITS, layer.source.unit)
        self.steps = choice(STEPS, layer.source.part or "start")
        about = QLabel(tr("A step holds as long as it lasts. Where a NetCDF file has bounds of its times, they count."),
                       wordWrap=True)
        lay_out(self, about, (tr("Numbers are"), self.unit), (tr("The time of a step is"), self.steps))
        self.accepted.connect(self._commit)

    def _commit(self) -> None:
        if self.session.document.layer(self.id) is not None:
            document = said(self.session.document, self.id, self.unit.currentData(), self.steps.currentData())
            self.session.edits.commit(document, "What the steps mean")
            self.session.edits.seal()
