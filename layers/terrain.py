"""Terrain: a height grid in tiles, lit, coloured by what is measured on it, with contour lines."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated, Literal

import numpy as np
from annotated_types import Ge, Le
from vtkmodules.vtkRenderingCore import vtkTexture

from layers.base import Moment, Ray, Visual, visual_of
from layers.ground_colors import coloring_of, ramp_texture, with_contours
from layers.ground_paint import Paint, contour_color
from layers.ground_shading import texture_of
from layers.legend import Legend
from layers.palette import palette, unit
from twin.cuts import Cut, patches
from twin.data import Bounds, HeightGrid
from twin.ground import Ground, Surface, grids_of
from twin.layer import Layer, layer_type, styled
from twin.relief import Relief, light_factor, packed_heights, relief_of
from twin.selection import Hit
from twin.text import tr


@layer_type
@dataclass(frozen=True, kw_only=True)
class Terrain(Layer):
    kind: Literal["terrain"] = "terrain"
    exaggeration: Annotated[float, Ge(0.0), Le(50.0)] = styled(1.0, "Vertical exaggeration", step=0.5)
    color_by: Literal["plain", "elevation", "slope", "aspect", "hillshade"] = styled("plain", "Colour by")
    colormap: str = styled("batlow", "Colours", role="colormap")
    cuts: tuple[Cut, ...] = ()                               # excavations
    contour_m: Annotated[float, Ge(0.0), Le(500.0)] = styled(0.0, "Contour lines every", unit="m", step=0.5,
                                                             help="0 draws none; every fifth is stronger")


SLOPE = 0.07                                   # relief is shaded as if the usual slope were this steep,
EARTH = {"light": (190, 168, 136), "dark": (92, 78, 60)}      # walls and floor of an excavation
BARE_M = 0.05                                  # deeper than this below the rim no picture is painted
MOST_SHADE = 5.0                               # but never exaggerated more than this


@visual_of("terrain")
class TerrainVisual(Visual):
    """Hands its surface and its looks to the drawn ground, which shows it in tiles."""

    reads = frozenset({"theme", "origin"})
    flat = True

    def __init__(self, canvas):
        super().__init__(canvas)
        self._grid: HeightGrid | None = None
        self._surfaces: tuple[Surface, ...] = ()             # excavations, then the detail, then the whole
        self._owners = 1                                     # most that the drawn ground ever held of it
        self._paints: list[Paint] = []
        self._reliefs: dict[HeightGrid, tuple[Relief, vtkTexture]] = {}
        self._heights: dict[HeightGrid, vtkTexture] = {}     # while there are contours

    def update(self, layer: Terrain, asset, moment: Moment, ground: Ground, why: frozenset[str]) -> None:
        grid = asset.payload if asset else None
        if not isinstance(grid, HeightGrid) or not np.isfinite(grid.heights).any():
            self.remove()
            return
        whole = grids_of(asset)
        pits = patches(layer.cuts, whole, moment.origin)
        grids = (*pits, *whole)
        self._grid, kept = grid, self._reliefs
        self._reliefs = {g: kept.get(g) or _relief(g) for g in grids}
        self._surfaces = tuple(Surface(g, layer.exaggeration, layer.height_offset_m, n < len(pits))
                               for n, g in enumerate(grids))
        kept = self._heights
        self._heights = {g: kept.get(g) or _heights(g, self._reliefs[g][0]) for g in grids} if layer.contour_m else {}
        self._paints = [self._look(layer, moment, g) for g in grids]
        for n, pit in enumerate(pits):
            self._paints[n] = replace(self._paints[n], bare_below=_rim_m(pit, self._surfaces[n]) - BARE_M,
                                      earth=unit(EARTH[moment.theme]))
        self.show(self.shown)
        self.canvas.ground.follow()

    def _look(self, layer: Terrain, moment: Moment, grid: HeightGrid) -> Paint:
        relief, texture = self._reliefs[grid]
        coloring = coloring_of(layer, self._reliefs[self._grid][0])
        steeper = layer.exaggeration * light_factor(self._grid, layer.exaggeration, SLOPE, MOST_SHADE)
        return Paint(relief=relief, relief_texture=texture, color=unit(palette(moment.theme).ground),
                     opacity=layer.opacity, mode=layer.color_by, ramp=coloring and ramp_texture(coloring.colors),
                     span=coloring.span_on(relief) if coloring else (0.0, 1.0), steeper=steeper,
                     contour_m=layer.contour_m, heights=self._heights.get(grid), height_from_m=moment.origin[2])

    def show(self, shown: bool) -> None:
        super().show(shown)
        ground, wanted = self.canvas.ground, len(self._surfaces) if shown else 0
        self._owners = max(self._owners, wanted)
        for n in range(self._owners):                        # the last surface is the whole: it comes last
            owner = (self, n)
            if n < wanted:
                rank = self.rank - n / (wanted + 1)
                ground.show_terrain(owner, self._surfaces[-1 - n], self._paints[-1 - n], rank)
            else:
                ground.hide_terrain(owner)

    def ranked(self, rank: int) -> None:
        super().ranked(rank)
        self.show(self.shown)

    def remove(self) -> None:
        super().remove()
        self._grid, self._surfaces, self._paints, self._reliefs, self._heights = None, (), [], {}, {}
        self.show(self.shown)

    def legend(self, layer: Terrain, asset, moment: Moment) -> Legend | None:
        coloring = coloring_of(layer, self._reliefs[self._grid][0]) if self._grid else None
        legend = coloring.legend(layer, moment.language) if coloring else None
        if legend and self.canvas.ground.hidden((self, 0)):
            legend = replace(legend, note=tr("{what}, hidden by a picture over it", what=legend.note))
        if layer.contour_m and self._grid:
            line = contour_color(unit(palette(moment.theme).ground), layer.color_by)
            legend = with_contours(legend, layer, tuple(round(255 * part) for part in line), moment.language)
        return legend

    def bounds(self) -> Bounds | None:
        box = self._grid.bounds() if self._grid else None
        if box is None:
            return None
        low, high = Ground(self._surfaces).span(zero=False)
        return (box[0], box[1], low, box[3], box[4], high)

    def pick(self, ray: Ray) -> tuple[float, Hit] | None:
        """Where the ray meets this terrain; feature -1, the layer itself."""
        return on_ground(Ground(self._surfaces), ray, self.bounds()) if self._surfaces else None

    def stats(self) -> tuple[int, int]:
        return int(self._grid is not None), sum(self.canvas.ground.triangles((self, n)) for n in range(self._owners))


def _rim_m(pit: HeightGrid, surface: Surface) -> float:
    """The lowest height that an excavation's rim is drawn at."""
    z = pit.heights
    rim = np.concatenate([z[0], z[-1], z[:, 0], z[:, -1]])
    return float(np.nanmin(rim)) * surface.exaggeration + surface.offset_m if np.isfinite(rim).any() else -np.inf


def _relief(grid: HeightGrid) -> tuple[Relief, vtkTexture]:
    relief = relief_of(grid)
    return relief, texture_of(relief.rgba, mipmaps=True)


def _heights(grid: HeightGrid, relief: Relief) -> vtkTexture:
    return texture_of(packed_heights(grid, relief.low, relief.high))


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
