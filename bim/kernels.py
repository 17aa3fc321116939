"""The ladder of geometry kernels: manifold where it is proven, the hybrid, OpenCASCADE for what both fail.

A kernel can fail (an exception), never end, or take its process along. The first is met here, the other
two by whoever watches the process (bim/team.py). One element at a time names the culprit and loses nothing,
but instances of one shape would be made again and again. So they go through the iterator first (which makes a shared
shape once, and gives no triangles for mapped shapes with openings), and what it did not make is asked for again, one
by one. A pass of the iterator costs milliseconds for each megabyte of the file: what shares nothing needs none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from bim.attributes import sound
from bim.instances import Collected
from bim.map_units import length_unit_m
from bim.openings import (
    Surface,
    apart,
    cut_by_solids,
    frame_of,
    is_extruded,
    openings,
    points_of,
    surface_of,
)
from bim.plan import shape_key
from bim.surfaces import creases
from bim.trimming import Trim, trimmed, trims_of

MANIFOLD, HYBRID, EXACT = "manifold", "hybrid-cgal-simple-opencascade", "opencascade"
LADDER = (MANIFOLD, HYBRID, EXACT)
CIRCLE_SIDES = 24                    # for manifold, which takes a third of them: areas are those of the others to 1e-5
GREY = np.array([[190, 190, 190, 255]], np.uint8)
Way = tuple[object, Callable[[object], Surface | None]]          # settings, and what is drawn of the shape


class Failed(Exception):
    """No kernel made a shape of this element; the text says why, as far as the library tells."""


class Kernels:
    """Makes shapes of `model` and puts them into `into`."""

    def __init__(self, model):
        import ifcopenshell.geom
        self.model, self.unit_m = model, sound(length_unit_m, model, otherwise=None) or 1.0
        self._geom = ifcopenshell.geom
        self._kernels: dict[tuple[str, int], object] = {}
        whole, fine = {"disable-opening-subtractions": True}, {"circle-segments": CIRCLE_SIDES}
        untrimmed = {"disable-boolean-result": True}
        self._settings, self._whole, self._untrimmed, self._quick, self._quick_untrimmed = (
            self._made_settings(more) for more in ({}, whole, untrimmed, fine, untrimmed | fine))

    def _made_settings(self, more: dict):
        settings = self._geom.settings()
        for name, value in ({"no-normals": True, "weld-vertices": True} | more).items():
            settings.set(name, value)
        return settings

    def single(self, number: int, ladder: tuple[str, ...], into: Collected, at: Callable[[int, str], None]) -> bool:
        """Whether it gave triangles. `at` hears which kernel is asked, before it may crash. Raises Failed."""
        said = ""
        product = self.model.by_id(number)
        for library in ladder:
            way = sound(self._way, product, otherwise=None) if library == MANIFOLD else (self._settings, surface_of)
            if way is None:
                continue
            settings, surface = way
            at(number, library)
            try:
                if _add(self._kernel(library, settings).create_shape(product), into, {}, surface):
                    return True
            except (RuntimeError, MemoryError) as error:
                said = str(error).split("Product:")[0].strip() or type(error).__name__
            self._kernels.clear()                # one that gave up may make the next element wrong, without a word
        if said:
            raise Failed(said)
        return False

    def _way(self, product) -> Way | None:
        """How manifold is to be asked; None where it is not. What planes trim is cut by them when it has its holes."""
        if not cut_by_solids(product):
            return None
        if is_extruded(product):
            return self._quick, _closed
        trims = trims_of(product, self.unit_m)
        return (self._quick_untrimmed, lambda native: _trimmed(_closed(native), trims)) if trims else None

    def _kernel(self, library: str, settings):
        key = library, id(settings)
        if key not in self._kernels:
            self._kernels[key] = self._geom.kernel(settings, self.model, geometry_library=library)
        return self._kernels[key]

    def shared(self, numbers: tuple[int, ...], into: Callable[[], Collected]) -> Iterator[int]:
        """Numbers of the elements that were made; the rest failed or has no triangles."""
        own, instances, holed, trims = [], [], [], {}
        for product in map(self.model.by_id, numbers):
            if sound(openings, product, otherwise=()):
                holed.append(product)
            elif found := sound(trims_of, product, self.unit_m, otherwise=None):
                trims[product.id()] = found
            else:
                (own if sound(shape_key, product, otherwise=None) is None else instances).append(product)
        yield from self._added(self._each(own, self._settings), into, surface_of)
        yield from self._added(self._each([self.model.by_id(number) for number in trims], self._untrimmed), into,
                               lambda native: _trimmed(surface_of(native), trims[native.id]))
        yield from self._added(self._passed(instances, self._settings), into, surface_of)
        yield from self._uncut(holed, into)

    def _uncut(self, products: list, into: Callable[[], Collected]) -> Iterator[int]:
        """Of instances with openings those that no opening reaches (worktops are seen with such): as they are."""
        cuts = {native.id: points_of(native) @ (frame := frame_of(native))[:3, :3].T + frame[:3, 3] for native in
                self._each([opening for product in products for opening in openings(product)], self._whole)}
        nothing = np.zeros((0, 3))

        def surface(native) -> Surface | None:
            voids = openings(self.model.by_id(native.id))
            return surface_of(native) if all(apart(native, cuts.get(one.id(), nothing)) for one in voids) else None

        yield from self._added(self._passed(products, self._whole), into, surface)

    def _added(self, natives: Iterator, into: Callable[[], Collected],
               surface: Callable[[object], Surface | None]) -> Iterator[int]:
        known: dict[str, int] = {}
        filled = None
        for native in natives:
            if filled is not (filled := into()):
                known = {}
            if _add(native, filled, known, surface):
                yield native.id

    def _each(self, products: list, settings) -> Iterator:
        """Shapes one by one: as soon as in a pass, which begins with a look at the whole file."""
        for product in products:
            try:
                yield self._kernel(HYBRID, settings).create_shape(product)
            except (RuntimeError, MemoryError):
                self._kernels.clear()                        # it is asked for again, alone

    def _passed(self, products: list, settings) -> Iterator:
        """Shapes of one pass of the library over some products, which makes what they share once."""
        if not products:
            return
        iterator = self._geom.iterator(settings, self.model, 1, include=products, geometry_library=HYBRID)
        more = iterator.initialize()
        while more:
            yield iterator.get()
            more = iterator.next()


def _add(native, into: Collected, known: dict[str, int], surface: Callable[[object], Surface | None]) -> bool:
    """Add one element; `known` are the geometries that this collection already holds. `surface` makes what is drawn of
    it, None where that is not to be had.
    """
    key, matrix = native.geometry.id, frame_of(native)[:3]
    if key not in known:
        made = surface(native)
        if made is None or not len(made[1]) or not np.isfinite(made[0]).all():
            return False
        known[key] = into.add_geometry(*made, *_styles(native.geometry, len(made[1])))
    if not np.isfinite(matrix).all():
        return False
    into.add_element(native.id, known[key], matrix)
    return True


def _closed(native) -> Surface | None:
    """Only a surface without a rim is believed."""
    made = surface_of(native)
    return made if len(made[1]) and not creases(*made)[1] else None


def _trimmed(surface: Surface | None, trims: list[Trim]) -> Surface | None:
    return None if surface is None else trimmed(*surface, trims)


def _styles(geometry, count: int) -> tuple[np.ndarray, np.ndarray | None]:
    """(kinds, 4) u1 RGBA and, where there are several, the kind of each triangle; grey where the file gives none."""
    table = np.frombuffer(geometry.colors_buffer, np.float64).reshape(-1, 4)
    used = np.frombuffer(geometry.material_ids_buffer, np.int32)
    kinds = np.concatenate([_rgba(table), GREY])                     # number -1 is the last: grey
    if len(used) and (used == used[0]).all():
        return kinds[used[:1]], None
    return (kinds, used) if len(used) == count else (GREY, None)


def _rgba(colors: np.ndarray) -> np.ndarray:
    """u1 of (n, 4) f8; glass is never quite invisible, and a transparency that is no number is none."""
    whole = np.where(np.isfinite(colors), colors, (0.0, 0.0, 0.0, 1.0))
    return np.rint(255 * np.clip(whole, (0.0, 0.0, 0.0, 0.05), 1.0)).astype(np.uint8)
