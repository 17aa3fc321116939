"""One model and how it stands now: sources, verdict, and what is left over against terrain and city. No Qt."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from app import siting
from app.city_index import index_of
from app.panels.facts import title_of
from app.picked_marks import footprint_mark
from twin.data import Mesh
from twin.frame import Frame
from twin.ground import Ground, surfaces_of
from twin.judging import Verdict
from twin.layer import Layer, Placement
from twin.passport import Candidate, Passport
from twin.placing import foot_of, matrix_of, moved, place_of, placement_in, rounded, swapped, turned_about
from twin.plan import Comparison, compare

if TYPE_CHECKING:
    from app.session import Session
    from layers.measures import Sketch

BY_HAND = "by hand"
REACH_M = 250.0                # from the model's middle: farther buildings are not its footprint
MOST_LOOKED_AT = 5
STOREY_M = 3.0                 # a foot that is nearer to the ground was measured, or stands on a plinth
Picked = tuple[str, int]       # layer id and feature of a building of the city


@dataclass(frozen=True, eq=False)
class Against:
    """A building of the city that the model is held against."""

    picked: Picked
    name: str
    found: Comparison


@dataclass(frozen=True, eq=False)
class Site:
    """`source` is what it stands by: a candidate's, BY_HAND, or "" while it stands nowhere."""

    layer: Layer
    mesh: Mesh
    passport: Passport
    verdict: Verdict
    place: Placement | None
    source: str
    over_ground_m: float | None = None
    convergence_deg: float = 0.0
    against: Against | None = None


def site_of(session: Session, layer: Layer, picked: Picked | None = None) -> Site | None:
    """How a loaded building stands, with the footprint that was picked, else the one that fits best. A model whose file
    has no passport at all (glTF, OBJ) stands by hand.
    """
    asset = session.asset(layer.id)
    mesh = asset.payload if asset else None
    if layer.kind != "building" or not isinstance(mesh, Mesh):
        return None
    passport, place, frame = siting.passport_of(mesh), place_of(layer, mesh), session.document.frame
    verdict = siting.verdict_of(session, layer, mesh)
    plain = Site(layer, mesh, passport, verdict, place, source_of(layer, mesh))
    if place is None:
        return plain
    matrix = matrix_of(mesh, place, frame, layer.height_offset_m)
    foot = (matrix @ [*foot_of(mesh), 1.0])[:3]
    ground = float(ground_of(session).height_at(foot[None], missing=math.nan)[0])
    return replace(plain, over_ground_m=None if math.isnan(ground) else float(foot[2]) - ground,
                   convergence_deg=_convergence(frame, foot), against=against_of(session, mesh, matrix, picked))


def ground_of(session: Session) -> Ground:
    return Ground(tuple(surfaces_of(session.document, session.assets)))


def source_of(layer: Layer, mesh: Mesh) -> str:
    if layer.placement is not None:
        return BY_HAND
    if layer.georeference in mesh.placements:
        return layer.georeference
    return mesh.georeference.get("chosen") or ""


def _convergence(frame: Frame, point: np.ndarray) -> float:
    e, n, _ = frame.to_project(point[None])[0]
    return frame.convergence_deg(float(e), float(n))


# -- against the city ----------------------------------------------------------------------------------


def against_of(session: Session, mesh: Mesh, matrix: np.ndarray, picked: Picked | None) -> Against | None:
    """None while nothing of a city is near, or its buildings are still being sorted."""
    if mesh.plan is None:
        return None
    middle = (matrix @ [*mesh.plan.middle, 0.0, 1.0])[:2]
    found = [_held(session, mesh, matrix, one, gap=False) for one in ([picked] if picked else _near(session, middle))]
    best = max((a for a in found if a), default=None,
               key=lambda a: (a.found.overlap, -math.hypot(a.found.east_m, a.found.north_m)))
    return _held(session, mesh, matrix, best.picked) if best and math.isinf(best.found.apart_m) else best


def _near(session: Session, middle: np.ndarray) -> list[Picked]:
    found = []
    for layer in session.document.layers:
        if layer.kind == "city" and session.document.shown(layer) and (city := _city(session, layer.id)):
            found += [(layer.id, f) for f in index_of(city).nearest(middle, REACH_M, MOST_LOOKED_AT)]
    return found


def _held(session: Session, mesh: Mesh, matrix: np.ndarray, picked: Picked, gap: bool = True) -> Against | None:
    city = _city(session, picked[0])
    outline = index_of(city).plan(picked[1]) if city and index_of(city).ready else None
    if outline is None:
        return None
    return Against(picked, _name_of(city, picked[1]), compare(mesh.plan, matrix, outline, gap))


def picked_mark(session: Session, picked: Picked) -> Sketch | None:
    """What shows which building a model is held against; None where it has no footprint."""
    city, lift_m = _city(session, picked[0]), session.document.layer(picked[0]).height_offset_m
    plan = index_of(city).plan(picked[1]) if city else None
    return footprint_mark(session, plan, plan.base_m + lift_m, _name_of(city, picked[1])) if plan else None


def _name_of(city: Mesh, feature: int) -> str:
    return title_of(city.features, feature) if city.features is not None else str(feature + 1)


def _city(session: Session, id: str) -> Mesh | None:
    asset = session.asset(id)
    return asset.payload if asset and isinstance(asset.payload, Mesh) else None


def see_through(session: Session) -> frozenset[str]:
    """The layers of the city that may hide a model."""
    return frozenset(x.id for x in session.document.layers if x.kind == "city")


