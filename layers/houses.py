"""A city's houses as they stand on the ground, computed beside the frames: 300,000 of them take seconds."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from layers.beside import MadeBeside
from layers.cells import Cells
from layers.facade import wall_places
from layers.feature_triangles import FeatureTriangles
from layers.mesh_features import feature_count
from layers.words import warm
from twin.data import Bounds, Mesh, box
from twin.ground import Ground

FOOT_M = 3.0                                       # walls reach below the ground, or slopes show gaps


@dataclass(frozen=True, eq=False)
class Standing:
    """`mesh` in cells instead of features, with its `points` (n, 3) f4 on the ground, what its `walls` (n, 2) f4 carry
    (see `wall_places`), the order of its `triangles`, and the middle of each feature (features, 3) f8 where there is a
    choice of levels.
    """

    source: Mesh
    cells: Cells
    mesh: Mesh
    points: np.ndarray
    walls: np.ndarray
    triangles: FeatureTriangles
    centres: np.ndarray | None


class Houses(MadeBeside):
    """`now` is what can be drawn: on the former ground until they stand on the new one, None until they first do."""

    def __init__(self, canvas):
        super().__init__(canvas)
        if not canvas.at_once:
            warm()                                           # what their first column needs
        self.now: Standing | None = None

    def ask(self, mesh: Mesh, ground: Ground, offset_m: float) -> None:
        """Once for each of them. Houses of another mesh are let go: colours and counts are this one's by now."""
        asked = (mesh, ground if mesh.base is not None else None, offset_m)
        if self._is_asked(*asked):
            return
        if self.now is not None and self.now.source is not mesh:
            self.now = None
        self._asked, former = asked, self.now
        self._beside.ask(lambda: _moved(former, ground, offset_m) if former else _made(mesh, ground, offset_m),
                         len(mesh.points))

    def take(self) -> bool:
        """Whether they stand elsewhere now, or are others."""
        made = self._beside.take()
        self.now = self.now if made is None else made
        return made is not None

    def clear(self) -> None:
        self._beside.forget()
        self.now, self._asked = None, ()

    def bounds(self) -> Bounds | None:
        """Of what is asked for, somewhere between the lowest and the highest of the ground."""
        found = box(self._asked[0].points) if self._asked else None
        if found is None:
            return None
        _, ground, offset_m = self._asked
        low, high = ground.span() if ground is not None else (0.0, 0.0)
        return (*found[:2], found[2] + low + offset_m, *found[3:5], found[5] + high + offset_m)


def _made(mesh: Mesh, ground: Ground, offset_m: float) -> Standing:
    cells = Cells(mesh, feature_count(mesh))
    drawn = replace(mesh, vertex_feature=cells.of_vertex)
    points, triangles = standing(mesh, ground, offset_m), FeatureTriangles(drawn)
    triangles.consecutive                                    # noqa: B018 - asked for here, not in a frame
    return Standing(mesh, cells, drawn, points, wall_places(points, cells.of_vertex, mesh.facade, cells.count),
                    triangles, _centres(mesh, points, cells.features) if cells.several else None)


def _moved(former: Standing, ground: Ground, offset_m: float) -> Standing:
    """Each goes up or down as a whole: what its walls carry stays."""
    points = standing(former.source, ground, offset_m)
    return replace(former, points=points, centres=None if former.centres is None
                   else _centres(former.source, points, former.cells.features))


def _centres(mesh: Mesh, points: np.ndarray, features: int) -> np.ndarray:
    """(features, 3) f8 the middle of each feature's vertices."""
    count = np.maximum(np.bincount(mesh.vertex_feature, minlength=features), 1)
    return np.stack([np.bincount(mesh.vertex_feature, points[:, i], minlength=features) / count for i in range(3)],
                    axis=1)


def standing(mesh: Mesh, ground: Ground, offset_m: float) -> np.ndarray:
    """(n, 3) f4: the points where they are drawn; relative ones lifted onto the ground, all at once."""
    if mesh.base is None:
        return mesh.points + np.array([0.0, 0.0, offset_m], np.float32) if offset_m else mesh.points
    points = mesh.points.copy()
    if mesh.facade is not None:
        points[mesh.facade[:, 1] <= 0.0, 2] -= FOOT_M
    points[:, 2] += (ground.height_at(mesh.base) + np.float32(offset_m))[mesh.vertex_feature]
    return points
