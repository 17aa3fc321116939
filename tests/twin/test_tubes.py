"""Tubes are exact cylinders that close at their ends and meet at their bends."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from twin.tubes import segments, tubes


def volume(made) -> float:
    a, b, c = (made.points[made.triangles[:, i]].astype(np.float64) for i in range(3))
    return float((a * np.cross(b, c)).sum() / 6)


def polygon_area(radius: float, sides: int = 16) -> float:
    return 0.5 * sides * np.sin(2 * np.pi / sides) * radius ** 2


bends = st.lists(st.tuples(st.floats(-70, 70), st.floats(-25, 25), st.floats(4, 30)), min_size=1, max_size=6)


@given(bends, st.floats(0.05, 0.6))
def test_a_mitred_tube_holds_its_cross_section_times_its_length(turns, radius):
    heading, points = 0.0, [np.zeros(3)]
    for turn, climb, length in turns:
        heading += np.radians(turn)
        up = np.radians(climb)
        points.append(points[-1] + length * np.array([np.cos(heading) * np.cos(up), np.sin(heading) * np.cos(up),
                                                      np.sin(up)]))
    points = np.array(points)
    made = tubes(points, np.array([0, len(points)]), np.array([radius]))
    whole = np.linalg.norm(np.diff(points, axis=0), axis=1).sum()
    assert abs(volume(made) - polygon_area(radius) * whole) < 0.02 * polygon_area(radius) * whole
    facing = np.cross(*(made.points[made.triangles[:, i]] - made.points[made.triangles[:, 0]] for i in (1, 2)))
    inside = (facing * made.normals[made.triangles[:, 0]]).sum(axis=1)
    assert (inside[np.linalg.norm(facing, axis=1) > 1e-6] > 0).all()          # every face and its light look outward


def test_walls_stand_at_the_true_radius_of_their_axis():
    points = np.array([[0.0, 0, 0], [20, 0, 0], [20, 15, -2]])
    made = tubes(points, np.array([0, 3]), np.array([0.4]))
    along = np.array([1.0, 0, 0])
    first = made.points[:32].astype(np.float64)                               # the two rings of the first segment
    away = np.linalg.norm(first - (first @ along)[:, None] * along, axis=1)
    assert np.abs(away - 0.4).max() < 1e-6


def test_a_hairpin_is_closed_on_both_sides_instead_of_mitred():
    points = np.array([[0.0, 0, 0], [10, 0, 0], [0, 0.5, 0]])
    made = tubes(points, np.array([0, 3]), np.array([0.3]))
    length = np.linalg.norm(np.diff(points, axis=0), axis=1).sum()
    assert abs(volume(made) - polygon_area(0.3) * length) < 1e-3
    assert np.abs(made.points).max() < 10.6                                   # no spike beyond the bend


def test_lines_do_not_join_and_what_has_no_height_or_length_is_left_out():
    points = np.array([[0.0, 0, 0], [5, 0, 0], [5, 0, 0], [5, 0, np.nan], [9, 0, 1], [9, 0, 4]])
    start, _, line = segments(points, np.array([0, 2, 4, 6]))
    assert line.tolist() == [0, 2] and start[1].tolist() == [9, 0, 1]
    made = tubes(points, np.array([0, 2, 4, 6]), np.full(3, 0.2))
    assert set(made.line.tolist()) == {0, 2}
    assert np.isfinite(made.points).all()
    assert len(tubes(np.zeros((0, 3)), np.zeros(1, np.int64), np.zeros(0)).triangles) == 0
