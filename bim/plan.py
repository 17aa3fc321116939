"""What is to be drawn, in which order, and what belongs together.

The important come first: the outer shell of the storeys before the walls within, these before columns and
doors, these before pipes; fasteners and furniture come late, and spaces last. Elements that use the very same
shape stay together, so that it is made once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial

from bim.attributes import attribute, sound

NOT_DRAWN = 9, 0                                                 # as `_rank`
LEFT_OUT = ("IfcOpeningElement", "IfcAnnotation", "IfcGrid")     # voids, and drawings without triangles
WALL = "IfcWall"
SHELL = ("IfcWall", "IfcSlab", "IfcRoof", "IfcCurtainWall", "IfcSite", "IfcBridge", "IfcRoad", "IfcRailway")
FRAME = ("IfcColumn", "IfcBeam", "IfcWindow", "IfcDoor", "IfcStair", "IfcStairFlight", "IfcRamp", "IfcRampFlight",
         "IfcPlate", "IfcMember", "IfcFooting", "IfcPile", "IfcRailing", "IfcCovering", "IfcBuildingElementProxy",
         "IfcBuildingElementPart", "IfcGeographicElement")
LATE = ("IfcFurnishingElement", "IfcElementComponent", "IfcReinforcingElement", "IfcVirtualElement", "IfcPort")
ROOMS = ("IfcSpatialElement", "IfcSpatialStructureElement")
ROOMS_SOLID = ("IfcSite", "IfcBuilding", "IfcBuildingStorey", "IfcFacility", "IfcFacilityPart")
NO_BODY = ("Axis", "FootPrint", "Box", "Annotation", "Profile", "Plan", "Reference", "Clearance", "CoG", "Lighting",
           "SurveyPoints")
NO_BODY_TYPES = ("Point", "PointCloud", "Curve", "Curve2D", "Curve3D", "Segment", "GeometricCurveSet", "Annotation2D",
                 "BoundingBox")
SINGLES, SHARED = (4, 48), (4, 400)         # elements in a chunk, at least and at most
PASSED = 100                                 # instances with openings: a pass costs time by the size of the file


@dataclass(frozen=True)
class Chunk:
    """Elements by number. `single` are made one after the other, `shared` together: every shape once. `ladder` are the
    kernels that are asked, one after the other; empty = all.
    """

    single: tuple[int, ...] = ()
    shared: tuple[int, ...] = ()
    ladder: tuple[str, ...] = ()

    @property
    def numbers(self) -> tuple[int, ...]:
        return self.single + self.shared


class Steps:
    """Products that may have triangles, step by step, the important first; rooms are the last step. A step is looked
    through when it is asked for: helpers are at the walls before the furniture was seen.

    Where a file is broken they are kept: the kernels are asked, and who fails is named.
    """

    def __init__(self, model) -> None:
        self._classes: list[list[tuple[int, tuple]]] = [[], [], [], [], []]       # (place, products)
        self._seen: list[list] = []
        for products in map(partial(model.by_type, include_subtypes=False), classes_of(model, "IfcProduct")):
            step, place = _rank(products[0]) if products else NOT_DRAWN
            if step < len(self._classes):
                self._classes[step].append((place, products))

    @property
    def most(self) -> int:
        """So many there are at most, before any is looked at."""
        return sum(len(products) for step in self._classes for _, products in step)

    @property
    def count(self) -> int:
        return sum(map(len, self))

    def __iter__(self) -> Iterator[list]:
        for at, classes in enumerate(self._classes):
            if at == len(self._seen):
                found = [(place, product.id(), product) for place, products in classes for product in products
                         if sound(_has_surface, product, otherwise=True)]
                self._seen.append([product for _, _, product in sorted(found, key=lambda one: one[:2])])
            yield self._seen[at]


def classes_of(model, above: str) -> list[str]:
    """Names of the classes below another of which there are some, without asking for any."""
    import ifcopenshell.ifcopenshell_wrapper
    schema = ifcopenshell.ifcopenshell_wrapper.schema_by_name(model.schema_identifier)
    return [name for name in model.types() if schema.declaration_by_name(name)._is(above)]


def _rank(product) -> tuple[int, int]:
    """(step, place within it) of its class."""
    if any(map(product.is_a, LEFT_OUT)):
        return NOT_DRAWN
    for step, classes in enumerate((SHELL, FRAME)):
        for place, name in enumerate(classes):
            if product.is_a(name):
                return step, place
    if any(map(product.is_a, LATE)):
        return 3, 0
    room = any(map(product.is_a, ROOMS)) and not any(map(product.is_a, ROOMS_SOLID))
    return (4, 0) if room else (2, 0)


def _has_surface(product) -> bool:
    """Alignments and axes are curves and points only: no kernel need be asked."""
    shapes = getattr(product.Representation, "Representations", None) or ()
    return any(shape.RepresentationType not in NO_BODY_TYPES for shape in shapes)


def has_body(product) -> bool:
    """Whether it promises triangles: what has only an axis, a footprint or a box is complete without them."""
    shapes = getattr(product.Representation, "Representations", None) or ()
    return any(shape.RepresentationIdentifier not in NO_BODY and shape.RepresentationType not in NO_BODY_TYPES
               and len(shape.Items or ()) for shape in shapes)


def outer(product, said: dict[int, bool | None]) -> bool:
    """False for a wall that is said to stand within: `IsExternal` of itself, else of its type. `said`: by set."""
    if not product.is_a(WALL):
        return True
    kind = None
    for relation in product.IsDefinedBy or ():
        if relation.is_a("IfcRelDefinesByProperties"):
            if (found := _external(relation.RelatingPropertyDefinition, said)) is not None:
                return found
        elif relation.is_a("IfcRelDefinesByType"):           # IFC2x3 has types among the definitions
            kind = relation.RelatingType
    for relation in attribute(product, "IsTypedBy") or ():
        kind = relation.RelatingType
    sets = [_external(one, said) for one in (attribute(kind, "HasPropertySets") if kind else None) or ()]
    return next((found for found in sets if found is not None), True)


def _external(definition, said: dict[int, bool | None]) -> bool | None:
    """What a set says of `IsExternal`; None where it is silent."""
    number = definition.id()
    if number not in said:
        said[number] = None
        name = getattr(definition, "Name", None) or ""
        if definition.is_a("IfcPropertySet") and name.startswith("Pset_") and name.endswith("Common"):
            values = [one.NominalValue for one in definition.HasProperties or ()
                      if one.Name == "IsExternal" and one.is_a("IfcPropertySingleValue")]
            said[number] = next((bool(value.wrappedValue) for value in values if value is not None), None)
    return said[number]


def shape_key(product) -> tuple[int, ...] | None:
    """What it shares with others: the maps that its body is an instance of; None for a shape of its own."""
    maps = []
    for shape in getattr(product.Representation, "Representations", None) or ():
        if shape.RepresentationIdentifier in NO_BODY:
            continue
        if not all(item.is_a("IfcMappedItem") for item in shape.Items):
            return None
        maps += [item.MappingSource.id() for item in shape.Items]
    return tuple(maps) or None


def chunks(model, steps: Iterable[list], helpers: int) -> Iterator[Chunk]:
    """Cut the work into small pieces, in order, while it is being done: nothing waits for the whole plan."""
    said, within, opened = {}, [], _opened(model)
    for at, products in enumerate(steps):
        even = len(products) // (8 * helpers)
        single, shared = (min(most, max(least, even)) for least, most in (SINGLES, SHARED))
        if at:
            yield from _cut(products, opened, single, shared)
            continue
        shell = (product for product in products if sound(outer, product, said, otherwise=True)
                 or within.append(product))
        yield from _cut(shell, opened, single, shared)
        yield from _cut(within, opened, single, shared)


def _opened(model) -> set[int]:
    """Numbers of what has openings: to ask every element costs more."""
    return {number for relation in model.by_type("IfcRelVoidsElement")
            if (number := sound(_host, relation, otherwise=None)) is not None}


def _host(relation) -> int:
    return relation.RelatingBuildingElement.id()


def _cut(products: Iterable, opened: set[int], most: int, together: int) -> Iterator[Chunk]:
    """Shapes of their own with openings go up the ladder one by one; the others are made `together`."""
    groups: dict[tuple[int, ...], list[int]] = {}
    holed: dict[tuple[int, ...], list[int]] = {}
    single: list[int] = []
    plain: list[int] = []
    for product in products:
        number, key = product.id(), sound(shape_key, product, otherwise=None)
        if key is not None:
            (holed if number in opened else groups).setdefault(key, []).append(number)
        else:
            (single if number in opened else plain).append(number)
        if len(single) >= most:
            yield Chunk(single=tuple(single))
            single = []
        if len(plain) >= together:
            yield Chunk(shared=tuple(plain))
            plain = []
    yield from _shared(holed.values(), PASSED)               # the longest first: nobody waits for them at the end
    if single:
        yield Chunk(single=tuple(single))
    yield from _shared([*([n] for n in plain), *groups.values()], together)


def _shared(groups: Iterable[list[int]], together: int) -> Iterator[Chunk]:
    chunk: list[int] = []
    for group in groups:
        chunk += group
        if len(chunk) >= together:
            yield Chunk(shared=tuple(chunk))
            chunk = []
    if chunk:
        yield Chunk(shared=tuple(chunk))
