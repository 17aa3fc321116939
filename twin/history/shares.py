"""Who counts which readings of a history (a layer, a zone), and how many of them lie in each bin of time.

Readings are counted from what stands ready for replay: a cube says for every stamp and datastream whether it is new.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from twin.history.motion import Motion
from twin.history.replay import Cube, Keyframes, Replay
from twin.history.stored import StoredHistory

BLOCK_CELLS = 4 << 20                    # of a cube that are looked at at once


@dataclass(frozen=True, eq=False)
class Share:
    """`members[k]` counts for row `of[k]`, sorted by row; the rows in `whole` count every reading.

    Members are datastreams; of a `Motion` they are fixes, because a vehicle is now in one zone and now in another.
    Several rows may count the same ones. What a cube says is counted once and kept.
    """

    rows: int
    whole: tuple[int, ...] = ()
    of: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int32))           # (k,) i4
    members: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int32))      # (k,) i4
    _kept: dict = field(default_factory=dict, repr=False)

    def within(self, start: int, columns: int) -> Share:
        """The same for the datastreams from `start` on, which are the columns of a replay."""
        def make():
            inside = (self.members >= start) & (self.members < start + columns)
            of, members = self.of[inside], self.members[inside] - start
            parts = [(row, members[of == row]) for row in np.unique(of).tolist()]
            return share_of(self.rows, [*((row, None) for row in self.whole),
                                        *((row, None if len(m) == columns else m) for row, m in parts)])
        return self.kept((start, columns), make)

    def kept(self, key, make):
        if key not in self._kept:
            self._kept[key] = make()
        return self._kept[key]


def share_of(rows: int, parts: Iterable[tuple[int, np.ndarray | None]]) -> Share:
    """`parts`: (row, its members, each once); None = all there are."""
    parts = sorted(parts, key=lambda part: part[0])
    some = [(row, members) for row, members in parts if members is not None and len(members)]
    of = np.repeat(np.array([row for row, _ in some], np.int32), [len(members) for _, members in some])
    members = np.concatenate([np.zeros(0, np.int32), *(members for _, members in some)]).astype(np.int32)
    return Share(rows, tuple(row for row, members in parts if members is None), of, members)


def counted(history, share: Share, edges_ns: np.ndarray) -> np.ndarray:
    """(rows, bins) i8: the readings of each row in each [edge, next edge)."""
    if isinstance(history, StoredHistory):
        return _of_stored(history, share, edges_ns)
    out = np.zeros((share.rows, len(edges_ns) - 1), np.int64)
    if share.whole:
        out[list(share.whole)] = history.coverage(edges_ns)
    if len(share.members):
        out += _single(history, share, edges_ns)
    return out


def _single(history, share: Share, edges_ns: np.ndarray) -> np.ndarray:
    if isinstance(history, Cube):
        return _of_cube(history, share, edges_ns, key=history)
    if isinstance(history, Keyframes):
        return _of_keyframes(history, share, edges_ns)
    if isinstance(history, Motion):
        return _of_instants(history.times_ns, share, edges_ns)
    out = np.zeros((share.rows, len(edges_ns) - 1), np.int64)
    for row, member in zip(share.of.tolist(), share.members.tolist()):
        times_ns, values = history.series(member)
        out[row] += np.histogram(times_ns[np.isfinite(values)], edges_ns)[0]
    return out


def _of_stored(history: StoredHistory, share: Share, edges_ns: np.ndarray) -> np.ndarray:
    """Lane by lane. Cubes never change under their name, so what they say is kept by it, also where the history is
    another one since."""
    out = np.zeros((share.rows, len(edges_ns) - 1), np.int64)
    start = 0
    for lane in history.lanes:
        mine = share.within(start, lane.columns)
        start += lane.columns
        if mine.whole:
            out[list(mine.whole)] += history.lane_coverage(lane, edges_ns)
        if len(mine.members):
            for folder, cube in history.cubes_between(lane, int(edges_ns[0]), int(edges_ns[-1])):
                columns = len(cube.interval_ns)          # later datastreams came after this cube
                known = mine if columns == lane.columns else mine.kept(
                    ("known", columns), lambda mine=mine, columns=columns: _first_columns(mine, columns))
                out += (_of_cube(cube, known, edges_ns, folder) if isinstance(cube, Cube)
                        else _of_keyframes(cube, known, edges_ns))
    return out if history.hot is None else out + _of_hot(history.hot, share, edges_ns)


def _of_hot(hot: Replay, share: Share, edges_ns: np.ndarray) -> np.ndarray:
    """Of what is not sealed nothing is kept: it is another with every reading."""
    return counted(hot, Share(share.rows, share.whole, share.of, share.members), edges_ns)


def _first_columns(share: Share, columns: int) -> Share:
    known = share.members < columns
    return Share(share.rows, (), share.of[known], share.members[known])


def _of_cube(cube: Cube, share: Share, edges_ns: np.ndarray, key) -> np.ndarray:
    before = share.kept(key, lambda: _running(cube, share))
    return np.diff(before[[cube.stamps_until(int(edge) - 1) for edge in edges_ns]], axis=0).T


def _running(cube: Cube, share: Share) -> np.ndarray:
    """(stamps + 1, rows) i8: readings before each stamp."""
    out = np.zeros((len(cube.stamps) + 1, share.rows), np.int64)
    first = np.flatnonzero(np.diff(share.of, prepend=-1))
    there, block = share.of[first], max(1, BLOCK_CELLS // max(1, len(cube.interval_ns)))
    for at in range(0, len(cube.stamps) if len(first) else 0, block):
        new = cube.held_ticks[at:at + block] == cube.stamps[at:at + block, None]
        out[at + 1:at + 1 + len(new), there] = np.add.reduceat(
            np.take(new, share.members, axis=1), first, axis=1, dtype=np.int64)
    return np.cumsum(out, axis=0)


def _of_keyframes(keyframes: Keyframes, share: Share, edges_ns: np.ndarray) -> np.ndarray:
    """Every reading is a stamp: those of the span, once for each round of members that no two rows share."""
    span = slice(keyframes.stamps_until(int(edges_ns[0]) - 1), keyframes.stamps_until(int(edges_ns[-1]) - 1))
    streams = keyframes.streams[span]
    bins = np.searchsorted(edges_ns, keyframes.instants(keyframes.stamps[span]), side="right") - 1
    width, out = len(edges_ns) - 1, np.zeros(share.rows * (len(edges_ns) - 1), np.int64)
    for of in share.kept("rounds", lambda: _rounds(share, len(keyframes.interval_ns))):
        mine = of[streams]
        there = mine >= 0
        out += np.bincount(mine[there].astype(np.int64) * width + bins[there], minlength=len(out))
    return out.reshape(share.rows, width)


def _rounds(share: Share, count: int) -> list[np.ndarray]:
    """[(count,) i4 the row of each member, -1 = none, …]: as many as the most rows that one member counts for."""
    order = np.argsort(share.members, kind="stable")
    members, of = share.members[order], share.of[order]
    turn = np.arange(len(members)) - np.searchsorted(members, members)
    out = [np.full(count, -1, np.int32) for _ in range(int(turn.max(initial=-1)) + 1)]
    for number, into in enumerate(out):
        into[members[turn == number]] = of[turn == number]
    return out


def _of_instants(times_ns: np.ndarray, share: Share, edges_ns: np.ndarray) -> np.ndarray:
    bins = np.searchsorted(edges_ns, times_ns[share.members], side="right") - 1
    width = len(edges_ns) - 1
    inside = (bins >= 0) & (bins < width)
    cells = share.of[inside].astype(np.int64) * width + bins[inside]
    return np.bincount(cells, minlength=share.rows * width).reshape(share.rows, width)
