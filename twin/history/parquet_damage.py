"""A damaged Parquet file: the library finds it out when it opens the file, or only when it unpacks a page of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from twin.text import tr
from twin.trouble import Trouble


@contextmanager
def damage_told(path: Path) -> Iterator[None]:
    """Whatever the library throws inside is a Trouble that names the file."""
    import pyarrow as pa
    try:
        yield
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise Trouble(tr("This Parquet file is damaged or cut off."), cause=str(error)[:300],
                      way_out=tr("Copy or export it again."), path=str(path)) from None
