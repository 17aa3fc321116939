"""Sensor tables to `Sensors`: readings, positions and what the file says about each datastream.

A reader gives batches of an Arrow table; everything that CSV and Parquet share is here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from twin import times
from twin.data import Sensors
from twin.frame import Frame
from twin.history import columns, places, starts
from twin.history.described import Described
from twin.history.gather import Datastream, Readings
from twin.history.oddities import clock_changes, oddities
from twin.history.replay import Replay, Tally, build, empty
from twin.layer import Source
from twin.readers import Info, NotMine
from twin.text import tr
from twin.trouble import Trouble

FIRST = ("id", "name", "name_zh", "thing", "property", "unit", "zone")


@dataclass(frozen=True, eq=False)
class Content:
    """A sensor file before it is placed: one entry of `places` and one row of `features` per datastream."""

    features: object                      # pyarrow.Table
    where: places.Places
    history: Replay
    notes: tuple[str, ...]

    def placed(self, frame: Frame) -> Sensors:
        """Sensors in the frame; heights above the sea go into z, heights above the ground stay a column."""
        positions = self.where.to_local(frame)
        if "elevation_m" in self.features.column_names:
            positions[:, 2] = places.numbers(self.features.column("elevation_m")) - frame.origin[2]
        return Sensors(features=self.features, positions=positions, history=self.history, notes=self.notes,
                       crs=self.where.crs, crs_source=self.where.crs_source, count=len(positions))


def content_of(batches: Iterable, roles: columns.Roles, source: Source, time_zone: str, companion=None,
               project_crs: str = "EPSG:4549", notes: tuple[str, ...] = ()) -> Content:
    """Everything a sensor table says. `companion`: a table of positions, one row per datastream or thing.

    Raises NotMine where the table has neither readings nor positions.
    """
    path = Path(source.path)
    if not roles.timed:
        return _list_only(batches, roles, source, project_crs, notes)
    readings = Readings(roles, time_zone, path.stem)
    rows_with_place, described = [], Described(roles)
    for batch in batches:
        readings.take(batch)
        described.take(batch)
        if roles.placed:
            rows_with_place.append(batch.select([n for n in (_id(roles), *_pair(roles)) if n]))
    if not readings.streams or readings.left_out["time"] > readings.rows / 2:
        raise NotMine
    arrays = readings.arrays()
    features, index = _features(readings, companion)
    features = described.fill(features)
    times_ns, begun = starts.begun(arrays[1], readings.naive, source, time_zone)
    history, tally = build(index[arrays[0]], times_ns, arrays[2], len(features))
    where, more = _where(features, companion, rows_with_place, roles, readings, source, project_crs)
    said = (*notes, *(begun or _zone_note(readings, time_zone)), *_counted(readings, tally),
            *oddities(history, time_zone), *clock_changes(arrays[0], times_ns, time_zone), *_unused(roles), *more,
            *where.notes)
    return Content(features, where, history, said)


def info_of(content: Content, source: Source, format: str, time_zone: str, readings: int | None = None) -> Info:
    """What a file says about itself."""
    where, history = content.where, content.history
    extent = None
    if where.known.any() and where.crs:
        x, y = where.x[where.known], where.y[where.known]
        extent = (float(x.min()), float(y.min()), None, float(x.max()), float(y.max()), None)
    properties = list(dict.fromkeys(p for p in content.features.column("property").to_pylist() if p))
    units = list(dict.fromkeys(u for u in content.features.column("unit").to_pylist() if u))
    span = tuple(times.iso(t, time_zone) for t in history.span_ns) if history.span_ns[1] else None
    return Info(path=source.path, kind="sensors", format=format, name=Path(source.path).stem, crs=where.crs,
                crs_source=where.crs_source, extent=extent, count=len(content.features), units=", ".join(units),
                time_span=span, notes=content.notes, suggest=_suggested(properties, history.interval_ns),
                extra={"properties": properties,
                       "readings": int(history.counts[-1]) if readings is None else readings})


def _suggested(properties: list[str], interval_ns: np.ndarray) -> dict:
    """Fields of the new layer: the first property, and a value counts as stale after three missed readings."""
    known = interval_ns[interval_ns > 0]
    fields = {"observed": properties[0]} if properties else {}
    if len(known):
        fields["stale_minutes"] = min(100_000.0, max(1.0, round(3 * float(np.median(known)) / times.MINUTE, 1)))
    return fields


# -- datastreams ------------------------------------------------------------------------------------


def _features(readings: Readings, companion):
    """(table, index (datastreams of the file,) i4): the companion's rows first, then what only has readings."""
    streams = list(readings.streams.values())
    if companion is None:
        return _table([_row(s, readings) for s in streams]), np.arange(len(streams), dtype=np.int32)
    roles = columns.recognise(companion.schema)
    key = roles.key
    listed = [cell_text(c) for c in companion.column(key).to_pylist()] if key else []
    by_key = {name: row for row, name in enumerate(listed)}
    if any(s.key in by_key for s in streams):
        rows = plain_rows(companion, roles)
        index = []
        for stream in streams:
            if stream.key not in by_key:
                by_key[stream.key] = len(rows)
                rows.append(_row(stream, readings))
            index.append(by_key[stream.key])
        return _table(rows), np.array(index, np.int32)
    rows = plain_rows(companion, roles)
    joined = []
    for stream in streams:                       # the companion lists things, each with several datastreams
        of_thing = rows[by_key[stream.thing]] if stream.thing in by_key else {}
        own = _row(stream, readings)
        joined.append({**of_thing, **{k: v for k, v in own.items() if v or k == "id"}})
    return _table(joined), np.arange(len(streams), dtype=np.int32)


