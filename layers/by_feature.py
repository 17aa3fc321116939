"""The least and greatest of what the vertices of each feature say, run by run.

Vertices mostly follow their features, so a mesh of millions has few runs; and `reduceat` lets other threads go on,
which `ufunc.at` over all vertices does not.
"""

from __future__ import annotations

import numpy as np


def least(values: np.ndarray, feature: np.ndarray, count: int) -> np.ndarray:
    """(count,) of `values` (n,) with their `feature` (n,); inf for features without any."""
    return _of_runs(np.minimum, values, feature, np.full(count, np.inf, values.dtype))


def greatest(values: np.ndarray, feature: np.ndarray, count: int) -> np.ndarray:
    """(count,) as `least`; -inf for features without any."""
    return _of_runs(np.maximum, values, feature, np.full(count, -np.inf, values.dtype))


def _of_runs(of: np.ufunc, values: np.ndarray, feature: np.ndarray, out: np.ndarray) -> np.ndarray:
    if len(values):
        first = np.flatnonzero(np.concatenate([[True], feature[1:] != feature[:-1]]))
        of.at(out, feature[first], of.reduceat(np.ascontiguousarray(values), first))
    return out
