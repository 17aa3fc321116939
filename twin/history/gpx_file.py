"""GPS traces in GPX 1.0 and 1.1: every track is a thing that moves; between its segments nothing is known.

Tracks without times are lines on a map, and left to the readers of vectors.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from twin import times
from twin.history import places, tracks
from twin.layer import Source
from twin.readers import USUAL, Assumed, Info, NotMine, Progress, Request, reader
from twin.text import tr
from twin.trouble import Trouble

SPEED, COURSE = ("speed",), ("course", "heading", "bearing", "cog")     # in GPX 1.0, and in extensions of 1.1


def sniff(path: Path, head: bytes) -> float:
    return 0.8 if b"<gpx" in head[:4096] and b"<trkpt" in head + _further(path, head) else 0.0


def _further(path: Path, head: bytes) -> bytes:
    """What follows a long list of waypoints."""
    if b"<wpt" not in head or path.is_dir():
        return b""
    with open(path, "rb") as file:
        return file.read(1 << 24)


@dataclass
class _Points:
    """One list per value, a cell for each point that has a time and a place."""

    things: list[int] = field(default_factory=list)
    times_ns: list[int] = field(default_factory=list)
    lon: list[float] = field(default_factory=list)
    lat: list[float] = field(default_factory=list)
    height_m: list[float] = field(default_factory=list)
    speed: list[float] = field(default_factory=list)
    heading: list[float] = field(default_factory=list)
    cut: list[bool] = field(default_factory=list)
    naive: int = 0
    timeless: int = 0
    broken: int = 0


def content_of(path: Path, source: Source, time_zone: str) -> tracks.Content:
    """Everything the file says. Raises NotMine where no track has times."""
    points, names, modes = _Points(), [], []
    for track in _tracks(path):
        names.append(_text(track, "name"))
        modes.append(_text(track, "type"))
        for segment in _children(track, "trkseg"):
            for point in _children(segment, "trkpt"):
                _take(points, point, len(names) - 1, time_zone)
            if points.cut:
                points.cut[-1] = True
    if not points.times_ns:
        raise NotMine
    crs = source.crs or "EPSG:4326"
    where = places.Places(np.array(points.lon), np.array(points.lat), crs, "user" if source.crs else "file")
    names = _distinct([name or Path(source.path).stem for name in names])
    return tracks.Content(names=names, modes=modes, things=np.array(points.things, np.int32),
                          times_ns=np.array(points.times_ns, np.int64), where=where, speed=_known(points.speed),
                          kmh=3.6, heading=_known(points.heading), height_m=_known(points.height_m),
                          cut=np.array(points.cut), notes=_notes(points, time_zone, path.read_bytes().count(b"<wpt ")))


def _tracks(path: Path):
    """Elements of tracks, one after the other; what was read is given up again."""
    from lxml import etree
    try:
        with open(path, "rb") as file:
            for _, element in etree.iterparse(file, tag="{*}trk", resolve_entities=False, no_network=True):
                yield element
                element.clear()
    except etree.XMLSyntaxError as error:
        raise Trouble(tr("This GPX file is damaged or cut off."), cause=str(error),
                      way_out=tr("Copy or export it again."), path=str(path)) from None


def _take(points: _Points, point, thing: int, time_zone: str) -> None:
    lon, lat = _number(point.get("lon")), _number(point.get("lat"))
    said = _text(point, "time")
    if not (abs(lon) <= 180 and abs(lat) <= 90):                 # NaN too
        points.broken += 1
        return
    if not said:
        points.timeless += 1
        return
    try:
        time_ns = times.parse(said, time_zone)
    except Trouble:
        points.broken += 1
        return
    points.naive += said[-1] not in "Zz" and "+" not in said and "-" not in said[10:]
    points.things.append(thing)
    points.times_ns.append(time_ns)
    points.lon.append(lon)
    points.lat.append(lat)
    points.height_m.append(_number(_text(point, "ele")))
    points.speed.append(_number(_deep(point, SPEED)))
    points.heading.append(_number(_deep(point, COURSE)))
    points.cut.append(False)


def _children(element, name: str):
    return element.iterchildren(f"{{*}}{name}")


def _text(element, name: str) -> str:
    return (element.findtext(f"{{*}}{name}") or "").strip()


def _deep(point, names: tuple[str, ...]) -> str:
    """The text of the first descendant of one of these names, in whatever extension."""
    return next((e.text or "" for name in names for e in point.iterdescendants(f"{{*}}{name}")), "")


def _number(text: str | None) -> float:
    try:
        return float(text)
    except (TypeError, ValueError):
        return math.nan


def _known(values: list[float]) -> np.ndarray | None:
    out = np.array(values)
    return out if np.isfinite(out).any() else None


def _distinct(names: list[str]) -> list[str]:
    """Tracks of one name are apart: a number tells them."""
    met: Counter[str] = Counter()
    out = []
    for name in names:
        met[name] += 1
        out.append(name if met[name] == 1 else f"{name} {met[name]}")
    return out


def _notes(points: _Points, time_zone: str, waypoints: int) -> tuple[str, ...]:
    facts = ((waypoints, tr("{n} waypoints of the file do not move: they are not shown.", n=waypoints)),
             (points.timeless, tr("{n} points have no time and were left out.", n=points.timeless)),
             (points.broken, tr("{n} points have no place or a time that cannot be read, and were left out.",
                                n=points.broken)),
             (points.naive, tr("The time stamps have no zone and were read in {zone}.", zone=time_zone)))
    return tuple(words for n, words in facts if n)


def inspect(path: Path, source: Source, assumed: Assumed = USUAL) -> list[Info]:
    time_zone = source.time_zone or assumed.time_zone
    return [tracks.info_of(content_of(path, source, time_zone), source, "GPX", time_zone)]


@reader("track-gpx", label="GPS traces (GPX)", suffixes=(".gpx",), sniff=sniff, inspect=inspect, assumes=True)
def read(request: Request, progress: Progress):
    progress(0, 0, tr("Reading the points"))
    try:
        content = content_of(request.path, request.source, request.source.time_zone or request.time_zone)
    except NotMine:
        raise Trouble(tr("No track of this file has times."), path=request.source.path,
                      way_out=tr("Record it with times, or add it as lines.")) from None
    return content.placed(request.frame)
