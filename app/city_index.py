"""The buildings of a city layer one by one: their middles, and the plan of those that are asked for.

Sorting a large city takes a while; a thread of its own does it, as it does for picks.
"""

from __future__ import annotations

import threading
from weakref import WeakKeyDictionary

import numpy as np

from twin.data import Mesh
from twin.plan import Plan, plan

_kept: WeakKeyDictionary[Mesh, CityIndex] = WeakKeyDictionary()


def index_of(mesh: Mesh) -> CityIndex:
    """The same one for the same mesh; its work starts at the first call."""
    if mesh not in _kept:
        _kept[mesh] = CityIndex(mesh)
    return _kept[mesh]


class CityIndex:
    """`middles` (features, 2) f8 local metres, NaN for a building without triangles. Empty until `ready`."""

    def __init__(self, mesh: Mesh):
        self.middles = np.zeros((0, 2))
        self._points, self._triangles, self._of_vertex = mesh.points, mesh.triangles, mesh.vertex_feature
        self._order = self._starts = np.zeros(0, np.int64)
        self._plans: dict[int, Plan | None] = {}
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._build, name="city index", daemon=True)
        self._thread.start()

    @property
    def ready(self) -> bool:
        return self._ready.is_set()

    def wait(self) -> None:
        """Until it is ready (tests and scripts; the window never waits)."""
        self._thread.join()

    def _build(self) -> None:
        of_triangle = self._of_vertex[self._triangles[:, 0]] if len(self._of_vertex) else np.zeros(0, np.int32)
        order = np.argsort(of_triangle, kind="stable")
        count = int(of_triangle.max()) + 1 if len(of_triangle) else 0
        starts = np.searchsorted(of_triangle[order], np.arange(count + 1))
        sizes = np.bincount(self._of_vertex, minlength=count)[:count]
        sums = [np.bincount(self._of_vertex, weights=self._points[:, i], minlength=count)[:count] for i in (0, 1)]
        with np.errstate(invalid="ignore"):
            middles = np.stack(sums, axis=1) / sizes[:, None]
        middles[np.diff(starts) == 0] = np.nan
        self._order, self._starts, self.middles = order, starts, middles
        self._ready.set()

    def nearest(self, point: np.ndarray, reach_m: float, most: int) -> list[int]:
        """Buildings whose middle lies within reach of a point (2,), nearest first."""
        if not len(self.middles):
            return []
        away = np.hypot(*(self.middles - point).T)
        order = np.argsort(away)[:most]
        return [int(i) for i in order if away[i] <= reach_m]

    def plan(self, feature: int) -> Plan | None:
        if feature not in self._plans:
            mine = (self._triangles[self._order[self._starts[feature]:self._starts[feature + 1]]]
                    if 0 <= feature < len(self.middles) else [])
            self._plans[feature] = plan(self._points, mine) if len(mine) else None
        return self._plans[feature]
