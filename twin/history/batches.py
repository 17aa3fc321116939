"""Batches: what moves readings into the sealed table, puts its files together, or lets old ones go.

Every step is: say so in the ledger, write files, commit them to the sealed table under the batch's number, strike what
they hold from the ledger. Whatever step is the last one done, whoever comes next knows the rest (repair.py).
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from twin.history.sealed import DAY_US, File, quoted, write_pieces
from twin.history.store import Look, Store, connection, sealed_events
from twin.sensors import Datastream

SMALL_ROWS = 1_000_000                    # files below this are put together,
MANY_SMALL = 16                           # once there are so many of them
KEPT_SECS = 3600.0                        # readers may still have a replaced file open
Step = Callable[[str], object]            # runs one statement that may take long


class Batches(Store):
    """For the process that holds the store's lock, one batch at a time; what arrives meanwhile may go on arriving, in
    another thread through a `Writer` of its own."""

    otherwise = 0                         # readings of the last import that the store has with another value

    def seal(self) -> int:
        """Move everything that arrived into the sealed table; how many readings."""
        look = self.look()
        if not len(look.hot):
            return 0
        with connection(staging_folder(self.folder, os.getpid())) as con:
            self._stage(con, look)
            self._leave_out_known(con, look)
            kept = self.commit(con, "seal", extra={"upto": look.arrival})
        self._tidy()
        return kept

    def _stage(self, con, look: Look) -> None:
        import pyarrow as pa
        hot = look.hot
        numbers = np.array([k.number for k in look.known], np.int64)          # ascending
        ids = pa.array([k.stream.id for k in look.known], pa.string())
        at = np.searchsorted(numbers, hot.numbers)
        assert np.array_equal(numbers[at], hot.numbers), "a reading of a datastream that the ledger does not know"
        con.register("arrived", pa.table({
            "datastream": ids.take(pa.array(at)), "t": hot.times_us,
            "value": hot.values, "quality": hot.quality}))
        con.execute("CREATE TABLE staged AS SELECT * FROM arrived ORDER BY datastream, t")

    def add(self, con, streams: list[Datastream], step: Step | None = None) -> tuple[int, int]:
        """Seal what stands in the DuckDB table `staged` (datastream, t, value, quality), sorted, no key twice.

        (kept, repeated): readings whose datastream and time the store has already are left out and counted; of them,
        `otherwise` says how many have another value there.
        """
        self.seal()
        look = self.look()
        repeated = self._leave_out_known(con, look, step, compared=True)
        kept = self.commit(con, "import", streams, step=step)
        self._tidy()
        return kept, repeated

    def _leave_out_known(self, con, look: Look, step: Step | None = None, compared: bool = False) -> int:
        """Strike from `staged` what is sealed already. Only files whose times overlap are looked at."""
        self.otherwise = 0
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
        if compared:
            self.otherwise = con.execute(
                f"SELECT count(*) FROM staged s JOIN ({sealed_events(look.sealed, first, last)}) e "
                f"USING (datastream, t) WHERE s.value::FLOAT IS DISTINCT FROM e.value::FLOAT").fetchone()[0]
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
                self.undo(seq)
                raise
            files = [f for f in self.sealed.now().files if f.path.startswith(f"batch-{seq:08d}-")]
        with self.ledger.writing():
            self.ledger.finish(seq)
        return sum(f.rows for f in files)

    def undo(self, seq: int) -> None:
        """The batch never happened."""
        with self.ledger.writing():
            self.ledger.undo(seq)
        for path in self.sealed.folder.glob(f"batch-{seq:08d}-*.parquet"):
            path.unlink(missing_ok=True)

    def _tidy(self) -> None:
        if sum(f.rows < SMALL_ROWS for f in self.sealed.now().files) >= MANY_SMALL:
            self.compact()
        self.forget_old()
        self.sweep_replaced()

    def sweep_replaced(self) -> int:
        """Remove files that were replaced so long ago that no reader needs them; how many. What was begun and never
        committed is left to `repair`."""
        sealed = self.sealed.now()
        old = [path for path in sealed.strays() if number_of(path) <= sealed.version
               and time.time() - path.stat().st_mtime > KEPT_SECS]
        for path in old:
            path.unlink(missing_ok=True)
        return len(old)

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
            names = ", ".join(f"'{quoted(sealed.folder / f.path)}'" for f in small)
            con.execute(f'CREATE TABLE staged AS SELECT datastream, epoch_us("time") AS t, any_value(value) AS value, '
                        f"any_value(quality) AS quality FROM read_parquet([{names}]) "
                        f"GROUP BY ALL ORDER BY datastream, t")
            self.commit(con, "compact", gone=small)
        for file in small:
            os.utime(sealed.folder / file.path)          # from now on counts how long a reader may need it
        return len(small)


def number_of(path: Path) -> int:
    """Of the batch that wrote a file; one that was not written here is no batch's."""
    number = path.name.removeprefix("batch-").partition("-")[0]
    return int(number) if path.name.startswith("batch-") and number.isdecimal() else 0


def staging_folder(folder: Path, pid: int) -> Path:
    """Where a process puts what is too large for memory while it imports into a store."""
    return folder.with_name(f"{folder.name}.staging-{pid}")


def _facts(con, numbers: dict[str, int], properties: dict[str, str]) -> dict:
    """Newest time of each datastream and readings of each property and day, of the table `staged`."""
    import pyarrow as pa
    con.execute(f"CREATE OR REPLACE TABLE days AS SELECT datastream, t // {DAY_US} AS day, count(*) AS readings, "
                f"max(t) AS newest FROM staged GROUP BY ALL")
    newest = con.execute("SELECT datastream, max(newest) FROM days GROUP BY datastream").fetchall()
    con.register("properties", pa.table({"datastream": list(properties), "property": list(properties.values())}))
    touched = con.execute("SELECT property, day, sum(readings)::BIGINT FROM days JOIN properties USING (datastream) "
                          "GROUP BY ALL").fetchall()
    return {"newest": [(numbers[id], t) for id, t in newest], "touched": touched}
