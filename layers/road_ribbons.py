"""Ribbons beside the centre line of roads, one for each direction of traffic, and dashes that run along them."""

from __future__ import annotations

import numpy as np

from layers.flat import Draped
from layers.geometry import poly_data

GAP_M = 0.8                                        # from the centre line
SPACING_WIDTHS, DASH_WIDTHS = 6.0, 1.5             # from dash to dash and along one, in widths of its ribbon


class RoadRibbons:
    """Centre lines as they lie on the ground, one run of points per line, and what is offset from them."""

    def __init__(self, shape: Draped, row_of: np.ndarray, sides: np.ndarray):
        """`row_of` (features,) of the values; `sides` (rows, 2) bool: whether there is traffic along and against it."""
        offsets, lines = shape.line_offsets, shape.source.line_feature
        self.points = np.asarray(shape.line_points, np.float64)
        line = np.repeat(np.arange(len(lines)), np.diff(offsets))
        self.row, self.sides = row_of[lines][line], sides
        step = np.diff(self.points[:, :2], axis=0, append=self.points[-1:, :2])
        self.last = np.append(np.diff(line) != 0, True) if len(line) else np.zeros(0, bool)
        step[self.last] = np.roll(step, 1, axis=0)[self.last]
        length = np.maximum(np.linalg.norm(step, axis=1), 1e-9)
        self.ahead = step / length[:, None]
        before = np.roll(self.ahead, 1, axis=0)
        first = np.roll(self.last, 1)
        before[first] = self.ahead[first]
        mean = self.ahead + before
        self.normal = np.stack([mean[:, 1], -mean[:, 0]], axis=1)             # to the right
        self.normal /= np.maximum(np.linalg.norm(self.normal, axis=1, keepdims=True), 1e-9)
        whole = np.cumsum(np.where(self.last, 0.0, length))
        self.along = np.concatenate([[0.0], whole[:-1]]) if len(line) else whole
        self.starts, self.ends = np.flatnonzero(first), np.flatnonzero(self.last)

    def ribbons(self, width_m: np.ndarray, colors: np.ndarray):
        parts, cells, painted = [], [], []
        for side, sign in enumerate((1.0, -1.0)):
            there = self.sides[self.row, side]
            wide = width_m[self.row]
            gap = np.minimum(GAP_M, 0.2 * wide)
            for aside in (gap, gap + wide):
                parts.append(self._beside(sign * aside))
            at = np.flatnonzero(~self.last & there)
            inner, outer = (2 * side) * len(self.points), (2 * side + 1) * len(self.points)
            cells.append(np.stack([at + inner, at + outer, at + outer + 1], axis=1))
            cells.append(np.stack([at + inner, at + outer + 1, at + inner + 1], axis=1))
            painted += [colors[self.row]] * 2
        return poly_data(np.concatenate(parts), triangles=np.concatenate(cells), colors=np.concatenate(painted))

    def dashes(self, width_m: np.ndarray, moved_m: np.ndarray, ink: np.ndarray):
        """Arrow heads on the ribbons, `moved_m` (rows,) along their way; NaN has none."""
        parts, painted = [], []
        for start, end in zip(self.starts, self.ends):
            row = self.row[start]
            if not np.isfinite(moved_m[row]):
                continue
            wide, length = width_m[row], self.along[end] - self.along[start]
            spacing = SPACING_WIDTHS * wide
            for side in np.flatnonzero(self.sides[row]):
                phase = moved_m[row] % spacing
                at = np.arange(phase + DASH_WIDTHS * wide / 2, length - DASH_WIDTHS * wide / 2, spacing)
                if side:
                    at = length - at
                if len(at):
                    head = self._heads(at + self.along[start], (start, end), wide, 1.0 if side == 0 else -1.0)
                    parts.append(head)
                    painted.append(np.repeat(ink[row][None], len(head), axis=0))
        if not parts:
            return poly_data(np.zeros((0, 3)))
        points = np.concatenate(parts)
        return poly_data(points, triangles=np.arange(len(points)).reshape(-1, 3), colors=np.concatenate(painted))

    def _beside(self, aside_m: np.ndarray) -> np.ndarray:
        out = self.points.copy()
        out[:, :2] += self.normal * aside_m[:, None]
        return out

    def _heads(self, at: np.ndarray, run: tuple[int, int], wide: float, sign: float) -> np.ndarray:
        first, last = run
        piece = np.clip(np.searchsorted(self.along[first:last + 1], at, side="right") - 1 + first, first, last - 1)
        share = (at - self.along[piece]) / np.maximum(self.along[piece + 1] - self.along[piece], 1e-9)
        place = self.points[piece] + (self.points[piece + 1] - self.points[piece]) * share[:, None]
        ahead = np.column_stack([sign * self.ahead[piece], np.zeros(len(piece))])
        right = np.column_stack([ahead[:, 1], -ahead[:, 0], np.zeros(len(piece))])
        middle = place + right * (min(GAP_M, 0.2 * wide) + wide / 2)
        tip, back = middle + ahead * DASH_WIDTHS * wide / 2, middle - ahead * DASH_WIDTHS * wide / 2
        return np.stack([tip, back - right * 0.32 * wide, back + right * 0.32 * wide], axis=1).reshape(-1, 3)
