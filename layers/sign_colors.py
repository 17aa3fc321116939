"""Buildings in the colours of a vital sign: grey where no sensor that counts is in one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated

import numpy as np
from annotated_types import Ge

from layers.legend import Legend
from layers.palette import Rgb, blend, palette
from layers.verdict_colors import SHAPES, level_colors
from layers.zone_verdicts import (
    ZoneDifferences,
    ZoneVerdicts,
    difference_legend,
    legend_of,
    places_of,
    zone_differences,
    zone_verdicts,
)
from twin.layer import Layer, styled
from twin.text import tr
from twin.units import figures
from twin.vitals.verdict import GREY, LEVELS, WORDS


@dataclass(frozen=True, kw_only=True)
class Signed(Layer):
    """`sign_from_m`, `sign_until_m`: how far the eye is from what it looks at while the sign's colours show, so that
    blocks give way to buildings and these to rooms; 0 = no limit.
    """

    sign: str = styled("", "Coloured by vital sign", role="sign")
    sign_from_m: Annotated[float, Ge(0.0)] = styled(0.0, "Sign seen from", unit="m", step=100.0)
    sign_until_m: Annotated[float, Ge(0.0)] = styled(0.0, "Sign seen until", unit="m", step=100.0,
                                                     help="0 = from any distance")

    def sign_shown(self, distance_m: float) -> bool:
        near_enough = self.sign_until_m <= 0.0 or distance_m < self.sign_until_m
        return bool(self.sign) and self.sign_from_m <= distance_m and near_enough


def pale(theme: str) -> Rgb:
    """Grey of a house about which nothing is known: most are, and a city in the grey of zones would be dark."""
    return blend(palette(theme).stale, palette(theme).walls, 0.55)


class SignColors:
    """What a layer says of its sign at a moment: of each of `count` buildings, or of the building that it is."""

    def __init__(self, layer: Signed, moment, count: int, whole: bool = False):
        self.layer, self.moment, self.differ, self.whole = layer, moment, None, whole
        self.said: ZoneVerdicts | ZoneDifferences
        if moment.differing:
            self.said = self.differ = zone_differences(moment.vitals, moment.compared, layer.id, layer.sign, count,
                                                       whole)
            self.colors = self.differ.colors(moment.theme)
        else:
            self.said = zone_verdicts(moment.vitals, layer.id, layer.sign, count, whole)
            table = level_colors(moment.theme)
            table[GREY] = pale(moment.theme)
            self.colors = table[self.said.verdicts]

    def legend(self) -> Legend | None:
        moment = self.moment
        if self.differ is not None:
            return difference_legend(self.differ, moment.theme, moment.language, moment.shown_zone)
        other = zone_verdicts(moment.compared, self.layer.id, self.layer.sign, len(self.colors),
                              self.whole) if moment.compared else None
        legend = legend_of(self.said, moment.theme, moment.language, moment.shown_zone, other)
        return legend and replace(legend, missing=(pale(moment.theme), legend.missing[1]))

    def facts(self, feature: int) -> tuple[tuple[str, str], ...]:
        """What the inspector says of one building: the value, its verdict, and from how many sensors."""
        state, row = self.moment.vitals, self.moment.vitals.row(self.layer.sign) if self.moment.vitals else -1
        if row < 0:
            return ()
        at, features = places_of(state.groups, self.layer.id, len(self.colors), self.whole)
        mine = at[features == (0 if self.whole else feature)]
        sign = state.signs[row]
        if not len(mine) or not state.members[row, mine[0]]:
            return ((sign.title(), tr("No sensor here observes it")),)
        value, verdict = float(state.value[row, mine[0]]), int(state.verdict[row, mine[0]])
        reporting, members = state.reporting[row, mine[0]], state.members[row, mine[0]]
        said = f"{figures(value)} {sign.unit_words()}".rstrip() if np.isfinite(value) else tr("no data")
        return ((sign.title(), f"{said} · {SHAPES[verdict]} {tr(WORDS[LEVELS[verdict]])}"),
                (tr("Sensors"), tr("{n} of {total}", n=reporting, total=members)))
