"""Hours of sun over a neighbourhood: on the ground and at the lowest windows, written as layers that any GIS opens."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from app.session import Session
from app.shading import casting, standing
from app.standing import ground_of
from cim.feature_file import write_cells, write_points
from layers.vectors import VectorLayer
from twin.data import Mesh
from twin.document import Document
from twin.frame import Frame
from twin.ground import Ground
from twin.layer import Group, new_id
from twin.project import source_of
from twin.shade import LIFT_M, Scene
from twin.sun_hours import Day, Facades, Hours, day_of, enclosed_by, facades_of, grid_around, hours_of
from twin.text import tr
from twin.trouble import Trouble

CASTS_FROM_M = 800.0                 # what stands farther from the edge throws no shadow into it that counts
MOST_CELLS = 250_000
SAME_M = 10.0                        # houses of one id in two layers, nearer to each other than this, are one
GROUND, FACADES = "ground.fgb", "facades.fgb"


@dataclass(frozen=True, kw_only=True)
class Question:
    """`middle` in local metres. `limit_hours`: what a window must have, as the user's rule says; 0 = no rule."""

    date: str
    middle: tuple[float, float]
    radius_m: float = 250.0
    spacing_m: float = 5.0
    first: str = "00:00"
    last: str = "24:00"
    step_minutes: float = 10.0
    limit_hours: float = 0.0


@dataclass(frozen=True, eq=False)
class Neighbourhood:
    """For a worker. `points`, `triangles`: all that casts; `houses`: (layer id, id, name, use) of the walls' owners."""

    points: np.ndarray
    triangles: np.ndarray
    facades: Facades
    houses: list[tuple[str, str, str, str]]
    cells: np.ndarray                # (n, 3) middles on the ground
    day: Day
    origin: tuple[float, float, float]
    crs: str
    synthetic: bool


def gather(session: Session, question: Question) -> Neighbourhood:
    """From what the scene shows. Raises Trouble when nothing casts a shadow there or it is too much."""
    document = session.document
    return gathered(casting(session), ground_of(session), document.frame, document.time_zone, question)


def gathered(casters: list[tuple], ground: Ground, frame: Frame, time_zone: str, question: Question) -> Neighbourhood:
    """From what throws shadows (`shading.casting`); knows no session, so that a thread may gather. Raises Trouble."""
    day = day_of(question.date, frame, time_zone, first=question.first, last=question.last,
                 step_minutes=question.step_minutes)
    if not 0 < question.spacing_m <= question.radius_m:
        raise Trouble(tr("The spacing must be above 0 and below the radius."))
    if (cells := (2 * question.radius_m / question.spacing_m) ** 2) > MOST_CELLS:
        raise Trouble(tr("This is {n} places to look at.", n=f"{cells:,.0f}"),
                      way_out=tr("Take a smaller radius or wider spacing."))
    middles = grid_around(*question.middle, question.radius_m, question.spacing_m)
    points, triangles, facades, houses, count = [], [], [], [], 0
    synthetic = False
    for layer, payload, place in casters:
        if not isinstance(payload, Mesh):
            continue
        placed = standing(layer, payload, place, ground, frame)
        near = _within(placed, question.middle, question.radius_m + CASTS_FROM_M)
        kept = payload.triangles[near[payload.triangles].all(axis=1)]
        points.append(placed)
        triangles.append(kept + count)
        count += len(placed)
        synthetic |= layer.synthetic
        inside = kept[_within(placed, question.middle, question.radius_m)[kept].all(axis=1)]
        walls = facades_of(placed, inside, payload.vertex_feature)
        names = [(layer.id, *_named(payload, row)) for row in range(int(payload.vertex_feature.max(initial=-1)) + 1)]
        facades.append(replace(walls, feature=walls.feature + len(houses)))
        houses += names
    if not count or not sum(map(len, triangles)):
        raise Trouble(tr("Nothing that is shown throws a shadow there."),
                      way_out=tr("Show the buildings, or look somewhere else."))
    heights = ground.height_at(middles)
    walls = Facades(*(np.concatenate([getattr(f, name) for f in facades]) for name in ("points", "normals", "feature")))
    return Neighbourhood(
        np.concatenate(points).astype(np.float32), np.concatenate(triangles).astype(np.int32), _once(walls, houses),
        houses, np.column_stack([middles, heights + LIFT_M]).astype(np.float32), day, frame.origin, frame.crs,
        synthetic)


def _once(walls: Facades, houses: list[tuple[str, str, str, str]]) -> Facades:
    """Without the walls of houses that a layer above shows too (as a footprint, and in detail): each is judged once."""
    seen: dict[str, list[tuple[str, np.ndarray]]] = {}
    twice = []
    for at in np.unique(walls.feature):
        layer, id, *_ = houses[at]
        middle = walls.points[walls.feature == at].mean(axis=0)[:2]
        others = seen.setdefault(id, [])
        if any(other != layer and np.hypot(*(middle - there)) < SAME_M for other, there in others):
            twice.append(at)
        else:
            others.append((layer, middle))
    return walls.where(~np.isin(walls.feature, twice))


