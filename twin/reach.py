"""Reach on foot: how far along the streets it is from every place to the nearest facility (scipy's Dijkstra).

Distances follow the network and never the crow: a river without a bridge counts. 15 minutes at 1.2 m/s are 1,080 m.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

WALK_MS = 1.2
MOST_ACCESS_M = 300.0              # from a door or a facility to the nearest street; farther away is out of reach
STEP_M = 20.0                      # longest piece of street
NEAREST_PIECES = 8                 # by their middles, of which the nearest is taken


@dataclass(frozen=True, eq=False)
class Streets:
    """`nodes` (n, 2) f8 local metres; `edges` (k, 2) i4 and their `lengths_m` (k,) f8, walked both ways."""

    nodes: np.ndarray
    edges: np.ndarray
    lengths_m: np.ndarray


@dataclass(frozen=True, eq=False)
class Reached:
    """`walk_m` (n,) f8 from each place to the nearest facility, inf where no street leads; `facility` (n,) i4, -1."""

    walk_m: np.ndarray
    facility: np.ndarray

    def minutes(self, speed_ms: float = WALK_MS) -> np.ndarray:
        return self.walk_m / speed_ms / 60.0


def streets_of(parts: list[np.ndarray], step_m: float = STEP_M) -> Streets:
    """From noded lines: each part (m, 2) meets others only at its ends. Nodes within a centimetre are one."""
    points, edges = [], []
    count = 0
    for part in parts:
        line = _densified(np.asarray(part, np.float64), step_m)
        points.append(line)
        edges.append(np.column_stack([np.arange(len(line) - 1), np.arange(1, len(line))]) + count)
        count += len(line)
    if not count:
        return Streets(np.zeros((0, 2)), np.zeros((0, 2), np.int32), np.zeros(0))
    every = np.concatenate(points)
    _, first, name = np.unique(np.round(every * 100).astype(np.int64), axis=0, return_index=True, return_inverse=True)
    nodes, pairs = every[first], name.reshape(-1)[np.concatenate(edges)]
    pairs = np.unique(np.sort(pairs[pairs[:, 0] != pairs[:, 1]], axis=1), axis=0)     # parallel edges would be added
    lengths = np.hypot(*(nodes[pairs[:, 0]] - nodes[pairs[:, 1]]).T)
    return Streets(nodes, pairs.astype(np.int32), lengths)


def _densified(line: np.ndarray, step_m: float) -> np.ndarray:
    """With a point at least every `step_m`; the line's own points stay."""
    lengths = np.hypot(*np.diff(line, axis=0).T)
    counts = np.maximum(1, np.ceil(lengths / step_m).astype(int))
    share = np.concatenate([np.arange(n) / n for n in counts]) if len(counts) else np.zeros(0)
    which = np.repeat(np.arange(len(counts)), counts)
    return np.concatenate([line[which] + (line[which + 1] - line[which]) * share[:, None], line[-1:]])


@dataclass(frozen=True, eq=False)
class _Joined:
    """Where places meet the streets: `edge` (n,) i8, `away_m` (n,) to it, `along_m` (n, 2) from there to its ends."""

    edge: np.ndarray
    away_m: np.ndarray
    along_m: np.ndarray


def _joined(streets: Streets, places: np.ndarray) -> _Joined:
    """By the nearest of the streets' short pieces."""
    from scipy.spatial import cKDTree
    a, b = streets.nodes[streets.edges[:, 0]], streets.nodes[streets.edges[:, 1]]
    near = cKDTree((a + b) / 2).query(places, k=min(NEAREST_PIECES, len(a)))[1].reshape(len(places), -1)
    along = b[near] - a[near]
    length = np.maximum(streets.lengths_m[near], 1e-9)
    share = np.clip(((places[:, None] - a[near]) * along).sum(axis=2) / length**2, 0.0, 1.0)
    foot = a[near] + along * share[:, :, None]
    away = np.hypot(*np.moveaxis(places[:, None] - foot, 2, 0))
    rows, best = np.arange(len(places)), away.argmin(axis=1)
    share, length = share[rows, best], length[rows, best]
    return _Joined(near[rows, best], away[rows, best], np.column_stack([share * length, (1 - share) * length]))


def reach(streets: Streets, facilities: np.ndarray, places: np.ndarray, limit_m: float = np.inf,
          access_m: float = MOST_ACCESS_M) -> Reached:
    """`facilities` (m, 2), `places` (n, 2) local metres. The way to the street and back counts, as the crow flies.

    What is farther than `limit_m` may come out as inf.
    """
    walk = np.full(len(places), np.inf)
    nearest = np.full(len(places), -1, np.int32)
    if not len(streets.edges) or not len(facilities) or not len(places):
        return Reached(walk, nearest)
    start, door = _joined(streets, facilities), _joined(streets, places)
    usable = np.flatnonzero(start.away_m <= access_m)
    if not len(usable):
        return Reached(walk, nearest)
    far, source = _from(streets, start, usable, limit_m)
    ends = streets.edges[door.edge]
    by_end = far[ends] + door.along_m
    best = by_end.argmin(axis=1)
    rows = np.arange(len(places))
    walk = np.where(door.away_m <= access_m, by_end[rows, best] + door.away_m, np.inf)
    known = np.isfinite(walk)
    nearest[known] = source[ends[rows, best][known]]
    _on_one_piece(start, usable, door, access_m, walk, nearest)
    return Reached(walk, nearest)


def _from(streets: Streets, start: _Joined, usable: np.ndarray, limit_m: float) -> tuple[np.ndarray, np.ndarray]:
    """(metres (nodes,), facility (nodes,)) from the nearest facility to every node.

    Each facility is a node of its own, joined to both ends of its piece of street.
    """
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import dijkstra
    count = len(streets.nodes)
    own = np.repeat(count + np.arange(len(usable)), 2)
    rows = np.concatenate([streets.edges[:, 0], own])
    columns = np.concatenate([streets.edges[:, 1], streets.edges[start.edge[usable]].reshape(-1)])
    ways = (start.along_m[usable] + start.away_m[usable, None]).reshape(-1)
    lengths = np.maximum(np.concatenate([streets.lengths_m, ways]), 1e-6)          # 0 would be no edge
    graph = coo_matrix((lengths, (rows, columns)), shape=(count + len(usable),) * 2).tocsr()
    far, _, source = dijkstra(graph, directed=False, indices=np.unique(own), min_only=True, limit=limit_m,
                              return_predecessors=True)
    found = np.where(source[:count] >= count, source[:count] - count, 0)
    return far[:count], usable[found]


def _on_one_piece(start: _Joined, usable: np.ndarray, door: _Joined, access_m: float, walk: np.ndarray,
                  nearest: np.ndarray) -> None:
    """Facility and door at the same piece of street: the way between need not lead over its ends."""
    for facility in usable:
        same = np.flatnonzero((door.edge == start.edge[facility]) & (door.away_m <= access_m))
        way = (np.abs(door.along_m[same, 0] - start.along_m[facility, 0]) + door.away_m[same]
               + start.away_m[facility])
        shorter = way < walk[same]
        walk[same[shorter]], nearest[same[shorter]] = way[shorter], facility


def coverage(walk_m: np.ndarray, people: np.ndarray, limit_m: float) -> float | None:
    """Share of the people within `limit_m`; None where nobody lives."""
    everyone = float(people.sum())
    return float(people[walk_m <= limit_m].sum()) / everyone if everyone > 0 else None
