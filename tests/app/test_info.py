"""What `citytwin info` says, and does not say, about odd files and folders."""

from __future__ import annotations

import json
import os

import pytest

from app.info import describe, sentences


def geojson(path, *geometries, **more):
    path.write_text(json.dumps({"type": "FeatureCollection", **more, "features": [
        {"type": "Feature", "properties": {}, "geometry": geometry} for geometry in geometries]}), "utf-8")
    return path


POINT = {"type": "Point", "coordinates": [121.25, 31.35]}


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes among its files")
@pytest.mark.parametrize("name", ["pipe.ifc", "pipe.twin.json"])
def test_a_pipe_is_refused_at_once(tmp_path, name):
    os.mkfifo(tmp_path / name)
    answer, = describe(tmp_path / name)
    assert not answer["ok"] and "pipe" in answer["error"]


def test_shapes_that_are_none_are_told(tmp_path):
    answer, = describe(geojson(tmp_path / "a.geojson", None, {"type": "Point", "coordinates": ["a", 2]}))
    assert answer["count"] == 2 and "Nothing in it can be drawn." in answer["notes"]
    assert any("2 features have no geometry" in note for note in answer["notes"])
    answer, = describe(geojson(tmp_path / "b.geojson", None, POINT))
    assert answer["notes"] == ["1 feature has no geometry and was skipped."]


def test_an_unknown_crs_is_an_assumption_and_is_told_once(tmp_path):
    crs = {"type": "name", "properties": {"name": "EPSG:1234"}}
    answer, = describe(geojson(tmp_path / "a.geojson", POINT, crs=crs))
    assert answer["crs_source"] == "assumed"
    assert [note for note in answer["notes"] if "EPSG:1234" in note] == answer["notes"]


def test_degrees_are_written_to_a_tenth_of_a_metre_and_a_spelled_out_crs_by_its_name(tmp_path):
    answer, = describe(geojson(tmp_path / "a.geojson", POINT))
    assert "x 121.250000 to 121.250000, y 31.350000" in sentences(answer)
    import pyproj
    assert "opens as vectors, 1 feature\n" in sentences(answer)
    assert sentences({**answer, "kind": "folder", "format": "Folder", "count": 1}).splitlines()[1] == "  Folder, 1 file"
    assert "opens as imagery, 9 pixels\n" in sentences({**answer, "kind": "imagery", "count": 9})
    told = sentences({**answer, "crs": pyproj.CRS("EPSG:4549").to_wkt()})
    assert "CGCS2000 / 3-degree Gauss-Kruger CM 120E" in told and "PROJCRS" not in told


def test_an_unknown_file_is_described_in_words_and_its_path_stands_once(tmp_path):
    (tmp_path / "a.txt").write_text("hello\n")
    (tmp_path / "b.csv").write_bytes(b"\x9c\x01\x88\x00")
    text, binary = (describe(tmp_path / name)[0] for name in ("a.txt", "b.csv"))
    assert "begins with “hello”" in text["error"] and "binary data" in binary["error"]
    assert sentences(text).count("a.txt") == 1


def test_a_folder_lists_what_it_holds(tmp_path):
    answer, = describe(tmp_path)
    assert not answer["ok"] and "empty" in answer["error"]
    (tmp_path / "notes.docx").write_bytes(b"x")
    answer, = describe(tmp_path)
    assert not answer["ok"] and "1 file of other kinds" in answer["error"]
    geojson(tmp_path / "a.geojson", POINT)
    folder, inside = describe(tmp_path)
    assert folder["kind"] == "folder" and folder["count"] == 1 and "1 file of the folder" in folder["notes"][0]
    assert inside["ok"] and inside["kind"] == "vectors" and inside["path"] == str(tmp_path / "a.geojson")


def test_the_extent_of_an_ifc_file_is_its_box_and_not_a_point(shared):
    answer, = describe(shared / "ifc" / "AC20-FZK-Haus.ifc")
    assert answer["ok"] and answer["crs"] and answer["extent"][0] < answer["extent"][3]


def test_a_folder_of_a_shapefile_is_read(shared):
    answers = describe(shared / "vector" / "jiading_polygon")
    assert [answer["kind"] for answer in answers] == ["folder", "vectors"]


def test_units_are_those_of_values_and_never_of_the_place(tmp_path):
    def units(name: str, *geometries, **properties):
        return describe(geojson(tmp_path / name, *geometries, **properties))[0]["units"]

    assert units("flat.geojson", POINT) is None
    assert units("high.geojson", {"type": "Point", "coordinates": [121.25, 31.35, 4.0]}) == "m"


def test_what_is_unknown_is_null_in_every_answer(tmp_path):
    table, model = tmp_path / "air.csv", tmp_path / "box.obj"
    table.write_text("time,id,value\n2026-07-15 06:00,A,1\n2026-07-15 06:05,A,2\n")
    model.write_text("v 0 0 0\nv 1 0 0\nv 0 1 1\nf 1 2 3\n")
    for path in (table, model):
        answer, = describe(path)
        assert answer["ok"] and (answer["crs"], answer["crs_source"]) == (None, None)
