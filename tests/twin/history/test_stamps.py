"""Stamps that no instant of ours can hold: the years 1 and 9999, by which databases say "none" and "for ever"."""

from __future__ import annotations

from datetime import UTC, date, datetime

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from twin import times
from twin.history.columns import Roles
from twin.history.stamps import NOT_A_TIME, stamps_of
from twin.trouble import Trouble

JULY = times.parse("2026-07-15T06:41:00Z")
FAR = (datetime(1, 1, 1), datetime(9999, 12, 31, 23, 59, 59))
UNITS = ("s", "ms", "us")


def told(column) -> np.ndarray:
    return stamps_of(pa.table({"time": column}), Roles(time="time"), "UTC").times_ns


@pytest.mark.parametrize("column", [
    *(pa.array([datetime(2026, 7, 15, 6, 41), *FAR], pa.timestamp(unit)) for unit in UNITS),
    *(pa.array([datetime(2026, 7, 15, 6, 41, tzinfo=UTC), *FAR], pa.timestamp(unit, "UTC")) for unit in UNITS),
    pa.array(["2026-07-15 06:41:00", "0001-01-01 00:00:00", "9999-12-31 23:59:59"]),
    pa.array(["2026-07-15T06:41:00Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59+00:00"]),
], ids=str)
def test_an_instant_out_of_reach_is_none_and_the_others_stay(column):
    assert told(column).tolist() == [JULY, NOT_A_TIME, NOT_A_TIME]


def test_days_and_parts_of_a_stamp_out_of_reach_are_none():
    days = told(pa.array([date(2026, 7, 15), date(1, 1, 1), date(9999, 12, 31)]))
    assert days.tolist() == [JULY // times.DAY * times.DAY, NOT_A_TIME, NOT_A_TIME]
    parts = pa.table({"year": [2026, 9999, 2026], "month": [7, 12, 1e18], "day": [15, 31, 1], "hour": [6, 0, 0]})
    roles = Roles(year="year", month="month", day="day", hour="hour")
    assert stamps_of(parts, roles, "UTC").times_ns.tolist() == [
        JULY // times.HOUR * times.HOUR, NOT_A_TIME, NOT_A_TIME]


def test_a_count_out_of_reach_is_none():
    seconds = told(pa.array([JULY / 1e9] * 3 + [-1e30, 1e30]))
    assert seconds.tolist() == [JULY] * 3 + [NOT_A_TIME] * 2


@given(moment=st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31)), unit=st.sampled_from(UNITS))
def test_no_stamp_wraps_into_another_century(moment, unit):
    kept = pa.scalar(moment, pa.timestamp(unit))                       # cut to the unit
    since = kept.as_py() - datetime(1970, 1, 1)
    exact = (since.days * 86400 + since.seconds) * times.SECOND + since.microseconds * 1000
    assume(abs(abs(exact) - times.REACH_NS) > times.DAY)
    assert told(pa.array([kept.as_py()], kept.type))[0] == (exact if abs(exact) < times.REACH_NS else NOT_A_TIME)


@pytest.mark.parametrize("text", ["9999-12-31T23:59:59Z", "0001-01-01", "2262-06-01T00:00:00Z"])
def test_a_time_out_of_reach_says_so(text):
    with pytest.raises(Trouble, match="1678"):
        times.parse(text)
