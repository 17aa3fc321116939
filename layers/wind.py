"""Wind at the clock's time: arrows that point where it blows, at the stations and, if wanted, between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

import numpy as np
from annotated_types import Ge, Gt, Le

from layers import sensor_values
from layers.arrows import Arrows
from layers.base import visual_of
from layers.beside import Beside
from layers.drape import heights_on
from layers.heat_sheet import SURE
from layers.labelled import Labelled
from layers.legend import Legend
from layers.palette import ACCENT, palette
from layers.ramps import ramp
from twin import times
from twin.column_words import property_words
from twin.data import Sensors, box
from twin.kriging import Field, typical_range_m
from twin.layer import Layer, layer_type, styled
from twin.selection import Hit
from twin.text import tr
from twin.winds import CALM_M_S, PER_M_S, components, partners, speed_and_from


@layer_type
@dataclass(frozen=True, kw_only=True)
class Wind(Layer):
    """`observed` and `second` are two properties of the same things: speed and direction, or eastward and northward."""

    kind: Literal["wind"] = "wind"
    timed: ClassVar[bool] = True
    reads_as: ClassVar[str] = "sensors"
    gives: Literal["speed and direction", "components"] = styled(
        "speed and direction", "Measures", help="Directions are where the wind comes from, clockwise from north. "
                                                "Components: to the east and to the north.")
    observed: str = styled("", "Speed or eastward", role="property")
    second: str = styled("", "Direction or northward", role="property")
    high: Annotated[float, Gt(0.0), Le(200.0)] = styled(12.0, "Longest at", unit="m/s", step=1.0)
    colormap: str = styled("batlow", "Colours", role="colormap")
    length_px: Annotated[float, Ge(8.0), Le(200.0)] = styled(46.0, "Greatest length", unit="px", step=2.0)
    spacing_m: Annotated[float, Ge(0.0), Le(50_000.0)] = styled(
        0.0, "Between the stations every", unit="m", step=100.0,
        help="0: only at the stations. No arrow stands where no station is near enough.")
    above_m: Annotated[float, Ge(0.0), Le(5000.0)] = styled(10.0, "Above the ground", unit="m", step=5.0)
    stale_minutes: Annotated[float, Gt(0.0), Le(100_000.0)] = styled(15.0, "Stale after", unit="min", step=5.0)
    label: bool = styled(False, "Values as labels")


@dataclass(frozen=True, eq=False)
class Winds:
    """Between the stations at an instant: `sure` (cells,) says where; `speed` m/s and `from_deg` of those cells."""

    sure: np.ndarray
    speed: np.ndarray
    from_deg: np.ndarray


def _blown(field: Field, u: np.ndarray, v: np.ndarray) -> tuple[Field, Winds]:
    east, doubt = field.at(u)
    north, _ = field.at(v)
    sure = (doubt < SURE) & np.isfinite(east)
    return field, Winds(sure, *speed_and_from(east[sure], north[sure]))


SHORTEST, BETWEEN = 0.34, 0.62                     # of the greatest length; of an arrow at a station
MOST_BETWEEN = 2500


@visual_of("wind")
class WindVisual(Labelled):
    """All arrows are one mesh that is written again when the clock or the camera moves."""

    reads: ClassVar = frozenset({"time", "ground", "selection", "hovered", "theme", "language"})

    def __init__(self, canvas):
        super().__init__(canvas)
        self.speed = self.from_deg = np.zeros(0)          # m/s and degrees of each station, NaN = silent
        self.rows = np.zeros(0, np.intp)                  # of the speeds
        self.places = np.zeros((0, 3))
        self.between = np.zeros((0, 3))
        self._pair = np.zeros(0, np.intp)
        self._built: tuple = ()
        self._arrows: Arrows | None = None
        self._field: Field | None = None
        self._winds: Winds | None = None
        self._beside = Beside(canvas)
        self._asked: tuple = ()
        self._winds_of: tuple = ()                         # what was asked for when the winds were solved
        self._as_of_ns = 0
        self._shown_between = 0

    @property
    def news(self) -> bool:
        return self._beside.news

    def update(self, layer: Wind, asset, moment, ground, why) -> None:
        payload = asset.payload if asset else None
        if not isinstance(payload, Sensors):
            self._clear()
            return
        if why - {"time", "selection", "hovered"} or self._arrows is None:
            self._build(layer, asset, ground, moment)
        if why - {"selection", "hovered"}:
            self._read(layer, payload, moment)
        self._draw(layer, moment, asset.key[2])

    def _build(self, layer: Wind, asset, ground, moment) -> None:
        built = (asset.payload, ground, layer.observed, layer.second, layer.system, layer.spacing_m, layer.above_m,
                 layer.height_offset_m, moment.theme, self.canvas.pixel_ratio)
        if built == self._built:
            return
        self._clear()
        self._built, payload = built, asset.payload
        _, first = sensor_values.rows_of(payload, layer.observed, layer.system)
        _, second = sensor_values.rows_of(payload, layer.second, layer.system) if layer.second else ("", first[:0])
        things = payload.features.column("thing" if "thing" in payload.features.column_names else "id").to_pylist()
        self.rows, self._pair = partners(things, first, second)
        self._per_m_s = PER_M_S.get(sensor_values.unit_of(payload, self.rows), 1.0)
        self.places = sensor_values.places(payload, self.rows, ground, layer.height_offset_m, None, None)
        self.places[:, 2] += layer.above_m
        if layer.spacing_m and len(self.places) > 1:
            self._lay_grid(layer, ground)
        self._arrows = Arrows(self, palette(moment.theme).halo)
        self.add(self._labels.actor, self.canvas.overlay)
        self._labels.show(self.shown)

    def _lay_grid(self, layer: Wind, ground) -> None:
        known = self.places[np.isfinite(self.places).all(axis=1), :2]
        margin = typical_range_m(known) / 4
        low, high = known.min(axis=0) - margin, known.max(axis=0) + margin
        step = max(layer.spacing_m, float(np.sqrt((high - low).prod() / MOST_BETWEEN)))
        x, y = (np.arange(low[axis] + step / 2, high[axis], step) for axis in (0, 1))
        cells = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
        self.between = np.column_stack([cells, heights_on(ground, cells) + layer.above_m + layer.height_offset_m])

    def _read(self, layer: Wind, payload: Sensors, moment) -> None:
        one, other = (sensor_values.now(payload, rows, moment.now_ns, layer.stale_minutes).values.astype(np.float64)
                      for rows in (self.rows, self._pair))
        one = one * self._per_m_s
        if layer.gives == "components":
            self.speed, self.from_deg = speed_and_from(one, other * self._per_m_s)
        else:
            self.speed, self.from_deg = one, np.where(np.isfinite(one), other, np.nan) % 360.0
            self.speed = np.where(np.isfinite(other) | (one < CALM_M_S), one, np.nan)

    def _interpolate(self, moment) -> None:
        """One product while the same stations report; where others do, the weights are solved beside the frames."""
        u, v = components(self.speed, np.where(self.speed < CALM_M_S, 0.0, self.from_deg))
        asked = (u.tobytes(), v.tobytes())
        if asked != self._asked:
            self._asked = asked
            ready = moment.compare_ns is not None or (self._field is not None and self._field.holds(u))
            field, sites, cells = self._field, self.places[:, :2].copy(), self.between[:, :2].copy()
            self._beside.ask(lambda: _blown(field or Field(sites, cells), u, v),
                             0 if ready else len(cells) * len(sites))
        if found := self._beside.take():
            self._field, self._winds = found
            self._winds_of = asked
        if self._winds_of == asked:
            self._as_of_ns = moment.now_ns

    def _draw(self, layer: Wind, moment, frame) -> None:
        places, speed, from_deg, share = self.places, self.speed, self.from_deg, np.ones(len(self.speed))
        self._shown_between = 0
        if len(self.between):
            self._interpolate(moment)
        if self._winds is not None:
            sure, more, more_from = self._winds.sure, self._winds.speed, self._winds.from_deg
            self._shown_between = int(sure.sum())
            places = np.concatenate([self.between[sure], places])
            speed, from_deg = np.concatenate([more, speed]), np.concatenate([more_from, from_deg])
            share = np.concatenate([np.full(len(more), BETWEEN), share])
        length = np.clip(np.nan_to_num(speed) / layer.high, SHORTEST, 1.0) * layer.length_px * share
        length[~(speed >= CALM_M_S)] = 0.0                # a ring: calm, or grey where nothing is known
        colors = self._colors(layer, moment, speed)
        turn = frame.convergence_deg(*frame.origin[:2]) if frame.crs else 0.0
        self._arrows.stand(places, np.nan_to_num(from_deg) + 180.0 - turn, length, colors, layer.opacity)
        self._arrows.camera_moved()
        self._write_labels(layer)

    def _colors(self, layer: Wind, moment, speed) -> np.ndarray:
        at = np.clip(np.nan_to_num(speed) / layer.high * 255, 0, 255).astype(np.intp)
        colors = np.array(ramp(layer.colormap, 256)[at])
        colors[~np.isfinite(speed)] = palette(moment.theme).stale
        chosen = list(moment.selection.features(layer.id))
        if moment.hovered and moment.hovered.layer == layer.id:
            chosen.append(moment.hovered.feature)
        colors[self._shown_between:][np.isin(self.rows, chosen)] = ACCENT
        return colors

    def _write_labels(self, layer: Wind) -> None:
        words = [f"{v:.1f} m/s" if layer.label and np.isfinite(v) else "" for v in self.speed]
        self._labels.set(self.places, words, np.nan_to_num(self.speed), size_px=12, above_px=round(layer.length_px / 3))

    # -- what it is asked ----------------------------------------------------------------------------

    def facts(self, feature):
        at = np.flatnonzero(self.rows == feature)
        if not len(at) or not np.isfinite(self.speed[at[0]]):
            return ()
        speed, from_deg = self.speed[at[0]], self.from_deg[at[0]]
        calm = speed < CALM_M_S
        return ((tr("Wind speed"), f"{speed:.1f} m/s"),
                (tr("Wind from"), tr("calm") if calm else f"{from_deg:.0f}° {tr(POINTS[round(from_deg / 45) % 8])}"))

    def legend(self, layer, asset, moment) -> Legend | None:
        if self._arrows is None:
            return None
        known = int(np.isfinite(self.speed).sum())
        note = [tr("As of {time}, {n} of {total}", time=times.readable(moment.now_ns, moment.shown_zone).split()[1][:5],
                   n=f"{known:,}", total=f"{len(self.rows):,}"), tr("○ calm")]
        if self._winds is not None:
            note.append(tr("small arrows are interpolated"))
            if self._as_of_ns != moment.now_ns:
                note.append(tr("they are still those of {time}",
                               time=times.readable(self._as_of_ns, moment.shown_zone).split()[1][:5]))
        words = dict.fromkeys(filter(None, (layer.title(moment.language), property_words(layer.observed))))
        return Legend(title=" · ".join(words), unit="m/s", low=0.0, high=layer.high,
                      ramp=tuple(map(tuple, ramp(layer.colormap, 32).tolist())), note="; ".join(note),
                      missing=(palette(moment.theme).stale, tr("No data or stale")))

    def bounds(self):
        return box(self.places[np.isfinite(self.places).all(axis=1)])

    def feature_bounds(self, feature):
        place = self.places[self.rows == feature]
        return box(np.concatenate([place - 60.0, place + 60.0])) if len(place) and np.isfinite(place).all() else None

    def pick(self, ray):
        found = self._arrows.pick(ray) if self._arrows else None
        if found is None or found[1] < self._shown_between:
            return None
        at = found[1] - self._shown_between
        return found[0], Hit("", int(self.rows[at]), tuple(map(float, self.places[at])))

    def held(self, layer, payload):
        return len(sensor_values.rows_of(payload, layer.observed, layer.system)[1])

    def stats(self):
        return len(self.rows), 5 * (len(self.rows) + self._shown_between)

    def camera_moved(self) -> None:
        if self._arrows:
            self._arrows.camera_moved()
        super().camera_moved()

    def _clear(self) -> None:
        if self._arrows:
            self._arrows.remove()
        self.drop(self._labels.actor)
        self._beside.forget()
        self._arrows, self._field, self._winds = None, None, None
        self._built, self._asked, self._winds_of = (), (), ()
        self.between, self.rows, self.places = np.zeros((0, 3)), np.zeros(0, np.intp), np.zeros((0, 3))
        self.speed = self.from_deg = np.zeros(0)


POINTS = ("north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west")
