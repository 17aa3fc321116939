"""Where the readings lie that a layer shows."""

from __future__ import annotations

from pathlib import Path

from twin.layer import Source


def store_of(source: Source) -> Path | None:
    """The store, or the local copy of what lies elsewhere; None where the readings are in a file."""
    from twin.engines.mirror import local_store
    return local_store(source.path)
