"""What pictures lie on where a terrain has a hole, water for the most part: a sheet from rim to rim."""

from __future__ import annotations

from weakref import WeakKeyDictionary

import numpy as np

from twin.data import HeightGrid
from twin.ground import Ground, Surface
from twin.pyramid import TILE

POSTS = 4 * TILE + 1                       # a side
Box = tuple[float, float, float, float]    # min x, min y, max x, max y
_holes: WeakKeyDictionary[HeightGrid, bool] = WeakKeyDictionary()


def sheet(surfaces: tuple[Surface, ...], box: Box) -> HeightGrid | None:
    """Drawn heights over a box of pictures, NaN beyond every terrain; None where no terrain has a hole in it.

    Known ones keep the sheet at its rims, so that it meets the ground there.
    """
    if not any(_has_holes(surface.grid) for surface in surfaces):
        return None
    x, y = np.linspace(box[0], box[2], POSTS), np.linspace(box[1], box[3], POSTS)
    places = np.stack(np.meshgrid(x, y), axis=-1)
    z = Ground(surfaces).height_at(places.reshape(-1, 2), missing=np.nan).reshape(POSTS, POSTS)
    hole = _holes_in(np.isnan(z), _in_reach(surfaces, places, (x[1] - x[0], y[1] - y[0])))
    if not hole.any() or np.isnan(z).all():
        return None
    z[hole] = _spanned(places, z, hole)
    return HeightGrid(heights=z, x0=box[0], y0=box[1], dx=float(x[1] - x[0]), dy=float(y[1] - y[0]))


def _has_holes(grid: HeightGrid) -> bool:
    """Looked for once: grounds change with every detail of them, their grids do not."""
    if grid not in _holes:
        _holes[grid] = bool(np.isnan(grid.heights).any())
    return _holes[grid]


def _holes_in(missing: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """(rows, cols) bool: what is missing and does not reach the edge of the terrain. The corners beside a rotated one
    are no holes, nor is the sea off a coast.
    """
    from scipy.ndimage import label
    parts, _ = label(missing)
    return missing & ~np.isin(parts, np.unique(parts[missing & ~inside]))


def _in_reach(surfaces: tuple[Surface, ...], places: np.ndarray, margin: tuple[float, float]) -> np.ndarray:
    """(rows, cols) bool: in the box of a terrain, by a margin."""
    found = np.zeros(places.shape[:2], bool)
    for grid in (surface.grid for surface in surfaces):
        rows, cols = grid.heights.shape
        low = np.array([grid.x0, grid.y0])
        high = low + np.array([(cols - 1) * grid.dx, (rows - 1) * grid.dy])
        found |= ((places >= low + margin) & (places <= high - margin)).all(axis=-1)
    return found


def _spanned(places: np.ndarray, z: np.ndarray, hole: np.ndarray) -> np.ndarray:
    """Heights of the posts of holes, straight between the rims, and from there to the corners of the sheet, which lie
    as high as the nearest rim: what lies beyond all corners would be looked for in every triangle.
    """
    from scipy.interpolate import LinearNDInterpolator, NearestNDInterpolator
    from scipy.ndimage import binary_dilation
    rim = binary_dilation(hole) & ~np.isnan(z)
    nearest = NearestNDInterpolator(places[rim], z[rim])
    corners = places[[0, 0, -1, -1], [0, -1, 0, -1]]
    corners = corners + 0.01 * (corners - corners.mean(axis=0))
    known = np.concatenate([places[rim], corners]), np.concatenate([z[rim], nearest(corners)])
    return LinearNDInterpolator(*known)(places[hole])
