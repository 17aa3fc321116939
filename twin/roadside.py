"""The roadside: signals by the clock, units that hear vehicles within their range, and warnings that last a while.

One table of places says all of it by its column `kind`: "unit" (`range_m`), "signal" (`cycle_s`, `green_s`, `amber_s`,
`offset_s`; `priority` names the mode that it lets pass, `priority_m` from how far), "warning" (`from`, `until`,
`radius_m`), "stop" (`serves`: the mode whose vehicles arrive there). Times are ISO 8601.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin import times
from twin.data import Tracks, Vectors

RED, AMBER, GREEN = range(3)
STATES = ("red", "amber", "green")
KINDS = ("unit", "signal", "warning", "stop")
LONGEST_GAP_M = 150.0                      # behind a vehicle that is farther away nobody follows it
SAME_WAY_DEG = 60.0
RANGE_M = 300.0                            # of a unit that says nothing of it
PRIORITY_M = 150.0                         # of a signal that says nothing of it
PACE_S = 60                                # an arrival is told by the pace of a vehicle's last minute,
TOLD_EVERY_S = 15                          # anew four times a minute,
ARRIVING_M = 2000.0                        # of what comes from no farther away


@dataclass(frozen=True, eq=False)
class Roadside:
    """`places` (n, 3) local metres; `kinds` (n,) str. Numbers (n,) f8, NaN where the kind has none."""

    places: np.ndarray
    kinds: np.ndarray
    names: list[str]
    texts: list[str]
    range_m: np.ndarray
    radius_m: np.ndarray
    cycle_s: np.ndarray
    green_s: np.ndarray
    amber_s: np.ndarray
    offset_s: np.ndarray
    from_ns: np.ndarray
    until_ns: np.ndarray
    priority: list[str]                    # the mode that a signal gives green to, "" = none
    priority_m: np.ndarray
    serves: list[str]                      # the mode that arrives at a stop, "" = none

    def rows(self, kind: str) -> np.ndarray:
        return np.flatnonzero(self.kinds == kind)

    def signals_at(self, time_ns: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """(rows, state (k,) u1, seconds to the next change (k,) f8) of the signals."""
        rows = self.rows("signal")
        return rows, *phases(self.cycle_s[rows], self.green_s[rows], self.amber_s[rows], self.offset_s[rows], time_ns)

    def granted(self, places: np.ndarray, before: np.ndarray, modes: list[str]) -> dict[int, int]:
        """{signal: vehicle} that it gives green to: the nearest of its mode that comes nearer, within `priority_m`.

        `places` and `before` (n, 3) of the vehicles now and a second ago, NaN = not there.
        """
        out = {}
        for row in (int(r) for r in self.rows("signal") if self.priority[r]):
            at = np.array([n for n, mode in enumerate(modes) if mode == self.priority[row]], np.intp)
            away, was = (np.hypot(*(p[at, axis] - self.places[row, axis] for axis in (0, 1))) for p in (places, before))
            with np.errstate(invalid="ignore"):
                comes = np.flatnonzero((away <= self.priority_m[row]) & (away < was - 0.05))
            if len(comes):
                out[row] = int(at[comes[np.argmin(away[comes])]])
        return out

    def arrivals(self, places: np.ndarray, before: np.ndarray, modes: list[str]) -> dict[int, tuple[int, float]]:
        """{stop: (vehicle, seconds)}: the first that comes there if each goes on as in its last `PACE_S`.

        `places` and `before` (n, 3) of the vehicles now and then, NaN = not there. As the crow flies: how far a
        street leads round is not known here.
        """
        out = {}
        for row in (int(r) for r in self.rows("stop") if self.serves[r]):
            at = np.array([n for n, mode in enumerate(modes) if mode == self.serves[row]], np.intp)
            away, was = (np.hypot(*(p[at, axis] - self.places[row, axis] for axis in (0, 1))) for p in (places, before))
            with np.errstate(invalid="ignore", divide="ignore"):
                left = np.where((away <= ARRIVING_M) & (away < was), away * PACE_S / (was - away), np.nan)
            if np.isfinite(left).any():
                first = int(np.nanargmin(left))
                out[row] = int(at[first]), float(left[first])
        return out

    def warnings_at(self, time_ns: int) -> np.ndarray:
        """Rows of the warnings that hold: from their first instant until before their last."""
        rows = self.rows("warning")
        return rows[(self.from_ns[rows] <= time_ns) & (time_ns < self.until_ns[rows])]


def phases(cycle_s, green_s, amber_s, offset_s, time_ns: int) -> tuple[np.ndarray, np.ndarray]:
    """A cycle begins with green at `offset_s` after midnight UTC; then amber, then red to its end."""
    since = (time_ns / times.SECOND % 86_400.0 - offset_s) % cycle_s
    state = np.where(since < green_s, GREEN, np.where(since < green_s + amber_s, AMBER, RED)).astype(np.uint8)
    end = np.choose(state, (cycle_s, green_s + amber_s, green_s))
    return state, end - since


@dataclass(frozen=True, eq=False)
class Links:
    """Who hears whom: rows of units, vehicles, metres between them, and `quality` 0..1 by that distance alone."""

    units: np.ndarray
    vehicles: np.ndarray
    away_m: np.ndarray
    quality: np.ndarray


def links_of(roadside: Roadside, vehicles: np.ndarray) -> Links:
    """`vehicles` (n, 3), NaN = not there. On the plane: an aerial's height counts for little over 300 m."""
    units = roadside.rows("unit")
    away = np.hypot(*(roadside.places[units, None, axis] - vehicles[None, :, axis] for axis in (0, 1)))
    reach = roadside.range_m[units][:, None]
    with np.errstate(invalid="ignore"):
        unit, vehicle = np.nonzero(away < reach)
    held = away[unit, vehicle]
    quality = 1.0 - (held / reach[unit, 0]) ** 2
    return Links(units[unit], vehicle, held, quality)


