"""The shape of a text table before it is parsed: encoding, delimiter, header, lines before it."""

from __future__ import annotations

import codecs
import csv
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from twin.history.columns import known
from twin.text import tr
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
    decimal: str = "."
    notes: tuple[str, ...] = ()


def shape_of(path: Path, encoding: str = "", delimiter: str = "") -> Shape | None:
    """The shape of a text table, or None where the file is none. Raises Trouble for an unreadable encoding.

    `encoding`, `delimiter`: what the user says; "" = found out.
    """
    found, notes = (encoding, ()) if encoding else encoding_of(path)
    if not found:
        return None
    try:
        with open(path, encoding=found, newline="") as file:
            lines = [line for line, _ in zip(file, range(LOOK_LINES))]
    except (UnicodeDecodeError, LookupError) as error:
        raise Trouble(tr("The text is not in the encoding {name}.", name=found), cause=str(error),
                      way_out=tr("Leave the encoding of the layer empty, or choose another."),
                      path=str(path)) from None
    delimiter, width = _delimiter(lines, (delimiter,) if delimiter else DELIMITERS)
    if width < 2:
        return None
    rows = [next(csv.reader([line], delimiter=delimiter, skipinitialspace=True), []) for line in lines]
    return with_header(rows, width, found, delimiter, notes)


def encoding_of(path: Path) -> tuple[str, tuple[str, ...]]:
    """(codec name, notes): UTF-8 strictly, then GB18030 where it gives Chinese words, then a guess; "" = no text."""
    with open(path, "rb") as file:
        head = file.read(1 << 16)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16", ()
    if b"\0" in head:
        return "", ()
    if _decodes(path, "utf-8"):
        return ("utf-8-sig" if head.startswith(codecs.BOM_UTF8) else "utf-8"), ()
    if _decodes(path, "gb18030") and re.search(r"[一-鿿]{2}", head.decode("gb18030", "ignore")):
        return "gb18030", (tr("The text is in the encoding {name}.", name="GB18030"),)
    from charset_normalizer import from_bytes
    best = from_bytes(head).best()
    if best is None:
        return "", ()
    return best.encoding, (tr("The encoding was guessed: {name}.", name=best.encoding),)


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    try:
        with open(path, "rb") as file:
            while block := file.read(1 << 22):
                decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


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
