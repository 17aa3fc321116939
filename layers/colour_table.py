"""One colour table per layer: every vertex knows its feature, and a small texture knows each feature's colour.

Recolouring, hiding, selecting or ageing all features of a layer writes a few bytes per feature and uploads one
texture; no geometry moves. Alpha 255 is solid, 0 is not there (and cannot be picked), between is translucent.

Where the graphics driver cannot run the shader, the same table is copied to the vertices instead, and what is
hidden is left out of the index. `shader_tables` finds out once by drawing a probe; CITYTWIN_SHADER_TABLES=0 skips
the shader.
"""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass, field
from functools import cache, cached_property

import numpy as np
from vtkmodules.util.numpy_support import numpy_to_vtk
from vtkmodules.vtkCommonCore import vtkDataArray
from vtkmodules.vtkCommonDataModel import vtkCellArray, vtkDataObject, vtkImageData, vtkPolyData
from vtkmodules.vtkRenderingCore import vtkActor, vtkTexture

from layers.canvas import Canvas
from layers.geometry import lent

log = logging.getLogger("citytwin")

WIDTH = 1024                                       # texels per row; a float32 index is exact up to 16.7 million
SAMPLER, ATTRIBUTE = "featureColors", "featureIndex"
SOLID, GHOST, LINE, MARK = "solid", "ghost", "line", "mark"
FAINT = 64                                         # lines of what is fainter than this are left out

_VERTEX_DECLARE = f"in float {ATTRIBUTE};\nflat out int featureV;\n"
_VERTEX_CODE = f"  featureV = int({ATTRIBUTE} + 0.5);\n"
_DECLARE = "flat in int featureV;\n"                     # VTK declares the sampler, as of every texture of a property
_LOOK_UP = f"  vec4 featureColor = texelFetch({SAMPLER}, ivec2(featureV % {WIDTH}, featureV / {WIDTH}), 0);\n"
_DISCARD = {SOLID: "  if (featureColor.a < 0.998) discard;\n",
            GHOST: "  if (featureColor.a < 0.002 || featureColor.a > 0.998) discard;\n",
            LINE: f"  if (featureColor.a < {FAINT / 255 - 0.002:.4f}) discard;\n",
            MARK: "  if (featureColor.a < 0.002) discard;\n"}
_PAINT = ("  ambientColor = ambientIntensity * featureColor.rgb;\n"
          "  diffuseColor = diffuseIntensity * featureColor.rgb;\n")
_BLEND = "  opacity = featureColor.a;\n"


@dataclass(frozen=True)
class Extra:
    """GLSL that an actor adds to its table: declarations and code of both shaders.

    `paint` runs when the feature's colour is known; `after_light` when it is lit; `uniform_flow` before any branch
    (derivatives). One owner per template tag: VTK keeps only the last replacement of each.
    """

    vertex_declare: str = ""
    vertex_code: str = ""
    declare: str = ""
    uniform_flow: str = ""
    paint: str = ""
    after_light: str = ""


@dataclass(eq=False)
class _Part:
    """One actor that draws its share of the table's features."""

    actor: vtkActor
    data: vtkPolyData
    vertex_feature: np.ndarray                     # (n,) i4
    cells: np.ndarray                              # (m, 1|2|3) i4
    role: str
    rgba: np.ndarray = field(default_factory=lambda: np.zeros((0, 4), np.uint8))       # fallback only
    drawn: np.ndarray | None = None                # (features,) bool: which the index holds; None = all

    @cached_property
    def cell_feature(self) -> np.ndarray:
        return self.vertex_feature[self.cells[:, 0]]


