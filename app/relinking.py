"""A file that is no longer where the project says: the layer is pointed to where it lies now, and with it all others
that are missed from the same folder and lie beside it again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from twin.document import Document
from twin.layer import Layer, Unread, is_url


def is_missing(layer: Layer) -> bool:
    """Its file or folder is not there, and can be looked for."""
    source = layer.source
    return bool(source and source.path and not is_url(source.path)
                and not Path(source.path).exists())


def relinked(document: Document, id: str, path: Path) -> Document:
    """The layer reads `path` from here on; layers whose files are missed below its old folder follow to the new one."""
    was = Path(document.layer(id).source.path).parent
    now = {id: path}
    for layer in document.layers:
        if layer.id != id and is_missing(layer) and was in Path(layer.source.path).parents:
            there = path.parent / Path(layer.source.path).relative_to(was)
            if there.exists():
                now[layer.id] = there
    return document.with_each(now, lambda x: replace(x, source=replace(x.source, path=str(now[x.id].absolute()))))


def find(window, id: str) -> None:
    """Ask where the file of a layer lies. One edit."""
    from app import dialogs
    session = window.session
    name = Path(session.document.layer(id).source.path).name
    if path := dialogs.find_file(window, window.settings.folder, name):
        before = session.document
        session.edits.commit(relinked(before, id, path), "Find the file")
        session.edits.seal()
        for layer in session.document.layers:                  # what was never recognised is looked at
            if isinstance(layer, Unread) and layer is not before.layer(layer.id):
                window.filing.reload(layer.id)
