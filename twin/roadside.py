"""The roadside: signals by the clock, units that hear vehicles within their range, and warnings that last a while.

One table of places says all of it by its column `kind`: "unit" (`range_m`), "signal" (`cycle_s`, `green_s`, `amber_s`,
`offset_s`), "warning" (`from`, `until`, `radius_m`). Times are ISO 8601.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin import times
from twin.data import Tracks, Vectors

RED, AMBER, GREEN = range(3)
STATES = ("red", "amber", "green")
LONGEST_GAP_M = 150.0                      # behind a vehicle that is farther away nobody follows it
RANGE_M = 300.0                            # of a unit that says nothing of it


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

    def rows(self, kind: str) -> np.ndarray:
        return np.flatnonzero(self.kinds == kind)

    def signals_at(self, time_ns: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """(rows, state (k,) u1, seconds to the next change (k,) f8) of the signals."""
        rows = self.rows("signal")
        return rows, *phases(self.cycle_s[rows], self.green_s[rows], self.amber_s[rows], self.offset_s[rows], time_ns)

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
    """(ahead, behind, metres between their bumpers) along a platoon; `members` are rows that may drive in one."""
    there = members[np.isfinite(places[members, 0])]
    if len(there) < 2:
        return []
    turn = np.radians(heading_deg[there])
    way = np.array([np.sin(turn).mean(), np.cos(turn).mean()])
    ordered = there[np.argsort(-(places[there, :2] @ way), kind="stable")]
    out = []
    for ahead, behind in zip(ordered[:-1].tolist(), ordered[1:].tolist()):
        away = float(np.hypot(*(places[ahead, :2] - places[behind, :2])))
        if away <= LONGEST_GAP_M:
            out.append((ahead, behind, max(0.0, away - length_m)))
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
               for name in ("range_m", "radius_m", "cycle_s", "green_s", "amber_s", "offset_s")}
    numbers["range_m"] = np.where(np.isfinite(numbers["range_m"]), numbers["range_m"], RANGE_M)
    return Roadside(places=places, kinds=np.array([str(w or "") for w in _column(data, "kind", count)]),
                    names=[str(w or "") for w in _column(data, "name", count)],
                    texts=[str(w or "") for w in _column(data, "name_zh", count)],
                    from_ns=np.array(instants["from"], np.int64), until_ns=np.array(instants["until"], np.int64),
                    **numbers)


def _column(data: Vectors, name: str, count: int) -> list:
    held = data.features
    return held.column(name).to_pylist() if held is not None and name in held.column_names else [None] * count


def _numbers(data: Vectors, name: str, count: int) -> np.ndarray:
    return np.array([float(v) if isinstance(v, int | float) else np.nan for v in _column(data, name, count)])
