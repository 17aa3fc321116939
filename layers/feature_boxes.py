"""The boxes of a mesh's features, asked instead of its vertices."""

from __future__ import annotations

import numpy as np

from twin.data import Bounds


class FeatureBoxes:
    """`low`, `high` (features, 3) f4; a feature without vertices has low above high."""

    def __init__(self, points: np.ndarray, vertex_feature: np.ndarray, count: int):
        self.low = np.full((count, 3), np.inf, np.float32)
        self.high = np.full((count, 3), -np.inf, np.float32)
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
        low, high = self.corners(asked, lift_m)
        if not len(low):
            return None
        return (*map(float, low.min(axis=0)), *map(float, high.max(axis=0)))

    def corners(self, asked: np.ndarray, lift_m: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
        """(n, 3) lowest and highest corners of those that have vertices."""
        asked = asked & (self.low[:, 0] <= self.high[:, 0])
        low, high = self.low[asked], self.high[asked]                # copies
        if lift_m is not None:
            low[:, 2] += lift_m[asked]
            high[:, 2] += lift_m[asked]
        return low, high

    def sides(self, planes: np.ndarray, lift_m: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
        """(features,) bool twice: wholly at n·p <= d of all `planes` (k, 4), and partly so."""
        up = np.zeros(len(self.low), np.float32) if lift_m is None else lift_m
        held = self.low[:, 0] <= self.high[:, 0]
        inside, left = held.copy(), held.copy()
        middle = np.where(held[:, None], (self.low + self.high) / 2, 0.0) + up[:, None] * np.array([0.0, 0.0, 1.0])
        half = np.where(held[:, None], (self.high - self.low) / 2, 0.0)
        for *n, d in planes:
            away, reach = middle @ np.array(n) - d, half @ np.abs(n)
            inside &= away + reach <= 0.0
            left &= away - reach <= 0.0
        return inside, left & ~inside
