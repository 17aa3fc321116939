"""A coloured sheet over the ground between stations: it fades where it is guessed and ends where nobody knows."""

from __future__ import annotations

import numpy as np
from vtkmodules.util.numpy_support import numpy_to_vtk

from layers.base import Visual
from layers.beside import Beside
from layers.drape import heights_on
from layers.geometry import actor_of, grid_triangles, poly_data
from layers.ramps import ramp
from twin.ground import Ground
from twin.kriging import Field, typical_range_m

SIDE_CELLS = 96                    # along the longer side
ABOVE_M = 3.0
SURE, GUESSED = 0.60, 0.90         # doubts between which it fades away
MOST_OPAQUE = 0.66                 # so that streets and roofs stay to be seen
NEARER = 2e-3                      # of the distance, so that the ground does not cut it


class HeatSheet:
    """`places` (n, 3) local metres of the stations. A step of time writes colours in place.

    While the same stations report, that is one product. Where others do, the weights are solved beside the frames, and
    the surface of `as_of_ns` stays until then.
    """

    def __init__(self, visual: Visual, places: np.ndarray, ground: Ground):
        self.visual = visual
        known = places[np.isfinite(places[:, :2]).all(axis=1), :2]
        self.actor = None
        self.doubt = np.ones(0)
        self.as_of_ns: int | None = None
        self.beside = Beside(visual.canvas)
        self._asked: tuple = ()
        self._field: np.ndarray | None = None
        if not len(known):
            return
        margin = typical_range_m(known) / 4
        low, high = known.min(axis=0) - margin, known.max(axis=0) + margin
        step = float((high - low).max()) / SIDE_CELLS
        x, y = (np.arange(low[axis], high[axis] + step, step) for axis in (0, 1))
        cells = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
        self.field: Field | None = None
        self._sites, self._cells = places[:, :2].astype(np.float64), cells
        points = np.column_stack([cells, heights_on(ground, cells) + ABOVE_M]).astype(np.float32)
        self._colors = np.zeros((len(cells), 4), np.uint8)
        self._data = poly_data(points, triangles=grid_triangles(len(y), len(x)), colors=self._colors)
        self._array = numpy_to_vtk(self._colors, deep=False)
        self._data.GetPointData().SetScalars(self._array)
        self.actor = actor_of(self._data, lit=False, colors=True)
        self.actor.PickableOff()
        visual.lay(self.actor, NEARER)

    def paint(self, values: np.ndarray, low: float, high: float, colormap: str, opacity: float, now_ns: int = 0,
              halves: bool = False) -> None:
        """`values` (n,) of the stations at `now_ns`, NaN = says nothing. `halves`: two instants are drawn in turn, and
        neither may be overtaken by the other.
        """
        if self.actor is None:
            return
        asked = (values.tobytes(), now_ns)
        if asked != self._asked:
            self._asked = asked
            ready = halves or (self.field is not None and self.field.holds(values))
            rows = 0 if ready else len(self._cells) * len(self._sites)
            self.beside.ask(lambda: (*self._between(values), now_ns), rows)
        if found := self.beside.take():
            self._field, self.doubt, self.as_of_ns = found
        if self._field is None:
            return                                    # the first one is still being solved
        field = self._field
        share = np.nan_to_num((field - low) / (high - low if high > low else 1.0))
        self._colors[:, :3] = ramp(colormap, 256)[np.clip(share * 255, 0, 255).astype(np.intp), :3]
        sure = 1.0 - np.clip((self.doubt - SURE) / (GUESSED - SURE), 0.0, 1.0)
        self._colors[:, 3] = np.round(255 * MOST_OPAQUE * opacity * sure * np.isfinite(field))
        self._array.Modified()
        self._data.Modified()

    def _between(self, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        field = self.field or Field(self._sites, self._cells)
        found = field.at(values)
        self.field = field
        return found

    def remove(self) -> None:
        self.beside.forget()
        if self.actor is not None:
            self.visual.drop(self.actor)
