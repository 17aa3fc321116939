"""What of a session lies in an area or near something: its shapes seen from above, for a worker that tells which
touch it. No Qt.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from app.panels.facts import cell_words, class_of, title_of
from app.profiles import true_ground
from app.session import Session
from app.shading import standing
from cim.touching import Part
from layers.networks import reading_of
from twin.data import HeightGrid, Imagery, Mesh, RasterSeries, Sensors, Vectors
from twin.ground import Ground, surfaces_of
from twin.layer import Layer
from twin.network import Network, axes, lying, radii_m
from twin.placing import place_of
from twin.text import language
from twin.tubes import segments

Box = tuple[float, float, float, float]                      # min x, min y, max x, max y in local metres
EVERYWHERE: Box = (-np.inf, -np.inf, np.inf, np.inf)
MARGIN_M = 10.0                                              # how thick a pipe may be that is not seen in the box


@dataclass(frozen=True, eq=False)
class Area:
    """`shapes` in local metres; `within_m` of them counts too."""

    shapes: tuple[Part, ...]
    within_m: float = 0.0

    @classmethod
    def inside(cls, ring: np.ndarray, within_m: float = 0.0) -> Area:
        """`ring` (n, 2) f8: an outline, which may be left open."""
        return cls((_drawn(np.asarray(ring, np.float64)[None]),), within_m)

    @classmethod
    def along(cls, line: np.ndarray, within_m: float = 0.0) -> Area:
        """`line` (n, 2) f8, two points or more."""
        line = np.asarray(line, np.float64)
        return cls((_drawn(np.stack([line[:-1], line[1:]], axis=1)),), within_m)

    @classmethod
    def at(cls, place, within_m: float = 0.0) -> Area:
        """`place`: x, y."""
        return cls((_drawn(np.asarray(place, np.float64).reshape(1, 1, 2)),), within_m)

    def box(self) -> Box:
        every = np.concatenate([part.shapes.reshape(-1, 2) for part in self.shapes])
        reach = self.within_m + max(float(part.radius_m.max(initial=0.0)) for part in self.shapes)
        return (*map(float, every.min(axis=0) - reach), *map(float, every.max(axis=0) + reach))


def _drawn(shapes: np.ndarray) -> Part:
    return Part("", np.zeros(len(shapes), np.int64), shapes, np.zeros(len(shapes)))


@dataclass(frozen=True)
class Thing:
    """One feature that was found, with what a list says of it."""

    layer: str
    feature: int
    name: str
    kind: str
    top_m: float = float("nan")


def area_of(session: Session, layer: Layer, features: tuple[int, ...] = (), within_m: float = 0.0) -> Area | None:
    """What a layer's shapes (or these features of it) cover; None where it has none, or is not read."""
    whole = _parts(session, layer, EVERYWHERE)
    if features:
        chosen = [(part, np.isin(part.feature, features)) for part in whole]
        whole = [Part(part.layer, part.feature[mine], part.shapes[mine], part.radius_m[mine])
                 for part, mine in chosen if mine.any()]
    return Area(tuple(whole), within_m) if whole else None


def parts_of(session: Session, area: Area, without: frozenset[str] = frozenset()) -> list[Part]:
    """Shapes of the shown layers near the area, but not of those named."""
    document, box = session.document, area.box()
    return [part for layer in document.layers if layer.id not in without and document.shown(layer)
            for part in _parts(session, layer, box)]


def _parts(session: Session, layer: Layer, box: Box) -> list[Part]:
    asset = session.asset(layer.id)
    payload = asset.payload if asset else None
    if isinstance(payload, Vectors):
        return _vectors(layer.id, payload, box)
    if isinstance(payload, Network):
        return _network(layer, payload, box)
    if isinstance(payload, Mesh) and len(payload.triangles):
        points = standing(layer, payload, place_of(layer, payload), Ground(), session.document.frame)
        return _faces(layer.id, points, payload.triangles, payload.vertex_feature, box)
    if isinstance(payload, Sensors):
        at = session.hosts.positions(layer.id, payload)
        rows = np.flatnonzero(np.isfinite(at[:, 0]))
        return _inside(layer.id, rows, at[rows][:, None, :2], box)
    return []


