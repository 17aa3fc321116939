"""An IFC building: one mesh, feature index per vertex, coloured by style, class or storey."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from twin.layer import Layer, Placement, layer_type, styled


@layer_type
@dataclass(frozen=True, kw_only=True)
class Building(Layer):
    """`placement` (project CRS) overrides the file's own georeference; None = as the file says."""

    kind: Literal["building"] = "building"
    color_by: str = styled("style", "Colour by", role="column",
                           help="style (the file's colours), class, storey or another attribute")
    colormap: str = styled("batlow", "Colours", role="colormap")
    storey: str = styled("", "Only storey", role="storey")
    spaces: bool = styled(False, "Show spaces")
    edges: bool = styled(True, "Edges")
    placement: Placement | None = None
