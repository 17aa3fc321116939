"""Vector files: real ones, and ones written here with what is hard about them."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
import shapely

from cim import encodings, vectors
from tests.cim.made_vectors import read, volume_by_z, write
from twin.data import Mesh, Vectors
from twin.frame import Frame
from twin.layer import Source
from twin.readers import head_of
from twin.trouble import Trouble

FRAME = Frame()
SQUARE = shapely.box(618000, 3470000, 618020, 3470010)


def inspect(path, **source):
    return vectors.inspect(Path(path), Source(path=str(path), **source))


@pytest.mark.realdata
def test_jiading_polygon_lies_in_jiading(shared):
    path = shared / "vector/jiading_polygon/jiading_polygon.shp"
    info, = inspect(path)
    assert (info.crs, info.crs_source, info.count) == ("EPSG:4326", "prj", 1)
    assert info.extent[:2] == pytest.approx((121.13797, 31.25168), abs=1e-4)
    payload = read(vectors, path, "vectors")
    lon, lat, _ = FRAME.to_lonlat(payload.anchor)[0]
    assert 121.13 < lon < 121.26 and 31.25 < lat < 31.36
    corners = FRAME.to_lonlat(payload.line_points.astype(float))
    assert corners[:, 0].min() == pytest.approx(121.13797, abs=1e-4)
    assert corners[:, 1].max() == pytest.approx(31.35142, abs=1e-4)
    a, b, c = (payload.fill_points[payload.fill_triangles[:, i], :2].astype(float) for i in range(3))
    u, v = b - a, c - a
    area = (u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0]).sum() / 2
    ring = payload.line_points[:, :2].astype(float)
    assert area == pytest.approx(shapely.Polygon(ring).area, rel=1e-5)


@pytest.mark.realdata
def test_bus_stops_and_the_line_agree(shared):
    stops = read(vectors, shared / "vector/shanghai_busstop71.geojson", "vectors")
    line = read(vectors, shared / "vector/shanghai_busline71.geojson", "vectors")
    assert stops.count == len(stops.points) == 49
    assert stops.features["stopname"][0].as_py()
    assert line.count == 2 and not line.has_z and len(line.line_offsets) == 3
    assert any("0" in note for note in line.notes)
    route = shapely.LineString(line.line_points[:line.line_offsets[1], :2])
    assert np.median(shapely.distance(route, shapely.points(stops.points[:, :2]))) < 60.0


def test_areas_as_wide_as_towns_are_shown_by_their_outline(tmp_path):
    def saved(size_deg: float):
        ring = [[x, y] for x, y in ((121.2, 31.3), (121.2 + size_deg, 31.3), (121.2, 31.3 + size_deg), (121.2, 31.3))]
        path = tmp_path / "shape.geojson"
        path.write_text(json.dumps({"type": "FeatureCollection", "features": [
            {"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": [ring]}}]}))
        return inspect(path)[0]
    assert saved(0.2).suggest["fill_opacity"] < 0.1 and "fill_opacity" not in saved(0.005).suggest


@pytest.mark.realdata
def test_zones_are_recognised_as_zones(shared):
    path = shared.parent / "domain/zones.geojson"
    if not path.exists():
        pytest.skip("the real files of ../shared/data are not here")
    info, = inspect(path)
    assert info.kind == "zones" and info.suggest["label_by"] in ("name_zh", "name_en")
    payload = read(vectors, path, "zones")
    assert isinstance(payload, Vectors) and payload.count == info.count == 41
    assert "嘉定区" in payload.features["name_zh"].to_pylist()


@pytest.mark.parametrize("declared", ["byte", "nothing", "cpg"])
def test_chinese_shapefile_in_gbk(tmp_path, declared):
    names = ["嘉定新城", "远香湖", "安亭汽车城"]
    path = write(tmp_path / "建筑.shp", [shapely.box(618000 + i, 3470000, 618000.5 + i, 3470001) for i in range(3)],
                 {"名称": names, "层数": [3, 5, 9]}, "ESRI Shapefile", encoding="GBK")
    if declared != "cpg":
        path.with_suffix(".cpg").unlink()
    table = bytearray(path.with_suffix(".dbf").read_bytes())
    table[29] = 0x4D if declared == "byte" else 0
    path.with_suffix(".dbf").write_bytes(table)
    info, = inspect(path)
    payload = read(vectors, path, "city")
    assert info.kind == "city"
    assert payload.features["名称"].to_pylist() == names
    assert payload.features["height_used_m"].to_pylist() == [9.0, 15.0, 27.0]
    assert any(("GB" in note) and "Text" in note for note in payload.notes)


@pytest.mark.parametrize("encoding", ["gbk", "utf-8"])
def test_a_broken_byte_of_a_dbf_is_damage_and_no_other_encoding(encoding):
    """Before, all of the table was read as Latin-1 then."""
    width = 30
    names = [f"嘉定新城第{n}号站".encode(encoding).ljust(width) for n in range(40)]
    names[20] = b"\xff" + names[20][1:]
    head = bytearray(32) + b"NAME".ljust(11, b"\0") + b"C" + bytes(4) + bytes([width]) + bytes(15) + b"\r"
    head[8:10], head[10:12] = len(head).to_bytes(2, "little"), (width + 1).to_bytes(2, "little")
    dbf = bytes(head) + b"".join(b" " + name for name in names) + b"\x1a"
    for cpg in ("", encoding):
        found = encodings.encoding_of(dbf, cpg)
        assert found.name in (encoding, "gb18030" if encoding == "gbk" else "") and names[0].decode(found.name)


def test_chinese_shapefile_in_utf8_without_cpg(tmp_path):
    path = write(tmp_path / "a.shp", [SQUARE], {"名称": ["嘉定"]}, "ESRI Shapefile", encoding="UTF-8")
    path.with_suffix(".cpg").unlink()
    assert read(vectors, path, "vectors").features["名称"].to_pylist() == ["嘉定"]


def test_a_wrong_encoding_by_the_user_is_still_text(tmp_path):
    path = write(tmp_path / "a.shp", [SQUARE], {"n": ["嘉定"]}, "ESRI Shapefile", encoding="GBK")
    payload = read(vectors, path, "vectors", encoding="utf-8")
    assert payload.features["n"].validate(full=True) is None
    assert payload.features["n"][0].as_py() != "嘉定" and any("\ufffd" in note for note in payload.notes)


def test_geopackage_with_two_tables(tmp_path):
    path = tmp_path / "two.gpkg"
    write(path, [SQUARE], {"height": [12.0]}, "GPKG", layer="buildings")
    write(path, [shapely.Point(618000, 3470000)], {"name": ["站"]}, "GPKG", layer="stops", kind="Point", append=False)
    infos = inspect(path)
    assert [(i.table, i.kind, i.count) for i in infos] == [("buildings", "city", 1), ("stops", "vectors", 1)]
    assert vectors.sniff(path, head_of(path)) > 0.9
    assert isinstance(read(vectors, path, "city", table="buildings"), Mesh)
    assert read(vectors, path, "vectors", table="stops").features["name"].to_pylist() == ["站"]
    with pytest.raises(Trouble, match="nothere"):
        read(vectors, path, "vectors", table="nothere")


@pytest.mark.parametrize("driver, name", [("FlatGeobuf", "a.fgb"), ("GeoJSON", "a.geojson"), ("GPKG", "a.gpkg"),
                                          ("ESRI Shapefile", "a.shp")])
@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:32651", "EPSG:4528"])
def test_every_format_and_crs_lands_in_the_same_place(tmp_path, driver, name, crs):
    x, y = [618946.4432, 619000.0], [3470454.8030, 3470500.0]
    import pyproj
    there = np.column_stack(pyproj.Transformer.from_crs("EPSG:4549", crs, always_xy=True).transform(x, y))
    path = write(tmp_path / name, shapely.points(there), {"name": ["a", "b"]}, driver, crs, "Point")
    info, = inspect(path)
    payload = read(vectors, path, "vectors")
    assert vectors.sniff(path, head_of(path)) >= 0.8 and info.crs_source
    order = np.argsort(payload.features["name"].to_pylist())      # FlatGeobuf sorts by place
    assert payload.points[order, :2] == pytest.approx(np.column_stack([x, y]) - [617000, 3471000], abs=0.02)


def test_a_zipped_shapefile(tmp_path):
    write(tmp_path / "in.shp", [SQUARE], {"名称": ["楼"], "高度": [30.0]}, "ESRI Shapefile", encoding="GBK")
    archive = tmp_path / "数据.zip"
    with zipfile.ZipFile(archive, "w") as out:
        for part in tmp_path.glob("in.*"):
            if part.suffix != ".cpg":
                out.write(part, f"sub/{part.name}")
        out.writestr("__MACOSX/sub/._in.shp", b"junk")
    assert vectors.sniff(archive, head_of(archive)) > 0.8
    info, = inspect(archive)
    payload = read(vectors, archive, info.kind, table=info.table)
    assert info.kind == "city" and payload.features["名称"].to_pylist() == ["楼"]


def test_footprints_stand_where_they_are_with_heights_floors_and_defaults(tmp_path):
    boxes = [shapely.box(618000 + 50 * i, 3470000, 618020 + 50 * i, 3470010) for i in range(4)]
    path = write(tmp_path / "b.gpkg", boxes, {"building:height": ["12.5 m", "", "-3", "9999"],
                                              "building:levels": [9, 4, 0, 0]}, "GPKG")
    assert inspect(path)[0].kind == "city"
    mesh = read(vectors, path, "city")
    assert mesh.features["height_used_m"].to_pylist() == [12.5, 12.0, 9.0, 9.0]
    assert any("2 of 4" in note for note in mesh.notes)
    assert mesh.features["height_assumed"].to_pylist() == [False, False, True, True]
    assert mesh.base == pytest.approx(np.array([[1010 + 50 * i, -995] for i in range(4)]))
    assert volume_by_z(mesh.points, mesh.triangles) == pytest.approx(200 * (12.5 + 12 + 9 + 9), rel=1e-3)
    assert mesh.points[:, 2].min() == 0.0


def test_bad_geometries_are_repaired_or_counted(tmp_path):
    bowtie = [[618000, 3470000], [618010, 3470010], [618010, 3470000], [618000, 3470010], [618000, 3470000]]
    features = [{"type": "Feature", "properties": {"n": n}, "geometry": g} for n, g in enumerate([
        None, {"type": "Polygon", "coordinates": [bowtie]}, {"type": "Polygon", "coordinates": []},
        {"type": "Point", "coordinates": [618000, 3470000]},
        {"type": "GeometryCollection", "geometries": [
            {"type": "Point", "coordinates": [618005, 3470000]},
            {"type": "MultiLineString", "coordinates": [[[618000, 3470000], [618100, 3470000]]]}]}])]
    path = tmp_path / "odd.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features,
                                "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4549"}}}))
    payload = read(vectors, path, "vectors")
    assert payload.crs == "EPSG:4549" and payload.count == 3
    assert payload.features["n"].to_pylist() == [1, 3, 4]
    assert len(payload.points) == 2 and sorted(payload.point_feature.tolist()) == [1, 2]
    a, b, c = (payload.fill_points[payload.fill_triangles[:, i], :2] for i in range(3))
    assert np.abs(np.cross(np.pad(b - a, ((0, 0), (0, 1))), np.pad(c - a, ((0, 0), (0, 1))))[:, 2]).sum() / 2 \
        == pytest.approx(50.0, rel=1e-3)
    assert any("repaired" in n for n in payload.notes) and any("2 features" in n for n in payload.notes)


def test_heights_of_lines_are_kept(tmp_path):
    line = shapely.LineString([(618000, 3470000, 5.0), (618100, 3470000, 15.0)])
    payload = read(vectors, write(tmp_path / "pipe.gpkg", [line], {"d": [300]}, "GPKG", kind="LineString Z"), "vectors")
    assert payload.has_z and payload.line_points[:, 2].tolist() == [5.0, 15.0]
    lifted = read(vectors, tmp_path / "pipe.gpkg", "vectors", height_datum="wusong")
    assert lifted.line_points[:, 2] == pytest.approx([3.34, 13.34])


def test_dates_and_nested_values_become_text(tmp_path):
    path = tmp_path / "d.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [{
        "type": "Feature", "properties": {"built": "2020-05-01", "tags": ["a", "b"], "n": 1},
        "geometry": {"type": "Point", "coordinates": [121.25, 31.35]}}]}))
    features = read(vectors, path, "vectors").features
    assert features["built"][0].as_py().startswith("2020-05-01")
    assert pa.types.is_integer(features["n"].type)


@pytest.mark.parametrize("x, y, crs", [
    (121.25, 31.35, "EPSG:4326"), (40618946.4, 3470454.8, "EPSG:4528"), (618946.4, 3470454.8, "EPSG:4549")])
def test_a_missing_crs_is_assumed_from_the_numbers(tmp_path, x, y, crs):
    path = write(tmp_path / "a.shp", [shapely.Point(x, y)], {"n": [1]}, "ESRI Shapefile", None, "Point")
    payload = read(vectors, path, "vectors")
    assert (payload.crs, payload.crs_source) == (crs, "assumed")
    assert payload.points[0, :2] == pytest.approx((1946.44, -545.2), abs=2.0)
    assert any("no CRS" in note for note in payload.notes)


def test_numbers_without_a_place_are_refused_with_a_way_out(tmp_path):
    path = write(tmp_path / "a.shp", [shapely.Point(5470454.8, 618946.4)], {"n": [1]}, "ESRI Shapefile", None, "Point")
    assert inspect(path)[0].crs_source == "none"
    with pytest.raises(Trouble) as error:
        read(vectors, path, "vectors")
    assert "swapped" in error.value.cause and error.value.way_out
    assert read(vectors, path, "vectors", crs="EPSG:4549").crs_source == "user"


def test_geojson_in_metres_without_a_crs_is_not_taken_for_degrees(tmp_path):
    path = tmp_path / "a.geojson"
    path.write_text(json.dumps({"type": "Point", "coordinates": [618946.4432, 3470454.803]}))
    payload = read(vectors, path, "vectors")
    assert (payload.crs, payload.crs_source) == ("EPSG:4549", "assumed")
    assert payload.points[0, :2] == pytest.approx((1946.443, -545.197), abs=0.01)


def test_far_data_says_how_far(tmp_path):
    path = write(tmp_path / "a.fgb", [shapely.Point(103.8, 1.35)], {"n": [1]}, "FlatGeobuf", "EPSG:4326", "Point")
    assert any("3,7" in note and "km" in note for note in read(vectors, path, "vectors").notes)


def test_degrees_do_not_enter_a_project_of_local_metres(tmp_path):
    path = write(tmp_path / "a.fgb", [shapely.Point(121, 31)], {"n": [1]}, "FlatGeobuf", "EPSG:4326", "Point")
    with pytest.raises(Trouble, match="degrees"):
        read(vectors, path, "vectors", Frame(crs="", origin=(0.0, 0.0, 0.0)))


def test_numbers_that_stay_as_they_are_for_want_of_a_system_are_told(tmp_path):
    path = write(tmp_path / "a.fgb", [shapely.Point(618000, 3470000)], {"n": [1]}, "FlatGeobuf", "EPSG:32651", "Point")
    bare = Frame(crs="", origin=(617000.0, 3470000.0, 0.0))
    payload = read(vectors, path, "vectors", bare)
    assert payload.points[0, :2].tolist() == [1000.0, 0.0]
    assert any("32651" in note and "project has no CRS" in note for note in payload.notes)
    assert not any("has no CRS" in note for note in read(vectors, path, "vectors").notes)


def test_polygons_may_be_shown_as_vectors_and_points_never_as_buildings(tmp_path):
    city = write(tmp_path / "b.fgb", [SQUARE], {"height": [12.0]}, "FlatGeobuf")
    flat = read(vectors, city, "vectors")
    assert isinstance(flat, Vectors) and len(flat.fill_triangles) and len(flat.line_feature) == 1
    points = write(tmp_path / "p.fgb", [shapely.Point(618000, 3470000)], {"height": [12.0]}, "FlatGeobuf",
                   kind="Point")
    assert inspect(points)[0].kind == "vectors"
    with pytest.raises(Trouble, match="polygons"):
        read(vectors, points, "city")


def test_an_empty_table_is_empty_and_says_so(tmp_path):
    path = tmp_path / "e.geojson"
    path.write_text('{"type": "FeatureCollection", "features": []}')
    payload = read(vectors, path, "vectors")
    assert payload.count == 0 and payload.bounds() is None and any("no features" in n for n in payload.notes)
    assert read(vectors, path, "city").count == 0


@pytest.mark.parametrize("text", ['{"type": "CityJSON", "CityObjects": {}}', '{"a": 1}', '[1, 2]', 'type,x\n1,2',
                                  '{"schema": "citytwin", "layers": []}', '{"asset": {}, "root": {"type": "x"}}'])
def test_other_json_is_declined(text):
    assert vectors.sniff(Path("x.json"), text.encode()) == 0.0


def test_a_broken_file_gives_one_clear_message(tmp_path):
    path = write(tmp_path / "a.fgb", [SQUARE], {"n": [1]}, "FlatGeobuf")
    path.write_bytes(path.read_bytes()[:150])
    with pytest.raises(Trouble) as error:
        read(vectors, path, "vectors")
    assert error.value.path == str(path) and error.value.way_out


def test_buildings_without_any_height_stand_at_an_assumed_one(tmp_path):
    path = write(tmp_path / "export.geojson", [SQUARE], {"building": ["yes"]}, "GeoJSON")
    info, = inspect(path)
    payload = read(vectors, path, info.kind)
    assert isinstance(payload, Mesh) and payload.points[:, 2].max() == 9.0
    assert any("9 m assumed" in note for note in payload.notes)


def test_what_is_left_out_as_degenerate_is_not_counted_as_repaired(tmp_path):
    bow = shapely.Polygon([(618000, 3470000), (618020, 3470020), (618020, 3470000), (618000, 3470020)])
    flat = shapely.Polygon([(618000, 3470000), (618010, 3470000), (618020, 3470000)])
    notes = inspect(write(tmp_path / "a.gpkg", [SQUARE, bow, flat], {"n": [1, 2, 3]}, "GPKG"))[0].notes
    assert [note for note in notes if "repaired" in note] == ["1 invalid geometry was repaired."]
    assert [note for note in notes if "degenerate" in note] == ["1 degenerate geometry was skipped."]


@pytest.mark.parametrize("easting, crs", [(618946.4432, "EPSG:4549"), (40618946.4432, "EPSG:4528")])
def test_northings_first_are_exchanged_and_said(tmp_path, easting, crs):
    path = write(tmp_path / "p.shp", [shapely.Point(3470454.8030, easting)], {"n": [1]}, "ESRI Shapefile", crs=None,
                 kind="Point")
    found = read(vectors, path, "vectors")
    assert (found.crs, found.crs_source) == (crs, "assumed") and any("exchanged" in note for note in found.notes)
    assert found.points[0, :2] == pytest.approx((618946.4432 - 617000, 3470454.8030 - 3471000), abs=0.01)
    info, = vectors.inspect(path, Source(path=str(path)))
    assert easting < 1e6 or info.extent[:2] == pytest.approx((easting, 3470454.8030))
    assert any("exchanged" in note for note in info.notes)


def test_latitudes_first_are_exchanged_and_said(tmp_path):
    path = write(tmp_path / "p.shp", [shapely.Point(31.35, 121.25)], {"n": [1]}, "ESRI Shapefile", crs=None,
                 kind="Point")
    info, = vectors.inspect(path, Source(path=str(path)))
    assert (info.crs, info.crs_source) == ("EPSG:4326", "assumed")
    assert any("exchanged" in note for note in info.notes)
    assert info.extent[:2] == pytest.approx((121.25, 31.35))


def test_numbers_of_the_city_grid_are_named(tmp_path):
    path = write(tmp_path / "g.shp", [shapely.Point(-29302.26, 9871.89)], {"n": [1]}, "ESRI Shapefile", crs=None,
                 kind="Point")
    with pytest.raises(Trouble, match="city grid") as error:
        read(vectors, path, "vectors")
    assert "Coordinates…" in error.value.way_out
    assert any("city grid" in note for note in inspect(path)[0].notes)


@pytest.mark.parametrize(("x", "y", "crs", "doubted"), [
    (-29302.26, 9871.89, "EPSG:3857", True), (103.8, 1.35, "EPSG:4326", False), (3e6, 2e6, "EPSG:3857", False)])
def test_numbers_of_the_city_grid_under_a_wrong_label_are_doubted(tmp_path, x, y, crs, doubted):
    path = write(tmp_path / "a.fgb", [shapely.Point(x, y)], {"n": [1]}, "FlatGeobuf", crs, "Point")
    notes = read(vectors, path, "vectors").notes
    assert any("km from" in note for note in notes)
    assert any("wrong label" in note and "Coordinates…" in note for note in notes) == doubted


def test_labels_stand_as_high_as_what_they_name(tmp_path):
    square = [[121.24, 31.35, 8], [121.25, 31.35, 8], [121.25, 31.36, 20], [121.24, 31.35, 8]]
    shapes = [{"type": "Point", "coordinates": [121.25, 31.35, 21.5]}, {"type": "Polygon", "coordinates": [square]},
              {"type": "LineString", "coordinates": [[121.24, 31.35, 4], [121.25, 31.35, 6]]}, None]
    path = tmp_path / "high.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [
        {"type": "Feature", "properties": {"n": n}, "geometry": shape} for n, shape in enumerate(shapes)]}))
    payload = read(vectors, path, "vectors")
    assert payload.has_z and payload.anchor[:, 2] == pytest.approx([21.5, 11.0, 5.0], abs=0.01)
