"""The moving things of a store as vehicles: whoever has a longitude and a latitude (or x and y) among its readings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from twin import times
from twin.data import Tracks
from twin.frame import Frame
from twin.history import columns, places, tracks
from twin.history.motion import MEASURES
from twin.history.positions import PLACED_BY
from twin.history.store import FAR_US, Look, Store, connection
from twin.layer import Source
from twin.readers import Info, NotMine, Progress, Request, reader
from twin.sensors import Datastream
from twin.text import tr
from twin.trouble import Trouble

NAME = "track-store"                             # of the reader
MOST_FIXES = 10_000_000                          # of the newest are read: more does not fit beside a city
PAIRS = (("lon", "lat"), ("x", "y"))
ROLES = ("lon", "lat", "x", "y", "elevation", "speed", "heading", *MEASURES)


def moving_things(streams: Iterable[Datastream]) -> dict[str, dict[str, Datastream]]:
    """The datastreams of each thing that moves, by what they say of it (see ROLES)."""
    things: dict[str, dict[str, Datastream]] = {}
    for stream in streams:
        role = _role_of(stream.property) if stream.thing else ""
        if role:
            things.setdefault(stream.thing, {}).setdefault(role, stream)
    return {thing: told for thing, told in things.items() if any(set(pair) <= told.keys() for pair in PAIRS)}


def _role_of(property: str) -> str:
    meant = columns.meanings(property)
    known = next((role for role in ("lon", "lat", "x", "y", "elevation") if role in meant), "")
    return known or tracks.role_of(property)


def sniff(path: Path, head: bytes) -> float:
    """A store opens as sensors; its vehicles are a layer that is asked for by name."""
    return 0.0


def inspect(path: Path, source: Source) -> list[Info]:
    with Store(path) as store:
        look, facts = store.look(), store.describe()
        things = moving_things(k.stream for k in look.known)
        if not things:
            raise NotMine
        place = _about(store, look, things)
    zone = source.time_zone or "Asia/Shanghai"
    span = tuple(times.iso(t, zone) for t in facts["span_ns"]) if facts["span_ns"] else None
    gap_secs = 60.0
    return [Info(path=source.path, kind="vehicles", format="citytwin history", name=tr("Vehicles"), crs="EPSG:4326",
                 crs_source="file", count=len(things), units="km/h", time_span=span, place=place,
                 suggest={"gap_secs": gap_secs, "hold_secs": 5 * gap_secs})]


def _about(store: Store, look: Look, things: dict[str, dict[str, Datastream]]) -> tuple[float, float] | None:
    """(longitude, latitude) in the middle of where they drive; None where they are told in metres."""
    with connection() as con:
        events = store.events(con, look, (-FAR_US, FAR_US))
        ids = [[told[axis].id for told in things.values() if axis in told] for axis in ("lon", "lat")]
        found = [con.execute(f"SELECT median(value) FROM ({events}) WHERE list_contains(?, datastream)", [some])
                 .fetchone()[0] for some in ids]
    return None if None in found else tuple(found)


@reader(NAME, label="Vehicles in a store of readings", suffixes=(), sniff=sniff, inspect=inspect, stall_secs=600.0)
def read(request: Request, progress: Progress) -> Tracks:
    progress(0, 0, tr("Reading the readings"))
    with Store(request.path) as store:
        look = store.look()
        things = moving_things(k.stream for k in look.known)
        if not things:
            raise Trouble(tr("Nothing in this store moves."), path=request.source.path,
                          way_out=tr("Record or import positions: longitude and latitude of each vehicle."))
        found = _fixes(store, look, things)
    return _content(things, found, request.source, request.frame.crs).placed(request.frame)


@dataclass(frozen=True, eq=False)
class Fresh:
    """All fixes of a store at or after `since_ns`, as `motion_of` asks for them, of the things `ids`."""

    since_ns: int
    ids: list[str]
    fixes: dict


def fresh_in_worker(source: Source, frame: Frame, since_ns: int, progress: Progress) -> Fresh | None:
    """Runs in a worker: what a store knows of its vehicles at or after `since_ns`.

    None where nothing is, or where only all the distances tell in what unit the speeds are.
    """
    with Store(Path(source.path)) as store:
        look = store.look()
        things = moving_things(k.stream for k in look.known)
        found = _fixes(store, look, things, since_ns // 1000)
    content = _content(things, found, source, frame.crs) if things and len(found["t"]) else None
    if content is None or (content.speed is not None and not content.kmh):
        return None
    return Fresh(since_ns, list(things), content.fixes(frame)[0])


def _fixes(store: Store, look: Look, things: dict[str, dict[str, Datastream]],
           first_us: int = -FAR_US) -> dict[str, np.ndarray]:
    """Columns `thing` (number), `t` (µs) and every role, NaN where it was not said then; newest first."""
    import pyarrow as pa
    told = [(stream.id, number, role) for number, streams in enumerate(things.values())
            for role, stream in streams.items()]
    names = pa.table({"id": [t[0] for t in told], "thing": pa.array([t[1] for t in told], pa.int32()),
                      "role": [t[2] for t in told]})
    every = ", ".join(f"any_value(value) FILTER (role = '{role}') AS \"{role}\"" for role in ROLES)
    with connection() as con:
        con.register("names", names)
        events = store.events(con, look, (first_us, FAR_US))
        rows = con.execute(f"""SELECT thing, t, {every} FROM ({events}) JOIN names ON datastream = id
            GROUP BY thing, t HAVING ("lon" IS NOT NULL AND "lat" IS NOT NULL) OR ("x" IS NOT NULL AND "y" IS NOT NULL)
            ORDER BY t DESC LIMIT {MOST_FIXES}""").to_arrow_table()
    return {name: rows.column(name).to_numpy() if name in ("thing", "t") else places.numbers(rows.column(name))
            for name in rows.column_names}


def _content(things: dict, found: dict[str, np.ndarray], source: Source, project_crs: str) -> tracks.Content:
    degrees = np.isfinite(found["lon"])
    pair = ("lon", "lat") if degrees.any() else ("x", "y")
    keep = np.isfinite(found[pair[0]]) & np.isfinite(found[pair[1]])
    first = next(iter(things.values()))
    told_crs = first[pair[0]].crs if pair[0] in first else ""
    crs = source.crs or told_crs or ("EPSG:4326" if degrees.any() else project_crs)
    said = {role: found[role][keep] for role in ROLES if np.isfinite(found[role][keep]).any()}
    by_timetable = sum(_more(told, PLACED_BY) == "timetable" for told in things.values())
    placed = (tr("{n} trips do not say where they are: their timetable and their delay do.", n=by_timetable),) \
        if by_timetable else ()
    most = (tr("Only the newest {n} fixes are shown.", n=f"{MOST_FIXES:,}"),) if len(keep) == MOST_FIXES else ()
    speeds = next((told["speed"] for told in things.values() if "speed" in told), Datastream(id=""))
    chosen = "user" if source.crs or told_crs else "file"
    known = tracks.kmh_of(f"speed ({speeds.unit})") or tracks.kmh_of(speeds.property)
    return tracks.Content(
        names=list(things), modes=[_more(told, "mode") for told in things.values()],
        things=found["thing"][keep].astype(np.int32), times_ns=found["t"][keep].astype(np.int64) * 1000,
        where=places.Places(found[pair[0]][keep], found[pair[1]][keep], crs, chosen),
        speed=said.get("speed"), kmh=known, heading=said.get("heading"), height_m=said.get("elevation"),
        measures={n: said[n] for n in MEASURES if n in said}, notes=(*placed, *most),
        labels={n: [_more(told, n) for told in things.values()] for n in ("route", "trip")})


def _more(told: dict[str, Datastream], name: str) -> str:
    return next((str(stream.more[name]) for stream in told.values() if stream.more.get(name)), "")
