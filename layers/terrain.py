"""Terrain: the height grid as one lit surface."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from annotated_types import Ge, Le

from layers.base import Moment, Ray, Visual, visual_of
from layers.drape import drawn_grid, grid_normals
from layers.geometry import actor_of, grid_triangles, poly_data
from layers.ground_shading import apply_ground
from layers.legend import Legend
from layers.palette import palette, unit
from layers.ramps import colored, ramp
from twin.data import Bounds, HeightGrid
from twin.ground import Ground, Surface
from twin.layer import Layer, layer_type, styled
from twin.selection import Hit
from twin.text import tr


@layer_type
@dataclass(frozen=True, kw_only=True)
class Terrain(Layer):
    kind: Literal["terrain"] = "terrain"
    exaggeration: Annotated[float, Ge(0.0), Le(50.0)] = styled(1.0, "Vertical exaggeration", step=0.5)
    color_by: Literal["plain", "elevation"] = styled("plain", "Colour by")
    colormap: str = styled("batlow", "Colours", role="colormap")


SLOPE = 0.07                                   # relief is shaded as if the usual slope were this steep,
MOST_SHADE = 5.0                               # but never exaggerated more than this


@visual_of("terrain")
class TerrainVisual(Visual):
    """One mesh of the drawn grid; a cell is there only where its four posts are known."""

    reads = frozenset({"theme"})

    def __init__(self, canvas):
        super().__init__(canvas)
        self._actor = None
        self._grid: HeightGrid | None = None
        self._surface: Surface | None = None
        self._triangles = 0

    def update(self, layer: Terrain, asset, moment: Moment, ground: Ground, why: frozenset[str]) -> None:
        grid = asset.payload if asset else None
        if not isinstance(grid, HeightGrid) or not np.isfinite(grid.heights).any():
            self.remove()
            self._actor = self._grid = self._surface = None
            self._triangles = 0
            return
        if why & {"layer", "asset"} or self._actor is None:
            self._build(layer, grid)
        look = self._actor.GetProperty()
        look.SetColor(*unit(palette(moment.theme).ground))
        look.SetOpacity(layer.opacity)

    def _build(self, layer: Terrain, grid: HeightGrid) -> None:
        self.remove()
        self._grid, self._surface = grid, Surface(grid, layer.exaggeration, layer.height_offset_m)
        drawn = drawn_grid(grid)
        rows, cols = drawn.heights.shape
        known = np.isfinite(drawn.heights)
        z = np.where(known, drawn.heights, 0.0) * layer.exaggeration + layer.height_offset_m
        x, y = np.meshgrid(drawn.x0 + drawn.dx * np.arange(cols), drawn.y0 + drawn.dy * np.arange(rows))
        triangles = grid_triangles(rows, cols, known)
        by_height = layer.color_by == "elevation"
        colors = colored(drawn.heights.reshape(-1), layer.colormap, *self._range(), (0, 0, 0)) if by_height else None
        data = poly_data(np.stack([x, y, z], axis=-1).reshape(-1, 3), triangles=triangles, colors=colors,
                         normals=_relief(drawn, layer.exaggeration))
        self._actor = actor_of(data, colors=by_height)
        apply_ground(self._actor)
        self.add(self._actor)
        self._triangles = len(triangles)

    def _range(self) -> tuple[float, float]:
        return float(np.nanmin(self._grid.heights)), float(np.nanmax(self._grid.heights))

    def legend(self, layer: Terrain, asset, moment: Moment) -> Legend | None:
        if layer.color_by != "elevation" or self._grid is None:
            return None
        low, high = self._range()
        return Legend(title=layer.title(moment.language), unit="m", low=low, high=high,
                      ramp=tuple(map(tuple, ramp(layer.colormap, 32).tolist())),
                      note=tr("Elevation, drawn {n} times as high", n=f"{layer.exaggeration:g}")
                      if layer.exaggeration != 1 else tr("Elevation"))

    def bounds(self) -> Bounds | None:
        box = self._grid.bounds() if self._grid else None
        if box is None:
            return None
        by, lift = self._surface.exaggeration, self._surface.offset_m
        return (box[0], box[1], box[2] * by + lift, box[3], box[4], box[5] * by + lift)

    def pick(self, ray: Ray) -> tuple[float, Hit] | None:
        """Where the ray meets this terrain; feature -1, the layer itself."""
        return on_ground(Ground((self._surface,)), ray, self.bounds()) if self._surface else None

    def stats(self) -> tuple[int, int]:
        return int(self._grid is not None), self._triangles


def on_ground(ground: Ground, ray: Ray, box: Bounds) -> tuple[float, Hit] | None:
    """The first place inside `box` (seen from above) where the ray passes below `ground`."""
    start, along = np.asarray(ray.start), np.asarray(ray.end) - ray.start
    first, last = _span(start, along, (box[0], box[1], box[2] - 1.0, box[3], box[4], box[5] + 1.0))
    if last <= first:
        return None
    share = np.linspace(first, last, 600)
    for _ in range(3):
        points = start + share[:, None] * along
        crossed = np.flatnonzero(points[:, 2] <= ground.height_at(points))
        if not len(crossed):
            return None
        at = int(crossed[0])
        if at == 0:
            break
        share = np.linspace(share[at - 1], share[at], 60)
    point = start + share[at] * along
    return float(np.linalg.norm(point - start)), Hit("", -1, tuple(map(float, point)))


def _span(start: np.ndarray, along: np.ndarray, box: Bounds) -> tuple[float, float]:
    """Shares of the way between which a ray is inside a box; last <= first where it misses."""
    steep = np.where(np.abs(along) < 1e-12, 1e-12, along)
    a, b = (np.array(box[:3]) - start) / steep, (np.array(box[3:]) - start) / steep
    return max(0.0, float(np.minimum(a, b).max())), min(1.0, float(np.maximum(a, b).min()))


def _relief(grid: HeightGrid, exaggeration: float) -> np.ndarray:
    """Normals for light: in flat country steeper than the mesh, so that its relief can be read."""
    heights = grid.heights * np.float32(exaggeration)
    north, east = np.gradient(heights, grid.dy, grid.dx)
    slope = np.hypot(north, east)
    usual = float(np.nanpercentile(slope, 90)) if np.isfinite(slope).any() else 0.0
    factor = min(MOST_SHADE, max(1.0, SLOPE / max(usual, 1e-6)))
    return grid_normals(heights * np.float32(factor), grid.dx, grid.dy)
