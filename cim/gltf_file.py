"""glTF 2.0 and GLB as numpy: nodes, meshes, base colours. y up in the file, z up here.

VTK's reader wants a file for what tiles hold in memory, and drops the names and feature numbers that
a click should show; the format is accessors over buffers, which numpy reads as they are.
"""

from __future__ import annotations

import base64
import json
import struct
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import numpy as np

from cim import gltf_draco
from cim.gltf_metadata import property_tables
from cim.pictures import Draped, Picture
from cim.pieces import Piece, up_from_y
from twin.text import tr
from twin.trouble import Trouble

KINDS = {5120: np.int8, 5121: np.uint8, 5122: np.int16, 5123: np.uint16, 5125: np.uint32, 5126: np.float32}
WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT2": 4, "MAT3": 9, "MAT4": 16}
DOTS, TRIANGLES, STRIP, FAN = 0, 4, 5, 6
COMPRESSED = ("KHR_draco_mesh_compression", "EXT_meshopt_compression")
KNOWN = {"KHR_mesh_quantization", "KHR_materials_unlit", "KHR_texture_transform", "EXT_mesh_features",
         "EXT_structural_metadata", "EXT_texture_webp", "KHR_texture_basisu", "CESIUM_RTC", "KHR_materials_specular",
         "KHR_materials_ior", "KHR_materials_pbrSpecularGlossiness", "KHR_materials_transmission"}
DEEPEST = 64                              # nodes within nodes: more is a circle


@dataclass
class Gltf:
    pieces: list[Piece]
    skipped: Counter = field(default_factory=Counter)
    origin: np.ndarray = field(default_factory=lambda: np.zeros(3))    # CESIUM_RTC, z up


def load(data: bytes, path: Path) -> Gltf:
    """`path` is where neighbouring buffers lie and what an error names. Raises Trouble for what is broken."""
    try:
        tree, blob = _split(data, path)
        return _Reader(tree, blob, path).read()
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, struct.error, RecursionError) as error:
        raise Trouble(tr("This glTF model is broken or cut short."), cause=f"{type(error).__name__}: {error}"[:200],
                      way_out=tr("Export it again as GLB, or check it with a glTF validator."),
                      path=str(path)) from None


def _split(data: bytes, path: Path) -> tuple[dict, bytes]:
    if data[:4] != b"glTF":
        return json.loads(data.decode("utf-8-sig")), b""
    version, length = struct.unpack("<II", data[4:12])
    if version != 2:
        raise Trouble(tr("This is glTF of version {n}; version 2 is read.", n=version),
                      way_out=tr("Convert it with gltf-pipeline, or export it again."), path=str(path))
    if length > len(data):
        raise ValueError(f"{len(data)} of {length} bytes")
    tree, blob, at = {}, b"", 12
    while at + 8 <= length:
        size, kind = struct.unpack("<I4s", data[at:at + 8])
        chunk = data[at + 8:at + 8 + size]
        if kind == b"JSON":
            tree = json.loads(chunk)
        elif kind[:3] == b"BIN":
            blob = chunk
        at += 8 + size
    return tree, blob


