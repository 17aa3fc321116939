"""Sensors: points, columns or their shapes, coloured by the newest value at the clock's time; stale ones grey."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, ClassVar, Literal

import numpy as np
from annotated_types import Ge, Gt, Le

from layers import device_age, sensor_values
from layers.base import visual_of
from layers.discs import FULL, SMALL, USUAL, Discs
from layers.heat_sheet import HeatSheet
from layers.labelled import Labelled
from layers.legend import Legend
from layers.palette import ACCENT, palette
from layers.pillars import Pillars
from layers.ramps import DIVERGING, ramp
from layers.sensor_words import note_of, since_words
from layers.shapes import Buildings, Flat, shapes_of
from twin.column_words import property_words
from twin.data import Sensors, box
from twin.layer import Layer, Placement, layer_type, styled
from twin.selection import Hit
from twin.text import tr
from twin.units import shown


@layer_type
@dataclass(frozen=True, kw_only=True)
class SensorPoints(Layer):
    """`observed` is one observed property of the source; "" = the first. `low`, `high` None = from the data."""

    kind: Literal["sensors"] = "sensors"
    timed: ClassVar[bool] = True
    observed: str = styled("", "Observed property", role="property")
    shape: Literal["points", "columns", "shapes", "surface"] = styled(
        "points", "Shape", help="Shapes: the lines, areas or buildings of the source that are measured. Surface: the "
                                "field between the stations, faded where it is guessed")
    color_by: Literal["value", "change", "device age"] = styled(
        "value", "Colour by", help="Change: how much more it is now than at the second instant of the time slider. "
                                   "Device age: when it was last heard.")
    over: Literal["mean", "min", "max"] = styled(
        "mean", "Over a span of time", help="What is shown where the time slider looks at more than an instant.")
    colormap: str = styled("batlow", "Colours", role="colormap")
    low: float | None = styled(None, "From")
    high: float | None = styled(None, "To")
    stale_minutes: Annotated[float, Gt(0.0), Le(100_000.0)] = styled(15.0, "Stale after", unit="min", step=5.0)
    size_px: Annotated[float, Ge(1.0), Le(60.0)] = styled(9.0, "Point size", unit="px", step=1.0)
    column_height_m: Annotated[float, Ge(1.0), Le(5000.0)] = styled(120.0, "Column height", unit="m", step=10.0)
    label: bool = styled(False, "Values as labels")
    placement: Placement | None = None


WIDTH_SHARE = 0.06                                 # of a column's greatest height


@visual_of("sensors")
class SensorVisual(Labelled):
    """All datastreams of one property: a step of time writes their colours in place and adds nothing."""

    reads: ClassVar = frozenset({"time", "ground", "selection", "hovered", "theme", "language", "hosted"})
    spans = True

    def __init__(self, canvas):
        super().__init__(canvas)
        self.marks: Discs | Pillars | Flat | Buildings | None = None
        self.rows = np.zeros(0, np.intp)
        self.places = np.zeros((0, 3))
        self._observed, self._unit = "", ""
        self._range, self._range_of = (0.0, 1.0), ()
        self._interval_ns = 0
        self._now = sensor_values.Now(np.zeros(0, np.float32), 0)
        self._built: tuple = ()
        self._sheet: HeatSheet | None = None

    def update(self, layer, asset, moment, ground, why) -> None:
        payload = asset.payload if asset else None
        if not isinstance(payload, Sensors):
            self._clear()
            return
        if why - {"time", "selection", "hovered"} or self.marks is None:
            self._build(layer, asset, moment, ground)
        if why - {"selection", "hovered"}:
            self._now = self._said(payload, layer, moment)
            self._write_labels(layer, moment)
        self._paint(layer, moment)

    @property
    def news(self) -> bool:
        return self._sheet is not None and self._sheet.beside.news

    # -- how it is built -----------------------------------------------------------------------------

    def _build(self, layer: SensorPoints, asset, moment, ground) -> None:
        payload = asset.payload
        if self._range_of != (payload, layer.observed, layer.system):
            self._range_of = (payload, layer.observed, layer.system)
            self._observed, self.rows = sensor_values.rows_of(payload, layer.observed, layer.system)
            self._unit = sensor_values.unit_of(payload, self.rows)
            self._range = sensor_values.robust_range(payload, self.rows)
            self._interval_ns = sensor_values.interval_of(payload, self.rows)
        lot = moment.hosted.lot_of(layer.id)
        stands = lot.stands if lot and len(lot.stands) == len(payload.positions) else None
        built = (payload, layer.observed, layer.system,
                 layer.shape, layer.size_px, layer.column_height_m, layer.placement,
                 layer.height_offset_m, ground, moment.theme, self.canvas.pixel_ratio, _bytes(stands))
        if built == self._built:
            return
        self._remove_marks()
        self._built = built
        frame = asset.key[2] if layer.placement else None
        self.places = sensor_values.places(payload, self.rows, ground, layer.height_offset_m, layer.placement, frame,
                                           stands)
        if layer.shape == "shapes" and payload.shapes is not None:
            self.marks = shapes_of(self, payload, self.rows, ground, layer.height_offset_m)
        elif layer.shape == "columns":
            self.marks = Pillars(self, self.places, max(1.0, WIDTH_SHARE * layer.column_height_m))
        else:
            self._sheet = HeatSheet(self, self.places, ground) if layer.shape == "surface" else None
            self.marks = Discs(self, self.places, layer.size_px, palette(moment.theme).halo)
        self.add(self._labels.actor, self.canvas.overlay)
        self._labels.show(self.shown)

    def _remove_marks(self) -> None:
        if self.marks:
            self.marks.remove()
        if self._sheet:
            self._sheet.remove()
        self.drop(self._labels.actor)
        self.marks, self._sheet, self._built = None, None, ()

    def _clear(self) -> None:
        self._remove_marks()
        self.rows, self.places, self._range_of = np.zeros(0, np.intp), np.zeros((0, 3)), ()

    # -- what it says now ----------------------------------------------------------------------------

    def _said(self, payload: Sensors, layer: SensorPoints, moment) -> sensor_values.Now:
        """At the moment's instant or over its stretch of time, or how much that is more than at the second instant."""
        def at(until_ns: int) -> sensor_values.Now:
            since = None if moment.since_ns is None else until_ns - (moment.now_ns - moment.since_ns)
            return sensor_values.during(payload, self.rows, since, until_ns, layer.stale_minutes, layer.over,
                                        self._interval_ns)
        if layer.color_by == "device age":
            return sensor_values.age_classes(payload, self.rows, moment.now_ns, layer.stale_minutes)
        if layer.color_by == "value":
            return at(moment.now_ns)
        if moment.compare_ns is None:
            return sensor_values.Now(np.full(len(self.rows), np.nan, np.float32), 0)
        return sensor_values.change(at(moment.now_ns), at(moment.compare_ns))

    def limits(self, layer: SensorPoints) -> tuple[float, float]:
        """Values at the two ends of the colours; the same at every time. A change reaches half as far to each side."""
        low, high = self._range
        low, high = low if layer.low is None else layer.low, high if layer.high is None else layer.high
        reach = abs(high - low) / 2
        return (-reach, reach) if layer.color_by == "change" else (low, high)

    def _paint(self, layer: SensorPoints, moment) -> None:
        low, high = self.limits(layer)
        if layer.color_by == "device age":
            steps, table = self._now.values.astype(np.intp), device_age.key(moment.theme)
        else:
            steps, table = sensor_values.steps(self._now.values, low, high), _key(colours(layer), moment.theme)
        colors = np.take(table, steps, axis=0, out=self.marks.table.colors, mode="wrap")     # none is beyond
        if self._sheet:
            self._sheet.paint(self._now.values, low, high, colours(layer), layer.opacity, moment.now_ns,
                              halves=moment.compare_ns is not None)
        self._mark_chosen(colors, layer.id, moment)
        if layer.opacity < 0.02:
            colors[:, 3] = 0
        if isinstance(self.marks, Pillars):
            share = np.clip((self._now.values - low) / (high - low if high > low else 1.0), 0.0, 1.0)
            self.marks.stand(np.nan_to_num(share), layer.column_height_m)
        if isinstance(self.marks, Flat | Buildings):
            self.marks.fade(layer.opacity)
        else:
            self.marks.actor.GetProperty().SetOpacity(max(layer.opacity, 0.02))
        self.marks.paint(colors)

    def _mark_chosen(self, colors: np.ndarray, layer: str, moment) -> None:
        """A chosen disc gets a ring and keeps its colour, which is what it says; a chosen column takes the accent."""
        chosen = list(moment.selection.features(layer))
        if moment.hovered and moment.hovered.layer == layer:
            chosen.append(moment.hovered.feature)
        at = np.flatnonzero(np.isin(self.rows, chosen)) if chosen else np.zeros(0, np.intp)
        colors[at, 3] = FULL
        if not isinstance(self.marks, Discs):
            colors[at, :3] = ACCENT

    def _write_labels(self, layer: SensorPoints, moment) -> None:
        if not layer.label or layer.color_by == "device age":
            self._labels.set(np.zeros((0, 3)), [])
            return
        values = self._now.values
        sign = "+" if layer.color_by == "change" else ""
        words = [f"{v:{sign}.3g}" if abs(v) < 1000 else f"{v:{sign},.0f}" for v in np.nan_to_num(values)]
        unit = f" {shown(self._unit)}" if shown(self._unit) else ""
        words = [w + unit if known else "" for w, known in zip(words, np.isfinite(values))]
        self._labels.set(self.places, words, np.nan_to_num(values), size_px=12,
                         above_px=round(layer.size_px))

    # -- what it is asked ----------------------------------------------------------------------------

    def camera_moved(self) -> None:
        super().camera_moved()
        if isinstance(self.marks, Discs):
            self.marks.follow()

    def legend(self, layer, asset, moment) -> Legend | None:
        if self.marks is None:
            return None
        low, high = self.limits(layer)
        lost = int((~np.isfinite(self.places[:, :2]).all(axis=1)).sum())
        note = note_of(layer, moment, self._now.reporting, len(self.rows), lost, self._sheet)
        words = dict.fromkeys(filter(None, (layer.title(moment.language), property_words(self._observed),
                                            since_words(moment) if layer.color_by == "change" else "")))
        if layer.color_by == "device age":
            said = device_age.entries(self._now.values.astype(np.uint8), layer.stale_minutes, moment.theme)
            return Legend(title=" · ".join([*words, tr("Device age")]), entries=said, note=note)
        known = self._now.values[np.isfinite(self._now.values)]
        beyond = (bool((known < low).any()), bool((known > high).any()))
        return Legend(title=" · ".join(words), unit=shown(self._unit), low=low, high=high, beyond=beyond,
                      ramp=tuple(map(tuple, ramp(colours(layer), 32).tolist())),
                      missing=(palette(moment.theme).stale, tr("No data or stale")), note=note)

    def bounds(self):
        if isinstance(self.marks, Flat | Buildings):
            return self.marks.bounds()
        known = self.places[np.isfinite(self.places).all(axis=1)]
        return box(known)

    def feature_bounds(self, feature):
        if isinstance(self.marks, Flat | Buildings):
            at = np.flatnonzero(self.rows == feature)
            return self.marks.feature_bounds(int(at[0])) if len(at) else None
        place = self.places[self.rows == feature]
        return box(np.concatenate([place - 15.0, place + 15.0])) if len(place) and np.isfinite(place).all() else None

    def top_m(self, feature):
        if isinstance(self.marks, Flat | Buildings):
            return super().top_m(feature)
        place = self.places[self.rows == feature]
        return float(place[0, 2]) if len(place) and np.isfinite(place[0, 2]) else None

    def pick(self, ray):
        found = self.marks.pick(ray) if self.marks else None
        if found is None:
            return None
        distance, at = found
        return distance, Hit("", int(self.rows[at]), tuple(map(float, self.places[at])))

    def held(self, layer, payload):
        return len(sensor_values.rows_of(payload, layer.observed, layer.system)[1])

    def stats(self):
        if isinstance(self.marks, Flat | Buildings):
            return len(self.rows), self.marks.triangles
        triangles = 10 * int(self.marks.known.sum()) if isinstance(self.marks, Pillars) else 0
        return len(self.rows), triangles


def _bytes(stands: np.ndarray | None) -> bytes:
    """What tells one from another: nothing where no sensor is on an element."""
    return b"" if stands is None or not np.isfinite(stands).any() else stands.tobytes()


def colours(layer: SensorPoints) -> str:
    """The colour map; a change has one with a middle."""
    return "vik" if layer.color_by == "change" and layer.colormap not in DIVERGING else layer.colormap


@lru_cache(maxsize=32)
def _key(colormap: str, theme: str) -> np.ndarray:
    """(257, 4) u1: colour and size of a disc per step of value; the last is what has none."""
    key = np.empty((257, 4), np.uint8)
    key[:256, :3], key[:256, 3] = ramp(colormap, 256), USUAL
    key[sensor_values.MISSING] = (*palette(theme).stale, SMALL)
    return key
