"""Incident packages: project, readings of the time around, pictures and a report, which prove their numbers."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from app import report
from app.discover import layer_types
from app.incident_places import place_of, rows_of
from app.session import Session
from layers.incidents import Incidents
from twin import times
from twin.camera import Camera
from twin.data import Sensors
from twin.incidents import manifest as packing
from twin.incidents.data_window import write_window
from twin.incidents.incident import Incident
from twin.incidents.journal import Journal, journal_beside, journal_of, read
from twin.layer import Source, new_id
from twin.project import Project, load, save
from twin.text import tr
from twin.trouble import Trouble

PROJECT = "incident.twin.json"
AROUND_NS = times.HOUR                       # before it was found and after it was closed
PICTURE = (1280, 800)
EYE_M = (150.0, 95.0)                        # beside and above the place, for the pictures
COMPANIONS = (".shp", ".shx", ".dbf", ".prj", ".cpg", ".mtl", ".bin", ".aux.xml", ".tfw", ".jgw", ".wld")


@dataclass(frozen=True)
class Window:
    start_ns: int
    end_ns: int


def package(project: str, incident: str, out: str, language: str, progress) -> dict[str, Any]:
    """Write the package of one incident; runs in a worker. Returns the manifest. Raises Trouble.

    The numbers are computed from what was packed and must be those of the project itself.
    """
    from twin.text import set_language
    set_language(language)
    layer_types()
    path = Path(project)
    whole = load(path)
    found = next((i for i in read(journal_of(whole.document.layers, path)).incidents() if i.id == incident), None)
    if found is None:
        raise Trouble(tr("There is no incident {id}.", id=incident), path=project,
                      way_out=tr("`citytwin incidents` lists them."))
    with tempfile.TemporaryDirectory(prefix="citytwin-package-") as folder:
        home = Path(folder)
        session = Session(whole)
        try:
            progress(0, 6, tr("Reading the project"))
            session.edits.commit(_only_needed(session, found), "package")
            session.settle()
            found = _placed(session, found)
            window = _window(session, found)
            progress(1, 6, tr("Packing files and readings"))
            readings = _pack_project(session, found, window, home)
            numbers, sensors = numbers_of(session, found, window), sensors_of(session, found)
        finally:
            session.close()
        progress(2, 6, tr("Checking the numbers"))
        packed, incident_again = _numbers_of_package(home)
        if packed != numbers:
            raise Trouble(tr("The packed readings do not give the same numbers; no package was written."),
                          cause=", ".join(sorted(k for k in numbers if numbers[k] != packed.get(k))), path=project)
        pictures = _draw(home, incident_again, progress)
        progress(5, 6, tr("Writing the report"))
        about = {"incident": incident, "title": found.title, "window": _said(window, packed["time_zone"]),
                 "readings": readings, "numbers": numbers, "sensors": sensors, "synthetic": found.synthetic}
        report.write(home, incident_again, numbers, pictures, about)
        return packing.pack(home, Path(out), about)


def verify(path: str, progress) -> dict[str, Any]:
    """Unpack, check the sums, compute the numbers anew: {"same", "differences", "numbers"}. Raises Trouble."""
    layer_types()
    with tempfile.TemporaryDirectory(prefix="citytwin-package-") as folder:
        said = packing.unpack(Path(path), Path(folder))
        progress(1, 2, tr("Checking the numbers"))
        numbers, _ = _numbers_of_package(Path(folder))
        differ = sorted(k for k in said["numbers"].keys() | numbers.keys() if said["numbers"].get(k) != numbers.get(k))
        return {"same": not differ, "differences": differ, "incident": said["incident"], "title": said["title"],
                "files": len(said["files"]), "numbers": numbers}


def open_package(path: Path, folder: Path) -> Path:
    """Unpack into `folder` and check the sums; returns the project file to open."""
    packing.unpack(path, folder)
    return folder / PROJECT


# -- numbers --------------------------------------------------------------------------------------


def numbers_of(session: Session, incident: Incident, window: Window) -> dict[str, Any]:
    """What the package proves: the events of the incident's sensors, and what they said at each of its steps."""
    zone = session.document.time_zone
    events = [e for e in session.alarms.events
              if e.stream in incident.streams and window.start_ns < e.start_ns <= window.end_ns]
    return {
        "time_zone": zone,
        "state": incident.state,
        "handling_secs": incident.secs(),
        "steps": {step.state: times.iso(step.time_ns, zone) for step in incident.steps},
        "events": [{"rule": e.rule, "sensor": e.stream, "start": times.iso(e.start_ns, zone),
                    "raised": times.iso(e.raised_ns, zone), "level": e.level, "peak": e.peak,
                    "peak_time": times.iso(e.peak_ns, zone),
                    "end": times.iso(e.end_ns, zone) if e.end_ns and e.end_ns <= window.end_ns else None}
                   for e in events],
        "readings": {step.state: _readings(session, incident, step.time_ns) for step in incident.steps},
    }


