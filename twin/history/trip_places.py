"""Where a trip is that only says how late it is: on its way by the timetable, so much later."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np

from twin.frame import Frame
from twin.history import gtfs_file
from twin.history.gtfs_tables import members
from twin.history.positions import Fix
from twin.history.timetable import Timetable
from twin.readers import Progress
from twin.text import tr
from twin.times import DAY, SECOND
from twin.trouble import Trouble


class TripPlaces:
    """Timetables (GTFS) that are read when they are first asked for. `troubles`: what could not be read, by path."""

    def __init__(self, paths: tuple[Path, ...], time_zone: str):
        self.paths, self.time_zone = paths, time_zone
        self.troubles: dict[str, Trouble] = {}
        self._read: list[tuple[Timetable, Frame, dict[str, list[int]]]] | None = None

    def placed(self, fix: Fix) -> Fix:
        """The fix with a place, where it has none and its trip is under way by a timetable."""
        if not math.isnan(fix.lon) or not fix.trip:
            return fix
        late_ns = 0 if math.isnan(fix.delay) else round(fix.delay * SECOND)
        for timetable, frame, rows in self._timetables():
            for row in rows.get(fix.trip, ()):
                late = replace(timetable.only(row), late_ns=late_ns)
                place = late.at(fix.time_ns, DAY, DAY).places[0]
                if np.isfinite(place[:2]).all():
                    lon, lat, _ = frame.to_lonlat(np.array([[*place[:2], 0.0]]))[0]
                    return replace(fix, lon=float(lon), lat=float(lat), by_timetable=True)
        return fix

    def _timetables(self) -> list[tuple[Timetable, Frame, dict[str, list[int]]]]:
        if self._read is None:
            self._read = []
            for path in self.paths:
                try:
                    self._read.append(_read(path, self.time_zone))
                except Trouble as trouble:
                    self.troubles[str(path)] = trouble
        return self._read


def _read(path: Path, time_zone: str) -> tuple[Timetable, Frame, dict[str, list[int]]]:
    """The timetable in metres around its stops, and the rows of each trip."""
    plan = gtfs_file.usable(path, time_zone)
    lon, lat = np.nanmedian(plan.stops, axis=0)
    frame = Frame(crs=f"EPSG:{(32600 if lat >= 0 else 32700) + int((lon + 180) // 6) % 60 + 1}")
    east, north = frame.to_local(lon, lat, crs="EPSG:4326")[0, :2] + np.array(frame.origin[:2])
    frame = replace(frame, origin=(float(east), float(north), 0.0))
    tracks = gtfs_file.drawn(path, plan, frame, Progress())
    rows: dict[str, list[int]] = {}
    for row, trip in enumerate(tracks.features.column("trip").to_pylist()):
        rows.setdefault(trip, []).append(row)
    return tracks.history, frame, rows


def timetables_of(project: Path) -> tuple[tuple[Path, ...], str]:
    """The timetables that a project shows, and its time zone. Of a project that cannot be read none: others say why."""
    try:
        content = json.loads(Path(project).read_text(encoding="utf-8-sig"))
        named = [layer["source"]["path"] for layer in content.get("layers", ())
                 if layer.get("kind") == "vehicles" and (layer.get("source") or {}).get("path")]
        zone = str(content.get("time_zone") or "UTC")
    except (OSError, ValueError, AttributeError, TypeError, KeyError):
        return (), "UTC"
    found = [Path(project).parent / name for name in named if "://" not in name]
    return tuple(dict.fromkeys(path for path in found if is_timetable(path))), zone


def timetables_beside(path: Path) -> tuple[Path, ...]:
    return tuple(other for other in sorted(path.parent.glob("*.zip")) if other != path and is_timetable(other))


def is_timetable(path: Path) -> bool:
    return path.is_file() and bool(members(path))


def unplaced_words(fixes: list[Fix], places: TripPlaces) -> str:
    """What to say of trips that have no place all the same; "" = there are none."""
    lost = sum(math.isnan(fix.lon) for fix in fixes)
    if not lost:
        return ""
    if not places.paths:
        return tr("{n} trips only say how late they are: put their timetable (GTFS) beside the file to see them on "
                  "their way.", n=lost)
    return tr("{n} trips only say how late they are, and are not under way by their timetable.", n=lost)
