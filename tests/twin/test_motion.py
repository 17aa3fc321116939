"""Motion: where things are between their fixes, and that nothing is invented where there are none."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.history.motion import motion_of, turned
from twin.times import SECOND

GAP, HOLD = 10 * SECOND, 60 * SECOND
fixes = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 400), st.integers(-2000, 2000), st.integers(-2000, 2000)),
                 min_size=1, max_size=40, unique_by=lambda fix: fix[:2])


def made(rows, **columns):
    """Motion of rows (thing, second, x, y)."""
    rows = np.array(rows, float)
    points = np.column_stack([rows[:, 2:4], np.full(len(rows), np.nan)])
    return motion_of(rows[:, 0].astype(np.int32), (rows[:, 1] * SECOND).astype(np.int64), points,
                     int(rows[:, 0].max()) + 1, **{k: np.array(v, float) for k, v in columns.items()})[0]


def brute(rows, thing, now_s):
    """(place, presence) by looking at every fix, or None where the thing is not there."""
    mine = sorted((row[1:] for row in rows if row[0] == thing), key=lambda fix: fix[0])
    before = [fix for fix in mine if fix[0] <= now_s]
    after = [fix for fix in mine if fix[0] > now_s]
    if not before:
        return None
    (t0, x0, y0), gap_s, hold_s = before[-1], GAP / SECOND, HOLD / SECOND
    if after and after[0][0] - t0 <= gap_s:
        t1, x1, y1 = after[0]
        share = (now_s - t0) / (t1 - t0)
        return (x0 + (x1 - x0) * share, y0 + (y1 - y0) * share), 1.0
    presence = 1.0 - min(1.0, max(0.0, (now_s - t0 - gap_s) / (hold_s - gap_s)))
    return ((x0, y0), presence) if presence > 0 else None


@given(fixes, st.floats(-5, 500))
@settings(max_examples=300, deadline=None)
def test_places_are_those_of_linear_interpolation(rows, now_s):
    now_ns = round(now_s * SECOND)
    fleet = made(rows).at(now_ns, GAP, HOLD)
    for thing in range(max(row[0] for row in rows) + 1):
        expected = brute(rows, thing, now_ns / SECOND)
        if expected is None:
            assert fleet.presence[thing] == 0 and np.isnan(fleet.places[thing, 0])
        else:
            assert np.hypot(*(fleet.places[thing, :2] - expected[0])) < 1.0
            assert fleet.presence[thing] == pytest.approx(expected[1], abs=1e-6)


@given(fixes, st.floats(-5, 500))
@settings(max_examples=200, deadline=None)
def test_the_last_fix_is_the_newest_that_is_not_later(rows, now_s):
    motion, now_ns = made(rows), round(now_s * SECOND)
    for thing, last in enumerate(motion.last_fix(now_ns)):
        mine = motion.times_ns[motion.offsets[thing]:motion.offsets[thing + 1]]
        assert last - motion.offsets[thing] == np.searchsorted(mine, now_ns, side="right") - 1


@given(st.floats(0, 359.9), st.floats(0, 359.9), st.floats(0, 1))
def test_it_turns_the_shorter_way(a, b, share):
    between = float(turned(np.array([a]), np.array([b]), np.array([share]))[0])
    whole = abs((b - a + 180) % 360 - 180)
    part = abs((between - a + 180) % 360 - 180)
    assert part == pytest.approx(whole * share, abs=1e-3)


def test_a_heading_goes_over_north_and_not_round_by_the_south():
    motion = made([(0, 0, 0, 0), (0, 10, 0, 100)], heading_deg=[359, 3], speed_kmh=[36, 36])
    assert motion.at(5 * SECOND, GAP, HOLD).heading_deg[0] == pytest.approx(1.0, abs=1e-3)


def test_a_thing_that_stands_keeps_its_heading():
    rows = [(0, 0, 0, 0), (0, 5, 50, 0), (0, 10, 50, 0), (0, 15, 50, 0), (0, 20, 50, 60)]
    motion = made(rows, heading_deg=[90, 90, 0, 0, 0], speed_kmh=[36, 0, 0, 0, 36])
    assert [round(float(motion.at(s * SECOND, GAP, HOLD).heading_deg[0])) for s in (2, 7, 12)] == [90, 90, 90]
    without = made(rows)
    assert [round(float(without.at(s * SECOND, GAP, HOLD).heading_deg[0])) for s in (2, 7, 10)] == [90, 90, 90]


def test_speed_follows_from_the_positions_where_it_is_not_given():
    motion = made([(0, 0, 0, 0), (0, 10, 100, 0), (0, 20, 100, 0)])
    assert motion.series(0)[1] == pytest.approx([36.0, 0.0, 0.0], abs=1e-3)


def test_the_later_of_two_rows_with_one_instant_counts():
    points = np.array([[0, 0, 0], [5, 0, 0], [9, 0, 0]], float)
    motion, twice = motion_of(np.zeros(3, np.int32), np.array([0, 0, SECOND]), points, 1)
    assert twice == 1 and motion.positions[:, 0].tolist() == [5.0, 9.0]


def test_as_a_history_it_counts_fixes_and_knows_its_span():
    motion = made([(0, 0, 0, 0), (0, 10, 1, 0), (1, 10, 0, 0), (1, 25, 0, 9)])
    assert motion.span_ns == (0, 25 * SECOND)
    assert motion.coverage(np.array([0, 10, 20, 30]) * SECOND).tolist() == [1, 2, 1]
    values, ages = motion.latest_at(10 * SECOND)
    assert ages.tolist() == [0, 0] and np.isfinite(values).all()
    assert motion.latest_at(5 * SECOND)[1].tolist() == [5 * SECOND, -1]


def test_of_a_single_fix_nothing_but_what_it_says_is_known():
    motion = made([(0, 0, 0, 0), (0, 10, 100, 0), (1, 0, 5, 5)])
    fleet = motion.at(10 * SECOND, GAP, HOLD)
    assert fleet.speed_kmh[0] == pytest.approx(36.0, abs=1e-3) and fleet.heading_deg[0] == pytest.approx(90.0)
    assert np.isnan([fleet.speed_kmh[1], fleet.heading_deg[1]]).all() and fleet.presence[1] == 1.0
    assert fleet.drawn_deg[1] == 0.0
    told = made([(0, 0, 0, 0)], speed_kmh=[18], heading_deg=[270]).at(0, GAP, HOLD)
    assert (told.speed_kmh[0], told.heading_deg[0]) == (18.0, 270.0)
    silent = made([(0, 0, 0, 0)], heading_deg=[270]).at(0, GAP, HOLD)
    assert np.isnan(silent.speed_kmh[0]) and silent.heading_deg[0] == 270.0


def test_who_stands_has_a_speed_but_no_heading():
    fleet = made([(0, 0, 3, 3), (0, 5, 3, 3)]).at(2 * SECOND, GAP, HOLD)
    assert fleet.speed_kmh[0] == 0.0 and np.isnan(fleet.heading_deg[0])


def test_what_the_next_thing_does_not_know_is_known_of_this_one():
    motion = made([(0, 0, 0, 0), (1, 0, 5, 5)])
    motion = replace(motion, measures={"load": np.array([50.0, np.nan], np.float32)})
    assert motion.at(SECOND, GAP, HOLD).measures["load"][0] == 50.0
