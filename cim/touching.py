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

    @property
    def corners(self) -> np.ndarray:
        return self.shapes.reshape(-1, 2)

    def only(self, mine: np.ndarray) -> Part:
        return Part(self.layer, self.feature[mine], self.shapes[mine], self.radius_m[mine])

    def made(self) -> np.ndarray:
        """(n,) shapely geometries."""
        return _made(self.shapes)


@dataclass(frozen=True, eq=False)
class Rings:
    """Areas of one layer, courtyards and all: `points` (p, 2) f8 of closed rings, ring i from `offsets[i]` on, of
    `feature` (rings,). Rings of one feature that lie within others are holes.
    """

    layer: str
    feature: np.ndarray
    points: np.ndarray
    offsets: np.ndarray

    @property
    def corners(self) -> np.ndarray:
        return self.points

    @property
    def radius_m(self) -> np.ndarray:
        return np.zeros(len(self.feature))

    def only(self, mine: np.ndarray) -> Rings:
        sizes = np.diff(self.offsets)
        return Rings(self.layer, self.feature[mine], self.points[np.repeat(mine, sizes)],
                     np.concatenate([[0], np.cumsum(sizes[mine])]))

    def made(self) -> np.ndarray:
        """(rings,) shapely geometries: a feature of several rings whole at its first, nothing at its others."""
        import shapely
        rings = shapely.linearrings(self.points, indices=np.repeat(np.arange(len(self.feature)), np.diff(self.offsets)))
        out = shapely.polygons(rings)
        _, first, of, count = np.unique(self.feature, return_index=True, return_inverse=True, return_counts=True)
        several = np.flatnonzero(count[of] > 1)
        if len(several):
            order = several[np.argsort(of[several], kind="stable")]
            owner = np.unique(of[order], return_inverse=True)[1]
            out[several] = None
            out[first[count > 1]] = shapely.build_area(shapely.multilinestrings(rings[order], indices=owner))
        return out


def touching(asked: list[Part | Rings], within_m: float, parts: list[Part | Rings], progress) -> dict[str, np.ndarray]:
    """Layer id -> the features (sorted) of `parts` that touch what is asked, or lie `within_m` of it."""
    return {layer: features for layer, (features, _) in near(asked, within_m, parts, progress).items()}


def near(asked: list[Part | Rings], within_m: float, parts: list[Part | Rings], progress,
         ) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """As `touching`, and (n,) f8 how far each feature is from what is asked, metres; 0 = it touches."""
    import shapely
    made = np.concatenate([part.made() for part in asked]) if asked else np.array([])
    tree = shapely.STRtree(made)
    thick = np.concatenate([part.radius_m for part in asked]) if asked else np.zeros(0)
    found: dict[str, list[tuple[np.ndarray, np.ndarray]]] = {}
    for done, part in enumerate(parts):
        progress(done, len(parts))
        away = _away(tree, made, thick, part, within_m)
        if (there := np.isfinite(away)).any():
            found.setdefault(part.layer, []).append((part.feature[there], away[there]))
    return {layer: _nearest(*map(np.concatenate, zip(*some))) for layer, some in found.items()}


def _nearest(features: np.ndarray, away: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Each feature once, with the least of what its shapes are away."""
    order = np.lexsort((away, features))
    each, first = np.unique(features[order], return_index=True)
    return each, away[order][first]


def outline_of(asked: list[Part | Rings], within_m: float) -> np.ndarray:
    """(n, 2) f8 closed ring about what is asked with all that lies `within_m` of it; of a line without that, itself."""
    import shapely
    whole = shapely.union_all(np.concatenate([part.made() for part in asked]))
    whole = shapely.buffer(whole, within_m) if within_m > 0.0 else whole
    parts = shapely.get_parts(shapely.line_merge(whole) if whole.geom_type == "MultiLineString" else whole)
    largest = parts[int(np.argmax(shapely.area(parts) + shapely.length(parts)))]
    return shapely.get_coordinates(shapely.get_exterior_ring(largest) if largest.geom_type == "Polygon" else largest)


def _away(tree, made: np.ndarray, thick: np.ndarray, part: Part | Rings, within_m: float) -> np.ndarray:
    """(n,) f8 metres of each shape; inf where it is farther than `within_m`."""
    import shapely
    shapes, reach = part.made(), within_m + part.radius_m
    mine, other = tree.query(shapes, predicate="dwithin", distance=reach + thick.max(initial=0.0))
    if thick.any():
        held = shapely.dwithin(shapes[mine], made[other], reach[mine] + thick[other])
        mine, other = mine[held], other[held]
    out = np.full(len(shapes), np.inf)
    apart = shapely.distance(shapes[mine], made[other]) - part.radius_m[mine] - thick[other] if within_m > 0.0 else 0.0
    np.minimum.at(out, mine, np.maximum(apart, 0.0))
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
