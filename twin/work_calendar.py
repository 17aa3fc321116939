"""Working time: which hours of which days are worked, and what a duration in working time means on the clock.

All instants here are local times without a zone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

Stretch = tuple[int, int]                # minutes since midnight, from and to
DAY_MIN = 24 * 60
MOST_DAYS = 20_000                       # a calendar without any working time must not be searched for ever
EIGHT_HOURS: tuple[Stretch, ...] = ((8 * 60, 12 * 60), (13 * 60, 17 * 60))


@dataclass(frozen=True, kw_only=True)
class DayRule:
    """Days and the working stretches of each. Every condition that is given must fit; `weekdays` count from Monday 0.

    `since`, `until`: the first and the last day.
    """

    stretches: tuple[Stretch, ...] = ()
    weekdays: frozenset[int] | None = None
    days: frozenset[int] | None = None           # of the month
    months: frozenset[int] | None = None
    since: date | None = None
    until: date | None = None

    def holds(self, day: date) -> bool:
        return ((self.since is None or day >= self.since) and (self.until is None or day <= self.until)
                and (self.weekdays is None or day.weekday() in self.weekdays)
                and (self.days is None or day.day in self.days) and (self.months is None or day.month in self.months))


@dataclass(frozen=True, kw_only=True)
class WorkCalendar:
    """`work` rules add up; the first of the `exceptions` that holds for a day goes before all of them."""

    name: str = ""
    work: tuple[DayRule, ...] = ()
    exceptions: tuple[DayRule, ...] = ()

    def stretches(self, day: date) -> list[Stretch]:
        for rule in self.exceptions:
            if rule.holds(day):
                return _merged(rule.stretches)
        return _merged([stretch for rule in self.work if rule.holds(day) for stretch in rule.stretches])

    def after(self, start: datetime, hours: float) -> datetime | None:
        """When so much working time from `start` on is over; None where there is not so much."""
        left, day = hours * 60.0, start.date()
        if left <= 0.0:
            return start
        for _ in range(MOST_DAYS):
            for low, high in self.stretches(day):
                low = max(low, _minute(start, day))
                if high - low >= left - 1e-9:
                    return _instant(day, low + left)
                left -= max(0.0, high - low)
            day += timedelta(days=1)
        return None

    def before(self, finish: datetime, hours: float) -> datetime | None:
        """Where so much working time up to `finish` begins; None where there is not so much."""
        left, day = hours * 60.0, finish.date()
        if left <= 0.0:
            return finish
        for _ in range(MOST_DAYS):
            for low, high in reversed(self.stretches(day)):
                high = min(high, _minute_until(finish, day))
                if high - low >= left - 1e-9:
                    return _instant(day, high - left)
                left -= max(0.0, high - low)
            day -= timedelta(days=1)
        return None

    def hours(self, start: datetime, finish: datetime) -> float:
        """Working time between two instants."""
        total, day = 0.0, start.date()
        while day <= finish.date() and (day - start.date()).days < MOST_DAYS:
            total += sum(max(0.0, min(high, _minute_until(finish, day)) - max(low, _minute(start, day)))
                         for low, high in self.stretches(day))
            day += timedelta(days=1)
        return total / 60.0


def _merged(stretches) -> list[Stretch]:
    """In order, those that overlap as one."""
    out: list[Stretch] = []
    for low, high in sorted(stretches):
        if out and low <= out[-1][1]:
            out[-1] = (out[-1][0], max(out[-1][1], high))
        elif high > low:
            out.append((low, high))
    return out


def _minute(start: datetime, day: date) -> float:
    """Where a day begins that may be the first."""
    return (start - datetime.combine(day, time())).total_seconds() / 60.0 if day == start.date() else 0.0


def _minute_until(finish: datetime, day: date) -> float:
    """Where a day ends that may be the last."""
    return _minute(finish, day) if day == finish.date() else float(DAY_MIN)


def _instant(day: date, minutes: float) -> datetime:
    return datetime.combine(day, time()) + timedelta(minutes=minutes)
