"""Measured points of a tile: one actor, in the colours that they have."""

from __future__ import annotations

import numpy as np
from vtkmodules.util.numpy_support import numpy_to_vtk
from vtkmodules.vtkCommonMath import vtkMatrix4x4

from layers.base import Visual
from layers.colour_table import put_cells
from layers.geometry import actor_of, poly_data
from twin.data import Dots

SIZE_PX = 2.5


class TileDots:
    def __init__(self, visual: Visual, dots: Dots):
        data = poly_data(dots.points)
        data.GetPointData().SetScalars(numpy_to_vtk(dots.rgb, deep=True))
        put_cells(data, np.arange(len(dots.points), dtype=np.int32)[:, None])
        self.visual, self.actor = visual, actor_of(data, lit=False)
        mapper = self.actor.GetMapper()
        mapper.ScalarVisibilityOn()
        mapper.SetColorModeToDirectScalars()
        self.actor.GetProperty().SetPointSize(SIZE_PX * visual.canvas.pixel_ratio)
        visual.add(self.actor)

    def look(self, lift: np.ndarray, opacity: float) -> None:
        """`lift` (4, 4) f8 places the points in the frame."""
        matrix = vtkMatrix4x4()
        matrix.DeepCopy(lift.ravel())
        self.actor.SetUserMatrix(matrix)
        self.actor.GetProperty().SetOpacity(opacity)

    def remove(self) -> None:
        self.visual.drop(self.actor)
