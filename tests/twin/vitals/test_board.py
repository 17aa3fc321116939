"""The board against brute force, and the laws of a verdict."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.twin.vitals.made_pools import at, groups_of, pool_of
from twin.frame import Frame
from twin.vitals import verdict
from twin.vitals.board import Board, index_of
from twin.vitals.catalogue import Catalogue, catalogue
from twin.vitals.report import absent, deciding, report
from twin.vitals.verdict import GREEN, GREY, RED, YELLOW

NOON = 12 * 60.0
ZONE = "Asia/Shanghai"
HOWS = ("mean", "energy_mean", "max", "min", "max_abs", "median", "median_abs", "p95", "share", "harmonic", "weighted")


def board_of(pool, groups, names: Catalogue | None = None, time_ns: int = at(NOON)) -> Board:
    board = Board(names or catalogue(), pool, groups, Frame(), ZONE)
    for _ in board.prepare():
        pass
    for _ in board.work(time_ns):
        pass
    return board


def only(how: str, direction: str = "higher") -> Catalogue:
    """A catalogue of one sign without windows."""
    levels = (10.0, 20.0, 30.0) if direction == "higher" else (30.0, 20.0, 10.0)
    sign = replace(catalogue().sign("fire.smoke"), id="x", properties=("x",), how=how, direction=direction,
                   levels=levels)
    return Catalogue("2026-11-25", (6, 22), (sign,), catalogue().limits)


def slow(how: str, values: list[float], weights: list[float]) -> float:
    """One value out of the members', as a person would do it."""
    said = [(v, w) for v, w in zip(values, weights) if math.isfinite(v)]
    if not said:
        return math.nan
    v, w = np.array([x for x, _ in said], np.float64), np.array([x for _, x in said])
    return float({"mean": lambda: v.mean(), "energy_mean": lambda: 10 * math.log10((10 ** (v / 10)).mean()),
                  "max": v.max, "min": v.min, "max_abs": lambda: abs(v).max(), "median": lambda: np.median(v),
                  "median_abs": lambda: np.median(abs(v)), "p95": lambda: np.percentile(v, 95),
                  "share": lambda: 100 * np.clip(v, 0, 1).mean(), "weighted": lambda: (v * w).sum() / w.sum(),
                  "harmonic": lambda: w.sum() / (w / np.maximum(v, 0.1)).sum()}[how]())


members = st.lists(st.tuples(st.one_of(st.just(math.nan), st.floats(0, 60, width=32)), st.floats(0.5, 9)),
                   min_size=1, max_size=12)
parted = st.lists(st.lists(st.integers(0, 11), max_size=12), min_size=1, max_size=5)


@given(how=st.sampled_from(HOWS), told=members, rows=parted)
def test_every_way_to_form_a_value_equals_brute_force(how, told, rows):
    values, weights = [v for v, _ in told], [round(w, 3) for _, w in told]
    rows = [sorted({r for r in group if r < len(values)}) for group in rows]
    pool = pool_of(["x"] * len(values), [[(0, v)] for v in values], weight=[str(w) for w in weights])
    board = board_of(pool, groups_of(rows), only(how))
    state = board.at(at(NOON))
    for group, mine in enumerate(rows):
        expected = slow(how, [values[r] for r in mine], [weights[r] for r in mine])
        assert state.value[0, group] == pytest.approx(expected, rel=1e-4, abs=1e-4, nan_ok=True)
        said = [r for r in mine if math.isfinite(values[r])]
        assert (state.members[0, group], state.reporting[0, group]) == (len(mine), len(said))


@given(told=members, cut=st.integers(0, 12), how=st.sampled_from(("mean", "max", "min", "energy_mean")),
       direction=st.sampled_from(("higher", "lower")))
@example(told=[(math.nan, 1.0), (math.nan, 1.0), (10.0, 1.0)], cut=0, how="energy_mean", direction="lower")
def test_zooming_never_changes_a_verdict(told, cut, how, direction):
    """A whole alarms exactly when one of its parts does, and as loudly."""
    values = [v for v, _ in told]
    everyone, cut = list(range(len(values))), min(cut, len(values))
    groups = groups_of([everyone, everyone[:cut], everyone[cut:], *([r] for r in everyone)])
    pool = pool_of(["x"] * len(values), [[(0, v)] for v in values])
    state = board_of(pool, groups, only(how, direction)).at(at(NOON))
    whole, parts, rooms = state.verdict[0, 0], state.verdict[0, 1:3].max(), state.verdict[0, 3:].max()
    loud = lambda v: v if v > GREEN else 0                                   # noqa: E731 - grey or green say nothing
    assert loud(whole) == loud(parts) == loud(rooms)
    assert state.level[0, 0] <= whole


def test_two_readings_of_60_and_70_decibels_are_67_4():
    state = board_of(pool_of(["noise.leq"] * 2, [[(NOON, 60)], [(NOON, 70)]], unit=["dB", "dB"]),
                     groups_of([[0, 1]])).at(at(NOON))
    assert state.value[state.row("noise.leq_4a"), 0] == pytest.approx(67.4, abs=0.05)


