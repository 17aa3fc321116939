"""Readings into the store beside a project, and the layer that shows them. The window and the command line share it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

from app.adding import Found, added
from twin import times
from twin.document import Document
from twin.history import columns, gtfs_file, gtfs_tables, store_reader, vehicle_store
from twin.history.bare_places import PLACE
from twin.history.importing import Report, bring, together
from twin.history.plan import Choice
from twin.history.store import is_store, store_beside
from twin.layer import Source
from twin.project import SUFFIX, Project, load, save
from twin.readers import Assumed, Info, Progress
from twin.text import tr
from twin.trouble import Trouble


def bring_into(project: Path, files: list[Path], choice: Choice, progress: Progress) -> list[Report]:
    """Import files into a project's store; the project is made where it does not exist.

    What one file brought is shown by the saved project before the next one is read.
    """
    project = named(project)
    shown = project_at(project)
    choice = replace(choice, time_zone=choice.time_zone or shown.document.time_zone)
    folder = store_beside(project.absolute())
    reports = []
    for path in sorted(files, key=lambda path: bool(gtfs_tables.members(path))):        # tables say where it lies
        before = shown.document
        if gtfs_tables.members(path):
            now, report = with_timetable(before, path)
        else:
            report = bring(path, folder, before.time_zone, choice, before.frame.crs, progress)
            now = with_layers(before, folder, [report], described(folder))
        reports.append(report)
        shown = replace(shown, document=now, path=project)
        if now != before or not project.exists():
            save(shown, project)
    return reports


def project_at(project: Path) -> Project:
    """The project of a file, or an empty one where there is none yet."""
    from app.discover import layer_types
    layer_types()
    return load(project) if project.exists() else Project(document=Document(name=project.name.removesuffix(SUFFIX)))


def with_timetable(document: Document, path: Path) -> tuple[Document, Report]:
    """The document with a layer that drives by a GTFS feed, which stays the file that it is."""
    path = path.absolute()
    info, _ = gtfs_file.described(path, Source(path=str(path)), Assumed(document.frame.crs, document.time_zone))
    return with_trips(document, info)


def with_trips(document: Document, info: Info) -> tuple[Document, Report]:
    """The same for a feed that was looked at already."""
    document, _ = added(document, [Found(path=info.path, reader=gtfs_file.NAME, infos=(info,))])
    return document, Report(path=info.path, trips=info.count, time_zone=info.extra["agency_time_zone"],
                            span_ns=tuple(times.parse(t) for t in info.time_span),
                            notes=(tr("A timetable of {n} trips: a layer of vehicles that drive by it, and no "
                                      "readings.", n=f"{info.count:,}"), *info.notes))


def import_in_worker(paths: list[str], folder: str, time_zone: str, choice: Choice, crs: str,
                     progress: Progress) -> tuple[list[Report], Info]:
    """Runs in a worker: a report for each file, and what the store is then."""
    reports = [bring(Path(path), Path(folder), time_zone, choice, crs, progress) for path in paths]
    return reports, described(Path(folder))


@dataclass
class Together:
    """What becomes of files that are imported one after the other as one of them was understood. `going_on`: there are
    several."""

    going_on: bool = False
    reports: list[Report] = field(default_factory=list)
    failed: list[tuple[Path, Exception]] = field(default_factory=list)

    def report(self) -> Report:
        """One of all; notes and rejected rows name their file."""
        if len(self.reports) == 1 and not self.failed:
            return self.reports[0]
        said: dict[str, list[str]] = {}
        for report in self.reports:
            for note in report.notes:
                said.setdefault(note, []).append(Path(report.path).name)
        notes = [note if len(names) == len(self.reports) else f"{', '.join(names)}: {note}"
                 for note, names in said.items()]
        notes += [tr("{name} was left out: {reason}", name=path.name, reason=str(error)) for path, error in self.failed]
        named = [replace(r, rejects=tuple(replace(x, text=f"{Path(r.path).name}: {x.text}") for x in r.rejects))
                 for r in self.reports]
        return replace(together(named), notes=tuple(notes))


def show_in(session, reports: list[Report], info: Info) -> None:
    """Layers for what was imported into the session's project, as one edit; what showed the store reads it again."""
    folder, document = Path(info.path), session.document
    for layer in layers_of(document, folder):
        session.assets.reload(layer, document.frame, document.time_zone)
    session.edits.commit(with_layers(document, folder, reports, info), "Import readings")
    session.edits.seal()


