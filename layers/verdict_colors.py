"""Colours, signs and words of a verdict: each level also has a shape, for those who do not tell red from green."""

from __future__ import annotations

import numpy as np

from layers.palette import Rgb, palette

# Told apart by brightness too: teal, light yellow, orange, deep red (a scale that deuteranopes read).
LEVELS: dict[str, tuple[Rgb, ...]] = {
    "light": ((38, 150, 124), (240, 200, 64), (228, 118, 36), (184, 28, 52)),
    "dark": ((48, 160, 134), (232, 196, 84), (230, 128, 56), (214, 56, 78)),
}
SHAPES = ("–", "●", "▲", "◆", "■")                     # grey, green, yellow, orange, red


def level_colors(theme: str) -> np.ndarray:
    """(5, 3) u1: grey, green, yellow, orange, red."""
    return np.array([palette(theme).stale, *LEVELS.get(theme, LEVELS["light"])], np.uint8)
