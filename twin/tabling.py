"""Questions to a feature table: which rows fit an expression, their order, what a column holds, as CSV.

All work on Arrow; an order is an array of rows, the table itself is never copied. DuckDB answers the
expressions, with the doors to files and the net closed. It lets go of the interpreter while it works,
so a thread is enough.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from twin.shown_columns import with_shown
from twin.text import tr
from twin.trouble import Trouble
from twin.value_words import ValueWord

ROW = "_citytwin_row"
COMMONEST = 8
NO_COLUMN = re.compile(r'Referenced column "(.+?)" not found')               # as DuckDB says it
WRONG_AT = re.compile(r'syntax error at or near "(.+?)"')


def rows_where(table: Any, expression: str, words: tuple[ValueWord, ...] = ()) -> np.ndarray:
    """(k,) i8 rows of an Arrow table for which a SQL condition holds, in their order; "" = all of them. It may use the
    names that are shown of the columns, which then hold the `words` that are shown of their values.

    Raises Trouble that says what is wrong with the expression.
    """
    import duckdb
    import pyarrow as pa
    if not expression.strip():
        return np.arange(table.num_rows)
    if ";" in re.sub(r"'[^']*'|\"[^\"]*\"", "", expression):
        raise _wrong(table, tr("It is one condition, without a semicolon"))
    numbered = with_shown(table, expression, words).append_column(ROW, pa.array(np.arange(table.num_rows)))
    with duckdb.connect(":memory:", config={"enable_external_access": "false"}) as engine:
        engine.register("features", numbered)
        try:
            found = engine.execute(f"SELECT {ROW} FROM features WHERE ({expression}\n) ORDER BY {ROW}").fetchnumpy()
        except duckdb.Error as error:
            raise _wrong(table, _said(error)) from None
    return np.asarray(found[ROW], np.int64)


def _said(error: Exception) -> str:
    """The commonest mistakes in plain words; else DuckDB's first line, without its kind and our own wrapping."""
    first = str(error).splitlines()[0] if str(error) else type(error).__name__
    if column := NO_COLUMN.search(first):
        return tr("There is no column “{name}”; words stand in single quotes, '{name}'", name=column[1])
    if place := WRONG_AT.search(first):
        return tr("It is not complete") if place[1] == ")" else tr("It goes wrong at “{text}”", text=place[1])
    return first.partition(": ")[2] or first


def _wrong(table: Any, cause: str) -> Trouble:
    names = [quoted(name) for name in table.column_names[:6]]
    return Trouble(tr("This filter cannot be understood."), cause=cause[:240],
                   way_out=tr("Write a condition such as {example}. Columns: {names}.",
                              example=example(table), names=", ".join(names)))


def example(table: Any) -> str:
    """A condition on a column that the table has: its first of measures, else of whole numbers, else the first."""
    import pyarrow.types as t
    for fits in (t.is_floating, t.is_integer):
        for field in table.schema:
            if fits(field.type):
                return f"{quoted(field.name)} > 20"
    return f"{quoted(table.column_names[0])} LIKE '%a%'" if table.column_names else "1 = 1"


def quoted(name: str) -> str:
    """A column's name as an expression needs it."""
    return name if re.fullmatch(r"[^\W\d]\w*", name) else '"' + name.replace('"', '""') + '"'


def ordered(table: Any, rows: np.ndarray, column: str, descending: bool = False) -> np.ndarray:
    """`rows` sorted by a column; missing values stay at the end, equal ones in the file's order."""
    import pyarrow.compute as pc
    values = table.column(column).take(rows)
    if values.type.__class__.__name__ in ("ListType", "StructType", "MapType"):
        return rows
    order = pc.sort_indices(values, sort_keys=[("", "descending" if descending else "ascending")])
    return rows[np.asarray(order)]


@dataclass(frozen=True)
class Statistics:
    """`numbers` of a numeric column: least, greatest, mean, median, standard deviation, sum.

    `commonest`: the most frequent values with their counts.
    """

    count: int
    missing: int
    distinct: int
    numbers: dict[str, float]
    commonest: tuple[tuple[str, int], ...]


def statistics(table: Any, rows: np.ndarray, column: str) -> Statistics:
    import pyarrow as pa
    import pyarrow.compute as pc
    values = table.column(column).take(rows).combine_chunks()
    if pa.types.is_nested(values.type):
        values = pa.array([None if v is None else str(v) for v in values.to_pylist()], pa.string())
    if pa.types.is_floating(values.type):
        values = pc.add(values, 0.0)                         # -0.0 is no value of its own
    missing, numbers = values.null_count, {}
    if pa.types.is_integer(values.type) or pa.types.is_floating(values.type) or pa.types.is_decimal(values.type):
        known = np.asarray(pc.drop_null(values.cast(pa.float64())))
        missing += int(np.isnan(known).sum())
        known = known[np.isfinite(known)]
        if len(known):
            numbers = {"least": known.min(), "greatest": known.max(), "mean": known.mean(),
                       "median": np.median(known), "deviation": known.std(), "sum": known.sum()}
    counted = pc.value_counts(pc.drop_null(values))
    words, counts = counted.field(0), np.asarray(counted.field(1))
    top = np.argsort(-counts, kind="stable")[:COMMONEST]
    return Statistics(len(rows), missing, len(counts), {k: float(v) for k, v in numbers.items()},
                      tuple((str(words[int(i)].as_py()), int(counts[i])) for i in top))


def write_csv(path: Path, table: Any, rows: np.ndarray) -> None:
    """These rows in this order, as UTF-8 that spreadsheets recognise. Raises Trouble where it cannot be written."""
    import pyarrow as pa
    from pyarrow import csv
    chosen = table.take(rows)
    flat = [pa.array([None if v is None else str(v) for v in c.to_pylist()], pa.string())
            if pa.types.is_nested(c.type) else c for c in chosen.columns]
    half = path.with_name(path.name + ".part")
    try:
        with open(half, "wb") as file:
            file.write(b"\xef\xbb\xbf")
            csv.write_csv(pa.table(flat, names=chosen.column_names), file)
        half.replace(path)
    except OSError as error:
        half.unlink(missing_ok=True)
        raise Trouble(tr("The table could not be saved."), cause=error.strerror or str(error),
                      way_out=tr("Choose another folder."), path=str(path)) from None
