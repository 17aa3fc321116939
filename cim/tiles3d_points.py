"""pnts: measured points of a tile, with the colours that they have, packed by Draco or not."""

from __future__ import annotations

import json
import struct
from collections import Counter

import numpy as np

from cim import gltf_draco
from cim.pieces import GREY, Piece
from cim.tiles3d_tables import array
from twin.text import tr

DRACO = "3DTILES_draco_point_compression"
MOST_POINTS = 4_000_000                   # of one tile


def pointed(data: bytes, skipped: Counter) -> list[Piece]:
    """One piece of dots in the tile's metres (z up). Raises ValueError for a broken one."""
    _, _, _, *sizes = struct.unpack("<4sIIIIII", data[:28])
    ends = np.cumsum([28, *sizes]).tolist()
    said, binary = json.loads(data[ends[0]:ends[1]] or b"{}"), data[ends[1]:ends[2]]
    count = int(said["POINTS_LENGTH"])
    packed = (said.get("extensions") or {}).get(DRACO)
    held = _unpacked(packed, binary) if packed else {}
    points = _places(said, binary, count, held) + np.array(said.get("RTC_CENTER") or (0.0, 0.0, 0.0))
    colors = _colors(said, binary, count, held)
    if len(points) > MOST_POINTS:
        every = -(-len(points) // MOST_POINTS)
        skipped["dots"] += len(points) - len(points[::every])
        points, colors = points[::every], colors[::every]
    return [Piece(points, np.zeros((0, 3), np.int64), color=tuple(map(int, colors[0])) if len(colors) else GREY,
                  colors=colors, dots=True)]


def _unpacked(packed: dict, binary: bytes) -> dict[str, np.ndarray]:
    if not gltf_draco.readable():
        raise ValueError(tr("points packed by Draco; `pip install citytwin[draco]` reads them"))
    start = int(packed["byteOffset"])
    part = binary[start:start + int(packed["byteLength"])]
    return gltf_draco.unpacked_points(part, packed["properties"])


def _places(said: dict, binary: bytes, count: int, held: dict) -> np.ndarray:
    """(n, 3) f8."""
    if "POSITION" in held:
        return held["POSITION"].astype(np.float64)
    if "POSITION" in said:
        return _sound(array(said["POSITION"], binary, count, "FLOAT", "VEC3")).astype(np.float64)
    steps = _sound(array(said["POSITION_QUANTIZED"], binary, count, "UNSIGNED_SHORT", "VEC3"))
    return steps / 65535.0 * np.array(said["QUANTIZED_VOLUME_SCALE"]) + said["QUANTIZED_VOLUME_OFFSET"]


def _colors(said: dict, binary: bytes, count: int, held: dict) -> np.ndarray:
    """(n, 4) u1."""
    rgb = next((held[name] for name in ("RGBA", "RGB") if name in held), None)
    if rgb is None and "RGBA" in said:
        rgb = _sound(array(said["RGBA"], binary, count, "UNSIGNED_BYTE", "VEC4"))
    elif rgb is None and "RGB" in said:
        rgb = _sound(array(said["RGB"], binary, count, "UNSIGNED_BYTE", "VEC3"))
    elif rgb is None and "RGB565" in said:
        packed = _sound(array(said["RGB565"], binary, count, "UNSIGNED_SHORT", "SCALAR")).astype(np.int64)
        rgb = np.stack([(packed >> 11) * 255 // 31, (packed >> 5 & 63) * 255 // 63, (packed & 31) * 255 // 31], axis=1)
    out = np.full((len(next(iter(held.values()))) if held else count, 4), 255, np.uint8)
    if rgb is None:
        out[:] = said.get("CONSTANT_RGBA") or GREY
    else:
        out[:, :rgb.shape[1]] = rgb
    return out


def _sound(values: np.ndarray | None) -> np.ndarray:
    if values is None:
        raise ValueError("points beyond their table")
    return values