class _Reader:
    def __init__(self, tree: dict, blob: bytes, path: Path):
        self.tree, self.blob, self.path = tree, blob, path
        self.out = Gltf([])
        self._buffers: dict[int, bytes] = {}
        self._colors: dict[int, tuple] = {}
        self._pictures: dict[int, Picture] = {}
        self._tables: list | None = None

    def read(self) -> Gltf:
        needed = set(self.tree.get("extensionsRequired") or ()) - KNOWN
        if gltf_draco.readable():
            needed.discard(gltf_draco.NAME)
        if needed:
            raise Trouble(tr("This glTF model needs extensions that are not read: {names}.",
                             names=", ".join(sorted(needed))),
                          way_out=tr("Install the reader of Draco with `pip install citytwin[draco]`.")
                          if needed == {gltf_draco.NAME} else tr("Export it without compression."),
                          path=str(self.path))
        rtc = (self.tree.get("extensions") or {}).get("CESIUM_RTC")
        if rtc:
            self.out.origin = np.array(rtc["center"], np.float64)
        scenes, nodes = self.tree.get("scenes") or [], self.tree.get("nodes") or []
        inner = {c for n in nodes for c in n.get("children") or ()}
        roots = (scenes[self.tree.get("scene", 0)].get("nodes") or [] if scenes
                 else [i for i in range(len(nodes)) if i not in inner])
        for root in roots:
            self._node(root, np.eye(4), 0)
        return self.out

    def _node(self, at: int, outer: np.ndarray, depth: int) -> None:
        if depth > DEEPEST:
            raise ValueError("nodes hold each other")
        node = self.tree["nodes"][at]
        matrix = outer @ _matrix(node)
        if "mesh" in node:
            mesh = self.tree["meshes"][node["mesh"]]
            name = node.get("name") or mesh.get("name") or f"{at}"
            for primitive in mesh.get("primitives") or ():
                self._primitive(primitive, name, matrix, node.get("extras") or {})
        for child in node.get("children") or ():
            self._node(child, matrix, depth + 1)

    def _primitive(self, primitive: dict, name: str, matrix: np.ndarray, extras: dict) -> None:
        mode = primitive.get("mode", TRIANGLES)
        if mode not in (DOTS, TRIANGLES, STRIP, FAN) or "POSITION" not in primitive["attributes"]:
            self.out.skipped["lines"] += 1
            return
        values = self._values(primitive)
        points = values("POSITION").astype(np.float64) @ matrix[:3, :3].T + matrix[:3, 3]
        if mode == DOTS:
            self._dots(primitive, name, values, points)
            return
        index = values("indices")
        index = np.arange(len(points)) if index is None else index.ravel().astype(np.int64)
        triangles = _triangles(index, mode)
        if len(triangles) and triangles.max() >= len(points):
            raise ValueError("an index beyond the vertices")
        if np.linalg.det(matrix[:3, :3]) < 0:
            triangles = triangles[:, ::-1]
        batch, table = self._features(primitive)
        color, material = self._color(primitive.get("material"))
        own, colors = values("COLOR_0"), None
        if own is not None:
            color, colors = _times(color, own), _each_times(color, own)
        self.out.pieces.append(Piece(
            up_from_y(points), triangles, name, material, color,
            None if batch is None else values(batch).ravel().astype(np.int64), extras, table, colors,
            self._draped(primitive.get("material"), values, len(points))))

    def _dots(self, primitive: dict, name: str, values: Callable, points: np.ndarray) -> None:
        color, material = self._color(primitive.get("material"))
        own = values("COLOR_0")
        colors = np.tile(np.array(color, np.uint8), (len(points), 1)) if own is None else _each_times(color, own)
        self.out.pieces.append(Piece(up_from_y(points), np.zeros((0, 3), np.int64), name, material, color,
                                     colors=colors, dots=True))

    def _values(self, primitive: dict) -> Callable[[str], np.ndarray | None]:
        """What gives the numbers of an attribute, or "indices", packed or not; None where there are none."""
        accessors = {**primitive["attributes"], **({"indices": primitive["indices"]} if "indices" in primitive else {})}
        packed = (primitive.get("extensions") or {}).get(gltf_draco.NAME)
        arrays = {}
        if packed and gltf_draco.readable():
            arrays = gltf_draco.unpacked(self._view(packed["bufferView"]), packed["attributes"])

        def values(name: str) -> np.ndarray | None:
            if name in arrays:
                return _shares(arrays[name], self.tree["accessors"][accessors[name]] if name in accessors else {})
            return self._accessor(accessors[name]) if name in accessors else None

        return values

    def _features(self, primitive: dict) -> tuple[str | None, Any]:
        """(attribute with the vertices' feature numbers, Arrow table of the features); None where it has none."""
        attributes = primitive["attributes"]
        said = (primitive.get("extensions") or {}).get("EXT_mesh_features", {}).get("featureIds") or ()
        named = [f for f in said if f"_FEATURE_ID_{f.get('attribute')}" in attributes]
        if named:
            best = next((f for f in named if f.get("propertyTable") is not None), named[0])
            at = best.get("propertyTable")
            tables = self._property_tables()
            return (f"_FEATURE_ID_{best['attribute']}",
                    tables[at] if at is not None and at < len(tables) else None)
        return next((k for k in ("_BATCHID", "BATCHID", "_FEATURE_ID_0") if k in attributes), None), None

    def _property_tables(self) -> list:
        if self._tables is None:
            said = (self.tree.get("extensions") or {}).get("EXT_structural_metadata") or {}
            self._tables = property_tables(said, None, self._view)
        return self._tables

    def _view(self, at: int) -> bytes:
        view = self.tree["bufferViews"][at]
        start = view.get("byteOffset", 0)
        return self._buffer(view["buffer"])[start:start + view["byteLength"]]

    # -- numbers -----------------------------------------------------------------------------------------

    def _accessor(self, at: int) -> np.ndarray:
        """(count, width); normalised integers come as their share of one."""
        accessor = self.tree["accessors"][at]
        kind, width, count = np.dtype(KINDS[accessor["componentType"]]), WIDTHS[accessor["type"]], accessor["count"]
        if "sparse" in accessor:
            raise ValueError("sparse accessors are not read")
        if "bufferView" not in accessor:
            return np.zeros((count, width), kind)
        view = self.tree["bufferViews"][accessor["bufferView"]]
        start = view.get("byteOffset", 0) + accessor.get("byteOffset", 0)
        stride = view.get("byteStride") or kind.itemsize * width
        raw = self._buffer(view["buffer"])
        if start + stride * (count - 1) + kind.itemsize * width > len(raw):
            raise ValueError("an accessor beyond its buffer")
        values = np.ndarray((count, width), kind.newbyteorder("<"), raw, start, (stride, kind.itemsize))
        return _shares(values, accessor)

    def _buffer(self, at: int) -> bytes:
        if at not in self._buffers:
            uri = self.tree["buffers"][at].get("uri")
            self._buffers[at] = self.blob if uri is None else self._linked(uri)
        return self._buffers[at]

    def _linked(self, uri: str) -> bytes:
        """A data URI or a file beside the model; nothing above its folder and nothing from the net."""
        if uri.startswith("data:"):
            return base64.b64decode(uri.partition(",")[2])
        folder = self.path.parent.resolve()
        beside = (folder / unquote(uri)).resolve()
        if "://" in uri or not beside.is_relative_to(folder):
            raise Trouble(tr("This glTF model refers to a file outside its folder."), cause=uri[:200],
                          way_out=tr("Export it as one GLB file."), path=str(self.path))
        if not beside.exists():
            raise Trouble(tr("A part of this glTF model is not there."), cause=beside.name,
                          way_out=tr("Copy the files beside it too, or export it as one GLB file."),
                          path=str(self.path))
        return beside.read_bytes()

    # -- looks -------------------------------------------------------------------------------------------

    def _color(self, at: int | None) -> tuple[tuple[int, int, int, int], str]:
        """The base colour, times the mean of its texture, and the material's name."""
        if at is None:
            return (200, 200, 200, 255), ""
        material = self.tree["materials"][at]
        if at not in self._colors:
            factor = _factor(material)
            if picture := self._picture(_texture(material)):
                factor[:3] *= picture.mean()
            if material.get("alphaMode", "OPAQUE") == "OPAQUE":
                factor[3] = 1.0
            self._colors[at] = tuple(int(v) for v in np.clip(np.round(factor * 255), 0, 255))
        return self._colors[at], material.get("name", "")

    def _picture(self, said: dict) -> Picture | None:
        """The picture that a texture shows, the same object for the same image; None without one."""
        if "index" not in said:
            return None
        texture = self.tree["textures"][said["index"]]
        more = texture.get("extensions") or {}
        at = (more.get("EXT_texture_webp") or {}).get("source", texture.get("source"))
        at = (more.get("KHR_texture_basisu") or {}).get("source") if at is None else at
        if at is None:
            return None
        if at not in self._pictures:
            image = self.tree["images"][at]
            self._pictures[at] = picture = Picture(lambda: self._view(image["bufferView"]) if "bufferView" in image
                                                   else self._linked(image["uri"]))
            if picture.size() is None:
                self.out.skipped["basisu" if picture.problem == "KTX2" else "unreadable"] += 1
        return self._pictures[at]

    def _draped(self, at: int | None, values: Callable[[str], np.ndarray | None], count: int) -> Draped | None:
        """Where the vertices lie in the material's base colour texture."""
        if at is None:
            return None
        material = self.tree["materials"][at]
        said = _texture(material)
        picture = self._picture(said)
        if picture is None or picture.size() is None:
            return None
        moved = (said.get("extensions") or {}).get("KHR_texture_transform") or {}
        uv = values(f"TEXCOORD_{moved.get('texCoord', said.get('texCoord', 0))}")
        if uv is None or uv.shape != (count, 2):
            return None
        tint = np.clip(np.round(_factor(material)[:3] * 255), 0, 255)
        return Draped(picture, _moved(uv.astype(np.float64), moved).astype(np.float32), tuple(map(int, tint)))


