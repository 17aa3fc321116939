"""Vehicle positions of GTFS-realtime in files: one message, or a zip of messages that were saved one after another."""

from __future__ import annotations

import math
import zipfile
from pathlib import Path

import numpy as np

from twin import times
from twin.history import places, tracks
from twin.history.positions import Fix, Told, told_by
from twin.history.trip_places import TripPlaces, timetables_beside, unplaced_words
from twin.layer import Source
from twin.readers import USUAL, Assumed, Info, NotMine, Progress, Request, reader
from twin.text import tr
from twin.trouble import Trouble
from twin.zip_faults import BROKEN_ZIP

MOST_BYTES = 1 << 30                             # of all messages of a zip, unpacked
ENDLESS_NS = times.parse("2200-01-01T00:00:00Z")


def sniff(path: Path, head: bytes) -> float:
    if _is_message(head):
        return 0.95
    return 0.96 if head[:4] == b"PK\x03\x04" and messages_in(path) else 0.0


def _is_message(head: bytes) -> bool:
    """It begins with a header whose first field is the version, such as 2.0."""
    return len(head) > 6 and head[0] == 0x0A and head[2:4] == b"\x0a\x03" and head[5:6] == b"." and head[4:5].isdigit()


def messages_in(path: Path) -> list[str]:
    try:
        with zipfile.ZipFile(path) as file:
            names = sorted(i.filename for i in file.infolist() if not i.is_dir())
            if not names:
                return []
            with file.open(names[0]) as first:
                return names if _is_message(first.read(16)) else []
    except BROKEN_ZIP:
        return []


def _bodies(path: Path):
    """(message, when its file was written (ns)) of each. A zip says nothing of time; what is damaged in it has no
    body (None)."""
    with open(path, "rb") as file:
        zipped = file.read(4) == b"PK\x03\x04"
    if not zipped:
        yield path.read_bytes(), path.stat().st_mtime_ns // times.SECOND * times.SECOND
        return
    with zipfile.ZipFile(path) as archive:
        infos = sorted((i for i in archive.infolist() if not i.is_dir()), key=lambda i: i.filename)
        if sum(i.file_size for i in infos) > MOST_BYTES:
            raise Trouble(tr("These messages are larger than can be read at once."), path=str(path),
                          way_out=tr("Divide them into several files."))
        for info in infos:
            yield _member(archive, info), 0


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes | None:
    try:
        return archive.read(info)
    except BROKEN_ZIP:
        return None


def content_of(path: Path, source: Source, time_zone: str) -> tracks.Content:
    """`source.positions`: the timetable (GTFS) of trips that only say how late they are; "" = one that lies beside."""
    told, guessed, own_ns = Told(), 0, 0
    for body, own_ns in _bodies(path):
        if body is None:
            told.rejects.append((tr("it is damaged in the zip"), ""))
            continue
        one = told_by(body, ENDLESS_NS, own_ns, trips=True)
        guessed += sum(fix.time_ns == own_ns for fix in one.fixes)
        told.fixes += one.fixes
        told.rejects += one.rejects
    told.fixes, lost = _placed(told.fixes, path, source, time_zone)
    if not told.fixes:
        raise Trouble(lost, path=str(path)) if lost else NotMine
    names = sorted({fix.id for fix in told.fixes})
    number = {name: n for n, name in enumerate(names)}
    first = {fix.id: fix for fix in reversed(told.fixes)}
    columns = {n: np.array([getattr(fix, n) for fix in told.fixes], float)
               for n in ("lon", "lat", "speed_m_s", "bearing_deg", "load", "delay")}
    notes = []
    if guessed:
        notes.append(tr("{n} positions have no time: they stand at the time of the file, {time} UTC.", n=guessed,
                        time=times.readable(own_ns, "UTC", seconds=True)[:19]))
    by_timetable = len({fix.id for fix in told.fixes if fix.by_timetable})
    if by_timetable:
        notes.append(tr("{n} trips do not say where they are: their timetable and their delay do.", n=by_timetable))
    if lost:
        notes.append(lost)
    if told.rejects:
        notes.append(tr("{n} positions were left out: {reason}", n=len(told.rejects), reason=told.rejects[0][0]))
    return tracks.Content(
        names=names, modes=[""] * len(names),
        things=np.array([number[fix.id] for fix in told.fixes], np.int32),
        times_ns=np.array([fix.time_ns for fix in told.fixes], np.int64),
        where=places.Places(columns["lon"], columns["lat"], source.crs or "EPSG:4326", "file"),
        speed=_said(columns["speed_m_s"]), kmh=3.6, heading=_said(columns["bearing_deg"]),
        measures={n: columns[n] for n in ("load", "delay") if _said(columns[n]) is not None},
        labels={n: [getattr(first[name], n) for name in names] for n in ("route", "trip")}, notes=tuple(notes))


def _placed(fixes: list[Fix], path: Path, source: Source, time_zone: str) -> tuple[list[Fix], str]:
    """Fixes that have a place, by a timetable where it takes one; and what to say of the others."""
    if not any(math.isnan(fix.lon) for fix in fixes):
        return fixes, ""
    places = TripPlaces((Path(source.positions),) if source.positions else timetables_beside(path), time_zone)
    found = [places.placed(fix) for fix in fixes]
    if places.troubles:
        raise next(iter(places.troubles.values()))
    return [fix for fix in found if not math.isnan(fix.lon)], unplaced_words(found, places)


def _said(values: np.ndarray) -> np.ndarray | None:
    return values if np.isfinite(values).any() else None


def inspect(path: Path, source: Source, assumed: Assumed = USUAL) -> list[Info]:
    time_zone = source.time_zone or assumed.time_zone
    content = content_of(path, source, time_zone)
    info = tracks.info_of(content, source, "GTFS-realtime", time_zone)
    single = len(content.things) == len(content.names)           # a moment: it is seen for a while all the same
    hold = {"gap_secs": 120.0, "hold_secs": 3600.0} if single else {}
    info.suggest.update(hold, color_by="route")
    return [info]


@reader("track-gtfs-rt", label="Positions of vehicles (GTFS-realtime)", suffixes=(".pb", ".bin", ".zip"), sniff=sniff,
        inspect=inspect, assumes=True)
def read(request: Request, progress: Progress):
    progress(0, 0, tr("Reading the positions"))
    try:
        content = content_of(request.path, request.source, request.source.time_zone or request.time_zone)
    except NotMine:
        raise Trouble(tr("This message says of no vehicle where it is."), path=request.source.path,
                      way_out=tr("Save the feed of vehicle positions.")) from None
    return content.placed(request.frame)
