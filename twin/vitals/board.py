"""The board: every sign of every group at an instant.

Everything that does not depend on the instant is an array that was made once (`Feed`); an instant costs one look at
the history and a few reductions per sign.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from twin import times
from twin.frame import Frame
from twin.vitals import verdict, windows
from twin.vitals.catalogue import Catalogue, Sign
from twin.vitals.feeds import Feed, feed_of
from twin.vitals.groups import Groups
from twin.vitals.pool import Pool
from twin.vitals.windows import Windowed

KEPT_DAYS = 3                                    # of windows, besides those of today


@dataclass(frozen=True, eq=False)
class State:
    """Of each sign (row) and group (column) at an instant. Signs that nothing feeds are not among them.

    `value` f8, NaN = none. `level` u1 is the value's, GREY where too few sensors report; `verdict` u1 that of the
    worst member too, so that a group is never better than any of its parts. `members`, `reporting` i4.
    `values`, `levels`: of every member of each sign. `asked` (signs,): False = not at this hour or month;
    `pending` (signs,): True = still being computed.
    """

    time_ns: int
    night: bool
    signs: tuple[Sign, ...]
    value: np.ndarray
    level: np.ndarray
    verdict: np.ndarray
    members: np.ndarray
    reporting: np.ndarray
    values: tuple[np.ndarray, ...]
    levels: tuple[np.ndarray, ...]
    asked: np.ndarray
    pending: np.ndarray
    groups: Groups
    feeds: tuple[Feed, ...]
    latest: np.ndarray                           # (pool,) f4: what every datastream says, NaN for missing and stale

    def counted(self, row: int, groups: np.ndarray) -> tuple[int, int]:
        """(reporting, all) members of a sign in any of these groups, each once."""
        feed = self.feeds[row]
        mine = np.unique(feed.entries[np.isin(np.repeat(feed.groups, feed.counts), groups)])
        return int(np.isfinite(self.values[row][mine]).sum()), len(mine)

    def row(self, sign: str) -> int:
        return next((k for k, s in enumerate(self.signs) if s.id == sign), -1)


@dataclass(eq=False)
class Board:
    """`prepare` settles who belongs to whom; `work` computes windows; both give way often. `at` answers."""

    names: Catalogue
    pool: Pool
    groups: Groups
    frame: Frame
    time_zone: str
    feeds: tuple[Feed, ...] = ()
    _windows: dict[tuple[str, int], Windowed] = field(default_factory=dict, repr=False)
    _day: tuple[int, int] = (0, 0)                         # that was asked about last

    def prepare(self) -> Iterator[None]:
        feeds = []
        for sign in self.names.signs:
            feed = feed_of(sign, self.names, self.pool, self.frame)
            if feed is not None:
                feed.settle(self.groups, len(self.pool))
                feeds.append(feed)
                yield
        self.feeds = tuple(feeds)

    def feed(self, sign: str) -> Feed | None:
        return next((f for f in self.feeds if f.sign.id == sign), None)

    # -- windows of a day ------------------------------------------------------------------------------------

    def work(self, time_ns: int, again: bool = False) -> Iterator[None]:
        """Compute what the signs of that day need and is missing; `again`: all of it, the readings have changed."""
        day = windows.day_of(time_ns, self.time_zone)
        for feed in self.feeds:
            key = (feed.sign.id, day[0])
            if feed.sign.window and feed.rows.size and (again or key not in self._windows):
                yield from self._fill(feed, key, day)
        kept = sorted({start for _, start in self._windows} - {day[0]})[-KEPT_DAYS:]
        self._windows = {k: w for k, w in self._windows.items() if k[1] == day[0] or k[1] in kept}

    def _fill(self, feed: Feed, key: tuple[str, int], day: tuple[int, int]) -> Iterator[None]:
        out = windows.windowed(feed.sign.window, len(feed.rows), day)
        source = np.searchsorted(self.pool.starts, feed.rows, side="right") - 1
        for s in np.unique(source).tolist():
            mine = np.flatnonzero(source == s)
            part = windows.windowed(feed.sign.window, len(mine), day)
            scale = None if feed.scale is None else feed.scale[mine]
            history = self.pool.shown[s].payload.history
            yield from windows.fill(part, feed.sign.window, history, feed.rows[mine] - int(self.pool.starts[s]), scale)
            out.values[:, mine] = part.values
        out.done = len(feed.rows)
        self._windows[key] = out

    def window_of(self, sign: Sign, time_ns: int) -> Windowed | None:
        """What was computed of a sign for the day of an instant."""
        if not self._day[0] <= time_ns < self._day[1]:
            self._day = windows.day_of(time_ns, self.time_zone)
        return self._windows.get((sign.id, self._day[0]))

    # -- an instant ------------------------------------------------------------------------------------------

    def at(self, time_ns: int) -> State:
        latest, _ = self.pool.latest_at(time_ns)
        night = verdict.is_night(time_ns, self.time_zone, self.names.day_hours)
        local = times.to_datetime(time_ns, self.time_zone)
        out = _Blank(len(self.feeds), len(self.groups.groups))
        readings: dict[str, np.ndarray] = {}
        values, levels = ([None] * len(self.feeds) for _ in range(2))
        for row, feed in sorted(enumerate(self.feeds), key=lambda x: bool(x[1].parts)):     # indices after their parts
            asked = verdict.applies(feed.sign, local)
            out.asked[row] = asked
            mine, out.pending[row] = self._members(feed, latest, time_ns, readings)
            judged = verdict.levels_of(mine, feed.sign, night) if asked and feed.sign.judges_members \
                else np.zeros(len(mine), np.uint8)
            values[row], levels[row] = mine, judged
            _summarise(out, row, feed, mine, judged, night, asked)
        return State(time_ns, night, tuple(f.sign for f in self.feeds), out.value, out.level, out.verdict, out.members,
                     out.reporting, tuple(values), tuple(levels), out.asked, out.pending, self.groups, self.feeds,
                     latest)

    def _members(self, feed: Feed, latest: np.ndarray, time_ns: int, readings: dict) -> tuple[np.ndarray, bool]:
        """((m,) f4 values of the members, whether they are still being computed)."""
        if feed.parts:
            waits = any(p.window and self.window_of(p, time_ns) is None for p, _, _ in feed.parts if self.feed(p.id))
            return self._indices(feed, readings), waits
        pending = False
        if feed.sign.window:
            held = self.window_of(feed.sign, time_ns)
            mine = held.at(time_ns) if held else None
            pending = mine is None
            mine = np.full(len(feed.rows), np.nan, np.float32) if pending else mine.copy()
            mine[~np.isfinite(latest[feed.rows])] = np.nan          # a silent sensor has no mean of the hour either
        else:
            mine = latest[feed.rows]
            if feed.scale is not None:
                mine *= feed.scale
        if feed.offset is not None:
            mine += feed.offset
        readings[feed.sign.id] = (feed.rows, mine)
        return (mine if feed.member is None else _room_means(mine, feed)), pending

    def _indices(self, feed: Feed, readings: dict) -> np.ndarray:
        """Of every station the worst index of its parts."""
        best = np.full(len(feed.heads), np.nan, np.float32)
        for part, limit, slots in feed.parts:
            if part.id not in readings:
                continue
            rows, values = readings[part.id]
            at = np.searchsorted(rows, slots).clip(0, len(rows) - 1)
            mine = np.where((slots >= 0) & (rows[at] == slots), values[at], np.nan)
            best = np.fmax(best, index_of(mine, limit, self.names))
        return best


def index_of(values: np.ndarray, limit, names: Catalogue) -> np.ndarray:
    """(n,) the sub-index of concentrations (AQI), or the class 1 to 6 of GB 3838."""
    if limit.standard == "AQI":
        points = limit.values
        scale = names.limit("AQI", "IAQI").values[:len(points)]
        return np.interp(values, points, scale).astype(np.float32)
    worse = [values < v if limit.item.rstrip().endswith(">=") else values > v for v in limit.values]
    return np.where(np.isfinite(values), 1.0 + np.sum(worse, axis=0), np.nan).astype(np.float32)


def _room_means(values: np.ndarray, feed: Feed) -> np.ndarray:
    real = np.isfinite(values)
    held = np.bincount(feed.member[real], minlength=len(feed.heads))
    total = np.bincount(feed.member[real], values[real], minlength=len(feed.heads))
    with np.errstate(invalid="ignore"):
        return (total / held).astype(np.float32)


# -- groups ---------------------------------------------------------------------------------------------------


class _Blank:
    """The arrays of a `State`, nothing known yet."""

    def __init__(self, signs: int, groups: int):
        self.value = np.full((signs, groups), np.nan)
        self.level, self.verdict = (np.zeros((signs, groups), np.uint8) for _ in range(2))
        self.members, self.reporting = (np.zeros((signs, groups), np.int32) for _ in range(2))
        self.asked, self.pending = np.ones(signs, bool), np.zeros(signs, bool)


def _summarise(out: _Blank, row: int, feed: Feed, values, judged, night: bool, asked: bool) -> None:
    if not len(feed.entries):
        return
    at = feed.groups
    if feed.sign.how == "online":                          # counts, it has no values: a byte for each sensor is enough
        reporting = np.add.reduceat(np.take(values == values, feed.entries), feed.starts, dtype=np.int32)
        value = 100.0 * reporting / feed.counts
    else:
        of_members = np.take(values, feed.entries)
        real = of_members == of_members
        reporting = np.add.reduceat(real, feed.starts, dtype=np.int32)
        value = reduce(feed, of_members, real, reporting)
    out.members[row, at], out.reporting[row, at] = feed.counts, reporting
    out.value[row, at] = value
    if not asked:
        return
    level = verdict.levels_of(value, feed.sign, night)
    if feed.sign.how != "online":
        level[reporting < feed.sign.complete * feed.counts] = verdict.GREY
    if feed.sign.judges_members:
        worst = np.maximum.reduceat(np.take(judged, feed.entries), feed.starts)
        if feed.sign.how in BETWEEN:
            level = np.minimum(level, worst)               # its last digit must pass no limit that no member passes
    out.level[row, at] = level
    if feed.sign.judges_members:
        out.verdict[row, at] = np.where((worst > verdict.GREEN) | (level > verdict.GREY), np.maximum(worst, level),
                                        verdict.GREY)
    else:
        out.verdict[row, at] = level


def reduce(feed: Feed, values: np.ndarray, real: np.ndarray, reporting: np.ndarray) -> np.ndarray:
    """(groups,) f8: one value for each group out of its members' (`values` in the order of `feed.entries`)."""
    starts, how = feed.starts, feed.sign.how
    with np.errstate(invalid="ignore", divide="ignore"):
        match how:
            case "mean" | "share":
                counted = np.clip(values, 0.0, 1.0) if how == "share" else values
                total = np.add.reduceat(np.where(real, counted, 0), starts, dtype=np.float64)
                return total / reporting * (100.0 if how == "share" else 1.0)
            case "energy_mean":
                power = np.where(real, np.exp2(values * np.float32(LOG2_10 / 10)), 0)
                return 10.0 * np.log10(np.add.reduceat(power, starts, dtype=np.float64) / reporting)
            case "max":
                return np.fmax.reduceat(values, starts).astype(np.float64)
            case "min":
                return np.fmin.reduceat(values, starts).astype(np.float64)
            case "max_abs":
                return np.fmax.reduceat(np.abs(values), starts).astype(np.float64)
            case "weighted" | "harmonic":
                return _weighted(feed, values, real)
            case "median" | "median_abs" | "p95":
                return _quantile(np.abs(values) if how == "median_abs" else values, feed.starts, feed.counts, reporting,
                                 0.95 if how == "p95" else 0.5)
    raise ValueError(how)


LOG2_10 = 3.321928094887362
BETWEEN = frozenset({"mean", "energy_mean", "max", "min", "median", "p95", "weighted", "harmonic"})   # of members


def _weighted(feed: Feed, values, real) -> np.ndarray:
    """Sum over sum: the weight is the denominator (persons, bays, km); of speeds length over travel time."""
    weight = np.where(real, feed.weights[feed.entries], 0.0)
    total = np.add.reduceat(weight, feed.starts)
    if feed.sign.how == "harmonic":
        return total / np.add.reduceat(np.where(real, weight / np.maximum(values, 0.1), 0.0), feed.starts)
    return np.add.reduceat(np.where(real, weight * values, 0.0), feed.starts) / total


def _quantile(values, starts, counts, reporting, share: float) -> np.ndarray:
    """By linear interpolation; missing values lie at the end of each group."""
    group = np.repeat(np.arange(len(starts)), counts)
    ordered = values[np.lexsort((values, group))].astype(np.float64)
    place = starts + np.maximum(reporting - 1, 0) * share
    below = np.floor(place).astype(np.int64)
    above = np.minimum(below + 1, starts + np.maximum(reporting - 1, 0))
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)
