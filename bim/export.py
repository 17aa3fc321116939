"""Export of chosen elements: glTF, an IFC file of its own, or a table of all that is said of them."""

from __future__ import annotations

import csv
import io
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bim.extent import frame_about
from bim.open import open_model
from bim.properties import own_attributes
from bim.property_sets import read_set
from bim.property_values import KNOWN, sets_of
from bim.query import found
from bim.reader import inspect, read
from bim.structure import name_of
from bim.subset import subset, with_parts
from twin import glb
from twin.data import Mesh
from twin.frame import Frame
from twin.layer import Source
from twin.placing import matrix_of
from twin.readers import Progress, Request
from twin.text import tr
from twin.trouble import Trouble

SUFFIXES = (".glb", ".gltf", ".ifc", ".csv")
LOCAL, WORLD = "local", "world"
PLAIN = (196, 196, 196, 255)                   # of what the file gives no colour
ROOM_ALPHA = 70
FIRST = ("guid", "class", "name", "storey", "type", "material")
EVERY = 500


@dataclass(frozen=True)
class Choice:
    """What to export: `guids`, or what `selector` finds, or all on `storey`. A container stands for all in it.

    `coordinates` of glTF: the model's own metres, or those of the CRS it stands in. `frame` and `matrix` (4, 4) say
    where it stands in a project; without them the file itself is asked.
    """

    guids: tuple[str, ...] = ()
    selector: str = ""
    storey: str = ""
    crs: str = ""                              # overrides the CRS that the file states
    coordinates: str = LOCAL
    frame: Frame | None = None
    matrix: Any = None


def export(path: str, out: str, choice: Choice, progress: Progress | None = None) -> dict:
    """Runs in a worker: writes `out` by its suffix. {"out", "elements", …}. Raises Trouble."""
    report, suffix = progress or Progress(), Path(out).suffix.lower()
    if suffix not in SUFFIXES:
        raise Trouble(tr("What should be written is not known from the name."), cause=suffix or tr("It has no suffix"),
                      way_out=tr("End it with one of {known}.", known=", ".join(SUFFIXES)), path=out)
    if not Path(out).parent.is_dir():
        raise Trouble(tr("The file could not be written."), cause=tr("There is no such folder"),
                      way_out=tr("Choose another folder."), path=out)
    report(0.0, 0.0, tr("Opening"))
    model = open_model(Path(path)).model
    guids = _guids(model, choice, path)
    try:
        if suffix == ".ifc":
            said = _ifc(model, guids, out, report)
        elif suffix == ".csv":
            said = _csv(model, guids, out, report)
        else:
            said = _gltf(Source(path=path, crs=choice.crs), guids, out, choice, report)
    except OSError as error:
        raise Trouble(tr("The file could not be written."), cause=error.strerror or str(error),
                      way_out=tr("Choose another folder."), path=out) from None
    return {"out": out, **said}


def chosen(path: str, choice: Choice, progress: Progress | None = None) -> list[str]:
    """Runs in a worker: GlobalIds of what `export` would write."""
    return _guids(open_model(Path(path)).model, choice, path)


def _guids(model, choice: Choice, path: str) -> list[str]:
    guids = list(choice.guids)
    if choice.selector:
        guids += [e.GlobalId for e in found(model, choice.selector, path)]
    if choice.storey:
        storeys = [e for e in model.by_type("IfcBuildingStorey") if e.Name == choice.storey]
        if not storeys:
            known = ", ".join(e.Name or e.GlobalId for e in model.by_type("IfcBuildingStorey"))
            raise Trouble(tr("No building has a storey called {name}.", name=choice.storey),
                          way_out=tr("Storeys: {known}.", known=known or tr("none")), path=path)
        guids += [e.GlobalId for e in storeys]
    if not guids:
        raise Trouble(tr("Nothing was found to export."), cause=choice.selector,
                      way_out=tr("Try {example}.", example="IfcWall"), path=path)
    return with_parts(model, guids)


# -- IFC -------------------------------------------------------------------------------------------------


def _ifc(model, guids: list[str], out: str, progress: Progress) -> dict:
    made, count = subset(model, guids, progress)
    part = Path(f"{out}.part")
    try:
        made.write(str(part), format=".ifc")
        os.replace(part, out)
    finally:
        part.unlink(missing_ok=True)
    return {"elements": count, "entities": len(made.entity_names()), "schema": model.schema_identifier}


# -- table -----------------------------------------------------------------------------------------------


def _csv(model, guids: list[str], out: str, progress: Progress) -> dict:
    """A row for each element; a column for each attribute and property that any of them has, with its unit."""
    elements = [e for guid in guids if (e := _element(model, guid)) is not None]
    wanted = {e.id() for e in elements}
    said: dict[int, dict[str, Any]] = {number: {} for number in wanted}
    for at, (inherited, definition, relation) in enumerate(sets_of(model)):
        if at % EVERY == 0:
            progress(0.0, 0.0, tr("Reading properties"))
        mine = [e.id() for e in relation.RelatedObjects or () if e.id() in wanted]
        for value in read_set(definition, model, inherited) if mine else ():
            name = value.unit.head(f"{value.set}.{value.name}")
            for number in mine:
                said[number][name] = value.value             # the types' come first: an element's own replaces them
    own = {e.id(): {unit.head(name): value for name, value, unit in own_attributes(e, model)} for e in elements}
    attributes = list(dict.fromkeys(name for row in own.values() for name in row))
    columns = [*attributes, *sorted({name for row in said.values() for name in row})]
    said = {number: own[number] | said[number] for number in said}
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*FIRST, *columns])
    for element in elements:
        first = (element.GlobalId, element.is_a(), name_of(element), *(KNOWN[n](element) for n in FIRST[3:]))
        writer.writerow([_cell(v) for v in (*first, *(said[element.id()].get(name) for name in columns))])
    part = Path(f"{out}.part")
    try:
        part.write_text(text.getvalue(), encoding="utf-8-sig", newline="")     # the mark lets spreadsheets read UTF-8
        os.replace(part, out)
    finally:
        part.unlink(missing_ok=True)
    return {"elements": len(elements), "columns": len(FIRST) + len(columns)}


