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
from bim.openings import apart, frame_of, holed_extrusion, openings, points_of

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
        self._settings, self._whole = self._made_settings(), self._made_settings()
        self._whole.set("disable-opening-subtractions", True)

    def _made_settings(self):
        settings = self._geom.settings()
        settings.set("no-normals", True)
        settings.set("weld-vertices", True)
        return settings

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
        yield from self._added([product for product in products if not openings(product)], into, lambda native: True)
        yield from self._uncut([product for product in products if openings(product)], into)

    def _uncut(self, products: list, into: Callable[[], Collected]) -> Iterator[int]:
        """Of instances with openings those that no opening reaches (worktops are seen with such): as they are."""
        cuts = {native.id: points_of(native) @ (frame := frame_of(native))[:3, :3].T + frame[:3, 3] for native in
                self._passed([opening for product in products for opening in openings(product)], self._whole)}
        nothing = np.zeros((0, 3))
        yield from self._added(products, into, lambda native: all(
            apart(native, cuts.get(one.id(), nothing)) for one in openings(self.model.by_id(native.id))), self._whole)

    def _added(self, products: list, into: Callable[[], Collected], wanted: Callable[[object], bool],
               settings=None) -> Iterator[int]:
        known: dict[str, int] = {}
        filled = None
        for native in self._passed(products, settings or self._settings):
            if filled is not (filled := into()):
                known = {}
            if wanted(native) and _add(native, filled, known):
                yield native.id

    def _passed(self, products: list, settings) -> Iterator:
        """Shapes of one pass of the library over some products."""
        if not products:
            return
        iterator = self._geom.iterator(settings, self.model, 1, include=products, geometry_library=HYBRID)
        more = iterator.initialize()
        while more:
            yield iterator.get()
            more = iterator.next()


def _add(native, into: Collected, known: dict[str, int], closed: bool = False) -> bool:
    """Add one element; `known` are the geometries that this collection already holds. `closed`: only a surface
    without a rim is believed.
    """
    geometry, key = native.geometry, native.geometry.id
    matrix = frame_of(native)[:3]
    if key not in known:
        points = points_of(native)
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
    words = np.ascontiguousarray(styles).view(np.uint32).ravel()
    if (words == words[0]).all():
        return points, triangles, edges, tuple(styles[0]), None
    kinds, which, sizes = np.unique(words, return_inverse=True, return_counts=True)
    main = int(sizes.argmax())
    colors = kinds.view(np.uint8).reshape(-1, 4)
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
