"""Opening an incident package in the window: unpacked beside itself in a worker, checked, then opened as a project."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

from app.packaging import open_package
from twin.incidents.manifest import NAME
from twin.jobs import DONE, Job
from twin.text import tr
from twin.zip_faults import BROKEN_ZIP

Window = Any                              # app.window.Window; not imported, it imports this


def is_package(path: Path) -> bool:
    """A zip with a manifest. Only its directory is read."""
    try:
        with zipfile.ZipFile(path) as archive:
            return NAME in archive.namelist()
    except BROKEN_ZIP:
        return False


def unpack(path: str, folder: str, progress) -> str:
    """Runs in a worker; returns the project file."""
    progress(0, 1, tr("Checking the package"))
    return str(open_package(Path(path), Path(folder)))


class PackageOpening:
    """One package on its way in; the loop calls `refresh`."""

    def __init__(self, window: Window, path: Path):
        self.window = window
        folder = _free(path.with_suffix(""))
        self.job: Job | None = window.session.jobs.start(unpack, str(path), str(folder), label=path.name,
                                                         path=str(path), urgent=True)
        window.panels.append(self)

    def refresh(self) -> None:
        if self.job is None or self.job.active:
            return
        job, self.job = self.job, None
        self.window.panels.remove(self)
        if job.state == DONE:
            self.window.open([Path(job.result)])
        elif job.error:
            self.window.tell(str(job.error), "error")


def _free(folder: Path) -> Path:
    """`folder`, or with a number behind it where that is taken."""
    number, free = 2, folder
    while free.exists():
        free, number = folder.with_name(f"{folder.name} {number}"), number + 1
    return free
