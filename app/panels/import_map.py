"""Where the sensors of a file would stand: as dots beside what the project shows, with how far that is."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from app import theme
from app.panels.where_map import WhereMap
from twin.history.preview import Preview
from twin.judging import distance_words
from twin.text import tr

FAR_M = 400_000.0                          # what lies beyond is not drawn on one map: both would be points


class ImportMap(QWidget):
    """`project()` gives (boxes of what is shown in local metres, the origin's easting and northing)."""

    def __init__(self, parent: QWidget | None = None):
        super().__init__(parent)
        self.project = lambda: ([], (0.0, 0.0))
        self.map, self.words = WhereMap(theme.current()), QLabel(wordWrap=True)
        self.words.setProperty("role", "muted")
        self.words.setAlignment(Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.map, 1)
        column.addWidget(self.words)

    def show_preview(self, preview: Preview) -> None:
        boxes, origin = self.project()
        ground, placed = preview.ground, len(preview.places)
        dots = ground.points - origin if ground.in_project else ground.points
        away_m = _away_m(boxes, dots) if ground.in_project and placed and boxes else 0.0
        near = ground.in_project and away_m < FAR_M
        self.map.scheme = theme.current()
        self.map.show_places(boxes if near else (), (), -1, dots)
        self.map.setVisible(placed > 0)
        self.words.setText(_words(preview, placed, bool(boxes), away_m))


def _words(preview: Preview, placed: int, something: bool, away_m: float) -> str:
    if preview.wrong:
        return ""
    if not placed:
        return tr("This file says no coordinates. Its sensors are imported all the same: give them a place with the "
                  "layer's Place…, or import a list of sensors with coordinates afterwards.")
    words = [tr("{n} places", n=f"{placed:,}")]
    if something and not preview.ground.in_project:
        words.append(tr("They lie where the project's coordinates do not reach."))
    elif something and away_m >= 1.0:
        words.append(tr("They lie {distance} from what the project shows.", distance=distance_words(away_m)))
    return "\n".join(words)


def _away_m(boxes, dots: np.ndarray) -> float:
    """From the nearest dot to the nearest box; 0 where one lies in it."""
    sides = np.array([(b[0], b[1], b[3], b[4]) for b in boxes])
    out_x = np.maximum(sides[:, None, 0] - dots[None, :, 0], dots[None, :, 0] - sides[:, None, 2]).clip(0.0)
    out_y = np.maximum(sides[:, None, 1] - dots[None, :, 1], dots[None, :, 1] - sides[:, None, 3]).clip(0.0)
    return math.sqrt(float((out_x ** 2 + out_y ** 2).min()))
