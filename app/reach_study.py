"""The 15-minute circle: how far it is on foot from every dwelling to a facility, and whom that covers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from app.session import Session
from app.shading import standing
from app.standing import ground_of
from app.vital_groups import polygons
from cim.feature_file import write_points
from cim.street_lines import noded
from layers.city import City
from layers.sensor_values import rows_of
from layers.vectors import VectorLayer
from twin.data import Mesh, Sensors, Vectors
from twin.document import Document
from twin.layer import Layer, new_id
from twin.project import source_of
from twin.reach import WALK_MS, coverage, reach, streets_of
from twin.ruling import ColorRule
from twin.text import language, tr
from twin.trouble import Trouble
from twin.vitals.groups import contains

RESULT, PROPOSED = "reach.fgb", "proposed.fgb"
WITHIN, FARTHER, FAR = "#2c7fb8", "#fdae61", "#b2182b"       # told apart by the colour-blind, too
NOWHERE, UNLIVED = "#8a8f98", "#d3cdbf"
NOT_FOR_WALKING = ("motorway", "motorway_link", "高速公路")
PEOPLE_COLUMNS = ("population", "people", "residents", "人口", "常住人口")
ABOVE_ROOF_M = 2.0


@dataclass(frozen=True, kw_only=True)
class Question:
    """Ids of layers. `added` (k, 2) local metres: facilities that do not exist yet (what if)."""

    streets: str
    facilities: str
    dwellings: str
    minutes: float = 15.0
    speed_ms: float = WALK_MS
    added: tuple[tuple[float, float], ...] = ()

    @property
    def limit_m(self) -> float:
        return self.minutes * 60.0 * self.speed_ms


@dataclass(frozen=True, eq=False)
class Town:
    """For a worker: lines cut at crossings come later, they take long. `doors` (n, 2), `roofs_m` (n,) heights."""

    streets: Vectors
    walkable: np.ndarray             # bool per feature of the streets
    facilities: np.ndarray
    facility_names: list[str]
    doors: np.ndarray
    roofs_m: np.ndarray
    people: np.ndarray
    ids: list[str]
    zones: list[str]
    areas: list[tuple[str, str, int, list[np.ndarray]]]      # name, layer and feature of every zone, and its rings
    people_known: bool
    origin: tuple[float, float, float]
    crs: str
    synthetic: bool


def gather(session: Session, question: Question) -> Town:
    """Raises Trouble that says which layer is of no use and why."""
    streets, facilities, houses = (_payload(session, id) for id in
                                   (question.streets, question.facilities, question.dwellings))
    layers = [session.document.layer(id) for id in (question.streets, question.facilities, question.dwellings)]
    if not isinstance(streets, Vectors) or not len(streets.line_feature):
        raise Trouble(tr("{name} has no lines to walk along.", name=layers[0].name))
    if not isinstance(houses, Mesh) or not len(houses.points):
        raise Trouble(tr("{name} has no buildings.", name=layers[2].name))
    places, names = _facilities(facilities, layers[1])
    places = np.concatenate([places, np.array(question.added, np.float64).reshape(-1, 2)])
    names += [tr("added {n}", n=n + 1) for n in range(len(question.added))]
    doors, roofs = _houses(session, layers[2], houses)
    people, known = _people(houses)
    lived = people > 0
    ids, zones = (np.array(_text(houses, name, len(doors)), object)[lived].tolist() for name in ("id", "zone"))
    origin = session.document.frame.origin
    areas = [(zone.title(language()), zone.layer, zone.feature, rings) for zone, rings in polygons(session)]
    return Town(streets, _walkable(streets), places, names, doors[lived], roofs[lived], people[lived],
                ids, zones, areas, known, origin, session.document.frame.crs, any(x.synthetic for x in layers))


def _payload(session: Session, id: str):
    layer = session.document.layer(id)
    if layer is None:
        raise Trouble(tr("There is no layer called {name}.", name=id), way_out=tr("Check the name."))
    asset = session.asset(id)
    if asset is None or asset.payload is None:
        raise Trouble(tr("{name} is not read yet.", name=layer.name), way_out=tr("Ask again in a moment."))
    return asset.payload


def _facilities(payload, layer: Layer) -> tuple[np.ndarray, list[str]]:
    if isinstance(payload, Sensors):
        _, rows = rows_of(payload, layer.observed, layer.system)       # the layers of all systems share one source
        _, first = np.unique(payload.positions[rows, :2], axis=0, return_index=True)
        rows = rows[np.sort(first)]
        places = payload.positions[rows, :2]
    elif isinstance(payload, Vectors) and len(payload.points):
        places, rows = payload.points[:, :2], payload.point_feature
    elif isinstance(payload, Vectors) and len(payload.anchor):
        places, rows = payload.anchor[:, :2], np.arange(len(payload.anchor))
    else:
        raise Trouble(tr("{name} has no places to walk to.", name=layer.name))
    known = np.isfinite(places).all(axis=1)
    names = _text(payload, "name", int(rows.max(initial=-1)) + 1)
    return places[known].astype(np.float64), [names[row] for row in np.asarray(rows)[known]]


def _houses(session: Session, layer: Layer, mesh: Mesh) -> tuple[np.ndarray, np.ndarray]:
    """(middle (n, 2), top (n,)) of each building as it stands."""
    placed = standing(layer, mesh, None, ground_of(session), session.document.frame)
    count = mesh.features.num_rows if mesh.features is not None else int(mesh.vertex_feature.max()) + 1
    number = np.maximum(np.bincount(mesh.vertex_feature, minlength=count), 1)
    middle = np.column_stack([np.bincount(mesh.vertex_feature, placed[:, axis], count) / number for axis in (0, 1)])
    top = np.full(count, -np.inf)
    np.maximum.at(top, mesh.vertex_feature, placed[:, 2])
    return middle, top


def _people(mesh: Mesh) -> tuple[np.ndarray, bool]:
    """(people (n,), whether the file says how many): without a number every building counts as one."""
    names = mesh.features.column_names if mesh.features is not None else ()
    for name in PEOPLE_COLUMNS:
        if name in names:
            values = mesh.features.column(name).to_pylist()
            return np.array([float(v) if isinstance(v, int | float) and v == v else 0.0 for v in values]), True
    count = mesh.features.num_rows if mesh.features is not None else int(mesh.vertex_feature.max()) + 1
    return np.ones(count), False


def _walkable(streets: Vectors) -> np.ndarray:
    count = streets.features.num_rows if streets.features is not None else int(streets.line_feature.max()) + 1
    for name in ("class", "fclass", "highway", "kind"):
        if streets.features is not None and name in streets.features.column_names:
            return np.array([value not in NOT_FOR_WALKING for value in streets.features.column(name).to_pylist()])
    return np.ones(count, bool)


def _text(payload, name: str, count: int) -> list[str]:
    if payload.features is None or name not in payload.features.column_names:
        return [str(row) if name == "id" else "" for row in range(count)]
    return [str(value) if value is not None else "" for value in payload.features.column(name).to_pylist()]


def compute(town: Town, question: Question, folder: str, progress) -> dict[str, Any]:
    """Runs in a worker: writes the file and returns the report."""
    progress(0, 3, tr("Joining the streets"))
    streets = streets_of(noded(town.streets, town.walkable))
    progress(1, 3, tr("Walking"))
    found = reach(streets, town.facilities, town.doors)
    progress(2, 3, tr("Writing"))
    minutes = found.minutes(question.speed_ms)
    near = np.isfinite(minutes)
    points = np.column_stack([town.doors, town.roofs_m + ABOVE_ROOF_M]) + np.array(town.origin)
    if question.added:
        _write_proposed(town, question, Path(folder) / PROPOSED)
    names = np.array([town.facility_names[at] if at >= 0 else "" for at in found.facility], object)
    write_points(Path(folder) / RESULT, points, {
        "building": np.array(town.ids, object), "walk_min": np.where(near, minutes, np.nan).round(2),
        "walk_m": np.where(near, found.walk_m, np.nan).round(1), "nearest": names,
        "within": found.walk_m <= question.limit_m, "people": town.people,
        "synthetic": np.full(len(points), town.synthetic)}, town.crs)
    return _report(town, question, found.walk_m)


def _write_proposed(town: Town, question: Question, path: Path) -> None:
    """What does not exist yet, above the nearest roof, where it can be seen."""
    at = np.array(question.added, np.float64)
    near = [int(np.argmin(np.linalg.norm(town.doors - place, axis=1))) for place in at]
    number = [f" {n + 1}" if len(at) > 1 else "" for n in range(len(at))]
    points = np.column_stack([at, town.roofs_m[near] + ABOVE_ROOF_M]) + np.array(town.origin)
    write_points(path, points, {"name": np.array([f"Proposed{n}" for n in number], object),
                                "name_zh": np.array([f"拟建{n}" for n in number], object),
                                "synthetic": np.full(len(at), town.synthetic)}, town.crs)


def _report(town: Town, question: Question, walk_m: np.ndarray) -> dict[str, Any]:
    zones = np.array(town.zones, object)
    limit = question.limit_m

    def row(mine: np.ndarray) -> dict[str, Any]:
        share = coverage(walk_m[mine], town.people[mine], limit)
        return {"people": round(float(town.people[mine].sum()), 1), "buildings": int(mine.sum()),
                "covered_percent": None if share is None else round(100.0 * share, 2)}

    return {"minutes": question.minutes, "speed_ms": question.speed_ms, "limit_m": round(limit, 1),
            "facilities": len(town.facilities), "added": len(question.added), "people_known": town.people_known,
            "out_of_reach": int(np.isinf(walk_m).sum()), "synthetic": town.synthetic,
            **row(np.ones(len(walk_m), bool)),
            "zones": {name: row(zones == name) for name in sorted(set(town.zones) - {""})},
            "areas": [{"name": name, "place": (layer, feature), **row(inside)}
                      for name, layer, feature, rings in town.areas if (inside := contains(rings, town.doors)).any()]}


def words_of(report: dict) -> str:
    share = report["covered_percent"]
    return tr("{share} of {people} people reach one of {n} facilities within {minutes} min on foot, along the streets.",
              share="–" if share is None else f"{share:.1f} %", people=f"{report['people']:,.0f}",
              n=report["facilities"], minutes=f"{report['minutes']:g}")


def _classes(minutes: float) -> tuple[ColorRule, ...]:
    """Within the circle, up to twice as far, farther, and where no street leads."""
    near, far = f"{minutes:g}", f"{2 * minutes:g}"
    return (ColorRule(where=f"walk_min <= {near}", color=WITHIN, label=f"≤ {near} min"),
            ColorRule(where=f"walk_min <= {far}", color=FARTHER, label=f"{near}–{far} min"),
            ColorRule(where=f"walk_min > {far}", color=FAR, label=f"> {far} min"),
            ColorRule(color=NOWHERE, label=tr("no street leads there")))


def _houses_classes(minutes: float) -> tuple[ColorRule, ...]:
    """As the points over them; where nobody lives nobody walks."""
    *reached, nowhere = _classes(minutes)
    return (*reached, replace(nowhere, where="people > 0"), ColorRule(color=UNLIVED, label=tr("nobody lives there")))


def with_result(document: Document, question: Question, folder: Path, synthetic: bool) -> Document:
    """The points over the roofs as a layer, and the dwellings of a city in the colours of their minutes."""
    facilities = document.layer(question.facilities)
    layer = VectorLayer(id=new_id("vectors"), name=f"Minutes on foot to {facilities.name}",
                        name_zh=f"步行至{facilities.name_zh or facilities.name}（分钟）", color_by="walk_min",
                        colormap="lajolla", size_px=6.0, synthetic=synthetic, source=source_of(folder / RESULT),
                        ruled=True, rules=_classes(question.minutes))
    dwellings = document.layer(question.dwellings)
    if isinstance(dwellings, City):
        document = document.with_layer(replace(dwellings, ruled=True, rules=_houses_classes(question.minutes),
                                               joined=layer.id))
        layer = replace(layer, size_px=4.0)                  # of each one they tell the minutes, when it is clicked
    proposed = VectorLayer(id=new_id("vectors"), name="Proposed", name_zh="拟建", color="#d6007e", size_px=16.0,
                           label_by="name", synthetic=synthetic, source=source_of(folder / PROPOSED))
    return replace(document, layers=(layer, *[proposed] * bool(question.added), *document.layers))