class ColourTable:
    """`set` paints all features at once; `attach` lets an actor take its colours from here."""

    def __init__(self, canvas: Canvas, count: int):
        self.shader = shader_tables(canvas)
        self.count = count
        self.colors = np.zeros((count, 4), np.uint8)
        self._parts: list[_Part] = []
        rows = max(1, -(-count // WIDTH))
        self._texels = np.zeros((rows * WIDTH, 4), np.uint8)
        self._image = vtkImageData()
        self._image.SetDimensions(WIDTH, rows, 1)
        self._array: vtkDataArray = numpy_to_vtk(self._texels, deep=False)
        self._image.GetPointData().SetScalars(self._array)
        self.texture = vtkTexture()
        self.texture.SetInputData(self._image)
        self.texture.SetColorModeToDirectScalars()
        self.texture.InterpolateOff()
        self.texture.MipmapOff()

    def attach(self, actor: vtkActor, data: vtkPolyData, vertex_feature: np.ndarray, cells: np.ndarray, *,
               role: str = SOLID, extra: Extra = Extra()) -> None:
        """Draw `cells` (m, 1|2|3) of `data` in the features' colours; call before the first render.

        `role` says which features: SOLID those of alpha 255, GHOST the translucent ones, LINE all that are not
        faint, MARK all that are there (what alpha means for them is up to `extra`).
        `extra` is left out where shaders do not work.
        """
        part = _Part(actor, data, vertex_feature, cells, role)
        if role == GHOST:
            actor.ForceTranslucentOn()
        else:
            actor.ForceOpaqueOn()
        put_cells(data, cells)
        if self.shader:
            self._attach_shader(part, extra)
        else:
            self._attach_array(part)
        self._parts.append(part)

    def set(self, rgba: np.ndarray) -> None:
        """`rgba` (features, 4) u1."""
        if self.colors is not rgba:
            np.copyto(self.colors, rgba)
        self._texels[:self.count] = self.colors
        if self.shader:
            self._array.Modified()
            self._image.Modified()
        for part in self._parts:
            self._choose_cells(part)
            if not self.shader:
                self._copy_colors(part)

    # -- the shader path -----------------------------------------------------------------------------

    def _attach_shader(self, part: _Part, extra: Extra) -> None:
        part.data.GetPointData().AddArray(self._index(part.vertex_feature))
        mapper = part.actor.GetMapper()
        mapper.ScalarVisibilityOff()
        mapper.MapDataArrayToVertexAttribute(ATTRIBUTE, ATTRIBUTE, vtkDataObject.FIELD_ASSOCIATION_POINTS, -1)
        part.actor.GetProperty().SetTexture(SAMPLER, self.texture)
        color = _LOOK_UP + _DISCARD[part.role] + _PAINT + (_BLEND if part.role == GHOST else "")
        shader = part.actor.GetShaderProperty()
        for tag, code in (("PositionVC::Dec", _VERTEX_DECLARE + extra.vertex_declare),
                          ("PositionVC::Impl", _VERTEX_CODE + extra.vertex_code)):
            shader.AddVertexShaderReplacement(f"//VTK::{tag}", True, f"{code}//VTK::{tag}\n", False)
        for tag, code in (("Color::Dec", _DECLARE + extra.declare), ("Color::Impl", color + extra.paint),
                          ("UniformFlow::Impl", extra.uniform_flow), ("Light::Impl", extra.after_light)):
            if code:
                shader.AddFragmentShaderReplacement(f"//VTK::{tag}", True, f"//VTK::{tag}\n{code}", False)

    def _index(self, vertex_feature: np.ndarray) -> vtkDataArray:
        """The features as a float array that all parts with the same vertices share."""
        for part in self._parts:
            if part.vertex_feature is vertex_feature:
                return part.data.GetPointData().GetArray(ATTRIBUTE)
        index = numpy_to_vtk(vertex_feature.astype(np.float32), deep=False)
        index.SetName(ATTRIBUTE)
        return index

    # -- the array path ------------------------------------------------------------------------------

    def _attach_array(self, part: _Part) -> None:
        part.rgba = np.full((len(part.vertex_feature), 4), 255, np.uint8)
        part.data.GetPointData().SetScalars(numpy_to_vtk(part.rgba, deep=False))
        mapper = part.actor.GetMapper()
        mapper.ScalarVisibilityOn()
        mapper.SetScalarModeToUsePointData()
        mapper.SetColorModeToDirectScalars()

    def _copy_colors(self, part: _Part) -> None:
        if len(part.vertex_feature):
            np.take(self.colors, part.vertex_feature, axis=0, out=part.rgba)
        if part.role != GHOST:
            part.rgba[:, 3] = 255
        part.data.GetPointData().GetScalars().Modified()
        part.data.Modified()

    def _choose_cells(self, part: _Part) -> None:
        """Leave out of the index what the part does not draw. The shader does that itself for solid things."""
        if self.shader and part.role != GHOST:
            return
        alpha = self.colors[:, 3]
        drawn = {SOLID: alpha == 255, GHOST: (alpha > 0) & (alpha < 255), LINE: alpha >= FAINT,
                 MARK: alpha > 0}[part.role]
        if part.drawn is None or not np.array_equal(drawn, part.drawn):
            part.drawn = drawn
            put_cells(part.data, part.cells[drawn[part.cell_feature]])


def put_cells(data: vtkPolyData, cells: np.ndarray) -> None:
    """`cells` (m, 1|2|3) point indices as vertices, lines or triangles of `data`, which may share them."""
    size = cells.shape[1]
    held = vtkCellArray()
    if len(cells):
        held.SetData(size, lent(np.ascontiguousarray(cells, np.int32).reshape(-1)))
    {1: data.SetVerts, 2: data.SetLines, 3: data.SetPolys}[size](held)
    data.Modified()


# -- does it work here? --------------------------------------------------------------------------------


def shader_tables(canvas: Canvas) -> bool:
    """Whether colour tables run in the shader on this canvas; found out once by drawing a probe."""
    if canvas.shader_tables is None:
        canvas.shader_tables = os.environ.get("CITYTWIN_SHADER_TABLES", "1") != "0" and _probe()
    return canvas.shader_tables


@cache
def _probe() -> bool:
    """Draw two squares off-screen, a coloured one and a hidden one, and look at the pixels."""
    from layers.table_probe import draws_its_colors
    works = draws_its_colors()
    if not works:
        log.warning("The graphics driver cannot run colour tables; colours are written to the vertices instead.")
    return works
