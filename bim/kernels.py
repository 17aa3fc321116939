"""The ladder of geometry kernels: manifold where it is proven, the hybrid, OpenCASCADE for what both fail.

A kernel can fail (an exception), never end, or take its process along. The first is met here, the other
two by whoever watches the process (bim/team.py). One element at a time names the culprit and loses nothing,
but every call costs milliseconds beside its shape. So what has no openings goes through the iterator first (which
makes a shared shape once, and gives no triangles for mapped shapes with openings), and what it did not make is
asked for again, one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from bim.instances import Collected
from bim.plan import NO_BODY

MANIFOLD, HYBRID, EXACT = "manifold", "hybrid-cgal-simple-opencascade", "opencascade"
LADDER = (MANIFOLD, HYBRID, EXACT)
COS_CREASE = float(np.cos(np.radians(30.0)))
GREY = (190, 190, 190, 255)


class Failed(Exception):
    """No kernel made a shape of this element; the text says why, as far as the library tells."""


class Kernels:
    """Makes shapes of `model` and puts them into `into`."""

    def __init__(self, model):
        import ifcopenshell.geom
        self.model = model
        self._geom = ifcopenshell.geom
        self._kernels: dict[str, object] = {}
        self._settings = ifcopenshell.geom.settings()
        self._settings.set("no-normals", True)
        self._settings.set("weld-vertices", True)

    def single(self, number: int, ladder: tuple[str, ...], into: Collected, at: Callable[[int, str], None]) -> bool:
        """Whether it gave triangles. `at` hears which kernel is asked, before it may crash. Raises Failed."""
        said = ""
        product = self.model.by_id(number)
        for library in ladder:
            if library == MANIFOLD and not holed_extrusion(product):
                continue
            at(number, library)
            try:
                native = self._kernel(library).create_shape(product)
            except (RuntimeError, MemoryError) as error:
                said = str(error).split("Product:")[0].strip() or type(error).__name__
                continue
            if _add(native, into, {}, closed=library == MANIFOLD):
                return True
        if said:
            raise Failed(said)
        return False

    def _kernel(self, library: str):
        if library not in self._kernels:
            self._kernels[library] = self._geom.kernel(self._settings, self.model, geometry_library=library)
        return self._kernels[library]

    def shared(self, numbers: tuple[int, ...], into: Callable[[], Collected]) -> Iterator[int]:
        """Numbers of the elements that were made; the rest failed or has no triangles."""
        products = [self.model.by_id(number) for number in numbers]
        iterator = self._geom.iterator(self._settings, self.model, 1, include=products, geometry_library=HYBRID)
        if not iterator.initialize():
            return
        known: dict[str, int] = {}
        filled = None
        while True:
            native = iterator.get()
            if filled is not (filled := into()):
                known = {}
            if _add(native, filled, known):
                yield native.id
            if not iterator.next():
                return


def holed_extrusion(product) -> bool:
    """Extrusions with nothing but extrusions cut out: there manifold makes the same shape in a tenth of the time.

    Measured over the real files against the hybrid: bounds, areas and volumes agree, or it gives nothing. With
    clipped bodies it is wrong in silence, with others it crashes: it is not asked.
    """
    voids = [relation.RelatedOpeningElement for relation in getattr(product, "HasOpenings", None) or ()]
    return bool(voids) and all(_extruded(thing.Representation) for thing in (product, *voids))


def _extruded(shape) -> bool:
    bodies = [r for r in getattr(shape, "Representations", None) or () if r.RepresentationIdentifier not in NO_BODY]
    items = [item for body in bodies for item in body.Items]
    return bool(items) and all(item.is_a("IfcExtrudedAreaSolid") for item in items)


def _add(native, into: Collected, known: dict[str, int], closed: bool = False) -> bool:
    """Add one element; `known` are the geometries that this collection already holds. `closed`: only a surface
    without a rim is believed.
    """
    geometry, key = native.geometry, native.geometry.id
    matrix = np.frombuffer(native.transformation_buffer, np.float64).reshape(4, 4, order="F")[:3]
    if key not in known:
        points = np.frombuffer(geometry.verts_buffer, np.float64).reshape(-1, 3)
        triangles = np.frombuffer(geometry.faces_buffer, np.int32).reshape(-1, 3).copy()
        if not len(triangles) or not np.isfinite(points).all():
            return False
        edges, rims = creases(points, triangles)
        if closed and rims:
            return False
        known[key] = into.add_geometry(*styled(points, triangles, edges, _styles(geometry, len(triangles))))
    if not np.isfinite(matrix).all():
        return False
    into.add_element(native.id, known[key], matrix)
    return True


def _styles(geometry, count: int) -> np.ndarray:
    """(triangles, 4) u1 RGBA of each triangle; grey where the file gives no style."""
    table = np.array([_rgba(style) for style in geometry.materials] + [GREY], np.uint8)
    used = np.frombuffer(geometry.material_ids_buffer, np.int32)
    return table[used] if len(used) == count else np.broadcast_to(np.array(GREY, np.uint8), (count, 4))   # -1: grey


def _rgba(style) -> tuple[int, int, int, int]:
    clear = style.transparency if style.has_transparency() else 0.0
    rgb = [round(255 * min(1.0, max(0.0, c))) for c in style.diffuse.components]
    alpha = 1.0 - clear if np.isfinite(clear) else 1.0
    return (*rgb, round(255 * min(1.0, max(0.05, alpha))))


def styled(points: np.ndarray, triangles: np.ndarray, edges: np.ndarray, styles: np.ndarray) -> tuple:
    """What `Collected.add_geometry` takes: the style of most triangles, and a tint for the points of all others.

    Points that triangles of several styles share are told apart; edges keep one of them.
    """
    kinds, which, sizes = np.unique(np.ascontiguousarray(styles).view(np.uint32).ravel(), return_inverse=True,
                                    return_counts=True)
    main = int(sizes.argmax())
    colors = kinds.view(np.uint8).reshape(-1, 4)
    if len(kinds) == 1:
        return points, triangles, edges, tuple(colors[0]), None
    key = which.ravel()[:, None] * len(points) + triangles
    used, index = np.unique(key, return_inverse=True)
    kind, vertex = used // len(points), used % len(points)
    tint = np.where((kind == main)[:, None], np.uint8(0), colors[kind])
    one_of = np.zeros(len(points), np.int32)
    one_of[vertex] = np.arange(len(vertex))
    return points[vertex], index.reshape(-1, 3).astype(np.int32), one_of[edges], tuple(colors[main]), tint


def creases(points: np.ndarray, triangles: np.ndarray) -> tuple[np.ndarray, int]:
    """(k, 2) edges where faces meet at more than 30 degrees or not two faces meet, and how many of the latter."""
    corners = points[triangles]
    one, two = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    normal = one[:, [1, 2, 0]] * two[:, [2, 0, 1]] - one[:, [2, 0, 1]] * two[:, [1, 2, 0]]
    normal /= np.sqrt(np.maximum((normal * normal).sum(axis=1), 1e-60))[:, None]
    start, end = triangles.ravel().astype(np.int64), triangles[:, [1, 2, 0]].ravel()
    key = np.minimum(start, end) * len(points) + np.maximum(start, end)
    order = np.argsort(key, kind="stable")
    key = key[order]
    first = np.flatnonzero(np.concatenate([[True], key[1:] != key[:-1]]))
    paired = np.diff(first, append=len(key)) == 2
    face = order // 3
    here, there = normal[face[first[paired]]], normal[face[first[paired] + 1]]
    keep = ~paired
    keep[paired] = np.abs((here * there).sum(axis=1)) < COS_CREASE
    key = key[first[keep]]
    return np.stack([key // len(points), key % len(points)], axis=1).astype(np.int32), int((~paired).sum())
