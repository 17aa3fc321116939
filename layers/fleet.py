"""The bodies of all vehicles as one mesh whose points are written in place: in metres, but never too small to see."""

from __future__ import annotations

import math

import numpy as np
from vtkmodules.util.numpy_support import vtk_to_numpy

from layers import vehicle_shapes as shapes
from layers.base import Ray, Visual
from layers.colour_table import GHOST, ColourTable
from layers.drape import LINE_STEP
from layers.geometry import actor_of, poly_data
from layers.palette import ACCENT
from layers.shading import apply_drape

RING = np.linspace(0.0, 2 * math.pi, 33)
REACH_PX = 6.0                                   # how near the mouse must be at least


class FleetMesh:
    """`modes` by vehicle choose the bodies. `stand` moves them, `paint` colours them, `camera_moved` keeps the size."""

    def __init__(self, visual: Visual, modes: list[str]):
        self.visual = visual
        kinds = {mode: shapes.body_of(mode) for mode in set(modes)}
        self._corners = np.stack([shapes.corners_of(kinds[m]) for m in modes]).astype(np.float32)
        self.lengths_m = np.array([kinds[m].length_m for m in modes])
        self.heights_m = np.array([kinds[m].height_m for m in modes])
        self.places = np.full((len(modes), 3), np.nan)           # (n, 3) f8 feet, NaN = not there
        self._heading_deg, self._scale = np.zeros(len(modes)), np.ones(len(modes))
        self._least_px, self._chosen, self._stale = 1.0, np.zeros(0, np.intp), True
        self.table = ColourTable(visual.canvas, len(modes))
        self._build(len(modes))

    def _build(self, count: int) -> None:
        feature = np.repeat(np.arange(count, dtype=np.int32), shapes.CORNERS)
        cells = (shapes.CORNERS * np.arange(count, dtype=np.int32)[:, None, None] + shapes.TRIANGLES).reshape(-1, 3)
        data = poly_data(np.zeros((count * shapes.CORNERS, 3)))
        ghost = poly_data(np.zeros((0, 3)))
        ghost.SetPoints(data.GetPoints())                         # the same points: written once
        self._points = data.GetPoints()
        self._buffer = vtk_to_numpy(self._points.GetData()).reshape(count, shapes.CORNERS, 3)
        self.actors = [actor_of(data), actor_of(ghost)]
        for actor, held, role in zip(self.actors, (data, ghost), ("solid", GHOST)):
            actor.GetProperty().SetInterpolationToFlat()
            self.table.attach(actor, held, feature, cells, role=role)
            self.visual.add(actor)
        self.triangles = len(cells)
        self._ring = actor_of(poly_data(np.zeros((0, 3))), lit=False)
        self._ring.GetProperty().SetColor(*(c / 255 for c in ACCENT))
        self._ring.GetProperty().SetLineWidth(2.5 * self.visual.canvas.pixel_ratio)
        apply_drape(self._ring, 10 * LINE_STEP)
        self.visual.add(self._ring, self.visual.canvas.overlay)

    # -- what changes --------------------------------------------------------------------------------

    def stand(self, places: np.ndarray, heading_deg: np.ndarray, least_px: float) -> None:
        self.places, self._heading_deg, self._least_px = places, heading_deg, least_px
        self._stale = True

    def paint(self, colors: np.ndarray, chosen: np.ndarray, hovered: int) -> None:
        """`colors` (n, 4) u1; the chosen ones get a ring, and so does what is under the mouse."""
        self.table.set(colors)
        self._chosen = np.union1d(chosen, [hovered] if 0 <= hovered < len(colors) else []).astype(np.intp)
        self._stale = True

    def camera_moved(self) -> None:
        """Longer than life where they would be shorter than the least length on the screen."""
        scale = np.maximum(1.0, self._least_px * self.visual.canvas.pixel_ratio * self._metres_per_pixel()
                           / self.lengths_m)
        if not self._stale and np.allclose(scale, self._scale, rtol=0.02):
            return
        self._scale, self._stale = scale, False
        there = np.nan_to_num(self.places)
        seen = np.flatnonzero(np.isfinite(self.places[:, 0]))    # the others have no colour: it matters not where
        if len(seen) < len(there) // 2:
            self._buffer[seen] = shapes.placed(self._corners[seen], there[seen], self._heading_deg[seen], scale[seen])
        else:
            self._buffer[:] = shapes.placed(self._corners, there, self._heading_deg, scale)
        self._points.GetData().Modified()
        self._points.Modified()
        self._draw_rings(there)

    def _metres_per_pixel(self) -> np.ndarray:
        """(n,) where each vehicle stands, device pixels."""
        camera = self.visual.canvas.scene.GetActiveCamera()
        away = np.linalg.norm(np.nan_to_num(self.places) - camera.GetPosition(), axis=1)
        return 2 * away * math.tan(math.radians(camera.GetViewAngle()) / 2) / max(self.visual.canvas.size[1], 1)

    def _draw_rings(self, there: np.ndarray) -> None:
        chosen = self._chosen[np.isfinite(self.places[self._chosen, 0])]
        radius = (0.8 * self.lengths_m * self._scale)[chosen, None]
        points = np.empty((len(chosen), len(RING), 3))
        points[..., 0] = there[chosen, None, 0] + radius * np.cos(RING)
        points[..., 1] = there[chosen, None, 1] + radius * np.sin(RING)
        points[..., 2] = there[chosen, None, 2] + 0.1
        offsets = np.arange(len(chosen) + 1) * len(RING)
        self._ring.GetMapper().SetInputData(poly_data(points.reshape(-1, 3), offsets=offsets))

    # -- what is asked -------------------------------------------------------------------------------

    def pick(self, ray: Ray) -> tuple[float, int] | None:
        """(distance in metres, index) of the nearest vehicle under the mouse."""
        at = ray.project(self.places)
        reach = np.maximum(0.5 * self.lengths_m * self._scale / np.maximum(self._metres_per_pixel(), 1e-9), REACH_PX)
        with np.errstate(invalid="ignore"):
            away = np.hypot(at[:, 0] - ray.pixel[0], at[:, 1] - ray.pixel[1])
            under = np.flatnonzero((away <= reach) & (self.table.colors[:, 3] > 0) & (at[:, 2] > 0))
        if not len(under):
            return None
        nearest = under[np.argmin(at[under, 2])]
        return float(at[nearest, 2]) * 0.995, int(nearest)

    def remove(self) -> None:
        for actor in (*self.actors, self._ring):
            self.visual.drop(actor)
