"""What a GTFS-realtime message says of vehicles: where they are, how full, how late. Files and feeds share it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

from twin.text import tr
from twin.times import DAY, SECOND

LONGEST_ID = 500
SHOWN_BYTES = 200                                # of what is no message
PLACED_BY = "placed_by"                          # what datastreams of a trip say that its timetable places
# Percent of the room taken, by the words of the standard; None where they say nothing of it.
LOADS = {"EMPTY": 0.0, "MANY_SEATS_AVAILABLE": 25.0, "FEW_SEATS_AVAILABLE": 60.0, "STANDING_ROOM_ONLY": 85.0,
         "CRUSHED_STANDING_ROOM_ONLY": 95.0, "FULL": 100.0}


@dataclass(frozen=True, kw_only=True)
class Fix:
    """One vehicle at one time. NaN = not said; `time_ns` 0 = neither it nor the message has one.

    `by_timetable`: it does not say where it is, and stands where its timetable and its delay put it.
    """

    id: str
    time_ns: int
    lon: float
    lat: float
    speed_m_s: float = math.nan
    bearing_deg: float = math.nan
    load: float = math.nan                       # percent
    delay: float = math.nan                      # seconds late
    route: str = ""
    trip: str = ""
    by_timetable: bool = False


@dataclass
class Told:
    """`rejects`: (reason, text)."""

    fixes: list[Fix] = field(default_factory=list)
    rejects: list[tuple[str, str]] = field(default_factory=list)


def told_by(body: bytes, latest_ns: int, fallback_ns: int = 0, trips: bool = False) -> Told:
    """The vehicles of a message. A time after `latest_ns` and a day is none; `fallback_ns`: of a message without.

    `trips`: also how late the trips are whose vehicle is not in the message: a fix of the trip without a place.
    """
    from google.protobuf.message import DecodeError
    from google.transit.gtfs_realtime_pb2 import FeedMessage
    out, message = Told(), FeedMessage()
    try:
        message.ParseFromString(body)
    except DecodeError:
        out.rejects.append(_no_message(body))
        return out
    if not (message.HasField("header") or message.entity):       # nothing at all, which can be read without an error
        out.rejects.append(_no_message(body))
        return out
    delays = dict(_delays(message))
    for entity in message.entity:
        if entity.HasField("vehicle") and entity.vehicle.HasField("position"):
            _take(entity, message.header.timestamp, delays, latest_ns, fallback_ns, out)
    if trips:
        _take_trips(message, delays, latest_ns, fallback_ns, out)
    return out


def _no_message(body: bytes) -> tuple[str, str]:
    """The reason, and how what came instead begins."""
    text = body[:SHOWN_BYTES].decode("utf-8", "replace").strip()
    if not body:
        return tr("the answer is empty: a GTFS-realtime message (protobuf) is wanted"), ""
    if text[:1] in ("{", "["):
        return tr("this is JSON, a GTFS-realtime message (protobuf) is wanted: ask the server for that, or choose "
                  "“HTTP, asked again and again”"), text
    if text[:1] == "<":
        return tr("this is a web page or XML, a GTFS-realtime message (protobuf) is wanted"), text
    return tr("it is no GTFS-realtime message"), text


def _take_trips(message, delays: dict[str, float], latest_ns: int, fallback_ns: int, out: Told) -> None:
    driven = {fix.trip for fix in out.fixes}
    for update in (entity.trip_update for entity in message.entity if entity.HasField("trip_update")):
        id, time_ns = _name(update.trip.trip_id), (update.timestamp or message.header.timestamp) * SECOND or fallback_ns
        named = id.isprintable() and 0 < len(id) <= LONGEST_ID and id not in driven
        if named and f"trip {id}" in delays and 0 < time_ns <= latest_ns + DAY:
            out.fixes.append(Fix(id=id, time_ns=time_ns, lon=math.nan, lat=math.nan, delay=delays[f"trip {id}"],
                                 route=_name(update.trip.route_id), trip=id))


def _delays(message) -> Iterator[tuple[str, float]]:
    """Seconds late by vehicle and by trip, as the trip updates of the same message say."""
    for entity in message.entity:
        if not entity.HasField("trip_update"):
            continue
        update = entity.trip_update
        late = [event.delay for stop in update.stop_time_update
                for event in (stop.arrival, stop.departure) if event.HasField("delay")]
        if not (update.HasField("delay") or late):
            continue
        secs = float(update.delay if update.HasField("delay") else late[0])
        for key in (f"trip {update.trip.trip_id}" if update.trip.trip_id else "",
                    f"vehicle {update.vehicle.id}" if update.vehicle.id else ""):
            if key:
                yield key, secs


def _take(entity, header_secs: int, delays: dict[str, float], latest_ns: int, fallback_ns: int, out: Told) -> None:
    vehicle, place = entity.vehicle, entity.vehicle.position
    id = _name(vehicle.vehicle.id) or _name(vehicle.vehicle.label) or _name(entity.id)
    time_ns = (vehicle.timestamp or header_secs) * SECOND or fallback_ns
    if not id.isprintable() or not 0 < len(id) <= LONGEST_ID:
        out.rejects.append((tr("the datastream has no name that can be kept"), str(entity.id[:200])))
        return
    if not 0 < time_ns <= latest_ns + DAY:
        out.rejects.append((tr("the time cannot be read"), f"{id} {vehicle.timestamp}"))
        return
    if not (abs(place.longitude) <= 180 and abs(place.latitude) <= 90 and (place.longitude or place.latitude)):
        out.rejects.append((tr("the place is nowhere on earth"), f"{id} {place.longitude} {place.latitude}"))
        return
    late = delays.get(f"trip {vehicle.trip.trip_id}", delays.get(f"vehicle {vehicle.vehicle.id}", math.nan))
    out.fixes.append(Fix(
        id=id, time_ns=time_ns, lon=place.longitude, lat=place.latitude, load=_load(vehicle), delay=late,
        speed_m_s=place.speed if place.HasField("speed") else math.nan,
        bearing_deg=place.bearing if place.HasField("bearing") else math.nan,
        route=_name(vehicle.trip.route_id), trip=_name(vehicle.trip.trip_id)))


def _name(said: str | bytes) -> str:
    """What is no UTF-8 comes as bytes, and is no name."""
    return said if isinstance(said, str) else ""


def _load(vehicle) -> float:
    if vehicle.HasField("occupancy_percentage"):
        return float(vehicle.occupancy_percentage)
    if not vehicle.HasField("occupancy_status"):
        return math.nan
    return LOADS.get(vehicle.OccupancyStatus.Name(vehicle.occupancy_status), math.nan)
