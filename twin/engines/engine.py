"""The calls of the store on another engine: latest_at, series, bucket, append, describe. One expression for all.

Only what gave the same on DuckDB and PostgreSQL is used here: windows, comparisons, groups by whole seconds; no
`bucket()`, no `quantile()`, no `asof_join()`, which engines understand differently or not at all.
"""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime, timedelta

import numpy as np

from twin.engines.address import FILES, Address
from twin.engines.connecting import connect, disconnect, refused
from twin.sensors import Batch, Datastream
from twin.text import tr
from twin.trouble import Trouble

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
STATISTICS = ("mean", "min", "max", "count")
EARLIEST, LATEST = -62_135_596_800 * 10**6, 253_402_300_799 * 10**6      # microseconds, years 1 to 9999


class Engine:
    """Naive times of a table are UTC. Raises Trouble where the engine cannot be reached or the table is not there.

    `writes`: it will append; a DuckDB file is then held by this program alone.
    """

    def __init__(self, address: Address, writes: bool = False):
        self.address = address
        self.con = connect(address, writes)
        try:
            self._table = self._open(address.table)
            self._events = self._select()
        except Trouble:
            raise
        except Exception as error:
            raise refused(address, error) from error

    def close(self) -> None:
        disconnect(self.address, self.con)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _open(self, table: str):
        if table == self.address.table and self.address.files:
            return self._files(self.address.files, table)
        if self.address.backend == FILES:
            return self._files(table, "streams")
        return self.con.table(table, database=self.address.schema or None)

    def _files(self, where: str, name: str):
        """Parquet files as a table. Ibis's own way would download an extension for what fsspec reaches."""
        if self.address.backend != FILES:
            return self.con.read_parquet(where, table_name=name)
        quoted = where.replace("'", "''")
        self.con.raw_sql(f"CREATE OR REPLACE TEMP VIEW \"{name}\" AS SELECT * FROM read_parquet('{quoted}')")
        return self.con.table(name)

    def _select(self):
        """datastream, time (UTC), value, quality: whatever the columns of the table are called."""
        import ibis
        table, at = self._table, self.address.column
        missing = [at(role) for role in ("datastream", "time", "value", "quality")
                   if at(role) and at(role) not in table.columns]
        if missing:
            raise Trouble(tr("The table {table} has no column {names}.", table=self.address.table,
                             names=", ".join(missing)), path=self.address.text.partition("?")[0],
                          way_out=tr("Say which columns they are: …&time=taken_at&value=reading. It has {known}.",
                                     known=", ".join(table.columns)))
        time = table[at("time")]
        if time.type().is_timestamp() and time.type().timezone is None:
            time = time.cast("timestamp('UTC')")
        quality = table[at("quality")].cast("int8") if at("quality") else ibis.literal(0, "int8")
        return table.select(datastream=table[at("datastream")].cast("string"), time=time,
                            value=table[at("value")].cast("float64"), quality=quality).filter(
            lambda t: t.value.notnull() & t.time.notnull() & t.datastream.notnull())

    # -- the calls -------------------------------------------------------------------------------------

    def describe(self) -> dict:
        """{"datastreams", "readings", "span_ns"}"""
        e = self._events
        row = self._rows(e.aggregate(n=e.count(), streams=e.datastream.nunique(), first=e.time.min(),
                                     last=e.time.max()))
        first, last = _micros(row.column("first")), _micros(row.column("last"))
        count = row.column("n")[0].as_py()
        return {"datastreams": row.column("streams")[0].as_py(), "readings": count,
                "span_ns": (int(first[0]) * 1000, int(last[0]) * 1000) if count else None}

    def series(self, id: str, first_ns: int | None = None, last_ns: int | None = None):
        """(times (k,) i8 ns, values (k,) f8, quality (k,) i1) of one datastream, ascending, both ends included."""
        rows = self._rows(self._between(self._events, first_ns, last_ns).filter(lambda t: t.datastream == id)
                          .order_by("time"))
        times = _micros(rows.column("time"))
        keep = np.concatenate([[True], np.diff(times) > 0]) if len(times) else np.zeros(0, bool)
        return (times[keep] * 1000, rows.column("value").to_numpy()[keep].astype(np.float64),
                rows.column("quality").to_numpy()[keep].astype(np.int8))

    def latest_at(self, time_ns: int) -> dict[str, tuple[int, float]]:
        """(time in ns, value) of the newest good reading of every datastream at or before `time_ns`."""
        import ibis
        good = self._between(self._events, None, time_ns).filter(lambda t: t.quality == 0)
        place = ibis.row_number().over(ibis.window(group_by=good.datastream, order_by=ibis.desc(good.time)))
        rows = self._rows(good.mutate(place=place).filter(lambda t: t.place == 0).select("datastream", "time", "value"))
        return {id: (int(t) * 1000, value) for id, t, value in zip(
            rows.column("datastream").to_pylist(), _micros(rows.column("time")), rows.column("value").to_pylist())}

    def bucket(self, every_secs: int, statistic: str, first_ns: int | None = None, last_ns: int | None = None,
               ids: tuple[str, ...] = ()):
        """Table (datastream, start_ns, value, count) of good readings, by whole multiples of `every_secs` since 1970.

        `ids` () = all datastreams.
        """
        if statistic not in STATISTICS or every_secs < 1:
            raise Trouble(tr("{name} is no statistic that is known.", name=statistic),
                          way_out=tr("Known: {names}.", names=", ".join(STATISTICS)))
        import pyarrow as pa
        good = self._between(self._events, first_ns, last_ns).filter(lambda t: t.quality == 0)
        if ids:
            good = good.filter(lambda t: t.datastream.isin(list(ids)))
        good = good.mutate(number=(good.time.epoch_seconds() / every_secs).floor().cast("int64"))
        value = {"mean": good.value.mean(), "min": good.value.min(), "max": good.value.max(),
                 "count": good.count().cast("float64")}[statistic]
        rows = self._rows(good.group_by("datastream", "number").aggregate(value=value, count=good.count())
                          .order_by("datastream", "number"))
        starts = rows.column("number").to_numpy().astype(np.int64) * every_secs * 10**9
        return pa.table({"datastream": rows.column("datastream").cast(pa.string()), "start_ns": starts,
                         "value": rows.column("value"), "count": rows.column("count").cast(pa.int64())})

    def append(self, batch: Batch) -> int:
        """Add readings; one whose datastream and time are there already is left out. How many are new.

        Two programs that append the same at once may both add it: only a key of the table itself prevents that.
        """
        import pyarrow as pa
        if not len(batch):
            return 0
        quality = np.zeros(len(batch), np.int8) if batch.quality is None else batch.quality
        arrived = pa.table({"datastream": pa.array(batch.ids, pa.string()).take(pa.array(batch.streams)),
                            "t": batch.times_ns // 1000, "value": batch.values, "quality": quality})
        once = arrived.group_by(["datastream", "t"], use_threads=False).aggregate([("value", "first"),
                                                                                    ("quality", "first")])
        known = self._keys(batch.ids, int(batch.times_ns.min()), int(batch.times_ns.max()))
        fresh = once.join(known, ["datastream", "t"], join_type="left anti")
        columns = {"datastream": fresh.column("datastream"), "value": fresh.column("value_first"),
                   "time": fresh.column("t").cast(pa.timestamp("us", tz="UTC")),
                   "quality": fresh.column("quality_first")}
        if len(fresh):
            self._insert(pa.table({self.address.column(role): column for role, column in columns.items()
                                   if self.address.column(role)}))
        return len(fresh)

    def _keys(self, ids: tuple[str, ...], first_ns: int, last_ns: int):
        """Table (datastream, t in us) of what is there already."""
        import pyarrow as pa
        rows = self._rows(self._between(self._events, first_ns, last_ns).filter(
            lambda t: t.datastream.isin(list(ids))).select("datastream", "time"))
        return pa.table({"datastream": rows.column("datastream").cast(pa.string()), "t": _micros(rows.column("time"))})

    def _insert(self, table) -> None:
        import ibis
        try:
            self.con.insert(self.address.table, ibis.memtable(table), database=self.address.schema or None)
        except Exception as error:
            raise refused(self.address, error) from error

    # -- what the local copy asks ------------------------------------------------------------------------

    def days(self) -> dict[int, int]:
        """Readings of each day (UTC) since 1970."""
        e = self._events
        e = e.mutate(day=(e.time.epoch_seconds() / 86400).floor().cast("int64"))
        rows = self._rows(e.group_by("day").aggregate(n=e.count()))
        return dict(sorted(zip(rows.column("day").to_pylist(), rows.column("n").to_pylist())))

    def day(self, day: int):
        """Table (datastream, t in us, value, quality) of one day."""
        import pyarrow as pa
        start = day * 86400 * 10**9
        rows = self._rows(self._between(self._events, start, start + 86400 * 10**9 - 1))
        return pa.table({"datastream": rows.column("datastream").cast(pa.string()), "t": _micros(rows.column("time")),
                         "value": rows.column("value").cast(pa.float64()),
                         "quality": rows.column("quality").cast(pa.int8())})

    def streams(self) -> list[Datastream]:
        """What the table of datastreams says; [] where the address names none."""
        if not self.address.streams:
            return []
        try:
            rows = self._open(self.address.streams).to_pyarrow().to_pylist()
        except Exception as error:
            raise refused(self.address, error) from error
        known = {f.name for f in fields(Datastream)} - {"more"}
        return [Datastream(**{k: v for k, v in row.items() if k in known and v is not None})
                for row in rows if row.get("id")]

    # -- small parts -------------------------------------------------------------------------------------

    def _between(self, events, first_ns: int | None, last_ns: int | None):
        import ibis
        if first_ns is not None:
            events = events.filter(events.time >= ibis.literal(_moment(-(-int(first_ns) // 1000)), "timestamp('UTC')"))
        if last_ns is not None:
            events = events.filter(events.time <= ibis.literal(_moment(int(last_ns) // 1000), "timestamp('UTC')"))
        return events

    def _rows(self, expression):
        try:
            return expression.to_pyarrow()
        except Exception as error:
            raise refused(self.address, error) from error


def _moment(micros: int) -> datetime:
    return EPOCH + timedelta(microseconds=max(EARLIEST, min(LATEST, micros)))


def _micros(column) -> np.ndarray:
    """(k,) i8 microseconds since 1970 UTC."""
    import pyarrow as pa
    stamp = column.cast(pa.timestamp("us", tz=getattr(column.type, "tz", None)))
    return stamp.cast(pa.int64()).fill_null(0).to_numpy().astype(np.int64)
