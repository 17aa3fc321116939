"""Rows of two kinds, such as walls and roofs, laid so that everything of a feature follows one another.

Whoever draws a large mesh piece by piece needs that (`layers/solid_slices.py`).
"""

from __future__ import annotations

import numpy as np


def woven(first: np.ndarray, second: np.ndarray, features: int) -> tuple[np.ndarray, np.ndarray]:
    """(n,), (m,) i4 where the rows that belong to features `first` (n,) and `second` (m,) go.

    Of each feature those of `first` come first; one kind behind the other where either is not in ascending order.
    """
    a, b = np.arange(len(first), dtype=np.int32), np.arange(len(second), dtype=np.int32)
    if not (_ascends(first) and _ascends(second)):
        return a, b + np.int32(len(first))
    of_first, of_second = (np.bincount(rows, minlength=features) for rows in (first, second))
    before = (np.cumsum(of_second) - of_second).astype(np.int32)
    return a + before[first], b + np.cumsum(of_first).astype(np.int32)[second]


def laid(first: np.ndarray, second: np.ndarray, places: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """Both in one array of the type of `first`, each row in its place. A row is moved as one piece: number by number
    takes twice as long.
    """
    out = np.empty((len(first) + len(second), *first.shape[1:]), first.dtype)
    whole = _rows(out)
    whole[places[0]], whole[places[1]] = _rows(first), _rows(second.astype(first.dtype, copy=False))
    return out


def _rows(array: np.ndarray) -> np.ndarray:
    """(n,) of what an array (n, ...) holds in each row."""
    if array.ndim == 1:
        return array
    width = int(np.prod(array.shape[1:]))
    flat = np.ascontiguousarray(array).reshape(len(array), width)
    return flat.view(np.dtype((np.void, array.itemsize * width))).reshape(len(array))


def _ascends(features: np.ndarray) -> bool:
    return bool((features[1:] >= features[:-1]).all())