def _texture(material: dict) -> dict:
    """Of the base colour, or in the older way of the diffuse one."""
    old = (material.get("extensions") or {}).get("KHR_materials_pbrSpecularGlossiness") or {}
    return (material.get("pbrMetallicRoughness") or {}).get("baseColorTexture") or old.get("diffuseTexture") or {}


def _factor(material: dict) -> np.ndarray:
    """(4,) the base colour as on a screen, 0-1."""
    old = (material.get("extensions") or {}).get("KHR_materials_pbrSpecularGlossiness") or {}
    said = (material.get("pbrMetallicRoughness") or {}).get("baseColorFactor") or old.get("diffuseFactor")
    factor = np.array(said or (1.0, 1.0, 1.0, 1.0), np.float64)
    factor[:3] = _srgb(factor[:3])
    return factor


def _moved(uv: np.ndarray, said: dict) -> np.ndarray:
    """By KHR_texture_transform: scaled, turned, shifted."""
    if not said:
        return uv
    uv = uv * np.array(said.get("scale") or (1.0, 1.0))
    cos, sin = np.cos(said.get("rotation", 0.0)), np.sin(said.get("rotation", 0.0))
    uv = np.stack([cos * uv[:, 0] + sin * uv[:, 1], cos * uv[:, 1] - sin * uv[:, 0]], axis=1)
    return uv + np.array(said.get("offset") or (0.0, 0.0))


