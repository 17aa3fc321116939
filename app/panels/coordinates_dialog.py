"""Which system a layer's numbers are in: every reading of them on a map, and in the scene, before one is accepted."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QCompleter,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.drawing import SKETCH
from app.panels.control_points import ControlPoints
from app.panels.where_map import WhereMap
from app.session import Session
from app.whereabouts import (
    USUAL,
    Numbers,
    Reading,
    as_read,
    like_city_grid,
    numbers_of,
    numbers_said,
    reading,
    readings,
    reference,
    settled,
    where_words,
)
from layers.profile import ProfileLine
from twin.frame import crs_label, normal_crs
from twin.layer import Layer
from twin.local_grid import is_local, points_of
from twin.text import language, tr
from twin.trouble import Trouble

POLL_MS = 80
FAR_M = 200_000.0                                 # of a layer from the project: it tells nothing of where that is
CODE = re.compile(r"EPSG:\d+", re.IGNORECASE)     # with or without its name behind it
AS_SAID, TYPED, FITTED = "as-said", "typed", "fitted"
SOURCES = {"file": "the file says so", "prj": "the .prj file says so", "standard": "the format says so",
           "assumed": "a guess from its numbers", "user": "chosen by hand"}


class CoordinatesDialog(QDialog):
    """Stays open beside the scene, where the outline of the file shows. Accepting is one edit. `supposed`: the system
    that is chosen as long as the layer has none."""

    def __init__(self, parent: QWidget | None, session: Session, layer: Layer, viewport=None, supposed: str = ""):
        super().__init__(parent)
        self.session, self.id, self.viewport, self.supposed = session, layer.id, viewport, supposed
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Coordinates of {name}", name=layer.title(language())))
        self.numbers: Numbers | None = None
        self.found: list[Reading] = []
        self.says, self.where, self.wrong = (QLabel(wordWrap=True) for _ in range(3))
        self.wrong.setProperty("role", "danger")
        self.list, self.line = QListWidget(), QLineEdit(clearButtonEnabled=True)
        self.map, self.points = WhereMap(session.theme), ControlPoints(session.theme)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        self._lay_out()
        self._connect()
        self.reference = reference(session.document.frame)
        self.points.show_crs(layer.source.crs, self.reference.crs)
        self.points.can_pick(bool(session.document.frame.crs))
        self.line.setText("" if is_local(layer.source.crs) and points_of(layer.source.crs) else layer.source.crs)
        self._job = session.jobs.start(numbers_of, layer.source.path, layer.source, session.document.frame.crs,
                                       label=Path(layer.source.path).name, path=layer.source.path, urgent=True)
        self._timer = QTimer(self, interval=POLL_MS)
        self._timer.timeout.connect(self._look)
        self._timer.start()
        self.says.setText(tr("Reading…"))
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(False)
        for part in (self.line, self.points):                # until the readings are there to choose from
            part.hide()

    def _lay_out(self) -> None:
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setText(tr("Accept"))
        self.buttons.button(QDialogButtonBox.StandardButton.Cancel).setText(tr("Cancel"))
        self.list.setSpacing(2)
        self.list.setAccessibleName(tr("Possible systems"))
        self.line.setPlaceholderText(tr("EPSG code, PROJ string or WKT"))
        self.line.setAccessibleName(tr("EPSG code, PROJ string or WKT"))
        usual = QCompleter([crs_label(crs) for crs in USUAL], self.line)
        usual.setFilterMode(Qt.MatchFlag.MatchContains)
        usual.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        usual.activated.connect(lambda _: self._show())
        self.line.setCompleter(usual)
        left, right = QVBoxLayout(), QVBoxLayout()
        left.addWidget(self.list, 1)
        left.addWidget(self.line)
        left.addWidget(self.points)
        right.addWidget(self.map, 1)
        right.addWidget(self.where)
        right.addWidget(self.wrong)
        both = QHBoxLayout()
        both.addLayout(left, 3)
        both.addLayout(right, 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(8)
        column.addWidget(self.says)
        column.addLayout(both, 1)
        column.addWidget(self.buttons)
        self.resize(820, 520)

    def _connect(self) -> None:
        self.list.currentRowChanged.connect(lambda _: self._show())
        self.line.textEdited.connect(lambda _: self._show())
        self.points.changed = self._show
        self.points.pick = self._pick
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self.finished.connect(lambda _: self._clear())

    # -- what the numbers may mean -----------------------------------------------------------------------

    def _look(self) -> None:
        if self._job.active:
            return
        self._timer.stop()
        if self._job.error or self._job.result is None:
            self.says.setText(str(self._job.error or tr("Opening was cancelled.")))
            self.numbers = Numbers(None, ())
        else:
            self.numbers = self._job.result
            self.says.setText(self._words())
        self._fill()

    def _words(self) -> str:
        box, info = self.numbers.box, next(iter(self.numbers.infos), None)
        lines = []
        if box is not None:
            lines.append(tr("Its numbers: x {x0} … {x1}, y {y0} … {y1}.",
                            **dict(zip(("x0", "x1", "y0", "y1"), numbers_said(box)))))
        payload = self._payload()
        crs, source = (payload.crs, payload.crs_source) if payload is not None else \
            (info.crs, info.crs_source) if info is not None else ("", "")
        lines.append(tr("Read as {crs}: {source}.", crs=crs_label(crs), source=tr(SOURCES.get(source, source)))
                     if crs else tr("Nobody says which system they are in."))
        if box is not None and like_city_grid(box):
            lines.append(tr("The numbers may be in Shanghai's city grid: give a PROJ string, or two to four control "
                            "points."))
        if not self.session.document.frame.crs:
            lines.append(tr("The project has no system yet: it gets that of this layer. Easting and northing of "
                            "control points are in {crs}.", crs=crs_label(self.reference.crs)))
        return "\n".join(lines)

    def _fill(self) -> None:
        layer = self.session.document.layer(self.id)
        box, frame = self.numbers.box, self.session.document.frame
        stated = next((info.crs for info in self.numbers.infos), "")
        self.found = readings(box, self.reference, self._middle(), stated) if box else []
        self.list.blockSignals(True)
        self.list.clear()
        self._item(tr("As the file says"), AS_SAID)
        for one in self.found:
            self._item(f"{one.label}\n{where_words(one, frame)}", one.crs)
        self._item(tr("Another system, typed below"), TYPED)
        self._item(tr("A grid of its own, by control points"), FITTED)
        present = (layer.source.crs if layer else "") or self.supposed
        kind = FITTED if points_of(present) else present or AS_SAID
        at = next((n for n in range(self.list.count()) if self.list.item(n).data(Qt.ItemDataRole.UserRole) == kind),
                  self.list.count() - 2)
        self.list.setCurrentRow(at)
        self.list.blockSignals(False)
        self._show()

    def _item(self, words: str, crs: str) -> None:
        item = QListWidgetItem(words)
        item.setData(Qt.ItemDataRole.UserRole, crs)
        self.list.addItem(item)

    def _boxes(self) -> list:
        """Of what lies where the readings are measured: nothing does in a project without a place on the Earth. Without
        what a wrong system put on the other side of the Earth, beside which the city is a dot on the map.
        """
        there = self.viewport.stage.boxes() if self.viewport is not None and self.session.document.frame.crs else []
        return [b for b in there if np.hypot(b[0] + b[3], b[1] + b[4]) < 2 * FAR_M]

    def _middle(self) -> tuple[float, float]:
        """Of all but the layer itself, which would draw it to where it lies now."""
        own = self.viewport.stage.box(self.id) if self.viewport is not None else None
        boxes = [b for b in self._boxes() if b != own]
        if not boxes:
            return 0.0, 0.0
        return ((min(b[0] for b in boxes) + max(b[3] for b in boxes)) / 2,
                (min(b[1] for b in boxes) + max(b[4] for b in boxes)) / 2)

    # -- the choice --------------------------------------------------------------------------------------

    @property
    def kind(self) -> str:
        item = self.list.currentItem()
        return item.data(Qt.ItemDataRole.UserRole) if item else AS_SAID

    def crs(self) -> str | None:
        """What would be accepted; None where it cannot be."""
        if self.kind == AS_SAID:
            return ""
        typed = self.line.text().strip()
        typed = code[0] if (code := CODE.match(typed)) else typed
        text = {TYPED: typed, FITTED: self.points.crs()}.get(self.kind, self.kind)
        try:
            return normal_crs(text) if text else None
        except Trouble as trouble:
            self.wrong.setText(str(trouble))
            return None

    def _payload(self):
        """What was read as the file (or a guess) says; None where a system is set, or nothing could be read."""
        layer, asset = self.session.document.layer(self.id), self.session.held(self.id)
        there = layer is not None and not layer.source.crs and asset is not None and asset.payload is not None
        return asset.payload if there else None

    def _chosen(self, crs: str | None) -> Reading | None:
        if crs is None or self.numbers is None or self.numbers.box is None:
            return None
        payload = self._payload() if not crs else None
        if payload is not None and payload.bounds() is not None:
            return as_read(payload.bounds(), self.session.document.frame, payload.crs, self._middle())
        said = crs or next((info.crs for info in self.numbers.infos), "")
        return reading(said, self.numbers.box, self.reference, self._middle()) if said else None

    def _show(self) -> None:
        self.wrong.clear()
        self._show_line(self.kind == TYPED)
        self.points.setVisible(self.kind == FITTED)
        crs = self.crs()
        one = self._chosen(crs)
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(crs is not None)
        self.where.setText(where_words(one, self.session.document.frame) if one
                           else tr("Without a place on this map."))
        rings = [r.ring for r in self.found] + ([one.ring] if one else [])
        self.map.show_places(self._boxes(), rings, len(rings) - 1 if one else -1)
        self._outline(one)

    def _show_line(self, asked: bool) -> None:
        """With the usual systems to choose from as long as nothing is typed."""
        fresh = asked and self.line.isHidden()
        self.line.setVisible(asked)
        if fresh and not self.line.text():
            self.line.setFocus()
            self.line.completer().setCompletionPrefix("")
            self.line.completer().complete()

    def _outline(self, one: Reading | None) -> None:
        """Where it would lie, in the scene; without a place on the Earth that has none to compare."""
        if one is None or not self.session.document.frame.crs:
            self._clear()
            return
        ring = np.concatenate([one.ring, one.ring[:1]]) + self.session.document.frame.origin[:2]
        self.session.sketch = ProfileLine(id=SKETCH, name="", line=tuple(map(tuple, ring.tolist())), lettered=False)

    def _clear(self) -> None:
        self.session.sketch = None

    def _pick(self, row: int) -> None:
        if self.viewport is None:
            return

        def clicked(point) -> None:
            if point is not None:
                e, n, _ = self.session.document.frame.to_project([point])[0]
                self.points.put(row, float(e), float(n))
            self.show()
            self.raise_()

        self.hide()                                            # it would stand before the scene of a small window
        self.viewport.pick_once(clicked, corners=True)
        self.viewport.setFocus()                               # Esc gives up

    def accept(self) -> None:
        layer, crs = self.session.document.layer(self.id), self.crs()
        if layer is not None and crs is not None and crs != layer.source.crs:
            before = self.session.document.frame
            self.session.edits.commit(settled(self.session.document, layer, crs, self.numbers.box), "Coordinates")
            self.session.edits.seal()
            if self.session.document.frame.origin != before.origin and self.viewport is not None:
                self.viewport.home_pending = True                  # everything lies elsewhere now
        super().accept()
