"""Attributes inside glTF: the property tables of EXT_structural_metadata as Arrow columns."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

SCALARS = {"INT8": np.int8, "UINT8": np.uint8, "INT16": np.int16, "UINT16": np.uint16, "INT32": np.int32,
           "UINT32": np.uint32, "INT64": np.int64, "UINT64": np.uint64, "FLOAT32": np.float32, "FLOAT64": np.float64}

WIDTHS = {"VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT2": 4, "MAT3": 9, "MAT4": 16}


def property_tables(extension: dict, schema: dict | None, view: Callable[[int], bytes]) -> list:
    """An Arrow table for each property table. `view` gives the bytes of a buffer view; `schema` stands elsewhere. What
    no schema knows of is left out."""
    schema = extension.get("schema") or schema or {}
    return [_table(said, schema, view) for said in extension.get("propertyTables") or ()]


def _table(said: dict, schema: dict, view: Callable[[int], bytes]):
    import pyarrow as pa
    known = (schema.get("classes") or {}).get(said["class"], {}).get("properties") or {}
    columns = {}
    for id, data in (said.get("properties") or {}).items():
        if told := known.get(id):
            columns[told.get("name") or id] = _column(told, data, said["count"], schema, view)
    return pa.table(columns) if columns else pa.table({"_row": pa.array(np.arange(said["count"], dtype=np.int32))})


def _column(told: dict, data: dict, count: int, schema: dict, view: Callable[[int], bytes]):
    if not told.get("array"):
        each = WIDTHS.get(told.get("type", ""), 1)
        flat = _values(told, data, count * each, schema, view)
        return flat if each == 1 else _lists(flat, np.arange(count + 1) * each, told)
    ends = _ends(told, data, count, view)
    flat = _values(told | {"noData": None}, data, int(ends[-1]), schema, view)
    if (np.diff(ends) < 0).any() or int(ends[-1]) > len(flat):
        raise ValueError("a list beyond its buffer")
    return _lists(flat, ends, told)


def _ends(told: dict, data: dict, count: int, view: Callable[[int], bytes]) -> np.ndarray:
    """(count + 1,) i8: where the list of each feature begins in all values."""
    each = WIDTHS.get(told.get("type", ""), 1)
    if told.get("count"):
        return np.arange(count + 1) * int(told["count"]) * each
    kind = np.dtype(SCALARS[data.get("arrayOffsetType", "UINT32")]).newbyteorder("<")
    return np.frombuffer(view(data["arrayOffsets"]), kind, count + 1).astype(np.int64) * each


def _lists(flat, ends: np.ndarray, told: dict):
    """Lists as texts: "1, 2.5, 3"."""
    import pyarrow as pa
    digits = 12 if told.get("componentType") == "FLOAT64" else 7
    values, none = flat.to_pylist(), told.get("noData")
    rows = [values[a:b] for a, b in zip(ends[:-1].tolist(), ends[1:].tolist())]
    words = [None if row == none else ", ".join(f"{v:.{digits}g}" if isinstance(v, float) else str(v) for v in row)
             for row in rows]
    return pa.array(words, pa.string())


def _values(told: dict, data: dict, count: int, schema: dict, view: Callable[[int], bytes]):
    """`count` single values, one after the other, as an Arrow array."""
    import pyarrow as pa
    kind, raw = told.get("type", ""), view(data["values"])
    if kind == "STRING":
        return _texts(raw, view(data["stringOffsets"]), data.get("stringOffsetType", "UINT32"), count,
                      told.get("noData"))
    if kind == "BOOLEAN":
        bits = np.unpackbits(np.frombuffer(raw, np.uint8), bitorder="little")[:count]
        return pa.array(bits.astype(bool))
    if kind == "ENUM":
        return _enums(told, raw, count, schema)
    values = np.frombuffer(raw, np.dtype(SCALARS[told["componentType"]]).newbyteorder("<"), count)
    none = told.get("noData") if kind == "SCALAR" else None
    missing = values == np.array(none, values.dtype) if none is not None else None
    return pa.array(_scaled(values, told, data), mask=missing)


def _scaled(values: np.ndarray, told: dict, data: dict) -> np.ndarray:
    if told.get("normalized") and values.dtype.kind in "iu":
        values = values / np.float64(np.iinfo(values.dtype).max)
    scale, offset = data.get("scale", told.get("scale")), data.get("offset", told.get("offset"))
    if scale is None and offset is None:
        return values
    scale, offset = np.ravel(1.0 if scale is None else scale), np.ravel(0.0 if offset is None else offset)
    return values * np.resize(scale, len(values)) + np.resize(offset, len(values))


def _texts(raw: bytes, offsets: bytes, kind: str, count: int, no_data):
    """Texts as they lie in the buffer: Arrow has the very same form."""
    import pyarrow as pa
    ends = np.frombuffer(offsets, np.dtype(SCALARS[kind]).newbyteorder("<"), count + 1).astype(np.int64)
    if (np.diff(ends) < 0).any() or int(ends[-1]) > len(raw):
        raise ValueError("texts beyond their buffer")
    texts = pa.LargeStringArray.from_buffers(count, pa.py_buffer(ends.tobytes()), pa.py_buffer(raw))
    texts.validate(full=True)
    texts = texts.cast(pa.string())
    if no_data is None:
        return texts
    import pyarrow.compute as pc
    return pc.if_else(pc.equal(texts, no_data), None, texts)


def _enums(told: dict, raw: bytes, count: int, schema: dict):
    import pyarrow as pa
    said = (schema.get("enums") or {}).get(told.get("enumType"), {})
    words = {v["value"]: v["name"] for v in said.get("values") or ()}
    values = np.frombuffer(raw, np.dtype(SCALARS[said.get("valueType", "UINT16")]).newbyteorder("<"), count)
    return pa.array([words.get(v) for v in values.tolist()], pa.string())