def _shares(values: np.ndarray, accessor: dict) -> np.ndarray:
    """Normalised integers as their share of one; others as they are."""
    return values / np.float64(np.iinfo(values.dtype).max) if accessor.get("normalized") else values


def _srgb(linear: np.ndarray) -> np.ndarray:
    """glTF factors are linear light; colours on the screen are not."""
    linear = np.clip(linear, 0.0, 1.0)
    return np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)


def _times(color: tuple, vertices: np.ndarray) -> tuple[int, int, int, int]:
    """A colour times the mean of vertex colours (floats are shares, integers come normalised)."""
    mean = np.ones(4)
    mean[:vertices.shape[1]] = np.asarray(vertices, np.float64).mean(axis=0)[:4]
    return tuple(int(v) for v in np.clip(np.round(np.array(color) * np.append(_srgb(mean[:3]), mean[3])), 0, 255))


def _each_times(color: tuple, vertices: np.ndarray) -> np.ndarray:
    """(n, 4) u1: a colour times each vertex's own."""
    own = np.ones((len(vertices), 4))
    own[:, :vertices.shape[1]] = np.asarray(vertices, np.float64)[:, :4]
    own[:, :3] = _srgb(own[:, :3])
    return np.clip(np.round(own * np.array(color)), 0, 255).astype(np.uint8)


def _matrix(node: dict) -> np.ndarray:
    if "matrix" in node:
        return np.array(node["matrix"], np.float64).reshape(4, 4).T
    out = np.eye(4)
    x, y, z, w = node.get("rotation") or (0.0, 0.0, 0.0, 1.0)
    turn = np.array([[1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
                     [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
                     [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)]])
    out[:3, :3] = turn * np.array(node.get("scale") or (1.0, 1.0, 1.0))
    out[:3, 3] = node.get("translation") or (0.0, 0.0, 0.0)
    return out


def _triangles(index: np.ndarray, mode: int) -> np.ndarray:
    if mode == TRIANGLES:
        return index[:len(index) // 3 * 3].reshape(-1, 3)
    if len(index) < 3:
        return np.zeros((0, 3), np.int64)
    if mode == FAN:
        return np.stack([np.full(len(index) - 2, index[0]), index[1:-1], index[2:]], axis=1)
    strip = np.stack([index[:-2], index[1:-1], index[2:]], axis=1)
    strip[1::2] = strip[1::2, ::-1]
    return strip
