"""A picture at a place of the frame: a textured rectangle in the hud, in device pixels."""

from __future__ import annotations

import numpy as np
from vtkmodules.util.numpy_support import numpy_to_vtk
from vtkmodules.vtkCommonCore import vtkPoints
from vtkmodules.vtkCommonDataModel import vtkCellArray, vtkImageData, vtkPolyData
from vtkmodules.vtkRenderingCore import vtkPolyDataMapper2D, vtkTexture, vtkTexturedActor2D

from layers.canvas import Canvas


class Stamp:
    """`key` is for whoever paints it: what was painted last."""

    def __init__(self, canvas: Canvas):
        self.key = object()
        self.picture: np.ndarray | None = None
        self.size = (0, 0)
        self.texture = vtkTexture()
        self.actor = vtkTexturedActor2D()
        self.actor.SetTexture(self.texture)
        self.actor.SetMapper(vtkPolyDataMapper2D())
        self.actor.SetVisibility(False)
        canvas.hud.AddViewProp(self.actor)

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, foot, right, top."""
        x, y = self.actor.GetPosition()
        return x, y, x + self.size[0], y + self.size[1]

    def lay(self, picture: np.ndarray | None, left: int, foot: int) -> None:
        """A picture that is kept elsewhere, at its place; the one that lies here already is not sent again."""
        if picture is not self.picture:
            self.paint(picture)
        self.actor.SetPosition(left, foot)

    def paint(self, picture: np.ndarray | None) -> None:
        """`picture` (rows, columns, 3 or 4) u1, row 0 at the top; None shows nothing."""
        self.picture = picture
        self.actor.SetVisibility(picture is not None)
        before = self.size
        self.size = (0, 0) if picture is None else (picture.shape[1], picture.shape[0])
        if picture is None:
            return
        image = vtkImageData()
        image.SetDimensions(*self.size, 1)
        flat = np.ascontiguousarray(picture[::-1]).reshape(-1, picture.shape[2])
        image.GetPointData().SetScalars(numpy_to_vtk(flat, deep=True))
        self.texture.SetInputData(image)
        self.texture.SetColorModeToDirectScalars()
        if self.size != before:
            self.actor.GetMapper().SetInputData(_rectangle(*self.size))


def _rectangle(width: int, height: int) -> vtkPolyData:
    points = vtkPoints()
    for x, y in ((0, 0), (width, 0), (width, height), (0, height)):
        points.InsertNextPoint(x, y, 0)
    face = vtkCellArray()
    face.InsertNextCell(4, (0, 1, 2, 3))
    data = vtkPolyData()
    data.SetPoints(points)
    data.SetPolys(face)
    data.GetPointData().SetTCoords(numpy_to_vtk(np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32), deep=True))
    return data
