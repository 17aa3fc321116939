"""The replay against brute force: what every datastream said last, and how long ago."""

from __future__ import annotations

import itertools
import pickle

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from twin.history import filling, replay
from twin.history.history import fresh_at
from twin.history.replay import Cube, Keyframes, build

MINUTE = 60_000_000_000
BASE = 1_784_044_800_000_000_000


def brute(readings, count, now):
    """(values, ages) by looking at every reading, in the order of the file."""
    values, ages, newest = np.full(count, np.nan, np.float32), np.full(count, -1, np.int64), [None] * count
    for stream, time, value in readings:
        if np.isfinite(value) and time <= now and (newest[stream] is None or time >= newest[stream]):
            newest[stream], values[stream], ages[stream] = time, value, now - time
    return values, ages


def arrays(readings):
    streams, times, values = zip(*readings) if readings else ((), (), ())
    return np.array(streams, np.int32), np.array(times, np.int64), np.array(values, np.float32)


COUNT = 4
BOTH_FORMS = settings(deadline=None,
                      suppress_health_check=[HealthCheck.function_scoped_fixture])          # patched once is enough
VALUES = st.one_of(st.just(float("nan")), st.floats(-100, 100, width=32))
REGULAR = st.integers(0, 12).map(lambda k: BASE + 5 * MINUTE * k)
IRREGULAR = st.integers(0, 3_600_000_000_000).map(lambda k: BASE + k)


def streams_of(times):
    return st.lists(st.tuples(st.integers(0, COUNT - 1), times, VALUES), max_size=40)


@pytest.fixture(params=["as it chooses", "keyframes", "a cube in blocks"])
def forms(request, monkeypatch):
    """Both forms of the replay, the second with a row every two readings or so; and the first in blocks of columns."""
    if request.param == "a cube in blocks":
        for name, value in (("BLOCK_CELLS", 1), ("LEAST_COLUMNS", 3), ("SLICE", 2)):
            monkeypatch.setattr(filling, name, value)
    if request.param == "keyframes":
        monkeypatch.setattr(replay, "_cube", lambda streams, rows, values, ticks, count, shared:
                            replay._keyframes(streams, ticks[rows], values, count, shared))
        monkeypatch.setattr(replay, "MIN_ROW_EVENTS", 1)
    return request.param


def laws(readings, now):
    history, tally = build(*arrays(readings), COUNT)
    values, ages = history.latest_at(now)
    expected_values, expected_ages = brute(readings, COUNT, now)
    np.testing.assert_array_equal(values, expected_values)
    np.testing.assert_array_equal(ages, expected_ages)
    for stale_ns in (0, 7 * MINUTE, 2**62):
        fresh = np.where((expected_ages >= 0) & (expected_ages <= stale_ns), expected_values, np.float32(np.nan))
        np.testing.assert_array_equal(fresh_at(history, now, stale_ns), fresh)
    real = [(s, t) for s, t, v in readings if np.isfinite(v)]
    assert tally.readings == len(real) and tally.missing == len(readings) - len(real)
    assert tally.duplicates == len(real) - len(set(real))
    edges = np.array(sorted({BASE, now, BASE + 31 * MINUTE, BASE + 10 * 60 * MINUTE}))
    distinct = np.array([t for _, t in set(real)], np.int64)
    expected = [int(((distinct >= a) & (distinct < b)).sum()) for a, b in itertools.pairwise(edges)]
    np.testing.assert_array_equal(history.coverage(edges), expected)
    for row in range(COUNT):
        times, said = history.series(row)
        last = {t: np.float32(v) for s, t, v in readings if s == row and np.isfinite(v)}
        assert dict(zip(times.tolist(), said.tolist())) == {t: float(v) for t, v in last.items()}
        assert times.tolist() == sorted(last)
    return history


@BOTH_FORMS
@given(streams_of(REGULAR), st.one_of(REGULAR, IRREGULAR))
def test_regular_streams_equal_brute_force(forms, readings, now):
    laws(readings, now)


@BOTH_FORMS
@given(streams_of(IRREGULAR), st.one_of(REGULAR, IRREGULAR, st.just(0), st.just(2**62)))
def test_irregular_streams_equal_brute_force(forms, readings, now):
    laws(readings, now)


@BOTH_FORMS
@given(streams_of(IRREGULAR), IRREGULAR, st.integers(0, COUNT - 1), st.integers(1, 10**15))
def test_a_reading_later_than_now_changes_nothing(forms, readings, now, stream, later):
    before, _ = build(*arrays(readings), COUNT)
    after, _ = build(*arrays([*readings, (stream, now + later, 7.0)]), COUNT)
    for one, other in zip(before.latest_at(now), after.latest_at(now)):
        np.testing.assert_array_equal(one, other)


def test_the_form_follows_the_data():
    count, steps = 5000, 30
    regular_times = np.repeat(BASE + MINUTE * np.arange(steps), count)
    streams = np.tile(np.arange(count, dtype=np.int32), steps)
    values = np.arange(count * steps, dtype=np.float32)
    grid, _ = build(streams, regular_times, values, count)
    jittered = regular_times + np.random.default_rng(1).integers(0, MINUTE, count * steps)
    loose, _ = build(streams, jittered, values, count)
    assert isinstance(grid, Cube) and isinstance(loose, Keyframes)
    now = BASE + 17 * MINUTE + 5
    values_now, ages = grid.latest_at(now)
    assert values_now[3] == 17 * count + 3 and (ages == 5).all()
    expected, _ = brute(list(zip(streams[:1 << 17], jittered, values)), count, now)
    np.testing.assert_array_equal(loose.latest_at(now)[0], expected)


def test_late_readings_are_sorted_and_counted():
    history, tally = build(*arrays([(0, BASE + 9, 9.0), (1, BASE, 1.0), (0, BASE + 4, 4.0)]), 2)
    assert tally.late == 1
    assert history.series(0)[1].tolist() == [4.0, 9.0]


def test_typical_distance_is_the_median_and_zero_where_unknown(forms):
    times = [BASE + m * MINUTE for m in (0, 5, 10, 15, 60)]
    history, _ = build(*arrays([(0, t, 1.0) for t in times] + [(1, BASE, 1.0)]), 3)
    assert history.interval_ns.tolist() == [5 * MINUTE, 0, 0]


def test_read_only_and_pickled_arrays_answer_too(forms):
    history, _ = build(*arrays([(0, BASE, 1.0), (1, BASE + 7, 2.0), (0, BASE + 9, 3.0)]), 2)
    buffers = []
    body = pickle.dumps(history, protocol=5, buffer_callback=buffers.append)
    again = pickle.loads(body, buffers=[bytes(b.raw()) for b in buffers])
    values, ages = again.latest_at(BASE + 8)
    assert not again.held.flags.writeable
    assert values.tolist() == [1.0, 2.0] and ages.tolist() == [8, 1]


def test_nothing_said_is_nan_everywhere():
    history = replay.empty(3)
    values, ages = history.latest_at(BASE)
    assert np.isnan(values).all() and (ages == -1).all()
    assert history.span_ns == (0, 0) and history.coverage(np.array([0, BASE])).tolist() == [0]
    assert len(history.series(2)[0]) == 0
