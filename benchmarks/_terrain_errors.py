"""How far drawn ground lies from its posts, in pixels of a camera: of tiles, and of a mesh of every n-th post."""

from __future__ import annotations

from functools import cache

import numpy as np


class Errors:
    """How far triangles lie from the posts of a surface, in pixels of a camera."""

    def __init__(self, surface):
        from twin.pyramid import off_m
        grid = surface.grid
        rows, cols = grid.heights.shape
        x, y = np.meshgrid(grid.x0 + grid.dx * np.arange(cols), grid.y0 + grid.dy * np.arange(rows))
        self._posts = np.stack([x, y, grid.heights], axis=-1).astype(np.float32)
        self.off = cache(lambda stride: off_m(grid.heights, stride, max(grid.dx, grid.dy)))

    def look(self, sight) -> None:
        """From now on from here."""
        self._scale = np.zeros(self._posts.shape[:2], np.float32)        # pixels of a metre; 0 out of sight
        for start in range(0, len(self._posts), 256):
            part = self._posts[start:start + 256]
            seen = np.all(part @ sight.planes[:, :3].T.astype(np.float32) + sight.planes[:, 3] >= 0, axis=-1)
            away = np.linalg.norm(part - sight.eye.astype(np.float32), axis=-1)
            self._scale[start:start + 256] = np.where(seen, sight.pixels / np.maximum(away, 0.1), 0.0)

    def of_mesh(self, stride: int) -> float:
        return float((self.off(stride) * self._scale).max()) if stride > 1 else 0.0

    def of_tiles(self, shown: dict) -> float:
        """`shown`: tile -> bits of its coarser neighbours."""
        from layers.tile_selection import EAST, NORTH, SOUTH, WEST
        from twin.pyramid import TILE
        worst = 0.0
        for (level, row, col), sides in shown.items():
            stride = 2 ** level
            across = TILE * stride
            here = np.s_[row * across:(row + 1) * across + 1, col * across:(col + 1) * across + 1]
            off, scale = self.off(stride)[here] if level else np.zeros_like(self._scale[here]), self._scale[here]
            worst = max(worst, float((off * scale).max()))
            for side, edge in ((SOUTH, np.s_[:stride]), (NORTH, np.s_[-stride:]), (WEST, np.s_[:, :stride]),
                               (EAST, np.s_[:, -stride:])):
                if sides & side:
                    worst = max(worst, float((self.off(2 * stride)[here][edge] * scale[edge]).max()))
        return worst
