"""Working time on the clock: laws that every calendar keeps, and the days that differ."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.work_calendar import EIGHT_HOURS, DayRule, WorkCalendar

WEEK = DayRule(stretches=EIGHT_HOURS, weekdays=frozenset(range(5)))
HOLIDAY = DayRule(since=date(2026, 5, 1), until=date(2026, 5, 5))
SATURDAY = DayRule(stretches=((9 * 60, 12 * 60),), since=date(2026, 5, 9), until=date(2026, 5, 9))
CALENDAR = WorkCalendar(name="Site", work=(WEEK,), exceptions=(HOLIDAY, SATURDAY))
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31))


@given(MOMENTS, st.integers(1, 400 * 60))
@settings(deadline=None)
def test_a_duration_from_a_start_ends_where_so_much_was_worked(start, minutes):
    finish = CALENDAR.after(start, minutes / 60)
    assert CALENDAR.hours(start, finish) == pytest.approx(minutes / 60, abs=1e-6)
    begun = CALENDAR.before(finish, minutes / 60)
    assert begun >= start - timedelta(milliseconds=1), "the same work begins no earlier, counted back"
    assert CALENDAR.hours(begun, finish) == pytest.approx(minutes / 60, abs=1e-6)


@given(MOMENTS, MOMENTS, MOMENTS)
@settings(deadline=None)
def test_working_time_adds_up(a, b, c):
    a, b, c = sorted((a, b, c))
    assert CALENDAR.hours(a, b) + CALENDAR.hours(b, c) == pytest.approx(CALENDAR.hours(a, c), abs=1e-6)


def test_evenings_weekends_holidays_and_a_saturday_that_is_worked():
    at = datetime.fromisoformat
    assert CALENDAR.after(at("2026-04-30T15:00"), 3) == at("2026-05-06T09:00")        # Thursday; Friday to Tuesday off
    assert CALENDAR.after(at("2026-05-08T16:00"), 4) == at("2026-05-09T12:00")        # ends on the Saturday
    assert CALENDAR.before(at("2026-05-06T09:00"), 3) == at("2026-04-30T15:00")
    assert CALENDAR.after(at("2026-05-10T12:00"), 0) == at("2026-05-10T12:00")
    assert WorkCalendar().after(at("2026-05-10T12:00"), 1) is None, "without working time nothing ends"


def test_overlapping_stretches_count_once():
    both = WorkCalendar(work=(DayRule(stretches=((480, 720),)), DayRule(stretches=((600, 780),))))
    assert both.hours(datetime(2026, 1, 1), datetime(2026, 1, 2)) == 5.0