def described(folder: Path) -> Info:
    return store_reader.inspect(folder, Source(path=str(folder)))[0]


def with_layers(document: Document, folder: Path, reports: list[Report], info: Info) -> Document:
    """The document with a layer for the first observed property of each file that no layer of the store shows yet.

    The first readings of an empty project decide where it lies.
    """
    for report in reports:
        shown = {layer.observed for layer in layers_of(document, folder)}
        still = [p for p in report.properties if p in info.extra["properties"] or not info.extra.get("moving")]
        if not still or shown & {still[0], ""}:
            continue
        property = still[0]
        one = replace(info, name=_title(property, report),
                      suggest={**_shown_as(property), "stale_minutes": report.stale_minutes})
        document, _ = added(document, [Found(path=str(folder), reader="sensor-store", infos=(one,))])
    return with_vehicles(document, info)


def with_vehicles(document: Document, info: Info) -> Document:
    """The document with a layer for what moves in a store, where none shows it yet."""
    shown = any(layer.kind == "vehicles" and layer.source and layer.source.path == info.path
                for layer in document.layers)
    if not info.extra.get("moving") or shown:
        return document
    one = vehicle_store.inspect(Path(info.path), Source(path=info.path))
    document, (id, *_) = added(document, [Found(path=info.path, reader=vehicle_store.NAME, infos=tuple(one))])
    layer = document.layer(id)
    return document.with_layer(replace(layer, name="Vehicles", name_zh="车辆") if layer.name == one[0].name else layer)


def shown_properties(document: Document, info: Info, only: set[str] | None = None) -> Document:
    """The document with a layer for every observed property of a store (of `only` these) that no layer of it shows
    yet."""
    shown = {layer.observed for layer in layers_of(document, Path(info.path))}
    fresh = [replace(info, name=property or info.name, suggest=_shown_as(property))
             for property in info.extra["properties"] or ([] if info.extra.get("moving") else [""])
             if property not in shown and (only is None or property in only)]
    if fresh:
        document, _ = added(document, [Found(path=info.path, reader="sensor-store", infos=(one,)) for one in fresh])
    return with_vehicles(document, info)


def layers_of(document: Document, folder: Path) -> list:
    """The layers that show a store."""
    return [layer for layer in document.layers
            if layer.kind == "sensors" and layer.source and Path(layer.source.path) == folder]


def _shown_as(property: str) -> dict:
    """What a layer of an observed property begins with. Of places without readings only the silence can be seen."""
    return {"observed": property} | ({"color_by": "device age"} if property == PLACE else {})


def _title(property: str, report: Report) -> str:
    """A column called value, or a list of places, says nothing: then the file's own name."""
    return Path(report.path).stem if property == PLACE or "value" in columns.meanings(property) else property


def named(project: Path) -> Path:
    """With the suffix that every project file has."""
    return project if project.name.endswith(SUFFIX) else project.with_name(project.name.removesuffix(".json") + SUFFIX)


def store_of(project: Path) -> tuple[Path, str]:
    """(folder of the store, time zone) of a project file or of a store itself. Raises Trouble."""
    if is_store(project):
        return project, Document().time_zone
    from app.discover import layer_types
    layer_types()
    document = load(project).document
    folder = store_beside(named(project))
    if not is_store(folder):
        raise Trouble(tr("This project has no store of readings."), path=str(project),
                      way_out=tr("Import readings with `citytwin import FILE --into PROJECT`; what layers read from "
                                 "files of their own, `citytwin statistics` and `citytwin vitals` tell."))
    return folder, document.time_zone
