"""From files to layers, without a window: the app and the command line add files by the same functions."""

from __future__ import annotations

import math
from dataclasses import fields, replace
from pathlib import Path

from app.session import Session
from twin.assets import inspect_in_worker
from twin.document import Document
from twin.frame import Frame, frame_at
from twin.jobs import Job
from twin.layer import LAYER_TYPES, Layer, Source, Unread, new_id
from twin.readers import Info
from twin.text import tr
from twin.trouble import Trouble

SIDE_FILES = {".dbf", ".shx", ".prj", ".cpg", ".sbn", ".sbx", ".qpj"}      # of a Shapefile, which counts once


def start_inspection(session: Session, path: Path) -> Job:
    """Ask a worker what a file is."""
    return session.jobs.start(inspect_in_worker, str(path), Source(path=str(path)), label=path.name, path=str(path))


def layers_of(job: Job) -> tuple[list[Layer], list[Info]]:
    """The layers that a finished inspection asks for; a file that nobody reads gets a row that says why."""
    path = Path(job.path)
    if job.error or not job.result or not job.result[1]:
        return [Unread(id=new_id("unread"), name=path.stem, source=Source(path=job.path))], []
    reader, infos = job.result
    return [layer_of(info, reader) for info in infos], list(infos)


def layer_of(info: Info, reader: str) -> Layer:
    """A layer of the kind that the file opens as, with what its reader suggests."""
    cls = LAYER_TYPES.get(info.kind)
    if cls is None:
        raise Trouble(tr("There is no layer of kind {kind}.", kind=info.kind), path=info.path)
    known = {field.name for field in fields(cls)}
    name = info.table or Path(info.path).name.split(".")[0] or Path(info.path).name
    return cls(id=new_id(info.kind), name=name, **{k: v for k, v in info.suggest.items() if k in known},
               source=Source(path=info.path, reader=reader, table=info.table))


def with_layers(document: Document, layers: list[Layer], infos: list[Info]) -> Document:
    """The document with these layers on top; the first placed file of an empty one decides the frame."""
    if not document.layers and (frame := first_frame(infos)):
        document = replace(document, frame=frame)
    return replace(document, layers=(*document.layers, *layers))


def first_frame(infos: list[Info]) -> Frame | None:
    """A frame about the first file that says where it lies."""
    for info in infos:
        place = place_of(info)
        if place:
            return frame_at(*place)
    return None


def place_of(info: Info) -> tuple[str, float, float] | None:
    """(crs, x, y) of the middle of a file; None where it does not say."""
    if info.crs and info.extent and None not in (info.extent[0], info.extent[3]):
        x, y = ((info.extent[i] + info.extent[i + 3]) / 2 for i in (0, 1))
        return (info.crs, x, y) if math.isfinite(x) and math.isfinite(y) else None
    passport = info.extra.get("georeference", {})
    for candidate in passport.get("candidates", ()):
        if candidate["source"] == passport.get("chosen") and candidate.get("crs"):
            return candidate["crs"], candidate["easting"], candidate["northing"]
        if candidate["source"] == passport.get("chosen") and candidate.get("lon") is not None:
            return "EPSG:4326", candidate["lon"], candidate["lat"]
    return None


def readable_paths(paths: list[Path]) -> list[Path]:
    """What was dropped: folders opened one level deep, side files of Shapefiles left to their .shp."""
    every = [inner for path in paths for inner in (sorted(path.iterdir()) if path.is_dir() else [path])
             if not inner.name.startswith(".")]
    stems = {path.with_suffix("") for path in every if path.suffix.lower() == ".shp"}
    return [path for path in every if path.is_file() or path in paths
            if not (path.suffix.lower() in SIDE_FILES and path.with_suffix("") in stems)]


def add_files(session: Session, paths: list[Path]) -> None:
    """Add files to the session's document and wait for what they are (headless use)."""
    jobs = [start_inspection(session, path.absolute()) for path in readable_paths(paths)]
    layers, infos = [], []
    for job in jobs:
        session.jobs.wait(job)
        more, said = layers_of(job)
        layers += more
        infos += said
    session.edits.commit(with_layers(session.document, layers, infos), "Add files")
