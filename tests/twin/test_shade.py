"""Shadows by rays, held against the formula of a pole's shadow."""

from __future__ import annotations

import math

import numpy as np
import pytest

from twin.shade import Scene, ground_shade
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
    shade = ground_shade(points, triangles, area, np.zeros((3, 4001), np.float32), sun, None)
    x = np.linspace(-100, 100, 4001)
    dark = x[shade.sun[1] == 0]
    assert dark.min() > -0.1
    assert dark.max() == pytest.approx(20.0 / math.tan(math.radians(elevation)), rel=0.02)
    assert (shade.sun[1][x < -1] == 255).all()


def test_at_night_nothing_is_lit_and_the_sky_is_not_recomputed():
    points, triangles = wall(0.0, 20.0)
    area = (-10.0, -10.0, 0.0, 10.0, 10.0, 0.0)
    sky = np.full((5, 5), 77, np.uint8)
    shade = ground_shade(points, triangles, area, np.zeros((5, 5), np.float32), Sun(0.0, -5.0), sky)
    assert (shade.sun == 0).all() and shade.sky is sky


def test_the_foot_of_a_wall_sees_half_the_sky_and_the_open_field_all_of_it():
    points, triangles = wall(0.0, 150.0, half_width=3000.0)
    area = (0.5, -1.0, 0.0, 3000.0, 1.0, 0.0)
    shade = ground_shade(points, triangles, area, np.zeros((3, 601), np.float32), Sun(90.0, 40.0), None)
    assert 0.35 < shade.sky[1][0] / 255 < 0.65
    assert shade.sky[1][-1] == 255


def test_reach_is_kept():
    points, triangles = wall(100.0, 50.0)
    scene = Scene(points, triangles)
    origin, east = np.array([[0.0, 0.0, 5.0]]), np.array([1.0, 0.0, 0.0])
    assert scene.blocked(origin, east, 101.0)[0] and not scene.blocked(origin, east, 99.0)[0]
