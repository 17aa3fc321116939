"""The sample project at one click: the one that came with the program, or one that a worker makes for this user."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Any

from app import settings
from twin.jobs import CANCELLED, Job
from twin.text import tr

Window = Any                              # app.window.Window; not imported, it imports this
NAME = "jiading.twin.json"
STALL_SECS = 600.0


def written() -> Path | None:
    """Where the sample lies already: beside its generator (a checkout), or where it was made for this user."""
    places = Path(str(resources.files("data_samples"))), made_folder()
    return next((folder / NAME for folder in places if (folder / NAME).is_file()), None)


def made_folder() -> Path:
    return settings.state_folder() / "sample"


def make(folder: str, progress) -> str:
    """In a worker. The project file is written last: where it is, the sample is whole."""
    from app.discover import layer_types
    from data_samples.generate import generate
    layer_types()
    return str(generate(Path(folder), progress=progress))


def open_sample(window: Window) -> None:
    """Show the sample project; where there is none yet, make it first (a minute or two) and go on meanwhile."""
    path = written()
    if path is not None:
        window.filing.open_project(path)
    elif not any(isinstance(panel, Making) for panel in window.panels):
        Making(window)
        window.tell(tr("The sample project is being made. It opens when it is ready."))


class Making:
    """A sample on its way; the loop calls `refresh`. The status bar shows it and can stop it."""

    def __init__(self, window: Window):
        self.window = window
        self.job: Job = window.session.jobs.start(make, str(made_folder()), label=tr("Sample project"),
                                                  stall_secs=STALL_SECS)
        window.panels.append(self)

    def refresh(self) -> None:
        if self.job.active:
            return
        self.window.panels.remove(self)
        if self.job.error:
            self.window.tell(str(self.job.error), "error")
        elif self.job.state != CANCELLED:
            self._show(Path(self.job.result))

    def _show(self, path: Path) -> None:
        """At once in an empty window; what was opened meanwhile stays, and a click leads on."""
        def show() -> None:
            self.window.filing.open_project(path)
        if self.window.session.document.layers:
            self.window.tell(tr("The sample project is ready."), "note", ((tr("Open"), show),))
        else:
            show()
