"""When the bands of a raster were: what a band, a sidecar, a CF time axis or a file's name says."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from twin import times
from twin.text import tr
from twin.trouble import Trouble

RASTERS = (".tif", ".tiff", ".asc")                          # of a folder whose names say when
SIDECARS = (".times.csv", ".times.txt")
CALENDARS = ("", "standard", "gregorian", "proleptic_gregorian")
SECONDS = {"second": 1, "sec": 1, "s": 1, "minute": 60, "min": 60, "hour": 3600, "hr": 3600, "h": 3600, "day": 86400,
           "d": 86400, "millisecond": 1e-3, "msec": 1e-3, "ms": 1e-3, "microsecond": 1e-6}
_STAMP = re.compile(r"(?<!\d)(\d{4})[-_.]?(\d{2})[-_.]?(\d{2})[T_\-. ]?(\d{2})[-_:.h]?(\d{2})(?:[-_:.]?(\d{2}))?(?!\d)"
                    r"\s*(Z|UTC)?", re.IGNORECASE)
_SINCE = re.compile(r"(\w+?)s?\s+since\s+(\d{1,4})-(\d{1,2})-(\d{1,2})"
                    r"(?:[T\s]+(\d{1,2}):(\d{1,2})(?::(\d{1,2}(?:\.\d*)?))?)?"
                    r"\s*(Z|UTC|GMT|[+-]\d{1,2}(?::?\d{2})?)?", re.IGNORECASE)


@dataclass(frozen=True)
class Band:
    """One step: which band (from 1) of which file, and when (ns)."""

    path: str
    number: int
    time_ns: int


def stamp_in(text: str, time_zone: str) -> int | None:
    """The instant that a name or description holds, "rain_20260715_0641.tif"; None without one."""
    text = text.strip()
    try:
        return times.parse(text, time_zone)
    except Trouble:
        found = _STAMP.search(text)
    if not found:
        return None
    year, month, day, hour, minute, second, utc = found.groups()
    try:
        return times.parse(f"{year}-{month}-{day}T{hour}:{minute}:{second or '00'}", "UTC" if utc else time_zone)
    except Trouble:
        return None


def of_folder(folder: Path, time_zone: str) -> tuple[list[Band], int]:
    """(the rasters of a folder whose names say when, how many do not)."""
    files = sorted(p for p in folder.iterdir() if p.is_file() and p.suffix.lower() in RASTERS)
    found = [(file, stamp_in(file.stem, time_zone)) for file in files]
    return [Band(str(file), 1, when) for file, when in found if when is not None], sum(w is None for _, w in found)


def is_series(folder: Path) -> bool:
    """Whether a folder is one series: several rasters, all of them with an instant of their own in the name."""
    bands, without = of_folder(folder, "UTC")
    if sum(1 for x in folder.iterdir() if x.is_dir()):
        return False                                         # further folders hold something else
    return len(bands) > 1 and not without and len({band.time_ns for band in bands}) == len(bands)


def of_bands(src, path: Path, time_zone: str) -> list[int] | None:
    """Instants of all bands of an opened raster (ns); None where any of them does not say."""
    axis = cf_axis(src)
    if axis is not None:
        return axis
    sidecar = beside(path)
    if sidecar is not None:
        return _listed(sidecar, src.count, time_zone)
    said = [_of_band(src, n, time_zone) for n in src.indexes]
    return None if None in said else said


def beside(path: Path) -> Path | None:
    """The file that lists the instants of the bands: `rain.times.csv` for `rain.tif`."""
    return next((side for suffix in SIDECARS if (side := path.with_name(path.stem + suffix)).is_file()), None)


def _of_band(src, number: int, time_zone: str) -> int | None:
    tags = src.tags(number)
    if "GRIB_VALID_TIME" in tags:
        return int(re.match(r"\s*(\d+)", tags["GRIB_VALID_TIME"])[1]) * times.SECOND
    texts = (src.descriptions[number - 1] or "", *(tags.get(k, "") for k in ("time", "TIME", "datetime", "DATETIME")))
    return next((when for text in texts if text and (when := stamp_in(text, time_zone)) is not None), None)


def _listed(sidecar: Path, count: int, time_zone: str) -> list[int]:
    """One line for each band; what is no time in the first line is a heading."""
    lines = [line for line in sidecar.read_text(encoding="utf-8-sig").splitlines() if line.strip()]
    found = [next((when for cell in reversed(line.split(",")) if (when := stamp_in(cell, time_zone)) is not None), None)
             for line in lines]
    found = found[1:] if found and found[0] is None else found
    if len(found) != count or None in found:
        bad = next((line for line, when in zip(lines, found) if when is None), "")
        raise Trouble(tr("The list of times does not fit the bands of the raster."),
                      cause=tr("“{text}” is not a time.", text=bad) if bad else
                      tr("It has {n} times for {bands} bands", n=len(found), bands=count),
                      way_out=tr("Write one time for each band, as 2026-07-15T06:41:00+08:00."), path=str(sidecar))
    return found


# -- the conventions of NetCDF ---------------------------------------------------------------------------


def cf_axis(src) -> list[int] | None:
    """Instants of the bands by the raster's CF time axis; None without one, or where a further dimension counts too."""
    tags = src.tags(1)
    name = next((key.removeprefix("NETCDF_DIM_") for key in tags if key.startswith("NETCDF_DIM_")), None)
    unit = src.tags().get(f"{name}#units", "")
    if name is None or " since " not in unit or sum(key.startswith("NETCDF_DIM_") for key in tags) > 1:
        return None
    numbers = [float(src.tags(n)[f"NETCDF_DIM_{name}"]) for n in src.indexes]
    return cf_instants(np.array(numbers), unit, src.tags().get(f"{name}#calendar", "")).tolist()


def cf_instants(numbers: np.ndarray, unit: str, calendar: str = "") -> np.ndarray:
    """(n,) i8 ns of "minutes since 2026-07-14 21:00:00"; without a zone it is UTC, as CF says. Raises Trouble."""
    found = _SINCE.match(unit.strip())
    per = SECONDS.get(found[1].casefold()) if found else None
    if per is None or calendar.casefold() not in CALENDARS:
        raise Trouble(tr("The time axis of this raster is not understood."), cause=f"{unit} {calendar}".strip(),
                      way_out=tr("Write its times as “minutes since 2026-07-15 00:00:00” in the usual calendar."))
    _, year, month, day, hour, minute, second, zone = found.groups()
    day_start = times.parse(f"{int(year):04d}-{int(month):02d}-{int(day):02d}T00:00:00Z")
    start = day_start + int(hour or 0) * times.HOUR + int(minute or 0) * times.MINUTE
    start += round(float(second or 0) * times.SECOND) - _offset_ns(zone or "")
    return start + np.round(np.asarray(numbers, np.float64) * per * 1000.0).astype(np.int64) * (times.SECOND // 1000)


def _offset_ns(zone: str) -> int:
    if zone[:1] not in ("+", "-"):
        return 0
    hours, _, minutes = zone[1:].partition(":") if ":" in zone else (zone[1:3], "", zone[3:])
    return (-1 if zone[0] == "-" else 1) * (int(hours) * times.HOUR + int(minutes or 0) * times.MINUTE)
