"""What of a raster over time is shown: the step that holds or the sum over a span, and how a legend says so.

`layer`: a layers.raster_series.Rasters.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from layers.base import Moment
from layers.rain_classes import NATIONAL
from twin import times
from twin.data import RasterSeries
from twin.text import tr

WINDOWS = {"1 h": 1, "3 h": 3, "6 h": 6, "12 h": 12, "24 h": 24}


@dataclass(frozen=True, eq=False)
class Shown:
    """`values` (rows, cols) f4, NaN = not known; `since_ns` to `until_ns` is what they are of, None = no step there.

    `hours` that are summed up, 0 = none; `told` of them any step covers.
    """

    values: np.ndarray
    since_ns: int | None
    until_ns: int = 0
    hours: float = 0.0
    told: float = 0.0


def span_of(layer, series: RasterSeries, moment: Moment, until_ns: int) -> tuple[int, int]:
    """(since, until) that is summed up; the same instant twice for what holds there."""
    if not series.rain:
        return until_ns, until_ns
    if layer.shows in WINDOWS:
        return until_ns - WINDOWS[layer.shows] * times.HOUR, until_ns
    if moment.since_ns is not None:
        return until_ns - (moment.now_ns - moment.since_ns), until_ns
    return until_ns, until_ns


def shown_at(history, since_ns: int, until_ns: int) -> Shown:
    """The step that holds at an instant, or the sum over a span."""
    if until_ns > since_ns:
        total, told = history.total(since_ns, until_ns)
        return Shown(total, since_ns, until_ns, (until_ns - since_ns) / times.HOUR, told)
    step = history.step_at(until_ns)
    if step < 0:
        return Shown(np.full(history.values.shape[1:], np.nan, np.float32), None)
    return Shown(history.values[step], int(history.starts_ns[step]), int(history.ends_ns[step]))


def difference(now: Shown, then: Shown | None = None) -> Shown:
    if then is None:
        return now
    return Shown(now.values - then.values, now.since_ns, now.until_ns, now.hours, now.told)


def note_of(shown: Shown, moment: Moment) -> str:
    """Which step or sum it is, and what of it is known."""
    if shown.since_ns is None:
        return tr("No step holds at {time}", time=_clock(moment.now_ns, moment))
    words = f"{_clock(shown.since_ns, moment)} – {_clock(shown.until_ns, moment)}"
    if not shown.hours:
        return tr("Step {span}", span=words)
    return tr("Sum {span}, {told} of {hours} h known", span=words, told=f"{shown.told:.3g}", hours=f"{shown.hours:.3g}")


def compared_note(moment: Moment) -> str:
    a, b = (times.readable(t, moment.shown_zone)[5:16] for t in (moment.now_ns, moment.compare_ns))
    return tr("A {a} less B {b}", a=a, b=b)


def standard_note(standard: str, hours: float) -> str:
    if standard == NATIONAL:
        return tr("national warnings for {hours} h", hours=f"{hours:g}")
    return tr("Shanghai's warnings for {hours} h", hours=f"{hours or 1:g}")


def _clock(time_ns: int, moment: Moment) -> str:
    return times.readable(time_ns, moment.shown_zone).split()[1][:5]
