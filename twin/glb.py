"""Writing glTF 2.0: named pieces of a mesh, each with what is said of it. numpy and JSON only.

Points stay as they are (z up, metres); the one root node turns them to glTF's y up.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

FLOAT, UINT = 5126, 5125
VERTICES, INDICES = 34962, 34963
UPRIGHT = [-(0.5**0.5), 0.0, 0.0, 0.5**0.5]              # quaternion: z up becomes y up
GENERATOR = "citytwin"


@dataclass(frozen=True, eq=False)
class Piece:
    """`points` (n, 3), metres; `parts`: ((r, g, b, a) u1, triangles (m, 3)) of each colour; `extras` are plain JSON."""

    name: str
    points: np.ndarray
    parts: list[tuple[tuple[int, int, int, int], np.ndarray]]
    extras: dict[str, Any] = field(default_factory=dict)


def write(path: Path, pieces: list[Piece], name: str, extras: dict[str, Any]) -> None:
    """`.glb`, or `.gltf` with the arrays inside it. `extras` are those of the root. Under another name first."""
    document, blob = _document(pieces, name, extras)
    data = _gltf(document, blob) if path.suffix.lower() == ".gltf" else _glb(document, blob)
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_bytes(data)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _document(pieces: list[Piece], name: str, extras: dict[str, Any]) -> tuple[dict, bytes]:
    chunks: list[bytes] = []
    views, accessors, meshes, nodes, materials = [], [], [], [], {}
    at = 0

    def store(array: np.ndarray, target: int) -> int:
        nonlocal at
        data = np.ascontiguousarray(array).tobytes()
        views.append({"buffer": 0, "byteOffset": at, "byteLength": len(data), "target": target})
        chunks.append(data)
        at += len(data)
        return len(views) - 1

    for piece in pieces:
        points = np.asarray(piece.points, np.float32)
        accessors.append({"bufferView": store(points, VERTICES), "componentType": FLOAT, "count": len(points),
                          "type": "VEC3", "min": points.min(axis=0).tolist(), "max": points.max(axis=0).tolist()})
        position, primitives = len(accessors) - 1, []
        for color, triangles in piece.parts:
            accessors.append({"bufferView": store(np.asarray(triangles, np.uint32), INDICES), "componentType": UINT,
                              "count": int(triangles.size), "type": "SCALAR"})
            material = materials.setdefault(tuple(map(int, color)), len(materials))
            primitives.append({"attributes": {"POSITION": position}, "indices": len(accessors) - 1,
                               "material": material})
        meshes.append({"name": piece.name, "primitives": primitives})
        nodes.append({"name": piece.name, "mesh": len(meshes) - 1, "extras": piece.extras})
    root = {"name": name, "rotation": UPRIGHT, "extras": extras}
    if nodes:
        root["children"] = list(range(len(nodes)))
    out: dict[str, Any] = {"asset": {"version": "2.0", "generator": GENERATOR}, "scene": 0,
                           "scenes": [{"nodes": [len(nodes)]}], "nodes": [*nodes, root]}
    if pieces:
        out |= {"meshes": meshes, "materials": [_material(color) for color in materials], "accessors": accessors,
                "bufferViews": views, "buffers": [{"byteLength": at}]}
    return out, b"".join(chunks)


def _material(color: tuple[int, int, int, int]) -> dict:
    """Colours are told in linear light."""
    share = np.array(color[:3]) / 255.0
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    out: dict[str, Any] = {"pbrMetallicRoughness": {
        "baseColorFactor": [*(round(float(c), 6) for c in linear), round(color[3] / 255.0, 6)],
        "metallicFactor": 0.0, "roughnessFactor": 0.9}, "doubleSided": True}
    return out | ({"alphaMode": "BLEND"} if color[3] < 255 else {})


def _json(document: dict) -> bytes:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode("utf-8")


def _gltf(document: dict, blob: bytes) -> bytes:
    if blob:
        document["buffers"][0]["uri"] = f"data:application/octet-stream;base64,{base64.b64encode(blob).decode()}"
    return _json(document)


def _glb(document: dict, blob: bytes) -> bytes:
    text = _json(document)
    text += b" " * (-len(text) % 4)
    blob += bytes(-len(blob) % 4)
    chunks = [len(text).to_bytes(4, "little"), b"JSON", text]
    if blob:
        chunks += [len(blob).to_bytes(4, "little"), b"BIN\0", blob]
    size = 12 + sum(map(len, chunks))
    return b"glTF" + (2).to_bytes(4, "little") + size.to_bytes(4, "little") + b"".join(chunks)
