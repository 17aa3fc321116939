"""Where vehicles came from: the way of the last seconds as one fading set of lines, broken at gaps."""

from __future__ import annotations

import numpy as np

from layers.base import Visual
from layers.colour_table import put_cells
from layers.drape import LINE_STEP
from layers.geometry import actor_of, poly_data
from layers.shading import apply_drape
from twin.history.motion import Fleet, Motion

WIDTH_PX = 2.5
OPAQUE = 200                                     # alpha beside the vehicle; 0 at the end of the trail


class Trails:
    """One actor on the ground of the scene; rebuilt for every step of time, which is a window of fixes and no more."""

    def __init__(self, visual: Visual):
        self.visual = visual
        self.actor = actor_of(poly_data(np.zeros((0, 3))), lit=False, colors=True)
        self.actor.ForceTranslucentOn()
        self.actor.GetProperty().SetLineWidth(WIDTH_PX * visual.canvas.pixel_ratio)
        apply_drape(self.actor, 6 * LINE_STEP)
        visual.add(self.actor)

    def set(self, motion: Motion, fleet: Fleet, now_ns: int, trail_ns: int, gap_ns: int, colors: np.ndarray,
            stand) -> None:
        """`colors` (n, 4) u1 by vehicle, alpha 0 = without a trail. `stand(points)` gives them their height."""
        points, thing, when, segments = pieces(motion, fleet, now_ns, trail_ns, gap_ns)
        points = stand(points)
        shade = colors[thing]
        left = np.clip(1.0 - (own_of(motion, now_ns)[thing] - when) / max(trail_ns, 1), 0.0, 1.0)
        shade[:, 3] = shade[:, 3] * left * (OPAQUE / 255.0)
        data = poly_data(points, colors=shade)
        put_cells(data, segments.astype(np.int32))
        self.actor.GetMapper().SetInputData(data)

    def remove(self) -> None:
        self.visual.drop(self.actor)


def own_of(motion: Motion, now_ns: int) -> np.ndarray:
    """(n,) i8: now in each thing's own time."""
    return np.broadcast_to(np.asarray(motion.own_time(now_ns), np.int64), motion.count)


def pieces(motion: Motion, fleet: Fleet, now_ns: int, trail_ns: int, gap_ns: int):
    """(points (m, 3) f8, vehicle (m,), time_ns (m,) in its own time, segments (s, 2)) of all trails.

    A trail is the fixes since `now_ns - trail_ns` and the present place; no segment leads over a gap.
    """
    seen = np.flatnonzero(fleet.presence > 0.0)
    own_ns = own_of(motion, now_ns)
    first = np.maximum(motion.last_fix(own_ns - trail_ns)[seen] + 1, motion.offsets[seen])
    count = np.maximum(fleet.last[seen] - first + 1, 0)
    thing = np.repeat(seen, count)
    start = np.cumsum(count) - count
    fix = np.arange(count.sum()) - np.repeat(start, count) + np.repeat(first, count)
    points = np.concatenate([motion.positions[fix].astype(np.float64), fleet.places[seen]])
    things = np.concatenate([thing, seen])
    when = np.concatenate([motion.times_ns[fix], own_ns[seen]])
    cut = np.zeros(len(fix) + len(seen), bool)
    if motion.cut is not None:
        cut[:len(fix)] = motion.cut[fix]
    order = np.argsort(things, kind="stable")                     # each vehicle's fixes, then where it is now
    points, things, when, cut = points[order], things[order], when[order], cut[order]
    at = np.arange(len(things) - 1)
    joined = (things[1:] == things[:-1]) & (np.diff(when) <= gap_ns) & ~cut[:-1]
    at = at[joined] if len(things) else np.zeros(0, np.intp)
    return points, things, when, np.stack([at, at + 1], axis=1)
