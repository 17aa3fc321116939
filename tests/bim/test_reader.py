"""IFC files come in, stand where they say, and bad ones end in words."""

from __future__ import annotations

import zipfile
from pathlib import Path

import ifcopenshell
import numpy as np
import pytest

from bim import placements
from bim import reader as ifc
from bim.open import open_model
from twin.frame import Frame
from twin.layer import Source
from twin.readers import Progress, Request
from twin.trouble import Trouble


def load(path: Path, frame: Frame | None = None):
    return ifc.read(Request(source=Source(path=str(path)), kind="building", frame=frame or Frame()), Progress())


def test_cycle_is_cut_and_counted(tmp_path, shared):
    model = ifcopenshell.open(str(shared / "ifc" / "IfcOpenHouse_IFC4.ifc"))
    wall = model.by_type("IfcWallStandardCase")[0].ObjectPlacement
    wall.PlacementRelTo = wall
    model.write(str(tmp_path / "cycle.ifc"))
    known = placements.Placements()
    assert known.cyclic(model.by_type("IfcWallStandardCase")[0]) and not known.cyclic(model.by_type("IfcSlab")[0])
    mesh = load(tmp_path / "cycle.ifc")
    assert 0 < mesh.count < 35 and not mesh.complete
    assert len(mesh.report["failed"]) == 35 - mesh.count
    assert all("cycle" in failed["reason"] for failed in mesh.report["failed"])


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


def test_one_broken_byte_leaves_the_other_chinese_names_of_a_model(tmp_path, shared):
    """Before, all of its text came as Latin letters."""
    data = (shared / "ifc" / "AC20-FZK-Haus.ifc").read_bytes().replace(b"'FZK-Haus'", "'嘉定'".encode())
    data = data.replace(b"'Wand-", "'墙体".encode())
    data = data.replace("WALLSTANDARDCASE('2XPyKWY018sA1ygZKgQPtU',#12,'墙体".encode(),
                        "WALLSTANDARDCASE('2XPyKWY018sA1ygZKgQPtU',#12,'墙".encode() + b"\xff")
    (tmp_path / "broken.ifc").write_bytes(data)
    opened = open_model(tmp_path / "broken.ifc")
    names = [wall.Name for wall in opened.model.by_type("IfcWallStandardCase")]
    assert len(names) > 5 and sum(name.startswith("墙体") for name in names) == len(names) - 1
    assert opened.model.by_type("IfcBuilding")[0].Name == "嘉定" and any("damaged" in note for note in opened.recoded)


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


def test_entity_lines_are_counted_where_lines_wrap_and_where_they_do_not():
    from bim.open import _lines_in
    assert _lines_in(b"DATA;\n#1=IFCA($,\n#2,\n#3);\r\n\r\n#2=IFCB();#3=IFCC(#1);\n") == 3
    assert _lines_in(b"#1=IFCA();\n# 2 = IFCB( #1);\n") == 1 + len(b"")          # a blank inside a number is none
    assert _lines_in(b" #1 = IFCA( #2 );\n #2= IFCB();\n") == 2
