"""From a value to a verdict: grey (missing), green, yellow, orange, red."""

from __future__ import annotations

from datetime import datetime

import numpy as np

from twin import times
from twin.vitals.catalogue import Sign

GREY, GREEN, YELLOW, ORANGE, RED = range(5)
LEVELS = ("grey", "green", "yellow", "orange", "red")
WORDS = {"grey": "no data", "green": "normal", "yellow": "attention", "orange": "warning", "red": "alarm"}


def is_night(time_ns: int, time_zone: str, day_hours: tuple[int, int]) -> bool:
    return not day_hours[0] <= times.to_datetime(time_ns, time_zone).hour < day_hours[1]


def applies(sign: Sign, local: datetime) -> bool:
    """Whether the sign says anything at this hour and month."""
    if sign.months and local.month not in sign.months:
        return False
    if sign.hours is None:
        return True
    first, last = sign.hours
    return first <= local.hour < last if first < last else local.hour >= first or local.hour < last


def thresholds(sign: Sign, night: bool) -> tuple[float, float, float]:
    return sign.night if night and sign.night else sign.levels


def levels_of(values: np.ndarray, sign: Sign, night: bool) -> np.ndarray:
    """(n,) u1 of values; GREY where there is none."""
    values = np.asarray(values)
    limits = np.array(thresholds(sign, night), values.dtype if values.dtype.kind == "f" else np.float64)
    if sign.direction == "band":
        return _in_band(values, *limits)
    out = (values == values).view(np.uint8).copy()                  # a value is GREEN, what is none stays GREY
    for limit in limits:
        out += _worse(values, limit, sign)
    return out


def _worse(values: np.ndarray, limit, sign: Sign) -> np.ndarray:
    if sign.direction == "higher":
        return values >= limit if sign.inclusive else values > limit
    return values <= limit if sign.inclusive else values < limit


def _in_band(values: np.ndarray, low, high, margin) -> np.ndarray:
    """Green inside, yellow up to half the margin beyond, orange up to the margin, then red."""
    away = np.maximum(low - values, values - high)
    out = np.isfinite(values).astype(np.uint8)
    for limit in (0.0, margin / 2, margin):
        out += away > limit
    return out
