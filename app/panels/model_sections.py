"""Sections of the buildings: cut at a place, a box around the selection, and a bar that moves, turns or removes one."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QSlider, QToolButton, QWidget

from app import theme
from app.panels.editors import quietly
from app.panels.model_actions import buildings
from app.session import Session
from layers.ground_colors import COMPASS
from layers.sections import Cut
from twin.text import tr

TICKS = 1000
MARGIN_M = 0.25                      # of a box around the selection
AXES = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))


def set_cuts(session: Session, cuts: tuple[Cut, ...], label: str, merge: str = "") -> None:
    """All buildings are cut alike, so that disciplines stay together."""
    ids = [layer.id for layer in buildings(session)]
    session.edits.commit(session.document.with_each(ids, lambda x: replace(x, cuts=cuts)), label, merge=merge)
    if not merge:
        session.edits.seal()


def cuts_of(session: Session) -> tuple[Cut, ...]:
    return next((layer.cuts for layer in buildings(session) if layer.cuts), ())


def add_cut(session: Session, point, normal) -> None:
    """Cut away what lies beyond a local `point` in the direction of `normal`."""
    easting, northing, height = session.document.frame.to_project([point])[0]
    cut = Cut(easting=round(float(easting), 3), northing=round(float(northing), 3), height=round(float(height), 3),
              normal=tuple(round(float(n), 6) for n in normal))
    set_cuts(session, (*cuts_of(session), cut), "Section")


def towards(camera) -> tuple[float, float, float]:
    """The level direction from what the camera looks at back to it: what is nearer goes."""
    x, y = (a - b for a, b in zip(camera.position[:2], camera.focus[:2]))
    length = math.hypot(x, y)
    return (x / length, y / length, 0.0) if length > 1e-9 else (0.0, -1.0, 0.0)


def side_of(cut: Cut) -> str:
    """Which side of the model a section takes away, in words."""
    east, north, up = cut.normal
    if abs(up) > max(abs(east), abs(north)):
        return tr("Top") if up > 0 else tr("Bottom")
    return tr(COMPASS[round(math.degrees(math.atan2(east, north)) / 45.0) % 8])


def cut_box(session: Session, box) -> None:
    """Keep only what lies in a local box (min x, y, z, max x, y, z), with a little room."""
    frame = session.document.frame
    cuts = []
    for side, corner in ((1.0, np.array(box[3:]) + MARGIN_M), (-1.0, np.array(box[:3]) - MARGIN_M)):
        easting, northing, height = (round(float(v), 3) for v in frame.to_project([corner])[0])
        cuts += [Cut(easting=easting, northing=northing, height=height, normal=tuple(side * n + 0.0 for n in axis))
                 for axis in AXES]
    set_cuts(session, tuple(cuts), "Section box")


class SectionBar(QWidget):
    """Shown while there are sections. A drag of the slider is one edit."""

    def __init__(self, session: Session, viewport=None, parent: QWidget | None = None):
        super().__init__(parent)
        self.session, self.viewport = session, viewport
        self.cuts: tuple[Cut, ...] = ()
        self.which, self.slider = QComboBox(), QSlider(Qt.Orientation.Horizontal, minimum=0, maximum=TICKS)
        self.flip, self.remove = QToolButton(autoRaise=True), QToolButton(autoRaise=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 4, 8, 0)
        row.setSpacing(6)
        row.addWidget(self.which)
        row.addWidget(self.slider, 1)
        for button in (self.flip, self.remove):
            button.setIconSize(QSize(16, 16))
            row.addWidget(button)
        self.which.activated.connect(lambda _: self._place())
        self.slider.valueChanged.connect(self._slid)
        self.slider.sliderReleased.connect(lambda: self.session.edits.seal())
        self.flip.clicked.connect(self._flip)
        self.remove.clicked.connect(self._remove)
        self.hide()

    def refresh(self) -> None:
        cuts = cuts_of(self.session)
        if cuts is self.cuts or cuts == self.cuts:
            return
        fewer, self.cuts = len(cuts) != len(self.cuts), cuts
        if fewer:
            self.which.clear()
            self.which.addItems([""] * len(cuts))
            self.which.setCurrentIndex(len(cuts) - 1)
        for at, cut in enumerate(cuts):
            self.which.setItemText(at, tr("Section {n} · {side}", n=at + 1, side=side_of(cut)))
        self.setVisible(bool(cuts))
        if cuts and not self.slider.isSliderDown():
            self._place()

    def _cut(self) -> Cut | None:
        at = self.which.currentIndex()
        return self.cuts[at] if 0 <= at < len(self.cuts) else None

    def _reach(self, cut: Cut) -> tuple[float, float]:
        """How far the buildings stretch along the normal, local metres from the origin."""
        ids = {layer.id for layer in buildings(self.session)}
        boxes = [box for id in ids if (box := self._whole(id))]
        corners = np.array([[box[3 * x], box[3 * y + 1], box[3 * z + 2]] for box in boxes
                            for x in (0, 1) for y in (0, 1) for z in (0, 1)]) if boxes else np.zeros((1, 3))
        along = corners @ np.asarray(cut.normal)
        return float(along.min()) - 0.1, float(along.max()) + 0.1

    def _whole(self, id: str):
        solid = getattr(self.viewport.stage.visual(id), "solid", None) if self.viewport else None
        return solid.places.whole() if solid else None

    def _along(self, cut: Cut) -> float:
        place = np.array([cut.easting, cut.northing, cut.height]) - self.session.document.frame.origin
        return float(place @ np.asarray(cut.normal))

    def _place(self) -> None:
        cut = self._cut()
        if cut is not None:
            low, high = self._reach(cut)
            quietly(self.slider, self.slider.setValue, round((self._along(cut) - low) / (high - low) * TICKS))

    def _slid(self, tick: int) -> None:
        cut = self._cut()
        if cut is None:
            return
        low, high = self._reach(cut)
        step = low + tick / TICKS * (high - low) - self._along(cut)
        e, n, h = (round(v + step * w, 3) for v, w in zip((cut.easting, cut.northing, cut.height), cut.normal))
        self._set(replace(cut, easting=e, northing=n, height=h), "Move section", merge="section")
        if not self.slider.isSliderDown():
            self.session.edits.seal()

    def _flip(self) -> None:
        cut = self._cut()
        if cut is not None:
            self._set(replace(cut, normal=tuple(-n + 0.0 for n in cut.normal)), "Turn section")

    def _remove(self) -> None:
        at = self.which.currentIndex()
        set_cuts(self.session, self.cuts[:at] + self.cuts[at + 1:], "Remove section")

    def _set(self, cut: Cut, label: str, merge: str = "") -> None:
        at = self.which.currentIndex()
        set_cuts(self.session, (*self.cuts[:at], cut, *self.cuts[at + 1:]), label, merge)

    def retranslate(self) -> None:
        for widget, words in ((self.which, "Section"), (self.slider, "Move section"), (self.flip, "Turn section"),
                              (self.remove, "Remove section")):
            widget.setToolTip(tr(words))
            widget.setAccessibleName(tr(words))
        self.cuts = ()

    def retheme(self) -> None:
        self.flip.setIcon(theme.icon("flip"))
        self.remove.setIcon(theme.icon("close"))
