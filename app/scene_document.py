"""What the scene shows of a document, which the document itself does not hold."""

from __future__ import annotations

from dataclasses import replace

from twin.below import seen_through
from twin.comparison import DIFFERENCE, as_difference
from twin.document import Document
from twin.layer import Layer

FAINT = 0.3                                # opacity of what one looks through


class SceneDocument:
    """The same one as long as nothing of it differs, so that the stage has nothing to compare."""

    def __init__(self):
        self._made: tuple = ()

    def of(self, document: Document, preview: Layer | None, sketch: Layer | None, faint: frozenset[str]) -> Document:
        """With a layer as it is tried out, one that is being drawn, those that are faint for them, and the look
        through the ground.
        """
        plain = document.ground_opacity >= 1.0 and document.comparison.view != DIFFERENCE
        if preview is None and sketch is None and not faint and plain:
            return document
        kept = (document, preview, sketch, faint)
        if not self._made or any(a is not b for a, b in zip(kept, self._made)):
            made = document.with_each(faint, lambda x: replace(x, opacity=min(x.opacity, FAINT)))
            made = made.with_layer(preview) if preview and document.layer(preview.id) else made
            made = as_difference(made)
            self._made = (*kept, seen_through(made.with_layer(sketch) if sketch else made))
        return self._made[-1]
