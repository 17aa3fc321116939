"""A cube's rows of held values from sorted readings: some columns at a time, so that what is written stays in the
processor's cache until the block is done."""

from __future__ import annotations

import numpy as np

BLOCK_CELLS = 1 << 17
LEAST_COLUMNS, MOST_RUNS = 16, 64
SLICE = 1 << 13                           # readings: what is made of them on the way stays in the cache too


def filled(streams: np.ndarray, rows: np.ndarray, values: np.ndarray, ticks: np.ndarray,
           count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """(held (r, count) f4, held_ticks (r, count), new (r,) i8, typical (count,) i8) of readings, of which the last one
    counts where datastream and row are the same; their values are finite.

    `ticks` (r,) of the rows; `held` NaN and `held_ticks` 0 = never. `new`: readings of each row, each key once;
    `typical`: the median distance of a datastream's readings in ticks.
    """
    held, held_ticks = np.empty((len(ticks), count), np.float32), np.empty((len(ticks), count), ticks.dtype)
    new, usual = np.zeros(len(ticks), np.int64), np.zeros(count, np.int64)
    runs = _ascending_runs(streams)
    width = max(LEAST_COLUMNS, BLOCK_CELLS // len(ticks)) if runs else count
    edges = np.append(np.arange(0, count, width), count).astype(streams.dtype)
    bounds = [run.start + np.searchsorted(streams[run], edges) for run in runs] or [np.array((0, len(streams)))]
    scratch = (held, held_ticks) if width >= count else tuple(np.empty((len(ticks), width), a.dtype)
                                                             for a in (held, held_ticks))
    for n, (first, last) in enumerate(zip(edges[:-1].tolist(), edges[1:].tolist())):
        part, part_ticks = (_of_width(block, last - first) for block in scratch)
        part.fill(np.nan)
        for bound in bounds:
            mine = slice(bound[n], bound[n + 1])
            _write(part, rows[mine], streams[mine] - first, values[mine])
        said = np.isfinite(part)
        told = np.count_nonzero(said, axis=1)
        gaps = (told < last - first).any()
        np.multiply(said, ticks[:, None], out=part_ticks)
        new += told
        usual[first:last] = _typical_of(part_ticks if gaps else part_ticks[:, :1])
        if gaps:
            _hold(part, part_ticks)
        if width < count:
            held[:, first:last], held_ticks[:, first:last] = part, part_ticks
    return held, held_ticks, new, usual


def _write(part, rows, columns, values) -> None:
    """The readings of some columns, a slice at a time: later ones over earlier ones."""
    for first in range(0, len(rows), SLICE):
        mine = slice(first, first + SLICE)
        places = rows[mine] * part.shape[1]
        places += columns[mine]
        part.reshape(-1)[places] = values[mine]


def _ascending_runs(streams: np.ndarray) -> list[slice]:
    """Where the datastreams ascend, as in each sealed file; [] where they hardly do."""
    falls = np.flatnonzero(streams[1:] < streams[:-1]) + 1
    if len(falls) >= MOST_RUNS:
        return []
    ends = [0, *falls.tolist(), len(streams)]
    return [slice(*ends[n:n + 2]) for n in range(len(ends) - 1)]


def _of_width(block: np.ndarray, columns: int) -> np.ndarray:
    """The same memory for a block of fewer columns."""
    return block.reshape(-1)[:len(block) * columns].reshape(len(block), columns)


def _hold(held: np.ndarray, held_ticks: np.ndarray) -> None:
    """Carry the last reading forward, along the shorter side."""
    rows, count = held.shape
    if rows <= count:
        for row in range(1, rows):
            np.copyto(held[row], held[row - 1], where=held_ticks[row] == 0)
    else:
        number = np.arange(rows)
        for column in range(count):
            last = np.maximum.accumulate(np.where(held_ticks[:, column] > 0, number, 0))
            held[:, column] = held[last, column]
    np.maximum.accumulate(held_ticks, axis=0, out=held_ticks)


def _typical_of(new_ticks: np.ndarray, columns: int = 16384) -> np.ndarray:
    """(n,) i8 ticks, before values are held, some columns at a time."""
    parts = []
    for first in range(0, new_ticks.shape[1], columns):
        part = np.ascontiguousarray(new_ticks[:, first:first + columns].T)
        stream, row = np.nonzero(part)
        parts.append(typical(stream, part[stream, row], len(part)))
    return np.concatenate(parts) if parts else np.zeros(0, np.int64)


def typical(streams: np.ndarray, ticks: np.ndarray, count: int) -> np.ndarray:
    """(count,) i8: the (lower) median distance in ticks; `streams` ascending, `ticks` within each too."""
    usual = np.zeros(count, np.int64)
    same = streams[1:] == streams[:-1]
    owner = streams[1:][same]
    distances = ticks[1:][same].astype(np.int64) - ticks[:-1][same].astype(np.int64)
    if len(distances) and (distances == distances[0]).all():
        usual[owner] = distances[0]
        return usual
    order = np.lexsort((distances, owner))
    first = np.searchsorted(owner, np.arange(count + 1))
    has = first[1:] > first[:-1]
    middle = (first[:-1] + (first[1:] - first[:-1] - 1) // 2)[has]
    usual[has] = distances[order][middle]
    return usual
