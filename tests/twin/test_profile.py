"""Sections: covers, distances and clearances are true metres, whatever the pipe's slope and the line's bearing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.course import Course
from twin.data import HeightGrid
from twin.ground import Ground, Surface
from twin.profile import Pipes, Trench, profile, rows
from twin.profile_solids import SolidCut, Solids, solid_cuts


def plain(height=4.0, slope=0.0) -> Ground:
    """100 x 100 m around the origin, rising to the east."""
    x = np.linspace(-50, 50, 21)
    grid = HeightGrid(heights=np.broadcast_to(height + slope * x, (21, 21)).astype(np.float32), x0=-50.0, y0=-50.0,
                      dx=5.0, dy=5.0)
    return Ground((Surface(grid),))


def pipes(*lines, diameter=0.6) -> Pipes:
    """Each line is a list of (x, y, z of the axis)."""
    return Pipes("n", np.array([p for line in lines for p in line], float),
                 np.cumsum([0, *(len(line) for line in lines)]), np.arange(len(lines)),
                 np.full(len(lines), diameter) if np.isscalar(diameter) else np.array(diameter),
                 lambda feature: f"p{feature}", ("water",) * len(lines))


def across(x=0.0, z=0.0) -> list:
    return [(x, -20.0, z), (x, 20.0, z)]


EAST = Course.through([(-30.0, 0.0), (30.0, 0.0)])


@given(bearing=st.floats(0, 3.1), slope=st.floats(-0.05, 0.05), crown=st.floats(0.3, 3.0), radius=st.floats(0.05, 1.2),
       where=st.floats(-15, 15))
def test_a_pipe_at_a_cover_reads_that_cover(bearing, slope, crown, radius, where):
    """A pipe along y whose crown lies `crown` below a ground that falls with it, cut under any angle."""
    way = np.array([np.cos(bearing), np.sin(bearing)])
    if abs(way[0]) < 0.3:
        return                                                # nearly along the pipe: no crossing
    at = np.array([where, 5.0])
    course = Course.through([at - 20 * way, at + 20 * way])
    ground = plain(4.0)
    tall = radius * np.sqrt(1 + slope ** 2)                   # the crown above the axis, upright
    axis = 4.0 - crown - tall
    found = profile(course, ground, [pipes([(where, -30.0, axis - slope * 35), (where, 40.0, axis + slope * 35)],
                                           diameter=2 * radius)], [])
    (cut,) = found.pipes
    assert cut.cover_m == pytest.approx(crown, abs=0.01)
    assert cut.distance_m == pytest.approx(20.0, abs=0.01)    # the plan distance
    assert cut.half_width_m == pytest.approx(radius / abs(way[0]), rel=0.02)


def test_the_synthetic_pipe_of_the_story():
    found = profile(EAST, plain(4.0, slope=0.01), [pipes(across(10.0, z=4.1 - 1.20 - 0.3))], [])
    assert found.pipes[0].cover_m == pytest.approx(1.20, abs=0.001)


@given(st.lists(st.tuples(st.floats(-40, 40), st.floats(-40, 40)), min_size=2, max_size=6))
def test_profile_distances_are_plan_distances(points):
    course = Course.through(points)
    if len(course.points) < 2:
        return
    found = profile(course, plain(), [], [])
    steps = np.hypot(*np.diff(course.at(found.distance_m), axis=0).T)
    assert found.distance_m[-1] == pytest.approx(np.hypot(*np.diff(course.points, axis=0).T).sum(), abs=1e-6)
    assert steps.sum() == pytest.approx(found.distance_m[-1], abs=1e-6)
    assert np.allclose(found.ground_m, 4.0)


def test_a_bent_line_measures_through_its_bend():
    course = Course.through([(-10, 0), (0, 0), (0, 0), (0, 12)])
    found = profile(course, plain(), [pipes([(-5.0, 7.0, 1.0), (5.0, 7.0, 1.0)])], [])
    assert found.pipes[0].distance_m == pytest.approx(17.0)


def test_clearance_is_perpendicular_to_the_pipes_and_less_both_radii():
    two = pipes(across(0.0, 1.0), across(3.0, 1.0), diameter=[0.6, 1.0])
    skew = Course.through([(-20, -20), (20, 20)])             # cuts them at 45 degrees
    for course in (EAST, skew):
        cuts = profile(course, plain(), [two], []).pipes
        assert [c.clear_m for c in cuts] == pytest.approx([3.0 - 0.8] * 2)
        assert [c.beside for c in cuts] == ["p1", "p0"]
    stacked = profile(EAST, plain(), [pipes(across(0.0, 1.0), across(0.05, 2.0), diameter=0.6)], []).pipes
    assert stacked[0].clear_m == pytest.approx(np.hypot(0.05, 1.0) - 0.6)


def test_the_clearance_to_a_pipe_without_a_diameter_is_left_open():
    three = pipes(across(0.0, 1.0), across(3.0, 1.0), across(9.0, 1.0), diameter=[0.6, np.nan, 0.6])
    cuts = profile(EAST, plain(), [three], []).pipes
    assert [c.beside for c in cuts] == ["p1", "p0", "p1"] and np.isnan([c.clear_m for c in cuts]).all()
    known = profile(EAST, plain(), [pipes(across(0.0, 1.0), across(3.0, 1.0), across(9.0, 1.0),
                                          diameter=[0.6, 0.6, np.nan])], []).pipes
    assert known[0].clear_m == pytest.approx(2.4) and np.isnan(known[2].clear_m)


def test_a_pipe_along_the_section_is_no_crossing_but_lies_in_its_trench():
    along = pipes([(-25.0, 0.4, 2.0), (25.0, 0.4, 2.0)])
    assert profile(EAST, plain(), [along], []).pipes == ()
    (cut,) = profile(EAST, plain(), [along], [], Trench(2.5, 1.0)).pipes
    assert cut.aside_m == pytest.approx(0.4) and cut.cover_m == pytest.approx(1.7)
    assert profile(EAST, plain(), [pipes([(-25.0, 1.4, 2.0), (25.0, 1.4, 2.0)])], [], Trench(2.5, 1.0)).pipes == ()


def test_distances_and_clearances_are_those_on_the_ground_not_of_the_grid():
    """In web Mercator a metre of Shanghai is 1.17 of the grid."""
    wide = Course.through([(-30.0, 0.0), (30.0, 0.0)], grid_scale=1.2)
    points, triangles = cube(6.0, -5.0, size=12.0)
    house = Solids("b", "building", points, triangles, np.zeros(8, int))
    two = pipes(across(0.0, 1.0), across(3.0, 1.0))
    found = profile(wide, plain(4.0, slope=0.01), [two], [house], Trench(1.0, 1.0))
    assert wide.length_m == found.distance_m[-1] == pytest.approx(50.0)
    assert [c.distance_m for c in found.pipes] == pytest.approx([25.0, 27.5])
    assert found.pipes[0].clear_m == pytest.approx(2.5 - 0.6) and found.pipes[0].half_height_m == pytest.approx(0.3)
    assert [c.ground_m for c in found.pipes] == pytest.approx([4.0, 4.03])
    assert found.solids[0].spans == pytest.approx(np.array([[30.0, 40.0, 0.0, 12.0]]))
    assert wide.at(found.pipes[1].distance_m)[0] == pytest.approx([3.0, 0.0])          # where that is in the grid
    assert [row["easting"] for row in rows(found, lambda points: np.atleast_2d(points))] == pytest.approx([0.0, 3.0])


def test_the_trench_meets_what_lies_above_its_floor():
    found = profile(EAST, plain(4.0), [pipes(across(0, 2.7), across(9, 0.7))], [], Trench(2.0, 0.8))
    assert [c.trench_m for c in found.pipes] == pytest.approx([-1.0, 1.0])


def test_without_ground_or_diameter_nothing_is_made_up():
    found = profile(EAST, Ground(), [pipes(across(0, 1.0), diameter=np.nan)], [])
    assert np.isnan(found.ground_m).all()
    (row,) = rows(found, lambda points: np.atleast_2d(points))
    assert row["cover_m"] is None and row["crown_m"] is None and row["diameter_mm"] is None
    assert row["axis_m"] == 1.0 and row["distance_m"] == 30.0


def cube(x0, y0, size=10.0, z=0.0):
    corner = np.array([(x, y, h) for x in (0, size) for y in (0, size) for h in (0, size)])
    faces = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    return corner + np.array([x0, y0, z]), np.array([t for a, b, c, d in faces for t in ((a, b, c), (a, c, d))])


def test_a_solid_is_cut_into_its_outline():
    points, triangles = cube(-5.0, -5.0, z=4.0)
    (cut,) = solid_cuts(EAST, Solids("b", "building", points, triangles, np.zeros(8, int)))
    assert cut.lines[..., 0].min() == pytest.approx(25.0) and cut.lines[..., 0].max() == pytest.approx(35.0)
    assert cut.lines[..., 1].min() == pytest.approx(4.0) and cut.lines[..., 1].max() == pytest.approx(14.0)
    assert np.linalg.norm(cut.lines[:, 1] - cut.lines[:, 0], axis=1).sum() == pytest.approx(40.0)
    short = Course.through([(-30.0, 0.0), (0.0, 0.0)])
    (cut,) = solid_cuts(short, Solids("b", "building", points, triangles, np.zeros(8, int)))
    assert cut.lines[..., 0].max() == pytest.approx(30.0)
    assert np.linalg.norm(cut.lines[:, 1] - cut.lines[:, 0], axis=1).sum() == pytest.approx(20.0)   # two halves, a wall
    aside = Course.through([(-30, 20), (30, 20)])
    assert solid_cuts(aside, Solids("b", "building", points, triangles, np.zeros(8, int))) == []


def joined(*bodies) -> Solids:
    """One feature of several bodies."""
    starts = np.cumsum([0, *(len(points) for points, _ in bodies)])
    points = np.concatenate([points for points, _ in bodies])
    triangles = np.concatenate([np.asarray(t) + start for (_, t), start in zip(bodies, starts)])
    return Solids("b", "building", points, triangles, np.zeros(len(points), int))


def test_a_house_about_a_courtyard_covers_two_stretches_of_the_section():
    wings = joined(cube(-20.0, -5.0, z=4.0), cube(-10.0, -5.0, z=4.0), cube(12.0, -5.0, size=8.0, z=1.0))
    (cut,) = solid_cuts(EAST, wings)
    assert cut.spans == pytest.approx(np.array([[10.0, 30.0, 4.0, 14.0], [42.0, 50.0, 1.0, 9.0]]))
    walls = np.array([[(2.0, 0.0), (2.0, 5.0)], [(9.0, 0.0), (9.0, 6.0)]])
    assert SolidCut("b", 0, "building", "", walls).spans == pytest.approx(np.array([[2.0, 9.0, 0.0, 6.0]]))
