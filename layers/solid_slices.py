"""How much of a large mesh one frame takes into the scene."""

from __future__ import annotations

import numpy as np

from layers.feature_triangles import FeatureTriangles
from layers.solid_part import Extent

SLICE_TRIANGLES, MOST_SLICES = 125_000, 40           # each slice is drawn by itself, every time


def end_of_slice(triangles: FeatureTriangles, start: Extent, whole: Extent, most: int = MOST_SLICES) -> Extent:
    """The end of the mesh, or of as many whole features after `start` as a frame can take, of `most` slices.

    One feature at least. Those that do not follow one another in the mesh cannot be parted: then it is the whole.
    """
    size = max(SLICE_TRIANGLES, -(-whole.triangles // most))
    if whole.triangles - start.triangles <= size:
        return whole
    mesh, owner = triangles.mesh, triangles.sorted[0]
    if not triangles.consecutive:
        return whole
    feature = max(int(owner[start.triangles + size]), start.features + 1)
    ends = (_first(of, feature) for of in (mesh.vertex_feature, owner, triangles.lines))
    return Extent(*ends, feature, _first(mesh.tint_feature, feature))


def _first(of: np.ndarray, feature: int) -> int:
    """Where a feature begins in sorted numbers. Asked in their own type: numpy copies all of them into a wider one."""
    return int(np.searchsorted(of, of.dtype.type(feature)))
