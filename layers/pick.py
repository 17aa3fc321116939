"""Picks on meshes: the nearest triangle along a ray whose feature is drawn.

Search trees are built in a thread of its own after a mesh has settled; until they stand there is nothing to pick.
Building one lets no other thread run meanwhile, so a large mesh has many small ones, with a pause after each.
Everything along the ray is looked at in order, so that what is hidden never gets in the way.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

import numpy as np
from vtkmodules.vtkCommonCore import vtkIdList, vtkPoints
from vtkmodules.vtkCommonDataModel import vtkGenericCell, vtkStaticCellLocator

from layers.geometry import poly_data
from twin.data import Bounds, box

AT_ONCE = 5000                            # triangles whose tree stands within a millisecond or two
TREE_TRIANGLES, PAUSE_SECS = 30_000, 0.001


@dataclass(frozen=True, eq=False)
class _Tree:
    """Over the triangles of a mesh from `first` on, within `bounds`."""

    first: int
    locator: vtkStaticCellLocator
    bounds: Bounds


class MeshPicker:
    """`points` (n, 3) f4 and `triangles` (m, 3) stay as they are while the picker lives."""

    def __init__(self, points: np.ndarray, triangles: np.ndarray, vertex_feature: np.ndarray):
        self.points, self.triangles, self.vertex_feature = points, triangles, vertex_feature
        self._trees: list[_Tree] = []
        self._boxes = np.zeros((0, 2, 3))                    # low and high of each
        self._thread = threading.Thread(target=self._build, name="picker", daemon=True)
        if len(triangles) < AT_ONCE:
            self._thread.run()                               # a thread would only get into the renderer's way
        else:
            self._thread.start()

    @property
    def ready(self) -> bool:
        return bool(self._trees)

    def wait(self) -> None:
        """Until the trees stand (tests and scripts; the window never waits)."""
        if self._thread.is_alive():
            self._thread.join()

    def _build(self) -> None:
        trees = []
        for first in range(0, len(self.triangles), TREE_TRIANGLES):
            trees.append(_tree(self.points, self.triangles[first:first + TREE_TRIANGLES], first))
            if len(self.triangles) > TREE_TRIANGLES:
                time.sleep(PAUSE_SECS)
        self._boxes, self._trees = np.array([tree.bounds for tree in trees]).reshape(-1, 2, 3), trees

    def pick(self, start: np.ndarray, end: np.ndarray, drawn: np.ndarray,
             planes: np.ndarray | None = None) -> tuple[float, int, np.ndarray] | None:
        """(share of the way, feature, point (3,)) of the first hit on a feature that is `drawn` (features,) bool.

        `planes` (k, 4): n and d; only what lies at n·p <= d of all of them is there.
        """
        cells = self._along(start, end)
        cells = cells[drawn[self.vertex_feature[self.triangles[cells, 0]]]]
        if not len(cells):
            return None
        start, end = np.asarray(start, np.float64), np.asarray(end, np.float64)
        share = crossings(self.points[self.triangles[cells]].astype(np.float64), start, end - start)
        if planes is not None and len(planes):
            hit = np.isfinite(share)
            places = start + share[hit, None] * (end - start)
            share[hit] = np.where((places @ planes[:, :3].T <= planes[:, 3] + 1e-9).all(axis=1), share[hit], np.inf)
        first = int(np.argmin(share))
        if not np.isfinite(share[first]):
            return None
        feature = int(self.vertex_feature[self.triangles[cells[first], 0]])
        return float(share[first]), feature, start + share[first] * (end - start)

    def _along(self, start: np.ndarray, end: np.ndarray) -> np.ndarray:
        cells: list[int] = []
        found, places, cell = vtkIdList(), vtkPoints(), vtkGenericCell()
        for at in np.flatnonzero(met(self._boxes[:, 0], self._boxes[:, 1], start, end)):
            tree = self._trees[at]
            tree.locator.IntersectWithLine(tuple(start), tuple(end), 1e-4, places, found, cell)
            cells += [tree.first + found.GetId(i) for i in range(found.GetNumberOfIds())]
        return np.array(cells, np.intp)


def _tree(points: np.ndarray, triangles: np.ndarray, first: int) -> _Tree:
    """Of some triangles, with no more points than they have."""
    start, stop = int(triangles.min()), int(triangles.max()) + 1
    if stop - start <= 3 * len(triangles):
        points, triangles = points[start:stop], triangles - start
    else:
        used, index = np.unique(triangles, return_inverse=True)
        points, triangles = points[used], index.reshape(-1, 3)
    locator = vtkStaticCellLocator()
    locator.SetDataSet(poly_data(points, triangles=triangles))
    locator.BuildLocator()
    return _Tree(first, locator, box(points))


def met(low: np.ndarray, high: np.ndarray, start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """(n,) bool: which boxes, `low` and `high` (n, 3), the way from `start` to `end` meets, a little wide."""
    along = np.asarray(end, np.float64) - start
    wide = 1e-3 + 1e-6 * np.abs(along).max()
    with np.errstate(divide="ignore", invalid="ignore"):
        one, two = (low - wide - start) / along, (high + wide - start) / along
    parallel = along == 0
    inside = (start >= low - wide) & (start <= high + wide)
    near = np.where(parallel, np.where(inside, -np.inf, np.inf), np.minimum(one, two)).max(axis=1)
    far = np.where(parallel, np.where(inside, np.inf, -np.inf), np.maximum(one, two)).min(axis=1)
    return (near <= far) & (far >= 0) & (near <= 1)


def crossings(corners: np.ndarray, start: np.ndarray, along: np.ndarray) -> np.ndarray:
    """Where the line start + t * along meets triangles (m, 3, 3); inf where it misses (Möller and Trumbore 1997).

    The borders count a little wide, so that no ray slips between two triangles of a wall.
    """
    a, ab, ac = corners[:, 0], corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    p = np.cross(along, ac)
    det = (ab * p).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        s = start - a
        u = (s * p).sum(axis=1) / det
        q = np.cross(s, ab)
        v = (q @ along) / det
        t = (ac * q).sum(axis=1) / det
    edge = 1e-6
    inside = (det != 0) & (u >= -edge) & (v >= -edge) & (u + v <= 1 + edge) & (t >= 0) & (t <= 1)
    return np.where(inside, t, np.inf)
