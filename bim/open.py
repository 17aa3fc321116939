"""Opening .ifc and .ifczip: encoding, schema, and how much of the file came in."""

from __future__ import annotations

import mmap
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from bim.unpack import MAGIC, left_in, unpacked
from twin.text import tr
from twin.text_encoding import decoded
from twin.told import told
from twin.trouble import Trouble

HEAD = b"ISO-10303-21"
END_MARKER = b"END-ISO-10303-21"
SCHEMA = re.compile(rb"FILE_SCHEMA\s*\(\s*\(\s*'([^']*)'", re.IGNORECASE)
ENTITY = re.compile(rb"#\d+\s*=")
BLANK, HEAD_BYTES = b"\xef\xbb\xbf \t\r\n", 65536
BEYOND_ASCII = re.compile(r"[^\x00-\x7f]+")
READABLE = ("IFC2X3", "IFC4", "IFC4X1", "IFC4X2", "IFC4X3", "IFC4X3_ADD1", "IFC4X3_ADD2", "IFC4X3_TC1")
CHUNK_BYTES, BLOCK_BYTES = 1 << 20, 1 << 24


@dataclass(frozen=True, eq=False)
class Opened:
    """`plain` is the text on disk that other processes open: the file itself, or an unpacked or recoded copy that
    lives as long as this object. `entities` are those that the library kept, `entity_lines` the `#n=` in the text.
    """

    model: Any                           # ifcopenshell.file
    schema: str
    plain: Path
    end_marker: bool
    recoded: tuple[str, ...] = ()        # notes about the text and the zip it came in
    folder: Any = None                   # TemporaryDirectory of `plain`

    @cached_property
    def entities(self) -> int:
        """Counted when it is first asked, for the same reason as the lines."""
        return len(self.model.entity_names())

    @cached_property
    def entity_lines(self) -> int:
        """Counted when it is first asked: up to half a second for every 100 MB."""
        with open(self.plain, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as text:
            return sum(map(_lines_in, _blocks(text)))

    def know(self, entities: int, entity_lines: int) -> None:
        """They were counted elsewhere."""
        vars(self).update(entities=entities, entity_lines=entity_lines)

    @property
    def whole(self) -> bool:
        return self.end_marker and self.entities >= self.entity_lines

    @property
    def missing(self) -> tuple[str, ...]:
        """Notes about what of the text did not come in."""
        notes = []
        if not self.end_marker:
            notes.append(told("Incomplete: the file ends before its end marker; what could be saved is shown."))
        if self.entities < self.entity_lines:
            notes.append(told("Incomplete: {n} of {total} entities could be read.", n=self.entities,
                              total=self.entity_lines))
        return tuple(notes)

    @property
    def notes(self) -> tuple[str, ...]:
        return (*self.missing, *self.recoded)


def open_model(path: Path, lazy: bool = False) -> Opened:
    """Open a whole file. Raises Trouble for zip bombs, foreign or draft schemas and broken headers.

    `lazy` indexes the text and parses attributes when they are first read: opened in a third of the time. A forked
    process needs a place of its own in the file (`bim/own_place.py`).
    """
    with open(path, "rb") as file:
        start = file.read(HEAD_BYTES)
    if start[:4] != MAGIC and not start.lstrip(BLANK).startswith(HEAD):
        raise _not_step(path)
    plain, folder, notes = path, None, ()
    if start[:4] == MAGIC or not _ascii(path):
        packed = start[:4] == MAGIC
        data, notes = _as_escapes(unpacked(path) if packed else path.read_bytes())
        notes += left_in(path) if packed else ()
        folder = tempfile.TemporaryDirectory(prefix="citytwin-ifc-", ignore_cleanup_errors=True)
        plain = Path(folder.name) / "model.ifc"
        plain.write_bytes(data)
        start = data[:HEAD_BYTES]
    schema = _schema(start, path)
    try:
        model = library_open(str(plain), lazy)
    except Exception as error:
        raise Trouble(tr("This IFC file could not be opened."), cause=str(error)[:200],
                      way_out=tr("Export it again as IFC4 or IFC2X3."), path=str(path)) from None
    return Opened(model, schema, plain, END_MARKER in _tail(plain), notes, folder)


def library_open(plain: str, lazy: bool):
    import ifcopenshell
    return ifcopenshell.open(plain, format=".ifc", lazy=lazy)


def _not_step(path: Path) -> Trouble:
    return Trouble(tr("IFC in XML or JSON form cannot be read."), cause=tr("It is ifcXML or IFC5 (ifcx)"),
                   way_out=tr("Export it as a STEP file (.ifc)."), path=str(path))


def _ascii(path: Path) -> bool:
    with open(path, "rb") as file:
        return all(map(bytes.isascii, iter(lambda: file.read(CHUNK_BYTES), b"")))


def _blocks(text: mmap.mmap) -> Iterator[bytes]:
    """Some megabytes each; every block but the last ends after a semicolon, so that no entity is torn."""
    start = 0
    while start < len(text):
        stop = text.find(b";", start + BLOCK_BYTES) + 1 or len(text)
        yield text[start:stop]
        start = stop


def _lines_in(block: bytes) -> int:
    """Entities that begin here: `#` after a semicolon and line ends. A wrapped line may begin with a reference."""
    letters = np.frombuffer(block, np.uint8)
    marks = np.flatnonzero(letters == ord("#"))
    if _are(letters[np.maximum(marks - 1, 0)], b" \t").any():
        return len(ENTITY.findall(block))
    before = marks - 1
    for _ in range(4):                                       # "\r\n", once or with an empty line
        before -= _are(letters[np.maximum(before, 0)], b"\n\r") & (before >= 0)
    return int(((before < 0) | (letters[np.maximum(before, 0)] == ord(";"))).sum())


def _are(letters: np.ndarray, one_or_other: bytes) -> np.ndarray:
    """As `np.isin` in a third of its time."""
    return (letters == one_or_other[0]) | (letters == one_or_other[1])


def _tail(path: Path) -> bytes:
    with open(path, "rb") as file:
        file.seek(max(0, path.stat().st_size - 4096))
        return file.read()


def _schema(data: bytes, path: Path) -> str:
    found = SCHEMA.search(data[:HEAD_BYTES])
    schema = found[1].decode("ascii", "replace").strip().upper() if found else ""
    if schema in READABLE:
        return schema
    raise Trouble(tr("The IFC schema {schema} cannot be read.", schema=schema or "?"),
                  cause=tr("It is a draft or an outdated version") if schema else tr("The header names no schema"),
                  way_out=tr("Export it again as IFC2X3, IFC4 or IFC4X3 (ADD2)."), path=str(path))


def _as_escapes(data: bytes) -> tuple[bytes, tuple[str, ...]]:
    """The library drops raw letters beyond ASCII: write them as the standard's own escapes."""
    if data.isascii():
        return data, ()
    text, found = decoded(data)
    return BEYOND_ASCII.sub(_escaped, text).encode("ascii"), found.notes


def _escaped(found: re.Match) -> str:
    return f"\\X4\\{found[0].encode('utf-32-be').hex().upper()}\\X0\\"
