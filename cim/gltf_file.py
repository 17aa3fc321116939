"""glTF 2.0 and GLB as numpy: nodes, meshes, base colours. y up in the file, z up here.

VTK's reader wants a file for what tiles hold in memory, and drops the names and feature numbers that
a click should show; the format is accessors over buffers, which numpy reads as they are.
"""

from __future__ import annotations

import json
import struct
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from cim import gltf_draco, gltf_instances, gltf_meshopt
from cim.gltf_colors import each_times, times
from cim.gltf_feature_pictures import split
from cim.gltf_looks import Looks
from cim.gltf_metadata import property_tables
from cim.gltf_numbers import Numbers, shares
from cim.pieces import MOST_POINTS, Piece, repeated, up_from_y
from twin.text import tr
from twin.trouble import Trouble

DOTS, TRIANGLES, STRIP, FAN = 0, 4, 5, 6
KNOWN = {"KHR_mesh_quantization", "KHR_materials_unlit", "KHR_texture_transform", "EXT_mesh_features",
         "EXT_structural_metadata", "EXT_texture_webp", "KHR_texture_basisu", "CESIUM_RTC", "KHR_materials_specular",
         "KHR_materials_ior", "KHR_materials_pbrSpecularGlossiness", "KHR_materials_transmission",
         gltf_instances.NAME, gltf_instances.FEATURES}
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
        self.tree, self.path = tree, path
        self.out = Gltf([])
        self.numbers = Numbers(tree, blob, path)
        self.looks = Looks(tree, self.numbers, self.out.skipped)
        self._tables: list | None = None

    def read(self) -> Gltf:
        self._all_known()
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

    def _all_known(self) -> None:
        needed = set(self.tree.get("extensionsRequired") or ()) - KNOWN - set(gltf_meshopt.NAMES)
        needed |= set() if gltf_meshopt.readable() else gltf_meshopt.needed(self.tree)
        if gltf_draco.readable():
            needed.discard(gltf_draco.NAME)
        if not needed:
            return
        ways = {gltf_draco.NAME: "draco", **dict.fromkeys(gltf_meshopt.NAMES, "packed")}
        extras = sorted({ways.get(name, "") for name in needed})
        raise Trouble(tr("This glTF model needs extensions that are not read: {names}.",
                         names=", ".join(sorted(needed))),
                      way_out=tr("What unpacks it installs with `pip install citytwin[{extras}]`.",
                                 extras=",".join(extras)) if all(extras) else tr("Export it without compression."),
                      path=str(self.path))

    def _node(self, at: int, outer: np.ndarray, depth: int) -> None:
        if depth > DEEPEST:
            raise ValueError("nodes hold each other")
        node = self.tree["nodes"][at]
        matrix = outer @ _matrix(node)
        if "mesh" in node:
            before = len(self.out.pieces)
            mesh = self.tree["meshes"][node["mesh"]]
            name = node.get("name") or mesh.get("name") or f"{at}"
            for primitive in mesh.get("primitives") or ():
                self._primitive(primitive, name, matrix, node.get("extras") or {})
            if gltf_instances.NAME in (node.get("extensions") or {}):
                self._repeat(node["extensions"], before, matrix)
        for child in node.get("children") or ():
            self._node(child, matrix, depth + 1)

    def _repeat(self, extensions: dict, first: int, matrix: np.ndarray) -> None:
        """The pieces from `first` on, which are those of one node, at all places that the node names."""
        said, told = extensions[gltf_instances.NAME], extensions.get(gltf_instances.FEATURES)
        where, turn = gltf_instances.places(said, matrix, self.numbers.accessor)
        numbers, table = gltf_instances.feature_numbers(said, told or {}, len(where), self.numbers.accessor)
        total = sum(len(p.points) for p in self.out.pieces[first:])
        shown = min(len(where), MOST_POINTS // max(total, 1))
        self.out.skipped["instances"] += len(where) - shown
        for at, piece in enumerate(self.out.pieces[first:], first):
            own = told is None and piece.batch is not None
            copies = repeated(piece, where[:shown], turn[:shown], None if own else numbers[:shown])
            self.out.pieces[at] = copies if own else replace(copies, table=self._property_table(table))

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
        batch, table, pictured = self._features(primitive, values, len(points))
        color, material = self.looks.color(primitive.get("material"))
        own, colors = values("COLOR_0"), None
        if own is not None:
            color, colors = times(color, own), each_times(color, own)
        piece = Piece(up_from_y(points), triangles, name, material, color, batch, extras, table, colors,
                      self.looks.draped(primitive.get("material"), values, len(points)))
        if pictured is not None:
            parted = split(piece, pictured, self.looks.picture(pictured["texture"]), values)
            self.out.skipped["feature_pictures"] += parted is None
            piece = parted or piece
        self.out.pieces.append(piece)

    def _dots(self, primitive: dict, name: str, values: Callable, points: np.ndarray) -> None:
        color, material = self.looks.color(primitive.get("material"))
        own = values("COLOR_0")
        colors = np.tile(np.array(color, np.uint8), (len(points), 1)) if own is None else each_times(color, own)
        self.out.pieces.append(Piece(up_from_y(points), np.zeros((0, 3), np.int64), name, material, color,
                                     colors=colors, dots=True))

    def _values(self, primitive: dict) -> Callable[[str], np.ndarray | None]:
        """What gives the numbers of an attribute, or "indices", packed or not; None where there are none."""
        accessors = {**primitive["attributes"], **({"indices": primitive["indices"]} if "indices" in primitive else {})}
        packed = (primitive.get("extensions") or {}).get(gltf_draco.NAME)
        arrays = {}
        if packed and gltf_draco.readable():
            arrays = gltf_draco.unpacked(self.numbers.view(packed["bufferView"]), packed["attributes"])

        def values(name: str) -> np.ndarray | None:
            if name in arrays:
                return shares(arrays[name], self.tree["accessors"][accessors[name]] if name in accessors else {})
            return self.numbers.accessor(accessors[name]) if name in accessors else None

        return values

    def _features(self, primitive: dict, values: Callable, count: int) -> tuple[np.ndarray | None, Any, dict | None]:
        """((vertices,) i8 feature numbers, Arrow table of the features, which of the sets in a picture tells them);
        None where there are none.
        """
        attributes = primitive["attributes"]
        said = (primitive.get("extensions") or {}).get("EXT_mesh_features", {}).get("featureIds") or ()
        named = [f for f in said if "texture" not in f
                 and ("attribute" not in f or f"_FEATURE_ID_{f['attribute']}" in attributes)]
        pictured = [f for f in said if "texture" in f]
        if pictured and not any(f.get("propertyTable") is not None for f in named):
            best = next((f for f in pictured if f.get("propertyTable") is not None), pictured[0])
            if not named or best.get("propertyTable") is not None:
                return None, self._property_table(best.get("propertyTable")), best
        if named:
            best = next((f for f in named if f.get("propertyTable") is not None), named[0])
            numbers = (values(f"_FEATURE_ID_{best['attribute']}").ravel().astype(np.int64) if "attribute" in best
                       else np.arange(count))
            return numbers, self._property_table(best.get("propertyTable")), None
        name = next((k for k in ("_BATCHID", "BATCHID", "_FEATURE_ID_0") if k in attributes), None)
        return (None if name is None else values(name).ravel().astype(np.int64)), None, None

    def _property_table(self, at: int | None) -> Any:
        if self._tables is None:
            said = (self.tree.get("extensions") or {}).get("EXT_structural_metadata") or {}
            elsewhere = said.get("schemaUri")
            schema = json.loads(self.numbers.linked(elsewhere)) if elsewhere and "schema" not in said else None
            self._tables = property_tables(said, schema, self.numbers.view)
        return self._tables[at] if at is not None and at < len(self._tables) else None

def _matrix(node: dict) -> np.ndarray:
    if "matrix" in node:
        return np.array(node["matrix"], np.float64).reshape(4, 4).T
    out = np.eye(4)
    turn = gltf_instances.turned(np.array([node.get("rotation") or (0.0, 0.0, 0.0, 1.0)], np.float64))[0]
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