def _within(points: np.ndarray, middle: tuple[float, float], radius_m: float) -> np.ndarray:
    return (np.abs(points[:, 0] - middle[0]) < radius_m) & (np.abs(points[:, 1] - middle[1]) < radius_m)


def _named(payload: Mesh, row: int) -> tuple[str, str, str]:
    """Id, name and use, "" where none is known."""
    features = payload.features
    if features is None or row >= features.num_rows:
        return str(row), "", ""
    said = [str(features.column(name)[row].as_py() or "") if name in features.column_names else ""
            for name in ("guid" if "guid" in features.column_names else "id", "name", "use")]
    return said[0] or str(row), said[1], said[2]


def compute(place: Neighbourhood, question: Question, folder: str, progress) -> dict[str, Any]:
    """Runs in a worker: writes the two files and returns the report."""
    scene = Scene(place.points, place.triangles)
    ground = hours_of(scene, place.cells, place.day, progress=progress)
    enclosed = enclosed_by(scene, place.facades)
    place = replace(place, facades=place.facades.where(~enclosed))
    walls = hours_of(scene, place.facades.points, place.day, place.facades.normals, progress)
    home, origin = Path(folder), np.array(place.origin)
    marks = {"synthetic": np.full(1, place.synthetic)}
    write_cells(home / GROUND, place.cells[:, :2] + origin[:2], question.spacing_m,
                _columns(ground) | {"synthetic": np.repeat(marks["synthetic"], len(place.cells))}, place.crs)
    owners = [place.houses[at] for at in place.facades.feature]
    write_points(home / FACADES, place.facades.points.astype(np.float64) + origin, _columns(walls) | {
        "building": np.array([id for _, id, *_ in owners], object),
        "name": np.array([name for _, _, name, _ in owners], object),
        "faces_deg": np.degrees(np.arctan2(place.facades.normals[:, 0], place.facades.normals[:, 1])) % 360,
        "synthetic": np.repeat(marks["synthetic"], len(owners))}, place.crs)
    return {**_report(place, question, ground, walls), "enclosed_windows": int(enclosed.sum())}


def _columns(hours: Hours) -> dict[str, np.ndarray]:
    return {name: values.astype(np.float64).round(3)
            for name, values in (("sun_hours", hours.total), ("longest_hours", hours.longest))}


def _report(place: Neighbourhood, question: Question, ground: Hours, walls: Hours) -> dict[str, Any]:
    """A building's hours are those of its best window: a rule asks for one sunny room, and the north side has none."""
    buildings = []
    for at in np.unique(place.facades.feature):
        mine = place.facades.feature == at
        layer, id, name, use = place.houses[at]
        longest = walls.longest[mine]
        best = float(longest.max())
        buildings.append({
            "layer": layer, "id": id, "name": name, "use": use, "windows": int(mine.sum()),
            "most_hours": round(float(walls.total[mine].max()), 3),
            "mean_hours": round(float(walls.total[mine].mean()), 3),
            "longest_hours": round(best, 3),
            "windows_below": int((longest < question.limit_hours).sum()) if question.limit_hours else None,
            "reaches_limit": best >= question.limit_hours if question.limit_hours else None})
    return {"date": question.date, "from": question.first, "to": question.last, "step_minutes": question.step_minutes,
            "sun_up_hours": round(len(place.day.times_ns) * question.step_minutes / 60, 3),
            "limit_hours": question.limit_hours or None, "synthetic": place.synthetic,
            "ground": {"cells": len(ground.total), "mean_hours": round(float(ground.total.mean()), 3),
                       "least_hours": round(float(ground.total.min()), 3)},
            "buildings": buildings}


def with_results(document: Document, question: Question, folder: Path, synthetic: bool) -> Document:
    """The document with a folder of the two results, coloured alike."""
    group = Group(id=new_id("group"), name=f"Sun hours {question.date}", name_zh=f"日照时数 {question.date}")
    shared = {"group": group.id, "synthetic": synthetic, "color_by": "sun_hours", "colormap": "lajolla"}
    cells = VectorLayer(id=new_id("vectors"), name="On the ground", name_zh="地面", fill_opacity=0.75, width_px=0.0,
                        source=source_of(folder / GROUND), **shared)
    windows = VectorLayer(id=new_id("vectors"), name="Lowest windows", name_zh="底层窗台", size_px=7.0,
                          source=source_of(folder / FACADES), **shared)
    return replace(document, layers=(group, windows, cells, *document.layers))
