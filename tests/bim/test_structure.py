"""The structure of real models and of broken ones: everything is in the tree, once, under what holds it."""

from __future__ import annotations

from collections import Counter

import ifcopenshell
import pytest

from bim import cache
from bim.structure import GROUPINGS, structure_of
from bim.structure_cache import structure

NAMES = ["AC20-FZK-Haus.ifc", "Duplex_A_georeferenced.ifc", "Duplex_Electrical.ifc", "pcert_Building-Hvac.ifc",
         "pcert_Infra-Bridge.ifc", "Railway_project_simple_IFC4X3.ifc", "schependomlaan/XELLA-1e_verdieping.ifc"]


def rows(read):
    return read.nodes.to_pylist()


def path_of(nodes, at):
    """Classes from the top down to a row."""
    return [*path_of(nodes, nodes[at]["parent"]), nodes[at]["class"]] if at >= 0 else []


@pytest.mark.realdata
@pytest.mark.parametrize("name", NAMES)
def test_every_product_is_there_once_below_one_project(shared, name):
    path = shared / "ifc" / name
    nodes = rows(structure(str(path)))
    assert [n["class"] for n in nodes if n["parent"] < 0] == ["IfcProject"]
    assert all(n["parent"] < at for at, n in enumerate(nodes))
    products = [p for p in ifcopenshell.open(str(path)).by_type("IfcProduct")
                if not p.is_a("IfcFeatureElementSubtraction") and not p.is_a("IfcPort")]
    assert Counter(n["guid"] for n in nodes[1:]) == Counter(p.GlobalId for p in products)


@pytest.mark.realdata
def test_a_house_is_ordered_from_site_to_element(shared):
    read = structure(str(shared / "ifc" / "AC20-FZK-Haus.ifc"))
    nodes = rows(read)
    wall = next(i for i, n in enumerate(nodes) if n["class"] == "IfcWallStandardCase")
    assert path_of(nodes, wall) == ["IfcProject", "IfcSite", "IfcBuilding", "IfcBuildingStorey", "IfcWallStandardCase"]
    assert [n["name"] for n in nodes if n["class"] == "IfcBuildingStorey"] == ["Erdgeschoss", "Dachgeschoss"]
    assert nodes[wall]["storey"] in ("Erdgeschoss", "Dachgeschoss")
    assert "4 Schlafzimmer" in [n["name"] for n in nodes if n["class"] == "IfcSpace"]
    groups = read.groups.to_pylist()
    assert {"by": "type", "label": "Leichtbeton 102890359 300", "row": wall} in groups
    assert {g["by"] for g in groups} <= set(GROUPINGS)
    assert any(g["label"] == "000 Allgemeines" for g in groups if g["by"] == "classification")


@pytest.mark.realdata
def test_systems_are_found(shared):
    groups = structure(str(shared / "ifc" / "pcert_Building-Hvac.ifc")).groups.to_pylist()
    assert len([g for g in groups if g["by"] == "system"]) == 3


def made():
    model = ifcopenshell.file(schema="IFC4")
    guid = iter(f"{i:022d}" for i in range(1, 99))
    new = model.create_entity
    project = new("IfcProject", next(guid), Name="P")
    storeys = [new("IfcBuildingStorey", next(guid), Name=f"Level {n}", Elevation=float(n)) for n in (10, 9)]
    walls = [new("IfcWall", next(guid), Name=f"Wall {n}") for n in (10, 9, 1)]
    new("IfcRelAggregates", next(guid), RelatingObject=project, RelatedObjects=storeys)
    new("IfcRelContainedInSpatialStructure", next(guid), RelatingStructure=storeys[0], RelatedElements=walls)
    return model, guid, project, storeys, walls


def test_numbers_in_names_sort_as_numbers_and_storeys_by_height():
    model, *_ = made()
    assert [n["name"] for n in rows(structure_of(model))] == ["P", "Level 9", "Level 10", "Wall 1", "Wall 9", "Wall 10"]


def test_what_is_in_nothing_or_in_a_circle_hangs_on_the_project():
    model, guid, *_ = made()
    _, a, b = (model.create_entity("IfcBeam", next(guid), Name=name) for name in ("loose", "a", "b"))
    model.create_entity("IfcRelAggregates", next(guid), RelatingObject=a, RelatedObjects=[b])
    model.create_entity("IfcRelAggregates", next(guid), RelatingObject=b, RelatedObjects=[a])
    nodes = rows(structure_of(model))
    assert nodes[[n["name"] for n in nodes].index("loose")]["parent"] == 0
    assert sorted(n["name"] for n in nodes)[:3] == ["Level 10", "Level 9", "P"] and len(nodes) == 9


def test_an_elements_own_material_replaces_its_types():
    model, guid, _, _, walls = made()
    new = model.create_entity
    kind = new("IfcWallType", next(guid), Name="T", PredefinedType="SOLIDWALL")
    new("IfcRelDefinesByType", next(guid), RelatingType=kind, RelatedObjects=walls)
    brick, wool, wood = (new("IfcMaterial", Name=n) for n in ("brick", "wool", "wood"))
    layers = new("IfcMaterialLayerSet", [new("IfcMaterialLayer", m, 0.1) for m in (brick, wool)])
    new("IfcRelAssociatesMaterial", next(guid), RelatedObjects=[kind], RelatingMaterial=layers)
    new("IfcRelAssociatesMaterial", next(guid), RelatedObjects=[walls[0]], RelatingMaterial=wood)
    read = structure_of(model)
    nodes = rows(read)
    of = Counter((nodes[g["row"]]["name"], g["label"]) for g in read.groups.to_pylist() if g["by"] == "material")
    assert of == Counter({("Wall 10", "wood"): 1, ("Wall 9", "brick"): 1, ("Wall 9", "wool"): 1, ("Wall 1", "brick"): 1,
                          ("Wall 1", "wool"): 1})


@pytest.mark.realdata
def test_the_second_time_it_comes_from_the_cache_and_a_damaged_one_is_made_again(shared, tmp_path, monkeypatch):
    from bim import structure_cache
    monkeypatch.setenv(cache.FOLDER_VARIABLE, str(tmp_path / "kept"))
    path = str(shared / "ifc" / "IfcOpenHouse_IFC4.ifc")
    first = structure(path)
    kept, = (tmp_path / "kept").glob("*")
    monkeypatch.setattr(structure_cache, "structure_of", lambda model: pytest.fail("it was read again"))
    again = structure(path)
    assert again.nodes.equals(first.nodes) and again.groups.equals(first.groups)
    monkeypatch.undo()
    monkeypatch.setenv(cache.FOLDER_VARIABLE, str(tmp_path / "kept"))
    kept.write_bytes(kept.read_bytes()[:400])
    assert structure(path).nodes.equals(first.nodes) and kept.stat().st_size > 1000
    monkeypatch.setenv(cache.FOLDER_VARIABLE, str(kept / "no folder"))
    assert structure(path).nodes.equals(first.nodes), "a disk that cannot be written costs only time"
