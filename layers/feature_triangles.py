"""The triangles of a mesh by the feature that they belong to."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from twin.data import Mesh


class FeatureTriangles:
    """Sorted at the first question, and only where the mesh does not hold them in order already."""

    def __init__(self, mesh: Mesh):
        self.mesh = mesh

    @cached_property
    def sorted(self) -> tuple[np.ndarray, np.ndarray | None]:
        """(triangles,) features in ascending order, and the order that sorts the mesh's; None = they are sorted."""
        owner = self.mesh.vertex_feature[self.mesh.triangles[:, 0]]
        order = None if _ascends(owner) else np.argsort(owner, kind="stable")
        return owner if order is None else owner[order], order

    @cached_property
    def lines(self) -> np.ndarray:
        """(edges,) i4 their features."""
        edges = self.mesh.edges
        return self.mesh.vertex_feature[edges[:, 0]] if edges is not None else np.zeros(0, np.int32)

    @cached_property
    def consecutive(self) -> bool:
        """Whether the features follow one another in all arrays of the mesh."""
        return self.sorted[1] is None and _ascends(self.mesh.vertex_feature) and _ascends(self.lines)

    def of(self, feature: int) -> np.ndarray:
        """(m, 3) triangles of one feature."""
        return self._at(slice(*self._starts(np.array([feature, feature + 1]))))

    def of_some(self, features: np.ndarray, most: int) -> np.ndarray:
        """(m, 3) triangles of some features; none where they are more than `most`."""
        if not len(features):
            return np.zeros((0, 3), np.int32)
        starts, stops = self._starts(features), self._starts(features + 1)
        if (stops - starts).sum() > most:
            return np.zeros((0, 3), np.int32)
        sizes = stops - starts
        rows = np.arange(sizes.sum()) + np.repeat(starts - (np.cumsum(sizes) - sizes), sizes)
        return self._at(rows)

    def _starts(self, features: np.ndarray) -> np.ndarray:
        """Where they begin among the sorted triangles."""
        return np.searchsorted(self.sorted[0], features)

    def _at(self, rows: slice | np.ndarray) -> np.ndarray:
        order = self.sorted[1]
        return self.mesh.triangles[rows if order is None else order[rows]]


def _ascends(features: np.ndarray) -> bool:
    return bool((features[1:] >= features[:-1]).all())
