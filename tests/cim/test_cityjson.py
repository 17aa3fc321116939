"""CityJSON: the real files, and made ones for templates, holes, levels of detail and broken input."""

from __future__ import annotations

import json
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from cim import cityjson, placing
from cim.cityjson_file import crs_of
from tests.cim.made_vectors import read, volume_by_x, volume_by_z
from twin.frame import Frame
from twin.layer import Source
from twin.readers import NotMine, Progress, Request, head_of
from twin.trouble import Trouble

CUBE = [[0, 0, 0], [10, 0, 0], [10, 10, 0], [0, 10, 0], [0, 0, 5], [10, 0, 5], [10, 10, 5], [0, 10, 5]]
FACES = [[[0, 3, 2, 1]], [[4, 5, 6, 7]], [[0, 1, 5, 4]], [[1, 2, 6, 5]], [[2, 3, 7, 6]], [[3, 0, 4, 7]]]
KINDS = {"surfaces": [{"type": "GroundSurface"}, {"type": "RoofSurface"}, {"type": "WallSurface"}]}


def inspect(path):
    info, = cityjson.inspect(Path(path), Source(path=str(path)))
    return info


def own_frame(path) -> Frame:
    info = inspect(path)
    return placing.own_frame(info.crs, (info.extent[0], info.extent[1], info.extent[3], info.extent[4]))


def made(path, objects, vertices=CUBE, at=(618000.0, 3470000.0, 3.0), crs="EPSG:4549", **more):
    url = f"https://www.opengis.net/def/crs/{crs.replace(':', '/0/')}"
    system = {"metadata": {"referenceSystem": url}} if crs else {}
    path.write_text(json.dumps({
        "type": "CityJSON", "version": "2.0", "CityObjects": objects, "vertices": vertices,
        "transform": {"scale": [1, 1, 1], "translate": list(at)}, **system, **more}), encoding="utf-8")
    return path


def solid(lod="2.2", **more):
    return {"type": "Solid", "lod": lod, "boundaries": [FACES],
            "semantics": {**KINDS, "values": [[0, 1, 2, 2, 2, 2]]}, **more}


@pytest.mark.realdata
@pytest.mark.parametrize("name, count, crs, lods", [
    ("3dbag_b2.city.jsonl", 2, "EPSG:7415", ["2.2"]), ("delft.city.json", 570, "EPSG:7415", ["1"]),
    ("citygml4j_lod2_buildings_as_CityJSON_features.jsonl", 100, "", ["2"]),
    ("citygml4j_lod2_buildings_v2.json", 100, "EPSG:3068", ["2"]), ("minimal.city.json", 0, "", []),
    ("multi_lod.city.json", 10, "", ["1.2", "1.3", "2.2"]), ("rotterdam_subset.city.json", 16, "", ["2"]),
    ("montreal_noise_extension.json", 2, "", ["2"]), ("DH_01_subs.city.json", 9, "", ["2"]),
    ("zurich_subset_lod2.city.json", 161, "EPSG:2056", ["2"])])
def test_what_real_files_say(shared, name, count, crs, lods):
    path = shared / "city" / name
    info = inspect(path)
    assert (info.kind, info.count, info.crs, info.extra["lods"]) == ("city", count, crs, lods)
    assert cityjson.sniff(path, head_of(path)) > 0.9
    mesh = read(cityjson, path, "city", own_frame(path) if crs else None)
    assert mesh.count == mesh.features.num_rows == count and mesh.base is None
    assert mesh.vertex_feature.max(initial=-1) < max(count, 1)
    if count:
        assert np.isfinite(mesh.points).all() and mesh.triangles.max() < len(mesh.points)


@pytest.mark.realdata
def test_zurich_is_drawn_whole_where_it_lies(shared):
    path = shared / "city/zurich_subset_lod2.city.json"
    frame = own_frame(path)
    mesh = read(cityjson, path, "city", frame)
    info = inspect(path)
    box = mesh.bounds()
    assert np.array([box[0], box[3]]) + frame.origin[0] == pytest.approx([info.extent[0], info.extent[3]], abs=0.01)
    assert (box[2], box[5]) == pytest.approx((395.786, 620.905), abs=1e-3)
    features = mesh.features
    stated = sum(np.nan_to_num(features[f"{kind}_area_m2"].to_numpy()) for kind in ("roof", "wall", "ground"))
    of_triangle = mesh.vertex_feature[mesh.triangles[:, 0]]
    a, b, c = (mesh.points[mesh.triangles[:, i]].astype(float) for i in range(3))
    drawn = np.bincount(of_triangle, np.linalg.norm(np.cross(b - a, c - a), axis=1) / 2)
    assert drawn == pytest.approx(stated, rel=0.01, abs=0.1)
    volumes = [volume for volume in _volumes(mesh) if volume is not None]
    # Most parts of this file are open shells; those that are closed must have the volume of a building.
    assert len(volumes) >= 5 and all(1.0 < volume < 50_000.0 for volume in volumes)


