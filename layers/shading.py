"""Pieces of fragment shader that any actor of the scene can carry: air between it and the eye, and drape order.

The pieces use template tags that no other module replaces (`Normal`, `DepthPeeling`, `Coincident`), so they
combine with a colour table on the same actor. `gl_FragCoord.w` gives the distance along the view without a
varying of its own, so they work on lit, unlit, textured and line actors alike; in a parallel projection it is
1 everywhere and the air is clear.
"""

from __future__ import annotations

from weakref import WeakSet

from vtkmodules.vtkRenderingCore import vtkActor

LEAST_AMBIENT = 1.1                                 # what the day has, on what is to be read at any hour
_READABLE: WeakSet[vtkActor] = WeakSet()
_AMBIENT = "//VTK::Normal::Impl"
_AIR = "//VTK::DepthPeeling::Impl"
_DEPTH = "//VTK::Coincident::Impl"

_AMBIENT_CODE = """  ambientColor *= airAmbient;
//VTK::Normal::Impl
"""
# Light adds up past white on walls in the sun; the shoulder keeps their form where clamping would bleach it.
_SHOULDER = 0.76
_AIR_CODE = f"""  vec3 airOver = max(gl_FragData[0].rgb - {_SHOULDER}, 0.0) / {1 - _SHOULDER:.2f};
  gl_FragData[0].rgb = min(gl_FragData[0].rgb, {_SHOULDER}) + {1 - _SHOULDER:.2f} * (1.0 - exp(-airOver));
  float airWay = max(0.0, 1.0 / gl_FragCoord.w - airStart) * airScale;
  gl_FragData[0].rgb = mix(gl_FragData[0].rgb, airColor, 1.0 - exp(-airWay * airWay));
//VTK::DepthPeeling::Impl
"""
# 1 - depth is near / distance (far is very far), so this brings a fragment nearer by a share of its distance:
# the same number of pixels at every zoom, where an offset in depth units or metres is not. It needs
# multisampling to be off: a depth that is written counts for all samples of the pixel, and far ground would win.
_DEPTH_CODE = """//VTK::Coincident::Impl
  float drapeBy = clamp(drapeShare, -drapeMost * gl_FragCoord.w, drapeMost * gl_FragCoord.w);
  gl_FragDepth = 1.0 - (1.0 - gl_FragCoord.z) * (1.0 + drapeBy);
"""
# The same at the corners, where the share is the same everywhere: what writes a depth in its fragments is painted even
# where it is hidden. (w - z) / w is 2 near / distance.
_CORNER_CODE = """  gl_Position.z = gl_Position.w - (gl_Position.w - gl_Position.z) * (1.0 - fartherShare);
//VTK::CustomEnd::Impl
"""


def apply_haze(actor: vtkActor) -> None:
    """Let the air colour this actor; `set_air` says how. Call before its first render."""
    shader = actor.GetShaderProperty()
    uniforms = shader.GetFragmentCustomUniforms()
    uniforms.SetUniform3f("airColor", (1.0, 1.0, 1.0))
    uniforms.SetUniform3f("airAmbient", (1.0, 1.0, 1.0))
    uniforms.SetUniformf("airStart", 1e9)
    uniforms.SetUniformf("airScale", 0.0)
    shader.AddFragmentShaderReplacement(_AMBIENT, True, _AMBIENT_CODE, False)
    shader.AddFragmentShaderReplacement(_AIR, True, _AIR_CODE, False)


def set_air(actor: vtkActor, color: tuple[float, float, float], ambient: tuple[float, float, float],
            start_m: float, reach_m: float) -> None:
    """Haze colour and the colour of ambient light (0-1); clear up to `start_m`, 63 % hazed `reach_m` behind it."""
    uniforms = actor.GetShaderProperty().GetFragmentCustomUniforms()
    uniforms.SetUniform3f("airColor", color)
    uniforms.SetUniform3f("airAmbient", ambient)
    uniforms.SetUniformf("airStart", start_m)
    uniforms.SetUniformf("airScale", 1.0 / max(reach_m, 1e-3))


def keep_readable(actor: vtkActor, readable: bool) -> None:
    """Colours that mean something stay so at night: the ambient light of this actor does not fade below a level."""
    (_READABLE.add if readable else _READABLE.discard)(actor)


def ambient_of(actor: vtkActor, ambient: tuple[float, float, float]) -> tuple[float, float, float]:
    return tuple(max(part, LEAST_AMBIENT) for part in ambient) if actor in _READABLE else ambient


def remove_haze(actor: vtkActor) -> None:
    shader = actor.GetShaderProperty()
    for tag in (_AMBIENT, _AIR):
        shader.ClearFragmentShaderReplacement(tag, True)


def apply_drape(actor: vtkActor, share: float, most_m: float = 1e9) -> None:
    """Draw as if nearer by `share` of the distance (negative: farther), so that flat things lie over each other.

    `most_m`: and by no more metres than that, as far as the camera is from them.

    0.001 is about one pixel of depth at 1,000 rows and a view of 30 degrees. Safe to call again.
    """
    shader = actor.GetShaderProperty()
    shader.GetFragmentCustomUniforms().SetUniformf("drapeShare", share)
    shader.GetFragmentCustomUniforms().SetUniformf("drapeMost", most_m)
    shader.AddFragmentShaderReplacement(_DEPTH, True, _DEPTH_CODE, False)


def draw_farther(actor: vtkActor, share: float) -> None:
    """Draw as if farther away by `share` of the distance, whatever shape the actor has; no drape may be applied too.

    Cheaper than `apply_drape`: nothing is painted where something nearer is drawn before it.
    """
    shader = actor.GetShaderProperty()
    shader.GetVertexCustomUniforms().SetUniformf("fartherShare", share)
    shader.AddVertexShaderReplacement("//VTK::CustomEnd::Impl", True, _CORNER_CODE, False)
