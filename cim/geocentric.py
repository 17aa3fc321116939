"""Longitude, latitude and height on WGS 84 to metres from the Earth's centre, and level axes at a place."""

from __future__ import annotations

import numpy as np

GEOCENTRIC, GEODETIC = "EPSG:4978", "EPSG:4979"           # of WGS 84
A_M, FLATTENING = 6378137.0, 1 / 298.257223563
WIDE_M = 1e6                              # across: nothing local is so wide, and no map of a frame reaches so far
E2 = FLATTENING * (2 - FLATTENING)


def geocentric(lonlat: np.ndarray) -> np.ndarray:
    """(n, 3) degrees and metres to (n, 3) f8 metres from the Earth's centre."""
    lon, lat = np.radians(lonlat[:, 0]), np.radians(lonlat[:, 1])
    height = lonlat[:, 2]
    across = A_M / np.sqrt(1 - E2 * np.sin(lat) ** 2)
    return np.stack([(across + height) * np.cos(lat) * np.cos(lon), (across + height) * np.cos(lat) * np.sin(lon),
                     (across * (1 - E2) + height) * np.sin(lat)], axis=1)


def is_wide(points: np.ndarray) -> bool:
    """Whether (n, 3) geocentric metres span a continent."""
    return bool(np.ptp(points, axis=0).max() > WIDE_M)


def level_axes(lon_deg: float, lat_deg: float, height_m: float = 0.0) -> np.ndarray:
    """(4, 4) f8 from metres east, north and up of a place to geocentric metres."""
    lon, lat = np.radians(lon_deg), np.radians(lat_deg)
    out = np.eye(4)
    out[:3, 0] = -np.sin(lon), np.cos(lon), 0.0
    out[:3, 1] = -np.sin(lat) * np.cos(lon), -np.sin(lat) * np.sin(lon), np.cos(lat)
    out[:3, 2] = np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)
    out[:3, 3] = geocentric(np.array([[lon_deg, lat_deg, height_m]]))[0]
    return out


def geodetic(points: np.ndarray) -> np.ndarray:
    """(n, 3) geocentric metres to longitude, latitude (degrees) and height above the ellipsoid."""
    import pyproj
    transformer = pyproj.Transformer.from_crs(GEOCENTRIC, GEODETIC, always_xy=True)
    return np.stack(transformer.transform(*points.T), axis=1)
