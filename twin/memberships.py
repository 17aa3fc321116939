"""Which sensor is in which room: as somebody said, by GlobalId, by number and storey, or by where it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from twin.bindings import HAND, Binding, resolved
from twin.rooms import Rooms
from twin.sensed import Sensed

# How a sensor came to its room ...
BY_HAND, BY_GUID, BY_NUMBER, INSIDE, NEAR, KEPT = "hand", "guid", "number", "inside", "near", "kept"
# ... or why it has none. Only OUTSIDE is no fault: the sensor stands in no building and names no room.
NOWHERE, SEVERAL, UNKNOWN_GUID, UNKNOWN_NUMBER = "nowhere", "several", "unknown_guid", "unknown_number"
OUTSIDE = "outside"
UNKNOWN_ELEMENT = "unknown_element"      # it was bound to an element that is gone
HOW = (BY_HAND, BY_GUID, BY_NUMBER, INSIDE, NEAR, KEPT, NOWHERE, SEVERAL, UNKNOWN_GUID, UNKNOWN_NUMBER, OUTSIDE,
       UNKNOWN_ELEMENT)
CODE = {how: code for code, how in enumerate(HOW)}
BOUND = CODE[KEPT]                   # codes up to here have a room

REACH_M = 0.35                       # a sensor in the wall belongs to the room it is nearest to
APART_M = 0.05                       # nearer than this to two rooms alike it is nearest to neither
AROUND_M = 1.0                       # about the rooms of a building it is still its affair
SLACK_M = 0.05                       # in height: floors are rarely level to the millimetre
MOST_PAIRS = 2_000_000               # of sensor and room that are looked at together


@dataclass(frozen=True, eq=False)
class Memberships:
    """`room` (n,) i4: row in `rooms` (or in `twin.hosts.Hosts`, of sensors on elements), -1 = in none; `how` (n,) u1:
    place in `HOW`.

    `others`: of sensors that could be in several rooms, or whose own word fits none, the rooms that come into question.
    """

    rooms: Rooms
    room: np.ndarray
    how: np.ndarray
    others: dict[int, tuple[int, ...]] = field(default_factory=dict)

    def words(self, sensor: int) -> str:
        return HOW[self.how[sensor]]

    def unbound(self) -> np.ndarray:
        """Sensors that should be in a room and are in none, or in several."""
        return np.flatnonzero((self.how > BOUND) & (self.how != CODE[OUTSIDE]))

    def sensors_in(self, room: int) -> np.ndarray:
        return np.flatnonzero(self.room == room)


def matched(rooms: Rooms, sensed: Sensed, bindings: Sequence[Binding] = ()) -> Memberships:
    """What somebody assigned by hand goes first, then what the sensor's table says, then the place.

    What was kept of an earlier issue of the model counts where the table's word fits no room any more.
    """
    count = len(sensed.ids)
    room, how = np.full(count, -1, np.int32), np.full(count, CODE[OUTSIDE], np.uint8)
    others = _by_place(rooms, sensed.places, room, how)
    if sensed.carried is not None:
        how[(how == CODE[NOWHERE]) & sensed.carried] = CODE[OUTSIDE]
    _by_word(rooms, sensed, room, how, others)
    _by_binding(rooms, sensed.ids, bindings, room, how, others)
    return Memberships(rooms, room, how, others)


# -- by hand and by word ---------------------------------------------------------------------------------


def _by_binding(rooms: Rooms, ids: Sequence[str], bindings: Sequence[Binding], room, how, others) -> None:
    if not bindings:
        return
    at = {id: n for n, id in enumerate(ids)}
    for binding, row in zip(bindings, resolved(bindings, rooms)):
        n = at.get(binding.sensor, -1)
        if n < 0:
            continue
        if binding.how == HAND and (row >= 0 or not binding.room):
            room[n], how[n] = row, CODE[BY_HAND]
            others.pop(n, None)
        elif row >= 0 and how[n] > BOUND:
            room[n], how[n] = row, CODE[KEPT]
            others.pop(n, None)
        elif how[n] == CODE[OUTSIDE]:
            how[n] = CODE[UNKNOWN_GUID]                      # assigned to a room that is gone


def _by_word(rooms: Rooms, sensed: Sensed, room, how, others) -> None:
    """GlobalId before number; a word that fits no room is a fault to show, not a reason to guess."""
    by_guid, by_number = _index(rooms.guid), _index([_key(n) for n in rooms.number])
    for n, (guid, number) in enumerate(zip(sensed.guids, sensed.numbers)):
        if guid:
            _take(n, by_guid.get(guid, ()), BY_GUID, UNKNOWN_GUID, room, how, others)
        elif number:
            found = by_number.get(_key(number), ())
            storey = _key(sensed.storeys[n])
            on_storey = tuple(r for r in found if _key(rooms.storey[r]) == storey) if storey else found
            _take(n, on_storey, BY_NUMBER, UNKNOWN_NUMBER, room, how, others)


def _take(n: int, found: tuple[int, ...], bound: str, unknown: str, room, how, others) -> None:
    """One room is the answer; of several the one that it stands in."""
    here = (int(room[n]),) if room[n] >= 0 else others.get(n, ())
    both = tuple(r for r in found if r in here)
    said = both if len(found) > 1 and len(both) == 1 else found
    if len(said) == 1:
        room[n], how[n] = said[0], CODE[bound]
        others.pop(n, None)
        return
    room[n], how[n] = -1, CODE[SEVERAL if said else unknown]
    if said or here:
        others[n] = said or here


def _index(words: Sequence[str]) -> dict[str, tuple[int, ...]]:
    out: dict[str, tuple[int, ...]] = {}
    for row, word in enumerate(words):
        if word:
            out[word] = (*out.get(word, ()), row)
    return out


def _key(text: str) -> str:
    return text.strip().casefold()


# -- by place --------------------------------------------------------------------------------------------


def _by_place(rooms: Rooms, places: np.ndarray, room, how) -> dict[int, tuple[int, ...]]:
    """Fills `room` and `how`; returns what comes into question for those in several."""
    others: dict[int, tuple[int, ...]] = {}
    sensor, row, away = standing(rooms, places)
    inside = away <= 0.0
    _settle(sensor[inside], row[inside], INSIDE, SEVERAL, room, how, others)
    open_ = ~inside & ~np.isin(sensor, sensor[inside])
    sensor, row, away = sensor[open_], row[open_], away[open_]
    least = np.full(len(places), np.inf)
    np.minimum.at(least, sensor, away)
    close = away < least[sensor] + APART_M
    _settle(sensor[close], row[close], NEAR, NOWHERE, room, how, others)
    how[(how == CODE[OUTSIDE]) & _within(rooms, places)] = CODE[NOWHERE]
    return others


def _settle(sensor, row, bound: str, fault: str, room, how, others) -> None:
    """A sensor with one room has it; one with more has none."""
    alone = np.bincount(sensor, minlength=len(room))[sensor] == 1
    room[sensor[alone]], how[sensor[alone]] = row[alone], CODE[bound]
    for n in np.unique(sensor[~alone]):
        how[n] = CODE[fault]
        others[int(n)] = tuple(int(r) for r in row[sensor == n])


def _within(rooms: Rooms, places: np.ndarray) -> np.ndarray:
    """(n,) bool: in the box about the rooms of some model."""
    out = np.zeros(len(places), bool)
    least, most = _boxes(rooms)
    for layer in dict.fromkeys(rooms.layer):
        mine = np.array([name == layer for name in rooms.layer]) & np.isfinite(least[:, 0])
        if mine.any():
            low = np.append(least[mine].min(axis=0), np.nanmin(rooms.low[mine])) - AROUND_M
            high = np.append(most[mine].max(axis=0), np.nanmax(rooms.high[mine])) + AROUND_M
            out |= ((places >= low) & (places <= high)).all(axis=1)
    return out


def standing(rooms: Rooms, places: np.ndarray, reach_m: float = REACH_M) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(sensor, room, metres from its outline) of all pairs within reach, by real footprint and storey height.

    0 = inside. Places with an unknown coordinate are in no room.
    """
    least, most = _boxes(rooms)
    known = np.flatnonzero(np.isfinite(places).all(axis=1))
    known = known[np.argsort(places[known, 0], kind="stable")]
    usable = np.flatnonzero(np.isfinite(least[:, 0]))
    x = places[known, 0]
    start = np.searchsorted(x, least[usable, 0] - reach_m)
    stop = np.searchsorted(x, most[usable, 0] + reach_m, side="right")
    parts = [_pairs(rooms, places, known, usable[some], start[some], stop[some], least, most, reach_m)
             for some in _lots(stop - start)]
    sensor, room, away = (np.concatenate(p) for p in zip(*parts)) if parts else (
        np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))
    order = np.lexsort((room, sensor))
    return sensor[order], room[order], away[order]


