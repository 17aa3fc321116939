"""What the load report counts."""

from __future__ import annotations

import ifcopenshell
import pytest

from bim import aside, report
from bim.open import open_model
from bim.report import Counting, _duplicates


@pytest.mark.parametrize("schema", ["IFC2X3", "IFC4", "IFC4X3"])
def test_only_what_has_a_global_id_is_made_an_object_of(schema):
    """Of a million points none is: that took twice as long as the counting itself."""
    model, asked = ifcopenshell.file(schema=schema), []
    for guid in ("2MEinnTPbCMwLOgceaQZFu", "1MEinnTPbCMwLOgceaQZFu", "2MEinnTPbCMwLOgceaQZFu"):
        model.createIfcWall(guid)
    model.createIfcRelAggregates("1MEinnTPbCMwLOgceaQZFu")
    model.createIfcCartesianPoint((0.0, 0.0))

    class Watched:
        schema_identifier, types = model.schema_identifier, staticmethod(model.types)

        @staticmethod
        def by_type(name: str, include_subtypes: bool):
            asked.append(name)
            return model.by_type(name, include_subtypes)

    assert _duplicates(Watched()) == 2 and sorted(asked) == ["IfcRelAggregates", "IfcWall"]


def test_counts_are_the_same_from_a_process_beside_and_from_here(samples, monkeypatch):
    monkeypatch.setattr(aside, "BESIDE_BYTES", 0)
    here, beside = (Counting(open_model(samples / "office.ifc", lazy=True)) for _ in range(2))
    beside.begin()
    beside.begin()                                           # once is enough
    one, other = here.all(), beside.all()
    assert (one.entities, one.entity_lines, one.duplicates) == (other.entities, other.entity_lines, other.duplicates)
    assert one.bytes == 0 and here.opened.whole and beside.opened.whole


@pytest.mark.parametrize(("name", "version", "words"), [
    ("Autodesk Revit Architecture 2011", "2011", "Autodesk Revit Architecture 2011"),
    ("ARCHICAD-64", "20.0.0", "ARCHICAD-64 20.0.0"), ("", "1", "1"), ("Tool", "", "Tool")])
def test_an_authoring_tool_says_its_version_once(name, version, words):
    model = ifcopenshell.file(schema="IFC4")
    model.create_entity("IfcApplication", ApplicationFullName=name, Version=version)
    assert report._tool(model) == words
