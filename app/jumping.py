"""Where the clock jumps to: the next reading, change or event; and the nearest reading while scrubbing.

The readings of what is selected; those of every shown layer where no sensor is.
"""

from __future__ import annotations

import logging
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np

from app.session import Session

log = logging.getLogger("citytwin")
DATA, CHANGE, EVENT = "data", "change", "event"
MOST_ROWS = 64                            # of a selection that jumps go by; a larger one means everything
MOST_STAMPS = 20_000                      # that are looked at for a change among all sensors


class Jumps:
    """One search at a time, in a thread: readings may lie on a slow disk. `refresh` moves the clock to its result."""

    def __init__(self, session: Session):
        self.session = session
        self.nothing = lambda what, direction: None       # called where there is nothing more on that side
        self._running: tuple[str, int, int, Future] | None = None
        self._stamps: tuple[tuple, Future] | None = None   # of what is selected, ascending
        self._thread: ThreadPoolExecutor | None = None

    def go(self, what: str, direction: int) -> None:
        """To the next (1) or previous (-1) DATA, CHANGE or EVENT."""
        now = self.session.clock.now_ns
        if what == EVENT:
            mark = self.session.marks.after(now) if direction > 0 else self.session.marks.before(now)
            self._arrive(what, direction, mark.time_ns if mark else None)
        elif self._running is None:
            find = next_reading if what == DATA else next_change
            sought = self._worker().submit(find, sources(self.session), now, direction)
            self._running = (what, direction, now, sought)

    @property
    def busy(self) -> bool:
        return self._running is not None

    def refresh(self) -> None:
        if self._running is None or not self._running[3].done():
            return
        what, direction, began, future = self._running
        self._running = None
        if error := future.exception():
            log.error("the next %s could not be found: %s", what, error)
        elif self.session.clock.now_ns == began:          # else the user has gone elsewhere meanwhile
            self._arrive(what, direction, future.result())

    def _arrive(self, what: str, direction: int, time_ns: int | None) -> None:
        if time_ns is None:
            self.nothing(what, direction)
            return
        self.session.clock.pause()
        self.session.clock.go_to(time_ns)
        self.session.time_view.reveal(time_ns)

    # -- landing on readings ---------------------------------------------------------------------------

    def snapped(self, time_ns: int) -> int:
        """The instant of the nearest reading where the session snaps to readings; else `time_ns` itself."""
        if not self.session.snap:
            return time_ns
        return min(self._around(time_ns), key=lambda t: abs(t - time_ns), default=time_ns)

    def step(self, count: int) -> None:
        """A step of the clock; with snapping to a reading about a step away, and at least to the next one."""
        clock = self.session.clock
        now = clock.now_ns
        clock.step(count)
        if not self.session.snap:
            return
        landed = self.snapped(clock.now_ns)
        if (landed - now) * count <= 0:
            beyond = [t for t in self._around(now + 1 if count > 0 else now - 1) if (t - now) * count > 0]
            landed = min(beyond, key=lambda t: abs(t - now), default=now)
        clock.go_to(landed)

    def _around(self, time_ns: int) -> list[int]:
        """The readings on both sides of an instant: of what is selected once those have been read, before of all."""
        stamps = self._selected_stamps()
        if stamps is not None:
            at = int(np.searchsorted(stamps, time_ns))
            return [int(t) for t in stamps[max(0, at - 1):at + 1]]
        among = [(history, ()) for history, _ in sources(self.session)]
        found = (next_reading(among, time_ns, -1), next_reading(among, time_ns - 1, 1))
        return [t for t in found if t is not None]

    def _selected_stamps(self) -> np.ndarray | None:
        among = sources(self.session)
        if not any(rows for _, rows in among):
            return None
        key = tuple((id(history), history.revision, rows) for history, rows in among)
        if self._stamps is None or self._stamps[0] != key:
            self._stamps = (key, self._worker().submit(stamps_of, among))
        future = self._stamps[1]
        return future.result() if future.done() and not future.exception() and len(future.result()) else None

    def _worker(self) -> ThreadPoolExecutor:
        self._thread = self._thread or ThreadPoolExecutor(1, thread_name_prefix="jump")
        return self._thread

    def close(self) -> None:
        if self._thread:
            self._thread.shutdown(wait=False, cancel_futures=True)


Sources = list[tuple[object, tuple[int, ...]]]            # (history, rows that are meant; () = all)


def sources(session: Session) -> Sources:
    """What is asked for readings: the selected sensors, else every layer with readings that is shown."""
    document = session.document
    layers = [(id, payload) for id, payload in session.timed_layers() if document.shown(document.layer(id))]
    chosen = [(payload.history, rows) for id, payload in layers if (rows := session.selection.features(id))]
    if chosen and sum(len(rows) for _, rows in chosen) <= MOST_ROWS:
        return chosen
    return [(payload.history, ()) for _, payload in layers]


def stamps_of(among: Sources) -> np.ndarray:
    """(k,) i8 ascending: every instant at which one of the rows said something."""
    every = [history.series(row)[0] for history, rows in among for row in rows]
    return np.unique(np.concatenate(every)) if every else np.zeros(0, np.int64)


def next_reading(among: Sources, now_ns: int, direction: int) -> int | None:
    """The nearest instant beyond now at which something was read; None = there is none on that side."""
    found = []
    for history, rows in among:
        if not rows:
            found.append(history.reading_after(now_ns) if direction > 0 else history.reading_until(now_ns - 1))
        for row in rows:
            found.append(_beyond(history.series(row)[0], now_ns, direction))
    return _nearest(found, direction)


def next_change(among: Sources, now_ns: int, direction: int) -> int | None:
    """The nearest instant beyond now at which something said another value than before."""
    found = []
    for history, rows in among:
        if not rows:
            found.append(_change_of_any(history, now_ns, direction))
        for row in rows:
            instants, values = history.series(row)
            found.append(_beyond(instants[changes(values)], now_ns, direction))
    return _nearest(found, direction)


def changes(values: np.ndarray) -> np.ndarray:
    """(k,) bool: whether each reading says something else than the one before; the first does not."""
    out = np.zeros(len(values), bool)
    missing = np.isnan(values)
    out[1:] = (values[1:] != values[:-1]) & ~(missing[1:] & missing[:-1])
    return out


def _beyond(instants: np.ndarray, now_ns: int, direction: int) -> int | None:
    at = int(np.searchsorted(instants, now_ns, side="right" if direction > 0 else "left")) - (direction < 0)
    return int(instants[at]) if 0 <= at < len(instants) else None


def _change_of_any(history, now_ns: int, direction: int) -> int | None:
    """By walking from stamp to stamp: what is held at one against what is held at the stamp before it."""
    at = history.reading_after(now_ns) if direction > 0 else history.reading_until(now_ns - 1)
    for _ in range(MOST_STAMPS):
        before = None if at is None else history.reading_until(at - 1)
        if at is None or before is None:
            return None
        if not np.array_equal(history.latest_at(at)[0], history.latest_at(before)[0], equal_nan=True):
            return at
        at = history.reading_after(at) if direction > 0 else before
    return None


def _nearest(found: list[int | None], direction: int) -> int | None:
    known = [t for t in found if t is not None]
    return (min if direction > 0 else max)(known, default=None)
