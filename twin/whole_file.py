"""Files that are written wholly or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from twin.text import tr
from twin.trouble import Trouble


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """The name to write to: `path` takes its place at the end. A crash or a full disk leaves the old file as it was.

    Raises Trouble where writing fails.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        yield temporary
        os.replace(temporary, path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise Trouble(tr("The file could not be written."), cause=error.strerror or str(error),
                      way_out=tr("Choose another folder or free some space; nothing was overwritten."),
                      path=str(path)) from error
    except BaseException:
        temporary.unlink(missing_ok=True)        # stopped, or a fault of who writes: no half of a file is left
        raise


def write_atomically(path: Path, text: str) -> None:
    """All or nothing; its folder is made."""
    with whole(path) as temporary:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(temporary, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
