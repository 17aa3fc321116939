"""Hours of sun against what geometry says by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from twin.frame import Frame
from twin.shade import Scene
from twin.sun_hours import Day, day_of, enclosed_by, facades_of, grid_around, hours_of
from twin.trouble import Trouble

PLACE = Frame()
CRS_PLACE = (121.25, 31.35)


@pytest.fixture(scope="module")
def frame():
    """With its origin at 31.35 N, 121.25 E."""
    from pyproj import Transformer
    e, n = Transformer.from_crs("EPSG:4326", PLACE.crs, always_xy=True).transform(*CRS_PLACE)
    return Frame(crs=PLACE.crs, origin=(e, n, 0.0))


def box(x0, y0, x1, y1, height):
    """A closed box on the ground: points (8, 3), triangles outward."""
    points = np.array([(x, y, z) for z in (0, height) for x, y in ((x0, y0), (x1, y0), (x1, y1), (x0, y1))], np.float32)
    faces = [(0, 1, 5), (0, 5, 4), (1, 2, 6), (1, 6, 5), (2, 3, 7), (2, 7, 6), (3, 0, 4), (3, 4, 7),
             (4, 5, 6), (4, 6, 7)]
    return points, np.array(faces, np.int32)


@pytest.mark.parametrize("date,noon_deg,shadow_m", [("2026-12-21", 35.2, 142.0), ("2026-06-21", 82.1, 13.9)])
def test_the_shadow_of_the_test_pole(frame, date, noon_deg, shadow_m):
    """Scenario 6: a pole of 100 m throws 142 m at noon of 21 December; its tip within 0.5 m of the formula."""
    day = day_of(date, frame, "Asia/Shanghai", step_minutes=1)
    highest = day.toward[np.argmax(day.toward[:, 2])].astype(float)
    elevation = math.asin(highest[2])
    assert math.degrees(elevation) == pytest.approx(noon_deg, abs=0.1)
    formula_m = 100.0 / math.tan(elevation)
    assert formula_m == pytest.approx(shadow_m, abs=0.6)
    points, faces = box(-0.05, -0.05, 0.05, 0.05, 100.0)
    away = -highest[:2] / np.hypot(*highest[:2])
    along = np.arange(1.0, 200.0, 0.05)
    ground = np.column_stack([away * d for d in along]).T.reshape(-1, 2)
    at = np.column_stack([ground, np.zeros(len(ground))]).astype(np.float32)
    lit = hours_of(Scene(points, faces), at, Day(day.times_ns[:1], highest[None].astype(np.float32), 1.0)).total > 0
    tip = along[np.flatnonzero(~lit)[-1]]
    assert abs(tip - formula_m) < 0.5


def test_solar_noon_is_not_twelve(frame):
    """121.25 E is 1.25 degrees east of the zone's meridian (5 minutes), and the equation of time comes on top."""
    day = day_of("2026-12-21", frame, "Asia/Shanghai", step_minutes=1)
    noon = day.times_ns[np.argmax(day.toward[:, 2])]
    from twin import times
    assert 11 * 60 + 50 < (noon - times.parse("2026-12-21T00:00+08:00")) / times.MINUTE < 11 * 60 + 56


def test_open_ground_has_the_whole_day_and_a_court_has_less(frame):
    day = day_of("2026-12-21", frame, "Asia/Shanghai", step_minutes=10)
    points, faces = box(-100, -30, 100, -20, 60.0)
    spots = np.array([(0, 500, 0), (0, 0, 0), (0, -60, 0)], np.float32)
    hours = hours_of(Scene(points, faces), spots, day)
    assert hours.total[0] == pytest.approx(len(day.times_ns) / 6, abs=0.01) and 9.5 < hours.total[0] < 10.5
    assert hours.total[1] < 0.5 * hours.total[0] and hours.longest[1] <= hours.total[1]
    assert hours.total[2] == hours.total[0], "south of the wall nothing stands in the way"


def test_a_break_ends_the_longest_run():
    points, faces = box(-1, -20, 1, -18, 50.0)
    south = [Day(np.arange(3), np.array([(s, -1, 0.5) for s in (-1.0, 0.0, 1.0)], np.float32)
                 / np.float32(1.5), 60.0)][0]
    hours = hours_of(Scene(points, faces), np.zeros((1, 3), np.float32), south)
    assert (hours.total[0], hours.longest[0]) == (2.0, 1.0)


def test_points_before_the_walls_of_the_lowest_storey(frame):
    points, faces = box(0, 0, 20, 10, 30.0)
    facades = facades_of(points, faces, np.zeros(8, np.int32))
    assert np.allclose(facades.points[:, 2], 0.9) and len(facades.points) == 2 * (5 + 2)      # round(10 / 4) = 2
    outside = (facades.points[:, 0] < 0) | (facades.points[:, 0] > 20) | (facades.points[:, 1] < 0) | \
        (facades.points[:, 1] > 10)
    assert outside.all(), "none lies in the house"
    day = day_of("2026-12-21", frame, "Asia/Shanghai", first="09:00", last="15:00")
    hours = hours_of(Scene(points, faces), facades.points, day, facades.normals)
    south, north = facades.normals[:, 1] < -0.9, facades.normals[:, 1] > 0.9
    assert (hours.total[south] > 5.5).all() and (hours.total[north] == 0).all()
    assert len(facades_of(points, faces[:0], np.zeros(8, np.int32)).points) == 0


def test_walls_inside_another_building_are_no_windows():
    inner, faces = box(40, 40, 50, 50, 30.0)
    outer, _ = box(30, 30, 60, 60, 40.0)
    found = facades_of(np.concatenate([inner, outer]), np.concatenate([faces, faces + 8]), np.repeat([0, 1], 8))
    enclosed = enclosed_by(Scene(np.concatenate([inner, outer]), np.concatenate([faces, faces + 8])), found)
    assert enclosed[found.feature == 0].all() and not enclosed[found.feature == 1].any()


def test_two_houses_keep_their_names():
    a, faces = box(0, 0, 10, 10, 30.0)
    b, _ = box(50, 0, 60, 10, 30.0)
    b[:, 2] += 5.0                                    # it stands higher
    found = facades_of(np.concatenate([a, b]), np.concatenate([faces, faces + 8]), np.repeat([3, 7], 8))
    assert set(found.feature) == {3, 7}
    assert np.allclose(found.points[found.feature == 7, 2], 5.9)


def test_senseless_times_are_refused(frame):
    for wrong in ({"first": "15:00", "last": "09:00"}, {"step_minutes": 0.0}, {"first": "nine"}, {"last": "25:00"}):
        with pytest.raises(Trouble):
            day_of("2026-12-21", frame, "Asia/Shanghai", **wrong)
    with pytest.raises(Trouble):
        day_of("21.12.2026", frame, "Asia/Shanghai")


def test_the_grid_is_of_square_cells():
    cells = grid_around(100.0, -50.0, 20.0, 5.0)
    assert len(cells) == 64 and cells.mean(axis=0) == pytest.approx((100.0, -50.0))
    assert np.unique(np.diff(np.unique(cells[:, 0]))) == pytest.approx([5.0])
