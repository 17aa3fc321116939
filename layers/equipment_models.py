"""Small models of equipment whose one part moves: a barrier with its arm, a pump with its rotor; a crane is in
`crane_model`. Pure numpy.

A model is vertices and triangles in metres about its foot, +x ahead. Each vertex has a tint, and may belong to the part
that moves.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np

BODY, PALE, STRIPE, DARK, LAMP, MOVER, WATER, PAINT = range(8)
TINTS = 8
UP_DEG = 86.0                                      # of an open barrier's arm
ARM_HEIGHT_M, BAR_M = 1.0, 0.8
BLADES, SIDES = 5, 14


@dataclass(frozen=True, eq=False)
class Model:
    """`points` (n, 3) f8; `triangles` (m, 3); `tint` (n,) u1; `moving` (n,) bool."""

    points: np.ndarray
    triangles: np.ndarray
    tint: np.ndarray
    moving: np.ndarray
    top_m: float

    def posed(self, turn: np.ndarray, reach_m: np.ndarray | None = None) -> np.ndarray:
        """(items, n, 3): the moving part turned by `turn` (items,), in radians. `reach_m`: of a crane's trolley."""
        out = np.repeat(self.points[None], len(turn), axis=0)
        c, s = np.cos(turn)[:, None], np.sin(turn)[:, None]
        part = self.points[self.moving]
        out[:, self.moving] = self._turned(part, c, s)
        return out

    def _turned(self, part: np.ndarray, c: np.ndarray, s: np.ndarray) -> np.ndarray:
        raise TypeError(f"{type(self).__name__} turns about no axis: it must define _turned()")


class Barrier(Model):
    """The arm lies ahead when it is closed and turns up about its hinge."""

    def _turned(self, part, c, s):
        x, y, z = part[:, 0], part[:, 1], part[:, 2] - ARM_HEIGHT_M
        return np.stack([x * c - z * s, np.broadcast_to(y, (len(c), len(y))), x * s + z * c + ARM_HEIGHT_M], axis=2)


class Pump(Model):
    """The rotor turns about the upright axis."""

    def _turned(self, part, c, s):
        x, y, z = part.T
        return np.stack([x * c - y * s, x * s + y * c, np.broadcast_to(z, (len(c), len(z)))], axis=2)


@cache
def barrier(arm_m: float) -> Barrier:
    parts = [box((-0.22, -0.22, 0.0), (0.22, 0.22, 1.2), BODY), box((-0.12, -0.12, 1.2), (0.12, 0.12, 1.42), LAMP),
             box((-0.75, 0.24, ARM_HEIGHT_M - 0.16), (-0.2, 0.4, ARM_HEIGHT_M + 0.16), DARK, True)]
    bars = max(1, round(arm_m / BAR_M))
    at = np.linspace(-0.2, arm_m, bars + 1)
    parts += [box((a, 0.26, ARM_HEIGHT_M - 0.07), (b, 0.38, ARM_HEIGHT_M + 0.07), PALE if n % 2 else STRIPE, True)
              for n, (a, b) in enumerate(pairwise(at))]
    return model(Barrier, parts, 1.42)


@cache
def pump(scale: float) -> Pump:
    parts = [box((-0.8, -0.8, 0.0), (0.8, 0.8, 0.2), PALE), _drum(0.45, 0.2, 1.3, BODY),
             _drum(0.78, 1.3, 1.36, DARK), _drum(0.16, 1.36, 1.66, MOVER, True),
             box((0.3, -0.17, 0.5), (1.35, 0.17, 0.84), BODY), box((-0.1, -0.55, 1.0), (0.1, -0.4, 1.2), LAMP)]
    for n in range(BLADES):
        points, triangles, tint, moving = box((0.14, -0.11, 1.44), (0.76, 0.11, 1.56), MOVER, True)
        angle = 2 * np.pi * n / BLADES
        c, s = np.cos(angle), np.sin(angle)
        parts.append((np.column_stack([points[:, 0] * c - points[:, 1] * s, points[:, 0] * s + points[:, 1] * c,
                                       points[:, 2]]), triangles, tint, moving))
    fall = [(1.35, 0.67), (1.75, 0.6), (2.05, 0.4), (2.2, 0.0)]                # of the water from the outlet
    parts += [bar((a[0], 0.0, a[1]), (b[0], 0.0, b[1]), 0.13, WATER) for a, b in pairwise(fall)]
    parts = [(points * scale, *rest) for points, *rest in parts]
    return model(Pump, parts, 1.66 * scale)


def model(kind, parts: list, top_m: float) -> Model:
    first = np.cumsum([0, *(len(p[0]) for p in parts[:-1])])
    return kind(np.concatenate([p[0] for p in parts]), np.concatenate([p[1] + at for p, at in zip(parts, first)]),
                np.concatenate([p[2] for p in parts]), np.concatenate([p[3] for p in parts]), top_m)


def part(points, triangles, tint: int, moving: bool):
    points = np.asarray(points, np.float64)
    return (points, np.asarray(triangles, np.int32), np.full(len(points), tint, np.uint8),
            np.full(len(points), moving))


_CORNERS = np.array([(0, 0, 0), (1, 0, 0), (1, 1, 0), (0, 1, 0), (0, 0, 1), (1, 0, 1), (1, 1, 1), (0, 1, 1)])
_SIDES = [(0, 2, 1), (0, 3, 2), (4, 5, 6), (4, 6, 7), (0, 1, 5), (0, 5, 4), (1, 2, 6), (1, 6, 5), (2, 3, 7), (2, 7, 6),
          (3, 0, 4), (3, 4, 7)]


def box(low, high, tint: int, moving: bool = False):
    return part(np.array(low) + _CORNERS * (np.array(high) - low), _SIDES, tint, moving)


def bar(begin, end, half: float, tint: int, moving: bool = False):
    """A square bar between two places (x, y, z), `half` its thickness to each side."""
    begin, end = np.array(begin, float), np.array(end, float)
    along = (end - begin) / np.linalg.norm(end - begin)
    aside = np.cross((0.0, 0.0, 1.0) if abs(along[2]) < 0.99 else (0.0, 1.0, 0.0), along)
    aside *= half / np.linalg.norm(aside)
    up = np.cross(along, aside)
    corners = [at + low * aside + level * up for level in (-1, 1)
               for at, low in ((begin, -1), (end, -1), (end, 1), (begin, 1))]
    return part(corners, _SIDES, tint, moving)


def _drum(radius: float, low: float, high: float, tint: int, moving: bool = False):
    turn = np.linspace(0.0, 2 * np.pi, SIDES, endpoint=False)
    ring = np.column_stack([np.cos(turn), np.sin(turn)]) * radius
    points = [*((x, y, low) for x, y in ring), *((x, y, high) for x, y in ring), (0, 0, low), (0, 0, high)]
    cells = []
    for a in range(SIDES):
        b = (a + 1) % SIDES
        cells += [(a, b, SIDES + b), (a, SIDES + b, SIDES + a), (b, a, 2 * SIDES)]
        cells.append((SIDES + a, SIDES + b, 2 * SIDES + 1))
    return part(points, cells, tint, moving)
