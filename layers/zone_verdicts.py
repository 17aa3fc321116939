"""What a vital sign says about the zones of a layer at the moment: colours, words, and a legend."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from layers.legend import Legend
from layers.palette import palette
from layers.verdict_colors import SHAPES, level_colors
from twin import times
from twin.text import tr
from twin.vitals.board import State
from twin.vitals.verdict import GREY, LEVELS, WORDS


@dataclass(frozen=True, eq=False)
class ZoneVerdicts:
    """Of `sign` in one layer: `verdicts` (features,) u1, `values` (features,) f8, sensors that report and there are."""

    state: State | None
    sign: str
    verdicts: np.ndarray
    values: np.ndarray
    reporting: int = 0
    members: int = 0


def zone_verdicts(state: State | None, layer: str, sign: str, features: int) -> ZoneVerdicts:
    """Everything grey as long as nothing is known."""
    out = ZoneVerdicts(state, sign, np.zeros(features, np.uint8), np.full(features, np.nan))
    row = state.row(sign) if state else -1
    if row < 0:
        return out
    mine = [(k, g.feature) for k, g in enumerate(state.groups.groups) if g.layer == layer and g.feature < features]
    at, feature = (np.array([m[i] for m in mine], np.intp) for i in (0, 1))
    out.verdicts[feature], out.values[feature] = state.verdict[row, at], state.value[row, at]
    # Zones may overlap, so sensors are counted by themselves.
    feed_counts = state.counted(row, at)
    return ZoneVerdicts(state, sign, out.verdicts, out.values, *feed_counts)


def words_of(verdicts: ZoneVerdicts, names: list[str], unit: str) -> list[str]:
    """A label for every zone: its name, value with unit, and the shape of its verdict."""
    said = [f"{v:.4g} {unit}".rstrip(" -") if np.isfinite(v) else tr("no data") for v in verdicts.values[:len(names)]]
    shapes = [SHAPES[level] if level else "" for level in verdicts.verdicts]
    return [f"{name}  {value} {shape}".rstrip() for name, value, shape in zip(names, said, shapes)]


def legend_of(verdicts: ZoneVerdicts, theme: str, language: str, time_zone: str) -> Legend | None:
    """How many zones are at each level, as of when and from how many sensors."""
    from twin.vitals.catalogue import catalogue
    state = verdicts.state
    sign = catalogue().sign(verdicts.sign)
    if sign is None:
        return None
    colors = level_colors(theme)
    counts = np.bincount(verdicts.verdicts, minlength=len(LEVELS))
    entries = tuple((tuple(map(int, colors[k])), f"{SHAPES[k]} {tr(WORDS[LEVELS[k]])} · {counts[k]}")
                    for k in range(len(LEVELS) - 1, GREY, -1))
    note = tr("Being computed")
    if state is not None:
        clock = times.readable(state.time_ns, time_zone).split()[1][:5]
        note = tr("As of {time}, {n} of {total} sensors", time=clock, n=f"{verdicts.reporting:,}",
                  total=f"{verdicts.members:,}")
    return Legend(title=sign.title(language), unit=sign.unit.strip("-"), entries=entries,
                  missing=(palette(theme).stale, f"{SHAPES[GREY]} {tr(WORDS['grey'])} · {counts[GREY]}"), note=note)
