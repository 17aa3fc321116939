"""Looking below the ground: the document as it is seen when the ground and what lies flat on it are see-through."""

from __future__ import annotations

from dataclasses import replace

from twin.document import Document
from twin.layer import Layer

FLAT = ("terrain", "vectors", "zones")                       # pictures fade with the terrain that carries them


def lies_flat(layer: Layer) -> bool:
    """Trees stand, whatever their kind of layer."""
    return layer.kind in FLAT and getattr(layer, "symbol", "") != "tree"


def seen_through(document: Document) -> Document:
    """With the opacity that the document gives its ground; itself where nothing can be seen through."""
    if document.ground_opacity >= 1.0:
        return document
    flat = [layer.id for layer in document.layers if lies_flat(layer)]
    return document.with_each(flat, lambda x: replace(x, opacity=x.opacity * document.ground_opacity))
