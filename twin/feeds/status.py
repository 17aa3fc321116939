"""The recorder of a store as other processes see it: a small file that it writes anew every second."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

from twin.project import write_atomically

FILE, STOP = "recorder.json", "recorder.stop"
FRESH_SECS = 30.0                        # an older word is of a recorder that is gone


def write(folder: Path, said: dict) -> None:
    write_atomically(folder / FILE, json.dumps(said, ensure_ascii=False) + "\n")


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
