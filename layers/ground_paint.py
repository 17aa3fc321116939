"""The surface of the ground: its own colour or what is measured on it, pictures painted on top, contour lines.

All of it is looked up by place in the fragment, so a tile shows the same at every level of detail. Pictures lie
over each other in order, each with its opacity; under an opaque picture the relief is not shaded, because a
picture brings its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from vtkmodules.vtkRenderingCore import vtkActor, vtkTexture

from layers.ground_shading import apply_ground
from twin.relief import MOST_PACKED, Relief

MOST_PICTURES = 6                          # at one place; GL promises 16 textures in all
MOST_BEFORE = 4                            # terrains under which one is left out: a texture each
RELIEF, RAMP, HEIGHTS = "reliefMap", "rampMap", "heightMap"
Box = tuple[float, float, float, float]    # min x, min y, max x, max y
DARK_GROUND = 0.4                          # of white: contours on darker ground are light, and hills are dimmed
CONTOURS = (0.42, 0.25, 0.11), (0.93, 0.74, 0.49)     # on light ground, on dark: brown, as on maps, to be seen on grey
OVERLAP = 2.5                              # texels by which two terrains overlap, so that no gap opens between them

_BASE = {
    "plain": "diffuseColorUniform",
    "elevation": "texture(rampMap, vec2(relief.b * rampScale + rampShift, 0.5)).rgb",
    "slope": "texture(rampMap, vec2(atan(length(rise)) * rampScale + rampShift, 0.5)).rgb",
    "aspect": "mix(vec3(0.6), texture(rampMap, vec2(fract(atan(-rise.x, -rise.y) / 6.2831853 + 1.0), 0.5)).rgb,"
              " smoothstep(0.002, 0.01, length(rise)))",
    "hillshade": "vec3(clamp(dot(normalize(vec3(-rise * reliefFactor, 1.0)), vec3(-0.5, 0.5, 0.70710678)), 0.0, 1.0)"
                 " * 0.85 + 0.15) * (dot(diffuseColorUniform, vec3(1.0 / 3.0)) > 0.4 ? 1.0 : 0.5)",    # DARK_GROUND
}
_RELIEF = """
  vec4 relief = texture(reliefMap, (groundXY - reliefFrom) * reliefPerMetre);
  vec2 bent = relief.rg * (255.0 / 127.0) - 128.0 / 127.0;
  vec2 rise = bent * abs(bent) * reliefSteepest;
"""
_BASE_CODE = """
  float cover = 0.0;
  vec3 seen = {base};
"""
# Under a picture that hides it, the ground itself need not be looked up: its relief is not seen either.
_HIDDEN = """
  const float cover = 1.0;
  vec3 seen = vec3(0.0);
"""
_PICTURE = """
  vec2 at{n} = (groundXY - pictureFrom{n}) * picturePerMetre{n};
  vec4 texel{n} = texture(picture{n}, at{n}, pictureTone{n}.w);
  vec3 tone{n} = texel{n}.rgb / max(texel{n}.a, 0.001);
  tone{n} = clamp(mix(vec3(dot(tone{n}, vec3(0.2126, 0.7152, 0.0722))), tone{n}, pictureTone{n}.y) * pictureTone{n}.x,
                  0.0, 1.0);
  float share{n} = pictureTone{n}.z * texel{n}.a
      * float(all(greaterThanEqual(at{n}, vec2(0.0))) && all(lessThanEqual(at{n}, vec2(1.0))));
  seen = mix(seen, tone{n}, share{n});
