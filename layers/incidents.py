"""Incidents that are open at the clock's time: discs in the colour of their level, named, over everything else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

import numpy as np
from annotated_types import Ge, Le

from layers.base import visual_of
from layers.discs import FULL, USUAL, Discs
from layers.labelled import Labelled
from layers.legend import Legend
from layers.level_colors import LEVEL_COLORS, LEVEL_WORDS
from layers.palette import palette
from twin.data import box
from twin.incidents.incident import STATE_WORDS
from twin.incidents.journal_file import Cases
from twin.layer import Layer, layer_type, styled
from twin.selection import Hit
from twin.text import once, tr

ABOVE_M = 6.0                                      # over the ground, where a place says no height


@layer_type
@dataclass(frozen=True, kw_only=True)
class Incidents(Layer):
    kind: Literal["incidents"] = "incidents"
    size_px: Annotated[float, Ge(4.0), Le(60.0)] = styled(18.0, "Point size", unit="px", step=1.0)
    label: bool = styled(True, "Names as labels")


@visual_of("incidents")
class IncidentVisual(Labelled):
    """A step of time writes which discs show; nothing is built again."""

    reads: ClassVar = frozenset({"time", "ground", "selection", "hovered", "theme", "language"})

    def __init__(self, canvas):
        super().__init__(canvas)
        self.marks: Discs | None = None
        self.places = np.zeros((0, 3))
        self.open = np.zeros(0, bool)

    def update(self, layer, asset, moment, ground, why) -> None:
        payload = asset.payload if asset else None
        if not isinstance(payload, Cases):
            self._clear()
            return
        if why & {"layer", "asset", "ground", "theme"} or self.marks is None:
            self._build(layer, payload, ground, moment)
        found_ns = np.array([i.steps[0].time_ns for i in payload.incidents], np.int64)
        self.open = (found_ns <= moment.now_ns) & (moment.now_ns < payload.until_ns)
        self._paint(layer, payload, moment)
        self._name(layer, payload, moment)

    def _build(self, layer: Incidents, payload: Cases, ground, moment) -> None:
        self._clear()
        self.places = payload.positions.copy()
        flat = np.isnan(self.places[:, 2]) & np.isfinite(self.places[:, 0])
        if flat.any():
            self.places[flat, 2] = ground.height_at(self.places[flat]) + ABOVE_M
        self.places[:, 2] += layer.height_offset_m
        self.marks = Discs(self, self.places, layer.size_px, palette(moment.theme).halo, through=True)
        self.add(self._labels.actor, self.canvas.overlay)
        self._labels.show(self.shown)

    def _clear(self) -> None:
        if self.marks:
            self.marks.remove()
        self.drop(self._labels.actor)
        self.marks, self.places, self.open = None, np.zeros((0, 3)), np.zeros(0, bool)

    def _paint(self, layer: Incidents, payload: Cases, moment) -> None:
        colors = np.zeros((len(payload.incidents), 4), np.uint8)
        for row, incident in enumerate(payload.incidents):
            colors[row, :3] = LEVEL_COLORS[incident.level]
        colors[self.open, 3] = USUAL
        chosen = list(moment.selection.features(layer.id))
        if moment.hovered and moment.hovered.layer == layer.id:
            chosen.append(moment.hovered.feature)
        chosen = [row for row in chosen if 0 <= row < len(self.open) and self.open[row]]
        colors[chosen, 3] = FULL
        self.marks.paint(colors)
        self.marks.actor.GetProperty().SetOpacity(max(layer.opacity, 0.02))

    def _name(self, layer: Incidents, payload: Cases, moment) -> None:
        """Title and state: what a colour alone does not say."""
        words = [f"{once(i.title)} · {tr(STATE_WORDS[i.state_at(moment.now_ns)])}" if layer.label and shown else ""
                 for i, shown in zip(payload.incidents, self.open)]
        levels = np.array([i.level for i in payload.incidents], float)
        self._labels.set(self.places, words, levels, size_px=13, bold=True, above_px=round(layer.size_px))

    # -- what it is asked ----------------------------------------------------------------------------

    def camera_moved(self) -> None:
        super().camera_moved()
        if self.marks:
            self.marks.follow()

    def legend(self, layer, asset, moment) -> Legend | None:
        if not self.open.any():
            return None
        levels = sorted({i.level for i, shown in zip(asset.payload.incidents, self.open) if shown}, reverse=True)
        return Legend(title=layer.title(moment.language),
                      entries=tuple((LEVEL_COLORS[level], tr(LEVEL_WORDS[level])) for level in levels),
                      note=tr("{n} open", n=int(self.open.sum())))

    def bounds(self):
        return box(self.places[np.isfinite(self.places).all(axis=1)])

    def feature_bounds(self, feature):
        place = self.places[feature:feature + 1]
        return box(np.concatenate([place - 60.0, place + 60.0])) if np.isfinite(place).all() and len(place) else None

    def pick(self, ray):
        found = self.marks.pick(ray) if self.marks else None
        if found is None:
            return None
        distance, row = found
        return distance, Hit("", row, tuple(map(float, self.places[row])))

    def stats(self):
        return int(self.open.sum()), 0

    def remove(self) -> None:
        self._clear()
        super().remove()
