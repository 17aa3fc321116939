"""What the sensors of rooms, or of elements, say at an instant: the question that colours and the inspector ask."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.data import Sensors
from twin.hosts import Hosts
from twin.memberships import Memberships
from twin.rooms import NO_ROOMS, Rooms
from twin.times import MINUTE
from twin.vitals.catalogue import Catalogue, catalogue

MEAN, MAX, MIN = "mean", "max", "min"
INSTANTS = 32                        # of the history, for a range that stays the same over time


@dataclass(frozen=True, eq=False)
class Lot:
    """The datastreams of one source and the rooms they belong to. `layers`: ids of the layers that show it.

    `stands` (n, 3) f8, of those on elements: where the element stands, NaN = on none.
    """

    layers: tuple[str, ...]
    payload: Sensors
    members: Memberships
    stands: np.ndarray | None = None

    def words(self, column: str) -> list[str]:
        """A column of the sensors' table, "" where it says nothing."""
        held = self.payload.features
        if held is None or column not in held.column_names:
            return [""] * len(self.members.room)
        return [str(v or "") for v in held.column(column).to_pylist()]


@dataclass(frozen=True, eq=False)
class RoomValues:
    """Of every room: `values` (rooms,) f4, NaN = no sensor or none that counts; `sensors` and `reporting` (rooms,)."""

    values: np.ndarray
    sensors: np.ndarray
    reporting: np.ndarray


@dataclass(frozen=True, eq=False)
class _Streams:
    """Datastreams of one property in one lot, sorted by room."""

    lot: int
    rows: np.ndarray
    room: np.ndarray


