"""The outlines of features seen from above, and which of them a place lies in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.plan_index import PlanIndex


@dataclass(frozen=True, eq=False)
class Outlines:
    """`points` (n, 2) f4 local metres of rings, ring i from `offsets[i]` on, of feature `feature[i]` of `count`. Holes
    are rings too.
    """

    points: np.ndarray
    offsets: np.ndarray                   # (rings + 1,) i4
    feature: np.ndarray                   # (rings,) i4
    count: int


class OutlineIndex(PlanIndex):
    """Answers as the index of a mesh does: of several features over a place the first."""

    def __init__(self, outlines: Outlines):
        xy = np.asarray(outlines.points)
        sizes = np.diff(outlines.offsets)
        feature = np.repeat(np.asarray(outlines.feature, np.int64), sizes)
        after = np.arange(1, len(xy) + 1)
        last = np.asarray(outlines.offsets[1:], np.int64) - 1
        after[last[sizes > 0]] = np.asarray(outlines.offsets[:-1], np.int64)[sizes > 0]
        order = np.argsort(feature, kind="stable")
        self._begin_xy, self._end_xy = xy[order].astype(np.float64), xy[after[order]].astype(np.float64)
        self._first = np.searchsorted(feature[order], np.arange(outlines.count + 1))
        super().__init__(xy, np.zeros((0, 3), np.int32), feature, outlines.count)

    def _covers(self, places: np.ndarray, feature: np.ndarray) -> np.ndarray:
        """(pairs,) bool by the even-odd rule over the edges of each pair's feature."""
        sizes = self._first[feature + 1] - self._first[feature]
        pair = np.repeat(np.arange(len(feature)), sizes)
        at = np.arange(len(pair)) - np.repeat(np.cumsum(sizes) - sizes, sizes) + self._first[feature][pair]
        (ax, ay), (bx, by), (x, y) = self._begin_xy[at].T, self._end_xy[at].T, places[pair].T
        crosses = (ay > y) != (by > y)
        with np.errstate(divide="ignore", invalid="ignore"):
            crosses &= x < (bx - ax) * (y - ay) / (by - ay) + ax
        return np.bincount(pair, crosses, minlength=len(feature)).astype(np.int64) % 2 == 1
