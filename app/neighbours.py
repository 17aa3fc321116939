"""Where a model stands that does not say: with the other parts of its building, or beside the models that are there."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from layers.building import Building
from layers.vectors import texts, water_features
from twin.data import Bounds, Mesh, Vectors, box
from twin.ground import Ground
from twin.layer import Layer, Placement
from twin.passport import Point
from twin.placing import matrix_of, moved, place_of, placed_box, rounded, standing_on
from twin.text import language, tr

if TYPE_CHECKING:
    from app.session import Session

GAP_M = 5.0                          # between two models that stand beside each other
SHARED_STOREYS = 2                   # by name and height, that make two files parts of one building
STACKED_M = 0.35                     # between the top of one storey and the next one, where files stand upon each other
OVERLAP = 0.5                        # of the smaller one, in the models' own metres
SAME_PLAN = 0.75                     # of what both cover; unrelated real models that begin at zero: at most 0.43


def free_place(session: Session, layer: Layer, mesh: Mesh, at: Point, ground: Ground) -> tuple[Placement, str]:
    """(where to put it, words for the user, "" where it simply stands at the local point `at`)."""
    others, far = standing_models(session, layer.id), bool(mesh.georeference.get("candidates"))
    for other, held in others:
        if parts_of_one(mesh, held) or stands_on(mesh, held) or fills(mesh, held):
            return _with(session, other, held, mesh), _as_part(layer, other, far)
    place = standing_on(mesh, session.document.frame, at)
    boxes = [(other, b) for other, held in others if (b := placed_box(held, other, session.document.frame))]
    beside, first = _beside(session, layer, mesh, place, boxes, ground)
    return beside, "" if first is None else _as_beside(layer, first, far)


def _as_part(layer: Layer, other: Layer, far: bool) -> str:
    """`far`: its file gives places, which are all too far away to be used."""
    name, there = layer.title(language()), other.title(language())
    return tr("{name} would be too far away by its file: it was put where {other} is, as a part of the same building.",
              name=name, other=there) if far else tr(
        "{name} does not say where it stands: it was put where {other} is, as a part of the same building.",
        name=name, other=there)


def _as_beside(layer: Layer, other: Layer, far: bool) -> str:
    name, there = layer.title(language()), other.title(language())
    return tr("{name} would be too far away by its file: it was put beside {other}. Move it, or set its position.",
              name=name, other=there) if far else tr(
        "{name} does not say where it stands: it was put beside {other}. Move it, or set its position.",
        name=name, other=there)


def in_water(session: Session, layer: Building, mesh: Mesh) -> str:
    """Words for the user where the middle of a model, as it stands, lies in a water of the map; "" elsewhere."""
    found = placed_box(mesh, layer, session.document.frame)
    if found is None:
        return ""
    for other in session.document.layers:
        asset = session.held(other.id) if other.kind == "vectors" else None
        waters = asset.payload if asset is not None else None
        if isinstance(waters, Vectors) and (feature := _water_at(waters, other.color, _middle(found))) >= 0:
            name = next(iter(texts(waters, "name", language())[feature:feature + 1]), "")
            return tr("{name} stands in water, on its bed: {water}. Move it, or set its position.",
                      name=layer.title(language()), water=name or other.title(language()))
    return ""


def _water_at(waters: Vectors, color: str, spot: tuple[float, float]) -> int:
    """The feature of water whose polygon holds a local point, -1 = none."""
    a, b, c = (waters.fill_points[waters.fill_triangles[:, i], :2].astype(np.float64) for i in range(3))
    sides = [(q[:, 0] - p[:, 0]) * (spot[1] - p[:, 1]) - (q[:, 1] - p[:, 1]) * (spot[0] - p[:, 0])
             for p, q in ((a, b), (b, c), (c, a))]
    inside = np.all([side >= 0 for side in sides], axis=0) | np.all([side <= 0 for side in sides], axis=0)
    held = waters.fill_feature[waters.fill_triangles[inside, 0]]
    wet = held[water_features(waters, color)[held]]
    return int(wet[0]) if len(wet) else -1


def standing_models(session: Session, without: str) -> list[tuple[Building, Mesh]]:
    """Every other building model that is read and has a place."""
    found = []
    for layer in session.document.layers:
        asset = session.held(layer.id) if isinstance(layer, Building) and layer.id != without else None
        mesh = asset.payload if asset else None
        if isinstance(mesh, Mesh) and len(mesh.points) and place_of(layer, mesh) is not None:
            found.append((layer, mesh))
    return found


def parts_of_one(a: Mesh, b: Mesh) -> bool:
    """Two files of one building by discipline: the same storeys, one upon the other in their own metres, but no element
    in both (that would be an issue or a copy of the same model).
    """
    mine, theirs = box(a.points), box(b.points)
    if not (mine and theirs and len(_storeys(a) & _storeys(b)) >= SHARED_STOREYS):
        return False
    return _over_each_other(mine, theirs) and not _shares_elements(a, b)


def stands_on(a: Mesh, b: Mesh) -> bool:
    """Two files of one building by storey: one begins in their own metres where the other ends, over the same plan, but
    no element in both.
    """
    mine, theirs = box(a.points), box(b.points)
    if not (mine and theirs):
        return False
    apart = min(abs(mine[2] - theirs[5]), abs(theirs[2] - mine[5]))
    return apart <= STACKED_M and _over_each_other(mine, theirs) and not _shares_elements(a, b)


def fills(a: Mesh, b: Mesh) -> bool:
    """Two files of one building by trade: the same outline in their own metres, of which one takes in a part of the
    height only (walls of a storey under a roof), but no element in both. Alike in height they could be one house twice.
    """
    mine, theirs = box(a.points), box(b.points)
    if not (mine and theirs):
        return False
    across, shared_m = _shared(mine, theirs), min(mine[5], theirs[5]) - max(mine[2], theirs[2])
    tall_m = max(mine[5], theirs[5]) - min(mine[2], theirs[2])
    areas = sum(np.prod([b[i + 3] - b[i] for i in (0, 1)]) for b in (mine, theirs))
    return bool(across >= SAME_PLAN * (areas - across) > 0.0 and 0.0 < shared_m <= 0.5 * tall_m
                and not _shares_elements(a, b))


def _shared(a: Bounds, b: Bounds) -> float:
    """In plan, m²."""
    return float(np.prod([max(0.0, min(a[i + 3], b[i + 3]) - max(a[i], b[i])) for i in (0, 1)]))


def _over_each_other(mine: Bounds, theirs: Bounds) -> bool:
    """Most of the smaller one, in plan."""
    smaller = min(np.prod([b[i + 3] - b[i] for i in (0, 1)]) for b in (mine, theirs))
    return bool(_shared(mine, theirs) >= OVERLAP * smaller > 0.0)


def _storeys(mesh: Mesh) -> set[tuple[str, float]]:
    held = mesh.features
    if held is None or not {"storey", "storey_elevation_m"} <= set(held.column_names):
        return set()
    said = held.select(["storey", "storey_elevation_m"]).group_by(["storey", "storey_elevation_m"]).aggregate([])
    return {(row["storey"], round(row["storey_elevation_m"], 2)) for row in said.to_pylist()
            if row["storey"] and row["storey_elevation_m"] is not None}


def _shares_elements(a: Mesh, b: Mesh) -> bool:
    import pyarrow.compute as pc
    guids = [mesh.features.column("guid").combine_chunks() for mesh in (a, b)]
    return bool(pc.any(pc.is_in(guids[0], value_set=pc.drop_null(guids[1]))).as_py())


def _with(session: Session, other: Building, held: Mesh, mesh: Mesh) -> Placement:
    """The place of another model, for a mesh in the same metres."""
    frame, theirs = session.document.frame, place_of(other, held)
    shift = matrix_of(held, theirs, frame)[:3, 3] - matrix_of(mesh, theirs, frame)[:3, 3]
    return rounded(moved(theirs, *shift))


def _beside(session: Session, layer: Layer, mesh: Mesh, place: Placement, boxes: list[tuple[Layer, Bounds]],
            ground: Ground) -> tuple[Placement, Layer | None]:
    """Moved east until it lies in no other model, as high over the ground; and the first that was in its way. Where no
    ground is known its foot is as high as the other's: a model at sea level is not beside one on a hill.
    """
    first, foot, frame, meant = None, 0.0, session.document.frame, place
    while hit := next(((other, b) for other, b in boxes if _meet(_box(layer, mesh, place, frame), b)), None):
        if first is None:
            first, foot = hit[0], hit[1][2]
        mine = _box(layer, mesh, place, frame)
        place = moved(place, east_m=hit[1][3] + GAP_M - mine[0])
    if first is None:
        return place, None
    spots = np.array([_middle(_box(layer, mesh, p, frame)) for p in (meant, place)])
    before, here = ground.height_at(spots, missing=np.nan)
    known = np.isfinite([before, here]).all()
    up = float(here - before) if known else foot - _box(layer, mesh, place, frame)[2]
    return rounded(moved(place, up_m=up)), first


def _middle(b: Bounds) -> tuple[float, float]:
    return (b[0] + b[3]) / 2, (b[1] + b[4]) / 2


def _box(layer: Layer, mesh: Mesh, place: Placement, frame) -> Bounds:
    return placed_box(mesh, replace(layer, placement=place), frame)


def _meet(a: Bounds, b: Bounds) -> bool:
    """In plan, with half the gap about each."""
    return all(a[i] < b[i + 3] + GAP_M / 2 and b[i] < a[i + 3] + GAP_M / 2 for i in (0, 1))
