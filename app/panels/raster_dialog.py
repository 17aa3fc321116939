"""Asks what the numbers and times of a raster over time mean, where its file does not say."""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox, QDialog, QDialogButtonBox, QFormLayout, QLabel, QWidget

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
        self.unit = _combo(UNITS, layer.source.unit)
        self.steps = _combo(STEPS, layer.source.part or "start")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        buttons.button(QDialogButtonBox.StandardButton.Ok).setText(tr("OK"))
        buttons.button(QDialogButtonBox.StandardButton.Cancel).setText(tr("Cancel"))
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        form = QFormLayout(self)
        form.setContentsMargins(16, 16, 16, 16)
        form.setSpacing(8)
        form.addRow(QLabel(
            tr("A step holds as long as it lasts. Where a NetCDF file has bounds of its times, they count."),
            wordWrap=True))
        form.addRow(tr("Numbers are"), self.unit)
        form.addRow(tr("The time of a step is"), self.steps)
        form.addRow(buttons)
        self.accepted.connect(self._commit)

    def _commit(self) -> None:
        if self.session.document.layer(self.id) is not None:
            document = said(self.session.document, self.id, self.unit.currentData(), self.steps.currentData())
            self.session.edits.commit(document, "What the steps mean")
            self.session.edits.seal()


def _combo(choices: dict[str, str], present: str) -> QComboBox:
    """A unit that somebody wrote into the project is offered too."""
    combo = QComboBox()
    for value, words in ({present: present} | choices).items():
        combo.addItem(tr(words), value)
    combo.setCurrentIndex(combo.findData(present))
    return combo
