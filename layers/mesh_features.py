"""How many features a mesh has, whichever of its parts says so."""

from __future__ import annotations

from twin.data import Mesh


def feature_count(mesh: Mesh) -> int:
    highest = int(mesh.vertex_feature.max()) + 1 if len(mesh.vertex_feature) else 0
    return max(mesh.count, highest, len(mesh.features) if mesh.features is not None else 0)
