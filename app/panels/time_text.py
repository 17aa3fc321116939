"""What people type for times, speeds and steps. No Qt."""

from __future__ import annotations

import re

from twin import times
from twin.text import in_every_language, tr
from twin.times import DAY, HOUR, MINUTE, SECOND
from twin.trouble import Trouble

_UNITS = {"s": SECOND, "sec": SECOND, "second": SECOND, "seconds": SECOND, "秒": SECOND,
          "min": MINUTE, "m": MINUTE, "minute": MINUTE, "minutes": MINUTE, "分": MINUTE, "分钟": MINUTE,
          "h": HOUR, "hour": HOUR, "hours": HOUR, "时": HOUR, "小时": HOUR,
          "d": DAY, "day": DAY, "days": DAY, "天": DAY, "日": DAY}
_PIECE = re.compile(r"(\d+(?:\.\d+)?)\s*([a-z]+|分钟|小时|[秒分时天日])")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(\.\d+)?)?")
_LOOSE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T]+(\d{1,2}):(\d{2})(?::(\d{2}))?)?")


def read_instant(text: str, now_ns: int, time_zone: str) -> int:
    """An instant as typed: "2026-07-15 06:41", "06:41" (of now's day), "+1h", "-30 min". Raises Trouble."""
    text = text.strip().replace("：", ":").replace("，", " ")
    if text[:1] in "+-−" and text:
        return now_ns + read_duration(text[1:]) * (1 if text[0] == "+" else -1)
    if clock := _CLOCK.fullmatch(text):
        hours, minutes, seconds, fraction = clock.groups()
        day = times.to_datetime(now_ns, time_zone).date()
        return times.parse(f"{day.isoformat()}T{int(hours):02d}:{minutes}:{seconds or '00'}{fraction or ''}", time_zone)
    if loose := _LOOSE.fullmatch(text):
        year, month, day, hours, minutes, seconds = loose.groups()
        return times.parse(f"{year}-{int(month):02d}-{int(day):02d}T{int(hours or 0):02d}:{minutes or '00'}"
                           f":{seconds or '00'}", time_zone)
    return times.parse(text.replace(" +", "+") if text.count(" ") > 1 else text, time_zone)


def read_duration(text: str) -> int:
    """"1h", "30 min", "1d 6h" to nanoseconds. Raises Trouble."""
    text = text.strip().lower()
    pieces = _PIECE.findall(text)
    rest = _PIECE.sub("", text).strip()
    if not pieces or rest or any(unit not in _UNITS for _, unit in pieces):
        raise Trouble(tr("“{text}” is not a length of time.", text=text),
                      way_out=tr("Write it as 5 min, 1h or 2d 6h."))
    return round(sum(float(number) * _UNITS[unit] for number, unit in pieces))


def read_speed(text: str) -> float:
    """"600", "600×", "10 min/s" to data seconds per real second. Raises Trouble."""
    plain = text.strip().lower().split("·")[0].strip()
    if plain in in_every_language("real time"):
        return 1.0
    per_second = re.sub(r"(/|\s+per\s+)\s*(s|sec|second|秒)$|^每秒\s*", "", plain)
    number = plain.rstrip("x× ").replace(",", "")
    try:
        return float(number) if per_second == plain else read_duration(per_second) / SECOND
    except ValueError:
        return read_duration(per_second) / SECOND
