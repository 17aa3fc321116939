"""IFC files come in, stand where they say, and bad ones end in words."""

from __future__ import annotations

import math
import zipfile
from pathlib import Path

import ifcopenshell
import ifcopenshell.guid
import numpy as np
import pytest

from bim import georeference, placements
from bim import reader as ifc
from bim.open import open_model
from twin.frame import Frame
from twin.layer import Source
from twin.readers import Progress, Request
from twin.trouble import Trouble

EAST, NORTH, HEIGHT = 618946.4432, 3470454.8030, 4.5


def load(path: Path, frame: Frame | None = None):
    return ifc.read(Request(source=Source(path=str(path)), kind="building", frame=frame or Frame()), Progress())


def made(path: Path, schema: str, unit_m: float) -> Path:
    """A project without shapes, georeferenced as in the vector: x axis turned 25 degrees."""
    model = ifcopenshell.file(schema=schema)
    new = model.create_entity
    unit = new("IfcSIUnit", UnitType="LENGTHUNIT", Prefix=None if unit_m == 1 else "MILLI", Name="METRE")
    project = new("IfcProject", GlobalId=ifcopenshell.guid.new(),
                  UnitsInContext=new("IfcUnitAssignment", Units=[unit]))
    values = {"Eastings": EAST, "Northings": NORTH, "OrthogonalHeight": HEIGHT, "Scale": unit_m,
              "XAxisAbscissa": math.cos(math.radians(25)), "XAxisOrdinate": math.sin(math.radians(25))}
    if schema == "IFC2X3":
        for name, said in (("epset_MapConversion", values), ("EPset_ProjectedCRS", {"Name": "EPSG:4549"})):
            new("IfcPropertySet", GlobalId=ifcopenshell.guid.new(), Name=name, HasProperties=[
                new("IfcPropertySingleValue", Name=k, NominalValue=new("IfcLabel" if k == "Name" else "IfcReal", v))
                for k, v in said.items()])
    else:
        origin = new("IfcAxis2Placement3D", Location=new("IfcCartesianPoint", (0.0, 0.0, 0.0)))
        context = new("IfcGeometricRepresentationContext", ContextType="Model", CoordinateSpaceDimension=3,
                      WorldCoordinateSystem=origin)
        project.RepresentationContexts = [context]
        metre = new("IfcSIUnit", UnitType="LENGTHUNIT", Name="METRE")
        new("IfcMapConversion", SourceCRS=context, **values,
            TargetCRS=new("IfcProjectedCRS", Name="EPSG:4549", MapUnit=metre))
    model.write(str(path))
    return path


@pytest.mark.parametrize("unit_m", [1.0, 0.001])
@pytest.mark.parametrize("schema", ["IFC2X3", "IFC4", "IFC4X3"])
def test_vector_of_the_domain_notes_within_a_millimetre(tmp_path, schema, unit_m):
    mesh = load(made(tmp_path / "a.ifc", schema, unit_m))
    local = Frame().matrix(mesh.placement) @ [10.0, 20.0, 3.0, 1.0]
    assert np.allclose(Frame().to_project(local[None, :3])[0], (618947.0539, 3470477.1553, 7.5), atol=1e-3)


def test_recentring_does_not_move_the_model():
    offset = np.array([40000.0, -9000.0, 12.0])
    near = georeference._moved(EAST, NORTH, 0.0, 25.0, 1.0, np.zeros(3))
    far = georeference._moved(EAST, NORTH, 0.0, 25.0, 1.0, offset)
    point = np.array([40010.0, -8980.0, 15.0])
    assert np.allclose(Frame().matrix(near) @ [*point, 1], Frame().matrix(far) @ [*(point - offset), 1], atol=1e-6)


def test_cycle_is_cut_and_counted(tmp_path, shared):
    model = ifcopenshell.open(str(shared / "ifc" / "IfcOpenHouse_IFC4.ifc"))
    wall = model.by_type("IfcWallStandardCase")[0].ObjectPlacement
    wall.PlacementRelTo = wall
    model.write(str(tmp_path / "cycle.ifc"))
    assert placements.cyclic(model)
    mesh = load(tmp_path / "cycle.ifc")
    assert 0 < mesh.count < 35
    assert any("cycle" in note for note in mesh.notes)


