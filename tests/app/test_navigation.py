"""Cameras: what is held stays put, whatever is done."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st

from app import navigation
from twin.camera import Camera

angles = st.floats(0, 360)
tilts = st.floats(5, 85)
places = st.tuples(st.floats(-5000, 5000), st.floats(-5000, 5000), st.floats(0, 200))


def seen_at(camera: Camera, point) -> tuple[float, float]:
    """Where a point stands in the picture: tangents of the angles right of and above the middle."""
    forward = np.subtract(camera.focus, camera.position)
    forward /= np.linalg.norm(forward)
    right = np.cross(forward, camera.up)
    right /= np.linalg.norm(right)
    up = np.cross(right, forward)
    to = np.subtract(point, camera.position)
    return to @ right / (to @ forward), to @ up / (to @ forward)


@given(places, angles, tilts, st.floats(20, 20_000), st.floats(-170, 170), st.floats(-30, 30))
def test_orbit_keeps_the_pivot_where_it_is_in_the_picture(focus, azimuth, tilt, distance, turn, lean):
    camera = Camera.looking_at(focus, distance=distance, azimuth_deg=azimuth, tilt_deg=tilt)
    pivot = tuple(np.add(focus, (distance * 0.1, -distance * 0.05, 0.0)))
    after = navigation.orbit(camera, pivot, turn, lean)
    assume(after.tilt_deg < 89)
    assert math.isclose(math.dist(after.position, pivot), math.dist(camera.position, pivot), rel_tol=1e-9)
    np.testing.assert_allclose(seen_at(after, pivot), seen_at(camera, pivot), atol=1e-6)


@given(places, angles, tilts, st.floats(-20, 20))
def test_orbit_tilts_by_what_was_asked(focus, azimuth, tilt, lean):
    camera = Camera.looking_at(focus, distance=500, azimuth_deg=azimuth, tilt_deg=tilt)
    after = navigation.orbit(camera, focus, 0.0, lean)
    wanted = max(navigation.LOWEST_TILT_DEG, min(navigation.HIGHEST_TILT_DEG, tilt + lean))
    assert math.isclose(after.tilt_deg, wanted, abs_tol=1e-6)


@given(places, angles, tilts, st.floats(0.2, 4.0))
def test_zoom_keeps_the_point_under_the_cursor(focus, azimuth, tilt, factor):
    camera = Camera.looking_at(focus, distance=800, azimuth_deg=azimuth, tilt_deg=tilt)
    toward = tuple(np.add(focus, (60.0, 40.0, 0.0)))
    after = navigation.zoom(camera, toward, factor)
    np.testing.assert_allclose(seen_at(after, toward), seen_at(camera, toward), atol=1e-6)
    assert math.isclose(math.dist(after.position, toward), factor * math.dist(camera.position, toward), rel_tol=1e-9)


def test_pan_brings_the_grabbed_point_to_the_mouse():
    camera = Camera.looking_at((0, 0, 0), distance=100, azimuth_deg=30, tilt_deg=40)
    after = navigation.pan(camera, (10.0, 5.0, 0.0), (4.0, 1.0, 0.0))
    np.testing.assert_allclose(np.subtract(after.position, camera.position), (6.0, 4.0, 0.0))


@given(angles, tilts)
def test_a_flight_ends_exactly_where_it_was_sent(azimuth, tilt):
    start = Camera.looking_at((0, 0, 0), distance=100, azimuth_deg=30, tilt_deg=40)
    end = Camera.looking_at((900, -40, 5), distance=3000, azimuth_deg=azimuth, tilt_deg=tilt)
    assert navigation.between(start, end, 1.0) == end
    middle = navigation.between(start, end, 0.5)
    assert 100 < middle.distance < 3000


def test_north_up_and_top_view():
    camera = Camera.looking_at((10, 20, 3), distance=400, azimuth_deg=130, tilt_deg=35)
    north = navigation.north_up(camera)
    assert math.isclose(north.azimuth_deg % 360, 0.0, abs_tol=1e-9) and math.isclose(north.tilt_deg, 35.0)
    top = navigation.top_view(camera)
    assert math.isclose(top.tilt_deg, 90.0, abs_tol=1e-3) and top.focus == camera.focus and top.azimuth_deg == 0.0


def test_flying_forward_goes_where_the_camera_looks():
    camera = Camera.looking_at((0, 0, 0), distance=100, azimuth_deg=90, tilt_deg=30)
    after = navigation.fly(camera, 10.0, 0.0, 0.0)
    np.testing.assert_allclose(np.subtract(after.position, camera.position), (10.0, 0.0, 0.0), atol=1e-9)


@given(places, angles, tilts, st.floats(20, 20_000), st.floats(5, 5000))
def test_a_new_focus_changes_how_far_one_looks_and_not_the_picture(focus, azimuth, tilt, distance, away):
    """After a flight by keys the scale bar went by where the focus had been when it began."""
    camera = Camera.looking_at(focus, distance=distance, azimuth_deg=azimuth, tilt_deg=tilt)
    ahead = np.subtract(camera.focus, camera.position) / camera.distance
    point = tuple(np.add(camera.position, away * ahead))
    after = navigation.refocused(camera, point)
    assert after.position == camera.position and math.isclose(after.distance, away, rel_tol=1e-6)
    assert np.allclose(seen_at(after, focus), seen_at(camera, focus), atol=1e-6)
