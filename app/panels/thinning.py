"""Series made ready to draw: gaps stay gaps, and peaks stay peaks however far one zooms out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

FACTOR, LEAST_LEVEL = 8, 4096      # of the levels of detail, and how many readings need none
MISSED, SILENT = 1.5, 3.0          # intervals that break the line: of what keeps step, and of what comes as it likes
IN_STEP, OFF_STEP = 0.9, 0.2       # this share of the pauses is whole intervals, give or take this part of one
LOOKED_AT = 100_000                # pauses that tell whether a datastream keeps step


def broken(times_ns: np.ndarray, interval_ns: int) -> np.ndarray:
    """(k,) bool: whether the line is interrupted before each reading. `interval_ns` 0 = taken from the data.

    Where readings come at a steady interval, one that is missing is a gap; else only a long silence is.
    """
    if len(times_ns) < 2:
        return np.ones(len(times_ns), bool)
    pauses = np.diff(times_ns)
    usual = max(interval_ns or int(np.median(pauses)), 1)
    longest = MISSED if _keeps_step(pauses, usual) else SILENT
    return np.concatenate([[True], pauses > int(longest * usual)])


def _keeps_step(pauses: np.ndarray, usual_ns: int) -> bool:
    """Whether nearly all pauses are one interval or several: jitter is allowed, and so are missing readings."""
    intervals = pauses[::-(-len(pauses) // LOOKED_AT)] / usual_ns
    whole = np.maximum(np.round(intervals), 1.0)
    return float(np.mean(np.abs(intervals - whole) <= OFF_STEP)) >= IN_STEP


def drawable(times_ns: np.ndarray, values: np.ndarray, interval_ns: int, view_ns: tuple[int, int],
             pixels: int) -> tuple[np.ndarray, np.ndarray]:
    """As `Thinned.drawable`, of readings that are drawn once."""
    return Thinned.of(times_ns, values, interval_ns).drawable(view_ns, pixels)


@dataclass(frozen=True, eq=False)
class Thinned:
    """Readings that are drawn in a moment at any zoom, ten million too.

    `instants` (k,) i8 and `values` (k,) f8 are those with a value; before each of `cuts` (c,) the line is interrupted.
    `levels[n]`: indices, ascending, of the least and the greatest of every FACTOR ** (n + 1) neighbours.
    """

    instants: np.ndarray
    values: np.ndarray
    cuts: np.ndarray
    levels: tuple[np.ndarray, ...] = ()

    @classmethod
    def of(cls, times_ns: np.ndarray, values: np.ndarray, interval_ns: int) -> Thinned:
        """`interval_ns` 0 = taken from the data."""
        known = np.isfinite(values)
        breaks = broken(times_ns, interval_ns)
        if len(known) and not known.all():
            breaks = breaks | np.concatenate([[True], ~known[:-1]])
            piece = np.cumsum(breaks)[known]
            cuts, times_ns, values = np.flatnonzero(np.diff(piece)) + 1, times_ns[known], values[known]
        else:
            cuts = np.flatnonzero(breaks[1:]) + 1
        values = np.asarray(values, np.float64)
        return cls(np.asarray(times_ns, np.int64), values, cuts, _levels(values))

    def drawable(self, view_ns: tuple[int, int], pixels: int) -> tuple[np.ndarray, np.ndarray]:
        """(times i8, values f8) of the line in `view_ns`, NaN where it is interrupted.

        Readings in the view and one to either side. Where several fall on a pixel, its least and its greatest
        remain, in the order of time; gaps narrower than a pixel are not seen then.
        """
        first = max(0, int(np.searchsorted(self.instants, view_ns[0])) - 1)
        last = min(len(self.instants), int(np.searchsorted(self.instants, view_ns[1], side="right")) + 1)
        cuts = self.cuts[np.searchsorted(self.cuts, first, side="right"):np.searchsorted(self.cuts, last)]
        pixels = max(pixels, 1)
        if last - first <= 4 * pixels:
            at = np.arange(first, last)
            return _with_gaps(self.instants[at], self.values[at], np.searchsorted(cuts, at, side="right"))
        width_ns = max(1, (view_ns[1] - view_ns[0]) // pixels)
        cuts = cuts[self.instants[cuts] - self.instants[cuts - 1] > width_ns]
        at = self._candidates(first, last, cuts, (last - first) / pixels / 4)
        piece = np.searchsorted(cuts, at, side="right")
        return _with_gaps(*_peaks(self.instants[at], self.values[at], piece, view_ns, pixels))

    def _candidates(self, first: int, last: int, cuts: np.ndarray, block: float) -> np.ndarray:
        """Indices among which are the extremes of every `block` neighbours, and both ends of every gap."""
        level = next((n for n in range(len(self.levels), 0, -1) if FACTOR ** n <= block), 0)
        if not level:
            return np.arange(first, last)
        held = self.levels[level - 1]
        inside = held[np.searchsorted(held, first):np.searchsorted(held, last)]
        return np.unique(np.concatenate([inside, [first, last - 1], cuts, cuts - 1]))


def _levels(values: np.ndarray) -> tuple[np.ndarray, ...]:
    at, out, group = np.arange(len(values)), [], FACTOR
    while len(at) > LEAST_LEVEL:
        at = _extremes(at, values, group)
        out.append(at)
        group = 2 * FACTOR                                  # from now on two stand for each block
    return tuple(out)


def _extremes(at: np.ndarray, values: np.ndarray, group: int) -> np.ndarray:
    """The least and the greatest of every `group` of `at`; what is left over stays as it is."""
    whole = len(at) // group * group
    blocks, numbers = at[:whole].reshape(-1, group), values[at[:whole]].reshape(-1, group)
    rows = np.arange(len(blocks))
    ends = np.stack([blocks[rows, numbers.argmin(axis=1)], blocks[rows, numbers.argmax(axis=1)]], axis=1)
    return np.concatenate([np.sort(ends, axis=1).ravel(), at[whole:]])


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
