"""Files that are written wholly or not at all."""

from __future__ import annotations

import os
from pathlib import Path

from twin.text import tr
from twin.trouble import Trouble


def write_atomically(path: Path, text: str) -> None:
    """All or nothing: a crash or a full disk leaves the old file as it was."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(temporary, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise Trouble(tr("The file could not be written."), cause=error.strerror or str(error),
                      way_out=tr("Choose another folder or free some space; nothing was overwritten."),
                      path=str(path)) from error
