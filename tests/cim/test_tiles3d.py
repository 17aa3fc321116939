"""3D Tiles on disk: explicit and implicit trees, batch tables, levels, places on the Earth, missing parts."""

from __future__ import annotations

import json
import struct

import numpy as np
import pyproj
import pytest

from cim import placing, tiles3d
from cim.tiles3d_file import Tileset, _Implicit
from tests.cim.made_models import FACES, SQUARE, b3dm, glb
from tests.cim.made_vectors import read
from twin.frame import Frame
from twin.layer import Source
from twin.readers import head_of
from twin.trouble import Trouble


def inspect(path):
    info, = tiles3d.inspect(path, Source(path=str(path)))
    return info


def tileset(folder, root, **more):
    path = folder / "tileset.json"
    path.write_text(json.dumps({"asset": {"version": "1.1"}, "geometricError": 100, "root": root, **more}))
    return path


def east_north_up(lon, lat, height):
    """A tile's transform at a place, as a row of 16 numbers."""
    x, y, z = pyproj.Transformer.from_crs("EPSG:4979", "EPSG:4978", always_xy=True).transform(lon, lat, height)
    l, p = np.radians([lon, lat])
    east = [-np.sin(l), np.cos(l), 0]
    north = [-np.sin(p) * np.cos(l), -np.sin(p) * np.sin(l), np.cos(p)]
    up = [np.cos(p) * np.cos(l), np.cos(p) * np.sin(l), np.sin(p)]
    return [*east, 0, *north, 0, *up, 0, x, y, z, 1]


@pytest.mark.realdata
def test_a_sparse_implicit_quadtree_has_every_tile_in_its_place(shared):
    path = shared / "city/3dtiles/SparseImplicitQuadtree/tileset.json"
    assert tiles3d.sniff(path, head_of(path)) > 0.9
    assert inspect(path).count == 32 == len(list((path.parent / "content").iterdir()))
    assert inspect(path).extra["tiles"] == 63                                  # as its subtreeInfo.md says
    mesh = read(tiles3d, path, "city")
    assert mesh.count == 32 and len(mesh.triangles) == 64
    corners = mesh.points.reshape(32, 4, 3).min(axis=1)[:, :2] * 32
    names = {tuple(map(int, p.stem.split("__")[1].split("_"))) for p in (path.parent / "content").iterdir()}
    assert {tuple(np.round(c).astype(int).tolist()) for c in corners} == names
    assert mesh.surfaces[0].color == (0, 0, 255)


@pytest.mark.realdata
def test_discrete_levels_show_the_finest_that_is_there(shared):
    path = shared / "city/3dtiles/TilesetWithDiscreteLOD/tileset.json"
    info = inspect(path)
    assert info.crs == "EPSG:4979" and np.add(info.extent[:2], info.extent[3:5]) / 2 == pytest.approx(
        (-75.612, 40.0425), abs=1e-3)
    assert any("dragon_high.b3dm" in note for note in info.notes)
    frame = placing.own_frame(info.crs, (info.extent[0], info.extent[1], info.extent[3], info.extent[4]))
    fine, coarse = read(tiles3d, path, "city", frame), read(tiles3d, path, "city", frame, lod="0")
    assert len(fine.triangles) > 2 * len(coarse.triangles) > 0
    assert set(fine.features["tile_depth"].to_pylist()) == {1} and any("finer" in n for n in coarse.notes)
    # The dragon is 1,419 m long, stands upright on the ellipsoid and is drawn true to scale.
    box = fine.bounds()
    assert box[5] - box[2] == pytest.approx(1007, abs=10) and abs(box[0] + box[3]) < 20


