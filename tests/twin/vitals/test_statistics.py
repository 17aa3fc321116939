"""Statistics and windows against brute force, on every form of history."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.twin.vitals.made_pools import START, at, groups_of, pool_of
from twin import times
from twin.history import replay
from twin.history.events import events_of
from twin.vitals import windows
from twin.vitals.catalogue import Window
from twin.vitals.statistics import edges_of, occupied, occupied_share, statistics

readings = st.lists(st.lists(st.tuples(st.integers(0, 300), st.floats(0, 120, width=32)), max_size=25), min_size=1,
                    max_size=5)
grouped = st.lists(st.lists(st.integers(0, 4), max_size=5), min_size=1, max_size=4)


def kept(course: list[tuple[int, float]]) -> dict[int, float]:
    """The last reading at an instant wins."""
    return dict(course)


@given(courses=readings, first=st.integers(0, 300), length=st.integers(0, 300), wide=st.booleans())
def test_events_are_the_readings_of_a_span(courses, first, length, wide):
    spare = replay.SPARE_CELLS
    replay.SPARE_CELLS = spare if wide else 0                     # both forms of the replay
    try:
        history = pool_of(["x"] * len(courses), courses).shown[0].payload.history
    finally:
        replay.SPARE_CELLS = spare
    rows = np.arange(len(courses))[::-1]
    events = events_of(history, rows, at(first), at(first + length))
    found = list(zip(events.places.tolist(), events.times_ns.tolist(), events.values.tolist()))
    assert found == [(place, at(m), v) for place, row in enumerate(rows.tolist())
                     for m, v in sorted(kept(courses[row]).items()) if first <= m <= first + length]


@given(courses=readings, members=grouped, bucket=st.sampled_from((30, 60, 100)), threshold=st.floats(0, 120))
def test_statistics_equal_brute_force(courses, members, bucket, threshold):
    members = [sorted({r for r in group if r < len(courses)}) for group in members]
    history = pool_of(["x"] * len(courses), courses).shown[0].payload.history
    edges = np.array([at(m) for m in range(0, 301, bucket)])
    events = events_of(history, np.arange(len(courses)), int(edges[0]), int(edges[-1]))
    table = statistics(events, groups_of(members), edges, history.interval_ns, threshold)
    for g, rows in enumerate(members):
        for b in range(len(edges) - 1):
            mine = [v for r in rows for m, v in kept(courses[r]).items() if b * bucket <= m < (b + 1) * bucket]
            assert table.count[g, b] == len(mine)
            if not mine:
                assert all(math.isnan(getattr(table, n)[g, b]) for n in ("mean", "energy_mean", "min", "max", "p95"))
                continue
            v = np.array(mine, np.float64)
            expected = {"mean": v.mean(), "energy_mean": 10 * math.log10((10 ** (v / 10)).mean()), "min": v.min(),
                        "max": v.max(), "p95": np.percentile(v, 95), "over": (v > threshold).mean()}
            assert {n: float(getattr(table, n)[g, b]) for n in expected} == pytest.approx(expected, rel=1e-6)


@given(values=st.lists(st.floats(-60, 60, width=32), min_size=1, max_size=25))
def test_frost_is_in_order_too(values):
    history = pool_of(["x"], [list(enumerate(values))]).shown[0].payload.history
    edges = np.array([at(0), at(300)])
    table = statistics(events_of(history, np.arange(1), int(edges[0]), int(edges[-1])), groups_of([[0]]), edges,
                       history.interval_ns)
    assert (table.min[0, 0], table.max[0, 0]) == (min(values), max(values))
    assert table.p95[0, 0] == pytest.approx(np.percentile(values, 95), abs=1e-9)


def test_completeness_is_what_was_read_of_what_was_expected():
    courses = [[(m, 1) for m in range(0, 120, 5)], [(m, 1) for m in range(0, 60, 5)]]
    history = pool_of(["x", "x"], courses).shown[0].payload.history
    edges = np.array([at(0), at(60), at(120)])
    table = statistics(events_of(history, np.arange(2), at(0), at(120)), groups_of([[0, 1], [1], []]), edges,
                       history.interval_ns)
    assert table.completeness[:2].tolist() == [[1.0, 0.5], [1.0, 0.0]] and np.isnan(table.completeness[2]).all()


@given(courses=readings, minutes=st.sampled_from((15, 60, 120)), share=st.sampled_from((0.0, 0.8)),
       kind=st.sampled_from(("mean", "sum", "rate")))
def test_windows_equal_brute_force(courses, minutes, share, kind):
    history = pool_of(["x"] * len(courses), courses).shown[0].payload.history
    window = Window(kind, minutes, 15, share)
    out = windows.windowed(window, len(courses), (at(0), at(300)))
    for _ in windows.fill(out, window, history, np.arange(len(courses)), None):
        pass
    assert out.ready
    for k, course in enumerate(courses):
        interval = history.interval_ns[k] / times.MINUTE or 5
        for step in range(0, 301, 15):
            mine = [(m, v) for m, v in sorted(kept(course).items()) if step - minutes < m <= step]
            expected = slow_window(kind, mine, minutes, interval, share)
            assert out.at(at(step))[k] == pytest.approx(expected, rel=1e-3, abs=1e-3, nan_ok=True)


def slow_window(kind: str, mine: list[tuple[int, float]], minutes: int, interval: float, share: float) -> float:
    if kind == "rate":
        return (mine[-1][1] - mine[0][1]) / (mine[-1][0] - mine[0][0]) if len(mine) > 1 else math.nan
    if len(mine) < max(1, share * max(1, minutes // interval)):
        return math.nan
    mean = sum(v for _, v in mine) / len(mine)
    return mean * minutes / 60 if kind == "sum" else mean


def test_a_quarter_of_an_hour_needs_12_of_15_minutes():
    window = Window("mean", 15, 15, 0.8)
    full = [(m, 1.0) for m in range(60)]
    history = pool_of(["x"] * 2, [full, [r for r in full if r[0] not in (16, 17, 18, 33, 34, 35, 36)]]).shown[0] \
        .payload.history
    out = windows.windowed(window, 2, (at(0), at(60)))
    for _ in windows.fill(out, window, history, np.arange(2), None):
        pass
    assert np.isfinite(out.at(at(30))).all() and np.isfinite(out.at(at(45))).tolist() == [True, False]


def test_the_days_maximum_begins_at_local_midnight():
    window = Window("day_max", 1440, 60, 0.0)
    history = pool_of(["x"], [[(-60, 40), (30, 20), (300, 25), (600, 22)]]).shown[0].payload.history
    out = windows.windowed(window, 1, windows.day_of(at(700), "Asia/Shanghai"))
    for _ in windows.fill(out, window, history, np.arange(1), None):
        pass
    assert out.start_ns == START and [out.at(at(m))[0] for m in (60, 299, 301, 700)] == [20, 20, 25, 25]


def test_the_national_warning_asks_for_50_mm_in_12_6_and_3_hours():
    window = Window("warning", 720, 60, 0.0, ((720, 50), (360, 50), (180, 50), (180, 100)))
    rain = [[(m, rate) for m in range(0, 720, 5)] for rate in (4, 5, 9, 20, 40)]
    history = pool_of(["x"] * 5, rain).shown[0].payload.history
    out = windows.windowed(window, 5, (at(0), at(1440)))
    for _ in windows.fill(out, window, history, np.arange(5), None):
        pass
    assert out.at(at(715)).tolist() == [0, 1, 2, 3, 4]


def test_buckets_are_those_of_the_local_clock():
    zone = "Europe/Berlin"
    first, last = times.parse("2026-10-24T10:20", zone), times.parse("2026-10-26T09:00", zone)
    days = edges_of(first, last, times.DAY, zone)
    assert np.diff(days).tolist() == [24 * times.HOUR, 25 * times.HOUR, 24 * times.HOUR]
    hours = edges_of(first, first + times.HOUR, times.HOUR, zone)
    assert times.iso(int(hours[0]), zone) == "2026-10-24T10:00:00+02:00" and hours[-1] > first + times.HOUR


def test_a_school_is_judged_in_its_hours():
    instants = np.array([times.parse(t) for t in ("2026-07-13T07:59+08:00", "2026-07-13T08:00+08:00",
                                                  "2026-07-13T16:59+08:00", "2026-07-13T17:00+08:00",
                                                  "2026-07-18T10:00+08:00")])
    hours, weekdays = ((8, 17),), (0, 1, 2, 3, 4)
    assert occupied(instants, "Asia/Shanghai", hours, weekdays).tolist() == [False, True, True, False, False]
    friday, saturday = times.parse("2026-07-17T11:00+08:00"), times.parse("2026-07-18T09:30+08:00")
    edges = edges_of(friday, saturday, times.HOUR, "Asia/Shanghai")
    share = occupied_share(edges, "Asia/Shanghai", ((8, 12), (13.5, 16.5)), weekdays)
    assert share[:7].tolist() == [1.0, 0.0, 0.5, 1.0, 1.0, 0.5, 0.0] and not share[7:].any(), "Saturday is free"
