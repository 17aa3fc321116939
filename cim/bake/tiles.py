"""One tile: its features gathered from the shards, raised, set on the ground, turned to the Earth, and written."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np

from cim.bake.glb import Block, glb
from cim.bake.inputs import FOOTPRINTS, Dataset
from cim.bake.metadata import ROW, Property
from cim.bake.shards import GEOMETRY, OWN, read_arrow
from cim.bake.store import Store
from cim.geocentric import geocentric, level_axes
from twin import readers
from twin.data import HeightGrid
from twin.frame import Frame
from twin.ground import Ground, Surface
from twin.layer import Source
from twin.readers import Progress, Request

BLOCK_M = 4096.0                          # a side of a block of features that share a place
FOOT_M = 3.0                              # walls reach below the ground, or slopes show gaps
RIM_POSTS = 16                            # around a tile that are read too: the rim of a window is blended


@dataclass(frozen=True, eq=False)
class Spec:
    """A tile to make: `name` in the data set's folder, and per shard which of its rows (positions)."""

    name: str
    members: list[tuple[int, np.ndarray]]


@dataclass(frozen=True, eq=False)
class Work:
    """What all tiles of a data set share. `shards`: folder of each; `first_row` in the table of all of them."""

    data: Dataset
    store: Store
    shards: list[str]
    first_row: list[int]
    properties: list[Property]
    terrains: tuple[Source, ...] = ()


@dataclass(frozen=True, eq=False)
class _Model:
    """Triangles of a tile in the frame's metres, f8, with the table of its features."""

    points: np.ndarray
    triangles: np.ndarray
    feature: np.ndarray
    table: object
    colors: np.ndarray | None = None


def make(work: Work, specs: list[Spec], progress: Progress) -> list[dict]:
    """Runs in a worker: write some tiles; of each what the manifest and the tileset need."""
    return [_made(work, spec) for spec in specs]


def _made(work: Work, spec: Spec) -> dict:
    model = (_footprints if work.data.form == FOOTPRINTS else _shapes)(work, spec)
    axes = axes_of(work.data.frame)
    local = in_axes(model.points, work.data.frame, axes)
    written = work.store.put(f"{work.data.name}/tiles/{spec.name}.glb",
                             glb(_blocks(model, local), model.table, work.properties))
    return {"file": written, "box": [*map(float, local.min(axis=0)), *map(float, local.max(axis=0))],
            "features": model.table.num_rows, "triangles": len(model.triangles)}


def axes_of(frame: Frame) -> np.ndarray:
    """(4, 4) f8: level axes at the frame's origin, to geocentric metres. The transform of the tileset."""
    lon, lat, _ = frame.to_lonlat(np.zeros((1, 3)))[0]
    return level_axes(float(lon), float(lat))


def in_axes(points: np.ndarray, frame: Frame, axes: np.ndarray) -> np.ndarray:
    """(n, 3) f8 metres of the frame to those axes. Heights are taken as above the ellipsoid, as everywhere here."""
    return (geocentric(frame.to_lonlat(points)) - axes[:3, 3]) @ axes[:3, :3]


def _blocks(model: _Model, local: np.ndarray) -> list[Block]:
    """The model in squares, each about the middle of its own points."""
    first = np.full(model.table.num_rows, -1, np.int64)
    first[model.feature[::-1]] = np.arange(len(local))[::-1]
    cell = np.floor(local[first[model.feature]][:, :2] / BLOCK_M + 0.5).astype(np.int64)
    _, block = np.unique(cell, axis=0, return_inverse=True)
    block = block.ravel()
    of_triangle = block[model.triangles[:, 0]]
    out = []
    for number in range(int(block.max()) + 1):
        mine = np.flatnonzero(block == number)
        place = np.round((local[mine].min(axis=0) + local[mine].max(axis=0)) / 2)
        back = np.zeros(len(local), np.int64)
        back[mine] = np.arange(len(mine))
        out.append(Block(place, (local[mine] - place).astype(np.float32), back[model.triangles[of_triangle == number]],
                         model.feature[mine], None if model.colors is None else model.colors[mine]))
    return out


# -- footprints ----------------------------------------------------------------------------------------------


