"""GTFS-realtime: the vehicles as datastreams `vehicle/longitude`, `/latitude`, `/speed`, `/bearing`, `/load` and
`/delay`; trips that are late without a vehicle in sight as `trip/delay`."""

from __future__ import annotations

import math
import time

from twin.feeds.decoding import Readings
from twin.feeds.feed import Feed
from twin.feeds.polling import Ask
from twin.history.positions import Fix, told_by
from twin.sensors import OK, Datastream

# Name and unit of a measure -> what a fix calls it.
MEASURES = {"longitude": ("°", "lon"), "latitude": ("°", "lat"), "speed": ("m/s", "speed_m_s"),
            "bearing": ("°", "bearing_deg"), "load": ("%", "load"), "delay": ("s", "delay")}


def asking(feed: Feed) -> Ask:
    met: set[str] = set()

    def ask(get):
        body = get(feed.url)
        yield "vehicles", b"", positions(body, time.time_ns(), met)
    return ask


def positions(body: bytes, arrived_ns: int, met: set[str]) -> Readings:
    """The vehicles of a feed message; `met` are ids whose datastream was told already."""
    out, told = Readings(), told_by(body, arrived_ns, trips=True)
    out.rejects += told.rejects
    for fix in told.fixes:
        _one(fix, met, out)
    return out


def _one(fix: Fix, met: set[str], out: Readings) -> None:
    for name, (unit, field) in MEASURES.items():
        value = getattr(fix, field)
        if math.isnan(value):
            continue
        stream = f"{fix.id}/{name}"
        if stream not in met:
            met.add(stream)
            more = {n: said for n, said in (("route", fix.route), ("trip", fix.trip)) if said}
            out.streams.append(Datastream(id=stream, name=stream, thing=fix.id, property=name, unit=unit,
                                          moving=not math.isnan(fix.lon),
                                          more=more))
        out.ids.append(stream)
        out.times_ns.append(fix.time_ns)
        out.values.append(float(value))
        out.quality.append(OK)
