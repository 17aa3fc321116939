"""GTFS feeds as vehicles that drive by the timetable: every trip along its shape, on the days of its service."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from twin import times
from twin.data import Tracks
from twin.frame import Frame
from twin.history import gtfs_ways as ways
from twin.history.gtfs_tables import Feed, members, mode_of, seconds, service_days
from twin.history.motion import motion_of
from twin.history.timetable import Timetable
from twin.history.tracks import features_of
from twin.layer import Source
from twin.readers import USUAL, Assumed, Info, NotMine, Progress, Request, reader
from twin.text import tr
from twin.trouble import Trouble

NAME = "track-gtfs"                              # of the reader
MOST_FIXES = 40_000_000                          # of all trips of a day: more does not fit beside a city
EVERY = 500                                      # trips between two words of progress


@dataclass(frozen=True, kw_only=True)
class Trip:
    """`starts`: seconds by which its times are shifted, one for each run of a frequency; (0,) = as they stand."""

    id: str
    service: str
    route: str
    mode: str
    headsign: str
    shape: str
    rows: slice                                  # of the sorted stop_times
    starts: tuple[float, ...] = (0.0,)
    named: tuple[str, ...] = ("",)               # what tells the runs apart


@dataclass(frozen=True, eq=False, kw_only=True)
class Plan:
    """A feed that was understood and not drawn yet. Stop times are sorted by trip and order."""

    zone: str
    trips: list[Trip]
    days: dict[str, np.ndarray]
    stop_of: np.ndarray                          # (k,) rows of `stops`
    arrives: np.ndarray
    leaves: np.ndarray
    told_m: np.ndarray
    stops: np.ndarray                            # (s, 2) degrees
    notes: list[str] = field(default_factory=list)

    @property
    def runs(self) -> int:
        return sum(len(trip.starts) for trip in self.trips)


def sniff(path: Path, head: bytes) -> float:
    return 0.97 if head[:4] == b"PK\x03\x04" and members(path) else 0.0


def planned(path: Path, time_zone: str) -> Plan:
    feed = Feed(path)
    zone = feed.time_zone
    notes = [] if zone else [tr("The feed names no time zone of its agency: read in {zone}.", zone=time_zone)]
    zone = zone or time_zone
    times.zone(zone)
    stops = feed.table("stops")
    row_of = {id: n for n, id in enumerate(stops.get("stop_id", ()))}
    rows = feed.table("stop_times")
    if not row_of or not len(rows.get("trip_id", ())):
        raise NotMine
    known = np.array([row_of.get(s, -1) for s in rows["stop_id"]])
    trips = rows["trip_id"].astype(str)
    order = np.lexsort((_numbers(rows["stop_sequence"]), trips))
    lost = int((known < 0).sum())
    order = order[known[order] >= 0]
    if lost:
        notes.append(tr("{n} stop times name a stop that the feed does not have.", n=lost))
    trips = trips[order]
    starts = np.flatnonzero(np.concatenate([[True], trips[1:] != trips[:-1]]))
    pieces = {str(trips[a]): slice(a, b) for a, b in zip(starts, [*starts[1:], len(trips)])}
    arrives, leaves = (seconds(rows[n][order]) for n in ("arrival_time", "departure_time"))
    told_m = _numbers(rows["shape_dist_traveled"]) if "shape_dist_traveled" in rows else np.full(len(known), np.nan)
    days = service_days(feed, zone)
    made = _trips(feed, pieces, days, arrives, leaves, notes)
    return Plan(zone=zone, trips=made, days=days, stop_of=known[order], arrives=arrives, leaves=leaves,
                told_m=told_m[order],
                stops=np.column_stack([_numbers(stops["stop_lon"]), _numbers(stops["stop_lat"])]), notes=notes)


def usable(path: Path, time_zone: str) -> Plan:
    """The plan of a feed. Raises Trouble where no trip of it can be driven."""
    try:
        return planned(path, time_zone)
    except NotMine:
        raise Trouble(tr("No trip of this feed can be driven."), path=str(path),
                      way_out=tr("Check its tables trips, stop_times, calendar and calendar_dates.")) from None


def _trips(feed: Feed, pieces, days, arrives, leaves, notes: list[str]) -> list[Trip]:
    routes, runs = _routes(feed), _frequencies(feed)
    table, left, out = feed.table("trips"), Counter(), []
    blank = np.full(len(table.get("trip_id", ())), "")
    columns = [table.get(n, blank) for n in ("trip_id", "service_id", "route_id", "trip_headsign", "shape_id")]
    for id, service, route, headsign, shape in zip(*columns):
        rows = pieces.get(id)
        if rows is None or rows.stop - rows.start < 2:
            left["stops"] += 1
        elif not len(days.get(service, ())):
            left["days"] += 1
        else:
            name, mode = routes.get(route, (route, ""))
            first = np.nanmin(np.fmin(arrives[rows], leaves[rows])) if id in runs else 0.0
            starts = tuple(start - first for start in runs[id]) if id in runs else (0.0,)
            named = tuple(clock_text(start) for start in runs[id]) if id in runs else ("",)
            out.append(Trip(id=id, service=service, route=name, mode=mode, headsign=headsign, shape=shape, rows=rows,
                            starts=starts, named=named))
    words = {"stops": tr("{n} trips have fewer than two stops and were left out.", n=left["stops"]),
             "days": tr("{n} trips run on no day and were left out.", n=left["days"])}
    notes += [words[why] for why in left]
    if not out:
        raise NotMine
    return out


def _routes(feed: Feed) -> dict[str, tuple[str, str]]:
    """(name, mode) by route."""
    table = feed.table("routes")
    blank = np.full(len(table.get("route_id", ())), "")
    columns = (table.get(n, blank) for n in ("route_id", "route_short_name", "route_long_name", "route_type"))
    return {id: (short or long or id, mode_of(kind)) for id, short, long, kind in zip(*columns)}


def _frequencies(feed: Feed) -> dict[str, list[float]]:
    """Seconds at which each trip that is told by its headway departs."""
    table, out = feed.table("frequencies"), {}
    if not table:
        return out
    ends = (seconds(table[n]) for n in ("start_time", "end_time"))
    for trip, first, last, step in zip(table["trip_id"], *ends, _numbers(table["headway_secs"])):
        if np.isfinite([first, last, step]).all() and step > 0:
            out.setdefault(trip, []).extend(np.arange(first, max(last, first + 1), step).tolist())
    return {trip: sorted(set(starts)) for trip, starts in out.items()}


def clock_text(secs: float) -> str:
    return f"{int(secs) // 3600:02d}:{int(secs) % 3600 // 60:02d}"


def _numbers(texts: np.ndarray) -> np.ndarray:
    import pyarrow as pa

    from twin.history.places import numbers
    return numbers(pa.array(texts.astype(str), pa.string()))


# -- from the plan to what drives --------------------------------------------------------------------------


def drawn(path: Path, plan: Plan, frame: Frame, progress: Progress) -> Tracks:
    shapes, drives, notes = _shapes(Feed(path)), {}, list(plan.notes)
    secs, lonlat, counts, kept = [], [], [], []
    made_up = useless = fixes = 0
    for number, trip in enumerate(plan.trips):
        if number % EVERY == 0:
            progress(number, len(plan.trips), tr("Laying the trips along their ways"))
        moments, places, guessed = _drive(trip, plan, shapes, drives)
        made_up += guessed
        if moments is None:
            useless += 1
            continue
        kept.append(trip)
        fixes += len(moments) * len(trip.starts)
        if fixes > MOST_FIXES:
            raise Trouble(tr("This feed has more trips than can be shown."), path=str(path),
                          cause=tr("They make more than {n} places", n=f"{MOST_FIXES:,}"),
                          way_out=tr("Cut the feed to fewer lines."))
        for start in trip.starts:
            secs.append(moments + start)
            lonlat.append(places)
            counts.append(len(moments))
    if not kept:
        raise Trouble(tr("No trip of this feed has usable times."), path=str(path),
                      way_out=tr("Check its table stop_times."))
    if made_up:
        notes.append(tr("{n} stop times are missing or do not get on: they follow from the distances.", n=made_up))
    if useless:
        notes.append(tr("{n} trips have no usable times and were left out.", n=useless))
    return _tracks(kept, plan, frame, (np.concatenate(secs), np.concatenate(lonlat), np.array(counts)), notes)


def _drive(trip: Trip, plan: Plan, shapes, drives):
    """(seconds, degrees, times made up) of one trip; trips that stop at the same places share their way."""
    rows = trip.rows
    stops = plan.stop_of[rows]
    key = (trip.shape, stops.tobytes(), plan.told_m[rows].tobytes())
    if key not in drives:
        places = plan.stops[stops]
        shape = shapes.get(trip.shape) or ways.Shape.of(places)
        drives[key] = (shape, shape.along_m if trip.shape not in shapes
                       else ways.stops_along(shape, places, plan.told_m[rows]))
    shape, along_m = drives[key]
    arrives, leaves, guessed = ways.timed(along_m, plan.arrives[rows], plan.leaves[rows])
    if not np.isfinite(arrives).all() or not np.isfinite(along_m).all():
        return None, None, 0
    return *ways.drive(shape, along_m, arrives, leaves), guessed


def _shapes(feed: Feed) -> dict[str, ways.Shape]:
    table, out = feed.table("shapes"), {}
    if not table:
        return out
    ids = table["shape_id"].astype(str)
    order = np.lexsort((_numbers(table["shape_pt_sequence"]), ids))
    lonlat = np.column_stack([_numbers(table["shape_pt_lon"]), _numbers(table["shape_pt_lat"])])[order]
    told = _numbers(table["shape_dist_traveled"])[order] if "shape_dist_traveled" in table else None
    ids = ids[order]
    starts = np.flatnonzero(np.concatenate([[True], ids[1:] != ids[:-1]])) if len(ids) else []
    for a, b in zip(starts, [*starts[1:], len(ids)]):
        good = np.isfinite(lonlat[a:b]).all(axis=1)
        if good.sum() >= 2:
            out[str(ids[a])] = ways.Shape.of(lonlat[a:b][good], None if told is None else told[a:b][good])
    return out


def _tracks(trips: list[Trip], plan: Plan, frame: Frame, fixes, notes: list[str]) -> Tracks:
    secs, lonlat, counts = fixes
    local = np.full((len(secs), 3), np.nan, np.float32)
    local[:, :2] = frame.to_local(lonlat[:, 0], lonlat[:, 1], crs="EPSG:4326")[:, :2]
    things = np.repeat(np.arange(len(counts), dtype=np.int32), counts)
    motion, _ = motion_of(things, np.round(secs * times.SECOND).astype(np.int64), local, len(counts))
    services = sorted({trip.service for trip in trips})
    days = [plan.days[service] for service in services]
    runs = [(trip, named) for trip in trips for named in trip.named]
    history = Timetable(**{**vars(motion), "turn_ns": 2 * times.SECOND},
                        services=np.array([services.index(t.service) for t, _ in runs], np.int32),
                        days_ns=np.concatenate(days), day_offsets=np.cumsum([0, *map(len, days)]))
    return Tracks(features=_features(runs), history=history, count=len(runs), crs="EPSG:4326", crs_source="file",
                  notes=(*notes, tr("{n} trips by the timetable, in the time zone {zone}.", n=f"{len(runs):,}",
                                    zone=plan.zone)))


def _features(runs: list[tuple[Trip, str]]):
    def title(trip: Trip, named: str) -> str:
        return " · ".join(x for x in (trip.route, trip.headsign, named or trip.id) if x)
    return features_of([f"{t.id} {named}".strip() for t, named in runs], [title(t, n) for t, n in runs],
                       [t.mode for t, _ in runs],
                       {"route": [t.route for t, _ in runs], "trip": [t.id for t, _ in runs],
                        "headsign": [t.headsign for t, _ in runs], "service": [t.service for t, _ in runs]})


# -- the reader --------------------------------------------------------------------------------------------


def inspect(path: Path, source: Source, assumed: Assumed = USUAL) -> list[Info]:
    return [_info(source, planned(path, source.time_zone or assumed.time_zone))]


def described(path: Path, source: Source, assumed: Assumed) -> tuple[Info, Plan]:
    """As `inspect`, with the plan itself. Raises Trouble where no trip can be driven."""
    plan = usable(path, source.time_zone or assumed.time_zone)
    return _info(source, plan), plan


def _info(source: Source, plan: Plan) -> Info:
    stops = plan.stops[np.isfinite(plan.stops).all(axis=1)]
    (west, south), (east, north) = stops.min(axis=0), stops.max(axis=0)
    days = np.concatenate(list(plan.days.values()))
    return Info(path=source.path, kind="vehicles", format="GTFS", name=Path(source.path).stem, crs="EPSG:4326",
                crs_source="file", extent=(float(west), float(south), None, float(east), float(north), None),
                count=plan.runs, units="km/h", notes=tuple(plan.notes),
                time_span=(times.iso(int(days.min()), plan.zone), times.iso(int(days.max()) + times.DAY, plan.zone)),
                suggest={"color_by": "route", "gap_secs": 86_400.0, "hold_secs": 86_400.0, "trail_secs": 120.0},
                extra={"trips": len(plan.trips), "stops": len(plan.stops), "agency_time_zone": plan.zone})


@reader(NAME, label="Timetables (GTFS)", suffixes=(".zip",), sniff=sniff, inspect=inspect, assumes=True,
        stall_secs=600.0)
def read(request: Request, progress: Progress) -> Tracks:
    progress(0, 0, tr("Reading the timetable"))
    plan = usable(request.path, request.source.time_zone or request.time_zone)
    return drawn(request.path, plan, request.frame, progress)
