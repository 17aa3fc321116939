"""Cameras as values."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.camera import Camera

sides = st.floats(1, 50_000)


@given(sides, sides, sides, st.floats(0, 360), st.floats(5, 89))
def test_a_framed_box_fills_the_picture_and_is_not_cut(dx, dy, dz, azimuth, tilt):
    box = (-dx, -dy, 0.0, dx, dy, dz)
    camera = Camera.framing(box, azimuth_deg=azimuth, tilt_deg=tilt, aspect=1.6)
    forward = np.subtract(camera.focus, camera.position) / camera.distance
    right = np.cross(forward, camera.up)
    right /= np.linalg.norm(right)
    up = np.cross(right, forward)
    high = math.tan(math.radians(camera.view_angle_deg / 2))
    corners = np.array(list(itertools.product((-dx, dx), (-dy, dy), (0, dz)))) - camera.position
    x, y = corners @ right / (corners @ forward) / (high * 1.6), corners @ up / (corners @ forward) / high
    most = max(np.abs(x).max(), np.abs(y).max())
    assert most <= 0.9 + 1e-6
    assert most >= 0.9 - 1e-6 or camera.distance == pytest.approx(2.0)


@given(st.floats(0, 359.9), st.floats(-80, 89), st.floats(1, 1e5))
def test_looking_at_is_what_it_says(azimuth, tilt, distance):
    camera = Camera.looking_at((3.0, 4.0, 5.0), distance=distance, azimuth_deg=azimuth, tilt_deg=tilt)
    assert camera.distance == pytest.approx(distance)
    assert camera.tilt_deg == pytest.approx(tilt, abs=1e-6)
    assert (camera.azimuth_deg - azimuth + 180) % 360 - 180 == pytest.approx(0, abs=1e-6)


def test_a_mere_point_is_seen_from_where_its_surroundings_are():
    """One vehicle alone was seen from within its body."""
    assert Camera.framing((5.0, 6.0, 1.0, 5.0, 6.0, 1.0)).distance == pytest.approx(60.0)
    assert Camera.framing((0.0, 0.0, 0.0, 0.2, 0.2, 0.1)).distance < 3.0, "a small thing is seen near by"
