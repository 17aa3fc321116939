"""Textures from the file to the pixel: every format shows the same picture the right way up, within its memory."""

from __future__ import annotations

import io
import json
import struct
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from app.adding import add_files
from app.session import Session
from app.streaming import Streaming
from cim.bake.run import Order, bake
from cim.pictures import MOST_PX, Draped, Picture, laid_together
from tests.cim.made_models import b3dm
from twin.camera import Camera
from twin.readers import Progress

QUARTERS = {"nw": (220, 30, 30), "ne": (30, 200, 30), "sw": (30, 30, 220), "se": (220, 210, 30)}
HALF_M = 10.0
CORNERS = [(-HALF_M, -HALF_M), (HALF_M, -HALF_M), (HALF_M, HALF_M), (-HALF_M, HALF_M)]       # counter-clockwise


def picture_png(size: int = 64) -> bytes:
    half, image = size // 2, np.zeros((size, size, 3), np.uint8)
    image[:half, :half], image[:half, half:] = QUARTERS["nw"], QUARTERS["ne"]
    image[half:, :half], image[half:, half:] = QUARTERS["sw"], QUARTERS["se"]
    out = io.BytesIO()
    Image.fromarray(image).save(out, "PNG")
    return out.getvalue()


def glb(png: bytes, uv_scale: float = 1.0, **texture) -> bytes:
    """A level square, north at the top of its picture."""
    points = np.array([(x, 0.0, -y) for x, y in CORNERS], np.float32)
    uv = np.array([(0.5 + x / HALF_M / 2, 0.5 - y / HALF_M / 2) for x, y in CORNERS], np.float32) * uv_scale
    parts = [points.tobytes(), uv.tobytes(), np.array([0, 1, 2, 0, 2, 3], np.uint16).tobytes(), png]
    views, at = [], 0
    for part in parts:
        views.append({"buffer": 0, "byteOffset": at, "byteLength": len(part)})
        at += len(part) + (-len(part) % 4)
    tree = {"asset": {"version": "2.0"}, "scene": 0, "scenes": [{"nodes": [0]}], "nodes": [{"mesh": 0, "name": "mat"}],
            "bufferViews": views, "buffers": [{"byteLength": at}],
            "images": [{"bufferView": 3, "mimeType": "image/png"}], "textures": [{"source": 0, **texture}],
            "materials": [{"pbrMetallicRoughness": {"baseColorTexture": {"index": 0}}}],
            "accessors": [{"bufferView": 0, "componentType": 5126, "count": 4, "type": "VEC3"},
                          {"bufferView": 1, "componentType": 5126, "count": 4, "type": "VEC2"},
                          {"bufferView": 2, "componentType": 5123, "count": 6, "type": "SCALAR"}],
            "meshes": [{"primitives": [{"attributes": {"POSITION": 0, "TEXCOORD_0": 1}, "indices": 2, "material": 0}]}]}
    blob = b"".join(p + b"\0" * (-len(p) % 4) for p in parts)
    told = json.dumps(tree).encode()
    told += b" " * (-len(told) % 4)
    chunks = struct.pack("<I4s", len(told), b"JSON") + told + struct.pack("<I4s", len(blob), b"BIN\0") + blob
    return struct.pack("<4sII", b"glTF", 2, 12 + len(chunks)) + chunks


def as_glb(folder: Path) -> Path:
    (folder / "mat.glb").write_bytes(glb(picture_png()))
    return folder / "mat.glb"


def as_b3dm_tiles(folder: Path) -> Path:
    (folder / "mat.b3dm").write_bytes(b3dm(glb(picture_png()), {"name": ["mat"]}, 0))
    tree = {"asset": {"version": "1.0"}, "geometricError": 100, "root": {
        "geometricError": 0, "refine": "ADD", "boundingVolume": {"box": [0, 0, 0, 10, 0, 0, 0, 10, 0, 0, 0, 1]},
        "content": {"uri": "mat.b3dm"}}}
    (folder / "tileset.json").write_text(json.dumps(tree))
    return folder / "tileset.json"


def as_obj(folder: Path) -> Path:
    (folder / "skin of mat.png").write_bytes(picture_png())
    (folder / "mat.mtl").write_text("newmtl skin\nKd 1 1 1\nmap_Kd -s 1 1 1 skin of mat.png\n")
    (folder / "mat.obj").write_text("mtllib mat.mtl\nusemtl skin\n" + "".join(f"v {x} 0 {-y}\n" for x, y in CORNERS)
                                    + "vt 0 0\nvt 1 0\nvt 1 1\nvt 0 1\nf 1/1 2/2 3/3 4/4\n")
    return folder / "mat.obj"


