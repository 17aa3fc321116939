"""Events: stretches of time in which readings lay beyond a rule's limits, with hysteresis and a least duration."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from twin.data import Sensors
from twin.incidents.rule import AlarmRule
from twin.times import DAY, MINUTE, SECOND, to_datetime

NEVER = np.iinfo(np.int64).max


@dataclass(frozen=True, kw_only=True)
class Event:
    """One stretch of one datastream beyond the limits. Times are ns since 1970 UTC.

    `row` of the layer's features, `stream` its id. `since_ns`: when each level was first reached, (level, time),
    mildest first. `worse`: every reading that was worse than all before, (time, value); the last is the peak.
    `raised_ns`: the first instant at which it had lasted long enough. `end_ns` None = still so at the
    last reading. `lost`: it did not end, its readings did.
    """

    rule: str
    layer: str
    row: int
    stream: str
    start_ns: int
    raised_ns: int
    end_ns: int | None
    lost: bool
    peak: float
    peak_ns: int
    since_ns: tuple[tuple[int, int], ...]
    worse: tuple[tuple[int, float], ...] = ()

    @property
    def level(self) -> int:
        """The highest level that was reached, 1 to 3."""
        return self.since_ns[-1][0]

    def peak_at(self, time_ns: int) -> float:
        """The worst reading by then; NaN before the first."""
        return next((value for at, value in reversed(self.worse) if at <= time_ns), float("nan"))

    def level_at(self, time_ns: int) -> int:
        """0 before it was raised and from its end on; else the highest level reached by then."""
        if time_ns < self.raised_ns or (self.end_ns is not None and time_ns >= self.end_ns):
            return 0
        return max(level for level, since in self.since_ns if since <= time_ns)


@dataclass(frozen=True)
class Stretch:
    """Readings `first` to `last` (inclusive) of a series lay beyond; `end` is the reading that ended it, -1 = none."""

    first: int
    last: int
    end: int


def stretches(values: np.ndarray, limit: float, clear: float) -> list[Stretch]:
    """Of `values` (k,), rising means worse: on at `limit` or above, off below `clear`, in between as before.

    NaN is off: what is not known raises nothing.
    """
    with np.errstate(invalid="ignore"):
        told = np.where(values >= limit, 1, np.where((values < clear) | np.isnan(values), 0, -1))
    held = np.maximum.accumulate(np.where(told >= 0, np.arange(len(told)), -1))
    on = np.where(held >= 0, told[held], 0)
    step = np.diff(np.concatenate([[0], on, [0]]))
    starts, ends = np.flatnonzero(step == 1), np.flatnonzero(step == -1)
    return [Stretch(int(a), int(b) - 1, int(b) if b < len(values) else -1) for a, b in zip(starts, ends)]


def events_of_series(rule: AlarmRule, times_ns: np.ndarray, values: np.ndarray, stale_ns: int, *, row: int = 0,
                     stream: str = "", time_zone: str = "Asia/Shanghai") -> list[Event]:
    """Events of one datastream, by time. After `stale_ns` without a reading nothing is known any more."""
    times_ns, values = _with_gaps(times_ns, values, stale_ns)
    sign = 1.0 if rule.direction == "above" else -1.0
    worse = sign * values.astype(np.float64)
    if rule.hours:
        worse = np.where(_within_hours(times_ns, rule, time_zone) | np.isnan(worse), worse, -np.inf)
    limits = rule.limits()
    lowest = sign * limits[0][1]
    clear = lowest if rule.clear is None else sign * rule.clear
    least_ns = round(rule.min_secs * SECOND)
    found = []
    for part in stretches(worse, lowest, clear):
        start, last = int(times_ns[part.first]), int(times_ns[part.last])
        end = int(times_ns[part.end]) if part.end >= 0 else None
        if (last if end is None else end) - start < least_ns:
            continue
        inside = worse[part.first:part.last + 1]
        at = part.first + int(np.argmax(inside))
        risen = part.first + np.flatnonzero(np.diff(np.fmax.accumulate(inside), prepend=-np.inf) > 0)
        since = tuple((level, int(times_ns[part.first + int(np.argmax(inside >= sign * limit))]))
                      for level, limit in limits if inside.max() >= sign * limit)
        found.append(Event(rule=rule.id, layer=rule.layer, row=row, stream=stream, start_ns=start,
                           raised_ns=start + least_ns, end_ns=end,
                           lost=part.end >= 0 and bool(np.isnan(worse[part.end])),
                           peak=float(values[at]), peak_ns=int(times_ns[at]), since_ns=since,
                           worse=tuple((int(times_ns[k]), float(values[k])) for k in risen)))
    return found


def _with_gaps(times_ns: np.ndarray, values: np.ndarray, stale_ns: int) -> tuple[np.ndarray, np.ndarray]:
    """With a NaN where a reading became too old before the next one came."""
    old = np.flatnonzero(np.diff(times_ns) > stale_ns)
    return (np.insert(times_ns, old + 1, times_ns[old] + stale_ns),
            np.insert(np.asarray(values, np.float64), old + 1, np.nan))


def _within_hours(times_ns: np.ndarray, rule: AlarmRule, time_zone: str) -> np.ndarray:
    """(k,) bool; the zone's offset is that of the noon of each day."""
    days, at = np.unique(times_ns // DAY, return_inverse=True)
    offsets = np.array([round(to_datetime(int(day) * DAY + DAY // 2, time_zone).utcoffset().total_seconds() / 60)
                        for day in days], np.int64)
    minute = (times_ns // MINUTE + offsets[at]) % 1440
    first, last = rule.minutes()
    return (minute >= first) & (minute < last) if first <= last else (minute >= first) | (minute < last)


def events_of(rule: AlarmRule, payload: Sensors, stale_ns: int, go_on: Callable[[], bool] = lambda: True,
              time_zone: str = "Asia/Shanghai") -> list[Event]:
    """Events of every datastream of the rule's property, by the time they were raised. Runs in a worker."""
    if payload.history is None or rule.fault():
        return []
    found: list[Event] = []
    for row, stream in _rows(payload, rule.observed):
        if not go_on():
            break
        found += events_of_series(rule, *payload.history.series(row), stale_ns, row=row, stream=stream,
                                  time_zone=time_zone)
    return sorted(found, key=lambda event: (event.raised_ns, event.row))


def _rows(payload: Sensors, observed: str) -> list[tuple[int, str]]:
    """(row, datastream id) of one observed property; "" = the first of the source, as a layer means it."""
    features = payload.features
    if features is None:
        return [(row, str(row)) for row in range(len(payload.positions))]
    ids = features.column("id").to_pylist() if "id" in features.column_names else list(range(features.num_rows))
    if "property" not in features.column_names:
        return [(row, str(id)) for row, id in enumerate(ids)]
    kinds = features.column("property").to_pylist()
    wanted = observed or (kinds[0] if kinds else "")
    return [(row, str(id)) for row, (id, kind) in enumerate(zip(ids, kinds)) if kind == wanted]
