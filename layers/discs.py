"""Sensors as round discs of constant size with a thin rim and a soft shadow, coloured through a table.

The table's alpha is a disc's size: 255 the full point, less a smaller one, 0 none. So ageing and selecting are
the same few bytes as a change of colour. What is selected or under the mouse keeps its colour, which is what it
says, and gets a ring in the accent colour. What is nearly black has a light rim in the dark theme, too: the low end of
a ramp is not lost on dark ground.
"""

from __future__ import annotations

import math

import numpy as np
from vtkmodules.vtkRenderingCore import vtkProperty

from layers.base import Visual
from layers.colour_table import MARK, ColourTable, Extra
from layers.geometry import actor_of, poly_data
from layers.palette import ACCENT, unit

NEARER = 0.008                  # of the distance, so that the ground before a disc does not cut its lower half
BEFORE_ALL = 1e9
FULL = 255                      # selected
USUAL = 186                     # 0.73 of the full point
SMALL = 128                     # no value, or too old

_ROUND = Extra(
    paint="""  float discAt = 2.0 * length(gl_PointCoord - vec2(0.5)) / featureColor.a;
  if (discAt > 1.0) discard;
  float discSoft = 2.4 / (discSize * featureColor.a);
  float discDark = 1.0 - smoothstep(0.10, 0.22, dot(diffuseColor, vec3(0.299, 0.587, 0.114)));
  vec3 discEdge = mix(discRim, vec3(0.80, 0.83, 0.88), discDark);
  diffuseColor = mix(diffuseColor, discEdge, smoothstep(0.66 - discSoft * 0.5, 0.66, discAt));
  float discChosen = step(0.99, featureColor.a);
  diffuseColor = mix(diffuseColor, discRing, discChosen * smoothstep(0.74 - discSoft * 0.5, 0.74, discAt));
  float discShadow = (1.0 - discChosen) * smoothstep(0.86 - discSoft * 0.5, 0.86, discAt);
  diffuseColor = mix(diffuseColor, vec3(0.12, 0.14, 0.18), discShadow);
  opacity = opacityUniform * mix(1.0, 0.5 * (1.0 - smoothstep(0.86, 1.0, discAt)), discShadow);
""")

# Below its middle a disc leans with the ground, which comes nearer there the more the flatter one looks: else the
# ground would hide its lower half. Above its middle it stands upright, so that walls before it hide it.
_LEAN = """//VTK::Coincident::Impl
  float discDown = max(0.0, gl_PointCoord.y - 0.5) * discSize * discPixel;
  float discAngle = discTilt + (0.5 * discHeight - gl_FragCoord.y) * discPixel;
  float discNearer = drapeShare + min(0.35, 1.2 * discDown / max(tan(discAngle), 0.02));
  gl_FragDepth = 1.0 - (1.0 - gl_FragCoord.z) * (1.0 + discNearer);
"""


class Discs:
    """`places` (n, 3) local metres, one table entry each; places that are NaN are not drawn."""

    def __init__(self, visual: Visual, places: np.ndarray, size_px: float, rim: tuple[int, int, int],
                 through: bool = False):
        """`size_px` of an ordinary disc, logical pixels; `through`: walls and ground before it do not hide it."""
        self.visual, self.places = visual, places
        self.table = ColourTable(visual.canvas, len(places))
        self._rings = None if self.table.shader else self._plain_rings(size_px * visual.canvas.pixel_ratio)
        known = np.flatnonzero(np.isfinite(places).all(axis=1)).astype(np.int32)
        data = poly_data(np.nan_to_num(places))
        self.actor = actor_of(data, lit=False)
        self.size_px = size_px * visual.canvas.pixel_ratio * FULL / USUAL
        look = self.actor.GetProperty()
        look.SetAmbient(0.0)
        look.SetDiffuse(1.0)
        look.SetPointSize(self.size_px if self.table.shader else self.size_px * USUAL / FULL)
        self.table.attach(self.actor, data, np.arange(len(places), dtype=np.int32), known[:, None], role=MARK,
                          extra=_ROUND)
        if self.table.shader:
            uniforms = self.actor.GetShaderProperty().GetFragmentCustomUniforms()
            uniforms.SetUniform3f("discRim", unit(rim))
            uniforms.SetUniform3f("discRing", unit(ACCENT))
            uniforms.SetUniformf("discSize", self.size_px)
            uniforms.SetUniformf("drapeShare", BEFORE_ALL if through else NEARER)
            self.actor.GetShaderProperty().AddFragmentShaderReplacement("//VTK::Coincident::Impl", True, _LEAN, False)
            self.follow()
        else:
            look.SetPoint2DShape(vtkProperty.Point2DShapeType.Round)
        visual.add(self.actor, visual.canvas.overlay)

    def follow(self) -> None:
        """Before a render: how flat the ground is looked at."""
        if not self.table.shader:
            return
        camera, height = self.visual.canvas.camera(), max(self.visual.canvas.size[1], 1)
        uniforms = self.actor.GetShaderProperty().GetFragmentCustomUniforms()
        uniforms.SetUniformf("discTilt", math.radians(max(camera.tilt_deg, 0.0)))
        uniforms.SetUniformf("discPixel", 0.0 if camera.parallel_m else math.radians(camera.view_angle_deg) / height)
        uniforms.SetUniformf("discHeight", float(height))

    def paint(self, colors: np.ndarray) -> None:
        """`colors` (n, 4) u1 with the size as alpha: 0 is not drawn."""
        self.table.set(colors)
        if self._rings:
            chosen = self.places[(colors[:, 3] == FULL) & np.isfinite(self.places).all(axis=1)]
            self._rings.GetMapper().SetInputData(poly_data(chosen, vertices=True))

    def _plain_rings(self, size_px: float):
        """Larger points under the chosen ones, where shaders do not work; drawn first, at the same depth."""
        actor = actor_of(poly_data(np.zeros((0, 3))), lit=False)
        look = actor.GetProperty()
        look.SetColor(*unit(ACCENT))
        look.SetPointSize(1.6 * size_px)
        look.SetPoint2DShape(vtkProperty.Point2DShapeType.Round)
        self.visual.add(actor, self.visual.canvas.overlay)
        return actor

    def pick(self, ray) -> tuple[float, int] | None:
        """(distance in metres as drawn, index) of the nearest disc under the mouse."""
        at = ray.project(self.places)
        reach = np.maximum(self.size_px / 2 * self.table.colors[:, 3] / 255 + 1.5, 4.0)
        with np.errstate(invalid="ignore"):
            away = np.hypot(at[:, 0] - ray.pixel[0], at[:, 1] - ray.pixel[1])
            under = (away <= reach) & (self.table.colors[:, 3] > 0) & (at[:, 2] > 0)
        under = np.flatnonzero(under)
        if not len(under):
            return None
        nearest = under[np.argmin(at[under, 2])]
        return float(at[nearest, 2]) * (1 - NEARER), int(nearest)

    def remove(self) -> None:
        self.visual.drop(self.actor)
        if self._rings:
            self.visual.drop(self._rings)
