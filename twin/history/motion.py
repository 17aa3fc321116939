"""Motion: fixes of moving things, and where each of them is at any instant.

Between two fixes a thing moves straight and evenly and turns the shorter way. Over a longer distance of time than
the caller allows, or where the file says that the record was interrupted, nothing is invented: the thing is held at
its last fix, fades, and is gone.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import ClassVar

import numpy as np

from twin.times import SECOND

STANDS_KMH, STANDS_M = 1.0, 0.5                  # slower, or nearer to the next fix: its heading says nothing
MEASURES = ("charge", "load", "delay")           # what besides speed a file may say of vehicles: %, %, seconds late


@dataclass(frozen=True, eq=False)
class Fleet:
    """All things at one instant; what is absent has NaN places and `presence` 0.

    `places` (n, 3) f8 local metres, z NaN = on the ground; `heading_deg` (n,) clockwise from grid north and
    `speed_kmh` (n,), NaN = not known, as of a single fix that does not say them; `measures` by name (see MEASURES),
    (n,) each, only those that the file has; `presence` (n,) 1 = there, less = fading; `last` (n,) index of the newest
    fix, -1 = none yet; `age_ns` (n,) of that fix, -1 = none.
    """

    places: np.ndarray
    heading_deg: np.ndarray
    speed_kmh: np.ndarray
    measures: dict[str, np.ndarray]
    presence: np.ndarray
    last: np.ndarray
    age_ns: np.ndarray

    @property
    def drawn_deg(self) -> np.ndarray:
        """(n,) the way that bodies are drawn: north where the heading is not known."""
        return np.nan_to_num(self.heading_deg)


@dataclass(frozen=True, eq=False, kw_only=True)
class Motion:
    """Fixes by thing: those of thing i are `[offsets[i], offsets[i + 1])`, ascending in time, no instant twice.

    `times_ns` (k,) i8, `positions` (k, 3) f4 local metres (z NaN = the file has no height), `heading_deg`, `speed_kmh`
    (k,) f4, NaN = not known: a speed where a thing has one fix only, a heading where it never moved. `measures` by name
    (see MEASURES), (k,) f4 each. `cut` (k,) bool:
    the record was interrupted after this fix; None = nowhere. `sorted_ns` (k,) i8: all instants in order. Things turn
    within the last `turn_ns` before a fix.
    """

    scheduled: ClassVar[bool] = False            # what was recorded; a plan says nothing of what is newest

    offsets: np.ndarray
    times_ns: np.ndarray
    positions: np.ndarray
    heading_deg: np.ndarray
    speed_kmh: np.ndarray
    measures: dict[str, np.ndarray] = field(default_factory=dict)
    cut: np.ndarray | None = None
    turn_ns: int = 10 * SECOND
    sorted_ns: np.ndarray
    interval_ns: np.ndarray                      # (n,) i8, usual distance of the fixes
    revision: int = 1

    @property
    def count(self) -> int:
        return len(self.offsets) - 1

    @property
    def span_ns(self) -> tuple[int, int]:
        return (int(self.sorted_ns[0]), int(self.sorted_ns[-1])) if len(self.sorted_ns) else (0, 0)

    def only(self, row: int) -> Motion:
        """The motion of one thing: what is asked of it alone costs nothing."""
        a, b = int(self.offsets[row]), int(self.offsets[row + 1])
        return replace(self, offsets=np.array([0, b - a]), times_ns=self.times_ns[a:b],
                       positions=self.positions[a:b], heading_deg=self.heading_deg[a:b],
                       speed_kmh=self.speed_kmh[a:b], measures={n: v[a:b] for n, v in self.measures.items()},
                       cut=None if self.cut is None else self.cut[a:b], sorted_ns=self.times_ns[a:b],
                       interval_ns=self.interval_ns[row:row + 1])

    def own_time(self, now_ns: int) -> int | np.ndarray:
        """What the fixes' own instants call `now_ns`; (n,) where every thing has its own."""
        return now_ns

    def at(self, now_ns: int, gap_ns: int, hold_ns: int) -> Fleet:
        """Where everything is; never interpolated between fixes that are farther apart than `gap_ns`.

        A thing that is held is whole for `gap_ns` after its last fix, then fades until `hold_ns`.
        """
        own_ns = self.own_time(now_ns)
        last = self.last_fix(own_ns)
        known = last >= self.offsets[:-1]
        here = np.where(known, last, 0)
        after = np.minimum(here + 1, len(self.times_ns) - 1)
        step_ns = self.times_ns[after] - self.times_ns[here]
        moving = known & (here + 1 < self.offsets[1:]) & (step_ns <= gap_ns)
        if self.cut is not None:
            moving &= ~self.cut[here]
        after = np.where(moving, after, here)            # what another thing does not know says nothing of this one
        age_ns = own_ns - self.times_ns[here]
        share = np.where(moving, age_ns / np.maximum(step_ns, 1), 0.0)

        def between(values: np.ndarray) -> np.ndarray:
            a = values[here].astype(np.float64)
            return a + (values[after] - a) * (share[:, None] if a.ndim == 2 else share)

        fade = 1.0 - np.clip((age_ns - gap_ns) / max(hold_ns - gap_ns, 1), 0.0, 1.0)
        presence = np.where(known, np.where(moving, 1.0, fade), 0.0)
        places = between(self.positions)
        places[presence <= 0.0] = np.nan
        return Fleet(places, self._heading(here, after, moving, age_ns, step_ns), between(self.speed_kmh),
                     {name: between(values) for name, values in self.measures.items()}, presence,
                     np.where(known, last, -1), np.where(known, age_ns, -1))

    def _heading(self, here, after, moving, age_ns, step_ns) -> np.ndarray:
        """Who stands does not turn; who drives far to the next fix turns shortly before it, as at a corner."""
        way_m = np.hypot(*(self.positions[after] - self.positions[here])[:, :2].T)
        left = np.minimum(step_ns, self.turn_ns)
        share = np.clip((age_ns - step_ns + left) / np.maximum(left, 1), 0.0, 1.0)
        return turned(self.heading_deg[here], self.heading_deg[after],
                      np.where(moving & (way_m > STANDS_M), share, 0.0))

    def last_fix(self, now_ns: int | np.ndarray) -> np.ndarray:
        """(n,) index of each thing's newest fix at or before `now_ns`; offsets[i] - 1 where it has none yet.

        `now_ns` is in the fixes' own time (see `own_time`). All things are bisected at once.
        """
        low, high = self.offsets[:-1] - 1, self.offsets[1:] - 1
        while (open_ := low < high).any():
            middle = (low + high + 1) // 2
            past = self.times_ns[middle] <= now_ns
            low = np.where(open_ & past, middle, low)
            high = np.where(open_ & ~past, middle - 1, high)
        return low

    # -- as a history: what ribbon, chart and clock ask -------------------------------------------------

    def series(self, row: int) -> tuple[np.ndarray, np.ndarray]:
        """(times (k,) i8, speeds (k,) f4 in km/h) of one thing."""
        mine = slice(self.offsets[row], self.offsets[row + 1])
        return self.times_ns[mine], self.speed_kmh[mine]

    def latest_at(self, time_ns: int) -> tuple[np.ndarray, np.ndarray]:
        """(speeds (n,) f4, ages (n,) i8 ns) of the newest fixes; NaN and -1 before the first."""
        own_ns = self.own_time(time_ns)
        last = self.last_fix(own_ns)
        known = last >= self.offsets[:-1]
        here = np.where(known, last, 0)
        if not len(self.times_ns):
            return np.full(self.count, np.nan, np.float32), np.full(self.count, -1, np.int64)
        return (np.where(known, self.speed_kmh[here], np.float32(np.nan)),
                np.where(known, own_ns - self.times_ns[here], -1))

    def coverage(self, edges_ns: np.ndarray) -> np.ndarray:
        """(bins,) i8: fixes in each [edge, next edge)."""
        return np.diff(np.searchsorted(self.sorted_ns, edges_ns))

    def reading_until(self, time_ns: int) -> int | None:
        """Instant of the newest fix at or before `time_ns`; None before the first."""
        at = int(np.searchsorted(self.sorted_ns, time_ns, side="right"))
        return int(self.sorted_ns[at - 1]) if at else None

    def reading_after(self, time_ns: int) -> int | None:
        """Instant of the next fix; None after the last."""
        at = int(np.searchsorted(self.sorted_ns, time_ns, side="right"))
        return int(self.sorted_ns[at]) if at < len(self.sorted_ns) else None


