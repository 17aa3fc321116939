"""Typed times, speeds and the marks of a time axis."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.panels import time_marks
from app.panels.time_text import read_duration, read_instant, read_speed
from twin.clock import SPEEDS
from twin.text import set_language
from twin.times import DAY, HOUR, MINUTE, SECOND, from_datetime, iso, parse, to_datetime
from twin.trouble import Trouble

ZONE = "Asia/Shanghai"
NOW = parse("2026-07-15T06:41:00+08:00")


@pytest.mark.parametrize(("typed", "instant"), [
    ("2026-07-15 07:05", "2026-07-15T07:05:00+08:00"), ("7:05", "2026-07-15T07:05:00+08:00"),
    ("07:05:30", "2026-07-15T07:05:30+08:00"), ("+1h", "2026-07-15T07:41:00+08:00"),
    ("-30 min", "2026-07-15T06:11:00+08:00"), ("2026年7月16日 08:00", "2026-07-16T08:00:00+08:00"),
    ("2026-07-14", "2026-07-14T00:00:00+08:00"), ("2026-07-15T00:00:00Z", "2026-07-15T08:00:00+08:00")])
def test_what_people_type(typed, instant):
    assert iso(read_instant(typed, NOW, ZONE)) == instant


@pytest.mark.parametrize("typed", ["", "25:00", "soon", "+1 banana", "2026-13-01"])
def test_what_is_no_time_says_the_way_out(typed):
    with pytest.raises(Trouble) as trouble:
        read_instant(typed, NOW, ZONE)
    assert trouble.value.way_out


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("speed", (*SPEEDS, 200.0, 5_400.0, 93_600.0))
def test_speeds_read_back_in_both_languages(speed, language):
    set_language(language)
    try:
        assert read_speed(time_marks.speed_words(speed)) == pytest.approx(speed)
        assert read_speed(time_marks.factor_words(speed)) == pytest.approx(speed)
    finally:
        set_language("en")


def test_durations_add_up():
    assert read_duration("1d 6h") == DAY + 6 * HOUR
    assert read_duration("1.5 min") == 90 * SECOND


@given(start=st.integers(0, 4_000_000_000), span=st.integers(60, 40 * 365 * 86400), px=st.integers(200, 3000),
       zone=st.sampled_from(["Asia/Shanghai", "UTC", "Europe/Berlin", "America/St_Johns"]))
def test_marks_lie_inside_ascend_and_are_not_too_many(start, span, px, zone):
    start, end = start * SECOND, (start + span) * SECOND
    step = time_marks.step_for(end - start, px)
    marks = time_marks.marks(start, end, step, zone)
    assert all(start <= mark <= end for mark in marks)
    assert list(marks) == sorted(set(marks))
    assert len(marks) <= px / 72 * 1.2 + 2


@given(start=st.integers(0, 4_000_000_000), step=st.sampled_from(time_marks.STEPS))
def test_labels_never_touch_also_where_a_month_ends(start, step):
    """31 July and 1 August stood on each other where every second day has a mark."""
    marks = time_marks.marks(start * SECOND, start * SECOND + 20 * step, step, "UTC")
    assert all(b - a >= time_marks.SHORTEST_REST * step for a, b in pairwise(marks)) and len(marks) >= 14


def test_days_begin_at_local_midnight_in_summer_time_too():
    start = from_datetime(to_datetime(parse("2026-03-27T12:00:00Z"), "Europe/Berlin"))
    for mark in time_marks.marks(start, start + 5 * DAY, DAY, "Europe/Berlin"):
        assert to_datetime(mark, "Europe/Berlin").hour == 0


def test_ages_read_as_people_say_them():
    assert time_marks.age_words(3 * MINUTE + 20 * SECOND) == "3 min ago"
    assert time_marks.age_words(0) == "just now"


def test_the_left_end_says_the_day_that_the_marks_leave_out():
    from app.panels.time_marks import context_label
    at = parse("2026-04-08T09:42", "Asia/Shanghai")
    assert [context_label(at, step, "Asia/Shanghai") for step in (SECOND, DAY, 400 * DAY)] == [
        "8 Apr 2026", "2026", ""]
