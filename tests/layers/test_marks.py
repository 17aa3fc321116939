"""Marks of points: round also at their edge."""

from __future__ import annotations

import numpy as np
import vtkmodules.vtkRenderingOpenGL2  # noqa: F401  (draws)
from vtkmodules.util.numpy_support import vtk_to_numpy
from vtkmodules.vtkRenderingCore import vtkRenderer, vtkRenderWindow, vtkWindowToImageFilter

from layers.marks import marks


def drawn(actor, background, size=32) -> np.ndarray:
    """(size, size, 3) f8, the mark in the middle."""
    window, renderer = vtkRenderWindow(), vtkRenderer()
    window.SetOffScreenRendering(True)
    window.SetMultiSamples(0)
    window.SetSize(size, size)
    window.AddRenderer(renderer)
    renderer.SetBackground(*(c / 255 for c in background))
    renderer.AddActor(actor)
    renderer.ResetCamera()
    window.Render()
    shot = vtkWindowToImageFilter()
    shot.SetInput(window)
    shot.Update()
    return vtk_to_numpy(shot.GetOutput().GetPointData().GetScalars()).reshape(size, size, 3).astype(np.float64)


def test_the_edge_of_a_mark_fades_into_what_lies_behind():
    blue, green = (40, 120, 255), (60, 100, 60)
    seen = drawn(marks(np.zeros((1, 3)), np.array([blue], np.uint8), 8.0), green)
    shade = seen[:, :, 2]                                     # mark and rim 255, ground 60: between them lies the edge
    assert np.abs(seen[15:17, 15:17] - blue).max() < 6 and np.abs(seen[0, 0] - green).max() < 3
    assert ((shade > 80) & (shade < 235)).sum() >= 8