def _footprints(work: Work, spec: Spec) -> _Model:
    import pyarrow as pa
    import shapely

    from cim.footprints import extrude, rings_of
    from cim.placing import to_local
    data, table = work.data, _table(work, spec)
    shapes = shapely.from_wkb(table.column(GEOMETRY).to_numpy(zero_copy_only=False))
    polygons, feature = shapely.get_parts(shapes, return_index=True)

    def local(xy: np.ndarray) -> np.ndarray:
        return to_local(data.place, data.frame, *np.ascontiguousarray(xy.T))[:, :2]

    rings = rings_of(polygons, feature, local)
    owner = feature[rings.polygon_of_point]
    sums = [np.bincount(owner, rings.xy[:, i], minlength=len(shapes)) for i in (0, 1)]
    middle = np.stack(sums, axis=1) / np.maximum(np.bincount(owner, minlength=len(shapes)), 1)[:, None]
    heights = table.column("height_used_m").to_numpy().astype(np.float64)
    mesh = extrude(replace(rings, xy=rings.xy - middle[owner]), heights, len(shapes))
    points = mesh.points.astype(np.float64)
    points[:, :2] += middle[mesh.vertex_feature]
    if work.terrains:
        ground = _ground(work, middle).height_at(middle).astype(np.float64)
        points[mesh.facade[:, 1] <= 0.0, 2] -= FOOT_M
        points[:, 2] += ground[mesh.vertex_feature]
        table = table.append_column("ground_m", pa.array(ground.astype(np.float32)))
    return _Model(points, mesh.triangles, mesh.vertex_feature, table)


def _ground(work: Work, xy: np.ndarray) -> Ground:
    """The terrains around a tile, of a large one the window that is read at full resolution."""
    surfaces = []
    for source in work.terrains:
        grid = _terrain(source, work.data.frame)
        if grid.finer is not None and max(np.ptp(xy, axis=0)) < BLOCK_M:
            rim = RIM_POSTS * grid.finer.native_m
            box = (*map(float, xy.min(axis=0) - rim), *map(float, xy.max(axis=0) + rim))
            surfaces.append(Surface(grid.finer(box, grid.finer.native_m, grid, Progress())))
        surfaces += [Surface(part) for part in (*grid.parts, grid)]
    return Ground(tuple(surfaces))


@lru_cache(maxsize=8)
def _terrain(source: Source, frame: Frame) -> HeightGrid:
    """Read once by each worker."""
    readers.discover()
    return readers.read(Request(source=source, kind="terrain", frame=frame), Progress())


# -- models --------------------------------------------------------------------------------------------------


def _shapes(work: Work, spec: Spec) -> _Model:
    table = _table(work, spec)
    (shard, rows), = spec.members
    held = {path.stem: np.load(path, mmap_mode="r") for path in Path(work.shards[shard]).glob("*.npy")}
    vertex_at, triangle_at = held["vertex_at"], held["triangle_at"]
    sizes, cells = vertex_at[rows + 1] - vertex_at[rows], triangle_at[rows + 1] - triangle_at[rows]
    vertices, triangles = _spread(vertex_at[rows], sizes), _spread(triangle_at[rows], cells)
    start = np.cumsum(sizes) - sizes
    return _Model(held["points"][vertices], held["triangles"][triangles] + np.repeat(start, cells)[:, None],
                  np.repeat(np.arange(len(rows)), sizes), table,
                  held["colors"][vertices] if "colors" in held else None)


def _spread(starts: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """start, start + 1, … start + count - 1 of each, in one array."""
    ends = np.cumsum(counts)
    return np.arange(ends[-1] if len(ends) else 0) + np.repeat(starts - (ends - counts), counts)


def _table(work: Work, spec: Spec):
    """The rows of the tile's features, with the row that each has in the whole table."""
    import pyarrow as pa
    parts = []
    for shard, rows in spec.members:
        part = read_arrow(Path(work.shards[shard]) / work_file(work.data)).take(rows)
        part = part.drop_columns([name for name in OWN if name in part.column_names])
        parts.append(part.append_column(ROW, pa.array((rows + work.first_row[shard]).astype(np.int32))))
    return pa.concat_tables(parts, promote_options="permissive")


def work_file(data: Dataset) -> str:
    """The Arrow file in a shard's folder."""
    return "rows.arrow" if data.form != "shapes" else "shapes.arrow"
