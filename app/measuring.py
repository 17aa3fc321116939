"""Measuring in the scene: two clicks, or three for an angle, caught by corners, edges, faces and the ground."""

from __future__ import annotations

import itertools
import logging
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from app.session import Session
from layers.beside import Beside
from layers.measures import Measures, Sketch, Spot
from layers.shape import CORNER, EDGE, FACE, GROUND, SPOT, Snap
from layers.snapping import snap
from twin.layer import new_id
from twin.measuring import ANGLE, DISTANCE, TO_EDGE, TO_FACE, Measure, arms, foot_on_line, foot_on_plane
from twin.placing import matrix_of, place_of
from twin.text import tr

log = logging.getLogger("citytwin")
PERPENDICULAR = "perpendicular"
MODES = {DISTANCE: "Distance", PERPENDICULAR: "Offset", ANGLE: "Angle"}
HINTS = {DISTANCE: ("Click the start.", "Click the end."),
         PERPENDICULAR: ("Click a point.", "Click the edge or the face to measure to."),
         ANGLE: ("Click an edge, a face, or the end of an arm.", "Click the other edge or face.",
                 "Click the vertex.", "Click the end of the other arm.")}
CAUGHT = {CORNER: "Corner", EDGE: "Edge", FACE: "Face", GROUND: "Ground", SPOT: "Object"}
SQUARE_SHARE, ARM_SHARE = 0.012, 0.06     # of the camera's distance: the mark on a face, the arms of an angle
LEAST_M = 1e-6
CORNER_M, SHAPE_M, GROUND_M = 0.001, 0.01, 0.1      # to what places are known


class Measuring:
    """Takes the viewport's clicks until Escape (see app.drawing.Drawing). `mode`: a key of `MODES`."""

    def __init__(self, session: Session, viewport, mode: str, changed: Callable[[], None] = lambda: None):
        self.session, self.viewport, self.mode, self.changed = session, viewport, mode, changed
        self.taken: list[Snap] = []
        self._catching = Beside(viewport.view.canvas)

    def begin(self) -> None:
        if self.viewport.drawing is not None:
            self.viewport.drawing.cancel()
        self.viewport.cancel_pick()
        self.viewport.draw(self)
        self.changed()

    @property
    def hint(self) -> str:
        hints = HINTS[self.mode]
        if self.mode == ANGLE and self.taken:
            return tr(hints[1 if _directed(self.taken[0]) else 1 + len(self.taken)])
        return tr(hints[min(len(self.taken), len(hints) - 1)])

    @property
    def _to_a_direction(self) -> bool:
        """What is asked for next is an edge or a face: a corner would end nothing."""
        return bool(self.taken) and (self.mode == PERPENDICULAR or (self.mode == ANGLE and _directed(self.taken[0])))

    # -- what the viewport calls -----------------------------------------------------------------------

    def look(self, view, x: float, y: float, hit) -> Snap | None:
        """What lies under the mouse, through all measures."""
        document = self.session.document
        others = frozenset(x.id for x in document.layers if x.kind not in ("measures", "group"))
        return snap(view, x, y, others or frozenset({"nothing"}), corners=not self._to_a_direction)

    def hover(self, view, x: float, y: float, hit) -> None:
        """What would be caught is looked for beside the frames: shapes of many faces take long at the first time."""
        self._catching.ask(lambda: self.look(view, x, y, hit))

    def tick(self) -> None:
        """Show what was found for where the mouse was last."""
        try:
            found = self._catching.take()
        except Exception:                                    # what it looked at may have gone meanwhile
            log.info("nothing was caught", exc_info=True)
            return
        if found is not None:
            self.move(found)

    def click(self, snap: Snap) -> None:
        self._catching.forget()
        if made := self._made([*self.taken, snap]):
            add(self.session, made)
            self.taken = []
        elif len(self.taken) < 2 and not self._to_a_direction:
            self.taken = [*self.taken, snap]
        self.move(snap)
        self.changed()

    def move(self, snap: Snap) -> None:
        """Show what is caught, and what a click would measure."""
        made = self._made([*self.taken, snap]) or self._made_so_far([*self.taken, snap])
        here = Spot(self._place(snap.point), "" if made else tr(CAUGHT[snap.kind]))
        outline = tuple(map(self._place, self._outline(snap)))
        self.session.sketch = Sketch(id="sketch", name="", items=(made,) if made else (), spots=(*self._marks(), here),
                                     lines=(outline,) if outline else ())

    def _marks(self) -> tuple[Spot, ...]:
        """Of what was clicked so far."""
        return tuple(Spot(self._place(snap.point)) for snap in self.taken)

    def _place(self, point) -> tuple[float, float, float]:
        return tuple(float(v) for v in np.asarray(point) + np.array(self.session.document.frame.origin))

    @property
    def begun(self) -> bool:
        """Something was clicked that `back` takes back."""
        return bool(self.taken)

    def back(self) -> None:
        self.taken = self.taken[:-1]
        self.session.sketch = Sketch(id="sketch", name="", spots=self._marks()) if self.taken else None
        self.changed()

    def finish(self) -> None:
        """A double click or Enter ends nothing: one measures on, until Escape."""

    def cancel(self) -> None:
        """What was begun is given up first, then measuring itself."""
        self._catching.forget()
        if self.taken:
            self.taken = []
            self.session.sketch = None
        else:
            self.session.sketch = None
            self.viewport.draw(None)
        self.changed()

    # -- from snaps to measures --------------------------------------------------------------------------

    def _outline(self, snap: Snap) -> list[np.ndarray]:
        """The edge that is caught, or a little square that lies on the face."""
        if snap.edge is not None:
            return list(snap.edge)
        if snap.direction is None:
            return []
        u, v = _axes(snap.direction)
        half = SQUARE_SHARE * np.linalg.norm(np.subtract(self.viewport.camera().position, snap.point))
        return [snap.point + half * (a * u + b * v) for a, b in ((1, 1), (1, -1), (-1, -1), (-1, 1), (1, 1))]

    def _made_so_far(self, snaps: list[Snap]) -> Measure | None:
        """While it is not whole: the plain way to where the mouse is."""
        if len(snaps) < 2 or self.mode == ANGLE:
            return None
        return self._measure(DISTANCE, [snaps[0].point, snaps[1].point], snaps[:2])

    def _made(self, snaps: list[Snap]) -> Measure | None:
        """None where more clicks are needed, or these give nothing."""
        if self.mode == ANGLE:
            return self._angle(snaps)
        if len(snaps) < 2:
            return None
        a, b = snaps[:2]
        if self.mode == PERPENDICULAR and b.kind == EDGE:
            return self._measure(TO_EDGE, [a.point, foot_on_line(a.point, b.point, b.direction)], [a, b])
        if self.mode == PERPENDICULAR and b.kind in (FACE, GROUND):
            return self._measure(TO_FACE, [a.point, foot_on_plane(a.point, b.point, b.direction)], [a, b])
        plain = self.mode == DISTANCE or b.kind == SPOT          # a tree's crown has no face to be square to
        return self._measure(DISTANCE, [a.point, b.point], [a, b]) if plain else None

    def _angle(self, snaps: list[Snap]) -> Measure | None:
        if len(snaps) >= 2 and _directed(snaps[0]):
            one, other = snaps[:2]
            if not _directed(other):
                return None
            reach = ARM_SHARE * np.linalg.norm(np.subtract(self.viewport.camera().position, other.point))
            u, v = arms(_sort(one), one.direction, _sort(other), other.direction)
            return self._measure(ANGLE, [other.point + reach * u, other.point, other.point + reach * v], snaps[:2])
        return self._measure(ANGLE, [s.point for s in snaps[:3]], snaps[:3]) if len(snaps) >= 3 else None

    def _known_m(self, snap: Snap) -> float:
        """To what a place is known: a corner of a building model as it is drawn, a spot on one of its faces by the eye,
        a city model by its survey, the ground between its posts."""
        layer = self.session.document.layer(snap.layer)
        if layer is None or snap.kind in (GROUND, SPOT):
            return GROUND_M
        return CORNER_M if layer.kind == "building" and snap.kind != FACE else SHAPE_M

    def _drawn_scale(self, snaps: list[Snap]) -> float | None:
        """Metres of the scene in one of the building model that all were caught on: inside it, it measures what was
        drawn, however its place stretches it to the grid. None between other things.
        """
        layer = self.session.document.layer(snaps[0].layer)
        if layer is None or layer.kind != "building" or any(snap.layer != layer.id for snap in snaps):
            return None
        mesh = self.session.held(layer.id).payload
        matrix = matrix_of(mesh, place_of(layer, mesh), self.session.document.frame)
        return float(np.linalg.norm(matrix[:3, 0]))

    def _measure(self, way: str, points: list, snaps: list[Snap]) -> Measure | None:
        if any(np.linalg.norm(np.subtract(a, b)) < LEAST_M for a, b in itertools.pairwise(points)):
            return None
        frame = self.session.document.frame
        placed = frame.to_project(np.array(points, np.float64))
        scale = self._drawn_scale(snaps) or frame.grid_scale(float(placed[0][0]), float(placed[0][1]))
        return Measure(id=new_id("measure"), way=way, grid_scale=round(scale, 9),
                       known_m=max(map(self._known_m, snaps)),
                       points=tuple(tuple(round(float(v), 5) for v in p) for p in placed))


