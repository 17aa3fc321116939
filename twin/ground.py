"""The ground: the height of the visible terrain at any place, for everything that stands on it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from twin.data import HeightGrid


@dataclass(frozen=True, eq=False)
class Surface:
    """One terrain as it is drawn: exaggerated about its own zero and lifted. `patch`: it only cuts into another."""

    grid: HeightGrid
    exaggeration: float = 1.0
    offset_m: float = 0.0
    patch: bool = False

    @cached_property
    def span(self) -> tuple[float, float] | None:
        """Lowest and highest drawn height; None without any."""
        box = self.grid.bounds()
        return (box[2] * self.exaggeration + self.offset_m, box[5] * self.exaggeration + self.offset_m) if box else None


class Ground:
    """Visible terrains, the first that knows a place wins. Immutable: a new terrain makes a new Ground."""

    def __init__(self, surfaces: tuple[Surface, ...] = ()):
        self.surfaces = surfaces

    def height_at(self, xy: np.ndarray, missing: float = 0.0) -> np.ndarray:
        """(n, 2+) local metres to (n,) float32 metres; `missing` where no terrain knows."""
        xy = np.atleast_2d(xy)
        heights = np.full(len(xy), np.nan, np.float32)
        for surface in self.surfaces:
            todo = np.isnan(heights)
            if not todo.any():
                break
            heights[todo] = (sample(surface.grid, xy[todo]) * np.float32(surface.exaggeration)
                             + np.float32(surface.offset_m))
        return np.nan_to_num(heights, nan=missing)

    def span(self, zero: bool = True) -> tuple[float, float]:
        """Lowest and highest height that `height_at` can give; with `zero` where no terrain knows, too."""
        spans = [s.span for s in self.surfaces if s.span] + [(0.0, 0.0)] * zero
        return min((low for low, _ in spans), default=0.0), max((high for _, high in spans), default=0.0)


def surfaces_of(document, assets) -> list[Surface]:
    """The visible terrains of a `Document`, as far as `Assets` has loaded them; of each its excavations first, then
    its detail."""
    from twin.cuts import patches
    found = []
    for layer in document.tree:
        if layer.kind == "terrain" and document.shown(layer):
            asset = assets.of(layer, document.frame, document.time_zone)
            if asset and isinstance(asset.payload, HeightGrid):
                grids = grids_of(asset)
                found += [Surface(grid, layer.exaggeration, layer.height_offset_m, True)
                          for grid in patches(layer.cuts, grids, document.frame.origin)]
                found += [Surface(grid, layer.exaggeration, layer.height_offset_m) for grid in grids]
    return found


def grids_of(asset) -> tuple[HeightGrid, ...]:
    """What a terrain's content knows of the ground, finest first: the detail, the parts, the whole."""
    detail = () if asset.detail is None else (asset.detail,)
    return (*detail, *asset.payload.parts, asset.payload)


def sample(grid: HeightGrid, xy: np.ndarray) -> np.ndarray:
    """Bilinear heights, NaN outside the grid and beside a hole."""
    out, z = np.full(len(xy), np.nan, np.float32), grid.heights
    inside, c0, r0, x, y = _cells(grid, xy)
    fc, fr = x.astype(np.float32), y.astype(np.float32)
    south = z[r0, c0] * (1 - fc) + z[r0, c0 + 1] * fc
    north = z[r0 + 1, c0] * (1 - fc) + z[r0 + 1, c0 + 1] * fc
    out[inside] = south * (1 - fr) + north * fr
    return out


def _cells(grid: HeightGrid, xy: np.ndarray) -> tuple[np.ndarray, ...]:
    """(n,) bool which places lie in the grid; of those, column and row of their cell, and the share of its sides."""
    rows, cols = grid.heights.shape
    c = (xy[:, 0].astype(np.float64) - grid.x0) / grid.dx
    r = (xy[:, 1].astype(np.float64) - grid.y0) / grid.dy
    inside = (c >= 0) & (c <= cols - 1) & (r >= 0) & (r <= rows - 1) & (min(rows, cols) >= 2)
    c, r = c[inside], r[inside]
    c0, r0 = np.minimum(c.astype(np.int64), cols - 2), np.minimum(r.astype(np.int64), rows - 2)
    return inside, c0, r0, c - c0, r - r0


def on_triangles(grid: HeightGrid, xy: np.ndarray) -> np.ndarray:
    """Heights on the triangles that the grid is drawn with (from south-west to north-east); NaN outside and beside
    holes."""
    out, z = np.full(len(xy), np.nan, np.float32), grid.heights
    inside, c0, r0, x, y = _cells(grid, xy)
    sw, se, nw, ne = z[r0, c0], z[r0, c0 + 1], z[r0 + 1, c0], z[r0 + 1, c0 + 1]
    south = sw + x * (se - sw) + y * (ne - se)               # of the diagonal from south-west to north-east
    north = sw + y * (nw - sw) + x * (ne - nw)
    out[inside] = np.where(x >= y, south, north)
    return out
