"""The ladder of geometry kernels: manifold where it is proven, the hybrid, OpenCASCADE for what both fail.

A kernel can fail (an exception), never end, or take its process along. The first is met here, the other
two by whoever watches the process (bim/team.py). One element at a time names the culprit and loses nothing,
but instances of one shape would be made again and again. So the first of them is made, and the others are placed
(bim/mapped.py); what came to nothing is asked for again, one by one. The library's iterator does the same, but begins
every pass with a look at the whole file: that is for instances with openings.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from bim.attributes import sound
from bim.instances import Collected
from bim.map_units import length_unit_m
from bim.mapped import alike, place_of
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
SCHEMAS = ("IFC2X3", "IFC4", "IFC4X3")       # each has libraries of its own
CIRCLE_SIDES = 24                    # for manifold, which takes a third of them: areas are those of the others to 1e-5
GREY = np.array([[190, 190, 190, 255]], np.uint8)


@dataclass(frozen=True)
class Made:
    """Shape of the element `number`: `native`, the library's of this element or of one alike; geometries with the same
    `key` are the same. `frame` (4, 4) f8 leads from its own axes to the model's, metres.
    """

    number: int
    native: Any
    key: Hashable
    frame: np.ndarray


Way = tuple[Any, Callable[[Made], Surface | None]]               # settings, and what is drawn of the shape


def warm() -> None:
    """Load the libraries of all kernels: helpers that are forked later have them already."""
    import ifcopenshell.geom
    settings = ifcopenshell.geom.settings()
    for schema in SCHEMAS:
        model = ifcopenshell.file(schema=schema)
        for library in LADDER:
            ifcopenshell.geom.kernel(settings, model, geometry_library=library)


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
            way = sound(self._way, product, otherwise=None) if library == MANIFOLD else (self._settings, _plain)
            if way is None:
                continue
            settings, surface = way
            at(number, library)
            try:
                native = self._kernel(library, settings).create_shape(product)
                if _add(Made(number, native, number, frame_of(native)), into, {}, surface):
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
        return (self._quick_untrimmed, lambda made: _trimmed(_closed(made), trims)) if trims else None

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
        yield from self._added(self._each(own, self._settings), into, _plain)
        yield from self._added(self._each([self.model.by_id(number) for number in trims], self._untrimmed), into,
                               lambda made: _trimmed(_plain(made), trims[made.number]))
        yield from self._added(self._placed(instances, self._settings), into, _plain)
        yield from self._added(self._uncut(holed), into, _plain)

    def _uncut(self, products: list) -> Iterator[Made]:
        """Of instances with openings those that no opening reaches (worktops are seen with such): as they are."""
        cuts = {made.number: points_of(made.native) @ made.frame[:3, :3].T + made.frame[:3, 3] for made in
                self._each([opening for product in products for opening in openings(product)], self._whole)}
        nothing = np.zeros((0, 3))
        for made in self._passed(products, self._whole):
            voids = openings(self.model.by_id(made.number))
            if all(apart(points_of(made.native), made.frame, cuts.get(one.id(), nothing)) for one in voids):
                yield made

    def _added(self, shapes: Iterator[Made], into: Callable[[], Collected],
               surface: Callable[[Made], Surface | None]) -> Iterator[int]:
        known: dict[Hashable, int] = {}
        filled = None
        for made in shapes:
            if filled is not (filled := into()):
                known = {}
            if _add(made, filled, known, surface):
                yield made.number

    def _each(self, products: list, settings) -> Iterator[Made]:
        for product in products:
            if (native := self._tried(product, settings)) is not None:
                yield Made(native.id, native, native.geometry.id, frame_of(native))

    def _placed(self, products: list, settings) -> Iterator[Made]:
        """The first of those alike is made, the others are placed."""
        groups: dict[Hashable, list] = {}
        for product in products:
            groups.setdefault(sound(alike, product, otherwise=product.id()), []).append(product)
        for key, group in groups.items():
            native = self._tried(group[0], settings)
            for product in group if native is not None else ():
                frame = frame_of(native) if product is group[0] else sound(place_of, settings, product, otherwise=None)
                if frame is not None:
                    yield Made(product.id(), native, key, frame)

    def _passed(self, products: list, settings) -> Iterator[Made]:
        """Shapes of one pass of the library over some products: alone it cuts them for all that `settings` say."""
        if not products:
            return
        iterator = self._geom.iterator(settings, self.model, 1, include=products, geometry_library=HYBRID)
        more = iterator.initialize()
        while more:
            native = iterator.get()
            yield Made(native.id, native, native.geometry.id, frame_of(native))
            more = iterator.next()

    def _tried(self, product, settings):
        """The library's shape; None where it fails: it is asked for again, alone."""
        try:
            return self._kernel(HYBRID, settings).create_shape(product)
        except (RuntimeError, MemoryError):
            self._kernels.clear()
            return None


def _add(made: Made, into: Collected, known: dict[Hashable, int], surface: Callable[[Made], Surface | None]) -> bool:
    """Add one element; `known` are the geometries that this collection already holds. `surface` makes what is drawn of
    it, None where that is not to be had.
    """
    if made.key not in known:
        drawn = surface(made)
        if drawn is None or not len(drawn[1]) or not np.isfinite(drawn[0]).all():
            return False
        known[made.key] = into.add_geometry(*drawn, *_styles(made.native.geometry, len(drawn[1])))
    if not np.isfinite(made.frame).all():
        return False
    into.add_element(made.number, known[made.key], made.frame[:3])
    return True


def _plain(made: Made) -> Surface:
    return surface_of(made.native)


def _closed(made: Made) -> Surface | None:
    """Only a surface without a rim is believed."""
    drawn = _plain(made)
    return drawn if len(drawn[1]) and not creases(*drawn)[1] else None


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
