"""One tile of features: what `tile_models` gathers is turned to the Earth and written.

What tiles above need to know of the features (`masses.py`) is put into the scratch beside the shards.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from cim.bake import masses
from cim.bake.glb import Block, glb
from cim.bake.masses import WIDTH
from cim.bake.metadata import ROW
from cim.bake.shards import PLACE, read_arrow, write_npy
from cim.bake.skins import TILE_PX, textures
from cim.bake.tile_models import Model, Spec, Work, model_of, work_file
from cim.geocentric import geocentric, level_axes
from twin.frame import Frame
from twin.readers import Progress

FAR = "far"                               # folder of the summaries
BLOCK_M = 4096.0                          # a side of a block of features that share a place


def make(work: Work, specs: list[Spec], progress: Progress) -> list[dict]:
    """Runs in a worker: write some tiles; of each what the manifest and the tileset need."""
    return [_made(work, spec) for spec in specs]


def _made(work: Work, spec: Spec) -> dict:
    model = model_of(work, spec)
    write_npy(_summary(model, work, spec), summary_file(work, spec.name))
    return written(work, spec.name, model)


def written(work: Work, name: str, model: Model, picture_px: int = TILE_PX) -> dict:
    axes = axes_of(work.data.frame)
    local = in_axes(model.points, work.data.frame, axes)
    group, uv, pictures = (textures(model.skin, Path(work.data.source.path), picture_px) if model.skin
                           else (np.zeros(len(local), np.int32), None, []))
    file = work.store.put(f"{work.data.name}/tiles/{name}.glb",
                          glb(_blocks(model, local, group, uv), model.table, work.properties, pictures))
    return {"file": file, "box": [*map(float, local.min(axis=0)), *map(float, local.max(axis=0))],
            "features": model.table.num_rows, "triangles": len(model.triangles)}


def summary_file(work: Work, name: str) -> Path:
    return Path(work.shards[0]).parent / FAR / f"{name.replace('/', '-')}.npy"


def _summary(model: Model, work: Work, spec: Spec) -> np.ndarray:
    """(features, WIDTH) f8 as `masses.py` reads it."""
    count = model.table.num_rows
    out = np.zeros((count, WIDTH))
    out[:, masses.ROW] = model.table.column(ROW).to_numpy()
    out[:, masses.CODE] = np.concatenate([read_arrow(Path(work.shards[shard]) / work_file(work.data)).column(
        PLACE).to_numpy()[rows] for shard, rows in spec.members])
    out[:, masses.COST] = np.bincount(model.feature[model.triangles[:, 0]], minlength=count)
    out[:, masses.AREA], out[:, masses.VOLUME] = model.area, model.volume
    low, high = np.full((count, 3), np.inf), np.full((count, 3), -np.inf)
    np.minimum.at(low, model.feature, model.points)
    np.maximum.at(high, model.feature, model.points)
    low[:, 2], high[:, 2] = model.foot, model.top
    out[:, masses.LOW], out[:, masses.HIGH] = low, high
    if model.colors is not None:
        vertices = np.maximum(np.bincount(model.feature, minlength=count), 1)
        out[:, masses.RGBA] = np.stack([np.bincount(model.feature, c, minlength=count) / vertices
                                        for c in model.colors.T], axis=1)
    return out


def axes_of(frame: Frame) -> np.ndarray:
    """(4, 4) f8: level axes at the frame's origin, to geocentric metres. The transform of the tileset."""
    lon, lat, _ = frame.to_lonlat(np.zeros((1, 3)))[0]
    return level_axes(float(lon), float(lat))


def in_axes(points: np.ndarray, frame: Frame, axes: np.ndarray) -> np.ndarray:
    """(n, 3) f8 metres of the frame to those axes: heights of its datum become heights above the ellipsoid."""
    lonlat = frame.to_lonlat(points)
    lonlat[:, 2] += frame.above_ellipsoid_m()
    return (geocentric(lonlat) - axes[:3, 3]) @ axes[:3, :3]


def _blocks(model: Model, local: np.ndarray, group: np.ndarray, uv: np.ndarray | None) -> list[Block]:
    """The model in squares, each about the middle of its own points and of one texture (`group`) or none."""
    first = np.full(model.table.num_rows, -1, np.int64)
    first[model.feature[::-1]] = np.arange(len(local))[::-1]
    cell = np.floor(local[first[model.feature]][:, :2] / BLOCK_M + 0.5).astype(np.int64)
    _, block = np.unique(np.column_stack([cell, group]), axis=0, return_inverse=True)
    block = block.ravel()
    of_triangle = block[model.triangles[:, 0]]
    out = []
    for number in range(int(block.max()) + 1):
        mine = np.flatnonzero(block == number)
        place = np.round((local[mine].min(axis=0) + local[mine].max(axis=0)) / 2)
        back = np.zeros(len(local), np.int64)
        back[mine] = np.arange(len(mine))
        out.append(Block(place, (local[mine] - place).astype(np.float32), back[model.triangles[of_triangle == number]],
                         model.feature[mine], None if model.colors is None else model.colors[mine],
                         int(group[mine[0]]), None if uv is None else uv[mine]))
    return out
