"""What an import would make of the first rows of a file: for the eyes of whoever is about to import it."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from twin import times
from twin.frame import WGS84, Frame, in_area, is_geographic
from twin.history import archive, gtfs_file, gtfs_tables, staging
from twin.history.plan import Choice, Plan, plan_of, table_plan
from twin.history.sealed import quoted
from twin.history.store import connection
from twin.history.streams import datastreams_of, listed
from twin.layer import Source
from twin.readers import Assumed, Info, Progress
from twin.text import tr
from twin.trouble import Trouble

MOST_ROWS, SHOWN = 5000, 60
METRES_PER_DEGREE = 111_320.0
REACH_DEG = 15.0                          # beyond the area of a plane CRS its distances mean nothing


@dataclass(frozen=True, kw_only=True)
class Column:
    """`role`: "time", "id", …; "reading" for a column of values; "" = not used."""

    name: str
    sample: str
    role: str
    unit: str = ""


@dataclass(frozen=True, kw_only=True)
class Line:
    """The readings of a datastream in the first rows. Only those of one property and unit can share an axis."""

    name: str
    property: str
    unit: str
    times_ns: np.ndarray
    values: np.ndarray


@dataclass(frozen=True, eq=False)
class Ground:
    """Where the places of a preview lie in metres.

    `points` (n, 2) f8: easting and northing in the project's CRS, or, where that does not reach, metres east and north
    of their own middle.
    """

    points: np.ndarray
    in_project: bool


@dataclass(frozen=True, eq=False, kw_only=True)
class Preview:
    """`rows`: (time, datastream, value, unit, what is wrong) as texts. `places`: (x, y) of each placed datastream, as
    the file writes them (where it has several CRS, those of the first)."""

    label: str
    encoding: str
    delimiter: str
    decimal: str
    sheets: tuple[str, ...]
    time_zone: str
    naive: bool
    sentinels: tuple[float, ...]
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, str, str, str, str], ...]
    lines: tuple[Line, ...]
    places: tuple[tuple[float, float], ...]
    ground: Ground
    datastreams: int
    notes: tuple[str, ...] = field(default=())
    relative: bool = False                # its times count from a start,
    counts: str = ""                      # in this unit; "" = they are written as instants of 1970
    start: str = ""                       # ISO 8601, "" = nobody said
    wrong: str = ""                       # why nothing can be imported yet
    timetable: Info | None = None         # a GTFS feed: no readings, but trips for a layer of vehicles

    @property
    def ready(self) -> bool:
        return not self.wrong and (not self.relative or bool(self.start))


def preview_in_worker(path: str, time_zone: str, choice: Choice, crs: str, progress: Progress) -> Preview:
    """Runs in a worker. Raises Trouble where the file cannot be understood with this choice."""
    progress(0, 0, tr("Looking at the file"))
    if gtfs_tables.members(Path(path)):
        return _of_timetable(Path(path), time_zone, crs)
    names = archive.members(Path(path))
    if not names:
        return _preview(Path(path), time_zone, choice, crs)
    with tempfile.TemporaryDirectory(prefix="citytwin-") as folder, \
            archive.unpacked(Path(path), choice.sheet or names[0], Path(folder)) as member:
        found = _preview(member, time_zone, replace(choice, sheet=""), crs)
    more = () if choice.sheet or len(names) == 1 else (
        tr("The zip has {n} tables, and all of them are imported; {name} is shown.", n=len(names), name=names[0]),)
    return replace(found, sheets=names, notes=(*found.notes, *more), label=f"Zip · {found.label}")


def _preview(path: Path, time_zone: str, choice: Choice, crs: str) -> Preview:
    try:
        plan = plan_of(path, time_zone, choice)
    except Trouble as trouble:
        return _of_columns(table_plan(path, time_zone, choice), choice, time_zone, str(trouble))
    if plan.lists_places:
        return _of_places(plan, choice, crs)
    with tempfile.TemporaryDirectory(prefix="citytwin-") as folder, connection(Path(folder)) as con:
        staging.load(con, plan, Path(folder), con.execute, most=MOST_ROWS)
        told = datastreams_of(con, plan, crs)
        names = {t[:3]: t[3] for t in told}
        system, places = _first_system([s for s in names.values() if s.x is not None])
        if not places:
            system, places = WGS84, _ways(con, plan)
        return Preview(label=plan.label, encoding=plan.shape.encoding if plan.shape else "", decimal=plan.decimal,
                       delimiter=plan.shape.delimiter if plan.shape else "", sheets=plan.sheets,
                       time_zone=plan.time_zone, naive=plan.stamp.naive, sentinels=plan.sentinels,
                       columns=_columns(plan, choice), rows=_rows(con, plan, names), lines=_lines(con, names),
                       places=tuple(sorted(places)), ground=_ground(places, system, crs),
                       datastreams=len({s.id for s in names.values()}), notes=plan.notes,
                       relative=plan.stamp.relative, counts=plan.stamp.counts,
                       start="" if plan.start_ns is None else times.iso(plan.start_ns, plan.time_zone))


def _of_columns(plan: Plan, choice: Choice, time_zone: str, wrong: str) -> Preview:
    """A table that is not understood yet: its columns, so that one can say which is which."""
    return Preview(label=plan.label, encoding=plan.shape.encoding if plan.shape else "", decimal=plan.decimal,
                   delimiter=plan.shape.delimiter if plan.shape else "", sheets=plan.sheets,
                   time_zone=choice.time_zone or time_zone, naive=False, sentinels=plan.sentinels,
                   columns=_columns(plan, choice), rows=(), lines=(), places=(),
                   ground=Ground(np.zeros((0, 2)), False), datastreams=0, notes=plan.notes, wrong=wrong)


def _of_timetable(path: Path, time_zone: str, crs: str) -> Preview:
    """The first trips of a feed, and its stops."""
    info, plan = gtfs_file.described(path, Source(path=str(path.absolute())), Assumed(crs, time_zone))
    rows = tuple((_clock(plan, trip), " · ".join(x for x in (trip.route, trip.headsign) if x),
                  str(trip.rows.stop - trip.rows.start), tr("stops"), "") for trip in plan.trips[:SHOWN])
    stops = {tuple(stop) for stop in plan.stops[np.isfinite(plan.stops).all(axis=1)].tolist()}
    return Preview(label="GTFS", encoding="", delimiter="", decimal="", sheets=(), time_zone=plan.zone, naive=False,
                   sentinels=(), columns=(), rows=rows, lines=(), places=tuple(sorted(stops)),
                   ground=_ground(stops, WGS84, crs), datastreams=0, timetable=info, notes=(
                       tr("A timetable of {n} trips: a layer of vehicles that drive by it, and no readings.",
                          n=f"{plan.runs:,}"), *info.notes))


def _first_system(placed: list) -> tuple[str, set[tuple[float, float]]]:
    """(CRS of the first placed datastream, where all of that CRS stand)."""
    crs = placed[0].crs if placed else ""
    return crs, {(s.x, s.y) for s in placed if s.crs == crs}


def _ground(places: set[tuple[float, float]], system: str, crs: str) -> Ground:
    """`system`: of the places; `crs`: of the project."""
    at = np.array(sorted(places), np.float64).reshape(-1, 2)
    points = _in_project(at, system, crs) if len(at) else None
    if points is not None or not len(at):
        return Ground(at if points is None else points, points is not None)
    middle = at.mean(axis=0)
    scale = METRES_PER_DEGREE * np.array([np.cos(np.radians(middle[1])), 1.0]) if is_geographic(system) else 1.0
    return Ground((at - middle) * scale, False)


def _in_project(at: np.ndarray, system: str, crs: str) -> np.ndarray | None:
    """(n, 2) easting and northing in the project's CRS; None where it does not reach."""
    if not crs:
        return None if is_geographic(system) else at
    try:
        points = Frame(crs=crs, origin=(0.0, 0.0, 0.0)).to_local(at[:, 0], at[:, 1], crs=system)[:, :2]
    except Trouble:
        return None
    near = np.isfinite(points).all() and in_area(crs, *points.mean(axis=0), margin_deg=REACH_DEG)
    return points if near else None


