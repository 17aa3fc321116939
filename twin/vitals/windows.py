"""What is made of readings before they count: means of an hour, sums of rain, the day's maximum, rates.

All sensors at once: their readings lie one after the other, and a window is a stretch between two positions.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from twin import times
from twin.history.events import Events, events_of
from twin.vitals.catalogue import Window

ROWS_AT_ONCE = 32
USUAL_NS = 5 * times.MINUTE                       # between readings of a sensor that has too few to tell


@dataclass(eq=False)
class Windowed:
    """`values` (steps, n) f4 at `start_ns + k * step_ns`; NaN = too few readings. `done` of n are computed."""

    start_ns: int
    step_ns: int
    values: np.ndarray
    done: int = 0

    def at(self, time_ns: int) -> np.ndarray | None:
        """(n,) f4 of the newest step at or before the instant; None outside of what was computed."""
        step = (time_ns - self.start_ns) // self.step_ns
        return self.values[step] if 0 <= step < len(self.values) else None

    @property
    def ready(self) -> bool:
        return self.done >= self.values.shape[1]


def day_of(time_ns: int, time_zone: str) -> tuple[int, int]:
    """Local midnight before an instant and after it."""
    local = times.to_datetime(time_ns, time_zone).replace(hour=0, minute=0, second=0, microsecond=0)
    start = times.from_datetime(local)
    later = times.to_datetime(start + 30 * times.HOUR, time_zone).replace(hour=0, minute=0, second=0, microsecond=0)
    return start, times.from_datetime(later)


def windowed(window: Window, count: int, span_ns: tuple[int, int]) -> Windowed:
    """Nothing computed yet: steps over a day."""
    step_ns = window.step_minutes * times.MINUTE
    steps = int((span_ns[1] - span_ns[0]) // step_ns) + 1
    return Windowed(span_ns[0], step_ns, np.full((steps, count), np.nan, np.float32))


def fill(out: Windowed, window: Window, history, rows: np.ndarray, scale: np.ndarray | None) -> Iterator[None]:
    """Compute `out` some sensors at a time, giving way after each. `scale` (n,) turns readings into the sign's unit."""
    back_ns = max([window.minutes, *(m for m, _ in window.steps)]) * times.MINUTE
    last_ns = out.start_ns + (len(out.values) - 1) * out.step_ns
    for first in range(0, len(rows), ROWS_AT_ONCE):
        some = rows[first:first + ROWS_AT_ONCE]
        events = events_of(history, some, out.start_ns - back_ns, last_ns)
        if scale is not None:
            events = replace(events, values=events.values * scale[first:first + len(some)][events.places])
        interval_ns = np.asarray(history.interval_ns)[some]
        out.values[:, first:first + len(some)] = _made(window, events, interval_ns, out, back_ns).T
        out.done = first + len(some)
        yield


def _made(window: Window, events: Events, interval_ns: np.ndarray, out: Windowed, back_ns: int) -> np.ndarray:
    """(n, steps) f8."""
    stretch = _Stretches(events, len(interval_ns), out, back_ns, np.where(interval_ns > 0, interval_ns, USUAL_NS))
    match window.kind:
        case "mean":
            return stretch.mean(window.minutes, window.share)
        case "sum":
            return stretch.mean(window.minutes, window.share) * (window.minutes / 60)
        case "day_max":
            return stretch.day_max(window.share)
        case "rate":
            return stretch.rate(window.minutes)
        case "warning":
            return stretch.warning(window.steps, window.share)
        case "own_rank":
            return stretch.own_rank(window.minutes, window.share)
    raise ValueError(window.kind)


