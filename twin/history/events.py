"""The readings themselves, of some datastreams in a span: what statistics and windows are made of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.history.replay import Cube, Keyframes
from twin.history.stored import StoredHistory


@dataclass(frozen=True, eq=False)
class Events:
    """Readings sorted by place and time. `places` (k,) i4: positions in the rows that were asked for."""

    places: np.ndarray
    times_ns: np.ndarray             # (k,) i8
    values: np.ndarray               # (k,) f4, finite

    def __len__(self) -> int:
        return len(self.values)


def events_of(history, rows: np.ndarray, first_ns: int, last_ns: int) -> Events:
    """The good readings of `rows` from `first_ns` to `last_ns`, both included; one reading at an instant."""
    rows = np.asarray(rows, np.intp)
    parts = list(_parts(history, rows, first_ns, last_ns))
    if not parts:
        return Events(np.zeros(0, np.int32), np.zeros(0, np.int64), np.zeros(0, np.float32))
    places, times_ns, values = (np.concatenate(p) for p in zip(*parts))
    real = np.isfinite(values)
    places, times_ns, values = places[real], times_ns[real], values[real]
    order = np.lexsort((times_ns, places))
    places, times_ns, values = places[order], times_ns[order], values[order]
    new = np.ones(len(places), bool)
    new[1:] = (places[1:] != places[:-1]) | (times_ns[1:] != times_ns[:-1])
    return Events(places[new].astype(np.int32), times_ns[new], values[new])


def _parts(history, rows: np.ndarray, first_ns: int, last_ns: int):
    """(places, times, values) of each store that holds some of it."""
    if isinstance(history, StoredHistory):
        yield from _stored(history, rows, first_ns, last_ns)
    elif isinstance(history, Cube):
        yield _of_cube(history, rows, first_ns, last_ns)
    elif isinstance(history, Keyframes):
        yield _of_keyframes(history, rows, first_ns, last_ns)
    else:
        yield from _of_series(history, rows, first_ns, last_ns)


def _between(replay, first_ns: int, last_ns: int) -> slice:
    return slice(replay.stamps_until(first_ns - 1), replay.stamps_until(last_ns))


def _of_cube(cube: Cube, rows, first_ns, last_ns):
    span = _between(cube, first_ns, last_ns)
    stamps = cube.stamps[span]
    held_ticks, held = cube.held_ticks[span], cube.held[span]
    if len(rows) < cube.held.shape[1]:
        held_ticks, held = held_ticks[:, rows], held[:, rows]
        places = None
    else:
        places = np.empty(cube.held.shape[1], np.int32)
        places[rows] = np.arange(len(rows), dtype=np.int32)
    stamp, column = np.nonzero(held_ticks == stamps[:, None])
    return (column if places is None else places[column]), cube.instants(stamps[stamp]), held[stamp, column]


def _of_keyframes(keyframes: Keyframes, rows, first_ns, last_ns):
    span = _between(keyframes, first_ns, last_ns)
    places = np.full(len(keyframes.interval_ns), -1, np.int32)
    places[rows] = np.arange(len(rows), dtype=np.int32)
    place = places[keyframes.streams[span]]
    mine = place >= 0
    return place[mine], keyframes.instants(keyframes.stamps[span][mine]), keyframes.values[span][mine]


def _of_series(history, rows, first_ns, last_ns):
    for place, row in enumerate(rows.tolist()):
        times_ns, values = history.series(row)
        mine = (times_ns >= first_ns) & (times_ns <= last_ns)
        yield np.full(int(mine.sum()), place, np.int32), times_ns[mine], values[mine]


def _stored(history: StoredHistory, rows, first_ns, last_ns):
    start = 0
    for lane in history.lanes:
        inside = np.flatnonzero((rows >= start) & (rows < start + lane.columns))
        columns = rows[inside] - start
        start += lane.columns
        if not len(columns):
            continue
        for _, cube in history.cubes_between(lane, first_ns, last_ns):
            known = columns < len(cube.interval_ns)          # later datastreams came after this cube
            for places, times_ns, values in _parts(cube, columns[known], first_ns, last_ns):
                yield inside[known][places], times_ns, values
    if history.hot is not None:
        yield from _parts(history.hot, rows, first_ns, last_ns)
