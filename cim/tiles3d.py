"""3D Tiles on disk as one city model: refined as far as the layer asks, or as a budget of triangles allows."""

from __future__ import annotations

import heapq
import math
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from cim import placing
from cim.gltf import notes_of
from cim.pieces import Piece
from cim.tiles3d_file import Tile, Tileset, pieces_of
from twin.data import Mesh, Surface
from twin.frame import Frame
from twin.layer import Source
from twin.readers import Info, Progress, Request, reader
from twin.text import tr
from twin.trouble import Trouble

MOST_TRIANGLES = 3_000_000
EARTH_M = (6.2e6, 6.5e6)                  # from the Earth's centre: geocentric coordinates of something on it
GEOCENTRIC, GEODETIC = "EPSG:4978", "EPSG:4979"


def sniff(path: Path, head: bytes) -> float:
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    return 0.95 if (text[:1] == b"{" and b'"asset"' in head and b'"geometricError"' in head and b'"root"' in head
                    ) else 0.0


def inspect(path: Path, source: Source) -> list[Info]:
    tileset = Tileset(path)
    tiles = list(_all(tileset.root))
    lonlat = _whereabouts(tileset)
    place = placing.georef(source, GEODETIC if lonlat else "", "file", None)
    depths = max(t.depth for t in tiles)
    return [Info(path=str(path), kind="city", format=f"3D Tiles {tileset.version}", name=path.parent.name,
                 crs=place.crs, crs_source=place.source, extent=lonlat, count=sum(len(t.contents) for t in tiles),
                 units="m", notes=(*place.notes, tr("{n} tiles in {depth} levels.", n=len(tiles), depth=depths + 1),
                                   *_missing(tileset)),
                 suggest={"faces": "material", "windows": False, "edges": False},
                 extra={"lods": [str(d) for d in range(depths + 1)], "tiles": len(tiles)})]


def _all(tile: Tile):
    yield tile
    for child in tile.children:
        yield from _all(child)


def _missing(tileset: Tileset) -> tuple[str, ...]:
    if not tileset.missing:
        return ()
    names = list(tileset.missing)
    return (tr("{n} files of it are not there ({names}): coarser tiles stand in their place.", n=len(names),
               names=", ".join(names[:3])),)


def _whereabouts(tileset: Tileset) -> tuple[float, ...] | None:
    """Degrees and metres of the root: its region, or the place of its transform; None for local metres."""
    region = tileset.root.region
    if region:
        west, south, east, north = map(math.degrees, region[:4])
        return (west, south, region[4], east, north, region[5])
    origin = tileset.root.transform[:3, 3]
    if not EARTH_M[0] < np.linalg.norm(origin) < EARTH_M[1]:
        return None
    lon, lat, height = _geodetic(origin[None])[0]
    return (float(lon), float(lat), float(height), float(lon), float(lat), float(height))


def _geodetic(points: np.ndarray) -> np.ndarray:
    """(n, 3) geocentric metres to longitude, latitude, ellipsoidal height."""
    import pyproj
    transformer = pyproj.Transformer.from_crs(GEOCENTRIC, GEODETIC, always_xy=True)
    return np.stack(transformer.transform(*points.T), axis=1)


@reader("tiles3d", label="3D Tiles", suffixes=("tileset.json",), sniff=sniff, inspect=inspect)
def read(request: Request, progress: Progress) -> Mesh:
    """`Mesh` with absolute z, a feature per batch or part. `source.lod` limits the depth of the tiles."""
    tileset = Tileset(request.path)
    limit = int(request.source.lod) if request.source.lod.isdigit() else None
    chosen = refined(tileset, limit, progress)
    located = _whereabouts(tileset) is not None
    joined = _Joined(request, located)
    for tile, pieces in chosen.shown:
        for piece in pieces:
            joined.add(piece, tile)
    place = placing.georef(request.source, GEODETIC if located else "", "file", None, request.frame)
    mesh = joined.mesh()
    notes = () if located else (tr("It has no place on the Earth: it stands at the project's origin."),)
    progress(1.0)
    return replace(mesh, crs=place.crs, crs_source=place.source, notes=(
        *notes, *_missing(tileset), *_depth_said(chosen), *notes_of(chosen.skipped, None), *_odd(chosen.skipped)))


@dataclass
class _Chosen:
    shown: list[tuple[Tile, list[Piece]]]
    skipped: Counter
    left: int = 0                         # tiles with finer ones that were not loaded
    broken: int = 0


def refined(tileset: Tileset, limit: int | None, progress: Progress) -> _Chosen:
    """The tiles to draw: the coarsest errors are refined first, until depth or budget end it.

    A tile that is replaced stays where none of its children has content that can be read.
    """
    chosen = _Chosen([], Counter())
    held: dict[int, tuple[Tile, list[Piece]]] = {}
    queue: list[tuple[float, int, Tile]] = []
    serial = triangles = done = 0

    def load(tile: Tile) -> int:
        nonlocal serial
        pieces = [p for path in tile.contents for p in _pieces(path, chosen)]
        held[id(tile)] = (tile, pieces)
        serial += 1
        heapq.heappush(queue, (-tile.error_m, serial, tile))
        return sum(len(p.triangles) for p in pieces)

    triangles += load(tileset.root)
    while queue:
        _, _, tile = heapq.heappop(queue)
        done += 1
        progress(done, max(tileset.count, done), tr("Reading tiles"))
        if not tile.children:
            continue
        if (limit is not None and tile.depth >= limit) or triangles > MOST_TRIANGLES:
            chosen.left += 1
            continue
        triangles += sum(load(child) for child in tile.children)
        if tile.replace and any(held[id(c)][1] or c.children for c in tile.children):
            triangles -= sum(len(p.triangles) for p in held.pop(id(tile))[1])
    chosen.shown = [(tile, pieces) for tile, pieces in held.values() if pieces]
    return chosen


def _pieces(path: Path, chosen: _Chosen) -> list[Piece]:
    """Of one file; a broken one is counted, the others still show."""
    try:
        return pieces_of(path, chosen.skipped)
    except (Trouble, ValueError, KeyError, TypeError, IndexError):
        chosen.broken += 1
        return []


def _depth_said(chosen: _Chosen) -> tuple[str, ...]:
    notes = (tr("{n} tiles have finer ones that are not loaded.", n=chosen.left),) if chosen.left else ()
    if chosen.broken:
        notes += (tr("{n} tiles are broken and were skipped.", n=chosen.broken),)
    if not chosen.shown:
        notes += (tr("It holds no tiles with triangles."),)
    return notes


def _odd(skipped: Counter) -> tuple[str, ...]:
    kinds = {k: skipped[k] for k in ("pnts", "i3dm") if skipped[k]}
    notes = tuple(tr("{n} tiles of type {kind} are not shown.", n=n, kind=kind) for kind, n in kinds.items())
    return notes + ((tr("{n} binary columns of batch tables are not shown.", n=skipped["binary"]),)
                    if skipped["binary"] else ())


class _Joined:
    """Pieces of all tiles as one mesh in the frame."""

    def __init__(self, request: Request, located: bool):
        self.frame: Frame = request.frame
        self.located, self.source = located, request.source
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
        lonlat = _geodetic(points)
        return self.frame.to_local(*lonlat.T, crs=GEODETIC, height_datum=self.source.height_datum)

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
