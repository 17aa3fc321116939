"""One datastream as a chart draws it: read in a thread, put beside an earlier time, and ready to draw. No Qt."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import numpy as np

from app.panels.thinning import Thinned
from twin.digits import AT_ONCE, as_written
from twin.times import SECOND

MOST_SUSPECTS = 5_000                     # of one line; the newest
FIRST_LOOK = 40_000                       # readings of a long series that are drawn until it is ready as a whole
NONE = (np.zeros(0, np.int64), np.zeros(0))


@dataclass(frozen=True, eq=False)
class Line:
    """One datastream as it is drawn. `then`: what it said `shift_ns` earlier, moved here; None = not asked for.

    `instants` (k,) i8 ns, `values` (k,) f4 with NaN = reported as missing. When the difference is looked at, `values`
    is that, and `then` is None. `suspects`: instants and values that no line goes through.
    """

    layer: str
    row: int
    stream: str
    name: str
    property: str
    unit: str
    interval_ns: int
    stale_secs: float
    instants: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))
    values: np.ndarray = field(default_factory=lambda: np.zeros(0, np.float32))
    thinned: Thinned | None = None
    then: Thinned | None = None
    shift_ns: int = 0
    difference: bool = False
    is_earlier: bool = False              # in an export: what is drawn beneath another line
    suspects: tuple[np.ndarray, np.ndarray] = NONE
    store: Path | None = None             # where the suspect ones are, too

    @cached_property
    def without_then(self) -> bool:
        """An earlier time is asked for, and in all that is drawn nothing was said that much before."""
        if not self.shift_ns or not len(self.instants):
            return False
        if self.then is None:
            return not np.isfinite(self.values).any()
        return int(self.then.instants.searchsorted(self.instants[-1], side="right")) == 0


@dataclass(frozen=True)
class Look:
    """`line` as it can be drawn at once; `instants` and `values` are all that was read. `done`: nothing is left out."""

    line: Line
    instants: np.ndarray
    values: np.ndarray
    done: bool


@dataclass(frozen=True)
class Reading:
    """A line that is being read: `first` gives a Look, `whole` the Line."""

    first: Future
    whole: Future

    @property
    def now(self) -> Line | None:
        """What can be drawn of it by now; None where it could not be read."""
        future = self.whole if self.whole.done() else self.first
        if future.exception():
            return None
        return future.result() if future is self.whole else future.result().line

    @property
    def look(self) -> Look | None:
        """The first one, if it is there."""
        there = self.first.done() and not self.first.cancelled() and not self.first.exception()
        return self.first.result() if there else None

    @property
    def is_long(self) -> bool:
        """The first look is there, all is not, and it will take a while."""
        return not self.whole.done() and self.look is not None and not self.look.done

    def cancel(self) -> None:
        self.first.cancel()
        self.whole.cancel()


def first_look(line: Line, history, shift_ns: int, as_difference: bool, before: Look | None = None) -> Look:
    """Of a long series every so many readings, so that a picture is there before its levels of detail are made.
    `before`: the same readings, beside another time."""
    line = replace(line, shift_ns=shift_ns, difference=bool(shift_ns and as_difference))
    instants, values = (before.instants, before.values) if before else history.series(line.row)
    every = max(1, len(instants) // FIRST_LOOK)
    return Look(_drawn(line, instants, values, every), instants, values, every == 1)


def whole(first: Future) -> Line:
    look = first.result()
    line = look.line if look.done else _drawn(look.line, look.instants, look.values)
    return replace(line, suspects=_suspects(line))


def _drawn(line: Line, instants: np.ndarray, values: np.ndarray, every: int = 1) -> Line:
    """The line with its readings, and with those of `shift_ns` earlier where asked for."""
    some = slice(None, None, every)
    values = difference(instants, values, line.shift_ns, round(line.stale_secs * SECOND), every) \
        if line.difference else values[some]
    thinned = Thinned.of(instants[some], values, line.interval_ns * every)
    beneath = line.shift_ns and not line.difference
    then = replace(thinned, instants=thinned.instants + line.shift_ns) if beneath else None
    return replace(line, instants=instants[some], values=values, then=then, thinned=thinned)


def _suspects(line: Line) -> tuple[np.ndarray, np.ndarray]:
    if not line.store or line.difference:
        return NONE
    from twin.history.store import Store
    with Store(line.store) as store:
        return store.suspects(line.stream, MOST_SUSPECTS)


def difference(instants: np.ndarray, values: np.ndarray, shift_ns: int, stale_ns: int, every: int = 1) -> np.ndarray:
    """(k / every,) f4: each reading (or one of `every`) less what was held `shift_ns` before it; NaN where that was
    missing or stale."""
    asked, now = instants[::every], values[::every]
    out = np.empty(len(asked), np.float32)
    for first in range(0, len(asked), AT_ONCE):                  # what is computed stays in the processor's cache
        mine = slice(first, first + AT_ONCE)
        then = asked[mine] - shift_ns
        at = np.searchsorted(instants, then, side="right") - 1
        held = np.maximum(at, 0)
        known = (at >= 0) & (then - instants[held] <= stale_ns)
        out[mine] = np.where(known, as_written(now[mine]) - as_written(values[held]), np.nan)
    return out
