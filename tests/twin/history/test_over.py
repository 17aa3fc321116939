"""What was said over a stretch of time, and the stamps that a clock can land on."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.history import replay
from twin.history.motion import Motion
from twin.history.over import MOST_INSTANTS, instants, over

ROWS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 60), st.floats(-50, 50, width=32)), min_size=1, max_size=60)


def built(rows):
    """One reading per datastream and time: the later of two wins, as in `replay.build`."""
    streams, times, values = (np.array(c) for c in zip(*rows))
    return replay.build(streams.astype(np.int32), times.astype(np.int64), values.astype(np.float32), 4)[0]


@given(st.integers(0, 10_000), st.integers(0, 5_000), st.integers(0, 600))
def test_instants_end_at_now_and_stay_inside(since, length, interval):
    found = instants(since, since + length, interval)
    assert found[-1] == since + length and found == sorted(found) and len(found) <= MOST_INSTANTS
    assert found[0] > since or not length or len(found) == 1


@given(ROWS, st.integers(0, 40), st.integers(1, 25), st.sampled_from(["mean", "min", "max"]))
def test_over_every_instant_it_equals_brute_force(rows, since, length, statistic):
    history, stale = built(rows), 15
    got = over(history, np.arange(4), since, since + length, statistic, stale, interval_ns=1)
    for row in range(4):
        said = []
        for at in range(since + 1, since + length + 1):
            values, ages = history.latest_at(at)
            if 0 <= ages[row] <= stale:
                said.append(float(values[row]))
        if said:
            assert got[row] == pytest.approx({"mean": np.mean, "min": np.min, "max": np.max}[statistic](said), abs=1e-3)
        else:
            assert np.isnan(got[row])


@given(ROWS, st.integers(-5, 70))
def test_the_stamps_on_both_sides(rows, now):
    history, times = built(rows), sorted({t for _, t, _ in rows})
    assert history.reading_until(now) == max((t for t in times if t <= now), default=None)
    assert history.reading_after(now) == min((t for t in times if t > now), default=None)


def test_fixes_are_stamps_too():
    fixes = np.array([10, 20, 40], np.int64)
    motion = Motion(offsets=np.array([0, 3]), times_ns=fixes, positions=np.zeros((3, 3), np.float32),
                    heading_deg=np.zeros(3, np.float32), speed_kmh=np.zeros(3, np.float32), sorted_ns=fixes,
                    interval_ns=np.array([10]))
    assert [motion.reading_until(t) for t in (9, 10, 39)] == [None, 10, 20]
    assert [motion.reading_after(t) for t in (9, 10, 40)] == [10, 20, None]
