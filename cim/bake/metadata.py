"""Attributes inside a tile: Arrow columns as a property table of EXT_structural_metadata.

The properties and their types are settled once for a whole data set, so that every tile has the same schema.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from twin.tile_tree import AREA, COUNT, VOLUME

ROW = "_row"                              # property: the feature's row in the GeoParquet table beside the tiles
OF_BLOCKS = [[COUNT, "int32"], [AREA, "float"], [VOLUME, "float"]]
NO_ROW = -1                               # of a block, which is no row
CLASS = "feature"
NO_INT32, NO_INT64 = -2147483648, -9007199254740991
NO_FLOAT = -3.4028234663852886e38         # the lowest float32, the same in JSON
SCALARS = {"INT32": np.int32, "INT64": np.int64, "FLOAT32": np.float32, "FLOAT64": np.float64}
NO_DATA = {"INT32": NO_INT32, "INT64": NO_INT64, "FLOAT32": NO_FLOAT, "FLOAT64": NO_FLOAT, "STRING": ""}


@dataclass(frozen=True)
class Property:
    """`name` as the table's column; `id` as the standard allows names; `kind` a scalar's type or "STRING"."""

    id: str
    name: str
    kind: str


def properties_of(columns: list[list]) -> list[Property]:
    """From [name, Arrow type, …] of each column."""
    out, taken = [Property(ROW, ROW, "INT32")], {ROW}
    for number, (name, kind, *_) in enumerate(columns):
        id = re.sub(r"\W", "_", name, flags=re.ASCII)
        if not re.fullmatch(r"[A-Za-z_]\w*", id, re.ASCII) or not id.strip("_") or id in taken:
            id = f"column_{number}"
        taken.add(id)
        out.append(Property(id, name, _kind(kind)))
    return out


def _kind(arrow: str) -> str:
    if arrow in ("int8", "int16", "int32", "uint8", "uint16"):
        return "INT32"
    if arrow in ("int64", "uint32", "uint64"):
        return "INT64"
    if arrow in ("halffloat", "float"):
        return "FLOAT32"
    return "FLOAT64" if arrow == "double" or arrow.startswith("decimal") else "STRING"


def wider(a: str, b: str) -> str:
    """The Arrow type that holds both: a number here and a text there is a text."""
    if "null" in (a, b) or a == b:
        return b if a == "null" else a
    whole = ("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64")
    if a in whole and b in whole:
        return "int64"
    return "double" if {a, b} <= {*whole, "float", "double", "halffloat"} else "string"


def schema(properties: list[Property]) -> dict:
    """As EXT_structural_metadata says it."""
    return {"id": "citytwin", "classes": {CLASS: {"properties": {p.id: _said(p) for p in properties}}}}


def _said(p: Property) -> dict:
    said = {"type": "STRING"} if p.kind == "STRING" else {"type": "SCALAR", "componentType": p.kind}
    return said | ({"name": p.name} if p.name != p.id else {}) | {"noData": NO_ROW if p.id == ROW else NO_DATA[p.kind]}


def encoded(table, p: Property) -> list[bytes]:
    """[values] of a column, or of texts [values, offsets]."""
    from cim.bake.weighing import texts_of
    column = table.column(p.name)
    if p.kind != "STRING":
        return [_numbers(column, p.kind, NO_ROW if p.id == ROW else NO_DATA[p.kind]).tobytes()]
    raw = [(v or "").encode() for v in texts_of(column).to_pylist()]
    return [b"".join(raw), np.cumsum([0, *map(len, raw)]).astype(np.uint32).tobytes()]


def _numbers(column, kind: str, none: float) -> np.ndarray:
    import pyarrow as pa
    missing = np.asarray(column.is_null(nan_is_null=True))
    if kind.startswith("FLOAT"):
        values = np.asarray(column.cast(pa.float64()).to_numpy(zero_copy_only=False), np.float64)
    else:
        whole = column.cast(pa.int64(), safe=False).fill_null(0)
        values = np.asarray(whole.to_numpy(zero_copy_only=False), np.int64)
    return np.where(missing, none, values).astype(SCALARS[kind])
