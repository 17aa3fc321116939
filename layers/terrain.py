"""Terrain: the height grid as one lit surface."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from annotated_types import Ge, Le

from twin.layer import Layer, layer_type, styled


@layer_type
@dataclass(frozen=True, kw_only=True)
class Terrain(Layer):
    kind: Literal["terrain"] = "terrain"
    exaggeration: Annotated[float, Ge(0.0), Le(50.0)] = styled(1.0, "Vertical exaggeration", step=0.5)
    color_by: Literal["plain", "elevation"] = styled("plain", "Colour by")
    colormap: str = styled("batlow", "Colours", role="colormap")
