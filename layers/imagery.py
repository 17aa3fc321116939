"""Imagery: a picture draped over the ground."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from annotated_types import Ge, Le

from twin.layer import Layer, layer_type, styled


@layer_type
@dataclass(frozen=True, kw_only=True)
class ImageryLayer(Layer):
    kind: Literal["imagery"] = "imagery"
    brightness: Annotated[float, Ge(0.1), Le(2.0)] = styled(1.0, "Brightness", step=0.05)
    saturation: Annotated[float, Ge(0.0), Le(2.0)] = styled(1.0, "Saturation", step=0.05)
