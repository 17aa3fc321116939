"""The shape of a text table before it is parsed: encoding, delimiter, header, lines before it."""

from __future__ import annotations

import csv
import itertools
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from twin.history.columns import known
from twin.text import tr
from twin.text_encoding import MOST_BROKEN, Encoded, encoding_of, measured_in
from twin.trouble import Trouble

NULLS = ["", "NA", "N/A", "n/a", "NaN", "nan", "NULL", "null", "None", "#N/A", "-", "--", "---", "/", "缺测", "无",
         "无效"]
NUMBER = re.compile(r"^\s*[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?\s*$")
LOOK_LINES = 200
DELIMITERS = (",", ";", "\t", "|")


@dataclass(frozen=True, kw_only=True)
class Shape:
    """`skip` lines stand before the first row of data; `names` come from the header or are made up."""

    encoding: str
    delimiter: str
    names: tuple[str, ...]
    skip: int
    plain: bool = True                    # its bytes are UTF-8 as they stand
    decimal: str = "."
    notes: tuple[str, ...] = ()


def shape_of(path: Path, encoding: str = "", delimiter: str = "") -> Shape | None:
    """The shape of a text table, or None where the file is none. Raises Trouble for an unreadable encoding.

    `encoding`, `delimiter`: what the user says; "" = found out.
    """
    found = _as_said(path, encoding) if encoding else encoding_of(path)
    if not found.codec:
        return None
    lines = list(itertools.islice(_lines(path, found.codec), LOOK_LINES))
    delimiter, width = _delimiter(lines, (delimiter,) if delimiter else DELIMITERS)
    if width < 2:
        return None
    rows = [next(csv.reader([line], delimiter=delimiter, skipinitialspace=True), []) for line in lines]
    return replace(with_header(rows, width, found.codec, delimiter, found.notes), plain=found.plain)


def _as_said(path: Path, encoding: str) -> Encoded:
    """Raises Trouble for an encoding that nobody knows or that the text is not in."""
    try:
        broken, whole = measured_in(path, encoding)
    except LookupError as error:
        raise _not_in(encoding, path, str(error)) from None
    if broken > MOST_BROKEN * max(whole, 1):
        raise _not_in(encoding, path, tr("{n} places of it are none", n=broken))
    return Encoded(encoding, broken)


def _not_in(encoding: str, path: Path, cause: str) -> Trouble:
    return Trouble(tr("The text is not in the encoding {name}.", name=encoding), cause=cause,
                   way_out=tr("Leave the encoding of the layer empty, or choose another."), path=str(path))


def _lines(path: Path, codec: str) -> Iterator[str]:
    with open(path, encoding=codec, errors="replace", newline="") as file:
        yield from file


def _delimiter(lines: list[str], delimiters: tuple[str, ...]) -> tuple[str, int]:
    """(delimiter, columns) that cut most lines into the same number of parts, two or more."""
    best = (0.0, ",", 0)
    for delimiter in delimiters:
        widths = Counter(len(row) for row in csv.reader(lines, delimiter=delimiter) if row)
        width, lines_of_it = max(widths.items(), key=lambda item: (item[1], item[0]), default=(0, 0))
        share = lines_of_it / max(1, sum(widths.values()))
        if width >= 2 and share > 0.6:
            best = max(best, (share + width * 1e-4, delimiter, width))
    return best[1], best[2]


def with_header(rows: list[list[str]], width: int, encoding: str, delimiter: str, notes) -> Shape:
    first = next((n for n, row in enumerate(rows) if len(row) in (width, width - 1) and len(row) > 1
                  and not row[0].startswith("#")), 0)
    head, below = rows[first], [row for row in rows[first + 1:] if len(row) == width]
    if first:
        notes = (*notes, tr("{n} lines before the table were passed over.", n=first))
    decimal = "," if delimiter == ";" and any(re.match(r"^-?\d+,\d+$", c) for row in below for c in row) else "."
    if not _is_header(head, below[0] if below else []):
        notes = (*notes, tr("The table has no header: its columns were told by their values."))
        return Shape(encoding=encoding, delimiter=delimiter, names=_made_up([head, *below], width), skip=first,
                     decimal=decimal, notes=notes)
    if len(head) == width - 1:
        head = ["No", *head]
        notes = (*notes, tr("The header is one column short: the first column was taken for a row number."))
    return Shape(encoding=encoding, delimiter=delimiter, names=_distinct([c.strip() for c in head]), skip=first + 1,
                 decimal=decimal, notes=notes)


def _is_header(head: list[str], below: list[str]) -> bool:
    if any(known(cell) for cell in head if not NUMBER.match(cell)):
        return True
    if any(NUMBER.match(cell) for cell in head):
        return False
    return len(head) != len(below) or any(NUMBER.match(cell) for cell in below)


def _made_up(rows: list[list[str]], width: int) -> tuple[str, ...]:
    """Names of a headerless table: a pair of fractional columns in the range of degrees are coordinates."""
    names = ["id"] + [f"column {n + 1}" for n in range(1, width)]
    numeric = [n for n in range(width) if all(NUMBER.match(row[n]) for row in rows if row[n].strip())]
    fractional = [n for n in numeric if any("." in row[n] for row in rows)]
    if len(fractional) >= 2 and fractional[1] == fractional[0] + 1:
        one, other = fractional[:2]
        sizes = [max(abs(float(row[n])) for row in rows if row[n].strip()) for n in (one, other)]
        if max(sizes) <= 180:
            names[one], names[other] = ("lat", "lon") if sizes[0] <= 90 else ("lon", "lat")
        elif min(sizes) > 1e5:
            names[one], names[other] = "x", "y"
    for n in range(width):
        if any(re.match(r"^\d{4}[-/]\d\d?[-/]\d\d?", row[n]) for row in rows[:1]):
            names[n] = "time"
            names = [name if name != "id" or n else "time" for name in names]
            break
    return tuple(names)


def _distinct(names: list[str]) -> tuple[str, ...]:
    """No name twice, none empty."""
    out: list[str] = []
    for number, name in enumerate(names):
        name = name or ("No" if number == 0 else f"column {number + 1}")
        base, count = name, 2
        while name in out:
            name, count = f"{base} {count}", count + 1
        out.append(name)
    return tuple(out)
