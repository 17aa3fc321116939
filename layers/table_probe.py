"""The probe behind `shader_tables`: two squares through a colour table in a small window of their own."""

from __future__ import annotations

import numpy as np
from vtkmodules.util.numpy_support import vtk_to_numpy
from vtkmodules.vtkCommonCore import vtkUnsignedCharArray
from vtkmodules.vtkRenderingCore import vtkRenderWindow

from layers.canvas import Canvas
from layers.colour_table import WIDTH, ColourTable
from layers.geometry import actor_of, poly_data

SIZE = 32
COLORS = ((210, 40, 90), (40, 90, 210))


def draws_its_colors() -> bool:
    """True when a shown feature has its exact colour and a hidden one leaves the background."""
    window = vtkRenderWindow()
    window.SetOffScreenRendering(True)
    window.SetSize(SIZE, SIZE)
    try:
        return _matches(window)
    finally:
        window.Finalize()


def _matches(window: vtkRenderWindow) -> bool:
    canvas = Canvas(window)
    canvas.shader_tables = True
    square = np.array([[-1, -1, 0], [1, -1, 0], [1, 1, 0], [-1, 1, 0]], np.float32)
    aside = np.array([1, 0, 0], np.float32)
    points = np.concatenate([square - aside, square + aside])
    triangles = np.array([[0, 1, 2], [0, 2, 3], [4, 5, 6], [4, 6, 7]], np.int32)
    features = np.repeat(np.array([3, WIDTH + 5], np.int32), 4)          # in different rows of the table
    data = poly_data(points)
    actor = actor_of(data, lit=False)
    actor.GetProperty().SetAmbient(0.0)
    actor.GetProperty().SetDiffuse(1.0)
    table = ColourTable(canvas, WIDTH + 6)
    table.attach(actor, data, features, triangles)
    canvas.scene.AddViewProp(actor)
    canvas.scene.SetBackground(0, 0, 0)
    camera = canvas.scene.GetActiveCamera()
    camera.ParallelProjectionOn()
    camera.SetPosition(0, 0, 10)
    camera.SetFocalPoint(0, 0, 0)
    camera.SetParallelScale(1.5)
    canvas.scene.ResetCameraClippingRange()
    shown = np.zeros((table.count, 4), np.uint8)
    for left, right in ((COLORS[0], COLORS[1]), (COLORS[1], None)):      # the second time in place, one hidden
        shown[3] = (*left, 255)
        shown[WIDTH + 5] = (*right, 255) if right else (0, 0, 0, 0)
        table.set(shown)
        window.Render()
        if not (_near(window, 0.25, left) and _near(window, 0.75, right or (0, 0, 0))):
            return False
    return True


def _near(window: vtkRenderWindow, x: float, color: tuple[int, int, int]) -> bool:
    pixels = vtkUnsignedCharArray()
    at = int(x * SIZE)
    window.GetRGBACharPixelData(at, SIZE // 2, at, SIZE // 2, 0, pixels)
    return bool(np.abs(vtk_to_numpy(pixels)[0, :3].astype(int) - color).max() <= 2)
