"""The members of all signs one after the other, so that an instant takes a few long steps instead of twenty short ones
for each of 76 signs.

Signs whose values are formed alike stand side by side. Of each sign first come its members, then the stretches of
`entries` (members by group) that the values of its groups are formed of.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import InitVar, dataclass, field

import numpy as np

from twin.vitals import verdict
from twin.vitals.catalogue import Limit
from twin.vitals.feeds import Feed
from twin.vitals.runs import Bundles, Runs

SUMS = ("share", "weighted", "harmonic", "mean", "energy_mean")     # a sum over the members, one over their weights
EXTREMES = ("max", "min", "max_abs")
RANKED = ("median", "median_abs", "p95")
HOWS = (*SUMS, *EXTREMES, *RANKED, "online")
ADDED, WEIGHED, JUDGED = (SUMS[0], SUMS[-1]), ("weighted", "harmonic"), ("harmonic", EXTREMES[-1])    # from, to
BETWEEN = frozenset({"mean", "energy_mean", "max", "min", "harmonic"})


@dataclass(eq=False)
class Layout:
    """`feeds[k]` has the members `members[k]` and the stretches `stretches[k]`, both slices.

    `kin` (pool,): rows with the same number belong to the same groups.
    `rows` (m,): the datastream of each member (0 where several make one: their value is written over it). `entries`
    members, those of stretch i from `starts[i]` on, `counts[i]` of them. `sign`, `group` (stretches,): whose it is.
    """

    feeds: tuple[Feed, ...]
    kin: InitVar[np.ndarray]
    members: list[slice] = field(init=False)
    stretches: list[slice] = field(init=False)
    of_hows: dict[str, tuple[slice, slice]] = field(init=False)        # how -> its members, its stretches
    rows: np.ndarray = field(init=False)
    entries: np.ndarray = field(init=False)
    starts: np.ndarray = field(init=False)
    counts: np.ndarray = field(init=False)
    sign: np.ndarray = field(init=False)
    group: np.ndarray = field(init=False)
    weights: np.ndarray = field(init=False)                            # (m,) f8, 1 where a sign has none
    judged: np.ndarray = field(init=False)                             # (stretches,) bool: its members have verdicts
    between: np.ndarray = field(init=False)                            # (stretches,) bool: no value beyond its members
    complete: np.ndarray = field(init=False)                           # (stretches,) f8: share that must report
    _kin: np.ndarray = field(init=False, repr=False)                   # (m,) of one sign and in the same groups
    _cells: np.ndarray | None = field(default=None, repr=False)
    _members_of: np.ndarray | None = field(default=None, repr=False)
    _counted: tuple[np.ndarray, np.ndarray] | None = field(default=None, repr=False)     # silent, reporting
    _steps: dict = field(default_factory=dict, repr=False)
    _parts: dict = field(default_factory=dict, repr=False)
    _runs: dict = field(default_factory=dict, repr=False)
    _bundles: dict = field(default_factory=dict, repr=False)

    def __post_init__(self, kin: np.ndarray):
        order = sorted(range(len(self.feeds)), key=lambda k: HOWS.index(self.feeds[k].sign.how))
        self.members, self.stretches = ([slice(0, 0)] * len(order) for _ in range(2))
        self.of_hows, member, stretch = {how: (slice(0, 0), slice(0, 0)) for how in HOWS}, 0, 0
        for k in order:
            feed, how = self.feeds[k], self.feeds[k].sign.how
            self.members[k] = slice(member, member + len(feed.heads))
            self.stretches[k] = slice(stretch, stretch + len(feed.starts))
            began = self.of_hows[how] if self.of_hows[how][0].stop else (self.members[k], self.stretches[k])
            member, stretch = self.members[k].stop, self.stretches[k].stop
            self.of_hows[how] = slice(began[0].start, member), slice(began[1].start, stretch)
        self._join([(k, self.feeds[k]) for k in order], kin)

    def _join(self, ordered: list[tuple[int, Feed]], kin: np.ndarray) -> None:
        def joined(parts, kind) -> np.ndarray:
            return np.concatenate([np.zeros(0, kind), *parts]).astype(kind, copy=False)

        feeds, begun = [feed for _, feed in ordered], np.cumsum([0, *(len(f.entries) for _, f in ordered)])
        self.rows = joined([f.rows if f.member is None and not f.parts else np.zeros(len(f.heads), np.intp)
                            for f in feeds], np.intp)
        self.entries = joined([f.entries + self.members[k].start for k, f in ordered], np.intp)
        self.starts = joined([f.starts + at for f, at in zip(feeds, begun)], np.intp)
        self.counts = joined([f.counts for f in feeds], np.int64)
        self.sign = joined([np.full(len(f.starts), k) for k, f in ordered], np.intp)
        self.group = joined([f.groups for f in feeds], np.intp)
        self.weights = joined([np.ones(len(f.heads)) if f.weights is None else f.weights for f in feeds], np.float64)
        self.judged = joined([np.full(len(f.starts), f.sign.judges_members) for f in feeds], bool)
        self.between = joined([np.full(len(f.starts), f.sign.how in BETWEEN) for f in feeds], bool)
        self.complete = joined([np.full(len(f.starts), 0.0 if f.sign.how == "online" else f.sign.complete)
                                for f in feeds], np.float64)
        most = kin.max(initial=0) + 1
        self._kin = joined([kin[f.heads] + k * most for k, f in ordered], np.intp)

    def settle(self) -> Iterator[None]:
        """Make what every instant is formed with, giving way in between: the first instant would wait for it."""
        for ways in (ADDED, WEIGHED):
            self.runs(*self.span(*ways))
            yield
        for span in (self.span(*JUDGED), self._every):
            yield from self._bundle(*span)
            yield

    @property
    def _every(self) -> tuple[slice, slice]:
        return slice(0, len(self.rows)), slice(0, len(self.counts))

    def newest(self, latest: np.ndarray) -> np.ndarray:
        """(m,) f4 what the datastream of each member says."""
        values = np.empty(len(self.rows), np.float32)
        online = self.of_hows["online"][0]
        rest = online.start if online.stop else len(values)
        np.take(latest, self.rows[:rest], out=values[:rest], mode="clip")
        values[rest:] = latest if online.stop else 0.0           # every datastream is a member of that sign
        return values

    def span(self, first: str, last: str) -> tuple[slice, slice]:
        """The members and the stretches of the ways from `first` to `last`."""
        spans = [s for how in HOWS[HOWS.index(first):HOWS.index(last) + 1] if (s := self.of_hows[how])[0].stop]
        return tuple(slice(spans[0][n].start, spans[-1][n].stop) if spans else slice(0, 0) for n in range(2))

    def gathered(self, values: np.ndarray, members: slice, stretches: slice) -> tuple[np.ndarray, np.ndarray]:
        """(the values of the members in the order of these stretches' entries, where each stretch begins in them)."""
        starts, entries = self._within(members, stretches)
        return np.take(values, entries, mode="clip"), starts

    def runs(self, members: slice, stretches: slice) -> Runs:
        """The members of each of these stretches, to be added up."""
        key = members.start, members.stop, stretches.start
        if key not in self._runs:
            starts, entries = self._within(members, stretches)
            self._runs[key] = Runs(entries, starts, self.counts[stretches])
        return self._runs[key]

    def bundles(self, members: slice, stretches: slice) -> Bundles:
        """The same, to be counted or to take an extreme of."""
        key = members.start, members.stop, stretches.start
        if key not in self._bundles:
            for _ in self._bundle(members, stretches):
                pass
        return self._bundles[key]

    def _bundle(self, members: slice, stretches: slice) -> Iterator[None]:
        starts, entries = self._within(members, stretches)
        made = yield from Bundles.made(self._kin[members], entries, starts, self.counts[stretches])
        self._bundles[members.start, members.stop, stretches.start] = made

    def _within(self, members: slice, stretches: slice) -> tuple[np.ndarray, np.ndarray]:
        starts, counts = self.starts[stretches], self.counts[stretches]
        if not len(starts):
            return starts, self.entries[:0]
        return starts - starts[0], self.entries[starts[0]:starts[-1] + counts[-1]] - members.start

    def reporting(self, silent: np.ndarray) -> np.ndarray:
        """(stretches,) i4: how many members of each say something; `silent` (m,) bool."""
        if self._counted is None or not np.array_equal(self._counted[0], silent):
            missing = self.bundles(*self._every).counted(np.flatnonzero(silent))
            self._counted = silent, (self.counts - missing).astype(np.int32)
        return self._counted[1]

    def table(self, stretches: np.ndarray, groups: int, missing=0) -> np.ndarray:
        """(signs, groups) of what each stretch says."""
        if self._cells is None:
            self._cells = self.sign * groups + self.group
        out = np.full(len(self.feeds) * groups, missing, stretches.dtype)
        out[self._cells] = stretches
        return out.reshape(len(self.feeds), groups)

    def members_of(self, groups: int) -> np.ndarray:
        """(signs, groups) i4: how many members each has."""
        if self._members_of is None:
            self._members_of = self.table(self.counts.astype(np.int32), groups)
        return self._members_of

    def parts_of(self, feed: Feed) -> list[tuple[Limit, np.ndarray, np.ndarray]]:
        """(limit, which of the feed's members have this part, the members that these are in the part's own sign)."""
        if feed.sign.id not in self._parts:
            own, found = {f.sign.id: (f, m) for f, m in zip(self.feeds, self.members)}, []
            for part, limit, slots in feed.parts:
                if part.id in own:
                    of, members = own[part.id]
                    there = np.flatnonzero(slots >= 0)
                    found.append((limit, there, members.start + np.searchsorted(of.rows, slots[there])))
            self._parts[feed.sign.id] = found
        return self._parts[feed.sign.id]

    def limits(self, night: bool, kind) -> np.ndarray:
        """(3, stretches) what the badness of a value must be more than."""
        key = night, np.dtype(kind)
        if key not in self._steps:
            every = [verdict.steps(f.sign, night, key[1]) for f in self.feeds]
            self._steps[key] = np.stack(every, axis=1)[:, self.sign] if every else np.zeros((3, 0), kind)
        return self._steps[key]
