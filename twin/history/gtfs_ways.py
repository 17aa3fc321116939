"""Where along its shape a trip stops, and where it is between the stops."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

M_PER_DEGREE = 111_195.0                         # of latitude, on a sphere: enough to share out time along a way
NEAR_STOP_M = 0.5                                # a corner of the shape nearer to a stop than this adds nothing


@dataclass(frozen=True, eq=False)
class Shape:
    """`lonlat` (k, 2) f8 corners; `along_m` (k,) from the first; `told` (k,) the feed's own distances, or None."""

    lonlat: np.ndarray
    along_m: np.ndarray
    told: np.ndarray | None = None

    @classmethod
    def of(cls, lonlat: np.ndarray, told: np.ndarray | None = None) -> Shape:
        if told is not None and (not np.isfinite(told).all() or (np.diff(told) < 0).any()):
            told = None
        return cls(lonlat, np.concatenate([[0.0], np.cumsum(lengths_m(lonlat))]), told)

    def at(self, along_m: np.ndarray) -> np.ndarray:
        """(n, 2) degrees at distances along it."""
        return np.column_stack([np.interp(along_m, self.along_m, self.lonlat[:, axis]) for axis in (0, 1)])


def lengths_m(lonlat: np.ndarray) -> np.ndarray:
    """(k - 1,) metres from each point to the next."""
    return np.hypot(*_plane(lonlat, lonlat)[1:].T - _plane(lonlat, lonlat)[:-1].T)


def _plane(lonlat: np.ndarray, about: np.ndarray) -> np.ndarray:
    """Metres on the plane that touches the Earth in the middle of `about`."""
    middle = about.mean(axis=0)
    return (lonlat - middle) * M_PER_DEGREE * (np.cos(np.radians(middle[1])), 1.0)


def stops_along(shape: Shape, stops: np.ndarray, told: np.ndarray) -> np.ndarray:
    """(m,) metres along the shape of each stop, ascending. `told` (m,): the feed's own distances, NaN = not said."""
    if shape.told is not None and np.isfinite(told).all() and (np.diff(told) >= 0).all():
        return np.interp(told, shape.told, shape.along_m)
    return _nearest_in_order(shape, stops)


def _nearest_in_order(shape: Shape, stops: np.ndarray) -> np.ndarray:
    """The places on the shape, each at or after the one before it, whose distances from the stops are least in all.

    A loop passes its first stop twice: the order says which of both is meant.
    """
    corners, points = _plane(shape.lonlat, shape.lonlat), _plane(stops, shape.lonlat)
    start, way = corners[:-1], np.diff(corners, axis=0)
    square = np.maximum((way ** 2).sum(axis=1), 1e-9)
    share = np.clip(((points[:, None] - start) * way).sum(axis=2) / square, 0.0, 1.0)         # (m, segments)
    away = ((points[:, None] - start - share[..., None] * way) ** 2).sum(axis=2)
    cost, came = away[0], np.zeros(away.shape, np.intp)
    for n in range(1, len(stops)):
        best = np.minimum.accumulate(cost)
        fresh = np.concatenate([[True], cost[1:] < best[:-1]])
        came[n] = np.maximum.accumulate(np.where(fresh, np.arange(len(cost)), 0))
        cost = best + away[n]
    at = np.zeros(len(stops), np.intp)
    at[-1] = int(np.argmin(cost))
    for n in range(len(stops) - 1, 0, -1):
        at[n - 1] = came[n][at[n]]
    rows = np.arange(len(stops))
    along = shape.along_m[at] + share[rows, at] * np.diff(shape.along_m)[at]
    return np.maximum.accumulate(along)


def timed(along_m: np.ndarray, arrives: np.ndarray, leaves: np.ndarray) -> tuple[np.ndarray, np.ndarray, int]:
    """(arrivals, departures (m,) seconds, how many were made up): what is not said, or does not get on in time,
    follows from the distances. All NaN where a trip has fewer than two usable times."""
    arrives, leaves = np.where(np.isnan(arrives), leaves, arrives), np.where(np.isnan(leaves), arrives, leaves)
    leaves = np.maximum(leaves, arrives)
    left = np.maximum.accumulate(np.where(np.isnan(leaves), -np.inf, leaves))
    before = np.concatenate([[-np.inf], left[:-1]])
    good = np.isfinite(arrives) & (arrives > before)
    last = len(good) - 1
    if np.isfinite(arrives[last]) and not good[last]:            # the end counts, and not who came too late before it
        good[:last] &= leaves[:last] < arrives[last]
        good[last] = True
    if good.sum() < 2:
        return np.full(len(good), np.nan), np.full(len(good), np.nan), 0
    knots = np.repeat(along_m[good], 2)
    knots[1::2] += 1e-6                                          # a stay is a step up in time at one place
    times = np.column_stack([arrives[good], leaves[good]]).ravel()
    between = np.interp(along_m, knots, times)
    return (np.where(good, arrives, between), np.where(good, leaves, between), int((~good).sum()))


def drive(shape: Shape, along_m: np.ndarray, arrives: np.ndarray, leaves: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(seconds (k,), lonlat (k, 2)) of the fixes of a trip: each stop when it comes and goes, each corner between."""
    corners = shape.along_m[(shape.along_m > along_m[0]) & (shape.along_m < along_m[-1])]
    after = np.clip(np.searchsorted(along_m, corners), 1, len(along_m) - 1)
    far = np.minimum(np.abs(corners - along_m[after]), np.abs(corners - along_m[after - 1])) > NEAR_STOP_M
    corners, after = corners[far], after[far]
    way = np.maximum(along_m[after] - along_m[after - 1], 1e-9)
    passed = leaves[after - 1] + (corners - along_m[after - 1]) / way * (arrives[after] - leaves[after - 1])
    secs = np.concatenate([arrives, leaves, passed])
    places = np.concatenate([along_m, along_m, corners])
    order = np.lexsort((places, secs))
    secs, places = secs[order], places[order]
    fresh = np.concatenate([[True], (np.diff(secs) > 0)])
    return secs[fresh], shape.at(places[fresh])