def test_half_a_file_is_shown_as_incomplete(tmp_path, shared):
    data = (shared / "ifc" / "AC20-FZK-Haus.ifc").read_bytes()
    (tmp_path / "half.ifc").write_bytes(data[:len(data) // 2])
    facts = ifc.inspect(tmp_path / "half.ifc", Source(path=""))[0]
    assert not facts.extra["ifc"]["complete"] and not facts.extra["ifc"]["end_marker"]
    assert any("Incomplete" in note for note in load(tmp_path / "half.ifc").notes)


def test_zip_bomb_is_refused(tmp_path):
    path = tmp_path / "bomb.IFCZIP"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.ifc", b"ISO-10303-21;\n" + bytes(80 << 20))
    with pytest.raises(Trouble, match="unpacks"):
        open_model(path)


def test_draft_schema_is_named(shared):
    with pytest.raises(Trouble, match="IFC4X3_RC3"):
        ifc.inspect(shared / "ifc" / "infra_Tin-1.ifc", Source(path=""))


def test_chinese_names_in_gb18030_survive(tmp_path, shared):
    data = (shared / "ifc" / "AC20-FZK-Haus.ifc").read_bytes()
    (tmp_path / "gbk.ifc").write_bytes(data.replace(b"'FZK-Haus'", "'嘉定'".encode("gbk")))
    assert open_model(tmp_path / "gbk.ifc").model.by_type("IfcBuilding")[0].Name == "嘉定"


def test_every_real_file_is_described_or_refused_in_words(shared):
    described = 0
    for path in sorted((shared / "ifc").rglob("*.ifc*")):
        try:
            described += ifc.inspect(path, Source(path=str(path)))[0].extra["ifc"]["entities"] > 0
        except Trouble as trouble:
            assert "schema" in str(trouble)
    assert described > 75


def test_pcert_parts_land_in_one_scene(shared):
    frame = Frame(crs="EPSG:32760", origin=(729000.0, 9064000.0, 0.0))
    for path in sorted((shared / "ifc").glob("pcert_*.ifc")):
        mesh = load(path, frame)
        assert mesh.count and np.hypot(*frame.matrix(mesh.placement)[:2, 3]) < 300.0


@pytest.mark.parametrize("name, least", [("AC20-FZK-Haus.ifc", 85), ("BIMcollab_Example_STR.ifc", 240),
                                         ("IfcOpenHouse_IFC4.ifc", 35), ("Duplex_A_georeferenced.ifc", 230),
                                         ("schependomlaan/ROOT-kalkzandsteen.ifczip", 130)])
def test_real_buildings(shared, name, least):
    mesh = load(shared / "ifc" / name)
    assert mesh.count >= least and len(mesh.features) == mesh.count == len(mesh.colors)
    assert mesh.triangles.max() < len(mesh.points) == len(mesh.vertex_feature)
    assert mesh.edges.max() < len(mesh.points) and mesh.placement is None
    assert set(np.unique(mesh.vertex_feature)) == set(range(mesh.count))


def test_elements_that_share_a_global_id_are_all_drawn(shared, tmp_path):
    import ifcopenshell
    model = ifcopenshell.open(str(shared / "ifc" / "IfcOpenHouse_IFC4.ifc"))
    first, second = model.by_type("IfcWallStandardCase")[:2]
    second.GlobalId = first.GlobalId
    model.write(str(tmp_path / "twice.ifc"))
    whole, twice = (ifc.read(Request(source=Source(path=str(path)), kind="building", frame=Frame()), Progress())
                    for path in (shared / "ifc" / "IfcOpenHouse_IFC4.ifc", tmp_path / "twice.ifc"))
    assert twice.count == whole.count and len(twice.triangles) == len(whole.triangles)
