"""Which places cannot be seen because a solid block, the box of a room, stands between them and the eye."""

from __future__ import annotations

import numpy as np

MOST_PAIRS = 400_000                      # of a place and a block, for one camera: some milliseconds
WIDER_M = 0.4                             # blocks cover that much more: what is seen through a slit is not read


class Blocks:
    """`low`, `high` (n, 3) corners along the axes of a model, `matrix` (4, 4) from there into the scene; `solid` (n,)
    bool: cannot be seen through.

    What is written of a block stands in the middle of its top, or else of a side that faces the eye.
    """

    def __init__(self, low: np.ndarray, high: np.ndarray, solid: np.ndarray, matrix: np.ndarray):
        self.low, self.high = np.asarray(low, np.float64), np.asarray(high, np.float64)
        self.middle = (self.low + self.high) / 2
        self.solid, self.matrix = np.flatnonzero(solid), matrix

    @property
    def sizes_m(self) -> np.ndarray:
        """(n,): from corner to corner."""
        return np.linalg.norm(self.high - self.low, axis=1)

    @property
    def places(self) -> np.ndarray:
        """(n, 3): the middle of each top, in the scene."""
        return self._in_scene(self._on_face(np.arange(len(self.low)), 2, self.high))

    def seen(self, eye: np.ndarray, asked: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Those of the blocks `asked` for that are seen from `eye` (3,), in their order, and (m, 3) where; all in the
        scene. Of more than can be tried the first.
        """
        asked = asked[:max(MOST_PAIRS // max(len(self.solid), 1), 1)]
        start = np.linalg.solve(self.matrix, np.append(eye, 1.0))[:3]
        facing = np.where(start < self.middle, self.low, self.high)
        places, left = np.full((len(asked), 3), np.nan), np.arange(len(asked))
        sides = np.argsort(-np.abs(start - self.middle.mean(axis=0))[:2]) if len(self.middle) else ()
        for axis, face in ((2, self.high), *((axis, facing) for axis in sides)):          # the side seen most first
            tried = self._on_face(asked[left], axis, face)
            open_ = ~self._covered(start, tried, asked[left])
            places[left[open_]] = tried[open_]
            left = left[~open_]
        found = np.isfinite(places[:, 0])
        return asked[found], self._in_scene(places[found])

    def _on_face(self, blocks: np.ndarray, axis: int, face: np.ndarray) -> np.ndarray:
        """(blocks, 3): the middle of the side of each that `face` (n, 3) tells for this axis."""
        out = self.middle[blocks]
        out[:, axis] = face[blocks, axis]
        return out

    def _covered(self, start: np.ndarray, ends: np.ndarray, own: np.ndarray) -> np.ndarray:
        """(m,) bool: a solid block other than its `own` stands on the way to each of `ends` (m, 3) (slabs, as Kay and
        Kajiya, 1986).
        """
        way = (ends - start)[:, None]                                            # (m, 1, 3)
        way = np.where(np.abs(way) < 1e-9, 1e-9, way)
        low, high = self.low[self.solid] - WIDER_M - start, self.high[self.solid] + WIDER_M - start
        one, other = low / way, high / way                                       # shares of the way: (m, solid, 3)
        enter, leave = np.minimum(one, other).max(axis=2), np.maximum(one, other).min(axis=2)
        meets = (enter < leave) & (leave > 0.0) & (enter < 1.0)
        return (meets & (self.solid != own[:, None])).any(axis=1)

    def _in_scene(self, places: np.ndarray) -> np.ndarray:
        return (np.column_stack([places, np.ones(len(places))]) @ self.matrix.T)[:, :3]
