"""A store of readings as a layer of sensors."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from twin import times
from twin.data import Sensors
from twin.frame import Frame
from twin.history import replay
from twin.history.events import Events
from twin.history.places import Places
from twin.history.vehicle_store import moving_things
from twin.layer import Source
from twin.readers import Info, Progress, Request, reader
from twin.sensors import OK, Datastream
from twin.text import tr

SUFFIX = ".history"
MOST_SUSPECTS = 200_000                   # the newest, that the screen tells of


def sniff(path: Path, head: bytes) -> float:
    return 1.0 if path.is_dir() and (path / "store.json").is_file() else 0.0


def inspect(path: Path, source: Source) -> list[Info]:
    from twin.history.store import Store
    with Store(path) as store:
        look, facts = store.look(), store.describe()
    streams = [k.stream for k in look.known]
    moving = moving_things(streams)
    drives = {s.id for told in moving.values() for s in told.values()}     # a layer of vehicles shows these
    still = [s for s in streams if s.id not in drives]
    properties = list(dict.fromkeys(s.property for s in still if s.property))
    zone = source.time_zone or "Asia/Shanghai"
    span = tuple(times.iso(t, zone) for t in facts["span_ns"]) if facts["span_ns"] else None
    return [Info(path=source.path, kind="sensors", format="citytwin history", name=path.name.removesuffix(SUFFIX),
                 crs=next((s.crs for s in streams if s.crs), ""), crs_source="file", extent=_extent(streams),
                 count=len(streams), units=", ".join(dict.fromkeys(s.unit for s in streams if s.unit)), time_span=span,
                 notes=_notes(streams), suggest={"observed": properties[0]} if properties else {},
                 extra={"properties": properties, "readings": facts["readings"], "bytes": facts["bytes"],
                        "moving": len(moving)})]


@reader("sensor-store", label="Stores of readings", suffixes=(SUFFIX,), sniff=sniff, inspect=inspect, stall_secs=600.0)
def read(request: Request, progress: Progress) -> Sensors:
    from twin.history.cubes import lanes_of
    from twin.history.store import Store
    from twin.history.stored import StoredHistory, intervals_of
    progress(0, 0, tr("Reading the readings"))
    with Store(request.path) as store:
        look = store.look()
        lanes, columns = lanes_of(store, look, progress)
        facts = store.describe()
        suspects = store.all_suspects(look, MOST_SUSPECTS)
    known = [k for lane in columns for k in lane]
    history = StoredHistory(lanes=tuple(lanes), span_ns=facts["span_ns"] or (0, 0), revision=look.version,
                            interval_ns=intervals_of(lanes), numbers=np.array([k.number for k in known], np.int64))
    history.lay_over(hot_replay(look, known, history))
    history.suspects = _replay_of(suspects, known)
    streams = [k.stream for k in known]
    crs = next((s.crs for s in streams if s.crs), "")
    return Sensors(features=features_of(streams), positions=positions_of(streams, request.frame), history=history,
                   notes=_notes(streams), crs=crs, crs_source="file" if crs else "", count=len(streams))


def features_of(streams: list[Datastream]):
    """One row per datastream; columns that nobody fills are left out."""
    import pyarrow as pa
    rows = [{"id": s.id, "name": s.name or s.id, "name_zh": s.name_zh or None, "thing": s.thing, "property": s.property,
             "unit": s.unit, "zone": s.zone or None, "element": s.element or None, "height_m": s.height_m,
             "elevation_m": s.elevation_m, "height_datum": s.height_datum or None,
             "stale_secs": str(s.stale_secs) if s.stale_secs else None,
             **{k: str(v) for k, v in s.more.items()}} for s in streams]
    always = ("id", "name", "thing", "property", "unit")
    names = list(dict.fromkeys(name for row in rows for name in row)) or list(always)
    columns = {name: [row.get(name) for row in rows] for name in names}
    return pa.table({name: pa.array(cells, pa.float64() if name in ("height_m", "elevation_m") else pa.string())
                     for name, cells in columns.items() if name in always or any(c is not None for c in cells)})


def positions_of(streams: list[Datastream], frame: Frame) -> np.ndarray:
    """(n, 3) f4 in the frame; NaN = no place, z NaN = on the ground."""
    out = np.full((len(streams), 3), np.nan, np.float32)
    for crs in dict.fromkeys(s.crs for s in streams if s.x is not None):
        rows = [n for n, s in enumerate(streams) if s.crs == crs and s.x is not None]
        x, y = (np.array([getattr(streams[n], axis) for n in rows], np.float64) for axis in ("x", "y"))
        out[rows] = Places(x, y, crs, "file").to_local(frame)
    high = [n for n, s in enumerate(streams) if s.elevation_m is not None]
    out[high, 2] = [streams[n].elevation_m - frame.origin[2] for n in high]
    return out


def hot_replay(look, known, sealed, kept: Events | None = None):
    """The replay of good readings that are not sealed yet, over all rows; None = there are none.

    `kept`: readings beside them that were sealed after the cubes of `sealed` were made.
    """
    rows = {k.number: n for n, k in enumerate(known)}
    keep = np.isin(look.hot.numbers, list(rows)) & (look.hot.quality == OK)
    place = np.array([rows[n] for n in look.hot.numbers[keep].tolist()], np.int32)
    times_ns, values = look.hot.times_us[keep] * 1000, look.hot.values[keep].astype(np.float32)
    new = ~_repeats(place, times_ns, known, sealed)
    place, times_ns, values = place[new], times_ns[new], values[new]
    if kept is not None:
        place, times_ns, values = (np.concatenate(pair) for pair in (
            (kept.places, place), (kept.times_ns, times_ns), (kept.values, values)))
    return replay.build(place, times_ns, values, len(known))[0] if len(place) else None


def _replay_of(suspects: tuple, known) -> replay.Replay | None:
    ids, times_ns, values = suspects
    rows = {k.stream.id: n for n, k in enumerate(known)}
    place = np.array([rows[id] for id in ids], np.int32)
    return replay.build(place, times_ns, values.astype(np.float32), len(known))[0] if len(place) else None


def _repeats(place: np.ndarray, times_ns: np.ndarray, known, sealed) -> np.ndarray:
    """(k,) bool: readings that are sealed already; only late ones can be."""
    newest = np.array([-1 << 62 if k.newest_us is None else k.newest_us * 1000 for k in known], np.int64)
    out = np.zeros(len(place), bool)
    late = np.flatnonzero(times_ns <= newest[place])
    for time_ns in np.unique(times_ns[late]).tolist():
        _, ages = sealed.latest_at(time_ns)
        here = late[times_ns[late] == time_ns]
        out[here] = ages[place[here]] == 0
    return out


def _extent(streams: list[Datastream]) -> tuple[float, ...] | None:
    crs = next((s.crs for s in streams if s.crs), "")
    xy = [(s.x, s.y) for s in streams if s.x is not None and s.crs == crs]
    if not xy:
        return None
    x, y = zip(*xy)
    return min(x), min(y), 0.0, max(x), max(y), 0.0


def _notes(streams: list[Datastream]) -> tuple[str, ...]:
    lost = sum(s.x is None for s in streams)
    return (tr("{n} of {total} sensors have no place.", n=lost, total=len(streams)),) if lost else ()
