"""The replay: every reading of a table, ready to answer what all datastreams said at any instant.

Time is cut into ticks, the largest step that divides every distance between readings, so that the
answer is exact. Tick 0 means "never", tick 1 is the first reading. Rows of held values stand ready:
where many datastreams share their stamps there is one row per stamp (`Cube`), otherwise a row
every some thousand readings, and the readings since are laid over a copy of it (`Keyframes`).

A missing value is no reading but a gap: the last real value is held and its age grows; whether it
is stale is the layer's judgement.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.history.filling import filled, typical

MIN_ROW_EVENTS = 4096
SPARE_CELLS = 1 << 22                   # a cube this small is taken even where most cells repeat
FAR_NS = 1 << 62


@dataclass(frozen=True)
class Tally:
    """What `build` found: readings without a value, with a stamp of before, and out of order."""

    readings: int = 0
    missing: int = 0
    duplicates: int = 0
    late: int = 0


@dataclass(frozen=True, eq=False, kw_only=True)
class Replay:
    """What both forms share. `start_ns` is the instant of tick 1, `tick_ns` the length of a tick.

    `stamps` (rows,) ascending ticks, `counts` (rows + 1,) i8: readings before each of them.
    `held` (r, n) f4 values and `held_ticks` (r, n) the tick at which each was read, 0 = never.
    """

    revision: int = 1
    span_ns: tuple[int, int] = (0, 0)
    interval_ns: np.ndarray
    start_ns: int = 0
    tick_ns: int = 1
    stamps: np.ndarray
    counts: np.ndarray
    held: np.ndarray
    held_ticks: np.ndarray
    complete_ns: int = FAR_NS + 1         # from here on every datastream has said something

    def latest_at(self, time_ns: int) -> tuple[np.ndarray, np.ndarray]:
        """(values (n,) f4, ages (n,) i8 ns) at `time_ns`; NaN and -1 before the first reading."""
        time_ns = max(-FAR_NS, min(FAR_NS, int(time_ns)))
        if not len(self.stamps) or time_ns < self.start_ns:
            return np.full(len(self.interval_ns), np.nan, np.float32), np.full(len(self.interval_ns), -1, np.int64)
        values, ticks = self._held_at(self.stamps_until(time_ns))
        ages = np.multiply(ticks, -self.tick_ns, dtype=np.int64)
        ages += time_ns - self.start_ns + self.tick_ns
        if time_ns < self.complete_ns:
            ages[ticks == 0] = -1
        return values, ages

    def fresh_at(self, time_ns: int, stale_ns: int) -> np.ndarray:
        """See `twin.history.history.fresh_at`: without making an age of every tick."""
        time_ns = max(-FAR_NS, min(FAR_NS, int(time_ns)))
        if not len(self.stamps) or time_ns < self.start_ns:
            return np.full(len(self.interval_ns), np.nan, np.float32)
        values, ticks = self._held_at(self.stamps_until(time_ns))
        oldest = -(-(time_ns - self.start_ns + self.tick_ns - int(stale_ns)) // self.tick_ns)
        if oldest > 1:                          # what was never said is NaN anyway
            np.copyto(values, np.nan, where=ticks < min(oldest, int(np.iinfo(ticks.dtype).max)))
        return values

    def coverage(self, edges_ns: np.ndarray) -> np.ndarray:
        """(bins,) i8: readings in each [edge, next edge)."""
        before = [self.count_before(int(edge)) for edge in edges_ns]
        return np.diff(np.array(before, np.int64))

    def count_before(self, time_ns: int) -> int:
        """Readings before an instant."""
        return int(self.counts[self.stamps_until(time_ns - 1)])

    def reading_until(self, time_ns: int) -> int | None:
        """Instant of the newest reading at or before `time_ns`; None before the first."""
        at = self.stamps_until(int(time_ns))
        return int(self.instants(self.stamps[at - 1])) if at else None

    def reading_after(self, time_ns: int) -> int | None:
        """Instant of the next reading; None after the last."""
        at = self.stamps_until(int(time_ns))
        return int(self.instants(self.stamps[at])) if at < len(self.stamps) else None

    def stamps_until(self, time_ns: int) -> int:
        """How many stamps lie at or before an instant."""
        tick = (time_ns - self.start_ns) // self.tick_ns + 1
        tick = max(0, min(tick, int(np.iinfo(self.stamps.dtype).max)))
        return int(np.searchsorted(self.stamps, self.stamps.dtype.type(tick), side="right"))

    def instants(self, ticks: np.ndarray) -> np.ndarray:
        """(k,) i8 ns of ticks."""
        return (ticks.astype(np.int64) - 1) * self.tick_ns + self.start_ns


@dataclass(frozen=True, eq=False, kw_only=True)
class Cube(Replay):
    """One row per stamp: an instant is the copy of a row, a series is what is new in a column."""

    def _held_at(self, stamps: int) -> tuple[np.ndarray, np.ndarray]:
        return self.held[stamps - 1].copy(), self.held_ticks[stamps - 1]

    def series(self, row: int) -> tuple[np.ndarray, np.ndarray]:
        """(times (k,) i8, values (k,) f4) of one datastream, ascending."""
        new = np.flatnonzero(self.held_ticks[:, row] == self.stamps)
        return self.instants(self.stamps[new]), self.held[new, row].copy()


@dataclass(frozen=True, eq=False, kw_only=True)
class Keyframes(Replay):
    """A row every `per_row` readings. Here every reading is a stamp of its own, in the order of time.

    `streams` (k,) i4 and `values` (k,) f4 belong to `stamps`; `order` (k,) sorts them by datastream,
    whose readings are `order[offsets[i]:offsets[i + 1]]`.
    """

    per_row: int
    streams: np.ndarray
    values: np.ndarray
    order: np.ndarray
    offsets: np.ndarray

    def _held_at(self, stamps: int) -> tuple[np.ndarray, np.ndarray]:
        row = min(stamps // self.per_row, len(self.held) - 1)
        values, ticks = self.held[row].copy(), self.held_ticks[row].copy()
        since = slice(row * self.per_row, stamps)
        values[self.streams[since]] = self.values[since]        # the last one wins
        ticks[self.streams[since]] = self.stamps[since]
        return values, ticks

    def series(self, row: int) -> tuple[np.ndarray, np.ndarray]:
        """(times (k,) i8, values (k,) f4) of one datastream, ascending."""
        mine = self.order[self.offsets[row]:self.offsets[row + 1]]
        return self.instants(self.stamps[mine]), self.values[mine]


# -- building -------------------------------------------------------------------------------------


def build(streams: np.ndarray, times_ns: np.ndarray, values: np.ndarray, count: int, *,
          ordered: bool = False) -> tuple[Replay, Tally]:
    """The replay of readings in the order of their file: of two with one stamp the later one wins.

    `ordered`: each datastream's readings are known to be in order, none needs to be looked for that is late.
    `streams` (k,) i4 in [0, count), `times_ns` (k,) i8, `values` (k,) f4; not finite = no reading.
    """
    streams, times_ns, values = (np.asarray(a) for a in (streams, times_ns, values))
    real = np.isfinite(values)
    missing = len(values) - int(real.sum())
    if missing:
        streams, times_ns, values = streams[real], times_ns[real], values[real]
    if not len(values):
        return empty(count), Tally(missing=missing)
    late = 0 if ordered else _late(streams, times_ns)
    stamps_ns = _distinct(times_ns)
    start_ns, tick_ns = int(stamps_ns[0]), _common_step(stamps_ns)
    span_ns = (start_ns, int(stamps_ns[-1]))
    ticks = _ticks(stamps_ns, start_ns, tick_ns)
    shared = {"span_ns": span_ns, "start_ns": start_ns, "tick_ns": tick_ns}
    if len(ticks) * count <= 4 * len(values) + SPARE_CELLS:
        replay = _cube(streams, _rows(stamps_ns, times_ns, tick_ns), values, ticks, count, shared)
    else:
        replay = _keyframes(streams, _ticks(times_ns, start_ns, tick_ns), values, count, shared)
    kept = int(replay.counts[-1])
    return replay, Tally(len(values), missing, len(values) - kept, late)


def empty(count: int) -> Replay:
    """`count` datastreams that never said anything."""
    return Cube(interval_ns=np.zeros(count, np.int64), stamps=np.zeros(0, np.uint32), counts=np.zeros(1, np.int64),
                held=np.zeros((0, count), np.float32), held_ticks=np.zeros((0, count), np.uint32))


def _cube(streams, rows, values, ticks, count, shared) -> Cube:
    held, held_ticks, new, usual = filled(streams, rows, values, ticks, count)
    said = np.flatnonzero((held_ticks > 0).all(axis=1))
    complete_ns = (int(ticks[said[0]]) - 1) * shared["tick_ns"] + shared["start_ns"] if len(said) else FAR_NS + 1
    return Cube(interval_ns=usual * shared["tick_ns"], stamps=ticks, counts=_running(new), held=held,
                held_ticks=held_ticks, complete_ns=complete_ns, **shared)


def _keyframes(streams, ticks, values, count, shared) -> Keyframes:
    by_stream = np.lexsort((ticks, streams))                    # stable: of equal stamps the later one last
    streams, ticks, values = streams[by_stream].astype(np.int32), ticks[by_stream], values[by_stream]
    last = np.ones(len(ticks), bool)
    last[:-1] = (streams[1:] != streams[:-1]) | (ticks[1:] != ticks[:-1])
    streams, ticks, values = streams[last], ticks[last], values[last].astype(np.float32)
    interval_ns = typical(streams, ticks, count) * shared["tick_ns"]
    offsets = np.searchsorted(streams, np.arange(count + 1))
    by_time = np.argsort(ticks, kind="stable")
    order = np.empty(len(ticks), np.int32 if len(ticks) < 1 << 31 else np.int64)
    order[by_time] = np.arange(len(ticks), dtype=order.dtype)
    streams, ticks, values = streams[by_time], ticks[by_time], values[by_time]
    per_row = max(MIN_ROW_EVENTS, count)
    held, held_ticks = _key_rows(streams, ticks, values, count, per_row)
    return Keyframes(interval_ns=interval_ns, stamps=ticks, counts=np.arange(len(ticks) + 1), held=held,
                     held_ticks=held_ticks, per_row=per_row, streams=streams, values=values, order=order,
                     offsets=offsets, **shared)


def _key_rows(streams, ticks, values, count, per_row) -> tuple[np.ndarray, np.ndarray]:
    rows = len(ticks) // per_row + 1
    held = np.full((rows, count), np.nan, np.float32)
    held_ticks = np.zeros((rows, count), ticks.dtype)
    for row in range(1, rows):
        since = slice((row - 1) * per_row, row * per_row)
        held[row], held_ticks[row] = held[row - 1], held_ticks[row - 1]
        held[row, streams[since]] = values[since]
        held_ticks[row, streams[since]] = ticks[since]
    return held, held_ticks


# -- small parts ----------------------------------------------------------------------------------


def _distinct(times_ns: np.ndarray) -> np.ndarray:
    import pyarrow as pa
    import pyarrow.compute as pc
    return np.sort(pc.unique(pa.array(times_ns)).to_numpy())


def _rows(stamps_ns: np.ndarray, times_ns: np.ndarray, tick_ns: int) -> np.ndarray:
    """(k,) i8: the place of each time among the stamps; by a table of all ticks, where that is not long."""
    ticks = int(stamps_ns[-1] - stamps_ns[0]) // tick_ns + 1
    if ticks > len(times_ns):
        return np.searchsorted(stamps_ns, times_ns)
    since = times_ns - stamps_ns[0]
    since //= tick_ns
    if ticks == len(stamps_ns):
        return since
    place = np.zeros(ticks, np.int64)
    place[(stamps_ns - stamps_ns[0]) // tick_ns] = np.arange(len(stamps_ns))
    return place[since]


def _common_step(stamps_ns: np.ndarray) -> int:
    """The greatest common divisor of all distances, 1 or more."""
    distances = np.diff(stamps_ns)
    step = int(np.gcd.reduce(distances[:1000])) if len(distances) else 0
    while step > 1 and len(rest := distances[distances % step != 0]):
        step = int(np.gcd(step, np.gcd.reduce(rest[:1000])))
    return max(1, step)


def _ticks(times_ns: np.ndarray, start_ns: int, tick_ns: int) -> np.ndarray:
    """Ticks from 1 on, as uint32 where they fit."""
    ticks = (times_ns - start_ns) // tick_ns + 1
    return ticks.astype(np.uint32) if ticks.max() < 2**32 - 1 else ticks


def _late(streams: np.ndarray, times_ns: np.ndarray) -> int:
    """How many readings stand after a later one of their datastream."""
    if (np.diff(times_ns) >= 0).all():
        return 0
    order = slice(None) if (np.diff(streams) >= 0).all() else np.argsort(streams, kind="stable")
    streams, times_ns = streams[order], times_ns[order]
    return int(((times_ns[1:] < times_ns[:-1]) & (streams[1:] == streams[:-1])).sum())


def _running(counts: np.ndarray) -> np.ndarray:
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
