"""The one writer of a store: takes readings, seals them, compacts, and mends what a crash left behind.

Every step that moves readings is: say so in the ledger, write files, commit them to the sealed table under the
batch's number, strike them from the ledger. Whatever step is the last one done, the next writer knows the rest.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from twin.history.ledger import Hot, Ledger
from twin.history.sealed import DAY_US, File, write_pieces
from twin.history.store import FORMAT, MARK, VERSION, Look, Store, connection, is_store, sealed_events
from twin.sensors import Batch, Datastream
from twin.text import tr
from twin.trouble import Trouble

SMALL_ROWS = 1_000_000                    # files below this are put together,
MANY_SMALL = 16                           # once there are so many of them
BLOCK_ROWS = 2_000                        # from here on what arrives together is kept as one block
WANTED = "writer.wanted"                  # somebody waits for the lock
KEPT_SECS = 3600.0                        # readers may still have a replaced file open
Step = Callable[[str], object]            # runs one statement that may take long


class Writer(Store):
    """Holds the store's lock until closed. `repaired`: what was mended, a sentence each."""

    def __init__(self, folder: Path, wait_secs: float = 30.0):
        folder = Path(folder)
        self._lock = _locked(folder, wait_secs)
        try:
            create(folder)
            super().__init__(folder)
            self.repaired = self._repair()
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

    def seal(self) -> int:
        """Move everything that arrived into the sealed table; how many readings."""
        look = self.look()
        upto = self.ledger.newest_arrival()
        hot = self.ledger.hot(upto)
        if not len(hot):
            return 0
        with connection(staging_folder(self.folder, os.getpid())) as con:
            self._stage(con, hot, look)
            self._leave_out_known(con, look)
            kept = self.commit(con, "seal", extra={"upto": upto})
        self._tidy()
        return kept

    def _stage(self, con, hot, look: Look) -> None:
        import pyarrow as pa
        ids = {k.number: k.stream.id for k in look.known}
        con.register("arrived", pa.table({
            "datastream": pa.array([ids[n] for n in hot.numbers.tolist()], pa.string()), "t": hot.times_us,
            "value": hot.values, "quality": hot.quality}))
        con.execute("CREATE TABLE staged AS SELECT * FROM arrived ORDER BY datastream, t")

    def learn(self, streams: list[Datastream]) -> None:
        """Enter what is newly known about datastreams, without readings."""
        with self.ledger.writing():
            self.ledger.know(streams, since=0)

    # -- batches ---------------------------------------------------------------------------------------

    def add(self, con, streams: list[Datastream], step: Step | None = None) -> tuple[int, int]:
        """Seal what stands in the DuckDB table `staged` (datastream, t, value, quality), sorted, no key twice.

        (kept, repeated): readings whose datastream and time the store has already are left out and counted.
        """
        self.seal()
        look = self.look()
        repeated = self._leave_out_known(con, look, step)
        kept = self.commit(con, "import", streams, step=step)
        self._tidy()
        return kept, repeated

    def _leave_out_known(self, con, look: Look, step: Step | None = None) -> int:
        """Strike from `staged` what is sealed already. Only files whose times overlap are looked at."""
        import pyarrow as pa
        step = step or con.execute
        newest = {k.stream.id: k.newest_us for k in look.known if k.newest_us is not None}
        con.register("newest", pa.table({"datastream": pa.array(list(newest), pa.string()),
                                         "newest": pa.array(list(newest.values()), pa.int64())}))
        late, first, last = con.execute("SELECT count(*), min(t), max(t) FROM staged JOIN newest USING (datastream) "
                                        "WHERE t <= newest").fetchone()
        if not late:
            return 0
        before = con.execute("SELECT count(*) FROM staged").fetchone()[0]
        step(f"CREATE OR REPLACE TABLE staged AS SELECT s.* FROM staged s "
             f"ANTI JOIN ({sealed_events(look.sealed, first, last)}) USING (datastream, t) "
             f"ORDER BY datastream, t")
        return before - con.execute("SELECT count(*) FROM staged").fetchone()[0]

    def commit(self, con, kind: str, streams: list[Datastream] = (), extra: dict | None = None,
               gone: tuple[File, ...] = (), step: Step | None = None) -> int:
        """Make `staged` part of the sealed table, in place of the files `gone`. On an error nothing was done."""
        with self.ledger.writing():
            seq = self.ledger.next_seq()
            numbers = self.ledger.know(list(streams), since=seq)
            properties = {k.stream.id: k.stream.property for k in self.ledger.datastreams()}
            facts = {} if gone else _facts(con, numbers, properties)
            self.ledger.begin(seq, kind, {**facts, **(extra or {})})
        try:
            files = write_pieces(con, "staged", self.sealed.folder, seq, step or con.execute)
            self.sealed.now().commit(files, seq, gone, forgets=kind == "forget")
        except BaseException:
            if self.sealed.now().version < seq:
                self._undo(seq)
                raise
            files = [f for f in self.sealed.now().files if f.path.startswith(f"batch-{seq:08d}-")]
        with self.ledger.writing():
            self.ledger.finish(seq)
        return sum(f.rows for f in files)

    def _undo(self, seq: int) -> None:
        self._numbers = {}
        with self.ledger.writing():
            self.ledger.undo(seq)
        for path in self.sealed.folder.glob(f"batch-{seq:08d}-*.parquet"):
            path.unlink(missing_ok=True)

    def _tidy(self) -> None:
        if sum(f.rows < SMALL_ROWS for f in self.sealed.now().files) >= MANY_SMALL:
            self.compact()
        self.forget_old()

    def forget_old(self) -> int:
        """Let go of the days beyond those that the store is to keep, if it is; how many readings."""
        from twin.history.retention import forget, old_before
        before = old_before(self)
        return forget(self, before) if before is not None else 0

    def compact(self) -> int:
        """Put small files together, each key once; how many files it took. Readers see the old or the new ones."""
        sealed = self.sealed.now()
        small = tuple(f for f in sealed.files if f.rows < SMALL_ROWS)
        if len(small) < 2:
            return 0
        with connection(staging_folder(self.folder, os.getpid())) as con:
            names = ", ".join(f"'{sealed.folder / f.path}'" for f in small)
            con.execute(f'CREATE TABLE staged AS SELECT datastream, epoch_us("time") AS t, any_value(value) AS value, '
                        f"any_value(quality) AS quality FROM read_parquet([{names}]) "
                        f"GROUP BY ALL ORDER BY datastream, t")
            self.commit(con, "compact", gone=small)
        for file in small:
            os.utime(sealed.folder / file.path)          # from now on counts how long a reader may need it
        return len(small)

    # -- after a crash -----------------------------------------------------------------------------------

    def _repair(self) -> tuple[str, ...]:
        """Finish or undo what was begun; remove what nobody names. Says what it did and what is lost."""
        said = []
        if not self.ledger.sound():
            raise Trouble(tr("The ledger of this store is damaged."), path=str(self.ledger.path),
                          way_out=tr("Put back a copy of it; the sealed readings are in the folder beside it."))
        version = self.sealed.version
        for seq, kind in self.ledger.pending():
            if seq <= version:
                with self.ledger.writing():
                    self.ledger.finish(seq)
                said.append(tr("A batch ({kind}) had been written but not entered: it was entered.", kind=kind))
            else:
                self._undo(seq)
                said.append(tr("A batch ({kind}) had not been finished: it was undone.", kind=kind))
        said += self._sweep(version)
        damaged = self.sealed.damaged()
        if damaged:
            said.append(tr("{n} files of readings are missing or damaged: {rows} readings cannot be read.",
                           n=len(damaged), rows=f"{sum(f.rows for f in damaged):,}"))
        return tuple(said)

    def _sweep(self, version: int) -> list[str]:
        """Leftovers of killed work, and files that a compaction replaced a while ago."""
        left = 0
        for path in self.sealed.strays():
            begun = int(path.name.split("-")[1]) > version if path.name.startswith("batch-") else False
            if begun or time.time() - path.stat().st_mtime > KEPT_SECS:
                path.unlink(missing_ok=True)
                left += begun
        for folder in self.folder.parent.glob(f"{self.folder.name}.staging-*"):
            if not _lives(int(folder.name.rpartition("-")[2])):
                shutil.rmtree(folder, ignore_errors=True)
                left += 1
        return [tr("{n} leftovers of interrupted work were removed.", n=left)] if left else []