class _Stretches:
    """Positions in the readings: `_until(k, t)` counts those of sensor k (and of all before it) up to t."""

    def __init__(self, events: Events, count: int, out: Windowed, back_ns: int, interval_ns: np.ndarray):
        self.values = events.values.astype(np.float64)
        self.times = events.times_ns
        self.interval_ns = interval_ns
        self.instants = out.start_ns + np.arange(len(out.values), dtype=np.int64) * out.step_ns
        self._zero = out.start_ns - back_ns
        self._width = int(self.instants[-1] - self._zero) + 2
        self._row = np.arange(count, dtype=np.int64)[:, None] * self._width
        self._keys = events.places.astype(np.int64) * self._width + (events.times_ns - self._zero)
        self._running = np.concatenate([[0.0], np.cumsum(self.values)])
        self.right = self._until(self.instants)

    def _until(self, instants: np.ndarray) -> np.ndarray:
        """(n, steps) positions after the last reading at or before each instant."""
        offset = np.clip(instants - self._zero, -1, self._width - 2)
        return np.searchsorted(self._keys, self._row + offset[None, :], side="right")

    def _since(self, minutes: float) -> np.ndarray:
        return self._until(self.instants - int(minutes * times.MINUTE))

    def _few(self, held: np.ndarray, length_ns, share: float) -> np.ndarray:
        """Whether fewer readings are there than the rule asks for."""
        expected = np.maximum(1, np.asarray(length_ns) // self.interval_ns[:, None])
        return held < np.maximum(1, share * expected)

    def mean(self, minutes: float, share: float) -> np.ndarray:
        left = self._since(minutes)
        held = self.right - left
        with np.errstate(invalid="ignore", divide="ignore"):
            out = (self._running[self.right] - self._running[left]) / held
        out[self._few(held, minutes * times.MINUTE, share)] = np.nan
        return out

    def day_max(self, share: float) -> np.ndarray:
        """From the start of the day to each step; the first step is midnight itself."""
        left = self._until(np.full(len(self.instants), self.instants[0] - 1))
        out = _reduced(np.maximum, self.values, left, self.right)
        out[self._few(self.right - left, self.instants[None, :] - self.instants[0], share)] = np.nan
        return out

    def rate(self, minutes: float) -> np.ndarray:
        """Change per minute between the first and the last reading of the window."""
        left, last = self._since(minutes), self.right - 1
        some = self.right - left >= 2
        first, last = np.where(some, left, 0), np.where(some, last, 0)
        if not len(self.values):
            return np.full(left.shape, np.nan)
        gone = (self.times[last] - self.times[first]) / times.MINUTE
        return np.where(some, (self.values[last] - self.values[first]) / np.where(some, gone, 1.0), np.nan)

    def warning(self, steps: tuple[tuple[float, float], ...], share: float) -> np.ndarray:
        """The highest of the steps whose sum is reached, 0 = none."""
        out = np.zeros(self.right.shape)
        for number, (minutes, amount) in enumerate(steps, 1):
            fallen = self._running[self.right] - self._running[self._since(minutes)]
            total = fallen * self.interval_ns[:, None] / times.HOUR
            out = np.where(total >= amount, number, out)
        shortest = min(m for m, _ in steps)
        out[self._few(self.right - self._since(shortest), shortest * times.MINUTE, share)] = np.nan
        return out

    def own_rank(self, minutes: float, share: float) -> np.ndarray:
        """Per cent of the sensor's readings in the window that are lower than its newest."""
        left, out = self._since(minutes), np.full(self.right.shape, np.nan)
        few = self._few(self.right - left, minutes * times.MINUTE, share)
        for k in range(len(left)):
            steps = np.flatnonzero(~few[k])
            if not len(steps):
                continue
            first, last = left[k, steps], self.right[k, steps]
            at = np.arange(first.min(), last.max())                    # this sensor's readings
            inside = (at >= first[:, None]) & (at < last[:, None])
            lower = inside & (self.values[at] < self.values[last - 1][:, None])
            out[k, steps] = 100.0 * lower.sum(axis=1) / (last - first)
        return out


def _reduced(how, values: np.ndarray, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """`how` over values[left:right] of every pair; NaN where it is empty."""
    if not len(values):
        return np.full(left.shape, np.nan)
    padded = np.append(values, values[-1])
    out = how.reduceat(padded, np.stack([left, right], axis=-1).ravel())[::2].reshape(left.shape)
    return np.where(right > left, out, np.nan)
