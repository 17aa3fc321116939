"""Lines of a street layer, cut where they meet: what a network is built from."""

from __future__ import annotations

import numpy as np

from twin.data import Vectors


def noded(data: Vectors, kept: np.ndarray | None = None) -> list[np.ndarray]:
    """[(m, 2)] local metres: the lines of the features in `kept` (bool per feature; None = all), cut at crossings.

    Bridges cannot be told from crossings where the data do not say: both are ways across.
    """
    import shapely
    lines = []
    for row, feature in enumerate(data.line_feature):
        if kept is None or kept[feature]:
            points = data.line_points[data.line_offsets[row]:data.line_offsets[row + 1], :2]
            if len(points) > 1:
                lines.append(shapely.linestrings(points.astype(np.float64)))
    if not lines:
        return []
    parts = shapely.get_parts(shapely.node(shapely.multilinestrings(lines)))
    return [shapely.get_coordinates(part) for part in parts]
