"""Round marks of constant size for points: dots with a rim, stations with a ring."""

from __future__ import annotations

import numpy as np
from vtkmodules.vtkRenderingCore import vtkActor

from layers.geometry import actor_of, poly_data
from layers.shading import apply_drape

NEARER = 0.012                  # of the distance, so that the ground before a mark does not cut its lower half

_ROUND = """//VTK::TCoord::Impl
  float markAt = 2.0 * length(gl_PointCoord - vec2(0.5));
  float markSoft = 2.5 / markSize;
  if (markAt > 1.0) discard;
  gl_FragData[0].rgb = mix(gl_FragData[0].rgb, markRim, smoothstep(rimFrom - markSoft, rimFrom, markAt));
  if (markCore > 0.0)
    gl_FragData[0].rgb = mix(markRim, gl_FragData[0].rgb, smoothstep(markCore - markSoft, markCore, markAt));
  gl_FragData[0].a *= min(1.0, (1.0 - markAt) * 0.5 * markSize + 0.25);     // the share of the pixel within the circle
"""


def marks(points: np.ndarray, colors: np.ndarray, size_px: float, *, rim: tuple[float, float, float] = (1, 1, 1),
          station: bool = False) -> vtkActor:
    """One vertex per point, `colors` (n, 3|4) u1, `size_px` in device pixels. A station has a core in the rim's
    colour, as on a metro map."""
    actor = actor_of(poly_data(points, vertices=True, colors=colors), lit=False, colors=True)
    actor.GetProperty().SetPointSize(size_px)
    shader = actor.GetShaderProperty()
    uniforms = shader.GetFragmentCustomUniforms()
    uniforms.SetUniform3f("markRim", rim)
    uniforms.SetUniformf("markSize", size_px)
    uniforms.SetUniformf("rimFrom", 0.9 if station else 0.8)
    uniforms.SetUniformf("markCore", 0.5 if station else 0.0)
    shader.AddFragmentShaderReplacement("//VTK::TCoord::Impl", True, _ROUND, False)
    apply_drape(actor, NEARER)
    return actor
