"""The recovery copy of a project, outside its folder."""

from __future__ import annotations

import json
from pathlib import Path

from twin.project import SUFFIX, Project, as_json
from twin.whole_file import write_atomically

SAME_SECS = 1.0


def autosave_path(project_path: Path | None, state_folder: Path) -> Path:
    """Where the unsaved state of a project is kept: outside its folder, one file per project path."""
    import hashlib
    name = str(project_path.resolve()) if project_path else "untitled"
    stem = project_path.name.removesuffix(SUFFIX) if project_path else "untitled"
    return state_folder / "autosave" / f"{stem}-{hashlib.sha256(name.encode()).hexdigest()[:12]}.autosave.json"


def autosave(project: Project, state_folder: Path) -> Path:
    """Write the recovery copy, with paths that hold from where it lies and the name of the project it belongs to."""
    path = autosave_path(project.path, state_folder)
    body = as_json(project, path.parent)
    body["recovered_from"] = str(project.path) if project.path else ""
    body["written_by"] = list(_me())
    write_atomically(path, json.dumps(body, ensure_ascii=False))
    return path


def is_held(copy: Path) -> bool:
    """Whether the program that wrote a copy is still running, and is not this one: nothing crashed."""
    import psutil
    try:
        number, began = json.loads(copy.read_text(encoding="utf-8"))["written_by"]
        return (number, began) != _me() and abs(psutil.Process(number).create_time() - began) < SAME_SECS
    except (OSError, ValueError, KeyError, TypeError, psutil.Error):
        return False


def _me() -> tuple[int, float]:
    """(number of this process, when it began): numbers are used again."""
    import psutil
    own = psutil.Process()
    return own.pid, own.create_time()
