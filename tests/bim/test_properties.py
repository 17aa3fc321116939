"""What one element says, on real files and on made ones for every kind of property."""

from __future__ import annotations

import ifcopenshell
import pytest

from bim.open import open_model
from bim.properties import groups_of, properties
from bim.property_sets import values_of
from twin.trouble import Trouble


def opened(shared, name):
    return open_model(shared / "ifc" / name).model


def said(groups):
    return {f"{g.title}/{f.name}": f for g in groups for f in g.facts}


@pytest.mark.realdata
def test_a_wall_tells_sets_quantities_layers_and_neighbours(shared):
    path = shared / "ifc" / "AC20-FZK-Haus.ifc"
    wall = opened(shared, "AC20-FZK-Haus.ifc").by_type("IfcWallStandardCase")[0]
    facts = said(properties(str(path), wall.GlobalId))
    heat = facts["Pset_WallCommon/ThermalTransmittance"]
    assert (heat.value, heat.unit, heat.assumed) == (1.5, "W/(m²·K) (assumed)", True), "the file states no unit for it"
    assert (facts["BaseQuantities/GrossSideArea"].value, facts["BaseQuantities/GrossSideArea"].unit) == (10.425, "m²")
    assert facts["Material/Layer 1"].value == "Leichtbeton 102890359, 0.24 m"
    assert facts["Relations/Contained in"].value == "Erdgeschoss (BuildingStorey)"
    assert facts["Relations/Contained in"].link == "2eyxpyOx95m90jmsXLOuR0"
    assert facts["Relations/Connected to"].value.startswith("Wand-") and facts["Relations/Bounds"].link
    with pytest.raises(Trouble):
        properties(str(path), "0" * 22)


@pytest.mark.realdata
def test_a_window_fills_its_wall_and_has_its_size(shared):
    model = opened(shared, "AC20-FZK-Haus.ifc")
    facts = said(groups_of(model.by_type("IfcWindow")[0], model))
    assert facts["Relations/Fills"].value.startswith("Wand-Ext")
    assert (facts["Attributes/OverallWidth"].value, facts["Attributes/OverallWidth"].unit) == (2.0, "m")


@pytest.mark.realdata
def test_what_the_type_says_is_marked(shared):
    model = opened(shared, "Ifc4_SampleHouse.ifc")
    groups = groups_of(next(w for w in model.by_type("IfcWall") if w.GlobalId == "3cUkl32yn9qRSPvBJVyWw5"), model)
    facts = said(groups)
    assert facts["Construction (from the type)/Width"].value == 290.0
    assert facts["Construction (from the type)/Width"].unit == "mm"
    assert facts["Other/Family Name"].inherited and not facts["Other/Category"].inherited
    assert facts["Pset_WallCommon/ThermalTransmittance"].unit == "W/(m²·K)", "this one does"


@pytest.mark.realdata
def test_feet_are_feet(shared):
    model = opened(shared, "Duplex_Electrical.ifc")
    units = {v.unit.symbol for e in model.by_type("IfcElement")[::4] for v in values_of(e, model)}
    assert {"ft", "ft²"} & units and not {"m", "W/(m²·K)"} & units, "nor is a metric unit assumed"


@pytest.mark.realdata
@pytest.mark.parametrize("name", ["Duplex_A_georeferenced.ifc", "pcert_Infra-Bridge.ifc", "pcert_Building-Hvac.ifc",
                                  "Railway_project_simple_IFC4X3.ifc", "BIMcollab_Example_STR.ifc"])
def test_any_element_of_a_real_file_can_be_asked(shared, name):
    model = opened(shared, name)
    for element in model.by_type("IfcProduct")[::5]:
        facts = said(groups_of(element, model))
        assert facts["Attributes/GlobalId"].value == element.GlobalId


def test_every_kind_of_property_has_a_value():
    model = ifcopenshell.file(schema="IFC4")
    new, guid = model.create_entity, iter(f"{i:022d}" for i in range(1, 99))
    label = lambda text: new("IfcLabel", text)  # noqa: E731
    props = [new("IfcPropertySingleValue", "Empty"), new("IfcPropertySingleValue", "One", NominalValue=label("a")),
             new("IfcPropertySingleValue", "Unsure", NominalValue=new("IfcLogical", "UNKNOWN")),
             new("IfcPropertyEnumeratedValue", "Chosen", EnumerationValues=[label("x"), label("y")]),
             new("IfcPropertyListValue", "List", ListValues=[new("IfcInteger", 1), new("IfcInteger", 2)]),
             new("IfcPropertyBoundedValue", "Range", LowerBoundValue=new("IfcReal", 1.0)),
             new("IfcPropertyTableValue", "Table", DefiningValues=[new("IfcReal", 1.0), new("IfcReal", 2.0)],
                 DefinedValues=[new("IfcReal", 10.0), new("IfcReal", 20.0)]),
             new("IfcComplexProperty", "Outer", UsageName="u", HasProperties=[
                 new("IfcPropertySingleValue", "Inner", NominalValue=label("deep"))])]
    wall, kind = new("IfcWall", next(guid)), new("IfcWallType", next(guid), PredefinedType="SOLIDWALL")
    new("IfcRelDefinesByType", next(guid), RelatedObjects=[wall], RelatingType=kind)
    own = new("IfcPropertySet", next(guid), Name="P", HasProperties=props)
    new("IfcRelDefinesByProperties", next(guid), RelatedObjects=[wall], RelatingPropertyDefinition=own)
    kind.HasPropertySets = [new("IfcPropertySet", next(guid), Name="P", HasProperties=[
        new("IfcPropertySingleValue", "One", NominalValue=label("of the type")),
        new("IfcPropertySingleValue", "More", NominalValue=label("from above"))])]
    values = {v.name: (v.value, v.inherited) for v in values_of(wall, model)}
    assert values == {
        "Empty": (None, False), "One": ("a", False), "Unsure": (None, False), "Chosen": (["x", "y"], False),
        "List": ([1, 2], False), "Range": ("1.0 – …", False), "Outer.Inner": ("deep", False),
        "Table": (["1.0 → 10.0", "2.0 → 20.0"], False), "More": ("from above", True)}


@pytest.mark.realdata
def test_what_is_related_and_has_no_name_is_told_by_its_class_first(shared):
    model = opened(shared, "IfcOpenHouse_IFC4.ifc")
    window = next(w for w in model.by_type("IfcWindow") if w.IsDecomposedBy)
    part = window.IsDecomposedBy[0].RelatedObjects[0]
    told = [fact.value for group in groups_of(window, model) for fact in group.facts]
    assert f"{part.is_a().removeprefix('Ifc')} {part.GlobalId}" in told
