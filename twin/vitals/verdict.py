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
    kind = values.dtype if values.dtype.kind == "f" else np.dtype(np.float64)
    return levels(badness(values.astype(kind, copy=False), sign, night), steps(sign, night, kind))


def levels(bad: np.ndarray, limits: np.ndarray) -> np.ndarray:
    """(n,) u1 of badnesses; `limits` are three numbers, or (3, n)."""
    out = (bad == bad).view(np.uint8).copy()                        # a value is GREEN, what is none stays GREY
    for limit in limits:
        out += bad > limit
    return out


def badness(values: np.ndarray, sign: Sign, night: bool, out: np.ndarray | None = None) -> np.ndarray:
    """How bad values are: more is worse, whichever way the sign runs. NaN stays NaN."""
    if sign.direction == "band":
        low, high, _ = np.array(thresholds(sign, night), values.dtype)
        return np.maximum(low - values, values - high, out=out)
    if sign.how == "max_abs":
        return np.abs(values, out=out)
    return np.negative(values, out=out) if sign.direction == "lower" else np.positive(values, out=out)


def steps(sign: Sign, night: bool, kind: np.dtype) -> np.ndarray:
    """(3,) what a badness must be more than for yellow, orange and red."""
    limits = np.array(thresholds(sign, night), kind)
    if sign.direction == "band":                   # green inside, yellow to half the margin beyond, orange to all of it
        return np.array([0.0, limits[2] / 2, limits[2]], kind)
    limits = -limits if sign.direction == "lower" else limits
    return np.nextafter(limits, kind.type(-np.inf)) if sign.inclusive else limits
