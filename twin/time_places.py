"""Which time zone is likely at a place: where the sun says another hour, that of the nearest city in IANA's tables."""

from __future__ import annotations

import re
from datetime import datetime
from functools import cache
from importlib.resources import files

import numpy as np

from twin.times import zone

FAR_HOURS = 3.5                           # no zone keeps its clocks so far from the sun (Kashgar's: 2.9)
_PLACE = re.compile(r"([+-])(\d{2})(\d{2})(\d{2})?([+-])(\d{3})(\d{2})(\d{2})?")       # ISO 6709


def likely_zone(lon: float, lat: float, time_zone: str) -> str:
    """`time_zone` where its clocks fit the sun at this place (WGS 84 degrees), else the zone of the nearest city."""
    offset = datetime(2026, 1, 1, tzinfo=zone(time_zone)).utcoffset()
    apart = (offset.total_seconds() / 3600.0 - lon / 15.0 + 12.0) % 24.0 - 12.0
    return time_zone if abs(apart) <= FAR_HOURS else nearest_zone(lon, lat)


def nearest_zone(lon: float, lat: float) -> str:
    """The zone whose principal city is nearest on the sphere; "UTC" where the tables are not there."""
    names, places = _cities()
    if not names:
        return "UTC"
    here = _unit(np.array([[lon, lat]]))[0]
    return names[int(np.argmax(places @ here))]


@cache
def _cities() -> tuple[list[str], np.ndarray]:
    """Names, and (n, 3) places on the unit sphere, of IANA's zone.tab (public domain), as tzdata brings it."""
    table = files("tzdata") / "zoneinfo" / "zone.tab"
    lines = table.read_text("utf-8").splitlines() if table.is_file() else []
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return [row[2] for row in rows], _unit(np.array([_degrees(row[1]) for row in rows]).reshape(-1, 2))


def _degrees(text: str) -> tuple[float, float]:
    """(longitude, latitude) of ±DDMM[SS]±DDDMM[SS]."""
    found = _PLACE.fullmatch(text)
    lat, lon = ((-1 if found[at] == "-" else 1) * (int(found[at + 1]) + int(found[at + 2]) / 60
                                                   + int(found[at + 3] or 0) / 3600) for at in (1, 5))
    return lon, lat


def _unit(lonlat: np.ndarray) -> np.ndarray:
    lon, lat = np.radians(lonlat).T
    return np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])
