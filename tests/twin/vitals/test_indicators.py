"""The 35 indicators: operators as the plan means them, rules over sensors, values entered by hand."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.twin.vitals.made_pools import at, groups_of, pool_of
from tests.twin.vitals.test_board import NOON, ZONE, board_of
from twin import times
from twin.data import Sensors
from twin.vitals.choices import IndicatorEntry
from twin.vitals.indicators import Actual, actual_of, indicators, reached, told
from twin.vitals.pool import Pool, Shown

BY_NUMBER = {i.number: i for i in indicators()}
NOW = at(NOON)


def actual(number: int, board, entries=()) -> Actual:
    return actual_of(BY_NUMBER[number], tuple(entries), board, board.at(NOW), NOW, ZONE)


def board_with(properties, values, places=None, **columns):
    pool = pool_of(properties, [[(NOON, v)] for v in values], **columns)
    if places is not None:
        shown = pool.shown[0]
        payload = replace(shown.payload, positions=np.array([(x, y, 0) for x, y in places], np.float32))
        assert isinstance(payload, Sensors)
        pool = Pool((Shown(payload, shown.layers),))
    return board_of(pool, groups_of([list(range(len(properties)))]))


@pytest.mark.parametrize(("number", "value", "met"), [
    (1, 119.9, False), (1, 120, True),                     # ≥
    (2, 500, True), (2, 475, True), (2, 474, False), (2, 526, False),       # ≈ within 5 %
    (3, 3499, False), (3, 3500, True), (3, 4000, True),    # = of a count: this or more
    (5, 19_999, False), (5, 20_000, True), (5, 40_000, True),               # = of a range: its low end
    (35, 99.9, False), (35, 100, True)])
def test_an_operator_means_what_the_plan_says(number, value, met):
    assert reached(BY_NUMBER[number], Actual(value)) is met


def test_a_rise_needs_two_dates():
    indicator, none = BY_NUMBER[6], board_with(["x"], [1])
    entries = [IndicatorEntry(number=6, value=11.0, date="2022-12-31", source="a"),
               IndicatorEntry(number=6, value=12.5, date="2023-12-31", source="b")]
    both = actual(6, none, entries)
    assert (both.value, both.previous, both.source, reached(indicator, both)) == (12.5, 11.0, "b", True)
    assert both.previous_ns == times.parse("2022-12-31", ZONE)
    one = actual(6, none, entries[1:])
    assert one.previous_ns is None and one.value == 12.5 and reached(indicator, one) is None
    assert told(indicator, both, none, ZONE)["change"] == 1.5


def test_what_was_entered_counts_from_its_date_on_and_before_the_rule():
    board = board_with(["traffic.bus_eta_published"] * 4, [1, 1, 0, 1])
    computed = actual(22, board)
    assert (computed.value, computed.computed) == (75.0, True) and computed.rows.tolist() == [2]
    entry = IndicatorEntry(number=22, value=97, date="2026-07-01", source="Report")
    assert (actual(22, board, [entry]).value, actual(22, board, [entry]).computed) == (97, False)
    later = replace(entry, date="2026-08-01")
    assert actual(22, board, [later]).value == 75.0


def test_things_means_sums_and_shares_are_counted_by_declared_rules():
    board = board_with(["fixed.rate", "fixed.rate", "dc.racks", "dc.racks", "road.open", "road.length", "road.open",
                        "road.length"], [130, 100, 9000, 12000, 1, 3, 0, 1],
                       thing=["a", "b", "c", "d", "r1", "r1", "r2", "r2"],
                       system=["01.02"] * 2 + ["03.01"] * 2 + ["06.10"] * 4)
    assert actual(1, board).value == 115 and actual(1, board).rows.tolist() == [1]
    assert actual(5, board).value == 21000 and reached(BY_NUMBER[5], actual(5, board))
    assert actual(17, board).value == 75 and actual(17, board).rows.tolist() == [6]
    assert actual(4, board).value == 6                     # a road has two datastreams and is one thing
    assert "01.01" in actual(3, board).note and np.isnan(actual(3, board).value)


def test_sensors_of_elsewhere_are_no_terminals_of_the_district():
    nan = float("nan")
    board = board_with(["a"] * 5, [1] * 5, places=[(10, 10), (nan, nan), (nan, nan), (2e6, -1e6), (nan, nan)],
                       thing=["here", "nowhere", "in zone", "Athens", "planned"], zone=["", "", "Z1", "", ""],
                       system=["", "", "", "", "01.02"])
    assert actual(4, board).value == 3 and "2 things" in actual(4, board).note
    assert "not counted" not in actual(4, board_with(["a"], [1], thing=["x"])).note


def test_lockers_cover_the_communities_within_their_reach():
    board = board_with(["meter.water"] * 3 + ["locker.free"], [1, 1, 1, 5], thing=["c1", "c2", "c3", "l1"],
                       system=["18.09"] * 3 + ["18.06"], places=[(0, 0), (400, 0), (2000, 0), (100, 0)])
    found = actual(25, board)
    assert found.value == pytest.approx(200 / 3) and found.rows.tolist() == [2] and not reached(BY_NUMBER[25], found)
    assert "18.06 Smart" in found.source, "a number alone tells nobody what is meant"
    twice = board_with(["meter.water", "meter.gas", "locker.free"], [1, 1, 5], thing=["c1", "c1", "l1"],
                       system=["18.09"] * 2 + ["18.06"], places=[(0, 0), (0, 0), (9000, 0)])
    assert len(actual(25, twice).rows) == 1, "a community fails once, however many meters it has"


def test_smart_sites_light_up_the_one_that_fails():
    board = board_with(["site.monitored"] * 3, [1, 1, 0], unit=["1"] * 3)
    said = told(BY_NUMBER[35], actual(35, board), board, ZONE)
    assert said["actual"] == pytest.approx(66.6667) and said["reached"] is False and said["failing"] == ["s2"]
    assert said["as_of"] == times.iso(NOW, ZONE) and said["computed"] and "3 of 3" in said["note"]


def test_without_rule_or_value_nothing_is_claimed():
    board = board_with(["x"], [1])
    said = told(BY_NUMBER[33], actual(33, board), board, ZONE)
    assert said["actual"] is None and said["reached"] is None and said["note"] == "To be entered by hand"
    assert [i.number for i in indicators()] == list(range(1, 36))


@pytest.mark.realdata
def test_targets_are_those_of_the_plan(shared):
    path = Path(shared).parent / "domain" / "indicators.csv"
    for row, indicator in zip(csv.DictReader(path.open(encoding="utf-8-sig")), indicators(), strict=True):
        assert (row["operator"], row["target_raw"], row["name_zh"]) == (indicator.operator, indicator.target,
                                                                        indicator.name_zh)
        assert (float(row["target_low"]) if row["target_low"] else None) == indicator.low
