"""Chosen features of a solid, faintly through whatever stands before them: a slab inside a building is found."""

from __future__ import annotations

import numpy as np
from vtkmodules.vtkRenderingCore import vtkActor

from layers.colour_table import put_cells
from layers.geometry import actor_of, poly_data
from layers.palette import ACCENT, unit
from layers.shading import apply_drape

FAINT = 0.26
IN_FRONT = 1e4                     # a share of the distance that brings everything before everything else
MOST_TRIANGLES = 300_000           # a whole model that is chosen is seen without help


def through_actor(points: np.ndarray, cells: np.ndarray) -> vtkActor:
    """An actor of the triangles `cells` (m, 3) of `points` (n, 3), for the overlay."""
    used, index = np.unique(cells, return_inverse=True)
    part = poly_data(points[used])
    put_cells(part, index.reshape(-1, 3))
    actor = actor_of(part, lit=False)
    look = actor.GetProperty()
    look.SetColor(*unit(ACCENT))
    look.SetOpacity(FAINT)
    actor.PickableOff()
    apply_drape(actor, IN_FRONT)
    return actor
