"""Series made ready to draw: gaps stay gaps, and peaks stay peaks however far one zooms out."""

from __future__ import annotations

import numpy as np

GAP_INTERVALS = 3                  # a pause this many times the usual interval breaks the line


def broken(times_ns: np.ndarray, interval_ns: int) -> np.ndarray:
    """(k,) bool: whether the line is interrupted before each reading. `interval_ns` 0 = taken from the data."""
    if len(times_ns) < 2:
        return np.ones(len(times_ns), bool)
    pauses = np.diff(times_ns)
    usual = interval_ns or int(np.median(pauses))
    return np.concatenate([[True], pauses > GAP_INTERVALS * max(usual, 1)])


def drawable(times_ns: np.ndarray, values: np.ndarray, interval_ns: int, view_ns: tuple[int, int],
             pixels: int) -> tuple[np.ndarray, np.ndarray]:
    """(times i8, values f8) of the line in `view_ns`, NaN where it is interrupted.

    Readings in the view and one to either side. Where several fall on a pixel, its least and its
    greatest remain, in the order of time.
    """
    first = max(0, int(np.searchsorted(times_ns, view_ns[0])) - 1)
    last = min(len(times_ns), int(np.searchsorted(times_ns, view_ns[1], side="right")) + 1)
    instants, numbers = times_ns[first:last], values[first:last].astype(np.float64)
    breaks = broken(times_ns, interval_ns)[first:last]
    known = np.isfinite(numbers)
    breaks = breaks | np.concatenate([[True], ~known[:-1]]) if len(known) else breaks
    piece = np.cumsum(breaks)[known]
    instants, numbers = instants[known], numbers[known]
    if len(instants) > 4 * max(pixels, 1):
        instants, numbers, piece = _peaks(instants, numbers, piece, view_ns, pixels)
    return _with_gaps(instants, numbers, piece)


def _peaks(instants, numbers, piece, view_ns, pixels):
    """The least and the greatest of every pixel and piece."""
    width = max(1, (view_ns[1] - view_ns[0]) // max(pixels, 1))
    cell = (instants - view_ns[0]) // width
    starts = np.flatnonzero(np.concatenate([[True], (np.diff(cell) != 0) | (np.diff(piece) != 0)]))
    group = np.repeat(np.arange(len(starts)), np.diff(np.concatenate([starts, [len(instants)]])))
    order = np.lexsort((numbers, group))                    # within each group from least to greatest
    ends = np.concatenate([starts[1:], [len(instants)]]) - 1
    keep = np.unique(np.concatenate([order[starts], order[ends]]))
    return instants[keep], numbers[keep], piece[keep]


def _with_gaps(instants, numbers, piece):
    """A NaN between pieces, so that no line bridges what nobody measured."""
    cuts = np.flatnonzero(np.diff(piece)) + 1
    return (np.insert(instants, cuts, instants[cuts - 1] if len(cuts) else 0),
            np.insert(numbers, cuts, np.nan))


def csv(names: list[str], series: list[tuple[np.ndarray, np.ndarray]], view_ns: tuple[int, int], stamp) -> str:
    """Readings in `view_ns`, a row per instant and a column per series; empty where nothing was measured.

    `stamp(time_ns)` writes an instant.
    """
    cut = [_within(*one, view_ns) for one in series]
    every = np.unique(np.concatenate([instants for instants, _ in cut])) if cut else np.zeros(0, np.int64)
    columns = []
    for instants, values in cut:
        column = np.full(len(every), "", object)
        column[np.searchsorted(every, instants)] = ["" if not np.isfinite(v) else f"{v:.7g}" for v in values]
        columns.append(column)
    lines = [",".join(["time", *(_quoted(name) for name in names)])]
    lines += [",".join([stamp(int(at)), *(str(column[i]) for column in columns)]) for i, at in enumerate(every)]
    return "\n".join(lines) + "\n"


def _within(instants, values, view_ns):
    inside = (instants >= view_ns[0]) & (instants <= view_ns[1])
    return instants[inside], values[inside]


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"' if set(name) & set(',"\n') else name
