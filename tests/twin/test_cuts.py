"""Excavations: inside the polygon the ground is the floor, outside it is what it was, and everyone agrees."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from twin.cuts import Cut, patches, ring_round, volume_m3, within
from twin.data import HeightGrid
from twin.ground import Ground, Surface

ORIGIN = (1000.0, 2000.0, 0.0)


def hills() -> HeightGrid:
    x, y = np.meshgrid(np.arange(41), np.arange(41))
    return HeightGrid(heights=(5 + np.sin(x / 5) + 0.5 * np.cos(y / 7)).astype(np.float32), x0=-500.0, y0=-500.0,
                      dx=25.0, dy=25.0)


def square(x, y, side, floor, **more) -> Cut:
    ring = tuple((ORIGIN[0] + x + dx, ORIGIN[1] + y + dy) for dx, dy in ((0, 0), (side, 0), (side, side), (0, side)))
    return Cut(ring=ring, floor_m=floor, **more)


def ground_of(grid, *cuts) -> Ground:
    return Ground((*(Surface(p, patch=True) for p in patches(tuple(cuts), (grid,), ORIGIN)), Surface(grid)))


places = st.tuples(st.floats(-200, 200), st.floats(-200, 200))


@given(places, st.floats(10, 80), st.floats(-8, 3), st.lists(places, min_size=1, max_size=20))
def test_inside_is_the_floor_and_outside_is_the_ground(at, side, floor, asked):
    grid = hills()
    cut = square(*at, side, floor)
    ground, before = ground_of(grid, cut), Ground((Surface(grid),))
    step = ground.surfaces[0].grid.dx
    xy = np.array(asked)
    inside = (np.abs(xy - (np.array(at) + side / 2)) < side / 2 - step).all(axis=1)
    outside = (np.abs(xy - (np.array(at) + side / 2)) > side / 2 + step).any(axis=1)
    got, was = ground.height_at(xy), before.height_at(xy)
    assert np.allclose(got[inside], floor, atol=1e-4)
    assert np.allclose(got[outside], was[outside], atol=0.02)


def test_a_cut_digs_and_level_ground_is_also_filled():
    grid = hills()
    high = ground_of(grid, square(0, 0, 40, 50.0))
    assert np.allclose(high.height_at([[20, 20]]), Ground((Surface(grid),)).height_at([[20, 20]]), atol=0.01)
    assert high.height_at([[20, 20]])[0] < 10
    assert ground_of(grid, square(0, 0, 40, 50.0, level=True)).height_at([[20, 20]])[0] == 50.0


def test_overlapping_cuts_are_as_deep_as_the_deeper_one():
    ground = ground_of(hills(), square(0, 0, 40, 1.0), square(20, 20, 40, -3.0))
    assert ground.height_at([[10, 10], [30, 30], [50, 50]]) == pytest.approx([1.0, -3.0, -3.0], abs=1e-4)


def test_the_same_cut_is_the_same_grid_and_none_is_none():
    grid = hills()
    cut = square(0, 0, 40, 1.0)
    assert patches((cut,), (grid,), ORIGIN)[0] is patches((cut,), (grid,), ORIGIN)[0]
    assert patches((), (grid,), ORIGIN) == () and patches((Cut(ring=((0, 0), (1, 1))),), (grid,), ORIGIN) == ()


def test_volume_of_what_is_dug():
    flat = HeightGrid(heights=np.full((9, 9), 4.0, np.float32), x0=-100.0, y0=-100.0, dx=25.0, dy=25.0)
    dug = volume_m3(square(-20, -20, 40, 1.0), Ground((Surface(flat),)), ORIGIN)
    assert dug == pytest.approx(40 * 40 * 3, rel=0.03)


@given(st.lists(st.tuples(st.floats(-50, 50), st.floats(-50, 50)), min_size=4, max_size=30))
@example([(0.0, 8.5), (0.0, 8.5), (3.0, 10.390625), (-14.0, 0.0)])
def test_the_outline_of_points_holds_them_all(points):
    ring = ring_round(np.array(points), 1.0)
    if len(ring) < 3:
        return
    assert within(np.array(points), ring).all()


def test_within_is_even_odd():
    star = np.array([(0, 0), (4, 0), (4, 4), (2, 1), (0, 4)], float)
    assert within(np.array([(1.0, 0.5), (2.0, 3.0), (5.0, 1.0)]), star).tolist() == [True, False, False]
