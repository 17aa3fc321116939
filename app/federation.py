"""Models that are parts of one building: they stand in one another, discipline by discipline. No Qt."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np

from app.siting import box_of
from layers.arrangement import Paint
from layers.building import Building
from layers.mesh_features import feature_count
from layers.ramps import categorical
from layers.storeys import Storeys
from twin.data import Bounds, Mesh
from twin.document import Document
from twin.placing import matrix_of, place_of
from twin.plan_sharing import Covered, shared
from twin.text import tr

if TYPE_CHECKING:
    from app.session import Session

PART_OF_ONE = 1 / 3            # of the ground that one covers
STOREY_M = 1.5                 # of height: storeys of two models that lie nearer are one
_feet: WeakKeyDictionary[Mesh, dict[str, float]] = WeakKeyDictionary()


def together(session: Session, ids: Iterable[str], document: Document | None = None) -> set[str]:
    """These models and all that show and stand in one another with them: much of the ground that one covers the other
    covers, too. A road that passes a house and a neighbour at a party wall are no part of it.
    """
    document, found = document or session.document, set(ids)
    boxes = {x.id: box for x in document.of_kind("building")
             if (document.shown(x) or x.id in found) and (box := box_of(session, x)) is not None}
    fresh = found & set(boxes)
    while fresh:
        fresh = {id for id, box in boxes.items() if id not in found
                 and any(_overlap(box, boxes[x]) and _share_ground(session, document.layer(id), document.layer(x))
                         for x in fresh)}
        found |= fresh
    return found


def _share_ground(session: Session, *models: Building) -> bool:
    """Where one of the two has no plan, their boxes have to do."""
    one, other = (_covered(session, layer) for layer in models)
    return one is None or other is None or shared(one, other) >= PART_OF_ONE


def _covered(session: Session, layer: Building) -> Covered | None:
    mesh = _mesh_of(session, layer)
    if mesh is None or mesh.plan is None:
        return None
    return Covered(mesh.plan, matrix_of(mesh, place_of(layer, mesh), session.document.frame))


def _overlap(a: Bounds, b: Bounds) -> bool:
    return a[0] < b[3] and b[0] < a[3] and a[1] < b[4] and b[1] < a[4]


# -- storeys --------------------------------------------------------------------------------------------


def at_storey(session: Session, id: str, storey: str, below: bool) -> Document:
    """The document with only this storey ("" = all) of a model, or it with all beneath, and the same one of all models
    that stand in one another with it: of that name, else at that height. What has none there does not show.
    """
    model = session.document.layer(id)
    heights = _storey_heights(session, model)

    def put(layer: Building) -> Building:
        mine = _storey_heights(session, layer) if layer.id != id and storey else {storey: 0.0}
        return replace(layer, storey=_same_storey(mine, storey, heights.get(storey), below), storeys_below=below)
    return session.document.with_each(together(session, [id]), put)


def _same_storey(mine: dict[str, float], storey: str, height_m: float | None, below: bool) -> str:
    if storey in mine or height_m is None:
        return storey
    near = {name: apart for name, z in mine.items() if (apart := z - height_m) < STOREY_M
            and (below or apart > -STOREY_M)}
    return min(near, key=lambda name: abs(near[name]), default=storey)


def pulled_apart(session: Session, id: str, apart_m: float, document: Document | None = None) -> Document:
    """The document with the storeys of a model, and of all that stand in one another with it, this much farther apart.

    A file may hold a single storey: how far up it goes is said by the storeys of all the others.
    """
    document = document or session.document
    heights = {x: _storey_heights(session, document.layer(x)) for x in together(session, [id], document)}
    feet: dict[str, float] = {}
    for mine in heights.values():
        for name, z in mine.items():
            feet[name] = min(z, feet.get(name, z))
    level = _levels(feet)

    def put(layer: Building) -> Building:
        names = _feet[mesh] if len(heights) > 1 and (mesh := _mesh_of(session, layer)) else ()
        return replace(layer, apart_m=apart_m, levels=tuple(level.get(name, 0) for name in names))
    return document.with_each(set(heights), put)


def apart_again(session: Session, document: Document) -> Document:
    """The document after models were added or moved: whoever is in a building whose storeys stand apart is so, too,
    and all of them count its storeys anew.
    """
    left = {x.id: x.apart_m for x in document.of_kind("building") if x.apart_m and document.shown(x)}
    while left:
        id, apart_m = left.popitem()
        document = pulled_apart(session, id, apart_m, document)
        left = {other: m for other, m in left.items() if other not in together(session, [id], document)}
    return document


def _levels(feet: dict[str, float]) -> dict[str, int]:
    """Storeys counted from the lowest; `feet` in metres. Those that nearly coincide are one."""
    out: dict[str, int] = {}
    begins, level = -math.inf, -1
    for name, z in sorted(feet.items(), key=lambda item: item[1]):
        if z - begins >= STOREY_M:
            begins, level = z, level + 1
        out[name] = level
    return out


def _storey_heights(session: Session, layer: Building) -> dict[str, float]:
    """Where the feet of most elements of each storey lie, local metres: the elevation that files give is often 0."""
    mesh = _mesh_of(session, layer)
    if mesh is None:
        return {}
    if mesh not in _feet:
        _feet[mesh] = _feet_of(mesh)
    matrix = matrix_of(mesh, place_of(layer, mesh), session.document.frame, layer.height_offset_m)
    return {name: matrix[2, 2] * z + matrix[2, 3] for name, z in _feet[mesh].items() if not math.isnan(z)}


def _mesh_of(session: Session, layer: Building) -> Mesh | None:
    asset = session.asset(layer.id)
    mesh = asset.payload if asset else None
    return mesh if isinstance(mesh, Mesh) and len(mesh.points) else None


def _feet_of(mesh: Mesh) -> dict[str, float]:
    """By storey from below, model metres; NaN of one without shapes."""
    count = feature_count(mesh)
    storeys, low = Storeys.of(mesh, count), np.full(count, np.inf)
    np.minimum.at(low, mesh.vertex_feature, mesh.points[:, 2])
    found = {name: low[(storeys.level == at) & np.isfinite(low)] for at, name in enumerate(storeys.names)}
    return {name: float(np.median(feet)) if len(feet) else math.nan for name, feet in found.items()}


# -- colours --------------------------------------------------------------------------------------------


def colored_by_model(session: Session) -> bool:
    """Every model is in a colour of its own."""
    models = session.document.of_kind("building")
    return bool(models) and all(x.painted[:1] and x.painted[0].by == "all" for x in models)


def colored_by(session: Session, id: str, column: str) -> Document:
    """A layer coloured by a property; one colour for all of a model, as *Colour by model* gives, would hide that."""
    fresh = replace(session.document.layer(id), color_by=column)
    if isinstance(fresh, Building):
        fresh = replace(fresh, painted=tuple(paint for paint in fresh.painted if paint.by != "all"))
    return session.document.with_layer(fresh)


def color_by_model(session: Session, colored: bool) -> None:
    """One edit: each model in a colour of its own, beneath what is painted on it, or no more."""
    models, document = list(session.document.of_kind("building")), session.document
    for layer, color in zip(models, categorical(len(models)).tolist()):
        own = Paint(label=tr("All elements"), color="#{:02x}{:02x}{:02x}".format(*color), by="all")
        kept = tuple(paint for paint in layer.painted if paint.by != "all")
        document = document.with_layer(replace(layer, painted=(own, *kept) if colored else kept))
    session.edits.commit(document, "Colour by model")
    session.edits.seal()