"""
_COVER = """  cover = mix(cover, 1.0, share{n});
"""
# The heights of the posts about the place, not those of the tile, which has but few of them; from afar those of every
# second, fourth … post, as a mipmap would: single posts, between which a pixel happens to fall, would shimmer. (The
# bytes of packed heights cannot be averaged by the card.) Where contours crowd they fade instead of filling the slope.
_CONTOURS = """
  ivec2 lastPost = textureSize(heightMap, 0) - 1;
  vec2 heightAt = (groundXY - reliefFrom) * reliefPerMetre * vec2(lastPost + 1) - 0.5;
  vec2 alongX = dFdx(heightAt), alongY = dFdy(heightAt);
  float posts = sqrt(max(dot(alongX, alongX), dot(alongY, alongY)));            // in a pixel
  float level = max(0.0, log2(posts)), line = contourShift, crowd = 0.0;        // lines in a pixel
  for (int coarser = 0; coarser < 2; ++coarser)
    {
    float every = exp2(floor(level) + float(coarser));
    vec2 cell = floor(heightAt / every), between = heightAt / every - cell;
    vec4 corners;
    for (int n = 0; n < 4; ++n)
      {
      ivec2 one = clamp(ivec2((cell + vec2(n % 2, n / 2)) * every), ivec2(0), lastPost);
      corners[n] = dot(texelFetch(heightMap, one, 0).rgb, heightSteps);
      }
    vec2 across = mix(corners.xz, corners.yw, between.x);
    float share = coarser == 0 ? 1.0 - fract(level) : fract(level);
    line += mix(across.x, across.y, between.y) * share;
    vec2 high = max(corners.xy, corners.zw), low = min(corners.xy, corners.zw);
    crowd += (max(high.x, high.y) - min(low.x, low.y)) / every * posts * share;
    }
  float wide = fwidth(line), major = fwidth(line * 0.2);
  float thin = 1.0 - smoothstep(0.6, 1.3, abs(fract(line - 0.5) - 0.5) / max(wide, 1e-6));
  float thick = 1.0 - smoothstep(1.1, 1.9, abs(fract(line * 0.2 - 0.5) - 0.5) / max(major, 1e-6));
  float inked = max(thin * 0.6 * (1.0 - smoothstep(0.15, 0.4, max(wide, crowd))),
                    thick * 0.9 * (1.0 - smoothstep(0.15, 0.4, max(major, crowd * 0.2))));
  seen = mix(seen, contourColor, crowd > 0.0 ? inked : 0.0);                    // level ground is no line
"""
_BARE = """
  float bare = 1.0 - smoothstep(bareBelow - 0.12, bareBelow, groundZ);
  seen = mix(seen, earthColor, bare);
  cover *= 1.0 - bare;
"""
_END = """
  diffuseColor = diffuseIntensity * seen;
  ambientColor = ambientIntensity * seen;
"""
_ONLY_PICTURES = """  if (cover < 0.5 * pictureMost) discard;
  opacity *= cover;
"""
# Only where none of the terrains before it knows the ground: between four posts, as their triangles are left out.
_ELSEWHERE = """  vec2 otherAt{n} = (groundXY - otherFrom{n}) * otherPerMetre{n};
  vec2 otherSize{n} = vec2(textureSize(other{n}, 0));
  if (texture(other{n}, (floor(otherAt{n} * otherSize{n} - 0.5) + 1.0) / otherSize{n}).a > 0.999
      && all(greaterThanEqual(otherAt{n}, otherInner{n}))
      && all(lessThanEqual(otherAt{n}, 1.0 - otherInner{n}))) discard;
"""
_PIT = """  if (all(greaterThan(groundXY, pitFrom{n})) && all(lessThan(groundXY, pitTo{n}))) discard;
"""
# Ground has no gloss; told so, the driver leaves out a power per light and pixel.
_MATT = """  specularColor = vec3(0.0);
"""
_BEND = """  vec3 bentNormal = normalize(normalMatrix * vec3(-rise * reliefFactor * (1.0 - cover), 1.0));
  normalVCVSOutput = gl_FrontFacing ? bentNormal : -bentNormal;
"""
_FLATTEN = """  vec3 upright = normalMatrix * vec3(0.0, 0.0, gl_FrontFacing ? 1.0 : -1.0);
  normalVCVSOutput = normalize(mix(normalVCVSOutput, upright, cover));
"""
# A tile may lie above the true ground by its error: for what lies on the ground its depth is that much deeper. Not in
# the fragment: what writes a depth there is painted even where it is hidden.
_DEPTH = """  float facing = max(abs(dot(normalize(vertexVCVSOutput.xyz), normalMatrix[2])), 0.04);
  float tileWay = cameraParallel == 1 ? 1.0 : length(vertexVCVSOutput.xyz);
  float nearness = 1.0 - min(0.02, tileError / (facing * tileWay)) - deeper;
  gl_Position.z = gl_Position.w - (gl_Position.w - gl_Position.z) * nearness;
