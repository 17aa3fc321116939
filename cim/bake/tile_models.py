"""What is in a tile: its features gathered from the shards, raised and set on the ground, in the frame's metres."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np

from cim.bake.inputs import FOOTPRINTS, Dataset
from cim.bake.metadata import ROW, Property
from cim.bake.shards import GEOMETRY, OWN, read_arrow
from cim.bake.skins import SKINS, Skin, joined
from cim.bake.store import Store
from twin import readers
from twin.data import HeightGrid
from twin.frame import Frame
from twin.ground import Ground, Surface
from twin.layer import Source
from twin.readers import Progress, Request
from twin.tile_tree import AREA, COUNT, VOLUME

WINDOW_M = 4096.0                         # a tile of more is not worth a window of the terrain
FOOT_M = 3.0                              # walls reach below the ground, or slopes show gaps
RIM_POSTS = 16                            # around a tile that are read too: the rim of a window is blended


@dataclass(frozen=True, eq=False)
class Spec:
    """A tile to make: `name` in the data set's folder, and per shard which of its rows (positions)."""

    name: str
    members: list[tuple[int, np.ndarray]]


@dataclass(frozen=True, eq=False)
class Work:
    """What all tiles of a data set share. `shards`: folder of each; `first_row` in the table of all of them; `side_m`
    of the square that is quartered."""

    data: Dataset
    store: Store
    shards: list[str]
    first_row: list[int]
    properties: list[Property]
    terrains: tuple[Source, ...] = ()
    side_m: float = 1.0
    skinned: bool = False                 # it has textures


@dataclass(frozen=True, eq=False)
class Model:
    """Triangles of a tile in the frame's metres, f8, with the table of its features.

    Of each feature: `foot` and `top` (n,) f8 metres, where it meets the ground and where it ends; `area`, `volume`
    (n,) f8 of its footprint and of what stands on it. `colors` (vertices, 4) u1. `skin`: textures of the vertices.
    """

    points: np.ndarray
    triangles: np.ndarray
    feature: np.ndarray
    table: object
    foot: np.ndarray
    top: np.ndarray
    area: np.ndarray
    volume: np.ndarray
    colors: np.ndarray | None = None
    skin: Skin | None = None


def model_of(work: Work, spec: Spec) -> Model:
    return (_footprints if work.data.form == FOOTPRINTS else _shapes)(work, spec)


def _footprints(work: Work, spec: Spec) -> Model:
    import pyarrow as pa
    import shapely

    from cim.footprints import areas, extrude, rings_of
    from cim.pitched import roofs_of
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
    rings = replace(rings, xy=rings.xy - middle[owner])
    mesh = extrude(rings, heights, len(shapes), roofs_of(table, len(shapes)))
    area, foot = areas(rings, len(shapes)), np.zeros(len(shapes))
    points = mesh.points.astype(np.float64)
    points[:, :2] += middle[mesh.vertex_feature]
    if work.terrains:
        foot = _ground(work, middle).height_at(middle).astype(np.float64)
        points[mesh.facade[:, 1] <= 0.0, 2] -= FOOT_M
        points[:, 2] += foot[mesh.vertex_feature]
        table = table.append_column("ground_m", pa.array(foot.astype(np.float32)))
    return Model(points, mesh.triangles, mesh.vertex_feature, _measured(table, area, area * heights), foot,
                 foot + heights, area, area * heights)


def _measured(table, area: np.ndarray, volume: np.ndarray):
    """The table with what a feature and a block are both told by."""
    import pyarrow as pa
    table = table.append_column(COUNT, pa.array(np.ones(table.num_rows, np.int32)))
    table = table.append_column(AREA, pa.array(area.astype(np.float32)))
    return table.append_column(VOLUME, pa.array(volume.astype(np.float32)))


def _ground(work: Work, xy: np.ndarray) -> Ground:
    """The terrains around a tile, of a large one the window that is read at full resolution."""
    surfaces = []
    for source in work.terrains:
        grid = _terrain(source, work.data.frame)
        if grid.finer is not None and max(np.ptp(xy, axis=0)) < WINDOW_M:
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


def _shapes(work: Work, spec: Spec) -> Model:
    table, parts = _table(work, spec), [_held(Path(work.shards[shard]), rows) for shard, rows in spec.members]
    counts = [len(rows) for _, rows in spec.members]
    first, shift = (np.cumsum([0, *sizes]) for sizes in (counts, [len(part.points) for part in parts]))
    points = np.concatenate([part.points for part in parts])
    cells = np.concatenate([part.triangles + at for part, at in zip(parts, shift)])
    feature = np.concatenate([part.feature + at for part, at in zip(parts, first)])
    count = int(first[-1])
    foot, top = np.full(count, np.inf), np.full(count, -np.inf)
    np.minimum.at(foot, feature, points[:, 2])
    np.maximum.at(top, feature, points[:, 2])
    area, volume = covered(points, cells, feature, foot)
    return Model(points, cells, feature, _measured(table, area, volume), foot, top, area, volume,
                 colors_of(parts), joined([(part.skin, len(part.points)) for part in parts]))


def colors_of(parts: list) -> np.ndarray | None:
    """(vertices, 4) u1 of several; white where one has no colours; None where none has."""
    if all(part.colors is None for part in parts):
        return None
    return np.concatenate([np.full((len(part.points), 4), 255, np.uint8) if part.colors is None else part.colors
                           for part in parts])


@dataclass(frozen=True, eq=False)
class _Held:
    """Some features of a shard."""

    points: np.ndarray
    triangles: np.ndarray
    feature: np.ndarray
    colors: np.ndarray | None
    skin: Skin | None


def _held(folder: Path, rows: np.ndarray) -> _Held:
    held = {path.stem: np.load(path, mmap_mode="r") for path in folder.glob("*.npy")}
    vertex_at, triangle_at = held["vertex_at"], held["triangle_at"]
    sizes, cells = vertex_at[rows + 1] - vertex_at[rows], triangle_at[rows + 1] - triangle_at[rows]
    vertices, triangles = _spread(vertex_at[rows], sizes), _spread(triangle_at[rows], cells)
    start = np.cumsum(sizes) - sizes
    cells = held["triangles"][triangles] + np.repeat(start, cells)[:, None]
    names = folder / SKINS
    skin = Skin(held["uv"][vertices], held["picture"][vertices],
                tuple(json.loads(names.read_text(encoding="utf-8")))) if names.exists() else None
    return _Held(held["points"][vertices], cells, np.repeat(np.arange(len(rows)), sizes),
                 held["colors"][vertices] if "colors" in held else None, skin)


def covered(points: np.ndarray, triangles: np.ndarray, feature: np.ndarray, foot: np.ndarray):
    """(area, volume) (features,) f8 of what lies under the roofs: the side of each feature that looks up, or of one
    that is inside out the other."""
    a, b, c = (points[triangles[:, i]] for i in range(3))
    signed = ((b - a)[:, 0] * (c - a)[:, 1] - (b - a)[:, 1] * (c - a)[:, 0]) / 2
    owner = feature[triangles[:, 0]]
    above = (a + b + c)[:, 2] / 3 - foot[owner]
    sides = [np.stack([np.bincount(owner, w, minlength=len(foot)) for w in (part, part * above)])
             for part in (np.maximum(signed, 0.0), np.maximum(-signed, 0.0))]
    up, down = sides
    return np.where(up[1] >= down[1], up, down)


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
