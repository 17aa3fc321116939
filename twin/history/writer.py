"""The one writer of a store: holds its lock, and takes readings as they arrive."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import numpy as np

from twin.history.batches import Batches
from twin.history.ledger import Hot, Ledger
from twin.history.repair import repair
from twin.history.store import FORMAT, MARK, VERSION, is_store
from twin.sensors import Batch, Datastream
from twin.text import tr
from twin.trouble import Trouble

BLOCK_ROWS = 2_000                        # from here on what arrives together is kept as one block
WANTED = "writer.wanted"                  # somebody waits for the lock


class Writer(Batches):
    """Holds the store's lock until closed. `repaired`: what was mended, a sentence each."""

    def __init__(self, folder: Path, wait_secs: float = 30.0):
        folder = Path(folder)
        self._lock = locked(folder, wait_secs)
        try:
            create(folder)
            super().__init__(folder)
            self.repaired = repair(self)
            self._arrival = self.ledger.last_arrival()
            self._numbers: dict[str, int] = {}         # of datastreams that were heard of
        except BaseException:
            self._lock.close()
            raise

    def close(self) -> None:
        super().close()
        self._lock.close()

    @property
    def wanted(self) -> bool:
        """Whether another program waits to write."""
        return (self.folder / WANTED).exists()

    # -- readings that arrive --------------------------------------------------------------------------

    def append(self, batch: Batch, streams: list[Datastream] = (), taken: list[tuple[str, int, bytes]] = ()) -> int:
        """Keep readings, in one transaction. How many are new: of two with one datastream and time the first counts.

        `taken`: messages (see `Ledger.take`) that are known to be stored from the same moment on.

        A large batch goes in as one block, which costs a fraction of a row each; only the repetitions within it are
        found at once, others when it is sealed.
        """
        try:
            with self.ledger.writing():
                number = self._numbers_of(batch.ids, streams)[batch.streams]
                quality = np.zeros(len(batch), np.int8) if batch.quality is None else batch.quality
                self.ledger.take(taken)
                new = self._arrive(Hot(batch.times_ns // 1000, number, batch.values, quality))
        except BaseException:
            self._numbers = {}                         # what was entered meanwhile is undone
            raise
        self._arrival += 1
        return new

    def _arrive(self, hot: Hot) -> int:
        if len(hot) < BLOCK_ROWS:
            return self.ledger.arrive(self._arrival + 1, *(column.tolist() for column in hot.columns))
        once = hot.once_each(np.arange(len(hot)))
        self.ledger.arrive_block(self._arrival + 1, once)
        return len(once)

    def _numbers_of(self, ids: tuple[str, ...], streams: list[Datastream]) -> np.ndarray:
        """Numbers of datastreams, entering what is new; asked with every message, so known ones are remembered."""
        told = {id: Datastream(id=id) for id in ids if id not in self._numbers} | {s.id: s for s in streams}
        if told:
            self._numbers |= self.ledger.enter(list(told.values()), since=0)
        return np.array([self._numbers[id] for id in ids], np.int64)

    def learn(self, streams: list[Datastream]) -> None:
        """Enter what is newly known about datastreams, without readings."""
        with self.ledger.writing():
            self.ledger.know(streams, since=0)


def create(folder: Path) -> None:
    """Make an empty store where there is none."""
    if is_store(folder):
        return
    folder.mkdir(parents=True, exist_ok=True)
    from twin.history.sealed import Sealed
    from twin.whole_file import write_atomically
    Ledger(folder / "ledger.sqlite").close()
    Sealed(folder / "observations").create()
    write_atomically(folder / MARK, json.dumps({"format": FORMAT, "version": VERSION}) + "\n")


def locked(folder: Path, wait_secs: float) -> sqlite3.Connection:
    """An SQLite file held exclusively: a lock on every system, that ends with its process.

    Whoever waits says so in a file, and a recorder lets go of the lock for a while.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lock = sqlite3.connect(folder / "writer.lock", timeout=0.0, isolation_level=None, check_same_thread=False)
    try:
        if _taken(lock):
            return lock
        if wait_secs:
            (folder / WANTED).touch()
            lock.execute(f"PRAGMA busy_timeout = {round(wait_secs * 1000)}")
            if _taken(lock):
                return lock
    except BaseException:
        lock.close()
        raise
    finally:
        (folder / WANTED).unlink(missing_ok=True)
    lock.close()
    raise Trouble(tr("Another program is writing into this store."),
                  way_out=tr("Wait until its import is done, or stop its recorder."), path=str(folder))


def _taken(lock: sqlite3.Connection) -> bool:
    try:
        lock.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError:
        return False
    return True
