"""Elements alike by any property: texts, numbers in other units, lists, classifications; over several files."""

from __future__ import annotations

import json

import ifcopenshell
import ifcopenshell.guid
import pytest

from app.cli import main
from bim.alike import Said, alike, said_by, said_of


def made(path, prefix: str | None, thickness: float):
    """Two walls that are alike and a third that is not; the thickness in metres, or millimetres by `prefix`."""
    model = ifcopenshell.file(schema="IFC4")

    def new(kind: str, **said):
        return model.create_entity(kind, GlobalId=ifcopenshell.guid.new(), **said)
    metre = model.create_entity("IfcSIUnit", UnitType="LENGTHUNIT", Prefix=prefix, Name="METRE")
    new("IfcProject", Name="P", UnitsInContext=model.create_entity("IfcUnitAssignment", Units=[metre]))
    walls = [new("IfcWall", Name=f"{path.stem} {n}") for n in range(3)]
    door = new("IfcDoor", Name="door", OverallHeight=thickness * 7)

    def single(name: str, kind: str, value):
        return model.create_entity("IfcPropertySingleValue", Name=name, NominalValue=model.create_entity(kind, value))
    for objects, properties in ((walls[:2], [single("Thickness", "IfcLengthMeasure", thickness),
                                             single("FireRating", "IfcLabel", "EI30"),
                                             single("IsExternal", "IfcBoolean", True)]),
                                ([walls[2]], [single("Thickness", "IfcLengthMeasure", thickness * 1.01),
                                              single("FireRating", "IfcLabel", "EI60"),
                                              single("IsExternal", "IfcBoolean", False)])):
        held = new("IfcPropertySet", Name="Pset_WallCommon", HasProperties=properties)
        new("IfcRelDefinesByProperties", RelatedObjects=objects, RelatingPropertyDefinition=held)
    system = model.create_entity("IfcClassification", Name="Uniclass")
    code = model.create_entity("IfcClassificationReference", Identification="EF_25", Name="Walls",
                               ReferencedSource=system)
    new("IfcRelAssociatesClassification", RelatedObjects=walls[1:], RelatingClassification=code)
    model.write(str(path))
    return [wall.GlobalId for wall in walls], door.GlobalId


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("alike")
    a, b = folder / "a.ifc", folder / "b.ifc"
    return (a, *made(a, None, 0.3)), (b, *made(b, "MILLI", 300.0))


@pytest.mark.parametrize("name, value, of_b", [
    ("Pset_WallCommon.FireRating", Said("EI30"), [0, 1]), ("Pset_WallCommon.IsExternal", Said(True), [0, 1]),
    ("Pset_WallCommon.Thickness", Said(0.3, "m"), [0, 1]), ("class", Said("IfcWall"), [0, 1, 2]),
    ("Name", Said("a 0"), []), ("Pset_WallCommon.NoSuch", None, [])])
def test_what_one_file_says_is_found_in_another(files, name, value, of_b):
    (a, walls, _), (b, others, _) = files
    said = said_by(str(a), name, (walls[0],))
    assert said == ([value] if value else [])
    assert set(alike(str(b), name, said)) == {others[n] for n in of_b}


def test_attributes_and_classifications_are_properties_too(files):
    (a, walls, door), (b, others, other) = files
    height = said_by(str(a), "OverallHeight", (door,))
    assert height == [Said(pytest.approx(2.1), "m")] and alike(str(b), "OverallHeight", height) == [other]
    code = said_by(str(a), "classification.Uniclass", (walls[1],))
    assert code == [Said("EF_25 Walls")] and alike(str(b), "classification.Uniclass", code) == others[1:]


def test_a_number_with_another_kind_of_unit_is_not_the_same(files):
    b, others, _ = files[1]
    assert alike(str(b), "Pset_WallCommon.Thickness", [Said(300.0, "kg"), Said(300.0, "")]) == []
    assert alike(str(b), "Pset_WallCommon.Thickness", [Said(300.0, "mm")]) == others[:2]


def test_several_chosen_say_several_values(files):
    a, walls, _ = files[0]
    said = said_by(str(a), "Pset_WallCommon.FireRating", tuple(walls))
    assert sorted(s.value for s in said) == ["EI30", "EI60"]
    assert len(alike(str(a), "Pset_WallCommon.FireRating", said)) == 3
    assert said_of(str(a), "Name", "0" * 22) is None


def test_the_command_asks_all_files(files, capfd):
    (a, _, _), (b, others, _) = files
    asked = ["ifc", "alike", str(a), str(b), "--guid", others[2], "--by"]
    assert main([*asked, "Pset_WallCommon.Thickness", "--json"]) == 0
    said = json.loads(capfd.readouterr().out)
    assert (said["count"], said["unit"], [f["count"] for f in said["files"]]) == (2, "mm", [1, 1])
    assert main([*asked, "Pset_WallCommon.NoSuch"]) == 1
    assert "says nothing" in capfd.readouterr().err
