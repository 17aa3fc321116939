"""Chosen elements of real files as IFC, glTF and CSV: what comes out says the same as what went in."""

from __future__ import annotations

import csv
import json

import ifcopenshell
import numpy as np
import pytest

from app.cli import main
from bim.checks import check
from bim.export import Choice, export
from bim.open import open_model
from bim.property_sets import values_of
from bim.subset import subset, with_parts
from twin import glb
from twin.trouble import Trouble

pytestmark = pytest.mark.realdata
CASES = (("IfcOpenHouse_IFC4", "IfcWall"), ("AC20-FZK-Haus", "IfcWindow"), ("Duplex_A_georeferenced", "IfcDoor"),
         ("pcert_Building-Architecture", "IfcBuildingElement"), ("Railway_project_simple_IFC4X3", "IfcSignal"))


def matrix(element):
    import ifcopenshell.util.placement as placement
    return placement.get_local_placement(element.ObjectPlacement)


def path_up(element):
    import ifcopenshell.util.element as util
    out = []
    while (element := util.get_parent(element)) is not None:
        out.append(element.GlobalId)
    return out


@pytest.mark.parametrize(("name", "kind"), CASES)
def test_a_part_of_a_file_says_the_same_of_its_elements(shared, tmp_path, name, kind):
    path = shared / "ifc" / f"{name}.ifc"
    out = tmp_path / "part.ifc"
    said = export(str(path), str(out), Choice(selector=kind))
    old, new = ifcopenshell.open(str(path)), ifcopenshell.open(str(out))
    elements = old.by_type(kind)
    assert said["elements"] >= len(elements) > 0 and said["entities"] < len(old.entity_names())
    for element in elements:
        copy = new.by_guid(element.GlobalId)
        assert (copy.is_a(), copy.Name) == (element.is_a(), element.Name)
        np.testing.assert_allclose(matrix(copy), matrix(element))
        assert path_up(copy) == path_up(element)
        assert values_of(copy, new) == values_of(element, old)
        import ifcopenshell.util.element as util
        assert getattr(util.get_type(copy), "GlobalId", None) == getattr(util.get_type(element), "GlobalId", None)
        assert [m.Name for m in util.get_materials(copy)] == [m.Name for m in util.get_materials(element)]
    guids = [e.GlobalId for e in new.by_type("IfcRoot")]
    assert len(guids) == len(set(guids)) and len(new.by_type("IfcProject")) == len(old.by_type("IfcProject"))
    for kept in ("IfcCoordinateOperation", "IfcUnitAssignment"):
        if new.schema != "IFC2X3" or kept == "IfcUnitAssignment":
            assert len(new.by_type(kept)) == len(old.by_type(kept))


def test_walls_keep_their_openings_styles_and_shape(shared, tmp_path):
    from ifcopenshell import geom
    path, out = shared / "ifc" / "IfcOpenHouse_IFC4.ifc", tmp_path / "part.ifc"
    export(str(path), str(out), Choice(selector="IfcWall"))
    old, new = ifcopenshell.open(str(path)), ifcopenshell.open(str(out))
    settings = geom.settings()
    for wall in old.by_type("IfcWall"):
        before, after = (geom.create_shape(settings, m.by_guid(wall.GlobalId)) for m in (old, new))
        assert np.allclose(sorted(before.geometry.verts), sorted(after.geometry.verts))
        assert [m.diffuse.components for m in before.geometry.materials] == [
            m.diffuse.components for m in after.geometry.materials]
    assert len(new.by_type("IfcOpeningElement")) > 0 and not new.by_type("IfcWindow")


def test_a_part_is_as_valid_as_the_whole(shared, tmp_path):
    path, out = shared / "ifc" / "Duplex_A_georeferenced.ifc", tmp_path / "part.ifc"
    export(str(path), str(out), Choice(selector="IfcDoor + IfcSlab"))
    assert check(str(path)).ok and check(str(out)).ok


def test_a_storey_stands_for_what_lies_on_it_and_the_choice_decides_the_file(shared):
    model = open_model(shared / "ifc" / "AC20-FZK-Haus.ifc").model
    storey = next(e for e in model.by_type("IfcBuildingStorey") if e.Name == "Dachgeschoss")
    guids = with_parts(model, [storey.GlobalId])
    one, other = (subset(model, chosen)[0] for chosen in (guids, guids[::-1]))
    text = lambda made: made.to_string().partition("DATA;")[2]  # noqa: E731
    assert text(one) == text(other)
    assert {e.Name for e in one.by_type("IfcBuildingStorey")} == {"Dachgeschoss"} and not one.by_type("IfcDoor")
    assert len(one.by_type("IfcBeam")) == 3 and len(model.by_type("IfcBeam")) == 4


def read_glb(data: bytes) -> tuple[dict, bytes]:
    assert data[:4] == b"glTF" and int.from_bytes(data[8:12], "little") == len(data)
    size = int.from_bytes(data[12:16], "little")
    return json.loads(data[20:20 + size]), data[28 + size:]


