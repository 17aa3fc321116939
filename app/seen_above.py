"""What of a layer is seen from above, as shapes for a search, and where one feature of it stands. No Qt."""

from __future__ import annotations

import numpy as np

from app.session import Session
from app.shading import standing
from cim.touching import Part, Rings
from layers.networks import reading_of
from layers.sensor_values import listed_rows
from layers.vehicle_shapes import body_of
from layers.vehicles import fleet_of
from twin.data import Mesh, Sensors, Tracks, Vectors
from twin.ground import Ground
from twin.layer import Layer
from twin.network import Network, axes, lying, radii_m
from twin.placing import place_of
from twin.tile_tree import Detail, TileTree
from twin.tubes import segments

Box = tuple[float, float, float, float]                      # min x, min y, max x, max y in local metres
MARGIN_M = 10.0                                              # how thick a pipe may be that is not seen in the box


def parts_in(session: Session, layer: Layer, box: Box) -> list[Part | Rings]:
    """The shapes of one layer that may reach into `box`; vehicles where they are now. None of what is not read."""
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
        at, rows = session.hosts.positions(layer.id, payload), listed_rows(layer, payload)
        rows = rows[np.isfinite(at[rows, 0])]
        return _inside(layer.id, rows, at[rows][:, None, :2], box)
    if isinstance(payload, Tracks) and payload.history is not None:
        return _vehicles(layer, payload, session.clock.now_ns, box)
    if isinstance(payload, TileTree):
        return _tiles(layer.id, payload, asset.detail, box)
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


def _vehicles(layer: Layer, tracks: Tracks, now_ns: int, box: Box) -> list[Part]:
    """Of each that is there the middle line of its body, as thick as the body is wide."""
    fleet = fleet_of(layer, tracks.history, now_ns)
    there = np.flatnonzero(np.isfinite(fleet.places[:, 0]))
    modes = tracks.features.column("mode").take(there).to_pylist()
    bodies = {mode: body_of(mode or "") for mode in set(modes)}
    length, width = (np.array([getattr(bodies[mode], size) for mode in modes]) for size in ("length_m", "width_m"))
    turn = np.radians(fleet.drawn_deg[there])
    ahead = np.stack([np.sin(turn), np.cos(turn)], axis=1) * (length - width)[:, None] / 2
    places = fleet.places[there, :2]
    return _inside(layer.id, there, np.stack([places - ahead, places + ahead], axis=1), box, width / 2)


def _tiles(layer: str, tree: TileTree, detail: Detail | None, box: Box) -> list[Part | Rings]:
    """Every feature where a bake says their outlines; of other tilesets what is drawn of the tiles that are here."""
    if tree.outlines is not None:
        return _rings(layer, tree, box)
    return [part for tile in (detail.tiles if detail else ()) for part in
            _faces(layer, tile.mesh.points, tile.mesh.triangles, tile.rows[tile.mesh.vertex_feature], box)]


def _rings(layer: str, tree: TileTree, box: Box) -> list[Rings]:
    outlines, low, high = tree.outlines, tree.row_box[:, :2], tree.row_box[:, 2:]
    near = (high >= box[:2]).all(axis=1) & (low <= box[2:]).all(axis=1)
    mine = near[outlines.feature]
    if not mine.any():
        return []
    sizes = np.diff(outlines.offsets)
    return [Rings(layer, outlines.feature[mine], outlines.points[np.repeat(mine, sizes)].astype(np.float64),
                  np.concatenate([[0], np.cumsum(sizes[mine])]))]


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


def middle_of(session: Session, layer: Layer, feature: int) -> tuple[float, float, float] | None:
    """The middle of one feature in local metres; None where it has no place (now).

    Of tiles and vehicles z is 0: they are gone to by where they lie.
    """
    asset = session.asset(layer.id)
    payload = asset.payload if asset else None
    if isinstance(payload, Vectors) and feature < len(payload.anchor):
        return tuple(map(float, payload.anchor[feature]))
    if isinstance(payload, Sensors):
        points = np.nan_to_num(session.hosts.positions(layer.id, payload)[feature:feature + 1])
    elif isinstance(payload, Tracks) and payload.history is not None:
        points = fleet_of(layer, payload.history, session.clock.now_ns).places[feature:feature + 1]
        points = np.nan_to_num(points[np.isfinite(points[:, 0])])
    elif isinstance(payload, TileTree):
        known = feature < (0 if payload.row_box is None else len(payload.row_box))
        points = np.column_stack([payload.row_box[feature].reshape(2, 2), (0.0, 0.0)]) if known else ()
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
