"""The line of a profile, and of what is being drawn."""

from __future__ import annotations

import numpy as np

from layers.profile import ProfileLine
from layers.terrain import Terrain
from tests.layers.pictures import scene
from twin.camera import Camera
from twin.data import HeightGrid


def test_a_line_behind_houses_and_hills_is_seen_faintly_through_them():
    """In a city, what is being drawn was hidden by the next house."""
    heights = np.zeros((101, 101), np.float32)
    heights[38:43] = 100.0                                   # a ridge at y = -120 … -80
    grid = HeightGrid(heights=heights, x0=-500.0, y0=-500.0, dx=10.0, dy=10.0)
    seen = []
    for line in ((), ((-100.0, 60.0), (100.0, 60.0))):
        layers = [Terrain(id="t", name="t"), ProfileLine(id="p", name="p", line=line, lettered=False)]
        with scene(layers, {"t": grid}, Camera(position=(0.0, -800.0, 150.0), focus=(0.0, 0.0, 0.0))) as shot:
            seen.append(shot.draw().astype(int))
            row, col = shot.pixel(0.0, 60.0)
    changed = np.abs(seen[1] - seen[0]).sum(axis=2)[row - 3:row + 4, col - 20:col + 20].max(axis=0)
    assert changed.min() > 25                                # all along it,
    assert changed.max() < 220                               # and not as if nothing stood there