def _row(stream: Datastream, readings: Readings) -> dict:
    property = stream.property or (columns.property_and_unit(readings.roles.value)[0] if readings.roles.long else "")
    row = {"id": stream.key, "name": stream.key, "thing": stream.thing, "property": property, "unit": stream.unit}
    element = readings.element_of(stream.key)
    return {**row, "element": element} if element else row


def plain_rows(table, roles: columns.Roles) -> list[dict]:
    """Rows of a list of sensors under the names that the program knows."""
    renamed = {getattr(roles, role): role for role in ("id", "name", "name_zh", "thing", "unit")
               if getattr(roles, role)}
    renamed.update({roles.observed: "property"} if roles.observed else {})
    renamed.update({roles.above: "height_m"} if roles.above else {})
    renamed.update({roles.elevation: "elevation_m"} if roles.elevation else {})
    dropped = {roles.row, *_pair(roles)} - {""}
    table = table.select([n for n in table.column_names if n not in dropped])
    rows = table.rename_columns([renamed.get(n, n) for n in table.column_names]).to_pylist()
    for number, row in enumerate(rows):
        for name in ("id", "name", "name_zh", "thing", "property", "unit"):
            if name in row:
                row[name] = cell_text(row[name])
        row["id"] = row.get("id") or row.get("name") or cell_text(row.get(roles.key)) or str(number + 1)
        row["name"] = row.get("name") or row["id"]
        row["unit"] = columns.neat_unit(row.get("unit", ""))
        row.setdefault("thing", "")
        row.setdefault("property", "")
    return rows


def _table(rows: list[dict]):
    import pyarrow as pa
    names = list(dict.fromkeys(n for row in rows for n in row))
    ordered = [n for n in FIRST if n in names] + [n for n in names if n not in FIRST]
    return pa.table({n: _array([row.get(n) for row in rows], pa) for n in ordered})


def _array(cells: list, pa):
    try:
        return pa.array(cells)
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        return pa.array([None if c is None else str(c) for c in cells])


def cell_text(value) -> str:
    if value is None:
        return ""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


# -- places -----------------------------------------------------------------------------------------


def _list_only(batches, roles, source: Source, project_crs: str, notes) -> Content:
    """A list of sensors with places and no readings."""
    import pyarrow as pa
    if not roles.placed:
        raise NotMine
    table = pa.concat_tables(list(batches))
    where = places.places_of(table, roles, source.crs, project_crs)
    if not where.known.any():
        raise NotMine
    features = _table(plain_rows(table, roles))
    silent = tr("A list of places without readings: nothing changes with time.")
    return Content(features, where, empty(len(features)), (*notes, silent, *_off_map(where, features),
                                                           *where.notes))


def _where(features, companion, rows_with_place, roles, readings: Readings, source: Source, project_crs: str):
    """(places of the datastreams, notes): from the companion, or from the rows themselves."""
    import pyarrow as pa
    import pyarrow.compute as pc
    names = features.column("id").to_pylist()
    if companion is not None:
        listed = columns.recognise(companion.schema)
        if listed.placed:
            found = places.places_of(companion, listed, source.crs, project_crs)
            return _taken(found, companion, listed, features)
    if rows_with_place:
        table = pa.concat_tables(rows_with_place)
        found = places.places_of(table, roles, source.crs, project_crs)
        key = _id(roles)
        if not key:
            things, code = [""], np.zeros(len(table), np.int64)
        else:
            coded = pc.cast(table.column(key), pa.string()).combine_chunks().dictionary_encode()
            things, code = coded.dictionary.to_pylist(), coded.indices.fill_null(0).to_numpy()
        return _steady(found, things, code, features.column("thing").to_pylist(), bool(key))
    nowhere = np.full(len(names), np.nan)
    return places.Places(nowhere, nowhere), (tr("The file has no coordinates: these sensors have no place yet."),)


