"""A store that lies elsewhere, wherever fsspec reaches, as a copy in the cache: `s3://bucket/city.history`.

Only what differs is fetched. Replay cubes that were built there (`citytwin store --cubes`) come along, so that nothing
is built here. It is read, never written: whoever records there does so on a machine that has the folder.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import tempfile
from pathlib import Path

from twin.history.ledger import Ledger
from twin.history.store import MARK, SUFFIX
from twin.history.writer import locked
from twin.readers import Progress
from twin.text import tr
from twin.trouble import Trouble

LEDGER, WAL = "ledger.sqlite", "ledger.sqlite-wal"
CHANGING = (MARK, LEDGER, WAL, "observations/_delta_log/_last_checkpoint")      # all else never changes under its name
STATE = "copy.json"                       # what the changing ones were when they were fetched


def is_store_elsewhere(text: str) -> bool:
    return "://" in text and text.rstrip("/").endswith(SUFFIX)


def fetch(url: str, folder: Path, progress: Progress) -> int:
    """Bring the copy up to date; how many files came. Raises Trouble where the place does not answer."""
    system, root = _place(url)
    try:
        there = _files(system, root)
        if MARK not in there:
            raise FileNotFoundError(root)
        lock = locked(folder, 30.0)
        try:
            return _brought(system, root, there, folder, progress)
        finally:
            lock.close()
    except (OSError, ValueError, ImportError) as error:
        raise Trouble(tr("The store could not be fetched."), cause=str(error)[:300] or type(error).__name__, path=url,
                      way_out=tr("Check the address, and whether it needs credentials.")) from error


def _brought(system, root: str, there: dict[str, dict], folder: Path, progress: Progress) -> int:
    """The ledger is taken first and put in place last: what moves meanwhile is then seen twice, and not never."""
    seen = _state(folder)
    due = [name for name, facts in there.items() if (
        seen.get(name) != _mark(facts) if name in CHANGING else _length(folder / name) != facts["size"])]
    due.sort(key=lambda name: name not in (LEDGER, WAL))
    with tempfile.TemporaryDirectory(prefix=".fetch-", dir=folder) as temporary:
        kept = Path(temporary)
        for number, name in enumerate(due):
            progress(number, len(due), tr("Fetching readings"))
            here = kept / name if name in (LEDGER, WAL) else folder / name
            _get(system, f"{root}/{name}", here)
        if LEDGER in due or WAL in due:
            _replace_ledger(kept, folder)
    (folder / STATE).write_text(json.dumps({name: _mark(there[name]) for name in CHANGING if name in there}))
    _forget(folder, there)
    return len(due)


def _replace_ledger(new: Path, folder: Path) -> None:
    """What another program wrote while it was fetched may be torn; then the old copy stays."""
    try:
        ledger = Ledger(new / LEDGER)
        sound = ledger.sound()
        ledger.close()                                   # what is in the log goes into the file
    except sqlite3.DatabaseError:
        sound = False
    if not sound:
        raise ValueError(tr("it was written while it was fetched; try again"))
    for end in ("-wal", "-shm"):
        (folder / f"{LEDGER}{end}").unlink(missing_ok=True)
    os.replace(new / LEDGER, folder / LEDGER)


def _forget(folder: Path, there: dict[str, dict]) -> None:
    """What was put together or let go of there; cubes that were built here stay as long as they are used."""
    for path in (folder / "observations").rglob("*"):
        if path.is_file() and path.relative_to(folder).as_posix() not in there:
            path.unlink(missing_ok=True)


def _place(url: str):
    try:
        import fsspec
        system, root = fsspec.core.url_to_fs(url.rstrip("/"))
    except (ImportError, ValueError) as error:
        raise Trouble(tr("This place cannot be reached."), cause=str(error)[:200], path=url,
                      way_out=tr("Install what it needs: pip install 'citytwin[engines]', and s3fs, gcsfs or adlfs for "
                                 "the clouds.")) from None
    system.invalidate_cache()
    return system, root.rstrip("/")


def _files(system, root: str) -> dict[str, dict]:
    """Facts of every file of the store, by its path in it."""
    found = system.find(root, detail=True)
    names = {path.removeprefix("/").removeprefix(root.removeprefix("/")).lstrip("/"): facts
             for path, facts in found.items()}
    return {name: facts for name, facts in names.items() if name in CHANGING or (name.startswith(
        ("observations/", "cubes/")) and not any(part.startswith(".") for part in name.split("/")))}


def _mark(facts: dict) -> list[str]:
    return [str(facts.get(name)) for name in ("size", "mtime", "ETag", "etag", "LastModified", "created", "updated")]


def _get(system, where: str, here: Path) -> None:
    here.parent.mkdir(parents=True, exist_ok=True)
    part = here.with_name(f".{here.name}.part")
    try:
        with system.open(where, "rb") as source, open(part, "wb") as target:
            shutil.copyfileobj(source, target, 1 << 20)
        os.replace(part, here)
    finally:
        part.unlink(missing_ok=True)


def _length(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return -1


def _state(folder: Path) -> dict:
    try:
        return json.loads((folder / STATE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
