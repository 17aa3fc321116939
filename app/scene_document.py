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

    def of(self, document: Document, preview: Layer | None, drawn: tuple[Layer | None, ...],
           faint: frozenset[str]) -> Document:
        """With a layer as it is tried out, those that are being drawn or picked, those that are faint for them,
        and the look through the ground.
        """
        plain = document.ground_opacity >= 1.0 and document.comparison.view != DIFFERENCE
        drawn = tuple(layer for layer in drawn if layer is not None)
        if preview is None and not drawn and not faint and plain:
            return document
        kept = (document, preview, faint, *drawn)
        if len(self._made) != len(kept) + 1 or any(a is not b for a, b in zip(kept, self._made)):
            made = document.with_each(faint, lambda x: replace(x, opacity=min(x.opacity, FAINT)))
            made = made.with_layer(preview) if preview and document.layer(preview.id) else made
            made = as_difference(made)
            for layer in drawn:
                made = made.with_layer(layer)
            self._made = (*kept, seen_through(made))
        return self._made[-1]
