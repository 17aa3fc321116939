"""3D Tiles on disk: streamed, or as one city model, as fine as the layer asks or a budget of triangles allows."""

from __future__ import annotations

import heapq
import math
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from cim import placing
from cim.geocentric import GEODETIC, geocentric, geodetic, is_wide
from cim.gltf import notes_of
from cim.pieces import Piece
from cim.tile_heights import heights_of
from cim.tile_nodes import FAULTS, broken
from cim.tile_reader import baked_of, beside, open_tree
from cim.tile_source import Folder
from cim.tiles3d_file import Tile, Tileset, pieces_of, tree_of
from cim.tiles3d_joined import JoinedTiles
from twin.data import Mesh
from twin.layer import Source
from twin.readers import Info, Progress, Request, reader
from twin.text import tr
from twin.tile_tree import TileTree
from twin.trouble import Trouble

MOST_TRIANGLES = 3_000_000
EARTH_M = (6.2e6, 6.5e6)                  # from the Earth's centre: geocentric coordinates of something on it
WORLD = (-180.0, -90.0, 0.0, 180.0, 90.0, 0.0)


def sniff(path: Path, head: bytes) -> float:
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    return 0.95 if (text[:1] == b"{" and b'"asset"' in head and b'"geometricError"' in head and b'"root"' in head
                    ) else 0.0


def inspect(path: Path, source: Source) -> list[Info]:
    """One layer that streams; of a bake with several data sets, one for each of them."""
    said = tree_of(path)
    parts = [] if source.table else baked_parts(path, said)
    return [_of_part(path, source, name) for name in parts] or [_info(_part_of(path, source), source)]


def baked_parts(path: Path, said: dict) -> list[str]:
    """The folders of a bake's data sets, where its tileset names nothing else."""
    if (said.get("asset") or {}).get("generator") != "citytwin" or "content" in said["root"]:
        return []
    uris = [child["content"]["uri"] for child in said["root"].get("children") or () if "content" in child]
    names = [uri.removesuffix(f"/{path.name}") for uri in uris]
    return [name for name in names if "/" not in name and (path.parent / name / path.name).is_file()]


def _part_of(path: Path, source: Source) -> Path:
    """The tileset that a source means: `source.table` names a data set of a bake."""
    part = path.parent / source.table / path.name if source.table else path
    if not part.resolve().is_relative_to(path.parent.resolve()) or not part.is_file():
        raise Trouble(tr("There is no table {name!r} in this file.", name=source.table),
                      way_out=tr("Open the tileset again."), path=str(path))
    return part


def _of_part(path: Path, source: Source, name: str) -> Info:
    return replace(_info(path.parent / name / path.name, source), path=str(path), name=name, table=name)


def _info(path: Path, source: Source) -> Info:
    tileset = Tileset(path)
    tiles = list(_all(tileset.root))
    lonlat = _whereabouts(tileset)
    place = placing.georef(source, GEODETIC if lonlat else "", "file", None)
    depths = max(t.depth for t in tiles)
    rows = tileset.baked.get("rows")
    looks = ({"faces": "material", "windows": False, "edges": False} if rows is None
             else _baked_looks(tileset.baked) | _synthetic(path, tileset.baked))
    return Info(path=str(path), kind="tiles", format=f"3D Tiles {tileset.version}", name=path.parent.name,
                crs=place.crs, crs_source=place.source, extent=extent_of(lonlat),
                count=sum(len(t.contents) for t in tiles) if rows is None else rows,
                units="m", notes=(*place.notes, tr("{n} tiles in {depth} levels.", n=len(tiles), depth=depths + 1),
                                  *_missing(tileset)),
                suggest=looks, extra={"lods": [str(d) for d in range(depths + 1)], "tiles": len(tiles)})


def _baked_looks(baked: dict) -> dict:
    """With its textures where it has any, else by what its file was coloured by."""
    if baked.get("pictured"):
        return {"faces": "material", "windows": False}
    return {"color_by": baked["color_by"]} if baked.get("color_by") else {}


def _synthetic(path: Path, baked: dict) -> dict:
    """Whether all that was baked says of itself that it is synthetic: then the layer says so too."""
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq
    table = path.parent / str(baked.get("table", ""))
    if not table.is_file() or "synthetic" not in pq.read_schema(table).names:
        return {}
    column = pq.read_table(table, columns=["synthetic"]).column(0)
    said = pc.is_in(column.cast("string"), value_set=pa.array(["true", "True", "1", "yes"]))
    return {"synthetic": True} if pc.all(said).as_py() else {}


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
    """Degrees and metres of the root, lowest and highest; None for local metres."""
    return whereabouts(tileset.root.volume, tileset.root.transform)


def extent_of(lonlat: tuple[float, ...] | None) -> tuple[float, ...] | None:
    """What a file says of where it lies: the middle of the world is no place for a project."""
    return None if lonlat == WORLD else lonlat


