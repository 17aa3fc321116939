"""Extensions that tilesets of others use: packed meshes and textures, copies, and the attributes of both."""

from __future__ import annotations

import base64
import io
import json
import zlib

import numpy as np
import pytest
from PIL import Image

from cim import gltf_meshopt, ktx2, tiles3d
from cim.gltf_file import load
from cim.tile_content import Placer, tile_mesh
from tests.cim.made_models import FACES, SQUARE
from tests.cim.made_vectors import read
from tests.cim.test_tile_reader import FRAME, everything
from tests.cim.test_tiles3d import tileset
from twin.trouble import Trouble

# 16 x 16 pixels, red on the left and blue on the right, as KTX2: BasisLZ, and UASTC within Zstandard.
KTX2 = {"ETC1S": (
    'c-mX-9TK5nWU!l;ONxsD2pEA_0E%IN5ea7iu?`SV0b&&(-T_t94yElG5qgk;4wPnM&|p~1$i%?R%)r0_m$iqp{sVzLkOn%dyeP9I'
    'wTQtfu{g6>Av7<uEVZaOF-O5j&(Hv54kLpeP#r6h*~spN0l5QHAPghtNsMP8Oh-F@T?S(a`-C&YGKfPa=&WH{vuf2UCXoXz5F<7@'
    'vNUi)m@bM5N)Qd1j~RSez$^vU1_nU@KUO9v'),
    "UASTC": (
    'c-mX-9TK5nWU!l;ONxsD2pEA_0E%IN5sI0BI0J}vfOrZJt1w`K9Z=dDSu<1*1K11=hGmRQ49v{PcGSaJ|A9arNCTZ!UX)pqTEyU#'
    'Se#j`5So`+mReMtn4@5%XK28{ps`i|Zvq2DFC#<4bm^my?QgX*TyJ*&wV&+>6F<<>1_lQP1)v2S3@kt^LEHo_7KRDwiyRpA06t+Q'
    'Xa')}
UV = np.array([[0, 1], [1, 1], [1, 0], [0, 0]], np.float32)
NEEDS_MESHOPT = pytest.mark.skipif(not gltf_meshopt.readable(), reason="the extra `packed` is not installed")
NEEDS_KTX2 = pytest.mark.skipif(not ktx2.readable(), reason="the extra `packed` is not installed")


class Made:
    """A glTF file as it grows: `view` and `numbers` put data into it and give its number."""

    def __init__(self):
        self.blob = b""
        self.tree = {"asset": {"version": "2.0"}, "nodes": [{"mesh": 0, "name": "wall"}], "accessors": [],
                     "bufferViews": [], "meshes": [{"primitives": [{"attributes": {}}]}]}

    def view(self, data: bytes, **more) -> int:
        self.tree["bufferViews"].append({"buffer": 0, "byteOffset": len(self.blob), "byteLength": len(data), **more})
        self.blob += data + b"\0" * (-len(data) % 8)
        return len(self.tree["bufferViews"]) - 1

    def numbers(self, values: np.ndarray, kind: str, **more) -> int:
        component = {"int8": 5120, "uint8": 5121, "int16": 5122, "uint16": 5123, "uint32": 5125,
                     "float32": 5126}[values.dtype.name]
        self.tree["accessors"].append({"bufferView": self.view(values.tobytes()), "componentType": component,
                                       "count": len(values), "type": kind, **more})
        return len(self.tree["accessors"]) - 1

    @property
    def part(self) -> dict:
        return self.tree["meshes"][0]["primitives"][0]

    def square(self) -> Made:
        self.part["attributes"]["POSITION"] = self.numbers(SQUARE, "VEC3")
        self.part["indices"] = self.numbers(FACES, "SCALAR")
        return self

    def bytes(self) -> bytes:
        uri = "data:;base64," + base64.b64encode(self.blob).decode()
        return json.dumps({**self.tree, "buffers": [{"uri": uri, "byteLength": len(self.blob)},
                                                    *self.tree.get("buffers", [])]}).encode()


def packed() -> Made:
    """The square as gltfpack writes it: places as whole numbers that the node scales, in views of meshopt."""
    meshopt = pytest.importorskip("meshopt", reason="the extra `packed` is not installed")
    made = Made()
    steps = np.zeros((4, 4), np.uint16)
    steps[:, :3] = SQUARE * 1000
    for data, size, mode, said in ((steps, 8, "ATTRIBUTES", (5123, 4, "VEC3")),
                                   (FACES, 2, "TRIANGLES", (5123, 6, "SCALAR"))):
        held = meshopt.encode_gltf_buffer(data, mode)
        at = len(made.blob)
        made.view(held)
        made.tree["bufferViews"][-1] = {
            "buffer": 1, "byteLength": data.nbytes, **({"byteStride": size} if mode == "ATTRIBUTES" else {}),
            "extensions": {"EXT_meshopt_compression": {"buffer": 0, "byteOffset": at, "byteLength": len(held),
                                                       "byteStride": size, "count": len(data), "mode": mode}}}
        made.tree["accessors"].append({"bufferView": len(made.tree["bufferViews"]) - 1, "componentType": said[0],
                                       "count": said[1], "type": said[2]})
    made.part.update(attributes={"POSITION": 0}, indices=1)
    made.tree["nodes"][0]["scale"] = [0.001] * 3
    made.tree["buffers"] = [{"byteLength": 44, "extensions": {"EXT_meshopt_compression": {"fallback": True}}}]
    made.tree["extensionsUsed"] = made.tree["extensionsRequired"] = ["KHR_mesh_quantization", "EXT_meshopt_compression"]
    return made


