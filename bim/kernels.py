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
from bim.surfaces import creases

MANIFOLD, HYBRID, EXACT = "manifold", "hybrid-cgal-simple-opencascade", "opencascade"
LADDER = (MANIFOLD, HYBRID, EXACT)
GREY = np.array([[190, 190, 190, 255]], np.uint8)


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
        points = points_of(native).copy()
        triangles = np.frombuffer(geometry.faces_buffer, np.int32).reshape(-1, 3).copy()
        if not len(triangles) or not np.isfinite(points).all():
            return False
        if closed and creases(points, triangles)[1]:
            return False
        known[key] = into.add_geometry(points, triangles, *_styles(geometry, len(triangles)))
    if not np.isfinite(matrix).all():
        return False
    into.add_element(native.id, known[key], matrix)
    return True


def _styles(geometry, count: int) -> tuple[np.ndarray, np.ndarray | None]:
    """(kinds, 4) u1 RGBA and, where there are several, the kind of each triangle; grey where the file gives none."""
    table = np.frombuffer(geometry.colors_buffer, np.float64).reshape(-1, 4)
    used = np.frombuffer(geometry.material_ids_buffer, np.int32)
    if not len(table) or len(used) != count:
        return GREY, None
    kinds = np.concatenate([_rgba(table), GREY])                     # number -1 is the last: grey
    if (used == used[0]).all():
        return kinds[used[:1]], None
    return kinds, used


def _rgba(colors: np.ndarray) -> np.ndarray:
    """u1 of (n, 4) f8; glass is never quite invisible, and a transparency that is no number is none."""
    whole = np.where(np.isfinite(colors), colors, (0.0, 0.0, 0.0, 1.0))
    return np.rint(255 * np.clip(whole, (0.0, 0.0, 0.0, 0.05), 1.0)).astype(np.uint8)
