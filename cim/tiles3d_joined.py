"""All tiles of a tileset as one mesh, where nothing streams."""

from __future__ import annotations

import numpy as np

from cim.geocentric import GEODETIC, geodetic
from cim.pieces import Piece
from cim.tiles3d_file import Tile
from twin.data import Mesh, Surface
from twin.frame import Frame
from twin.readers import Request


class JoinedTiles:
    """`located`: the points are geocentric; `shift_m` is added to their heights."""

    def __init__(self, request: Request, located: bool, shift_m: float):
        self.frame: Frame = request.frame
        self.located, self.shift_m = located, shift_m
        self.points, self.triangles, self.feature, self.surface = [], [], [], []
        self.rows: list[dict] = []
        self.surfaces: dict[Surface, int] = {}
        self.count = 0

    def add(self, piece: Piece, tile: Tile) -> None:
        points = piece.points @ tile.transform[:3, :3].T + tile.transform[:3, 3]
        batch = np.zeros(len(points), np.int64) if piece.batch is None else piece.batch
        names, index = np.unique(batch, return_inverse=True)
        surface = self.surfaces.setdefault(Surface(color=piece.color[:3]), len(self.surfaces))
        self.points.append(self._local(points).astype(np.float32))
        self.triangles.append(piece.triangles + self.count)
        self.feature.append(len(self.rows) + index.ravel())
        self.surface.append(np.full(len(points), surface, np.int16))
        self.count += len(points)
        self.rows += [_row(piece, tile, int(n)) for n in names]

    def _local(self, points: np.ndarray) -> np.ndarray:
        if not self.located:
            return points
        lonlat = geodetic(points)
        local = self.frame.to_local(*lonlat.T, crs=GEODETIC)
        local[:, 2] += self.shift_m
        return local

    def mesh(self) -> Mesh:
        import pyarrow as pa

        from cim.city_shapes import column_of
        if not self.points:
            return Mesh()
        names = dict.fromkeys(k for row in self.rows for k in row)
        table = pa.table({name: column_of([row.get(name) for row in self.rows]) for name in names})
        return Mesh(points=np.concatenate(self.points), triangles=np.concatenate(self.triangles).astype(np.int32),
                    vertex_feature=np.concatenate(self.feature).astype(np.int32),
                    vertex_surface=np.concatenate(self.surface), surfaces=tuple(self.surfaces), features=table,
                    count=len(self.rows))


def _row(piece: Piece, tile: Tile, batch: int) -> dict:
    """The row of the batch or property table, else the part's name."""
    columns = piece.attributes.get("batch_table") or {}
    own = {name: values[batch] for name, values in columns.items() if 0 <= batch < len(values)}
    if piece.table is not None and 0 <= batch < piece.table.num_rows:
        own |= piece.table.slice(batch, 1).to_pylist()[0]
    return {"name": piece.name, **{k: v for k, v in piece.attributes.items() if k != "batch_table"}, **own,
            "tile_depth": tile.depth}
