"""Places that authoring tools write when nobody says where a model stands. Rows of data."""

from __future__ import annotations

import math

NEAR_DEG = 0.004               # about 400 m

# name, latitude, longitude
DEFAULTS = (
    ("Boston", 42.2130, -71.0330), ("Boston", 42.3584, -71.0598), ("Chicago", 41.8744, -87.6394),
    ("Chicago", 41.8500, -87.6500), ("New York", 40.7142, -74.0064), ("San Rafael", 37.9735, -122.5311),
    ("London", 51.5002, -0.1262), ("Paris", 48.8534, 2.3488), ("Paris", 48.8566, 2.3522), ("Berlin", 52.5244, 13.4105),
    ("Munich", 48.1500, 11.5833), ("Budapest", 47.5000, 19.0500), ("Amersfoort", 52.1500, 5.3833),
    ("Helsinki", 60.1700, 24.9400), ("Oslo", 59.9139, 10.7522), ("Moscow", 55.7522, 37.6156),
    ("Tokyo", 35.6895, 139.6917), ("Sydney", -33.8679, 151.2073), ("Singapore", 1.2897, 103.8501),
    ("Beijing", 39.9075, 116.3972), ("Shanghai", 31.2222, 121.4581), ("Guangzhou", 23.1167, 113.2500),
)


def default_city(lon: float, lat: float) -> str:
    """The city whose default this is; "" for any other place."""
    return next((name for name, y, x in DEFAULTS if math.hypot(lat - y, lon - x) < NEAR_DEG), "")


def is_null_island(lon: float, lat: float) -> bool:
    """0 N 0 E, in the sea off Ghana: what unset numbers mean."""
    return abs(lon) < 0.05 and abs(lat) < 0.05
