"""Instants: int64 nanoseconds since 1970 UTC inside, ISO 8601 with a zone outside."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from twin.text import tr
from twin.trouble import Trouble

SECOND = 1_000_000_000
MINUTE = 60 * SECOND
HOUR = 3600 * SECOND
DAY = 86400 * SECOND
REACH_NS = 2**63 - 1 - 2 * DAY              # an int64 holds the years 1678 to 2261; 1 and 9999 mean "none"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@cache
def zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise Trouble(tr("The time zone {name} is not known.", name=name),
                      way_out=tr("Use an IANA name such as Asia/Shanghai or UTC.")) from None


def parse(text: str, time_zone: str = "Asia/Shanghai") -> int:
    """ISO 8601 to nanoseconds; a text without an offset is read in `time_zone`. Raises Trouble."""
    text = text.strip()
    whole, dot, rest = text.partition(".")
    digits = rest[:len(rest) - len(rest.lstrip("0123456789"))]
    try:
        moment = datetime.fromisoformat(whole + rest[len(digits):] if dot else text)
    except ValueError:
        raise Trouble(tr("“{text}” is not a time.", text=text),
                      way_out=tr("Write it as 2026-07-15T06:41:00+08:00.")) from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone(time_zone))
    since = moment - _EPOCH
    nanos = int((digits + "000000000")[:9]) if digits else 0
    time_ns = (since.days * 86400 + since.seconds) * SECOND + since.microseconds * 1000 + nanos
    if abs(time_ns) > REACH_NS:
        raise Trouble(tr("“{text}” lies outside the years 1678 to 2261.", text=text),
                      way_out=tr("Leave a time empty that is not known."))
    return time_ns


def to_datetime(time_ns: int, time_zone: str) -> datetime:
    """Local time, cut to microseconds."""
    return (_EPOCH + timedelta(microseconds=time_ns // 1000)).astimezone(zone(time_zone))


def from_datetime(moment: datetime) -> int:
    since = moment - _EPOCH
    return (since.days * 86400 + since.seconds) * SECOND + since.microseconds * 1000


def iso(time_ns: int, time_zone: str = "Asia/Shanghai") -> str:
    """ISO 8601 with offset, seconds, and fractions only where there are any; `parse` reads it back."""
    text = to_datetime(time_ns, time_zone).isoformat(timespec="seconds")
    nanos = time_ns % SECOND
    return text if not nanos else f"{text[:19]}.{nanos:09d}{text[19:]}"


def readable(time_ns: int, time_zone: str, seconds: bool = False) -> str:
    """"2026-07-15 06:41 +08:00" for the time slider and pictures."""
    moment = to_datetime(time_ns, time_zone)
    text = moment.strftime("%Y-%m-%d %H:%M:%S %z" if seconds else "%Y-%m-%d %H:%M %z")
    return f"{text[:-2]}:{text[-2:]}"
