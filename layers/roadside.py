"""The roadside at the clock's time: signals with their countdown, links to vehicles, gaps of a platoon, arrivals,
warnings.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

import numpy as np
from annotated_types import Ge, Le
from vtkmodules.vtkRenderingCore import vtkActor

from layers.base import Moment, Visual, visual_of
from layers.discs import FULL, SMALL, USUAL, Discs
from layers.drape import LINE_STEP
from layers.geometry import actor_of, poly_data
from layers.labels import Labels
from layers.legend import Legend
from layers.palette import palette
from layers.shading import apply_drape
from layers.verdict_colors import LEVELS
from twin.data import Vectors, box
from twin.history.motion import Fleet
from twin.layer import Layer, layer_type, styled
from twin.roadside import AMBER, GREEN, RED, Heard, Links, Roadside, heard_at, roadside_of
from twin.selection import Hit
from twin.text import tr
from twin.times import SECOND

SHOWN = {RED: "■", AMBER: "▲", GREEN: "●"}           # told apart without their colours, too
LINK = ((200, 120, 40), (40, 170, 200))              # of the poorest and of the best quality
WARNING = 2                                          # its level of a verdict
GAP = (120, 90, 200)
STOP = (40, 110, 190)
HEAD_M = 6.0                                         # of a signal or an aerial above the ground
RING = np.linspace(0.0, 2.0 * np.pi, 65)


@layer_type
@dataclass(frozen=True, kw_only=True)
class RoadsideLayer(Layer):
    """`vehicles`: id of the layer of vehicles that the units hear. `platoon`: their mode whose gaps are shown."""

    kind: Literal["roadside"] = "roadside"
    vehicles: str = styled("", "Vehicles", role="text")
    platoon: str = styled("truck", "Platoon of", role="text")
    length_m: Annotated[float, Ge(1.0), Le(40.0)] = styled(9.0, "Vehicle length", unit="m", step=0.5)
    gap_secs: Annotated[float, Ge(0.1), Le(600.0)] = styled(5.0, "Gap", unit="s", step=1.0)
    size_px: Annotated[float, Ge(4.0), Le(60.0)] = styled(13.0, "Point size", unit="px", step=1.0)
    width_px: Annotated[float, Ge(0.5), Le(20.0)] = styled(2.0, "Line width", unit="px", step=0.5)


@visual_of("roadside")
class RoadsideVisual(Visual):
    """Discs for what stands there; the lines between things that move are made anew for every step of time."""

    roams = True
    reads: ClassVar = frozenset({"time", "ground", "selection", "hovered", "theme", "language", "moving"})

    def __init__(self, canvas):
        super().__init__(canvas)
        self.marks: Discs | None = None
        self.roadside: Roadside | None = None
        self.heard: Heard | None = None
        self.links: Links | None = None
        self.gaps: list[tuple] = []
        self.warned = np.zeros(0, np.intp)
        self._names: list[str] = []                          # of the vehicles
        self._places = self._ends = np.zeros((0, 3))         # what stands there; and of the gaps, two of each
        self._lines: vtkActor | None = None
        self._labels = Labels(canvas)

    def update(self, layer, asset, moment, ground, why) -> None:
        data = asset.payload if asset else None
        if not isinstance(data, Vectors) or not len(data.points):
            self.remove()
            self.marks = self.roadside = None
            return
        if why & {"layer", "asset", "ground", "theme"} or self.marks is None:
            self._build(layer, data, ground, moment)
        tracks, gap_ns = moment.moving.get(layer.vehicles), round(layer.gap_secs * SECOND)
        fleet = tracks.history.at(moment.now_ns, gap_ns, gap_ns) if tracks is not None else None
        places = self._standing(fleet, ground) if fleet is not None else np.zeros((0, 3))
        self.heard = heard_at(self.roadside, moment.now_ns, tracks, gap_ns, layer.platoon, layer.length_m, places)
        self.links, self.gaps, self.warned = self.heard.links, self.heard.gaps, self.heard.warned
        self._names = tracks.features.column("id").to_pylist() if tracks is not None else []
        self._paint(layer, moment)
        self._draw_lines(places, ground, layer, LEVELS.get(moment.theme, LEVELS["light"])[WARNING])
        self._name(places, moment)

    def _build(self, layer: RoadsideLayer, data: Vectors, ground, moment: Moment) -> None:
        Visual.remove(self)
        self.roadside = roadside_of(data, moment.time_zone)
        self._places = self.roadside.places.copy()
        flat = np.isnan(self._places[:, 2])
        self._places[flat, 2] = ground.height_at(self._places[flat]) + HEAD_M
        self._places[:, 2] += layer.height_offset_m
        self.marks = Discs(self, self._places, layer.size_px, palette(moment.theme).halo)
        self._lines = actor_of(poly_data(np.zeros((0, 3))), lit=False, colors=True)
        self._lines.GetProperty().SetLineWidth(layer.width_px * self.canvas.pixel_ratio)
        self._lines.GetProperty().SetOpacity(layer.opacity)
        apply_drape(self._lines, 6 * LINE_STEP)
        self.add(self._lines, self.canvas.overlay)
        self.add(self._labels.actor, self.canvas.overlay)
        self._labels.show(self.shown)

    def _standing(self, fleet: Fleet, ground) -> np.ndarray:
        places = np.array(fleet.places, np.float64)
        places[fleet.presence <= 0.0] = np.nan
        flat = np.isfinite(places[:, 0]) & np.isnan(places[:, 2])
        if flat.any():
            places[flat, 2] = ground.height_at(places[flat]) + 2.0
        return places

    def _paint(self, layer: RoadsideLayer, moment: Moment) -> None:
        colors = np.zeros((len(self._places), 4), np.uint8)
        units, levels = self.roadside.rows("unit"), LEVELS.get(moment.theme, LEVELS["light"])
        colors[units] = (*LINK[1], USUAL)
        colors[np.setdiff1d(units, self.links.units), 3] = SMALL
        rows, states = self.heard.rows, self.heard.states
        colors[rows, :3] = np.array([levels[3], levels[1], levels[0]], np.uint8)[states]
        colors[rows, 3] = USUAL
        colors[self.warned] = (*levels[WARNING], USUAL)
        colors[self.roadside.rows("stop")] = (*STOP, USUAL)
        chosen = list(moment.selection.features(layer.id))
        if moment.hovered and moment.hovered.layer == layer.id:
            chosen.append(moment.hovered.feature)
        colors[[n for n in chosen if 0 <= n < len(colors) and colors[n, 3]], 3] = FULL
        self.marks.paint(colors)

    def _draw_lines(self, places: np.ndarray, ground, layer: RoadsideLayer, warning: tuple[int, int, int]) -> None:
        """Links and gaps as pairs of points, warnings as rings on the ground: one actor."""
        pairs = np.stack([self._places[self.links.units], places[self.links.vehicles]], axis=1).reshape(-1, 3)
        share = np.repeat(self.links.quality, 2)[:, None]
        tones = np.array(LINK[0]) * (1 - share) + np.array(LINK[1]) * share
        ends = np.array([places[row] for ahead, behind, _ in self.gaps for row in (ahead, behind)]).reshape(-1, 3)
        self._ends = ends
        rings = [self._ring(row, ground) for row in self.warned]
        points = np.concatenate([pairs, ends, *rings])
        colors = np.concatenate([tones, np.tile(GAP, (len(ends), 1)), np.tile(warning, (len(RING) * len(rings), 1))])
        sizes = [2] * ((len(pairs) + len(ends)) // 2) + [len(RING)] * len(rings)
        offsets = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
        data = poly_data(points, offsets=offsets, colors=colors.astype(np.uint8)) if len(points) else \
            poly_data(np.zeros((0, 3)))
        self._lines.GetMapper().SetInputData(data)

    def _ring(self, row: int, ground) -> np.ndarray:
        x, y = self._places[row, :2]
        radius = self.roadside.radius_m[row] if np.isfinite(self.roadside.radius_m[row]) else 50.0
        ring = np.stack([x + radius * np.cos(RING), y + radius * np.sin(RING), np.zeros(len(RING))], axis=1)
        ring[:, 2] = ground.height_at(ring) + 1.0
        return ring

    def _name(self, places: np.ndarray, moment: Moment) -> None:
        words = [""] * len(self._places)
        for row, state, left in zip(*(x.tolist() for x in (self.heard.rows, self.heard.states, self.heard.remain))):
            words[row] = f"{SHOWN[state]} {np.ceil(left):.0f} s" if row not in self.heard.granted else \
                f"{SHOWN[state]} {tr('priority')} {self._names[self.heard.granted[row]]}"
        for row in self.warned.tolist():
            words[row] = self.title(row, moment.language)
        heard = np.bincount(self.links.units, minlength=len(words))
        for row in self.roadside.rows("unit").tolist():
            words[row] = f"{self.title(row, moment.language)} · {tr('{n} vehicles linked', n=heard[row])}"
        for row in self.roadside.rows("stop").tolist():
            words[row] = self._arriving(row, moment.language)
        between = [(places[ahead] + places[behind]) / 2 for ahead, behind, _ in self.gaps]
        words += [f"{gap:.1f} m" for *_, gap in self.gaps]
        urgent = np.isin(np.arange(len(words)), self.warned)
        self._labels.set(np.concatenate([self._places, np.array(between).reshape(-1, 3)]), words,
                         urgent.astype(float), size_px=13, bold=True, above_px=9)

    def _arriving(self, row: int, language: str) -> str:
        """A stop and what comes there next: minutes, as at the roadside."""
        if row not in self.heard.arrivals:
            return self.title(row, language)
        vehicle, left = self.heard.arrivals[row]
        when = tr("arriving") if left < 30 else tr("{n} min", n=f"{max(1, round(left / 60))}")
        return f"{self.title(row, language)} · {self._names[vehicle]} {when}"

    def title(self, row: int, language: str) -> str:
        return (self.roadside.texts[row] if language == "zh" else "") or self.roadside.names[row]

    # -- what it is asked ----------------------------------------------------------------------------

    def legend(self, layer, asset, moment) -> Legend | None:
        """What comes and goes is named first, while it is drawn: where there is little room the end is left out."""
        if self.roadside is None:
            return None
        levels = LEVELS.get(moment.theme, LEVELS["light"])
        entries = ((levels[WARNING], tr("warning, and how far it holds")),) if len(self.warned) else ()
        if self.gaps:
            entries += ((GAP, tr("gap of the platoon")),)
        if len(self.heard.rows):
            entries += tuple((levels[at], f"{SHOWN[state]} {words}") for at, state, words in (
                (0, GREEN, tr("green")), (1, AMBER, tr("amber")), (3, RED, tr("red"))))
        if len(self.roadside.rows("unit")):
            entries += ((LINK[1], tr("link, good")), (LINK[0], tr("link, at the edge of its range")))
        if len(self.roadside.rows("stop")):
            entries += ((STOP, tr("stop, next arrival by the pace of the last minute")),)
        given = len(self.heard.granted)
        return Legend(title=layer.title(moment.language), entries=entries,
                      note="; ".join((tr("{n} links, {w} warnings", n=len(self.links.units), w=len(self.warned)),
                                      *([tr("priority at {n} signals", n=given)] if given else []))))

    def camera_moved(self) -> None:
        self._labels.camera_moved()

    def show(self, shown: bool) -> None:
        super().show(shown)
        self._labels.show(shown)

    def bounds(self):
        """With the gaps of the platoon, wherever it drives: what is drawn there has its legend."""
        drawn = np.concatenate([self._places, self._ends])
        return box(drawn[np.isfinite(drawn).all(axis=1)])

    def feature_bounds(self, feature):
        place = self._places[feature:feature + 1]
        return box(np.concatenate([place - 60.0, place + 60.0])) if len(place) and np.isfinite(place).all() else None

    def pick(self, ray):
        found = self.marks.pick(ray) if self.marks else None
        if found is None:
            return None
        distance, row = found
        return distance, Hit("", row, tuple(map(float, self._places[row])))

    def stats(self):
        return len(self._places), 0
