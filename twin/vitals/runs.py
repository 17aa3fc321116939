"""Many runs of places whose values are reduced to one number each, again and again.

`ufunc.reduceat` begins anew for every run, which costs more than a run of a few values itself. Here the first values of
all short runs lie side by side, then the second ones, and so on (a matrix stored by jagged diagonals): a long stroke
for each. Every run is reduced from its first value to its last, whatever other runs there are.
"""

from __future__ import annotations

from collections.abc import Generator
from functools import cached_property

import numpy as np

SHORT = 32                                       # values; longer runs are worth a beginning


class Runs:
    """Run i is `places[starts[i]:starts[i] + counts[i]]`, never empty."""

    def __init__(self, places: np.ndarray, starts: np.ndarray, counts: np.ndarray):
        by_length = np.argsort(-counts, kind="stable")
        self._long, self._short = np.split(by_length, [int((counts > SHORT).sum())])
        lengths = counts[self._short]
        self._widths = [int((lengths > k).sum()) for k in range(lengths[0] if len(lengths) else 0)]
        columns = [places[starts[self._short[:width]] + k] for k, width in enumerate(self._widths)]
        rest = [places[starts[i]:starts[i] + counts[i]] for i in self._long.tolist()]
        self._places = np.concatenate([np.zeros(0, np.intp), *columns, *rest]).astype(np.intp)
        self._starts = sum(self._widths) + np.cumsum([0, *counts[self._long]])[:-1]

    def reduced(self, how: np.ufunc, values: np.ndarray) -> np.ndarray:
        """(runs,) by a ufunc of two arguments, in the type of `values`."""
        mine, out = np.take(values, self._places, mode="clip"), np.empty(self.size, values.dtype)
        first, *widths = self._widths or [0]
        total, at = mine[:first], first
        for width in widths:
            how(total[:width], mine[at:at + width], out=total[:width])
            at += width
        out[self._short] = total
        if len(self._starts):
            out[self._long] = how.reduceat(mine, self._starts)
        return out

    @property
    def size(self) -> int:
        return len(self._short) + len(self._long)


class Bundles:
    """Members that are in the same runs are looked at once for all of these. The order of the values is another one
    than that of the run: for a count or an extreme, not for a sum.

    `kin` (m,): members with the same number are in the same runs. Run i is `entries[starts[i]:starts[i] + counts[i]]`.
    """

    @classmethod
    def made(cls, kin: np.ndarray, entries: np.ndarray, starts: np.ndarray,
             counts: np.ndarray) -> Generator[None, None, Bundles]:
        """Gives way a few times: of a million entries each step takes some hundredths of a second."""
        self = cls()
        order = np.argsort(kin, kind="stable")
        yield
        new = np.append(True, np.diff(kin[order]) != 0)[:len(kin)]
        begin = np.flatnonzero(new)
        self._of = np.empty(len(kin), np.int32)
        self._of[order] = np.cumsum(new) - 1
        self._bundled = order, begin, np.diff(np.append(begin, len(kin)))
        yield
        bundle = self._of[entries]
        first = order[begin][bundle] == entries                         # of each bundle one member stands for all
        yield
        before = np.append(0, np.cumsum(first))
        self._runs = Runs(bundle[first], before[starts], before[starts + counts] - before[starts])
        return self

    @cached_property
    def _members(self) -> Runs:
        return Runs(*self._bundled)                                     # who only counts needs none

    def reduced(self, how: np.ufunc, values: np.ndarray) -> np.ndarray:
        """(runs,) by a ufunc for which neither order nor repetition matter."""
        return self._runs.reduced(how, self._members.reduced(how, values))

    def counted(self, which: np.ndarray) -> np.ndarray:
        """(runs,) i8: how many of the members `which` each has."""
        return self._runs.reduced(np.add, np.bincount(self._of[which], minlength=len(self._bundled[1])))
