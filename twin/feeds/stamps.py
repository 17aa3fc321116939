"""Instants in payloads: ISO 8601, or numbers whose size says their unit."""

from __future__ import annotations

from functools import lru_cache

from twin import times
from twin.trouble import Trouble

FIRST_NS, LAST_NS = -8_520_336_000 * times.SECOND, 8_835_955_200 * times.SECOND      # years 1700 to 2250
PER_SECOND = {"s": times.SECOND, "ms": 1_000_000, "us": 1_000, "ns": 1}
SIZES = ((1e11, "s"), (1e14, "ms"), (1e17, "us"), (1e20, "ns"))


def instant(said, unit: str, time_zone: str) -> int | None:
    """Nanoseconds; None where it cannot be read or lies outside 1700 to 2250. An interval stands at its end."""
    try:
        if isinstance(said, str):
            return _of_text(said, unit, time_zone)
        if isinstance(said, bool) or not isinstance(said, int | float):
            return None
        return _of_number(said, unit)
    except (OverflowError, ValueError):
        return None


def _of_number(number: int | float, unit: str) -> int | None:
    unit = unit or next((name for size, name in SIZES if abs(number) < size), "")
    if not unit:
        return None
    whole = int(number)
    time_ns = whole * PER_SECOND[unit] + round((number - whole) * PER_SECOND[unit])
    return time_ns if FIRST_NS <= time_ns <= LAST_NS else None


@lru_cache(maxsize=4096)
def _of_text(text: str, unit: str, time_zone: str) -> int | None:
    """Remembered: the readings of a batch often share their time."""
    text = text.strip().rpartition("/")[2]
    try:
        if text.replace(".", "", 1).lstrip("-").isdigit() and len(text) > 8:
            return _of_number(float(text) if "." in text else int(text), unit)
        time_ns = times.parse(text, time_zone)
    except Trouble:
        return None
    return time_ns if FIRST_NS <= time_ns <= LAST_NS else None