def gaps_of(places: np.ndarray, heading_deg: np.ndarray, members: np.ndarray, length_m: float) -> list[tuple]:
    """(ahead, behind, metres between their bumpers) along a platoon; `members` are rows that may drive in one.

    Who is ahead is the nearest that goes the same way in front of one. Round a bend a straight line is no gap: while
    two head more than `SAME_WAY_DEG` apart, there is none.
    """
    there = members[np.isfinite(places[members, 0]) & np.isfinite(heading_deg[members])]
    turn = np.radians(heading_deg[there])
    way = np.stack([np.sin(turn), np.cos(turn)], axis=1)
    to = places[None, there, :2] - places[there, None, :2]                    # (n, n, 2) from each one to every other
    away = np.hypot(to[..., 0], to[..., 1])
    in_front = (np.einsum("ijk,ik->ij", to, way) > 0.0) & (way @ way.T >= np.cos(np.radians(SAME_WAY_DEG)))
    away[~in_front | (away > LONGEST_GAP_M)] = np.inf
    out = []
    for behind in np.argsort(-(places[there, :2] @ way.sum(axis=0)), kind="stable"):          # the first first
        row, ahead = away[behind], int(np.argmin(away[behind]))
        if np.isfinite(row[ahead]):
            out.append((int(there[ahead]), int(there[behind]), max(0.0, float(row[ahead]) - length_m)))
    return out


def members_of(tracks: Tracks, mode: str) -> np.ndarray:
    """Rows of the vehicles of a mode."""
    return np.array([n for n, said in enumerate(tracks.features.column("mode").to_pylist()) if said == mode], np.intp)


def roadside_of(data: Vectors, time_zone: str) -> Roadside:
    """The points of a layer; what is of no known kind shows nothing."""
    count = data.features.num_rows if data.features is not None else data.count
    places = np.full((count, 3), np.nan)
    places[np.asarray(data.point_feature)] = data.points
    if not data.has_z:
        places[:, 2] = np.nan
    instants = {name: [times.parse(str(w), time_zone) if w else 0 for w in _column(data, name, count)]
                for name in ("from", "until")}
    numbers = {name: _numbers(data, name, count)
               for name in ("range_m", "radius_m", "cycle_s", "green_s", "amber_s", "offset_s", "priority_m")}
    numbers["priority_m"] = np.where(np.isfinite(numbers["priority_m"]), numbers["priority_m"], PRIORITY_M)
    numbers["range_m"] = np.where(np.isfinite(numbers["range_m"]), numbers["range_m"], RANGE_M)
    return Roadside(places=places, kinds=np.array([str(w or "") for w in _column(data, "kind", count)]),
                    names=[str(w or "") for w in _column(data, "name", count)],
                    texts=[str(w or "") for w in _column(data, "name_zh", count)],
                    priority=[str(w or "") for w in _column(data, "priority", count)],
                    serves=[str(w or "") for w in _column(data, "serves", count)],
                    from_ns=np.array(instants["from"], np.int64), until_ns=np.array(instants["until"], np.int64),
                    **numbers)


