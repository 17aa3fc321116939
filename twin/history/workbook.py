"""Sheets of workbooks (xlsx, xls, ods), whatever their file is called, as Arrow tables."""

from __future__ import annotations

import io
import re
from datetime import date, datetime, timedelta
from datetime import time as clock
from pathlib import Path

from twin.history.text_table import with_header
from twin.text import tr
from twin.trouble import Trouble

LOOK_ROWS = 200
NUMBER = re.compile(r"\s*[-+]?\d+(,\d+)?\s*")             # with a decimal comma, or without
DECIMAL = re.compile(r"\s*[-+]?\d+,(\d{1,2}|\d{4,})\s*")    # one that groups no thousands


def is_workbook(head: bytes) -> bool:
    return head[:4] == b"PK\x03\x04" or head[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def table_of(path: Path, sheet: str = ""):
    """(Arrow table, row of its first data row, names of all sheets, notes); without a name the fullest sheet."""
    import pyarrow as pa
    rows, chosen, names = _rows(path, sheet)
    width = max((len(row) for row in rows), default=0)
    texts = [_told([_text(cell) for cell in row]) for row in rows[:LOOK_ROWS]]
    if width < 2 or len(rows) < 2:
        raise Trouble(tr("This sheet has no table of readings."), cause=tr("It is called {name}", name=chosen),
                      way_out=tr("Choose another sheet: {names}.", names=", ".join(names)), path=str(path))
    shape = with_header(texts, width, "", "", ())
    body = rows[shape.skip:]
    cells = {name: [row[n] if n < len(row) else "" for row in body] for n, name in enumerate(shape.names)}
    cells, commas = _without_commas(cells)
    columns = {name: _column(column) for name, column in cells.items()}
    notes = (tr("The sheet {name} was read.", name=chosen),) if len(names) > 1 else ()
    notes += (tr("Its numbers are texts with decimal commas."),) if commas else ()
    return pa.table(columns), shape.skip + 1, names, (*notes, *shape.notes)


def _without_commas(columns: dict[str, list]) -> tuple[dict[str, list], bool]:
    """Numbers that a spreadsheet of another country holds as texts (21,5) with a point; whether there are any.

    1,234 may be a thousand, so some cell must have one, two or more than three digits behind its comma.
    """
    texts = {name: [c for c in cells if c != ""] for name, cells in columns.items()
             if all(isinstance(c, str) for c in cells)}
    numbers = [name for name, cells in texts.items()
               if sum(bool(NUMBER.fullmatch(c)) for c in cells) > 0.8 * len(cells)]
    if not any(DECIMAL.fullmatch(c) for name in numbers for c in texts[name]):
        return columns, False
    return columns | {name: [c.replace(",", ".") if NUMBER.fullmatch(c) else c for c in columns[name]]
                      for name in numbers}, True


def _rows(path: Path, sheet: str) -> tuple[list[list], str, tuple[str, ...]]:
    from python_calamine import CalamineError, CalamineWorkbook
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(path.read_bytes()))     # by content, not by name
        names = tuple(book.sheet_names)
        if sheet and sheet not in names:
            raise Trouble(tr("There is no sheet {name}.", name=sheet),
                          way_out=tr("Sheets: {names}.", names=", ".join(names)), path=str(path))
        sheets = [(name, book.get_sheet_by_name(name)) for name in ((sheet,) if sheet else names)]
        name, fullest = max(sheets, key=lambda s: s[1].height * min(s[1].width, 50))
        return fullest.to_python(skip_empty_area=False), name, names
    except (CalamineError, OSError, ValueError) as error:
        raise Trouble(tr("This workbook could not be read."), cause=str(error)[:300],
                      way_out=tr("Open it in a spreadsheet program and save it again as XLSX or CSV."),
                      path=str(path)) from None


def _column(cells: list):
    """An Arrow array: instants, numbers, or texts where they are mixed; an empty cell is null."""
    import pyarrow as pa
    cells = [None if cell == "" else cell for cell in cells]
    kinds = {type(cell) for cell in cells if cell is not None}
    if kinds <= {datetime, date} and kinds:
        whole = [datetime(c.year, c.month, c.day) if type(c) is date else c for c in cells]
        return pa.array(whole, pa.timestamp("us"))
    if kinds and kinds <= {int, float}:
        return pa.array(cells, pa.float64())
    if kinds == {bool} or kinds == {clock}:
        return pa.array(cells)
    return pa.array([None if cell is None else _text(cell) for cell in cells], pa.string())


def _told(texts: list[str]) -> list[str]:
    """A row without the empty cells at its end: a title above the table is one cell."""
    while texts and not texts[-1]:
        texts.pop()
    return texts


def _text(cell) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ")
    if isinstance(cell, timedelta):
        return str(cell)
    return str(cell)
