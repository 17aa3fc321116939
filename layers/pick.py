"""Picks on meshes: the nearest triangle along a ray whose feature is drawn.

The search tree is built in a thread of its own after a mesh has settled; until then there is nothing to pick.
Everything along the ray is looked at in order, so that what is hidden never gets in the way.
"""

from __future__ import annotations

import threading

import numpy as np
from vtkmodules.vtkCommonCore import vtkIdList, vtkPoints
from vtkmodules.vtkCommonDataModel import vtkGenericCell, vtkPolyData, vtkStaticCellLocator

from layers.geometry import poly_data

AT_ONCE = 5000                            # triangles whose tree stands within a millisecond or two


class MeshPicker:
    """`points` (n, 3) f4 and `triangles` (m, 3) stay as they are while the picker lives."""

    def __init__(self, points: np.ndarray, triangles: np.ndarray, vertex_feature: np.ndarray):
        self.points, self.triangles, self.vertex_feature = points, triangles, vertex_feature
        self._locator: vtkStaticCellLocator | None = None
        self._thread = threading.Thread(target=self._build, name="picker", daemon=True)
        if len(triangles) < AT_ONCE:
            self._thread.run()                               # a thread would only get into the renderer's way
        else:
            self._thread.start()

    @property
    def ready(self) -> bool:
        return self._locator is not None

    def wait(self) -> None:
        """Until the tree stands (tests and scripts; the window never waits)."""
        if self._thread.is_alive():
            self._thread.join()

    def _build(self) -> None:
        if not len(self.triangles):
            return
        data: vtkPolyData = poly_data(self.points, triangles=self.triangles)
        locator = vtkStaticCellLocator()
        locator.SetDataSet(data)
        locator.BuildLocator()
        self._locator = locator

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
        if self._locator is None:
            return np.zeros(0, np.intp)
        found, places = vtkIdList(), vtkPoints()
        self._locator.IntersectWithLine(tuple(start), tuple(end), 1e-4, places, found, vtkGenericCell())
        return np.array([found.GetId(i) for i in range(found.GetNumberOfIds())], np.intp)


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
