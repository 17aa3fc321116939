"""Tables of moving things to `Tracks`: whose row, when, where, and how fast, whatever the columns are called."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from twin import times
from twin.data import Tracks
from twin.frame import Frame, is_geographic
from twin.history import columns, places, starts
from twin.history.motion import MEASURES, Motion, motion_of
from twin.history.stamps import NOT_A_TIME, stamps_of
from twin.layer import Source
from twin.readers import Info, NotMine
from twin.text import tr

_WORDS = {
    "speed": "speed speedkmh speedkmph speedms speedmph velocity v 速度 车速 瞬时速度",
    "heading": "heading headingdeg course bearing azimuth yaw cog 航向 航向角 方向角 方位角",
    "mode": "mode kind type vehicletype vehicleclass class category 类型 车型 车辆类型 种类",
    "charge": "soc charge battery batterylevel batterypercent 电量 剩余电量 荷电状态",
    "load": "load loadpercent occupancy occupancypercent occupancypercentage passengerload 载客率 满载率 拥挤度",
    "delay": "delay delaysecs delayseconds delays delaymin delayminutes 晚点 延误 延误时间",
    "route": "route routeid routename line lineid 线路 线路编号 公交线路",
}
_VEHICLE = ("vehicle", "track", "plate", "车辆", "车牌", "轨迹")
_KMH_BY_UNIT = {"kmh": 1.0, "km/h": 1.0, "kmph": 1.0, "千米/时": 1.0, "公里/小时": 1.0, "ms": 3.6, "m/s": 3.6,
                "米/秒": 3.6, "mph": 1.609344, "mi/h": 1.609344, "kn": 1.852}
MOVES_M = 30.0                                   # a thing that stays nearer than this to itself stands
MOST_ALONE_SHARE = 0.5                           # of the things may stand, or it is a table of fixed stations


@dataclass(frozen=True, kw_only=True)
class Columns:
    """Names of columns by meaning, "" = none; `roles` are those that every sensor table has."""

    roles: columns.Roles
    speed: str = ""
    heading: str = ""
    mode: str = ""
    charge: str = ""
    load: str = ""
    delay: str = ""
    route: str = ""

    @property
    def usable(self) -> bool:
        """A table of moving things, as far as names can tell."""
        told = self.speed or self.heading or any(word in columns.plain(self.roles.id) for word in _VEHICLE)
        return bool(self.roles.id and self.roles.timed and self.roles.placed and told and not self.roles.value)


def role_of(name: str) -> str:
    """What a column or an observed property of this name says of a vehicle; "" = nothing known."""
    return next((role for role, words in _WORDS.items() if columns.plain(name) in words.split()), "")


def recognise(schema) -> Columns:
    roles = columns.recognise(schema)
    taken = {roles.id, roles.time, roles.lon, roles.lat, roles.x, roles.y}
    found: dict[str, str] = {}
    for role, words in _WORDS.items():
        for name in schema.names:
            if columns.plain(name) in words.split() and name not in taken:
                found[role] = name
                taken.add(name)
                break
    return Columns(roles=roles, **found)


@dataclass(frozen=True, eq=False, kw_only=True)
class Content:
    """A file of tracks before it is placed. `things` (k,) i4 into `names`; arrays (k,) by row of the file.

    `labels`: further columns of text, one cell per thing. `height_m` (k,) above the sea, NaN = not said; `cut` (k,)
    bool: the record was interrupted after this row.
    """

    names: list[str]
    modes: list[str]
    things: np.ndarray
    times_ns: np.ndarray
    where: places.Places
    speed: np.ndarray | None = None
    kmh: float = 0.0                             # by which a speed is multiplied; 0 = found by the distances
    heading: np.ndarray | None = None
    measures: dict[str, np.ndarray] = field(default_factory=dict)
    labels: dict[str, list[str]] = field(default_factory=dict)
    height_m: np.ndarray | None = None
    cut: np.ndarray | None = None
    notes: tuple[str, ...] = ()

    def placed(self, frame: Frame) -> Tracks:
        """In the frame, sorted, with what is missing made up from the positions and said in the notes."""
        fixes, told = self.fixes(frame)
        motion, twice = motion_of(count=len(self.names), **fixes)
        return Tracks(features=features_of(self.names, self.names, self.modes, self.labels), history=motion,
                      count=len(self.names), crs=self.where.crs, crs_source=self.where.crs_source,
                      notes=(*self.notes, *told, *_said(motion, twice)))

    def fixes(self, frame: Frame) -> tuple[dict, tuple[str, ...]]:
        """What `motion_of` asks for, in the frame, and what is to be said of it."""
        local = self.where.to_local(frame)
        if not np.isfinite(local[:, 0]).any():                   # of no known system: as the numbers stand
            local[:, 0], local[:, 1] = self.where.x, self.where.y
        if self.height_m is not None:
            local[:, 2] = self.height_m - frame.origin[2]
        heading = self._grid_heading(frame, local)
        factor, told = self._factor(local)
        speed = None if self.speed is None else self.speed * factor
        return {"things": self.things, "times_ns": self.times_ns, "positions": local, "heading_deg": heading,
                "speed_kmh": speed, "measures": self.measures, "cut": self.cut}, told

    def _grid_heading(self, frame: Frame, local: np.ndarray) -> np.ndarray | None:
        """Headings of a file in degrees are from true north, of a file in metres from its grid's."""
        if self.heading is None or not (self.where.crs and frame.crs and is_geographic(self.where.crs)):
            return self.heading
        e, n = np.nanmedian(local[:, :2].astype(np.float64), axis=0) + frame.origin[:2]
        return self.heading - frame.convergence_deg(float(e), float(n))

    def _factor(self, local: np.ndarray) -> tuple[float, tuple[str, ...]]:
        """km/h per unit of the file's speeds, by its column's name or by the distances that were driven."""
        if self.speed is None or self.kmh:
            return self.kmh, ()
        bare, _ = motion_of(self.things, self.times_ns, local, len(self.names))
        order = np.lexsort((self.times_ns, self.things))
        fast = bare.speed_kmh > 5.0
        if len(order) != len(fast) or not fast.any():
            return 1.0, (tr("The unit of the speeds is not named: taken for km/h."),)
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = float(np.nanmedian(bare.speed_kmh[fast] / self.speed[order][fast]))
        unit, factor = min((("km/h", 1.0), ("m/s", 3.6), ("mph", 1.609344)),
                           key=lambda known: abs(np.log(max(ratio, 1e-6) / known[1])))
        return factor, (tr("The unit of the speeds is not named: taken for {unit} by the distances.", unit=unit),)