def _volumes(mesh):
    """Cubic metres of every feature whose surfaces close, None for the others; both ways of measuring agree."""
    of_triangle = mesh.vertex_feature[mesh.triangles[:, 0]]
    for feature in range(mesh.count):
        triangles = mesh.triangles[of_triangle == feature]
        points = mesh.points - mesh.points[triangles[0, 0]]
        corner = np.unique(points.round(3), axis=0, return_inverse=True)[1].ravel()[triangles]
        edges = np.stack([corner, np.roll(corner, -1, axis=1)], axis=-1).reshape(-1, 2).tolist()
        if sorted(edges) != sorted([b, a] for a, b in edges):
            yield None
            continue
        volume = volume_by_z(points, triangles)
        assert volume_by_x(points, triangles) == pytest.approx(volume, rel=0.01, abs=0.1)
        yield volume


@pytest.mark.realdata
def test_solids_close_and_face_outward(shared):
    made = read(cityjson, shared / "city/citygml4j_lod2_buildings_v2.json", "city", crs="EPSG:4549",
                frame=Frame(origin=(0.0, 0.0, 0.0)))
    volumes = list(_volumes(made))
    assert len(volumes) == 100 and all(volume is not None and volume > 10 for volume in volumes)


@pytest.mark.realdata
def test_the_level_of_detail_is_chosen(shared):
    path = shared / "city/multi_lod.city.json"
    sizes = {lod: len(read(cityjson, path, "city", lod=lod).triangles) for lod in ("1.2", "1.3", "2.2", "")}
    assert sizes["1.2"] < sizes["2.2"] < sizes[""] == sum(sizes[lod] for lod in ("1.2", "1.3", "2.2"))
    whole = read(cityjson, path, "city")
    assert {s.lod for s in whole.surfaces} == {"1.2", "1.3", "2.2"}
    assert set(whole.features["lod"].to_pylist()) == {"1.2, 1.3, 2.2"}
    missing = read(cityjson, path, "city", lod="3")
    assert len(missing.triangles) == sizes["2.2"] and any("not in the file" in n for n in missing.notes)


@pytest.mark.realdata
def test_extensions_are_named_and_their_attributes_kept(shared):
    mesh = read(cityjson, shared / "city/montreal_noise_extension.json", "city")
    assert any("Noise" in note for note in mesh.notes)
    assert any("noise" in name for name in mesh.features.column_names)


@pytest.mark.realdata
def test_materials_colour_their_surfaces(shared):
    mesh = read(cityjson, shared / "city/DH_01_subs.city.json", "city")
    of_roofs = {s.color for s in mesh.surfaces if s.kind == "RoofSurface"}
    assert of_roofs and None not in of_roofs and mesh.vertex_surface.max() < len(mesh.surfaces)


@pytest.mark.realdata
def test_numbers_without_a_place_stand_at_the_origin_and_say_so(shared):
    mesh = read(cityjson, shared / "city/rotterdam_subset.city.json", "city")
    box = mesh.bounds()
    assert mesh.crs_source == "none" and any("placed" in note for note in mesh.notes)
    assert (box[0] + box[3]) / 2 == pytest.approx(0, abs=0.01)


@pytest.mark.realdata
def test_parts_carry_their_parent_and_its_attributes(shared):
    features = read(cityjson, shared / "city/3dbag_b2.city.jsonl", "city",
                    own_frame(shared / "city/3dbag_b2.city.jsonl")).features.to_pylist()
    part, = (f for f in features if f["id"] == "NL.IMBAG.Pand.0503100000031927-0")
    assert part["parent"] == "NL.IMBAG.Pand.0503100000031927" and part["b3_dak_type"] == "slanted"


