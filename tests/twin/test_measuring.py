"""Measuring: the laws that lengths, feet and angles obey, whatever the places are."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from twin.frame import Frame
from twin.measuring import (
    EDGE,
    FACE,
    Measure,
    angle_deg,
    arms,
    between_deg,
    foot_on_line,
    foot_on_plane,
    length_m,
    level_m,
    rise_m,
    slope_deg,
)

coordinate = st.floats(-1000, 1000)
places = st.tuples(coordinate, coordinate, coordinate)
ways = places.filter(lambda v: np.linalg.norm(v) > 1e-2)


@given(places, places, st.floats(0.9, 1.1))
def test_level_and_rise_make_the_length(a, b, scale):
    measure = Measure(id="m", points=(a, b), grid_scale=scale)
    assert np.hypot(level_m(measure), rise_m(measure)) == pytest.approx(length_m(measure), abs=1e-9)
    there = Measure(id="m", points=(b, a), grid_scale=scale)
    assert length_m(there) == pytest.approx(length_m(measure)) and rise_m(there) == pytest.approx(-rise_m(measure))
    assert slope_deg(there) == pytest.approx(-slope_deg(measure))


@given(places, places, ways)
def test_the_foot_is_the_nearest_place_on_the_line(point, on, along):
    foot = foot_on_line(point, on, along)
    assert np.subtract(point, foot) @ (np.array(along) / np.linalg.norm(along)) == pytest.approx(0, abs=1e-6)
    for step in (-1.0, 0.3):
        other = foot + step * np.array(along) / np.linalg.norm(along)
        assert np.linalg.norm(np.subtract(point, other)) >= np.linalg.norm(np.subtract(point, foot)) - 1e-9


@given(places, places, ways)
def test_the_foot_on_a_plane_lies_in_it_square_to_the_way(point, on, normal):
    foot = foot_on_plane(point, on, normal)
    unit = np.array(normal) / np.linalg.norm(normal)
    assert (foot - on) @ unit == pytest.approx(0, abs=1e-6)
    assert np.linalg.norm(np.cross(np.subtract(point, foot), unit)) == pytest.approx(0, abs=1e-6)


@given(ways, ways)
def test_angles_between_edges_and_faces_are_told_from_0_to_90(u, v):
    unit_u, unit_v = (np.array(w) / np.linalg.norm(w) for w in (u, v))
    plain = np.degrees(np.arccos(np.clip(abs(unit_u @ unit_v), 0, 1)))
    assume(1e-3 < plain < 90 - 1e-3)
    assert between_deg(*arms(EDGE, u, EDGE, v)) == pytest.approx(plain, abs=1e-3)
    assert between_deg(*arms(FACE, u, FACE, v)) == pytest.approx(plain, abs=1e-3)
    assert between_deg(*arms(EDGE, u, FACE, v)) == pytest.approx(90 - plain, abs=1e-3)
    assert between_deg(*arms(FACE, v, EDGE, u)) == pytest.approx(90 - plain, abs=1e-3)


def test_parallel_and_square_things():
    up, east = (0, 0, 1), (1, 0, 0)
    assert between_deg(*arms(FACE, up, FACE, up)) == pytest.approx(0) and between_deg(*arms(
        FACE, up, FACE, east)) == pytest.approx(90)
    assert between_deg(*arms(EDGE, up, FACE, up)) == pytest.approx(90)
    assert between_deg(*arms(EDGE, east, FACE, up)) == pytest.approx(0)


def test_an_angle_of_three_points():
    square = Measure(id="m", way="angle", points=((1, 0, 0), (0, 0, 0), (0, 5, 0)))
    assert angle_deg(square) == pytest.approx(90)
    flat = Measure(id="m", way="angle", points=((1, 0, 0), (0, 0, 0), (-3, 0, 0)))
    assert angle_deg(flat) == pytest.approx(180)


def test_true_metres_of_a_grid_that_stretches():
    frame = Frame()                                           # EPSG:4549, about 117 km east of its meridian
    scale = frame.grid_scale(617000.0, 3471000.0)
    assert scale == pytest.approx(1 + 117_000 ** 2 / (2 * 6_371_000 ** 2), abs=2e-6)
    measure = Measure(id="m", points=((617000.0, 3471000.0, 0.0), (617100.0, 3471000.0, 0.0)), grid_scale=scale)
    assert length_m(measure) == pytest.approx(100 / scale) and length_m(measure) < 99.99
    assert Frame(crs="").grid_scale(0, 0) == 1.0
