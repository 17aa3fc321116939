"""One tile for the view from afar: what is large as it is, all else as blocks with the attributes of what they hold."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cim.bake import masses
from cim.bake.masses import Masses
from cim.bake.metadata import ROW
from cim.bake.shards import read_arrow
from cim.bake.skins import FAR_PX, joined
from cim.bake.tile_models import FOOT_M, Model, Spec, Work, colors_of, model_of, work_file
from cim.bake.tiles import summary_file, written
from cim.bake.weighing import texts_of, weighed
from twin.readers import Progress
from twin.tile_tree import AREA, COUNT, VOLUME

GROUND = "ground_m"


@dataclass(frozen=True, eq=False)
class FarSpec:
    """A tile to make: `leaves` names of all leaves below it, `most` triangles that it may have."""

    name: str
    level: int
    leaves: tuple[str, ...]
    most: int


def make_far(work: Work, specs: list[FarSpec], progress: Progress) -> list[dict]:
    """Runs in a worker, when all leaves are made."""
    return [_made(work, spec) for spec in specs]


def _made(work: Work, spec: FarSpec) -> dict:
    summary = np.concatenate([np.load(summary_file(work, name)) for name in spec.leaves])
    summary = summary[np.argsort(summary[:, masses.ROW], kind="stable")]
    colored = bool(summary[:, masses.RGBA].any())
    blocks = masses.merged(summary, spec.level, work.side_m, spec.most, colored)
    models = [_blocks(work, summary, blocks)] if len(blocks.count) else []
    if len(blocks.kept):
        models.insert(0, model_of(work, Spec(spec.name, _members(work, summary[blocks.kept, masses.ROW]))))
    return written(work, spec.name, _joined(models), FAR_PX) | {"error_m": blocks.error_m}


def _members(work: Work, rows: np.ndarray) -> list[tuple[int, np.ndarray]]:
    """Rows of the whole table, ascending, as positions in the shards that hold them."""
    rows = rows.astype(np.int64)
    shard = np.searchsorted(work.first_row, rows, side="right") - 1
    return [(int(s), rows[shard == s] - work.first_row[s]) for s in np.unique(shard)]


def _blocks(work: Work, summary: np.ndarray, blocks: Masses) -> Model:
    count = len(blocks.count)
    west, south, east, north = *blocks.low[:, :2].T, *blocks.high[:, :2].T
    corners = np.stack([(west, south), (east, south), (east, north), (west, north)]).transpose(2, 0, 1)
    foot = blocks.foot - FOOT_M if work.terrains else blocks.low[:, 2]
    points = np.zeros((count, 20, 3))
    for side in range(4):
        a, b = corners[:, side], corners[:, (side + 1) % 4]
        for at, (place, z) in enumerate(((a, foot), (b, foot), (b, blocks.high[:, 2]), (a, blocks.high[:, 2]))):
            points[:, 4 * side + at, :2], points[:, 4 * side + at, 2] = place, z
    points[:, 16:, :2], points[:, 16:, 2] = corners, blocks.high[:, 2, None]
    first = 4 * np.arange(5)[:, None, None]
    of_one = (first + np.array([[0, 1, 2], [0, 2, 3]])).reshape(-1, 3)
    triangles = (20 * np.arange(count)[:, None, None] + of_one).reshape(-1, 3)
    colors = None if blocks.rgba is None else np.repeat(blocks.rgba, 20, axis=0)
    return Model(points.reshape(-1, 3), triangles, np.repeat(np.arange(count), 20), _table(work, summary, blocks),
                 blocks.foot, blocks.high[:, 2], blocks.area, blocks.volume, colors)


def _table(work: Work, summary: np.ndarray, blocks: Masses):
    """Attributes of the blocks, column by column, so that no more than one is held for all features below."""
    import pyarrow as pa
    mine = np.flatnonzero(blocks.of >= 0)
    rows, group = summary[mine], blocks.of[mine]
    count, weight = len(blocks.count), np.maximum(rows[:, masses.AREA], 1e-6)
    members = _members(work, rows[:, masses.ROW])
    tables = [(read_arrow(Path(work.shards[shard]) / work_file(work.data)), at) for shard, at in members]
    columns = {ROW: pa.nulls(count, pa.int32())}
    for p in work.properties:
        if p.name == GROUND and work.terrains:
            columns[p.name] = weighed(pa.chunked_array([pa.array(rows[:, masses.LOW][:, 2])]), group, weight, count,
                                      p.name)
        elif p.name not in (ROW, COUNT, AREA, VOLUME):
            whole = pa.concat_tables([_column(table, p.name, at) for table, at in tables],
                                     promote_options="permissive").column(0)
            columns[p.name] = weighed(whole, group, weight, count, p.name)
    return pa.table(columns | {COUNT: pa.array(blocks.count.astype(np.int32)),
                               AREA: pa.array(blocks.area.astype(np.float32)),
                               VOLUME: pa.array(blocks.volume.astype(np.float32))})


def _column(table, name: str, rows: np.ndarray):
    """One column of some rows as a table; nothing where this shard lacks it."""
    import pyarrow as pa
    if name not in table.column_names:
        return pa.table({name: pa.nulls(len(rows))})
    return table.select([name]).take(rows)


def _joined(models: list[Model]) -> Model:
    """One after the other, the features of the second behind those of the first."""
    import pyarrow as pa
    if len(models) == 1:
        return models[0]
    a, b = models
    skin = joined([(a.skin, len(a.points)), (b.skin, len(b.points))])
    return Model(np.concatenate([a.points, b.points]), np.concatenate([a.triangles, b.triangles + len(a.points)]),
                 np.concatenate([a.feature, b.feature + a.table.num_rows]),
                 pa.concat_tables([_texts_alike(a.table, b.table), _texts_alike(b.table, a.table)],
                                  promote_options="permissive"),
                 *(np.concatenate(pair) for pair in zip((a.foot, a.top, a.area, a.volume),
                                                        (b.foot, b.top, b.area, b.volume))), colors_of(models), skin)


def _texts_alike(table, other):
    """The columns that both have; what is a text in the other one is a text here too."""
    import pyarrow as pa
    names = [name for name in table.column_names if name in other.column_names]
    return pa.table({name: texts_of(table.column(name)) if pa.types.is_string(other.column(name).type)
                     else table.column(name) for name in names})
