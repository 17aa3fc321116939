"""A bake is standard, exact, the same however it was made, and goes on after a kill."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pyogrio
import pytest
import rasterio
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from cim.bake import quadtree
from cim.bake.glb import Block, glb
from cim.bake.metadata import ROW, properties_of
from cim.bake.run import Order, bake
from cim.bake.shards import place_codes
from cim.geocentric import geocentric, geodetic, level_axes
from cim.gltf_file import load
from tests.cim.made_vectors import read, write
from twin.frame import Frame
from twin.readers import Progress
from twin.tile_tree import AREA, COUNT, VOLUME
from twin.trouble import Trouble

ROOT = Path(__file__).resolve().parents[2]
BUILDINGS = 1200


@pytest.fixture(scope="module")
def inputs(samples, tmp_path_factory) -> list[str]:
    """Some buildings of the sample and its terrain."""
    path = tmp_path_factory.mktemp("inputs") / "houses.fgb"
    meta, rows = pyogrio.read_arrow(samples / "buildings.fgb", max_features=BUILDINGS)
    pyogrio.write_arrow(rows, path, geometry_name=meta["geometry_name"] or "wkb_geometry", crs=meta["crs"],
                        geometry_type=meta["geometry_type"])
    return [str(path), str(samples / "terrain.tif")]


@pytest.fixture(scope="module")
def baked(inputs, tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("baked")
    report = bake(Order(inputs=tuple(inputs), out=str(out), workers=2, tile_triangles=2000), Progress())
    assert not report["failed"] and {d["name"] for d in report["datasets"]} == {"houses", "terrain"}
    return out


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def tiles_of(folder: Path) -> list[tuple[dict, Path]]:
    """What the tileset says of every tile, and its file, parents first."""
    waiting, out = [json.loads((folder / "tileset.json").read_text())["root"]], []
    while waiting:
        tile = waiting.pop(0)
        out.append((tile, folder / tile["content"]["uri"]))
        waiting += tile.get("children", [])
    return out


def leaves_of(folder: Path) -> list[Path]:
    return [path for tile, path in tiles_of(folder) if "children" not in tile]


# -- what others make of it ------------------------------------------------------------------------------------


def test_vtk_finds_every_corner_where_proj_puts_it(baked, inputs):
    """VTK's own 3D Tiles reader gives geocentric metres; PROJ alone says where the roofs' corners are."""
    from vtkmodules.util.numpy_support import vtk_to_numpy
    from vtkmodules.vtkIOCesium3DTiles import vtkCesium3DTilesReader
    reader = vtkCesium3DTilesReader()
    reader.SetFileName(str(baked / "houses" / "tileset.json"))
    reader.SetLevel(100)                                    # of the finest tiles
    reader.Update()
    found, at = [], reader.GetOutput().NewIterator()
    at.InitTraversal()
    while not at.IsDoneWithTraversal():
        found.append(vtk_to_numpy(at.GetCurrentDataObject().GetPoints().GetData()).astype(np.float64))
        at.GoToNextItem()
    lonlat = geodetic(np.concatenate(found))
    _, _, wkb, _ = pyogrio.raw.read(inputs[0], max_features=BUILDINGS, columns=[])
    frame = Frame()
    info = pyogrio.read_info(inputs[0])
    corners = frame.to_local(*shapely.get_coordinates(shapely.from_wkb(wkb)).T, crs=info["crs"])[:, :2]
    placed = frame.to_local(*lonlat[:, :2].T, crs="EPSG:4326")[:, :2]
    tree = shapely.STRtree(shapely.points(corners))
    _, away = tree.query_nearest(shapely.points(placed), return_distance=True, all_matches=False)
    assert len(placed) > 20 * BUILDINGS and away.max() < 0.005


def test_trimesh_finds_the_roofs_that_shapely_measures(baked, inputs):
    """Another reader of glTF, with sums that another library makes of the input alone."""
    trimesh = pytest.importorskip("trimesh", reason="trimesh is not installed (the extra `test` brings it)")
    roofs, features = 0.0, 0
    for path in leaves_of(baked / "houses"):
        for part in trimesh.load(path, process=False).geometry.values():
            up = part.face_normals[:, 1] > 0.999                     # y is up in glTF
            roofs += part.area_faces[up].sum()
            features += len(np.unique(part.vertex_attributes["_FEATURE_ID_0"])) if len(part.faces) else 0
    info, (_, _, wkb, _) = pyogrio.read_info(inputs[0]), pyogrio.raw.read(inputs[0], max_features=BUILDINGS, columns=[])
    shapes = shapely.transform(shapely.from_wkb(wkb), lambda xy: Frame().to_local(*xy.T, crs=info["crs"])[:, :2])
    assert roofs == pytest.approx(shapely.area(shapes).sum(), rel=2e-3) and features == BUILDINGS


def test_py3dtiles_opens_all_tilesets_and_their_tiles(baked):
    """It wants a numpy older than the rest does, so this runs only where somebody put it beside."""
    module = pytest.importorskip("py3dtiles.tileset.tileset", reason="py3dtiles is not installed: it wants numpy < 2.4")
    whole = module.TileSet.from_file(baked / "tileset.json")
    assert [str(tile.content_uri) for tile in whole.root_tile.children] == ["houses/tileset.json"]
    inner = module.TileSet.from_file(baked / "houses" / "tileset.json")
    waiting, vertices = [inner.root_tile], 0
    while waiting:
        tile = waiting.pop()
        waiting += tile.children
        vertices += len(tile.get_or_fetch_content(baked / "houses").get_vertices()) if not tile.children else 0
    assert vertices == sum(p.triangles.size for path in leaves_of(baked / "houses")
                           for p in load(path.read_bytes(), path).pieces)


def test_a_real_city_model_keeps_its_corners_and_attributes(shared, tmp_path):
    """Read back whole, every vertex lies within a millimetre of the one the CityJSON reader gives."""
    from cim import cityjson, tiles3d
    path = shared / "city" / "delft.city.json"
    report = bake(Order(inputs=(str(path),), out=str(tmp_path), workers=1), Progress())
    data, = report["datasets"]
    there = read(cityjson, path, "city")
    frame = Frame(crs="EPSG:28992", origin=(84600.0, 447500.0, 0.0))
    there = read(cityjson, path, "city", frame=frame)
    back = read(tiles3d, tmp_path / "delft" / "tileset.json", "city", frame=frame)
    assert data["features"] == there.features.num_rows and len(back.triangles) == len(there.triangles)
    tree = shapely.STRtree(shapely.points(there.points[:, :2].astype(float)))
    _, away = tree.query_nearest(shapely.points(back.points[:, :2].astype(float)), return_distance=True,
                                 all_matches=False)
    assert away.max() < 0.002
    assert abs(back.points[:, 2].max() - there.points[:, 2].max()) < 0.002
    ids = set(back.features.column("id").to_pylist())
    assert ids <= set(there.features.column("id").to_pylist()) and len(ids) == back.features.num_rows


def test_attributes_lie_in_the_tiles_and_in_geoparquet(baked):
    table = pq.read_table(baked / "houses" / "features.parquet")
    geo = json.loads(table.schema.metadata[b"geo"])
    assert geo["version"] == "1.1.0" and geo["columns"]["geometry"]["crs"]["id"]["authority"] == "EPSG"
    assert table.num_rows == BUILDINGS
    rows, heights = [], []
    for path in leaves_of(baked / "houses"):
        piece = load(path.read_bytes(), path).pieces[0]
        rows += piece.table.column(ROW).to_pylist()
        heights += piece.table.column("height_used_m").to_pylist()
    assert sorted(rows) == list(range(BUILDINGS))
    assert table.column("height_used_m").take(rows).to_pylist() == heights


def test_inner_tiles_stand_for_all_below_and_say_how_wrong_they_are(baked):
    """Counts, areas and volumes are those of the leaves, however coarse; errors never grow on the way down."""
    tiles = tiles_of(baked / "houses")
    sums = {}
    for tile, path in tiles:
        table = load(path.read_bytes(), path).pieces[0].table
        sums[tile["content"]["uri"]] = np.array([np.sum(table.column(name).to_numpy(zero_copy_only=False), dtype=float)
                                                 for name in (COUNT, AREA, VOLUME)])
    assert tiles[0][0]["refine"] == "REPLACE" and tiles[0][0]["geometricError"] > 0

    def under(tile):
        return (sum(map(under, tile["children"])) if "children" in tile else sums[tile["content"]["uri"]])

    for tile, _ in tiles:
        assert sums[tile["content"]["uri"]] == pytest.approx(under(tile), rel=1e-4)
        below = [child["geometricError"] for child in tile.get("children", [])]
        assert tile["geometricError"] >= max(below, default=0.0)
        assert (tile["geometricError"] == 0.0) == ("children" not in tile)
    root = load(tiles[0][1].read_bytes(), tiles[0][1]).pieces[0]
    blocks = root.table.filter(pc.is_null(root.table.column(ROW)))
    assert len(root.triangles) <= 2000 and blocks.num_rows > 50 and pc.max(blocks.column(COUNT)).as_py() > 3
    assert set(blocks.column("use").to_pylist()) <= {*pq.read_table(
        baked / "houses" / "features.parquet", columns=["use"]).column(0).to_pylist(), None}


def test_a_raster_becomes_a_valid_cog_of_the_same_numbers(baked, inputs):
    with rasterio.open(inputs[1]) as old, rasterio.open(baked / "terrain" / "terrain.tif") as new:
        assert new.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG" and new.crs == old.crs
        assert np.array_equal(new.read(1, masked=True), old.read(1, masked=True))


def test_houses_stand_on_the_terrain_that_is_baked_with_them(baked, samples):
    from cim import raster
    from twin.ground import Ground, Surface
    ground = Ground((Surface(read(raster, samples / "terrain.tif", "terrain")),))
    path = leaves_of(baked / "houses")[0]
    said = load(path.read_bytes(), path).pieces[0].table
    table = pq.read_table(baked / "houses" / "features.parquet").take(said.column(ROW))
    shapes = shapely.from_wkb(table.column("geometry").to_numpy())
    frame = Frame()
    middle = np.array([frame.to_local(*shapely.get_coordinates(s)[:-1].T, crs="EPSG:4549").mean(axis=0)
                       for s in shapes if s.geom_type == "Polygon" and not len(s.interiors)])
    simple = [i for i, s in enumerate(shapes) if s.geom_type == "Polygon" and not len(s.interiors)]
    assert said.column("ground_m").to_numpy()[simple] == pytest.approx(ground.height_at(middle), abs=0.02)


# -- laws ----------------------------------------------------------------------------------------------------


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(0, 100), st.integers(0, 40)), min_size=1, max_size=120),
       st.integers(1, 200))
@settings(max_examples=60)
def test_every_feature_is_in_one_leaf_of_its_budget(features, most):
    array = np.array(features)
    cost = array[:, 2].astype(int)
    if not cost.any():
        return
    root = quadtree.grown(place_codes(array[:, :2], (0.0, 0.0, 100.0)), cost, most)
    leaves = list(root.leaves())
    members = np.concatenate([n.members for n in leaves])
    assert sorted(members.tolist()) == np.flatnonzero(cost > 0).tolist()
    assert all(cost[n.members].sum() <= most or len(n.members) == 1 or n.level == quadtree.BITS for n in leaves)
    assert all(len(n.children) > 1 and not len(n.members) for n in root.every() if n.children)


@given(st.floats(-179, 179), st.floats(-85, 85), st.floats(-100, 9000))
def test_geocentric_metres_and_back(lon, lat, height):
    place = np.array([[lon, lat, height]])
    assert geodetic(geocentric(place)) == pytest.approx(place, abs=1e-6)
    axes = level_axes(lon, lat, height)
    assert axes[:3, :3] @ axes[:3, :3].T == pytest.approx(np.eye(3), abs=1e-12)
    assert axes[:3, 3] == pytest.approx(geocentric(place)[0])


@given(st.lists(st.tuples(st.none() | st.text(max_size=12), st.none() | st.integers(-2**31 + 1, 2**31 - 1),
                          st.none() | st.floats(-1e6, 1e6, width=32)), min_size=1, max_size=20))
@settings(max_examples=60)
def test_attributes_come_back_as_they_were(rows):
    words, whole, real = zip(*rows)
    table = pa.table({"_row": pa.array(range(len(rows)), pa.int32()), "名称": pa.array(words, pa.string()),
                      "floors": pa.array(whole, pa.int32()), "height": pa.array(real, pa.float32())})
    told = properties_of([[name, str(table.schema.field(name).type)] for name in table.column_names[1:]])
    block = Block(np.zeros(3), np.eye(3, dtype=np.float32), np.array([[0, 1, 2]]), np.zeros(3, int))
    back = load(glb([block], table, told), Path("t.glb")).pieces[0].table
    assert back.column("floors").to_pylist() == list(whole) and back.column("height").to_pylist() == list(real)
    assert back.column("名称").to_pylist() == [w or None for w in words]


# -- killed, changed, elsewhere ----------------------------------------------------------------------------------


def command(inputs: list[str], out: Path) -> list[str]:
    return [sys.executable, "-m", "app.cli", "bake", *inputs, "--out", str(out), "--workers", "1",
            "--tile-triangles", "400", "--json"]


def test_killed_in_the_middle_it_goes_on_and_gives_the_same_bytes(inputs, tmp_path):
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    whole = json.loads(subprocess.run(command(inputs, tmp_path / "whole"), cwd=ROOT, env=environment, check=True,
                                      capture_output=True).stdout)
    killed = subprocess.Popen(command(inputs, tmp_path / "killed"), cwd=ROOT, env=environment,
                              stdout=subprocess.DEVNULL)
    lines = tmp_path / "killed" / ".bake" / "manifest.jsonl"
    while killed.poll() is None and not (lines.exists() and lines.read_bytes().count(b"\n") > 12):
        time.sleep(0.005)
    killed.send_signal(signal.SIGKILL)
    assert killed.wait() == -signal.SIGKILL, "it ended before it could be killed"
    done = lines.read_bytes().count(b"\n")
    with open(lines, "ab") as file:
        file.write(b'["torn')
    second = json.loads(subprocess.run(command(inputs, tmp_path / "killed"), cwd=ROOT, env=environment, check=True,
                                       capture_output=True).stdout)
    assert second["reused"] >= done > 0 and second["made"] + second["reused"] == whole["made"]
    assert files_of(tmp_path / "killed") == files_of(tmp_path / "whole")


def test_a_second_bake_makes_nothing_and_a_changed_input_only_itself(inputs, tmp_path):
    order = Order(inputs=(inputs[1],), out=str(tmp_path / "out"), workers=1)
    assert bake(order, Progress())["made"] == 1
    again = bake(order, Progress())
    assert (again["made"], again["reused"]) == (0, 1)
    (tmp_path / "out" / "terrain" / "terrain.tif").write_bytes(b"broken")
    assert bake(order, Progress())["made"] == 1


def test_a_file_without_a_crs_leads_to_the_option_that_names_one(tmp_path):
    """It led to "the layer's source" and to "a project of its own", which no command line has."""
    path = write(tmp_path / "houses.shp", [shapely.box(618000, 3470000, 618020, 3470010)], {"height": [9.0]},
                 "ESRI Shapefile")
    path.with_suffix(".prj").unlink()
    with pytest.raises(Trouble) as error:
        bake(Order(inputs=(str(path),), out=str(tmp_path / "none"), workers=1), Progress())
    assert "--crs EPSG:4549" in str(error.value) and "layer's source" not in str(error.value)
    order = Order(inputs=(str(path),), out=str(tmp_path / "out"), workers=1, crs="EPSG:4549")
    assert bake(order, Progress())["datasets"][0]["features"] == 1


def test_what_cannot_be_baked_is_named_and_the_rest_is_done(inputs, tmp_path):
    bad = tmp_path / "notes.txt"
    bad.write_text("nothing of a city")
    report = bake(Order(inputs=(inputs[1], str(bad)), out=str(tmp_path / "out"), workers=1), Progress())
    assert [f["path"] for f in report["failed"]] == [str(bad)] and len(report["datasets"]) == 1
    with pytest.raises(Trouble, match="Nothing could be baked"):
        bake(Order(inputs=(str(bad),), out=str(tmp_path / "none"), workers=1), Progress())


def test_fsspec_places_give_the_same_tiles(baked, inputs, tmp_path):
    pytest.importorskip("fsspec", reason="the extra `cluster` is not installed")
    order = Order(inputs=tuple(f"file://{path}" for path in inputs), out=f"file://{tmp_path}/out", workers=1,
                  scratch=str(tmp_path / "scratch"), tile_triangles=2000)
    bake(order, Progress())
    here, there = files_of(tmp_path / "out"), files_of(baked)
    here.pop("manifest.json"), there.pop("manifest.json")                # names the inputs
    assert here == there


def test_a_dask_cluster_of_several_processes_gives_the_same_bytes(baked, inputs, tmp_path):
    LocalCluster = pytest.importorskip("distributed", reason="the extra `cluster` is not installed").LocalCluster
    with LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster:
        report = bake(Order(inputs=tuple(inputs), out=str(tmp_path), scheduler=cluster.scheduler_address,
                            tile_triangles=2000), Progress())
    assert report["workers"] == 2
    assert files_of(tmp_path) == files_of(baked)


def test_a_folder_is_the_files_in_it(inputs, tmp_path):
    from app.bake_cli import files_of
    folder = tmp_path / "data"
    folder.mkdir()
    for name in inputs:
        (folder / Path(name).name).symlink_to(name)
    (folder / "readme.docx").write_bytes(b"x")
    assert files_of([str(folder), inputs[0]]) == [str(folder / "houses.fgb"), str(folder / "terrain.tif"), inputs[0]]
