"""Which time zone is likely at a place: where the sun says another hour, that of the nearest city in IANA's tables."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
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
    """The zone whose principal city is nearest on the sphere; "UTC" where the tables are not there.

    An enclave's village that has no clocks of its own (zone1970.tab leaves it out) gives way to its country's first
    zone with the same clocks: Karlsruhe has Büsingen nearer than Berlin.
    """
    countries, names, places = _cities()
    if not names:
        return "UTC"
    here = _unit(np.array([[lon, lat]]))[0]
    nearest = int(np.argmax(places @ here))
    if names[nearest] in _own_clocks():
        return names[nearest]
    of_country = [name for name, country in zip(names, countries, strict=True) if country == countries[nearest]]
    return next(name for name in of_country if _clocks(name) == _clocks(names[nearest]))


@cache
def _own_clocks() -> frozenset[str]:
    """Zones whose clocks were no other zone's since 1970 (IANA's zone1970.tab)."""
    return frozenset(row[2] for row in _rows("zone1970.tab"))


@cache
def _clocks(name: str) -> tuple[timedelta, ...]:
    """What the clocks of a zone were set to in the middle of each month since 2000."""
    clocks = zone(name)
    return tuple(datetime(year, month, 15, tzinfo=clocks).utcoffset()
                 for year in range(2000, 2027) for month in range(1, 13))


@cache
def _cities() -> tuple[list[str], list[str], np.ndarray]:
    """Countries, names, and (n, 3) places on the unit sphere, of the principal cities."""
    rows = _rows("zone.tab")
    places = _unit(np.array([_degrees(row[1]) for row in rows]).reshape(-1, 2))
    return [row[0] for row in rows], [row[2] for row in rows], places


def _rows(name: str) -> list[list[str]]:
    """Of one of IANA's tables (public domain), as tzdata brings them; none where it is not there."""
    table = files("tzdata") / "zoneinfo" / name
    lines = table.read_text("utf-8").splitlines() if table.is_file() else []
    return [line.split("\t") for line in lines if line and not line.startswith("#")]


def _degrees(text: str) -> tuple[float, float]:
    """(longitude, latitude) of ±DDMM[SS]±DDDMM[SS]."""
    found = _PLACE.fullmatch(text)
    lat, lon = ((-1 if found[at] == "-" else 1) * (int(found[at + 1]) + int(found[at + 2]) / 60
                                                   + int(found[at + 3] or 0) / 3600) for at in (1, 5))
    return lon, lat


def _unit(lonlat: np.ndarray) -> np.ndarray:
    lon, lat = np.radians(lonlat).T
    return np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])
