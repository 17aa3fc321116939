"""Readings as a table, and as a file: what is seen, with units, quality and the time zone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from app.charted import Line
from app.panels.time_marks import duration_words
from app.stores import store_of
from twin.digits import as_written
from twin.layer import Source
from twin.sensors import OK
from twin.whole_file import whole

MISSING = 2                               # a code beside OK and SUSPECT: reported without a value
QUALITIES = ("ok", "suspect", "missing")
ROWS_AT_ONCE = 200_000                    # of a file: between two, progress is told and stopping is noticed
Rows = tuple[np.ndarray, np.ndarray, np.ndarray]         # times i8 ns, values f8, quality i1


class Stopped(Exception):
    """The user does not want the file any more; nothing of it is left."""


@dataclass
class Going:
    """An export under way: its thread counts the rows, the window sets `stop`. `total` 0: they are being gathered."""

    written: int = 0
    total: int = 0
    stop: bool = False

    def count(self, rows: int) -> None:
        self.written += rows
        if self.stop:
            raise Stopped


def rows_of(line: Line, view_ns: tuple[int, int], source: Source | None = None) -> Rows:
    """The readings of a line in the view. Of a store also the suspect ones, which no line goes through."""
    folder = store_of(source) if source is not None and not line.difference else None
    if folder:
        from twin.history.store import Store
        with Store(folder) as store:
            return store.series(line.stream, *view_ns)
    inside = slice(int(np.searchsorted(line.instants, view_ns[0])),
                   int(np.searchsorted(line.instants, view_ns[1], side="right")))
    values = as_written(line.values[inside])
    return line.instants[inside], values, np.where(np.isfinite(values), OK, MISSING).astype(np.int8)


def earlier(line: Line, view_ns: tuple[int, int], source: Source | None) -> Rows:
    """What is drawn beneath a line: the readings of the time that it is compared with, moved to where they are seen."""
    instants, values, quality = rows_of(line, (view_ns[0] - line.shift_ns, view_ns[1] - line.shift_ns), source)
    good = quality == OK                                 # no mark stands for the others there
    return instants[good] + line.shift_ns, values[good], quality[good]


def as_table(parts: list[tuple[Line, Rows]], time_zone: str):
    """One row per reading: time, datastream, name, property, unit, value, quality."""
    import pyarrow as pa
    out = []
    for line, (instants, values, quality) in parts:
        count = len(instants)

        def same(text: str, count: int = count) -> pa.Array:
            return pa.array([text]).take(pa.array(np.zeros(count, np.int64)))
        out.append(pa.table({
            "time": pa.array(instants // 1000, pa.timestamp("us", tz=time_zone)), "datastream": same(line.stream),
            "name": same(name_of(line)), "property": same(line.property), "unit": same(line.unit),
            "value": pa.array(values, from_pandas=True), "quality": pa.array(QUALITIES).take(pa.array(quality))}))
    return pa.concat_tables(out) if out else None


def name_of(line: Line) -> str:
    """With what it was compared with, where its values are a difference; and how much earlier, where it is that."""
    if line.difference:
        return f"{line.name} (Δ {duration_words(line.shift_ns)})"
    return f"{line.name} (-{duration_words(line.shift_ns)})" if line.is_earlier else line.name


def write(table, path: Path) -> int:
    """CSV or Parquet by the file's ending; how many rows. All or nothing. Raises Trouble."""
    return write_tables(iter((table,)), path, Going())


def write_tables(tables: Iterator, path: Path, going: Going) -> int:
    """Tables of the same columns, one after the other, as one file; how many rows. Raises Trouble, Stopped."""
    with whole(path) as temporary:
        try:
            writer = None
            for table in tables:
                table = table if _is_parquet(path) else _with_local_times(table)
                writer = writer or _writer(temporary, table.schema, _is_parquet(path))
                writer.write_table(table)
                going.count(table.num_rows)
        finally:
            if writer:
                writer.close()
    return going.written


def _is_parquet(path: Path) -> bool:
    return path.suffix.lower() in (".parquet", ".pq")


def _writer(path: Path, schema, is_parquet: bool):
    if is_parquet:
        import pyarrow.parquet as pq
        return pq.ParquetWriter(path, schema, compression="zstd")
    from pyarrow import csv
    return csv.CSVWriter(path, schema)


def _with_local_times(table):
    """Times as ISO 8601 with their offset: 2026-07-15T06:41:00+08:00."""
    import pyarrow as pa
    import pyarrow.compute as pc
    for at, column in enumerate(table.schema):
        if pa.types.is_timestamp(column.type):
            local = pc.strftime(table.column(at), format="%Y-%m-%dT%H:%M:%S%z")
            local = pc.replace_substring_regex(local, pattern=r"\.0+([+-])", replacement=r"\1")
            local = pc.replace_substring_regex(local, pattern=r"([+-]\d\d)(\d\d)$", replacement=r"\1:\2")
            table = table.set_column(at, column.name, local)
    return table


def parts(lines: list[tuple[Line, Source | None]], view_ns: tuple[int, int]) -> list[tuple[Line, Rows]]:
    return [(line, rows_of(line, view_ns, source)) for line, source in lines]


def export(lines: list[tuple[Line, Source | None]], view_ns: tuple[int, int], time_zone: str, path: Path,
           with_earlier: bool = False, going: Going | None = None) -> tuple[int, str]:
    """(rows written, path). `with_earlier`: also what is drawn beneath the lines. Raises Trouble, Stopped."""
    seen, going = parts(lines, view_ns), going or Going()
    if with_earlier:
        seen += [(replace(line, is_earlier=True), earlier(line, view_ns, source)) for line, source in lines
                 if line.shift_ns and not line.difference]
    going.total = sum(len(rows[0]) for _, rows in seen)
    return write_tables(_tables(seen, time_zone), path, going), str(path)


def _tables(seen: list[tuple[Line, Rows]], time_zone: str) -> Iterator:
    """The rows of all lines, so many at once; one table without a row where there is none."""
    for line, rows in seen:
        for first in range(0, max(1, len(rows[0])), ROWS_AT_ONCE):
            some = slice(first, first + ROWS_AT_ONCE)
            yield as_table([(line, tuple(column[some] for column in rows))], time_zone)
