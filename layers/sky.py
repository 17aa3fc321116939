"""The sky dome and the far ground: both travel with the camera, so that the ground never ends in an edge."""

from __future__ import annotations

import numpy as np
from vtkmodules.util.numpy_support import vtk_to_numpy
from vtkmodules.vtkRenderingCore import vtkActor

from layers.daylight import Air
from layers.geometry import actor_of, grid_triangles, poly_data
from layers.ground_shading import AMBIENT
from layers.shading import draw_farther

AROUND, UP = 96, 40
DISC_RINGS = np.concatenate([[0.0], np.geomspace(0.001, 1.0, 24)])


class Dome:
    """A half-sphere and a little more around the camera, coloured by height and by nearness to the sun."""

    def __init__(self):
        angle = np.linspace(0, 2 * np.pi, AROUND + 1)
        # Rings crowd at the horizon, where the colour turns quickest.
        height = np.radians(np.concatenate([[-90.0, -8.0], 90.0 * np.linspace(0, 1, UP) ** 1.8]))
        flat = np.cos(height)[:, None]
        self.directions = np.stack([flat * np.sin(angle), flat * np.cos(angle),
                                    np.broadcast_to(np.sin(height)[:, None], (len(height), AROUND + 1))],
                                   axis=2).reshape(-1, 3)
        blank = np.zeros((len(self.directions), 3), np.uint8)
        self._data = poly_data(self.directions, colors=blank, triangles=grid_triangles(len(height), AROUND + 1))
        self.actor = _backdrop(actor_of(self._data, lit=False, colors=True))

    def paint(self, air: Air, toward_sun: tuple[float, float, float]) -> None:
        """Colours for this air; the glow lies low around the sun's azimuth."""
        up = np.clip(self.directions[:, 2:], 0.0, 1.0)
        share = 1.0 - np.exp(-up * 5.5)
        color = np.array(air.haze) * (1 - share) + np.array(air.sky_top) * share
        near = np.clip(self.directions @ np.asarray(toward_sun), 0.0, 1.0)[:, None]
        glow = air.glow_strength * (0.45 * near ** 6 + 0.55 * near ** 48) * np.clip(up * 14, 0, 1)
        color = color * (1 - glow) + np.array(air.glow) * glow
        scalars = self._data.GetPointData().GetScalars()
        vtk_to_numpy(scalars)[:] = (np.clip(color, 0, 1) * 255).round().astype(np.uint8)
        scalars.Modified()
        self._data.Modified()

    def follow(self, eye: tuple[float, float, float], far_m: float) -> None:
        self.actor.SetPosition(*eye)
        self.actor.SetScale(far_m * 0.96)


class FarGround:
    """A flat disc just below all data, lit like the ground and lost in the haze."""

    def __init__(self):
        angle = np.linspace(0, 2 * np.pi, AROUND + 1)
        points = np.stack([DISC_RINGS[:, None] * np.sin(angle), DISC_RINGS[:, None] * np.cos(angle),
                           np.zeros((len(DISC_RINGS), AROUND + 1))], axis=2).reshape(-1, 3)
        normals = np.broadcast_to(np.float32((0, 0, 1)), points.shape)
        data = poly_data(points, normals=normals, triangles=grid_triangles(len(DISC_RINGS), AROUND + 1))
        self.actor = _backdrop(actor_of(data))
        self.actor.GetProperty().SetAmbient(AMBIENT)
        draw_farther(self.actor, 0.002)
        self.height_m = 0.0

    def follow(self, eye: tuple[float, float, float], far_m: float) -> None:
        self.actor.SetPosition(eye[0], eye[1], self.height_m)
        self.actor.SetScale(far_m * 0.93, far_m * 0.93, 1.0)


def _backdrop(actor: vtkActor) -> vtkActor:
    """It is never in the way: not picked, and not part of what a camera frames."""
    actor.UseBoundsOff()
    actor.PickableOff()
    return actor
