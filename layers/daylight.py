"""The light and the colour of the air for a height of the sun, by theme: noon, low sun, dusk and night."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields

import numpy as np

from twin.sun import Sun

Color = tuple[float, float, float]                           # 0-1

MOON_TOWARD = (-0.42, -0.50, 0.76)                           # where the night's soft light comes from
LOWEST_DEG = 13.0           # a lower sun would leave the flat ground without any of its warm light
DARK = 0.45                                    # grey of the haze under which labels turn light
LEVEL = 0.52               # what the sun adds on flat ground, so that a high sun does not bleach the model


@dataclass(frozen=True)
class Air:
    """Everything that the sun's height decides."""

    sky_top: Color
    haze: Color                                              # the sky at the horizon
    glow: Color                                              # of the sky toward the sun
    sun: Color
    above: Color                                             # light of the whole sky, from straight up
    ambient: Color                                           # factor on every material's ambient term
    sun_strength: float
    above_strength: float
    fill_strength: float                                     # from the camera
    glow_strength: float


def _row(top, haze, glow, sun, above, ambient, *strengths) -> tuple[float, ...]:
    colors = [c / 255 for color in (top, haze, glow, sun, above) for c in color]
    return (*colors, *ambient, *strengths)


# Sun elevation in degrees -> a row in the order of Air's fields. Between rows everything is linear.
_KEYS = {
    "light": {
        -12: _row((13, 20, 42), (37, 50, 78), (52, 60, 90), (168, 190, 240), (120, 146, 205),
                  (0.40, 0.48, 0.76), 0.15, 0.12, 0.07, 0.0),
        -6: _row((36, 52, 98), (104, 108, 142), (214, 142, 110), (190, 180, 200), (140, 154, 205),
                 (0.66, 0.70, 0.94), 0.06, 0.22, 0.12, 0.55),
        -1: _row((84, 108, 158), (206, 172, 160), (255, 168, 104), (255, 160, 104), (190, 192, 222),
                 (0.98, 0.92, 1.02), 0.40, 0.32, 0.19, 0.85),
        5: _row((120, 154, 198), (236, 212, 190), (255, 206, 146), (255, 192, 132), (206, 214, 238),
                (1.22, 1.14, 1.14), 0.80, 0.33, 0.19, 0.80),
        14: _row((142, 180, 214), (230, 228, 226), (255, 232, 200), (255, 228, 190), (212, 224, 244),
                 (1.18, 1.20, 1.26), 1.00, 0.30, 0.18, 0.50),
        30: _row((148, 186, 217), (223, 232, 239), (246, 244, 238), (255, 246, 230), (216, 228, 245),
                 (1.24, 1.27, 1.33), 1.10, 0.30, 0.18, 0.30),
    },
    "dark": {
        -12: _row((7, 10, 18), (22, 29, 43), (28, 34, 50), (160, 184, 240), (116, 142, 205),
                  (0.62, 0.72, 1.02), 0.24, 0.22, 0.10, 0.0),
        -6: _row((13, 17, 30), (44, 46, 62), (112, 74, 62), (190, 180, 205), (134, 150, 205),
                 (0.78, 0.82, 1.06), 0.08, 0.28, 0.14, 0.45),
        -1: _row((18, 23, 38), (66, 60, 68), (150, 96, 66), (255, 166, 112), (184, 188, 220),
                 (0.98, 0.96, 1.08), 0.32, 0.34, 0.18, 0.60),
        5: _row((20, 26, 40), (66, 66, 74), (140, 106, 80), (255, 196, 142), (200, 210, 236),
                (1.10, 1.08, 1.16), 0.66, 0.36, 0.20, 0.45),
        14: _row((15, 23, 38), (60, 72, 92), (106, 98, 92), (255, 222, 184), (206, 220, 242),
                 (1.18, 1.20, 1.26), 0.95, 0.33, 0.19, 0.35),
        30: _row((14, 22, 36), (56, 72, 96), (82, 92, 106), (255, 238, 216), (210, 224, 244),
                 (1.22, 1.25, 1.32), 1.00, 0.33, 0.20, 0.25),
    },
}


def air_of(sun: Sun, theme: str) -> Air:
    """The air under this sun in the theme ("light" where unknown)."""
    keys = _KEYS.get(theme, _KEYS["light"])
    heights = sorted(keys)
    table = np.array([keys[h] for h in heights])
    row = [float(np.interp(sun.elevation_deg, heights, table[:, i])) for i in range(table.shape[1])]
    colors = [tuple(row[i:i + 3]) for i in range(0, 18, 3)]
    air = Air(*colors, *row[18:])
    level = LEVEL / max(math.sin(math.radians(max(sun.elevation_deg, 1.0))), 1e-3)
    return air if air.sun_strength <= level else Air(**{
        f.name: min(air.sun_strength, level) if f.name == "sun_strength" else getattr(air, f.name)
        for f in fields(Air)})


def is_dark(sun: Sun, theme: str) -> bool:
    """Night or the dark theme: what is drawn over the scene, and what is seen through, turns light."""
    return sum(air_of(sun, theme).haze) / 3 < DARK


def light_toward(sun: Sun) -> Color:
    """Unit vector to the light: the sun, kept a little above the horizon, or the soft light of the night."""
    if sun.elevation_deg < -6.0:
        return MOON_TOWARD
    return Sun(sun.azimuth_deg, max(sun.elevation_deg, LOWEST_DEG)).toward