def _vectors(layer: str, data: Vectors, box: Box) -> list[Part]:
    start, end, line = segments(np.nan_to_num(data.line_points.astype(np.float64)), data.line_offsets)
    pieces = np.stack([start[:, :2], end[:, :2]], axis=1)
    dots = data.points.astype(np.float64)[:, None, :2]
    return [*_inside(layer, data.point_feature, dots, box),
            *_inside(layer, data.line_feature[line], pieces, box),
            *_faces(layer, data.fill_points.astype(np.float64), data.fill_triangles, data.fill_feature, box)]


def _network(layer: Layer, network: Network, box: Box) -> list[Part]:
    start, end, line = segments(axes(network, reading_of(layer)), network.line_offsets)
    level = lying(network)
    kept = level[network.line_feature[line]]
    pieces = np.stack([start[kept, :2], end[kept, :2]], axis=1)
    mesh = network.mesh
    faces = mesh.triangles[~level[mesh.vertex_feature[mesh.triangles[:, 0]]]]
    radii = radii_m(network, reading_of(layer))[line[kept]]
    return [*_inside(layer.id, network.line_feature[line[kept]], pieces, box, radii),
            *_faces(layer.id, mesh.points.astype(np.float64), faces, mesh.vertex_feature, box)]


def _faces(layer: str, points: np.ndarray, triangles: np.ndarray, feature: np.ndarray, box: Box) -> list[Part]:
    """Looked at corner by corner first: most of a city lies elsewhere."""
    if not len(triangles):
        return []
    beyond = ((points[:, 0] < box[0]).astype(np.int8) + 2 * (points[:, 0] > box[2]) + 4 * (points[:, 1] < box[1])
              + 8 * (points[:, 1] > box[3]))
    a, b, c = (beyond[triangles[:, i]] for i in range(3))
    near = triangles[(a & b & c) == 0]
    return _inside(layer, feature[near[:, 0]], points[near][:, :, :2], box)


def _inside(layer: str, feature: np.ndarray, shapes: np.ndarray, box: Box, radius_m: np.ndarray | None = None,
            ) -> list[Part]:
    """One part of the shapes (n, k, 2) whose own box meets `box`; none where none does."""
    low, high = shapes.min(axis=1), shapes.max(axis=1)
    near = ((high[:, 0] >= box[0] - MARGIN_M) & (low[:, 0] <= box[2] + MARGIN_M)
            & (high[:, 1] >= box[1] - MARGIN_M) & (low[:, 1] <= box[3] + MARGIN_M))
    if not near.any():
        return []
    radius = np.zeros(int(near.sum())) if radius_m is None else radius_m[near]
    return [Part(layer, np.asarray(feature)[near], np.ascontiguousarray(shapes[near], np.float64), radius)]


def pipe_top_m(session: Session, layer: Layer, feature: int, place) -> float | None:
    """The crown of a pipe where it comes nearest to a place (2,), local metres; None for what is no pipe."""
    asset = session.asset(layer.id)
    network = asset.payload if asset else None
    if not isinstance(network, Network) or not lying(network)[feature]:
        return None
    start, end, line = segments(axes(network, reading_of(layer), true_ground(session)), network.line_offsets)
    mine = network.line_feature[line] == feature
    start, along, radius = start[mine], (end - start)[mine], radii_m(network, reading_of(layer))[line[mine]]
    flat = np.maximum((along[:, :2] ** 2).sum(axis=1), 1e-9)
    share = np.clip(((np.asarray(place) - start[:, :2]) * along[:, :2]).sum(axis=1) / flat, 0.0, 1.0)
    nearest = start + share[:, None] * along
    at = int(np.hypot(*(nearest[:, :2] - place).T).argmin())
    return float(nearest[at, 2] + radius[at])


