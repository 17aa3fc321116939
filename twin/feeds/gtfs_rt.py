"""GTFS-realtime: where the vehicles are, as datastreams `vehicle/longitude`, `/latitude`, `/speed` and `/bearing`."""

from __future__ import annotations

import time

from twin.feeds.decoding import LONGEST_ID, Readings
from twin.feeds.feed import Feed
from twin.feeds.polling import Ask
from twin.sensors import OK, Datastream
from twin.text import tr
from twin.times import DAY, SECOND

MEASURES = {"longitude": "°", "latitude": "°", "speed": "m/s", "bearing": "°"}


def asking(feed: Feed) -> Ask:
    met: set[str] = set()

    def ask(get):
        body = get(feed.url)
        yield "vehicles", b"", positions(body, time.time_ns(), met)
    return ask


def positions(body: bytes, arrived_ns: int, met: set[str]) -> Readings:
    """The vehicles of a feed message; `met` are ids whose datastream was told already."""
    from google.protobuf.message import DecodeError
    from google.transit.gtfs_realtime_pb2 import FeedMessage
    out, message = Readings(), FeedMessage()
    try:
        message.ParseFromString(body)
    except DecodeError as error:
        out.rejects.append((tr("it is no GTFS-realtime message"), str(error)))
        return out
    for entity in message.entity:
        if entity.HasField("vehicle") and entity.vehicle.HasField("position"):
            _one(entity, message.header.timestamp, arrived_ns, met, out)
    return out


def _one(entity, header_secs: int, arrived_ns: int, met: set[str], out: Readings) -> None:
    vehicle = entity.vehicle
    id = vehicle.vehicle.id or vehicle.vehicle.label or entity.id
    time_ns = (vehicle.timestamp or header_secs) * SECOND
    place = vehicle.position
    if not id.isprintable() or not 0 < len(id) <= LONGEST_ID:
        out.rejects.append((tr("the datastream has no name that can be kept"), entity.id[:200]))
        return
    if not 0 < time_ns <= arrived_ns + DAY:
        out.rejects.append((tr("the time cannot be read"), f"{id} {vehicle.timestamp}"))
        return
    if not (abs(place.longitude) <= 180 and abs(place.latitude) <= 90 and (place.longitude or place.latitude)):
        out.rejects.append((tr("the place is nowhere on earth"), f"{id} {place.longitude} {place.latitude}"))
        return
    for name, unit in MEASURES.items():
        if not place.HasField(name):
            continue
        stream = f"{id}/{name}"
        if stream not in met:
            met.add(stream)
            out.streams.append(Datastream(id=stream, name=stream, thing=id, property=name, unit=unit, moving=True))
        out.ids.append(stream)
        out.times_ns.append(time_ns)
        out.values.append(float(getattr(place, name)))
        out.quality.append(OK)
