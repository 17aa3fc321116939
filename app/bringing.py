"""Readings into the store beside a project, and the layer that shows them. The window and the command line share it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from twin.document import Document
from twin.history.importing import Report, bring
from twin.history.plan import Choice
from twin.history.store import is_store, store_beside
from twin.project import SUFFIX, Project, load, save
from twin.readers import Progress
from twin.text import tr
from twin.trouble import Trouble


def bring_into(project: Path, files: list[Path], choice: Choice, progress: Progress) -> list[Report]:
    """Import files into a project's store; the project is made where it does not exist."""
    from app.discover import layer_types
    layer_types()
    project = named(project)
    shown = load(project) if project.exists() else Project(document=Document(name=project.name.removesuffix(SUFFIX)))
    document = shown.document
    choice = replace(choice, time_zone=choice.time_zone or document.time_zone)
    reports = [bring(path, store_beside(project), document.time_zone, choice, document.frame.crs, progress)
               for path in files]
    if not project.exists():
        save(replace(shown, path=project), project)
    return reports


def named(project: Path) -> Path:
    """With the suffix that every project file has."""
    return project if project.name.endswith(SUFFIX) else project.with_name(project.name.removesuffix(".json") + SUFFIX)


def store_of(project: Path) -> tuple[Path, str]:
    """(folder of the store, time zone) of a project file or of a store itself. Raises Trouble."""
    if is_store(project):
        return project, Document().time_zone
    from app.discover import layer_types
    layer_types()
    document = load(project if project.exists() else named(project)).document
    folder = store_beside(named(project))
    if not is_store(folder):
        raise Trouble(tr("This project has no store of readings."), path=str(project),
                      way_out=tr("Import readings with `citytwin import FILE --into PROJECT`."))
    return folder, document.time_zone
