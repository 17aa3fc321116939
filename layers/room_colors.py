"""Rooms, or elements, coloured by what their sensors say at the clock's time; grey where nothing that counts is known.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from annotated_types import Gt, Le

from layers.legend import Legend
from layers.level_colors import LEVEL_COLORS, LEVEL_WORDS
from layers.palette import palette
from layers.ramps import CHANGE, colored, ramp, reach_of
from twin import times
from twin.column_words import property_words
from twin.indoors import Indoors, RoomValues
from twin.text import tr
from twin.units import shown as shown_unit
from twin.vitals import verdict
from twin.vitals.catalogue import Sign


@dataclass(frozen=True, kw_only=True)
class RoomColors:
    """`observed` property; `value`: what is made of a room with several sensors. `scale` "levels" = the thresholds of
    the vital sign where there is one, "ramp" = from `low` to `high` (None = from the data). `others`: the rest of the
    building as ghosts, or as it is. `of`: rooms, or the elements that carry sensors of the property.
    """

    observed: str
    of: Literal["rooms", "elements"] = "rooms"
    value: Literal["mean", "max", "min"] = "mean"
    scale: Literal["levels", "ramp"] = "levels"
    colormap: str = "batlow"
    low: float | None = None
    high: float | None = None
    stale_minutes: Annotated[float, Gt(0.0), Le(100_000.0)] = 15.0
    others: Literal["ghost", "as_is"] = "ghost"


@dataclass(frozen=True, eq=False)
class Painted:
    """`features` (k,) rows of the building, their `colors` (k, 3) u1, and the values behind them.

    `reach`: the colours are the difference of two instants, as far as this to each side; None = of one instant.
    """

    features: np.ndarray
    colors: np.ndarray
    values: RoomValues
    rows: np.ndarray                     # in the indoors' rooms
    reach: float | None = None

    @property
    def labelled(self) -> np.ndarray:
        """One feature of each room or element: a stair says its value once, not on every flight."""
        return self.features[np.unique(self.rows, return_index=True)[1]]


def painted_rooms(said: RoomColors, layer: str, indoors: Indoors, moment) -> Painted:
    """The colours of a layer's rooms at the moment; of elements, those that measure the property."""
    values = indoors.at(said.observed, said.value, moment.now_ns, said.stale_minutes)
    rows = indoors.rows_of(layer)
    if said.of == "elements":
        rows = rows[values.sensors[rows] > 0]
    if moment.differing and moment.compare_ns is not None:
        return _differences(said, indoors, moment, values, rows)
    shown, grey = values.values[rows], palette(moment.theme).stale
    sign = sign_of(said, indoors, moment)
    if sign is not None:
        table = np.array([grey, *LEVEL_COLORS], np.uint8)
        colors = table[verdict.levels_of(shown, sign, night(indoors, moment))]
    else:
        colors = colored(shown, said.colormap, *limits(said, indoors), grey)
    place, features = indoors.spread(rows)
    return Painted(features, colors[place], values, rows[place])


def _differences(said: RoomColors, indoors: Indoors, moment, values: RoomValues, rows: np.ndarray) -> Painted:
    """The clock's instant less the second one; grey where either is missing."""
    then = indoors.at(said.observed, said.value, moment.compare_ns, said.stale_minutes)
    differ = (values.values - then.values)[rows]
    reach = reach_of(differ)
    colors = colored(differ, CHANGE, -reach, reach, palette(moment.theme).stale)
    both = np.minimum(values.reporting, then.reporting)
    place, features = indoors.spread(rows)
    return Painted(features, colors[place], RoomValues(values.values - then.values, values.sensors, both), rows[place],
                   reach)


def limits(said: RoomColors, indoors: Indoors) -> tuple[float, float]:
    """Values at the two ends of the colours; the same at every time."""
    low, high = indoors.range_of(said.observed)
    return low if said.low is None else said.low, high if said.high is None else said.high


def sign_of(said: RoomColors, indoors: Indoors, moment) -> Sign | None:
    """The vital sign that judges the property at this hour and month; None where the colours are a ramp."""
    if said.scale != "levels":
        return None
    local = times.to_datetime(moment.now_ns, moment.time_zone)
    return next((s for s in indoors.signs.of_property(said.observed) if s.window is None
                 and verdict.applies(s, local)), None)


def night(indoors: Indoors, moment) -> bool:
    return verdict.is_night(moment.now_ns, moment.time_zone, indoors.signs.day_hours)


def legend_of(said: RoomColors, painted: Painted, indoors: Indoors, shown: np.ndarray, moment) -> Legend:
    """`shown` (k,) bool: which of the painted rooms are drawn at all."""
    unit, grey = shown_unit(indoors.properties.get(said.observed, "")), palette(moment.theme).stale
    seen = np.unique(painted.rows[shown])
    reporting = int((painted.values.reporting[seen] > 0).sum())
    words = "As of {time}, {n} of {total} rooms have data" if said.of == "rooms" else \
        "As of {time}, {n} of {total} elements have data"
    note = tr(words, time=_clock(moment), n=f"{reporting:,}", total=f"{len(seen):,}")
    kept = {"title": property_words(said.observed), "unit": unit, "missing": (grey, tr("No data or stale")),
            "note": note}
    if painted.reach is not None:
        kept |= {"title": f"{kept['title']} · {tr('Difference')} A − B", "missing": (grey, tr("missing at A or B"))}
        return Legend(ramp=tuple(map(tuple, ramp(CHANGE, 32).tolist())), low=-painted.reach, high=painted.reach, **kept)
    sign = sign_of(said, indoors, moment)
    if sign is None:
        low, high = limits(said, indoors)
        return Legend(ramp=tuple(map(tuple, ramp(said.colormap, 32).tolist())), low=low, high=high, **kept)
    entries = tuple((color, f"{tr(words)}  {band}") for color, words, band in
                    zip(LEVEL_COLORS, LEVEL_WORDS, bands(sign, night(indoors, moment))))
    return Legend(entries=entries, **kept)


def bands(sign: Sign, at_night: bool) -> tuple[str, str, str, str]:
    """What each level means in numbers."""
    a, b, c = verdict.thresholds(sign, at_night)
    if sign.direction == "band":
        return f"{a:g} – {b:g}", f"± {c / 2:g}", f"± {c:g}", f"> ± {c:g}"
    worse, better = ("≥", "<") if sign.inclusive else (">", "≤")
    if sign.direction == "lower":
        worse, better = ("≤", ">") if sign.inclusive else ("<", "≥")
    return f"{better} {a:g}", f"{worse} {a:g}", f"{worse} {b:g}", f"{worse} {c:g}"


def _clock(moment) -> str:
    return times.readable(moment.now_ns, moment.shown_zone).split()[1][:5]