def ground_things(session: Session, place) -> list[Thing]:
    """What lies as a sheet at a place (2,) of what is shown, the highest first: rasters, pictures, terrains.

    Pictures are painted over each other in the order of the layers.
    """
    held = [(layer, asset.payload) for layer in session.document.layers if session.document.shown(layer)
            and (asset := session.held(layer.id)) and asset.payload is not None]
    cells = [Thing(layer.id, cell, cell_words(payload, cell, session.document.frame), "") for layer, payload in held
             if isinstance(payload, RasterSeries) and (cell := payload.cell_at(*place)) >= 0]
    pictures = [Thing(layer.id, -1, layer.title(language()), "") for layer, payload in held
                if isinstance(payload, Imagery) and _painted(payload, *place)]
    grounds = [(layer, _height(session, layer, place)) for layer, payload in held if isinstance(payload, HeightGrid)]
    known = [Thing(layer.id, -1, layer.title(language()), "", z + session.document.frame.origin[2])
             for layer, z in grounds if np.isfinite(z)]
    top = known[0].top_m if known else float("nan")          # the first terrain that knows a place is drawn there
    return [replace(thing, top_m=top) for thing in (*cells[::-1], *pictures[::-1])] + known


def _painted(image: Imagery, x: float, y: float) -> bool:
    """Is there anything of the picture at a place, local metres?"""
    rows, cols = image.rgba.shape[:2]
    col, row = (x - image.x0) / image.width * cols, (y - image.y0) / image.height * rows
    return 0 <= col < cols and 0 <= row < rows and image.rgba[int(row), int(col), 3] > 0


def _height(session: Session, layer: Layer, place) -> float:
    one = replace(session.document, layers=(replace(layer, group="", exaggeration=1.0),))
    return float(Ground(tuple(surfaces_of(one, session.assets))).height_at([place], missing=np.nan)[0])


def middle_of(session: Session, layer: Layer, feature: int) -> tuple[float, float, float] | None:
    """The middle of one feature in local metres; None where it has no place."""
    asset = session.asset(layer.id)
    payload = asset.payload if asset else None
    if isinstance(payload, Vectors) and feature < len(payload.anchor):
        return tuple(map(float, payload.anchor[feature]))
    if isinstance(payload, Sensors):
        points = np.nan_to_num(session.hosts.positions(layer.id, payload)[feature:feature + 1])
    elif isinstance(payload, Network):
        points = payload.mesh.points[payload.mesh.vertex_feature == feature]
    elif isinstance(payload, Mesh):
        points = standing(layer, payload, place_of(layer, payload), Ground(), session.document.frame)
        points = points[payload.vertex_feature == feature]
    else:
        return None
    if not len(points):
        return None
    return tuple(map(float, (points.min(axis=0) + points.max(axis=0)) / 2))


def things(session: Session, found: dict[str, np.ndarray], most: int) -> list[Thing]:
    """Names of the features that a search found, layer by layer, `most` of them."""
    out: list[Thing] = []
    words = session.document.words
    for layer in session.document.layers:
        if layer.id not in found:
            continue                                         # asking for a hidden layer would read it
        asset = session.asset(layer.id)
        table = asset.payload.features if asset and asset.payload is not None else None
        for feature in found[layer.id][:most - len(out)]:
            known = table is not None and feature < table.num_rows
            name = title_of(table, int(feature), words) if known else str(feature + 1)
            out.append(Thing(layer.id, int(feature), name, class_of(table, int(feature), words) if known else ""))
    return out


def every_feature(session: Session) -> dict[str, np.ndarray]:
    """Of the shown layers that have a table."""
    assets = {layer.id: session.asset(layer.id) for layer in session.document.layers if session.document.shown(layer)}
    tables = {id: asset.payload.features for id, asset in assets.items() if asset and asset.payload is not None}
    return {id: np.arange(table.num_rows) for id, table in tables.items() if table is not None and table.num_rows}
