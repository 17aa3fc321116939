"""Houses for tests: boxes with one feature each, as a reader would give them."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from twin.data import Mesh

_CORNERS = np.array([[x, y, z] for z in (0, 1) for y in (0, 1) for x in (0, 1)], np.float32)
_TRIANGLES = np.array([[0, 2, 1], [1, 2, 3], [4, 5, 6], [5, 7, 6], [0, 1, 4], [1, 5, 4], [2, 6, 3], [3, 6, 7],
                       [0, 4, 2], [2, 4, 6], [1, 3, 5], [3, 7, 5]], np.int32)
_EDGES = np.array([[4, 5], [5, 7], [7, 6], [6, 4], [0, 4], [1, 5], [2, 6], [3, 7]], np.int32)


def boxes(low: np.ndarray, size: np.ndarray, *, relative: bool = False, **columns) -> Mesh:
    """`low` (n, 3) corners and `size` (n, 3), metres; `relative`: z is above the ground at each box's middle."""
    low, size = np.asarray(low, np.float32), np.asarray(size, np.float32)
    n = len(low)
    points = (low[:, None] + _CORNERS * size[:, None]).reshape(-1, 3)
    first = 8 * np.arange(n, dtype=np.int32)[:, None, None]
    return Mesh(points=points, triangles=(first + _TRIANGLES).reshape(-1, 3), edges=(first + _EDGES).reshape(-1, 2),
                vertex_feature=np.repeat(np.arange(n, dtype=np.int32), 8), count=n,
                features=pa.table(columns) if columns else None,
                base=(low + size / 2)[:, :2].astype(np.float32) if relative else None)


def block(side: int = 20, seed: int = 1) -> Mesh:
    """`side` * `side` boxes on a 30 m grid around the origin."""
    random = np.random.default_rng(seed)
    x, y = (30.0 * (v.ravel() - side / 2) for v in np.meshgrid(np.arange(side), np.arange(side)))
    size = np.column_stack([random.uniform(10, 24, (side * side, 2)), random.uniform(5, 60, side * side)])
    return boxes(np.column_stack([x, y, np.zeros_like(x)]), size)