def test_batches_are_features_with_their_attributes_where_they_lie(tmp_path):
    points = np.concatenate([SQUARE, SQUARE + np.float32([5, 0, 0])])
    model = glb(points, [*FACES, *(FACES + 4)], batch=[0] * 4 + [1] * 4)
    (tmp_path / "a.b3dm").write_bytes(b3dm(model, {"name": ["甲", "乙"], "height": [3.0, None]}, 2))
    path = tileset(tmp_path, {"transform": east_north_up(121.25, 31.35, 4.0), "geometricError": 0, "refine": "ADD",
                              "boundingVolume": {"sphere": [0, 0, 0, 9]}, "content": {"uri": "a.b3dm"}})
    frame = Frame()
    mesh = read(tiles3d, path, "city", frame)
    assert mesh.features["name"].to_pylist() == ["甲", "乙"] and mesh.features["height"].to_pylist() == [3.0, None]
    place = frame.to_local(121.25, 31.35, 4.0, crs="EPSG:4326")[0]
    assert mesh.bounds()[:3] == pytest.approx(place, abs=0.1) and mesh.bounds()[5] == pytest.approx(7.0, abs=0.01)
    assert mesh.bounds()[3] - mesh.bounds()[0] == pytest.approx(7.0, abs=0.1)


def test_the_sizes_of_a_replaced_tile_and_an_added_one(tmp_path):
    for name in ("big", "small"):
        (tmp_path / f"{name}.glb").write_bytes(glb())
    child = {"geometricError": 0, "content": {"uri": "small.glb"}, "boundingVolume": {"sphere": [0, 0, 0, 9]}}
    for refine, count in (("REPLACE", 1), ("ADD", 2)):
        path = tileset(tmp_path, {"geometricError": 9, "refine": refine, "content": {"uri": "big.glb"},
                                  "boundingVolume": {"sphere": [0, 0, 0, 9]}, "children": [child]})
        assert read(tiles3d, path, "city").count == count