def _clock(plan: gtfs_file.Plan, trip: gtfs_file.Trip) -> str:
    """When a trip leaves first, as the timetable writes it."""
    secs = np.fmin(plan.leaves[trip.rows], plan.arrives[trip.rows])
    return gtfs_file.clock_text(float(np.nanmin(secs)) + trip.starts[0]) if np.isfinite(secs).any() else ""


def _ways(con, plan: Plan) -> set[tuple[float, float]]:
    """Where things that move were, in the file's own numbers."""
    from twin.history.columns import meanings, property_and_unit
    axes = [next((property_and_unit(column)[0] for column in plan.roles.values if meanings(column)[:1] == (axis,)), "")
            for axis in ("lon", "lat")]
    if not all(axes):
        return set()
    x, y = (f"(SELECT row, value FROM rows WHERE property = '{quoted(axis)}' AND state = {staging.GOOD})"
            for axis in axes)
    return set(con.execute(f"SELECT x.value, y.value FROM {x} x JOIN {y} y USING (row)").fetchall())


def _of_places(plan: Plan, choice: Choice, crs: str) -> Preview:
    """A list of sensors: their names and places, no readings."""
    told = listed(plan.head, plan.roles, crs, plan.crs)
    placed = [(id, s) for id, s in told.items() if s.x is not None]
    system, places = _first_system([s for _, s in placed])
    return Preview(label=plan.label, encoding=plan.shape.encoding if plan.shape else "", decimal=plan.decimal,
                   delimiter=plan.shape.delimiter if plan.shape else "", sheets=plan.sheets, time_zone=plan.time_zone,
                   naive=False, sentinels=plan.sentinels, columns=_columns(plan, choice), lines=(),
                   rows=tuple(("", id, f"{s.x:.6g}, {s.y:.6g}", s.crs, "") for id, s in placed[:SHOWN]),
                   places=tuple(sorted(places)), ground=_ground(places, system, crs), datastreams=len(told),
                   notes=(tr("A list of places without readings: sensors that have readings take theirs, the others "
                             "are kept as places."),))


