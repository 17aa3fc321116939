"""A part of an IFC file as an IFC file: the chosen elements where they stand, with all that is said of them.

Entities are copied, never made anew: GlobalIds, placements, units, contexts and georeference stay those of the source.
A relation keeps those of its members that come along. What the elements hang in (storey, building, site, project)
comes along too, and so do their openings, since these shape them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from bim.structure import structure_of
from twin.readers import Progress
from twin.text import tr

EVERY = 200
# Relations by (class, the one, the many): copied when the one is kept or is no element, with the many that are kept.
HOLDING = (("IfcRelAggregates", "RelatingObject", "RelatedObjects"),
           ("IfcRelNests", "RelatingObject", "RelatedObjects"),
           ("IfcRelContainedInSpatialStructure", "RelatingStructure", "RelatedElements"),
           ("IfcRelReferencedInSpatialStructure", "RelatingStructure", "RelatedElements"))
SAYING = (("IfcRelDefinesByProperties", "RelatingPropertyDefinition", "RelatedObjects"),
          ("IfcRelDefinesByType", "RelatingType", "RelatedObjects"),
          ("IfcRelAssociates", None, "RelatedObjects"),
          ("IfcRelAssignsToGroup", "RelatingGroup", "RelatedObjects"))
PAIRS = (("IfcRelVoidsElement", "RelatingBuildingElement", "RelatedOpeningElement"),
         ("IfcRelFillsElement", "RelatingOpeningElement", "RelatedBuildingElement"),
         ("IfcRelConnectsElements", "RelatingElement", "RelatedElement"),
         ("IfcRelSpaceBoundary", "RelatingSpace", "RelatedBuildingElement"))
# What points at what is kept without being a relation: (class, attribute that names it).
POINTING = (("IfcStyledItem", "Item"), ("IfcMaterialDefinitionRepresentation", "RepresentedMaterial"),
            ("IfcMaterialProperties", "Material"), ("IfcCoordinateOperation", "SourceCRS"),
            ("IfcProfileProperties", "ProfileDefinition"))


def with_parts(model, guids: Iterable[str]) -> list[str]:
    """These and all that lies in them: a storey stands for its elements, a window for its frame and panes."""
    nodes = structure_of(model).nodes
    names, parents = nodes.column("guid").to_pylist(), nodes.column("parent").to_pylist()
    wanted = set(guids)
    taken = [False] * len(names)
    for at, (guid, parent) in enumerate(zip(names, parents)):        # parents come before their children
        taken[at] = guid in wanted or (parent >= 0 and taken[parent])
    out = [guid for guid, take in zip(names, taken) if take]
    return out + sorted(wanted - set(out))


def subset(model, guids: Iterable[str], progress: Progress | None = None):
    """(new ifcopenshell.file, number of elements that were asked for and are in it)."""
    import ifcopenshell
    made = _Copy(model, ifcopenshell.file(schema_version=model.schema_version), progress or Progress())
    asked = [element for guid in dict.fromkeys(guids) if (element := _by_guid(model, guid)) is not None]
    made.copy(asked)
    return made.new, len(asked)


def _by_guid(model, guid: str):
    try:
        return model.by_guid(guid)
    except RuntimeError:
        return None


class _Copy:
    def __init__(self, model, new, progress: Progress):
        self.model, self.new, self.progress = model, new, progress
        self.kept: dict[int, Any] = {}                    # by entity id: what stands in the new file by itself
        self.inside: set[int] = set()                     # ids of everything that was copied along

    def copy(self, asked: list) -> None:
        for project in self.model.by_type("IfcProject"):
            self._keep(project)
        for at, element in enumerate(asked):
            if at % EVERY == 0:
                self.progress(at, len(asked), tr("Copying elements"))
            self._keep(element)
        self._keep_around()
        self._add_kept()
        for kind, one, many in (*HOLDING, *SAYING):
            self._relate(kind, one, many)
        for kind, one, other in PAIRS:
            for relation in self.model.by_type(kind):
                ends = getattr(relation, one, None), getattr(relation, other, None)
                if all(end is not None and end.id() in self.kept for end in ends):
                    self._add(relation)
        self._add_pointing()
        self._add_layers()
        self._hang_placements()
        self._say_so(len(asked))

    def _keep(self, entity) -> None:
        self.kept.setdefault(entity.id(), entity)

    def _keep_around(self) -> None:
        """Openings of what is kept, and all that any of it hangs in."""
        for relation in self.model.by_type("IfcRelVoidsElement"):
            if relation.RelatingBuildingElement.id() in self.kept and relation.RelatedOpeningElement is not None:
                self._keep(relation.RelatedOpeningElement)
        above = {}
        for kind, one, many in HOLDING[:3]:
            for relation in self.model.by_type(kind):
                for part in getattr(relation, many) or ():
                    above.setdefault(part.id(), getattr(relation, one))
        for entity in list(self.kept.values()):
            holder, steps = above.get(entity.id()), 0
            while holder is not None and holder.id() not in self.kept and steps < 64:
                self._keep(holder)
                holder, steps = above.get(holder.id()), steps + 1

    def _add_kept(self) -> None:
        """In the order of the source file, so that the same choice gives the same file."""
        for at, number in enumerate(sorted(self.kept)):
            if at % EVERY == 0:
                self.progress(at, len(self.kept), tr("Copying elements"))
            self._add(self.kept[number])

    def _add(self, entity):
        """With all it refers to; once."""
        if entity.id() not in self.inside:
            self.inside.update(e.id() for e in self.model.traverse(entity))
        return self.new.add(entity)

    def _relate(self, kind: str, one: str | None, many: str) -> None:
        for relation in self.model.by_type(kind):
            members = [e for e in getattr(relation, many, None) or () if e.id() in self.kept]
            relating = getattr(relation, one or _relating(relation), None)
            holds = relating is not None and (relating.id() in self.kept or (kind, one, many) in SAYING)
            if members and holds and not (relating.is_a("IfcProduct") and relating.id() not in self.kept):
                self._add_relation(relation, many, members)

    def _add_relation(self, relation, many: str, members: list) -> None:
        """The same relation, between what is left of it."""
        values = {}
        for name, value in relation.get_info(recursive=False).items():
            if name in ("id", "type") or value is None:
                continue
            values[name] = [self.new.add(e) for e in members] if name == many else \
                self._add(value) if hasattr(value, "is_a") and value.id() else value
        self.new.create_entity(relation.is_a(), **values)

    def _add_pointing(self) -> None:
        """Again while it finds more: a material's style points on."""
        before = -1
        while before != len(self.inside):
            before = len(self.inside)
            for kind, name in POINTING:
                for entity in _by_type(self.model, kind):
                    target = getattr(entity, name, None)
                    if entity.id() not in self.inside and hasattr(target, "id") and target.id() in self.inside:
                        self._add(entity)

    def _add_layers(self) -> None:
        """CAD layers, with the shapes that are left of them."""
        for layer in self.model.by_type("IfcPresentationLayerAssignment"):
            items = [e for e in layer.AssignedItems or () if e.id() in self.inside]
            if items:
                self._add_relation(layer, "AssignedItems", items)

    def _hang_placements(self) -> None:
        """A door stands in the axes of its opening, and this in those of its wall: where these do not come along, it
        stands in the axes of the next thing that does, at the same place.
        """
        import ifcopenshell.util.placement as placements
        idle = {p.id() for p in self.new.by_type("IfcLocalPlacement") if not p.PlacesObject}
        matrices = {}
        for placement in self.new.by_type("IfcLocalPlacement"):
            above = placement.PlacementRelTo
            if placement.id() in idle or above is None or above.id() not in idle:
                continue
            while above is not None and above.is_a("IfcLocalPlacement") and above.id() in idle:
                above = above.PlacementRelTo
            base = np.eye(4) if above is None else placements.get_local_placement(above)
            matrices[placement] = above, np.linalg.inv(base) @ placements.get_local_placement(placement)
        for placement, (above, matrix) in matrices.items():
            placement.PlacementRelTo, placement.RelativePlacement = above, self._axes(matrix)
        while spare := [p for number in idle if (p := self._still(number)) and not self.new.get_inverse(p)]:
            for placement in spare:
                idle.discard(placement.id())
                self.new.remove(placement)

    def _still(self, number: int):
        try:
            return self.new.by_id(number)
        except RuntimeError:
            return None

    def _axes(self, matrix: np.ndarray):
        make = self.new.create_entity
        place, axis, way = (tuple(float(v) for v in matrix[:3, column]) for column in (3, 2, 0))
        return make("IfcAxis2Placement3D", make("IfcCartesianPoint", place), make("IfcDirection", axis),
                    make("IfcDirection", way))

    def _say_so(self, count: int) -> None:
        theirs, ours = self.model.header, self.new.header
        ours.file_name.name = theirs.file_name.name
        ours.file_name.originating_system = theirs.file_name.originating_system
        ours.file_name.preprocessor_version = "citytwin"
        ours.file_description.description = (*theirs.file_description.description, f"Comment [{count} elements chosen]")


def _relating(relation) -> str:
    """The attribute that names what an association is about: RelatingMaterial, RelatingClassification, …"""
    return next((name for name in relation.get_info(recursive=False) if name.startswith("Relating")), "")


def _by_type(model, kind: str) -> list:
    try:
        return model.by_type(kind)
    except RuntimeError:                                   # a class of another schema
        return []
