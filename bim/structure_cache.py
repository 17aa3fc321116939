"""The structure of a file, kept beside its shapes: the second opening of a large model does not parse it again."""

from __future__ import annotations

import os
import tempfile
import zipfile
from pathlib import Path

import numpy as np

from bim import cache
from bim.structure import Structure, structure_of
from twin.readers import Progress

FORMAT = 1                                   # of what is kept; raise it with any change of `Structure`
TABLES = ("nodes", "groups")


def structure(path: str, progress: Progress | None = None) -> Structure:
    """Runs in a worker: the structure, from the cache where the file's content is known there."""
    from bim.open import open_model
    if progress:
        progress(0.0, 0.0)
    where = _place(Path(path))
    kept = _load(where)
    if kept is None:
        kept = structure_of(open_model(Path(path)).model)
        _save(where, kept)
    return kept


def _place(path: Path) -> Path:
    """In the folder that the shapes' cache bounds, under a name that it counts."""
    return cache.folder() / f"{cache.key_of(path, f'structure {FORMAT}')}{cache.SUFFIX}"


def _load(where: Path) -> Structure | None:
    """None where nothing sound is kept."""
    import pyarrow as pa
    try:
        with np.load(where, allow_pickle=False) as kept:
            tables = [pa.ipc.open_stream(kept[name].tobytes()).read_all() for name in TABLES]
        os.utime(where)
        return Structure(*tables)
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None


def _save(where: Path, structure: Structure) -> None:
    """If the disk allows; an answer never fails for it."""
    unfinished = None
    try:
        where.parent.mkdir(parents=True, exist_ok=True)
        handle, unfinished = tempfile.mkstemp(suffix=".part", dir=where.parent)
        with os.fdopen(handle, "wb") as file:
            np.savez(file, **{name: np.frombuffer(_bytes(getattr(structure, name)), np.uint8) for name in TABLES})
        os.replace(unfinished, where)
        cache.trim(where.parent, cache.MOST_BYTES)
    except OSError:
        if unfinished and os.path.exists(unfinished):
            os.unlink(unfinished)


def _bytes(table) -> bytes:
    import pyarrow as pa
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue().to_pybytes()