def sensors_of(session: Session, incident: Incident) -> dict[str, dict[str, str]]:
    """{sensor: {"name", "name_zh", "unit"}} of the incident's, as their table says."""
    asset = session.asset(incident.layer)
    features = asset.payload.features if asset and isinstance(asset.payload, Sensors) else None
    if features is None or "id" not in features.column_names:
        return {}
    kept = [name for name in ("id", "name", "name_zh", "unit") if name in features.column_names]
    rows = features.select(kept).to_pylist()
    return {row["id"]: {name: row[name] or "" for name in kept[1:]} for row in rows if row["id"] in incident.streams}


def _readings(session: Session, incident: Incident, time_ns: int) -> dict[str, Any]:
    """{sensor: {"value", "age_secs"}} of the incident's sensors at an instant; null where nothing was known."""
    asset = session.asset(incident.layer)
    payload = asset.payload if asset else None
    if not isinstance(payload, Sensors) or payload.features is None or "id" not in payload.features.column_names:
        return {}
    values, ages = payload.history.latest_at(time_ns)
    ids = payload.features.column("id").to_pylist()
    return {id: {"value": float(values[row]) if ages[row] >= 0 and values[row] == values[row] else None,
                 "age_secs": float(ages[row] / times.SECOND) if ages[row] >= 0 else None}
            for row, id in enumerate(ids) if id in incident.streams}


def _numbers_of_package(home: Path) -> tuple[dict[str, Any], Incident]:
    session = Session(load(home / PROJECT))
    try:
        incident = read(journal_beside(home / PROJECT)).incidents()[0]
        others = [x.id for x in session.document.layers if x.kind not in ("group", "sensors")]
        session.edits.commit(session.document.without(others), "numbers")
        session.settle()
        return numbers_of(session, incident, _window(session, incident)), incident
    finally:
        session.close()


# -- what goes in -----------------------------------------------------------------------------------


def _only_needed(session: Session, incident: Incident):
    """The document with what is shown, what the incident's rules look at, and the groups around; its own layer is
    read and seen even where it is hidden in the project."""
    document = session.document
    ruled = {rule.layer for rule in document.rules if rule.layer == incident.layer or rule.id == incident.rule}
    needed = {layer.id for layer in document.layers
              if layer.kind != "incidents" and layer.source and (document.shown(layer) or layer.id in ruled)}
    needed |= {incident.layer}
    document = document.without([x.id for x in document.layers if x.kind != "group" and x.id not in needed])
    own = document.layer(incident.layer)
    seen = [own.id, *(group.id for group in document.ancestors(own))] if own else []
    document = document.with_each(seen, lambda x: replace(x, visible=True))
    return replace(document, rules=tuple(rule for rule in document.rules if rule.layer in needed))


def _window(session: Session, incident: Incident) -> Window:
    first, last = incident.steps[0].time_ns, incident.steps[-1].time_ns
    starts = [e.start_ns for e in session.alarms.events if e.stream in incident.streams and e.start_ns <= last
              and (e.end_ns is None or e.end_ns >= first)]
    return Window(min([first, *starts]) - AROUND_NS, last + AROUND_NS)


def _pack_project(session: Session, incident: Incident, window: Window, home: Path) -> int:
    """Files, cut readings, journal and project; returns how many readings."""
    readings, kept, assets = 0, {}, {}
    for layer in session.document.layers:
        if layer.source is None:
            continue
        asset = session.asset(layer.id)
        if isinstance(asset.payload, Sensors) and asset.payload.history is not None:
            if id(asset) not in assets:
                stem = home / "readings" / f"{len(assets) + 1:02d}"
                stem.parent.mkdir(exist_ok=True)
                readings += write_window(asset.payload, session.document.frame, window.start_ns, window.end_ns,
                                         stem.with_suffix(".parquet"), stem.with_suffix(".csv"))
                assets[id(asset)] = Source(path=str(stem.with_suffix(".parquet")), time_zone="UTC",
                                           positions=str(stem.with_suffix(".csv")), crs=session.document.frame.crs)
            kept[layer.id] = assets[id(asset)]
        else:
            kept[layer.id] = _copy(layer.source, home / "files")
    _copy_journal(incident, home)
    document = session.document.with_each(kept, lambda x: replace(x, source=kept[x.id]))
    shown = Incidents(id=new_id("incidents"), name="Incidents", name_zh="事件", synthetic=incident.synthetic,
                      source=Source(path=str(journal_beside(home / PROJECT))))
    view = replace(session.view, time=times.iso(incident.steps[0].time_ns, document.time_zone),
                   camera=_towards(incident, session) or session.view.camera)
    save(Project(document=document.with_layer(shown), view=view), home / PROJECT)
    return readings