def tiles_of(folder, content: bytes, count: int):
    for number in range(count):
        (folder / f"{number}.gltf").write_bytes(content)
    volume = {"box": [0, 0, 0, 50, 0, 0, 0, 50, 0, 0, 0, 50]}
    children = [{"boundingVolume": volume, "geometricError": 0, "content": {"uri": f"{n}.gltf"}} for n in range(count)]
    return tileset(folder, {"boundingVolume": volume, "geometricError": 9, "refine": "ADD", "children": children})


@NEEDS_MESHOPT
def test_meshopt_unpacks_to_the_same_square(tmp_path):
    piece, = load(packed().bytes(), tmp_path / "m.gltf").pieces
    plain, = load(Made().square().bytes(), tmp_path / "p.gltf").pieces
    corners, wanted = (np.sort(p.points[p.triangles].reshape(2, 9), axis=0) for p in (piece, plain))
    assert corners == pytest.approx(wanted, abs=1e-6)
    broken = packed()
    broken.blob = broken.blob[:4] + bytes(len(broken.blob) - 4)
    with pytest.raises(Trouble, match="broken or cut short"):
        load(broken.bytes(), tmp_path / "m.gltf")


@NEEDS_MESHOPT
def test_without_the_library_a_tileset_says_once_how_many_tiles_are_packed(tmp_path, monkeypatch):
    path = tiles_of(tmp_path, packed().bytes(), 3)
    assert len(read(tiles3d, path, "city").triangles) == 6
    monkeypatch.setattr(gltf_meshopt, "readable", lambda: False)
    said, = [note for note in read(tiles3d, path, "city").notes if "EXT_meshopt_compression" in note]
    assert said.startswith("3 tiles cannot be read") and "pip install citytwin[packed]" in said
    _, parts = everything(read(tiles3d, path, "tiles", frame=FRAME))
    assert len({part.error for part in parts}) == 1 and "citytwin[packed]" in parts[0].error


def textured(kind: str) -> Made:
    made = Made().square()
    made.part["attributes"]["TEXCOORD_0"] = made.numbers(UV, "VEC2")
    made.part["material"] = 0
    data = zlib.decompress(base64.b85decode(KTX2[kind]))
    made.tree |= {"images": [{"bufferView": made.view(data), "mimeType": "image/ktx2"}],
                  "textures": [{"extensions": {"KHR_texture_basisu": {"source": 0}}}],
                  "materials": [{"pbrMetallicRoughness": {"baseColorTexture": {"index": 0}}}],
                  "extensionsRequired": ["KHR_texture_basisu"]}
    return made


@NEEDS_KTX2
@pytest.mark.parametrize("kind", KTX2)
def test_ktx2_textures_show_on_the_wall(tmp_path, kind):
    found = load(textured(kind).bytes(), tmp_path / "t.gltf")
    assert not +found.skipped
    mesh = tile_mesh(found.pieces, np.eye(4), Placer(FRAME, False))
    x, y, w, h = (mesh.pictures.rect[0] * np.tile(mesh.pictures.image.shape[1::-1], 2)).round().astype(int)
    picture = mesh.pictures.image[y:y + h, x:x + w, :3].astype(int)
    assert picture.shape == (16, 16, 3)
    assert np.abs(picture[:, :8] - (220, 40, 30)).max() < 6 and np.abs(picture[:, 8:] - (30, 60, 210)).max() < 6
    cut = textured(kind)
    cut.tree["bufferViews"][-1]["byteLength"] -= 24
    found = load(cut.bytes(), tmp_path / "t.gltf")
    assert found.skipped["unreadable"] == 1 and len(found.pieces[0].triangles) == 2


def test_without_the_library_textures_are_counted_and_the_walls_stand(tmp_path, monkeypatch):
    monkeypatch.setattr(ktx2, "readable", lambda: False)
    mesh = read(tiles3d, tiles_of(tmp_path, textured("ETC1S").bytes(), 2), "city")
    assert len(mesh.triangles) == 4
    said, = [note for note in mesh.notes if "KTX2" in note]
    assert said.startswith("2 textures") and "pip install citytwin[packed]" in said