def _lots(sizes: np.ndarray) -> list[np.ndarray]:
    """Places of `sizes` in lots whose sum stays bounded."""
    if not len(sizes):
        return []
    lot = np.cumsum(sizes) // MOST_PAIRS
    return np.split(np.arange(len(sizes)), np.flatnonzero(np.diff(lot)) + 1)


def _pairs(rooms, places, known, rows, start, stop, least, most, reach_m):
    """Of some rooms and the sensors in their strips: those in reach of the floor's outline and height."""
    room = np.repeat(rows, stop - start)
    sensor = known[_runs(start, stop - start)]
    y, z = places[sensor, 1], places[sensor, 2]
    near = ((y >= least[room, 1] - reach_m) & (y <= most[room, 1] + reach_m)
            & (z >= rooms.low[room] - SLACK_M) & (z < rooms.high[room] - SLACK_M))
    sensor, room = sensor[near], room[near]
    if not len(sensor):
        return sensor, room, np.zeros(0)
    away = _away(rooms, places[sensor, :2], room)
    kept = away <= reach_m
    return sensor[kept], room[kept], away[kept]


def _away(rooms: Rooms, points: np.ndarray, room: np.ndarray) -> np.ndarray:
    """(k,) metres from point k to the outline of its room; 0 inside it, by winding number."""
    sizes = rooms.first[room + 1] - rooms.first[room]
    edge = rooms.edges[_runs(rooms.first[room], sizes)]
    begin = np.cumsum(sizes) - sizes
    a = edge[:, :2] - np.repeat(points, sizes, axis=0)
    b = edge[:, 2:] - edge[:, :2]
    left = b[:, 1] * a[:, 0] - b[:, 0] * a[:, 1]             # > 0: the point lies left of the edge
    up, down = (a[:, 1] <= 0) & (a[:, 1] + b[:, 1] > 0), (a[:, 1] > 0) & (a[:, 1] + b[:, 1] <= 0)
    turns = np.add.reduceat((up & (left > 0)).astype(np.int64) - (down & (left < 0)), begin)
    share = np.clip(-(a * b).sum(axis=1) / np.maximum((b * b).sum(axis=1), 1e-30), 0.0, 1.0)
    distance = np.hypot(*(a + share[:, None] * b).T)
    return np.where(turns != 0, 0.0, np.minimum.reduceat(distance, begin))


def _runs(start: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """start[0], start[0] + 1, … for each run, one after the other."""
    shift = np.repeat(start - (np.cumsum(sizes) - sizes), sizes)
    return np.arange(int(sizes.sum())) + shift


def _boxes(rooms: Rooms) -> tuple[np.ndarray, np.ndarray]:
    """(n, 2) least and most x, y of each outline; NaN where there is none."""
    least, most = np.full((len(rooms), 2), np.nan), np.full((len(rooms), 2), np.nan)
    some = np.flatnonzero(np.diff(rooms.first) > 0)
    if len(some):
        ends = rooms.edges.reshape(-1, 2, 2)
        least[some] = np.minimum.reduceat(ends.min(axis=1), rooms.first[some])
        most[some] = np.maximum.reduceat(ends.max(axis=1), rooms.first[some])
    return least, most
