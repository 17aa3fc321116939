"""Attributes of a block: of numbers the mean and of words the commonest, each feature weighing its area.

A block of which less than half is known says nothing, and neither does a column whose words tell features apart.
"""

from __future__ import annotations

import numpy as np

NAMING = ("id", "code", "编号", "编码")     # a whole number whose column ends so is a name
TELLING = 0.5                              # share of different words among the known ones, above which they are names


def weighed(column, group: np.ndarray, weight: np.ndarray, count: int, name: str):
    """An Arrow array of `count` values from a column of features; `group` (n,) which of them each belongs to."""
    import pyarrow as pa
    kind = column.type
    if pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return _means(column, group, weight, count)
    if pa.types.is_integer(kind):
        if name.lower().endswith(NAMING):
            return pa.nulls(count, kind)
        means = _means(column, group, weight, count)
        known = np.asarray(means.is_valid())
        whole = np.nan_to_num(np.asarray(means.to_numpy(zero_copy_only=False), np.float64)).round().astype(np.int64)
        return pa.array(whole, pa.int64(), mask=~known)
    return _commonest(column, group, weight, count)


def _means(column, group, weight, count):
    import pyarrow as pa
    values = np.asarray(column.cast(pa.float64()).to_numpy(zero_copy_only=False), np.float64)
    known = np.isfinite(values)
    total = np.bincount(group, weight, minlength=count)
    heavy = np.bincount(group[known], weight[known], minlength=count)
    sums = np.bincount(group[known], weight[known] * values[known], minlength=count)
    told = (heavy > 0) & (2 * heavy >= total)
    return pa.array(np.divide(sums, heavy, out=np.zeros(count), where=told), pa.float64(), mask=~told)


def _commonest(column, group, weight, count):
    import pyarrow as pa
    texts = texts_of(column)
    coded = (texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts).dictionary_encode()
    words = coded.dictionary
    index = np.asarray(coded.indices.fill_null(len(words)).to_numpy(zero_copy_only=False), np.int64)
    known = int((index < len(words)).sum())
    if not known or len(words) > max(1, TELLING * known):
        return pa.nulls(count, pa.string())
    pairs, at = np.unique(group * (len(words) + 1) + index, return_inverse=True)
    heavy = np.bincount(at.ravel(), weight)
    owner, word = pairs // (len(words) + 1), pairs % (len(words) + 1)
    order = np.lexsort((word, -heavy, owner))
    first = order[np.concatenate([[True], np.diff(owner[order]) != 0])]
    best = np.full(count, len(words), np.int64)
    best[owner[first]] = word[first]
    return words.take(pa.array(np.where(best < len(words), best, 0), mask=best == len(words)))


def texts_of(column):
    """A column of anything as texts, as a property table writes them."""
    import pyarrow as pa
    if pa.types.is_string(column.type):
        return column
    return pa.chunked_array([pa.array([None if v is None else str(v) for v in column.to_pylist()], pa.string())])