def sorting(session: Session) -> bool:
    """The buildings of some city are still being sorted."""
    return any(not index_of(city).ready for layer in session.document.layers if layer.kind == "city"
               for city in [_city(session, layer.id)] if city)


# -- corrections: each gives the layer as it would be ----------------------------------------------------


def by_source(site: Site, source: str) -> Layer:
    """As a source of the file says; "" as it was read."""
    return replace(site.layer, georeference=source, placement=None)


def by_hand(site: Site, place: Placement) -> Layer:
    return replace(site.layer, placement=rounded(place))


def dropped(site: Site) -> Layer:
    """With its foot on the terrain."""
    return by_hand(site, moved(site.place, up_m=-site.over_ground_m))


def others(session: Session, id: str) -> list[str]:
    """Models that stand somewhere and show, beside this one."""
    return [x.id for x in session.document.of_kind("building")
            if x.id != id and session.document.shown(x) and _model_of(session, x) is not None]


def _model_of(session: Session, layer: Layer) -> Mesh | None:
    asset = session.asset(layer.id)
    mesh = asset.payload if asset else None
    return mesh if isinstance(mesh, Mesh) and place_of(layer, mesh) is not None else None


def like(session: Session, site: Site, other: Layer) -> Layer:
    """With its axes on those of another model: files of one building, of which only one says where it stands."""
    frame, mesh = session.document.frame, _model_of(session, other)
    place = place_of(other, mesh)
    there = matrix_of(mesh, place, frame, other.height_offset_m - site.layer.height_offset_m)
    apart = np.subtract(_offset(site.mesh), _offset(mesh))     # between the points that their metres count from
    goal = (there @ [*apart, 1.0])[:3]
    return by_hand(site, moved(place, *(goal - matrix_of(site.mesh, place, frame)[:3, 3])))


def _offset(mesh: Mesh) -> tuple[float, float, float]:
    """What was subtracted from its points, model metres."""
    return tuple(mesh.georeference.get("offset", (0.0, 0.0, 0.0)))


def turned(site: Site, frame: Frame, rotation_deg: float) -> Layer:
    """About the middle of its plan."""
    at = frame.to_project((matrix_of(site.mesh, site.place, frame) @ [*foot_of(site.mesh), 1.0])[None, :3])[0]
    return by_hand(site, turned_about(site.place, (float(at[0]), float(at[1])), rotation_deg))


def exchanged(site: Site, frame: Frame) -> Layer | None:
    """With the eastings and northings of its source exchanged; None where that has no place in the project."""
    said = swappable(site)
    if said is None:
        return None
    place = placement_in(swapped(said), frame, site.passport.true_north_deg, site.passport.centre,
                         _offset(site.mesh))
    return by_hand(site, place) if place else None


def swappable(site: Site) -> Candidate | None:
    """The source whose numbers can be exchanged: the one it stands by, else the first in map coordinates."""
    said = site.passport.candidate(site.source)
    plain = [c for c in site.passport.candidates if c.grid_rotation_deg is not None and not c.swapped]
    return said if said in plain else (plain[0] if plain else None)


def on_footprint(session: Session, site: Site) -> Layer | None:
    """Turned and moved in plan onto the building it is held against; None without one. What would float there, or be
    buried, comes down or up onto the ground.

    Walls are parallel after four turns; the one that overlaps most is taken, the smaller turn of equals.
    """
    if site.against is None:
        return None
    first = site.against.found.turned_deg
    turns = [0.0] if first is None else sorted((first + 90.0 * k for k in (0, 1, -1, 2)), key=abs)
    tried = [_moved_on(session, site, turn) for turn in turns]
    return _grounded(session, site, max(tried, key=lambda found: round(found[0], 2))[1])


def _moved_on(session: Session, site: Site, turn_deg: float) -> tuple[float, Layer]:
    """(overlap, layer) after a turn and the way that brings middle onto middle."""
    frame, lift_m = session.document.frame, site.layer.height_offset_m
    place = turned(site, frame, site.place.rotation_deg + turn_deg).placement
    found = _held(session, site.mesh, matrix_of(site.mesh, place, frame, lift_m), site.against.picked, gap=False).found
    place = moved(place, found.east_m, found.north_m)
    after = _held(session, site.mesh, matrix_of(site.mesh, place, frame, lift_m), site.against.picked, gap=False).found
    return after.overlap, by_hand(site, place)


def _grounded(session: Session, site: Site, layer: Layer) -> Layer:
    """With its foot on the terrain, else at the foot of the building it is held against, where it is a storey off."""
    matrix = matrix_of(site.mesh, layer.placement, session.document.frame, layer.height_offset_m)
    foot = (matrix @ [*foot_of(site.mesh), 1.0])[:3]
    city, feature = site.against.picked
    of_it = index_of(_city(session, city)).plan(feature).base_m + session.document.layer(city).height_offset_m
    up_m = float(ground_of(session).height_at(foot[None], missing=of_it)[0]) - float(foot[2])
    return layer if abs(up_m) < STOREY_M else by_hand(site, moved(layer.placement, up_m=up_m))


def possible(session: Session, site: Site, seen: bool) -> dict[str, bool]:
    """Which corrections there are to choose from; `seen`: in a scene that can be clicked."""
    placed, city = site.place is not None, any(x.kind == "city" for x in session.document.layers)
    return {"drop": placed and site.over_ground_m is not None, "fit": placed and site.against is not None,
            "two-points": placed and seen, "pick": seen, "swap": placed and swappable(site) is not None,
            "compare": placed and city, "like": seen and bool(others(session, site.layer.id)),
            "best": bool(site.verdict.chosen) and site.verdict.chosen != site.source}
