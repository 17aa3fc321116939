"""Features that are there for a time only, as columns `from` and `until` say: ISO 8601, the end not included."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from layers.shapes import only
from twin import times
from twin.data import Vectors

ALWAYS = np.iinfo(np.int64).max
BORDERS = ("from", "until")                              # columns


class InTime:
    """The same `Vectors` as long as the same features are there, so that nothing is draped anew."""

    def __init__(self):
        self.there: np.ndarray | None = None             # (features,) bool at the instant that was asked for last
        self._of: tuple = ()                             # data and time zone that the spans are of
        self._spans = np.zeros((0, 2), np.int64)
        self._shown: Vectors | None = None

    def at(self, data: Vectors, now_ns: int, time_zone: str) -> Vectors:
        if self._of[:1] != (data,) or self._of[1:] != (time_zone,):
            self._of, self._spans, self.there = (data, time_zone), spans_of(data, time_zone), None
        there = (self._spans[:, 0] <= now_ns) & (now_ns < self._spans[:, 1])
        if self.there is None or not np.array_equal(there, self.there):
            self.there, self._shown = there, _kept(data, there)
        return self._shown


def spans_of(data: Vectors, time_zone: str) -> np.ndarray:
    """(features, 2) i8: since when and until when; what says nothing is there all the time."""
    count = data.features.num_rows if data.features is not None else data.count
    out = np.tile(np.array([-ALWAYS, ALWAYS]), (count, 1))
    for at, name in enumerate(BORDERS):
        if data.features is not None and name in data.features.column_names:
            for row, words in enumerate(data.features.column(name).to_pylist()):
                if words:
                    out[row, at] = times.parse(str(words), time_zone)
    return out


def _kept(data: Vectors, there: np.ndarray) -> Vectors:
    dots = there[data.point_feature]
    return replace(only(data, there), points=data.points[dots], point_feature=data.point_feature[dots])
