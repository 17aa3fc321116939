"""The sealed readings: a Delta Lake table of sorted Parquet files. Only this file knows the format.

Columns: `datastream` (string), `time` (timestamp, microseconds, UTC), `value` (double), `quality` (byte: 0 ok,
1 suspect). Every file is sorted by datastream, then time. Each commit carries the number of the batch that
made it, so that whoever comes after a crash knows whether it was done.
"""

from __future__ import annotations

import json
import os
import time
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from twin.history.good_readings import good_readings

WRITER = "citytwin"
DAY_US = 86_400_000_000
# Whoever opens the table reads the commits since its last checkpoint, each in a thread of its own: a recorder that
# seals every few minutes would gather a hundred of them.
CHECKPOINT_COMMITS = 20
PIECE_ROWS = 4_000_000                    # a file is closed at the end of the day in which it grows past this


@dataclass(frozen=True)
class File:
    """One Parquet file. `first_us`, `last_us` enclose its readings, to the millisecond."""

    path: str                             # relative to the table
    rows: int
    first_us: int
    last_us: int
    size: int


class Sealed:
    """The table as it was when this was made; `now()` looks again."""

    def __init__(self, folder: Path):
        self.folder = folder

    def create(self) -> None:
        from deltalake import DeltaTable
        self.folder.mkdir(parents=True, exist_ok=True)
        DeltaTable.create(self.folder, _schema(), mode="ignore", name="observations",
                          description="Readings of sensors, written by citytwin.",
                          configuration={"delta.checkpointInterval": str(CHECKPOINT_COMMITS)})

    def now(self) -> Sealed:
        return Sealed(self.folder)

    @cached_property
    def _table(self):
        from deltalake import DeltaTable
        return DeltaTable(self.folder)

    @cached_property
    def version(self) -> int:
        """The number of the last batch that was committed, 0 = none."""
        return self._table.transaction_version(WRITER) or 0

    @cached_property
    def files(self) -> tuple[File, ...]:
        import pyarrow as pa
        rows = pa.table(self._table.get_add_actions(flatten=True)).to_pylist()
        return tuple(sorted((File(r["path"], r["num_records"], _micros(r["min.time"]), _micros(r["max.time"]),
                                  r["size_bytes"]) for r in rows), key=lambda f: (f.first_us, f.path)))

    def between(self, first_us: int, last_us: int) -> list[str]:
        """Absolute paths of the files that may hold readings of this span, both ends included."""
        return [str(self.folder / f.path) for f in self.files if f.first_us <= last_us and f.last_us >= first_us]

    def good(self, numbers: dict[str, int], first_us: int, last_us: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """See `good_readings`."""
        return good_readings(self.between(first_us, last_us), numbers, first_us, last_us)

    def commit(self, new: list[File], seq: int, gone: tuple[File, ...] = (), forgets: bool = False) -> None:
        """Add files that lie in the folder already, and drop `gone`, in one transaction under the number `seq`.

        `forgets`: readings go with the files that are dropped; else the new ones hold them.
        """
        from deltalake import CommitProperties
        from deltalake.transaction import AddAction, RemoveAction, Transaction
        now_ms = int(time.time() * 1000)
        changes = forgets or not gone
        actions = [AddAction(f.path, f.size, {}, now_ms, changes, _stats(f)) for f in new]
        actions += [RemoveAction(f.path, changes, now_ms, f.size) for f in gone]
        self._table.create_write_transaction(
            actions, "append", _schema(), commit_properties=CommitProperties(
                app_transactions=[Transaction(WRITER, seq)], max_commit_retries=3))

    def strays(self) -> list[Path]:
        """Parquet files in the folder that the table does not name."""
        named = {f.path for f in self.files}
        return [p for p in self.folder.glob("*.parquet") if p.name not in named]

    def damaged(self) -> list[File]:
        """Files that are gone or have another length than when they were committed."""
        def length(file: File) -> int:
            try:
                return os.stat(self.folder / file.path).st_size
            except OSError:
                return -1
        return [f for f in self.files if length(f) != f.size]


def write_pieces(con, table: str, folder: Path, seq: int, step) -> list[File]:
    """Write a DuckDB table (datastream, t in us, value, quality), sorted by the first two, as the files of a batch.

    They are flushed to the disk, but no part of the store before `Sealed.commit`. `step(sql)` runs a statement.
    """
    days = con.execute(f"SELECT t // {DAY_US} AS day, count(*) FROM {table} GROUP BY day ORDER BY day").fetchall()
    out = []
    for number, (first, last, rows) in enumerate(_pieces(days)):
        name = f"batch-{seq:08d}-{number:04d}.parquet"
        low, high = first * DAY_US, (last + 1) * DAY_US
        where = f"WHERE t >= {low} AND t < {high}" if len(days) > 1 else ""
        step(f"""COPY (SELECT datastream, make_timestamptz(t) AS "time", value, quality FROM {table} {where})
                 TO '{quoted(folder / name)}' (FORMAT parquet, COMPRESSION zstd)""")
        _flush(folder / name)
        ends = con.execute(f"SELECT min(t), max(t) FROM {table} {where}").fetchone()
        out.append(File(name, rows, ends[0], ends[1], os.stat(folder / name).st_size))
    return out


def quoted(path: Path | str) -> str:
    """For a string literal of SQL."""
    return str(path).replace("'", "''")


def _pieces(days: list[tuple[int, int]]):
    """(first day, last day, rows) of each file."""
    first, rows = None, 0
    for day, count in days:
        first = day if first is None else first
        rows += count
        if rows >= PIECE_ROWS:
            yield first, day, rows
            first, rows = None, 0
    if rows:
        yield first, days[-1][0], rows


def _flush(path: Path) -> None:
    with open(path, "rb+") as file:
        os.fsync(file.fileno())


def _stats(file: File) -> str:
    """As the Delta protocol wants them: milliseconds, rounded outwards."""
    return json.dumps({"numRecords": file.rows, "minValues": {"time": _iso(file.first_us // 1000)},
                       "maxValues": {"time": _iso(-(-file.last_us // 1000))},
                       "nullCount": {"datastream": 0, "time": 0, "value": 0, "quality": 0}})


def _iso(millis: int) -> str:
    from datetime import UTC, datetime, timedelta
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=millis)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{millis % 1000:03d}Z"


def _micros(moment) -> int:
    from twin.times import from_datetime
    return from_datetime(moment) // 1000


def _schema():
    from deltalake import Field, Schema
    from deltalake.schema import PrimitiveType
    return Schema([Field(name, PrimitiveType(kind), nullable=False) for name, kind in
                   (("datastream", "string"), ("time", "timestamp"), ("value", "double"), ("quality", "byte"))])
