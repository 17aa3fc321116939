"""Measures that are kept: lines with their lengths and angles, over everything else."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

import numpy as np
from annotated_types import Ge, Le

from layers.base import Moment, Ray, Visual, visual_of
from layers.geometry import actor_of, poly_data
from layers.labelled import Labelled
from layers.marks import marks
from layers.palette import rgb
from layers.shading import apply_drape
from twin.data import Bounds, box
from twin.ground import Ground
from twin.layer import Layer, layer_type, styled
from twin.measuring import ANGLE, DISTANCE, Measure, angle_deg, length_m, level_m, rise_m
from twin.selection import Hit
from twin.text import tr

REACH_PX = 7.0
ON_TOP = 19.0                         # nearer by so many times: at a twentieth of the distance nothing hides it
ARC_STEPS, ARC_SHARE = 24, 0.35       # of an angle's arc, and of its shorter arm
MARK_PX = 8.0
PARTS_FROM_M = 0.005                  # level and upright parts are told when both are longer
CHOSEN = "#ff9f1c"
Place = tuple[float, float, float]    # project CRS


@layer_type
@dataclass(frozen=True, kw_only=True)
class Measures(Layer):
    kind: Literal["measures"] = "measures"
    items: tuple[Measure, ...] = ()
    color: str = styled("#1677ff", "Colour", role="color")
    width_px: Annotated[float, Ge(1.0), Le(12.0)] = styled(2.0, "Line width", unit="px", step=0.5)
    parts: bool = styled(True, "Level and upright parts")
    decimals: Annotated[int, Ge(0), Le(4)] = styled(
        3, "Decimals", help="At most: what ends at a city model or on the ground is not known to a millimetre")


@dataclass(frozen=True)
class Spot:
    """A point that was picked, or that the mouse has caught."""

    place: Place
    words: str = ""


@dataclass(frozen=True, kw_only=True)
class Sketch(Measures):
    """While one measures or picks: the measure as it would be, and what was picked so far. Never in a document."""

    spots: tuple[Spot, ...] = ()
    spot_px: float = MARK_PX
    lines: tuple[tuple[Place, ...], ...] = ()


@visual_of("measures")
class MeasuresVisual(Labelled):
    """One object of lines, one of marks, one of labels."""

    reads: ClassVar = frozenset({"origin", "selection", "theme", "language"})

    def __init__(self, canvas):
        super().__init__(canvas)
        self._lines: list[np.ndarray] = []                  # of each measure (n, 3) local metres

    def update(self, layer: Measures, asset, moment: Moment, ground: Ground, why: frozenset[str]) -> None:
        Visual.remove(self)
        origin, lift = np.array(moment.origin), np.array([0.0, 0.0, layer.height_offset_m])
        self._lines = [course(m) - origin + lift for m in layer.items]
        chosen = set(moment.selection.features(layer.id))
        base, bright = rgb(layer.color), rgb(CHOSEN)
        colors = [bright if at in chosen else base for at in range(len(layer.items))]
        lines, tints = list(self._lines), list(colors)
        spots = [np.array(m.points[:2] if m.way != ANGLE else m.points[1:2]) - origin + lift for m in layer.items]
        if isinstance(layer, Sketch):
            lines += [np.array(line) - origin for line in layer.lines]
            tints += [bright] * len(layer.lines)
            spots += [np.array([spot.place]) - origin for spot in layer.spots]
            colors = [*colors, *[bright] * len(layer.spots)]
        self._draw(layer, lines, tints, spots, colors)
        self._label(layer, origin, lift)

    def _draw(self, layer: Measures, lines, tints, spots, colors) -> None:
        ratio = self.canvas.pixel_ratio
        if lines:
            offsets = np.concatenate([[0], np.cumsum([len(line) for line in lines])])
            tint = np.repeat(np.array(tints, np.uint8), np.diff(offsets), axis=0)
            actor = actor_of(poly_data(np.concatenate(lines), offsets=offsets, colors=tint), lit=False, colors=True)
            actor.GetProperty().SetLineWidth(layer.width_px * ratio)
            actor.GetProperty().SetOpacity(layer.opacity)
            apply_drape(actor, ON_TOP)
            self.add(actor, self.canvas.overlay)
        if spots:
            tint = np.repeat(np.array(colors, np.uint8), [len(s) for s in spots], axis=0)
            actor = marks(np.concatenate(spots), tint, getattr(layer, "spot_px", MARK_PX) * ratio)
            apply_drape(actor, ON_TOP)
            self.add(actor, self.canvas.overlay)

    def _label(self, layer: Measures, origin: np.ndarray, lift: np.ndarray) -> None:
        places = [_label_place(m) - origin + lift for m in layer.items]
        words = [label(m, layer.decimals, layer.parts) for m in layer.items]
        for spot in layer.spots if isinstance(layer, Sketch) else ():
            if spot.words:
                places, words = [*places, np.array(spot.place) - origin], [*words, spot.words]
        newest_first = np.arange(len(words), dtype=float)
        self._labels.set(np.array(places).reshape(-1, 3), words, newest_first, size_px=13, bold=True)
        self.add(self._labels.actor, self.canvas.overlay)
        self._labels.show(self.shown)

    def bounds(self) -> Bounds | None:
        return box(np.concatenate(self._lines)) if self._lines else None

    def feature_bounds(self, feature) -> Bounds | None:
        rows = [int(f) for f in np.atleast_1d(feature) if 0 <= int(f) < len(self._lines)]
        return box(np.concatenate([self._lines[f] for f in rows])) if rows else None

    def pick(self, ray: Ray) -> tuple[float, Hit] | None:
        """The nearest line within reach of the mouse."""
        reach, best = REACH_PX * self.canvas.pixel_ratio, None
        for at, line in enumerate(self._lines):
            seen = ray.project(line)
            for (ax, ay, near), (bx, by, _) in itertools.pairwise(seen):
                off = _off_segment(np.array(ray.pixel), np.array([ax, ay]), np.array([bx, by]))
                if off <= reach and (best is None or off < best[0]):
                    best = (off, float(near), at, line)
        if best is None:
            return None
        return 0.0, Hit("", best[2], tuple(map(float, best[3].mean(axis=0))))

    def stats(self) -> tuple[int, int]:
        return len(self._lines), 0


def _off_segment(p: np.ndarray, a: np.ndarray, b: np.ndarray) -> float:
    way = b - a
    share = float(np.clip((p - a) @ way / max(float(way @ way), 1e-9), 0.0, 1.0))
    off = float(np.linalg.norm(a + share * way - p))
    return off if np.isfinite(off) else np.inf


def course(measure: Measure) -> np.ndarray:
    """(n, 3) f8 project CRS: the line that is drawn; an angle has an arc between its arms."""
    points = np.array(measure.points, np.float64)
    if measure.way != ANGLE or len(points) < 3:
        return points[:2]
    vertex = points[1]
    u, v = points[0] - vertex, points[2] - vertex
    radius = ARC_SHARE * min(np.linalg.norm(u), np.linalg.norm(v))
    u, v = u / max(float(np.linalg.norm(u)), 1e-9), v / max(float(np.linalg.norm(v)), 1e-9)
    share = np.linspace(0.0, 1.0, ARC_STEPS)[:, None]
    arc = (1 - share) * u + share * v                        # even enough for a mark
    arc = vertex + radius * arc / np.maximum(np.linalg.norm(arc, axis=1, keepdims=True), 1e-9)
    return np.concatenate([points[:1], vertex[None], points[2:3], vertex[None], arc])


def _label_place(measure: Measure) -> np.ndarray:
    points = np.array(measure.points, np.float64)
    return points[1] if measure.way == ANGLE else points[:2].mean(axis=0)


def label(measure: Measure, decimals: int = 3, parts: bool = True) -> str:
    """"12.345 m  ↔ 10.000  ↕ +7.245"."""
    if measure.way == ANGLE:
        return f"{angle_deg(measure):.{min(decimals, 2)}f}°"
    decimals = measure.decimals(decimals)
    sign = "" if measure.way == DISTANCE else "⊥ "
    out = f"{sign}{length_m(measure):,.{decimals}f} m"
    if parts and level_m(measure) > PARTS_FROM_M and abs(rise_m(measure)) > PARTS_FROM_M:
        out += f"  ↔ {level_m(measure):,.{decimals}f}  ↕ {rise_m(measure):+,.{decimals}f}"
    return f"{measure.note}: {out}" if measure.note else out


WAYS = {"distance": "Distance", "to_edge": "To an edge", "to_face": "To a face", "angle": "Angle"}


def way_words(measure: Measure) -> str:
    return tr(WAYS[measure.way])