def features_of(ids: list[str], names: list[str], modes: list[str], labels: dict[str, list[str]]):
    """The table of moving things: what all have, and what their file says beyond it."""
    import pyarrow as pa
    return pa.table({"id": ids, "name": names, "mode": modes, **labels, "property": [tr("Speed")] * len(ids),
                     "unit": ["km/h"] * len(ids)})


def content_of(table, source: Source, time_zone: str, project_crs: str, file_crs: str = "",
               notes: tuple[str, ...] = ()) -> Content:
    """Everything a table of tracks says. Raises NotMine where nothing moves in it."""
    import pyarrow as pa
    import pyarrow.compute as pc
    named = recognise(table.schema)
    if not named.usable:
        raise NotMine
    roles = named.roles
    where = places.places_of(table, roles, source.crs or file_crs, project_crs)
    if file_crs and not source.crs:
        where = replace(where, crs_source="file")
    stamps = stamps_of(table, roles, time_zone)
    ids = pc.cast(table.column(roles.id), pa.string()).combine_chunks().dictionary_encode()
    code = ids.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    good = where.known & (stamps.times_ns != NOT_A_TIME) & (code >= 0)
    if good.sum() < 2:
        raise NotMine
    things = code[good].astype(np.int32)
    where = replace(where, x=where.x[good], y=where.y[good])
    if not moves(where, things, len(ids.dictionary)):
        raise NotMine
    lost = int((~good).sum())
    said = (tr("{n} rows have no time, place or name and were left out.", n=lost),) if lost else ()

    def numbers(name: str) -> np.ndarray | None:
        return places.numbers(table.column(name))[good] if name else None

    def labels(name: str) -> list[str]:
        return _first_words(table, name, code, len(ids.dictionary))

    times_ns, begun = starts.begun(stamps.times_ns[good], stamps.naive, source, time_zone)
    height = numbers(roles.elevation or roles.above)
    high = (tr("The file has heights. Vehicles stand on the ground as long as the layer's Heights does not say "
               "otherwise."),) if height is not None and np.isfinite(height).any() else ()
    measures = {name: numbers(column) * _measure_factor(name, column)
                for name in MEASURES if (column := getattr(named, name))}
    return Content(names=ids.dictionary.to_pylist(), modes=labels(named.mode), things=things,
                   times_ns=times_ns, where=where, speed=numbers(named.speed), kmh=kmh_of(named.speed),
                   heading=numbers(named.heading), measures=measures,
                   labels={"route": labels(named.route)} if named.route else {}, height_m=height,
                   notes=(*notes, *where.notes, *(begun or _zone_note(stamps.naive, time_zone)), *said, *high))


