"""One value for each group out of its members', for all signs at once."""

from __future__ import annotations

import numpy as np

from twin.vitals import verdict
from twin.vitals.layout import ADDED, EXTREMES, JUDGED, RANKED, WEIGHED, Layout

LOG2_10 = 3.321928094887362
NONE = np.float32(-np.inf)                             # as bad as a member that says nothing: less than any other


def formed(layout: Layout, values: np.ndarray, silent: np.ndarray, reporting: np.ndarray,
           night: bool) -> tuple[np.ndarray, np.ndarray]:
    """((stretches,) f8 the values, NaN = none; (stretches,) f4 how bad the worst member is, NaN = none or not asked).

    `values` (m,) f4 and `silent` (m,) bool of the members, `reporting` (stretches,).
    """
    out = np.full(len(layout.counts), np.nan)
    with np.errstate(invalid="ignore", divide="ignore"):
        _sums(layout, values, silent, reporting, out)
        worst = _worst(layout, values, night)
        _extremes(layout, values, worst, out)
        _quantiles(layout, values, reporting, out)
        online = layout.of_hows["online"][1]
        out[online] = 100.0 * reporting[online] / layout.counts[online]
    return out, worst


# -- sums -----------------------------------------------------------------------------------------------------


def _sums(layout: Layout, values, silent, reporting, out: np.ndarray) -> None:
    """A mean is a sum over how many report; a weighted one has the weight as denominator (persons, bays, km); of
    speeds it is length over travel time.
    """
    members, stretches = layout.span(*ADDED)
    addends = _addends(layout, values[members], silent[members], members.start)
    total = layout.runs(members, stretches).reduced(np.add, addends)
    below = reporting[stretches].astype(np.float64)
    heavy, weighed = layout.span(*WEIGHED)
    at = slice(weighed.start - stretches.start, weighed.stop - stretches.start)
    below[at] = layout.runs(heavy, weighed).reduced(np.add, np.where(silent[heavy], 0.0, layout.weights[heavy]))
    out[stretches] = total / below
    out[layout.of_hows["share"][1]] *= 100.0
    harmonic, energy = layout.of_hows["harmonic"][1], layout.of_hows["energy_mean"][1]
    out[harmonic] = 1.0 / out[harmonic]
    out[energy] = 10.0 * np.log10(out[energy])


def _addends(layout: Layout, values: np.ndarray, silent: np.ndarray, first: int) -> np.ndarray:
    """(m,) f8 what each member adds."""
    out = values.astype(np.float64)

    def of(how: str) -> slice:
        members = layout.of_hows[how][0]
        return slice(members.start - first, members.stop - first) if members.stop else slice(0, 0)

    share, weighted, harmonic, energy = map(of, ("share", "weighted", "harmonic", "energy_mean"))
    np.clip(out[share], 0.0, 1.0, out=out[share])
    out[weighted] *= layout.weights[layout.of_hows["weighted"][0]]
    out[harmonic] = layout.weights[layout.of_hows["harmonic"][0]] / np.maximum(values[harmonic], 0.1)
    out[energy] = np.exp2(values[energy] * np.float32(LOG2_10 / 10))
    out[silent] = 0.0
    return out


# -- extremes -------------------------------------------------------------------------------------------------


def _worst(layout: Layout, values: np.ndarray, night: bool) -> np.ndarray:
    """(stretches,) f4: how bad the worst member is, of signs that judge their members."""
    members, stretches = layout.span(*JUDGED)
    bad = values[members].copy()
    for feed, own in zip(layout.feeds, layout.members):
        if members.start <= own.start < members.stop and not _plain(feed.sign):
            mine = bad[own.start - members.start:own.stop - members.start]
            verdict.badness(mine, feed.sign, night, out=mine)
    np.fmax(bad, NONE, out=bad)
    out = np.full(len(layout.counts), np.nan, np.float32)
    found = layout.bundles(members, stretches).reduced(np.maximum, bad)
    out[stretches] = np.where(found == NONE, np.float32(np.nan), found)
    return out


def _plain(sign) -> bool:
    return sign.direction == "higher" and sign.how != "max_abs"


def _extremes(layout: Layout, values: np.ndarray, worst: np.ndarray, out: np.ndarray) -> None:
    """Where more is worse, the highest member is the worst one; likewise the lowest."""
    for feed, own, stretches in zip(layout.feeds, layout.members, layout.stretches):
        how = feed.sign.how
        if how not in EXTREMES:
            continue
        if (how, feed.sign.direction) in (("max", "higher"), ("max_abs", "higher")):
            out[stretches] = worst[stretches]
        elif (how, feed.sign.direction) == ("min", "lower"):
            out[stretches] = -worst[stretches]
        elif len(feed.starts):
            mine = np.take(values[own], feed.entries)
            mine = np.abs(mine) if how == "max_abs" else mine
            out[stretches] = (np.fmin if how == "min" else np.fmax).reduceat(mine, feed.starts)


# -- quantiles ------------------------------------------------------------------------------------------------


def _quantiles(layout: Layout, values: np.ndarray, reporting: np.ndarray, out: np.ndarray) -> None:
    """By linear interpolation, in the members of each group from the least to the greatest."""
    members, stretches = layout.span(RANKED[0], RANKED[-1])
    if stretches.start == stretches.stop:
        return
    mine, counts = values[members].copy(), layout.counts[stretches]
    deviations = layout.of_hows["median_abs"][0]
    if deviations.stop:
        deviations = slice(deviations.start - members.start, deviations.stop - members.start)
        np.abs(mine[deviations], out=mine[deviations])
    np.copyto(mine, np.inf, where=mine != mine)                                            # last of its group
    mine, starts = layout.gathered(mine, members, stretches)
    group = np.repeat(np.arange(len(counts), dtype=np.min_scalar_type(len(counts))), counts)
    mine = mine[np.lexsort((*_halves(mine), group))]
    last = np.maximum(reporting[stretches] - 1, 0)
    share = np.full(len(counts), 0.5)
    high = layout.of_hows["p95"][1]
    share[len(counts) - (high.stop - high.start):] = 0.95                # they are the last of these
    place = starts + last * share
    below = np.floor(place).astype(np.intp)
    above = np.minimum(below + 1, starts + last)
    low, high = (mine[at].astype(np.float64) for at in (below, above))
    with np.errstate(invalid="ignore"):
        out[stretches] = np.where(reporting[stretches] > 0, low + (high - low) * (place - below), np.nan)


def _halves(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(lower, upper) (n,) u2 of whole numbers in the order of the values: 16 bits are sorted by counting them."""
    bits = values.view(np.int32)
    whole = bits ^ (bits >> 31 | np.int32(-1 << 31))
    return (whole & 0xFFFF).astype(np.uint16), (whole >> 16).astype(np.uint16)
