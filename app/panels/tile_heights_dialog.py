"""What the heights of a tileset count from, and how high 1985 lies above the ellipsoid in this project."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtWidgets import QDialog, QDoubleSpinBox, QLabel, QWidget

from app.panels.small_form import choice, lay_out
from app.session import Session
from twin.layer import Layer
from twin.text import tr

DATUMS = {"": "As the tileset says, else the ellipsoid", "ellipsoid": "Ellipsoid heights", "1985": "1985",
          "wusong": "Wusong"}


class TileHeightsDialog(QDialog):
    """Its answer is one edit."""

    def __init__(self, parent: QWidget, session: Session, layer: Layer):
        super().__init__(parent)
        self.session, self.id = session, layer.id
        self.setWindowTitle(tr("Heights of tiles"))
        self.datum = choice(DATUMS, layer.source.height_datum)
        self.geoid = QDoubleSpinBox(minimum=-110.0, maximum=110.0, decimals=3, singleStep=0.1, suffix=" m")
        self.geoid.setValue(session.document.frame.geoid_m)
        about = QLabel(tr("3D Tiles count heights from the ellipsoid. How high the zero of 1985 lies above it is "
                          "known to the surveyor; near Shanghai it is about 10 m. 0 means: not known."), wordWrap=True)
        lay_out(self, about, (tr("Heights count from"), self.datum), (tr("1985 above the ellipsoid"), self.geoid))
        self.accepted.connect(self._commit)

    def _commit(self) -> None:
        document, layer = self.session.document, self.session.document.layer(self.id)
        if layer is None:
            return
        source = replace(layer.source, height_datum=self.datum.currentData())
        frame = replace(document.frame, geoid_m=round(self.geoid.value(), 3))
        self.session.edits.commit(replace(document.with_layer(replace(layer, source=source)), frame=frame),
                                  "Heights of tiles")
        self.session.edits.seal()
