"""What the legend of sensors says of its time: as of when, of how many, over which stretch or since when.

`layer`: a layers.sensor_points.SensorPoints.
"""

from __future__ import annotations

from layers.base import Moment
from layers.heat_sheet import HeatSheet
from twin import times
from twin.text import tr


def note_of(layer, moment: Moment, reporting: int, total: int, lost: int, sheet: HeatSheet | None) -> str:
    """`lost`: sensors without a place."""
    note = " ".join(filter(None, (_statistic(layer, moment), tr(
        "As of {time}, {n} of {total}", time=_clock(moment), n=f"{reporting:,}", total=f"{total:,}"))))
    if moment.since_ns is not None and layer.color_by == "device age":
        note += "; " + tr("the instant at the end of the span")
    if lost:
        note += "; " + tr("{n} without a place", n=f"{lost:,}")
    if sheet:
        note += "; " + tr("the surface fades where it is guessed")
        if sheet.as_of_ns not in (None, moment.now_ns):
            note += "; " + tr("the surface is still that of {time}", time=_clock(moment, sheet.as_of_ns))
    return note


def since_words(moment: Moment) -> str:
    if moment.compare_ns is None:
        return tr("Change (no second instant is set)")
    return tr("Change since {time}", time=times.readable(moment.compare_ns, moment.shown_zone)[5:16])


def _statistic(layer, moment: Moment) -> str:
    """Of a stretch of time, what is shown of it: "Mean since 06:00, held values."."""
    if moment.since_ns is None or layer.color_by == "device age":
        return ""
    said = {"mean": "Mean since {time}, held values.", "min": "Least since {time}, held values.",
            "max": "Greatest since {time}, held values."}[layer.over]
    since = times.readable(moment.since_ns, moment.shown_zone)
    same_day = since[:10] == times.readable(moment.now_ns, moment.shown_zone)[:10]
    return tr(said, time=since[11:16] if same_day else since[5:16])


def _clock(moment: Moment, at_ns: int | None = None) -> str:
    """Hours and minutes on the project's clock, of now or of another instant."""
    return times.readable(moment.now_ns if at_ns is None else at_ns, moment.shown_zone).split()[1][:5]