def _placed(session: Session, incident: Incident) -> Incident:
    """Where no place was written down, it is where its first sensor stands."""
    rows = rows_of(session, incident.layer, incident.streams)
    return replace(incident, place=incident.place or place_of(session, incident.layer, rows))


def _towards(incident: Incident, session: Session) -> Camera | None:
    """A camera that looks at where it happened, from the side that the project is seen from."""
    if incident.place is None:
        return None
    place = np.nan_to_num(np.array(incident.place)) - session.document.frame.origin
    seen = session.view.camera
    back = np.subtract(seen.position, seen.focus)[:2] if seen else np.array([-1.0, -1.0])
    back = back / max(float(np.hypot(*back)), 1e-9) * EYE_M[0]
    return Camera(position=(float(place[0] + back[0]), float(place[1] + back[1]), float(place[2] + EYE_M[1])),
                  focus=tuple(map(float, place)))


def _copy_journal(incident: Incident, home: Path) -> None:
    """The incident's own lines, written anew: the other incidents are not its business."""
    written = iter([entry.written_ns for entry in incident.entries])
    journal, numbers = Journal(journal_beside(home / PROJECT), now_ns=lambda: next(written)), {}
    for number, entry in enumerate(incident.entries, 1):
        numbers[entry.seq] = number
        said = {"role": entry.role, "note": entry.note}
        if entry.kind == "open":
            journal.open(id=incident.id, title=incident.title, time_ns=entry.time_ns, level=incident.level,
                         rule=incident.rule, layer=incident.layer, streams=incident.streams, place=incident.place,
                         synthetic=incident.synthetic, **said)
        elif entry.kind == "state":
            journal.advance(incident.id, entry.state, entry.time_ns, **said)
        elif entry.kind == "correction":
            journal.correct(incident.id, numbers[entry.corrects], entry.time_ns, **said)
        else:
            journal.note(incident.id, entry.time_ns, entry.note, role=entry.role)


def _copy(source: Source, folder: Path) -> Source:
    """The file (or folder) with what belongs to it, under a folder of its own."""
    path = Path(source.path)
    home = folder / f"{len(list(folder.iterdir())) + 1 if folder.exists() else 1:02d}"
    home.mkdir(parents=True)
    try:
        if path.is_dir():
            shutil.copytree(path, home / path.name)
        else:
            beside = [x for x in path.parent.glob(path.stem + ".*")
                      if x != path and x.name.lower().endswith(COMPANIONS) and path.suffix.lower() != x.suffix.lower()]
            for each in (path, *beside):
                shutil.copy2(each, home / each.name)
    except OSError as error:
        raise Trouble(tr("A file of the project could not be packed."), cause=error.strerror or str(error),
                      way_out=tr("Hide its layer, or mend the file."), path=str(path)) from None
    over = tuple(replace(dem, path=_copy(Source(path=dem.path), folder).path) for dem in source.over)
    return replace(source, path=str(home / path.name), positions="", over=over)


def _draw(home: Path, incident: Incident, progress) -> list[tuple[str, str]]:
    """[(file, caption)]: the scene when it was found and at its last step; most of the time goes here."""
    from app.render import render
    made, steps = [], incident.steps[:1] + incident.steps[1:][-1:]
    for done, step in enumerate(steps):
        progress(3 + done, 6, tr("Drawing picture {n} of {total}", n=done + 1, total=len(steps)))
        name = f"picture-{step.state}.png"
        text = times.iso(step.time_ns, "UTC")
        render(home / PROJECT, [], home / name, time_text=text, size=PICTURE)
        made.append((name, step.state))
    return made


def _said(window: Window, zone: str) -> dict[str, str]:
    return {"start": times.iso(window.start_ns, zone), "end": times.iso(window.end_ns, zone)}


