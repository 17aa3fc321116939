"""What a vital sign says about the zones of a layer at the moment: colours, words, and a legend."""

from __future__ import annotations

from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np

from layers.legend import Legend
from layers.palette import palette
from layers.ramps import CHANGE, colored, ramp, reach_of
from layers.verdict_colors import SHAPES, level_colors
from twin import times
from twin.text import tr
from twin.units import figures
from twin.vitals.board import State
from twin.vitals.difference import difference
from twin.vitals.groups import Groups
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


_kept: WeakKeyDictionary = WeakKeyDictionary()           # groups -> {layer: which of them are its features}


def places_of(groups: Groups, layer: str, features: int, whole: bool = False) -> tuple[np.ndarray, np.ndarray]:
    """(places among the groups, feature of each) of a layer's features, or of the layer as a `whole`: a building."""
    known = _kept.setdefault(groups, {})
    if layer not in known:
        mine = [(k, g.feature) for k, g in enumerate(groups.groups) if g.layer == layer]
        known[layer] = np.array(mine, np.intp).reshape(-1, 2)
    at, feature = known[layer].T
    mine = feature < 0 if whole else (feature >= 0) & (feature < features)
    return at[mine], np.zeros(int(mine.sum()), np.intp) if whole else feature[mine]


def zone_verdicts(state: State | None, layer: str, sign: str, features: int, whole: bool = False) -> ZoneVerdicts:
    """Everything grey as long as nothing is known."""
    out = ZoneVerdicts(state, sign, np.zeros(features, np.uint8), np.full(features, np.nan))
    row = state.row(sign) if state else -1
    if row < 0:
        return out
    at, feature = places_of(state.groups, layer, features, whole)
    out.verdicts[feature], out.values[feature] = state.verdict[row, at], state.value[row, at]
    # Zones may overlap, so sensors are counted by themselves.
    feed_counts = state.counted(row, at)
    return ZoneVerdicts(state, sign, out.verdicts, out.values, *feed_counts)


def words_of(verdicts: ZoneVerdicts, names: list[str], unit: str) -> list[str]:
    """A label for every zone: its name, value with unit, and the shape of its verdict."""
    values = verdicts.values[:len(names)]
    missing = tr("no data") if verdicts.state is not None else "…"            # nothing is known yet, or nothing at all
    said = [f"{figures(v)} {unit}".rstrip(" -") if np.isfinite(v) else missing for v in values]
    shapes = [SHAPES[level] if level else "" for level in verdicts.verdicts]
    return [f"{name}  {value} {shape}".rstrip() for name, value, shape in zip(names, said, shapes)]


@dataclass(frozen=True, eq=False)
class ZoneDifferences:
    """Of `sign` in one layer, the clock's instant less the second one: `values` (features,) f8, NaN = one is missing;
    `reach` = the value at the ends of the colours.
    """

    now: State | None
    then: State | None
    sign: str
    values: np.ndarray
    reach: float

    def colors(self, theme: str) -> np.ndarray:
        """(features, 3) u1."""
        return colored(self.values, CHANGE, -self.reach, self.reach, palette(theme).stale)


def zone_differences(now: State | None, then: State | None, layer: str, sign: str, features: int,
                     whole: bool = False) -> ZoneDifferences:
    values = np.full(features, np.nan)
    if now is not None and then is not None:
        at, feature = places_of(now.groups, layer, features, whole)
        values[feature] = difference(now, then, sign)[at]
    return ZoneDifferences(now, then, sign, values, reach_of(values))


def difference_words(differ: ZoneDifferences, names: list[str], unit: str) -> list[str]:
    said = [f"{figures(v, '+', 3)} {unit}".rstrip(" -") if np.isfinite(v) else tr("no data")
            for v in differ.values[:len(names)]]
    return [f"{name}  {value}" for name, value in zip(names, said)]


def difference_legend(differ: ZoneDifferences, theme: str, language: str, time_zone: str) -> Legend | None:
    from twin.vitals.catalogue import catalogue
    sign = catalogue().sign(differ.sign)
    if sign is None:
        return None
    note = tr("No second instant is set, or it is being computed")
    if differ.now is not None and differ.then is not None:
        a, b = (times.readable(s.time_ns, time_zone)[5:16] for s in (differ.now, differ.then))
        note = tr("A {a} less B {b}", a=a, b=b)
    grey = int((~np.isfinite(differ.values)).sum())
    return Legend(title=f"{sign.title(language)} · {tr('Difference')}", unit=sign.unit_words(), low=-differ.reach,
                  of=f"difference.{sign.id}", parts=len(differ.values) if grey < len(differ.values) else 0,
                  high=differ.reach, ramp=tuple(map(tuple, ramp(CHANGE, 32).tolist())), note=note,
                  missing=(palette(theme).stale, f"{tr('missing at A or B')} · {grey:,}"))


def legend_of(verdicts: ZoneVerdicts, theme: str, language: str, time_zone: str,
              other: ZoneVerdicts | None = None) -> Legend | None:
    """How many zones are at each level, as of when and from how many sensors; with the `other` instant's beside it."""
    from twin.vitals.catalogue import catalogue
    state = verdicts.state
    sign = catalogue().sign(verdicts.sign)
    if sign is None:
        return None
    colors = level_colors(theme)
    counts = np.bincount(verdicts.verdicts, minlength=len(LEVELS))
    beside = None if other is None else np.bincount(other.verdicts, minlength=len(LEVELS))
    said = [f"{counts[k]:,}" if beside is None else f"A {counts[k]:,} · B {beside[k]:,}" for k in range(len(LEVELS))]
    down = range(len(LEVELS) - 1, GREY, -1)
    entries = tuple((tuple(map(int, colors[k])), f"{SHAPES[k]} {tr(WORDS[LEVELS[k]])} · {said[k]}") for k in down)
    note, row = tr("Being computed"), state.row(verdicts.sign) if state is not None else -1
    if state is not None and not (row >= 0 and state.pending[row]):
        clock = times.readable(state.time_ns, time_zone).split()[1][:5]
        told = {"time": clock, "n": f"{verdicts.reporting:,}", "total": f"{verdicts.members:,}"}
        note = tr("As of {time}, {n} of {total} sensors", **told)
        if sign.window:                              # fewer than speak now: they must have said enough
            note = tr("As of {time}, {n} of {total} sensors over {minutes} min", **told, minutes=sign.window.minutes)
    return Legend(title=sign.title(language), unit=sign.unit_words(), entries=entries, of=f"sign.{sign.id}",
                  parts=len(verdicts.verdicts) if verdicts.members else 0,
                  brief=tuple(f"{SHAPES[k]} {said[k]}" for k in down),
                  missing=(palette(theme).stale, f"{SHAPES[GREY]} {tr(WORDS['grey'])} · {said[GREY]}"), note=note)