def info_of(content: Content, source: Source, format: str, time_zone: str) -> Info:
    """What a file of tracks says about itself, and the style that suits it."""
    where = content.where
    extent = (float(where.x.min()), float(where.y.min()), None, float(where.x.max()), float(where.y.max()), None)
    span = _span(content.times_ns)
    gap = _usual_gap_secs(content)
    return Info(path=source.path, kind="vehicles", format=format, name=Path(source.path).stem, crs=where.crs,
                crs_source=where.crs_source, extent=extent, count=len(content.names), units="km/h",
                time_span=tuple(times.iso(t, time_zone) for t in span), notes=content.notes,
                suggest={"gap_secs": gap, "hold_secs": max(60.0, 4 * gap)}, extra={"fixes": len(content.things)})


def _span(times_ns: np.ndarray) -> tuple[int, int]:
    return (int(times_ns.min()), int(times_ns.max())) if len(times_ns) else (0, 0)


def moves(where: places.Places, things: np.ndarray, count: int) -> bool:
    """Whether most things go somewhere: else it is a table of stations that repeats their places."""
    metres = 111_000.0 if where.crs and is_geographic(where.crs) else 1.0
    far = np.zeros(count)
    for values in (where.x, where.y):
        low, high = np.full(count, np.inf), np.full(count, -np.inf)
        np.minimum.at(low, things, values)
        np.maximum.at(high, things, values)
        far = np.fmax(far, np.where(np.isfinite(low), (high - low) * metres, 0.0))
    return float((far > MOVES_M).mean()) > MOST_ALONE_SHARE


def _measure_factor(name: str, column: str) -> float:
    """By what the numbers of a column are seconds late, or percent."""
    return 60.0 if name == "delay" and "min" in column.lower() else 1.0


def _first_words(table, column: str, code: np.ndarray, count: int) -> list[str]:
    """The first word that each thing has in a column; "" where it has none."""
    modes = [""] * count
    if column:
        words = table.column(column).cast("string").combine_chunks().dictionary_encode()
        said = words.indices.fill_null(-1).to_numpy(zero_copy_only=False)
        for thing, first in zip(*np.unique(code, return_index=True)):
            if thing >= 0 and said[first] >= 0:
                modes[thing] = words.dictionary[said[first]].as_py()
    return modes


def kmh_of(column: str) -> float:
    """By the unit in a column's name; 0 where it names none."""
    _, unit = columns.property_and_unit(column)
    end = column.lower().replace("_", "").removeprefix("speed").removeprefix("velocity")
    for name in (unit.lower(), end):
        if name in _KMH_BY_UNIT:
            return _KMH_BY_UNIT[name]
    return 0.0


def _usual_gap_secs(content: Content) -> float:
    """Three usual distances between fixes: a longer silence is a gap."""
    order = np.lexsort((content.times_ns, content.things))
    same = np.diff(content.things[order]) == 0
    steps = np.diff(content.times_ns[order])[same]
    steps = steps[steps > 0]
    usual = float(np.median(steps)) / 1e9 if len(steps) else 5.0
    return float(min(3600.0, max(2.0, round(3 * usual, 1))))


def _zone_note(naive: bool, time_zone: str) -> tuple[str, ...]:
    return (tr("The time stamps have no zone and were read in {zone}.", zone=time_zone),) if naive else ()


def _said(motion: Motion, twice: int) -> tuple[str, ...]:
    usual = np.repeat(motion.interval_ns, np.diff(motion.offsets))[1:]
    step = np.diff(motion.times_ns)
    inner = np.ones(len(step), bool)
    inner[motion.offsets[1:-1] - 1] = False
    gaps = int((inner & (usual > 0) & (step > 3 * usual)).sum())
    facts: tuple[tuple[int, Callable[[int], str]], ...] = (
        (twice, lambda n: tr("{n} fixes repeat the time of another: the last one counts.", n=n)),
        (gaps, lambda n: tr("{n} gaps: nothing is drawn between their ends.", n=n)))
    return tuple(say(n) for n, say in facts if n)
