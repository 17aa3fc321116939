"""The triangles of a mesh by feature, as they are put down and read again while a model is taken apart."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from cim.bake.skins import Skin
from cim.city_shapes import lod_rank
from twin.data import Mesh


class Parts:
    """The vertices and triangles of a mesh by feature, only of each feature's highest level of detail.

    `points` (n, 3) f8 metres, `feature` (n,), `triangles` (m, 3); `colors` (n, 4) u1 and `skin` where there are any;
    `origin` (n,): the number that each vertex has in the mesh.
    """

    def __init__(self, count: int, points, feature, triangles, origin, colors=None, skin: Skin | None = None):
        self.count, self.points, self.feature, self.triangles = count, points, feature, triangles
        self.origin, self.colors, self.skin = origin, colors, skin
        self.triangles_of = np.bincount(feature[triangles[:, 0]], minlength=count)
        self.low, self.high = np.full((count, 3), np.inf), np.full((count, 3), -np.inf)
        np.minimum.at(self.low, feature, points)
        np.maximum.at(self.high, feature, points)
        bare = ~np.isfinite(self.low[:, 0])                  # rows without a shape stay in the table
        self.low[bare] = self.high[bare] = points.mean(axis=0)
        self.size = np.where(bare, 0.0, np.linalg.norm(self.high - self.low, axis=1))

    @classmethod
    def of(cls, mesh: Mesh, points: np.ndarray) -> Parts:
        count = max(mesh.count, int(mesh.vertex_feature.max()) + 1,
                    mesh.features.num_rows if mesh.features is not None else 0)
        triangles = mesh.triangles[_highest(mesh, count)[mesh.triangles[:, 0]]]
        used = np.unique(triangles)
        colors, back = _colors(mesh), np.zeros(len(points), np.int64)
        back[used] = np.arange(len(used))
        return cls(count, points[used], mesh.vertex_feature[used], back[triangles], used,
                   None if colors is None else colors[used])

    def arrays(self) -> dict[str, np.ndarray]:
        held = {"count": np.array(self.count), "points": self.points, "feature": self.feature,
                "triangles": self.triangles, "origin": self.origin}
        return held if self.colors is None else held | {"colors": self.colors}

    @classmethod
    def read(cls, folder: Path, skin: Skin | None) -> Parts:
        """What `arrays` were, with their textures; `skin` of all points of the mesh."""
        held = {name: np.load(folder / f"{name}.npy") for name in ("points", "feature", "triangles", "origin")}
        colors = np.load(folder / "colors.npy") if (folder / "colors.npy").exists() else None
        mine = skin and replace(skin, uv=skin.uv[held["origin"]], picture=skin.picture[held["origin"]])
        return cls(int(np.load(folder / "count.npy")), **held, colors=colors,
                   skin=None if mine is None or mine.bare else mine)

    @property
    def middle(self) -> np.ndarray:
        return (self.low[:, :2] + self.high[:, :2]) / 2

    def ordered(self, order: np.ndarray) -> dict[str, np.ndarray]:
        """`points` f8, `triangles` from the feature's first vertex, `vertex_at` and `triangle_at` (features + 1,)."""
        rank = np.empty(self.count, np.int64)
        rank[order] = np.arange(self.count)
        vertex_rank = rank[self.feature]
        vertices = np.argsort(vertex_rank, kind="stable")
        place = np.empty(len(vertices), np.int64)
        place[vertices] = np.arange(len(vertices))
        triangle_rank = vertex_rank[self.triangles[:, 0]]
        cells = np.argsort(triangle_rank, kind="stable")
        vertex_at = np.searchsorted(vertex_rank[vertices], np.arange(self.count + 1))
        triangles = place[self.triangles[cells]] - vertex_at[triangle_rank[cells]][:, None]
        out = {"points": self.points[vertices], "triangles": triangles.astype(np.int32), "vertex_at": vertex_at,
               "triangle_at": np.searchsorted(triangle_rank[cells], np.arange(self.count + 1))}
        if self.colors is not None:
            out["colors"] = self.colors[vertices]
        return out if self.skin is None else out | {"uv": self.skin.uv[vertices],
                                                    "picture": self.skin.picture[vertices]}


def _highest(mesh: Mesh, count: int) -> np.ndarray:
    """(vertices,) bool: of the highest level of its feature."""
    if mesh.vertex_surface is None or not mesh.surfaces:
        return np.ones(len(mesh.points), bool)
    rank = np.array([lod_rank(s.lod)[0] for s in mesh.surfaces])[mesh.vertex_surface]
    highest = np.full(count, -np.inf)
    np.maximum.at(highest, mesh.vertex_feature, rank)
    return rank == highest[mesh.vertex_feature]


def _colors(mesh: Mesh) -> np.ndarray | None:
    """(vertices, 4) u1 as the file says; None where it says nothing."""
    own = [s.color for s in mesh.surfaces]
    if mesh.colors is None and not any(own):
        return None
    rgba = np.full((len(mesh.points), 4), 255, np.uint8)
    if mesh.colors is not None:
        rgba[:] = mesh.colors[mesh.vertex_feature]
    if mesh.vertex_tint is not None:
        tinted = mesh.vertex_tint >= 0
        rgba[tinted] = mesh.tint_colors[mesh.vertex_tint[tinted]]
    if any(own):
        known = np.array([c is not None for c in own])[mesh.vertex_surface]
        rgba[known, :3] = np.array([c or (255, 255, 255) for c in own], np.uint8)[mesh.vertex_surface[known]]
    return rgba
