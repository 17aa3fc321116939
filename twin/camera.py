"""A camera in the frame's local metres, always float64, independent of the renderer."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, replace

Vector = tuple[float, float, float]
MARGIN = 0.9                     # how much of the picture a framed box may fill
LEAST_DISTANCE_M = 2.0
POINT_M, POINT_DISTANCE_M = 0.01, 60.0      # a sensor or a vehicle has no size; from 2 m one is inside its body


@dataclass(frozen=True, kw_only=True)
class Camera:
    """`position` and `focus` in metres from the frame origin; `view_angle_deg` is vertical.

    `parallel_m` > 0: a parallel projection whose picture is so high in the scene, whatever the view angle.
    """

    position: Vector
    focus: Vector
    up: Vector = (0.0, 0.0, 1.0)
    view_angle_deg: float = 30.0
    parallel_m: float = 0.0

    @property
    def height_m(self) -> float:
        """Of what the picture shows at the focus."""
        return self.parallel_m or 2 * self.distance * math.tan(math.radians(self.view_angle_deg / 2))

    @property
    def distance(self) -> float:
        return math.dist(self.position, self.focus)

    @property
    def azimuth_deg(self) -> float:
        """Where the camera looks, clockwise from grid north."""
        dx, dy, _ = (f - p for f, p in zip(self.focus, self.position))
        if math.hypot(dx, dy) < 1e-9 * max(1.0, self.distance):
            dx, dy, _ = self.up
        return math.degrees(math.atan2(dx, dy)) % 360.0

    @property
    def tilt_deg(self) -> float:
        """Angle of view below the horizon: 90 looks straight down."""
        return math.degrees(math.asin(max(-1.0, min(1.0, (self.position[2] - self.focus[2])
                                                     / max(self.distance, 1e-9)))))

    @classmethod
    def looking_at(cls, focus: Vector, *, distance: float, azimuth_deg: float, tilt_deg: float,
                   view_angle_deg: float = 30.0) -> Camera:
        """A camera `distance` metres from `focus`, looking along `azimuth_deg`, `tilt_deg` downwards."""
        azimuth, tilt = math.radians(azimuth_deg), math.radians(min(tilt_deg, 89.9))
        flat = distance * math.cos(tilt)
        position = (focus[0] - flat * math.sin(azimuth), focus[1] - flat * math.cos(azimuth),
                    focus[2] + distance * math.sin(tilt))
        return cls(position=position, focus=tuple(focus), view_angle_deg=view_angle_deg)

    @classmethod
    def framing(cls, bounds: tuple[float, ...], *, azimuth_deg: float = 20.0, tilt_deg: float = 35.0,
                view_angle_deg: float = 30.0, aspect: float = 1.6) -> Camera:
        """See the box [min x, min y, min z, max x, max y, max z] whole and no smaller than it need be."""
        lo, hi = bounds[:3], bounds[3:]
        centre = tuple((a + b) / 2 for a, b in zip(lo, hi))
        azimuth, tilt = math.radians(azimuth_deg), math.radians(min(tilt_deg, 89.9))
        ahead = (math.cos(tilt) * math.sin(azimuth), math.cos(tilt) * math.cos(azimuth), -math.sin(tilt))
        right = (math.cos(azimuth), -math.sin(azimuth), 0.0)
        above = (math.sin(tilt) * math.sin(azimuth), math.sin(tilt) * math.cos(azimuth), math.cos(tilt))
        high = math.tan(math.radians(view_angle_deg) / 2) * MARGIN
        size = max(b - a for a, b in zip(lo, hi))
        distance = LEAST_DISTANCE_M if size > POINT_M else POINT_DISTANCE_M
        for corner in itertools.product(*zip(lo, hi)):
            offset = [a - b for a, b in zip(corner, centre)]
            x, y, z = (sum(o * d for o, d in zip(offset, axis)) for axis in (right, above, ahead))
            distance = max(distance, abs(x) / (high * aspect) - z, abs(y) / high - z)
        return cls.looking_at(centre, distance=distance, azimuth_deg=azimuth_deg, tilt_deg=tilt_deg,
                              view_angle_deg=view_angle_deg)

    def moved_to(self, focus: Vector) -> Camera:
        """The same view of another point."""
        offset = tuple(p - f for p, f in zip(self.position, self.focus))
        return replace(self, focus=focus, position=tuple(f + o for f, o in zip(focus, offset)))
