"""The history of a store on the screen: cubes that are mapped when the clock comes near them, and what is hot."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import numpy as np

from twin.history.cubes import NEVER, Lane, load, mapped
from twin.history.replay import Replay

MOST_MAPPED = 512                         # cubes: more than a year of days


@dataclass(eq=False, kw_only=True)
class StoredHistory:
    """See `twin.history.history.History`. Columns of the lanes follow each other as the rows of the features.

    `numbers` (n,) i8: of the datastreams in their store, by row. `hot`: the replay of readings that are not in the
    cubes yet, over all rows, or None; `suspects`: of those that no cube holds because they are suspect.
    """

    lanes: tuple[Lane, ...]
    span_ns: tuple[int, int]
    revision: int
    interval_ns: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))
    numbers: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))
    hot: Replay | None = None
    suspects: Replay | None = None
    _open: dict = field(default_factory=dict, repr=False)

    def __getstate__(self) -> dict:
        """Mapped files are opened again where it arrives."""
        return {**self.__dict__, "_open": {}}

    def lay_over(self, hot: Replay | None) -> None:
        """Take what is not in the cubes; of datastreams that no cube knows it says how often they report, too."""
        self.hot = hot
        if hot is not None:
            self.interval_ns = np.where(self.interval_ns > 0, self.interval_ns, hot.interval_ns)

    def latest_at(self, time_ns: int) -> tuple[np.ndarray, np.ndarray]:
        """(values (n,) f4, ages (n,) i8 ns) at `time_ns`; NaN and -1 before the first reading."""
        parts = [self._lane_at(lane, int(time_ns)) for lane in self.lanes]
        if not parts:
            return np.zeros(0, np.float32), np.zeros(0, np.int64)
        values, ages = parts[0] if len(parts) == 1 else (np.concatenate(p) for p in zip(*parts))
        if self.hot is not None:
            newer, since = self.hot.latest_at(time_ns)
            better = (since >= 0) & ((ages < 0) | (since < ages))
            values[better], ages[better] = newer[better], since[better]
        return values, ages

    def fresh_at(self, time_ns: int, stale_ns: int) -> np.ndarray:
        """See `twin.history.history.fresh_at`."""
        if self.hot is None and len(self.lanes) == 1 and (cube := self._whole_cube(self.lanes[0], int(time_ns))):
            return cube.fresh_at(time_ns, stale_ns)
        values, ages = self.latest_at(time_ns)
        values[ages.view(np.uint64) > np.uint64(stale_ns)] = np.nan
        return values

    def series(self, row: int) -> tuple[np.ndarray, np.ndarray]:
        """(times (k,) i8, values (k,) f4) of one datastream, ascending."""
        lane, column = self._place(row)
        parts = [cube.series(column) for folder in lane.folders
                 if column < len((cube := self._cube(folder)).interval_ns)]
        if self.hot is not None:
            parts.append(self.hot.series(row))
        times = np.concatenate([t for t, _ in parts]) if parts else np.zeros(0, np.int64)
        values = np.concatenate([v for _, v in parts]) if parts else np.zeros(0, np.float32)
        if (times[1:] > times[:-1]).all():              # as nearly always
            return times, values
        times, first = np.unique(times, return_index=True)
        return times, values[first]

    def coverage(self, edges_ns: np.ndarray) -> np.ndarray:
        """(bins,) i8: readings in each [edge, next edge)."""
        counts = np.zeros(max(0, len(edges_ns) - 1), np.int64)
        for lane in self.lanes:
            counts += self.lane_coverage(lane, edges_ns)
        return counts if self.hot is None else counts + self.hot.coverage(edges_ns)

    def lane_coverage(self, lane: Lane, edges_ns: np.ndarray) -> np.ndarray:
        """(bins,) i8: readings of one lane's cubes in each [edge, next edge)."""
        return np.diff(np.array([self._before(lane, int(edge)) for edge in edges_ns], np.int64))

    def cubes_between(self, lane: Lane, first_ns: int, last_ns: int) -> list[tuple[str, Replay]]:
        """(folder, cube) of those of a lane that may hold readings of a span."""
        starts = self._starts(lane)
        first = max(0, int(np.searchsorted(starts, first_ns, side="right")) - 1)
        folders = lane.folders[first:int(np.searchsorted(starts, last_ns, side="right"))]
        return [(folder, self._cube(folder)) for folder in folders]

    def reading_until(self, time_ns: int) -> int | None:
        """Instant of the newest reading at or before `time_ns`; None before the first."""
        found = [self._stamp(lane, int(time_ns), back=True) for lane in self.lanes]
        found += [self.hot.reading_until(time_ns)] if self.hot is not None else []
        return max((t for t in found if t is not None), default=None)

    def reading_after(self, time_ns: int) -> int | None:
        """Instant of the next reading; None after the last."""
        found = [self._stamp(lane, int(time_ns), back=False) for lane in self.lanes]
        found += [self.hot.reading_after(time_ns)] if self.hot is not None else []
        return min((t for t in found if t is not None), default=None)

    # -- inside ------------------------------------------------------------------------------------

    def _lane_at(self, lane: Lane, time_ns: int) -> tuple[np.ndarray, np.ndarray]:
        at = int(np.searchsorted(self._starts(lane), time_ns, side="right")) - 1
        if at < 0:
            return np.full(lane.columns, np.nan, np.float32), np.full(lane.columns, -1, np.int64)
        cube = self._cube(lane.folders[at])
        values, ages = cube.latest_at(time_ns)
        if time_ns >= cube.complete_ns and len(values) == lane.columns:
            return values, ages
        if len(values) < lane.columns:                       # datastreams that came after this cube was built
            more = lane.columns - len(values)
            values = np.concatenate([values, np.full(more, np.nan, np.float32)])
            ages = np.concatenate([ages, np.full(more, -1, np.int64)])
        silent = np.flatnonzero(ages < 0)
        if len(silent):
            held, times = self._carry(lane)
            then = times[at, silent]
            known = then != NEVER
            values[silent[known]], ages[silent[known]] = held[at, silent[known]], time_ns - then[known]
        return values, ages

    def _whole_cube(self, lane: Lane, time_ns: int) -> Replay | None:
        """The cube that alone knows what all datastreams of a lane said at an instant."""
        at = int(np.searchsorted(self._starts(lane), time_ns, side="right")) - 1
        cube = self._cube(lane.folders[at]) if at >= 0 else None
        return cube if cube and time_ns >= cube.complete_ns and len(cube.interval_ns) == lane.columns else None

    def _before(self, lane: Lane, time_ns: int) -> int:
        """Readings of a lane before an instant."""
        at = int(np.searchsorted(self._starts(lane), time_ns, side="right")) - 1
        return 0 if at < 0 else lane.readings[at] + self._cube(lane.folders[at]).count_before(time_ns)

    def _stamp(self, lane: Lane, time_ns: int, back: bool) -> int | None:
        """The lane's nearest reading to one side; a cube without any on that side passes on to its neighbour."""
        at = int(np.searchsorted(self._starts(lane), time_ns, side="right")) - 1
        for number in range(at, -1, -1) if back else range(max(at, 0), len(lane.folders)):
            cube = self._cube(lane.folders[number])
            found = cube.reading_until(time_ns) if back else cube.reading_after(time_ns)
            if found is not None:
                return found
        return None

    def _place(self, row: int) -> tuple[Lane, int]:
        for lane in self.lanes:
            if row < lane.columns:
                return lane, row
            row -= lane.columns
        raise IndexError(row)

    def _starts(self, lane: Lane) -> np.ndarray:
        return self._kept(("starts", lane.property), lambda: np.array(lane.starts_ns, np.int64))

    def _cube(self, folder: str) -> Replay:
        """Mapped. Only the latest stay so: each is nine maps, and as Python maps files, as many open files."""
        return self._kept("cubes", lambda: lru_cache(MOST_MAPPED)(load))(folder)

    def _carry(self, lane: Lane) -> tuple[np.ndarray, np.ndarray]:
        carry = Path(lane.carry)
        return self._kept(lane.carry, lambda: (mapped(carry.with_suffix(".values.npy")),
                                               mapped(carry.with_suffix(".times.npy"))))

    def _kept(self, key, make):
        if key not in self._open:
            self._open[key] = make()
        return self._open[key]


def intervals_of(lanes: list[Lane]) -> np.ndarray:
    """(n,) i8 ns: the usual distance of readings, of the newest period that knows one; 0 = unknown."""
    parts = []
    for lane in lanes:
        usual = np.zeros(lane.columns, np.int64)
        for folder in reversed(lane.folders):
            known = load(folder).interval_ns
            missing = usual[:len(known)] == 0
            usual[:len(known)][missing] = known[missing]
            if usual.all():
                break
        parts.append(usual)
    return np.concatenate(parts) if parts else np.zeros(0, np.int64)