EAST, NORTH = 617000.0, 3471000.0


def as_cityjson(folder: Path) -> Path:
    (folder / "skins").mkdir()
    (folder / "skins" / "mat.png").write_bytes(picture_png())
    corners = [[EAST + x, NORTH + y, 5.0] for x, y in CORNERS]
    surface = {"type": "MultiSurface", "lod": "2", "boundaries": [[[0, 1, 2, 3]]],
               "texture": {"summer": {"values": [[[0, 0, 1, 2, 3]]]}}}
    (folder / "mat.city.json").write_text(json.dumps({
        "type": "CityJSON", "version": "2.0", "transform": {"scale": [1, 1, 1], "translate": [0, 0, 0]},
        "metadata": {"referenceSystem": "https://www.opengis.net/def/crs/EPSG/0/4549"}, "vertices": corners,
        "appearance": {"textures": [{"type": "PNG", "image": "skins/mat.png"}],
                       "vertices-texture": [[0, 0], [1, 0], [1, 1], [0, 1]]},
        "CityObjects": {"mat": {"type": "Building", "geometry": [surface]}}}))
    return folder / "mat.city.json"


def as_citygml(folder: Path) -> Path:
    """The appearance stands behind the objects, as in PLATEAU's files."""
    (folder / "skins").mkdir()
    (folder / "skins" / "mat.png").write_bytes(picture_png())
    ring = " ".join(f"{NORTH + y} {EAST + x} 5" for x, y in [*CORNERS, CORNERS[0]])
    (folder / "mat.gml").write_text(f"""<?xml version="1.0"?>
<core:CityModel xmlns:core="http://www.opengis.net/citygml/2.0" xmlns:gml="http://www.opengis.net/gml"
 xmlns:bldg="http://www.opengis.net/citygml/building/2.0" xmlns:app="http://www.opengis.net/citygml/appearance/2.0">
<gml:boundedBy><gml:Envelope srsName="EPSG:4549" srsDimension="3">
<gml:lowerCorner>{NORTH - 10} {EAST - 10} 5</gml:lowerCorner>
<gml:upperCorner>{NORTH + 10} {EAST + 10} 5</gml:upperCorner></gml:Envelope></gml:boundedBy>
<core:cityObjectMember><bldg:Building gml:id="b"><bldg:lod2MultiSurface><gml:MultiSurface><gml:surfaceMember>
<gml:Polygon gml:id="p"><gml:exterior><gml:LinearRing gml:id="r"><gml:posList>{ring}</gml:posList></gml:LinearRing>
</gml:exterior></gml:Polygon></gml:surfaceMember></gml:MultiSurface></bldg:lod2MultiSurface></bldg:Building>
</core:cityObjectMember>
<app:appearanceMember><app:Appearance><app:surfaceDataMember><app:ParameterizedTexture>
<app:imageURI>skins/mat.png</app:imageURI><app:target uri="#p"><app:TexCoordList>
<app:textureCoordinates ring="#r">0 0 1 0 1 1 0 1 0 0</app:textureCoordinates></app:TexCoordList></app:target>
</app:ParameterizedTexture></app:surfaceDataMember></app:Appearance></app:appearanceMember>
</core:CityModel>""")
    return folder / "mat.gml"


def baked(made, folder: Path) -> Path:
    bake(Order(inputs=(str(made(folder)),), out=str(folder / "out"), workers=1), Progress())
    return folder / "out" / "tileset.json"


def as_baked_cityjson(folder: Path) -> Path:
    return baked(as_cityjson, folder)


def as_baked_citygml(folder: Path) -> Path:
    return baked(as_citygml, folder)


@pytest.fixture
def view(small_view):
    return small_view


@pytest.fixture
def session(empty_session):
    return empty_session


def shown(session: Session, view, path: Path, **style) -> tuple[str, dict[str, np.ndarray]]:
    """The layer, and the colour in the middle of each quarter, seen from above with north up."""
    id, = [i for i in add_files(session, [path]) if session.document.layer(i).source]
    session.settle()
    layer = session.document.layer(id)
    session.edits.commit(session.document.with_layer(replace(layer, **({"edges": False} | style))), "Style")
    return id, looked_at(session, view, id)


