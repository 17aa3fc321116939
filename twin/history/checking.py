"""A store read from one end to the other: whether all that was committed is there, and mending what can be mended.

What the next writer mends by itself is in repair.py. This looks deeper, takes as long as reading everything, and can
make the ledger anew from the sealed table, which says of a datastream no more than its id.
"""

from __future__ import annotations

import json
import os
import sqlite3
import time
from pathlib import Path

from twin.history.batches import staging_folder
from twin.history.ledger import Ledger
from twin.history.sealed import DAY_US, File, Sealed, quoted
from twin.history.store import FAR_US, Store, connection, sealed_events
from twin.readers import Progress
from twin.sensors import Datastream
from twin.text import tr


def check(folder: Path, progress: Progress | None = None) -> dict:
    """{"sound", "readings", "not_sealed", "files", "findings"}; changes nothing, and needs no lock."""
    if not _ledger_sound(folder):
        return {"sound": False, "readings": 0, "not_sealed": 0, "files": len(Sealed(folder / "observations").files),
                "findings": [tr("The ledger of this store is damaged.")]}
    with Store(folder) as store, connection(staging_folder(folder, os.getpid())) as con:
        look = store.look()
        files = look.sealed.files
        findings = _of_files(con, look.sealed, progress or Progress())
        if not findings:
            findings = _of_readings(con, look)
        findings += [tr("A batch ({kind}) was begun and is not finished.", kind=kind)
                     for _, kind in store.ledger.pending()]
        findings += [tr("{n} replay cubes are incomplete.", n=len(bad))] if (bad := _bad_cubes(folder)) else []
    return {"sound": not findings, "readings": sum(f.rows for f in files) + len(look.hot),
            "not_sealed": len(look.hot), "files": len(files), "findings": findings}


def mend(folder: Path) -> list[str]:
    """Put in order what can be; what was done, a sentence each. Readings in files that are gone stay lost."""
    from twin.history.writer import Writer
    said = []
    if not _ledger_sound(folder):
        said.append(_ledger_put_aside(folder))
    with Writer(folder) as writer, connection(staging_folder(folder, os.getpid())) as con:
        said += writer.repaired
        sealed = writer.sealed.now()
        if sealed.damaged() or not (wrong := _of_readings(con, writer.look())):
            return said + _without_bad_cubes(folder)
        with writer.ledger.writing():
            writer.ledger.recount(*_counted(con, sealed, writer.ledger, sealed.version))
        said += [tr("Put in order: {what}", what=text) for text in wrong]
    return said + _without_bad_cubes(folder)


# -- inside -------------------------------------------------------------------------------------------------


def _ledger_sound(folder: Path) -> bool:
    """A damaged one may not even open."""
    try:
        ledger = Ledger(folder / "ledger.sqlite")
        try:
            return ledger.sound()
        finally:
            ledger.close()
    except sqlite3.DatabaseError:
        return False


def _ledger_put_aside(folder: Path) -> str:
    """Nothing is deleted: what had arrived and was not sealed may still be dug out of it."""
    aside = f"ledger.damaged-{int(time.time())}"
    for end in ("", "-wal", "-shm"):
        path = folder / f"ledger.sqlite{end}"
        if path.exists():
            os.replace(path, folder / f"{aside}{end}")
    ledger, last = Ledger(folder / "ledger.sqlite"), Sealed(folder / "observations").version
    if last:
        with ledger.writing():                           # numbers of batches go on where they were
            ledger.begin(last, "import", {})
            ledger.finish(last)
    ledger.close()
    return tr("The ledger was damaged; it was put aside as {name} and made anew from the sealed readings. Readings "
              "that were not sealed, and names, units and places are not in it: import the list of sensors again.",
              name=aside)