def test_a_cube_has_its_volume_place_and_areas(tmp_path):
    path = made(tmp_path / "c.json", {"b": {"type": "Building", "geometry": [solid()],
                                            "attributes": {"名称": "嘉定", "n": 3, "deep": {"a": [1]}}}})
    mesh = read(cityjson, path, "city")
    assert mesh.bounds() == pytest.approx((1000, -1000, 3, 1010, -990, 8))
    local = mesh.points - [1000, -1000, 3]
    assert volume_by_z(local, mesh.triangles) == pytest.approx(500) == volume_by_x(local, mesh.triangles)
    row, = mesh.features.to_pylist()
    assert (row["名称"], row["n"], json.loads(row["deep"])) == ("嘉定", 3, {"a": [1]})
    assert (row["roof_area_m2"], row["wall_area_m2"], row["ground_area_m2"]) == (100, 200, 100)
    assert len(mesh.edges) == 12
    wall = mesh.facade[np.isfinite(mesh.facade[:, 0])]
    assert wall.min() == 0 and wall[:, 0].max() == pytest.approx(10) and wall[:, 1].max() == pytest.approx(5)


def test_coplanar_triangles_show_no_seam(tmp_path):
    split = [[[0, 3, 2]], [[0, 2, 1]], *FACES[1:]]
    path = made(tmp_path / "c.json", {"b": {"type": "Building", "geometry": [
        {"type": "MultiSurface", "lod": 2, "boundaries": split}]}})
    assert len(read(cityjson, path, "city").edges) == 12


def test_holes_in_walls_stay_open(tmp_path):
    window = [[10, 4, 1], [10, 6, 1], [10, 6, 3], [10, 4, 3]]
    wall = [[1, 2, 6, 5], [8, 11, 10, 9]]
    path = made(tmp_path / "h.json", {"b": {"type": "Building", "geometry": [
        {"type": "MultiSurface", "lod": "2", "boundaries": [wall], "semantics": {
            "surfaces": [{"type": "WallSurface"}], "values": [0]}}]}}, CUBE + window)
    mesh = read(cityjson, path, "city")
    a, b, c = (mesh.points[mesh.triangles[:, i]].astype(float) for i in range(3))
    normal = np.cross(b - a, c - a) / 2
    assert normal[:, 0].sum() == pytest.approx(46) and (normal[:, 0] > 0).all()
    assert mesh.features["wall_area_m2"].to_pylist() == [46]


def test_templates_stand_where_their_instances_say(tmp_path):
    template = {"templates": [{"type": "MultiSurface", "lod": "2", "boundaries": [[[0, 1, 2]]]}],
                "vertices-templates": [[0, 0, 0], [1, 0, 0], [0, 1, 0]]}
    double = [2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 1]
    trees = {f"t{i}": {"type": "SolitaryVegetationObject", "geometry": [
        {"type": "GeometryInstance", "template": 0, "boundaries": [i], "transformationMatrix": double}]}
        for i in (0, 6)}
    mesh = read(cityjson, made(tmp_path / "t.json", trees, **{"geometry-templates": template}), "city")
    assert mesh.count == 2
    assert mesh.points[mesh.vertex_feature == 1] == pytest.approx(
        np.array([[1010, -990, 8], [1012, -990, 8], [1010, -988, 8]]))


@pytest.mark.parametrize("said, crs", [
    ("urn:ogc:def:crs:EPSG::7415", "EPSG:7415"), ("https://www.opengis.net/def/crs/EPSG/0/28992", "EPSG:28992"),
    ("http://www.opengis.net/def/crs/EPSG/6.12/3068", "EPSG:3068"), ("EPSG:4549", "EPSG:4549"), (4549, "EPSG:4549"),
    ("urn:ogc:def:crs,crs:EPSG::25832,crs:EPSG::5783", "EPSG:25832+5783"), ("", ""), (None, "")])
def test_every_spelling_of_a_reference_system(said, crs):
    assert crs_of({"metadata": {"referenceSystem": said}}) == crs


def test_without_crs_near_the_project_its_crs_is_assumed(tmp_path):
    mesh = read(cityjson, made(tmp_path / "c.json", {"b": {"type": "Building", "geometry": [solid()]}}, crs=""), "city")
    assert (mesh.crs, mesh.crs_source) == ("EPSG:4549", "assumed")
    assert mesh.bounds()[:2] == pytest.approx((1000, -1000))


