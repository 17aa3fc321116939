"""The recorder of a store as other processes see it: a small file that it writes anew every second."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

from twin.trouble import Trouble
from twin.whole_file import write_atomically

FILE, STOP = "recorder.json", "recorder.stop"
ROOM = 4096                              # bytes that the file has at least, so that it can still say what is wrong
FRESH_SECS = 30.0                        # an older word is of a recorder that is gone


def write(folder: Path, said: dict) -> None:
    """On a full disk into the old file, without the payloads; raises Trouble where that does not go either."""
    try:
        write_atomically(folder / FILE, _text(said, ROOM))
    except Trouble:
        if not _overwritten(folder / FILE, said):
            raise


def _overwritten(path: Path, said: dict) -> bool:
    """Takes no room that the file does not have. Who reads half of it sees no recorder, and looks again."""
    lean = {**said, "feeds": [{**feed, "last": {"topic": "", "payload": ""}, "rejects": []} for feed in said["feeds"]]}
    try:
        room = path.stat().st_size
        data = _text(lean, room).encode()
        if len(data) > room:
            return False
        with open(path, "r+b") as file:
            file.write(data)
    except OSError:
        return False
    return True


def _text(said: dict, room: int) -> str:
    """JSON with spaces after it, up to so many bytes."""
    text = json.dumps(said, ensure_ascii=False)
    return text + " " * (room - len(text.encode()) - 1) + "\n"


def read(folder: Path) -> dict | None:
    """What the recorder said last, with "running"; None where there never was one."""
    try:
        said = json.loads((folder / FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    age_secs = time.time() - said.get("updated_ns", 0) / 1e9
    said["running"] = said.get("state") != "stopped" and age_secs < FRESH_SECS and _lives(said.get("pid", 0))
    return said


def running(folder: Path) -> bool:
    said = read(folder)
    return bool(said and said["running"])


def ask_to_stop(folder: Path) -> None:
    (folder / STOP).touch()


def asked_to_stop(folder: Path) -> bool:
    """Once for each request."""
    try:
        (folder / STOP).unlink()
    except FileNotFoundError:
        return False
    return True


def _lives(pid: int) -> bool:
    import psutil
    return pid == os.getpid() or psutil.pid_exists(pid)
