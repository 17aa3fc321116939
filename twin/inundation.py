"""Standing water: what lies below a level around a place, cut out of the ground, with its area and volume.

Water comes only where it can flow from the place: ground below the level on the other side of a ridge stays dry.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from twin.ground import Ground

MOST_SIDE = 512                    # posts of a basin's side
SEED_M = 5.0                       # the lowest post so near to the place is where the water stands first
WALL = 1.0                         # rise over run, from which on it is a wall and no slope
WALL_POSTS = 1.2                   # so far around it wet and dry posts say where a wall runs
LEAST_SHARE = 0.02                 # of the way between them, that it keeps from a post
# Posts that share an edge of the triangles, which are cut from south-west to north-east.
NEIGHBOURS = np.array([[1, 1, 0], [1, 1, 1], [0, 1, 1]])


@dataclass(frozen=True, eq=False)
class Water:
    """`triangles` (t, 3, 3) f8: x, y in local metres and the depth there, m. `shore` (s, 2, 2) f8 its outline.

    `open`: it reaches the edge of what was looked at, so that area and volume are only a part.
    """

    level_m: float
    triangles: np.ndarray = field(default_factory=lambda: np.zeros((0, 3, 3)))
    shore: np.ndarray = field(default_factory=lambda: np.zeros((0, 2, 2)))
    open: bool = False

    @property
    def area_m2(self) -> float:
        return float(_areas(self.triangles).sum())

    @property
    def volume_m3(self) -> float:
        return float((_areas(self.triangles) * self.triangles[:, :, 2].mean(axis=1)).sum())

    @property
    def deepest_m(self) -> float:
        return float(self.triangles[:, :, 2].max(initial=0.0))

    def depth_at(self, xy: np.ndarray) -> float:
        """Metres; 0 where it is dry."""
        a, b, c = (self.triangles[:, i, :2] - np.asarray(xy, np.float64) for i in range(3))
        parts = np.stack([_cross(b, c), _cross(c, a), _cross(a, b)], axis=1)
        inside = np.flatnonzero((parts >= 0).all(axis=1) & (parts.sum(axis=1) > 0))
        if not len(inside):
            return 0.0
        share = parts[inside[0]] / parts[inside[0]].sum()
        return float(share @ self.triangles[inside[0], :, 2])


@dataclass(frozen=True, eq=False)
class Basin:
    """Ground around a place: `heights` (rows, cols) f4 metres, NaN = unknown; row 0 south. `seed`: row and column."""

    x0: float
    y0: float
    step_m: float
    heights: np.ndarray
    seed: tuple[int, int]
    ground_m: float                # at the place itself; NaN where no terrain knows

    def water(self, level_m: float) -> Water:
        """What stands in it when its surface lies at `level_m`."""
        from scipy.ndimage import label
        depth = np.float32(level_m) - self.heights
        under = depth > 0                                        # NaN is not
        if not under[self.seed]:
            return Water(level_m)
        named, _ = label(under, NEIGHBOURS)
        wet = named == named[self.seed]
        rows, cols = np.flatnonzero(wet.any(axis=1)), np.flatnonzero(wet.any(axis=0))
        last = (wet.shape[0] - 1, wet.shape[1] - 1)
        open_ = rows[0] == 0 or cols[0] == 0 or rows[-1] == last[0] or cols[-1] == last[1]
        r0, c0 = max(rows[0] - 1, 0), max(cols[0] - 1, 0)
        part = np.s_[r0:rows[-1] + 2, c0:cols[-1] + 2]
        known = np.where(np.isnan(depth[part]), -1.0, depth[part]).astype(np.float64)
        triangles, shore = _cut(known, wet[part], self.step_m)
        at = np.array([self.x0 + c0 * self.step_m, self.y0 + r0 * self.step_m])
        triangles[:, :, :2] = triangles[:, :, :2] * self.step_m + at
        return Water(level_m, triangles, shore * self.step_m + at, bool(open_))


def bare(ground: Ground) -> Ground:
    """The ground in true metres, neither exaggerated nor lifted."""
    return Ground(tuple(replace(s, exaggeration=1.0, offset_m=0.0) for s in ground.surfaces))


def basin(ground: Ground, place: np.ndarray, reach_m: float) -> Basin:
    """The ground (in true metres) up to `reach_m` around `place` (2+,), at the posts of its finest terrain there."""
    x, y = float(place[0]), float(place[1])
    step = max(_finest(ground, (x, y)), 2.0 * reach_m / (MOST_SIDE - 1))
    count = int(np.ceil(reach_m / step))
    along = np.arange(-count, count + 1) * step
    posts = np.stack(np.meshgrid(x + along, y + along), axis=-1).reshape(-1, 2)
    heights = ground.height_at(posts, missing=np.nan).reshape(len(along), -1)
    return Basin(x - count * step, y - count * step, step, heights, _lowest(heights, count, step),
                 float(heights[count, count]))


def _finest(ground: Ground, xy: tuple[float, float]) -> float:
    """Distance of the posts of the terrain that says the height there."""
    for surface in ground.surfaces:
        if np.isfinite(Ground((surface,)).height_at(np.array([xy]), missing=np.nan)[0]):
            return min(surface.grid.dx, surface.grid.dy)
    return 1.0


def _lowest(heights: np.ndarray, middle: int, step_m: float) -> tuple[int, int]:
    near = min(middle, max(1, round(SEED_M / step_m)))
    part = heights[middle - near:middle + near + 1, middle - near:middle + near + 1]
    if np.isnan(part).all():
        return middle, middle
    row, col = np.unravel_index(np.nanargmin(part), part.shape)
    return int(row) + middle - near, int(col) + middle - near


def _cut(depth: np.ndarray, wet: np.ndarray, step_m: float) -> tuple[np.ndarray, np.ndarray]:
    """(triangles (t, 3, 3) of column, row, depth; shore (s, 2, 2)) where the depth is positive, of the wet posts."""
    from scipy.ndimage import gaussian_filter
    rows, cols = depth.shape
    at = np.arange(rows * cols).reshape(rows, cols)
    sw, se, nw, ne = (a.ravel() for a in (at[:-1, :-1], at[:-1, 1:], at[1:, :-1], at[1:, 1:]))
    cells = np.concatenate([np.stack([sw, se, ne], axis=1), np.stack([sw, ne, nw], axis=1)])
    cells = cells[wet.ravel()[cells].any(axis=1)]
    c, r = np.meshgrid(np.arange(cols, dtype=np.float64), np.arange(rows, dtype=np.float64))
    beside = gaussian_filter(np.where(depth > 0, 1.0, -1.0), WALL_POSTS, mode="nearest")
    beside = np.where(depth > 0, np.maximum(beside, LEAST_SHARE), np.minimum(beside, -LEAST_SHARE))
    corners = np.stack([c.ravel(), r.ravel(), depth.ravel(), beside.ravel()], axis=1)[cells]
    count = (corners[:, :, 2] > 0).sum(axis=1)
    whole, one, two = (corners[count == n] for n in (3, 1, 2))
    one, two = _turned(one, one[:, :, 2] > 0), _turned(two, two[:, :, 2] <= 0)
    tip_b, tip_c, cut_b, cut_c = (_between(some[:, 0], some[:, n], step_m) for some in (one, two) for n in (1, 2))
    triangles = np.concatenate([whole, np.stack([one[:, 0], tip_b, tip_c], axis=1),
                                np.stack([cut_b, two[:, 1], two[:, 2]], axis=1),
                                np.stack([cut_b, two[:, 2], cut_c], axis=1)])
    shore = np.concatenate([np.stack([tip_b, tip_c], axis=1), np.stack([cut_b, cut_c], axis=1)])
    return triangles[:, :, :3], shore[:, :, :2]


def _turned(corners: np.ndarray, which: np.ndarray) -> np.ndarray:
    """Every triangle turned so that the one corner that differs comes first."""
    order = (np.argmax(which, axis=1)[:, None] + np.arange(3)) % 3
    return np.take_along_axis(corners, order[:, :, None], axis=1)


def _between(a: np.ndarray, b: np.ndarray, step_m: float) -> np.ndarray:
    """(n, 4) where the water ends on the way from `a` to `b`, of which one is wet and one dry.

    On a slope it is where the depth is zero; at a wall it ends in its full depth. A wall stands somewhere between its
    posts, and to which of them it is closer does not depend on how high it is: there it is where wet and dry posts
    about it are even, so that the line of a straight wall is straight and does not follow the posts like a saw.
    """
    even = a[:, 2] / (a[:, 2] - b[:, 2])
    walled = a[:, 3] / (a[:, 3] - b[:, 3])
    steep = np.abs(a[:, 2] - b[:, 2]) / (step_m * np.hypot(*(a - b)[:, :2].T))
    wall = steep > WALL
    out = a + np.where(wall, walled, even)[:, None] * (b - a)
    out[:, 2] = np.where(wall, np.maximum(a[:, 2], b[:, 2]), 0.0)
    return out


def _areas(triangles: np.ndarray) -> np.ndarray:
    a, b, c = (triangles[:, i, :2] for i in range(3))
    return np.abs(_cross(b - a, c - a)) / 2


def _cross(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]
