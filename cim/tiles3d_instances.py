"""i3dm: one model that stands many times (trees, lamps), as pieces whose features are the instances."""

from __future__ import annotations

import json
import struct
from collections import Counter
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import numpy as np

from cim import gltf_file
from cim.geocentric import geodetic, level_axes
from cim.pieces import MOST_POINTS, Piece, repeated
from cim.tiles3d_tables import array, batch_columns

ON_EARTH_M = 6.2e6                        # from the Earth's centre


def instanced(data: bytes, path: Path, skipped: Counter) -> list[Piece]:
    """The pieces of an i3dm file in the tile's metres (z up). Raises ValueError for a broken one."""
    _, _, _, *sizes, linked = struct.unpack("<4sIIIIIII", data[:32])
    ends = np.cumsum([32, *sizes]).tolist()
    said, binary = json.loads(data[ends[0]:ends[1]] or b"{}"), data[ends[1]:ends[2]]
    count = int(said["INSTANCES_LENGTH"])
    model = data[ends[4]:] if linked else _linked(data[ends[4]:].rstrip(b"\0 ").decode(), path)
    found = gltf_file.load(model, path)
    skipped.update(found.skipped)
    where, turn = _placed(said, binary, count)
    batch = _column(said, "BATCH_ID", binary, count, "UNSIGNED_SHORT", "SCALAR")
    numbers = np.arange(count) if batch is None else batch.astype(np.int64)
    table = batch_columns(data[ends[2]:ends[3]], data[ends[3]:ends[4]], int(numbers.max(initial=-1)) + 1, skipped)
    total = sum(len(p.points) for p in found.pieces)
    shown = min(count, MOST_POINTS // max(total, 1))
    skipped["instances"] += count - shown
    return [replace(repeated(piece, where[:shown], turn[:shown], numbers[:shown]), table=None,
                    attributes={**piece.attributes, "batch_table": table}) for piece in found.pieces]


def _linked(uri: str, path: Path) -> bytes:
    """A model beside the tile or in a folder there."""
    beside = (path.parent / unquote(uri)).resolve()
    if "://" in uri or not beside.is_relative_to(path.parent.resolve()):
        raise ValueError(f"a model outside the folder: {uri[:80]}")
    if not beside.is_file():
        raise ValueError(f"the model {beside.name} is not there")
    return beside.read_bytes()


def _placed(said: dict, binary: bytes, count: int) -> tuple[np.ndarray, np.ndarray]:
    """(count, 3) f8 where the instances stand, and (count, 3, 3) f8 how they are turned and scaled."""
    where = _column(said, "POSITION", binary, count, "FLOAT", "VEC3")
    if where is None:
        steps = _column(said, "POSITION_QUANTIZED", binary, count, "UNSIGNED_SHORT", "VEC3")
        where = steps / 65535.0 * np.array(said["QUANTIZED_VOLUME_SCALE"]) + said["QUANTIZED_VOLUME_OFFSET"]
    where = where.astype(np.float64) + np.array(said.get("RTC_CENTER") or (0.0, 0.0, 0.0))
    turn = _turned(said, binary, count, where)
    scale = _column(said, "SCALE", binary, count, "FLOAT", "SCALAR")
    if scale is not None:
        turn = turn * scale[:, None, None]
    each = _column(said, "SCALE_NON_UNIFORM", binary, count, "FLOAT", "VEC3")
    return where, turn if each is None else turn * each[:, None, :]


def _turned(said: dict, binary: bytes, count: int, where: np.ndarray) -> np.ndarray:
    up, right = (_column(said, name, binary, count, "FLOAT", "VEC3") for name in ("NORMAL_UP", "NORMAL_RIGHT"))
    if up is not None and right is not None:
        return np.stack([right, up, np.cross(right, up)], axis=2).astype(np.float64)
    if said.get("EAST_NORTH_UP") and count and np.linalg.norm(where[0]) > ON_EARTH_M:
        return np.array([level_axes(lon, lat)[:3, :3] for lon, lat, _ in geodetic(where)])
    return np.tile(np.eye(3), (count, 1, 1))


def _column(said: dict, name: str, binary: bytes, count: int, kind: str, width: str) -> np.ndarray | None:
    if name not in said:
        return None
    found = array(said[name], binary, count, kind, width)
    if found is None:
        raise ValueError(f"{name} beyond the table")
    return found
