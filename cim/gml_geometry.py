"""Polygons of GML: rings out of position lists, and the surfaces that enclose them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

XLINK_HREF = "{http://www.w3.org/1999/xlink}href"
POLYGONS = ("Polygon", "PolygonPatch", "Triangle", "Rectangle")
NOT_SURFACES = ("Point", "MultiPoint", "LineString", "Curve", "MultiCurve", "CompositeCurve")


@dataclass
class Patch:
    """One polygon: `points` (n, 3) f8 of its open rings, outline first; `ids` its own and of what encloses it.

    `rings`: the ids of its rings; `turned`: each runs backwards from how the file tells it.
    """

    points: np.ndarray
    sizes: list[int]
    kind: str
    lod: str
    ids: tuple[str, ...] = ()
    rings: tuple[str, ...] = ()
    turned: bool = False

    def flipped(self) -> Patch:
        """Facing the other way."""
        cuts = np.cumsum(self.sizes)[:-1]
        points = np.concatenate([ring[::-1] for ring in np.split(self.points, cuts)])
        return Patch(points, self.sizes, self.kind, self.lod, self.ids, self.rings, not self.turned)

    @property
    def shape_key(self) -> bytes:
        """The same for polygons on the same corners, wherever they start and however they turn."""
        rounded = np.round(self.points, 7)
        return rounded[np.lexsort(rounded.T)].tobytes()


def local_name(element) -> tuple[str, str]:
    """(namespace, name); ("", "") for comments."""
    tag = element.tag
    return _split(tag) if isinstance(tag, str) else ("", "")


@cache
def _split(tag: str) -> tuple[str, str]:
    space, _, name = tag.rpartition("}")
    return space[1:], name


def is_gml(space: str) -> bool:
    return space.startswith("http://www.opengis.net/gml")


def id_of(element) -> str:
    for space in ("http://www.opengis.net/gml", "http://www.opengis.net/gml/3.2"):
        if found := element.get(f"{{{space}}}id"):
            return found
    return ""


def rings_of(polygon, dims: int) -> tuple[np.ndarray, list[int]] | None:
    """(points, ring sizes) of a polygon element; None where a ring is broken or has no area."""
    rings = []
    for ring in polygon.iter("{*}LinearRing", "{*}Ring"):
        points = _positions(ring, dims)
        if points is None:
            return None
        if len(points) > 1 and (points[0] == points[-1]).all():
            points = points[:-1]
        if len(points) < 3 or not np.isfinite(points).all():
            return None
        rings.append(points)
    return (np.concatenate(rings), [len(r) for r in rings]) if rings else None


def ring_ids(polygon) -> tuple[str, ...]:
    """As `rings_of` takes them."""
    return tuple(id_of(ring) for ring in polygon.iter("{*}LinearRing", "{*}Ring"))


def _positions(ring, dims: int) -> np.ndarray | None:
    """(n, 3) f8; heights are 0 where the file has two numbers a point."""
    try:
        lists = [(np.array((e.text or "").split(), np.float64), int(e.get("srsDimension") or dims))
                 for e in ring.iter("{*}posList", "{*}pos")]
        lists += [(np.array((e.text or "").replace(",", " ").split(), np.float64), dims)
                  for e in ring.iter("{*}coordinates")]
        parts = [_spatial(numbers, size) for numbers, size in lists]
    except ValueError:
        return None
    return np.concatenate(parts) if parts else None


def _spatial(numbers: np.ndarray, size: int) -> np.ndarray:
    points = numbers.reshape(-1, size if size in (2, 3) else 3)
    return points if points.shape[1] == 3 else np.column_stack([points, np.zeros(len(points))])


def raised(patch: Patch, height: float) -> list[Patch]:
    """Roof and walls over a footprint, facing outward whichever way the footprint turns."""
    outline = patch.points[:patch.sizes[0], :2]
    x, y = (outline - outline[0]).T
    if (x * np.roll(y, -1) - np.roll(x, -1) * y).sum() < 0:
        patch = patch.flipped()
    up = np.array([0.0, 0.0, height])
    out = [Patch(patch.points + up, patch.sizes, "RoofSurface", patch.lod)]
    for ring in np.split(patch.points, np.cumsum(patch.sizes)[:-1]):
        for a, b in zip(ring, np.roll(ring, -1, axis=0)):
            out.append(Patch(np.array([a, b, b + up, a + up]), [4], "WallSurface", patch.lod))
    return out