class Indoors:
    """All rooms of a project with their sensors, or all elements that carry some. A new one when rooms, sensors,
    bindings or readings change.
    """

    def __init__(self, rooms: Rooms | Hosts = NO_ROOMS, lots: tuple[Lot, ...] = (), signs: Catalogue | None = None,
                 same: dict[str, str] | None = None):
        """`signs` judge what is measured: the catalogue as the project has it. `same`: {building layer: the one whose
        rooms or elements it shows too}.
        """
        self.rooms, self.lots, self.signs = rooms, lots, signs or catalogue()
        self.same = same or {}
        self._of: dict[str, list[_Streams]] = {}
        self._units: dict[str, str] = {}
        self._rows: dict[str, np.ndarray] = {}
        self._ranges: dict[str, tuple[float, float]] = {}
        self._last: tuple[tuple, RoomValues | None] = ((), None)
        for number, lot in enumerate(lots):
            self._index(number, lot)

    def _index(self, number: int, lot: Lot) -> None:
        named, units = np.array(lot.words("property"), object), lot.words("unit")
        bound = np.flatnonzero(lot.members.room >= 0)
        for observed in dict.fromkeys(named[bound].tolist()):
            rows = bound[named[bound] == observed]
            rows = rows[np.argsort(lot.members.room[rows], kind="stable")]
            self._of.setdefault(observed, []).append(_Streams(number, rows, lot.members.room[rows]))
            self._units.setdefault(observed, units[int(rows[0])])

    def renewed(self, lots: tuple[Lot, ...], signs: Catalogue) -> Indoors:
        """The same sensors in the same rooms, with new readings."""
        out = Indoors(self.rooms, (), signs, self.same)
        out.lots = lots
        out._of, out._units, out._rows, out._ranges = self._of, self._units, self._rows, self._ranges
        return out

    @property
    def properties(self) -> dict[str, str]:
        """{observed property: unit} of everything that is measured in rooms (or on elements)."""
        return self._units

    def rows_of(self, layer: str) -> np.ndarray:
        """The rooms of one building layer."""
        layer = self.same.get(layer, layer)
        if layer not in self._rows:
            self._rows[layer] = np.flatnonzero(np.array(self.rooms.layer, object) == layer)
        return self._rows[layer]

    def features_of(self, layer: str) -> list[int]:
        """The features of a building layer that are rooms."""
        return self.spread(self.rows_of(layer))[1].tolist()

    def spread(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(place in `rows`, feature) of all that shows them: an element without a shape shows as its parts, which come
        first: what has sensors of its own is painted over them.
        """
        held = self.rooms.parts if isinstance(self.rooms, Hosts) else {}
        if not held:
            return np.arange(len(rows)), self.rooms.feature[rows]
        order = sorted(range(len(rows)), key=lambda at: int(rows[at]) not in held)
        shown = [held.get(int(rows[at]), self.rooms.feature[rows[at]:rows[at] + 1]) for at in order]
        return np.repeat(order, list(map(len, shown))).astype(np.intp), np.concatenate([np.zeros(0, np.intp), *shown])

    def row_of(self, layer: str, feature: int) -> int:
        """The room that a feature of a building is; -1 = it is none."""
        mine = self.rows_of(layer)
        place, features = self.spread(mine)
        own = mine[self.rooms.feature[mine] == feature]
        found = own if len(own) else mine[place[features == feature]]
        return int(found[0]) if len(found) else -1

    def lot_of(self, layer: str) -> Lot | None:
        """The lot that a layer of sensors shows."""
        return next((lot for lot in self.lots if layer in lot.layers), None)

    def sensors_in(self, room: int) -> list[tuple[Lot, int]]:
        """(lot, row in its features) of a room's datastreams."""
        return [(lot, int(row)) for lot in self.lots for row in lot.members.sensors_in(room)]

    def range_of(self, observed: str) -> tuple[float, float]:
        """2nd and 98th percentile over instants spread over the history, so that colours mean the same at any time."""
        if observed not in self._ranges:
            parts = [_seen(self.lots[some.lot].payload, some.rows) for some in self._of.get(observed, ())]
            known = np.concatenate(parts) if parts else np.zeros(0)
            low, high = np.percentile(known, (2, 98)).tolist() if len(known) else (0.0, 1.0)
            self._ranges[observed] = (low, high) if high > low else (low - 0.5, low + 0.5)
        return self._ranges[observed]

    def at(self, observed: str, statistic: str, now_ns: int, stale_minutes: float) -> RoomValues:
        """The mean or greatest or least of what a room's sensors said last; what is stale does not count."""
        key = (observed, statistic, now_ns, stale_minutes)
        if self._last[0] != key:
            self._last = (key, self._at(*key))
        return self._last[1]

    def _at(self, observed: str, statistic: str, now_ns: int, stale_minutes: float) -> RoomValues:
        parts = [(some.room, newest(self.lots[some.lot].payload, some.rows, now_ns, stale_minutes))
                 for some in self._of.get(observed, ())]
        count = len(self.rooms)
        if not parts:
            return RoomValues(np.full(count, np.nan, np.float32), np.zeros(count, np.int64), np.zeros(count, np.int64))
        room, values = (np.concatenate(p) for p in zip(*parts))
        known = np.isfinite(values)
        return RoomValues(_per_room(room[known], values[known], count, statistic), np.bincount(room, minlength=count),
                          np.bincount(room[known], minlength=count))


NO_INDOORS = Indoors()


def newest(payload: Sensors, rows: np.ndarray, now_ns: int, stale_minutes: float) -> np.ndarray:
    """(rows,) f4 the newest values at `now_ns`, NaN where there is none or it is stale."""
    if payload.history is None:
        return np.full(len(rows), np.nan, np.float32)
    values, ages = payload.history.latest_at(now_ns)
    values, ages = values[rows], ages[rows]
    values[(ages < 0) | (ages > stale_minutes * MINUTE)] = np.nan
    return values


def _seen(payload: Sensors, rows: np.ndarray) -> np.ndarray:
    if payload.history is None:
        return np.zeros(0)
    first, last = payload.history.span_ns
    values = np.concatenate([payload.history.latest_at(int(first + (last - first) * share))[0][rows]
                             for share in np.linspace(0.0, 1.0, INSTANTS)])
    return values[np.isfinite(values)]


def _per_room(room: np.ndarray, values: np.ndarray, count: int, statistic: str) -> np.ndarray:
    if statistic == MEAN:
        sizes = np.bincount(room, minlength=count)
        total = np.bincount(room, values, count)
        return np.where(sizes > 0, total / np.maximum(sizes, 1), np.nan).astype(np.float32)
    out = np.full(count, np.nan, np.float32)
    (np.fmax if statistic == MAX else np.fmin).at(out, room, values)
    return out
