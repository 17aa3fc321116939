"""The .ifc in an .ifczip: found whatever its case, unpacked within limits, Deflate64 (large zips from Windows) too."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path

from twin.deflate64 import METHOD, inflated
from twin.text import tr
from twin.told import told
from twin.trouble import Trouble
from twin.zip_faults import BROKEN_ZIP

MAGIC = b"PK\x03\x04"
MAX_UNPACKED_BYTES = 4 << 30
SMALL_BYTES, MAX_RATIO = 64 << 20, 60          # real IFC text packs 4 to 25 times; a bomb some 1000 times
CHUNK_BYTES = 1 << 20


def names_in(path: Path) -> list[str]:
    """Of the files in a zip; none where it is no zip. What macOS adds beside them does not count."""
    try:
        with zipfile.ZipFile(path) as archive:
            return [n for n in archive.namelist() if not n.startswith("__MACOSX") and not n.endswith("/")]
    except BROKEN_ZIP:
        return []


def member_of(path: Path) -> str:
    """Name of the .ifc in a zip, "" where it holds none."""
    return next((n for n in names_in(path) if n.lower().endswith(".ifc")), "")


def left_in(path: Path) -> tuple[str, ...]:
    """A note where a zip holds more than the .ifc that is read of it."""
    models = [n for n in names_in(path) if n.lower().endswith(".ifc")]
    return (told("The zip holds {n} .ifc files, of which {name} was read: unpack it to open the others.", n=len(models),
                 name=models[0]),) if len(models) > 1 else ()


def unpacked(path: Path) -> bytes:
    """Raises Trouble for what holds no .ifc, is damaged or encrypted, or unpacks to far too much."""
    name = member_of(path)
    if not name:
        raise Trouble(tr("This zip holds no .ifc file."), cause=_cause(path),
                      way_out=tr("Choose another file."), path=str(path))
    parts, size = [], 0
    try:
        with zipfile.ZipFile(path) as archive:
            info = archive.getinfo(name)
            for chunk in inflated(path, info) if info.compress_type == METHOD else _plain(archive, info):
                parts.append(chunk)
                size += len(chunk)
                _check(size, max(1, info.compress_size), path)
    except BROKEN_ZIP as error:
        raise Trouble(tr("The .ifc in this zip could not be unpacked."), cause=str(error)[:200],
                      way_out=tr("Unpack it yourself and open the .ifc inside."), path=str(path)) from None
    return b"".join(parts)


def _cause(path: Path) -> str:
    names = names_in(path)
    if any(n.lower().endswith(".ifcxml") for n in names):
        return tr("It holds ifcXML, which cannot be read: export a STEP file (.ifc)")
    return tr("It holds {names}", names=", ".join(names[:5])) if names else tr("It is damaged or was cut off")


def _check(size: int, packed: int, path: Path) -> None:
    if size > MAX_UNPACKED_BYTES or (size > SMALL_BYTES and size > MAX_RATIO * packed):
        raise Trouble(tr("This archive unpacks to far more than an IFC file would."),
                      cause=tr("{n} MB came out of {packed} kB before it was stopped", n=size >> 20,
                               packed=packed >> 10),
                      way_out=tr("Unpack it yourself and open the .ifc inside."), path=str(path))


def _plain(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[bytes]:
    with archive.open(info) as member:
        while chunk := member.read(CHUNK_BYTES):
            yield chunk
