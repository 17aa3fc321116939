"""A tower crane: the mast stands, the jib slews about it, the trolley with its hook goes out along the jib."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np

from layers.equipment_models import BODY, DARK, LAMP, MOVER, PAINT, PALE, Model, bar, box, model

SECTION_M, HALF_M = 3.0, 0.8                        # of the mast: height of a section, half its width
BAR, THIN, ROPE = 0.13, 0.07, 0.05                  # half of a bar's thickness
COUNTER, HEAD_M = 0.28, 6.5                         # the counter-jib, of the jib's length; the head above the jib
HANGS_M = 0.45                                      # the hook, below the jib, of the mast's height


@dataclass(frozen=True, eq=False)
class Crane(Model):
    """`trolley` (n,) bool of what moves along the jib: modelled at no distance from the mast."""

    trolley: np.ndarray

    def posed(self, turn: np.ndarray, reach_m: np.ndarray | None = None) -> np.ndarray:
        """`turn`: counted as in a map seen from above, against the clock."""
        ways = np.zeros(len(turn)) if reach_m is None else reach_m
        out = np.repeat(self.points[None], len(turn), axis=0)
        out[:, self.trolley, 0] += ways[:, None]
        x, y = out[:, self.moving, 0], out[:, self.moving, 1]
        c, s = np.cos(turn)[:, None], np.sin(turn)[:, None]
        out[:, self.moving, 0], out[:, self.moving, 1] = x * c - y * s, x * s + y * c
        return out


@cache
def crane(jib_m: float, mast_m: float) -> Crane:
    still = [box((-2.6, -2.6, 0.0), (2.6, 2.6, 0.6), PALE), *_mast(mast_m),
             box((-1.2, -1.2, mast_m), (1.2, 1.2, mast_m + 0.5), LAMP)]
    slews = [*_jib(0.0, jib_m, mast_m + 1.2), *_jib(-COUNTER * jib_m, 0.0, mast_m + 1.2),
             box((-COUNTER * jib_m, -1.0, mast_m - 0.9), (-COUNTER * jib_m + 3.2, 1.0, mast_m + 1.6), DARK, True),
             box((0.9, -1.9, mast_m - 1.3), (2.7, -0.8, mast_m + 1.0), PALE, True), *_head(jib_m, mast_m + 1.2)]
    low = mast_m * HANGS_M
    carried = [box((-0.8, -0.7, mast_m + 0.45), (0.8, 0.7, mast_m + 0.95), MOVER, True),
               bar((0.0, 0.0, mast_m + 0.45), (0.0, 0.0, low), ROPE, DARK, True),
               box((-0.5, -0.5, low - 1.1), (0.5, 0.5, low), MOVER, True)]
    plain = model(Model, [*still, *slews, *carried], mast_m + 1.2 + HEAD_M)
    trolley = np.zeros(len(plain.points), bool)
    trolley[-sum(len(p[0]) for p in carried):] = True
    return Crane(plain.points, plain.triangles, plain.tint, plain.moving, plain.top_m, trolley)


def _mast(height: float) -> list:
    corners = [(-HALF_M, -HALF_M), (HALF_M, -HALF_M), (HALF_M, HALF_M), (-HALF_M, HALF_M)]
    parts = [bar((*c, 0.6), (*c, height), BAR, BODY) for c in corners]
    levels = np.linspace(0.6, height, max(2, round(height / SECTION_M)) + 1)
    for number, (low, high) in enumerate(pairwise(levels)):
        for side, begin in enumerate(corners):
            end = corners[(side + 1) % 4]
            begin, end = (begin, end) if (number + side) % 2 else (end, begin)
            parts.append(bar((*begin, low), (*end, high), THIN, BODY))
    return parts


def _jib(first: float, last: float, z: float) -> list:
    """A girder of three chords, the upper one in the middle."""
    high = z + 1.3
    parts = [bar((first, y, z), (last, y, z), BAR, PAINT, True) for y in (-0.7, 0.7)]
    parts.append(bar((first, 0.0, high), (last, 0.0, high), BAR, PAINT, True))
    joints = np.linspace(first, last, max(2, round((last - first) / 2.6)) + 1)
    for number, (a, b) in enumerate(pairwise(joints)):
        low, top = (a, b) if number % 2 else (b, a)
        parts += [bar((low, y, z), (top, 0.0, high), THIN, PAINT, True) for y in (-0.7, 0.7)]
        parts.append(bar((a, -0.7, z), (b, 0.7, z), THIN, PAINT, True))
    return parts


def _head(jib_m: float, z: float) -> list:
    """The peak over the mast and the ropes that hold both jibs."""
    peak = (0.0, 0.0, z + HEAD_M)
    legs = [bar((x, y, z), peak, BAR, PAINT, True) for x in (-0.7, 0.7) for y in (-0.7, 0.7)]
    return [*legs, bar(peak, (0.66 * jib_m, 0.0, z + 1.3), THIN, DARK, True),
            bar(peak, (-COUNTER * jib_m + 1.5, 0.0, z + 1.3), THIN, DARK, True)]
