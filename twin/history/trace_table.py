"""Traces as tables of readings: longitude, latitude, speed and so on of each thing that moves, for the store."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from twin.history import columns, gpx_file, pneuma_file, positions_file, tracks
from twin.history.columns import Roles
from twin.layer import Source
from twin.readers import NotMine, head_of
from twin.text import tr
from twin.trouble import Trouble

KINDS = {"GPX": (gpx_file.sniff, gpx_file.content_of),
         "pNEUMA": (pneuma_file.sniff, pneuma_file.content_of),
         "GTFS-realtime": (positions_file.sniff, positions_file.content_of)}


def table_of(path: Path, time_zone: str):
    """(label, Arrow table, notes) of a file of traces; None for other files."""
    head = head_of(path)
    for label, (sniff, content_of) in KINDS.items():
        if sniff(path, head):
            try:
                content = content_of(path, Source(path=str(path)), time_zone)
            except NotMine:
                raise Trouble(tr("No fix of this file has a place and a time."), path=str(path),
                              way_out=tr("Copy or export it again.")) from None
            undated = pneuma_file.undated()              # who imports is asked
            return label, _table(content), tuple(note for note in content.notes if note != undated)
    return None


def _table(content: tracks.Content):
    """Speeds are km/h, measures as `Motion` has them."""
    import pyarrow as pa
    names = pa.array(content.names, pa.string()).take(pa.array(content.things))
    speed = None if content.speed is None else content.speed * (content.kmh or 1.0)
    measured = {"longitude": content.where.x, "latitude": content.where.y, "elevation (m)": content.height_m,
               "speed (km/h)": speed, "bearing (°)": content.heading, **{
                   f"{name} ({'s' if name == 'delay' else '%'})": values for name, values in content.measures.items()}}
    told = {name: pa.array(np.asarray(values, np.float64), from_pandas=True) for name, values in measured.items()
            if values is not None}
    return pa.table({"vehicle": names, "time": pa.array(content.times_ns, pa.timestamp("ns", tz="UTC")), **told})


def roles_of(table) -> Roles:
    """Places are readings here: they change with time."""
    return Roles(id="vehicle", time="time", values=tuple(n for n in table.column_names if n not in ("vehicle", "time")))


def drives(roles: Roles) -> bool:
    """Whether the coordinates of a table are among its readings."""
    meant = {role for name in roles.values for role in columns.meanings(name)[:1]}
    return {"lon", "lat"} <= meant or {"x", "y"} <= meant


def moving_roles(head, roles: Roles) -> Roles:
    """The roles of a table of things that move, with the coordinates as readings; of other tables as they are."""
    if not (roles.id and roles.timed and roles.placed and not roles.value) or not _moves(head, roles):
        return roles
    pair = (roles.lon, roles.lat) if roles.lon else (roles.x, roles.y)
    return Roles(**{**vars(roles), "lon": "", "lat": "", "x": "", "y": "", "values": (*pair, *roles.values)})


def _moves(head, roles: Roles) -> bool:
    from twin.history import places
    where = places.places_of(head, roles)
    ids = head.column(roles.id).cast("string").combine_chunks().dictionary_encode()
    code = ids.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    good = where.known & (code >= 0)
    return bool(good.any()) and tracks.moves(places.Places(where.x[good], where.y[good], where.crs), code[good],
                                             len(ids.dictionary))
