"""What a click means while one measures: a corner, an edge, a face, the ground."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from layers.base import Ray
from layers.ground_hits import ground_normal, ground_point
from layers.shape import CORNER, EDGE, GROUND, REACH_PX, SPOT, Snap
from layers.stage import Stage
from layers.view import View
from twin.selection import Hit

ABOVE_M = 0.3                      # the ground: what lies on it is drawn a little higher
AROUND = np.array([[1, 0], [-1, 0], [0, 1], [0, -1], [1, 1], [-1, 1], [1, -1], [-1, -1]])


def snap(view: View, x: float, y: float, only: frozenset[str] = frozenset(), corners: bool = True) -> Snap | None:
    """At a device pixel: a corner or an edge near it, else the face or the ground it meets; `corners` may be left out.

    A corner at the outline is hit by no ray through its pixel: then what lies around the pixel is asked, too.
    """
    ray, reach_px = view.ray(x, y), REACH_PX * view.canvas.pixel_ratio
    hit = view.stage.pick(ray, only)
    found = _snap_on(view.stage, ray, hit, reach_px, corners)
    if found is not None and found.kind in (CORNER, EDGE):
        return found
    point = hit.point if hit else ground_point(view.stage.ground, ray, view.stage.rest_m)
    if beside := _beside(view, ray, x, y, point, only, reach_px, corners):
        return beside
    if found is not None or point is None:
        return found
    point = np.array(point)
    if hit is not None and point[2] - view.stage.ground.height_at(point[None, :2])[0] > ABOVE_M:
        return Snap(SPOT, point, layer=hit.layer)
    return Snap(GROUND, point, ground_normal(view.stage.ground, point))


def _beside(view: View, ray: Ray, x: float, y: float, point, only: frozenset[str], reach_px: float,
            corners: bool) -> Snap | None:
    """A corner or an edge of what lies around the pixel, unless it is behind what the pixel shows."""
    solid = view.stage.snapping(only)
    if not solid:
        return None
    found = [_snap_on(view.stage, ray, view.stage.pick(view.ray(x + way[0], y + way[1]), solid), reach_px, corners)
             for way in AROUND * 0.6 * reach_px]
    limit = ray.project(np.array([point]))[0, 2] * 1.005 if point is not None else np.inf
    for kind in (CORNER, EDGE):
        for near in found:
            if near is not None and near.kind == kind:
                u, v, away = ray.project(near.point[None])[0]
                if away <= limit and math.dist((u, v), ray.pixel) <= reach_px:
                    return near
    return None


def _snap_on(stage: Stage, ray: Ray, hit: Hit | None, reach_px: float, corners: bool) -> Snap | None:
    """On the shape that was hit; None where it has none."""
    visual = stage.visual(hit.layer) if hit else None
    shape = visual.shape(hit.feature) if visual and hit.feature >= 0 else None
    if shape is None or not len(shape.faces):
        return None
    return replace(shape.snap(ray, np.array(hit.point), reach_px, corners), layer=hit.layer)