//VTK::CustomEnd::Impl
"""


@dataclass(frozen=True, eq=False)
class Picture:
    """A texture that covers [x0, x0 + width] x [y0, y0 + height] local metres, row 0 south."""

    texture: vtkTexture
    x0: float
    y0: float
    width: float
    height: float
    brightness: float = 1.0
    saturation: float = 1.0
    opacity: float = 1.0

    whole: bool = False                    # every texel is opaque
    finer: float = 0.0                     # mipmap levels by which it is taken coarser; negative = sharper

    def hides(self, box) -> bool:
        """Nothing under it is seen anywhere in `box`."""
        return (self.whole and self.opacity == 1.0 and self.x0 <= box[0] and self.x0 + self.width >= box[3]
                and self.y0 <= box[1] and self.y0 + self.height >= box[4])

    def touches(self, box) -> bool:
        """Seen from above; `box` min x, y, z, max x, y, z."""
        return (self.x0 < box[3] and self.x0 + self.width > box[0]
                and self.y0 < box[4] and self.y0 + self.height > box[1])


@dataclass(frozen=True, eq=False)
class Paint:
    """How a terrain looks without pictures. `ramp` (256, 3) u1 for the modes that measure, over `span` in the
    mode's unit (share of the height range, or radians of slope)."""

    relief: Relief
    relief_texture: vtkTexture
    color: tuple[float, float, float] = (0.8, 0.8, 0.8)
    opacity: float = 1.0
    mode: str = "plain"
    ramp: vtkTexture | None = None
    span: tuple[float, float] = (0.0, 1.0)
    steeper: float = 1.0                   # than the drawn slope: exaggeration and what light adds
    contour_m: float = 0.0                 # 0 = none
    heights: vtkTexture | None = None      # of `packed_heights` over the relief, for contours
    height_from_m: float = 0.0             # of the project's, at 0 in the grid
    only_pictures: bool = False
    deeper: float = 0.0                    # share of the distance by which it is drawn farther
    elsewhere: tuple[tuple[Relief, vtkTexture], ...] = ()
    pits: tuple[Box, ...] = ()             # excavations that are drawn instead
    bare_below: float | None = None        # of an excavation: what lies deeper is earth, whatever is painted there
    earth: tuple[float, float, float] = (0.7, 0.6, 0.5)


NOWHERE = Relief(rgba=np.full((1, 1, 4), 128, np.uint8), steepest=0.0, low=0.0, high=1.0, x0=0.0, y0=0.0, width=1.0,
                 height=1.0)


def prepare(actor: vtkActor) -> None:
    """Once per actor: what no change of paint touches."""
    apply_ground(actor)
    shader = actor.GetShaderProperty()
    shader.AddVertexShaderReplacement("//VTK::Normal::Dec", True, "out float groundZ;\nuniform int cameraParallel;\n"
                                      "float tileError = 0.0;\n//VTK::Normal::Dec\n", False)
    shader.AddVertexShaderReplacement("//VTK::Normal::Impl", True,
                                      "  groundZ = vertexMC.z;\n//VTK::Normal::Impl\n", False)
    shader.AddVertexShaderReplacement("//VTK::CustomEnd::Impl", True, _DEPTH, False)
    shader.AddFragmentShaderReplacement("//VTK::Normal::Dec", True, "in float groundZ;\n//VTK::Normal::Dec\n", False)


def paint(actor: vtkActor, look: Paint, pictures: Sequence[Picture], *, hidden: bool = False) -> None:
    """Show `look` with `pictures` (lowest first) on a prepared actor. `hidden`: the first picture hides the ground
    everywhere."""
    shader, material = actor.GetShaderProperty(), actor.GetProperty()
    hidden = hidden and look.contour_m == 0 and not look.only_pictures and look.bare_below is None
    shader.AddFragmentShaderReplacement("//VTK::Color::Impl", True, _color_code(look, len(pictures), hidden), False)
    shader.AddFragmentShaderReplacement("//VTK::Light::Impl", True, (_FLATTEN if hidden else _BEND) + _MATT
                                        + "//VTK::Light::Impl\n", False)
    shader.GetVertexCustomUniforms().SetUniformf("deeper", look.deeper)
    uniforms = shader.GetFragmentCustomUniforms()
    _set_relief(material, uniforms, look)
    _set_pictures(material, uniforms, pictures)
    for n, (relief, texture) in enumerate(look.elsewhere):
        _texture(material, f"other{n}", texture)
        _place(uniforms, f"other{{}}{n}", relief)
        rows, cols = relief.rgba.shape[:2]
        uniforms.SetUniform2f(f"otherInner{n}", (OVERLAP / cols, OVERLAP / rows))
    if look.bare_below is not None:
        uniforms.SetUniformf("bareBelow", look.bare_below)
        uniforms.SetUniform3f("earthColor", look.earth)
    for n, box in enumerate(look.pits):
        uniforms.SetUniform2f(f"pitFrom{n}", box[:2])
        uniforms.SetUniform2f(f"pitTo{n}", box[2:])
    material.SetColor(*look.color)
    material.SetOpacity(look.opacity)


