"""What of an object is coloured or hidden on its own: each kind of surface, at each level of detail.

A cell is a pair of feature and surface. The colour table has a row per cell where a mesh has several
kinds or levels, and a row per feature otherwise, so that choosing a level only rewrites the table.
"""

from __future__ import annotations

import re

import numpy as np

from twin.data import Mesh

# Metres from the camera up to which a level is worth drawing (CIM 4: 500 m, CIM 3: 2 km, CIM 2 beyond).
BANDS = ((500.0, np.inf), (2000.0, 3.0), (10_000.0, 2.0), (np.inf, 1.0))


class Cells:
    """`feature`, `surface` (cells,) of each cell; `of_vertex` (n,) i4 the cell of each vertex."""

    def __init__(self, mesh: Mesh, features: int):
        self.surfaces = mesh.surfaces
        self.split = mesh.vertex_surface is not None
        if self.split:
            width = max(len(mesh.surfaces), 1)
            key = mesh.vertex_feature.astype(np.int64) * width + mesh.vertex_surface
            keys, self.of_vertex = np.unique(key, return_inverse=True)
            self.of_vertex = self.of_vertex.astype(np.int32).ravel()
            self.feature, self.surface = keys // width, keys % width
        else:
            self.feature, self.surface = np.arange(features), np.zeros(features, np.int64)
            self.of_vertex = mesh.vertex_feature
        self.features = features
        lods = [s.lod for s in mesh.surfaces] or [""]
        self.rank = np.array([_rank(lod) for lod in lods])[self.surface]
        self.lods = sorted(set(lods) - {""}, key=_rank)

    @property
    def count(self) -> int:
        return len(self.feature)

    @property
    def several(self) -> bool:
        """Whether there is a choice of level."""
        return len(self.lods) > 1

    def at_level(self, lod: str) -> np.ndarray:
        """(cells,) bool: the level `lod`, or each feature's highest where it has no such or `lod` is ""."""
        wanted = _rank(lod) if lod in self.lods else np.inf
        exact = np.zeros(self.features, bool)
        exact[self.feature[self.rank == wanted]] = True
        return self.rank == np.where(exact, wanted, self._highest(np.inf))[self.feature]

    def by_distance(self, metres: np.ndarray) -> np.ndarray:
        """(cells,) bool for features (features,) so far away: high levels near, low ones far."""
        band = np.searchsorted([b[0] for b in BANDS[:-1]], metres)
        best = np.stack([self._highest(below) for _, below in BANDS])[band, np.arange(self.features)]
        return self.rank == best[self.feature]

    def _highest(self, below: float) -> np.ndarray:
        """(features,) the highest rank under `below`, or the lowest there is."""
        low, high = np.full(self.features, np.inf), np.full(self.features, -np.inf)
        np.minimum.at(low, self.feature, self.rank)
        np.maximum.at(high, self.feature, np.where(self.rank < below, self.rank, -np.inf))
        return np.where(np.isfinite(high), high, low)


def _rank(lod: str) -> float:
    found = re.match(r"\d+(?:\.\d+)?", lod)
    return float(found[0]) if found else -1.0
