"""Where water stands by a sensor of its depth or level: the surface and what it holds, at an instant."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from layers import sensor_values
from twin.data import Sensors
from twin.ground import Ground
from twin.inundation import MOST_SIDE, Basin, Water, bare, basin
from twin.units import conversion

METRES = {"m": 1.0, "cm": 0.01, "mm": 0.001, "dm": 0.1}
LEVELS = ("yellow", "orange", "red")


@dataclass(frozen=True, eq=False)
class Pool:
    """`value` in the sensor's own unit, NaN = silent; `level_m` local metres, `water` None where none stands.

    `level` counts the warnings that the value reaches: 0 none, 3 red; -1 = nothing is known.
    """

    row: int                       # of the table
    value: float
    level_m: float
    water: Water | None
    level: int


class Pools:
    """The sensors of one layer over one ground. Basins are cut out when water first stands in them."""

    def __init__(self, payload: Sensors, layer, ground: Ground, frame):
        """`layer` is a `layers.flood.Flood`."""
        self.payload, self.layer, self.ground = payload, layer, bare(ground)
        self.observed, self.rows = sensor_values.rows_of(payload, layer.observed, layer.system)
        self.unit = sensor_values.unit_of(payload, self.rows)
        self.places = sensor_values.places(payload, self.rows, self.ground, 0.0, None, None)
        self.metres = metres_of(self.unit)
        self.frame_z_m = frame.origin[2]           # of the frame's zero, in the project's datum
        self._datum_m = frame.height_shift_m(layer.datum) - self.frame_z_m
        self._step_m = min((min(s.grid.dx, s.grid.dy) for s in self.ground.surfaces), default=1.0)
        self._basins: dict[int, Basin] = {}
        self._pools: dict[int, Pool] = {}

    def values(self, now_ns: int) -> np.ndarray:
        """(sensors,) f8 in their own unit; NaN = silent."""
        return sensor_values.now(self.payload, self.rows, now_ns,
                                 self.layer.stale_minutes).values.astype(np.float64)

    def of(self, values: np.ndarray) -> list[Pool]:
        """One per sensor, in order; what has not moved since the last call is not cut again."""
        return [self._pool(at, float(value)) for at, value in enumerate(values)]

    def at(self, now_ns: int) -> list[Pool]:
        return self.of(self.values(now_ns))

    def saying(self, values: np.ndarray, held: list[Pool]) -> list[Pool]:
        """What the sensors say, over the water that stands in `held` (none: dry) until it is cut again; where they are
        silent or say dry it is gone at once.
        """
        out = []
        for at, value in enumerate(map(float, values)):
            pool = held[at] if held and self._may_hold(value) else Pool(int(self.rows[at]), value, np.nan, None, 0)
            out.append(replace(pool, value=value, level=self._level(value)))
        return out

    def to_cut(self, values: np.ndarray) -> float:
        """How much `of` goes through for these: the posts around every sensor whose water is to be cut."""
        posts = (2.0 * self.layer.reach_m / self._step_m + 1.0) ** 2
        return min(posts, MOST_SIDE ** 2) * sum(self._held(at, float(value)) is None for at, value in enumerate(values))

    def _held(self, at: int, value: float) -> Pool | None:
        held = self._pools.get(at)
        same = held is not None and (held.value == value or (np.isnan(held.value) and np.isnan(value)))
        return held if same else None

    def _pool(self, at: int, value: float) -> Pool:
        held = self._held(at, value)
        if held is None:
            held = self._pools[at] = self._fresh(at, value)
        return held

    def _fresh(self, at: int, value: float) -> Pool:
        row, height = int(self.rows[at]), value * self.metres
        if not self._may_hold(value) or not np.isfinite(self.places[at, :2]).all():
            return Pool(row, value, np.nan, None, self._level(value))
        if at not in self._basins:
            self._basins[at] = basin(self.ground, self.places[at], self.layer.reach_m)
        pool = self._basins[at]
        level = height + (pool.ground_m if self.layer.measures == "depth" else self._datum_m)
        water = pool.water(level) if np.isfinite(level) else None
        return Pool(row, value, level, water if water and len(water.triangles) else None, self._level(value))

    def _may_hold(self, value: float) -> bool:
        """Whether water stands by a sensor that says this; no ground is asked."""
        return bool(np.isfinite(value)) and (self.layer.measures == "level" or value > 0)

    def _level(self, value: float) -> int:
        if not np.isfinite(value):
            return -1
        limits = [getattr(self.layer, name) for name in LEVELS]
        return max((n for n, limit in enumerate(limits, 1) if limit is not None and value >= limit), default=0)


def metres_of(unit: str) -> float:
    """Of one of the unit; none stated means metres, and 0 that it is no length."""
    if unit in METRES or not unit:
        return METRES.get(unit, 1.0)
    factor = conversion(unit, "m")
    return factor[0] if factor else 0.0
