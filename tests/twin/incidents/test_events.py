"""Events: hysteresis, least duration, gaps, levels; and the scan against the obvious loop."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from twin.incidents.events import Stretch, events_of, events_of_series, stretches
from twin.incidents.rule import AlarmRule
from twin.times import MINUTE, SECOND

DEPTH = AlarmRule(id="r", layer="depth", name="Underpass", observed="depth", yellow=3, orange=15, red=25, clear=2)


def series(*values, step_ns=MINUTE):
    return np.arange(len(values), dtype=np.int64) * step_ns, np.array(values, np.float32)


def events(*values, rule=DEPTH, stale_ns=10 * MINUTE, step_ns=MINUTE):
    return events_of_series(rule, *series(*values, step_ns=step_ns), stale_ns)


def test_a_value_that_trembles_about_the_limit_is_one_event():
    (event,) = events(0, 3, 2.5, 3.1, 2.9, 3, 1)
    assert (event.start_ns, event.end_ns) == (MINUTE, 6 * MINUTE) and event.level == 1 and not event.lost


def test_levels_come_at_their_own_time_and_stay():
    (event,) = events(0, 4, 16, 27, 16, 4, 0)
    assert event.since_ns == ((1, MINUTE), (2, 2 * MINUTE), (3, 3 * MINUTE))
    assert [event.level_at(k * MINUTE) for k in range(7)] == [0, 1, 2, 3, 3, 3, 0]
    assert (event.peak, event.peak_ns) == (27.0, 3 * MINUTE)


def test_what_is_too_short_is_no_event():
    rule = replace(DEPTH, min_secs=120)
    assert events(0, 5, 0, 0, rule=rule) == []
    (event,) = events(0, 5, 5, 5, 0, rule=rule)
    assert event.start_ns == MINUTE and event.raised_ns == 3 * MINUTE
    assert event.level_at(2 * MINUTE) == 0, "it was not yet known to last"


def test_an_event_goes_on_until_it_ends():
    (event,) = events(0, 9)
    assert event.end_ns is None and event.level_at(10**18) == 1


def test_lost_readings_end_an_event_and_say_so():
    times_ns, values = series(0, 9, 9, 9)
    times_ns[3] = 60 * MINUTE
    found = events_of_series(DEPTH, times_ns, values, 5 * MINUTE)
    assert [(e.end_ns, e.lost) for e in found] == [(7 * MINUTE, True), (None, False)]
    (event,) = events(9, np.nan, 1)
    assert event.lost and event.end_ns == MINUTE, "a reading reported as missing raises and holds nothing"


def test_below_as_well():
    rule = AlarmRule(id="o", layer="x", name="Oxygen", direction="below", yellow=5.0, red=2.0, clear=6.0)
    (event,) = events(7, 5, 5.5, 1.5, 6.5, rule=rule)
    assert event.level == 3 and event.peak == 1.5 and event.end_ns == 4 * MINUTE


def test_hours_of_the_day_and_over_midnight():
    rule = AlarmRule(id="n", layer="x", name="Noise", red=55, hours="22:00-06:00")
    times_ns = np.arange(0, 2 * 24 * 60, 10, dtype=np.int64) * MINUTE            # from 08:00 in Shanghai
    found = events_of_series(rule, times_ns, np.full(len(times_ns), 60.0), 20 * MINUTE)
    hour = 60 * MINUTE
    assert [(e.start_ns, e.end_ns) for e in found] == [(14 * hour, 22 * hour), (38 * hour, 46 * hour)]
    assert not any(e.lost for e in found)
    assert len(events_of_series(replace(rule, hours="07:00-09:00"), times_ns, np.full(len(times_ns), 60.0), hour)) == 3
    assert replace(rule, hours="late").fault() and not rule.fault()


def test_senseless_rules_say_what_is_wrong():
    assert AlarmRule(id="a", layer="x", name="n").fault()
    assert replace(DEPTH, red=10).fault() and replace(DEPTH, clear=4).fault()
    assert not DEPTH.fault() and not replace(DEPTH, yellow=None, clear=None).fault()


@given(st.lists(st.one_of(st.integers(0, 6).map(float), st.just(float("nan"))), max_size=60),
       st.integers(1, 5), st.integers(0, 5))
def test_the_scan_is_the_obvious_loop(values, limit, below):
    clear = limit - min(below, limit - 1)
    found, first, on = [], 0, False
    for i, value in enumerate(values):
        now = value >= limit or (on and not np.isnan(value) and value >= clear)
        if now and not on:
            first = i
        if on and not now:
            found.append(Stretch(first, i - 1, i))
        on = now
    if on:
        found.append(Stretch(first, len(values) - 1, -1))
    assert stretches(np.array(values, float), limit, clear) == found


def test_every_datastream_of_the_property_and_no_other():
    import pyarrow as pa

    from twin.data import Sensors
    from twin.history.replay import build
    table = pa.table({"id": ["a", "b", "c"], "property": ["depth", "rain", "depth"]})
    streams = np.array([0, 1, 2, 0, 1, 2], np.int32)
    times_ns = np.array([0, 0, 0, 1, 1, 1], np.int64) * SECOND + SECOND
    history, _ = build(streams, times_ns, np.array([5, 5, 0, 0, 0, 30], np.float32), 3)
    payload = Sensors(features=table, positions=np.zeros((3, 3), np.float32), history=history, count=3)
    found = events_of(DEPTH, payload, MINUTE)
    assert [(e.stream, e.row, e.level) for e in found] == [("a", 0, 1), ("c", 2, 3)]
    assert events_of(DEPTH, payload, MINUTE, go_on=lambda: False) == []


def test_the_worst_so_far_is_known_at_every_instant():
    (event,) = events(0, 4, 16, 12, 27, 16)
    assert [event.peak_at(k * MINUTE) for k in range(1, 6)] == [4, 16, 16, 27, 27] and np.isnan(event.peak_at(0))
    assert event.worse[-1] == (event.peak_ns, event.peak) and event.end_ns is None
