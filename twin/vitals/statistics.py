"""Statistics of groups in buckets of time, from the readings themselves (not from held values).

Every reading counts once, in the bucket [start, next start) that it falls into, for every group its sensor belongs to.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from twin import times
from twin.history.events import Events
from twin.vitals.groups import Groups

USUAL_NS = 5 * times.MINUTE
Hours = tuple[tuple[float, float], ...]  # from and until on the local clock, apart from each other
PIECE = 100_000                          # readings that are sorted into cells at once


@dataclass(frozen=True, eq=False)
class Table:
    """(groups, buckets) each. NaN where nothing was read; `completeness` is of the readings that were expected.

    `over`: share of readings above the threshold, NaN without one.
    """

    count: np.ndarray                # i8
    mean: np.ndarray
    energy_mean: np.ndarray          # 10 log10 of the mean of 10^(L/10): for decibels
    min: np.ndarray
    max: np.ndarray
    p95: np.ndarray
    over: np.ndarray
    completeness: np.ndarray         # 0..1; NaN for a group without sensors

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(f.name for f in fields(self))


def statistics(events: Events, groups: Groups, edges_ns: np.ndarray, interval_ns: np.ndarray,
               threshold: float | None = None, share: np.ndarray | None = None) -> Table:
    """`events.places` are rows of `groups`; `edges_ns` (buckets + 1,) ascending; `interval_ns` (rows,) 0 = unknown.

    `share` (buckets,) of each bucket is asked about: readings are expected of no more of it.
    """
    edges_ns = np.asarray(edges_ns, np.int64)
    buckets, count = len(edges_ns) - 1, len(groups.groups)
    cell, values = _cells(events, groups, edges_ns)
    cell, values = _in_order(cell, values)                   # p95 wants them sorted
    starts = np.flatnonzero(np.diff(cell, prepend=-1))
    at, held = cell[starts], np.diff(np.append(starts, len(cell)))
    out = {name: np.full(count * buckets, np.nan) for name in ("mean", "energy_mean", "min", "max", "p95", "over")}
    counts = np.zeros(count * buckets, np.int64)
    if len(starts):
        counts[at] = held
        out["mean"][at] = np.add.reduceat(values, starts) / held
        out["energy_mean"][at] = 10.0 * np.log10(np.add.reduceat(10.0 ** (values / 10.0), starts) / held)
        out["min"][at], out["max"][at] = values[starts], values[starts + held - 1]
        out["p95"][at] = _quantile(values, starts, held, 0.95)
        if threshold is not None:
            out["over"][at] = np.add.reduceat((values > threshold).astype(np.float64), starts) / held
    shape = (count, buckets)
    lengths = np.diff(edges_ns) * (1.0 if share is None else share)
    complete = _completeness(counts.reshape(shape), groups, lengths, interval_ns)
    return Table(count=counts.reshape(shape), completeness=complete, **{k: v.reshape(shape) for k, v in out.items()})


def _in_order(cell: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """By cell, then value; values as f8. One whole number holds both, which sorts ten times as fast as two columns."""
    if values.dtype != np.float32:
        order = np.lexsort((values, cell))
        return cell[order], values[order].astype(np.float64)
    bits, sign = values.view(np.uint32), np.uint32(1 << 31)
    rising = np.where(bits & sign, ~bits, bits | sign)       # as whole numbers they stand in the order of the values
    keys = cell.astype(np.uint64) << np.uint64(32) | rising
    keys.sort()
    rising = keys.astype(np.uint32)
    bits = np.where(rising & sign, rising ^ sign, ~rising)
    return (keys >> np.uint64(32)).astype(np.int64), bits.view(np.float32).astype(np.float64)


def _cells(events: Events, groups: Groups, edges_ns: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(cell = group * buckets + bucket, value) of every reading in every group of its sensor.

    Piece by piece: numpy repeats an array without letting other threads on, and a window would stand still.
    """
    by_row = np.argsort(groups.rows, kind="stable")
    rows, of = groups.rows[by_row], groups.of[by_row].astype(np.int64)
    cells, values = [np.zeros(0, np.int64)], [np.zeros(0, events.values.dtype)]
    for first in range(0, len(events), PIECE):
        piece = slice(first, first + PIECE)
        cell, value = _cells_of(events.places[piece], events.times_ns[piece], events.values[piece], rows, of, edges_ns)
        cells.append(cell)
        values.append(value)
    return np.concatenate(cells), np.concatenate(values)


