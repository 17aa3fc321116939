"""Large results between processes: the arrays in one memory-mapped file, the rest in the pipe.

Only between a parent and the workers it spawned itself, never for files of a project.
"""

from __future__ import annotations

import mmap
import os
import pickle
import tempfile
from typing import Any

ALIGN = 64


def dump(value: Any, folder: str) -> tuple[bytes, str, tuple[tuple[int, int], ...]]:
    """Write the arrays of `value` into a new file of `folder`; returns what `load` needs."""
    return written(*packed(value), folder)


def inline(value: Any) -> tuple[bytes, str, tuple[tuple[int, int], ...]]:
    """Without a file, for what is small."""
    return pickle.dumps(value, protocol=5), "", ()


def packed(value: Any) -> tuple[bytes, list[memoryview]]:
    """`value` without its arrays, and these: nothing large is copied."""
    buffers: list[pickle.PickleBuffer] = []
    body = pickle.dumps(value, protocol=5, buffer_callback=buffers.append)
    return body, [buffer.raw() for buffer in buffers]


def written(body: bytes, arrays: list[memoryview], folder: str) -> tuple[bytes, str, tuple[tuple[int, int], ...]]:
    if not arrays:
        return body, "", ()
    os.makedirs(folder, mode=0o700, exist_ok=True)       # systems clear away temporary folders that were long idle
    handle, path = tempfile.mkstemp(suffix=".spill", dir=folder)
    places = []
    with os.fdopen(handle, "wb") as file:
        for raw in arrays:
            file.write(b"\0" * (-file.tell() % ALIGN))
            places.append((file.tell(), raw.nbytes))
            file.write(raw)
        if file.tell() == 0:
            file.write(b"\0")
    return body, path, tuple(places)


def load(spilled: tuple[bytes, str, tuple[tuple[int, int], ...]], own: bool = False) -> Any:
    """The value again; its arrays are views of the mapped file, which is unlinked where possible. They are read-only,
    or its `own`: what is written into them stays in this process.
    """
    body, path, places = spilled
    if not path:
        return pickle.loads(body)
    with open(path, "rb") as file:
        mapped = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY if own else mmap.ACCESS_READ))
    if os.name == "posix":
        os.unlink(path)                  # the mapping keeps it alive; nothing is left after a crash
    return pickle.loads(body, buffers=[mapped[start:start + size] for start, size in places])
