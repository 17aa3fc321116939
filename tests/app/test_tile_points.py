"""Points of 3D Tiles from the file to the pixel, and a clear word for what cannot be shown."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import numpy as np
import pytest

from app.adding import add_files
from app.streaming import Streaming
from cim.tile_nodes import FAULTS
from cim.tiles3d_file import Subtree, check_size
from tests.cim.made_models import glb
from twin.camera import Camera

SPACING = np.linspace(-8.0, 8.0, 33)
PLACES = np.array([(x, y, 1.0) for x in SPACING for y in SPACING], np.float32)
RED = np.tile(np.array([(230, 20, 20)], np.uint8), (len(PLACES), 1))


def pnts(said: dict, binary: bytes) -> bytes:
    told = json.dumps({"POINTS_LENGTH": len(PLACES), **said}).encode()
    told += b" " * (-(28 + len(told)) % 8)
    return struct.pack("<4sIIIIII", b"pnts", 1, 28 + len(told) + len(binary), len(told), len(binary), 0, 0) + told + \
        binary


def plain() -> bytes:
    return pnts({"POSITION": {"byteOffset": 0}, "RGB": {"byteOffset": PLACES.nbytes}}, PLACES.tobytes() + RED.tobytes())


def quantized() -> bytes:
    """Sixteen bits a coordinate, five or six a colour."""
    steps = np.round((PLACES + np.array([8, 8, 0])) / (16, 16, 1) * 65535).astype(np.uint16)
    color = np.full(len(PLACES), 28 << 11 | 5 << 5 | 2, np.uint16)
    return pnts({"POSITION_QUANTIZED": {"byteOffset": 0}, "QUANTIZED_VOLUME_SCALE": [16, 16, 1],
                 "QUANTIZED_VOLUME_OFFSET": [-8, -8, 0], "RGB565": {"byteOffset": steps.nbytes}},
                steps.tobytes() + color.tobytes())


def packed() -> bytes:
    DracoPy = pytest.importorskip("DracoPy", reason="the extra `draco` is not installed")
    data = DracoPy.encode(PLACES, colors=RED, quantization_bits=16)
    held = DracoPy.decode(data)
    ids = {a["attribute_type"]: a["unique_id"] for a in held.attributes}
    extension = {"3DTILES_draco_point_compression": {
        "properties": {"POSITION": ids[0], "RGB": ids[2]}, "byteOffset": 0, "byteLength": len(data)}}
    return pnts({"POSITION": {"byteOffset": 0}, "RGB": {"byteOffset": 0}, "extensions": extension}, data)


def as_glb() -> bytes:
    """Points of glTF, which 3D Tiles 1.1 writes: y is up."""
    points = np.stack([PLACES[:, 0], PLACES[:, 2], -PLACES[:, 1]], axis=1)
    data = glb(points=points, faces=np.arange(len(points)), color=(0.8, 0.01, 0.01, 1.0))
    return data.replace(b'"indices": 1,', b'"mode": 0   ,')


def tileset(folder: Path, name: str, content: bytes) -> Path:
    (folder / name).write_bytes(content)
    (folder / "tileset.json").write_text(json.dumps({
        "asset": {"version": "1.1"}, "geometricError": 100, "root": {
            "geometricError": 0, "refine": "ADD", "boundingVolume": {"box": [0, 0, 0, 10, 0, 0, 0, 10, 0, 0, 0, 2]},
            "content": {"uri": name}}}))
    return folder / "tileset.json"


@pytest.fixture
def view(small_view):
    return small_view


@pytest.fixture
def session(empty_session):
    return empty_session


def shown(session, view, path: Path) -> tuple[str, np.ndarray]:
    id, = [i for i in add_files(session, [path]) if session.document.layer(i).source]
    session.settle()
    view.frame(session.document, session.assets, session.moment())
    view.set_camera(Camera(position=(0, 0, 60.0), focus=(0, 0, 0), up=(0, 1, 0)))
    Streaming(session).settle(view.canvas.ground.sight(), view.stage.ground)
    view.frame(session.document, session.assets, session.moment())
    view.render(session.document, session.moment())
    assert not view.stage.rows[id].error
    return id, view.picture().astype(int)


def red(picture: np.ndarray) -> int:
    return int(((picture[..., 0] > 120) & (picture[..., 1] < 90) & (picture[..., 2] < 90)).sum())


@pytest.mark.parametrize("made, name", [(plain, "a.pnts"), (quantized, "a.pnts"), (packed, "a.pnts"),
                                        (as_glb, "a.glb")])
def test_points_are_drawn_in_their_colours(session, view, tmp_path, made, name):
    id, picture = shown(session, view, tileset(tmp_path, name, made()))
    assert red(picture) > 1500
    layer = session.document.layer(id)
    session.edits.commit(session.document.without({layer.id}), "Remove")
    view.frame(session.document, session.assets, session.moment())
    view.render(session.document, session.moment())
    assert red(view.picture().astype(int)) < 100, "the north arrow is red too"


@pytest.mark.parametrize("content, said", [
    (pnts({"POSITION": {"byteOffset": 9_000_000}}, PLACES.tobytes()), "cannot be read"),
    (b"vctr" + b"\0" * 40, "of type vctr"),
    (glb(extensionsRequired=["EXT_of_tomorrow"]), "EXT_of_tomorrow")])
def test_what_cannot_be_shown_is_said_in_the_layer(session, view, tmp_path, content, said):
    id, _ = shown(session, view, tileset(tmp_path, "a.pnts", content))
    assert any(said in note for note in session.asset(id).payload.notes), session.asset(id).payload.notes


@pytest.mark.parametrize("branching, levels, available", [(4, 40, 40), (8, 12, 12), (4, 0, 3), (4, 3, 10_000),
                                                          (4, -2, 3)])
def test_a_subtree_that_claims_too_much_is_refused(branching, levels, available):
    with pytest.raises(ValueError, match="implicit tree"):
        check_size(branching, levels, available)


def test_a_subtree_whose_bits_are_not_there_is_broken_and_no_crash():
    head = json.dumps({"buffers": [{"byteLength": 2**40}], "bufferViews": [{"buffer": 0, "byteOffset": 0,
                                                                          "byteLength": 2**40}],
                       "tileAvailability": {"bitstream": 0}}).encode()
    subtree = Subtree(b"subt" + struct.pack("<IQQ", 1, len(head), 2**60) + head + b"\1", lambda uri: b"")
    assert subtree.bit("tileAvailability", 0) and not subtree.bit("contentAvailability", 0)
    with pytest.raises(FAULTS):
        subtree.bit("tileAvailability", 4000)
