"""The ground against bilinear interpolation written out."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from twin.data import HeightGrid
from twin.ground import Ground, Surface, sample

HEIGHTS = hnp.arrays(np.float32, st.tuples(st.integers(2, 5), st.integers(2, 5)),
                     elements=st.one_of(st.floats(-100, 100, width=32), st.just(np.float32(np.nan))))
PLACES = st.lists(st.tuples(st.floats(-30, 80), st.floats(-30, 80)), min_size=1, max_size=10)


def brute(grid, x, y):
    rows, cols = grid.heights.shape
    c, r = (x - grid.x0) / grid.dx, (y - grid.y0) / grid.dy
    if not (0 <= c <= cols - 1 and 0 <= r <= rows - 1):
        return math.nan
    c0, r0 = min(int(c), cols - 2), min(int(r), rows - 2)
    u, v = c - c0, r - r0
    z = grid.heights.astype(float)
    return ((z[r0, c0] * (1 - u) + z[r0, c0 + 1] * u) * (1 - v)
            + (z[r0 + 1, c0] * (1 - u) + z[r0 + 1, c0 + 1] * u) * v)


@given(HEIGHTS, PLACES)
def test_sampling_equals_the_formula(heights, places):
    grid = HeightGrid(heights=heights, x0=-10.0, y0=5.0, dx=12.0, dy=7.0)
    expected = [brute(grid, x, y) for x, y in places]
    np.testing.assert_allclose(sample(grid, np.array(places)), expected, atol=1e-3)


def test_the_first_surface_that_knows_wins_and_nowhere_is_zero():
    hole = np.ones((4, 4), np.float32)
    hole[3, 3] = np.nan
    near = HeightGrid(heights=hole, dx=10.0, dy=10.0)
    far = HeightGrid(heights=np.full((4, 4), 7, np.float32), dx=10.0, dy=10.0)
    ground = Ground((Surface(near, exaggeration=2.0, offset_m=3.0), Surface(far)))
    assert ground.height_at(np.array([[0, 0], [25, 25], [99, 99]])).tolist() == [5.0, 7.0, 0.0]
    assert Ground((Surface(near, 2.0, 1.0),)).height_at(np.array([[0, 0, 77]])).tolist() == [3.0]


def test_a_grid_of_one_row_knows_nothing():
    assert np.isnan(sample(HeightGrid(heights=np.ones((1, 5), np.float32)), np.zeros((2, 2)))).all()
