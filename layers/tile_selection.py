"""Which tiles of a pyramid a camera needs: as coarse as a tolerance in pixels allows, only what is in sight.

Neighbours never differ by more than one level, so that an edge can be matched by dropping every other post of
the finer side: both sides then have the very same corners, and no crack can open.
"""

from __future__ import annotations

import numpy as np

from twin.ground import Surface
from twin.pyramid import TILE, Level, levels_of
from twin.sight import Sight, distance_m, in_sight

Key = tuple[int, int, int]                                   # level, row, column
SOUTH, EAST, NORTH, WEST = 1, 2, 4, 8                        # bits: the neighbour on that side is coarser
SIDES = ((SOUTH, -1, 0), (EAST, 0, 1), (NORTH, 1, 0), (WEST, 0, -1))


class TilePyramid:
    """All tiles of a surface as they are drawn. Per level, finest first: `boxes` (rows, cols, 6) f8 min x, y, z, max x,
    y, z; `known` (rows, cols) bool; `error_m` (rows, cols) f4."""

    def __init__(self, surface: Surface):
        levels = levels_of(surface.grid)
        self.strides = [facts.stride for facts in levels]
        self.boxes = [_boxes(surface, facts) for facts in levels]
        self.known = [facts.low <= facts.high for facts in levels]
        self.error_m = [facts.error * surface.exaggeration for facts in levels]

    def chosen(self, sight: Sight, tolerance_px: float, most: int) -> dict[Key, int]:
        """Tile -> bits of its coarser neighbours, the finest first. The tolerance grows where it would take more than
        `most` tiles."""
        while self.boxes:
            leaves = _balanced(_leaves(self, sight, tolerance_px), self, sight)
            if len(leaves) <= most:
                return {key: _coarser_sides(key, leaves) for key in sorted(leaves)}
            tolerance_px *= 1.25
        return {}


def _boxes(surface: Surface, facts: Level) -> np.ndarray:
    grid = surface.grid
    rows, cols = grid.heights.shape
    row, col = np.indices(facts.shape)
    across = TILE * facts.stride
    west, south = grid.x0 + grid.dx * col * across, grid.y0 + grid.dy * row * across
    east = grid.x0 + grid.dx * np.minimum((col + 1) * across, cols - 1)
    north = grid.y0 + grid.dy * np.minimum((row + 1) * across, rows - 1)
    low, high = (z * surface.exaggeration + surface.offset_m for z in (facts.low, facts.high))
    return np.stack([west, south, low, east, north, high], axis=-1)


def _leaves(pyramid: TilePyramid, sight: Sight, tolerance_px: float) -> set[Key]:
    """From the coarsest level down; a tile is split while its error is seen."""
    level = len(pyramid.boxes) - 1
    row, col = (a.reshape(-1) for a in np.indices(pyramid.known[level].shape))
    out: set[Key] = set()
    while len(row):
        seen = pyramid.known[level][row, col]
        row, col = row[seen], col[seen]
        box = pyramid.boxes[level][row, col]
        seen = in_sight(box, sight)
        row, col, box = row[seen], col[seen], box[seen]
        if level == 0:
            split = np.zeros(len(row), bool)
        else:
            split = pyramid.error_m[level][row, col] * sight.pixels > tolerance_px * distance_m(box, sight.eye)
        out.update((level, r, c) for r, c in zip(row[~split].tolist(), col[~split].tolist()))
        if level == 0:
            break
        row, col = _children(row[split], col[split], pyramid.known[level - 1].shape)
        level -= 1
    return out


def _children(row: np.ndarray, col: np.ndarray, shape: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    rows = (2 * row[:, None] + np.array([0, 0, 1, 1])).reshape(-1)
    cols = (2 * col[:, None] + np.array([0, 1, 0, 1])).reshape(-1)
    inside = (rows < shape[0]) & (cols < shape[1])
    return rows[inside], cols[inside]


def _balanced(leaves: set[Key], pyramid: TilePyramid, sight: Sight) -> set[Key]:
    """Split leaves that touch one which is more than one level finer."""
    todo = list(leaves)
    while todo:
        level, row, col = todo.pop()
        if (level, row, col) not in leaves:
            continue
        for _, dr, dc in SIDES:
            coarse = _leaf_at(leaves, level, row + dr, col + dc, len(pyramid.boxes))
            if coarse is None or coarse[0] <= level + 1:
                continue
            leaves.remove(coarse)
            fine = coarse[0] - 1
            rows, cols = _children(*(np.array([v]) for v in coarse[1:]), pyramid.known[fine].shape)
            kept = pyramid.known[fine][rows, cols]
            rows, cols = rows[kept], cols[kept]
            kept = in_sight(pyramid.boxes[fine][rows, cols], sight)
            children = [(fine, r, c) for r, c in zip(rows[kept].tolist(), cols[kept].tolist())]
            leaves.update(children)
            todo += [*children, (level, row, col)]
    return leaves


def _leaf_at(leaves: set[Key], level: int, row: int, col: int, levels: int) -> Key | None:
    """The leaf of this level or coarser that covers a place given as a tile of `level`."""
    if row < 0 or col < 0:
        return None
    for up in range(levels - level):
        key = (level + up, row >> up, col >> up)
        if key in leaves:
            return key
    return None


def _coarser_sides(key: Key, leaves) -> int:
    level, row, col = key
    bits = 0
    for side, dr, dc in SIDES:
        if row + dr >= 0 and col + dc >= 0 and (level + 1, (row + dr) >> 1, (col + dc) >> 1) in leaves \
                and ((row + dr) >> 1, (col + dc) >> 1) != (row >> 1, col >> 1):
            bits |= side
    return bits
