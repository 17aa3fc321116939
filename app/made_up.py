"""Whether what a command prints is synthetic, and the line that says so wherever numbers are printed."""

from __future__ import annotations

import sys
from pathlib import Path

from twin.document import Document


def synthetic(document: Document, kinds: tuple[str, ...] = ("sensors",)) -> bool:
    """Whether any layer of these kinds that a command reads says that it is made up."""
    return any(x.synthetic and x.source for x in document.layers if x.kind in kinds)


def synthetic_store(project: Path, folder: Path) -> bool:
    """Whether the project says so of its store of readings; a store alone says nothing."""
    from app.discover import layer_types
    from twin.project import load
    if project == folder:
        return False
    layer_types()
    document = load(project).document
    return any(x.synthetic and x.source and Path(x.source.path).resolve() == folder.resolve() for x in document.layers)


def say_so(made_up: bool, *, table: bool = False) -> None:
    """On standard output; beside a `table`, which a program may read, on standard error."""
    from twin.text import tr
    if made_up:
        print(tr("Synthetic data: made up, not measured"), file=sys.stderr if table else sys.stdout)
