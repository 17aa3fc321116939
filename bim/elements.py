"""The feature table of a model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bim.attributes import attribute, sound

TEXT_COLUMNS = ("guid", "class", "name", "storey", "type", "predefined_type", "material", "description", "tag",
                "long_name", "use")
NUMBER_COLUMNS = {"number": "int64", "storey_elevation_m": "float64", "property_sets": "int32"}
MOST_PARENTS = 20
UP = {"ContainedInStructure": "RelatingStructure", "Decomposes": "RelatingObject", "Nests": "RelatingObject",
      "FillsVoids": "RelatingOpeningElement", "VoidsElements": "RelatingBuildingElement",
      "AdheresToElement": "RelatingElement"}


def table_of(columns: list[dict[str, list]]):
    """Arrow table of what `Rows.columns` gave, one after the other: `TEXT_COLUMNS`, then "number" (of the element
    in its file), "storey_elevation_m" and "property_sets".
    """
    import pyarrow as pa
    kinds = {**dict.fromkeys(TEXT_COLUMNS, "string"), **NUMBER_COLUMNS}
    return pa.table({name: pa.array([v for some in columns for v in some[name]], pa.type_for_alias(kind))
                     for name, kind in kinds.items()})


@dataclass(frozen=True)
class _Kind:
    """What a type says for all its elements."""

    name: str | None = None
    predefined: str | None = None
    material: str | None = None


class Rows:
    """Rows of a model's elements; what many share (type, storey) is asked once."""

    def __init__(self, model, unit_m: float):
        self.model, self.unit_m = model, unit_m
        self._kinds: dict[int, _Kind] = {0: _Kind()}
        self._storeys: dict[int, tuple[str | None, float | None]] = {0: (None, None)}

    def columns(self, numbers: list[int]) -> dict[str, list]:
        """{column: values} with one value per element number; see `table_of`."""
        rows = [self._row(self.model.by_id(number)) for number in numbers]
        texts = {name: [_text(row.get(name)) for row in rows] for name in TEXT_COLUMNS}
        return texts | {name: [row.get(name) for row in rows] for name in NUMBER_COLUMNS}

    def _row(self, element) -> dict[str, Any]:
        known = {"number": element.id(), "class": element.is_a(),
                 "guid": sound(getattr, element, "GlobalId", otherwise=None),
                 "name": sound(getattr, element, "Name", otherwise=None)}
        return known | sound(self._more, element, otherwise={})     # relations of a broken file lead anywhere

    def _more(self, element) -> dict[str, Any]:
        import ifcopenshell.util.element as util
        kind = self._kind(element)
        storey, elevation = self._storey(_parent(element), element)
        material = util.get_material(element, should_skip_usage=True, should_inherit=False)
        defined = attribute(element, "IsDefinedBy") or ()
        return {"storey": storey, "storey_elevation_m": elevation, "type": kind.name,
                "predefined_type": kind.predefined or _own_predefined(element),
                "material": kind.material if material is None else _material_name(material),
                "description": element.Description, "tag": attribute(element, "Tag"),
                "long_name": attribute(element, "LongName"),
                "use": _use(element) if element.is_a("IfcSpace") else None,
                "property_sets": sum(r.is_a("IfcRelDefinesByProperties") for r in defined)}

    def _kind(self, element) -> _Kind:
        kind = _type_of(element)
        number = kind.id() if kind else 0
        if number not in self._kinds:
            import ifcopenshell.util.element as util
            material = util.get_material(kind, should_skip_usage=True, should_inherit=False)
            self._kinds[number] = _Kind(kind.Name, _predefined_of(kind), _material_name(material))
        return self._kinds[number]

    def _storey(self, parent, element) -> tuple[str | None, float | None]:
        at, steps = element if element.is_a("IfcBuildingStorey") else parent, 0
        number = at.id() if at else 0
        if number not in self._storeys:
            while at is not None and not at.is_a("IfcBuildingStorey") and steps < MOST_PARENTS:
                at, steps = _parent(at), steps + 1
            found = at is not None and at.is_a("IfcBuildingStorey")
            self._storeys[number] = (at.Name, None if at.Elevation is None else at.Elevation * self.unit_m) \
                if found else (None, None)
        return self._storeys[number]


def _text(said) -> str | None:
    """In a broken file a name may be a number."""
    return said if said is None or isinstance(said, str) else str(said)


def _parent(element):
    """As the library's `get_parent`, which asks every element for relations that its class does not have."""
    return next((getattr(relations[0], there) for name, there in UP.items() if (relations := attribute(element, name))),
                None)


def _type_of(element):
    """As the library's `get_type`, which asks for the schema every time."""
    typed = attribute(element, "IsTypedBy")
    if typed is not None:
        return typed[0].RelatingType if typed else None
    return next((relation.RelatingType for relation in attribute(element, "IsDefinedBy") or ()
                 if relation.is_a("IfcRelDefinesByType")), None)


def _predefined_of(kind) -> str | None:
    said = attribute(kind, "PredefinedType")
    if not said or said == "USERDEFINED":
        said = attribute(kind, "ElementType") or attribute(kind, "ProcessType")
    return said if said != "NOTDEFINED" else None


def _own_predefined(element) -> str | None:
    said = attribute(element, "PredefinedType")
    return said if said and said != "USERDEFINED" else attribute(element, "ObjectType")


def _use(space) -> str | None:
    """What a room is for, as far as the file says."""
    import ifcopenshell.util.element as util
    said = util.get_pset(space, "Pset_SpaceOccupancyRequirements", "OccupancyType")
    return str(said) if said else space.ObjectType


def _material_name(material) -> str | None:
    if material is None:
        return None
    name = attribute(material, "Name") or attribute(material, "LayerSetName")
    parts = attribute(material, "MaterialLayers") or attribute(material, "Materials") or ()
    made_of = [attribute(p, "Material") if p.get_attribute_category("Material") else p for p in parts]
    inner = [m and attribute(m, "Name") for m in made_of]
    return name or ", ".join(n for n in inner if n) or None
