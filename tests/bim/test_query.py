"""Selectors and columns on real models: what is found, what is said when nothing can be."""

from __future__ import annotations

import pyarrow as pa
import pytest

from bim.kept import kept_model
from bim.property_values import column, names
from bim.query import query
from twin.trouble import Trouble

pytestmark = pytest.mark.realdata


@pytest.fixture
def house(shared):
    return str(shared / "ifc" / "AC20-FZK-Haus.ifc")


@pytest.mark.parametrize("selector, count", [
    ("IfcDoor", 5), ("IfcWall", 13), ("IfcWall, Pset_WallCommon.ThermalTransmittance>1", 5), ("fenster", 11),
    ("2XPyKWY018sA1ygZKgQPtU", 1), ("IfcSpace + IfcDoor", 12), ("IfcElement, material=Holz", 13), ("Haustuer", 1),
    ("door", 5), ("Doors", 5), ("门", 5), ("curtain wall", 0), ("IfcDoor, Pset_DoorCommon.FireRating=*", 2),
    ("IfcDoor, Name=* + IfcSpace", 12), ("IfcWall, Name=/no such.*/", 0), ("nothing like it", 0)])
def test_elements_are_found(house, selector, count):
    assert query(house, selector).num_rows == count


def test_the_table_says_where_and_what(house):
    table = query(house, "IfcDoor", ("Pset_DoorCommon.ThermalTransmittance", "BaseQuantities.Area", "no.such"))
    assert table.column_names == ["guid", "class", "name", "storey", "type",
                                  "Pset_DoorCommon.ThermalTransmittance (W/(m²·K) (assumed))",
                                  "BaseQuantities.Area (m²)", "no.such"]
    assert table["name"].to_pylist() == ["Haustuer", "Innentuer-1", "Innentuer-2", "Innentuer-3", "Terrassentuer"]
    assert set(table["storey"].to_pylist()) == {"Erdgeschoss"}
    assert table[5].to_pylist() == [1.4, 2.0, 2.0, 2.0, 1.4]
    assert table["no.such"].null_count == 5


@pytest.mark.parametrize("selector, words", [("IfcFoo", "knows no class IfcFoo"), ("IfcWall Name=", "letter 9"),
                                             ("Wand=", "ends too early"), ("  ", "Nothing was asked"),
                                             ("IfcWall, Name=/[/", "cannot be used")])
def test_what_is_no_selector_is_said(house, selector, words):
    with pytest.raises(Trouble, match=words):
        query(house, selector)


def test_a_column_follows_the_given_order_and_has_its_unit(house):
    wall = "2XPyKWY018sA1ygZKgQPtU"
    values, unit = column(house, "BaseQuantities.NetVolume", ["nobody", wall])
    assert values.to_pylist() == [None, pytest.approx(2.49624)] and unit == "m³"
    assert column(house, "ThermalTransmittance", [wall])[0].to_pylist() == [1.5], "of any set"
    assert column(house, "Name", [wall])[0].to_pylist() == ["Wand-Int-ERDG-4"]
    assert column(house, "storey", [wall])[0].to_pylist() == ["Erdgeschoss"]
    assert column(house, "Pset_X.Y", [wall])[0].type == pa.string()


def test_yes_and_no_stay_what_they_are_and_types_lend_what_they_say(shared):
    path = str(shared / "ifc" / "Ifc4_SampleHouse.ifc")
    walls = [w.GlobalId for w in kept_model(path).by_type("IfcWall")]
    external, _ = column(path, "Pset_WallCommon.IsExternal", walls)
    assert external.type == pa.bool_() and True in external.to_pylist()
    width, unit = column(path, "Construction.Width", walls)
    assert 290.0 in width.to_pylist() and unit == "mm"


def test_names_are_counted(house):
    found = dict(names(house))
    assert found["Pset_WallCommon.ThermalTransmittance"] == 13
    assert next(iter(found)).startswith(("Pset_", "Qto_", "BaseQ"))
