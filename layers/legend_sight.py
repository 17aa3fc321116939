"""Which classes of a legend are in sight: a low scene has no room for all of them, and tells these first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from layers.base import Visual
from layers.feature_boxes import FeatureBoxes
from layers.legend import Legend
from twin.sight import Sight

FEW = 4                                            # so many are told in any form
BLOCKS, THINNED = 64, 512                          # a side of a picture: its parts, and the pixels that are looked at


class LegendSight:
    """One per view. What is in sight is kept while neither the camera nor the colours change."""

    def __init__(self):
        self._kept: dict[str, tuple] = {}                    # layer -> what was asked, and its answer

    def told(self, legends: list[tuple[str, Legend]], visual_of: Callable[[str], Visual | None], sight: Sight,
             moving: bool) -> list[tuple[str, Legend]]:
        """All of a picture, with the entries that are in sight, in whatever layer a legend speaks of; while the camera
        is `moving` with those before. Pairs of layer and legend.
        """
        before, self._kept = self._kept, {}
        return [(id, self._with_sight(legend, visual_of, before, sight, moving)) for id, legend in legends]

    def _with_sight(self, legend: Legend, visual_of, before: dict, sight: Sight, moving: bool) -> Legend:
        if len(legend.entries) <= FEW:
            return legend
        seen: set[int] = set()
        for id in legend.layers:
            visual, kept = visual_of(id), before.get(id, ((), ()))
            drawn = None if moving or visual is None else visual.colored()
            if drawn is not None:
                now = (sight, *drawn, legend.entries)
                if not _same(kept[0], now):
                    kept = now, entries_in_sight(legend, *drawn, sight)
            self._kept[id] = kept
            seen.update(kept[1])
        return replace(legend, seen=tuple(sorted(seen))) if all(n < len(legend.entries) for n in seen) else legend


def _same(asked: tuple, now: tuple) -> bool:
    return len(asked) == len(now) and all(a is b for a, b in zip(asked[:3], now)) and asked[3] == now[3]


def entries_in_sight(legend: Legend, boxes: np.ndarray, colors: np.ndarray, sight: Sight) -> tuple[int, ...]:
    """Numbers of the entries in whose colour something of `boxes` (n, 6) f4 may be seen; `colors` (n, 3|4) u1, of which
    alpha 0 is hidden."""
    there = _in_sight(boxes, sight)
    if colors.shape[1] == 4:
        there &= colors[:, 3] > 0
    seen = _packed(colors)[there]
    own = _packed(np.array([color for color, _ in legend.entries], np.uint8).reshape(-1, 3))
    return tuple(n for n, color in enumerate(own) if (seen == color).any())


def _in_sight(boxes: np.ndarray, sight: Sight) -> np.ndarray:
    """As `twin.sight.in_sight`, (n,) bool, a column at a time: several times faster for a city. What has no place is
    infinitely far."""
    out = np.isfinite(boxes[:, 0])
    for plane in sight.planes.astype(np.float32):
        reach = np.full(len(boxes), plane[3], np.float32)
        for axis in np.flatnonzero(plane[:3]):
            reach += boxes[:, axis + 3 * bool(plane[axis] > 0)] * plane[axis]
        out &= reach >= 0
    return out


def boxes_of(points: np.ndarray, feature: np.ndarray, count: int) -> np.ndarray:
    """(count, 6) f4 of the features of `points` (n, 3)."""
    found = FeatureBoxes(points, feature, count)
    return np.concatenate([found.low, found.high], axis=1)


def blocks_of(rgba: np.ndarray, x0: float, y0: float, width: float, height: float, low: float, high: float,
              ) -> tuple[np.ndarray, np.ndarray]:
    """Of a picture (rows, cols, 4) u1 in classes: (n, 6) f4 blocks, each once for every colour in it, and (n, 3) u1."""
    step = max(1, max(rgba.shape[:2]) // THINNED)
    some = rgba[::step, ::step]
    rows, cols = np.nonzero(some[..., 3])
    row, col = rows * BLOCKS // some.shape[0], cols * BLOCKS // some.shape[1]
    packed, first = np.unique(_packed(some[rows, cols]) + (row * BLOCKS + col).astype(np.int64) * 2 ** 24,
                              return_index=True)
    west, south = x0 + col[first] * width / BLOCKS, y0 + row[first] * height / BLOCKS
    level = np.ones(len(packed))
    boxes = np.stack([west, south, level * low, west + width / BLOCKS, south + height / BLOCKS, level * high], axis=1)
    return boxes.astype(np.float32), some[rows, cols][first][:, :3]


def _packed(colors: np.ndarray) -> np.ndarray:
    """(n,) i4 of (n, 3|4) u1: red, green and blue."""
    red, green, blue = (colors[:, axis].astype(np.int32) for axis in range(3))
    return red << 16 | green << 8 | blue
