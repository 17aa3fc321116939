"""glTF, GLB and OBJ: z is up at the end, colours and parts are kept, and broken ones are one clear word."""

from __future__ import annotations

import base64
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cim import gltf, gltf_draco
from cim.gltf_file import load
from tests.cim.made_models import FACES, SQUARE, glb
from tests.cim.made_vectors import read
from twin.layer import Source
from twin.readers import head_of
from twin.trouble import Trouble


def put(path, data):
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


def test_a_glb_stands_upright_with_its_colour_and_name(tmp_path):
    path = put(tmp_path / "m.glb", glb(node={"translation": [10, 0, 0]}))
    assert gltf.sniff(path, head_of(path)) > 0.9
    info, = gltf.inspect(path, Source(path=str(path)))
    assert (info.kind, info.count, info.crs) == ("building", 1, "")
    mesh = read(gltf, path, "building")
    assert mesh.bounds() == pytest.approx((10, 0, 0, 12, 0, 3)) and mesh.placement is None
    assert mesh.features.to_pylist() == [{"name": "wall", "material": "brick"}]
    assert mesh.colors.tolist() == [[255, 0, 0, 255]]


def test_gltf_with_a_data_uri_or_a_file_beside_it(tmp_path):
    blob = SQUARE.tobytes() + FACES.tobytes()
    for uri in ("data:application/octet-stream;base64," + base64.b64encode(blob).decode(), "part%201.bin"):
        put(tmp_path / "part 1.bin", blob)
        tree = {"asset": {"version": "2.0"}, "nodes": [{"mesh": 0}], "buffers": [{"uri": uri, "byteLength": len(blob)}],
                "bufferViews": [{"buffer": 0, "byteLength": 48}, {"buffer": 0, "byteOffset": 48, "byteLength": 12}],
                "accessors": [{"bufferView": 0, "componentType": 5126, "count": 4, "type": "VEC3"},
                              {"bufferView": 1, "componentType": 5123, "count": 6, "type": "SCALAR"}],
                "meshes": [{"primitives": [{"attributes": {"POSITION": 0}, "indices": 1}]}]}
        mesh = read(gltf, put(tmp_path / "m.gltf", json.dumps(tree)), "building")
        assert len(mesh.triangles) == 2 and mesh.bounds()[5] == 3


@pytest.mark.parametrize("uri", ["../secret.bin", "http://127.0.0.1:9/x.bin", "/etc/hostname"])
def test_nothing_outside_the_folder_is_read(tmp_path, uri):
    tree = {"asset": {"version": "2.0"}, "nodes": [{"mesh": 0}], "buffers": [{"uri": uri, "byteLength": 1}],
            "bufferViews": [{"buffer": 0, "byteLength": 1}],
            "accessors": [{"bufferView": 0, "componentType": 5126, "count": 1, "type": "VEC3"}],
            "meshes": [{"primitives": [{"attributes": {"POSITION": 0}}]}]}
    with pytest.raises(Trouble, match="outside its folder"):
        read(gltf, put(tmp_path / "m.gltf", json.dumps(tree)), "building")


@given(st.tuples(*[st.floats(-1, 1)] * 4).filter(lambda q: np.linalg.norm(q) > 0.1),
       st.tuples(*[st.floats(0.1, 4)] * 3), st.tuples(*[st.floats(-50, 50)] * 3))
def test_a_transform_in_parts_is_that_of_its_matrix(tmp_path_factory, turn, scale, move):
    from cim.gltf_file import _matrix
    turn = np.array(turn) / np.linalg.norm(turn)
    matrix = _matrix({"rotation": turn.tolist(), "scale": scale, "translation": move})
    assert np.linalg.det(matrix[:3, :3]) == pytest.approx(np.prod(scale), rel=1e-6)
    path = tmp_path_factory.getbasetemp() / "t.glb"
    parts = load(glb(node={"rotation": turn.tolist(), "scale": list(scale), "translation": list(move)}), path)
    whole = load(glb(node={"matrix": matrix.T.ravel().tolist()}), path)
    assert parts.pieces[0].points == pytest.approx(whole.pieces[0].points, abs=1e-6)


@pytest.mark.parametrize("data", [
    glb()[:-20], glb()[:40], b'{"asset": {}, "meshes": 3, "nodes": [{"mesh": 0}]}', glb(faces=[0, 1, 9]),
    glb(nodes=[{"children": [0]}]), b"glTF" + b"\x02\0\0\0" + b"\xff" * 30])
