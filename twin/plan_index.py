"""Which object of a mesh a place lies in, seen from above."""

from __future__ import annotations

import numpy as np

CELL_M = 64.0


class PlanIndex:
    """Made once of a mesh; `at` answers for thousands of places at once."""

    def __init__(self, xy: np.ndarray, triangles: np.ndarray, feature: np.ndarray, count: int):
        """`xy` (n, 2) of vertices that no two features share, `feature` (n,) whose each is, of `count` features."""
        self._xy, self._triangles, self._feature = xy, triangles, feature
        self._low, self._high = np.full((count, 2), np.inf), np.full((count, 2), -np.inf)
        for axis in (0, 1):
            np.minimum.at(self._low[:, axis], feature, xy[:, axis])
            np.maximum.at(self._high[:, axis], feature, xy[:, axis])
        self._keys, self._held = self._cells()

    def _cells(self) -> tuple[np.ndarray, np.ndarray]:
        """(keys of cells, the feature whose box lies in each), sorted by key."""
        known = np.flatnonzero(np.isfinite(self._low).all(axis=1))
        low = np.floor(self._low[known] / CELL_M).astype(np.int64)
        wide = np.floor(self._high[known] / CELL_M).astype(np.int64) - low + 1
        sizes = wide[:, 0] * wide[:, 1]
        of = np.repeat(np.arange(len(known)), sizes)
        step = np.arange(len(of)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        keys = _key(low[of, 0] + step % wide[of, 0], low[of, 1] + step // wide[of, 0])
        order = np.argsort(keys, kind="stable")
        return keys[order], known[of][order]

    def at(self, places: np.ndarray, rank: np.ndarray | None = None) -> np.ndarray:
        """(n,) i4: the first feature over each place (n, 2), or that of the lowest `rank` (count,); -1 = none."""
        out = np.full(len(places), -1, np.int32)
        place, feature = self._near(places)
        inside = self._covers(places[place], feature)
        place, feature = place[inside], feature[inside]
        if rank is not None:
            order = np.lexsort((rank[feature], place))
            place, feature = place[order], feature[order]
        first = np.unique(place, return_index=True)[1]       # pairs come by place, then feature
        out[place[first]] = feature[first]
        return out

    def _near(self, places: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Pairs (place, feature) where the place lies in the feature's box, sorted."""
        known = np.flatnonzero(np.isfinite(places).all(axis=1))
        cells = np.floor(places[known] / CELL_M).astype(np.int64)
        keys = _key(cells[:, 0], cells[:, 1])
        first, last = np.searchsorted(self._keys, keys), np.searchsorted(self._keys, keys, side="right")
        sizes = last - first
        of = np.repeat(np.arange(len(known)), sizes)
        feature = self._held[np.arange(len(of)) + np.repeat(first - (np.cumsum(sizes) - sizes), sizes)]
        place = known[of]
        held = ((places[place] >= self._low[feature]) & (places[place] <= self._high[feature])).all(axis=1)
        place, feature = place[held], feature[held]
        order = np.lexsort((feature, place))
        return place[order], feature[order]

    def _covers(self, places: np.ndarray, feature: np.ndarray) -> np.ndarray:
        """(pairs,) bool: any triangle of the feature lies over the place. Upright ones have no inside."""
        wanted = np.zeros(len(self._low), bool)
        wanted[feature] = True
        mine = self._triangles[wanted[self._feature[self._triangles[:, 0]]]]
        mine = mine[np.argsort(self._feature[mine[:, 0]], kind="stable")]
        owner = self._feature[mine[:, 0]]
        first, last = np.searchsorted(owner, feature), np.searchsorted(owner, feature, side="right")
        sizes = last - first
        pair = np.repeat(np.arange(len(feature)), sizes)
        triangle = mine[np.arange(len(pair)) + np.repeat(first - (np.cumsum(sizes) - sizes), sizes)]
        a, b, c = (self._xy[triangle[:, n]].astype(np.float64) for n in range(3))
        p = places[pair]
        sides = np.stack([_cross(b - a, p - a), _cross(c - b, p - b), _cross(a - c, p - c)])
        upright = np.abs(_cross(b - a, c - a)) < 1e-6
        hit = ((sides >= 0).all(axis=0) | (sides <= 0).all(axis=0)) & ~upright
        return np.bincount(pair[hit], minlength=len(feature)) > 0


def _cross(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]


def _key(column: np.ndarray, row: np.ndarray) -> np.ndarray:
    return (column << 32) + row
