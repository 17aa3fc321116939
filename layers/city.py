"""City buildings: one mesh, coloured by an attribute, standing on the terrain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from twin.layer import Layer, layer_type, styled


@layer_type
@dataclass(frozen=True, kw_only=True)
class City(Layer):
    kind: Literal["city"] = "city"
    color_by: str = styled("", "Colour by", role="column", help="Empty shows the white model")
    colormap: str = styled("batlow", "Colours", role="colormap")
    low: float | None = styled(None, "From")
    high: float | None = styled(None, "To")
    color: str = styled("", "Colour", role="color")
    edges: bool = styled(True, "Edges")
    windows: bool = styled(True, "Windows", help="Façade rhythm by day, lit windows at night")
