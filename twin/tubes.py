"""Tubes: polylines with a radius as one mesh, mitred at the bends, closed at the ends, all at once in numpy.

Every segment has two rings of its own, cut by the plane that halves the bend: a segment is then an exact cylinder of
the true diameter, and neighbours meet in the same ellipse. Where a bend is too sharp for its segments, both are closed
instead of mitred.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

SIDES, FEW_SIDES = 16, 8
MANY_SEGMENTS = 40_000                     # beyond, tubes have fewer sides
LEAST_M = 1e-4                             # shorter segments have no direction
MOST_MITRE = 0.5                           # of a segment's length that a mitre may take off


@dataclass(frozen=True, eq=False)
class Tubes:
    """`points` (n, 3) f4, `normals` (n, 3) f4, `triangles` (m, 3) i4, `line` (n,) i4 the polyline of each point."""

    points: np.ndarray
    normals: np.ndarray
    triangles: np.ndarray
    line: np.ndarray


def tubes(points: np.ndarray, offsets: np.ndarray, radii_m: np.ndarray, sides: int = 0) -> Tubes:
    """`points` (n, 3) f8 of polylines that `offsets` (lines + 1,) delimits; `radii_m` (lines,)."""
    start, end, line = segments(points, offsets)
    if not len(line):
        none = np.zeros((0, 3), np.float32)
        return Tubes(none, none, np.zeros((0, 3), np.int32), np.zeros(0, np.int32))
    sides = sides or (SIDES if len(line) <= MANY_SEGMENTS else FEW_SIDES)
    along = end - start
    length = np.linalg.norm(along, axis=1)
    along /= length[:, None]
    radius = radii_m[line]
    before, after, open_start, open_end = _mitres(along, length, line, start, end, radius)
    spokes = _spokes(along, sides)                           # (segments, sides, 3)
    rings = [_ring(at, along, spokes, plane, radius) for at, plane in ((start, before), (end, after))]
    walls, normals = np.stack(rings, axis=1), np.stack([spokes, spokes], axis=1)
    caps = [(rings[0][open_start], -along[open_start], line[open_start], True),
            (rings[1][open_end], along[open_end], line[open_end], False)]
    return _joined(walls, normals, line, caps, sides)


def segments(points: np.ndarray, offsets: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(start (s, 3), end (s, 3), line (s,)) of all segments that have a length and a height."""
    if len(points) < 2:
        return np.zeros((0, 3)), np.zeros((0, 3)), np.zeros(0, np.intp)
    line = np.repeat(np.arange(len(offsets) - 1), np.diff(offsets))
    start, end = points[:-1], points[1:]
    length = np.linalg.norm(end - start, axis=1)             # NaN where a height is unknown
    kept = (line[:-1] == line[1:]) & (length > LEAST_M)
    return start[kept].astype(np.float64), end[kept].astype(np.float64), line[:-1][kept]


def _mitres(along, length, line, start, end, radius):
    """Normals of the planes that cut each segment's start and end (s, 3), and which of them are closed by a cap."""
    joined = (line[:-1] == line[1:]) & (np.linalg.norm(end[:-1] - start[1:], axis=1) < 1e-6)
    middle = along[:-1] + along[1:]
    size = np.linalg.norm(middle, axis=1)
    cosine = size / 2.0                                      # of half the bend
    taken = radius[:-1] * np.sqrt(np.maximum(1.0 - cosine ** 2, 0.0)) / np.maximum(cosine, 1e-9)
    mitred = joined & (taken <= MOST_MITRE * np.minimum(length[:-1], length[1:]))
    plane = middle / np.maximum(size, 1e-12)[:, None]
    before, after = along.copy(), along.copy()
    after[:-1][mitred], before[1:][mitred] = plane[mitred], plane[mitred]
    return before, after, ~np.concatenate([[False], mitred]), ~np.concatenate([mitred, [False]])


def _spokes(along: np.ndarray, sides: int) -> np.ndarray:
    """(s, sides, 3) unit vectors around each segment, the first to its left, counter-clockwise seen from its end."""
    upright = np.abs(along[:, 2]) > 0.999
    reference = np.where(upright[:, None], (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
    left = np.cross(reference, along)
    left /= np.linalg.norm(left, axis=1)[:, None]
    up = np.cross(along, left)
    angle = np.linspace(0.0, 2 * np.pi, sides, endpoint=False)
    return np.cos(angle)[None, :, None] * left[:, None] + np.sin(angle)[None, :, None] * up[:, None]


def _ring(at, along, spokes, plane, radius) -> np.ndarray:
    """The circle around `at` moved along the segment into the plane through `at`."""
    out = spokes * radius[:, None, None]
    slide = np.einsum("ski,si->sk", out, plane) / np.einsum("si,si->s", along, plane)[:, None]
    return at[:, None] + out - slide[..., None] * along[:, None]


def _joined(walls, normals, line, caps, sides: int) -> Tubes:
    """Walls (s, 2, sides, 3) and the caps as one mesh with its own vertices for each."""
    count, turn = len(walls), np.arange(sides)
    following = (turn + 1) % sides
    quad = np.stack([turn, following, sides + following, turn, sides + following, sides + turn], axis=1).reshape(-1, 3)
    triangles = [(np.arange(count)[:, None, None] * 2 * sides + quad).reshape(-1, 3)]
    points, facing, owner = [walls.reshape(-1, 3)], [normals.reshape(-1, 3)], [np.repeat(line, 2 * sides)]
    fan = np.column_stack([np.zeros(sides - 2, int), np.arange(1, sides - 1), np.arange(2, sides)])
    first = count * 2 * sides
    for ring, normal, lines, turned in caps:
        points.append(ring.reshape(-1, 3))
        facing.append(np.repeat(normal, sides, axis=0))
        owner.append(np.repeat(lines, sides))
        corners = fan[:, ::-1] if turned else fan
        triangles.append((first + np.arange(len(ring))[:, None, None] * sides + corners).reshape(-1, 3))
        first += len(ring) * sides
    return Tubes(np.concatenate(points).astype(np.float32), np.concatenate(facing).astype(np.float32),
                 np.concatenate(triangles).astype(np.int32), np.concatenate(owner).astype(np.int32))
