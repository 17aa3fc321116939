"""A tiled city in the colours of a vital sign: houses in their own, blocks in that of the worst house in them,
or of the one that changed most between two instants.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from layers.canvas import Canvas
from layers.legend import Legend
from layers.sign_colors import SignColors, pale
from layers.verdict_colors import level_colors
from layers.zone_verdicts import places_of
from twin.data import Mesh
from twin.text import tr
from twin.tile_tree import Shown, TileTree
from twin.vitals.verdict import GREY


@dataclass(eq=False)
class BlockPlan:
    """The blocks of one tile from above, and which of them each house lies in; worked out once for the same houses."""

    blocks: np.ndarray                    # (b,) i8 their rows
    low: np.ndarray                       # (b, 2) metres
    high: np.ndarray
    houses: np.ndarray | None = None      # (h,) rows that `of` is for
    of: np.ndarray | None = None          # (h,) which block each lies in, -1 = none of these

    @classmethod
    def of_tile(cls, shown: Shown, first_block: int) -> BlockPlan:
        mesh: Mesh = shown.mesh
        mine = np.flatnonzero(shown.rows >= first_block)
        low, high = np.full((mesh.count, 2), np.inf), np.full((mesh.count, 2), -np.inf)
        for axis in (0, 1):
            np.minimum.at(low[:, axis], mesh.vertex_feature, mesh.points[:, axis])
            np.maximum.at(high[:, axis], mesh.vertex_feature, mesh.points[:, axis])
        mine = mine[np.isfinite(low[mine, 0])]
        return cls(shown.rows[mine], low[mine], high[mine])

    def blocks_of(self, houses: np.ndarray, middles: np.ndarray) -> np.ndarray:
        """(h,) the block that a house lies in, else the nearest where the tile's blocks lie around it; -1 = none."""
        if self.houses is None or not np.array_equal(self.houses, houses):
            self.houses, self.of = houses, self._found(middles)
        return self.of

    def _found(self, middles: np.ndarray) -> np.ndarray:
        out = np.full(len(middles), -1, np.int64)
        if not len(self.blocks):
            return out
        here = np.flatnonzero(((middles >= self.low.min(axis=0)) & (middles <= self.high.max(axis=0))).all(axis=1))
        for k in here.tolist():
            away = np.maximum(np.maximum(self.low - middles[k], middles[k] - self.high), 0.0)
            out[k] = int(np.argmin((away ** 2).sum(axis=1)))
        return out


class TileSigns:
    """What a layer of tiles says of its sign at a moment; `shown` while the camera is where that shows."""

    def __init__(self, canvas: Canvas):
        self._canvas = canvas
        self._said: SignColors | None = None
        self._layer = self._moment = self._tree = None
        self._plans: dict[int, tuple[Mesh, BlockPlan]] = {}       # tile -> its mesh and blocks
        self.painted = False                                      # whether the sign was shown when it was painted last

    def tell(self, layer, moment, tree: TileTree | None) -> None:
        there = layer.sign and tree is not None and tree.feature_rows
        self._said = SignColors(layer, moment, tree.feature_rows) if there else None
        self._layer, self._moment, self._tree = layer, moment, tree

    @property
    def shown(self) -> bool:
        return self._said is not None and self._layer.sign_shown(self._canvas.camera().distance)

    def colors(self, tiles: Iterable[Shown]) -> np.ndarray:
        """(features + blocks, 3) u1."""
        rows, theme = self._tree.feature_rows, self._moment.theme
        out = np.empty((rows + self._tree.block_rows, 3), np.uint8)
        out[:rows] = self._said.colors
        out[rows:] = pale(theme)
        if self._moment.vitals is None or self._tree.row_box is None:
            return out
        block, house = self._standing(list(tiles))
        if self._said.differ is None:
            levels = self._worst(block, self._said.said.verdicts[house])
            judged = np.flatnonzero(levels > GREY)
            out[rows + judged] = level_colors(theme)[levels[judged]]
        else:
            change = np.abs(self._said.differ.values[house])
            order = np.argsort(change)[:np.count_nonzero(np.isfinite(change))]     # the last one counts: the most
            out[rows + block[order]] = self._said.colors[house[order]]
        return out

    def _worst(self, block: np.ndarray, verdicts: np.ndarray) -> np.ndarray:
        """(blocks,) u1 the worst verdict in each."""
        out = np.zeros(self._tree.block_rows, np.uint8)
        np.maximum.at(out, block, verdicts)
        return out

    def _standing(self, tiles: list[Shown]) -> tuple[np.ndarray, np.ndarray]:
        """(block, house) of each house with sensors that is not drawn itself and lies in a block that is."""
        rows = self._tree.feature_rows
        _, houses = places_of(self._moment.vitals.groups, self._layer.id, rows)
        box = np.asarray(self._tree.row_box)
        drawn = np.zeros(rows, bool)
        for tile in tiles:
            drawn[tile.rows[tile.rows < rows]] = True
        alone = drawn[houses]
        middles = (box[houses, :2] + box[houses, 2:]) / 2
        found = [(np.zeros(0, np.int64), np.zeros(0, np.int64))]
        for plan in self._planned(tiles):
            of = plan.blocks_of(houses, middles)
            mine = np.flatnonzero((of >= 0) & ~alone)
            found.append((plan.blocks[of[mine]] - rows, houses[mine]))
        return tuple(np.concatenate(part) for part in zip(*found))

    def _planned(self, tiles: list[Shown]) -> list[BlockPlan]:
        rows = self._tree.feature_rows
        kept = {}
        for tile in tiles:
            if (tile.rows >= rows).any():
                held = self._plans.get(tile.node)
                kept[tile.node] = held if held and held[0] is tile.mesh else (tile.mesh, BlockPlan.of_tile(tile, rows))
        self._plans = kept
        return [plan for _, plan in kept.values()]

    def legend(self, blocks: bool) -> Legend | None:
        said = self._said.legend()
        if said is None or not blocks:
            return said
        words = tr("far blocks: the worst of their houses") if self._said.differ is None else \
            tr("far blocks: the largest change of their houses")
        return replace(said, note="; ".join(filter(None, (said.note, words))))

    def facts(self, feature: int) -> tuple[tuple[str, str], ...]:
        known = self._said is not None and feature < self._tree.feature_rows
        return self._said.facts(feature) if known else ()
