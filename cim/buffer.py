"""Buffers: all within a distance of points, lines, areas, houses or pipes, as an area on the ground or round the pipe.

The distance counts from the outside: of a pipe or tunnel from its wall, not from its axis.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np

from cim.networks import with_mesh
from twin import readers
from twin.buffers import buffer_of, original
from twin.data import Mesh, Payload, Vectors
from twin.layer import Source
from twin.network import AXIS, Network, Reading, half_up_m, lying, radii_m
from twin.readers import Info, Progress, Request, reader
from twin.text import tr
from twin.tile_tree import TileTree
from twin.trouble import Trouble

ROUND = 12                                 # segments of a quarter circle


def sniff(path: Path, head: bytes) -> float:
    """No file is a buffer by itself."""
    return 0.0


def inspect(path: Path, source: Source) -> list[Info]:
    said = buffer_of(source)
    return [Info(path=str(path), kind="zones", format=tr("Buffer"), name=f"{path.stem} {said.distance_m:g} m")]


@reader("buffer", label="Buffer", suffixes=(), sniff=sniff, inspect=inspect)
def read(request: Request, progress: Progress) -> Vectors | Network:
    """`Network` of wider tubes for kind "networks", else one area as `Vectors`."""
    said = buffer_of(request.source)
    inner = readers.read(replace(request, source=original(request.source), kind=said.of), progress)
    features = np.array(said.features or range(feature_count(inner)), np.int64)
    progress(0.7, 1.0, tr("Buffer"))
    if request.kind == "networks" and isinstance(inner, Network):
        return around(inner, features, said.distance_m)
    return area(inner, features, said.distance_m, request.path.stem)


def feature_count(payload: Payload) -> int:
    """Of a city in tiles what it is made of, not the blocks that stand for several of them."""
    return payload.features.num_rows if payload.features is not None else payload.count


def area(payload: Payload, features: np.ndarray, distance_m: float, name: str) -> Vectors:
    """One area on the ground round all of `features`; its table has one row."""
    import pyarrow as pa
    import shapely

    from cim.draped import vectors
    from cim.geometries import Geometries
    shapes, grow = plan_shapes(payload, features)
    if not len(shapes):
        raise Trouble(tr("There is nothing to lay a buffer round."), way_out=tr("Choose other features."))
    whole = shapely.union_all(shapely.buffer(shapes, grow + distance_m, quad_segs=ROUND))
    rows = Geometries(np.array([whole], object), np.zeros(1, np.int64), ())
    made = vectors(rows, lambda points: points, False)
    table = pa.table({"name": [f"{name} {distance_m:g} m"], "distance_m": [distance_m], "area_m2": [float(whole.area)],
                      "surrounds": [len(features)]})
    return replace(made, features=table, crs=payload.crs, crs_source=payload.crs_source, count=1)


def around(network: Network, features: np.ndarray, distance_m: float) -> Network:
    """The pipes of `features` as tubes that are `distance_m` thicker on every side."""
    mine = np.flatnonzero(np.isin(network.line_feature, features) & lying(network)[network.line_feature])
    points, offsets = _some_lines(network, mine)
    points[:, 2] += half_up_m(network, Reading())[network.line_feature[mine]].repeat(np.diff(offsets))
    grown = 2 * radii_m(network)
    diameter = np.full(len(network.kinds), np.nan, np.float32)
    diameter[network.line_feature[mine]] = grown[mine] + 2 * distance_m
    out = replace(network, line_points=points.astype(np.float32), line_offsets=offsets,
                  line_feature=network.line_feature[mine], diameter_m=diameter,
                  meaning=np.full(len(network.kinds), AXIS, np.int8))
    return with_mesh(out, points, None)


def _some_lines(network: Network, lines: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    first, last = network.line_offsets[lines], network.line_offsets[lines + 1]
    at = np.concatenate([np.arange(a, b) for a, b in zip(first, last)] or [np.zeros(0, np.int64)])
    return network.line_points[at].astype(np.float64), np.concatenate([[0], np.cumsum(last - first)])


def plan_shapes(payload: Payload, features: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(shapes, metres by which each is thicker than it is drawn) of these features, seen from above."""
    import shapely
    wanted = np.zeros(feature_count(payload) + 1, bool)
    wanted[features[features < feature_count(payload)]] = True
    if isinstance(payload, Network):
        mesh = payload.mesh
        solid = wanted & ~np.append(lying(payload), False)[:len(wanted)]
        lines = np.flatnonzero(wanted[payload.line_feature] & lying(payload)[payload.line_feature])
        points, offsets = _some_lines(payload, lines)
        pipes = [shapely.LineString(points[a:b, :2]) for a, b in pairwise(offsets)]
        areas = _triangles(mesh.points, mesh.triangles[solid[mesh.vertex_feature[mesh.triangles[:, 0]]]])
        return (np.array([*pipes, *areas], object),
                np.concatenate([radii_m(payload)[lines], np.zeros(len(areas))]))
    if isinstance(payload, TileTree | Mesh):
        found = _tiled(payload, wanted) if isinstance(payload, TileTree) else _triangles(
            payload.points, payload.triangles[wanted[payload.vertex_feature[payload.triangles[:, 0]]]])
        return found, np.zeros(len(found))
    if not isinstance(payload, Vectors):
        raise Trouble(tr("A buffer is laid round points, lines, areas, houses and pipes only."),
                      way_out=tr("Choose another layer."))
    fills = payload.fill_triangles[wanted[payload.fill_feature[payload.fill_triangles[:, 0]]]] \
        if len(payload.fill_triangles) else payload.fill_triangles
    dots = shapely.points(payload.points[wanted[payload.point_feature], :2])
    lines = [shapely.LineString(payload.line_points[a:b, :2]) for a, b, f in zip(
        payload.line_offsets[:-1], payload.line_offsets[1:], payload.line_feature) if wanted[f] and b - a > 1]
    found = np.array([*dots, *lines, *_triangles(payload.fill_points, fills)], object)
    return found, np.zeros(len(found))


def _tiled(tree: TileTree, wanted: np.ndarray) -> np.ndarray:
    """Polygons of the features of a city in tiles, which must say their outlines: rings, holes among them."""
    import shapely
    outlines = tree.outlines
    if outlines is None:
        raise Trouble(tr("The tiles do not say the outlines of what they hold."),
                      way_out=tr("Lay the buffer round the file that they were made of, or bake it anew."))
    mine = np.flatnonzero(wanted[outlines.feature] & (np.diff(outlines.offsets) > 2))
    rings: dict[int, list] = {}
    for ring in mine.tolist():
        points = outlines.points[outlines.offsets[ring]:outlines.offsets[ring + 1]].astype(np.float64)
        rings.setdefault(int(outlines.feature[ring]), []).append(shapely.linearrings(points))
    return shapely.build_area([shapely.multilinestrings(own) for own in rings.values()])


def _triangles(points: np.ndarray, triangles: np.ndarray) -> np.ndarray:
    """Polygons of the triangles that have an area seen from above, joined."""
    import shapely
    if not len(triangles):
        return np.zeros(0, object)
    shapes = shapely.polygons(points[triangles][:, :, :2].astype(np.float64))
    return shapely.get_parts(shapely.union_all(shapes[shapely.area(shapes) > 1e-6]))
