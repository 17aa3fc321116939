"""GeoParquet as QGIS and geopandas write it, and as they should not; shifted degrees are proposed, never corrected."""

from __future__ import annotations

import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pyproj
import pytest
import shapely

from cim import geoparquet, shifted, vectors
from cim.placing import Georef
from tests.cim.made_vectors import read, write
from twin import readers
from twin.frame import Frame
from twin.layer import Source
from twin.readers import NotMine, head_of
from twin.trouble import Trouble

SQUARES = [shapely.box(618900 + 40 * i, 3470400, 618920 + 40 * i, 3470430) for i in range(3)]
COLUMNS = {"height": [10.0, 20.0, None], "名称": ["甲", "乙", "丙"]}


def made(path, shapes=SQUARES, columns=COLUMNS, crs="EPSG:4549", **said):
    column = {"encoding": "WKB", "geometry_types": ["Polygon"], **said}
    if crs is None:
        column["crs"] = None
    elif crs:
        column["crs"] = pyproj.CRS(crs).to_json_dict()
    geo = {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": column}}
    table = pa.table({**columns, "geometry": pa.array([None if s is None else shapely.to_wkb(s) for s in shapes],
                                                      pa.binary())})
    pq.write_table(table.replace_schema_metadata({"geo": json.dumps(geo)}), path)
    return path


def inspect(path):
    info, = geoparquet.inspect(path, Source(path=str(path)))
    return info


def test_footprints_become_buildings_where_they_lie(tmp_path):
    path = made(tmp_path / "houses.parquet")
    assert geoparquet.sniff(path, head_of(path)) > 0.8
    readers.discover()
    assert readers.recognise(path, Source(path=str(path)))[0].name == "geoparquet"
    info = inspect(path)
    assert (info.kind, info.crs, info.count) == ("city", "EPSG:4549", 3)
    assert info.extent[:2] == (618900, 3470400)
    mesh = read(geoparquet, path, "city")
    assert mesh.bounds()[:2] == pytest.approx((1900, -600)) and mesh.features["名称"].to_pylist() == ["甲", "乙", "丙"]
    assert mesh.features["height_used_m"].to_pylist()[:2] == [10.0, 20.0]


def test_the_same_as_through_geopackage(tmp_path):
    one = read(geoparquet, made(tmp_path / "a.parquet"), "vectors")
    other = read(vectors, write(tmp_path / "a.gpkg", SQUARES, {"n": [1, 2, 3]}, "GPKG"), "vectors")
    assert one.fill_points == pytest.approx(other.fill_points) and one.line_points == pytest.approx(other.line_points)


def test_without_a_crs_it_is_longitude_and_latitude(tmp_path):
    path = made(tmp_path / "p.parquet", [shapely.Point(121.25, 31.35)], {"n": [1]}, crs="", geometry_types=["Point"])
    info, found = inspect(path), read(geoparquet, path, "vectors")
    assert (info.kind, info.crs_source) == ("vectors", "standard")
    assert found.points[0, :2] == pytest.approx(Frame().to_local(121.25, 31.35, crs="EPSG:4326")[0, :2], abs=0.01)


def test_a_null_crs_is_a_guess_and_empty_shapes_are_counted(tmp_path):
    found = read(geoparquet, made(tmp_path / "n.parquet", [*SQUARES[:2], None], crs=None), "vectors")
    assert found.crs_source == "assumed" and any("1 feature has no geometry" in note for note in found.notes)


def test_other_parquet_is_left_to_the_tables(tmp_path):
    path = tmp_path / "t.parquet"
    pq.write_table(pa.table({"primary_column": [1]}), path)
    with pytest.raises(NotMine):
        geoparquet.inspect(path, Source(path=str(path)))


def test_broken_ones_are_one_clear_message(tmp_path):
    path = made(tmp_path / "b.parquet", encoding="polygon")
    with pytest.raises(Trouble, match="polygon"):
        inspect(path)
    data = made(tmp_path / "c.parquet").read_bytes()
    path.write_bytes(data[:len(data) // 2])
    with pytest.raises(Trouble) as error:
        inspect(path)
    assert error.value.way_out


# -- shifted degrees -------------------------------------------------------------------------------------

BOX = (121.1, 31.2, 121.4, 31.5)
WGS = Georef("EPSG:4326", "standard")


@pytest.mark.parametrize("names, stem, system", [
    (("name", "adcode"), "districts", "GCJ-02"), (("name",), "嘉定_高德", "GCJ-02"), (("name",), "baidu_poi", "BD-09"),
    (("name",), "roads", ""), (("name",), "amap_wgs84", "")])
def test_names_that_speak_of_a_web_map_are_said(names, stem, system):
    notes = shifted.proposal(WGS, BOX, names, stem)
    assert bool(notes) == bool(system) and all(system in note for note in notes)


@pytest.mark.parametrize("place, box", [(Georef("GCJ-02", "user"), BOX), (WGS, (2, 48, 3, 49)),
                                        (Georef("EPSG:4549", "file"), BOX), (WGS, None)])
def test_nothing_is_proposed_where_it_cannot_be(place, box):
    assert shifted.proposal(place, box, ("adcode",), "amap") == ()


@pytest.mark.realdata
def test_a_real_outline_from_amap_moves_only_when_asked(shared):
    path = shared / "vector/shanghai_districts_amap.geojson"
    plain, asked = (read(vectors, path, "vectors", crs=crs) for crs in ("", "GCJ-02"))
    assert any("GCJ-02" in note for note in plain.notes) and plain.crs == "EPSG:4326"
    assert asked.crs == "GCJ-02" and not any("about 475 m" in note for note in asked.notes)
    away = np.linalg.norm((asked.line_points - plain.line_points)[:, :2], axis=1)
    assert 450 < away.min() and away.max() < 520


def test_repaired_shapes_are_counted_before_it_is_opened(tmp_path):
    bow_tie = shapely.Polygon([(618900, 3470400), (618920, 3470420), (618920, 3470400), (618900, 3470420)])
    path = made(tmp_path / "houses.parquet", [bow_tie, *SQUARES[1:]])
    assert any(note.startswith("1 invalid") for note in inspect(path).notes)