def positions(document: dict, blob: bytes) -> np.ndarray:
    found = []
    for mesh in document["meshes"]:
        accessor = document["accessors"][mesh["primitives"][0]["attributes"]["POSITION"]]
        at = document["bufferViews"][accessor["bufferView"]]["byteOffset"]
        found.append(np.frombuffer(blob, np.float32, accessor["count"] * 3, at).reshape(-1, 3))
    return np.concatenate(found)


def test_gltf_names_every_element(shared, tmp_path):
    path, out = shared / "ifc" / "IfcOpenHouse_IFC4.ifc", tmp_path / "part.glb"
    said = export(str(path), str(out), Choice(selector="IfcWall + IfcRoof"))
    document, blob = read_glb(out.read_bytes())
    named = {node["extras"]["GlobalId"]: node["extras"]["class"] for node in document["nodes"] if "mesh" in node}
    model = ifcopenshell.open(str(path))
    assert all(model.by_guid(guid).is_a() == kind for guid, kind in named.items()) and len(named) == said["elements"]
    root = document["nodes"][document["scenes"][0]["nodes"][0]]
    assert root["extras"]["unit"] == "m" and root["extras"]["origin"] == [0.0, 0.0, 0.0]
    assert root["rotation"] == glb.UPRIGHT
    points = positions(document, blob)
    low, high = points.min(axis=0), points.max(axis=0)
    assert -10.1 < low[0] and high[2] < 6 and (high - low)[:2] == pytest.approx((10.3, 5.3), abs=2.5)
    from cim.gltf_file import load
    assert len(load(out.read_bytes(), out).pieces) >= said["elements"]


def test_gltf_where_it_stands(shared, tmp_path):
    path, out = shared / "ifc" / "Duplex_A_georeferenced.ifc", tmp_path / "part.gltf"
    said = export(str(path), str(out), Choice(selector="IfcSlab", coordinates="world"))
    assert said["crs"] == "EPSG:9897" and said["origin"][0] == pytest.approx(76670, abs=60)
    root = json.loads(out.read_text())["nodes"][-1]
    assert root["extras"]["crs"] == "EPSG:9897" and "x east" in root["extras"]["axes"]


def test_a_table_has_every_property_with_its_unit(shared, tmp_path):
    out = tmp_path / "part.csv"
    said = export(str(shared / "ifc" / "AC20-FZK-Haus.ifc"), str(out), Choice(selector="IfcDoor"))
    rows = list(csv.DictReader(out.read_text(encoding="utf-8-sig").splitlines()))
    assert len(rows) == said["elements"] == 5 and len(rows[0]) == said["columns"]
    door = next(row for row in rows if row["name"] == "Haustuer")
    assert door["class"] == "IfcDoor" and door["Pset_DoorCommon.ThermalTransmittance (W/(m²·K) (assumed))"] == "1.4"
    assert door["BaseQuantities.Area (m²)"]
    assert float(door["OverallHeight (m)"]) > 1.9 and door["Tag"], "what the inspector shows, too"
    numbers = [cell for row in rows for cell in row.values() if cell.replace(".", "").isdigit()]
    assert max(len(number.partition(".")[2]) for number in numbers) <= 12, "no digits that a change of units made"


def test_what_cannot_be_done_is_said(shared, tmp_path):
    path = str(shared / "ifc" / "IfcOpenHouse_IFC4.ifc")
    for out, choice, words in (("a.xyz", Choice(selector="IfcWall"), "from the name"),
                               ("a.ifc", Choice(selector="IfcPile"), "Nothing was found"),
                               ("a.ifc", Choice(storey="no such"), "no such"),
                               ("a.glb", Choice(selector="IfcWall", coordinates="world"), "where it stands"),
                               ("no/folder/a.ifc", Choice(selector="IfcWall"), "could not be written")):
        with pytest.raises(Trouble, match=words):
            export(path, str(tmp_path / out), choice)
    assert list(tmp_path.iterdir()) == []


def test_the_command_writes_them_and_a_picture(shared, tmp_path, capfd):
    path = str(shared / "ifc" / "IfcOpenHouse_IFC4.ifc")
    assert main(["ifc", "export", path, "--select", "IfcWall", "--out", str(tmp_path / "a.ifc"), "--json"]) == 0
    assert json.loads(capfd.readouterr().out)["elements"] == 4
    assert main(["ifc", "export", path, "--select", "IfcWall", "--out", str(tmp_path / "a.png"), "--json"]) == 0
    assert json.loads(capfd.readouterr().out)["elements"] == 4 and (tmp_path / "a.png").stat().st_size > 2000
    assert main(["ifc", "export", path, "--select", "IfcPile", "--out", str(tmp_path / "b.ifc"), "--json"]) == 1
    assert "Nothing was found" in json.loads(capfd.readouterr().out)["error"]