def _cells_of(places, times_ns, values, rows, of, edges_ns) -> tuple[np.ndarray, np.ndarray]:
    bucket = np.searchsorted(edges_ns, times_ns, side="right") - 1
    inside = (bucket >= 0) & (bucket < len(edges_ns) - 1)
    places, bucket, values = places[inside], bucket[inside], values[inside]
    first = np.searchsorted(rows, places, side="left")
    often = np.searchsorted(rows, places, side="right") - first
    reading = np.repeat(np.arange(len(places)), often)
    membership = np.arange(len(reading)) - np.repeat(np.cumsum(often) - often, often) + first[reading]
    return of[membership] * (len(edges_ns) - 1) + bucket[reading], values[reading]


def _quantile(values, starts, held, share: float) -> np.ndarray:
    """By linear interpolation, as numpy's."""
    place = starts + (held - 1) * share
    below = np.floor(place).astype(np.int64)
    above = np.minimum(below + 1, starts + held - 1)
    return values[below] + (values[above] - values[below]) * (place - below)


def _completeness(counts, groups: Groups, lengths_ns, interval_ns) -> np.ndarray:
    """Readings of those that the sensors' intervals let expect, 1 at most; NaN where nothing is asked."""
    usual = np.where(np.asarray(interval_ns) > 0, interval_ns, USUAL_NS)
    per_ns = np.bincount(groups.of, 1.0 / usual[groups.rows], minlength=len(groups.groups))
    expected = np.maximum(per_ns[:, None] * lengths_ns[None, :], np.where(per_ns[:, None] > 0, 1.0, 0.0))
    expected[:, lengths_ns <= 0] = np.nan
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.minimum(counts / expected, 1.0)


def edges_of(first_ns: int, last_ns: int, bucket_ns: int, time_zone: str) -> np.ndarray:
    """Bucket edges on the local clock: hours begin at full hours, days at midnight (23 or 25 hours long where so)."""
    from datetime import timedelta
    start = times.to_datetime(first_ns, time_zone)
    midnight = start.replace(hour=0, minute=0, second=0, microsecond=0)
    if bucket_ns % times.DAY == 0:
        edges, day = [], midnight
        while not edges or edges[-1] <= last_ns:
            edges.append(times.from_datetime(day))
            day = (day.replace(tzinfo=None) + timedelta(days=bucket_ns // times.DAY)).replace(tzinfo=day.tzinfo)
        return np.array(edges, np.int64)
    zero = times.from_datetime(midnight)
    begin = zero + (first_ns - zero) // bucket_ns * bucket_ns
    return np.arange(begin, last_ns + bucket_ns + 1, bucket_ns, dtype=np.int64)


def spells(first_ns: int, last_ns: int, time_zone: str, hours: Hours, weekdays: tuple[int, ...]) -> np.ndarray:
    """(k, 2) i8 [from, until) of the local hours of these days (Monday 0) that touch the span."""
    found = []
    for day in range(first_ns // times.DAY - 1, last_ns // times.DAY + 2):
        local = times.to_datetime(day * times.DAY + times.HOUR, time_zone).replace(hour=0, minute=0, second=0)
        if local.weekday() in weekdays:
            start = times.from_datetime(local)
            found += [(start + int(a * times.HOUR), start + int(b * times.HOUR)) for a, b in hours]
    return np.array(found, np.int64).reshape(-1, 2)


def occupied(times_ns: np.ndarray, time_zone: str, hours: Hours, weekdays: tuple[int, ...]) -> np.ndarray:
    """(k,) bool: instants within these hours and days: a school is judged while people are in it."""
    keep = np.zeros(len(times_ns), bool)
    if len(times_ns):
        for start, end in spells(int(times_ns.min()), int(times_ns.max()), time_zone, hours, weekdays):
            keep |= (times_ns >= start) & (times_ns < end)
    return keep


def occupied_share(edges_ns: np.ndarray, time_zone: str, hours: Hours, weekdays: tuple[int, ...]) -> np.ndarray:
    """(buckets,) how much of each bucket lies within these hours and days."""
    inside = np.zeros(len(edges_ns) - 1)
    for start, end in spells(int(edges_ns[0]), int(edges_ns[-1]), time_zone, hours, weekdays):
        inside += np.maximum(np.minimum(edges_ns[1:], end) - np.maximum(edges_ns[:-1], start), 0)
    return inside / np.diff(edges_ns)
