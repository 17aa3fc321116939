"""The scene's own colours: a calm model city in which data is the only saturated thing.

Dark is designed, not inverted: ground and walls become slate, water and parks keep their hue. Night is
light, not paint: the atmosphere dims and cools whatever these colours are lit by.
"""

from __future__ import annotations

from dataclasses import dataclass

Rgb = tuple[int, int, int]                                   # 0-255, sRGB as shown


@dataclass(frozen=True)
class Palette:
    """Material colours (before light), marks that are drawn unlit, and the sky by day."""

    walls: Rgb
    roofs: Rgb
    industry: Rgb
    edges: Rgb
    ground: Rgb
    roads: Rgb
    water: Rgb
    park: Rgb
    trees: Rgb
    trunks: Rgb
    sky_top: Rgb
    haze: Rgb                                                # the sky at the horizon, and all that is far
    ink: Rgb                                                 # labels in the scene
    halo: Rgb                                                # behind labels
    missing: Rgb                                             # no value
    stale: Rgb                                               # a value too old to count
    ghost: Rgb                                               # what is there and not meant, faintly
    accent: Rgb = (22, 119, 255)                             # selected, hovered


PALETTES: dict[str, Palette] = {
    "light": Palette(
        walls=(246, 244, 240), roofs=(250, 249, 246), industry=(232, 236, 240), edges=(176, 172, 164),
        ground=(233, 231, 225), roads=(214, 212, 206), water=(156, 196, 216), park=(207, 220, 184),
        trees=(143, 174, 124), trunks=(150, 128, 104), sky_top=(150, 186, 216), haze=(223, 232, 239),
        ink=(43, 49, 58), halo=(255, 255, 255), missing=(188, 190, 194), stale=(150, 153, 158),
        ghost=(126, 132, 142)),
    "dark": Palette(
        walls=(112, 119, 131), roofs=(126, 133, 145), industry=(98, 108, 122), edges=(62, 68, 78),
        ground=(64, 70, 80), roads=(84, 91, 102), water=(48, 84, 112), park=(66, 86, 74),
        trees=(74, 106, 82), trunks=(78, 72, 68), sky_top=(20, 26, 36), haze=(46, 55, 68),
        ink=(232, 236, 242), halo=(22, 26, 33), missing=(104, 109, 117), stale=(84, 89, 97),
        ghost=(186, 194, 206)),
}

ACCENT: Rgb = PALETTES["light"].accent


def palette(theme: str) -> Palette:
    """The colours of "light" or "dark"; anything else is light."""
    return PALETTES.get(theme, PALETTES["light"])


def rgb(text: str, default: Rgb = (128, 128, 128)) -> Rgb:
    """"#1677ff" or "#17f" as (22, 119, 255); `default` for anything else."""
    digits = text.strip().lstrip("#")
    if len(digits) == 3:
        digits = "".join(c * 2 for c in digits)
    try:
        return (int(digits[0:2], 16), int(digits[2:4], 16), int(digits[4:6], 16)) if len(digits) >= 6 else default
    except ValueError:
        return default


def unit(color: Rgb) -> tuple[float, float, float]:
    """0-255 to 0-1, as VTK wants it."""
    return (color[0] / 255, color[1] / 255, color[2] / 255)


def blend(a: Rgb, b: Rgb, share: float) -> Rgb:
    """`a` at share 0, `b` at share 1."""
    return tuple(round(x + (y - x) * share) for x, y in zip(a, b))
