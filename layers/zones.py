"""Zones: outlines with a name, lightly filled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from annotated_types import Ge, Le

from twin.layer import Layer, layer_type, styled


@layer_type
@dataclass(frozen=True, kw_only=True)
class Zones(Layer):
    kind: Literal["zones"] = "zones"
    color: str = styled("#1677ff", "Colour", role="color")
    fill_opacity: Annotated[float, Ge(0.0), Le(1.0)] = styled(0.06, "Fill", step=0.02)
    width_px: Annotated[float, Ge(0.0), Le(20.0)] = styled(2.0, "Line width", unit="px", step=0.5)
    label_by: str = styled("name", "Label", role="column")
