"""The model that was asked last stays open in its worker, so that the next question finds it."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from bim.open import open_model


def kept_model(path: str):
    """The opened file; again where it has changed on disk."""
    stat = Path(path).stat()
    return _kept(str(path), stat.st_size, stat.st_mtime_ns)


@lru_cache(maxsize=1)
def _kept(path: str, size: int, changed_ns: int):
    return open_model(Path(path)).model