def test_broken_models_are_one_clear_message(tmp_path, data):
    with pytest.raises(Trouble) as error:
        read(gltf, put(tmp_path / "b.glb", data), "building")
    assert error.value.way_out and error.value.path.endswith("b.glb")


def test_compression_that_is_not_read_is_named(tmp_path, monkeypatch):
    path = put(tmp_path / "d.glb", glb(extensionsRequired=["EXT_of_tomorrow"]))
    with pytest.raises(Trouble, match="EXT_of_tomorrow"):
        read(gltf, path, "building")
    monkeypatch.setattr(gltf_draco, "readable", lambda: False)
    path = put(tmp_path / "e.glb", glb(extensionsRequired=["KHR_draco_mesh_compression"]))
    with pytest.raises(Trouble, match="pip install citytwin"):
        read(gltf, path, "building")


def test_draco_packs_the_same_triangles_and_features(tmp_path):
    draco = pytest.importorskip("DracoPy", reason="the extra `draco` is not installed")
    ids = np.array([[0.0], [0.0], [1.0], [1.0]], np.float32)
    packed = draco.encode(SQUARE, FACES, quantization_bits=16, preserve_order=True, generic_attributes={7: ids})
    positions = next(a["unique_id"] for a in draco.decode(packed).attributes if a["attribute_type"] == 0)
    tree = {"asset": {"version": "2.0"}, "nodes": [{"mesh": 0}],
            "extensionsUsed": ["KHR_draco_mesh_compression"], "extensionsRequired": ["KHR_draco_mesh_compression"],
            "buffers": [{"uri": "data:;base64," + base64.b64encode(packed).decode(), "byteLength": len(packed)}],
            "bufferViews": [{"buffer": 0, "byteLength": len(packed)}],
            "accessors": [{"componentType": 5126, "count": 4, "type": "VEC3"},
                          {"componentType": 5125, "count": 6, "type": "SCALAR"},
                          {"componentType": 5126, "count": 4, "type": "SCALAR"}],
            "meshes": [{"primitives": [{"attributes": {"POSITION": 0, "_FEATURE_ID_0": 2}, "indices": 1, "extensions": {
                "KHR_draco_mesh_compression": {"bufferView": 0, "attributes": {"POSITION": positions,
                                                                               "_FEATURE_ID_0": 7}}}}]}]}
    piece, = load(json.dumps(tree).encode(), tmp_path / "d.gltf").pieces
    plain, = load(glb(), tmp_path / "p.glb").pieces
    corners, wanted = (np.sort(p.points[p.triangles].reshape(2, 9), axis=0) for p in (piece, plain))
    assert corners == pytest.approx(wanted, abs=1e-3) and set(piece.batch.tolist()) == {0, 1}
    tree["buffers"][0]["uri"] = "data:;base64," + base64.b64encode(packed[:40] + bytes(len(packed) - 40)).decode()
    with pytest.raises(Trouble, match="broken or cut short"):
        load(json.dumps(tree).encode(), tmp_path / "d.gltf")


OBJ = """mtllib m.mtl
v 0 0 0
v 4 0 0
v 4 2 0
v 0 2 0
v 2 3 0
o wall
usemtl red
f 1/1/1 2/2/2 3/3/3 4/4/4
g gable
f -3 -1 -2
f 1 2 77
"""


def test_obj_groups_polygons_and_materials(tmp_path):
    put(tmp_path / "m.mtl", "newmtl red\nKd 1 0 0\nd 0.5\n")
    path = put(tmp_path / "m.obj", OBJ)
    assert gltf.sniff(path, head_of(path)) > 0.8
    mesh = read(gltf, path, "building")
    assert mesh.bounds() == pytest.approx((0, 0, 0, 4, 0, 3)) and len(mesh.triangles) == 3
    assert mesh.features["name"].to_pylist() == ["wall", "gable"]
    assert mesh.colors[0].tolist() == [255, 0, 0, 128]
    assert any("1 face names" in note for note in mesh.notes)
    assert read(gltf, path, "building", part=gltf.Z_UP).bounds() == pytest.approx((0, 0, 0, 4, 3, 0))


def test_obj_without_its_materials_is_grey_and_says_so(tmp_path):
    mesh = read(gltf, put(tmp_path / "m.obj", OBJ), "building")
    assert any("library" in note for note in mesh.notes) and len(set(mesh.colors[0, :3].tolist())) == 1
