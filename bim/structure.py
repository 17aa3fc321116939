"""What a model consists of: project > site > building > storey > space > element, and what else groups elements.

Read by relation, in bulk: nobody is asked one element at a time for its parent, type or material.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

GROUPINGS = ("type", "system", "zone", "classification", "material")
LEFT_OUT = ("IfcFeatureElementSubtraction", "IfcPort")          # holes, and ends of pipes
TEXTS = ("guid", "class", "name", "storey")


@dataclass(frozen=True, eq=False)
class Structure:
    """`nodes`: Arrow table, parents before children, siblings in the order they are shown. Columns "guid", "class",
    "name", "storey" (name of the one it lies in), "number" (of the line in the file), "parent" (row, -1 = top),
    "spatial" (a container, no element).

    `groups`: Arrow table of memberships, "by" (of `GROUPINGS`), "label", "row" of the node; an element may have
    several of a kind or none.
    """

    nodes: Any
    groups: Any


def structure_of(model) -> Structure:
    tree = _Tree.of(model)
    return Structure(tree.table(), _groups(model, tree.row))


# -- the tree ------------------------------------------------------------------------------------------


@dataclass
class _Tree:
    """Entities in the order of their rows; `row` by entity id."""

    order: list = field(default_factory=list)
    parent: list[int] = field(default_factory=list)
    storey: list[str | None] = field(default_factory=list)
    row: dict[int, int] = field(default_factory=dict)

    @classmethod
    def of(cls, model) -> _Tree:
        """What hangs on no project (or on a cycle) hangs on the first, so that nothing is missing."""
        below, things, tree = _children(model), _things(model), cls()
        roots = model.by_type("IfcProject")
        for root in roots:
            tree._grow(root, -1, below, things)
        top = 0 if roots else -1
        held = {number for inside in below.values() for number in inside}
        for loose in sorted((n for n in things if n not in held), key=lambda n: _rank(things[n])):
            if loose not in tree.row:
                tree._grow(things[loose], top, below, things)
        for number in things:
            if number not in tree.row:
                tree._grow(things[number], top, below, things)
        return tree

    def _grow(self, root, parent: int, below: dict[int, list[int]], things: dict) -> None:
        """Breadth first from `root`, so that parents come before their children."""
        self._add(root, parent)
        at = len(self.order) - 1
        while at < len(self.order):
            inside = [things[n] for n in below.get(self.order[at].id(), ()) if n in things and n not in self.row]
            for entity in sorted(inside, key=_rank):
                if entity.id() not in self.row:
                    self._add(entity, at)
            at += 1

    def _add(self, entity, parent: int) -> None:
        self.row[entity.id()] = len(self.order)
        self.order.append(entity)
        self.parent.append(parent)
        own = (entity.Name or entity.GlobalId) if entity.is_a("IfcBuildingStorey") else None
        self.storey.append(own or (self.storey[parent] if parent >= 0 else None))

    def table(self):
        import pyarrow as pa
        columns = {"guid": [e.GlobalId for e in self.order], "class": [e.is_a() for e in self.order],
                   "name": [name_of(e) for e in self.order], "storey": self.storey}
        return pa.table({name: pa.array(columns[name], pa.string()) for name in TEXTS}
                        | {"number": pa.array([e.id() for e in self.order], pa.int64()),
                           "parent": pa.array(self.parent, pa.int32()),
                           "spatial": pa.array([_spatial(e) for e in self.order], pa.bool_())})


def _things(model) -> dict[int, Any]:
    """Every product that is shown as a node, by entity id."""
    return {e.id(): e for e in model.by_type("IfcProduct") if not any(map(e.is_a, LEFT_OUT))}


def _children(model) -> dict[int, list[int]]:
    """Ids of what lies in each entity; what is a part of something lies in that and nowhere else."""
    parent: dict[int, int] = {}
    for whole, parts in _relations(model):
        for part in parts:
            parent.setdefault(part.id(), whole.id())
    below: dict[int, list[int]] = {}
    for part, whole in parent.items():
        below.setdefault(whole, []).append(part)
    return below


def _relations(model) -> Iterator[tuple[Any, Iterable]]:
    """(whole, parts) of everything that makes a place in the tree, the closest relation first."""
    for kind, whole, parts in (("IfcRelAggregates", "RelatingObject", "RelatedObjects"),
                               ("IfcRelNests", "RelatingObject", "RelatedObjects"),
                               ("IfcRelContainedInSpatialStructure", "RelatingStructure", "RelatedElements")):
        for relation in model.by_type(kind):
            if getattr(relation, whole) is not None:
                yield getattr(relation, whole), getattr(relation, parts) or ()
    host = {r.RelatedOpeningElement.id(): r.RelatingBuildingElement for r in model.by_type("IfcRelVoidsElement")}
    for fills in model.by_type("IfcRelFillsElement"):
        if (wall := host.get(fills.RelatingOpeningElement.id())) is not None:
            yield wall, (fills.RelatedBuildingElement,)


def _spatial(entity) -> bool:
    return any(map(entity.is_a, ("IfcProject", "IfcSpatialStructureElement", "IfcSpatialElement")))


def _rank(entity) -> tuple:
    """Containers first, storeys from below, then by class and name with numbers in their order."""
    elevation = getattr(entity, "Elevation", None) if entity.is_a("IfcBuildingStorey") else None
    return not _spatial(entity), elevation or 0.0, entity.is_a(), natural(entity.Name or "")


def natural(text: str) -> list[tuple[bool, int, str]]:
    """"Wall 9" before "Wall 10"."""
    import re
    return [(not part.isdigit(), int(part) if part.isdigit() else 0, part.casefold())
            for part in re.split(r"(\d{1,18})", text) if part]


def name_of(entity) -> str | None:
    """Spaces are known by number and long name together."""
    long = getattr(entity, "LongName", None) if entity.is_a("IfcSpace") else None
    return " ".join(dict.fromkeys(filter(None, (entity.Name, long)))) or None


# -- what else groups elements ---------------------------------------------------------------------------


def _groups(model, row: dict[int, int]):
    """The memberships of `Structure.groups`."""
    import pyarrow as pa
    of_type = _occurrences(model)
    found = [*_types(of_type), *_systems(model), *_classifications(model, of_type), *_materials(model, of_type)]
    kept = list(dict.fromkeys((by, label, row[number]) for by, label, number in found if number in row))
    columns = list(zip(*kept)) or [(), (), ()]
    return pa.table({"by": pa.array(columns[0], pa.string()), "label": pa.array(columns[1], pa.string()),
                     "row": pa.array(columns[2], pa.int32())})


def _occurrences(model) -> dict[int, tuple[Any, list[int]]]:
    """{id of a type: (type, ids of its elements)}."""
    out: dict[int, tuple[Any, list[int]]] = {}
    for relation in model.by_type("IfcRelDefinesByType"):
        if (kind := relation.RelatingType) is not None:
            out.setdefault(kind.id(), (kind, []))[1].extend(e.id() for e in relation.RelatedObjects or ())
    return out


def _types(of_type) -> Iterator[tuple[str, str, int]]:
    for kind, elements in of_type.values():
        yield from (("type", kind.Name or kind.is_a(), number) for number in elements)


def _systems(model) -> Iterator[tuple[str, str, int]]:
    """Zones group spaces; every other group is a system."""
    for relation in model.by_type("IfcRelAssignsToGroup"):
        if (group := relation.RelatingGroup) is not None:
            by = "zone" if group.is_a("IfcZone") else "system"
            label = group.Name or getattr(group, "LongName", None) or group.GlobalId
            yield from ((by, label, thing.id()) for thing in relation.RelatedObjects or ())


def _classifications(model, of_type) -> Iterator[tuple[str, str, int]]:
    for relation in model.by_type("IfcRelAssociatesClassification"):
        label = classification_label(relation.RelatingClassification)
        yield from (("classification", label, number)
                    for thing in relation.RelatedObjects or () for number in _elements(thing, of_type))


def _materials(model, of_type) -> Iterator[tuple[str, str, int]]:
    """An element's own material replaces its type's."""
    inherited: dict[int, list[str]] = {}
    own: dict[int, list[str]] = {}
    for relation in model.by_type("IfcRelAssociatesMaterial"):
        names = material_names(relation.RelatingMaterial)
        for thing in relation.RelatedObjects or ():
            held = inherited if thing.id() in of_type else own
            for number in _elements(thing, of_type):
                held.setdefault(number, []).extend(names)
    for number, names in (inherited | own).items():
        yield from (("material", name, number) for name in names)


def _elements(thing, of_type) -> list[int]:
    """A type stands for its elements."""
    return of_type[thing.id()][1] if thing.id() in of_type else [thing.id()]


def classification_label(reference) -> str:
    """"System: code name", as much of it as there is."""
    if reference is None:
        return "?"
    code = getattr(reference, "Identification", None) or getattr(reference, "ItemReference", None)
    source, seen = getattr(reference, "ReferencedSource", None), 0
    while source is not None and source.is_a("IfcClassificationReference") and seen < 20:
        source, seen = source.ReferencedSource, seen + 1
    words = " ".join(dict.fromkeys(filter(None, (code, reference.Name))))
    system = getattr(source, "Name", None)
    return f"{system}: {words}" if system and words else words or system or "?"


def material_names(material) -> list[str]:
    """Of a material, a list, layers, profiles or constituents, through their usages."""
    if material is None:
        return []
    for inner in ("ForLayerSet", "ForProfileSet"):
        if getattr(material, inner, None) is not None:
            return material_names(getattr(material, inner))
    for parts in ("MaterialLayers", "MaterialProfiles", "MaterialConstituents", "Materials"):
        if inside := getattr(material, parts, None):
            names = [getattr(m, "Name", None) for part in inside
                     if (m := part if part.is_a("IfcMaterial") else part.Material) is not None]
            return list(dict.fromkeys(filter(None, names)))
    return [material.Name] if getattr(material, "Name", None) else []
