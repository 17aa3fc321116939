"""A study: a question about what the scene shows, answered in a worker, written beside the project, added as layers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from app.study_tables import StudyTable
from twin.document import Document
from twin.jobs import DONE, Job
from twin.text import tr
from twin.trouble import Trouble

Window = Any                              # app.window.Window; not imported, it imports this


def free_folder(project: Path | None, what: str) -> Path:
    """Beside the project, with a number behind it where the name is taken. Raises Trouble without a project file."""
    if project is None:
        raise Trouble(tr("The results lie beside the project, which is not saved yet."),
                      way_out=tr("Save the project first."))
    name = f"{project.name.split('.')[0]}.{what}"
    number, folder = 2, project.parent / name
    while folder.exists():
        folder, number = project.parent / f"{name}-{number}", number + 1
    return folder


class Study:
    """One on its way; the loop calls `refresh`. `compute(content, question, folder, progress)` gives a report."""

    def __init__(self, window: Window, compute: Callable, content: Any, question: Any, folder: Path, label: str,
                 add: Callable[[Document], Document], words: Callable[[dict], str],
                 tabled: Callable[[dict], StudyTable]):
        session = window.session
        self.window, self.edits, self.label, self.add, self.words = window, session.edits, label, add, words
        self.tabled = tabled
        self.job: Job = session.jobs.start(compute, content, question, str(folder), label=label, urgent=True)
        window.panels.append(self)
        session.studies.append(self)

    @property
    def waiting(self) -> bool:
        return self.job.active

    def refresh(self) -> None:
        if self.job.active:
            return
        self.window.panels.remove(self)
        if self in self.window.session.studies:                # another project that was opened has none
            self.window.session.studies.remove(self)
        if self.job.state != DONE:
            if self.job.error:
                self.window.tell(str(self.job.error), "error")
            return
        session = self.window.session
        if session.edits is self.edits:                        # else another project was opened meanwhile
            session.edits.commit(self.add(session.document), "Add a study")
            session.study_tables.insert(0, self.tabled(self.job.result))
            self.window.docking.show("results", self.window.height() // 3)
            self.window.tell(self.words(self.job.result))
