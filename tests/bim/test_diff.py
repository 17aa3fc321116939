"""Two issues of one model: what is told of each kind of change."""

from __future__ import annotations

import ifcopenshell
import ifcopenshell.guid
import pytest

from bim.diff import diff, diff_table

pytestmark = pytest.mark.realdata


@pytest.fixture
def house(shared):
    return shared / "ifc" / "IfcOpenHouse_IFC4.ifc"


def issued(house, tmp_path, change):
    """The house with a change, written anew."""
    model = ifcopenshell.open(str(house))
    told = change(model)
    model.write(str(tmp_path / "new.ifc"))
    return diff(str(house), str(tmp_path / "new.ifc")), told


def test_the_same_house_written_anew_has_no_differences(house, tmp_path):
    found, _ = issued(house, tmp_path, lambda model: None)
    assert not (found.added or found.removed or found.changed or found.renamed) and found.unchanged > 40


def test_line_numbers_do_not_matter(house, tmp_path):
    text = house.read_text()
    import re
    (tmp_path / "shifted.ifc").write_text(re.sub(r"#(\d+)", lambda m: f"#{int(m[1]) + 5000}", text))
    found = diff(str(house), str(tmp_path / "shifted.ifc"))
    assert not (found.added or found.removed or found.changed)


def test_a_new_name_a_move_and_a_property_are_told_apart(house, tmp_path):
    def change(model):
        first, second, third = model.by_type("IfcWallStandardCase")[:3]
        first.Name = "New name"
        at = second.ObjectPlacement.RelativePlacement.Location
        at.Coordinates = tuple(c + 100.0 for c in at.Coordinates)
        definition = model.create_entity("IfcPropertySet", ifcopenshell.guid.new(), Name="Pset_WallCommon",
                                         HasProperties=[model.create_entity(
                                             "IfcPropertySingleValue", "FireRating",
                                             NominalValue=model.create_entity("IfcLabel", "F90"))])
        model.create_entity("IfcRelDefinesByProperties", ifcopenshell.guid.new(), RelatedObjects=[third],
                            RelatingPropertyDefinition=definition)
        return [w.GlobalId for w in (first, second, third)]
    found, (first, second, third) = issued(house, tmp_path, change)
    changes = {row["guid"]: row["changes"] for row in found.changed}
    assert changes[first]["Name"][1] == "New name" and set(changes[first]) == {"Name"}
    assert "placement" in changes[second] and "shape" not in changes[second]
    told = {row["guid"]: row["what"] for row in diff_table(str(house), str(tmp_path / "new.ifc")).to_pylist()}
    assert told[second] == "Placement: moved by 0.173 m", "of a file in millimetres"
    assert changes[third] == {"Pset_WallCommon.FireRating": [None, "F90"]}
    assert not found.added and not found.removed


def test_another_shape_is_a_change(house, tmp_path):
    def change(model):
        solid = model.by_type("IfcExtrudedAreaSolid")[0]
        solid.Depth = solid.Depth + 1.0
    found, _ = issued(house, tmp_path, change)
    assert found.changed and all(set(row["changes"]) == {"shape"} for row in found.changed)


def test_what_came_and_went_and_what_only_got_another_id(house, tmp_path):
    def change(model):
        wall, gone = model.by_type("IfcWallStandardCase")[0], model.by_type("IfcPlate")[0]
        before, lost = wall.GlobalId, gone.GlobalId
        wall.GlobalId = ifcopenshell.guid.new()
        model.remove(gone)
        beam = model.create_entity("IfcBeam", ifcopenshell.guid.new(), Name="B1")
        return before, wall.GlobalId, lost, beam.GlobalId
    found, (before, after, lost, new) = issued(house, tmp_path, change)
    assert [(row["old_guid"], row["guid"]) for row in found.renamed] == [(before, after)]
    assert [row["guid"] for row in found.removed] == [lost] and [row["guid"] for row in found.added] == [new]
    table = diff_table(str(house), str(tmp_path / "new.ifc"))
    assert {"added", "removed", "renamed"} <= set(table["change"].to_pylist())
