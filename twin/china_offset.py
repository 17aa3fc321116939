"""GCJ-02 and BD-09: longitudes and latitudes that Chinese web maps have shifted, and the way back.

Amap, Tencent and the boundary sets made from them are GCJ-02, Baidu's are BD-09; about 475 m and 1,130 m
off in Jiading. The formulas are known from observation, not published: 1 to 2 m of doubt remain. Whoever
opens a file decides that its numbers are shifted; nothing here is ever applied unasked.
"""

from __future__ import annotations

import re

import numpy as np

GCJ02, BD09 = "GCJ-02", "BD-09"
NAMES = (GCJ02, BD09)
WGS84 = "EPSG:4326"
AXIS_M, FLATNESS = 6378245.0, 0.00669342162296594323          # of Krassovsky's ellipsoid
AREA = (72.004, 0.8293, 137.8347, 55.8271)                    # west, south, east, north of what is shifted
BAIDU_TURN = np.pi * 3000.0 / 180.0
STEPS = 6                                                     # each makes the rest about a thousand times smaller


def shifted_name(crs: str) -> str:
    """"GCJ-02" or "BD-09" in any spelling; "" for anything else."""
    plain = re.sub(r"[\s_-]", "", crs).upper()
    return {"GCJ02": GCJ02, "GCJ2": GCJ02, "BD09": BD09, "BD09LL": BD09}.get(plain, "")


def to_wgs84(name: str, lon, lat) -> tuple[np.ndarray, np.ndarray]:
    """Shifted degrees back to WGS 84, exact to the formula within 1e-9 degrees."""
    lon, lat = np.asarray(lon, np.float64), np.asarray(lat, np.float64)
    x, y = lon, lat
    for _ in range(STEPS):
        there = from_wgs84(name, x, y)
        x, y = x + lon - there[0], y + lat - there[1]
    return x, y


def from_wgs84(name: str, lon, lat) -> tuple[np.ndarray, np.ndarray]:
    """WGS 84 degrees as the maps show them."""
    lon, lat = _gcj(np.asarray(lon, np.float64), np.asarray(lat, np.float64))
    return _baidu(lon, lat) if name == BD09 else (lon, lat)


def in_china(box) -> bool:
    """Whether a box of degrees (west, south, east, north) lies where maps are shifted."""
    return box[0] >= AREA[0] and box[1] >= AREA[1] and box[2] <= AREA[2] and box[3] <= AREA[3]


def _gcj(lon: np.ndarray, lat: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    x, y = lon - 105.0, lat - 35.0
    north = (-100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * np.sqrt(np.abs(x)) + _waves(x)
             + (20.0 * np.sin(y * np.pi) + 40.0 * np.sin(y / 3.0 * np.pi)) * 2.0 / 3.0
             + (160.0 * np.sin(y / 12.0 * np.pi) + 320.0 * np.sin(y * np.pi / 30.0)) * 2.0 / 3.0)
    east = (300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * np.sqrt(np.abs(x)) + _waves(x)
            + (20.0 * np.sin(x * np.pi) + 40.0 * np.sin(x / 3.0 * np.pi)) * 2.0 / 3.0
            + (150.0 * np.sin(x / 12.0 * np.pi) + 300.0 * np.sin(x / 30.0 * np.pi)) * 2.0 / 3.0)
    slope = np.radians(lat)
    magic = 1.0 - FLATNESS * np.sin(slope) ** 2
    north = np.degrees(north / (AXIS_M * (1.0 - FLATNESS) / (magic * np.sqrt(magic))))
    east = np.degrees(east / (AXIS_M / np.sqrt(magic) * np.cos(slope)))
    inside = (lon >= AREA[0]) & (lon <= AREA[2]) & (lat >= AREA[1]) & (lat <= AREA[3])
    return np.where(inside, lon + east, lon), np.where(inside, lat + north, lat)


def _waves(x: np.ndarray) -> np.ndarray:
    return (20.0 * np.sin(6.0 * x * np.pi) + 20.0 * np.sin(2.0 * x * np.pi)) * 2.0 / 3.0


def _baidu(lon: np.ndarray, lat: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    far = np.hypot(lon, lat) + 0.00002 * np.sin(lat * BAIDU_TURN)
    turn = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * BAIDU_TURN)
    return far * np.cos(turn) + 0.0065, far * np.sin(turn) + 0.006