def _element(model, guid: str):
    try:
        return model.by_guid(guid)
    except RuntimeError:
        return None


def _cell(value: Any) -> Any:
    """Numbers without the last digits, which are those of a change of units: 0.762, not 0.7619999999999999."""
    if isinstance(value, list):
        return "; ".join(str(_cell(part)) for part in value)
    return "" if value is None else f"{value:.12g}" if isinstance(value, float) else value


# -- glTF ------------------------------------------------------------------------------------------------


def _gltf(source: Source, guids: list[str], out: str, choice: Choice, progress: Progress) -> dict:
    frame, crs = choice.frame, ""
    if choice.coordinates == WORLD and frame is None:
        [info] = inspect(Path(source.path), source)
        frame, crs = frame_about(info), info.crs
    mesh = read(Request(source=source, kind="building", frame=frame or Frame()), progress)
    points, origin = _points(mesh, choice, frame, crs, source.path)
    wanted = _rows(mesh, guids)
    if not len(wanted):
        raise Trouble(tr("None of these elements has a shape."), way_out=tr("Choose others, or write .csv or .ifc."),
                      path=source.path)
    pieces = _pieces(mesh, points, wanted, progress)
    about = {"source": Path(source.path).name, "coordinates": choice.coordinates, "unit": "m",
             "axes": "x east, y north, z up (the root turns z up to y up)" if choice.coordinates == WORLD
             else "those of the model, z up (the root turns z up to y up)",
             "origin": [float(v) for v in origin], "crs": (crs or frame.crs) if choice.coordinates == WORLD else ""}
    glb.write(Path(out), pieces, Path(source.path).stem, about)
    return {"elements": len(pieces), "triangles": int(sum(len(t) for p in pieces for _, t in p.parts)),
            "coordinates": choice.coordinates, "origin": about["origin"], "crs": about["crs"]}


def _points(mesh: Mesh, choice: Choice, frame: Frame | None, crs: str, path: str) -> tuple[np.ndarray, np.ndarray]:
    """(n, 3) f8 less the origin (3,), whole metres that are near enough for float32."""
    own = np.asarray(mesh.points, np.float64)
    if choice.coordinates != WORLD:
        points, base = own, np.asarray(mesh.georeference.get("offset", (0.0, 0.0, 0.0)), np.float64)
    else:
        if choice.matrix is None and (mesh.placement is None or not crs):
            raise Trouble(tr("The file does not say where it stands."),
                          way_out=tr("Export in the model's own coordinates, or from a project where it stands."),
                          path=path)
        matrix = np.asarray(choice.matrix) if choice.matrix is not None else matrix_of(mesh, mesh.placement, frame)
        points, base = own @ matrix[:3, :3].T + matrix[:3, 3], np.asarray(frame.origin, np.float64)
    middle = points.mean(axis=0) + base if len(points) else base
    origin = np.zeros(3) if np.abs(middle).max() < 5000.0 else np.round(middle)
    return points + (base - origin), origin


def _rows(mesh: Mesh, guids: list[str]) -> np.ndarray:
    wanted, known = set(guids), mesh.features.column("guid").to_pylist()
    return np.array([at for at, guid in enumerate(known) if guid in wanted], np.int64)


def _pieces(mesh: Mesh, points: np.ndarray, rows: np.ndarray, progress: Progress) -> list[glb.Piece]:
    """Vertices and triangles of one element lie together; each is sliced out once."""
    owner = mesh.vertex_feature[mesh.triangles[:, 0]]
    order = np.argsort(owner, kind="stable")
    bounds = np.searchsorted(owner[order], np.stack([rows, rows + 1]))
    names = [n for n in ("guid", "class", "name", "storey", "type", "material") if n in mesh.features.column_names]
    table = mesh.features.select(names).take(rows).to_pylist()
    out = []
    for at, (row, first, last) in enumerate(zip(rows, *bounds)):
        if at % EVERY == 0:
            progress(at, len(rows), tr("Writing shapes"))
        if first == last:
            continue
        cells = mesh.triangles[order[first:last]]
        corners, inside = np.unique(cells, return_inverse=True)
        inside = inside.reshape(-1, 3)
        said = {("GlobalId" if k == "guid" else k): v for k, v in table[at].items() if v is not None}
        parts = [(color, inside[where]) for color, where in _colored(mesh, int(row), corners, inside, said)]
        label = f"{said.get('class', '')} {said.get('name', '')}".strip()
        out.append(glb.Piece(f"{label} [{said['GlobalId']}]", points[corners], parts, said))
    return out


def _colored(mesh: Mesh, row: int, corners: np.ndarray, inside: np.ndarray, said: dict) -> list[tuple]:
    """(colour, triangles that have it): the element's own, or those of its parts."""
    own = tuple(map(int, mesh.colors[row])) if mesh.colors is not None and mesh.colors[row, 3] else PLAIN
    if said.get("class") in ("IfcSpace", "IfcSpatialZone"):
        own = (*own[:3], ROOM_ALPHA)
    if mesh.vertex_tint is None:
        return [(own, np.arange(len(inside)))]
    tint = mesh.vertex_tint[corners][inside[:, 0]]
    colors = {int(t): own if t < 0 else tuple(map(int, mesh.tint_colors[t])) for t in np.unique(tint)}
    return [(color, np.flatnonzero(tint == t)) for t, color in colors.items()]