def _columns(plan: Plan, choice: Choice) -> tuple[Column, ...]:
    from twin.history.columns import property_and_unit
    from twin.history.plan import ROLE_NAMES
    roles = {getattr(plan.roles, role): role for role in ROLE_NAMES if getattr(plan.roles, role)}
    roles |= dict.fromkeys(plan.roles.values, "reading")
    out = []
    for name in plan.names:
        cells = [str(c) for c in plan.head.column(name).slice(0, 20).to_pylist() if c is not None]
        unit = choice.units.get(name) or property_and_unit(name)[1]
        out.append(Column(name=name, sample=", ".join(cells[:3])[:60], role=roles.get(name, ""),
                          unit=unit if roles.get(name) in ("reading", "value") else ""))
    return tuple(out)


def _rows(con, plan: Plan, names: dict) -> tuple[tuple[str, str, str, str, str], ...]:
    """The first readings, and first of all those that something is wrong with."""
    words = {**staging.reasons(plan.time_zone), staging.MISSING: tr("missing"), staging.GOOD: ""}
    found = con.execute(f"""SELECT t, thing, property, unit, value, state, text FROM rows
        ORDER BY state <= {staging.MISSING}, row, place LIMIT {SHOWN}""").fetchall()
    out = []
    for t, thing, property, unit, value, state, text in found:
        stream = names.get((thing, property, unit))
        when = _when(plan, t * 1000) if t is not None else ""
        said = text or "" if state > staging.MISSING else f"{value:g}" if value is not None else ""
        out.append((when, stream.id if stream else thing, said, stream.unit if stream else unit, words[state]))
    return tuple(out)


def _when(plan: Plan, time_ns: int) -> str:
    """The instant; where nobody said when the file begins, how long after its start."""
    if plan.needs_start:
        days, rest = divmod(time_ns, times.DAY)
        clock = f"+{rest // times.HOUR:02d}:{rest // times.MINUTE % 60:02d}:{rest / times.SECOND % 60:06.3f}"
        return tr("day {n}", n=days) + f" {clock}" if days else clock
    return times.readable(time_ns, plan.time_zone, seconds=True)


def _lines(con, names: dict) -> tuple[Line, ...]:
    """Of the datastreams that stand first in the file: more than are seen at once."""
    lines = []
    for (thing, property, unit), stream in list(names.items())[:SHOWN]:
        rows = con.execute(f"SELECT t, value FROM rows WHERE (thing, property, unit) = (?, ?, ?) AND state = "
                           f"{staging.GOOD} AND quality = 0 ORDER BY t", [thing, property, unit]).fetchnumpy()
        lines.append(Line(name=stream.id, property=property, unit=stream.unit,
                          times_ns=np.asarray(rows["t"], np.int64) * 1000,
                          values=np.asarray(rows["value"], np.float32)))
    return tuple(lines)
