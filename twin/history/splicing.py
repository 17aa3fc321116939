"""New fixes on a motion that stands already: what moves live is read by its last minutes, and not whole."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from twin.history.motion import STANDS_M, Motion, motion_of


def spliced(base: Motion, rows: np.ndarray, since_ns: int, fixes: dict) -> Motion:
    """`base` up to `since_ns`, and `fixes` from there on, which are all that is known of that time.

    `fixes`: what `motion_of` asks for, of m things; `rows` (m,) says which of `base` they are, -1 = none of them (they
    are left out). What stands all the time keeps the heading that it came with.
    """
    before = base.last_fix(since_ns - 1)
    known = before >= base.offsets[:-1]
    heading = np.where(known, base.heading_deg[np.maximum(before, 0)], np.nan) if len(base.times_ns) \
        else np.full(base.count, np.nan)
    mine = rows[fixes["things"]]
    kept = (mine >= 0) & (fixes["times_ns"] >= since_ns)
    fresh, _ = motion_of(mine[kept], fixes["times_ns"][kept], fixes["positions"][kept], base.count,
                         heading_before=heading, measures={n: v[kept] for n, v in fixes["measures"].items()},
                         **{n: None if fixes[n] is None else fixes[n][kept] for n in ("heading_deg", "speed_kmh")})
    both = _joined(base, before + 1 - base.offsets[:-1], fresh)
    _know_by_neighbours(both)
    return both


def _know_by_neighbours(motion: Motion) -> None:
    """What one fix alone could not tell, written into `motion`: speed and heading of the way from or to another."""
    fixes = np.flatnonzero(np.isnan(motion.speed_kmh) | np.isnan(motion.heading_deg))
    things = np.searchsorted(motion.offsets, fixes, side="right") - 1
    first = np.minimum(fixes, motion.offsets[things + 1] - 2)
    paired = first >= motion.offsets[things]                     # the others are still alone
    fixes, first = fixes[paired], first[paired]
    way = (motion.positions[first + 1].astype(np.float64) - motion.positions[first])[:, :2]
    far_m, secs = np.hypot(*way.T), (motion.times_ns[first + 1] - motion.times_ns[first]) / 1e9
    ahead_deg = np.where(far_m > STANDS_M, np.degrees(np.arctan2(*way.T)) % 360.0, np.nan)
    for told, known in ((motion.speed_kmh, 3.6 * far_m / secs), (motion.heading_deg, ahead_deg)):
        told[fixes] = np.where(np.isnan(told[fixes]), known, told[fixes])


def _joined(base: Motion, kept: np.ndarray, fresh: Motion) -> Motion:
    """The first `kept` (n,) fixes of each thing of `base`, and after them those of `fresh`."""
    had, more = np.diff(base.offsets), np.diff(fresh.offsets)
    offsets = np.concatenate([[0], np.cumsum(kept + more)])
    number = np.arange(len(base.times_ns))
    stays = number < np.repeat(base.offsets[:-1] + kept, had)
    to_old = (number + np.repeat(offsets[:-1] - base.offsets[:-1], had))[stays]
    to_new = np.arange(len(fresh.times_ns)) + np.repeat(offsets[:-1] + kept - fresh.offsets[:-1], more)

    def both(old: np.ndarray | None, new: np.ndarray | None) -> np.ndarray:
        given = old if old is not None else new
        out = np.full((offsets[-1], *given.shape[1:]), 0 if given.dtype.kind in "bi" else np.nan, given.dtype)
        for values, into, mine in ((old, to_old, stays), (new, to_new, slice(None))):
            if values is not None:
                out[into] = values[mine]
        return out
    return replace(
        base, offsets=offsets, times_ns=both(base.times_ns, fresh.times_ns),
        positions=both(base.positions, fresh.positions), heading_deg=both(base.heading_deg, fresh.heading_deg),
        speed_kmh=both(base.speed_kmh, fresh.speed_kmh), cut=None if base.cut is None else both(base.cut, None),
        measures={n: both(base.measures.get(n), fresh.measures.get(n))
                  for n in {**base.measures, **fresh.measures}},
        sorted_ns=np.concatenate([base.sorted_ns[:np.count_nonzero(stays)], fresh.sorted_ns]),
        interval_ns=np.where(base.interval_ns > 0, base.interval_ns, fresh.interval_ns),
        revision=base.revision + 1)
