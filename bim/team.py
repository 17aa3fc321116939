"""Several processes share one file: a queue of small chunks, helpers that may die, and what to do then.

Where the system can, a helper is forked from the process that opened the file: it starts in milliseconds and
shares the opened model. Elsewhere it starts afresh and opens the file itself. A helper that crashes, stalls or
takes too much memory is thrown away; the element it was making climbs to the next kernel, in a process of its
own, and everything else goes on.
"""

from __future__ import annotations

import contextlib
import multiprocessing as mp
import os
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import wait

import psutil

from bim import helper, own_place
from bim.elements import Rows
from bim.helper import Piece
from bim.instances import joined
from bim.kernels import EXACT, LADDER
from bim.memory import Held
from bim.plan import Chunk
from twin import spill
from twin.text import tr
from twin.told import told
from twin.trouble import Trouble

START = "fork" if sys.platform == "linux" else "spawn"
ELEMENTS_PER_HELPER = {"fork": 12, "spawn": 400}     # below this another process costs more than it brings
AHEAD = 3                                            # chunks that a helper has: it does not wait for the next one
STARTING = 3                                         # at once, when the first is up
BEAT_SECS, WATCH_SECS, START_SECS = 0.05, 0.25, 0.2
FALSE_STARTS = 4


@dataclass(frozen=True)
class Limits:
    """For one element: seconds of computing, seconds of the clock (a kernel that waits for ever computes nothing).
    `memory_bytes` is what one helper may hold; 0 = an even share of most of what is free.
    """

    element_secs: float = 30.0
    least_secs: float = 3.0                          # the limit is halved by every element that never ends
    silence_secs: float = 180.0
    memory_bytes: int = 0
    helpers: int = 0                                 # 0 = one for each core


@dataclass(frozen=True)
class Site:
    """What helpers need to know of the opened file."""

    model: object
    path: str
    folder: str                                      # for spilled arrays
    unit_m: float


def cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 2


