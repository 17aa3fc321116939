"""Flat things: how they lie on the ground."""

from __future__ import annotations

import numpy as np

from layers import flat
from twin.data import HeightGrid, Vectors
from twin.ground import Ground, Surface


def test_water_with_a_level_stands_level_over_its_bed():
    import pyarrow as pa
    rows, cols = 21, 21
    bed = np.tile(np.linspace(-2, 0.5, cols, dtype=np.float32), (rows, 1))
    ground = Ground((Surface(HeightGrid(heights=bed, x0=-100, y0=-100, dx=10, dy=10)),))
    square = np.array([[-50, -50, 0], [50, -50, 0], [50, 50, 0], [-50, 50, 0]], np.float32)
    data = Vectors(features=pa.table({"level_m": [1.0]}), fill_points=square, fill_feature=np.zeros(4, np.int32),
                   fill_triangles=np.array([[0, 1, 2], [0, 2, 3]], np.int32), count=1)
    assert np.allclose(flat.draped(data, ground, 0.0).fills.points[:, 2], 1.0)
