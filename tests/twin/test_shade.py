"""Shadows by rays, held against the formula of a pole's shadow."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.layers.boxes import boxes
from twin.shade import Scene, ground_shade, relit, shadow_heights
from twin.sun import Sun


def wall(x: float, height: float, half_width: float = 50.0):
    """A thin vertical wall in the plane x, from the ground up."""
    points = np.array([[x, -half_width, 0], [x, half_width, 0], [x, half_width, height], [x, -half_width, height]],
                      np.float32)
    return points, np.array([[0, 1, 2], [0, 2, 3]], np.int32)


@pytest.mark.parametrize("elevation", [15.0, 35.0, 60.0])
def test_a_shadow_is_as_long_as_the_height_over_the_tangent_of_the_sun(elevation):
    points, triangles = wall(0.0, 20.0)
    sun = Sun(270.0, elevation)                           # in the west: the shadow falls to the east
    area = (-100.0, -1.0, 0.0, 100.0, 1.0, 0.0)
    shade = ground_shade(points, triangles, area, np.zeros((3, 4001), np.float32), sun)
    x = np.linspace(-100, 100, 4001)
    dark = x[shade.sun[1] == 0]
    assert dark.min() > -0.1
    assert dark.max() == pytest.approx(20.0 / math.tan(math.radians(elevation)), rel=0.02)
    assert (shade.sun[1][x < -1] == 255).all()


def test_at_night_nothing_is_lit_and_the_sky_is_not_recomputed():
    points, triangles = wall(0.0, 20.0)
    area = (-10.0, -10.0, 0.0, 10.0, 10.0, 0.0)
    heights = np.zeros((5, 5), np.float32)
    day = ground_shade(points, triangles, area, heights, Sun(90.0, 30.0))
    night = ground_shade(points, triangles, area, heights, Sun(0.0, -5.0), (day.sky, day.tops))
    assert (night.sun == 0).all() and night.sky is day.sky and night.tops is day.tops


def test_the_foot_of_a_wall_sees_half_the_sky_and_the_open_field_all_of_it():
    points, triangles = wall(0.0, 150.0, half_width=3000.0)
    area = (0.5, -1.0, 0.0, 3000.0, 1.0, 0.0)
    shade = ground_shade(points, triangles, area, np.zeros((3, 601), np.float32), Sun(90.0, 40.0))
    assert 0.35 < shade.sky[1][0] / 255 < 0.65
    assert shade.sky[1][-1] == 255


def test_reach_is_kept():
    points, triangles = wall(100.0, 50.0)
    scene = Scene(points, triangles)
    origin, east = np.array([[0.0, 0.0, 5.0]]), np.array([1.0, 0.0, 0.0])
    assert scene.blocked(origin, east, 101.0)[0] and not scene.blocked(origin, east, 99.0)[0]


def test_a_wall_is_dark_up_to_where_the_ray_over_the_house_before_it_meets_it():
    """A house of 30 m in the west, the sun in the west: 20 m behind it at 45 degrees everything below 10 m is dark."""
    x, tops = np.arange(201.0), np.zeros((3, 201), np.float32)
    tops[:, 40:51] = 30.0
    below = shadow_heights(tops, (1.0, 1.0), Sun(270.0, 45.0))[1]
    expected = np.where((x >= 40) & (x <= 50), 30.0, np.maximum(0.0, np.where(x > 50, 30.0 - (x - 50), 0.0)))
    assert np.abs(below - expected).max() < 1e-3


@example(0, 0.0, 17.7109375)                # along the columns, where rounding left the last row out for one sun only
@given(st.integers(0, 2**31), st.floats(0, 360), st.floats(5, 80))
@settings(max_examples=40, deadline=None)
def test_shadow_heights_never_lie_below_the_surface_nor_above_the_highest_of_all(seed, azimuth, elevation):
    tops = np.random.default_rng(seed).uniform(0, 60, (12, 17)).astype(np.float32)
    below = shadow_heights(tops, (5.0, 4.0), Sun(azimuth, elevation))
    assert (below >= tops).all() and below.max() <= tops.max() + 1e-3
    higher = shadow_heights(tops, (5.0, 4.0), Sun(azimuth, min(elevation + 9.0, 89.0)))
    assert (higher <= below + 1e-3).all()                                     # a higher sun throws no longer shadow


def test_tops_are_the_roofs_and_the_ground_between_them():
    points = np.array([[0, 0, 12], [10, 0, 12], [10, 10, 12], [0, 10, 12]], np.float32)
    area = (-10.0, -10.0, 0.0, 20.0, 20.0, 0.0)
    ground = np.full((31, 31), 2.0, np.float32)
    shade = ground_shade(points, np.array([[0, 1, 2], [0, 2, 3]]), area, ground, Sun(90.0, 50.0))
    assert shade.tops[15, 15] == pytest.approx(12.0, abs=0.01) and shade.tops[2, 2] == pytest.approx(2.0, abs=0.1)


@pytest.mark.parametrize("sun", [Sun(200.0, 50.0), Sun(250.0, 20.0), Sun(80.0, 12.0), Sun(10.0, -4.0)])
def test_heights_alone_tell_at_once_nearly_what_the_rays_tell_of_another_sun(sun):
    low = np.array([[-60, -30, 0], [20, 10, 0], [-10, -90, 0]])
    mesh = boxes(low, [[40, 20, 30], [25, 50, 60], [20, 20, 12]])
    area, heights = (-200.0, -200.0, 0.0, 200.0, 200.0, 0.0), np.zeros((401, 401), np.float32)
    morning = ground_shade(mesh.points, mesh.triangles, area, heights, Sun(135.0, 40.0))
    by_rays = ground_shade(mesh.points, mesh.triangles, area, heights, sun, (morning.sky, morning.tops))
    quick = relit(morning, sun)
    assert quick.sun.shape == by_rays.sun.shape and (quick.x0, quick.width) == (by_rays.x0, by_rays.width)
    assert ((quick.sun > 127) != (by_rays.sun > 127)).mean() < 0.01
    assert ((morning.sun > 127) != (by_rays.sun > 127)).mean() > 0.04, "which the former light would have been"
