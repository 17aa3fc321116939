"""Where vehicles came from: the way of the last seconds as one fading set of lines, broken at gaps."""

from __future__ import annotations

from weakref import WeakKeyDictionary

import numpy as np

from layers.base import Visual
from layers.colour_table import put_cells
from layers.drape import LINE_STEP
from layers.geometry import actor_of, poly_data
from layers.shading import apply_drape
from twin.history.motion import Fleet, Motion

WIDTH_PX = 2.5
MOST_POINTS = 60_000                             # of all trails: more is not seen, and costs
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

    A trail is the fixes since `now_ns - trail_ns` and the present place; no segment leads over a gap. Where there are
    more than MOST_POINTS fixes, every second (third, …) is left out, and always the same ones.
    """
    seen = np.flatnonzero(fleet.presence > 0.0)
    own_ns, last = own_of(motion, now_ns), fleet.last[seen]
    first = np.maximum(motion.last_fix(own_ns - trail_ns)[seen] + 1, motion.offsets[seen])
    stride = max(1, -(-int(np.maximum(last - first + 1, 0).sum()) // MOST_POINTS))
    first = -(-first // stride) * stride
    regular = np.maximum((last - first) // stride + 1, 0)
    length = regular + ((regular > 0) & ((last - first) % stride > 0)) + 1          # the last fix, and the present
    starts = np.cumsum(length) - length
    place = np.arange(length.sum()) - np.repeat(starts, length)
    fix = np.minimum(np.repeat(first, length) + place * stride, np.repeat(last, length))
    points, when, things = motion.positions[fix].astype(np.float64), motion.times_ns[fix], np.repeat(seen, length)
    present = starts + length - 1
    points[present], when[present] = fleet.places[seen], own_ns[seen]
    at = np.arange(len(things) - 1)
    joined = (things[1:] == things[:-1]) if len(things) else np.zeros(0, bool)
    if stride == 1 and motion.cut is None:
        joined &= np.diff(when) <= gap_ns
    else:
        block = _blocks(motion, gap_ns)[fix]
        joined &= block[1:] == block[:-1]
    return points, things, when, np.stack([at[joined], at[joined] + 1], axis=1)


_kept: WeakKeyDictionary = WeakKeyDictionary()           # motion -> (gap, blocks)


def _blocks(motion: Motion, gap_ns: int) -> np.ndarray:
    """(k,) i4: fixes of one number have no gap between them."""
    gap, found = _kept.get(motion, (None, None))
    if gap != gap_ns:
        broken = np.diff(motion.times_ns) > gap_ns
        if motion.cut is not None:
            broken |= motion.cut[:-1]
        found = np.concatenate([[0], np.cumsum(broken)]).astype(np.int32)
        _kept[motion] = gap_ns, found
    return found
