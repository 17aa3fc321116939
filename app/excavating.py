"""Excavations as edits: a drawn polygon or the foot of a model cut into the terrain under it. No Qt."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from app.profiles import true_ground
from app.session import Session
from app.shading import standing
from twin.cuts import Cut, ring_round, volume_m3
from twin.data import HeightGrid, Mesh
from twin.document import Document
from twin.ground import Ground, Surface
from twin.layer import Layer
from twin.placing import place_of
from twin.text import tr
from twin.trouble import Trouble

USUAL_DEPTH_M = 3.0
MARGIN_M = 1.0                             # working space around a model's foot
LEAST_M3 = 0.5                             # less is no excavation


def terrain_under(session: Session, place) -> Layer:
    """The terrain that shows at a place (2,) in local metres. Raises Trouble where there is none."""
    for layer in session.document.tree:
        asset = session.asset(layer.id) if layer.kind == "terrain" and session.document.shown(layer) else None
        if asset and isinstance(asset.payload, HeightGrid):
            if np.isfinite(Ground((Surface(asset.payload),)).height_at([place], missing=np.nan)[0]):
                return layer
    raise Trouble(tr("There is no terrain to dig in here."), way_out=tr("Add a terrain, or show it."))


def cut_in(session: Session, ring: np.ndarray, floor_m: float | None = None, name: str = "", level: bool = False,
           ) -> tuple[Document, Layer]:
    """(document, terrain) with one more excavation: `ring` (n, 2) local metres, `floor_m` in the project's heights.

    Without a floor it is the usual depth below the lowest corner.
    """
    document, origin = session.document, session.document.frame.origin
    terrain = terrain_under(session, ring.mean(axis=0))
    if floor_m is None:
        lowest = float(np.nanmin(true_ground(session).height_at(ring, missing=np.nan)))
        floor_m = round(lowest + origin[2] - USUAL_DEPTH_M, 2)
    corners = tuple((round(float(x), 3), round(float(y), 3)) for x, y in ring + np.array(origin[:2]))
    name = name or tr("Excavation {n}", n=len(terrain.cuts) + 1)
    fresh = replace(terrain, cuts=(*terrain.cuts, Cut(name=name, ring=corners, floor_m=float(floor_m), level=level)))
    return document.with_layer(fresh), fresh


def under_model(session: Session, layer: Layer) -> tuple[np.ndarray, float]:
    """(ring (n, 2), height of the floor) of an excavation under a building. Raises Trouble while it has no place."""
    asset = session.asset(layer.id)
    mesh = asset.payload if asset else None
    if not isinstance(mesh, Mesh) or not len(mesh.points):
        raise Trouble(tr("The model is not loaded yet."), way_out=tr("Wait until it stands in the scene."))
    points = standing(layer, mesh, place_of(layer, mesh), Ground(), session.document.frame)
    return ring_round(points, MARGIN_M), float(points[:, 2].min()) + session.document.frame.origin[2]


def dug_m3(session: Session, terrain: Layer, cut: Cut) -> float:
    """What is dug out, against the terrain as its file has it."""
    asset = session.asset(terrain.id)
    if not asset or not isinstance(asset.payload, HeightGrid):
        return float("nan")
    ground = Ground(tuple(map(Surface, (*asset.payload.parts, asset.payload))))
    return volume_m3(cut, ground, session.document.frame.origin)


def nothing_dug(session: Session, terrain: Layer, cut: Cut) -> str:
    """That a new excavation takes nothing away, in words; "" where it does, or fills up."""
    if cut.level or not dug_m3(session, terrain, cut) < LEAST_M3:
        return ""
    return tr("Nothing is dug: the ground there lies no higher than {floor} m. Set a lower floor in the list.",
              floor=f"{cut.floor_m:.2f}")
