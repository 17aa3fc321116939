"""Files become layers: which files, which layers, and where the project stands."""

from __future__ import annotations

import json
import math

import pytest

from app import adding
from app.discover import layer_types
from app.session import Session
from layers.building import Building
from twin.data import Mesh
from twin.document import Document
from twin.frame import Frame
from twin.layer import Group, Placement, Unread
from twin.readers import Info
from twin.trouble import Trouble

layer_types()


@pytest.fixture
def session():
    made = Session()
    yield made
    made.close()


def info(**values) -> Info:
    return Info(**{"path": "/d/a.gpkg", "kind": "vectors", "format": "GPKG", **values})


def found(*infos, **values) -> adding.Found:
    return adding.Found(path="/d/a.gpkg", reader="vectors", infos=infos, **values)


def test_side_files_count_once(tmp_path):
    for suffix in (".shp", ".dbf", ".SHX", ".prj", ".cpg"):
        (tmp_path / f"roads{suffix}").write_bytes(b"x")
    files, unknown = adding.files_among(sorted(tmp_path.iterdir()))
    assert [f.name for f in files] == ["roads.shp"] and unknown == 0
    assert [f.name for f in adding.files_among([tmp_path / "roads.dbf"])[0]] == ["roads.dbf"]


def test_a_folder_gives_what_is_readable_and_counts_the_rest(tmp_path):
    (tmp_path / "in").mkdir()
    for name in ("a.geojson", "in/b.tif", "in/b.tfw", "notes.docx", ".hidden.tif", "p.twin.json"):
        (tmp_path / name).write_bytes(b"x")
    files, unknown = adding.files_among([tmp_path])
    assert sorted(f.name for f in files) == ["a.geojson", "b.tif"]
    assert unknown == 2                                          # the document and the project


def test_tables_of_a_container_come_in_a_group():
    layers = adding.layers_for(found(info(name="roads", table="roads"), info(name="lakes", table="lakes")))
    assert [x.kind for x in layers] == ["group", "vectors", "vectors"]
    assert layers[0].name == "a" and {x.group for x in layers[1:]} == {layers[0].id}
    assert [x.source.table for x in layers[1:]] == ["roads", "lakes"]
    assert all(x.source.reader == "vectors" for x in layers[1:])


def test_suggestions_set_only_fields_that_are_the_users():
    layer, = adding.layers_for(found(info(suggest={"color_by": "use", "id": "x", "nonsense": 1, "synthetic": True})))
    assert layer.color_by == "use" and layer.synthetic and layer.id != "x"


def test_an_unknown_file_keeps_a_row():
    layer, = adding.layers_for(found(error=Trouble("What is this?")))
    assert isinstance(layer, Unread) and layer.name == "a.gpkg" and layer.source.path.endswith("a.gpkg")


def test_the_first_file_brings_the_frame():
    amsterdam = info(crs="EPSG:28992", extent=(84000.0, 446000.0, None, 86000.0, 448000.0, None))
    document, _ = adding.added(Document(), [found(info()), found(amsterdam)])
    assert document.frame.crs == "EPSG:28992" and document.frame.origin == (85000.0, 447000.0, 0.0)
    again, _ = adding.added(document, [found(info(crs="EPSG:4326", extent=(121.2, 31.3, None, 121.3, 31.4, None)))])
    assert again.frame == document.frame, "only the first file may"


def test_a_crs_nobody_knows_leaves_the_frame():
    document, ids = adding.added(Document(), [found(info(crs="EPSG:999999", extent=(0, 0, 0, 1, 1, 1)))])
    assert document.frame == Frame() and len(ids) == 1


def test_imagery_and_terrain_go_under_what_lies_on_them():
    document, _ = adding.added(Document(), [found(info())])
    document, _ = adding.added(document, [found(info(kind="terrain", name="dem")), found(info(kind="imagery"))])
    assert [x.kind for x in document.layers] == ["vectors", "terrain", "imagery"]


def test_a_new_picture_lies_over_the_others():
    document, ids = adding.added(Document(), [found(info(kind="terrain")), found(info(kind="imagery")),
                                              found(info(kind="vectors")), found(info(kind="imagery"))])
    assert [x.kind for x in document.layers] == ["vectors", "terrain", "imagery", "imagery"]
    assert [x.id for x in document.layers[2:]] == [ids[3], ids[1]]


