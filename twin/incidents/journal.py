"""The journal of incidents beside a project: lines are added and never changed, and each vouches for the one before.

One JSON object per line, `NAME.incidents.jsonl`. `hash` is the SHA-256 over the previous line's hash and this line's
content, so that a line which was changed or taken out is found (the idea: Haber and Stornetta, "How to time-stamp a
digital document", 1991). It proves order and wholeness, not who wrote it.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from twin.incidents.incident import Entry, Incident, incidents_of, must_follow, must_stay_in_order
from twin.text import tr
from twin.trouble import Trouble

SUFFIX = ".incidents.jsonl"
LOCK_SECS = 10.0
_FIRST = "0" * 64


def journal_beside(project: Path) -> Path:
    return project.with_name(project.name.removesuffix(".twin.json").removesuffix(".json") + SUFFIX)


def journal_of(layers, project: Path) -> Path:
    """The one that the layer of incidents shows (it keeps its name when the project gets another), or beside it."""
    shown = next((x.source.path for x in layers if x.kind == "incidents" and x.source), "")
    return Path(shown) if shown else journal_beside(project)


@dataclass(frozen=True)
class Reading:
    """`cut`: bytes of a last line that a crash left half-written; they were never acknowledged."""

    entries: tuple[Entry, ...] = ()
    last_hash: str = _FIRST
    cut: int = 0

    def incidents(self) -> list[Incident]:
        return incidents_of(list(self.entries))


def read(path: Path) -> Reading:
    """The journal, or an empty one where there is none yet. Raises Trouble that names the first line that is not
    what was written."""
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return Reading()
    except OSError as error:
        raise Trouble(tr("The journal of incidents could not be read."), cause=error.strerror or str(error),
                      way_out=tr("Check the permissions of the file."), path=str(path)) from None
    whole, newline, rest = raw.rpartition(b"\n")
    entries, previous = [], _FIRST
    for number, line in enumerate(whole.split(b"\n") if newline else (), 1):
        body = _checked(line, number, previous, path)
        previous = body.pop("hash")
        entries.append(Entry(**body))
    return Reading(tuple(entries), previous, len(rest))


def _checked(line: bytes, number: int, previous: str, path: Path) -> dict:
    try:
        body = json.loads(line)
        known = isinstance(body, dict) and set(body) <= {"hash", *(f.name for f in fields(Entry))}
    except (UnicodeDecodeError, json.JSONDecodeError):
        body, known = {}, False
    claimed = body.get("hash") if known else None
    if not known or claimed != _hash(previous, {k: v for k, v in body.items() if k != "hash"}) \
            or body.get("seq") != number:
        raise Trouble(tr("The journal of incidents was changed after it was written."),
                      cause=tr("Line {n} does not follow from the one before it", n=number),
                      way_out=tr("Restore it from a backup; nothing was written into it."), path=str(path))
    return body


def _hash(previous: str, body: dict) -> str:
    text = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256((previous + text).encode()).hexdigest()


class Journal:
    """Adds lines to the journal at `path`. `now_ns()` says when a line is written."""

    def __init__(self, path: Path, now_ns=time.time_ns):
        self.path, self.now_ns = path, now_ns

    def open(self, *, title: str, time_ns: int, level: int, rule: str = "", layer: str = "",
             streams: tuple[str, ...] = (), place: tuple[float, ...] | None = None, role: str = "", note: str = "",
             synthetic: bool = False, id: str = "") -> Incident:
        """A new incident in the state "found"."""
        about: dict[str, Any] = {"title": title, "level": level, "rule": rule, "layer": layer,
                                 "streams": list(streams), "place": _finite(place)}
        about |= {"synthetic": True} if synthetic else {}

        def make(reading: Reading) -> dict:
            taken = {entry.incident for entry in reading.entries}
            if id in taken:
                raise Trouble(tr("There is already an incident {id}.", id=id), path=str(self.path))
            return {"incident": id or _next_id(taken), "kind": "open", "time_ns": time_ns, "state": "found",
                    "role": role, "note": note, "data": about}
        return self._add(make)

    def advance(self, id: str, state: str, time_ns: int, *, role: str = "", note: str = "") -> Incident:
        """The next step of the loop. Raises Trouble when it does not follow."""
        def make(reading: Reading) -> dict:
            must_follow(_of(reading, id, self.path), state, time_ns)
            return {"incident": id, "kind": "state", "time_ns": time_ns, "state": state, "role": role, "note": note}
        return self._add(make)

    def note(self, id: str, time_ns: int, note: str, *, role: str = "") -> Incident:
        def make(reading: Reading) -> dict:
            _of(reading, id, self.path)
            return {"incident": id, "kind": "note", "time_ns": time_ns, "role": role, "note": note}
        return self._add(make)

    def correct(self, id: str, seq: int, time_ns: int, *, role: str = "", note: str = "") -> Incident:
        """Step `seq` was in truth at `time_ns`. The old line stays."""
        def make(reading: Reading) -> dict:
            must_stay_in_order(_of(reading, id, self.path), seq, time_ns)
            return {"incident": id, "kind": "correction", "time_ns": time_ns, "role": role, "note": note,
                    "corrects": seq}
        return self._add(make)

    def _add(self, make) -> Incident:
        """Append what `make(reading)` gives, and wait until the disk has it; one writer at a time."""
        with _locked(self.path):
            reading = read(self.path)
            body = {"seq": len(reading.entries) + 1, "written_ns": self.now_ns(), **make(reading)}
            line = json.dumps({**body, "hash": _hash(reading.last_hash, body)}, ensure_ascii=False) + "\n"
            try:
                with open(self.path, "r+b" if self.path.exists() else "xb") as file:
                    file.seek(-reading.cut, os.SEEK_END)
                    file.truncate()
                    file.write(line.encode())
                    file.flush()
                    os.fsync(file.fileno())
            except OSError as error:
                raise Trouble(tr("The step could not be written down."), cause=error.strerror or str(error),
                              way_out=tr("Free some space or check the permissions, then try again."),
                              path=str(self.path)) from None
        return _of(Reading((*reading.entries, Entry(**body))), body["incident"], self.path)


def _finite(place: tuple[float, ...] | None) -> list[float | None] | None:
    """JSON knows no NaN: a height that is not known is null."""
    return [None if value != value else float(value) for value in place] if place else None


def _of(reading: Reading, id: str, path: Path) -> Incident:
    found = next((incident for incident in reading.incidents() if incident.id == id), None)
    if found is None:
        raise Trouble(tr("There is no incident {id}.", id=id), path=str(path),
                      way_out=tr("`citytwin incidents` lists them."))
    return found


def _next_id(taken: set[str]) -> str:
    number = len(taken) + 1
    while f"I-{number:04d}" in taken:
        number += 1
    return f"I-{number:04d}"


@contextmanager
def _locked(path: Path):
    """One writer at a time, on every system: whoever makes the lock file has it. One left by a crash is taken over."""
    lock = path.with_name(path.name + ".lock")
    end = time.monotonic() + LOCK_SECS
    while True:
        try:
            os.close(os.open(lock, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
            break
        except FileExistsError:
            if time.monotonic() > end or _older(lock, LOCK_SECS):
                lock.unlink(missing_ok=True)
            time.sleep(0.01)
        except OSError as error:
            raise Trouble(tr("The step could not be written down."), cause=error.strerror or str(error),
                          way_out=tr("Save the project in a folder that you may write to."), path=str(path)) from None
    try:
        yield
    finally:
        lock.unlink(missing_ok=True)


def _older(lock: Path, secs: float) -> bool:
    try:
        return time.time() - lock.stat().st_mtime > secs
    except OSError:
        return False
