"""City buildings: one mesh, coloured by an attribute, standing on the terrain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np

from layers.attributes import Coloring, coloring, themed
from layers.base import visual_of
from layers.highlight import highlighted
from layers.mesh_features import feature_count
from layers.palette import Rgb, blend, palette
from layers.solid import Solid
from layers.solid_visual import SolidVisual
from twin.assets import LOADING
from twin.data import Mesh
from twin.layer import Layer, layer_type, styled

FOOT_M = 3.0                                       # walls reach below the ground, or slopes show gaps
USES = ("use", "function", "building_use", "usage", "class", "type", "building", "用途")


@layer_type
@dataclass(frozen=True, kw_only=True)
class City(Layer):
    kind: Literal["city"] = "city"
    color_by: str = styled("", "Colour by", role="column", help="Empty shows the white model")
    colormap: str = styled("batlow", "Colours", role="colormap")
    low: float | None = styled(None, "From")
    high: float | None = styled(None, "To")
    color: str = styled("", "Colour", role="color")
    edges: bool = styled(True, "Edges")
    windows: bool = styled(True, "Windows", help="Façade rhythm by day, lit windows at night")


@visual_of("city")
class CityVisual(SolidVisual):
    """One mesh for the whole city; colours, selection and hiding go through its table."""

    reads: ClassVar = frozenset({"ground", "selection", "hovered", "theme", "sun"})

    def __init__(self, canvas):
        super().__init__(canvas)
        self.solid: Solid | None = None
        self._coloring: Coloring | None = None
        self._built: tuple = ()
        self._colored: tuple = ()

    def update(self, layer, asset, moment, ground, why) -> None:
        mesh = asset.payload if asset else None
        if not isinstance(mesh, Mesh) or not len(mesh.triangles):
            self._clear()
            return
        self._build(layer, mesh, ground)
        if asset.state != LOADING:
            self.solid.settle()
        self._color(layer, mesh, moment)
        rgba = np.full((self.solid.count, 4), round(layer.opacity * 255), np.uint8)
        rgba[:, :3] = self._coloring.colors
        self.solid.paint(highlighted(rgba, layer.id, moment))
        self.solid.windows(layer.windows, moment.sun)
        self.solid.edges(layer.edges, moment.sun.daylight)

    def _build(self, layer: City, mesh: Mesh, ground) -> None:
        built = (mesh, ground if mesh.base is not None else None, layer.height_offset_m)
        if built == self._built:
            return
        self._clear()
        self._built = built
        self.solid = Solid(self, mesh, standing(mesh, ground, layer.height_offset_m), feature_count(mesh))

    def _color(self, layer: City, mesh: Mesh, moment) -> None:
        key = (mesh, layer.color_by, layer.colormap, layer.low, layer.high, layer.color, moment.theme, moment.language)
        if key == self._colored:
            return
        self._colored = key
        plain = themed(layer.color, moment.theme) if layer.color else palette(moment.theme).walls
        self._coloring = coloring(mesh.features, layer.color_by, count=self.solid.count, plain=plain,
                                  colormap=layer.colormap, theme=moment.theme, low=layer.low, high=layer.high)
        if self._coloring.legend is None and not layer.color:
            self._coloring = Coloring(white_model(mesh.features, self.solid.count, moment.theme))


def standing(mesh: Mesh, ground, offset_m: float) -> np.ndarray:
    """(n, 3) f4: the points where they are drawn; relative ones lifted onto the ground, all at once."""
    if mesh.base is None:
        return mesh.points + np.array([0.0, 0.0, offset_m], np.float32) if offset_m else mesh.points
    points = mesh.points.copy()
    if mesh.facade is not None:
        points[mesh.facade[:, 1] <= 0.0, 2] -= FOOT_M
    points[:, 2] += (ground.height_at(mesh.base) + np.float32(offset_m))[mesh.vertex_feature]
    return points


def white_model(features, count: int, theme: str) -> np.ndarray:
    """(count, 3) u1: warm white, and a breath of another white where the use is known."""
    colors = np.tile(np.array(palette(theme).walls, np.uint8), (count, 1))
    column = next((name for name in USES if features is not None and name in features.column_names), None)
    if column is None:
        return colors
    tints = _tints(theme)
    uses = features.column(column).combine_chunks()
    words = uses.to_pylist()[:count]
    for value in {w for w in words if isinstance(w, str)}:
        tint = next((t for keys, t in tints if any(k in value.lower() for k in keys)), None)
        if tint:
            colors[[i for i, w in enumerate(words) if w == value]] = tint
    return colors


def _tints(theme: str) -> tuple[tuple[tuple[str, ...], Rgb], ...]:
    colors = palette(theme)
    return ((("industr", "warehouse", "factory", "logistic", "工业", "厂", "仓"), colors.industry),
            (("office", "commerc", "retail", "mall", "hotel", "商", "办公"),
             blend(colors.walls, (150, 190, 220), 0.06)),
            (("school", "educat", "universit", "kindergarten", "hospital", "public", "civic", "学", "医", "公共"),
             blend(colors.walls, (226, 190, 140), 0.07)))