def whereabouts(volume: dict, transform: np.ndarray) -> tuple[float, ...] | None:
    """Degrees and metres of a root tile: its region, or its box on the Earth; WORLD for one as wide as a continent,
    None for local metres."""
    if "region" in volume:
        west, south, east, north, low, high = volume["region"][:6]
        found = (math.degrees(west), math.degrees(south), low, math.degrees(east), math.degrees(north), high)
        return WORLD if is_wide(geocentric(np.array([found[:3], found[3:]]))) else found
    kind = next((k for k in ("box", "sphere") if k in volume), None)
    middle = np.array(volume[kind][:3] if kind else (0.0, 0.0, 0.0), np.float64)
    halves = (np.array(volume["box"][3:12]).reshape(3, 3) if kind == "box"
              else (volume["sphere"][3] if kind else 0.0) * np.eye(3))
    steps = np.array([(0, 0, 0), *((x, y, z) for x in (-1, 1) for y in (-1, 1) for z in (-1, 1))], float)
    points = (middle + steps @ halves) @ transform[:3, :3].T + transform[:3, 3]
    if is_wide(points):                    # the middle of a continent lies within the Earth
        return WORLD
    if not EARTH_M[0] < np.linalg.norm(points[0]) < EARTH_M[1]:
        return None
    lonlat = geodetic(points)
    return (*map(float, lonlat.min(axis=0)), *map(float, lonlat.max(axis=0)))


@reader("tiles3d", label="3D Tiles", suffixes=("tileset.json",), sniff=sniff, inspect=inspect)
def read(request: Request, progress: Progress) -> Mesh | TileTree:
    """`TileTree` for layers of kind "tiles"; a "city" is read whole."""
    path = _part_of(request.path, request.source)
    return _tree(path, request) if request.kind == "tiles" else _whole(path, request, progress)


def _tree(path: Path, request: Request) -> TileTree:
    try:
        said = tree_of(path)
        root = said["root"]
        transform = np.array(root.get("transform") or np.eye(4).ravel(), np.float64).reshape(4, 4).T
        located = whereabouts(root.get("boundingVolume") or {}, transform) is not None
        folder = path.parent.resolve()
        tree = open_tree(request, Folder(str(folder)), str(folder / path.name), located, baked_of(said))
    except FAULTS as error:
        raise Trouble(tr("This 3D Tiles tileset is broken or cut short."), cause=broken(error),
                      way_out=tr("Copy it again, or check it with the 3D Tiles validator."), path=str(path)) from None
    place = placing.georef(request.source, GEODETIC if located else "", "file", None, request.frame)
    notes = () if located else (tr("It has no place on the Earth: it stands at the project's origin."),)
    return replace(tree, crs=place.crs, crs_source=place.source, notes=(*notes, *tree.notes),
                   **beside(path, said, request))


def _whole(path: Path, request: Request, progress: Progress) -> Mesh:
    """`Mesh` with absolute z, a feature per batch or part. `source.lod` limits the depth of the tiles."""
    tileset = Tileset(path)
    limit = int(request.source.lod) if request.source.lod.isdigit() else None
    chosen = refined(tileset, limit, progress)
    located = _whereabouts(tileset) is not None
    heights = heights_of(request.source, request.frame, tileset.baked, located)
    joined = JoinedTiles(request, located, heights.shift_m)
    for tile, pieces in chosen.shown:
        for piece in pieces:
            joined.add(piece, tile)
    place = placing.georef(request.source, GEODETIC if located else "", "file", None, request.frame)
    mesh = joined.mesh()
    notes = () if located else (tr("It has no place on the Earth: it stands at the project's origin."),)
    progress(1.0)
    return replace(mesh, crs=place.crs, crs_source=place.source, notes=(
        *notes, *([heights.note] if heights.note else ()), *_missing(tileset), *_depth_said(chosen),
        *notes_of(chosen.skipped, None), *_odd(chosen.skipped)))


@dataclass
class _Chosen:
    shown: list[tuple[Tile, list[Piece]]]
    skipped: Counter
    left: int = 0                         # tiles with finer ones that were not loaded
    broken: list[str] = field(default_factory=list)         # the cause of each tile that cannot be read


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
        found = [p for path in tile.contents for p in _pieces(path, chosen)]
        pieces = [p for p in found if not p.dots]
        chosen.skipped["pnts"] += len(found) - len(pieces)
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
    except (*FAULTS, Trouble) as error:
        chosen.broken.append(broken(error))
        return []


def _depth_said(chosen: _Chosen) -> tuple[str, ...]:
    notes = (tr("{n} tiles have finer ones that are not loaded.", n=chosen.left),) if chosen.left else ()
    if chosen.broken:
        notes += (tr("{n} tiles cannot be read: {cause}", n=len(chosen.broken), cause=chosen.broken[0]),)
    if not chosen.shown:
        notes += (tr("It holds no tiles with triangles."),)
    return notes


def _odd(skipped: Counter) -> tuple[str, ...]:
    kinds = {k: skipped[k] for k in ("pnts",) if skipped[k]}
    notes = tuple(tr("{n} tiles of type {kind} are not shown.", n=n, kind=kind) for kind, n in kinds.items())
    return notes + ((tr("{n} binary columns of batch tables are not shown.", n=skipped["binary"]),)
                    if skipped["binary"] else ())
