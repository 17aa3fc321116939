"""Equipment that moves by its readings: barriers that open and close, pumps that run and stand, cranes that slew."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

import numpy as np
from annotated_types import Ge, Le
from vtkmodules.util.numpy_support import vtk_to_numpy

from layers import crane_model, sensor_values
from layers import equipment_models as models
from layers.base import visual_of
from layers.colour_table import ColourTable
from layers.geometry import actor_of, poly_data
from layers.labelled import Labelled
from layers.legend import Legend
from layers.palette import ACCENT, palette
from layers.verdict_colors import level_colors
from twin import times
from twin.data import Sensors, box
from twin.layer import Layer, layer_type, styled
from twin.selection import Hit
from twin.text import tr
from twin.units import figures, shown
from twin.vitals.verdict import GREEN, ORANGE, RED, YELLOW
from twin.winds import partners


@layer_type
@dataclass(frozen=True, kw_only=True)
class Equipment(Layer):
    """A model stands where each datastream of `observed` does, ahead as its column `heading_deg` says.

    `rest` and `work` are the readings of an open barrier or a standing pump, and of a closed or running one. A crane's
    reading says whereto it has slewed, clockwise from its heading; `second` is its load moment in %.
    """

    kind: Literal["equipment"] = "equipment"
    timed: ClassVar[bool] = True
    reads_as: ClassVar[str] = "sensors"
    observed: str = styled("", "Observed property", role="property")
    model: Literal["barrier", "pump", "crane"] = styled("barrier", "Model")
    rest: float = styled(0.0, "Open or standing at")
    work: float = styled(1.0, "Closed or running at")
    second: str = styled("", "Also told", role="property", help="Of the same thing, such as the flow of a pump.")
    reach: str = styled("", "Trolley at", role="property", help="Of a crane: its trolley's metres from the mast.")
    arm_m: Annotated[float, Ge(1.0), Le(90.0)] = styled(6.0, "Length of the arm or jib", unit="m", step=0.5)
    mast_m: Annotated[float, Ge(5.0), Le(200.0)] = styled(40.0, "Height of a crane's mast", unit="m", step=1.0)
    scale: Annotated[float, Ge(0.1), Le(50.0)] = styled(1.0, "Size of a pump", step=0.5)
    heading_deg: Annotated[float, Ge(-360.0), Le(360.0)] = styled(
        0.0, "Turned by", unit="°", step=15.0, help="Clockwise from true north; added to the column heading_deg.")
    stale_minutes: Annotated[float, Ge(0.1), Le(100_000.0)] = styled(15.0, "Stale after", unit="min", step=5.0)
    label: bool = styled(True, "State as labels")


STANDS, WORKS = 0.02, 0.98                          # shares of the way from rest to work
TURNS_PER_S = 0.61                                  # of a rotor, in seconds of the clock
BETWEEN_NS = 60 * times.SECOND                      # readings of a crane that are nearer than this are one movement
HIGH_MOMENT, NEAR_LIMIT, OVERLOAD = 80.0, 90.0, 100.0        # % of a crane's rated load moment
STEEL, WHITE, SIGNAL_RED, IRON, STREAM = (150, 157, 165), (240, 240, 237), (196, 40, 46), (70, 76, 84), (72, 150, 204)
YELLOW_PAINT = (232, 172, 34)
WORDS = {"barrier": ("open", "moving", "closed"), "pump": ("standing", "running", "running"),
         "crane": ("within its limits", "load moment high", "near its limit", "overloaded")}
LEVELS = {"barrier": (GREEN, YELLOW, RED), "pump": (YELLOW, GREEN, GREEN), "crane": (GREEN, YELLOW, ORANGE, RED)}


@visual_of("equipment")
class EquipmentVisual(Labelled):
    """All items are one mesh, whose moving vertices are written in place; what says nothing is grey and not posed."""

    reads: ClassVar = frozenset({"time", "ground", "selection", "hovered", "theme", "language"})

    def __init__(self, canvas):
        super().__init__(canvas)
        self.rows = np.zeros(0, np.intp)
        self.places = np.zeros((0, 3))
        self.share = np.zeros(0)                    # from rest to work, NaN = silent
        self._model: models.Model | None = None
        self._kind = "barrier"
        self._pair = self._reach = np.zeros(0, np.intp)
        self._told, self._unit, self._built = np.zeros(0), "", ()
        self._turn = np.zeros((0, 2, 2))
        self._actor = self._table = self._points = None

    def update(self, layer: Equipment, asset, moment, ground, why) -> None:
        payload = asset.payload if asset else None
        if not isinstance(payload, Sensors):
            self._clear()
            return
        if why - {"time", "selection", "hovered"} or self._actor is None:
            self._build(layer, asset, ground)
        if why - {"selection", "hovered"}:
            self._read(layer, payload, moment)
            self._pose(layer, payload, moment)
            self._write_labels(layer)
        self._paint(layer, moment)

    # -- how it is built -----------------------------------------------------------------------------

    def _build(self, layer: Equipment, asset, ground) -> None:
        payload = asset.payload
        built = (payload, ground, layer.observed, layer.second, layer.reach, layer.system, layer.model, layer.arm_m,
                 layer.mast_m, layer.scale, layer.heading_deg, layer.height_offset_m)
        if built == self._built:
            return
        self._clear()
        self._built = built
        _, self.rows = sensor_values.rows_of(payload, layer.observed, layer.system)
        self._pair, self._reach = (self._beside(layer, payload, observed) for observed in (layer.second, layer.reach))
        self.places = sensor_values.places(payload, self.rows, ground, layer.height_offset_m, None, None)
        self._turn = _turns(payload, self.rows, layer.heading_deg, asset.key[2])
        self._kind, self._model = layer.model, _model(layer)
        self._add_mesh()
        self.add(self._labels.actor, self.canvas.overlay)
        self._labels.show(self.shown)

    def _beside(self, layer: Equipment, payload: Sensors, observed: str) -> np.ndarray:
        """(items,) rows of another property of the same things; -1 = none."""
        out = np.full(len(self.rows), -1, np.intp)
        if observed:
            _, second = sensor_values.rows_of(payload, observed, layer.system)
            things = payload.features.column("thing" if "thing" in payload.features.column_names else "id").to_pylist()
            mine, theirs = partners(things, self.rows, second)
            out[np.searchsorted(self.rows, mine)] = theirs
        return out

    def _add_mesh(self) -> None:
        model, count = self._model, len(self.rows)
        there = np.flatnonzero(np.isfinite(self.places).all(axis=1))
        entry = (np.arange(count)[:, None] * models.TINTS + model.tint).astype(np.int32).reshape(-1)
        cells = (there[:, None, None] * len(model.points) + model.triangles).reshape(-1, 3).astype(np.int32)
        data = poly_data(self._stood(np.zeros(count), np.zeros(count)).reshape(-1, 3))
        self._points = data.GetPoints()
        self._table = ColourTable(self.canvas, max(1, count * models.TINTS))
        self._actor = actor_of(data)
        self._actor.GetProperty().SetInterpolationToFlat()
        self._table.attach(self._actor, data, entry, cells)
        self.add(self._actor)

    def _stood(self, turn: np.ndarray, reach_m: np.ndarray | None = None) -> np.ndarray:
        """(items, n, 3) where the vertices of all items stand."""
        out = self._model.posed(turn, reach_m)
        out[:, :, :2] = np.einsum("ipk,ijk->ipj", out[:, :, :2], self._turn)
        return out + np.nan_to_num(self.places)[:, None, :]

    # -- what it says now ----------------------------------------------------------------------------

    def _read(self, layer: Equipment, payload: Sensors, moment) -> None:
        values = sensor_values.now(payload, self.rows, moment.now_ns, layer.stale_minutes).values.astype(np.float64)
        span = layer.work - layer.rest
        self.share = np.clip((values - layer.rest) / span, 0.0, 1.0) if span else np.full(len(values), np.nan)
        if layer.model == "crane":
            self.share = np.where(np.isfinite(values), 0.0, np.nan)
        has = self._pair >= 0
        self._told, self._unit = np.full(len(values), np.nan), ""
        if has.any():
            self._told[has] = sensor_values.now(payload, self._pair[has], moment.now_ns, layer.stale_minutes).values
            self._unit = shown(sensor_values.unit_of(payload, self._pair[has]))

    def _pose(self, layer: Equipment, payload: Sensors, moment) -> None:
        share, reach = np.nan_to_num(self.share), None
        if layer.model == "crane":
            slewed = sensor_values.on_the_way(payload, self.rows, moment.now_ns, BETWEEN_NS, around=360.0)
            turn = -np.radians(np.nan_to_num(slewed))                        # readings count clockwise
            reach = np.nan_to_num(sensor_values.on_the_way(payload, self._reach, moment.now_ns, BETWEEN_NS),
                                  nan=layer.arm_m / 2).clip(0.0, layer.arm_m)
        elif layer.model == "barrier":
            turn = np.radians(models.UP_DEG) * (1.0 - share)
        else:
            turn = np.where(share > STANDS, 2 * np.pi * (moment.now_ns / 1e9 * TURNS_PER_S % 1.0), 0.0)
        vtk_to_numpy(self._points.GetData())[:] = self._stood(turn, reach).reshape(-1, 3)
        self._points.GetData().Modified()
        self._points.Modified()

    def states(self) -> np.ndarray:
        """(items,) i1: 0 at rest, 1 between, 2 at work; -1 = silent. Of cranes how near the limit their moment is."""
        if self._kind == "crane":
            load = np.digitize(np.nan_to_num(self._told), (HIGH_MOMENT, NEAR_LIMIT, OVERLOAD))
            return np.where(np.isfinite(self.share), load, -1)
        between = np.where(self.share >= WORKS, 2, np.where(self.share <= STANDS, 0, 1))
        return np.where(np.isfinite(self.share), between, -1)

    def _paint(self, layer: Equipment, moment) -> None:
        state, stale = self.states(), palette(moment.theme).stale
        colors = np.zeros((len(self.rows), models.TINTS, 4), np.uint8)
        colors[:, :, 3] = 255
        for tint, color in ((models.BODY, STEEL), (models.PALE, WHITE), (models.STRIPE, SIGNAL_RED),
                            (models.DARK, IRON), (models.MOVER, IRON), (models.WATER, STREAM),
                            (models.PAINT, YELLOW_PAINT)):
            colors[:, tint, :3] = color
        if layer.model == "crane":
            colors[:, models.BODY, :3] = YELLOW_PAINT
        lamp = level_colors(moment.theme)[np.array(LEVELS[layer.model])]
        colors[:, models.LAMP, :3] = lamp[np.maximum(state, 0)]
        runs = state > 0
        if layer.model == "pump":
            colors[runs, models.MOVER, :3] = lamp[2]
        colors[~runs, models.WATER, 3] = 0
        colors[state < 0, :, :3] = stale
        for tint in np.unique(self._model.tint[self._model.moving]):      # nobody knows where that part is
            colors[state < 0, tint, 3] = 0
        chosen = list(moment.selection.features(layer.id))
        if moment.hovered and moment.hovered.layer == layer.id:
            chosen.append(moment.hovered.feature)
        for tint in (models.BODY, models.PAINT):
            colors[np.isin(self.rows, chosen), tint, :3] = ACCENT
        self._table.set(colors.reshape(-1, 4) if len(colors) else np.zeros((1, 4), np.uint8))

    def _words(self, item: int) -> str:
        state, model = int(self.states()[item]), self._kind
        if state < 0:
            return tr("no data")
        word = tr(WORDS[model][state])
        if model == "barrier" and state == 1:
            word = f"{word} {100 * self.share[item]:.0f} %"
        told = f"{figures(self._told[item])} {self._unit}".rstrip() if np.isfinite(self._told[item]) else ""
        return " · ".join(filter(None, (word, told)))

    def _write_labels(self, layer: Equipment) -> None:
        words = [self._words(k) if layer.label else "" for k in range(len(self.rows))]
        above = self.places + np.array((0.0, 0.0, self._model.top_m))
        self._labels.set(above, words, self.states().astype(np.float64), size_px=12, above_px=8)

    # -- what it is asked ----------------------------------------------------------------------------

    def facts(self, feature):
        at = np.flatnonzero(self.rows == feature)
        if not len(at) or not self._built:
            return ()
        return ((tr("State"), self._words(int(at[0]))),)

    def legend(self, layer, asset, moment) -> Legend | None:
        if self._actor is None:
            return None
        state, colors, order = self.states(), level_colors(moment.theme), range(len(WORDS[layer.model]))[::-1]
        entries = {tr(WORDS[layer.model][k]): (tuple(map(int, colors[LEVELS[layer.model][k]])), k) for k in order}
        counts = {word: sum(int((state == k).sum()) for k in order if tr(WORDS[layer.model][k]) == word)
                  for word in entries}
        note = tr("As of {time}, {n} of {total}", time=times.readable(moment.now_ns, moment.shown_zone).split()[1][:5],
                  n=int((state >= 0).sum()), total=len(state))
        return Legend(title=layer.title(moment.language),
                      entries=tuple((color, f"{word} · {counts[word]}") for word, (color, _) in entries.items()),
                      missing=(palette(moment.theme).stale, tr("No data or stale")), note=note)

    def bounds(self):
        return box(self.places[np.isfinite(self.places).all(axis=1)])

    def feature_bounds(self, feature):
        place = self.places[self.rows == feature]
        return box(np.concatenate([place - 6.0, place + 6.0])) if len(place) and np.isfinite(place).all() else None

    def top_m(self, feature):
        if self._points is None or feature not in self.rows:
            return None
        stood = vtk_to_numpy(self._points.GetData()).reshape(len(self.rows), -1, 3)
        return float(stood[self.rows == feature, :, 2].max())

    def pick(self, ray):
        """The nearest item whose box, as it stands, the ray goes through."""
        if self._points is None or not len(self.rows):
            return None
        points = vtk_to_numpy(self._points.GetData()).reshape(len(self.rows), -1, 3).astype(np.float64)
        low, high, along = points.min(axis=1), points.max(axis=1), np.asarray(ray.end) - ray.start
        with np.errstate(divide="ignore", invalid="ignore"):
            one, other = (low - ray.start) / along, (high - ray.start) / along
        enter, leave = np.minimum(one, other).max(axis=1), np.maximum(one, other).min(axis=1)
        hit = np.flatnonzero((enter <= leave) & (enter >= 0) & np.isfinite(self.places).all(axis=1))
        if not len(hit):
            return None
        item = hit[np.argmin(enter[hit])]
        return (float(enter[item] * np.linalg.norm(along)),
                Hit("", int(self.rows[item]), tuple(map(float, self.places[item]))))

    def held(self, layer, payload):
        return len(sensor_values.rows_of(payload, layer.observed, layer.system)[1])

    def stats(self):
        return len(self.rows), len(self.rows) * (len(self._model.triangles) if self._model else 0)

    def _clear(self) -> None:
        self.drop(self._labels.actor)
        if self._actor is not None:
            self.drop(self._actor)
        self._actor, self._points, self._built = None, None, ()
        self.rows, self.places, self.share = np.zeros(0, np.intp), np.zeros((0, 3)), np.zeros(0)


def _model(layer: Equipment) -> models.Model:
    if layer.model == "crane":
        return crane_model.crane(layer.arm_m, layer.mast_m)
    return models.barrier(layer.arm_m) if layer.model == "barrier" else models.pump(layer.scale)


def _turns(payload: Sensors, rows: np.ndarray, added_deg: float, frame) -> np.ndarray:
    """(items, 2, 2) by which each item's x (ahead) and y are turned into the frame."""
    heading = np.zeros(len(rows))
    if payload.features is not None and "heading_deg" in payload.features.column_names:
        told = payload.features.column("heading_deg").take(rows).to_pylist()
        heading = np.array([float(h) if h not in (None, "") else 0.0 for h in told])
    turn = frame.convergence_deg(*frame.origin[:2]) if frame.crs else 0.0
    angle = np.radians(90.0 - (heading + added_deg - turn))
    return np.stack([np.stack([np.cos(angle), -np.sin(angle)], axis=1),
                     np.stack([np.sin(angle), np.cos(angle)], axis=1)], axis=1)
