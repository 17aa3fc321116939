"""Signals by the clock, links within range, gaps of a platoon: laws and brute force."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from twin import times
from twin.data import Vectors
from twin.roadside import AMBER, GREEN, RED, gaps_of, links_of, phases, roadside_of

ZONE = "Asia/Shanghai"
NOON = times.parse("2026-07-15T12:00:00+08:00")


def made():
    table = pa.table({"id": ["u", "s", "w", "x"], "kind": ["unit", "signal", "warning", "tree"],
                      "name": ["Unit", "Signal", "Car", "Tree"], "range_m": [100.0, None, None, None],
                      "cycle_s": [None, 60.0, None, None], "green_s": [None, 25.0, None, None],
                      "amber_s": [None, 3.0, None, None], "offset_s": [None, 0.0, None, None],
                      "from": [None, None, "2026-07-15T08:12:00+08:00", None],
                      "until": [None, None, "2026-07-15T08:20:00+08:00", None]})
    points = np.array([[0, 0, 0], [10, 0, 0], [500, 0, 0], [1, 1, 0]], np.float32)
    data = Vectors(features=table, count=4, points=points, point_feature=np.arange(4, dtype=np.int32))
    return roadside_of(data, ZONE)


@given(cycle=st.integers(20, 180), green=st.integers(1, 100), amber=st.integers(1, 6), offset=st.integers(0, 400),
       after=st.integers(0, 86_399))
def test_a_signal_goes_from_green_over_amber_to_red_and_says_when(cycle, green, amber, offset, after):
    assume(green + amber < cycle)
    plan = [np.array([float(v)]) for v in (cycle, green, amber, offset)]
    midnight = NOON // times.DAY * times.DAY
    time_ns = midnight + after * times.SECOND
    (state,), (remain,) = phases(*plan, time_ns)
    assert 0 < remain <= {GREEN: green, AMBER: amber, RED: cycle - green - amber}[state]
    whole = round(float(remain))
    if after + whole < 86_400:                               # the plan begins anew at midnight UTC
        (then,), _ = phases(*plan, midnight + (after + whole) * times.SECOND)
        assert then == {GREEN: AMBER, AMBER: RED, RED: GREEN}[state]


@given(st.lists(st.tuples(st.floats(-200, 200), st.floats(-200, 200)), max_size=12))
def test_a_unit_hears_what_is_within_its_range(places):
    vehicles = np.array([(x, y, 0.0) for x, y in places]).reshape(-1, 3)
    assume(all(abs(np.hypot(x, y) - 100.0) > 1e-6 for x, y in places))
    links = links_of(made(), vehicles)
    assert links.vehicles.tolist() == [n for n, (x, y) in enumerate(places) if np.hypot(x, y) < 100.0]
    assert ((links.quality > 0) & (links.quality <= 1)).all() and (links.units == 0).all()


def test_who_is_not_there_is_not_heard():
    assert not len(links_of(made(), np.full((2, 3), np.nan)).units)


def test_a_warning_holds_from_its_beginning_to_before_its_end():
    roadside = made()
    held = [len(roadside.warnings_at(times.parse(f"2026-07-15T{c}+08:00")))
            for c in ("08:11:59.999", "08:12:00", "08:19:59.999", "08:20:00")]
    assert held == [0, 1, 1, 0]


def test_a_stop_tells_who_comes_first_by_the_pace_of_the_last_minute():
    table = pa.table({"id": ["s", "t"], "kind": ["stop", "stop"], "name": ["Stop", "Tram"], "serves": ["bus", "tram"]})
    roadside = roadside_of(Vectors(features=table, count=2, points=np.zeros((2, 3), np.float32),
                                   point_feature=np.arange(2, dtype=np.int32)), ZONE)
    modes = ["bus", "bus", "bus", "truck", "bus"]
    places = np.array([[0, 600, 0], [400, 0, 0], [-50, 0, 0], [10, 0, 0], [0, 2500, 0]], float)
    before = np.array([[0, 960, 0], [700, 0, 0], [50, 0, 0], [90, 0, 0], [0, 2900, 0]], float)
    found = roadside.arrivals(places, before, modes)
    assert found == {0: (1, pytest.approx(80.0))}, "400 m at 5 m/s; nearest is not first, and what goes away never is"
    assert not roadside.arrivals(np.full((5, 3), np.nan), before, modes)


@pytest.mark.parametrize("heading", [0.0, 90.0, 217.0])
def test_gaps_are_between_bumpers_in_the_order_of_the_road(heading):
    turn = np.radians(heading)
    along = np.array([0.0, -62.0, -31.0, -400.0])            # the third drives second, the last one is no part of it
    places = np.stack([along * np.sin(turn), along * np.cos(turn), np.zeros(4)], axis=1)
    found = gaps_of(places, np.full(4, heading), np.arange(4), 9.0)
    assert [(a, b) for a, b, _ in found] == [(0, 2), (2, 1)]
    assert [gap for *_, gap in found] == pytest.approx([22.0, 22.0])


def test_in_a_turn_there_is_no_gap_and_nobody_follows_who_comes_towards_it():
    """Two trucks have turned and come back on the lane beside; the third is in the loop, the fourth still before it."""
    places = np.array([[-7, 40, 0], [-7, 71, 0], [0, 90, 0], [0, 60, 0]], float)
    found = gaps_of(places, np.array([180.0, 180.0, 270.0, 0.0]), np.arange(4), 9.0)
    assert found == [(0, 1, pytest.approx(22.0))]
    assert gaps_of(np.full((4, 3), np.nan), np.zeros(4), np.arange(4), 9.0) == []