def test_tilesets_within_tilesets_and_nothing_outside_the_folder(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in/a.glb").write_bytes(glb())
    volume = {"boundingVolume": {"sphere": [0, 0, 0, 9]}, "geometricError": 0}
    tileset(tmp_path / "in", {**volume, "content": {"uri": "a.glb"}})
    outer = tileset(tmp_path, {**volume, "children": [{**volume, "content": {"uri": "in/tileset.json"}},
                                                      {**volume, "content": {"uri": "../../etc/x.glb"}},
                                                      {**volume, "content": {"uri": "https://127.0.0.1:9/x.glb"}}]})
    mesh = read(tiles3d, outer, "city")
    assert mesh.count == 1 and any("2 files" in note for note in mesh.notes)


@pytest.mark.parametrize("text", [
    '{"asset": {"version": "1.0"}, "root": {"geometricError"', '{"asset": {}, "geometricError": 1, "root": {}}',
    '{"asset": {"version": "1.0"}, "geometricError": 1, "root": {"children": 3}}'])
def test_a_broken_tileset_is_one_clear_message(tmp_path, text):
    path = tmp_path / "tileset.json"
    path.write_text(text)
    with pytest.raises(Trouble) as error:
        read(tiles3d, path, "city")
    assert error.value.way_out and error.value.path == str(path)


def test_a_tileset_that_holds_itself_ends(tmp_path):
    path = tileset(tmp_path, {"boundingVolume": {}, "geometricError": 1, "content": {"uri": "tileset.json"}})
    with pytest.raises(Trouble):
        Tileset(path)


def test_morton_codes_of_quadtree_and_octree():
    quad, octo = _Implicit.__new__(_Implicit), _Implicit.__new__(_Implicit)
    assert quad._at((3, 3, 6), 2, 0b0110) == (5, 3 * 4 + 0b10, 6 * 4 + 0b01)
    assert octo._at((0, 0, 0, 0), 1, 0b101) == (1, 1, 0, 1)


def i3dm(model: bytes, said: dict, binary: bytes, batches: dict, linked: int = 1) -> bytes:
    feature, batch = (json.dumps(d).encode() for d in (said, batches))
    feature, batch = (t + b" " * (-len(t) % 8) for t in (feature, batch))
    sizes = len(feature), len(binary), len(batch), 0
    return struct.pack("<4sIIIIIII", b"i3dm", 1, 32 + sum(sizes) + len(model), *sizes, linked) + (
        feature + binary + batch + model)


def test_one_model_stands_where_every_instance_is(tmp_path):
    where = np.array([[0, 0, 0], [100, 0, 0], [0, 50, 5]], np.float32)
    said = {"INSTANCES_LENGTH": 3, "POSITION": {"byteOffset": 0}, "SCALE": {"byteOffset": 36}}
    binary = where.tobytes() + np.array([1, 2, 1], np.float32).tobytes()
    (tmp_path / "trees.i3dm").write_bytes(i3dm(glb(), said, binary, {"species": ["oak", "樟", "plane"]}))
    path = tileset(tmp_path, {"geometricError": 0, "boundingVolume": {"sphere": [0, 0, 0, 200]},
                              "content": {"uri": "trees.i3dm"}})
    mesh = read(tiles3d, path, "city")
    assert mesh.features["species"].to_pylist() == ["oak", "樟", "plane"]
    model = mesh.points[mesh.vertex_feature == 0]
    for number, (at, scale) in enumerate(zip(where, (1, 2, 1))):
        assert mesh.points[mesh.vertex_feature == number] == pytest.approx(model * scale + at)


@pytest.mark.parametrize("said, binary, model, linked", [
    ({"INSTANCES_LENGTH": 9, "POSITION": {"byteOffset": 0}}, bytes(12), glb(), 1),
    ({"INSTANCES_LENGTH": 1, "POSITION": {"byteOffset": 0}}, bytes(12), b"../tree.glb", 0),
    ({"POSITION": {"byteOffset": 0}}, bytes(12), glb(), 1),
    ({"INSTANCES_LENGTH": 1, "POSITION": {"byteOffset": 0}}, bytes(12), b"", 1)])
def test_broken_instances_are_counted_and_nothing_outside_is_read(tmp_path, said, binary, model, linked):
    (tmp_path / "t.i3dm").write_bytes(i3dm(model, said, binary, {}, linked))
    path = tileset(tmp_path, {"geometricError": 0, "boundingVolume": {"sphere": [0, 0, 0, 200]},
                              "content": {"uri": "t.i3dm"}})
    mesh = read(tiles3d, path, "city")
    assert not len(mesh.triangles) and any("broken" in note for note in mesh.notes)


def test_binary_columns_of_a_batch_table_are_attributes(tmp_path):
    points = np.concatenate([SQUARE, SQUARE + np.float32([5, 0, 0])])
    model = glb(points, [*FACES, *(FACES + 4)], batch=[0] * 4 + [1] * 4)
    values = np.array([3.5, 7.25], "<f4").tobytes() + np.array([4, 9], "<u2").tobytes() + bytes(4)
    data = b3dm(model, {"height": {"byteOffset": 0, "componentType": "FLOAT", "type": "SCALAR"},
                        "floors": {"byteOffset": 8, "componentType": "UNSIGNED_SHORT", "type": "SCALAR"},
                        "beyond": {"byteOffset": 8, "componentType": "DOUBLE", "type": "VEC3"}}, 2)
    head = list(struct.unpack("<4sIIIIII", data[:28]))
    at = 28 + sum(head[3:6])
    head[2], head[6] = head[2] + len(values), len(values)
    (tmp_path / "a.b3dm").write_bytes(struct.pack("<4sIIIIII", *head) + data[28:at] + values + data[at:])
    path = tileset(tmp_path, {"geometricError": 0, "boundingVolume": {"sphere": [0, 0, 0, 9]},
                              "content": {"uri": "a.b3dm"}})
    mesh = read(tiles3d, path, "city")
    assert mesh.features["height"].to_pylist() == [3.5, 7.25] and mesh.features["floors"].to_pylist() == [4, 9]
    assert any("1 binary" in note for note in mesh.notes)


def test_a_tileset_that_is_no_json_says_so(tmp_path):
    path = tmp_path / "tileset.json"
    path.write_bytes(b'{"asset": {"version": "1.1"}, "geometricError": 10, "root": {"name": "\xff\xfe"')
    with pytest.raises(Trouble, match="tileset is broken"):
        tiles3d.inspect(path, Source(path=str(path)))
