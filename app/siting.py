"""Where models stand among the other layers: the surroundings they are judged by, and the choice that follows."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np

from app.neighbours import free_place, in_water
from twin.data import Bounds, Mesh, Payload, box
from twin.document import Document
from twin.ground import Ground, surfaces_of
from twin.judging import NEAR_M, Surroundings, Verdict, judge
from twin.layer import Layer
from twin.passport import Passport, Point
from twin.placing import foot_of, place_of, placed_box

if TYPE_CHECKING:
    from app.session import Session

# What is a city, best first: the layers of the first line that has any say where it lies.
CITY = (("city", "building"), ("vectors", "zones", "sensors"), ("terrain", "imagery"))
MOST_POINTS = 200_000          # of a payload, for its box
_boxes: WeakKeyDictionary[Payload, Bounds | None] = WeakKeyDictionary()


def passport_of(mesh: Mesh) -> Passport:
    return Passport.from_dict(mesh.georeference)


def verdict_of(session: Session, layer: Layer, mesh: Mesh) -> Verdict:
    """The choice among the sources of a loaded model, by what stands around it now."""
    return judge(passport_of(mesh), mesh.placements, session.document.frame, foot_of(mesh),
                 surroundings_of(session, layer.id))


def surroundings_of(session: Session, id: str) -> Surroundings:
    """Everything but the layer `id`, and but models that were put where they are: beside it, perhaps."""
    document = session.document
    ground = Ground(tuple(surfaces_of(document, session.assets)))
    for kinds in CITY:
        found = [(layer.kind, b) for layer in document.layers if layer.kind in kinds and layer.id != id
                 if layer.kind != "building" or layer.placement is None
                 for b in [box_of(session, layer)] if b is not None and _is_near(b)]
        if found:
            return Surroundings(tuple(b for _, b in found), ground, all(kind == "building" for kind, _ in found))
    return Surroundings((), ground)


def _is_near(b: Bounds) -> bool:
    return math.hypot((b[0] + b[3]) / 2, (b[1] + b[4]) / 2) < NEAR_M


def box_of(session: Session, layer: Layer) -> Bounds | None:
    """Where a layer that was read lies, local metres; None for a model that stands nowhere yet."""
    asset = session.held(layer.id)
    payload = asset.payload if asset else None
    if payload is None:
        return None
    if payload not in _boxes:
        _boxes[payload] = _measured(payload)
    if layer.kind != "building":
        return _boxes[payload]
    placed = isinstance(payload, Mesh) and place_of(layer, payload) is not None
    return placed_box(payload, layer, session.document.frame, _boxes[payload]) if placed else None


def _measured(payload: Payload) -> Bounds | None:
    if isinstance(payload, Mesh) and len(payload.points):
        return box(payload.points[::max(1, len(payload.points) // MOST_POINTS)])
    return payload.bounds()


def sited(session: Session, id: str, at: Point, tell: Callable[[str], None] = lambda words: None) -> Document | None:
    """The document with a new model by its best source, else standing at the local point `at`, or beside what is there.

    None where it stays as it was read. `tell` hears where it went instead of `at`.
    """
    document, layer, asset = session.document, session.document.layer(id), session.asset(id)
    mesh = asset.payload if asset else None
    if layer is None or layer.kind != "building" or layer.placement or not isinstance(mesh, Mesh):
        return None
    verdict = verdict_of(session, layer, mesh)
    if verdict.chosen is None:
        ground = Ground(tuple(surfaces_of(document, session.assets)))
        on_it = (*at[:2], float(ground.height_at(np.array([at]), missing=at[2])[0]))     # read by now, finer than then
        place, words = free_place(session, layer, mesh, on_it, ground)
        wet = in_water(session, replace(layer, placement=place), mesh)
        for said in filter(None, (words, wet)):
            tell(said)
        return document.with_layer(replace(layer, placement=place))
    if verdict.chosen == mesh.georeference.get("chosen") and not layer.georeference:
        return None
    return document.with_layer(replace(layer, georeference=verdict.chosen))


def lowest_first(session: Session, ids: Iterable[str]) -> list[str]:
    """As models that stand upon each other are put: the foot of one is where the other ends."""
    def foot(id: str) -> float:
        asset = session.held(id)
        mesh = asset.payload if asset else None
        return float(foot_of(mesh)[2]) if isinstance(mesh, Mesh) and len(mesh.points) else 0.0
    return sorted(ids, key=foot)


def sited_all(session: Session, ids: list[str]) -> Document:
    """Once everything is loaded (headless): the document with each of the new models sited, else at the origin."""
    ground = Ground(tuple(surfaces_of(session.document, session.assets)))
    at = (0.0, 0.0, float(ground.height_at(np.zeros((1, 2)))[0]))
    for id in lowest_first(session, ids):
        if document := sited(session, id, at):
            session.edits.commit(document, "Place")
    return session.document
