"""Looking below the ground: the document as it is seen when the ground and what stands on it are see-through."""

from __future__ import annotations

from dataclasses import replace

from twin.document import Document
from twin.layer import Layer

FLAT = ("terrain", "vectors", "zones")                       # pictures fade with the terrain that carries them
STANDING = ("city", "tiles", "building", "vehicles")
STANDING_SHARE = 0.5               # of the ground's opacity: whole rows of houses stand behind each other


def lies_flat(layer: Layer) -> bool:
    return layer.kind in FLAT and not _tree(layer)


def stands(layer: Layer) -> bool:
    """Houses, trees and traffic hide what is under them; what the networks draw (tunnels, shelters) is looked for."""
    return layer.kind in STANDING or _tree(layer)


def only_hides(layer: Layer) -> bool:
    """What has nothing under the ground itself (a model may have a basement)."""
    return layer.kind in ("city", "tiles") or _tree(layer)


def seen_through(document: Document) -> Document:
    """With the opacity that the document gives its ground; itself where nothing can be seen through."""
    ground = document.ground_opacity
    if ground >= 1.0:
        return document
    flat = [layer.id for layer in document.layers if lies_flat(layer)]
    standing = [layer.id for layer in document.layers if stands(layer)]
    return (document.with_each(flat, lambda x: replace(x, opacity=x.opacity * ground))
            .with_each(standing, lambda x: replace(x, opacity=x.opacity * ground * STANDING_SHARE)))


def _tree(layer: Layer) -> bool:
    """Trees stand, whatever their kind of layer."""
    return getattr(layer, "symbol", "") == "tree"
