"""Bands of a chart whose property has no alarm rule: the limits of the vital sign that it feeds, with their source."""

from __future__ import annotations

import re
from collections.abc import Callable

from app.charted import Line
from twin.document import Document
from twin.text import tr
from twin.vitals.catalogue import Sign, catalogue
from twin.vitals.report import VERIFIED

SAME_QUANTITY = ("mean", "day_max")       # windows whose value is on the axis of the readings; a sum or a rate is not
Bands = tuple[tuple[int, float, float], ...]             # (level 1 to 3, from, to)


def sign_of(line: Line, document: Document, cell: Callable[[Line, str], str]) -> Sign | None:
    """The vital sign whose limits hold for a line's readings at any time, in their unit; of several the one that looks
    at the shortest time. `cell(line, column)`: what the line's sensor says of itself."""
    if line.difference:
        return None
    fitting = [sign for sign in catalogue().chosen(document.vitals).of_property(line.property)
               if _is_about_readings(sign) and sign.unit_words() == line.unit and _is_selected(sign, line, cell)]
    return min(fitting, key=lambda sign: sign.window.minutes if sign.window else 0, default=None)


def _is_about_readings(sign: Sign) -> bool:
    seasonal = sign.hours or sign.months or sign.datum
    return sign.judges_members and sign.how != "max_abs" and not seasonal and (
        sign.window is None or sign.window.kind in SAME_QUANTITY)


def _is_selected(sign: Sign, line: Line, cell: Callable[[Line, str], str]) -> bool:
    if sign.select is None:
        return True
    said = cell(line, sign.select.column)
    return said == sign.select.value or (not said and sign.select.unstated)


def bands_of(sign: Sign) -> Bands:
    """By day, where the night has limits of its own."""
    if sign.direction == "band":                         # as twin/vitals/verdict.py judges
        low, high, margin = sign.levels
        half, inf = margin / 2, float("inf")
        return ((1, high, high + half), (2, high + half, high + margin), (3, high + margin, inf),
                (1, low - half, low), (2, low - margin, low - half), (3, -inf, low - margin))
    far = -float("inf") if sign.direction == "lower" else float("inf")
    ends = (*sign.levels[1:], far)
    return tuple((level, *sorted(pair)) for level, pair in enumerate(zip(sign.levels, ends), start=1))


def words_of(sign: Sign) -> str:
    """Whose limits they are and how sure: "Limits of PM2.5: HJ 633-2012 (verified); no alarm rule"."""
    source = re.split(r"[;；]", tr(sign.source))[0] if sign.source != "-" else tr("catalogue of vital signs")
    sure = sign.changed or tr(VERIFIED[sign.verified])
    name = f"{sign.title()} ({tr('by day')})" if sign.night else sign.title()
    return tr("Limits of {name}: {source} ({sure}); there is no alarm rule", name=name, source=source, sure=sure)
