"""What lies beneath a story that plays: the user's own arrangement, and that is what a project file keeps."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TypeVar

from twin.document import Document
from twin.layer import Layer
from twin.project import View

Part = TypeVar("Part", Document, Layer)
STAGED_VIEW = ("camera", "time", "speed", "loop", "compare")          # what a story turns


class Beneath:
    """`before`: the document as the story found it; `staged`: as it made it; `view`: how it was looked at."""

    def __init__(self, before: Document, view: View):
        self.before = self.staged = before
        self.view = view
        self._found: tuple[Document, Document, Document] | None = None

    def stage(self, old: Document, new: Document) -> None:
        """The story makes `new` of `old`, in which the user may have edited meanwhile."""
        self.staged = carried_over(self.staged, old, new)

    def document(self, now: Document) -> Document:
        """What the user arranged: `now` without what the story staged. Kept while nothing differs."""
        if self._found is None or self._found[0] is not now or self._found[1] is not self.staged:
            self._found = (now, self.staged, carried_over(self.before, self.staged, now))
        return self._found[2]

    def viewed(self, now: View) -> View:
        return replace(now, **{name: getattr(self.view, name) for name in STAGED_VIEW})


def carried_over(onto: Document, old: Document, new: Document) -> Document:
    """`onto` with the difference from `old` to `new`: of a document and of each of its layers, field by field."""
    if onto is old:
        return new
    if new is old:
        return onto
    layers = []
    for layer in new.layers:
        was, mine = old.layer(layer.id), onto.layer(layer.id)
        if was is None:                                                # added since
            layers.append(layer)
        elif mine is not None:
            layers.append(_carried_over(mine, was, layer))
        elif layer != was:                                             # only there, and edited since
            layers.append(layer)
    unseen = [x for x in onto.layers if old.layer(x.id) is None and new.layer(x.id) is None]
    return replace(_carried_over(onto, old, new), layers=(*unseen, *layers))


def _carried_over(onto: Part, old: Part, new: Part) -> Part:
    if new is old or type(onto) is not type(new):
        return onto if new is old else new
    differing = {f.name: value for f in fields(new) if (value := getattr(new, f.name)) != getattr(old, f.name)}
    return replace(onto, **differing) if differing else onto
