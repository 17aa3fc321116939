"""A store of readings: a folder beside the project, read by any process, written by one at a time.

```
NAME.history/store.json          what this folder is
             ledger.sqlite       datastreams, what just arrived, what each batch did (ledger.py)
             observations/       the sealed readings: a Delta Lake table (sealed.py)
             cubes/              replay cubes, built from the rest and free to delete (cubes.py)
```
A reading arrives in the ledger; `Writer.seal` moves it into the sealed table. Readers look at the ledger first
and at the sealed table second, so that what moves in between is seen twice and not never.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from twin.history.bare_places import spoken_for
from twin.history.ledger import Hot, Known, Ledger
from twin.history.sealed import Sealed, quoted
from twin.sensors import SUSPECT
from twin.text import tr
from twin.trouble import Trouble

SUFFIX = ".history"
MARK, FORMAT, VERSION = "store.json", "citytwin-history", 1
FAR_US = 1 << 61
DISTANT = 9_000_000_000_000_000_000 // 100            # microseconds that a timestamp of DuckDB can hold, year 4822
EMPTY = ("(SELECT NULL::VARCHAR AS datastream, NULL::BIGINT AS t, NULL::DOUBLE AS value, NULL::TINYINT AS quality "
         "LIMIT 0)")


def store_beside(project: Path) -> Path:
    """The folder of a project's store."""
    return project.with_name(project.name.removesuffix(".twin.json") + SUFFIX)


def is_store(folder: Path) -> bool:
    return (folder / MARK).is_file()


def mark_of(folder: Path) -> tuple:
    """See `Store.mark`; nothing is opened."""
    def changed(path: Path) -> tuple:
        try:
            stat = path.stat()
        except OSError:
            return ()
        return stat.st_mtime_ns, stat.st_size
    return (changed(folder / "ledger.sqlite-wal"), changed(folder / "ledger.sqlite"),
            changed(folder / "observations" / "_delta_log"))


@dataclass(frozen=True, eq=False)
class Look:
    """What a store held at one moment. `version`: number of the last sealed batch; `arrival`: of what came last."""

    known: tuple[Known, ...]
    hot: Hot
    sealed: Sealed
    touched: dict[str, list[tuple[int, int, int]]]
    arrival: int = 0

    @property
    def version(self) -> int:
        return self.sealed.version

    def number_of(self, id: str) -> Known | None:
        return next((k for k in self.known if k.stream.id == id), None)


class Store:
    """For reading. Raises Trouble where the folder is no store that this version understands."""

    def __init__(self, folder: Path):
        self.folder = Path(folder)
        _must_be_store(self.folder)
        self.ledger = Ledger(self.folder / "ledger.sqlite")
        self.sealed = Sealed(self.folder / "observations")

    def close(self) -> None:
        self.ledger.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def look(self) -> Look:
        """The ledger first: see the module's text."""
        with self.ledger.reading():
            known, hot, touched = self.ledger.datastreams(), self.ledger.hot(), self.ledger.touched()
            arrival = self.ledger.newest_arrival()
        sealed = self.sealed.now()
        known = [k for k in known if k.since <= sealed.version]
        gone = spoken_for(k.stream for k in known)
        return Look(tuple(k for k in known if k.stream.id not in gone), hot, sealed, touched, arrival)

    def mark(self) -> tuple:
        """Differs when anything was written since; a few microseconds."""
        return mark_of(self.folder)

    def describe(self) -> dict:
        """Sizes and spans, for people."""
        look = self.look()
        files = look.sealed.files
        times = [t for f in files for t in (f.first_us, f.last_us)] + look.hot.times_us.tolist()
        return {"datastreams": len(look.known), "readings": sum(f.rows for f in files) + len(look.hot),
                "not_sealed": len(look.hot), "files": len(files), "bytes": sum(f.size for f in files),
                "span_ns": (min(times) * 1000, max(times) * 1000) if times else None, "version": look.version}

    # -- readings ------------------------------------------------------------------------------------

    def series(self, id: str, first_ns: int | None = None, last_ns: int | None = None):
        """(times (k,) i8 ns, values (k,) f8, quality (k,) i1) of one datastream, ascending, both ends included."""
        look = self.look()
        known = look.number_of(id)
        if known is None:
            raise Trouble(tr("There is no datastream called {id}.", id=id), cause=_similar(id, look.known),
                          way_out=tr("`citytwin latest` lists all of them."), path=str(self.folder))
        span = _micros_span(first_ns, last_ns)
        with connection() as con:
            events = self.events(con, look, span, (known.number,))
            rows = con.execute(f"SELECT t, any_value(value) AS value, any_value(quality) AS quality FROM ({events}) "
                               f"WHERE datastream = ? GROUP BY t ORDER BY t", [id]).fetchnumpy()
        return (np.asarray(rows["t"], np.int64) * 1000, np.asarray(rows["value"], np.float64),
                np.asarray(rows["quality"], np.int8))

    def suspects(self, id: str, most: int) -> tuple[np.ndarray, np.ndarray]:
        """(times (k,) i8 ns, values (k,) f8) of one datastream's suspect readings, ascending, the newest `most`."""
        look = self.look()
        with connection() as con:
            events = self.events(con, look, (-FAR_US, FAR_US))
            rows = con.execute(f"SELECT t, any_value(value) AS value FROM ({events}) WHERE datastream = ? AND "
                               f"quality = {SUSPECT} GROUP BY t ORDER BY t DESC LIMIT {most}", [id]).fetchnumpy()
        return np.asarray(rows["t"], np.int64)[::-1] * 1000, np.asarray(rows["value"], np.float64)[::-1]

    def all_suspects(self, look: Look, most: int) -> tuple[list[str], np.ndarray, np.ndarray]:
        """(ids, times (k,) i8 ns, values (k,) f8) of the newest `most` suspect readings of known datastreams."""
        known = {k.stream.id for k in look.known}
        with connection() as con:
            events = self.events(con, look, (-FAR_US, FAR_US))
            rows = con.execute(f"SELECT datastream, t, any_value(value) FROM ({events}) WHERE quality = {SUSPECT} "
                               f"GROUP BY datastream, t ORDER BY t DESC LIMIT {most}").fetchall()
        rows = [row for row in rows if row[0] in known]
        return ([id for id, _, _ in rows], np.array([t for _, t, _ in rows], np.int64) * 1000,
                np.array([value for _, _, value in rows], np.float64))

    def latest(self, time_ns: int) -> dict[str, tuple[int, float]]:
        """(time in ns, value) of the newest good reading of every datastream at or before `time_ns`.

        By looking at all readings: exact, and slow where there are many. The screen asks the cubes instead.
        """
        look = self.look()
        upto = int(time_ns) // 1000
        with connection() as con:
            events = self.events(con, look, (-FAR_US, upto))
            rows = con.execute(f"SELECT datastream, max(t), arg_max(value, t) FROM ({events}) "
                               f"WHERE quality = 0 GROUP BY datastream").fetchall()
        here = {k.stream.id for k in look.known}
        return {id: (t * 1000, value) for id, t, value in rows if id in here}

    def events(self, con, look: Look, span_us: tuple[int, int], numbers: tuple[int, ...] | None = None) -> str:
        """SQL of all readings (datastream, t, value, quality) of a span, sealed and hot; one may come twice."""
        first, last = span_us
        sealed = sealed_events(look.sealed, first, last)
        if not len(look.hot):
            return sealed
        return f"{sealed} UNION ALL {_hot_events(con, look, first, last, numbers)}"