def test_a_zone_without_working_sensors_is_grey_and_says_why():
    pool = pool_of(["fire.smoke"] * 3, [[(0, 0.1)], [(NOON, 0.1)], []], stale_minutes=15)
    board = board_of(pool, groups_of([[0], [0, 1], [0, 1, 2], [], [2]]))
    state = board.at(at(NOON + 1))
    row = state.row("fire.smoke")
    assert state.level[row].tolist() == [GREY, GREEN, GREY, GREY, GREY] == state.verdict[row].tolist()
    told = report(board, state, row, 2)
    assert told["online_rate"] == 33.3 and told["value"] == pytest.approx(0.1) and "Only 1 of 3" in told["reason"]
    assert told["silent"] == ["s0", "s2"] and told["sensors"] == ["s0", "s1", "s2"]
    assert [f["since"] for f in told["silent_named"]] == ["2026-07-15T00:00:00+08:00", None], "its last reading"
    online = report(board, state, state.row("sys.online"), 2)
    assert [f["since"] for f in online["failing"]] == ["2026-07-15T00:00:00+08:00", None]
    assert report(board, state, row, 0)["reason"] == "None of 1 sensor reports"
    assert report(board, state, row, 3)["reason"] == "No sensor here observes it"
    assert absent(catalogue().sign("fire.co"))["level"] == "grey"


def test_an_alarm_is_not_silenced_by_dead_sensors():
    pool = pool_of(["fire.smoke"] * 3, [[(NOON, 9)], [], []], stale_minutes=15)
    state = board_of(pool, groups_of([[0, 1, 2]])).at(at(NOON))
    row = state.row("fire.smoke")
    assert (state.level[row, 0], state.verdict[row, 0]) == (GREY, RED)


def test_a_value_opens_down_to_the_sensor_and_the_moment():
    course = [[(NOON - 20, 0.2), (NOON - 10, 4), (NOON - 5, 5)], [(NOON - 3, 0.1)]]
    board = board_of(pool_of(["fire.smoke"] * 2, course, stale_minutes=15, room=["5-12", "5-13"]), groups_of([[0, 1]]))
    state = board.at(at(NOON))
    told = report(board, state, state.row("fire.smoke"), 0)
    assert told["worst"]["sensor"] == "s0" and told["worst"]["room"] == "5-12" and told["verdict"] == "orange"
    assert [f["since"] for f in told["failing"]] == ["2026-07-15T11:50:00+08:00"]
    assert told["formula"] == "the highest member" and told["denominator"] == 2 and "GB 4715" in told["source"]


def test_day_and_night_have_limits_of_their_own():
    pool = pool_of(["noise.leq"], [[(0, 57), (NOON, 57)]], noise_class=["2"])
    board = board_of(pool, groups_of([[0]]))
    row = board.at(at(NOON)).row("noise.leq_2")
    assert board.at(at(NOON)).level[row, 0] == GREEN and board.at(at(5 * 60)).level[row, 0] == verdict.ORANGE
    assert [s.id for s in board.at(at(NOON)).signs if s.id.startswith("noise")] == ["noise.leq_2"]


def test_wusong_and_1985_are_kept_apart():
    levels = {"water.level": (1.0, "1985"), "Water.Level": (2.7, "wusong"), "flood.river_level": (2.6, "")}
    pool = pool_of(list(levels), [[(NOON, v)] for v, _ in levels.values()], unit=["m"] * 3,
                   height_datum=[datum for _, datum in levels.values()])
    state = board_of(pool, groups_of([[0], [1], [2]])).at(at(NOON))
    assert state.value[state.row("flood.river_level")] == pytest.approx([2.66, 2.7, 2.6], abs=1e-4)


def test_a_share_of_yes_and_no_and_of_per_cent():
    pool = pool_of(["traffic.rsu_online"] * 3, [[(NOON, 1)], [(NOON, 0)], [(NOON, 95)]], unit=["1", "1", "%"])
    board = board_of(pool, groups_of([[0, 1], [2], [0]]))
    state = board.at(at(NOON))
    row = state.row("traffic.rsu_online")
    assert state.value[row].tolist() == pytest.approx([50, 95, 100])
    assert [(f["sensor"], f["since"]) for f in report(board, state, row, 0)["failing"]] == \
        [("s1", "2026-07-15T12:00:00+08:00")]
    assert [f["sensor"] for f in report(board, state, row, 1)["failing"]] == ["s2"]


def test_units_are_brought_together_and_unknown_ones_named():
    pool = pool_of(["fire.residual_current"] * 2, [[(NOON, 0.35)], [(NOON, 250)]], unit=["A", "furlong"])
    board = board_of(pool, groups_of([[0], [1]]))
    state = board.at(at(NOON))
    row = state.row("fire.residual_current")
    assert state.value[row].tolist() == pytest.approx([350, 250]) and board.feeds[row].unknown_units == ("furlong",)


