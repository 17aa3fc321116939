"""Places with words, the most important ones first, and which of them a camera sees: of 300,000 without asking each."""

from __future__ import annotations

import numpy as np

from twin.sight import Sight, in_sight

SQUARES = 32                               # a side, of the plan that all places lie in
FIRST_ASKED = 4096                         # places; then twice as many, until enough are seen


class RankedPlaces:
    """`places` (n, 3) local metres; empty `words` and NaN show nothing; higher `priority` (n,) comes first."""

    def __init__(self, places: np.ndarray, words: list[str], priority: np.ndarray | None = None):
        self.places, self.words = np.asarray(places, np.float64), list(words)
        rank = np.zeros(len(words)) if priority is None else np.nan_to_num(np.asarray(priority, np.float64))
        usable = np.array([bool(w.strip()) for w in words], bool) & np.isfinite(self.places).all(axis=1)
        order = np.argsort(-rank, kind="stable")
        self.order = order[usable[order]]                    # indices by rank
        self._ranked = self.places[self.order]
        self._square, self._boxes = _squares(self._ranked)

    def seen(self, forward: np.ndarray, far_m: float, most: int) -> tuple[np.ndarray, np.ndarray]:
        """The first `most` in the picture of a camera, nearer than `far_m`: (m, 2) in it from -1 to 1, and (m,) indices
        by rank. `forward` (4, 4): from local metres to the picture.
        """
        open_ = in_sight(self._boxes, Sight(np.zeros(3), _sides(forward), 1.0))
        at, indices, start, size, count = [np.zeros((0, 2))], [np.zeros(0, np.intp)], 0, FIRST_ASKED, 0
        while start < len(self.order) and count < most:
            part = start + np.flatnonzero(open_[self._square[start:start + size]])
            xy, w = in_picture(self._ranked[part], forward)
            kept = np.flatnonzero(np.isfinite(xy[:, 0]) & (w < far_m))
            at.append(xy[kept])
            indices.append(self.order[part[kept]])
            start, size, count = start + size, 2 * size, count + len(kept)
        return np.concatenate(at)[:most], np.concatenate(indices)[:most]


def in_picture(places: np.ndarray, forward: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(n, 2) from -1 to 1, NaN outside the picture, and (n,) metres in front of the eye."""
    x, y, w = (places @ row[:3] + row[3] for row in forward[[0, 1, 3]])
    inside = np.flatnonzero((w > 1e-6) & (np.abs(x) < w) & (np.abs(y) < w))
    at = np.full((len(places), 2), np.nan)
    at[inside] = np.stack([x[inside], y[inside]], axis=1) / w[inside, None]
    return at, w


def _sides(forward: np.ndarray) -> np.ndarray:
    """(5, 4): what lies in the picture is on the positive side of each."""
    x, y, _, w = forward
    return np.array([w + x, w - x, w + y, w - y, w])


def _squares(places: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(n,) i4 the square of the plan that each lies in, and (squares, 6) the box of what lies in each; an empty one is
    never in sight."""
    boxes = np.full((SQUARES * SQUARES, 6), np.nan)
    if not len(places):
        return np.zeros(0, np.int32), boxes
    low = places[:, :2].min(axis=0)
    size = np.maximum(places[:, :2].max(axis=0) - low, 1e-6) / SQUARES
    col, row = np.minimum((places[:, :2] - low) // size, SQUARES - 1).astype(np.int32).T
    square = row * SQUARES + col
    order = np.argsort(square, kind="stable")
    there, starts = np.unique(square[order], return_index=True)
    boxes[there, :3] = np.minimum.reduceat(places[order], starts)
    boxes[there, 3:] = np.maximum.reduceat(places[order], starts)
    return square, boxes
