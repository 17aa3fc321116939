"""Small models that tests write: GLB by hand, tiles around it."""

from __future__ import annotations

import json
import struct

import numpy as np

SQUARE = np.array([[0, 0, 0], [2, 0, 0], [2, 3, 0], [0, 3, 0]], np.float32)       # upright: y is up
FACES = np.array([0, 1, 2, 0, 2, 3], np.uint16)


def glb(points=SQUARE, faces=FACES, color=(1.0, 0.0, 0.0, 1.0), batch=None, node=None, **more) -> bytes:
    """One node with one mesh; `node` gets its transform, `more` goes to the top of the JSON."""
    parts = [np.asarray(points, np.float32).tobytes(), np.asarray(faces, np.uint16).tobytes()]
    attributes = {"POSITION": 0}
    accessors = [{"bufferView": 0, "componentType": 5126, "count": len(points), "type": "VEC3"},
                 {"bufferView": 1, "componentType": 5123, "count": len(faces), "type": "SCALAR"}]
    if batch is not None:
        parts.append(np.asarray(batch, np.float32).tobytes())
        accessors.append({"bufferView": 2, "componentType": 5126, "count": len(points), "type": "SCALAR"})
        attributes["_BATCHID"] = 2
    views, at = [], 0
    for part in parts:
        views.append({"buffer": 0, "byteOffset": at, "byteLength": len(part)})
        at += len(part) + (-len(part) % 4)
    tree = {"asset": {"version": "2.0"}, "scene": 0, "scenes": [{"nodes": [0]}],
            "nodes": [{"mesh": 0, "name": "wall", **(node or {})}], "accessors": accessors, "bufferViews": views,
            "buffers": [{"byteLength": at}], "materials": [{"name": "brick", "pbrMetallicRoughness": {
                "baseColorFactor": list(color)}}],
            "meshes": [{"primitives": [{"attributes": attributes, "indices": 1, "material": 0}]}], **more}
    blob = b"".join(p + b"\0" * (-len(p) % 4) for p in parts)
    text = json.dumps(tree).encode()
    text += b" " * (-len(text) % 4)
    chunks = struct.pack("<I4s", len(text), b"JSON") + text + struct.pack("<I4s", len(blob), b"BIN\0") + blob
    return struct.pack("<4sII", b"glTF", 2, 12 + len(chunks)) + chunks


def b3dm(model: bytes, batches: dict, count: int) -> bytes:
    feature, batch = (json.dumps(d).encode() for d in ({"BATCH_LENGTH": count}, batches))
    feature, batch = (t + b" " * (-len(t) % 8) for t in (feature, batch))
    head = struct.pack("<4sIIIIII", b"b3dm", 1, 28 + len(feature) + len(batch) + len(model), len(feature), 0,
                       len(batch), 0)
    return head + feature + batch + model
