"""The ledger of a store, in SQLite: datastreams, readings that just arrived, and what each batch did.

SQLite and not DuckDB: a DuckDB file that one process writes cannot be read by another one, and the newest
readings must be seen while a recorder runs. Its write-ahead log lets any number of processes read meanwhile.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path

import numpy as np

from twin.history.bare_places import at_its_thing, is_bare, met
from twin.sensors import Datastream

COLUMNS = (("<i8", 8), ("<i8", 8), ("<f8", 8), ("i1", 1))      # of a block: time_us, number, value, quality
ROWS_AT_ONCE = 20_000
TABLES = """
CREATE TABLE IF NOT EXISTS datastreams (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, facts TEXT NOT NULL,
                                        since INTEGER NOT NULL, newest_us INTEGER);
CREATE TABLE IF NOT EXISTS hot (time_us INTEGER, number INTEGER, value REAL NOT NULL, quality INTEGER NOT NULL,
                                arrival INTEGER NOT NULL, PRIMARY KEY (time_us, number)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS hot_blocks (arrival INTEGER PRIMARY KEY, readings INTEGER NOT NULL, columns BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS taken (feed TEXT, number INTEGER, digest BLOB NOT NULL, PRIMARY KEY (feed, number))
                                 WITHOUT ROWID;
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

    @property
    def columns(self) -> tuple[np.ndarray, ...]:
        return self.times_us, self.numbers, self.values, self.quality

    def once_each(self, arrived: np.ndarray) -> Hot:
        """By time, each datastream and time once: the one that arrived first."""
        order = np.lexsort((arrived, self.numbers, self.times_us))
        times, numbers = self.times_us[order], self.numbers[order]
        again = np.zeros(len(order), bool)
        again[1:] = (times[1:] == times[:-1]) & (numbers[1:] == numbers[:-1])
        return Hot(*(column[order[~again]] for column in self.columns))


class Ledger:
    def __init__(self, path: Path):
        self.path = path
        self._db = sqlite3.connect(path, timeout=30.0, isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        if not self._db.execute("SELECT 1 FROM sqlite_master WHERE name = 'hot_blocks'").fetchone():
            self._db.executescript(TABLES)             # new, or of a version that had fewer tables

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
            self._db.execute("COMMIT")
        except BaseException:
            if self._db.in_transaction:                # a full disk ends it by itself
                self._db.execute("ROLLBACK")
            raise

    # -- datastreams ---------------------------------------------------------------------------------

    def datastreams(self) -> list[Known]:
        rows = self._db.execute("SELECT number, id, facts, since, newest_us FROM datastreams ORDER BY number")
        return [Known(n, Datastream(id=id, **json.loads(facts)), since, newest) for n, id, facts, since, newest in rows]

    def know(self, streams: list[Datastream], since: int) -> dict[str, int]:
        """Numbers of all datastreams by id; new ones are entered, known ones learn what is new about them."""
        self.enter(streams, since)
        return dict(self._db.execute("SELECT id, number FROM datastreams"))

    def enter(self, streams: list[Datastream], since: int) -> dict[str, int]:
        """Like `know`, with the numbers of these datastreams only: all of them take long where there are many."""
        known = self._of([s.id for s in streams])
        things = self._of([s.thing for s in streams if s.id not in known and s.thing])
        out = {id: number for id, (number, _) in known.items()}
        for stream in streams:
            if stream.id not in known:
                facts = _json(_placed(stream, things).facts())
                known[stream.id] = self._db.execute("INSERT INTO datastreams (id, facts, since) VALUES (?, ?, ?)",
                                                    (stream.id, facts, since)).lastrowid, facts
                out[stream.id] = known[stream.id][0]
                continue
            old = Datastream(id=stream.id, **json.loads(known[stream.id][1]))
            if (both := met(old, stream)) != old:
                self.change(both)
        return out

    def _of(self, ids: list[str]) -> dict[str, tuple[int, str]]:
        """(number, facts) of those that are there, by id."""
        found: dict[str, tuple[int, str]] = {}
        for first in range(0, len(ids), 500):
            some = ids[first:first + 500]
            found |= {id: (n, facts) for id, n, facts in self._db.execute(
                f"SELECT id, number, facts FROM datastreams WHERE id IN ({','.join('?' * len(some))})", some)}
        return found

    def change(self, stream: Datastream) -> None:
        """Replace what is known about a datastream."""
        self._db.execute("UPDATE datastreams SET facts = ? WHERE id = ?", (_json(stream.facts()), stream.id))

    # -- what just arrived ----------------------------------------------------------------------------

    def arrive(self, arrival: int, times_us: list[int], numbers: list[int], values: list[float],
               quality: list[int]) -> int:
        """Enter readings; one whose datastream and time are there already is left out. How many are new."""
        before = self._db.total_changes
        self._db.executemany("INSERT OR IGNORE INTO hot VALUES (?, ?, ?, ?, ?)",
                             zip(times_us, numbers, values, quality, repeat(arrival)))
        return self._db.total_changes - before

    def arrive_block(self, arrival: int, hot: Hot) -> None:
        """Enter many readings as they are, no key twice among them; what other arrivals repeat is left out by `hot`."""
        columns = b"".join(np.ascontiguousarray(column, kind).tobytes()
                           for (kind, _), column in zip(COLUMNS, hot.columns))
        self._db.execute("INSERT INTO hot_blocks VALUES (?, ?, ?)", (arrival, len(hot), columns))

    def take(self, messages: list[tuple[str, int, bytes]]) -> None:
        """Remember messages that are stored: (feed, its number there, digest). Numbers come again after 65,535."""
        self._db.executemany("INSERT OR REPLACE INTO taken VALUES (?, ?, ?)", messages)

    def taken(self, feed: str, number: int) -> bytes | None:
        """The digest of the last message of that number that was stored."""
        row = self._db.execute("SELECT digest FROM taken WHERE feed = ? AND number = ?", (feed, number)).fetchone()
        return row[0] if row else None

    def hot(self, upto: int | None = None) -> Hot:
        """What is not sealed, of arrivals up to `upto`; of two with one datastream and time the first that came."""
        where = "" if upto is None else f"WHERE arrival <= {int(upto)}"
        *columns, arrivals = self._single(where)
        single = Hot(*columns)
        blocks = self._db.execute(f"SELECT arrival, readings, columns FROM hot_blocks {where} "
                                  f"ORDER BY arrival").fetchall()
        if not blocks:
            return single
        parts = [single, *(_unpacked(n, packed) for _, n, packed in blocks)]
        arrived = np.concatenate([arrivals, *(np.full(n, at, np.int64) for at, n, _ in blocks)])
        return Hot(*(np.concatenate(c) for c in zip(*(part.columns for part in parts)))).once_each(arrived)

    def _single(self, where: str) -> list[np.ndarray]:
        """The keyed rows as columns, some at a time: as Python's objects they are ten times as large."""
        kinds = [*(kind for kind, _ in COLUMNS), "<i8"]
        cursor = self._db.execute(f"SELECT time_us, number, value, quality, arrival FROM hot {where}")
        parts = [[np.zeros(0, kind) for kind in kinds]]
        while rows := cursor.fetchmany(ROWS_AT_ONCE):
            parts.append([np.array(cells, kind) for cells, kind in zip(zip(*rows), kinds)])
        return [np.concatenate(column) for column in zip(*parts)]

    def hot_size(self) -> int:
        """How many readings are not sealed; those that a block repeats count again."""
        return sum(self._db.execute(f"SELECT {what} FROM {table}").fetchone()[0] or 0
                   for what, table in (("count(*)", "hot"), ("sum(readings)", "hot_blocks")))

    def newest_arrival(self) -> int:
        """The number of the last arrival that is not sealed."""
        return max(self._db.execute(f"SELECT max(arrival) FROM {table}").fetchone()[0] or 0
                   for table in ("hot", "hot_blocks"))

    def last_arrival(self) -> int:
        """The highest number that any arrival ever had."""
        return max(self.newest_arrival(), self._last_sealed_arrival())

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
            for table in ("hot", "hot_blocks"):
                self._db.execute(f"DELETE FROM {table} WHERE arrival <= ?", (facts["upto"],))
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

    def recount(self, newest: list[tuple[int, int]], touched: list[tuple[str, int, int, int]]) -> None:
        """Put what is known of the sealed readings in place: (newest time, number of a datastream), and `touched`."""
        self._db.execute("UPDATE datastreams SET newest_us = NULL")
        self._db.executemany("UPDATE datastreams SET newest_us = ? WHERE number = ?", newest)
        self._db.execute("DELETE FROM touched")
        self._db.executemany("INSERT INTO touched VALUES (?, ?, ?, ?)", touched)

    def touched(self) -> dict[str, list[tuple[int, int, int]]]:
        """(day, number of the last batch that touched it, readings) of each observed property, by day."""
        out: dict[str, list[tuple[int, int, int]]] = {}
        for property, day, seq, readings in self._db.execute("SELECT * FROM touched ORDER BY property, day"):
            out.setdefault(property, []).append((day, seq, readings))
        return out


def _placed(stream: Datastream, things: dict[str, tuple[int, str]]) -> Datastream:
    """A new datastream, where its thing is a place that was listed before it spoke."""
    if stream.thing not in things or stream.x is not None or stream.moving:
        return stream
    thing = Datastream(id=stream.thing, **json.loads(things[stream.thing][1]))
    return at_its_thing(stream, thing) if is_bare(thing) else stream


def _unpacked(readings: int, packed: bytes) -> Hot:
    at, columns = 0, []
    for kind, size in COLUMNS:
        columns.append(np.frombuffer(packed, kind, readings, at))
        at += readings * size
    return Hot(*columns)


def _json(value) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_plain)


def _plain(value):
    return value.item() if hasattr(value, "item") else str(value)
