"""Colours of roofs, walls and grounds by what they are, or by the material that the file gives them."""

from __future__ import annotations

from layers.legend import Legend
from layers.palette import PALETTES, Rgb, blend, palette, rgb
from layers.ramps import categorical
from twin.data import Surface
from twin.text import tr

# Calm enough for a whole district; what is not listed gets a hue of its own.
KINDS: dict[str, Rgb] = {
    "RoofSurface": (188, 96, 74), "WallSurface": (226, 214, 192), "GroundSurface": (128, 124, 116),
    "Window": (122, 172, 206), "WindowSurface": (122, 172, 206), "Door": (138, 98, 66), "DoorSurface": (138, 98, 66),
    "ClosureSurface": (180, 180, 188), "WaterSurface": PALETTES["light"].water, "OuterFloorSurface": (164, 158, 146),
    "OuterCeilingSurface": (204, 180, 160), "InteriorWallSurface": (236, 228, 214), "FloorSurface": (170, 150, 124),
    "CeilingSurface": (214, 210, 200)}
WORDS = {"RoofSurface": "Roof", "WallSurface": "Wall", "GroundSurface": "Ground", "Window": "Window", "Door": "Door",
         "WindowSurface": "Window", "DoorSurface": "Door", "ClosureSurface": "Closure", "WaterSurface": "Water",
         "InteriorWallSurface": "Interior wall", "FloorSurface": "Floor", "CeilingSurface": "Ceiling",
         "OuterFloorSurface": "Outer floor", "OuterCeilingSurface": "Outer ceiling"}


Own = tuple[tuple[str, str], ...]


def surface_colors(faces: str, surfaces: tuple[Surface, ...], theme: str, own: Own = ()) -> list[Rgb | None]:
    """A colour per surface; None keeps the object's own. Empty where objects colour their faces.

    `own`: colours that a user gave to words of the legend.
    """
    if faces == "material":
        return [_shaded(s.color, theme) if s.color else None for s in surfaces]
    if faces != "surface":
        return []
    other = [k for k in dict.fromkeys(s.kind for s in surfaces) if k and k not in KINDS]
    hues = dict(zip(other, (tuple(map(int, hue)) for hue in categorical(max(len(other), 1)))))
    missing = palette(theme).missing
    given = {words: rgb(color) for words, color in own}
    return [missing if not s.kind else given.get(words_of(s.kind)) or _shaded(KINDS.get(s.kind) or hues[s.kind], theme)
            for s in surfaces]


def words_of(kind: str) -> str:
    return tr(WORDS.get(kind, kind))


def _shaded(color: Rgb, theme: str) -> Rgb:
    return blend(color, (20, 24, 32), 0.35) if theme == "dark" else color


def surface_legend(faces: str, surfaces: tuple[Surface, ...], theme: str, own: Own = ()) -> Legend | None:
    """What the colours of kinds mean; materials look like what they are."""
    if faces != "surface":
        return None
    colors = surface_colors(faces, surfaces, theme, own)
    entries = dict.fromkeys((color, words_of(s.kind)) for s, color in zip(surfaces, colors) if s.kind)
    missing = (palette(theme).missing, tr("Not stated")) if any(not s.kind for s in surfaces) else None
    return Legend(title=tr("Surfaces"), entries=tuple(entries), missing=missing)