def turned(a: np.ndarray, b: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Degrees from `a` toward `b` the shorter way: from 359 to 1 leads over 0."""
    way = (b.astype(np.float64) - a + 180.0) % 360.0 - 180.0
    return (a + way * share) % 360.0


def motion_of(things: np.ndarray, times_ns: np.ndarray, positions: np.ndarray, count: int, *,
              heading_deg: np.ndarray | None = None, speed_kmh: np.ndarray | None = None,
              measures: dict[str, np.ndarray] | None = None, cut: np.ndarray | None = None,
              heading_before: np.ndarray | None = None) -> tuple[Motion, int]:
    """The motion of fixes in any order, and how many repeated an instant of their thing (the later row wins).

    `things` (k,) in [0, count); `positions` (k, 3) local metres; `cut` (k,) bool: the record was interrupted after
    this fix. Speeds and headings that are not given, or NaN, follow from the positions. `heading_before` (count,):
    what each thing came with, NaN = not known.
    """
    order = np.lexsort((times_ns, things))
    things, times_ns = things[order], times_ns[order]
    kept = np.ones(len(order), bool)
    kept[:-1] = (things[1:] != things[:-1]) | (times_ns[1:] != times_ns[:-1])
    order, things, times_ns = order[kept], things[kept], times_ns[kept]
    positions = np.asarray(positions, np.float32)[order]
    offsets = np.searchsorted(things, np.arange(count + 1))
    same = things[1:] == things[:-1]
    moved = np.zeros((len(order), 2))                            # metres to the next fix of the same thing
    moved[:-1][same] = (positions[1:, :2] - positions[:-1, :2].astype(np.float64))[same]
    secs = np.zeros(len(order))
    secs[:-1][same] = np.diff(times_ns)[same] / 1e9
    speeds = _speeds(speed_kmh, order, moved, secs, same)
    headings = _headings(heading_deg, order, moved, speeds, offsets, heading_before)
    motion = Motion(offsets=offsets, times_ns=times_ns, positions=positions, heading_deg=headings,
                    speed_kmh=speeds, cut=None if cut is None else np.asarray(cut, bool)[order],
                    measures={n: np.asarray(v, np.float32)[order] for n, v in (measures or {}).items()},
                    sorted_ns=np.sort(times_ns), interval_ns=_usual(times_ns, offsets))
    return motion, int((~kept).sum())


def _speeds(given: np.ndarray | None, order, moved, secs, same) -> np.ndarray:
    out = np.divide(np.hypot(*moved.T) * 3.6, secs, out=np.zeros(len(order)), where=secs > 0)
    last = np.flatnonzero(np.append(~same, True) if len(order) else np.zeros(0, bool))
    alone = last[np.diff(last, prepend=-1) == 1]
    out[last[last > 0]] = out[last[last > 0] - 1]                # the last fix goes on as the one before it
    out[alone] = np.nan
    if given is not None:
        given = np.asarray(given, np.float64)[order]
        out = np.where(np.isfinite(given), given, out)
    return out.astype(np.float32)


def _headings(given: np.ndarray | None, order, moved, speeds, offsets, came_with: np.ndarray | None) -> np.ndarray:
    """As given or by the way to the next fix; a thing that stands keeps the heading that it came with, NaN = none."""
    far = np.hypot(*moved.T)
    along = np.where(far > STANDS_M, np.degrees(np.arctan2(moved[:, 0], moved[:, 1])) % 360.0, np.nan)
    given = np.asarray(given, np.float64)[order] % 360.0 if given is not None else np.full(len(order), np.nan)
    out = np.where(np.isfinite(given) & ((speeds > STANDS_KMH) | (far > STANDS_M)), given, along)
    known = np.isfinite(out)
    number = np.arange(len(out))
    owner = np.repeat(offsets[:-1], np.diff(offsets))            # first fix of the same thing
    before = np.maximum.accumulate(np.where(known, number, -1)) if len(out) else number
    after = np.minimum.accumulate(np.where(known, number, len(out))[::-1])[::-1] if len(out) else number
    end = np.repeat(offsets[1:], np.diff(offsets))
    source = np.where(before >= owner, before, np.where(after < end, after, -1))
    found = np.where(source >= 0, out[source], given[owner])     # who never moved heads as its first fix says, if so
    if came_with is not None:
        earlier = np.repeat(came_with, np.diff(offsets))
        found = np.where((before < owner) & np.isfinite(earlier), earlier, found)
    return found.astype(np.float32)


def _usual(times_ns: np.ndarray, offsets: np.ndarray) -> np.ndarray:
    return np.array([int(np.median(np.diff(times_ns[a:b]))) if b - a > 1 else 0
                     for a, b in pairwise(offsets)], np.int64)