def test_what_is_added_lies_on_top_in_the_order_it_was_named():
    there = Document(layers=(Group(id="g", name="g"),))
    document, _ = adding.added(there, [found(info(name="a")), found(info(name="b"))])
    assert [x.name for x in document.layers] == ["a", "b", "g"]


def test_moving_the_project_leaves_placed_buildings_where_they_are_on_earth():
    house = Building(id="h", name="h", placement=Placement(easting=618946.0, northing=3470454.0, rotation_deg=30.0))
    document = Document(layers=(house,))
    before = document.frame.to_lonlat(document.frame.to_local(618946.0, 3470454.0))[0]
    moved = adding.moved_to(document, (250_000.0, 0.0, 0.0), "EPSG:32651")
    placed = moved.layer("h").placement
    after = moved.frame.to_lonlat(moved.frame.to_local(placed.easting, placed.northing))[0]
    assert moved.frame.crs == "EPSG:32651"
    assert after[:2] == pytest.approx(before[:2], abs=1e-8)
    assert placed.rotation_deg != 30.0 and abs(placed.rotation_deg - 30.0) < 3.0


def test_the_centre_of_a_placed_building():
    mesh = Mesh(points=adding_points(), placement=Placement(easting=617100.0, northing=3471000.0, rotation_deg=90.0))
    x, y, z = adding.centre_of(Building(id="b", name="b"), mesh, Frame())
    assert (x, y, z) == pytest.approx((100.0 - 2.0, 1.0, 3.0))


def adding_points():
    import numpy as np
    return np.array([[0, 0, 0], [2, 4, 6]], np.float32)


def test_a_project_cannot_be_added(session, tmp_path):
    (tmp_path / "a.twin.json").write_text("{}")
    with pytest.raises(Trouble):
        adding.add_files(session, [tmp_path / "a.twin.json"])


def test_good_and_broken_files_of_one_folder(session, tmp_path, shared):
    """Headless, as `render --add`: one edit, the broken one keeps a row with its reason."""
    (tmp_path / "lines.geojson").write_bytes((shared / "vector/shanghai_busline71.geojson").read_bytes())
    (tmp_path / "broken.tif").write_bytes(b"II*\0 nothing more")
    ids = adding.add_files(session, [tmp_path])
    assert len(ids) == 2
    assert {x.kind for x in session.document.layers} == {"vectors", "unread"}
    session.settle()
    unread = next(x for x in session.document.layers if x.kind == "unread")
    assert session.asset(unread.id).error is not None
    lon, lat, _ = session.document.frame.to_lonlat([[0, 0, 0]])[0]
    assert math.hypot(lon - 121.4, lat - 31.2) < 0.5
    session.edits.undo()
    assert session.document == Document()


def test_groups_are_no_content():
    assert adding.is_empty(Document(layers=(Group(id="g", name="g"),)))


def test_a_tile_set_in_a_folder_is_one_file(tmp_path):
    for name in ("town/tileset.json", "town/content/a.glb", "town/content/tileset.json", "other/b.glb"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    files, unknown = adding.files_among([tmp_path])
    assert [file.relative_to(tmp_path).as_posix() for file in files] == ["other/b.glb", "town/tileset.json"]
    assert not unknown


@pytest.mark.parametrize(("place", "zone"), [((4.36, 52.01), "Europe/Amsterdam"), ((121.25, 31.35), "Asia/Shanghai"),
                                             ((75.99, 39.47), "Asia/Shanghai")])         # Delft, Jiading, Kashgar
def test_a_project_keeps_the_time_of_its_place(session, tmp_path, place, zone):
    """15:00 of the winter solstice was night in Delft: its project kept the time of Shanghai."""
    lon, lat = place
    path = tmp_path / "here.geojson"
    ring = [[lon, lat], [lon + 0.001, lat], [lon + 0.001, lat + 0.001], [lon, lat]]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [
        {"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": [ring]}}]}))
    adding.add_files(session, [path])
    assert session.document.time_zone == zone
    session.edits.undo()
    assert session.document.time_zone == "Asia/Shanghai"
