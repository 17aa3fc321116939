"""What the layer manager and `render --json` say about a layer that is drawn, or why it is not."""

from __future__ import annotations

from dataclasses import dataclass

from twin.assets import ERROR, Asset, Assets
from twin.document import Document
from twin.layer import Group, Layer
from twin.text import tr


@dataclass
class Row:
    """`state` as in twin.assets, "" without content."""

    state: str = ""
    error: str = ""
    features: int = 0
    triangles: int = 0
    load_ms: float = 0.0
    draw_ms: float = 0.0

    @classmethod
    def of(cls, asset: Asset | None) -> Row:
        if asset is None:
            return cls()
        return cls(state=asset.state, error=str(asset.error) if asset.error else "", load_ms=asset.load_ms)


def row_without_visual(layer: Layer, document: Document, assets: Assets) -> Row:
    """Of a layer that nothing draws."""
    if isinstance(layer, Group):
        return Row()
    if layer.kind == "opaque":
        return Row(ERROR, tr("This layer is of a kind that this version does not know; it is kept as it is."))
    asked = assets.of if document.shown(layer) else assets.held
    return Row.of(asked(layer, document.frame, document.time_zone))
