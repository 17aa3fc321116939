"""A field between stations, and how much of it is guessed: simple kriging with an exponential covariance.

Cressie, "Statistics for Spatial Data" (1993), 3.4.5. The mean is that of the stations that report; the range follows
from how far they stand apart. Where no station is near, the doubt is 1 and nothing should be drawn.
"""

from __future__ import annotations

import numpy as np

RANGE_NEIGHBOURS = 6.0             # of the typical distance to the nearest station
NUGGET = 0.05                      # share of the variance that is a station's own (instrument, its street corner)
MOST_SITES = 400                   # more stations are gathered by squares


class Field:
    """Between `sites` (n, 2) at `cells` (m, 2), metres; sites that are NaN are left out."""

    def __init__(self, sites: np.ndarray, cells: np.ndarray, range_m: float = 0.0):
        """`range_m` 0 = from the stations' distances."""
        self._rows = np.flatnonzero(np.isfinite(sites).all(axis=1))
        self._square, self._sites = _gathered(sites[self._rows])
        self.range_m = range_m or typical_range_m(self._sites)
        self._between = self._covariance(self._sites, self._sites) + NUGGET * np.eye(len(self._sites))
        self._to_cells = self._covariance(cells, self._sites)
        self._solved: tuple[bytes, object, np.ndarray] | None = None

    def _covariance(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        away = np.sqrt(((a[:, None] - b[None]) ** 2).sum(axis=2))
        return (1.0 - NUGGET) * np.exp(-3.0 * away / max(self.range_m, 1e-9))     # 5 % are left at the range

    def at(self, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(field (m,), doubt (m,) 0 to 1) from `values` (n,); NaN = says nothing now.

        The doubt is the standard error in shares of the field's own spread.
        """
        values = self._by_square(np.asarray(values, np.float64)[self._rows])
        known = np.isfinite(values)
        count = len(self._to_cells)
        if not known.any():
            return np.full(count, np.nan), np.ones(count)
        weights, doubt = self._weights(known)
        mean = values[known].mean()
        return mean + weights @ (values[known] - mean), doubt

    def holds(self, values: np.ndarray) -> bool:
        """Whether the weights of the stations that report now are solved."""
        known = np.isfinite(self._by_square(np.asarray(values, np.float64)[self._rows]))
        return not known.any() or (self._solved is not None and self._solved[0] == known.tobytes())

    def _weights(self, known: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Kept while the same stations report: then a step of time is one product."""
        key = known.tobytes()
        if self._solved is None or self._solved[0] != key:
            from scipy.linalg import cho_factor, cho_solve
            to_cells = self._to_cells[:, known]
            weights = cho_solve(cho_factor(self._between[np.ix_(known, known)]), to_cells.T).T
            left = np.clip(1.0 - (weights * to_cells).sum(axis=1), 0.0, 1.0)
            self._solved = (key, weights, np.sqrt(left))
        return self._solved[1], self._solved[2]

    def _by_square(self, values: np.ndarray) -> np.ndarray:
        known = np.isfinite(values)
        count = np.bincount(self._square[known], minlength=len(self._sites))
        total = np.bincount(self._square[known], values[known], minlength=len(self._sites))
        with np.errstate(invalid="ignore"):
            return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def typical_range_m(sites: np.ndarray) -> float:
    """From the median distance to the nearest other station."""
    from scipy.spatial import cKDTree
    if len(sites) < 2:
        return 1000.0
    return RANGE_NEIGHBOURS * float(np.median(cKDTree(sites).query(sites, k=2)[0][:, 1])) or 1000.0


def _gathered(sites: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(square of each site (n,), middles (k, 2)): the sites themselves where they are few enough."""
    if len(sites) <= MOST_SITES:
        return np.arange(len(sites)), sites.astype(np.float64)
    low, wide = sites.min(axis=0), np.maximum(np.ptp(sites, axis=0), 1.0)
    side = np.sqrt(wide.prod() / MOST_SITES) * 1.05
    columns = int(np.ceil(wide[0] / side)) + 1
    name = ((sites - low) // side).astype(np.int64) @ np.array([1, columns])
    _, square = np.unique(name, return_inverse=True)
    count = np.bincount(square)
    return square, np.column_stack([np.bincount(square, sites[:, axis]) / count for axis in (0, 1)])
