"""The history of a grid: what every cell said, step after step. A step holds from its beginning to its end only.

It is a `History` whose datastreams are the cells, row by row from the south-west.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from twin.times import HOUR

NEAR = 1.5                                # times the usual distance: a step this near is the next one
COMPLETE = 0.75                           # of a stretch of time that must be known for its sum to count


@dataclass(frozen=True, eq=False)
class RasterHistory:
    """`values` (steps, rows, cols) f4, NaN = not known; step n holds in [starts_ns[n], ends_ns[n]), ascending.

    May be memory-mapped: an instant touches one step, a cell's series its own column.
    """

    values: np.ndarray
    starts_ns: np.ndarray                 # (steps,) i8
    ends_ns: np.ndarray                   # (steps,) i8
    known: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))     # (steps,) cells with a value
    revision: int = 0

    @property
    def span_ns(self) -> tuple[int, int]:
        return int(self.starts_ns[0]), int(self.ends_ns[-1])

    @property
    def step_ns(self) -> int:
        """What a step usually lasts."""
        return int(np.median(self.ends_ns - self.starts_ns))

    @property
    def interval_ns(self) -> np.ndarray:
        return np.broadcast_to(np.int64(self.step_ns), self.values[0].size)

    def step_at(self, time_ns: int) -> int:
        """The step that holds at an instant; -1 in a gap, before the first and after the last."""
        at = int(np.searchsorted(self.starts_ns, time_ns, side="right")) - 1
        return at if at >= 0 and time_ns < self.ends_ns[at] else -1

    def at_cell(self, cell: int, time_ns: int) -> float | None:
        """What a cell says in the step that holds; None where nothing does."""
        step = self.step_at(time_ns)
        value = float(self.values[step].reshape(-1)[cell]) if step >= 0 else np.nan
        return value if np.isfinite(value) else None

    def latest_at(self, time_ns: int) -> tuple[np.ndarray, np.ndarray]:
        at = int(np.searchsorted(self.starts_ns, time_ns, side="right")) - 1
        if at < 0:
            nothing = self.values[0].size
            return np.full(nothing, np.nan, np.float32), np.full(nothing, -1, np.int64)
        values = self.values[at].reshape(-1).astype(np.float32)
        return values, np.where(np.isnan(values), -1, time_ns - int(self.starts_ns[at]))

    def series(self, row: int) -> tuple[np.ndarray, np.ndarray]:
        return self.starts_ns, np.ascontiguousarray(self.values.reshape(len(self.values), -1)[:, row])

    def coverage(self, edges_ns: np.ndarray) -> np.ndarray:
        """A step with any value counts once: a picture, not its thousands of cells."""
        return np.histogram(self.starts_ns[self.known > 0], edges_ns)[0].astype(np.int64)

    def reading_until(self, time_ns: int) -> int | None:
        at = int(np.searchsorted(self.starts_ns, time_ns, side="right")) - 1
        return int(self.starts_ns[at]) if at >= 0 else None

    def reading_after(self, time_ns: int) -> int | None:
        at = int(np.searchsorted(self.starts_ns, time_ns, side="right"))
        return int(self.starts_ns[at]) if at < len(self.starts_ns) else None

    def parts(self, since_ns: int, until_ns: int) -> tuple[np.ndarray, np.ndarray]:
        """(steps that reach into [since, until), their hours in it (n,) f8)."""
        first, last = np.maximum(self.starts_ns, since_ns), np.minimum(self.ends_ns, until_ns)
        at = np.flatnonzero(last > first)
        return at, (last - first)[at] / HOUR

    def total(self, since_ns: int, until_ns: int) -> tuple[np.ndarray, float]:
        """((rows, cols) f4 sum of an hourly rate over [since, until), hours of it that any step covers).

        NaN where less than COMPLETE of that time is known at a cell.
        """
        steps, hours = self.parts(since_ns, until_ns)
        total, known = (np.zeros(self.values.shape[1:], np.float64) for _ in range(2))
        for step, share in zip(steps.tolist(), hours.tolist()):
            there = np.isfinite(self.values[step])
            total += np.where(there, self.values[step], 0.0) * share
            known += there * share
        total[known < COMPLETE * (until_ns - since_ns) / HOUR - 1e-9] = np.nan
        return total.astype(np.float32), float(hours.sum())


def held(times_ns: np.ndarray, at_end: bool = False) -> tuple[np.ndarray, np.ndarray]:
    """(starts, ends) of steps that say one instant each, ascending: up to the next one, but no longer than is usual.

    `at_end`: the instant is where the step ends (a sum of the last six minutes), not where it begins.
    """
    if at_end:
        ends, starts = (-edge[::-1] for edge in held(-times_ns[::-1]))
        return starts, ends
    pauses = np.diff(times_ns)
    usual = int(np.sort(pauses)[(len(pauses) - 1) // 2])      # of two the shorter one: the longer is a gap
    lasts = np.where(pauses <= NEAR * usual, pauses, usual)
    return times_ns, times_ns + np.append(lasts, usual)
