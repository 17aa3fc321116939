"""Blocks for the view from afar: the features of a cell of the ground as one box of their area and their volume.

What is larger than a cell, or reaches farthest out of its block, stays as it is. The error of what is drawn is
measured both ways: how far a feature reaches out of its block, and how far a block reaches beyond its features.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cim.bake.shards import BITS

ROW, CODE, COST, AREA, VOLUME = range(5)
LOW, HIGH = slice(5, 8), slice(8, 11)
RGBA = slice(11, 15)
WIDTH = 15                                # columns of a summary, f8: one row for each feature of a tile
BOX_TRIANGLES = 10                        # walls and a roof; the ground hides the rest
LEAST_M = 0.1
FOR_CELLS = 2 / 3                         # of the budget; the rest is for what a block would show badly
STACKED = 1.2                             # features that cover their rectangle more often stand on each other
SAMPLES = 5                               # along each side of a block, where its distance to its features is measured


@dataclass(frozen=True, eq=False)
class Masses:
    """`kept` (k,) rows of the summary that stay as they are, `of` (n,) the block of each row, -1 where it is kept.

    Of each block: `low`, `high` (m, 3) f8 its box (foot at the mean ground), `foot` (m,) the lowest of its features,
    `area`, `volume`, `count`, and `rgba` (m, 4) u1 or None. `error_m`: of the whole.
    """

    kept: np.ndarray
    of: np.ndarray
    low: np.ndarray
    high: np.ndarray
    foot: np.ndarray
    area: np.ndarray
    volume: np.ndarray
    count: np.ndarray
    rgba: np.ndarray | None
    error_m: float

    @property
    def weight(self) -> np.ndarray:
        return np.maximum(self.area, 1e-6)


def merged(summary: np.ndarray, level: int, side_m: float, most: int, colored: bool) -> Masses:
    """The blocks of a tile of `level` within `most` triangles; `side_m` of the square that level 0 is."""
    size = np.linalg.norm(summary[:, HIGH] - summary[:, LOW], axis=1)
    cell, kept = _cells(summary, size, level, side_m, most * FOR_CELLS)
    first = _boxed(summary, _numbered(cell, kept), colored)
    off, cost = _beyond(summary, first), summary[:, COST]
    worst = np.argsort(-off, kind="stable")
    worst = worst[off[worst] > 0.0]
    left = most - cost[kept].sum() - BOX_TRIANGLES * len(first.count)
    kept[worst[np.cumsum(cost[worst]) <= left]] = True
    return _boxed(summary, _numbered(cell, kept), colored)


def _numbered(cell: np.ndarray, kept: np.ndarray) -> np.ndarray:
    """(n,) the block of each row, -1 of those that are kept."""
    _, block = np.unique(cell[~kept], return_inverse=True)
    of = np.full(len(cell), -1, np.int64)
    of[~kept] = block.ravel()
    return of


def _cells(summary: np.ndarray, size: np.ndarray, level: int, side_m: float, most: int):
    """(the cell of each row, which rows are kept): the finest cells whose blocks fit the budget."""
    codes, cost = summary[:, CODE].astype(np.uint64), summary[:, COST]
    for fine in range(BITS, level, -1):
        cell, large = codes >> np.uint64(2 * (BITS - fine)), size > side_m / 2 ** fine
        if cost[large].sum() + BOX_TRIANGLES * len(np.unique(cell[~large])) <= most:
            return cell, large
    by_size = np.argsort(-size, kind="stable")
    kept = np.zeros(len(size), bool)
    kept[by_size[np.cumsum(cost[by_size]) <= most - BOX_TRIANGLES]] = True        # the others are one block
    return codes >> np.uint64(2 * (BITS - level)), kept


def _boxed(summary: np.ndarray, of: np.ndarray, colored: bool) -> Masses:
    mine = np.flatnonzero(of >= 0)
    rows, block = summary[mine], of[mine]
    count = int(block.max()) + 1 if len(block) else 0
    weight = np.maximum(rows[:, AREA], 1e-6)

    def total(values: np.ndarray) -> np.ndarray:
        return np.bincount(block, values, minlength=count)

    low, high = np.full((count, 3), np.inf), np.full((count, 3), -np.inf)
    np.minimum.at(low, block, rows[:, LOW])
    np.maximum.at(high, block, rows[:, HIGH])
    area, volume, heavy = total(rows[:, AREA]), total(rows[:, VOLUME]), total(weight)
    spread = np.maximum((high - low)[:, :2], LEAST_M)
    room = spread.prod(axis=1)
    stacked = area > STACKED * room
    middle = (rows[:, LOW] + rows[:, HIGH])[:, :2] / 2
    centre = np.stack([total(weight * middle[:, i]) / heavy for i in (0, 1)], axis=1)
    half = spread * np.sqrt(np.clip(area, LEAST_M ** 2, room) / room)[:, None] / 2
    centre = np.clip(centre, low[:, :2] + half, np.maximum(high[:, :2] - half, low[:, :2] + half))
    foot = np.where(stacked, low[:, 2], total(weight * rows[:, LOW][:, 2]) / heavy)
    tall = np.maximum(volume / np.maximum(area, 1e-6), LEAST_M)
    top = np.where(stacked, high[:, 2], np.minimum(foot + tall, np.maximum(high[:, 2], foot + LEAST_M)))
    box_low, box_high = np.column_stack([centre - half, foot]), np.column_stack([centre + half, top])
    rgba = None
    if colored:
        rgba = np.stack([total(weight * v) / heavy for v in rows[:, RGBA].T], axis=1).round().astype(np.uint8)
    return Masses(np.flatnonzero(of < 0), of, box_low, box_high, low[:, 2], area, volume,
                  np.bincount(block, minlength=count), rgba, _error_m(rows, block, box_low, box_high))


def _beyond(summary: np.ndarray, blocks: Masses) -> np.ndarray:
    """(n,) how far each row's box reaches out of its block's, 0 of those that are kept."""
    out, mine = np.zeros(len(summary)), np.flatnonzero(blocks.of >= 0)
    if len(mine):
        out[mine] = _out_of(summary[mine], blocks.of[mine], blocks.low, blocks.high)
    return out


def _out_of(rows: np.ndarray, block: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Walls reach down to the lowest foot of a block: below, nothing reaches out."""
    beyond = np.maximum(low[block] - rows[:, LOW], rows[:, HIGH] - high[block])
    beyond[:, 2] = (rows[:, HIGH] - high[block])[:, 2]
    return np.linalg.norm(np.maximum(beyond, 0.0), axis=1)


def _error_m(rows: np.ndarray, block: np.ndarray, low: np.ndarray, high: np.ndarray) -> float:
    """The largest distance between blocks and the boxes of their features, both ways; never less than it is."""
    if not len(block):
        return 0.0
    error = float(_out_of(rows, block, low, high).max())
    step = (high - low) / (SAMPLES - 1)
    for shares in np.ndindex(SAMPLES, SAMPLES, 2):
        place = low + (high - low) * (shares[0] / (SAMPLES - 1), shares[1] / (SAMPLES - 1), shares[2])
        off = np.maximum(np.maximum(rows[:, LOW] - place[block], place[block] - rows[:, HIGH]), 0.0)
        nearest = np.full(len(low), np.inf)
        np.minimum.at(nearest, block, np.linalg.norm(off, axis=1))
        error = max(error, float((nearest + np.linalg.norm(step[:, :2], axis=1) / 2).max()))
    return error
