"""Selected and hovered features in the colour table: the accent, and a lighter shade of what is there."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from layers.base import Moment
from layers.palette import ACCENT


def highlighted(rgba: np.ndarray, layer: str, moment: Moment, chosen: Sequence[int] | None = None) -> np.ndarray:
    """`rgba` (features, 4) u1 with the layer's selected and hovered features marked; hidden ones stay hidden.

    `chosen`: of the selected features those that are to be marked; None = all.
    """
    selected = np.asarray(moment.selection.features(layer) if chosen is None else chosen, np.intp)
    selected = selected[selected < len(rgba)]
    hovered = moment.hovered.feature if moment.hovered and moment.hovered.layer == layer else -1
    if not len(selected) and not 0 <= hovered < len(rgba):
        return rgba
    out = rgba.copy()
    if 0 <= hovered < len(rgba):
        out[hovered, :3] = (out[hovered, :3] * 0.45 + np.array(_hover(out[hovered, :3])) * 0.55).astype(np.uint8)
    out[selected, :3] = ACCENT
    there = selected[out[selected, 3] > 0]
    out[there, 3] = np.maximum(out[there, 3], 200)
    return out


def _hover(color: np.ndarray) -> tuple[int, int, int]:
    """Lighter than dark things; white walls cannot become lighter, so they take a little of the accent."""
    return (255, 255, 255) if int(color.max()) < 200 else (150, 196, 255)
