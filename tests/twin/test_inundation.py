"""Water below a level: the areas and volumes of shapes that a pencil knows, and no water behind a ridge."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.data import HeightGrid
from twin.ground import Ground, Surface
from twin.inundation import bare, basin


def ground_of(shape, step=1.0, half=60):
    at = np.arange(-half, half + 1) * step
    x, y = np.meshgrid(at, at)
    return Ground((Surface(HeightGrid(heights=shape(x, y).astype(np.float32), x0=at[0], y0=at[0], dx=step, dy=step)),))


def test_a_trough_of_a_parabola_holds_what_the_formula_says():
    """Bottom s²/(2R) along x, 20.5 m between walls: length 2·sqrt(2Rd), volume two thirds of length·width·depth."""
    radius, depth = 500.0, 0.25
    ground = ground_of(lambda x, y: np.where(np.abs(y) <= 10.25, x * x / (2 * radius), 30.0), step=0.5, half=100)
    water = basin(ground, np.array([0.0, 0.0]), 40.0).water(depth)
    length = 2 * np.sqrt(2 * radius * depth)
    assert water.area_m2 == pytest.approx(length * 20.5, rel=0.01)
    assert water.volume_m3 == pytest.approx(2 / 3 * length * 20.5 * depth, rel=0.01)
    assert water.deepest_m == pytest.approx(depth) and not water.open
    assert water.depth_at((0.0, 3.0)) == pytest.approx(depth, abs=0.005)
    assert water.depth_at((30.0, 0.0)) == 0.0
    assert np.abs(water.shore[:, :, 0]).max() == pytest.approx(length / 2, abs=0.02)


def test_a_hollow_behind_a_ridge_stays_dry_and_fills_when_the_ridge_is_passed():
    ground = ground_of(lambda x, y: np.abs(np.abs(x) - 20.0) * 0.1 + np.abs(y) * 0.2)     # two hollows, 2 m between
    pool = basin(ground, np.array([20.0, 0.0]), 59.0)
    assert pool.water(1.9).triangles[:, :, 0].min() > 0
    assert pool.water(2.3).triangles[:, :, 0].min() < -20


def test_water_that_reaches_the_edge_says_so_and_unknown_ground_is_dry():
    ground = ground_of(lambda x, y: np.where(x < 0, np.nan, 0.0))
    water = basin(ground, np.array([5.0, 0.0]), 30.0).water(0.1)
    assert water.open and water.triangles[:, :, 0].min() >= -1.0
    nowhere = basin(Ground(), np.array([0.0, 0.0]), 30.0)
    assert np.isnan(nowhere.ground_m) and nowhere.water(5.0).area_m2 == 0.0


def test_true_metres_whatever_the_exaggeration():
    flat = ground_of(lambda x, y: np.full(x.shape, 2.0))
    drawn = Ground((Surface(flat.surfaces[0].grid, 5.0, 3.0),))
    assert basin(bare(drawn), np.array([0.0, 0.0]), 10.0).ground_m == 2.0


@settings(max_examples=40)
@given(st.integers(0, 10_000), st.floats(0.02, 1.0), st.floats(0.02, 1.0))
def test_more_level_is_never_less_water(seed, low, more):
    rng = np.random.default_rng(seed)
    heights = rng.normal(0.0, 0.6, (21, 21)).astype(np.float32)
    pool = basin(Ground((Surface(HeightGrid(heights=heights, x0=-10.0, y0=-10.0)),)), np.array([0.0, 0.0]), 10.0)
    bottom = float(pool.heights[pool.seed])
    a, b = pool.water(bottom + low), pool.water(bottom + low + more)
    assert b.area_m2 >= a.area_m2 - 1e-9 and b.volume_m3 >= a.volume_m3 + more * a.area_m2 * 0.999 - 1e-6
    assert a.deepest_m == pytest.approx(low, abs=1e-4) or a.deepest_m > low


def test_a_wall_across_the_posts_has_a_straight_line_of_water():
    """It leans 20° to the posts: no point of the line is further from it than a third of a post."""
    lean = np.radians(20.0)
    ground = ground_of(lambda x, y: np.where(np.abs(y * np.cos(lean) - x * np.sin(lean)) <= 5.2, 0.0, 6.0), half=60)
    ends = basin(ground, np.array([0.0, 0.0]), 40.0).water(0.3).shore.reshape(-1, 2)
    ends = ends[np.abs(ends[:, 0]) < 25.0]
    across = np.abs(ends[:, 1] * np.cos(lean) - ends[:, 0] * np.sin(lean))
    assert np.ptp(across) < 0.55 and abs(across.mean() - 5.2) < 0.15