def _column(data: Vectors, name: str, count: int) -> list:
    held = data.features
    return held.column(name).to_pylist() if held is not None and name in held.column_names else [None] * count


def _numbers(data: Vectors, name: str, count: int) -> np.ndarray:
    return np.array([float(v) if isinstance(v, int | float) else np.nan for v in _column(data, name, count)])


@dataclass(frozen=True, eq=False)
class Heard:
    """What the roadside says at an instant, with the vehicles that it hears.

    `rows` of the signals, their `states` and seconds to the next change `remain`; `granted` {signal: vehicle}: there it
    is green for as long as the vehicle comes nearer, whatever the cycle says, and nobody knows when that ends.
    """

    rows: np.ndarray
    states: np.ndarray
    remain: np.ndarray                     # NaN while priority is given
    granted: dict[int, int]
    links: Links
    gaps: list[tuple]
    warned: np.ndarray
    arrivals: dict[int, tuple[int, float]]


def heard_at(roadside: Roadside, time_ns: int, tracks: Tracks | None, gap_ns: int, platoon: str, length_m: float,
             places: np.ndarray | None = None) -> Heard:
    """`places` (n, 3) of the vehicles where the caller knows better how high they are."""
    rows, states, remain = roadside.signals_at(time_ns)
    granted: dict[int, int] = {}
    if tracks is None:
        nobody = np.zeros((0, 3))
        return Heard(rows, states, remain, granted, links_of(roadside, nobody), [], roadside.warnings_at(time_ns), {})
    fleet = tracks.history.at(time_ns, gap_ns, gap_ns)
    places = fleet.places if places is None else places
    if any(roadside.priority):
        before = tracks.history.at(time_ns - times.SECOND, gap_ns, gap_ns).places
        granted = roadside.granted(places, before, tracks.features.column("mode").to_pylist())
    let_pass = np.isin(rows, list(granted))
    states, remain = np.where(let_pass, GREEN, states).astype(np.uint8), np.where(let_pass, np.nan, remain)
    gaps = gaps_of(places, fleet.heading_deg, members_of(tracks, platoon), length_m)
    return Heard(rows, states, remain, granted, links_of(roadside, places), gaps, roadside.warnings_at(time_ns),
                 _arrivals(roadside, time_ns, tracks, gap_ns))


def _arrivals(roadside: Roadside, time_ns: int, tracks: Tracks, gap_ns: int) -> dict[int, tuple[int, float]]:
    """As a stop's display tells it: of the last full quarter of a minute, counted down since."""
    if not any(roadside.serves):
        return {}
    told = time_ns - time_ns % (TOLD_EVERY_S * times.SECOND)
    there, before = (tracks.history.at(t, gap_ns, gap_ns).places for t in (told, told - PACE_S * times.SECOND))
    since = (time_ns - told) / times.SECOND
    return {stop: (vehicle, max(0.0, left - since)) for stop, (vehicle, left) in
            roadside.arrivals(there, before, tracks.features.column("mode").to_pylist()).items()}


def gap_series(tracks: Tracks, platoon: str, length_m: float, gap_ns: int, from_ns: int, until_ns: int,
               step_ns: int = times.SECOND) -> tuple[np.ndarray, dict[tuple[int, int], np.ndarray]]:
    """(instants, {(ahead, behind): metres between their bumpers, NaN = none}) of a platoon over a time."""
    instants = np.arange(from_ns, until_ns + 1, step_ns, dtype=np.int64)
    members = members_of(tracks, platoon)
    out: dict[tuple[int, int], np.ndarray] = {}
    for n, now in enumerate(instants.tolist()):
        fleet = tracks.history.at(now, gap_ns, gap_ns)
        for ahead, behind, gap in gaps_of(fleet.places, fleet.heading_deg, members, length_m):
            out.setdefault((ahead, behind), np.full(len(instants), np.nan))[n] = gap
    return instants, out
