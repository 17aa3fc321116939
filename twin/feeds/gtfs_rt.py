"""GTFS-realtime: the vehicles as datastreams `vehicle/longitude`, `/latitude`, `/speed`, `/bearing`, `/load` and
`/delay`; trips that are late without a vehicle in sight as `trip/delay`, with a place where a timetable of the
project knows it."""

from __future__ import annotations

import math
import time
from pathlib import Path

from twin.feeds.decoding import Readings
from twin.feeds.feed import Feed
from twin.feeds.polling import Ask
from twin.feeds.tally import Tally
from twin.history.positions import PLACED_BY, Fix, told_by
from twin.history.trip_places import TripPlaces, timetables_of
from twin.sensors import OK, Datastream

# Name and unit of a measure -> what a fix calls it.
MEASURES = {"longitude": ("°", "lon"), "latitude": ("°", "lat"), "speed": ("m/s", "speed_m_s"),
            "bearing": ("°", "bearing_deg"), "load": ("%", "load"), "delay": ("s", "delay")}


def asking(feed: Feed, project: Path, tally: Tally) -> Ask:
    met: set[str] = set()
    places = TripPlaces((), "UTC")

    def ask(get):
        nonlocal places
        paths, zone = timetables_of(project)
        if paths != places.paths:
            places = TripPlaces(paths, zone)
        body = get(feed.url)
        readings = positions(body, time.time_ns(), met, places)
        for path, trouble in places.troubles.items():
            tally.warn(f"{trouble.what} {path}")
        yield "vehicles", b"", readings
    return ask


def positions(body: bytes, arrived_ns: int, met: set[str], places: TripPlaces | None = None) -> Readings:
    """The vehicles of a feed message; `met` are ids whose datastream was told already."""
    out, told = Readings(), told_by(body, arrived_ns, trips=True)
    out.rejects += told.rejects
    for fix in told.fixes:
        _one(places.placed(fix) if places else fix, met, out)
    return out


def _one(fix: Fix, met: set[str], out: Readings) -> None:
    for name, (unit, field) in MEASURES.items():
        value = getattr(fix, field)
        if math.isnan(value):
            continue
        stream = f"{fix.id}/{name}"
        if stream not in met:
            met.add(stream)
            by = "timetable" if fix.by_timetable else ""
            more = {n: said for n, said in (("route", fix.route), ("trip", fix.trip), (PLACED_BY, by)) if said}
            out.streams.append(Datastream(id=stream, name=stream, thing=fix.id, property=name, unit=unit,
                                          moving=not math.isnan(fix.lon),
                                          more=more))
        out.ids.append(stream)
        out.times_ns.append(fix.time_ns)
        out.values.append(float(value))
        out.quality.append(OK)
