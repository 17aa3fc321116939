"""A coloured sheet over the ground between stations: it fades where it is guessed and ends where nobody knows."""

from __future__ import annotations

import numpy as np
from vtkmodules.util.numpy_support import numpy_to_vtk

from layers.base import Visual
from layers.drape import heights_on
from layers.geometry import actor_of, grid_triangles, poly_data
from layers.ramps import ramp
from layers.shading import apply_drape
from twin.ground import Ground
from twin.kriging import Field, typical_range_m

SIDE_CELLS = 96                    # along the longer side
ABOVE_M = 3.0
SURE, GUESSED = 0.60, 0.90         # doubts between which it fades away
MOST_OPAQUE = 0.66                 # so that streets and roofs stay to be seen
NEARER = 2e-3                      # of the distance, so that the ground does not cut it


class HeatSheet:
    """`places` (n, 3) local metres of the stations. A step of time writes colours in place."""

    def __init__(self, visual: Visual, places: np.ndarray, ground: Ground):
        self.visual = visual
        known = places[np.isfinite(places[:, :2]).all(axis=1), :2]
        self.actor = None
        self.doubt = np.ones(0)
        if not len(known):
            return
        margin = typical_range_m(known) / 4
        low, high = known.min(axis=0) - margin, known.max(axis=0) + margin
        step = float((high - low).max()) / SIDE_CELLS
        x, y = (np.arange(low[axis], high[axis] + step, step) for axis in (0, 1))
        cells = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
        self.field = Field(places[:, :2].astype(np.float64), cells)
        points = np.column_stack([cells, heights_on(ground, cells) + ABOVE_M]).astype(np.float32)
        self._colors = np.zeros((len(cells), 4), np.uint8)
        self._data = poly_data(points, triangles=grid_triangles(len(y), len(x)), colors=self._colors)
        self._array = numpy_to_vtk(self._colors, deep=False)
        self._data.GetPointData().SetScalars(self._array)
        self.actor = actor_of(self._data, lit=False, colors=True)
        self.actor.ForceTranslucentOn()
        self.actor.PickableOff()
        apply_drape(self.actor, NEARER)
        visual.add(self.actor)

    def paint(self, values: np.ndarray, low: float, high: float, colormap: str, opacity: float) -> None:
        """`values` (n,) of the stations now, NaN = says nothing."""
        if self.actor is None:
            return
        field, self.doubt = self.field.at(values)
        share = np.nan_to_num((field - low) / (high - low if high > low else 1.0))
        self._colors[:, :3] = ramp(colormap, 256)[np.clip(share * 255, 0, 255).astype(np.intp), :3]
        sure = 1.0 - np.clip((self.doubt - SURE) / (GUESSED - SURE), 0.0, 1.0)
        self._colors[:, 3] = np.round(255 * MOST_OPAQUE * opacity * sure * np.isfinite(field))
        self._array.Modified()
        self._data.Modified()

    def remove(self) -> None:
        if self.actor is not None:
            self.visual.drop(self.actor)
