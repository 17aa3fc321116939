"""What only flat ground carries: the baked shade of sun and sky, looked up by place.

The vertex shader hands its x and y (local metres) on; the fragment finds its texel from the raster's corner and
size. So no texture coordinates are needed, and one shade serves terrain, imagery and fills alike.
"""

from __future__ import annotations

import numpy as np
from vtkmodules.util.numpy_support import numpy_to_vtk
from vtkmodules.vtkCommonDataModel import vtkImageData
from vtkmodules.vtkRenderingCore import vtkActor, vtkTexture

from twin.shade import Shade

SHADE = "shadeMap"
AMBIENT = 0.20                                               # flat ground sees the whole sky through its light
SKY_FLOOR = 0.42                                             # of the light in a corner that sees no sky

_VERTEX = (("//VTK::PositionVC::Dec", "out vec2 groundXY;\n//VTK::PositionVC::Dec\n"),
           ("//VTK::PositionVC::Impl", "  groundXY = vertexMC.xy;\n//VTK::PositionVC::Impl\n"))
_DECLARE = "//VTK::Color::Dec"
_SHADE_CODE = """//VTK::TCoord::Impl
  vec2 shadeAt = (groundXY - shadeFrom) * shadePerMetre;
  if (all(greaterThan(shadeAt, vec2(0.0))) && all(lessThan(shadeAt, vec2(1.0))))
    {
    vec2 edge = smoothstep(vec2(0.0), vec2(0.15), 0.5 - abs(shadeAt - 0.5));
    vec2 light = texture(shadeMap, shadeAt * shadeInner + shadeMargin).rg;
    light = mix(vec2(1.0), light, edge.x * edge.y);
    vec3 dim = mix(shadowColor, vec3(1.0), light.r) * mix(skyFloor, 1.0, light.g);
    gl_FragData[0].rgb *= dim;
    }
"""


# Seen at a flat angle water takes the colour of the sky; small waves break that up, and fade with distance.
_WATER_CODE = """  float waterFar = smoothstep(150.0, 2500.0, 1.0 / gl_FragCoord.w);
  vec2 wave = groundXY * 0.16;
  float ripple = sin(wave.x + 1.7 * sin(wave.y * 0.6)) * sin(wave.y * 1.3 + 1.3 * sin(wave.x * 0.7));
  float grazing = 1.0 - abs(dot(normalize(vertexVC.xyz), normalVCVSOutput));
  float mirror = clamp(0.05 + 0.85 * pow(grazing, 3.0) + 0.07 * ripple * (1.0 - waterFar), 0.0, 0.8);
  gl_FragData[0].rgb = mix(gl_FragData[0].rgb, airColor, mirror);
"""


def apply_ground(actor: vtkActor, water: bool = False) -> None:
    """Let the actor show the baked shade (`set_shade`) by place. `water` mirrors the sky; the actor must be lit."""
    actor.GetProperty().SetAmbient(AMBIENT)
    actor.GetMapper().SetVBOShiftScaleMethod(0)              # vertexMC must be the local metres themselves
    shader, look = actor.GetShaderProperty(), actor.GetProperty()
    for tag, code in _VERTEX:
        shader.AddVertexShaderReplacement(tag, True, code, False)
    look.SetTexture(SHADE, texture_of(np.full((1, 1, 4), 255, np.uint8)))
    set_shade_uniforms(actor, None, 0.0, 0.0)
    surface = _SHADE_CODE
    if water:
        shader.GetFragmentCustomUniforms().SetUniform3f("airColor", (0.8, 0.87, 0.92))
        surface = _SHADE_CODE.replace("//VTK::TCoord::Impl\n", "//VTK::TCoord::Impl\n" + _WATER_CODE)
    shader.AddFragmentShaderReplacement("//VTK::TCoord::Impl", True, surface, False)
    # VTK declares the samplers of a property's textures itself.
    shader.AddFragmentShaderReplacement(_DECLARE, True, "in vec2 groundXY;\n" + _DECLARE + "\n", False)


def takes_shade(actor: vtkActor) -> bool:
    return actor.GetProperty().GetTexture(SHADE) is not None


def set_shade(actor: vtkActor, texture: vtkTexture, shade: Shade | None, sun_share: float, seen: float) -> None:
    """Show `shade` through its `texture`; `sun_share` 0-1 is how much of the light comes from the sun.

    `seen` 0-1 fades it out.
    """
    look = actor.GetProperty()
    if look.GetTexture(SHADE) is not texture:
        look.RemoveTexture(SHADE)
        look.SetTexture(SHADE, texture)
    set_shade_uniforms(actor, shade, sun_share, seen)


def set_shade_uniforms(actor: vtkActor, shade: Shade | None, sun_share: float, seen: float) -> None:
    uniforms = actor.GetShaderProperty().GetFragmentCustomUniforms()
    set_raster(uniforms, shade)
    dark = 1.0 - sun_share * seen
    uniforms.SetUniform3f("shadowColor", (dark * (1.0 - 0.06 * seen), dark * (1.0 - 0.02 * seen),
                                          min(1.0, dark * (1.0 + 0.08 * seen))))
    uniforms.SetUniformf("skyFloor", 1.0 - (1.0 - SKY_FLOOR) * seen)


def set_raster(uniforms, shade: Shade | None) -> None:
    """Where the shade's raster lies; nowhere without one."""
    corner, size, texels = ((shade.x0, shade.y0), (shade.width, shade.height), shade.sun.shape[::-1]) if shade \
        else ((1e9, 1e9), (1.0, 1.0), (1, 1))
    uniforms.SetUniform2f("shadeFrom", corner)
    uniforms.SetUniform2f("shadePerMetre", tuple(1.0 / s for s in size))
    uniforms.SetUniform2f("shadeInner", tuple((n - 1) / n for n in texels))      # rays start at texel centres
    uniforms.SetUniform2f("shadeMargin", tuple(0.5 / n for n in texels))


def texture_of(rgba: np.ndarray, mipmaps: bool = False, anisotropy: float = 1.0) -> vtkTexture:
    """(rows, cols, 4) u1, row 0 south, as a texture that is read as it is.

    `anisotropy` sharpens what is seen at a flat angle; without a graphics card every step of it costs.
    """
    texture = _texture(rgba.copy())
    texture.InterpolateOn()
    texture.SetMipmap(mipmaps)
    texture.SetMaximumAnisotropicFiltering(anisotropy)
    return texture


def number_texture(values: np.ndarray) -> vtkTexture:
    """(rows, cols) f4, row 0 south, to be fetched one by one: column c is part c % 4 of texel c // 4. (VTK would take
    single numbers for colours to be mapped.)"""
    return _texture(np.pad(values, ((0, 0), (0, -values.shape[1] % 4))).reshape(len(values), -1, 4))


def _texture(texels: np.ndarray) -> vtkTexture:
    """(rows, cols, 4), kept as it is: payloads may be memory-mapped and go away."""
    rows, cols, _ = texels.shape
    image = vtkImageData()
    image.SetDimensions(cols, rows, 1)
    image.GetPointData().SetScalars(numpy_to_vtk(texels.reshape(-1, 4)))
    texture = vtkTexture()
    texture.SetInputData(image)
    texture.SetColorModeToDirectScalars()
    texture.RepeatOff()
    return texture
