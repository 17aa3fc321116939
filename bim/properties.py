"""Everything one element says: attributes, property sets, quantities, material, classification, relations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from bim.kept import kept_model
from bim.property_sets import Value, attribute_unit, plain, symbol, values_of
from bim.property_values import CLASSIFIED
from bim.structure import classification_label, name_of
from bim.usual_units import Unit
from twin.class_words import full_class, short_class
from twin.readers import Progress
from twin.text import tr
from twin.trouble import Trouble

MOST_RELATED = 12                    # of one relation are named; the others are counted
UNSAID = ("id", "type", "GlobalId", "OwnerHistory", "ObjectPlacement", "Representation", "Name")


@dataclass(frozen=True)
class Fact:
    """`link`: GlobalId of the element that the value names; `inherited`: said by the type; `assumed`: the unit."""

    name: str
    value: Any
    unit: str = ""
    inherited: bool = False
    link: str = ""
    assumed: bool = False
    path: str = ""                   # "Pset_WallCommon.FireRating": what colours and queries call it


@dataclass(frozen=True)
class Group:
    title: str
    facts: tuple[Fact, ...]


def properties(path: str, guid: str, progress: Progress | None = None) -> list[Group]:
    """Runs in a worker, which keeps the last model open. Raises Trouble when the file holds no such element."""
    model = kept_model(path)
    try:
        element = model.by_guid(guid)
    except RuntimeError:
        raise Trouble(tr("The file holds no element {guid}.", guid=guid),
                      way_out=tr("Reload the layer: the file has changed."), path=str(path)) from None
    return groups_of(element, model)


def groups_of(element, model) -> list[Group]:
    """Only groups that say something."""
    found = [Group(tr("Attributes"), tuple(_attributes(element, model))),
             *_sets(values_of(element, model)),
             *_material(element, model),
             Group(tr("Classification"), tuple(_classification(element))),
             Group(tr("Relations"), tuple(_relations(element)))]
    return [group for group in found if group.facts]


# -- attributes and sets -------------------------------------------------------------------------------


def _attributes(element, model) -> Iterator[Fact]:
    import ifcopenshell.util.element as util
    yield Fact(tr("Name"), element.Name, path="Name")
    yield Fact(tr("IFC class"), full_class(element.is_a()), path="class")
    yield Fact("GlobalId", element.GlobalId, path="GlobalId")
    if (kind := util.get_predefined_type(element)) and kind != getattr(element, "ObjectType", None):
        yield Fact(tr("Predefined type"), kind, path="predefined_type")
    for name, value, unit in own_attributes(element, model):
        yield Fact(name, value, unit.words, path=name)


def own_attributes(element, model) -> Iterator[tuple[str, Any, Unit]]:
    """(name, plain value, unit) of what the schema lets an element say of itself, without name, class and relations."""
    for name, value in element.get_info(recursive=False).items():
        if name in UNSAID or name == "PredefinedType" or value is None or hasattr(value, "is_a"):
            continue
        if not (isinstance(value, tuple) and any(hasattr(v, "is_a") for v in value)):
            yield name, plain(value), attribute_unit(element, name, model)


def _sets(values: list[Value]) -> Iterator[Group]:
    """One group per set; where all of it comes from the type, its title says so."""
    names = dict.fromkeys(value.set for value in values)
    for name in names:
        mine = [value for value in values if value.set == name]
        whole = all(value.inherited for value in mine)
        yield Group(f"{name} ({tr('from the type')})" if whole else name,
                    tuple(Fact(v.name, v.value, v.unit.words, v.inherited and not whole, path=f"{v.set}.{v.name}",
                               assumed=v.unit.assumed) for v in mine))


# -- material and classification ------------------------------------------------------------------------


def _material(element, model) -> Iterator[Group]:
    import ifcopenshell.util.element as util
    own = util.get_material(element, should_skip_usage=True, should_inherit=False)
    material = own or util.get_material(element, should_skip_usage=True)
    if material is not None:
        title = tr("Material") if own is not None else f"{tr('Material')} ({tr('from the type')})"
        yield Group(title, tuple(_material_facts(material, model)))


def _material_facts(material, model) -> Iterator[Fact]:
    import ifcopenshell.util.unit as units
    name = getattr(material, "LayerSetName", None) or getattr(material, "Name", None)
    if name:
        yield Fact(tr("Name"), name, path="material" if material.is_a("IfcMaterial") else "material_set")
    length = symbol(units.get_project_unit(model, "LENGTHUNIT"))
    for at, layer in enumerate(getattr(material, "MaterialLayers", None) or (), 1):
        yield Fact(tr("Layer {n}", n=at), f"{_named(layer.Material)}, {layer.LayerThickness:.10g} {length}".strip())
    for part in getattr(material, "MaterialConstituents", None) or ():
        share = f", {part.Fraction:.0%}" if part.Fraction is not None else ""
        yield Fact(part.Name or tr("Constituent"), _named(part.Material) + share)
    for part in getattr(material, "MaterialProfiles", None) or ():
        profile = getattr(part.Profile, "ProfileName", None)
        yield Fact(part.Name or tr("Profile"), ", ".join(filter(None, (_named(part.Material), profile))))
    for at, part in enumerate(getattr(material, "Materials", None) or (), 1):
        yield Fact(tr("Material {n}", n=at), _named(part))


def _named(thing) -> str:
    return (getattr(thing, "Name", None) or "?") if thing is not None else "?"


def _classification(element) -> Iterator[Fact]:
    import ifcopenshell.util.classification as util
    own = {r.id() for r in util.get_references(element, should_inherit=False)}
    for reference in sorted(util.get_references(element), key=lambda r: r.id()):
        system, _, words = classification_label(reference).rpartition(": ")
        yield Fact(system or tr("Reference"), words, inherited=reference.id() not in own,
                   path=f"{CLASSIFIED}.{system}" if system else CLASSIFIED)


# -- relations -------------------------------------------------------------------------------------------


def _relations(element) -> Iterator[Fact]:
    import ifcopenshell.util.element as util
    if (kind := util.get_type(element)) is not None and kind != element:
        yield Fact(tr("Type"), kind.Name or kind.is_a(), path="type" if kind.Name else "")
    yield from _named_all(tr("Contained in"), _through(element, "ContainedInStructure", "RelatingStructure"))
    yield from _named_all(tr("Part of"), _through(element, "Decomposes", "RelatingObject"))
    yield from _named_all(tr("Parts"), _through(element, "IsDecomposedBy", "RelatedObjects"))
    yield from _named_all(tr("Contains"), _through(element, "ContainsElements", "RelatedElements"))
    hosts = [wall for opening in _through(element, "FillsVoids", "RelatingOpeningElement")
             for wall in _through(opening, "VoidsElements", "RelatingBuildingElement")]
    yield from _named_all(tr("Fills"), hosts)
    fillings = [filling for opening in _through(element, "HasOpenings", "RelatedOpeningElement")
                for filling in _through(opening, "HasFillings", "RelatedBuildingElement")]
    yield from _named_all(tr("Holds"), fillings)
    yield from _named_all(tr("Connected to"), [*_through(element, "ConnectedTo", "RelatedElement"),
                                               *_through(element, "ConnectedFrom", "RelatingElement")])
    yield from _named_all(tr("Belongs to"), _through(element, "HasAssignments", "RelatingGroup"))
    yield from _named_all(tr("Bounds"), _through(element, "ProvidesBoundaries", "RelatingSpace"))
    yield from _named_all(tr("Bounded by"), _through(element, "BoundedBy", "RelatedBuildingElement"))


def _through(thing, inverse: str, forward: str) -> list:
    """What the relations of an inverse attribute lead to; none where the schema knows neither."""
    out = []
    for relation in getattr(thing, inverse, None) or ():
        held = getattr(relation, forward, None)
        out += [] if held is None else list(held) if isinstance(held, tuple) else [held]
    return out


def _named_all(label: str, things: Iterable) -> Iterator[Fact]:
    """Each once, by name; of many the first, and how many more there are."""
    once = list({thing.id(): thing for thing in things if hasattr(thing, "GlobalId")}.values())
    for thing in once[:MOST_RELATED]:
        name, kind = name_of(thing), short_class(thing.is_a())
        yield Fact(label, f"{name} ({kind})" if name else f"{kind} {thing.GlobalId}", link=thing.GlobalId)
    if len(once) > MOST_RELATED:
        yield Fact(label, tr("and {n} more", n=len(once) - MOST_RELATED))
