"""Property sets and quantities: every kind of property as a plain value with its unit, own or from the type."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bim.usual_units import NO_UNIT, Unit, usual_unit

OTHER_SYMBOLS = {"kg/?.s3": "W/(m²·K)", "kg.m2/s3": "W"}     # as the library builds them, and as people know them


@dataclass(frozen=True)
class Value:
    """`value` None, bool, number, text, or a list of them, in a `unit`."""

    set: str
    name: str
    value: Any
    unit: Unit = NO_UNIT
    inherited: bool = False              # said by the type, not by the element itself
    quantity: bool = False


def values_of(element, model) -> list[Value]:
    """All properties of an element; its own replace its type's of the same name. buildingSMART's sets first."""
    import ifcopenshell.util.element as util
    found: dict[tuple[str, str], Value] = {}
    kind = util.get_type(element)
    sources = [(False, definitions(element))] + ([(True, definitions(kind))] if kind is not None else [])
    for inherited, sets in sources:
        for definition in sets:
            for value in read_set(definition, model, inherited):
                found.setdefault((value.set, value.name), value)
    return sorted(found.values(), key=lambda v: (v.quantity, not v.set.startswith("Pset_"), v.set))


def definitions(thing) -> list:
    """The property sets and quantities that are attached to an element, or to a type."""
    if thing.is_a("IfcTypeObject"):
        return list(thing.HasPropertySets or ())
    out = []
    for relation in getattr(thing, "IsDefinedBy", None) or ():
        if relation.is_a("IfcRelDefinesByProperties"):
            held = relation.RelatingPropertyDefinition
            out += [held] if hasattr(held, "is_a") and held.is_a("IfcPropertySetDefinition") else list(held or ())
    return out


def read_set(definition, model, inherited: bool = False, only: str = "") -> Iterator[Value]:
    """The values of an IfcPropertySet, IfcElementQuantity, or a set that the schema itself defines.

    `only` this property ("outer.inner" of a complex one); the others are not looked at.
    """
    name, quantity = set_name(definition), definition.is_a("IfcElementQuantity")
    for path, prop in _properties(definition):
        if only in ("", path):
            if isinstance(prop, tuple):
                yield Value(name, path, plain(prop[0]), NO_UNIT, inherited)
            else:
                yield Value(name, path, _value(prop), unit_of(prop, model), inherited, quantity)


def set_name(definition) -> str:
    return definition.Name or definition.is_a()


def property_names(definition) -> list[str]:
    return [path for path, _ in _properties(definition)]


def _properties(definition) -> Iterator[tuple[str, Any]]:
    """(name, property); of a set that the schema defines, (name, (value,))."""
    if definition.is_a("IfcPropertySet") or definition.is_a("IfcElementQuantity"):
        for prop in (definition.HasProperties if definition.is_a("IfcPropertySet") else definition.Quantities) or ():
            yield from _flat(prop)
        return
    for attribute, value in definition.get_info(recursive=False).items():
        if attribute not in ("id", "type", "GlobalId", "OwnerHistory", "Name", "Description") and value is not None:
            yield attribute, (value,)


def _flat(prop, above: str = "", depth: int = 0) -> Iterator[tuple[str, Any]]:
    """Complex ones as "outer.inner"."""
    name = f"{above}{prop.Name}"
    inside = getattr(prop, "HasProperties", None) or getattr(prop, "HasQuantities", None)
    if inside and depth < 8:
        for part in inside:
            yield from _flat(part, f"{name}.", depth + 1)
    else:
        yield name, prop


def _value(prop) -> Any:
    if prop.is_a("IfcPropertySingleValue"):
        return plain(prop.NominalValue)
    if prop.is_a("IfcPhysicalSimpleQuantity"):
        return plain(prop[3])
    if prop.is_a("IfcPropertyEnumeratedValue"):
        return plain(prop.EnumerationValues)
    if prop.is_a("IfcPropertyListValue"):
        return plain(prop.ListValues)
    if prop.is_a("IfcPropertyBoundedValue"):
        low, high = plain(prop.LowerBoundValue), plain(prop.UpperBoundValue)
        return None if low is None and high is None else " – ".join("…" if v is None else f"{v}" for v in (low, high))
    if prop.is_a("IfcPropertyTableValue"):
        pairs = zip(plain(prop.DefiningValues) or [], plain(prop.DefinedValues) or [])
        return [f"{a} → {b}" for a, b in pairs]
    if prop.is_a("IfcPropertyReferenceValue"):
        held = prop.PropertyReference
        return None if held is None else getattr(held, "Name", None) or held.is_a()
    return None


def plain(value: Any) -> Any:
    """An IFC value as Python's own; an enumeration or list of one value is that value."""
    if hasattr(value, "wrappedValue"):
        return plain(value.wrappedValue)
    if isinstance(value, tuple | list):
        inside = [plain(v) for v in value]
        return inside[0] if len(inside) == 1 else inside or None
    if hasattr(value, "is_a"):
        return getattr(value, "Name", None) or value.is_a()
    if value == "UNKNOWN":                                     # of IfcLogical
        return None
    return value


def unit_of(prop, model) -> Unit:
    """Of a property or quantity: its own, else the project's, else the usual one of its measure."""
    import ifcopenshell.util.unit as units
    try:
        unit = units.get_property_unit(prop, model, use_cache=True)
        return Unit(symbol(unit)) if unit is not None else usual_unit(_measure(prop), model)
    except (AttributeError, RuntimeError, KeyError, TypeError, IndexError):      # units that are themselves broken
        return NO_UNIT


def _measure(prop) -> str:
    """Class of the values of a property; "" where it has none."""
    if prop.is_a("IfcPhysicalSimpleQuantity"):
        return prop.declaration.attribute_by_index(3).type_of_attribute().declared_type().name()
    for held in ("NominalValue", "UpperBoundValue", "LowerBoundValue", "EnumerationValues", "ListValues"):
        value = getattr(prop, held, None)
        value = value[0] if isinstance(value, tuple) and value else value
        if hasattr(value, "is_a"):
            return value.is_a()
    return ""


def attribute_unit(element, name: str, model) -> Unit:
    """Of a measure that is an attribute, as the width of a door."""
    import ifcopenshell.util.unit as units
    if not isinstance(getattr(element, name), float):
        return NO_UNIT
    attribute = next(a for a in element.declaration.all_attributes() if a.name() == name)
    declared = attribute.type_of_attribute().declared_type()
    kind = units.get_measure_unit_type(declared.name()) if declared else None
    return Unit(symbol(units.get_project_unit(model, kind))) if kind else NO_UNIT


def symbol(unit) -> str:
    import ifcopenshell.util.unit as units
    if unit is None:
        return ""
    if unit.is_a("IfcMonetaryUnit"):
        return str(unit.Currency or "")
    text = str(units.get_unit_symbol(unit) or "")
    if "?" in text and unit.is_a("IfcConversionBasedUnit"):
        text = units.unit_symbols.get(unit.Name.lower(), "")     # files write FOOT, the table says foot
    text = OTHER_SYMBOLS.get(text, text)
    return "" if "?" in text else re.sub(r"(?<=[A-Za-z])[23]", lambda found: "²³"[int(found[0]) - 2], text)
