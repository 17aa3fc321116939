"""What a camera in an aeroplane would see round the lake at half past ten, drawn of the sample's own plan.

The plan gives the colours (`aerial_ground`), roofs and crowns give heights (`aerial_heights`), and the heights give
light and shadow: nothing here is a photograph.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image, ImageFilter

from data_samples import aerial_ground, aerial_heights, basemap
from data_samples import geography as geo
from data_samples.curves import smooth_noise
from data_samples.greenery import LakePark, Trees
from data_samples.plan import Plan

NAME = "orthophoto.tif"
HALF_M, PIXEL_M, OVER = 840, 1.0, 2
QUALITY = 55
AZIMUTH_DEG, ALTITUDE_DEG = 128.0, 56.0  # of the sun
SHADE = np.array((0.46, 0.51, 0.60), np.float32)  # of the light that shadow keeps: the sky is blue
SOFT_M = 0.6  # how wide the rim of a shadow is
RELIEF = 0.42  # how much a slope's light differs from that of level ground
GAMMA = 0.87  # of the exposure
STEEPEST = 1.3  # rise over run from which on no slope is darker: walls are not seen from above


def bounds() -> tuple[float, float, float, float]:
    """West, south, east, north: whole metres about the middle of the lake."""
    east, north = np.round(geo.CENTRE.world(*geo.LAKE_UV)[0])
    return (east - HALF_M, north - HALF_M, east + HALF_M, north + HALF_M)


def write(path: Path, plan: Plan, park: LakePark, trees: Trees) -> None:
    basemap.write_picture(path, photographed(plan, park, trees), bounds(), QUALITY)


def photographed(plan: Plan, park: LakePark, trees: Trees) -> np.ndarray:
    """(rows, cols, 3) u1 at 1 m a pixel, row 0 north."""
    rng = np.random.default_rng(17)
    canvas = aerial_ground.painted(plan, park, bounds(), PIXEL_M, OVER, rng)
    heights = aerial_heights.Heights(canvas)
    heights.roofs(plan)
    heights.crowns(trees, park, rng)
    step_m = PIXEL_M / OVER
    picture = np.array(canvas.image, np.float32)
    metres = heights.metres
    picture *= _slopes(metres, step_m)[..., None]
    shadow = _soft(_shadows(_averaged(metres), PIXEL_M), SOFT_M / PIXEL_M)
    picture = _averaged(picture) * (1.0 - shadow[..., None] * (1.0 - SHADE))
    return _developed(picture * aerial_ground.grain(canvas, plan, park, rng)[..., None], rng)


def _averaged(drawn: np.ndarray) -> np.ndarray:
    """Whole pixels of what was drawn `OVER` times finer."""
    rows, cols = drawn.shape[0] // OVER, drawn.shape[1] // OVER
    return drawn.reshape(rows, OVER, cols, OVER, *drawn.shape[2:]).mean(axis=(1, 3))


def _sun() -> tuple[float, float, float]:
    """East, north and up of the direction to the sun."""
    azimuth, altitude = np.radians((AZIMUTH_DEG, ALTITUDE_DEG))
    return (float(np.sin(azimuth) * np.cos(altitude)), float(np.cos(azimuth) * np.cos(altitude)),
            float(np.sin(altitude)))


def _slopes(heights: np.ndarray, step_m: float) -> np.ndarray:
    """(rows, cols) f4: the light on each place by its slope, 1 on level ground."""
    down, right = np.gradient(heights, step_m)
    steep = np.maximum(np.hypot(down, right) / STEEPEST, 1.0)
    right, up_north = right / steep, -down / steep
    east, north, up = _sun()
    lit = (up - right * east - up_north * north) / np.sqrt(1.0 + right**2 + up_north**2)
    return (1.0 + RELIEF * (lit / up - 1.0)).astype(np.float32)


def _shadows(heights: np.ndarray, step_m: float) -> np.ndarray:
    """(rows, cols) bool: where something toward the sun is higher than the ray to it."""
    east, north, up = _sun()
    along = np.array((-north, east)) / np.hypot(east, north) / step_m  # rows, columns of a metre
    rise = up / np.hypot(east, north)
    dark = np.zeros(heights.shape, bool)
    for k in range(1, int(heights.max() / rise) + 1):
        rows, cols = (int(n) for n in np.round(along * k))
        here, there = _overlap(heights.shape[0], rows), _overlap(heights.shape[1], cols)
        dark[here[0], there[0]] |= heights[here[1], there[1]] > heights[here[0], there[0]] + rise * k
    return dark


def _overlap(count: int, shift: int) -> tuple[slice, slice]:
    """The places that have a neighbour `shift` farther on, and those neighbours."""
    low, high = max(0, -shift), min(count, count - shift)
    return slice(low, high), slice(low + shift, high + shift)


def _soft(dark: np.ndarray, sigma: float) -> np.ndarray:
    image = Image.fromarray(dark.astype(np.uint8) * 255).filter(ImageFilter.GaussianBlur(sigma))
    return np.asarray(image, np.float32) / 255.0


def _developed(picture: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """With uneven light, and the haze of a summer."""
    picture *= 1.0 + 0.03 * smooth_noise(picture.shape[:2], 240 / PIXEL_M, rng)[..., None]
    bright = 255.0 * (np.clip(picture, 0, 255) / 255.0) ** GAMMA
    return np.clip(bright * 0.99 + np.array((3.0, 5.0, 8.0)), 0, 255).astype(np.uint8)
