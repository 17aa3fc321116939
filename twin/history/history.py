"""History: what every datastream said, and `latest_at`, the only question about time."""

from __future__ import annotations

from typing import Protocol

import numpy as np


class History(Protocol):
    """The readings of n datastreams (rows of `Sensors.features`). Times are int64 ns since 1970 UTC.

    Implementations are picklable values made of numpy arrays, so that they travel from a worker as a
    memory-mapped file.
    """

    revision: int                                   # rises with every reading that is added
    span_ns: tuple[int, int]                        # first and last reading
    interval_ns: np.ndarray                         # (n,) i8 typical distance of readings, 0 = unknown

    def latest_at(self, time_ns: int) -> tuple[np.ndarray, np.ndarray]:
        """(values (n,) f4, ages (n,) i8 ns): the newest reading at or before `time_ns`.

        NaN and age -1 before the first reading. Staleness is not judged here.
        """

    def series(self, row: int) -> tuple[np.ndarray, np.ndarray]:
        """(times (k,) i8, values (k,) f4) of one datastream, ascending; NaN = reported as missing."""

    def coverage(self, edges_ns: np.ndarray) -> np.ndarray:
        """(bins,) i8: how many readings with a value lie in each [edge, next edge)."""

    def reading_until(self, time_ns: int) -> int | None:
        """Instant of the newest reading of any datastream at or before `time_ns`; None before the first."""

    def reading_after(self, time_ns: int) -> int | None:
        """Instant of the next reading of any datastream; None after the last."""


def fresh_at(history: History, time_ns: int, stale_ns: int) -> np.ndarray:
    """(n,) f4: the newest values at `time_ns` that are not older than `stale_ns`, NaN for the others.

    A history that can say so without the ages of all values does.
    """
    if hasattr(history, "fresh_at"):
        return history.fresh_at(time_ns, stale_ns)
    values, ages = history.latest_at(time_ns)
    # As unsigned, the age -1 of what was never said is the greatest of all: one comparison finds both.
    values[ages.view(np.uint64) > np.uint64(stale_ns)] = np.nan
    return values
