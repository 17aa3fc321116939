"""Vehicles: small bodies on the ground where they are at the clock's time, with the way they came."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

import numpy as np
from annotated_types import Ge, Le

from layers.base import Visual, visual_of
from layers.fleet import FleetMesh
from layers.labels import Labels
from layers.legend import Legend
from layers.palette import ACCENT
from layers.trails import Trails
from layers.vehicle_colors import VehicleColors, unit_of, values_of
from twin import times
from twin.data import Tracks, box
from twin.history.motion import Fleet, Motion
from twin.layer import Layer, layer_type, styled
from twin.selection import Hit
from twin.text import tr


@layer_type
@dataclass(frozen=True, kw_only=True)
class Vehicles(Layer):
    """`low`, `high` None = the usual range of what colours it (see `layers.vehicle_colors.SCALES`)."""

    kind: Literal["vehicles"] = "vehicles"
    timed: ClassVar[bool] = True
    color_by: Literal["speed", "mode", "route", "load", "delay", "charge", "age", "plain"] = styled(
        "speed", "Colour by")
    colormap: str = styled("roma", "Colours", role="colormap")
    low: float | None = styled(None, "From")
    high: float | None = styled(None, "To")
    color: str = styled("#4d5a68", "Colour", role="color")
    least_px: Annotated[float, Ge(2.0), Le(60.0)] = styled(12.0, "Least length on the screen", unit="px", step=1.0)
    trail_secs: Annotated[float, Ge(0.0), Le(3600.0)] = styled(60.0, "Trail", unit="s", step=10.0)
    gap_secs: Annotated[float, Ge(0.1), Le(86_400.0)] = styled(
        15.0, "Gap", unit="s", step=5.0, help="Between fixes farther apart than this nothing is drawn as moving.")
    hold_secs: Annotated[float, Ge(0.1), Le(86_400.0)] = styled(
        60.0, "Gone after", unit="s", step=10.0, help="So long a vehicle is held, fading, at its last fix.")
    heights: Literal["ground", "absolute", "above ground"] = styled(
        "ground", "Heights", help="Whether the heights of the file count: from the sea, or from the ground.")
    label: Literal["none", "name", "value"] = styled("none", "Label")


@visual_of("vehicles")
class VehicleVisual(Visual):
    """One mesh for all: a step of time moves its points, adds nothing and takes nothing away."""

    reads: ClassVar = frozenset({"time", "ground", "selection", "hovered", "theme", "language", "origin"})
    spans = True

    def __init__(self, canvas):
        super().__init__(canvas)
        self.mesh: FleetMesh | None = None
        self.trails: Trails | None = None
        self.fleet: Fleet | None = None
        self.colors: VehicleColors | None = None
        self._motion = self._ground = self._features = None
        self._lift_m, self._heights, self._level_m = 0.0, "ground", 0.0
        self._labels = Labels(canvas)

    def update(self, layer, asset, moment, ground, why) -> None:
        payload = asset.payload if asset else None
        if not isinstance(payload, Tracks) or payload.history is None:
            self._clear()
            return
        if payload.features is not self._features:
            self._build(payload)
        self._motion = payload.history                   # live: the same vehicles have driven on
        self._ground, self._lift_m = ground, layer.height_offset_m
        self._heights, self._level_m = layer.heights, moment.origin[2]
        if why & {"layer", "asset", "time", "ground", "origin"}:
            self._move(layer, moment)
        self._paint(layer, moment)

    # -- how it is built -----------------------------------------------------------------------------

    def _build(self, payload: Tracks) -> None:
        self._clear()
        self._features = payload.features
        self.colors = VehicleColors(payload.features)
        modes = [mode or "" for mode in payload.features.column("mode").to_pylist()]
        self._names = payload.features.column("name").to_pylist()
        self.trails = Trails(self)
        self.mesh = FleetMesh(self, modes)
        self.add(self._labels.actor, self.canvas.overlay)
        self._labels.show(self.shown)

    def _clear(self) -> None:
        if self.mesh:
            self.mesh.remove()
            self.trails.remove()
            self.drop(self._labels.actor)
        self.mesh = self.trails = self.fleet = self._motion = self._features = None

    # -- what it shows now ---------------------------------------------------------------------------

    def _move(self, layer: Vehicles, moment) -> None:
        self.fleet = fleet_of(layer, self._motion, moment.now_ns)
        self.mesh.stand(self.standing(self.fleet.places), self.fleet.drawn_deg, layer.least_px)

    @property
    def grounded(self) -> bool:
        """Whether it was drawn yet, so that it knows the ground."""
        return self._ground is not None

    def standing(self, points: np.ndarray) -> np.ndarray:
        """On the ground, or as high as the file says where it says so; raised by the layer's offset."""
        out = np.array(points, np.float64)
        said = np.isfinite(out[:, 2]) & (self._heights != "ground")
        low = np.isfinite(out[:, 0]) & ~(said & (self._heights == "absolute"))
        if low.any():
            above_m = np.where(said, out[:, 2] + self._level_m, 0.0)[low]      # what the file says, as it says it
            out[low, 2] = self._ground.height_at(out[low]) + above_m
        out[:, 2] += self._lift_m
        return out

    def _paint(self, layer: Vehicles, moment) -> None:
        colors = self.colors.colors(layer, self.fleet, moment.theme)
        colors[:, 3] = np.round(255 * self.fleet.presence * layer.opacity)
        chosen = np.array([f for f in moment.selection.features(layer.id) if 0 <= f < len(colors)], np.intp)
        over = moment.hovered.feature if moment.hovered and moment.hovered.layer == layer.id else -1
        self.mesh.paint(colors, chosen, over)
        trailing = colors.copy()
        trailing[chosen, :3] = ACCENT
        gap_ns = round(layer.gap_secs * times.SECOND)
        self.trails.set(self._motion, self.fleet, moment.now_ns, trail_ns(layer, moment), gap_ns, trailing,
                        self.standing)
        self._write_labels(layer, colors)

    def _write_labels(self, layer: Vehicles, colors: np.ndarray) -> None:
        if layer.label == "none":
            self._labels.set(np.zeros((0, 3)), [])
            return
        values, unit = values_of(layer, self.fleet), unit_of(layer)
        words = self._names if layer.label == "name" else [
            f"{v:.0f} {unit}" if np.isfinite(v) else "" for v in values]
        words = [w if seen > 0 else "" for w, seen in zip(words, self.fleet.presence)]
        self._labels.set(self.mesh.places, words, size_px=12, above_px=round(layer.least_px))

    # -- what it is asked ----------------------------------------------------------------------------

    def camera_moved(self) -> None:
        if self.mesh:
            self.mesh.camera_moved()
            self._labels.camera_moved()

    def show(self, shown: bool) -> None:
        super().show(shown)
        self._labels.show(shown)

    def legend(self, layer, asset, moment) -> Legend | None:
        if self.fleet is None:
            return None
        there = int(((self.fleet.presence > 0.0) & self.colors.known(layer, self.fleet)).sum())
        note = tr("As of {time}, {n} of {total}", n=f"{there:,}", total=f"{self._motion.count:,}",
                  time=times.readable(moment.now_ns, moment.shown_zone).split()[1][:5])
        if moment.since_ns is not None:
            reach = trail_ns(layer, moment)
            begin = times.readable(moment.now_ns - reach, moment.shown_zone)[11:16]
            note += "; " + (tr("trails since {time}", time=begin) if reach
                            else tr("the instant at the end of the span"))
        return self.colors.legend(layer, self.fleet, layer.title(moment.language), note, moment.theme)

    def bounds(self):
        """Of everywhere that is driven, so that time does not move it."""
        if self._motion is None:
            return None
        return box(self.standing(self._motion.positions[::max(1, len(self._motion.positions) // 20_000)]))

    def feature_bounds(self, feature):
        """Around it, or around all its way where it is not there now."""
        if self.mesh is None or not 0 <= feature < self._motion.count:
            return None
        place = self.mesh.places[feature:feature + 1]
        if np.isfinite(place).all():
            return box(np.concatenate([place - 40.0, place + 40.0]))
        return box(self.standing(self._motion.only(feature).positions))

    def top_m(self, feature):
        place = self.mesh.places[feature] if self.mesh else np.full(3, np.nan)
        return float(place[2] + self.mesh.heights_m[feature]) if np.isfinite(place[2]) else None

    def pick(self, ray):
        found = self.mesh.pick(ray) if self.mesh else None
        return (found[0], Hit("", found[1], tuple(map(float, self.mesh.places[found[1]])))) if found else None

    def stats(self):
        return (self._motion.count, self.mesh.triangles) if self.mesh else (0, 0)


def fleet_of(layer: Vehicles, motion: Motion, now_ns: int) -> Fleet:
    """Where its vehicles are, with the gaps that the layer bears."""
    gap_ns, hold_ns = (round(secs * times.SECOND) for secs in (layer.gap_secs, layer.hold_secs))
    return motion.at(now_ns, gap_ns, max(hold_ns, gap_ns))


def trail_ns(layer: Vehicles, moment) -> int:
    """How far back trails reach: as long as the stretch of time that is looked at, an hour at most."""
    own = round(layer.trail_secs * times.SECOND)
    if moment.since_ns is None or not own:
        return own
    return max(own, min(moment.now_ns - moment.since_ns, times.HOUR))
