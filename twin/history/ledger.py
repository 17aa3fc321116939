"""The ledger of a store, in SQLite: datastreams, readings that just arrived, and what each batch did.

SQLite and not DuckDB: a DuckDB file that one process writes cannot be read by another one, and the newest
readings must be seen while a recorder runs. Its write-ahead log lets any number of processes read meanwhile.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from twin.sensors import Datastream

TABLES = """
CREATE TABLE IF NOT EXISTS datastreams (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, facts TEXT NOT NULL,
                                        since INTEGER NOT NULL, newest_us INTEGER);
CREATE TABLE IF NOT EXISTS hot (time_us INTEGER, number INTEGER, value REAL NOT NULL, quality INTEGER NOT NULL,
                                arrival INTEGER NOT NULL, PRIMARY KEY (time_us, number)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS batches (seq INTEGER PRIMARY KEY, kind TEXT NOT NULL, pending INTEGER NOT NULL,
                                    facts TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS touched (property TEXT, day INTEGER, seq INTEGER NOT NULL, readings INTEGER NOT NULL,
                                    PRIMARY KEY (property, day)) WITHOUT ROWID;
"""


@dataclass(frozen=True)
class Known:
    """A datastream as the store knows it. `newest_us`: of its sealed readings, None = none yet."""

    number: int
    stream: Datastream
    since: int
    newest_us: int | None


@dataclass(frozen=True, eq=False)
class Hot:
    """Readings that are not sealed yet, by time: `numbers` of datastreams, times in microseconds."""

    times_us: np.ndarray
    numbers: np.ndarray
    values: np.ndarray
    quality: np.ndarray

    def __len__(self) -> int:
        return len(self.values)


class Ledger:
    def __init__(self, path: Path):
        self.path = path
        self._db = sqlite3.connect(path, timeout=30.0, isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")

    def create(self) -> None:
        self._db.executescript(TABLES)

    def close(self) -> None:
        self._db.close()

    def sound(self) -> bool:
        return self._db.execute("PRAGMA quick_check").fetchone()[0] == "ok"

    @contextmanager
    def reading(self):
        """One consistent look, whatever a writer does meanwhile."""
        self._db.execute("BEGIN")
        try:
            yield self
        finally:
            self._db.execute("COMMIT")

    @contextmanager
    def writing(self):
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield self
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    # -- datastreams ---------------------------------------------------------------------------------

    def datastreams(self) -> list[Known]:
        rows = self._db.execute("SELECT number, id, facts, since, newest_us FROM datastreams ORDER BY number")
        return [Known(n, Datastream(id=id, **json.loads(facts)), since, newest) for n, id, facts, since, newest in rows]

    def know(self, streams: list[Datastream], since: int) -> dict[str, int]:
        """Numbers by id; new datastreams are entered, known ones learn what is new about them."""
        known = {k.stream.id: k for k in self.datastreams()}
        fresh = [s for s in streams if s.id not in known]
        self._db.executemany("INSERT INTO datastreams (id, facts, since) VALUES (?, ?, ?)",
                             [(s.id, _json(s.facts()), since) for s in fresh])
        learned = [(s, known[s.id].stream) for s in streams if s.id in known]
        self._db.executemany("UPDATE datastreams SET facts = ? WHERE id = ?",
                             [(_json(both.facts()), s.id) for s, old in learned if (both := old.with_facts(s)) != old])
        return dict(self._db.execute("SELECT id, number FROM datastreams"))

    def change(self, stream: Datastream) -> None:
        """Replace what is known about a datastream."""
        self._db.execute("UPDATE datastreams SET facts = ? WHERE id = ?", (_json(stream.facts()), stream.id))

    # -- what just arrived ----------------------------------------------------------------------------

    def arrive(self, times_us: list[int], numbers: list[int], values: list[float], quality: list[int]) -> int:
        """Enter readings; one whose datastream and time are there already is left out. How many are new."""
        arrival = 1 + (self._db.execute("SELECT max(arrival) FROM hot").fetchone()[0] or 0)
        arrival = max(arrival, 1 + self._last_sealed_arrival())
        before = self._db.total_changes
        self._db.executemany("INSERT OR IGNORE INTO hot VALUES (?, ?, ?, ?, ?)",
                             ((t, n, v, q, arrival) for t, n, v, q in zip(times_us, numbers, values, quality)))
        return self._db.total_changes - before

    def hot(self, upto: int | None = None) -> Hot:
        """What is not sealed, of arrivals up to `upto`."""
        where = "" if upto is None else f"WHERE arrival <= {int(upto)}"
        rows = self._db.execute(f"SELECT time_us, number, value, quality FROM hot {where}").fetchall()
        columns = list(zip(*rows)) if rows else ((), (), (), ())
        return Hot(*(np.array(c, d) for c, d in zip(columns, (np.int64, np.int64, np.float64, np.int8))))

    def newest_arrival(self) -> int:
        return self._db.execute("SELECT max(arrival) FROM hot").fetchone()[0] or 0

    def _last_sealed_arrival(self) -> int:
        row = self._db.execute("SELECT facts FROM batches WHERE kind = 'seal' ORDER BY seq DESC LIMIT 1").fetchone()
        return json.loads(row[0])["upto"] if row else 0

    # -- batches --------------------------------------------------------------------------------------

    def next_seq(self) -> int:
        return 1 + (self._db.execute("SELECT max(seq) FROM batches").fetchone()[0] or 0)

    def begin(self, seq: int, kind: str, facts: dict) -> None:
        """Say what a batch is going to do, before it does it. `facts`: "upto", "newest", "touched" (see `finish`)."""
        self._db.execute("INSERT INTO batches VALUES (?, ?, 1, ?)", (seq, kind, _json(facts)))

    def pending(self) -> list[tuple[int, str]]:
        return self._db.execute("SELECT seq, kind FROM batches WHERE pending ORDER BY seq").fetchall()

    def finish(self, seq: int) -> None:
        """The batch is in the sealed table: what it said of hot readings, newest times and days holds now."""
        facts = json.loads(self._db.execute("SELECT facts FROM batches WHERE seq = ?", (seq,)).fetchone()[0])
        if "upto" in facts:
            self._db.execute("DELETE FROM hot WHERE arrival <= ?", (facts["upto"],))
        self._db.executemany("UPDATE datastreams SET newest_us = max(coalesce(newest_us, ?1), ?1) WHERE number = ?2",
                             [(newest, number) for number, newest in facts.pop("newest", ())])
        self._db.executemany("INSERT INTO touched VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE "
                             "SET seq = ?3, readings = readings + ?4",
                             [(property, day, seq, n) for property, day, n in facts.pop("touched", ())])
        if "before" in facts:
            self._forget(facts["before"], seq)
        self._db.execute("UPDATE batches SET pending = 0, facts = ? WHERE seq = ?", (_json(facts), seq))

    def _forget(self, before: int, seq: int) -> None:
        """Days before `before` hold nothing any more. The first that is left counts as touched: its cube held them."""
        self._db.execute("DELETE FROM touched WHERE day < ?", (before,))
        self._db.execute("UPDATE touched SET seq = ?1 WHERE day = (SELECT min(day) FROM touched AS other "
                         "WHERE other.property = touched.property)", (seq,))

    def undo(self, seq: int) -> None:
        """The batch never happened: its datastreams are unknown again."""
        self._db.execute("DELETE FROM datastreams WHERE since = ? AND since > 0", (seq,))
        self._db.execute("DELETE FROM batches WHERE seq = ?", (seq,))

    def touched(self) -> dict[str, list[tuple[int, int, int]]]:
        """(day, number of the last batch that touched it, readings) of each observed property, by day."""
        out: dict[str, list[tuple[int, int, int]]] = {}
        for property, day, seq, readings in self._db.execute("SELECT * FROM touched ORDER BY property, day"):
            out.setdefault(property, []).append((day, seq, readings))
        return out


def _json(value) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_plain)


def _plain(value):
    return value.item() if hasattr(value, "item") else str(value)
