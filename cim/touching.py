"""Which features touch some shapes or lie near them, seen from above: for selections and protection zones. Runs in a
worker.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

LEAST_M2 = 1e-6


@dataclass(frozen=True, eq=False)
class Part:
    """Shapes of one layer: `shapes` (n, k, 2) f8 with k 1 (points), 2 (pieces of lines), 3 (triangles) or more (rings).

    `feature` (n,) and `radius_m` (n,) how much thicker than drawn each is.
    """

    layer: str
    feature: np.ndarray
    shapes: np.ndarray
    radius_m: np.ndarray


def touching(asked: list[Part], within_m: float, parts: list[Part], progress) -> dict[str, np.ndarray]:
    """Layer id -> the features (sorted) of `parts` that touch what is asked, or lie `within_m` of it."""
    import shapely
    made = np.concatenate([_made(part.shapes) for part in asked]) if asked else np.array([])
    tree = shapely.STRtree(made)
    thick = np.concatenate([part.radius_m for part in asked]) if asked else np.zeros(0)
    found: dict[str, list[np.ndarray]] = {}
    for done, part in enumerate(parts):
        progress(done, len(parts))
        found.setdefault(part.layer, []).append(part.feature[_near(tree, made, thick, part, within_m)])
    return {layer: np.unique(np.concatenate(some)) for layer, some in found.items() if sum(map(len, some))}


def _near(tree, made: np.ndarray, thick: np.ndarray, part: Part, within_m: float) -> np.ndarray:
    """(n,) bool."""
    import shapely
    shapes, reach = _made(part.shapes), within_m + part.radius_m
    mine, other = tree.query(shapes, predicate="dwithin", distance=reach + thick.max(initial=0.0))
    if thick.any():
        near = shapely.dwithin(shapes[mine], made[other], reach[mine] + thick[other])
        mine = mine[near]
    out = np.zeros(len(shapes), bool)
    out[mine] = True
    return out


def _made(shapes: np.ndarray) -> np.ndarray:
    """(n,) shapely geometries."""
    import shapely
    corners = shapes.shape[1]
    if corners == 1:
        return shapely.points(shapes[:, 0])
    if corners == 2:
        return shapely.linestrings(shapes)
    made = shapely.polygons(shapes)
    if corners > 3:
        return shapely.make_valid(made)                       # drawn by hand, it may cross itself
    flat = shapely.area(made) <= LEAST_M2                     # a wall seen from above is no polygon
    made[flat] = shapely.linestrings(shapes[flat][:, :2])
    return made
