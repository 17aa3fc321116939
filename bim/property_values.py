"""One property of all elements at once, by relation: a set that a thousand elements share is read once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from bim.kept import kept_model
from bim.property_sets import attribute_unit, definitions, plain, property_names, read_set, set_name
from bim.structure import classification_label, material_names
from bim.usual_units import NO_UNIT, Unit
from twin.readers import Progress
from twin.text import tr

CLASSIFIED = "classification"          # "classification.Uniclass 2015": what an element is in that system


def column(path: str, name: str, guids: list[str], progress: Progress | None = None):
    """Runs in a worker: (Arrow array along `guids`, unit) of the property `name` ("Set.Property", "Property" of
    any set, or an attribute). Numbers stay numbers, everything else is text; null where nothing is said.
    """
    if progress:
        progress(0.0, 0.0, tr("Reading {name}", name=name))
    model = kept_model(path)
    said, unit = values(model, name)
    by_guid = {model.by_id(number).GlobalId: value for number, value in said.items()}
    return arrow([by_guid.get(guid) for guid in guids]), unit.words


def values(model, name: str) -> tuple[dict[int, Any], Unit]:
    """({element id: value}, unit): what elements say themselves replaces what their types say."""
    if name in KNOWN or name == CLASSIFIED or name.startswith(f"{CLASSIFIED}."):
        return _attributes(model, name), NO_UNIT
    out: dict[int, Any] = {}
    unit = NO_UNIT
    for set, prop in _readings(name):
        for inherited, definition, relation in sets_of(model):
            if set in ("", set_name(definition)):
                for value in read_set(definition, model, inherited, only=prop):
                    unit = unit if unit.symbol else value.unit
                    out.update(dict.fromkeys((e.id() for e in relation.RelatedObjects or ()), value.value))
        if out:
            return out, unit
    found = _attributes(model, name)
    number = next((number for number, value in found.items() if isinstance(value, float)), 0)
    return found, attribute_unit(model.by_id(number), name, model) if number else NO_UNIT


def _readings(name: str) -> list[tuple[str, str]]:
    """(set, property), divided at any dot; without a set the name may stand in any."""
    return [(name[:at], name[at + 1:]) for at, letter in enumerate(name) if letter == "."] or [("", name)]


def sets_of(model) -> Iterator[tuple[bool, Any, Any]]:
    """(said by a type, set, the relation whose objects it holds for); the types' come first."""
    for relation in model.by_type("IfcRelDefinesByType"):
        kind = relation.RelatingType
        for definition in definitions(kind) if kind is not None else ():
            yield True, definition, relation
    for relation in model.by_type("IfcRelDefinesByProperties"):
        held = relation.RelatingPropertyDefinition
        for definition in [held] if held.is_a("IfcPropertySetDefinition") else plain_sets(held):
            yield False, definition, relation


def plain_sets(held) -> list:
    """The sets of an IfcPropertySetDefinitionSet (IFC4)."""
    inside = getattr(held, "wrappedValue", held)
    return list(inside) if isinstance(inside, tuple | list) else []


def _attributes(model, name: str) -> dict[int, Any]:
    classified = name == CLASSIFIED or name.startswith(f"{CLASSIFIED}.")
    system = name[len(CLASSIFIED) + 1:]
    read = KNOWN.get(name, (lambda element: _classified(element, system)) if classified
                     else lambda element: getattr(element, name, None))
    found = {}
    for element in model.by_type("IfcObject"):
        value = plain(read(element))
        if isinstance(value, str | int | float):
            found[element.id()] = value
    return found


def _storey(element) -> str | None:
    import ifcopenshell.util.element as util
    at, steps = element, 0
    while at is not None and not at.is_a("IfcBuildingStorey") and steps < 20:
        at, steps = util.get_parent(at), steps + 1
    return at.Name if at is not None else None


def _type(element) -> str | None:
    import ifcopenshell.util.element as util
    kind = util.get_type(element)
    return kind.Name if kind is not None else None


def _material(element) -> str | None:
    import ifcopenshell.util.element as util
    return ", ".join(material_names(util.get_material(element, should_skip_usage=True))) or None


def _material_set(element) -> str | None:
    import ifcopenshell.util.element as util
    held = util.get_material(element, should_skip_usage=True)
    return held and (getattr(held, "LayerSetName", None) or getattr(held, "Name", None))


def _classified(element, system: str) -> str | None:
    """What it is in one classification system, or in all."""
    import ifcopenshell.util.classification as util
    said = [classification_label(r) for r in sorted(util.get_references(element), key=lambda r: r.id())]
    mine = [label.rpartition(": ")[2] for label in said if label.rpartition(": ")[0] == system] if system else said
    return ", ".join(mine) or None


def _predefined(element) -> str | None:
    import ifcopenshell.util.element as util
    return util.get_predefined_type(element)


# Names that are no attribute of the element itself.
KNOWN = {"class": lambda element: element.is_a(), "storey": _storey, "type": _type, "material": _material,
         "material_set": _material_set, "predefined_type": _predefined}


# -- which properties there are --------------------------------------------------------------------------


def names(path: str, progress: Progress | None = None) -> list[tuple[str, int]]:
    """Runs in a worker: ("Set.Property", elements that say it), buildingSMART's sets first."""
    return names_in(kept_model(path))


def names_in(model) -> list[tuple[str, int]]:
    found: Counter[str] = Counter()
    for _, definition, relation in sets_of(model):
        for prop in property_names(definition):
            found[f"{set_name(definition)}.{prop}"] += len(relation.RelatedObjects or ())
    return sorted(found.items(), key=lambda item: (not item[0].startswith(("Pset_", "Qto_", "BaseQ")), item[0].lower()))


def arrow(found: list):
    """Numbers as float64, yes and no as booleans, all else as text."""
    import pyarrow as pa
    known = [v for v in found if v is not None]
    if known and all(isinstance(v, bool) for v in known):
        return pa.array(found, pa.bool_())
    if known and all(isinstance(v, int | float) and not isinstance(v, bool) for v in known):
        return pa.array(found, pa.float64())
    return pa.array([None if v is None else as_text(v) for v in found], pa.string())


def as_text(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
