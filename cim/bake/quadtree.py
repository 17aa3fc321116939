"""Which feature goes into which tile: the largest ones above, so that what a coarse tile lacks is small.

A tile holds the largest features of its square, up to a budget of triangles; the others go into the four squares
below. Tiles are added to, never replaced. The geometric error of a tile is the size of the largest feature that is
only below it: true by construction, and it never grows on the way down.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from cim.bake.shards import BITS

MOST_TRIANGLES = 50_000                   # of one tile: about 3 MB


@dataclass
class Node:
    """`members` rows of all features; `error_m` the largest size among those below."""

    level: int
    x: int
    y: int
    members: np.ndarray
    error_m: float = 0.0
    children: list[Node] = field(default_factory=list)

    @property
    def name(self) -> str:
        return f"{self.level}/{self.x}/{self.y}"

    def every(self):
        """This tile and all below, parents first."""
        yield self
        for child in self.children:
            yield from child.every()


def grown(codes: np.ndarray, size_m: np.ndarray, cost: np.ndarray, most: int) -> Node:
    """The tree of all features that cost anything. `codes` (n,) u8 Morton codes of `BITS` bits a side."""
    rows = np.flatnonzero(cost > 0)
    rows = rows[np.argsort(codes[rows], kind="stable")]
    return _grown(0, 0, 0, rows, codes, size_m, cost, most)


def _grown(level: int, x: int, y: int, rows: np.ndarray, codes, size_m, cost, most: int) -> Node:
    if level == BITS or len(rows) == 1 or cost[rows].sum() <= most:
        return Node(level, x, y, rows)
    by_size = rows[np.argsort(-size_m[rows], kind="stable")]
    taken = max(1, int(np.searchsorted(np.cumsum(cost[by_size]), most, side="right")))
    own, rest = by_size[:taken], np.sort(by_size[taken:])
    rest = rest[np.argsort(codes[rest], kind="stable")]
    node = Node(level, x, y, own, float(size_m[rest].max()))
    quadrant = (codes[rest] >> np.uint64(2 * (BITS - 1 - level))) & np.uint64(3)
    for q in range(4):
        inside = rest[quadrant == q]
        if len(inside):
            node.children.append(_grown(level + 1, 2 * x + (q & 1), 2 * y + (q >> 1), inside, codes, size_m, cost,
                                        most))
    return node
