"""How a model or a building covers the ground, seen from above: small enough to compare while a hand moves it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from twin.data import Mesh, box

CELLS = 64                     # along the longer side
LEAST_CELL_M = 0.25
MOST_SAMPLES = 128             # along one side of a triangle
SAMPLES = 100_000              # at a time
NOT_HOUSE = ("IfcSite", "IfcSpace", "IfcGeographicElement", "IfcOpeningElement", "IfcAnnotation", "IfcEarthworksCut")
UNDER_GROUND = ("IfcFooting", "IfcPile", "IfcDeepFoundation")
PIECE = 200_000                # triangles at a time
WORTH = 4_000                  # triangles are covered before the last ones have come
REPEATS = 2                    # so many times all triangles may be covered before the last ones have come
CLEAR_WALLS = 0.3              # of the wall area must agree on one direction (modulo 90 degrees)
MOST_GAPS = 400                # cells of each side, for their distance


@dataclass(frozen=True, eq=False)
class Plan:
    """`cells` (k, 2) f8: middles of the squares of side `cell_m` that are covered, in the axes of the points.

    `base_m` is the foot of what stands above the ground. `wall_deg` is the direction of most walls, modulo 90
    degrees; None where they have none.
    """

    cells: np.ndarray
    cell_m: float
    base_m: float
    wall_deg: float | None

    @property
    def area_m2(self) -> float:
        return len(self.cells) * self.cell_m ** 2

    @property
    def middle(self) -> np.ndarray:
        return self.cells.mean(axis=0)


def rim(plan: Plan) -> np.ndarray:
    """(n, 2, 2) f8: the sides of covered squares that no other shares, as pairs of ends in the axes of the points."""
    at = np.rint((plan.cells - plan.cells[0]) / plan.cell_m).astype(np.int64)
    covered, half = set(map(tuple, at.tolist())), plan.cell_m / 2
    sides = [(middle, (east, north)) for middle, (column, row) in zip(plan.cells, at.tolist())
             for east, north in ((1, 0), (-1, 0), (0, 1), (0, -1)) if (column + east, row + north) not in covered]
    middles, ways = (np.array(part, np.float64) for part in zip(*sides))
    across = ways[:, ::-1]
    return np.stack([middles + half * (ways - across), middles + half * (ways + across)], axis=1)


def plan_of(mesh: Mesh) -> Plan | None:
    """Of what is built: the ground around a house, its rooms and its piles do not count, unless there is nothing else.

    None for a mesh without triangles.
    """
    known = mesh.features is not None and "class" in mesh.features.column_names
    found = House()
    found.add(mesh.points, mesh.triangles, mesh.vertex_feature,
              mesh.features.column("class").to_pylist() if known else [])
    return found.plan()


class House:
    """`plan_of` a mesh while its parts come: most is done before the last one."""

    def __init__(self) -> None:
        self._house, self._lowest = Covering(), math.inf               # of what stands above the ground, metres
        self._others: list[tuple[np.ndarray, np.ndarray]] = []

    def add(self, points: np.ndarray, triangles: np.ndarray, feature: np.ndarray, classes: list[str]) -> None:
        """A part: `feature` (n,) of each point is its place in `classes`; without these everything is built."""
        if not len(triangles):
            return
        mine = feature[triangles[:, 0]] if classes else np.zeros(len(triangles), int)
        built, above = (np.array([word not in left_out for word in classes or ("",)], bool)[mine]
                        for left_out in (NOT_HOUSE, NOT_HOUSE + UNDER_GROUND))
        self._house.add(points, triangles[built])
        if above.any():
            self._lowest = min(self._lowest, float(points[triangles[above], 2].min()))
        if not built.all():
            self._others.append((points, triangles[~built]))

    def plan(self) -> Plan | None:
        whole = self._house
        if whole.empty or math.isinf(self._lowest):
            whole = Covering()
            for some in (*self._house.parts, *self._others):
                whole.add(*some)
        shown = whole if self._house.empty else self._house
        if shown.empty:
            return None
        return shown.plan(float(whole.low[2]) if math.isinf(self._lowest) else self._lowest)


def plan(points: np.ndarray, triangles: np.ndarray, base_m: float | None = None) -> Plan:
    """Of `triangles` (m, 3), at least one, over `points` (n, 3) metres."""
    found = Covering()
    found.add(points, triangles)
    return found.plan(base_m)


class Covering:
    """The squares under triangles that come in parts. They hang on the extent of all: when a part widens it, what was
    covered before is covered once more, but not often.
    """

    def __init__(self) -> None:
        self.parts: list[tuple[np.ndarray, np.ndarray]] = []           # points (n, 3), triangles (m, 3)
        self.low, self.high = np.full(3, np.inf), np.full(3, -np.inf)
        self._left: list[tuple[np.ndarray, np.ndarray]] = []           # of these, what is not in the grid
        self._grid, self._cell = np.zeros((0, 0), bool), LEAST_CELL_M
        self._agree, self._upright = 0j, 0.0
        self._all = self._done = 0                                     # triangles

    @property
    def empty(self) -> bool:
        return not self.parts

    def add(self, points: np.ndarray, triangles: np.ndarray) -> None:
        for some in np.array_split(triangles, max(1, len(triangles) // PIECE)):
            if len(some):
                self._add(points, some)

    def _add(self, points: np.ndarray, triangles: np.ndarray) -> None:
        corners = points[triangles].astype(np.float64)                 # (m, 3, 3)
        agree, area = _walls(corners)
        self._agree, self._upright, self._all = self._agree + agree, self._upright + area, self._all + len(triangles)
        low, high = (np.array(ends) for ends in np.split(np.array(box(corners.reshape(-1, 3))), 2))
        self.parts.append((points, triangles))
        self._left.append((points, triangles))
        if (low < self.low)[:2].any() or (high > self.high)[:2].any():
            self.low, self.high = np.minimum(low, self.low), np.maximum(high, self.high)
            self._left = list(self.parts)
        else:
            self.low, self.high = np.minimum(low, self.low), np.maximum(high, self.high)
            left = sum(len(some) for _, some in self._left)
            if left >= WORTH and self._done + left <= REPEATS * self._all:
                self._cover()

    def _cover(self) -> None:
        size = (self.high - self.low)[:2]
        if len(self._left) == len(self.parts):
            self._cell = max(LEAST_CELL_M, float(size.max()) / CELLS)
            self._grid = np.zeros(np.floor(size / self._cell).astype(int) + 1, bool)
        while self._left:
            some, count = [], 0
            while self._left and count < PIECE:
                points, triangles = self._left.pop()
                some.append(points[:, :2][triangles])
                count += len(triangles)
            _cover(self._grid, np.concatenate(some).astype(np.float64), self.low[:2], self._cell)
            self._done += count

    def plan(self, base_m: float | None = None) -> Plan:
        """Of all parts, of which there is one at least."""
        if self._left:
            self._cover()
        cells = self.low[:2] + (np.argwhere(self._grid) + 0.5) * self._cell
        clear = self._upright > 0 and abs(self._agree) >= CLEAR_WALLS * self._upright
        return Plan(cells, self._cell, float(self.low[2]) if base_m is None else base_m,
                    math.degrees(np.angle(self._agree)) / 4 % 90.0 if clear else None)


def _cover(grid: np.ndarray, corners: np.ndarray, low: np.ndarray, cell: float) -> None:
    """Mark the cells of the grid that triangles (m, 3, 2) touch; sampled finer than a cell.

    The widest go first: what lies over cells that are marked already needs no samples, and that is most of a house.
    """
    corners = (corners - low) / cell
    if grid.any():
        corners = corners[~_marked(grid, corners)]
    x, y = corners[:, :, 0].T, corners[:, :, 1].T                         # (3, m): rows of three are slow
    longest = np.sqrt(np.maximum.reduce([(x[i] - x[i - 1]) ** 2 + (y[i] - y[i - 1]) ** 2 for i in range(3)]))
    wide = np.abs((x[1] - x[0]) * (y[2] - y[0]) - (x[2] - x[0]) * (y[1] - y[0]))
    steps = np.ones(len(corners), int)
    long = longest > 0.7
    steps[long] = 2 ** np.ceil(np.log2(np.minimum(np.ceil(longest[long] / 0.7), MOST_SAMPLES))).astype(int)
    for n in np.unique(steps)[::-1]:                                      # few different ones
        share, some = _shares(n), np.flatnonzero(steps == n)
        left = corners[some[np.argsort(-wide[some], kind="stable")] if n > 1 else some]
        while len(left := left[~_marked(grid, left)] if n > 1 else left):
            now, left = np.split(left, [max(1, SAMPLES // n ** 2)])
            at = np.einsum("mkc,ks->cms", now, share).astype(np.int32)
            grid[np.minimum(at[0], grid.shape[0] - 1), np.minimum(at[1], grid.shape[1] - 1)] = True


def _shares(n: int) -> np.ndarray:
    """(3, n * n): of each corner in points that are spread evenly over a triangle."""
    u, v = (w.ravel() for w in np.meshgrid((np.arange(n) + 0.5) / n, (np.arange(n) + 0.5) / n))
    over = u + v > 1
    u, v = np.where(over, 1 - u, u), np.where(over, 1 - v, v)
    return np.stack([1 - u - v, u, v])


def _marked(grid: np.ndarray, corners: np.ndarray) -> np.ndarray:
    """Whether every cell in the box around each of triangles (m, 3, 2) is marked, in cells."""
    count = np.zeros(np.add(grid.shape, 1), np.int32)
    count[1:, 1:] = grid.cumsum(axis=0, dtype=np.int32).cumsum(axis=1)
    x, y = corners[:, :, 0].T, corners[:, :, 1].T
    (x0, x1), (y0, y1) = ((np.minimum(np.minimum.reduce(w).astype(np.int32), most - 1),
                           np.minimum(np.maximum.reduce(w).astype(np.int32), most - 1) + 1)
                          for w, most in zip((x, y), grid.shape))
    return count[x1, y1] - count[x0, y1] - count[x1, y0] + count[x0, y0] == (x1 - x0) * (y1 - y0)


def _walls(corners: np.ndarray) -> tuple[complex, float]:
    """Of the upright ones of triangles (m, 3, 3): how far their directions agree (modulo 90 degrees), and their area.

    The angle of the first is four times the direction that most of the area has.
    """
    normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    size = np.linalg.norm(normal, axis=1)
    upright = (size > 0) & (np.abs(normal[:, 2]) < 0.1 * size)
    angle, area = np.arctan2(normal[upright, 1], normal[upright, 0]), size[upright]
    return complex((area * np.exp(4j * angle)).sum()), float(area.sum())


@dataclass(frozen=True)
class Comparison:
    """A plan against a building of the city. `overlap` 0 to 1 (shared of the area of both together)."""

    apart_m: float                # between the nearest edges; 0 where they overlap
    east_m: float                 # the way that would bring middle onto middle
    north_m: float
    overlap: float
    turned_deg: float | None      # the turn that would make the walls parallel, -45 to 45; None where one has no walls
    area_ratio: float             # of the plan to the building


def compare(mine: Plan, matrix: np.ndarray, other: Plan, gap: bool = True) -> Comparison:
    """`mine` as it stands through `matrix` (4, 4) against `other`, which is in the frame already.

    Without `gap` what does not overlap is infinitely far apart: measuring that takes longer than all the rest.
    """
    here = mine.cells @ matrix[:2, :2].T + matrix[:2, 3]
    there = (other.cells - matrix[:2, 3]) @ np.linalg.inv(matrix[:2, :2]).T       # in my own axes
    inside = _covered(mine, there)
    shared = float(inside.sum()) * other.cell_m ** 2
    stretch = abs(float(np.linalg.det(matrix[:2, :2])))
    both = mine.area_m2 * stretch + other.area_m2 - shared
    east, north = other.middle - here.mean(axis=0)
    turn = None
    if mine.wall_deg is not None and other.wall_deg is not None:
        now = mine.wall_deg + math.degrees(math.atan2(matrix[1, 0], matrix[0, 0]))
        turn = (other.wall_deg - now + 45.0) % 90.0 - 45.0
    apart = 0.0 if inside.any() else math.inf
    if apart and gap:
        apart = max(0.0, _gap(here, other.cells) - (mine.cell_m + other.cell_m) / 2)
    return Comparison(apart, float(east), float(north), min(1.0, shared / both), turn,
                      mine.area_m2 * stretch / other.area_m2)


def _covered(plan: Plan, points: np.ndarray) -> np.ndarray:
    """(k,) bool: which points lie in a covered cell."""
    low = plan.cells.min(axis=0) - plan.cell_m / 2
    size = np.round((plan.cells.max(axis=0) - low) / plan.cell_m + 0.5).astype(int)
    grid = np.zeros(size, bool)
    at = np.floor((plan.cells - low) / plan.cell_m).astype(int)
    grid[at[:, 0], at[:, 1]] = True
    i = np.floor((points - low) / plan.cell_m).astype(int)
    known = ((i >= 0) & (i < size)).all(axis=1)
    out = np.zeros(len(points), bool)
    out[known] = grid[i[known, 0], i[known, 1]]
    return out


def _gap(a: np.ndarray, b: np.ndarray) -> float:
    """Between the nearest of two sets of points; large sets are thinned, their far halves left out."""
    a, b = _facing(a, b.mean(axis=0)), _facing(b, a.mean(axis=0))
    east, north = a[:, 0, None] - b[:, 0], a[:, 1, None] - b[:, 1]
    return math.sqrt(float((east * east + north * north).min()))


def _facing(points: np.ndarray, other: np.ndarray) -> np.ndarray:
    """At most MOST_GAPS of the points, the nearer half."""
    away = np.hypot(*(points - other).T)
    near = points[away <= np.median(away)]
    return near[::max(1, len(near) // MOST_GAPS)]