def size_for(elements_: int, limits: Limits, start: str = START) -> int:
    """How many helpers so many elements are worth."""
    return max(1, min(limits.helpers or cores(), elements_ // ELEMENTS_PER_HELPER[start]))


class Team:
    """Call `pieces` once. `peak_bytes` is the most that it and all helpers held together; `limited` says whether one
    of them was ended for what it used.
    """

    def __init__(self, site: Site, limits: Limits, size: int, start: str = START):
        self.site, self.size, self.start = site, size, start
        self.element_secs, self.least_secs, self.silence_secs = (limits.element_secs, limits.least_secs,
                                                                 limits.silence_secs)
        self.memory_bytes = limits.memory_bytes or int(0.7 * psutil.virtual_memory().available / size)
        self.peak_bytes, self.limited = 0, False
        self._own = psutil.Process()
        self._helpers: list[_Helper] = []
        self._again: deque[Chunk] = deque()
        self._news: deque[Piece] = deque()
        self._false_starts = 0

    def pieces(self, chunks: Iterator[Chunk], beat: Callable[[int], None]) -> Iterator[Piece]:
        """What the helpers make, as it comes. `beat` hears some twenty times a second how many elements are being
        finished; it may raise to end everything. Every element of every chunk is in exactly one piece.
        """
        whole, watched, began = False, 0.0, time.monotonic()
        try:
            while self._hand_out(chunks):
                self._hear()
                if time.monotonic() - watched > WATCH_SECS:
                    watched = time.monotonic()
                    self._watch()
                while self._news:
                    yield self._news.popleft()
                if self._is_up or time.monotonic() - began > START_SECS:
                    beat(sum(h.begun for h in self._helpers))         # the first may take a while
            yield from self._news
            whole = True
        finally:
            for one in self._helpers:
                one.process.kill()                       # all, before any is waited for
            for one in self._helpers:
                one.leave(wait=not whole)                # who was at work may still be writing

    @property
    def _is_up(self) -> bool:
        return len(self._helpers) == self.size and all(one.ready for one in self._helpers)

    def _hand_out(self, chunks: Iterator[Chunk]) -> bool:
        """Give work to all who have room for it; False when all is done."""
        while self._has_room:
            chunk = self._again.popleft() if self._again else next(chunks, None)
            if chunk is None:
                break
            self._next().take(chunk)                     # a new one finds it as soon as it listens
        return any(h.chunks for h in self._helpers)

    @property
    def _has_room(self) -> bool:
        return self._may_grow or any(h.laden < AHEAD for h in self._helpers)

    @property
    def _may_grow(self) -> bool:
        starting = sum(not h.ready for h in self._helpers)
        return len(self._helpers) < self.size and starting < (STARTING if starting < len(self._helpers) else 1)

    def _next(self) -> _Helper:
        """Who has nothing to do, else a new one, else who has least."""
        least = min(self._helpers, key=lambda h: h.laden, default=None)
        if self._may_grow and (least is None or least.chunks):
            self._helpers.append(least := _Helper(self.site, self.start))
        return least

    def _hear(self) -> None:
        heard = wait([h.pipe for h in self._helpers], BEAT_SECS)
        for one in [h for h in self._helpers if h.pipe in heard]:
            try:
                while one.pipe.poll():
                    self._take(one, one.pipe.recv())
            except (EOFError, OSError):
                self._bury(one, told("the kernel crashed"))

    def _take(self, one: _Helper, message: tuple) -> None:
        match message:
            case ("ready",):
                one.ready = True
            case ("done",):
                one.finish()
            case ("at", number, library):
                one.begin(number, library)
            case ("holds", bytes_):
                one.holds(bytes_)
            case ("piece", spilled):
                piece = spill.load(spilled)
                one.left -= piece.numbers
                one.begun = 0
                self._news.append(piece)

    def _watch(self) -> None:
        """End whoever computes too long at one element, or holds too much."""
        held = self._own.memory_info().rss               # with all that forked helpers share with it
        for one in list(self._helpers):
            bytes_, computed = one.uses()
            held += bytes_
            if one.chunks and bytes_ > self.memory_bytes and one.surely_holds() > self.memory_bytes:
                self._end(one, told("it needed more than {mb} MB", mb=self.memory_bytes >> 20))
            elif (one.chunks and computed > self.element_secs) or (one.busy and one.silent_secs() > self.silence_secs):
                self._end(one, told("it took longer than {secs} s", secs=f"{self.element_secs:g}"))
                self.element_secs = max(self.least_secs, self.element_secs / 2)
        self.peak_bytes = max(self.peak_bytes, held)

    def _end(self, one: _Helper, why: str) -> None:
        self.limited = True
        self._bury(one, why)

    def _bury(self, one: _Helper, why: str) -> None:
        one.process.kill()
        one.leave()
        self._helpers.remove(one)
        if not one.ready:
            self._again.extend(one.chunks)
            self._false_starts += 1
            if self._false_starts > FALSE_STARTS:
                raise Trouble(tr("The processes that make shapes do not start."), path=self.site.path)
            return
        if one.chunks:
            self._blame(one, one.chunks.popleft(), why)
        self._again.extend(one.chunks)
        if unsent := one.left.difference(*(chunk.numbers for chunk in one.chunks)):
            self._again.append(Chunk(single=tuple(sorted(unsent))))

    def _blame(self, one: _Helper, chunk: Chunk, why: str) -> None:
        """It was lost over `chunk`: who did it climbs to the next kernel, what was left undone is done by others."""
        at, left = one.at, one.left.intersection(chunk.numbers)
        one.left -= left
        if at in left and one.library != EXACT:
            self._again.append(Chunk(single=(at,), ladder=LADDER[LADDER.index(one.library) + 1:]))
            left = left - {at}
        elif at in left or len(left) == 1:
            self._fail(at if at in left else min(left), why)
            left = left - {at} if at in left else set()
        self._again.extend(_halves([n for n in chunk.numbers if n in left], chunk.ladder, whole=bool(at)))

    def _fail(self, number: int, why: str) -> None:
        self._news.append(Piece(joined([]), Rows(self.site.model, 1.0).columns([]), {number: why}))


def _halves(numbers: list[int], ladder: tuple[str, ...], whole: bool) -> list[Chunk]:
    """What a lost helper left undone, one by one from now on; halved where the culprit is not known."""
    middle = len(numbers) if whole else (len(numbers) + 1) // 2
    return [Chunk(single=tuple(some), ladder=ladder) for some in (numbers[:middle], numbers[middle:]) if some]


class _Helper:
    def __init__(self, site: Site, start: str):
        context = mp.get_context(start)
        self.pipe, theirs = context.Pipe()
        model, read_at = (site.model, own_place.places(site.path)) if start == "fork" else (None, [])
        self.process = context.Process(target=helper.serve, daemon=True,
                                       args=(theirs, site.path, model, read_at, site.folder, site.unit_m))
        self.process.start()
        theirs.close()
        self.ready = False
        self.chunks: deque[Chunk] = deque()                  # the first is the one that it works at
        self.left: set[int] = set()                          # given, and in no piece yet
        self.begun, self.at, self.library = 0, 0, ""
        self._usage = psutil.Process(self.process.pid)
        self._since, self._computed = time.monotonic(), 0.0
        self._held = Held(self._usage, forked=start == "fork")

    def take(self, chunk: Chunk) -> None:
        if not self.chunks:
            self.begin(0, "")
        self.chunks.append(chunk)
        self.left.update(chunk.numbers)
        try:
            self.pipe.send(chunk)
        except OSError:
            return                          # it died: the next look at its pipe says so

    def begin(self, number: int, library: str) -> None:
        self.begun += bool(number) and number != self.at     # not again for the next kernel
        self.at, self.library = number, library
        self._since, self._computed = time.monotonic(), -1.0

    @property
    def busy(self) -> bool:
        """Starting, or at work."""
        return not self.ready or bool(self.chunks)

    @property
    def laden(self) -> int:
        """In chunks. Behind elements that are made one by one, which may take long, nothing waits."""
        return sum(AHEAD if chunk.single else 1 for chunk in self.chunks)

    def finish(self) -> None:
        self.chunks.popleft()
        self.begin(0, "")

    def holds(self, bytes_: int) -> None:
        with contextlib.suppress(psutil.Error):              # it has gone
            self._held.counted(bytes_)

    def surely_holds(self) -> int:
        try:
            return self._held.exactly()
        except psutil.Error:
            return 0

    def uses(self) -> tuple[int, float]:
        """(bytes that it alone holds, about; seconds computed since it began this element)."""
        try:
            computed, own = sum(self._usage.cpu_times()[:2]), self._held.now()
        except psutil.Error:
            return 0, 0.0
        if self._computed < 0:
            self._computed = computed
        return own, computed - self._computed

    def silent_secs(self) -> float:
        return time.monotonic() - self._since

    def leave(self, wait: bool = True) -> None:
        """It was killed. Taking its memory back lasts some milliseconds."""
        if wait:
            self.process.join(2.0)
        self.pipe.close()
