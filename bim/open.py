"""Opening .ifc and .ifczip: encoding, schema, zip limits, and how much of the file came in."""

from __future__ import annotations

import re
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from twin.text import tr
from twin.trouble import Trouble

HEAD = b"ISO-10303-21"
END_MARKER = b"END-ISO-10303-21"
SCHEMA = re.compile(rb"FILE_SCHEMA\s*\(\s*\(\s*'([^']*)'", re.IGNORECASE)
ENTITY = re.compile(rb"(?:^|;)\s*#\d+\s*=", re.MULTILINE)
BEYOND_ASCII = re.compile(r"[^\x00-\x7f]+")
READABLE = ("IFC2X3", "IFC4", "IFC4X1", "IFC4X2", "IFC4X3", "IFC4X3_ADD1", "IFC4X3_ADD2", "IFC4X3_TC1")
MAX_UNPACKED_BYTES = 4 << 30
SMALL_BYTES, MAX_RATIO = 64 << 20, 60          # real IFC text packs 4 to 25 times; a bomb some 1000 times
CHUNK_BYTES = 1 << 20


@dataclass(frozen=True, eq=False)
class Opened:
    """`entities` that the library kept of `entity_lines` (`#n=`) in the text."""

    model: Any                           # ifcopenshell.file
    schema: str
    entities: int
    entity_lines: int
    end_marker: bool
    notes: tuple[str, ...] = ()

    @property
    def complete(self) -> bool:
        return self.end_marker and self.entities >= self.entity_lines


def member_of(path: Path) -> str:
    """Name of the .ifc in a zip, "" where it holds none (or is no zip). __MACOSX is ignored."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, OSError):
        return ""
    return next((n for n in names if n.lower().endswith(".ifc") and not n.startswith("__MACOSX")), "")


def open_model(path: Path) -> Opened:
    """Read a whole file. Raises Trouble for zip bombs, foreign or draft schemas and broken headers."""
    import ifcopenshell
    data = text_of(path)
    schema = _schema(data, path)
    data, notes = _as_escapes(data)
    with tempfile.TemporaryDirectory(prefix="citytwin-ifc-") as folder:
        plain = Path(folder) / "model.ifc"
        plain.write_bytes(data)
        try:
            model = ifcopenshell.open(str(plain))
        except Exception as error:
            raise Trouble(tr("This IFC file could not be opened."), cause=str(error)[:200],
                          way_out=tr("Export it again as IFC4 or IFC2X3."), path=str(path)) from None
    opened = Opened(model, schema, len(model.entity_names()), sum(1 for _ in ENTITY.finditer(data)),
                    END_MARKER in data[-4096:], notes)
    return opened if opened.complete else _with_notes(opened)


def _with_notes(opened: Opened) -> Opened:
    notes = list(opened.notes)
    if not opened.end_marker:
        notes.append(tr("Incomplete: the file ends before its end marker; what could be saved is shown."))
    if opened.entities < opened.entity_lines:
        notes.append(tr("Incomplete: {n} of {total} entities could be read.", n=opened.entities,
                        total=opened.entity_lines))
    return Opened(opened.model, opened.schema, opened.entities, opened.entity_lines, opened.end_marker, tuple(notes))


def text_of(path: Path) -> bytes:
    """The STEP text, unpacked where it lies in a zip."""
    with open(path, "rb") as file:
        zipped = file.read(4) == b"PK\x03\x04"
    return _unpacked(path) if zipped else path.read_bytes()


def _unpacked(path: Path) -> bytes:
    name = member_of(path)
    if not name:
        raise Trouble(tr("This zip holds no .ifc file."), way_out=tr("Choose another file."), path=str(path))
    parts, size = [], 0
    try:
        with zipfile.ZipFile(path) as archive, archive.open(name) as member:
            packed = max(1, archive.getinfo(name).compress_size)
            while chunk := member.read(CHUNK_BYTES):
                parts.append(chunk)
                size += len(chunk)
                if size > MAX_UNPACKED_BYTES or (size > SMALL_BYTES and size > MAX_RATIO * packed):
                    raise Trouble(tr("This archive unpacks to far more than an IFC file would."),
                                  cause=tr("{n} MB came out of {packed} kB before it was stopped", n=size >> 20,
                                           packed=packed >> 10),
                                  way_out=tr("Unpack it yourself and open the .ifc inside."), path=str(path))
    except (NotImplementedError, zipfile.BadZipFile, EOFError, RuntimeError) as error:
        raise Trouble(tr("The .ifc in this zip could not be unpacked."), cause=str(error)[:200],
                      way_out=tr("Unpack it yourself and open the .ifc inside."), path=str(path)) from None
    return b"".join(parts)


def _schema(data: bytes, path: Path) -> str:
    found = SCHEMA.search(data[:65536])
    schema = found[1].decode("ascii", "replace").strip().upper() if found else ""
    if schema in READABLE:
        return schema
    raise Trouble(tr("The IFC schema {schema} cannot be read.", schema=schema or "?"),
                  cause=tr("It is a draft or an outdated version") if schema else tr("The header names no schema"),
                  way_out=tr("Export it again as IFC2X3, IFC4 or IFC4X3 (ADD2)."), path=str(path))


def _as_escapes(data: bytes) -> tuple[bytes, tuple[str, ...]]:
    """The library drops raw letters beyond ASCII: write them as the standard's own escapes.

    Text that is not UTF-8 is taken for GB18030, else for Latin-1.
    """
    if data.isascii():
        return data, ()
    for name in ("utf-8", "gb18030", "latin-1"):
        try:
            text = data.decode(name)
        except UnicodeDecodeError:
            continue
        notes = () if name == "utf-8" else (tr("Its text was taken for {name}.", name=name),)
        return BEYOND_ASCII.sub(_escaped, text).encode("ascii"), notes
    raise AssertionError("latin-1 decodes every byte")


def _escaped(found: re.Match) -> str:
    return f"\\X4\\{found[0].encode('utf-32-be').hex().upper()}\\X0\\"