def sealed_events(sealed: Sealed, first_us: int, last_us: int) -> str:
    """SQL of the sealed readings of a span, both ends included."""
    paths = sealed.between(first_us, last_us)
    if not paths:
        return EMPTY
    named = ", ".join(f"'{quoted(p)}'" for p in paths)
    inside = f'"time" BETWEEN make_timestamptz({max(first_us, -DISTANT)}) AND make_timestamptz({min(last_us, DISTANT)})'
    return f'SELECT datastream, epoch_us("time") AS t, value, quality FROM read_parquet([{named}]) WHERE {inside}'


def connection(folder: Path | None = None):
    """DuckDB in memory; with a folder, large work spills there."""
    import duckdb
    con = duckdb.connect()
    con.execute("SET TimeZone = 'UTC'")
    con.execute("SET enable_progress_bar = true; SET enable_progress_bar_print = false")
    if folder:
        con.execute(f"SET temp_directory = '{quoted(folder)}'")
    return con


def _hot_events(con, look: Look, first: int, last: int, numbers: tuple[int, ...] | None) -> str:
    import pyarrow as pa
    hot = look.hot
    keep = (hot.times_us >= first) & (hot.times_us <= last)
    if numbers is not None:
        keep &= np.isin(hot.numbers, numbers)
    ids = {k.number: k.stream.id for k in look.known}
    keep &= np.isin(hot.numbers, list(ids))
    con.register("hot_events", pa.table({
        "datastream": pa.array([ids[n] for n in hot.numbers[keep].tolist()], pa.string()), "t": hot.times_us[keep],
        "value": hot.values[keep], "quality": hot.quality[keep]}))
    return "SELECT datastream, t, value, quality FROM hot_events"


def _micros_span(first_ns: int | None, last_ns: int | None) -> tuple[int, int]:
    first = -FAR_US if first_ns is None else -(-int(first_ns) // 1000)
    return first, FAR_US if last_ns is None else int(last_ns) // 1000


def _must_be_store(folder: Path) -> None:
    try:
        said = json.loads((folder / MARK).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Trouble(tr("This folder is no store of readings."), cause=str(error),
                      way_out=tr("Import readings with `citytwin import FILE --into PROJECT`."),
                      path=str(folder)) from None
    if said.get("format") != FORMAT or said.get("version", 0) > VERSION:
        raise Trouble(tr("This store was written by a newer citytwin."), way_out=tr("Update citytwin."),
                      path=str(folder))


def _similar(id: str, known: tuple[Known, ...]) -> str:
    from rapidfuzz import process
    near = [name for name, score, _ in process.extract(id, [k.stream.id for k in known], limit=3) if score > 50]
    return tr("Similar: {names}", names=", ".join(near)) if near else tr("The store has {n} datastreams", n=len(known))
