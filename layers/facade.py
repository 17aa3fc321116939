"""What walls carry besides their colour: a darker foot, a rhythm of floors and bays, lit windows by night, shadows.

All of it is fragment shader over two numbers per vertex, metres along the wall and metres above its foot, so
it costs no geometry. Where one floor is smaller than a few pixels the pattern runs into its own mean, so that
nothing flickers. Without shaders walls are plain.
"""

from __future__ import annotations

import numpy as np
from vtkmodules.util.numpy_support import numpy_to_vtk
from vtkmodules.vtkCommonDataModel import vtkDataObject, vtkPolyData
from vtkmodules.vtkRenderingCore import vtkActor

from layers import wall_shading
from layers.by_feature import least
from layers.colour_table import Extra
from twin.sun import Sun

FLOOR_M, BAY_M = 3.2, 3.6
NO_WINDOWS = -1000.0                               # along the wall: where there is no wall
ATTRIBUTE = "wallAt"

FACADE = Extra(
    vertex_declare=f"in vec2 {ATTRIBUTE};\nout vec2 wallV;\n" + wall_shading.VERTEX_DECLARE,
    vertex_code=f"  wallV = {ATTRIBUTE};\n" + wall_shading.VERTEX_CODE,
    declare="in vec2 wallV;\nuniform mat4 MCVCMatrix;\n" + wall_shading.DECLARE,
    uniform_flow=f"  vec2 wallCell = wallV / vec2({BAY_M}, {FLOOR_M});\n"
                 "  vec2 wallWide = max(fwidth(wallCell), 1e-4);\n",
    paint="""  vec3 wallUp = normalize((MCVCMatrix * vec4(0.0, 0.0, 1.0, 0.0)).xyz);
  float wallSteep = 1.0 - abs(dot(normalize(cross(fdx, fdy)), wallUp));
  float wallAbove = max(wallV.y, 0.0);
  float wallOpen = mix(0.66, 1.0, 1.0 - exp(-wallAbove / 6.0)) * mix(0.93, 1.03, min(wallAbove / 70.0, 1.0));
  float wallTone = mix(1.0, wallOpen, smoothstep(0.3, 0.8, wallSteep));
  ambientColor *= wallTone;
  diffuseColor *= wallTone;
  vec3 windowGlow = vec3(0.0);
  if (windowShare > 0.0 && wallV.x > -0.5 && wallAbove > 0.0)
    {
    vec2 inCell = fract(wallCell);
    vec2 soft = wallWide * 0.75;
    vec2 rise = smoothstep(vec2(0.16, 0.26) - soft, vec2(0.16, 0.26) + soft, inCell)
              * (1.0 - smoothstep(vec2(0.84, 0.80) - soft, vec2(0.84, 0.80) + soft, inCell));
    float sharp = 1.0 - smoothstep(0.22, 0.6, max(wallWide.x, wallWide.y));
    float pane = mix(0.37, rise.x * rise.y, sharp) * windowShare;
    vec3 glass = mix(vec3(1.0), vec3(0.70, 0.77, 0.84), pane * 0.55);
    ambientColor *= glass;
    diffuseColor *= glass;
    if (windowNight > 0.0)
      {
      float house = fract(sin(float(featureV) * 12.9898) * 43758.5453);
      vec2 window = floor(wallCell);
      float chance = fract(sin(dot(window, vec2(127.1, 311.7)) + house * 74.7) * 43758.5453);
      float lamp = fract(chance * 57.31);
      float awake = 0.14 + 0.42 * house * house;
      float lit = mix(awake, step(chance, awake), sharp);
      windowGlow = windowWarm * mix(vec3(1.0), vec3(0.92, 1.02, 1.22), lamp * lamp) * (0.55 + 0.45 * lamp)
                 * lit * pane * windowNight * 1.3;
      }
    }
""",
    after_light=wall_shading.WALL_CODE + "  gl_FragData[0].rgb += windowGlow;\n")


def wall_places(points: np.ndarray, vertex_feature: np.ndarray, facade: np.ndarray | None, count: int) -> np.ndarray:
    """(n, 2) f4: metres along the wall (NO_WINDOWS where unknown) and above the feature's lowest point."""
    lowest = least(points[:, 2], vertex_feature, count)
    out = np.empty((len(points), 2), np.float32)
    out[:, 0] = NO_WINDOWS
    out[:, 1] = points[:, 2] - lowest[vertex_feature]
    if facade is not None:
        known = np.isfinite(facade[:, 0])
        out[known] = facade[known]
    return out


def carry_walls(actor: vtkActor, data: vtkPolyData, places: np.ndarray, windows: bool) -> None:
    """Give the shader its numbers; call before the first render."""
    array = numpy_to_vtk(places, deep=True)
    array.SetName(ATTRIBUTE)
    data.GetPointData().AddArray(array)
    actor.GetMapper().MapDataArrayToVertexAttribute(ATTRIBUTE, ATTRIBUTE, vtkDataObject.FIELD_ASSOCIATION_POINTS, -1)
    uniforms = actor.GetShaderProperty().GetFragmentCustomUniforms()
    uniforms.SetUniform3f("windowWarm", (1.0, 0.78, 0.48))
    set_windows(actor, windows, Sun(180.0, 40.0))
    wall_shading.take_sun(actor)


def set_windows(actor: vtkActor, windows: bool, sun: Sun) -> None:
    uniforms = actor.GetShaderProperty().GetFragmentCustomUniforms()
    uniforms.SetUniformf("windowShare", 1.0 if windows else 0.0)
    uniforms.SetUniformf("windowNight", 1.0 - sun.daylight)
