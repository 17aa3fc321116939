"""CityGML: the real files of three versions and of Japan, made ones for links and fallbacks, and hostile ones."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cim import citygml, placing
from cim.citygml_file import CityGml
from cim.gml_crs import crs_of_name, northing_first
from cim.gml_geometry import Patch, raised
from tests.cim.made_vectors import read, volume_by_x, volume_by_z
from twin.frame import Frame
from twin.layer import Source
from twin.readers import head_of
from twin.trouble import Trouble

HEAD = ('<?xml version="1.0" encoding="UTF-8"?>{dtd}<core:CityModel xmlns:core="http://www.opengis.net/citygml/2.0" '
        'xmlns:bldg="http://www.opengis.net/citygml/building/2.0" xmlns:gml="http://www.opengis.net/gml" '
        'xmlns:app="http://www.opengis.net/citygml/appearance/2.0" '
        'xmlns:gen="http://www.opengis.net/citygml/generics/2.0" xmlns:xlink="http://www.w3.org/1999/xlink">')


def inspect(path):
    info, = citygml.inspect(Path(path), Source(path=str(path)))
    return info


def own_frame(path) -> Frame:
    info = inspect(path)
    return placing.own_frame(info.crs, (info.extent[0], info.extent[1], info.extent[3], info.extent[4]))


def made(path, *members, dtd="", srs="EPSG:4549"):
    """A file with one building for each of `members`, at 618000 3470000."""
    box = (f'<gml:boundedBy><gml:Envelope srsName="{srs}" srsDimension="3"><gml:lowerCorner>618000 3470000 0'
           '</gml:lowerCorner><gml:upperCorner>618010 3470010 9</gml:upperCorner></gml:Envelope></gml:boundedBy>')
    inside = "".join(f'<core:cityObjectMember><bldg:Building gml:id="b{i}">{m}</bldg:Building></core:cityObjectMember>'
                     for i, m in enumerate(members))
    path.write_text(HEAD.format(dtd=dtd) + box + inside + "</core:CityModel>", encoding="utf-8")
    return path


def ring(*corners, hole=()):
    def one(kind, points):
        text = " ".join(f"{618000 + x} {3470000 + y} {z}" for x, y, z in (*points, points[0]))
        return f"<gml:{kind}><gml:LinearRing><gml:posList>{text}</gml:posList></gml:LinearRing></gml:{kind}>"
    return one("exterior", corners) + (one("interior", hole) if hole else "")


def surface(*polygons, lod="lod2MultiSurface"):
    members = "".join(f"<gml:surfaceMember>{p}</gml:surfaceMember>" for p in polygons)
    return f"<bldg:{lod}><gml:MultiSurface>{members}</gml:MultiSurface></bldg:{lod}>"


def polygon(*corners, id="p", hole=()):
    return f'<gml:Polygon gml:id="{id}">{ring(*corners, hole=hole)}</gml:Polygon>'


SQUARE = ((0, 0, 0), (10, 0, 0), (10, 10, 0), (0, 10, 0))
HOLE = ((2, 2, 0), (2, 4, 0), (4, 4, 0), (4, 2, 0))


@pytest.mark.realdata
@pytest.mark.parametrize("name, form, count, crs, lods", [
    ("Munich_LOD2_4424_5482_solid.gml", "CityGML 1.0", 111, "EPSG:31468", ["2"]),
    ("citygml4j_lod2_buildings_v3.gml", "CityGML 3.0", 100, "EPSG:3068+5783", ["2"]),
    ("citygml4j_lod4_building_v2.gml", "CityGML 2.0", 4, "EPSG:5555", ["4"]),
    ("plateau_yokosuka_52397519_bldg_6697_op.gml", "CityGML 2.0", 14, "EPSG:6697", ["0", "1", "2"])])
def test_what_real_files_say(shared, name, form, count, crs, lods):
    path = shared / "city" / name
    assert citygml.sniff(path, head_of(path)) > 0.9
    info = inspect(path)
    assert (info.kind, info.format, info.count, info.crs, info.extra["lods"]) == ("city", form, count, crs, lods)
    mesh = read(citygml, path, "city", own_frame(path))
    assert mesh.count == mesh.features.num_rows == count and mesh.base is None
    assert np.isfinite(mesh.points).all() and mesh.triangles.max() < len(mesh.points)
    assert np.abs(mesh.points[:, :2]).max() < 300
    assert not any("links" in note or "skipped" in note for note in mesh.notes)


@pytest.mark.realdata
def test_every_solid_of_munich_closes_and_faces_outward(shared):
    path = shared / "city/Munich_LOD2_4424_5482_solid.gml"
    mesh = read(citygml, path, "city", own_frame(path))
    of_triangle = mesh.vertex_feature[mesh.triangles[:, 0]]
    for feature, height in enumerate(mesh.features["measuredHeight"].to_pylist()):
        triangles = mesh.triangles[of_triangle == feature]
        local = mesh.points - mesh.points[triangles[0, 0]]
        volume = volume_by_z(local, triangles)
        assert volume > 5 and volume_by_x(local, triangles) == pytest.approx(volume, rel=0.02)
        assert np.ptp(mesh.points[triangles, 2]) == pytest.approx(height, abs=0.02)


@pytest.mark.realdata
def test_the_same_buildings_as_in_cityjson(shared):
    from cim import cityjson
    places = {'crs': "EPSG:4549", 'frame': Frame(origin=(0.0, 0.0, 0.0))}
    xml = read(citygml, shared / "city/citygml4j_lod2_buildings_v3.gml", "city", **places)
    text = read(cityjson, shared / "city/citygml4j_lod2_buildings_v2.json", "city", **places)
    assert xml.bounds() == pytest.approx(text.bounds())
    for kind in ("roof", "wall", "ground"):
        a, b = (m.features[f"{kind}_area_m2"].to_numpy().sum() for m in (xml, text))
        assert a == pytest.approx(b, rel=1e-5)


@pytest.mark.realdata
def test_japan_lies_in_japan_and_says_its_axes(shared):
    path = shared / "city/plateau_yokosuka_52397519_bldg_6697_op.gml"
    info = inspect(path)
    assert 139.7 < info.extent[0] < info.extent[3] < 139.8 and 35.2 < info.extent[1] < 35.3
    mesh = read(citygml, path, "city", own_frame(path))
    assert any("latitude first" in note for note in mesh.notes)
    row = mesh.features.to_pylist()[0]
    assert (row["name"], row["図形ID"], row["measuredHeight"], row["lod"]) == ("横須賀美術館", 16943, 6.0, "0, 1, 2")
    parts = [r for r in mesh.features.to_pylist() if r["type"] == "BuildingPart"]
    assert len(parts) == 2 and len({part["parent"] for part in parts}) == 1


def test_links_give_surfaces_their_kind_and_no_doubles(tmp_path):
    body = (f'<bldg:boundedBy><bldg:RoofSurface>{surface(polygon(*SQUARE, id="roof"))}</bldg:RoofSurface>'
            '</bldg:boundedBy><bldg:lod2Solid><gml:Solid><gml:exterior><gml:CompositeSurface>'
            '<gml:surfaceMember xlink:href="#roof"/><gml:surfaceMember xlink:href="#nowhere"/>'
            f'<gml:surfaceMember>{polygon(*SQUARE[::-1], id="again")}</gml:surfaceMember>'
            '</gml:CompositeSurface></gml:exterior></gml:Solid></bldg:lod2Solid>')
    mesh = read(citygml, made(tmp_path / "l.gml", body), "city")
    assert len(mesh.triangles) == 2 and mesh.features["roof_area_m2"].to_pylist() == [100]
    assert any(note.startswith("1 link ") for note in mesh.notes)


def test_holes_stay_open_and_a_turned_surface_turns(tmp_path):
    up = polygon(*SQUARE, hole=HOLE)
    down = f'<gml:OrientableSurface orientation="-"><gml:baseSurface>{up}</gml:baseSurface></gml:OrientableSurface>'
    for shape, sign in ((up, 1), (down, -1)):
        mesh = read(citygml, made(tmp_path / "h.gml", surface(shape)), "city")
        a, b, c = (mesh.points[mesh.triangles[:, i]].astype(float) for i in range(3))
        assert np.cross(b - a, c - a)[:, 2].sum() / 2 == pytest.approx(sign * 96)


def test_a_footprint_with_a_height_is_raised(tmp_path):
    body = '<bldg:measuredHeight uom="m">5</bldg:measuredHeight>' + surface(polygon(*SQUARE, hole=HOLE),
                                                                            lod="lod0FootPrint")
    mesh = read(citygml, made(tmp_path / "r.gml", body, "<bldg:function>1</bldg:function>"), "city")
    local = mesh.points - mesh.points.min(axis=0)
    assert mesh.count == 1 and volume_by_z(local, mesh.triangles) == pytest.approx(480)
    assert any("1 footprint was raised" in n for n in mesh.notes)
    assert any("1 object has no geometry" in n for n in mesh.notes)


def test_materials_reach_their_targets(tmp_path):
    look = ('<app:appearance><app:Appearance><app:surfaceDataMember><app:X3DMaterial><app:diffuseColor>1 0 0.5'
            '</app:diffuseColor><app:target>#p</app:target></app:X3DMaterial></app:surfaceDataMember></app:Appearance>'
            '</app:appearance>')
    mesh = read(citygml, made(tmp_path / "m.gml", look + surface(polygon(*SQUARE))), "city")
    assert [s.color for s in mesh.surfaces] == [(255, 0, 128)]


@given(st.lists(st.tuples(st.integers(2, 50), st.booleans()), min_size=1, max_size=1),
       st.floats(0.5, 80), st.integers(3, 12))
def test_a_raised_footprint_has_the_volume_of_its_prism(turned, height, corners):
    (radius, clockwise), = turned
    angle = np.linspace(0, 2 * np.pi, corners, endpoint=False) * (-1 if clockwise else 1)
    base = np.stack([radius * np.cos(angle), radius * np.sin(angle), np.zeros(corners)], axis=1)
    volume = 0.0
    for wall in raised(Patch(base, [corners], "", "0"), height):
        a, rest = wall.points[0], wall.points[1:]
        volume += sum(np.dot(a, np.cross(b, c)) / 6 for b, c in itertools.pairwise(rest))
    area = 0.5 * corners * radius ** 2 * np.sin(2 * np.pi / corners)
    assert volume == pytest.approx(area * height, rel=1e-9)


@pytest.mark.parametrize("dtd", [
    '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>',
    '<!DOCTYPE x [<!ENTITY c SYSTEM "file:///etc/hostname">]>', '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">'])
def test_hostile_xml_is_refused_before_anything_is_expanded(tmp_path, dtd):
    path = made(tmp_path / "e.gml", "<gml:name>&c;</gml:name>" + surface(polygon(*SQUARE)), dtd=dtd)
    with pytest.raises(Trouble) as error:
        read(citygml, path, "city")
    assert "document type" in str(error.value) and error.value.path == str(path)


def test_nesting_without_end_is_refused(tmp_path):
    path = made(tmp_path / "n.gml", "<gml:a>" * 5000)
    with pytest.raises(Trouble):
        read(citygml, path, "city")


def test_a_file_cut_short_is_one_clear_message(tmp_path):
    path = made(tmp_path / "c.gml", surface(polygon(*SQUARE)))
    path.write_text(path.read_text(encoding="utf-8")[:-60], encoding="utf-8")
    with pytest.raises(Trouble) as error:
        read(citygml, path, "city")
    assert "cut short" in str(error.value) and error.value.way_out


def test_objects_are_let_go_once_read(tmp_path):
    city = CityGml(made(tmp_path / "s.gml", *[surface(polygon(*SQUARE))] * 30))
    assert sum(1 for _ in city.members()) == 30 == len(city.objects)
    assert (np.bincount(city.polygons().feature) == 1).all()


@pytest.mark.parametrize("name, crs", [
    ("urn:adv:crs:DE_DHDN_3GK4*DE_DHN92_NH", "EPSG:31468"), ("urn:ogc:def:crs,crs:EPSG::25832,crs:EPSG::5783",
                                                             "EPSG:25832+5783"),
    ("http://www.opengis.net/def/crs/EPSG/0/6697", "EPSG:6697"), ("EPSG:4549", "EPSG:4549"), ("local", "")])
def test_names_of_systems(name, crs):
    assert crs_of_name(name) == crs


@pytest.mark.parametrize("crs, x, y, turned", [
    ("EPSG:6697", 35.26, 139.74, True), ("EPSG:6697", 139.74, 35.26, False), ("EPSG:4549", 618946, 3470454, False),
    ("EPSG:4549", 3470454, 618946, True), ("EPSG:31468", 4424648, 5482614, False)])
def test_the_easting_is_found(crs, x, y, turned):
    assert northing_first(crs, x, y) is turned
