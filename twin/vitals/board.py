"""The board: every sign of every group at an instant.

Everything that does not depend on the instant is an array that was made once (`Feed`, `Layout`); an instant costs one
look at the history and a few reductions over the members of all signs. Where nothing changed since the last instant,
the numbers are those of the last one.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass, field, replace

import numpy as np

from twin import times
from twin.frame import Frame
from twin.vitals import forming, verdict, windows
from twin.vitals.catalogue import Catalogue, Sign
from twin.vitals.feeds import Feed, feed_of
from twin.vitals.groups import Groups
from twin.vitals.layout import Layout
from twin.vitals.pool import Pool, Shown
from twin.vitals.windows import Windowed

KEPT_DAYS = 3                                    # of windows, besides those of today


@dataclass(frozen=True, eq=False)
class State:
    """Of each sign (row) and group (column) at an instant. Signs that nothing feeds are not among them.

    `value` f8, NaN = none. `level` u1 is the value's, GREY where too few sensors report; `verdict` u1 that of the
    worst member too, so that a group is never better than any of its parts. `members`, `reporting` i4.
    `values`: of every member of each sign. `asked` (signs,): False = not at this hour or month; `pending` (signs,):
    True = still being computed.
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

    def levels(self, row: int, members: np.ndarray) -> np.ndarray:
        """(members,) u1: what each member of a sign is judged to be; GREY where it is not judged by itself."""
        sign = self.signs[row]
        if not (self.asked[row] and sign.judges_members):
            return np.zeros(len(members), np.uint8)
        return verdict.levels_of(self.values[row][members], sign, self.night)

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
    layout: Layout = field(default_factory=lambda: Layout((), np.zeros(0, np.intp)), repr=False)
    _last: tuple[tuple, State] | None = field(default=None, repr=False)     # what the newest state was made of
    _windows: dict[tuple[str, int], Windowed] = field(default_factory=dict, repr=False)
    _day: tuple[int, int] = (0, 0)                         # that was asked about last
    _made: dict[str, Feed | None] = field(default_factory=dict, repr=False)     # of each sign, in no groups

    def is_over(self, names: Catalogue, shown: tuple[Shown, ...], frame: Frame, time_zone: str) -> bool:
        """Whether it is over just these sensors, judged so."""
        mine = self.pool.shown
        return (self.names == names and self.frame == frame and self.time_zone == time_zone
                and len(mine) == len(shown) and all(a.same_as(b) for a, b in zip(mine, shown)))

    def regrouped(self, groups: Groups, keep_windows: bool = True) -> Board:
        """The same sensors in other groups, also where `prepare` has not come to its end: what it made of them stays.
        `keep_windows`: the readings are the same, too.
        """
        return Board(self.names, self.pool, groups, self.frame, self.time_zone, _made=self._made,
                     _windows=dict(self._windows) if keep_windows else {})

    def prepare(self) -> Iterator[None]:
        feeds = []
        for sign in self.names.signs:
            if sign.id not in self._made:
                self._made[sign.id] = feed_of(sign, self.names, self.pool, self.frame)
                yield
            feed = copy(self._made[sign.id])
            if feed is not None:
                feed.settle(self.groups, len(self.pool))
                feeds.append(feed)
                yield
        kin = yield from self.groups.kin(len(self.pool))
        yield
        self.feeds, self.layout = tuple(feeds), Layout(tuple(feeds), kin)
        yield
        yield from self.layout.settle()

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
        asked = np.array([verdict.applies(f.sign, local) for f in self.feeds], bool)
        steps = tuple(self._step(f, time_ns) for f in self.feeds if f.sign.window)
        key = night, asked.tobytes(), steps, latest.view(np.int32)         # NaN is the same as NaN there
        if self._last and self._last[0][:3] == key[:3] and np.array_equal(self._last[0][3], key[3]):
            return replace(self._last[1], time_ns=time_ns)
        state = self._state(time_ns, latest, night, asked)
        self._last = key, state
        return state

    def _step(self, feed: Feed, time_ns: int) -> tuple[Windowed | None, int]:
        """Which column of windows holds at an instant."""
        held = self.window_of(feed.sign, time_ns)
        return held, (time_ns - held.start_ns) // held.step_ns if held else 0

    def _state(self, time_ns: int, latest: np.ndarray, night: bool, asked: np.ndarray) -> State:
        layout = self.layout
        values, pending = self._members(latest, time_ns)
        silent = values != values
        reporting = layout.reporting(silent)
        value, worst = forming.formed(layout, values, silent, reporting, night)
        level, judged = self._levels(value, worst, reporting, night, asked)

        groups = len(self.groups.groups)
        return State(time_ns, night, tuple(f.sign for f in self.feeds), layout.table(value, groups, np.nan),
                     layout.table(level, groups), layout.table(judged, groups), layout.members_of(groups),
                     layout.table(reporting, groups), tuple(values[m] for m in layout.members), asked, pending,
                     self.groups, self.feeds, latest)

    def _levels(self, value, worst, reporting, night: bool, asked: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(stretches,) u1 levels of the values, and the verdicts."""
        layout = self.layout
        level = verdict.levels(self._badness(value, night), layout.limits(night, np.float64))
        level[reporting < layout.complete * layout.counts] = verdict.GREY
        of_worst = verdict.levels(worst, layout.limits(night, np.float32))
        # The last digit of a mean must pass no limit that no member passes.
        np.minimum(level, of_worst, out=level, where=layout.between)
        known = (of_worst > verdict.GREEN) | (level > verdict.GREY)
        judged = np.where(known, np.maximum(of_worst, level), verdict.GREY)
        here = asked[layout.sign]
        return level * here, np.where(layout.judged, judged, level) * here

    def _badness(self, value: np.ndarray, night: bool) -> np.ndarray:
        out = value.copy()
        for feed, stretches in zip(self.feeds, self.layout.stretches):
            if feed.sign.direction != "higher":
                verdict.badness(value[stretches], feed.sign, night, out=out[stretches])
        return out

    # -- members ---------------------------------------------------------------------------------------------

    def _members(self, latest: np.ndarray, time_ns: int) -> tuple[np.ndarray, np.ndarray]:
        """((m,) f4 values of the members of all signs, (signs,) whether they are still being computed)."""
        layout = self.layout
        values, pending = layout.newest(latest), np.zeros(len(self.feeds), bool)
        for row, (feed, at) in enumerate(zip(self.feeds, layout.members)):
            if feed.parts or feed.as_read:
                continue
            mine = values[at] if feed.member is None else latest[feed.rows]
            pending[row] = self._adjust(feed, mine, time_ns)
            if feed.member is not None:
                values[at] = _room_means(mine, feed)
        for row, (feed, at) in enumerate(zip(self.feeds, layout.members)):
            if feed.parts:
                pending[row] = any(p.window and self.window_of(p, time_ns) is None for p, _, _ in feed.parts
                                   if self.feed(p.id))
                values[at] = self._indices(feed, values)
        return values, pending

    def _adjust(self, feed: Feed, mine: np.ndarray, time_ns: int) -> bool:
        """Make of the newest readings what the sign asks for, in place; True = that is still being computed."""
        pending = False
        if feed.sign.window:
            held = self.window_of(feed.sign, time_ns)
            found = held.at(time_ns) if held else None
            pending = found is None
            silent = mine != mine                           # a silent sensor has no mean of the hour either
            mine[:] = np.nan if pending else found
            mine[silent] = np.nan
        elif feed.scale is not None:
            mine *= feed.scale
        if feed.offset is not None:
            mine += feed.offset
        return pending

    def _indices(self, feed: Feed, values: np.ndarray) -> np.ndarray:
        """Of every station the worst index of its parts."""
        best = np.full(len(feed.heads), np.nan, np.float32)
        for limit, stations, members in self.layout.parts_of(feed):
            best[stations] = np.fmax(best[stations], index_of(values[members], limit, self.names))
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
