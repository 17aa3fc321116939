"""What lies on the ground is draped on it beside the frames: on a fine terrain that takes seconds."""

from __future__ import annotations

import math

import numpy as np

from layers.beside import MadeBeside
from layers.flat import COARSE, Draped, draped, is_wide
from twin.data import Bounds, Vectors
from twin.ground import Ground

# How often a height is asked, about: on fine posts far more often than there are points. What is less than a few
# streets is draped at once.
ROWS_PER_POINT, ROWS_PER_METRE = 300, 20


class Draping(MadeBeside):
    """`shape` is what can be drawn: on the former ground until the new drape is there, and None until the first is.

    `outline_first`: points and lines are draped at once, and only the fills of wide areas are cut beside the frames
    (`filled` tells), less finely.
    """

    def __init__(self, canvas, outline_first: bool = False):
        super().__init__(canvas)
        self.shape: Draped | None = None
        self.filled = False
        self._outline_first = outline_first

    def ask(self, data: Vectors, ground: Ground, lift_m: float) -> bool:
        """Once for each of them. The drape of other data than these is let go at once. Whether this was new."""
        if self._is_asked(data, ground, lift_m):
            return False
        if self.shape is not None and self.shape.source is not data:
            self.shape = None
        self._asked = (data, ground, lift_m)
        if self._outline_first:
            wide = is_wide(data)
            shape = self.shape = draped(data, ground, lift_m, COARSE if wide else 1.0)
            self.filled = False
            self._beside.ask(lambda: _cut(shape), math.inf if wide else 0)
        else:
            self._beside.ask(lambda: _cut(draped(data, ground, lift_m)),
                             ROWS_PER_POINT * _points(data) + ROWS_PER_METRE * _metres(data))
        return True

    def take(self) -> bool:
        """Whether there is a new shape, or its fills."""
        made = self._beside.take()
        if made is None:
            return False
        self.shape, self.filled = made, True
        return True

    def clear(self) -> None:
        self._beside.forget()
        self.shape, self.filled, self._asked = None, False, ()

    def bounds(self) -> Bounds | None:
        """Of the drape; before it is there, of what is asked for, anywhere between the ground's lowest and highest."""
        if self.shape is not None:
            return self.shape.bounds()
        if not self._asked:
            return None
        data, ground, lift_m = self._asked
        found = data.bounds()
        if found is None:
            return None
        low, high = (found[2], found[5]) if data.has_z else ground.span()
        return (*found[:2], low + lift_m, *found[3:5], high + lift_m)


def _cut(shape: Draped) -> Draped:
    """With its fills, which otherwise whoever draws them would cut."""
    shape.fills                                              # noqa: B018
    return shape


def _points(data: Vectors) -> int:
    return sum(map(len, (data.points, data.line_points, data.fill_points)))


def _metres(data: Vectors) -> float:
    """Of all lines: a long one crosses many posts of a terrain."""
    if len(data.line_points) < 2:
        return 0.0
    inner = np.ones(len(data.line_points) - 1, bool)
    inner[np.asarray(data.line_offsets, np.int64)[1:-1] - 1] = False
    return float(np.linalg.norm(np.diff(data.line_points[:, :2].astype(np.float64), axis=0)[inner], axis=1).sum())
