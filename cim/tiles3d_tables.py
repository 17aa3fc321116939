"""The tables of 3D Tiles 1.0 contents: JSON beside binary columns."""

from __future__ import annotations

import json
from collections import Counter

import numpy as np

KINDS = {"BYTE": np.int8, "UNSIGNED_BYTE": np.uint8, "SHORT": np.int16, "UNSIGNED_SHORT": np.uint16, "INT": np.int32,
         "UNSIGNED_INT": np.uint32, "FLOAT": np.float32, "DOUBLE": np.float64}
WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4}


def batch_columns(told: bytes, binary: bytes, count: int, skipped: Counter) -> dict[str, list]:
    """The columns of a batch table by name; `count` batches. Vectors become texts; what is broken is counted."""
    out = {}
    for name, values in json.loads(told or b"{}").items():
        if isinstance(values, list):
            out[name] = values
        elif isinstance(values, dict) and "byteOffset" in values:
            column = array(values, binary, count)
            if column is None:
                skipped["binary"] += 1
            else:
                out[name] = [" ".join(f"{v:g}" for v in row) for row in column] if column.ndim == 2 else column.tolist()
    return out


def array(said: dict, binary: bytes, count: int, kind: str = "", width: str = "") -> np.ndarray | None:
    """(count,) or (count, width) of a reference into the binary part; None where it does not fit there."""
    component, shape = said.get("componentType", kind), said.get("type", width)
    if component not in KINDS or shape not in WIDTHS:
        return None
    values, start = np.dtype(KINDS[component]).newbyteorder("<"), int(said["byteOffset"])
    if start < 0 or start + count * WIDTHS[shape] * values.itemsize > len(binary):
        return None
    found = np.frombuffer(binary, values, count * WIDTHS[shape], start)
    return found if WIDTHS[shape] == 1 else found.reshape(count, WIDTHS[shape])