def looked_at(session: Session, view, id: str) -> dict[str, np.ndarray]:
    streaming = Streaming(session)
    view.frame(session.document, session.assets, session.moment())
    box = view.stage.visual(id).bounds()
    x, y, z = ((box[i] + box[i + 3]) / 2 for i in range(3))
    view.set_camera(Camera(position=(x, y, z + 60.0), focus=(x, y, z), up=(0, 1, 0)))
    streaming.settle(view.canvas.ground.sight(), view.stage.ground)
    view.frame(session.document, session.assets, session.moment())
    view.render(session.document, session.moment())
    assert not view.stage.rows[id].error
    picture, out = view.picture().astype(int), {}
    for name in QUARTERS:
        at = np.array([[x + (5 if "e" in name else -5), y + (5 if "n" in name else -5), z]])
        u, v, _ = view.ray(0, 0).project(at)[0]
        out[name] = picture[picture.shape[0] - 1 - int(v), int(u)]
    return out


def alike(color: np.ndarray, wanted: tuple[int, int, int]) -> bool:
    """The same hue: light makes it brighter or darker."""
    a, b = color / max(color.max(), 1), np.array(wanted) / max(wanted)
    return bool(np.abs(a - b).max() < 0.25)


@pytest.mark.parametrize("made", [as_glb, as_b3dm_tiles, as_obj, as_cityjson, as_citygml,
                                  as_baked_cityjson, as_baked_citygml])
def test_a_picture_is_drawn_the_right_way_up(session, view, tmp_path, made):
    id, colors = shown(session, view, made(tmp_path))
    assert all(alike(colors[name], QUARTERS[name]) for name in QUARTERS), colors
    layer = session.document.layer(id)
    names = session.asset(id).payload.features.column_names
    plain = {"faces": "object"} if layer.kind == "city" else {"color_by": "name" if "name" in names else "id"}
    session.edits.commit(session.document.with_layer(replace(layer, **plain)), "Plain")
    colors = looked_at(session, view, id)
    assert np.ptp(np.array(list(colors.values())), axis=0).max() < 12, "coloured by an attribute, it has no picture"


def test_a_picture_that_repeats_does_so(session, view, tmp_path):
    (tmp_path / "mat.glb").write_bytes(glb(picture_png(), uv_scale=4.0))
    _, colors = shown(session, view, tmp_path / "mat.glb")
    assert len({tuple(c) for c in colors.values()}) >= 1
    corners = [alike(colors[name], QUARTERS[other]) for name in QUARTERS for other in QUARTERS]
    assert sum(corners) == 4, "each place shows a colour of the picture"


def test_a_selected_part_shows_its_mark_through_its_picture(session, view, tmp_path):
    from twin.selection import Selection
    id, before = shown(session, view, as_glb(tmp_path))
    session.selection = Selection(((id, 0),))
    after = looked_at(session, view, id)
    assert max(np.abs(after[name] - before[name]).max() for name in QUARTERS) > 40


@pytest.mark.parametrize("data, said", [
    (b"\xabKTX 20\xbb\r\n\x1a\n" + b"\0" * 80, "1 texture"), (b"no picture", "read")])
def test_a_picture_that_cannot_be_read_is_counted_and_the_shape_stays(session, view, tmp_path, data, said):
    (tmp_path / "mat.glb").write_bytes(glb(data))
    id, colors = shown(session, view, tmp_path / "mat.glb")
    assert any(said in note for note in session.asset(id).payload.notes)
    assert all(np.ptp(color) < 30 and color.min() > 100 for color in colors.values())


@pytest.mark.parametrize("name", ["../skin.png", "/etc/hostname", "https://example.org/skin.png"])
def test_no_picture_outside_the_folder_is_read(tmp_path, name):
    from cim.pictures import beside
    (tmp_path / "skin.png").write_bytes(picture_png())
    (tmp_path / "model").mkdir()
    assert beside(tmp_path / "model" / "m.obj", name).size() is None


def test_many_pictures_fit_one_of_bounded_size():
    big = io.BytesIO()
    Image.new("RGB", (3000, 2000), (10, 200, 30)).save(big, "JPEG")
    pictures = [Picture(big.getvalue) for _ in range(12)]
    uv = np.array([(0, 0), (1, 0), (1, 1)], np.float32)
    image, places, rect = laid_together([(Draped(p, uv), 3) for p in pictures] + [(None, 2)], 1024)
    assert max(image.shape[:2]) <= 1024 <= MOST_PX and len(places) == len(rect) == 38
    assert (rect[-2:, 2] == 0).all() and len(np.unique(rect[:36:3], axis=0)) == 12
    x, y, w, h = (rect[0] * np.tile(image.shape[1::-1], 2)).round().astype(int)
    assert np.abs(image[y:y + h, x:x + w, :3].astype(int) - (10, 200, 30)).max() < 8
