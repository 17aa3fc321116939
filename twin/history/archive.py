"""Zips of tables: several exports in one file. Each member is read as if it lay beside the zip."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from twin import deflate64
from twin.history import gtfs_tables
from twin.history.positions_file import messages_in
from twin.text import tr
from twin.trouble import Trouble
from twin.zip_faults import BROKEN_ZIP

WORKBOOK = ("[Content_Types].xml", "mimetype")       # a workbook is a zip too
READ = (".csv", ".tsv", ".txt", ".dat", ".json", ".jsonl", ".ndjson", ".geojson", ".parquet", ".pq", ".xlsx", ".xls",
        ".ods", ".gpx", ".pb")
MOST_BYTES = 20 << 30                                # of all members, unpacked
MOST_RATIO = 400                                     # of what is unpacked to what is packed: more is a bomb


def members(path: Path) -> tuple[str, ...]:
    """Names of the tables in a zip, in its order; () where the file is no zip, or one that is read as a whole."""
    with open(path, "rb") as file:
        if file.read(4) != b"PK\x03\x04":
            return ()
    try:
        with zipfile.ZipFile(path) as archive:
            infos = archive.infolist()
    except BROKEN_ZIP:
        return ()
    if any(info.filename in WORKBOOK for info in infos) or gtfs_tables.members(path) or messages_in(path):
        return ()
    return tuple(i.filename for i in infos if not i.is_dir() and _is_table(PurePosixPath(i.filename)))


def _is_table(name: PurePosixPath) -> bool:
    return name.suffix.lower() in READ and not name.name.startswith(".") and "__MACOSX" not in name.parts


@contextmanager
def unpacked(path: Path, name: str, folder: Path) -> Iterator[Path]:
    """A member as a file of its own name in `folder`, which is made; the file is gone afterwards."""
    folder.mkdir(parents=True, exist_ok=True)
    place = folder / PurePosixPath(name).name
    try:
        with zipfile.ZipFile(path) as archive:
            info = archive.getinfo(name)
            if info.file_size > MOST_BYTES or info.file_size > MOST_RATIO * max(info.compress_size, 4096):
                raise Trouble(tr("A member of this zip is too large: {name}.", name=name), path=str(path),
                              cause=tr("It has {n} MB unpacked", n=info.file_size >> 20),
                              way_out=tr("Unpack it by yourself if you trust it."))
            with open(place, "wb") as new:
                if info.compress_type == deflate64.METHOD:
                    _inflate(path, info, new)
                else:
                    with archive.open(info) as old:
                        shutil.copyfileobj(old, new, 1 << 20)
        yield place
    except KeyError:
        raise Trouble(tr("There is no {name} in this zip.", name=name), path=str(path),
                      way_out=tr("Members: {names}.", names=", ".join(members(path)[:12]))) from None
    except BROKEN_ZIP as error:
        raise Trouble(tr("A member of this zip could not be unpacked: {name}.", name=name), cause=str(error)[:300],
                      way_out=tr("Unpack it with another program first."), path=str(path)) from None
    finally:
        place.unlink(missing_ok=True)


def _inflate(path: Path, info: zipfile.ZipInfo, new) -> None:
    """No more than the zip says that there is: the standard library sees to that where it unpacks by itself."""
    left = info.file_size
    for chunk in deflate64.inflated(path, info):
        left -= len(chunk)
        if left < 0:
            raise zipfile.BadZipFile(tr("{name} is larger than the zip says", name=info.filename))
        new.write(chunk)
