"""Bodies cut by planes (walls under a roof): found in the file, and cut here in a hundredth of a kernel's time.

The quick kernel gives up on half spaces and the exact one takes 40 ms for each such wall. Where a body is an extrusion
less half spaces, the extrusion is made in a pass with others and cut by the planes; whatever is not plain (a face in
the plane, a cut that is no convex polygon, a half space that ends within the body) is left to the kernels.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bim.openings import bodies_of

SAME_M = 1e-6
ALONG = 1e-9                         # of a turn: edges of a cut that run on straight


@dataclass(frozen=True, eq=False)
class Trim:
    """Kept is where `normal` · x >= `offset_m`, x in the body's axes. A bounded one removes no more than what lies in
    the prism over `fence`, (k, 2) a convex polygon in the plane of `frame` (4, 4); None = unbounded.
    """

    normal: np.ndarray
    offset_m: float
    frame: np.ndarray
    fence: np.ndarray | None


def trims_of(product, unit_m: float) -> list[Trim] | None:
    """The half spaces to take from the one extrusion that `product` is made of; None where it is anything else."""
    items = [item for body in bodies_of(product.Representation) for item in body.Items]
    if len(items) != 1 or not items[0].is_a("IfcBooleanResult"):
        return None
    at, found = items[0], []
    while at.is_a("IfcBooleanResult"):
        trim = _trim(at.SecondOperand, unit_m) if at.Operator == "DIFFERENCE" else None
        if trim is None:
            return None
        found.append(trim)
        at = at.FirstOperand
    return found if at.is_a("IfcExtrudedAreaSolid") else None


def _trim(space, unit_m: float) -> Trim | None:
    if space.is_a() not in ("IfcHalfSpaceSolid", "IfcPolygonalBoundedHalfSpace") \
            or not space.BaseSurface.is_a("IfcPlane"):
        return None
    frame, fence = np.eye(4), None
    if space.is_a("IfcPolygonalBoundedHalfSpace"):
        frame, fence = _frame(space.Position, unit_m), _convex(space.PolygonalBoundary, unit_m)
        if fence is None:
            return None
    plane = _frame(space.BaseSurface.Position, unit_m)
    normal = plane[:3, 2] if space.AgreementFlag else -plane[:3, 2]      # agreed: its matter lies below
    return Trim(normal, float(normal @ plane[:3, 3]), frame, fence)


def _frame(position, unit_m: float) -> np.ndarray:
    """(4, 4) f8 of an IfcAxis2Placement3D, metres."""
    z = _unit(position.Axis.DirectionRatios if position.Axis else (0.0, 0.0, 1.0))
    x = np.array(position.RefDirection.DirectionRatios if position.RefDirection else (1.0, 0.0, 0.0), np.float64)
    x = _unit(x - (x @ z) * z)
    out = np.eye(4)
    out[:3, :3] = np.stack([x, np.cross(z, x), z], axis=1)
    out[:3, 3] = np.array(position.Location.Coordinates) * unit_m
    return out


def _unit(vector) -> np.ndarray:
    vector = np.array(vector, np.float64)
    return vector / np.linalg.norm(vector)


def _convex(curve, unit_m: float) -> np.ndarray | None:
    """(k, 2) f8 metres, counter-clockwise; None where it is no convex polygon."""
    if not curve.is_a("IfcPolyline"):
        return None
    points = np.array([point.Coordinates[:2] for point in curve.Points], np.float64) * unit_m
    points = points[:-1] if np.allclose(points[0], points[-1], atol=SAME_M) else points
    points = points[np.abs(np.roll(_turns(points), 1)) > ALONG]          # corners that are none
    turns = _turns(points)
    if len(points) < 3 or (not (turns > 0).all() and not (turns < 0).all()):
        return None
    return points if turns[0] > 0 else points[::-1]


def _turns(points: np.ndarray) -> np.ndarray:
    """Of a closed polygon (k, 2), at the end of each side: positive to the left."""
    side = np.roll(points, -1, axis=0) - points
    after = np.roll(side, -1, axis=0)
    return side[:, 0] * after[:, 1] - side[:, 1] * after[:, 0]


def trimmed(points: np.ndarray, triangles: np.ndarray, trims: list[Trim]) -> tuple[np.ndarray, np.ndarray] | None:
    """What is left of a closed surface, closed again: (points, triangles); None where it is not plain."""
    for trim in trims:
        cut = _Cut(points, triangles, trim)
        if cut.is_missed:
            continue
        if not cut.is_plain or (caps := cut.caps()) is None:
            return None
        points, triangles = cut.closed(caps)
    return points, triangles


class _Cut:
    """One surface and one plane. Points within `SAME_M` of the plane are taken to lie in it."""

    def __init__(self, points: np.ndarray, triangles: np.ndarray, trim: Trim):
        self.height = points @ trim.normal - trim.offset_m
        self.side = np.where(np.abs(self.height) < SAME_M, 0, np.sign(self.height)).astype(int)
        self.trim, self.given = trim, triangles
        self.points = list(points)
        self.crossings: dict[tuple[int, int], int] = {}
        self.triangles: list[tuple[int, int, int]] = []
        self.is_missed = bool((self.side >= 0).all())
        self.is_plain = self._is_plain()
        if self.is_plain and not self.is_missed:
            self._keep()

    def _is_plain(self) -> bool:
        """Nothing lies flat in the plane, something is left, and all that goes lies within the fence."""
        flat = (self.side[self.given] == 0).all(axis=1).any()
        return not flat and bool((self.side > 0).any()) and self._fenced()

    def _fenced(self) -> bool:
        fence = self.trim.fence
        if fence is None:
            return True
        gone = np.array(self.points)[self.side <= 0]
        there = (np.append(gone, np.ones((len(gone), 1)), axis=1) @ np.linalg.inv(self.trim.frame).T)[:, :2]
        along = np.roll(fence, -1, axis=0) - fence
        away = there[:, None, :] - fence
        return bool((along[:, 0] * away[:, :, 1] - along[:, 1] * away[:, :, 0] > -SAME_M).all())

    def _keep(self) -> None:
        of = self.side[self.given]
        self.triangles += map(tuple, self.given[(of >= 0).all(axis=1)].tolist())
        for corners in self.given[(of.max(axis=1) > 0) & (of.min(axis=1) < 0)].tolist():
            left = []
            for a, b in zip(corners, corners[1:] + corners[:1]):
                if self.side[a] >= 0:
                    left.append(a)
                if self.side[a] * self.side[b] < 0:
                    left.append(self._crossing(min(a, b), max(a, b)))
            self.triangles += _fan(left)

    def _crossing(self, a: int, b: int) -> int:
        if (a, b) not in self.crossings:
            share = self.height[a] / (self.height[a] - self.height[b])
            self.crossings[a, b] = len(self.points)
            self.points.append(self.points[a] + share * (self.points[b] - self.points[a]))
        return self.crossings[a, b]

    def caps(self) -> list[tuple[int, int, int]] | None:
        """Triangles over the cut; None where its rim is no set of convex polygons side by side."""
        sides = {(a, b) for one in self.triangles for a, b in zip(one, one[1:] + one[:1])}
        rim = [(b, a) for a, b in sides if (b, a) not in sides]
        after = dict(rim)
        in_plane = all(at >= len(self.side) or not self.side[at] for at in after)
        if not in_plane or len(after) != len(rim) or {*after} != {*after.values()}:
            return None
        found: list[tuple[int, int, int]] = []
        while after:
            at = next(iter(after))
            loop = []
            while at in after:
                loop.append(at)
                at = after.pop(at)
            if not self._is_convex(loop):
                return None
            found += _fan(loop)
        return found

    def _is_convex(self, loop: list[int]) -> bool:
        """Seen from outside, against the normal."""
        z = -self.trim.normal
        x = _unit(np.cross(z, np.eye(3)[np.abs(z).argmin()]))
        flat = np.array([self.points[at] for at in loop]) @ np.stack([x, np.cross(z, x)], axis=1)
        turns = _turns(flat)
        return len(loop) > 2 and bool((turns > -ALONG).all()) and bool(turns.sum() > ALONG)

    def closed(self, caps: list[tuple[int, int, int]]) -> tuple[np.ndarray, np.ndarray]:
        used, index = np.unique(np.array(self.triangles + caps), return_inverse=True)
        return np.array(self.points)[used], index.reshape(-1, 3).astype(np.int32)


def _fan(loop: list[int]) -> list[tuple[int, int, int]]:
    return [(loop[0], loop[at], loop[at + 1]) for at in range(1, len(loop) - 1)]
