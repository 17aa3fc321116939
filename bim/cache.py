"""What was read once is kept: shapes in instanced form, rows and report, by the content of the file.

A cache file is a plain zip of arrays (no pickle); its CRCs tell when it is damaged. Whatever cannot be read back
is thrown away in silence and made again. The folder is bounded: what was not used for longest goes first.
"""

from __future__ import annotations

import json
import os
import tempfile
import zipfile
from dataclasses import dataclass, fields
from functools import cache
from importlib.metadata import version
from pathlib import Path

import numpy as np

from bim.instances import Instances
from bim.kernels import LADDER
from twin.plan import Plan
from twin.told import from_kept, to_keep

FORMAT = 9                                   # of what is kept; raise it with any change of what is made of a file
MOST_BYTES = 2 << 30
FOLDER_VARIABLE = "CITYTWIN_CACHE"
BLOCK_BYTES = 1 << 22
SUFFIX = ".ifc.npz"


@dataclass(frozen=True, eq=False)
class Content:
    """All that reading a file gives, before it is placed in a project. `rows` is an Arrow table; `facts` are JSON
    values: "report", "missing", "notes", "passport", "offset", "placed" (`located.to_keep`). `plan` is the outline on
    the ground, None until it is known. Its texts (`Told`) are kept without a language.
    """

    instances: Instances
    rows: object
    facts: dict
    plan: Plan | None = None


def folder() -> Path:
    if said := os.environ.get(FOLDER_VARIABLE):
        return Path(said)
    import platformdirs
    return platformdirs.user_cache_path("citytwin") / "ifc"


@cache
def versions() -> tuple[str, str]:
    return version("ifcopenshell"), np.__version__


def key_of(path: Path, crs: str) -> str:
    """Content, kernels, library, format, and what else changes the result: the CRS given by hand."""
    import xxhash
    settings = [FORMAT, LADDER, *versions(), crs]
    said = xxhash.xxh3_128(json.dumps(settings).encode())
    with open(path, "rb") as file:
        while block := file.read(BLOCK_BYTES):
            said.update(block)
    return said.hexdigest()


def load(key: str) -> Content | None:
    """None where nothing sound is kept under this key."""
    path = folder() / f"{key}{SUFFIX}"
    try:
        with np.load(path, allow_pickle=False) as kept:
            facts = from_kept(json.loads(kept["facts"].tobytes()))
            if facts.pop("key") != key:
                return None
            content = Content(Instances(**{f.name: kept[f.name] for f in fields(Instances)}),
                              _table(kept["rows"].tobytes()), facts, _plan(facts.pop("plan"), kept["cells"]))
        os.utime(path)
        return content
    except FileNotFoundError:
        return None
    except (OSError, ValueError, LookupError, TypeError, AttributeError, EOFError, zipfile.BadZipFile):
        _remove(path)
        return None


def save(key: str, content: Content) -> None:
    """Keep it if the disk allows; an opening never fails for it."""
    arrays = {f.name: getattr(content.instances, f.name) for f in fields(Instances)}
    plan = content.plan
    said = {f.name: getattr(plan, f.name) for f in fields(Plan)} if plan else {"cells": np.zeros((0, 2))}
    arrays["cells"] = said.pop("cells")
    arrays["facts"] = np.frombuffer(json.dumps(to_keep(content.facts) | {"key": key, "plan": said}).encode(), np.uint8)
    arrays["rows"] = np.frombuffer(_bytes(content.rows), np.uint8)
    try:
        where = folder()
        where.mkdir(parents=True, exist_ok=True)
        handle, unfinished = tempfile.mkstemp(suffix=".part", dir=where)
    except OSError:
        return
    try:
        with os.fdopen(handle, "wb") as file:
            np.savez(file, **arrays)
        os.replace(unfinished, where / f"{key}{SUFFIX}")
        trim(where, MOST_BYTES)
    except OSError:
        _remove(Path(unfinished))


def trim(where: Path, most_bytes: int) -> None:
    """Remove what was not used for longest until the rest is small enough."""
    kept = sorted(((p.stat().st_mtime, p.stat().st_size, p) for p in where.glob(f"*{SUFFIX}")), reverse=True)
    held = 0
    for _, size, path in kept:
        held += size
        if held > most_bytes:
            _remove(path)


def _plan(said: dict, cells: np.ndarray) -> Plan | None:
    return Plan(cells=cells, **said) if said else None


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return                               # in use elsewhere, or not ours: it is made again beside it


def _bytes(table) -> bytes:
    import pyarrow as pa
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue().to_pybytes()


def _table(data: bytes):
    import pyarrow as pa
    with pa.ipc.open_stream(data) as reader:
        return reader.read_all()