def _taken(found: places.Places, companion, listed: columns.Roles, features):
    key = listed.key
    row = {cell_text(c): n for n, c in enumerate(companion.column(key).to_pylist())} if key else {}
    take = [row.get(id, row.get(thing, -1)) for id, thing in zip(features.column("id").to_pylist(),
                                                                features.column("thing").to_pylist())]
    x, y = (np.append(a, np.nan)[take] for a in (found.x, found.y))
    where = places.Places(x, y, found.crs, found.crs_source, found.notes)
    return where, _off_map(where, features)


def _steady(found: places.Places, things: list[str], code, wanted: list[str], keyed: bool):
    """One place per thing; a thing that moves has none."""
    lo, hi = np.full((2, len(things)), np.inf), np.full((2, len(things)), -np.inf)
    for axis, values in enumerate((found.x, found.y)):
        np.fmin.at(lo[axis], code, values)
        np.fmax.at(hi[axis], code, values)
    far = 1e-4 if found.crs == "EPSG:4326" else 10.0
    moves = ((hi - lo) > far).any(axis=0)
    lo[:, moves | ~np.isfinite(lo).all(axis=0)] = np.nan
    place = {thing: n for n, thing in enumerate(things)}
    take = [place.get(thing, -1) if keyed else 0 for thing in wanted]
    x, y = (np.append(a, np.nan)[take] for a in lo)
    notes = (tr("{n} things move: their readings are shown, their places are not.", n=int(moves.sum())),) \
        if moves.any() else ()
    return places.Places(x, y, found.crs, found.crs_source, found.notes), notes


def _off_map(where: places.Places, features) -> tuple[str, ...]:
    lost = int((~where.known).sum())
    return (tr("{n} of {total} sensors have no place.", n=lost, total=len(features)),) if lost else ()


def _pair(roles: columns.Roles) -> tuple[str, ...]:
    return tuple(n for n in ((roles.lon, roles.lat) if roles.lon else (roles.x, roles.y)) if n)


def _id(roles: columns.Roles) -> str:
    return roles.key


# -- notes ------------------------------------------------------------------------------------------


def _zone_note(readings: Readings, time_zone: str) -> tuple[str, ...]:
    return (tr("The time stamps have no zone and were read in {zone}.", zone=time_zone),) if readings.naive else ()


def _counted(readings: Readings, tally: Tally) -> tuple[str, ...]:
    left = readings.left_out
    empty_cells = tally.missing - left["sentinel"] - left["unfit"]
    facts = ((left["time"], "{n} rows have no readable time and were left out."),
             (empty_cells, "{n} values are missing: gaps, not zeros."),
             (left["sentinel"], "{n} values are placeholders such as -999: gaps, not values."),
             (left["unfit"], "{n} values are marked invalid by the file and were left out."),
             (tally.duplicates, "{n} readings repeat the time of another: the last one counts."),
             (tally.late, "{n} readings stand out of order and were sorted."))
    return tuple(tr(text, n=n) for n, text in facts if n > 0)


def _unused(roles: columns.Roles) -> tuple[str, ...]:
    names = [n for n in roles.unused if n]
    return (tr("Columns that are no readings: {names}.", names=", ".join(names[:12])),) if names else ()


def companion_of(path: Path, source: Source) -> Path | None:
    """The table of positions that belongs to a file of readings, named by the user or lying beside it."""
    if source.positions:
        chosen = Path(source.positions)
        if not chosen.exists():
            raise Trouble(tr("The table of sensor positions is not there."),
                          way_out=tr("Put it back, or choose another one."), path=str(chosen))
        return chosen
    named = path.with_suffix(".sensors.csv")
    if named != path and named.exists():
        return named
    alike = path.with_suffix(".csv")
    return alike if alike != path and alike.exists() and not _has_readings(alike) else None


def _has_readings(path: Path) -> bool:
    """Whether a table is the same readings written once more, rather than a list of where the sensors stand."""
    from twin.history.plan import Choice, table_plan
    try:
        roles = table_plan(path, "UTC", Choice()).roles
    except Trouble:
        return False
    return roles.timed and bool(roles.value or (roles.values and not roles.placed))
