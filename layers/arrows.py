"""Arrows and rings that lie flat in the scene and keep their size on the screen: one mesh and its rim."""

from __future__ import annotations

import math

import numpy as np

from layers.base import Ray, Visual
from layers.geometry import actor_of, poly_data
from layers.shading import apply_drape

# An arrow along +y, its middle at the place, one unit long.
_OUTLINE = np.array([(0.0, 0.5), (0.21, 0.12), (0.075, 0.17), (0.055, -0.5), (-0.055, -0.5), (-0.075, 0.17),
                     (-0.21, 0.12)])
_ARROW = np.array([(0, 1, 2), (0, 2, 5), (0, 5, 6), (2, 3, 4), (2, 4, 5)])
_TURN = np.linspace(0.0, 2 * math.pi, 21)[:-1]
_RING = np.concatenate([np.column_stack([np.sin(_TURN), np.cos(_TURN)]) * r for r in (0.16, 0.25)])
_RING_CELLS = np.array([c for i in range(20) for j in ((i + 1) % 20,) for c in ((i, j, 20 + j), (i, 20 + j, 20 + i))])
RIM_PX, NEARER = 1.6, 0.010


class Arrows:
    """`stand` says where, which way, how long (pixels; 0 = a ring), in which colour; `camera_moved` keeps the size."""

    def __init__(self, visual: Visual, rim: tuple[int, int, int]):
        self.visual, self._rim = visual, rim
        self.places = np.zeros((0, 3))
        self._to_deg = self.length_px = np.zeros(0)
        self._colors = np.zeros((0, 3), np.uint8)
        self._key: tuple = ()
        self.actors = [actor_of(poly_data(np.zeros((0, 3))), lit=False, colors=True) for _ in range(2)]
        for order, actor in enumerate(self.actors):
            apply_drape(actor, NEARER + 0.001 * order)
            visual.add(actor, visual.canvas.overlay)

    def stand(self, places: np.ndarray, to_deg: np.ndarray, length_px: np.ndarray, colors: np.ndarray,
              opacity: float) -> None:
        """`places` (n, 3) local metres, `to_deg` (n,) clockwise from grid north, `colors` (n, 3) u1."""
        self.places, self._to_deg = np.asarray(places, np.float64), np.asarray(to_deg, np.float64)
        self.length_px, self._colors, self._key = np.asarray(length_px, np.float64), colors, ()
        for actor in self.actors:
            actor.GetProperty().SetOpacity(max(opacity, 0.02))

    def camera_moved(self) -> None:
        camera, size = self.visual.canvas.camera(), self.visual.canvas.size
        if self._key == (camera, size):
            return
        self._key = (camera, size)
        ahead = np.asarray(camera.focus, np.float64) - camera.position
        ahead /= max(np.linalg.norm(ahead), 1e-9)
        away = np.maximum((self.places - camera.position) @ ahead, 1.0)
        seen = camera.parallel_m or 2 * away * math.tan(math.radians(camera.view_angle_deg) / 2)
        pixel_m = seen / max(size[1], 1) * self.visual.canvas.pixel_ratio * np.ones(len(self.places))
        for actor, rim in zip(self.actors, (RIM_PX, 0.0)):
            actor.GetMapper().SetInputData(self._mesh(pixel_m, rim))

    def _mesh(self, pixel_m: np.ndarray, rim_px: float):
        parts, cells, colors, count = [], [], [], 0
        rings, there = self.length_px <= 0, np.isfinite(self.places).all(axis=1)
        for of, outline, triangles in ((~rings, _OUTLINE, _ARROW), (rings, _RING, _RING_CELLS)):
            at = np.flatnonzero(of & there)
            if not len(at):
                continue
            length = np.where(self.length_px[at] > 0, self.length_px[at], 24.0)
            shape = outline[None] * (length * pixel_m[at])[:, None, None]
            if rim_px:
                shape = shape + _outward(outline)[None] * (rim_px * pixel_m[at])[:, None, None]
            turn = np.radians(self._to_deg[at])[:, None]
            x = shape[:, :, 0] * np.cos(turn) + shape[:, :, 1] * np.sin(turn)
            y = shape[:, :, 1] * np.cos(turn) - shape[:, :, 0] * np.sin(turn)
            points = self.places[at][:, None, :] + np.stack([x, y, np.zeros_like(x)], axis=2)
            parts.append(points.reshape(-1, 3))
            cells.append((count + len(outline) * np.arange(len(at))[:, None, None] + triangles).reshape(-1, 3))
            colors.append(np.repeat(self._colors[at], len(outline), axis=0))
            count += len(outline) * len(at)
        if not parts:
            return poly_data(np.zeros((0, 3)))
        painted = np.concatenate(colors)
        if rim_px:
            painted = np.tile(np.uint8(self._rim), (len(painted), 1))
        return poly_data(np.concatenate(parts), triangles=np.concatenate(cells), colors=painted)

    def pick(self, ray: Ray) -> tuple[float, int] | None:
        """(distance in metres, index) of the arrow under the mouse."""
        at = ray.project(self.places)
        reach = np.maximum(self.length_px / 2, 10.0) * self.visual.canvas.pixel_ratio
        with np.errstate(invalid="ignore"):
            away = np.hypot(at[:, 0] - ray.pixel[0], at[:, 1] - ray.pixel[1])
            under = np.flatnonzero((away <= reach) & (at[:, 2] > 0))
        if not len(under):
            return None
        nearest = under[np.argmin(away[under])]
        return float(at[nearest, 2]) * (1 - NEARER), int(nearest)

    def remove(self) -> None:
        for actor in self.actors:
            self.visual.drop(actor)


def _outward(outline: np.ndarray) -> np.ndarray:
    """Unit steps away from the shape: for a ring to both sides, for an arrow from its spine and past its ends."""
    if outline is _RING:
        unit = outline / np.linalg.norm(outline, axis=1, keepdims=True)
        return unit * np.repeat([-1.0, 1.0], 20)[:, None]
    return np.column_stack([np.sign(outline[:, 0]), np.where(outline[:, 1] > 0.3, 2.0, np.where(
        outline[:, 1] < -0.3, -1.0, np.where(np.abs(outline[:, 0]) > 0.1, -1.0, 0.0)))])
