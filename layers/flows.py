"""Traffic on roads: a ribbon per direction beside the centre line, coloured by one property, as wide as another.

Dashes run with the clock, so that the same instant is always the same picture.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

import numpy as np
from annotated_types import Ge, Gt, Le
from vtkmodules.vtkRenderingCore import vtkActor

from layers import flat, sensor_values
from layers.base import Visual, visual_of
from layers.drape import BASE, LINE_STEP
from layers.flat import Draped, draped
from layers.geometry import actor_of, poly_data
from layers.legend import Legend
from layers.palette import ACCENT, blend, palette
from layers.ramps import ramp
from layers.road_ribbons import RoadRibbons
from layers.shapes import only
from twin import times
from twin.column_words import property_words
from twin.data import Sensors
from twin.layer import Layer, layer_type, styled
from twin.selection import Hit
from twin.text import tr
from twin.units import shown
from twin.winds import PER_M_S, partners


@layer_type
@dataclass(frozen=True, kw_only=True)
class Flows(Layer):
    """`observed` colours the roads, `second` (of the same things, "" = none) makes the ribbons wide."""

    kind: Literal["flows"] = "flows"
    timed: ClassVar[bool] = True
    reads_as: ClassVar[str] = "sensors"
    observed: str = styled("", "Coloured by", role="property")
    second: str = styled("", "Width by", role="property")
    colormap: str = styled("roma", "Colours", role="colormap")
    low: float | None = styled(None, "From")
    high: float | None = styled(None, "To")
    widest_m: Annotated[float, Ge(1.0), Le(100.0)] = styled(9.0, "Widest", unit="m", step=1.0)
    widest_at: Annotated[float, Gt(0.0)] = styled(2000.0, "Widest at", step=100.0)
    least_px: Annotated[float, Ge(0.0), Le(20.0)] = styled(2.5, "Least width on the screen", unit="px", step=0.5)
    dashes: bool = styled(True, "Moving dashes")
    stale_minutes: Annotated[float, Gt(0.0), Le(100_000.0)] = styled(15.0, "Stale after", unit="min", step=5.0)


DAY_NS = 86_400_000_000_000
NARROW, EVEN = 0.25, 0.6                           # least width, and width without a volume
PACE = 0.1                                         # of a vehicle's speed: a clock runs faster than the eye
COARSE = 1.3                                       # steps in which ribbons get wider with the distance


@visual_of("flows")
class FlowVisual(Visual):
    """Ribbons and dashes are two meshes; a step of time writes their colours and places anew."""

    reads: ClassVar = frozenset({"time", "ground", "selection", "hovered", "theme", "language"})
    flat: ClassVar[bool] = True

    def __init__(self, canvas):
        super().__init__(canvas)
        self.rows = np.zeros(0, np.intp)
        self.values = self.volumes = np.zeros(0)
        self._shape: Draped | None = None
        self._way: RoadRibbons | None = None
        self._built: tuple = ()
        self._ribbons: vtkActor | None = None
        self._dashes: vtkActor | None = None
        self._least_m = 0.0
        self._last: tuple = ()

    def update(self, layer: Flows, asset, moment, ground, why) -> None:
        payload = asset.payload if asset else None
        if not isinstance(payload, Sensors) or payload.shapes is None:
            self._clear()
            return
        built = (payload, ground, layer.observed, layer.second, layer.system, layer.height_offset_m)
        if built != self._built:
            self._clear()
            self._built = built
            self._build(layer, payload, ground)
        if why - {"selection", "hovered"}:
            self.values, self.volumes = (
                sensor_values.now(payload, rows, moment.now_ns, layer.stale_minutes).values.astype(np.float64)
                if len(rows) else np.zeros(0) for rows in (self.rows, self._pair))
        self._last = (layer, moment)
        self._draw()

    def _build(self, layer: Flows, payload: Sensors, ground) -> None:
        self._observed, first = sensor_values.rows_of(payload, layer.observed, layer.system)
        first = first[payload.shape_of[first] >= 0] if len(payload.shape_of) else first[:0]
        self.rows, self._pair = first, first[:0]
        if layer.second:
            _, second = sensor_values.rows_of(payload, layer.second, layer.system)
            self.rows, self._pair = partners(payload.features.column("thing").to_pylist(), first, second)
        self._unit = sensor_values.unit_of(payload, self.rows)
        self._range = sensor_values.robust_range(payload, self.rows)
        self._feature = payload.shape_of[self.rows] if len(self.rows) else self.rows
        wanted = np.zeros(payload.shapes.features.num_rows, bool)
        wanted[self._feature] = True
        self._shape = draped(only(payload.shapes, wanted), ground, layer.height_offset_m)
        row_of = np.full(len(wanted), -1, np.intp)
        row_of[self._feature] = np.arange(len(self.rows))
        self._way = RoadRibbons(self._shape, row_of, _sides(payload, self.rows))
        self._ribbons, self._dashes = (actor_of(poly_data(np.zeros((0, 3))), lit=False, colors=True) for _ in range(2))
        for actor, step in ((self._ribbons, LINE_STEP), (self._dashes, 2 * LINE_STEP)):
            self.lay(actor, BASE + step)

    # -- what is drawn -------------------------------------------------------------------------------

    def _draw(self) -> None:
        layer, moment = self._last
        width = self._widths(layer)
        colors = self._colors(layer, moment)
        self._ribbons.GetMapper().SetInputData(self._way.ribbons(width, colors))
        self._dashes.SetVisibility(layer.dashes and self.shown)
        if layer.dashes:
            speed = self.values * PER_M_S[self._unit] if self._unit in PER_M_S and self._unit else np.full(
                len(self.values), 10.0)
            moved = PACE * speed * ((moment.now_ns % DAY_NS) / 1e9)
            moved[~np.isfinite(self.values)] = np.nan
            ink = np.array([blend(tuple(map(int, c)), palette(moment.theme).halo, 0.72) for c in colors], np.uint8)
            self._dashes.GetMapper().SetInputData(self._way.dashes(width, moved, ink.reshape(-1, 3)))
        for actor in (self._ribbons, self._dashes):
            actor.GetProperty().SetOpacity(layer.opacity)

    def _widths(self, layer: Flows) -> np.ndarray:
        """(rows,) metres of one ribbon."""
        share = np.full(len(self.rows), EVEN)
        if len(self.volumes):
            share = np.clip(np.nan_to_num(self.volumes) / layer.widest_at, NARROW, 1.0)
        return np.maximum(share * layer.widest_m, self._least_m * (0.5 + share))

    def _colors(self, layer: Flows, moment) -> np.ndarray:
        low, high = self.limits(layer)
        share = (np.nan_to_num(self.values) - low) / (high - low if high > low else 1.0)
        colors = np.array(ramp(layer.colormap, 256)[np.clip(share * 255, 0, 255).astype(np.intp)])
        colors[~np.isfinite(self.values)] = palette(moment.theme).stale
        chosen = list(moment.selection.features(layer.id))
        if moment.hovered and moment.hovered.layer == layer.id:
            chosen.append(moment.hovered.feature)
        colors[np.isin(self.rows, chosen)] = ACCENT
        return colors

    def limits(self, layer: Flows) -> tuple[float, float]:
        low, high = self._range
        return low if layer.low is None else layer.low, high if layer.high is None else layer.high

    def camera_moved(self) -> None:
        """Ribbons are never thinner than can be seen; they grow in steps, so that turning costs nothing."""
        if not self._last or self._way is None:
            return
        camera, (_, height) = self.canvas.camera(), self.canvas.size
        pixel_m = camera.height_m / max(height, 1) * self.canvas.pixel_ratio
        least = self._last[0].least_px * COARSE ** round(math.log(max(pixel_m, 1e-6), COARSE))
        if least != self._least_m:
            self._least_m = least
            self._draw()

    # -- what it is asked ----------------------------------------------------------------------------

    def facts(self, feature):
        at = np.flatnonzero(self.rows == feature)
        if not len(at) or not len(self.volumes):
            return ()
        volume = self.volumes[at[0]]
        return ((property_words(self._last[0].second), "—" if np.isnan(volume) else f"{volume:,.0f}"),)

    def legend(self, layer, asset, moment) -> Legend | None:
        if self._way is None:
            return None
        low, high = self.limits(layer)
        note = [tr("As of {time}, {n} of {total}", time=times.readable(moment.now_ns, moment.shown_zone).split()[1][:5],
                   n=f"{int(np.isfinite(self.values).sum()):,}", total=f"{len(self.rows):,}")]
        if layer.second:
            note.append(tr("wider: more {property}", property=property_words(layer.second)))
        words = dict.fromkeys(filter(None, (layer.title(moment.language), property_words(self._observed))))
        return Legend(title=" · ".join(words), unit=shown(self._unit), low=low, high=high,
                      ramp=tuple(map(tuple, ramp(layer.colormap, 32).tolist())), note="; ".join(note),
                      missing=(palette(moment.theme).stale, tr("No data or stale")))

    def bounds(self):
        return self._shape.bounds() if self._shape else None

    def feature_bounds(self, feature):
        at = np.flatnonzero(self.rows == feature)
        return self._shape.feature_bounds(int(self._feature[at[0]])) if len(at) else None

    def pick(self, ray):
        if self._shape is None:
            return None
        found = flat.pick_lines(self._shape, ray, 2 * flat.REACH_PX * self.canvas.pixel_ratio)
        at = np.flatnonzero(self._feature == found[1].feature) if found else np.zeros(0)
        return (found[0], Hit("", int(self.rows[at[0]]), found[1].point)) if len(at) else None

    def held(self, layer, payload):
        return len(sensor_values.rows_of(payload, layer.observed, layer.system)[1])

    def stats(self):
        return len(self.rows), 0 if self._way is None else 2 * len(self._way.points)

    def _clear(self) -> None:
        for actor in (self._ribbons, self._dashes):
            if actor:
                self.drop(actor)
        self._ribbons = self._dashes = self._shape = self._way = None
        self._built, self._last, self.rows = (), (), np.zeros(0, np.intp)


def _sides(payload: Sensors, rows: np.ndarray) -> np.ndarray:
    """(rows, 2) bool: traffic along the line and against it; both where the table has no column "direction"."""
    out = np.ones((len(rows), 2), bool)
    if "direction" in payload.features.column_names:
        for at, word in enumerate(str(w).lower() for w in payload.features.column("direction").take(rows).to_pylist()):
            out[at] = (word not in ("backward", "-1", "against"), word not in ("forward", "1", "along"))
    return out