# -- copies --------------------------------------------------------------------------------------------------------


def column(made: Made, kind: str, values: bytes, **said) -> tuple[dict, dict]:
    """(what the class says of a property, where its values lie)."""
    return {"type": kind, **said}, {"values": made.view(values)}


def table(made: Made, count: int, columns: dict) -> None:
    said = {"schema": {"id": "s", "classes": {"c": {"properties": {k: a for k, (a, _) in columns.items()}}}},
            "propertyTables": [{"class": "c", "count": count, "properties": {k: b for k, (_, b) in columns.items()}}]}
    made.tree["extensions"] = {"EXT_structural_metadata": said}


def test_copies_stand_turned_scaled_and_mirrored_each_a_feature(tmp_path):
    made = Made().square()
    half = np.sqrt(0.5)
    places = {"TRANSLATION": (np.array([[10, 0, 0], [20, 0, -5], [0, 0, 0]], np.float32), "VEC3"),
              "ROTATION": (np.array([[0, 0, 0, 1], [0, half, 0, half], [0, 0, 0, 1]], np.float32), "VEC4"),
              "SCALE": (np.array([[1, 1, 1], [2, 2, 2], [-1, 1, 1]], np.float32), "VEC3"),
              "_FEATURE_ID_0": (np.array([1, 0, 2], np.uint16), "SCALAR")}
    said = {name: made.numbers(values, kind) for name, (values, kind) in places.items()}
    table(made, 3, {"height": column(made, "SCALAR", np.array([5, 7, 9], "<f4").tobytes(), componentType="FLOAT32")})
    made.tree["nodes"][0] |= {"translation": [100, 0, 0], "extensions": {
        "EXT_mesh_gpu_instancing": {"attributes": said},
        "EXT_instance_features": {"featureIds": [{"featureCount": 3, "attribute": 0, "propertyTable": 0}]}}}
    made.tree["extensionsRequired"] = ["EXT_mesh_gpu_instancing"]
    piece, = load(made.bytes(), tmp_path / "i.gltf").pieces
    copies = piece.points.reshape(3, 4, 3)
    assert copies[0] == pytest.approx(SQUARE[:, [0, 2, 1]] + (110, 0, 0), abs=1e-5)
    assert copies[1].min(axis=0) == pytest.approx((120, 5, 0), abs=1e-5)     # y up: -z is north; turned to the north
    assert copies[1].max(axis=0) == pytest.approx((120, 9, 6), abs=1e-5)
    assert copies[2][:, 0].min() == pytest.approx(98)
    a, b, c = (piece.points[piece.triangles[:, i]] for i in range(3))
    facing = np.cross(b - a, c - a).reshape(3, 2, 3).sum(axis=1)
    assert facing[0, 1] < 0 and facing[2, 1] < 0, "a mirrored copy faces outward too"
    mesh = tile_mesh([piece], np.eye(4), Placer(FRAME, False))
    assert mesh.features.column("height").to_pylist() == [5, 7, 9]
    heights = mesh.features.column("height").to_numpy()[mesh.vertex_feature].reshape(3, 4)
    assert heights.tolist() == [[7] * 4, [5] * 4, [9] * 4]


# -- numbers and attributes ----------------------------------------------------------------------------------------


def test_sparse_numbers_replace_those_of_their_view(tmp_path):
    made = Made().square()
    at, rows = (made.view(v.tobytes()) for v in (np.array([2], np.uint16), np.array([[2, 8, 0]], np.float32)))
    made.tree["accessors"][0]["sparse"] = {"count": 1, "indices": {"bufferView": at, "componentType": 5123},
                                           "values": {"bufferView": rows}}
    piece, = load(made.bytes(), tmp_path / "s.gltf").pieces
    assert piece.points[:, 2].tolist() == [0, 0, 8, 3]


