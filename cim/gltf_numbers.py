"""The numbers of a glTF file: buffers, views of them (packed or not), and accessors as numpy arrays."""

from __future__ import annotations

import base64
from pathlib import Path
from urllib.parse import unquote

import numpy as np

from cim import gltf_meshopt
from twin.text import tr
from twin.trouble import Trouble

KINDS = {5120: np.int8, 5121: np.uint8, 5122: np.int16, 5123: np.uint16, 5125: np.uint32, 5126: np.float32}
WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT2": 4, "MAT3": 9, "MAT4": 16}


class Numbers:
    """`blob`: the binary part of a GLB; `path`: where neighbouring buffers lie."""

    def __init__(self, tree: dict, blob: bytes, path: Path):
        self.tree, self.blob, self.path = tree, blob, path
        self._buffers: dict[int, bytes] = {}
        self._unpacked: dict[int, bytes] = {}

    def view(self, at: int) -> bytes:
        view = self.tree["bufferViews"][at]
        packed = gltf_meshopt.packed(view)
        if packed and gltf_meshopt.readable():
            if at not in self._unpacked:
                self._unpacked[at] = gltf_meshopt.unpacked(packed, self._part(packed))
            return self._unpacked[at]
        return self._part(view)

    def _part(self, said: dict) -> bytes:
        start = said.get("byteOffset", 0)
        return self._buffer(said["buffer"])[start:start + said["byteLength"]]

    def accessor(self, at: int) -> np.ndarray:
        """(count, width); normalised integers come as their share of one."""
        accessor = self.tree["accessors"][at]
        kind, width, count = np.dtype(KINDS[accessor["componentType"]]), WIDTHS[accessor["type"]], accessor["count"]
        if "bufferView" in accessor:
            values = self._array(accessor["bufferView"], accessor.get("byteOffset", 0), kind, count, width)
        else:
            values = np.zeros((count, width), kind)
        if sparse := accessor.get("sparse"):
            values = self._replaced(values, sparse)
        return shares(values, accessor)

    def _array(self, view: int, start: int, kind: np.dtype, count: int, width: int) -> np.ndarray:
        raw, said = self.view(view), self.tree["bufferViews"][view]
        stride = said.get("byteStride") or kind.itemsize * width
        if start + stride * (count - 1) + kind.itemsize * width > len(raw):
            raise ValueError("an accessor beyond its buffer")
        return np.ndarray((count, width), kind.newbyteorder("<"), raw, start, (stride, kind.itemsize))

    def _replaced(self, values: np.ndarray, sparse: dict) -> np.ndarray:
        """With the rows that a sparse accessor gives in place of those of its view."""
        at, rows, count = sparse["indices"], sparse["values"], sparse["count"]
        index = self._array(at["bufferView"], at.get("byteOffset", 0), np.dtype(KINDS[at["componentType"]]), count, 1)
        out = values.copy()
        out[index[:, 0].astype(np.int64)] = self._array(rows["bufferView"], rows.get("byteOffset", 0), values.dtype,
                                                        count, values.shape[1])
        return out

    def _buffer(self, at: int) -> bytes:
        if at not in self._buffers:
            uri = self.tree["buffers"][at].get("uri")
            self._buffers[at] = self.blob if uri is None else self.linked(uri)
        return self._buffers[at]

    def linked(self, uri: str) -> bytes:
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


def shares(values: np.ndarray, accessor: dict) -> np.ndarray:
    """Normalised integers as their share of one, never below minus one; others as they are."""
    if not accessor.get("normalized"):
        return values
    return np.maximum(values / np.float64(np.iinfo(values.dtype).max), -1.0)
