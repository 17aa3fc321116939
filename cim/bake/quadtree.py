"""Which feature goes into which tile: the finest tiles hold the features, the tiles above stand for all below them.

A tile whose features fit a budget of triangles is a leaf; any other is quartered. What an inner tile draws is made of
all leaves below it (`masses.py`), and is replaced by them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from cim.bake.shards import BITS

MOST_TRIANGLES = 50_000                   # of one tile: about 3 MB


@dataclass
class Node:
    """`members` rows of all features, of a leaf only; an inner tile has `children`."""

    level: int
    x: int
    y: int
    members: np.ndarray
    children: list[Node] = field(default_factory=list)

    @property
    def name(self) -> str:
        return f"{self.level}/{self.x}/{self.y}"

    def every(self) -> Iterator[Node]:
        """This tile and all below, parents first."""
        yield self
        for child in self.children:
            yield from child.every()

    def leaves(self) -> Iterator[Node]:
        return (node for node in self.every() if not node.children)


def grown(codes: np.ndarray, cost: np.ndarray, most: int) -> Node:
    """The tree of all features that cost anything. `codes` (n,) u8 Morton codes of `BITS` bits a side."""
    rows = np.flatnonzero(cost > 0)
    return _grown(0, 0, 0, rows[np.argsort(codes[rows], kind="stable")], codes, cost, most)


def _grown(level: int, x: int, y: int, rows: np.ndarray, codes, cost, most: int) -> Node:
    """`rows` in the order of their codes. Levels in which all lies in one quarter are left out."""
    if level == BITS or len(rows) == 1 or cost[rows].sum() <= most:
        return Node(level, x, y, rows)
    quadrant = (codes[rows] >> np.uint64(2 * (BITS - 1 - level))) & np.uint64(3)
    parts = [(q, rows[quadrant == q]) for q in range(4)]
    below = [_grown(level + 1, 2 * x + (q & 1), 2 * y + (q >> 1), part, codes, cost, most)
             for q, part in parts if len(part)]
    return below[0] if len(below) == 1 else Node(level, x, y, rows[:0], below)