def test_a_settlement_is_judged_like_a_rise():
    pool = pool_of(["ug.metro_settle"] * 3, [[(NOON, -25)], [(NOON, 3)], [(NOON, 12)]], unit=["mm"] * 3)
    board = board_of(pool, groups_of([[0, 1, 2]]))
    state = board.at(at(NOON))
    told = report(board, state, state.row("ug.metro_settle"), 0)
    assert told["value"] == 25 and told["worst"]["sensor"] == "s0" and told["failing"][0]["sensor"] == "s0"


def test_between_two_readings_the_numbers_are_those_of_the_last_instant():
    pool = pool_of(["fire.smoke"] * 2, [[(NOON, 2), (NOON + 5, 7)], [(NOON, 0.1)]], stale_minutes=15)
    board = board_of(pool, groups_of([[0, 1]]))
    first, second, third = (board.at(at(NOON + minutes)) for minutes in (0, 2, 5))
    row = first.row("fire.smoke")
    assert second.value is first.value and (first.time_ns, second.time_ns) == (at(NOON), at(NOON + 2))
    assert third.value[row, 0] == 7 and board.at(at(NOON + 2)).value[row, 0] == 2
    assert board.at(at(NOON + 30)).reporting[row, 0] == 0                       # it is the age that changed


def test_rooms_are_averaged_before_the_worst_is_taken():
    pool = pool_of(["bld.co2"] * 3, [[(NOON, 900)], [(NOON, 1300)], [(NOON, 1050)]], room=["a", "a", "b"])
    state = board_of(pool, groups_of([[0, 1, 2]])).at(at(NOON))
    row = state.row("bld.co2")
    assert state.value[row, 0] == 1100 and state.members[row, 0] == 2 and state.verdict[row, 0] == verdict.ORANGE


def test_a_sign_of_another_season_is_not_judged():
    board = board_of(pool_of(["bld.temp"], [[(NOON, 23)]]), groups_of([[0]]))
    state = board.at(at(NOON))
    row = state.row("bld.temp_winter")
    assert state.level[state.row("bld.temp_summer"), 0] == GREEN and state.level[row, 0] == GREY
    assert report(board, state, row, 0)["reason"] == "It is judged in other months only"


@pytest.mark.parametrize(("value", "level"), [(21.9, YELLOW), (22, GREEN), (28, GREEN), (28.5, YELLOW), (29.5, 3),
                                              (30.5, RED), (19, RED)])
def test_a_band_has_two_ends(value, level):
    assert verdict.levels_of(np.array([value]), catalogue().sign("bld.temp_summer"), False)[0] == level


def test_25_cm_close_an_underpass():
    depths = np.array([0.5, 1, 14.9, 15, 24.9, 25, np.nan], np.float32)
    levels = verdict.levels_of(depths, catalogue().sign("flood.underpass_depth"), False)
    assert levels.tolist() == [GREEN, YELLOW, YELLOW, 3, 3, RED, GREY]


def test_the_air_quality_index_of_a_station_is_its_worst_sub_index():
    names = catalogue()
    assert index_of(np.array([35.0, 75, 115]), names.limit("AQI", "PM2.5 24h"), names).tolist() == [50, 100, 150]
    hour = [(m, 60) for m in range(660, 721, 5)], [(m, 40) for m in range(660, 721, 5)]
    pool = pool_of(["air.pm25", "air.pm10"], list(hour), thing=["A", "A"], unit=["ug/m3", "ug/m3"])
    board = board_of(pool, groups_of([[0, 1]]))
    state = board.at(at(NOON))
    row = state.row("air.aqi")
    assert state.value[row, 0] == pytest.approx(81.25) and state.members[row, 0] == 1
    assert deciding(board, state, row, 0) == [0], "the pollutant that makes it so, not all of the station"
    (failing,) = report(board, state, row, 0)["failing"]
    assert failing["since"] == report(board, state, state.row("air.pm25"), 0)["failing"][0]["since"] is not None


def test_water_is_as_good_as_its_worst_item():
    names = catalogue()
    oxygen, ammonia = names.limit("GB 3838-2002", "DO"), names.limit("GB 3838-2002", "NH3-N")
    assert index_of(np.array([8, 5.5, 1.0]), oxygen, names).tolist() == [1, 3, 6]
    assert index_of(np.array([0.1, 1.2, 2.5]), ammonia, names).tolist() == [1, 4, 6]
    pool = pool_of(["water.do", "water.nh3n"], [[(NOON, 8)], [(NOON, 1.2)]], thing=["W", "W"], unit=["mg/L", "mg/L"])
    board = board_of(pool, groups_of([[0, 1]]))
    state = board.at(at(NOON))
    told = report(board, state, state.row("water.class"), 0)
    assert told["value"] == 4 and told["level"] == "yellow" and told["official"] == "class IV"