def test_bad_surfaces_are_counted_not_drawn(tmp_path):
    bad = [[[0, 1]], [[0, 1, 99]], [[0, 1, 1]], FACES[1]]
    path = made(tmp_path / "b.json", {"b": {"type": "Building", "geometry": [
        {"type": "MultiSurface", "lod": "1", "boundaries": bad},
        {"type": "MultiPoint", "lod": "1", "boundaries": [0]}]}})
    mesh = read(cityjson, path, "city")
    assert len(mesh.triangles) == 2
    notes = " ".join(mesh.notes)
    assert "2 surfaces without area" in notes and "1 surface names vertices" in notes and "MultiPoint" in notes


@pytest.mark.parametrize("text", ['{"type": "FeatureCollection"}', '{"a": 1, "vertices": []}', '[]', '3'])
def test_other_json_is_declined(tmp_path, text):
    path = tmp_path / "x.json"
    path.write_text(text)
    with pytest.raises(NotMine):
        inspect(path)


@pytest.mark.parametrize("text", [
    '{"type": "CityJSON", "vertices": [[0, 0', '{"type": "CityJSON", "vertices": [[0, "a", 0]]}',
    '{"type": "CityJSON", "CityObjects": {"a": 3}}', '{"type": "CityJSON", "vertices": [1, 2]}',
    '{"type": "CityJSON", "CityObjects": {"a": {"geometry": [{"type": "Solid", "boundaries": 5}]}}}'])
def test_broken_files_give_one_clear_message(tmp_path, text):
    path = tmp_path / "x.city.json"
    path.write_text(text)
    with pytest.raises(Trouble) as error:
        read(cityjson, path, "city")
    assert error.value.path == str(path) and error.value.way_out


def test_a_sequence_with_a_broken_line_shows_the_rest(tmp_path):
    head = {"type": "CityJSON", "version": "2.0", "transform": {"scale": [1, 1, 1], "translate": [618000, 3470000, 0]},
            "CityObjects": {}, "vertices": [], "metadata": {"referenceSystem": "EPSG:4549"}}
    feature = {"type": "CityJSONFeature", "id": "b", "vertices": CUBE,
               "CityObjects": {"b": {"type": "Building", "geometry": [solid()]}}}
    path = tmp_path / "s.city.jsonl"
    path.write_text("\n".join([json.dumps(head), json.dumps(feature), '{"type": "City']))
    mesh = read(cityjson, path, "city")
    assert mesh.count == 1 and any("1 line is" in note for note in mesh.notes)


def sequence(path, count):
    """So many cubes in a row, a line each; all tell their number."""
    head = {"type": "CityJSON", "version": "2.0", "transform": {"scale": [1, 1, 1], "translate": [618000, 3470000, 0]},
            "CityObjects": {}, "vertices": [], "metadata": {"referenceSystem": "EPSG:4549"}}
    with open(path, "w", encoding="utf-8") as file:
        file.write(json.dumps(head) + "\n")
        for n in range(count):
            vertices = [[x + 20 * (n % 40), y + 20 * (n // 40), z] for x, y, z in CUBE]
            file.write(json.dumps({"type": "CityJSONFeature", "id": f"b{n}", "vertices": vertices, "CityObjects": {
                f"b{n}": {"type": "Building", "attributes": {"number": n}, "geometry": [solid()]}}}) + "\n")
    return path


def test_a_sequence_is_never_held(tmp_path):
    def most(path) -> int:
        """Bytes that looking at the file takes at most."""
        tracemalloc.start()
        try:
            inspect(path)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    short, long = sequence(tmp_path / "short.city.jsonl", 40), sequence(tmp_path / "long.city.jsonl", 2000)
    assert (inspect(short).count, inspect(long).count) == (40, 2000)
    assert most(long) < most(short) + 0.2 * long.stat().st_size


def test_in_parts_it_is_the_same(tmp_path):
    path = sequence(tmp_path / "s.city.jsonl", 50)
    frame = own_frame(path)
    request = Request(source=Source(path=str(path)), kind="city", frame=frame)
    whole = cityjson.read(request, Progress())
    file = cityjson.InParts(request, inspect(path).extent)
    parts = [mesh for mesh, _ in file.parts(100, Progress())]
    assert len(parts) > 2 and max(len(m.triangles) for m in parts) < len(whole.triangles)
    assert np.array_equal(np.concatenate([m.points for m in parts]), whole.points)
    numbers = [n for m in parts for n in m.features.column("number").to_pylist()]
    assert numbers == list(range(50)) == whole.features.column("number").to_pylist()
    assert file.notes() == whole.notes