def _of_files(con, sealed: Sealed, progress: Progress) -> list[str]:
    out = []
    gone = {f.path for f in sealed.damaged()}
    for number, file in enumerate(sealed.files):
        progress(number, len(sealed.files), tr("Reading the readings"))
        wrong = tr("it is missing or has another length") if file.path in gone else _of_file(con, sealed, file)
        if wrong:
            out.append(tr("{file} ({rows} readings): {wrong}", file=file.path, rows=f"{file.rows:,}", wrong=wrong))
    return out


def _of_file(con, sealed: Sealed, file: File) -> str:
    try:
        rows, first, last, odd = con.execute(
            f'SELECT count(*), min(epoch_us("time")), max(epoch_us("time")), count(*) FILTER (WHERE value IS NULL OR '
            f"NOT isfinite(value) OR datastream IS NULL OR quality NOT IN (0, 1)) "
            f"FROM read_parquet('{quoted(sealed.folder / file.path)}')").fetchone()
    except Exception as error:                           # of DuckDB, of which there are many kinds
        return str(error).split("\n")[0][:200]
    if rows != file.rows or first < file.first_us or last > file.last_us:
        return tr("it holds other readings than were committed")
    return tr("{n} readings hold no number", n=odd) if odd else ""


def _of_readings(con, look) -> list[str]:
    """Whether each reading is there once, and whether the ledger agrees with the table."""
    events = sealed_events(look.sealed, -FAR_US, FAR_US)
    twice = con.execute(f"SELECT coalesce(sum(n - 1), 0)::BIGINT FROM (SELECT count(*) AS n FROM ({events}) "
                        f"GROUP BY datastream, t HAVING n > 1)").fetchone()[0]
    out = [tr("{n} readings are there more than once.", n=f"{twice:,}")] if twice else []
    known = {k.stream.id: k.newest_us for k in look.known}
    newest = dict(con.execute(f"SELECT datastream, max(t) FROM ({events}) GROUP BY 1").fetchall())
    strange = sum(known.get(id, -FAR_US) != t for id, t in newest.items())
    counted = sum(n for touched in look.touched.values() for _, _, n in touched)
    there = sum(f.rows for f in look.sealed.files)
    if strange:
        out.append(tr("Of {n} datastreams the ledger does not know what the sealed readings say.", n=f"{strange:,}"))
    elif counted != there:
        out.append(tr("The ledger counts {counted} sealed readings, and there are {there}.", counted=f"{counted:,}",
                      there=f"{there:,}"))
    return out


def _counted(con, sealed: Sealed, ledger: Ledger, seq: int) -> tuple[list, list]:
    """(newest, touched) as a batch says them (see `Ledger.finish`), of the whole table."""
    import pyarrow as pa
    events = sealed_events(sealed, -FAR_US, FAR_US)
    newest = con.execute(f"SELECT datastream, max(t) FROM ({events}) GROUP BY 1").fetchall()
    ledger.enter([Datastream(id=id) for id, _ in newest], since=0)
    known = {k.stream.id: k for k in ledger.datastreams()}
    con.register("properties", pa.table({"datastream": list(known), "property": [k.stream.property
                                                                                for k in known.values()]}))
    touched = con.execute(f"SELECT property, t // {DAY_US} AS day, {seq}, count(*) FROM ({events}) JOIN properties "
                          f"USING (datastream) GROUP BY ALL").fetchall()
    return [(t, known[id].number) for id, t in newest], touched


def _bad_cubes(folder: Path) -> list[Path]:
    from twin.history.cubes import load
    bad = []
    for cube in (folder / "cubes").glob("*/*/"):
        try:
            load(cube)
        except (OSError, ValueError, KeyError, json.JSONDecodeError):
            bad.append(cube)
    return bad


def _without_bad_cubes(folder: Path) -> list[str]:
    import shutil
    bad = _bad_cubes(folder)
    for cube in bad:
        shutil.rmtree(cube, ignore_errors=True)
    return [tr("{n} replay cubes were incomplete; they are built again.", n=len(bad))] if bad else []
