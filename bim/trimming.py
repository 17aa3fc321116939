"""Bodies cut by planes (walls under a roof): found in the file, and cut here in a hundredth of a kernel's time.

The quick kernel gives up on half spaces and the exact one takes 40 ms for each such wall. Where a body is an extrusion
less half spaces, the extrusion is made in a pass with others and cut by the planes; whatever is not plain (a face in
the plane, a cut that is no convex polygon, a fence with a corner within the body) is left to the kernels.
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
        caps = cut.caps() if cut.is_plain else None
        if caps is None:
            return None
        points, triangles = cut.closed(caps)
    return points, triangles


class _Cut:
    """One surface and what a trim takes from it: all that lies behind the plane and behind each side of the fence that
    ends within the body. The surface is divided along all of these planes first, so that its parts meet corner to
    corner. Points within `SAME_M` of a plane are taken to lie in it.
    """

    def __init__(self, points: np.ndarray, triangles: np.ndarray, trim: Trim):
        self.points, self.triangles = points, triangles
        self.planes = [(trim.normal, trim.offset_m)]
        self.is_missed, self.is_plain = bool((self._sides() >= 0).all()), False
        if self.is_missed:
            return
        self._divide(*self.planes[0])
        for plane in _crossing(trim, self.points[self._sides()[0] <= 0]):
            self.planes.append(plane)
            self._divide(*plane)
        self.sides = self._sides()
        of = self.sides[:, self.triangles]                               # (planes, triangles, 3)
        gone = (of.max(axis=2) <= 0).all(axis=0)
        self.is_missed = not gone.any()
        self.is_plain = not (gone & (of == 0).all(axis=2).any(axis=0)).any() and not gone.all()
        self.triangles = self.triangles[~gone]

    def _sides(self) -> np.ndarray:
        """(planes, points) -1, 0, 1."""
        normals, offsets = (np.array(some) for some in zip(*self.planes))
        height = normals @ self.points.T - offsets[:, None]
        return np.where(np.abs(height) < SAME_M, 0, np.sign(height)).astype(int)

    def _divide(self, normal: np.ndarray, offset_m: float) -> None:
        """Triangles that a plane crosses, in two: at the same place of an edge from both of its sides."""
        height = self.points @ normal - offset_m
        side = np.where(np.abs(height) < SAME_M, 0, np.sign(height)).astype(int)
        of = side[self.triangles]
        crossed = (of.max(axis=1) > 0) & (of.min(axis=1) < 0)
        known: dict[tuple[int, int], int] = {}
        new: list[np.ndarray] = []
        parts: list[tuple[int, int, int]] = []

        def crossing(a: int, b: int) -> int:
            if (a, b) not in known:
                known[a, b] = len(self.points) + len(new)
                new.append(self.points[a] + height[a] / (height[a] - height[b]) * (self.points[b] - self.points[a]))
            return known[a, b]

        for corners in self.triangles[crossed].tolist():
            over, under = [], []
            for a, b in zip(corners, corners[1:] + corners[:1]):
                for part, turn in ((over, 1), (under, -1)):
                    if side[a] * turn >= 0:
                        part.append(a)
                    if side[a] * side[b] < 0:
                        part.append(crossing(min(a, b), max(a, b)))
            parts += _fan(over) + _fan(under)
        if new:
            self.points = np.concatenate([self.points, new])
        self.triangles = np.concatenate([self.triangles[~crossed], np.reshape(parts, (-1, 3)).astype(int)])

    def caps(self) -> list[tuple[int, int, int]] | None:
        """Triangles over the cut; None where its rim is no set of convex polygons side by side in each plane."""
        sides = {(a, b) for one in self.triangles.tolist() for a, b in zip(one, one[1:] + one[:1])}
        rims: list[dict[int, int]] = [{} for _ in self.planes]
        for b, a in sides:
            if (a, b) in sides:
                continue
            within = np.flatnonzero((self.sides[:, [a, b]] == 0).all(axis=1))
            if len(within) != 1 or a in rims[within[0]]:
                return None
            rims[within[0]][a] = b
        found: list[tuple[int, int, int]] = []
        for at, rim in enumerate(rims):
            loops = _loops(rim) if self._close(rim, at) else None
            if loops is None or not all(_is_convex(self.points[loop], self.planes[at][0]) for loop in loops):
                return None
            found += [one for loop in loops for one in _fan(loop)]
        return found

    def _close(self, rim: dict[int, int], at: int) -> bool:
        """Along the lines through the body where this plane meets another; False where that is not plain."""
        ends, starts = {*rim.values()} - {*rim}, {*rim} - {*rim.values()}
        for end in ends:
            others = np.flatnonzero(self.sides[:, end] == 0)
            there = [start for start in starts if any(self.sides[other, start] == 0 for other in others if other != at)]
            if len(there) != 1:
                return False
            rim[end] = there[0]
        return len({*rim.values()}) == len(rim)

    def closed(self, caps: list[tuple[int, int, int]]) -> tuple[np.ndarray, np.ndarray]:
        used, index = np.unique(np.concatenate([self.triangles, caps]), return_inverse=True)
        return self.points[used], index.reshape(-1, 3).astype(np.int32)


def _crossing(trim: Trim, gone: np.ndarray) -> list[tuple[np.ndarray, float]]:
    """(normal, offset) of those sides of the fence, normals outwards, beyond which some of `gone` (n, 3) lie."""
    if trim.fence is None:
        return []
    along = np.roll(trim.fence, -1, axis=0) - trim.fence
    out = np.stack([along[:, 1], -along[:, 0], np.zeros(len(along))], axis=1)
    normals = out / np.linalg.norm(out, axis=1)[:, None] @ trim.frame[:3, :3].T
    on = np.append(trim.fence, np.zeros((len(along), 1)), axis=1) @ trim.frame[:3, :3].T + trim.frame[:3, 3]
    offsets = (normals * on).sum(axis=1)
    beyond = (gone @ normals.T - offsets).max(axis=0) > SAME_M
    return list(zip(normals[beyond], offsets[beyond].tolist()))


def _loops(after: dict[int, int]) -> list[list[int]] | None:
    """Of corners, each with the next; None where they do not close."""
    if {*after} != {*after.values()}:
        return None
    loops = []
    while after:
        at, loop = next(iter(after)), []
        while at in after:
            loop.append(at)
            at = after.pop(at)
        loops.append(loop)
    return loops


def _is_convex(points: np.ndarray, normal: np.ndarray) -> bool:
    """(k, 3) in a plane, seen from outside, against its normal."""
    x = _unit(np.cross(-normal, np.eye(3)[np.abs(normal).argmin()]))
    turns = _turns(points @ np.stack([x, np.cross(-normal, x)], axis=1))
    return len(points) > 2 and bool((turns > -ALONG).all()) and bool(turns.sum() > ALONG)


def _fan(loop: list[int]) -> list[tuple[int, int, int]]:
    return [(loop[0], loop[at], loop[at + 1]) for at in range(1, len(loop) - 1)]
