"""Vectors: points, lines and polygons, draped on the ground."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from annotated_types import Ge, Le

from twin.layer import Layer, layer_type, styled


@layer_type
@dataclass(frozen=True, kw_only=True)
class VectorLayer(Layer):
    kind: Literal["vectors"] = "vectors"
    color: str = styled("#5b8db8", "Colour", role="color")
    color_by: str = styled("", "Colour by", role="column")
    colormap: str = styled("batlow", "Colours", role="colormap")
    fill_opacity: Annotated[float, Ge(0.0), Le(1.0)] = styled(0.6, "Fill", step=0.05)
    width_px: Annotated[float, Ge(0.0), Le(20.0)] = styled(2.0, "Line width", unit="px", step=0.5)
    size_px: Annotated[float, Ge(1.0), Le(60.0)] = styled(9.0, "Point size", unit="px", step=1.0)
    symbol: Literal["dot", "tree", "station"] = styled("dot", "Symbol")
    label_by: str = styled("", "Label", role="column")
