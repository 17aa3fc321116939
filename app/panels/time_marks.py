"""Where the marks of a time axis stand and what they say, in local time of any zone. No Qt."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache

from twin.text import language, tr
from twin.times import DAY, HOUR, MINUTE, SECOND, from_datetime, to_datetime, zone

MONTH, YEAR = 30 * DAY, 365 * DAY            # only to choose a step; marks stand on real months and years
STEPS = (SECOND, 2 * SECOND, 5 * SECOND, 10 * SECOND, 15 * SECOND, 30 * SECOND,
         MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE,
         HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 2 * DAY, 5 * DAY, 10 * DAY, 15 * DAY,
         MONTH, 2 * MONTH, 3 * MONTH, 6 * MONTH, YEAR, 2 * YEAR, 5 * YEAR, 10 * YEAR, 20 * YEAR, 50 * YEAR)
MOST_MARKS = 400
SHORTEST_REST = 0.8                          # of a step: less between two marks, and their labels touch
UNITS = (("d", DAY), ("h", HOUR), ("min", MINUTE), ("s", SECOND))


def step_for(span_ns: int, room_px: float, label_px: float = 72.0) -> int:
    """The finest step whose labels do not touch."""
    wanted = span_ns * label_px / max(room_px, 1.0)
    return next((step for step in STEPS if step >= wanted), STEPS[-1])


@lru_cache(maxsize=32)
def marks(start_ns: int, end_ns: int, step_ns: int, time_zone: str) -> tuple[int, ...]:
    """Round local instants in [start, end], ascending. Days begin at local midnight, also in summer time."""
    if end_ns <= start_ns:
        return ()
    found: list[int] = []
    local = _first(to_datetime(start_ns, time_zone).replace(tzinfo=None), step_ns)
    while len(found) < MOST_MARKS and local.year < 9990:
        at = from_datetime(local.replace(tzinfo=zone(time_zone)))
        if at > end_ns:
            break
        if at >= start_ns and (not found or at > found[-1]):
            found.append(at)
        local = _next(local, step_ns)
    return tuple(found)


def _first(local: datetime, step_ns: int) -> datetime:
    """The round naive local time at or before `local`."""
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    if step_ns < DAY:
        seconds = step_ns // SECOND
        return midnight + timedelta(seconds=int((local - midnight).total_seconds()) // seconds * seconds)
    if step_ns < MONTH:
        days = step_ns // DAY
        round_ = midnight.replace(day=(local.day - 1) // days * days + 1)
        return round_ - timedelta(days=days) if _touches_next_month(round_, days) else round_
    if step_ns < YEAR:
        months = step_ns // MONTH
        return midnight.replace(day=1, month=(local.month - 1) // months * months + 1)
    years = step_ns // YEAR
    return midnight.replace(day=1, month=1, year=max(1, local.year // years * years))


def _next(local: datetime, step_ns: int) -> datetime:
    if step_ns < DAY:
        return local + timedelta(seconds=step_ns // SECOND)
    if step_ns < MONTH:
        return _next_day(local, step_ns // DAY)
    if step_ns < YEAR:
        months = local.month - 1 + step_ns // MONTH
        return local.replace(year=local.year + months // 12, month=months % 12 + 1)
    return local.replace(year=local.year + step_ns // YEAR)


def _next_day(local: datetime, days: int) -> datetime:
    """Every `days` from the first of each month; a short rest at its end is skipped, so labels never touch."""
    following = local + timedelta(days=days)
    if days == 1 or (following.month == local.month and not _touches_next_month(following, days)):
        return following
    return _next_month(local)


def _next_month(local: datetime) -> datetime:
    return (local.replace(day=1) + timedelta(days=32)).replace(day=1)


def _touches_next_month(local: datetime, days: int) -> bool:
    return _next_month(local) - local < timedelta(days=SHORTEST_REST * days)


def mark_label(time_ns: int, step_ns: int, time_zone: str) -> str:
    """"06:00" within a day, "15 Jul" at midnight and for days, "2026" for years."""
    local = to_datetime(time_ns, time_zone)
    if step_ns >= YEAR or (step_ns >= MONTH and local.month == 1):
        return str(local.year) if language() != "zh" else f"{local.year}年"
    if step_ns >= MONTH:
        return month_name(local.month)
    if step_ns >= DAY or (local.hour, local.minute, local.second) == (0, 0, 0):
        return day_label(local)
    return local.strftime("%H:%M:%S" if step_ns < MINUTE else "%H:%M")


def context_label(time_ns: int, step_ns: int, time_zone: str) -> str:
    """What marks of this step leave unsaid: "8 Apr 2026" within a day, "2026" of days and months, "" of years."""
    local = to_datetime(time_ns, time_zone)
    year = f"{local.year}年" if language() == "zh" else f"{local.year}"
    if step_ns >= YEAR:
        return ""
    if step_ns >= DAY:
        return year
    return year + day_label(local) if language() == "zh" else f"{day_label(local)} {year}"


def begins_day(time_ns: int, time_zone: str) -> bool:
    local = to_datetime(time_ns, time_zone)
    return (local.hour, local.minute, local.second) == (0, 0, 0)


def day_label(local: datetime) -> str:
    return f"{local.month}月{local.day}日" if language() == "zh" else f"{local.day} {month_name(local.month)}"


def month_name(month: int) -> str:
    if language() == "zh":
        return f"{month}月"
    return ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")[month - 1]


def duration_words(span_ns: int) -> str:
    """"10 min", "1.5 h", "3 min 20 s", "2.78 h": a length of time in its largest fitting unit, or in two of them where
    that is exact and one is not."""
    at = next((n for n, (_, size) in enumerate(UNITS) if abs(span_ns) >= size), len(UNITS) - 1)
    unit, size = UNITS[at]
    whole, rest = divmod(span_ns, size)
    number = f"{span_ns / size:.3g}" if rest else f"{whole}"
    if at + 1 < len(UNITS) and whole > 0 and float(number) * size != span_ns and rest % UNITS[at + 1][1] == 0:
        return f"{duration_words(whole * size)} {duration_words(rest)}"
    return tr("{number} " + unit, number=number)


def speed_words(speed: float) -> str:
    """"10 min per second": how much of the data's time passes in a real second; at speed 1, "real time"."""
    if speed == 1.0:
        return tr("real time")
    return tr("{duration} per second", duration=duration_words(round(speed * SECOND)))


def factor_words(speed: float) -> str:
    return f"{speed:,.1f}×" if speed < 1 or speed % 1 else f"{speed:,.0f}×"


def age_words(age_ns: int) -> str:
    """"3 min ago", "just now"."""
    if age_ns < SECOND:
        return tr("just now")
    return tr("{duration} ago", duration=duration_words(_rounded(age_ns)))


def _rounded(span_ns: int) -> int:
    """Cut to whole units, so that an age reads as people say it."""
    size = next((s for _, s in UNITS if span_ns >= s), SECOND)
    return span_ns // size * size
