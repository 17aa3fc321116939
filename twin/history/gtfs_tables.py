"""The tables of a GTFS feed, as it is zipped: found, parsed, and in columns of text."""

from __future__ import annotations

import zipfile
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path, PurePosixPath

import numpy as np

from twin import times
from twin.text import tr
from twin.trouble import Trouble
from twin.zip_faults import BROKEN_ZIP

NEEDED = ("stops.txt", "trips.txt", "stop_times.txt")
MOST_BYTES = 4 << 30                             # of a table, unpacked
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MODES = {"0": "tram", "1": "metro", "2": "rail", "3": "bus", "4": "ferry", "5": "cable tram", "6": "aerial lift",
         "7": "funicular", "11": "trolleybus", "12": "monorail"}
_MODES_BY_HUNDRED = {1: "rail", 2: "bus", 4: "metro", 5: "metro", 6: "metro", 7: "bus", 8: "trolleybus", 9: "tram",
                     10: "ferry", 11: "plane", 12: "ferry", 13: "aerial lift", 14: "funicular", 15: "taxi"}


def members(path: Path) -> dict[str, str]:
    """Names in the zip by the names of tables; those in a folder of the zip too. {} = no feed."""
    try:
        with zipfile.ZipFile(path) as file:
            found = {PurePosixPath(name).name.lower(): name for name in file.namelist() if name.endswith(".txt")}
    except BROKEN_ZIP:
        return {}
    return found if all(name in found for name in NEEDED) else {}


class Feed:
    """Tables are parsed when they are asked for; one that is not there has no rows."""

    def __init__(self, path: Path):
        self.path, self._names = path, members(path)

    def table(self, name: str) -> dict[str, np.ndarray]:
        """Columns of text (objects, "" = empty), by name. Raises Trouble for a damaged table."""
        import pyarrow as pa
        from pyarrow import csv
        if f"{name}.txt" not in self._names:
            return {}
        try:
            with zipfile.ZipFile(self.path) as archive, self._member(archive, name) as file:
                names = [n.strip().strip('"').strip() for n in
                         file.readline().decode("utf-8-sig", "replace").strip().split(",")]
                told = csv.read_csv(file, csv.ReadOptions(column_names=names),
                                    csv.ParseOptions(invalid_row_handler=lambda row: "skip"),
                                    csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string())))
        except pa.ArrowInvalid as error:
            if "Empty CSV" in str(error):
                return {}
            raise self._damaged(name, error) from None
        except BROKEN_ZIP as error:
            raise self._damaged(name, error) from None
        return {n: _stripped(told.column(n)) for n in names}

    @contextmanager
    def _member(self, archive, name: str):
        member = archive.getinfo(self._names[f"{name}.txt"])
        if member.file_size > MOST_BYTES:
            raise Trouble(tr("The table {name} of this feed is too large.", name=name),
                          cause=tr("It has {n} GB unpacked", n=member.file_size >> 30),
                          way_out=tr("Cut the feed to fewer lines or days."), path=str(self.path))
        with archive.open(member) as file:
            yield file

    def _damaged(self, name: str, error: Exception) -> Trouble:
        return Trouble(tr("The table {name} of this feed is damaged.", name=name), cause=str(error)[:300],
                       way_out=tr("Copy or export it again."), path=str(self.path))

    @property
    def time_zone(self) -> str:
        """Of the agency; "" where the feed does not say."""
        return next((z for z in self.table("agency").get("agency_timezone", ()) if z), "")


def _stripped(column) -> np.ndarray:
    import pyarrow.compute as pc
    return pc.utf8_trim_whitespace(column.fill_null("")).to_numpy()


def mode_of(route_type: str) -> str:
    """The word for a route type, of the base list or the extended one."""
    if route_type in MODES:
        return MODES[route_type]
    return _MODES_BY_HUNDRED.get(int(route_type) // 100, "") if route_type.isdigit() else ""


def seconds(texts: np.ndarray) -> np.ndarray:
    """(n,) f8 seconds of H:MM:SS, also past 24:00:00; NaN where there are none."""
    unique, at = np.unique(texts.astype(str), return_inverse=True)
    return np.array([_seconds(text) for text in unique])[at]


def _seconds(text: str) -> float:
    parts = text.split(":")
    if len(parts) != 3 or not all(p.strip().isdigit() for p in parts):
        return np.nan
    hours, minutes, secs = map(int, parts)
    return float(hours * 3600 + minutes * 60 + secs)


def service_days(feed: Feed, zone: str) -> dict[str, np.ndarray]:
    """When each day of each service begins, (days,) i8 ns ascending: noon minus twelve hours, as GTFS says."""
    days: dict[str, set[date]] = {}
    calendar = feed.table("calendar")
    for row in range(len(calendar.get("service_id", ()))):
        first, last = (_date(calendar[n][row]) for n in ("start_date", "end_date"))
        on = [calendar.get(day, ("0",) * (row + 1))[row] == "1" for day in WEEKDAYS]
        mine = days.setdefault(calendar["service_id"][row], set())
        if first and last:
            mine.update(d for n in range((last - first).days + 1) if on[(d := first + timedelta(days=n)).weekday()])
    changed = feed.table("calendar_dates")
    for service, said, kind in zip(*(changed.get(n, ()) for n in ("service_id", "date", "exception_type"))):
        day = _date(said)
        if day:
            mine = days.setdefault(service, set())
            mine.add(day) if kind == "1" else mine.discard(day)
    return {service: np.array([_begins(day, zone) for day in sorted(mine)], np.int64)
            for service, mine in days.items()}


def _date(text: str) -> date | None:
    try:
        return datetime.strptime(text, "%Y%m%d").date()
    except ValueError:
        return None


def _begins(day: date, zone: str) -> int:
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=times.zone(zone))
    return times.from_datetime(noon) - 12 * times.HOUR
