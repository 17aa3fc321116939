"""Small pictures in numpy: text, panels and colour ramps that the hud composes into the frame.

VTK's scalar bar takes 170 ms to create and knows no Chinese; a legend painted here takes a few.
Pictures are (rows, columns, 4) u1, row 0 at the top, straight alpha.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from vtkmodules.util.numpy_support import vtk_to_numpy
from vtkmodules.vtkCommonDataModel import vtkImageData
from vtkmodules.vtkRenderingCore import vtkTextProperty, vtkTextRenderer

from layers.fonts import font_file

FONT_FROM_FILE = 4                      # VTK_FONT_FILE


@lru_cache(maxsize=512)
def text(words: str, size_px: int, color: tuple[int, int, int], bold: bool = False) -> np.ndarray:
    """One line of text, tightly cropped in width, with a full line's height."""
    style = vtkTextProperty()
    if path := font_file(bold):
        style.SetFontFamily(FONT_FROM_FILE)
        style.SetFontFile(path)
    style.SetFontSize(size_px)
    style.SetColor(*(c / 255 for c in color))
    image, size = vtkImageData(), [0, 0]
    # A tall and a deep glyph with every line, so that all lines share one baseline.
    vtkTextRenderer.GetInstance().RenderString(style, words or " ", image, size, 72)
    columns, rows, _ = image.GetDimensions()
    pixels = vtk_to_numpy(image.GetPointData().GetScalars()).reshape(rows, columns, 4)
    return np.ascontiguousarray(pixels[:max(size[1], 1), :max(size[0], 1)][::-1])


def panel(rows: int, columns: int, color: tuple[int, int, int], alpha: float, radius: int) -> np.ndarray:
    """A rounded rectangle with soft corners."""
    y, x = np.mgrid[0:rows, 0:columns] + 0.5
    dx = np.maximum(np.maximum(radius - x, x - (columns - radius)), 0)
    dy = np.maximum(np.maximum(radius - y, y - (rows - radius)), 0)
    cover = np.clip(radius - np.hypot(dx, dy) + 0.5, 0, 1)
    out = np.empty((rows, columns, 4), np.uint8)
    out[..., :3] = color
    out[..., 3] = (cover * alpha * 255).astype(np.uint8)
    return out


def paste(onto: np.ndarray, picture: np.ndarray, left: int, top: int) -> None:
    """Blend `picture` over `onto` in place; what does not fit is cut off."""
    rows, columns = (min(picture.shape[0], onto.shape[0] - top), min(picture.shape[1], onto.shape[1] - left))
    if rows <= 0 or columns <= 0:
        return
    over = picture[:rows, :columns].astype(np.float32)
    under = onto[top:top + rows, left:left + columns].astype(np.float32)
    a, b = over[..., 3:] / 255, under[..., 3:] / 255
    alpha = a + b * (1 - a)
    color = (over[..., :3] * a + under[..., :3] * b * (1 - a)) / np.maximum(alpha, 1e-6)
    onto[top:top + rows, left:left + columns] = np.concatenate([color, alpha * 255], axis=2).round().astype(np.uint8)


def fill(onto: np.ndarray, left: int, top: int, width: int, height: int, color: tuple[int, int, int],
         alpha: int = 255) -> None:
    onto[top:top + height, left:left + width] = (*color, alpha)


def ramp_bar(colors: tuple[tuple[int, int, int], ...], width: int, height: int) -> np.ndarray:
    """A horizontal bar that runs smoothly through `colors`."""
    stops = np.asarray(colors, np.float32)
    at = np.linspace(0, len(stops) - 1, width)
    row = np.stack([np.interp(at, np.arange(len(stops)), stops[:, c]) for c in range(3)], axis=1)
    out = np.full((height, width, 4), 255, np.uint8)
    out[..., :3] = row.round().astype(np.uint8)
    return out


def polygon(size: int, corners: list[tuple[float, float]], color: tuple[int, int, int]) -> np.ndarray:
    """A filled convex polygon (corners clockwise in pixels from the top left), antialiased four by four."""
    fine = 4
    y, x = (np.mgrid[0:size * fine, 0:size * fine] + 0.5) / fine
    inside = np.ones_like(x, bool)
    for (ax, ay), (bx, by) in zip(corners, corners[1:] + corners[:1]):
        inside &= (bx - ax) * (y - ay) - (by - ay) * (x - ax) >= 0
    cover = inside.reshape(size, fine, size, fine).mean(axis=(1, 3))
    out = np.empty((size, size, 4), np.uint8)
    out[..., :3] = color
    out[..., 3] = (cover * 255).astype(np.uint8)
    return out
