"""The chapter of a scenario, told over the scene."""

from __future__ import annotations

import numpy as np

from layers import painting
from layers.paper import INK, on_panel, wrapped

WIDTH, LEAST = 460, 240                          # logical pixels


def story_picture(story: tuple[str, str], width: int, theme: str, ratio: float = 1.0) -> np.ndarray:
    """Title and some lines of text, `width` device pixels wide."""
    s = lambda px: round(px * ratio)  # noqa: E731 - logical to device pixels
    pad, ink = s(14), INK[theme]
    (title, words), room = story, width - 2 * s(14)
    lines = [(painting.text(line, s(16), ink, True), s(24)) for line in wrapped(title, s(16), room, True)]
    lines += [(painting.text(line, s(13), ink), s(20)) for line in wrapped(words, s(13), room)]
    sheet = np.zeros((sum(height for _, height in lines) + 2 * pad - s(4), width, 4), np.uint8)
    y = pad - s(2)
    for picture, height in lines:
        painting.paste(sheet, picture, pad, y)
        y += height
    return on_panel(sheet, theme, s(8))


def strip_picture(story: tuple[str, str], width: int, theme: str, ratio: float = 1.0) -> np.ndarray:
    """The same as a few small lines, for a scene that has little height to give away."""
    s = lambda px: round(px * ratio)  # noqa: E731 - logical to device pixels
    pad, line = s(8), s(17)
    lines = wrapped(" · ".join(filter(None, story)), s(12), width - 2 * s(12))
    sheet = np.zeros((len(lines) * line + 2 * pad - s(2), width, 4), np.uint8)
    for number, words in enumerate(lines):
        painting.paste(sheet, painting.text(words, s(12), INK[theme]), s(12), pad - s(1) + number * line)
    return on_panel(sheet, theme, s(8))
