"""Gaps stay gaps and peaks stay peaks."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from app.panels.coverage import bin_edges
from app.panels.thinning import csv, drawable
from twin.times import MINUTE

STEP = 5 * MINUTE


@given(st.integers(2000, 6000), st.integers(0, 2**32 - 1), st.integers(50, 300))
def test_the_greatest_and_the_least_survive(count, seed, pixels):
    values = np.random.default_rng(seed).normal(size=count).astype(np.float32)
    instants = np.arange(count, dtype=np.int64) * STEP
    at, drawn = drawable(instants, values, STEP, (0, int(instants[-1])), pixels)
    assert np.nanmax(drawn) == values.max()
    assert np.nanmin(drawn) == values.min()
    assert (np.diff(at) >= 0).all()
    assert len(drawn) <= 2 * (pixels + 2)


def test_a_pause_and_a_missing_value_both_break_the_line():
    instants = np.array([0, 1, 2, 10, 11, 12, 13], np.int64) * STEP
    values = np.array([1, 2, 3, 4, np.nan, 6, 7], np.float32)
    _, drawn = drawable(instants, values, STEP, (0, 13 * STEP), 500)
    pieces = "".join("." if np.isnan(v) else "x" for v in drawn)
    assert pieces == "xxx.x.xx"


def test_one_missing_reading_of_a_steady_datastream_is_a_gap():
    kept = np.array([0, 1, 2, 4, 5, 6, 8, 9], np.int64) * STEP
    late = np.array([3, -2, 1, 3, -3, 2, -1, 3], np.int64) * STEP // 100             # clocks are never exact
    for interval in (STEP, 0):
        _, drawn = drawable(kept + late, np.ones(8), interval, (0, 10 * STEP), 500)
        assert "".join("." if np.isnan(v) else "x" for v in drawn) == "xxx.xxx.xx"


def test_what_reports_as_it_likes_is_broken_by_a_long_silence_only():
    instants = np.cumsum([0, 10, 17, 13, 4, 23, 12, 26, 9, 11, 500, 14]).astype(np.int64) * MINUTE
    _, drawn = drawable(instants, np.ones(12), 0, (0, int(instants[-1])), 500)
    assert "".join("." if np.isnan(v) else "x" for v in drawn) == "xxxxxxxxxx.xx"


def test_thinned_lines_keep_their_gap():
    instants = np.concatenate([np.arange(5000), np.arange(9000, 14000)]).astype(np.int64) * STEP
    _, drawn = drawable(instants, np.ones(10_000, np.float32), STEP, (0, int(instants[-1])), 100)
    assert np.isnan(drawn).sum() == 1


def test_an_empty_series_draws_nothing():
    at, drawn = drawable(np.zeros(0, np.int64), np.zeros(0, np.float32), 0, (0, 1), 100)
    assert len(at) == len(drawn) == 0


def test_csv_leaves_a_cell_empty_where_nothing_was_measured():
    a = (np.array([1, 2], np.int64), np.array([1.5, np.nan], np.float32))
    b = (np.array([2, 3], np.int64), np.array([7, 8], np.float32))
    assert csv(["a", "b, c"], [a, b], (0, 2), str) == 'time,a,"b, c"\n1,1.5,\n2,,7\n'


@given(st.integers(1, 10**6), st.integers(1, 2000), st.integers(1, 2000))
def test_regular_readings_leave_no_bin_empty(start, readings, bins):
    instants = start * 7919 + np.arange(readings, dtype=np.int64) * STEP
    edges = bin_edges((int(instants[0]), int(instants[-1]) + 1), bins, STEP)
    counts = np.histogram(instants, edges)[0]
    assert counts.sum() == readings
    assert (counts[1:-1] > 0).all()