def create(folder: Path) -> None:
    """Make an empty store where there is none."""
    if is_store(folder):
        return
    folder.mkdir(parents=True, exist_ok=True)
    from twin.history.sealed import Sealed
    from twin.project import write_atomically
    Ledger(folder / "ledger.sqlite").close()
    Sealed(folder / "observations").create()
    write_atomically(folder / MARK, json.dumps({"format": FORMAT, "version": VERSION}) + "\n")


def staging_folder(folder: Path, pid: int) -> Path:
    """Where a process puts what is too large for memory while it imports into a store."""
    return folder.with_name(f"{folder.name}.staging-{pid}")


def discard_if_empty(folder: Path) -> None:
    """Remove a store that nothing was ever written into; another writer's stays."""
    if not is_store(folder):
        return
    with Writer(folder) as writer:
        look = writer.look()
        empty = not look.known and not look.sealed.files and not len(look.hot)
    if empty:
        shutil.rmtree(folder, ignore_errors=True)


def _locked(folder: Path, wait_secs: float) -> sqlite3.Connection:
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


def _facts(con, numbers: dict[str, int], properties: dict[str, str]) -> dict:
    """Newest time of each datastream and readings of each property and day, of the table `staged`."""
    import pyarrow as pa
    newest = con.execute("SELECT datastream, max(t) FROM staged GROUP BY datastream").fetchall()
    con.register("properties", pa.table({"datastream": list(properties), "property": list(properties.values())}))
    touched = con.execute(f"SELECT property, t // {DAY_US} AS day, count(*) FROM staged JOIN properties "
                          f"USING (datastream) GROUP BY ALL").fetchall()
    return {"newest": [(numbers[id], t) for id, t in newest], "touched": touched}


def _lives(pid: int) -> bool:
    if pid == os.getpid():
        return True
    if os.name != "posix":
        return False                      # there a file that is in use cannot be removed anyway
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