def unpaint(actor: vtkActor) -> None:
    """Let go of what `paint` put on: layers that are gone would stay in memory with it."""
    look = actor.GetProperty()
    for name in (RELIEF, RAMP, HEIGHTS, *(f"picture{n}" for n in range(MOST_PICTURES)),
                 *(f"other{n}" for n in range(MOST_BEFORE))):
        look.RemoveTexture(name)


def _color_code(look: Paint, pictures: int, hidden: bool) -> str:
    code = ["//VTK::Color::Impl\n"]
    code += [_ELSEWHERE.replace("{n}", str(n)) for n in range(len(look.elsewhere))]
    code += [_PIT.replace("{n}", str(n)) for n in range(len(look.pits))]
    code += [_HIDDEN] if hidden else [_RELIEF, _BASE_CODE.replace("{base}", _BASE[look.mode])]
    for n in range(pictures):
        code += [part.replace("{n}", str(n)) for part in ([_PICTURE] if hidden else [_PICTURE, _COVER])]
    code += [_BARE] * (look.bare_below is not None)
    code += [_ONLY_PICTURES] * look.only_pictures + [_CONTOURS] * (look.contour_m > 0)
    return "".join([*code, _END])


def _set_relief(material, uniforms, look: Paint) -> None:
    relief = look.relief
    _texture(material, RELIEF, look.relief_texture)
    _place(uniforms, "relief{}", relief)
    uniforms.SetUniformf("reliefSteepest", relief.steepest)
    uniforms.SetUniformf("reliefFactor", look.steeper)
    if look.ramp is not None:
        _texture(material, RAMP, look.ramp)
    low, high = look.span
    scale = 255 / 256 / max(high - low, 1e-9)                # rays start at the middle of the first colour
    uniforms.SetUniformf("rampScale", scale)
    uniforms.SetUniformf("rampShift", 0.5 / 256 - low * scale)
    if look.contour_m > 0:
        _texture(material, HEIGHTS, look.heights)
        step = (relief.high - relief.low) / MOST_PACKED * 255.0 / look.contour_m
        uniforms.SetUniform3f("heightSteps", (step * 65536.0, step * 256.0, step))
        uniforms.SetUniformf("contourShift", (relief.low + look.height_from_m) / look.contour_m)
        uniforms.SetUniform3f("contourColor", contour_color(look.color, look.mode))


def contour_color(ground: tuple[float, float, float], mode: str) -> tuple[float, float, float]:
    """Dark lines on light ground and on the colours of what is measured, light ones on the dark theme's own ground,
    where pictures are dimmed too."""
    return CONTOURS[sum(ground) / 3 <= DARK_GROUND and mode in ("plain", "hillshade")]


def _set_pictures(material, uniforms, pictures: Sequence[Picture]) -> None:
    for n, picture in enumerate(pictures):
        _texture(material, f"picture{n}", picture.texture)
        _place(uniforms, f"picture{{}}{n}", picture)
        uniforms.SetUniform4f(f"pictureTone{n}",
                              (picture.brightness, picture.saturation, picture.opacity, picture.finer))
    for n in range(len(pictures), MOST_PICTURES):
        if material.GetTexture(f"picture{n}") is None:
            break
        material.RemoveTexture(f"picture{n}")
    uniforms.SetUniformf("pictureMost", max((p.opacity for p in pictures), default=1.0))


def _place(uniforms, name: str, area) -> None:
    uniforms.SetUniform2f(name.format("From"), (area.x0, area.y0))
    uniforms.SetUniform2f(name.format("PerMetre"), (1.0 / area.width, 1.0 / area.height))


def _texture(material, name: str, texture: vtkTexture) -> None:
    if material.GetTexture(name) is not texture:
        material.RemoveTexture(name)
        material.SetTexture(name, texture)
