"""The sun on what stands: walls, roofs and trees in the shadow of something else lose its light.

The baked shade tells for every place up to which height the sun is blocked (`Shade.below`). A fragment looks a little
before itself, out of its own wall, and compares heights there; so a shadow lies on a façade
with the fineness of the raster, at one look-up a fragment and without another pass.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from vtkmodules.vtkRenderingCore import vtkActor, vtkTexture

from layers.ground_shading import set_raster, texture_of
from twin.shade import Shade
from twin.sun import Sun

MAP = "sunMap"
OUT_POSTS = 1.5                    # so far before itself, in posts of the raster, a wall is out of its own shadow
SOFT_POSTS = 0.8                   # half the height over which a shadow fades on a wall
NONE = Sun(180.0, 45.0)

VERTEX_DECLARE = "out vec3 placeV;\n"
VERTEX_CODE = "  placeV = vertexMC.xyz;\n"
DECLARE = "in vec3 placeV;\n"
_BLOCKED = f"""  vec2 sunAt = (sunPlace.xy - shadeFrom) * shadePerMetre;
  float sunBlocked = 0.0;
  if (all(greaterThan(sunAt, vec2(0.0))) && all(lessThan(sunAt, vec2(1.0))))
    {{
    vec2 sunEdge = smoothstep(vec2(0.0), vec2(0.15), 0.5 - abs(sunAt - 0.5));
    float sunBelow = sunFoot + sunTall * texture({MAP}, sunAt * shadeInner + shadeMargin).b;
    sunBlocked = smoothstep(-sunSoft, sunSoft, sunBelow - sunPlace.z) * sunEdge.x * sunEdge.y;
    }}
"""
_PLACE = "  vec3 sunPlace = (placeToFrame * vec4(placeV, 1.0)).xyz;\n"
# `fdx`, `fdy` are VTK's derivatives of the place; the normal faces the eye, as in VTK's own light. What the sun has
# added is taken away again.
WALL_CODE = _PLACE + """  vec3 sunNormal = normalize(cross(fdx, fdy));
  sunNormal *= dot(sunNormal, cameraParallel == 1 ? vec3(0.0, 0.0, -1.0) : vertexVC.xyz) > 0.0 ? -1.0 : 1.0;
  sunNormal = mat3(placeToFrame) * (sunNormal * mat3(MCVCMatrix));
  float sunFacing = dot(sunNormal, sunToward);
  sunPlace += (sunNormal * sign(sunFacing) + 0.3 * sunToward) * sunStep;
""" + _BLOCKED + """  gl_FragData[0].rgb -= sunBlocked * max(sunFacing, 0.0) * sunLight * diffuseColor;
"""
_CROWN_CODE = (_PLACE + "  sunPlace += sunToward * sunStep;\n" + _BLOCKED
               + "  gl_FragData[0].rgb *= 1.0 - sunBlocked * sunShare;\n")


def carry_crowns(actor: vtkActor) -> None:
    """Let trees stand in the shadow of houses. Call before the first render."""
    actor.GetMapper().SetVBOShiftScaleMethod(0)
    shader = actor.GetShaderProperty()
    for tag, code in (("PositionVC::Dec", VERTEX_DECLARE), ("PositionVC::Impl", VERTEX_CODE)):
        shader.AddVertexShaderReplacement(f"//VTK::{tag}", True, f"{code}//VTK::{tag}\n", False)
    for tag, code in (("Color::Dec", DECLARE), ("Light::Impl", _CROWN_CODE)):
        shader.AddFragmentShaderReplacement(f"//VTK::{tag}", True, f"//VTK::{tag}\n{code}", False)
    take_sun(actor)


def take_sun(actor: vtkActor) -> None:
    """An actor whose shader holds this code: no shade yet, its points as they are."""
    actor.GetMapper().SetVBOShiftScaleMethod(0)              # vertexMC must be the points themselves
    actor.GetProperty().SetTexture(MAP, texture_of(np.zeros((1, 1, 4), np.uint8)))
    place_in_frame(actor, np.eye(4))
    _set_uniforms(actor, None, NONE, (0.0, 0.0, 0.0), 0.0)


def takes_sun(actor: vtkActor) -> bool:
    return actor.GetProperty().GetTexture(MAP) is not None


def place_in_frame(actor: vtkActor, matrix: np.ndarray) -> None:
    """`matrix` (4, 4) from the actor's points into the frame."""
    columns = np.asarray(matrix, np.float32).T.ravel().tolist()
    actor.GetShaderProperty().GetFragmentCustomUniforms().SetUniformMatrix4x4("placeToFrame", columns)


def set_sun(actor: vtkActor, texture: vtkTexture, shade: Shade | None, sun: Sun, light: tuple[float, float, float],
            share: float) -> None:
    """`light` is what the sun adds to a white wall that faces it, `share` (0-1) its part of all light on a tree."""
    look = actor.GetProperty()
    if look.GetTexture(MAP) is not texture:
        look.RemoveTexture(MAP)
        look.SetTexture(MAP, texture)
    _set_uniforms(actor, shade, sun, light, share)


def _set_uniforms(actor: vtkActor, shade: Shade | None, sun: Sun, light: tuple[float, float, float],
                  share: float) -> None:
    uniforms = actor.GetShaderProperty().GetFragmentCustomUniforms()
    set_raster(uniforms, shade)
    post_m = shade.width / max(shade.sun.shape[1] - 1, 1) if shade else 1.0
    foot, tall = heights_of(shade) if shade else (0.0, 1.0)
    uniforms.SetUniform3f("sunToward", tuple(map(float, sun.toward)))
    uniforms.SetUniformf("sunStep", OUT_POSTS * post_m)
    uniforms.SetUniformf("sunSoft", SOFT_POSTS * post_m)
    uniforms.SetUniformf("sunFoot", foot)
    uniforms.SetUniformf("sunTall", tall)
    uniforms.SetUniform3f("sunLight", light)
    uniforms.SetUniformf("sunShare", share)


@lru_cache(maxsize=4)                        # every actor asks for the same
def heights_of(shade: Shade) -> tuple[float, float]:
    """(lowest, range) in metres of the heights that the texture holds in eight bits."""
    known = shade.below[np.isfinite(shade.below)]
    low = float(known.min()) if len(known) else 0.0
    return low, max(float(known.max()) - low, 1.0) if len(known) else 1.0


def shade_texture(shade: Shade) -> vtkTexture:
    """Red: the sun is free on the ground; green: share of the sky; blue: the height up to which the sun is blocked."""
    low, tall = heights_of(shade)
    picture = np.full((*shade.sun.shape, 4), 255, np.uint8)
    picture[..., 0], picture[..., 1] = shade.sun, shade.sky
    picture[..., 2] = np.clip((shade.below - low) * (255.0 / tall), 0.0, 255.0).round()
    return texture_of(picture)
