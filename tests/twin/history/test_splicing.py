"""What was read in two pieces is what would have been read at once."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.twin.test_motion import GAP, HOLD, fixes
from twin.history.motion import motion_of
from twin.history.splicing import spliced
from twin.times import SECOND


def columns(rows, things=None) -> dict:
    """What `motion_of` asks for, of rows (thing, second, x, y); what is measured depends on the row alone."""
    rows = np.array(rows, float).reshape(-1, 4)
    numbers = rows[:, 0] if things is None else np.array([things.index(n) for n in rows[:, 0]], float)
    return {"things": numbers.astype(np.int32), "times_ns": (rows[:, 1] * SECOND).astype(np.int64),
            "positions": np.column_stack([rows[:, 2:], np.full(len(rows), np.nan)]), "heading_deg": None,
            "speed_kmh": rows[:, 1] + 7.0, "measures": {"load": rows[:, 1] % 100}, "cut": None}


@given(fixes, st.integers(0, 400), st.integers(-5, 450), st.permutations(range(4)))
@settings(max_examples=200, deadline=None)
def test_in_two_pieces_as_at_once(rows, since, now, order):
    base = motion_of(count=4, **columns([row for row in rows if row[1] < since or row[2] % 2]))[0]
    whole = motion_of(count=4, **columns(rows))[0]
    fresh = [row for row in rows if row[1] >= since - 3]              # more than was asked for does no harm
    both = spliced(base, np.array(order), since * SECOND, columns(fresh, list(order)))
    for name in ("offsets", "times_ns", "positions", "speed_kmh", "sorted_ns"):
        np.testing.assert_array_equal(getattr(both, name), getattr(whole, name), name)
    np.testing.assert_array_equal(both.measures["load"], whole.measures["load"])
    one, other = (motion.at(now * SECOND, GAP, HOLD) for motion in (both, whole))
    np.testing.assert_array_equal(one.places, other.places)
    assert both.revision == base.revision + 1 and both.span_ns == whole.span_ns


def test_who_stands_all_the_time_keeps_the_heading_he_came_with():
    came = [(0, s, 10.0 * s, 0.0) for s in range(5)]
    stood = [(0, s, 40.0, 0.0) for s in range(5, 30)]
    rows = columns(came + stood) | {"speed_kmh": None}
    base = motion_of(count=1, **rows)[0]
    fresh = columns([row for row in stood if row[1] >= 20]) | {"speed_kmh": None}
    both = spliced(base, np.array([0]), 20 * SECOND, fresh)
    assert both.heading_deg.tolist() == base.heading_deg.tolist() and both.heading_deg[-1] == 90.0


def test_what_is_new_to_the_base_is_left_out_and_what_the_tail_does_not_know_stays():
    base = motion_of(count=2, **columns([(0, 1, 0, 0), (1, 2, 5, 5), (1, 9, 6, 6)]))[0]
    fresh = columns([(0, 8, 1, 1), (1, 8, 2, 2)]) | {"measures": {"delay": np.array([3.0, 4.0])}}
    both = spliced(base, np.array([0, -1]), 5 * SECOND, fresh)
    assert both.times_ns.tolist() == [SECOND, 8 * SECOND, 2 * SECOND]
    assert np.isnan(both.measures["load"][1]) and both.measures["delay"][1] == 3.0
    assert np.isnan(both.measures["delay"][[0, 2]]).all()


def test_two_pieces_of_one_fix_each_tell_the_speed_and_the_heading_of_the_way_between_them():
    bare = {"speed_kmh": None, "heading_deg": None}
    base = motion_of(count=2, **columns([(0, 0, 0, 0), (1, 0, 9, 9)]) | bare)[0]
    assert np.isnan(base.speed_kmh).all() and np.isnan(base.heading_deg).all()
    both = spliced(base, np.array([0, 1]), 5 * SECOND, columns([(0, 10, 100, 0)]) | bare)
    np.testing.assert_allclose(both.speed_kmh, [36.0, 36.0, np.nan], rtol=1e-6)
    np.testing.assert_allclose(both.heading_deg, [90.0, 90.0, np.nan])
