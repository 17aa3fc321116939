"""One of the processes that share a file: makes the shapes of the chunks it is given, and may die of them.

It says which element it is about to make, so that whoever watches knows the culprit, and sends what it has
every fraction of a second: when it dies, little is lost.
"""

from __future__ import annotations

import ctypes
import faulthandler
import gc
import multiprocessing
import os
import signal
import sys
import time
from dataclasses import dataclass, field

import psutil

from bim import own_place
from bim.attributes import sound
from bim.elements import Rows
from bim.instances import Collected, Instances
from bim.kernels import LADDER, Failed, Kernels
from bim.memory import alone
from bim.placements import Placements
from bim.plan import Chunk, has_body
from twin import spill
from twin.told import told

FIRST_FLUSH_SECS, FLUSH_SECS = 0.05, 0.4
ALIVE_SECS = 0.1
COUNTED_SECS = 1.0                     # of computing, between two counts of the memory
ORPHAN_SECS = 600.0                    # a chunk never takes so long: whoever watches has died
PARENT_DEATH_SIGNAL = 1                # prctl's PR_SET_PDEATHSIG


@dataclass
class Piece:
    """What came out of some elements: shapes with their rows (columns of `Rows`), the reason of every
    failure by number, and those that have no body to draw.
    """

    instances: Instances
    rows: dict[str, list]
    failed: dict[int, str] = field(default_factory=dict)
    bodiless: tuple[int, ...] = ()

    @property
    def numbers(self) -> set[int]:
        return {*self.instances.number.tolist(), *self.failed, *self.bodiless}


def serve(pipe, path: str, model, read_at: list[tuple[int, int]], folder: str, unit_m: float) -> None:
    """Take chunks from `pipe` until told to end. `model` is None where this process has to open `path` itself; else
    it was forked from one that read at these `own_place.places`.
    """
    detached()
    own_place.taken(read_at)
    if model is None:
        from bim.open import library_open
        model = library_open(path, lazy=True)
    maker = _Maker(pipe, model, folder, unit_m)
    try:
        pipe.send(("ready",))
        while (chunk := pipe.recv()) is not None:
            if sys.platform != "linux":        # there the kernel ends it, and no fork may set a timer
                faulthandler.dump_traceback_later(ORPHAN_SECS, exit=True, file=open(os.devnull, "w"))
            maker.work(chunk)
            if chunk.ladder or not pipe.poll():    # else it is sent with what the next one gives
                maker.flush()
            pipe.send(("done",))
            maker.count()
    except (EOFError, OSError, KeyboardInterrupt):
        return


def detached() -> None:
    """Silent, and gone when the parent is: a kernel that never returns hears nothing. What the parent left in circles
    is never collected here: that copies pages, and what waits for its threads when it goes has none in a fork.
    """
    gc.disable()
    faulthandler.disable()
    nothing = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(nothing, stream)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PARENT_DEATH_SIGNAL, signal.SIGKILL)
        if os.getppid() != multiprocessing.parent_process().pid:         # it died before it could be told
            os._exit(1)


class _Maker:
    def __init__(self, pipe, model, folder: str, unit_m: float):
        self.pipe, self.model, self.folder = pipe, model, folder
        self.kernels, self.placements, self.rows = Kernels(model), Placements(), Rows(model, unit_m)
        self._process, self._counted = psutil.Process(), time.process_time()
        self._wait = FIRST_FLUSH_SECS
        self._empty()

    def work(self, chunk: Chunk) -> None:
        made = self._shared(chunk.shared) if chunk.shared else set()
        for number in (*chunk.single, *(n for n in chunk.shared if n not in made)):
            self._single(number, chunk.ladder or LADDER)
            self._flush_in_time()

    def count(self) -> None:
        """Say what this process holds, while the parent looks for the next chunk."""
        if time.process_time() - self._counted > COUNTED_SECS:
            self._counted = time.process_time()
            self.pipe.send(("holds", alone(self._process)))

    def _shared(self, numbers: tuple[int, ...]) -> set[int]:
        sound = tuple(n for n in numbers if not self.placements.cyclic(self.model.by_id(n)))
        made, said = set(), time.monotonic()
        self.pipe.send(("at", 0, ""))
        for number in self.kernels.shared(sound, lambda: self._collected):
            made.add(number)
            self._flush_in_time()
            if time.monotonic() - said > ALIVE_SECS:         # the limits are for one element
                said = time.monotonic()
                self.pipe.send(("at", 0, ""))
        return made

    def _single(self, number: int, ladder: tuple[str, ...]) -> None:
        product = self.model.by_id(number)
        if self.placements.cyclic(product):
            self._failed[number] = told("its placement hangs on a cycle")
            return
        try:
            if self.kernels.single(number, ladder, self._collected, self._announce):
                return
            reason = told("its shape has no triangles")
        except Failed as failed:
            reason = str(failed)
        if sound(has_body, product, otherwise=True):
            self._failed[number] = reason
        else:
            self._bodiless.append(number)

    def _announce(self, number: int, library: str) -> None:
        self.pipe.send(("at", number, library))

    def _empty(self) -> None:
        self._collected, self._failed, self._bodiless = Collected(), {}, []
        self._since = time.monotonic()

    def _flush_in_time(self) -> None:
        if time.monotonic() - self._since > self._wait:
            self.flush()
            self._wait = min(FLUSH_SECS, 1.3 * self._wait)

    def flush(self) -> None:
        if not (len(self._collected) or self._failed or self._bodiless):
            return
        instances = self._collected.instances()
        rows = self.rows.columns(instances.number.tolist())
        self.pipe.send(("piece", spill.dump(Piece(instances, rows, self._failed, tuple(self._bodiless)), self.folder)))
        self._empty()
