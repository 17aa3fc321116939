"""An import in a process of its own: whichever of the two processes is killed, the other one leaves nothing half done.

The worker that loses its master undoes what it began, as after a cancel. The master that loses its worker puts in order
what that left. Where both end at one blow, the next import into the project does.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from app.bringing import bring_into, described, named, project_at, shown_properties
from twin.history.importing import Report
from twin.history.leftovers import tidy
from twin.history.plan import Choice
from twin.history.store import is_store, store_beside
from twin.jobs import Jobs
from twin.project import save
from twin.readers import Progress
from twin.text import tr

MOST_SECS, STALL_SECS = 7 * 86400.0, 600.0


def bring_apart(project: Path, files: list[Path], choice: Choice, told: Callable[[float, float, str], None]
                ) -> list[Report]:
    """`bring_into` in a worker. Raises its Trouble; then, and when it is interrupted, the files before are whole."""
    if not named(project).exists():
        settle(project)
    jobs = Jobs(workers=1)
    try:
        job = jobs.wait(jobs.start(_bring, project, files, choice, label=named(project).name, stall_secs=STALL_SECS,
                                   path=str(project), way_out=died()), timeout_secs=MOST_SECS, told=told)
        if job.error:
            raise job.error
        return job.result
    except BaseException:
        jobs.close()
        settle(project)
        raise
    finally:
        jobs.close()


def died() -> str:
    """The way out where the process of an import ends by itself."""
    return tr("Nothing of this file was kept. Import it again; where memory ran out, in smaller parts.")


def settle(project: Path) -> None:
    """After an import that was killed: nothing is left of it, or, where its readings are in the store, a project that
    shows them."""
    project = named(project)
    folder = store_beside(project.absolute())
    tidy(folder)
    if is_store(folder) and not project.exists():
        empty = project_at(project)
        save(replace(empty, document=shown_properties(empty.document, described(folder)), path=project), project)


def tidied(folder: str, progress: Progress) -> None:
    """Runs in a worker: nothing stays of an import into a store that was cancelled, failed or killed."""
    tidy(Path(folder))


def _bring(project: Path, files: list[Path], choice: Choice, progress: Progress) -> list[Report]:
    """Runs in the worker."""
    return bring_into(project, files, choice, progress)
