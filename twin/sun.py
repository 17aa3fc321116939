"""Where the sun stands: one instant, every frame.

Low-precision formulas of the Astronomical Almanac (Michalsky 1988, Solar Energy 40(3)), good to about
0.01 degrees from 1950 to 2050, without refraction. pvlib is the reference in the tests; it takes
1.5 s to import and milliseconds a call, which the light of a scene does not need.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from twin.times import DAY

_J2000_NS = 946_728_000_000_000_000          # 2000-01-01 12:00 UTC


@dataclass(frozen=True)
class Sun:
    """Degrees: azimuth clockwise from true north, elevation above the horizon (negative at night)."""

    azimuth_deg: float
    elevation_deg: float

    @property
    def toward(self) -> tuple[float, float, float]:
        """Unit vector from the ground to the sun: east, north, up."""
        azimuth, elevation = math.radians(self.azimuth_deg), math.radians(self.elevation_deg)
        flat = math.cos(elevation)
        return (flat * math.sin(azimuth), flat * math.cos(azimuth), math.sin(elevation))

    def apart_deg(self, other: Sun) -> float:
        """How far the other one stands from this one: in azimuth or in elevation, whichever is more; 0 by night."""
        if max(self.elevation_deg, other.elevation_deg) < 0:
            return 0.0
        turn = abs((self.azimuth_deg - other.azimuth_deg + 180.0) % 360.0 - 180.0)
        return max(turn, abs(self.elevation_deg - other.elevation_deg))

    @property
    def daylight(self) -> float:
        """0 in the night, 1 by day, rising through the civil twilight (-6 to +6 degrees)."""
        x = max(0.0, min(1.0, (self.elevation_deg + 6.0) / 12.0))
        return x * x * (3 - 2 * x)


@dataclass(frozen=True, eq=False)
class SunDay:
    """The sun's way over a day. `times_ns` (k,) i8; `toward` (k, 3) unit vectors to it: the frame's east, north, up.

    `north_deg`: where true north lies, clockwise from the frame's.
    """

    times_ns: np.ndarray
    toward: np.ndarray
    north_deg: float


def sun_at(time_ns: int, longitude_deg: float, latitude_deg: float) -> Sun:
    """The sun at an instant (ns since 1970 UTC) over a place (WGS 84)."""
    days = (time_ns - _J2000_NS) / DAY
    mean_longitude = math.radians((280.460 + 0.9856474 * days) % 360)
    anomaly = math.radians((357.528 + 0.9856003 * days) % 360)
    ecliptic = mean_longitude + math.radians(1.915 * math.sin(anomaly) + 0.020 * math.sin(2 * anomaly))
    obliquity = math.radians(23.439 - 4e-7 * days)
    ascension = math.atan2(math.cos(obliquity) * math.sin(ecliptic), math.cos(ecliptic))
    declination = math.asin(math.sin(obliquity) * math.sin(ecliptic))
    sidereal_hours = (6.697375 + 0.0657098242 * days + (time_ns % DAY) / DAY * 24) % 24
    hour_angle = math.radians(sidereal_hours * 15 + longitude_deg) - ascension
    latitude = math.radians(latitude_deg)
    elevation = math.asin(math.sin(declination) * math.sin(latitude)
                          + math.cos(declination) * math.cos(latitude) * math.cos(hour_angle))
    azimuth = math.atan2(-math.cos(declination) * math.sin(hour_angle),
                         math.sin(declination) * math.cos(latitude)
                         - math.cos(declination) * math.cos(hour_angle) * math.sin(latitude))
    return Sun(math.degrees(azimuth) % 360, math.degrees(elevation))
