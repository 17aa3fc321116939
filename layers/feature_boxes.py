"""The boxes of a mesh's features, asked instead of its vertices."""

from __future__ import annotations

import numpy as np

from twin.data import Bounds


class FeatureBoxes:
    """`low`, `high` (features, 3) f4; a feature without vertices has low above high."""

    def __init__(self, points: np.ndarray, vertex_feature: np.ndarray, count: int):
        self.low = np.full((3, count), np.inf, np.float32).T         # each axis in one piece: minima of rows are slow
        self.high = np.full((3, count), -np.inf, np.float32).T
        self._kept: tuple[np.ndarray, np.ndarray, np.ndarray] | None = None
        if not len(points):
            return
        if (vertex_feature[1:] < vertex_feature[:-1]).any():
            order = np.argsort(vertex_feature, kind="stable")
            points, vertex_feature = points[order], vertex_feature[order]
        first = np.flatnonzero(np.concatenate([[True], vertex_feature[1:] != vertex_feature[:-1]]))
        present = vertex_feature[first]
        for axis in range(3):                                # each by itself: many times faster than rows of three
            column = np.ascontiguousarray(points[:, axis])
            self.low[present, axis] = np.minimum.reduceat(column, first)
            self.high[present, axis] = np.maximum.reduceat(column, first)

    def union(self, asked: np.ndarray, lift_m: np.ndarray | None = None) -> Bounds | None:
        """Of those `asked` for, (features,) bool, each `lift_m` higher."""
        asked = asked & self._held
        if not asked.any():
            return None
        low, high = ([side[:, axis][asked] for axis in range(3)] for side in (self.low, self.high))
        if lift_m is not None:
            low[2], high[2] = low[2] + lift_m[asked], high[2] + lift_m[asked]
        return (*(float(column.min()) for column in low), *(float(column.max()) for column in high))

    @property
    def _held(self) -> np.ndarray:
        """(features,) bool: has vertices."""
        return self.low[:, 0] <= self.high[:, 0]

    def corners(self, asked: np.ndarray, lift_m: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
        """(n, 3) lowest and highest corners of those that have vertices."""
        asked = asked & self._held
        low, high = self.low[asked], self.high[asked]                # copies
        if lift_m is not None:
            low[:, 2] += lift_m[asked]
            high[:, 2] += lift_m[asked]
        return low, high

    def sides(self, planes: np.ndarray, lift_m: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
        """(features,) bool twice: wholly at n·p <= d of all `planes` (k, 4), and partly so."""
        held, middle, half = self._spans()
        inside, left = held.copy(), held.copy()
        for *n, d in planes:
            away = sum(n[axis] * middle[axis] for axis in range(3)) - d
            if lift_m is not None:
                away += n[2] * lift_m
            reach = sum(abs(n[axis]) * half[axis] for axis in range(3))
            inside &= away + reach <= 0.0
            left &= away - reach <= 0.0
        return inside, left & ~inside

    def _spans(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """(features,) bool: has vertices; (3, features) f8 middles and half sizes, 0 without. Kept: a plane that is
        dragged asks for them at every step.
        """
        if self._kept is None:
            held = self._held
            low, high = (np.where(held, side.T.astype(np.float64), 0.0) for side in (self.low, self.high))
            self._kept = held, (low + high) / 2, (high - low) / 2
        return self._kept
