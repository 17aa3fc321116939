"""The way of the sun over a day, as an arc about a place, with its hours and where it stands now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

import numpy as np
from annotated_types import Ge, Le
from vtkmodules.vtkRenderingCore import vtkActor

from layers.base import Moment, Visual, visual_of
from layers.geometry import actor_of, poly_data
from layers.labelled import Labelled
from layers.palette import rgb
from twin import times
from twin.data import Bounds, box
from twin.ground import Ground
from twin.layer import Layer, layer_type, styled
from twin.text import tr

BALL, DOT, CORNERS = 0.045, 0.010, 10              # radii over that of the arc; sides of the ball
PAST_PX, COMING_PX, RING_PX = 4.0, 1.8, 1.2
NORTH_AWAY = 1.07


@layer_type
@dataclass(frozen=True, kw_only=True)
class SunPath(Layer):
    """`easting`, `northing` of its middle in the project's CRS; the day is the clock's."""

    kind: Literal["sun-path"] = "sun-path"
    timed: ClassVar[bool] = True
    easting: float = styled(0.0, "Easting", unit="m", step=10.0)
    northing: float = styled(0.0, "Northing", unit="m", step=10.0)
    radius_m: Annotated[float, Ge(5.0), Le(20_000.0)] = styled(300.0, "Radius", unit="m", step=10.0)
    color: str = styled("#f5a623", "Colour", role="color")
    label: bool = styled(True, "Hours as labels")


@visual_of("sun-path")
class SunPathVisual(Labelled):
    """What has passed of the arc is thick; a ray joins the sun and the middle. By night only the arc is there."""

    reads: ClassVar = frozenset({"time", "sun", "sun_day", "ground", "origin", "theme", "language"})

    def __init__(self, canvas):
        super().__init__(canvas)
        self.middle = np.zeros(3)
        self.arc = np.zeros((0, 3))                # of the hours above the horizon, in local metres
        self.sun_at: np.ndarray | None = None

    def update(self, layer: SunPath, asset, moment: Moment, ground: Ground, why: frozenset[str]) -> None:
        Visual.remove(self)
        self.arc, self.sun_at = np.zeros((0, 3)), None
        day = moment.sun_day
        if day is None:
            return
        at = np.array([layer.easting, layer.northing]) - moment.origin[:2]
        height = float(np.nan_to_num(ground.height_at(at[None]))[0])
        self.middle = np.array([*at, height + layer.height_offset_m])
        up = day.toward[:, 2] > 0.0
        self.arc = self.middle + layer.radius_m * day.toward[up]
        passed = day.times_ns[up] <= moment.now_ns
        self._line(self.arc[passed], layer, PAST_PX)
        self._line(self.arc[~passed], layer, COMING_PX)
        turn = np.linspace(0.0, 2 * np.pi, 73)
        ring = self.middle + layer.radius_m * np.column_stack([np.cos(turn), np.sin(turn), np.zeros(73)])
        self._line(ring, layer, RING_PX)
        self._mark_hours(layer, moment, day, up)
        if moment.sun.elevation_deg > 0.0:
            self.sun_at = self.middle + layer.radius_m * np.array(moment.sun.toward)
            self._line(np.array([self.middle, self.sun_at]), layer, COMING_PX)
            self._ball(self.sun_at, BALL * layer.radius_m, layer)
        self._words(layer, moment, day, up)
        self.add(self._labels.actor, self.canvas.overlay)
        self._labels.show(self.shown)

    def _line(self, points: np.ndarray, layer: SunPath, width_px: float) -> None:
        if len(points) < 2:
            return
        actor = actor_of(poly_data(points.astype(np.float32), offsets=np.array([0, len(points)])), lit=False)
        actor.GetProperty().SetLineWidth(width_px * self.canvas.pixel_ratio)
        self._paint(actor, layer)

    def _ball(self, at: np.ndarray, radius_m: float, layer: SunPath) -> None:
        points, triangles = ball()
        self._paint(actor_of(poly_data((at + radius_m * points).astype(np.float32), triangles=triangles), lit=False),
                    layer)

    def _paint(self, actor: vtkActor, layer: SunPath) -> None:
        actor.GetProperty().SetColor(*(part / 255 for part in rgb(layer.color)))
        actor.GetProperty().SetOpacity(layer.opacity)
        self.add(actor, self.canvas.overlay)

    def _mark_hours(self, layer: SunPath, moment: Moment, day, up: np.ndarray) -> None:
        for at in self.middle + layer.radius_m * day.toward[up & whole_hours(day.times_ns, moment.shown_zone)]:
            self._ball(at, DOT * layer.radius_m, layer)

    def _words(self, layer: SunPath, moment: Moment, day, up: np.ndarray) -> None:
        """Hours, north, and of the sun how high and where it stands."""
        hours = up & whole_hours(day.times_ns, moment.shown_zone)
        places = [self.middle + layer.radius_m * way for way in day.toward[hours]]
        words = [times.readable(int(ns), moment.shown_zone)[11:16] if layer.label else "" for ns in day.times_ns[hours]]
        north = np.radians(day.north_deg)
        places.append(self.middle + NORTH_AWAY * layer.radius_m * np.array([np.sin(north), np.cos(north), 0.0]))
        words.append("N")
        rank = [0.0] * len(words)
        if self.sun_at is not None:
            places.append(self.sun_at)
            words.append(tr("Sun {height}° high, {azimuth}°", height=f"{moment.sun.elevation_deg:.1f}",
                            azimuth=f"{(moment.sun.azimuth_deg - day.north_deg) % 360:.0f}"))
            rank.append(1.0)
        self._labels.set(np.array(places), words, np.array(rank), size_px=12, bold=True, above_px=10)

    def bounds(self) -> Bounds | None:
        return box(self.arc) if len(self.arc) else None

    def stats(self) -> tuple[int, int]:
        return int(len(self.arc) > 0), 0


def whole_hours(times_ns: np.ndarray, zone: str) -> np.ndarray:
    """(n,) bool: which instants are whole hours on the clock of a zone."""
    return np.array([times.readable(int(ns), zone)[14:16] == "00" for ns in times_ns], bool)


def ball() -> tuple[np.ndarray, np.ndarray]:
    """(points (n, 3) of radius 1, triangles (m, 3))."""
    up = np.linspace(-np.pi / 2, np.pi / 2, CORNERS)
    about = np.linspace(0.0, 2 * np.pi, 2 * CORNERS, endpoint=False)
    points = np.array([(np.cos(u) * np.cos(a), np.cos(u) * np.sin(a), np.sin(u)) for u in up for a in about])
    row, wide = np.arange(CORNERS - 1)[:, None] * len(about), np.arange(len(about))[None, :]
    a, b = (row + wide).ravel(), (row + (wide + 1) % len(about)).ravel()
    over = len(about)
    return points, np.concatenate([np.column_stack([a, b, b + over]), np.column_stack([a, b + over, a + over])])
