"""Which features touch an area, seen from above: for selections and protection zones. Runs in a worker."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

LEAST_M2 = 1e-6


@dataclass(frozen=True, eq=False)
class Part:
    """Shapes of one layer: `shapes` (n, k, 2) f8 with k 1 (points), 2 (pieces of lines) or 3 (triangles).

    `feature` (n,) and `radius_m` (n,) how much thicker than drawn each is.
    """

    layer: str
    feature: np.ndarray
    shapes: np.ndarray
    radius_m: np.ndarray


def touching(rings: list[np.ndarray], closed: bool, grow_m: float, parts: list[Part], progress) -> dict:
    """Layer id -> the features (sorted) that touch the area.

    `rings`: (n, 2) f8 outlines of areas whose union counts, or with `closed` False lines; `grow_m` round them.
    """
    import shapely
    made = [shapely.Polygon(r) if closed else shapely.LineString(r) for r in rings]
    area = shapely.buffer(shapely.union_all(shapely.make_valid(made)), grow_m)
    shapely.prepare(area)
    found: dict[str, list[np.ndarray]] = {}
    for done, part in enumerate(parts):
        progress(done, len(parts))
        found.setdefault(part.layer, []).append(part.feature[_touches(area, part)])
    return {layer: np.unique(np.concatenate(some)) for layer, some in found.items() if sum(map(len, some))}


def _touches(area, part: Part) -> np.ndarray:
    """(n,) bool."""
    import shapely
    corners = part.shapes.shape[1]
    if corners == 1:
        shapes = shapely.points(part.shapes[:, 0])
    elif corners == 2:
        shapes = shapely.linestrings(part.shapes)
    else:
        shapes = shapely.polygons(part.shapes)
        flat = shapely.area(shapes) <= LEAST_M2               # a wall seen from above is no polygon
        shapes[flat] = shapely.linestrings(part.shapes[flat][:, :2])
    out = shapely.intersects(area, shapes)
    thick = (part.radius_m > 0) & ~out
    out[thick] = shapely.dwithin(area, shapes[thick], part.radius_m[thick])
    return out
