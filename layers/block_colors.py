"""Colours of blocks that stand for several features: those that features with the same value have."""

from __future__ import annotations

import numpy as np

from layers.palette import Rgb


class Likeness:
    """What colour each value of a column has; made once for all blocks that come."""

    def __init__(self, column, colors: np.ndarray, unknown: Rgb):
        """`column`: of the features, or None; `colors` (features, 3) u1; `unknown`: of a block without a value."""
        self._unknown = np.array(unknown, np.uint8)
        self._numbers, self._words = np.zeros(0), {}
        self._colors = colors
        if column is None:
            return
        numbers = _numbers(column)
        if numbers is None:
            coded = _coded(column)
            values, first = np.unique(np.asarray(coded.indices.fill_null(-1)), return_index=True)
            self._words = {coded.dictionary[int(v)].as_py(): colors[at] for v, at in zip(values, first) if v >= 0}
        else:
            known = np.flatnonzero(np.isfinite(numbers))
            order = known[np.argsort(numbers[known], kind="stable")]
            self._numbers, self._colors = numbers[order], colors[order]

    def of(self, column) -> np.ndarray:
        """(n, 3) u1 for the same column of blocks; a mean has the colour of the nearest feature's number."""
        numbers = _numbers(column)
        if self._words:
            return np.array([self._words.get(word, self._unknown) for word in _texts(column)],
                            np.uint8).reshape(-1, 3)
        out = np.tile(self._unknown, (len(column), 1))
        if numbers is None or not len(self._numbers):
            return out
        known = np.flatnonzero(np.isfinite(numbers))
        after = np.clip(np.searchsorted(self._numbers, numbers[known]), 1, max(len(self._numbers) - 1, 1))
        after = np.minimum(after, len(self._numbers) - 1)
        before = np.maximum(after - 1, 0)
        nearer = numbers[known] - self._numbers[before] < self._numbers[after] - numbers[known]
        out[known] = self._colors[np.where(nearer, before, after)]
        return out


def _numbers(column) -> np.ndarray | None:
    import pyarrow as pa
    if not (pa.types.is_integer(column.type) or pa.types.is_floating(column.type)):
        return None
    return np.asarray(column.cast(pa.float64()).to_numpy(zero_copy_only=False), np.float64)


def _texts(column) -> list:
    """As a tile writes words: a truth value is a text there."""
    return [None if v is None else str(v) for v in column.to_pylist()]


def _coded(column):
    import pyarrow as pa
    texts = column if pa.types.is_string(column.type) else pa.chunked_array([pa.array(_texts(column), pa.string())])
    whole = texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts
    return whole.dictionary_encode()
