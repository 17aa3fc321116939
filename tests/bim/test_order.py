"""In which order the elements of a file are made: what one looks for first comes first."""

from __future__ import annotations

import ifcopenshell
import ifcopenshell.util.element as library
import pytest

from bim import plan


def order_of(model) -> list[int]:
    steps = plan.Steps(model)
    return [number for chunk in plan.chunks(model, steps, 2) for number in chunk.numbers]


@pytest.mark.realdata
def test_the_outer_shell_comes_before_the_walls_within_and_these_before_furniture(shared):
    model = ifcopenshell.open(shared / "ifc" / "Duplex_A_georeferenced.ifc")
    order = order_of(model)
    place = {number: at for at, number in enumerate(order)}
    assert len(place) == len(order), "every element once"
    walls = [(library.get_pset(wall, "Pset_WallCommon", "IsExternal"), place[wall.id()])
             for wall in model.by_type("IfcWall") if wall.id() in place]
    outside, within = ([at for said, at in walls if said is one] for one in (True, False))
    assert len(outside) == 23 and len(within) == 34 and max(outside) < min(within)
    at = lambda name: [place[p.id()] for p in model.by_type(name) if p.id() in place]  # noqa: E731
    assert max(at("IfcSlab") + at("IfcRoof")) < min(within) and max(within) < min(at("IfcDoor"))
    assert max(at("IfcDoor")) < min(at("IfcFurnishingElement")) < min(at("IfcSpace"))


def test_what_comes_late_is_looked_at_late(samples, monkeypatch):
    model, seen, look = ifcopenshell.open(samples / "office.ifc"), [], plan._has_surface
    monkeypatch.setattr(plan, "_has_surface", lambda product: seen.append(product.is_a()) or look(product))
    steps = plan.Steps(model)
    shell = next(iter(steps))
    assert {product.is_a() for product in shell} <= set(seen) and not set(seen) & {"IfcDoor", "IfcSpace"}
    assert steps.count == sum(map(len, steps)) <= steps.most == len(seen), "each is looked at once"


@pytest.mark.parametrize("schema", ["IFC2X3", "IFC4"])
def test_a_wall_is_outside_unless_it_or_its_type_says_otherwise(schema):
    model = ifcopenshell.file(schema=schema)
    guid = ifcopenshell.guid.new
    owner = {} if schema == "IFC4" else {"OwnerHistory": model.create_entity("IfcOwnerHistory")}

    def make(kind, **values):
        return model.create_entity(kind, GlobalId=guid(), **owner, **values)

    def common(external):
        single = model.create_entity("IfcPropertySingleValue", Name="IsExternal",
                                     NominalValue=model.create_entity("IfcBoolean", external))
        return make("IfcPropertySet", Name="Pset_WallCommon", HasProperties=[single])

    silent, within, typed, overruled = (make("IfcWall") for _ in range(4))
    kind = make("IfcWallType", HasPropertySets=[common(False)], PredefinedType="STANDARD")
    make("IfcRelDefinesByType", RelatedObjects=[typed, overruled], RelatingType=kind)
    make("IfcRelDefinesByProperties", RelatedObjects=[within], RelatingPropertyDefinition=common(False))
    make("IfcRelDefinesByProperties", RelatedObjects=[overruled], RelatingPropertyDefinition=common(True))
    said = {}
    assert [plan.outer(wall, said) for wall in (silent, within, typed, overruled)] == [True, False, False, True]
    assert plan.outer(make("IfcSlab"), said)
