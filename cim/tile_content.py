"""What the files of a tile draw, as one mesh in the frame: features with their attributes, edges, façades."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cim.geocentric import GEODETIC, geodetic
from cim.pictures import TILE_PX, pictures_of
from cim.pieces import Piece
from cim.tile_heights import Heights
from cim.tile_look import creases, facades
from twin.data import Dots, Mesh
from twin.frame import Frame


@dataclass(frozen=True)
class Placer:
    """From a tile's metres to the frame's. `located`: the tileset is geocentric; else it stands at the origin."""

    frame: Frame
    located: bool
    heights: Heights = Heights()

    def local(self, points: np.ndarray, transform: np.ndarray) -> np.ndarray:
        """(n, 3) f8."""
        points = points @ transform[:3, :3].T + transform[:3, 3]
        if not self.located:
            return points
        local = self.frame.to_local(*geodetic(points).T, crs=GEODETIC)
        local[:, 2] += self.heights.shift_m
        return local


def tile_mesh(pieces: list[Piece], transform: np.ndarray, placer: Placer) -> Mesh:
    """`features`: a row for each feature that has triangles, in no order that means anything."""
    import pyarrow as pa
    dots = _dots([p for p in pieces if p.dots], transform, placer)
    pieces = [p for p in pieces if len(p.triangles)]
    if not pieces:
        return Mesh(dots=dots)
    points, triangles, feature, colors, tables, tints = [], [], [], [], [], []
    vertices = rows = 0
    for piece in pieces:
        table, index = _features(piece)
        points.append(placer.local(piece.points, transform))
        triangles.append(piece.triangles + vertices)
        feature.append(index + rows)
        colors.append(_colors(piece, index, table.num_rows))
        tints.append(np.tile(np.array(piece.draped.tint, np.uint8), (table.num_rows, 1)) if piece.draped
                     else colors[-1][:, :3])
        tables.append(table)
        vertices += len(piece.points)
        rows += table.num_rows
    where, cells, owner = np.concatenate(points), np.concatenate(triangles), np.concatenate(feature)
    cells = cells.astype(np.int32)
    return Mesh(points=where.astype(np.float32), triangles=cells, vertex_feature=owner.astype(np.int32),
                edges=creases(where, cells, owner), facade=facades(where, cells, owner),
                features=pa.concat_tables(tables, promote_options="permissive"), colors=np.concatenate(colors),
                count=rows, dots=dots,
                pictures=pictures_of([(p.draped, len(p.points)) for p in pieces], np.concatenate(tints), TILE_PX))


def _dots(pieces: list[Piece], transform: np.ndarray, placer: Placer) -> Dots | None:
    if not pieces:
        return None
    places = np.concatenate([placer.local(piece.points, transform) for piece in pieces])
    colors = np.concatenate([piece.colors[:, :3] for piece in pieces])
    known = np.isfinite(places).all(axis=1)
    return Dots(places[known].astype(np.float32), np.ascontiguousarray(colors[known]))


def _features(piece: Piece) -> tuple[object, np.ndarray]:
    """(Arrow table of the features that the piece shows, row of each vertex in it)."""
    import pyarrow as pa
    batch = np.zeros(len(piece.points), np.int64) if piece.batch is None else piece.batch
    names, index = np.unique(batch, return_inverse=True)
    table = piece.table if piece.table is not None else _batch_table(piece, names)
    known = (names >= 0) & (names < (table.num_rows if table is not None else 0))
    if not known.any():
        words = {k: v for k, v in piece.attributes.items() if k != "batch_table"}
        said = {"name": piece.name, **words}
        table = pa.table({k: pa.array([None if v is None else str(v)] * len(names), pa.string())
                          for k, v in said.items()})
        return table, index.ravel()
    return table.take(pa.array(names, mask=~known)), index.ravel()


def _batch_table(piece: Piece, names: np.ndarray):
    """The columns of a b3dm's batch table as Arrow; None where it has none."""
    import pyarrow as pa

    from cim.city_shapes import column_of
    columns = piece.attributes.get("batch_table") or {}
    length = max((len(v) for v in columns.values()), default=0)
    if length <= (int(names[-1]) if len(names) else 0):
        return None
    padded = {k: [*v, *[None] * (length - len(v))] for k, v in columns.items()}
    return pa.table({"name": pa.array([piece.name] * length), **{k: column_of(v) for k, v in padded.items()}})


def _colors(piece: Piece, index: np.ndarray, count: int) -> np.ndarray:
    """(count, 4) u1: the colour of the first vertex of each feature, or the material's."""
    if piece.colors is None:
        return np.tile(np.array(piece.color, np.uint8), (count, 1))
    first = np.zeros(count, np.int64)
    first[index[::-1]] = np.arange(len(index))[::-1]
    return piece.colors[first]
