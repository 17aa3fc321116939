"""The building site's tower crane: it lifts from the yard into the pit, turns with the wind when that is too strong, and
once lifts too much."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from data_samples.stories import site
from data_samples.stories.kit import Said, clock, every

THING = "STORY-SITE-CRANE"
AT = (site.SITE[0] + 25.0, site.SITE[1] - 2.0)               # between the pit and the storage yard
MAST_M, JIB_M = 42.0, 52.0
SECS, IDLE_SECS = 10, 600
RATED_TM = 140.0                                             # load times radius that the crane may carry
STOP_WIND = 10.8                                             # m/s: wind force 6, lifting stops
ALOFT = 1.35                                                 # wind at the jib over that of the mast at 8 m
YARD, PIT = (140.0, 32.0), ((262.0, 44.0), (285.0, 33.0), (310.0, 38.0), (244.0, 29.0))    # degrees from north, metres
HEAVY = "2026-07-16T10:20:00"                                # a bundle of steel, too far out
OVERLOADED = ("2026-07-16T10:22:10", "2026-07-16T10:23:00")  # that it hangs there, until it is set down
CYCLE = 30                                                   # readings of a lift and the way back
# share of the cycle, how far from the yard (0) to the pit (1), share of the load on the hook
LIFT = ((0.0, 0.0, 0.0), (0.12, 0.0, 1.0), (0.2, 0.0, 1.0), (0.42, 1.0, 1.0), (0.58, 1.0, 1.0), (0.62, 1.0, 0.05),
        (0.7, 1.0, 0.05), (0.92, 0.0, 0.05), (1.0, 0.0, 0.0))


def said() -> list[Said]:
    rng = np.random.default_rng(5031)
    now = site.week()
    speed, of = site.winds(now, rng)
    aloft = (speed * ALOFT + rng.normal(0, 0.25, len(speed))).clip(0)
    busy = (now.work | now.concreting) & (np.convolve(aloft, np.ones(15) / 15, "same") < STOP_WIND)
    times, slew, radius, moment = [], [], [], []
    for first, last, works in _spells(busy):
        stamps = every(str(now.times[first]), str(now.times[last]), SECS if works else IDLE_SECS)
        turned, out, load = _lifts(stamps, rng) if works else _free(stamps, now.times, of)
        times.append(stamps), slew.append(turned), radius.append(out), moment.append(load * out / RATED_TM * 100.0)
    stamps, load = np.concatenate(times), np.concatenate(moment)
    shared = {"thing": THING, "at": AT, "interval_secs": SECS, "above_m": 0.0}
    return [
        _of("crane_slew", "deg", "slewed to", "回转角", stamps, np.concatenate(slew).round(1) % 360.0, shared),
        _of("crane_radius", "m", "trolley at", "幅度", stamps, np.concatenate(radius).round(1), shared),
        _of("crane_moment", "%", "load moment", "力矩比", stamps, load.round(), shared),
        _of("crane_alarm", "1", "alarm", "报警", stamps, np.digitize(load.round(), (90.0, 100.0)), shared),
        _of("wind", "m/s", "wind at the jib", "臂端风速", now.times, aloft.round(1),
            shared | {"above_m": MAST_M, "interval_secs": site.SECS})]


def _spells(busy: np.ndarray) -> list[tuple[int, int, bool]]:
    """(first, last minute, whether it lifts) of stretches that are alike."""
    edges = [0, *(np.flatnonzero(np.diff(busy.astype(int))) + 1).tolist(), len(busy)]
    return [(a, b - 1, bool(busy[a])) for a, b in pairwise(edges)]


def _lifts(stamps: np.ndarray, rng) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(slew, radius, tonnes) of one lift after the other."""
    lift, at = np.divmod(np.arange(len(stamps)), CYCLE)
    share, way, hooked = np.array(LIFT).T
    far, on = (np.interp(at / CYCLE, share, column) for column in (way, hooked))
    targets = np.array(PIT)[rng.integers(0, len(PIT), int(lift.max()) + 1)]
    tonnes = rng.uniform(1.2, 2.6, int(lift.max()) + 1)
    heavy = (stamps >= clock(HEAVY)) & (stamps < clock(HEAVY) + np.timedelta64(CYCLE * SECS, "s"))
    for number in np.unique(lift[heavy]):
        targets[number], tonnes[number] = PIT[0], 3.06
    slew = YARD[0] + (targets[lift, 0] - YARD[0]) * far
    radius = YARD[1] + (targets[lift, 1] - YARD[1]) * far
    return slew, radius, 0.25 + tonnes[lift] * on


def _free(stamps: np.ndarray, times: np.ndarray, of: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Out of service the brake is open and the jib points where the wind blows to, its hook drawn in and empty."""
    smooth = np.convolve(np.pad(of, 15, "edge"), np.ones(31) / 31, "valid")
    minute = np.searchsorted(times, stamps)
    return smooth[minute] + 180.0, np.full(len(stamps), 6.0), np.full(len(stamps), 0.25)


def _of(what: str, unit: str, words: str, zh: str, times, values, shared: dict) -> Said:
    return Said(id=f"{THING}.site.{what}", name=f"Tower crane, {words}", name_zh=f"塔吊 {zh}", observed=f"site.{what}",
                unit=unit, times=times, values=values, **shared)
