"""Triangles out of IFC: the hybrid kernel first, OpenCASCADE for what it fails.

The iterator runs on one thread (its own threads waste the cores). Geometry is asked for in local
coordinates and placed here in float64, so that repeated shapes are prepared once.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

HYBRID, EXACT = "hybrid-cgal-simple-opencascade", "opencascade"
LEFT_OUT = ("IfcOpeningElement", "IfcAnnotation", "IfcGrid")     # voids, and drawings without triangles
CREASE_DEG = 30.0
MAX_EDGES = 2_000_000
FIRST_SECS, MOST_SECS = 0.3, 3.0
GREY = (190, 190, 190, 255)


@dataclass(frozen=True, eq=False)
class Shape:
    """One element by its number in the file (a GlobalId may be there twice).

    `points` (n, 3) f8 metres in the model's axes, `triangles` (m, 3), `edges` (k, 2).
    """

    number: int
    points: np.ndarray
    triangles: np.ndarray
    edges: np.ndarray
    color: tuple[int, int, int, int]


@dataclass
class Batch:
    shapes: list[Shape] = field(default_factory=list)

    def arrays(self, first_feature: int, offset: np.ndarray) -> dict[str, np.ndarray]:
        """The arrays of a `Mesh`, relative to `offset` (float64 subtraction before float32)."""
        sizes = [len(s.points) for s in self.shapes]
        start = np.cumsum([0, *sizes])
        feature = np.arange(first_feature, first_feature + len(sizes))
        return {"points": (np.concatenate([s.points for s in self.shapes]) - offset).astype(np.float32),
                "triangles": np.concatenate([s.triangles + i for s, i in zip(self.shapes, start)]).astype(np.int32),
                "edges": np.concatenate([s.edges + i for s, i in zip(self.shapes, start)]).astype(np.int32),
                "vertex_feature": np.repeat(feature, sizes).astype(np.int32)}


def expected(model) -> list:
    """Products that may have triangles: with a representation, and not of `LEFT_OUT`."""
    return [p for p in model.by_type("IfcProduct")
            if p.Representation is not None and not any(map(p.is_a, LEFT_OUT))]


def shapes(model, products: list) -> Iterator[Shape]:
    """Shapes of `products` one by one; spaces come last, in a pass of their own."""
    seen: set[int] = set()
    solid = [p for p in products if not p.is_a("IfcSpace")]
    spaces = [p for p in products if p.is_a("IfcSpace")]
    for some, kernel in ((solid, HYBRID), (spaces, HYBRID), (products, EXACT)):
        left = [p for p in some if p.id() not in seen] if kernel == EXACT else some
        for shape in _run(model, left, kernel):
            if shape.number not in seen:
                seen.add(shape.number)
                yield shape


def _run(model, products: list, kernel: str) -> Iterator[Shape]:
    import ifcopenshell.geom
    if not products:
        return
    settings = ifcopenshell.geom.settings()
    settings.set("no-normals", True)
    settings.set("weld-vertices", True)
    iterator = ifcopenshell.geom.iterator(settings, model, 1, include=products, geometry_library=kernel)
    if not iterator.initialize():
        return
    known: dict[str, tuple] = {}
    while True:
        shape = _shape(iterator.get(), known)
        if shape is not None:
            yield shape
        if not iterator.next():
            return


def _shape(native, known: dict[str, tuple]) -> Shape | None:
    geometry = native.geometry
    if geometry.id not in known:
        known[geometry.id] = _prepared(geometry)
    local, triangles, edges, color = known[geometry.id]
    if not len(triangles):
        return None
    matrix = np.frombuffer(native.transformation_buffer, np.float64).reshape(4, 4, order="F")
    points = local @ matrix[:3, :3].T + matrix[:3, 3]
    return Shape(native.id, points, triangles, edges, color) if np.isfinite(points).all() else None


def _prepared(geometry) -> tuple:
    points = np.frombuffer(geometry.verts_buffer, np.float64).reshape(-1, 3).copy()
    triangles = np.frombuffer(geometry.faces_buffer, np.int32).reshape(-1, 3).copy()
    return points, triangles, creases(points, triangles), _color(geometry, len(triangles))


def _color(geometry, count: int) -> tuple[int, int, int, int]:
    """The style of most triangles, as RGBA; grey where the file gives none."""
    used = np.frombuffer(geometry.material_ids_buffer, np.int32)
    used = used[used >= 0]
    if not count or not len(used):
        return GREY
    style = geometry.materials[int(np.bincount(used).argmax())]
    clear = style.transparency if style.has_transparency() else 0.0
    rgb = [round(255 * min(1.0, max(0.0, c))) for c in style.diffuse.components]
    alpha = 1.0 - clear if np.isfinite(clear) else 1.0
    return (*rgb, round(255 * min(1.0, max(0.05, alpha))))


def creases(points: np.ndarray, triangles: np.ndarray) -> np.ndarray:
    """(k, 2) edges where faces meet at more than 30 degrees, or where only one face ends."""
    if not len(triangles):
        return np.zeros((0, 2), np.int32)
    a, b, c = (points[triangles[:, i]] for i in range(3))
    normal = np.cross(b - a, c - a)
    normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-30)
    ends = np.sort(triangles[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2), axis=1).astype(np.int64)
    key = ends[:, 0] * len(points) + ends[:, 1]
    order = np.argsort(key, kind="stable")
    first = np.flatnonzero(np.r_[True, np.diff(key[order]) > 0])
    count = np.diff(np.r_[first, len(order)])
    face = order // 3
    paired = count == 2
    keep = ~paired
    one, two = normal[face[first[paired]]], normal[face[first[paired] + 1]]
    keep[paired] = np.abs((one * two).sum(axis=1)) < np.cos(np.radians(CREASE_DEG))
    return ends[order[first[keep]]].astype(np.int32)


def batches(source: Iterator[Shape]) -> Iterator[Batch]:
    """Group shapes so that the first come at once and later batches grow."""
    wait, started, batch = FIRST_SECS, time.monotonic(), Batch()
    for shape in source:
        batch.shapes.append(shape)
        if time.monotonic() - started > wait:
            yield batch
            wait, started, batch = min(MOST_SECS, wait * 1.6), time.monotonic(), Batch()
    if batch.shapes:
        yield batch
