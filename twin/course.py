"""A line seen from above, measured from its start: the course of a section, a trench or a walk."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

LEAST_M = 0.01                             # nearer points are one


@dataclass(frozen=True, eq=False)
class Course:
    """`points` (k, 2) f8 local metres, all apart from the next. `grid_scale`: metres of the project's grid in a true
    metre; every distance is true.
    """

    points: np.ndarray
    grid_scale: float = 1.0

    @classmethod
    def through(cls, points, grid_scale: float = 1.0) -> Course:
        """Of points (n, 2+); those that repeat the one before are left out."""
        xy = np.asarray(points, np.float64).reshape(-1, np.shape(points)[-1] if len(points) else 2)[:, :2]
        apart = np.ones(len(xy), bool)
        apart[1:] = np.hypot(*np.diff(xy, axis=0).T) > LEAST_M
        return cls(xy[apart], grid_scale)

    def same(self, other: Course) -> bool:
        return self.grid_scale == other.grid_scale and self.points.tobytes() == other.points.tobytes()

    @cached_property
    def run_m(self) -> np.ndarray:
        """(k,) distance of each point from the start."""
        return np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(self.points, axis=0).T))]) / self.grid_scale

    @property
    def length_m(self) -> float:
        return float(self.run_m[-1])

    def at(self, distance_m) -> np.ndarray:
        """(n, 2) the places at these distances."""
        d = np.atleast_1d(np.asarray(distance_m, np.float64))
        return np.column_stack([np.interp(d, self.run_m, self.points[:, i]) for i in (0, 1)])

    def samples(self, step_m: float, most: int) -> np.ndarray:
        """(n,) distances at most `step_m` apart, the bends among them, about `most` of them."""
        step_m = max(step_m, self.length_m / max(most, 2), 1e-6)
        even = np.linspace(0.0, self.length_m, int(np.ceil(self.length_m / step_m)) + 1)
        return np.unique(np.concatenate([even, self.run_m]))

    def true(self, points: np.ndarray) -> np.ndarray:
        """(…, 2+) local metres as `pieces` are: true metres on the ground, heights as they are."""
        if self.grid_scale == 1.0:
            return points
        return points / np.where(np.arange(points.shape[-1]) < 2, self.grid_scale, 1.0)

    def pieces(self):
        """(start (2,), unit direction (2,), length, distance of its start) of each straight piece, in true metres."""
        points = self.true(self.points)
        for a, b, run in zip(points[:-1], points[1:], self.run_m):
            length = float(np.hypot(*(b - a)))
            yield a, (b - a) / length, length, float(run)