def _directed(snap: Snap) -> bool:
    return snap.kind in (EDGE, FACE)


def _sort(snap: Snap) -> str:
    return EDGE if snap.kind == EDGE else FACE


def _axes(normal: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Two unit directions in the plane."""
    other = (0.0, 0.0, 1.0) if abs(normal[2]) < 0.9 else (1.0, 0.0, 0.0)
    u = np.cross(normal, other)
    u /= np.linalg.norm(u)
    return u, np.cross(normal, u)


# -- the layer that keeps them -----------------------------------------------------------------------------


def layers_of(session: Session) -> list[Measures]:
    return [layer for layer in session.document.layers if isinstance(layer, Measures)]


def target(session: Session) -> Measures | None:
    """Where a new measure goes: the current layer of measures, else the uppermost one."""
    found = layers_of(session)
    return next((x for x in found if x.id == session.current_layer), found[0] if found else None)


def add(session: Session, measure: Measure) -> None:
    """Into the layer of measures, which is made with the first."""
    layer = target(session) or Measures(id=new_id("measures"), name="Measurements", name_zh="测量")
    layer = replace(layer, items=(*layer.items, measure), visible=True)
    session.edits.commit(session.document.with_layer(layer), "Measure")
    session.edits.seal()


def remove(session: Session, id: str, rows: set[int]) -> None:
    """Measures of a layer by their place; the layer goes with its last."""
    layer = session.document.layer(id)
    kept = tuple(item for at, item in enumerate(layer.items) if at not in rows)
    document = session.document.with_layer(replace(layer, items=kept)) if kept else session.document.without([id])
    session.edits.commit(document, "Delete measures")
    session.edits.seal()


def note(session: Session, id: str, row: int, words: str) -> None:
    layer = session.document.layer(id)
    items = tuple(replace(item, note=words) if at == row else item for at, item in enumerate(layer.items))
    session.edits.commit(session.document.with_layer(replace(layer, items=items)), "Name a measure")
    session.edits.seal()
