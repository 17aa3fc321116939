"""Points, lines and fills as they lie on the ground, and the rays that meet them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from vtkmodules.vtkRenderingCore import vtkActor

from layers.base import Ray
from layers.bend import Heights, bent_lines, bent_triangles
from layers.drape import TOLERANCE_M, heights_on, steps_on
from layers.feature_boxes import FeatureBoxes
from layers.geometry import actor_of, poly_data
from layers.ground_shading import apply_ground
from layers.terrain import on_ground
from twin.data import Bounds, Vectors, box
from twin.ground import Ground
from twin.selection import Hit

REACH_PX = 7.0                                 # how near the mouse must be to a line or a dot
WIDE_KM2, COARSE, WIDE_STEP = 8.0, 8.0, 1.5e-3       # wide areas follow the ground less finely, and lie over it instead
FILL_STEPS = 1.5                               # distances of posts; a shorter edge of a fill is not cut
LEVEL_COLUMN = "level_m"                  # of a water surface, in the project's height datum


@dataclass(frozen=True, eq=False)
class Draped:
    """`Vectors` with heights: lines cut where the ground bends (`offsets` as in Vectors), all absolute."""

    source: Vectors
    ground: Ground
    lift_m: float
    points: np.ndarray                         # (n, 3) f4
    line_points: np.ndarray                    # (k, 3) f4, dense
    line_offsets: np.ndarray                   # (lines + 1,) i8
    corner_points: np.ndarray                  # (m, 3) f4, the lines' own vertices
    anchor: np.ndarray                         # (features, 3) f4
    coarse: float = 1.0                        # fills are cut that much less finely

    @cached_property
    def fills(self) -> Fills:
        """Cut where the ground bends; only what draws them needs that."""
        data = self.source
        if data.has_z:
            return Fills(lifted(data.fill_points, self.lift_m), data.fill_triangles, data.fill_feature)
        surface = _surface(data, self.ground)
        points, triangles, feature = bent_triangles(data.fill_points, data.fill_triangles, data.fill_feature, surface,
                                                    steps_on(self.ground, FILL_STEPS * self.coarse),
                                                    TOLERANCE_M * self.coarse)
        points = np.array(points, np.float32).reshape(-1, 3)
        points[:, 2] = surface(points[:, :2], feature) + np.float32(self.lift_m)
        return Fills(points, triangles, feature)

    def bounds(self) -> Bounds | None:
        return box(np.concatenate([self.points, self.corner_points]))

    def feature_boxes(self) -> np.ndarray:
        """(features, 6) f4."""
        data = self.source
        of_corner = np.repeat(data.line_feature, np.diff(np.asarray(data.line_offsets, np.int64)))
        points = np.concatenate([self.points, self.corner_points])
        found = FeatureBoxes(points, np.concatenate([data.point_feature, of_corner]).astype(np.int64), data.count)
        return np.concatenate([found.low, found.high], axis=1)

    def feature_bounds(self, feature: int) -> Bounds | None:
        data = self.source
        parts = [self.points[data.point_feature == feature]]
        parts += [self.corner_points[data.line_offsets[i]:data.line_offsets[i + 1]]
                  for i in np.flatnonzero(data.line_feature == feature)]
        return box(np.concatenate(parts))


@dataclass(frozen=True, eq=False)
class Fills:
    points: np.ndarray                         # (f, 3) f4
    triangles: np.ndarray                      # (t, 3) integer
    feature: np.ndarray                        # (f,) integer


def draped(data: Vectors, ground: Ground, lift_m: float, coarse: float = 1.0) -> Draped:
    """Put everything on the ground (or, with `has_z`, where it says), `lift_m` higher; fills cut `coarse` times less
    finely, for those that cover a district."""
    def placed(points: np.ndarray) -> np.ndarray:
        out = lifted(points, lift_m)
        if len(out) and not data.has_z:
            out[:, 2] = heights_on(ground, out) + np.float32(lift_m)
        return out

    lines, offsets = placed(data.line_points), np.asarray(data.line_offsets, np.int64)
    dense = lines
    if not data.has_z:
        dense, offsets = bent_lines(lines, offsets, lambda xy, _: heights_on(ground, xy), steps_on(ground), TOLERANCE_M)
        dense = placed(dense)
    return Draped(source=data, ground=ground, lift_m=lift_m, points=placed(data.points), line_points=dense,
                  line_offsets=offsets, corner_points=lines, anchor=placed(data.anchor), coarse=coarse)


def is_wide(data: Vectors) -> bool:
    """Whether its fills cover so much that cutting them as finely as a street would take seconds."""
    a, b, c = (data.fill_points[data.fill_triangles[:, i], :2].astype(np.float64) for i in range(3))
    one, other = b - a, c - a
    return float(np.abs(one[:, 0] * other[:, 1] - one[:, 1] * other[:, 0]).sum()) / 2e6 > WIDE_KM2


def lifted(points: np.ndarray, lift_m: float) -> np.ndarray:
    out = np.array(points, np.float32).reshape(-1, 3)
    out[:, 2] += np.float32(lift_m)
    return out


def _surface(data: Vectors, ground: Ground) -> Heights:
    """What fills lie on: the ground, or for features with a `level_m` the level water over it, where that is higher."""
    level = _levels(data, ground)
    if level is None:
        return lambda xy, feature: heights_on(ground, xy)
    return lambda xy, feature: np.fmax(heights_on(ground, xy), level[feature])


def _levels(data: Vectors, ground: Ground) -> np.ndarray | None:
    """(features,) f4 drawn heights of water surfaces, NaN where a feature has none."""
    if data.features is None or LEVEL_COLUMN not in data.features.column_names or not len(data.fill_points):
        return None
    level = np.array([np.nan if v is None else v for v in data.features.column(LEVEL_COLUMN).to_pylist()], np.float32)
    drawn = ground.surfaces[0] if ground.surfaces else None
    return level if drawn is None else level * np.float32(drawn.exaggeration) + np.float32(drawn.offset_m)


def line_actor(shape: Draped, colors: np.ndarray, width_px: float, *, lit: bool = True,
               features: tuple[int, ...] | None = None) -> vtkActor | None:
    """All lines (or those of `features`) `width_px` device pixels wide; `colors` (features, 3|4) u1."""
    points, offsets, feature = shape.line_points, shape.line_offsets, shape.source.line_feature
    if features is not None:
        points, offsets, feature = _some_lines(points, offsets, feature, features)
    if not len(points):
        return None
    per_point = colors[np.repeat(feature, np.diff(offsets))]
    up = np.broadcast_to(np.float32((0, 0, 1)), points.shape) if lit else None
    actor = actor_of(poly_data(points, offsets=offsets, normals=up, colors=per_point), lit=lit, colors=True)
    actor.GetProperty().SetLineWidth(width_px)
    return actor


def fill_actor(shape: Draped, colors: np.ndarray, *, of: np.ndarray | None = None, water: bool = False,
               lit: bool = True) -> vtkActor | None:
    """Triangles of the features where `of` (features,) is true (None: all)."""
    fills = shape.fills
    triangles, feature = fills.triangles, fills.feature
    if of is not None and len(triangles):
        triangles = triangles[of[feature[triangles[:, 0]]]]
    if not len(triangles):
        return None
    up = np.broadcast_to(np.float32((0, 0, 1)), fills.points.shape)
    actor = actor_of(poly_data(fills.points, triangles=triangles, normals=up, colors=colors[feature]),
                     lit=lit, colors=True)
    if lit:
        apply_ground(actor, water=water)
    return actor


def _some_lines(points, offsets, feature, wanted):
    chosen = np.flatnonzero(np.isin(feature, wanted))
    parts = [points[offsets[i]:offsets[i + 1]] for i in chosen]
    if not parts:
        return points[:0], np.zeros(1, np.int64), feature[:0]
    return np.concatenate(parts), np.concatenate([[0], np.cumsum([len(p) for p in parts])]), feature[chosen]


# -- picks ------------------------------------------------------------------------------------------------

def pick_points(shape: Draped, ray: Ray, reach_px: float) -> tuple[float, Hit] | None:
    """The point drawn nearest to the mouse, within `reach_px`."""
    if not len(shape.points):
        return None
    seen = ray.project(shape.points)
    away = np.hypot(seen[:, 0] - ray.pixel[0], seen[:, 1] - ray.pixel[1])
    away = np.where(np.isfinite(away), away, np.inf)
    at = int(np.argmin(away))
    if away[at] > reach_px:
        return None
    return float(seen[at, 2]) * 0.985, Hit("", int(shape.source.point_feature[at]), tuple(map(float, shape.points[at])))


def pick_lines(shape: Draped, ray: Ray, reach_px: float) -> tuple[float, Hit] | None:
    """The line drawn nearest to the mouse, within `reach_px`."""
    return nearest_line(shape.corner_points, shape.source.line_offsets, shape.source.line_feature, ray, reach_px)


def nearest_line(points: np.ndarray, offsets: np.ndarray, line_feature: np.ndarray, ray: Ray, reach_px: float,
                 drawn: np.ndarray | None = None) -> tuple[float, Hit] | None:
    """Of lines through consecutive `points` the one within `reach_px` of the mouse; `drawn` (features,) bool."""
    if len(points) < 2:
        return None
    seen = ray.project(points)
    a, b = seen[:-1, :2], seen[1:, :2]
    inner = np.ones(len(points) - 1, bool)
    inner[offsets[1:-1] - 1] = False                         # from the end of one line to the start of the next
    if drawn is not None:
        inner &= np.repeat(drawn[line_feature], np.diff(offsets))[:-1]
    along, mouse = b - a, np.asarray(ray.pixel)
    length = np.maximum((along ** 2).sum(axis=1), 1e-9)
    share = np.clip(((mouse - a) * along).sum(axis=1) / length, 0, 1)
    away = np.linalg.norm(a + share[:, None] * along - mouse, axis=1)
    away = np.where(inner & np.isfinite(away), away, np.inf)
    at = int(np.argmin(away))
    if away[at] > reach_px:
        return None
    point = points[at] + (points[at + 1] - points[at]) * share[at]
    line = int(np.searchsorted(offsets, at, side="right")) - 1
    return float(np.linalg.norm(point - ray.start)) * 0.995, Hit("", int(line_feature[line]), tuple(map(float, point)))


def pick_fills(shape: Draped, ray: Ray) -> tuple[float, Hit] | None:
    """The topmost triangle under the place where the ray meets the ground (or the plane of the fills)."""
    data, triangles = shape.source, shape.source.fill_triangles
    area = box(data.fill_points)
    if area is None or not len(triangles):
        return None
    if data.has_z:
        found = _on_plane(ray, (area[2] + area[5]) / 2 + shape.lift_m)
    else:
        low, high = shape.ground.span()
        found = on_ground(shape.ground, ray, (*area[:2], low, *area[3:5], high))
    if found is None:
        return None
    corners = data.fill_points[:, :2][triangles].astype(np.float64)
    place = np.array(found[1].point[:2])
    near = np.flatnonzero(((corners.min(axis=1) <= place) & (corners.max(axis=1) >= place)).all(axis=1))
    a, b, c = (corners[near, i] for i in range(3))
    sides = [_cross(q - p, place - p) for p, q in ((a, b), (b, c), (c, a))]
    inside = near[np.all([s >= -1e-9 for s in sides], axis=0) | np.all([s <= 1e-9 for s in sides], axis=0)]
    if not len(inside):
        return None
    feature = int(data.fill_feature[triangles[inside[-1], 0]])
    return found[0] * 0.998, Hit("", feature, found[1].point)


def _on_plane(ray: Ray, height_m: float) -> tuple[float, Hit] | None:
    start, along = np.asarray(ray.start), np.asarray(ray.end) - ray.start
    if abs(along[2]) < 1e-9:
        return None
    share = (height_m - start[2]) / along[2]
    point = start + share * along
    return (float(np.linalg.norm(point - start)), Hit("", -1, tuple(map(float, point)))) if 0 < share < 1 else None


def _cross(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]