def test_attributes_of_every_shape_reach_the_table(tmp_path):
    made = Made().square()
    made.part["attributes"]["_FEATURE_ID_0"] = made.numbers(np.array([0, 0, 1, 7], np.uint8), "SCALAR")
    made.part["extensions"] = {"EXT_mesh_features": {"featureIds": [
        {"featureCount": 2, "attribute": 0, "propertyTable": 0, "nullFeatureId": 7}]}}
    columns = {
        "normal": column(made, "VEC3", np.array([[0, 0, 1], [0.5, 0, -1]], "<f4").tobytes(),
                         componentType="FLOAT32"),
        "years": column(made, "SCALAR", np.array([1999, 2008, 2021], "<u2").tobytes(), componentType="UINT16",
                        array=True),
        "floors": column(made, "SCALAR", np.array([10, 200], "<u1").tobytes(), componentType="UINT8", scale=0.1,
                         offset=1.0),
        "names": column(made, "STRING", "甲乙丙".encode(), array=True, count=1)}
    columns["years"][1]["arrayOffsets"] = made.view(np.array([0, 2, 3], "<u4").tobytes())
    columns["names"][1]["stringOffsets"] = made.view(np.array([0, 3, 9], "<u4").tobytes())
    table(made, 2, columns)
    said = made.tree["extensions"]["EXT_structural_metadata"]
    (tmp_path / "schema.json").write_text(json.dumps(said.pop("schema")))
    said["schemaUri"] = "schema.json"
    mesh = tile_mesh(load(made.bytes(), tmp_path / "a.gltf").pieces, np.eye(4), Placer(FRAME, False))
    assert mesh.features.to_pylist() == [
        {"normal": "0, 0, 1", "years": "1999, 2008", "floors": pytest.approx(2.0), "names": "甲"},
        {"normal": "0.5, 0, -1", "years": "2021", "floors": pytest.approx(21.0), "names": "乙丙"},
        {"normal": None, "years": None, "floors": None, "names": None}]


def test_features_by_vertex_number_and_features_in_a_picture(tmp_path):
    made = Made().square()
    table(made, 4, {"m": column(made, "SCALAR", bytes([4, 5, 6, 7]), componentType="UINT8")})
    ids = {"featureCount": 4, "propertyTable": 0}
    made.part["extensions"] = {"EXT_mesh_features": {"featureIds": [ids]}}
    found = load(made.bytes(), tmp_path / "v.gltf")
    assert found.pieces[0].batch.tolist() == [0, 1, 2, 3] and found.pieces[0].table.num_rows == 4
    ids["texture"] = {"index": 0, "channels": [0]}
    made.tree |= {"textures": [{"source": 0}], "images": [{"bufferView": made.view(b"no picture")}]}
    made.part["attributes"]["TEXCOORD_0"] = made.numbers(UV, "VEC2")
    found = load(made.bytes(), tmp_path / "v.gltf")
    assert found.pieces[0].batch is None and found.skipped["feature_pictures"] == 1


def test_features_in_a_picture_cut_the_faces_until_each_shows_one(tmp_path):
    """A wall of 2 x 3 m whose upper left quarter is 300, the upper right 1, the lower left 2; the rest is nothing."""
    made = Made().square()
    ids = np.array([[300, 1], [2, 255]]).repeat(4, axis=0).repeat(4, axis=1)
    picture = io.BytesIO()
    Image.fromarray(np.stack([ids % 256, ids * 0, ids // 256], axis=-1).astype(np.uint8)).save(picture, "PNG")
    table(made, 301, {"m": column(made, "SCALAR", np.arange(301, dtype="<u2").tobytes(), componentType="UINT16")})
    made.tree |= {"textures": [{"source": 0}], "images": [{"bufferView": made.view(picture.getvalue())}]}
    made.part["attributes"]["TEXCOORD_0"] = made.numbers(UV, "VEC2")
    made.part["extensions"] = {"EXT_mesh_features": {"featureIds": [
        {"featureCount": 4, "propertyTable": 0, "nullFeatureId": 255, "texture": {"index": 0, "channels": [0, 2]}}]}}
    found = load(made.bytes(), tmp_path / "v.gltf")
    assert not found.skipped["feature_pictures"]
    mesh = tile_mesh(found.pieces, np.eye(4), Placer(FRAME, False))
    names = mesh.features["m"].to_pylist()
    assert sorted(names, key=str) == [1, 2, 300, None]
    corners = mesh.points[mesh.triangles][:, :, [0, 2]].astype(np.float64)       # x and height
    of = np.array([-1 if names[f] is None else names[f] for f in mesh.vertex_feature[mesh.triangles[:, 0]]])
    (ax, ay), (bx, by) = (corners[:, 1] - corners[:, 0]).T, (corners[:, 2] - corners[:, 0]).T
    area = np.abs(ax * by - ay * bx) / 2
    middle = corners.mean(axis=1)
    for name, (right, up) in {300: (False, True), 1: (True, True), 2: (False, False), -1: (True, False)}.items():
        assert area[of == name].sum() == pytest.approx(1.5, rel=0.05)
        assert ((middle[of == name] > (1.0, 1.5)) == (right, up)).mean() > 0.97
    assert len(np.unique(mesh.triangles)) == len(mesh.points) and area.sum() == pytest.approx(6.0)
    sides = mesh.points[mesh.edges][:, :, [0, 2]]
    inner = ~np.isin(sides[..., 0], (0.0, 2.0)).all(axis=1) & ~np.isin(sides[..., 1], (0.0, 3.0)).all(axis=1)
    away = np.abs(sides - (1.0, 1.5)).min(axis=(1, 2))
    assert (away[inner] < 0.1).all(), "lines only where features meet, none where faces were cut"
