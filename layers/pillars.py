"""Sensors as columns: one mesh, whose heights are written in place when the values change."""

from __future__ import annotations

import numpy as np
from vtkmodules.util.numpy_support import vtk_to_numpy

from layers.base import Ray, Visual
from layers.colour_table import ColourTable
from layers.geometry import actor_of, poly_data

LOW_M = 2.0                                        # of a column without a value, and of the lowest value
_CORNERS = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)], np.float32)
_SIDES = [(i, (i + 1) % 4, 4 + (i + 1) % 4) for i in range(4)] + [(i, 4 + (i + 1) % 4, 4 + i) for i in range(4)]
_BOX = np.array([*_SIDES, (4, 5, 6), (4, 6, 7)], np.int32)


class Pillars:
    """`places` (n, 3) are the feet, local metres; NaN ones are not drawn."""

    def __init__(self, visual: Visual, places: np.ndarray, width_m: float):
        self.visual, self.places, self.half_m = visual, places, width_m / 2
        self.known = np.isfinite(places).all(axis=1)
        feet = np.nan_to_num(places).astype(np.float32)
        corners = np.zeros((len(feet), 8, 3), np.float32)
        corners[:, :, :2] = feet[:, None, :2] + np.tile(_CORNERS, (2, 1)) * np.float32(self.half_m)
        corners[:, :, 2] = feet[:, None, 2]
        self.feature = np.repeat(np.arange(len(feet), dtype=np.int32), 8)
        cells = (8 * np.flatnonzero(self.known).astype(np.int32)[:, None, None] + _BOX).reshape(-1, 3)
        self._data = poly_data(corners.reshape(-1, 3))
        self._heights = vtk_to_numpy(self._data.GetPoints().GetData()).reshape(len(feet), 8, 3)[:, 4:, 2]
        self.heights_m = np.full(len(feet), LOW_M, np.float32)
        self.table = ColourTable(visual.canvas, len(feet))
        self.actor = actor_of(self._data)
        self.actor.GetProperty().SetInterpolationToFlat()
        self.table.attach(self.actor, self._data, self.feature, cells)
        visual.add(self.actor)

    def paint(self, colors: np.ndarray) -> None:
        """`colors` (n, 4) u1: alpha 0 is not drawn, any other is solid."""
        colors[colors[:, 3] > 0, 3] = 255
        self.table.set(colors)

    def stand(self, share: np.ndarray, tallest_m: float) -> None:
        """`share` (n,) of the tallest height, 0 where there is no value."""
        self.heights_m = (LOW_M + share * max(0.0, tallest_m - LOW_M)).astype(np.float32)
        self._heights[:] = (np.nan_to_num(self.places[:, 2]) + self.heights_m)[:, None]
        self._data.GetPoints().GetData().Modified()
        self._data.GetPoints().Modified()

    def pick(self, ray: Ray) -> tuple[float, int] | None:
        """(distance in metres, index) of the nearest column on the ray: slabs of all boxes at once."""
        along = np.asarray(ray.end) - ray.start
        low = np.column_stack([self.places[:, :2] - self.half_m, self.places[:, 2]])
        high = np.column_stack([self.places[:, :2] + self.half_m, self.places[:, 2] + self.heights_m])
        with np.errstate(divide="ignore", invalid="ignore"):
            one, other = (low - ray.start) / along, (high - ray.start) / along
            enter, leave = np.minimum(one, other).max(axis=1), np.maximum(one, other).min(axis=1)
            hit = np.flatnonzero((enter <= leave) & (enter >= 0) & (self.table.colors[:, 3] > 0))
        if not len(hit):
            return None
        nearest = hit[np.argmin(enter[hit])]
        return float(enter[nearest] * np.linalg.norm(along)), int(nearest)

    def remove(self) -> None:
        self.visual.drop(self.actor)
