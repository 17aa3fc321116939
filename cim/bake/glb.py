"""A tile's content as GLB: y up, double-precision places, triangles that know their feature, and their attributes."""

from __future__ import annotations

import json
import struct
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cim.bake.metadata import CLASS, Property, encoded, schema
from cim.bake.skins import Texture

FLOAT, BYTE, UINT = 5126, 5121, 5125
VERTICES, INDICES = 34962, 34963
REPEAT, CLAMP, LINEAR = 10497, 33071, 9729


@dataclass(frozen=True, eq=False)
class Block:
    """Triangles about a place of their own, so that float32 keeps a tenth of a millimetre.

    `place` (3,) f8 and `points` (n, 3) f4 in the tileset's metres, z up; `triangles` (m, 3) i4; `feature` (n,) row in
    the tile's table; `colors` (n, 4) u1 as on a screen, or None. `texture` counts from 1, 0 = none; `uv` (n, 2) f4.
    """

    place: np.ndarray
    points: np.ndarray
    triangles: np.ndarray
    feature: np.ndarray
    colors: np.ndarray | None = None
    texture: int = 0
    uv: np.ndarray | None = None


def glb(blocks: list[Block], table, properties: list[Property], textures: Sequence[Texture] = ()) -> bytes:
    """`table`: an Arrow table with a row for each feature of the tile and a column for each property."""
    out = _Writer()
    for texture in textures:
        out.texture(texture)
    for block in blocks:
        out.block(block, table.num_rows)
    out.table(table, properties)
    return out.bytes()


def up_y(points: np.ndarray) -> np.ndarray:
    """(…, 3) with z up to y up."""
    return np.stack([points[..., 0], points[..., 2], -points[..., 1]], axis=-1)


class _Writer:
    def __init__(self):
        self.blob = bytearray()
        self.tree = {"asset": {"version": "2.0", "generator": "citytwin"}, "scene": 0, "scenes": [{"nodes": []}],
                     "extensionsUsed": ["EXT_mesh_features", "EXT_structural_metadata"], "nodes": [], "meshes": [],
                     "materials": [{"pbrMetallicRoughness": {"metallicFactor": 0.0, "roughnessFactor": 0.9},
                                    "doubleSided": True}],
                     "accessors": [], "bufferViews": [], "buffers": []}

    def block(self, block: Block, features: int) -> None:
        points = up_y(block.points).astype(np.float32)
        attributes = {"POSITION": self._accessor(points, FLOAT, "VEC3", VERTICES, bounds=True),
                      "_FEATURE_ID_0": self._accessor(block.feature.astype(np.float32), FLOAT, "SCALAR", VERTICES)}
        if block.texture:
            attributes["TEXCOORD_0"] = self._accessor(block.uv.astype(np.float32), FLOAT, "VEC2", VERTICES)
        elif block.colors is not None:
            attributes["COLOR_0"] = self._accessor(_linear(block.colors), BYTE, "VEC4", VERTICES, normalized=True)
        ids = {"featureCount": features, "attribute": 0, "propertyTable": 0}
        primitive = {"attributes": attributes, "mode": 4, "material": block.texture,
                     "indices": self._accessor(block.triangles.astype(np.uint32).ravel(), UINT, "SCALAR", INDICES),
                     "extensions": {"EXT_mesh_features": {"featureIds": [ids]}}}
        at = len(self.tree["nodes"])
        self.tree["meshes"].append({"primitives": [primitive]})
        self.tree["nodes"].append({"mesh": at, "translation": [float(v) for v in up_y(block.place)]})
        self.tree["scenes"][0]["nodes"].append(at)

    def texture(self, texture: Texture) -> None:
        """The next material: it shows this picture as it is."""
        self.tree.setdefault("images", []).append({"bufferView": self._view(texture.data), "mimeType": texture.mime})
        wrap = REPEAT if texture.repeats else CLAMP
        sampler = {"magFilter": LINEAR, "minFilter": LINEAR, "wrapS": wrap, "wrapT": wrap}
        self.tree.setdefault("samplers", []).append(sampler)
        at = len(self.tree["images"]) - 1
        self.tree.setdefault("textures", []).append({"source": at, "sampler": at})
        shown = {"baseColorTexture": {"index": at}, "metallicFactor": 0.0, "roughnessFactor": 1.0}
        holes = {"alphaMode": "MASK", "alphaCutoff": 0.25} if texture.clear else {}
        self.tree["materials"].append({"pbrMetallicRoughness": shown, "doubleSided": True, **holes})

    def table(self, table, properties: list[Property]) -> None:
        said = {}
        for p in properties:
            values, *offsets = encoded(table, p)
            said[p.id] = {"values": self._view(values)}
            if offsets:
                said[p.id] |= {"stringOffsets": self._view(offsets[0]), "stringOffsetType": "UINT32"}
        self.tree["extensions"] = {"EXT_structural_metadata": {"schema": schema(properties), "propertyTables": [
            {"name": CLASS, "class": CLASS, "count": table.num_rows, "properties": said}]}}

    def _accessor(self, values: np.ndarray, component: int, kind: str, target: int, *, bounds: bool = False,
                  normalized: bool = False) -> int:
        said = {"bufferView": self._view(values.tobytes(), target), "componentType": component, "count": len(values),
                "type": kind}
        if bounds:
            said |= {"min": values.min(axis=0).tolist(), "max": values.max(axis=0).tolist()}
        if normalized:
            said["normalized"] = True
        self.tree["accessors"].append(said)
        return len(self.tree["accessors"]) - 1

    def _view(self, data: bytes, target: int | None = None) -> int:
        """Every view begins at a multiple of eight, as property tables ask; an empty one is a byte long."""
        self.blob += b"\0" * (-len(self.blob) % 8)
        view = {"buffer": 0, "byteOffset": len(self.blob), "byteLength": max(len(data), 1)}
        self.blob += data or b"\0"
        self.tree["bufferViews"].append(view | ({"target": target} if target else {}))
        return len(self.tree["bufferViews"]) - 1

    def bytes(self) -> bytes:
        self.blob += b"\0" * (-len(self.blob) % 8)
        self.tree["buffers"] = [{"byteLength": len(self.blob)}]
        told = json.dumps(self.tree, ensure_ascii=False, separators=(",", ":")).encode()
        told += b" " * (-(20 + len(told)) % 8)
        size = 12 + 8 + len(told) + 8 + len(self.blob)
        return b"".join([struct.pack("<4sII", b"glTF", 2, size), struct.pack("<I4s", len(told), b"JSON"), told,
                         struct.pack("<I4s", len(self.blob), b"BIN\0"), bytes(self.blob)])


def _linear(rgba: np.ndarray) -> np.ndarray:
    """Colours of a screen as glTF's linear light, (n, 4) u1."""
    share = rgba[:, :3] / 255.0
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    return np.concatenate([np.round(linear * 255).astype(np.uint8), rgba[:, 3:]], axis=1)
