"""Sensors: points or columns, coloured by the newest value at the clock's time; stale ones grey."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from annotated_types import Ge, Gt, Le

from twin.layer import Layer, Placement, layer_type, styled


@layer_type
@dataclass(frozen=True, kw_only=True)
class SensorPoints(Layer):
    """`observed` is one observed property of the source; "" = the first. `low`, `high` None = from the data."""

    kind: Literal["sensors"] = "sensors"
    observed: str = styled("", "Observed property", role="property")
    shape: Literal["points", "columns"] = styled("points", "Shape")
    colormap: str = styled("batlow", "Colours", role="colormap")
    low: float | None = styled(None, "From")
    high: float | None = styled(None, "To")
    stale_minutes: Annotated[float, Gt(0.0), Le(100_000.0)] = styled(15.0, "Stale after", unit="min", step=5.0)
    size_px: Annotated[float, Ge(1.0), Le(60.0)] = styled(9.0, "Point size", unit="px", step=1.0)
    column_height_m: Annotated[float, Ge(1.0), Le(5000.0)] = styled(120.0, "Column height", unit="m", step=10.0)
    label: bool = styled(False, "Values as labels")
    placement: Placement | None = None
