"""What pictures lie on where a terrain has a hole, water for the most part: a sheet from rim to rim."""

from __future__ import annotations

import numpy as np

from twin.data import HeightGrid
from twin.ground import Ground, Surface
from twin.pyramid import TILE

POSTS = 4 * TILE + 1                       # a side
Box = tuple[float, float, float, float]    # min x, min y, max x, max y


def sheet(surfaces: tuple[Surface, ...], box: Box) -> HeightGrid | None:
    """Drawn heights over a box of pictures, NaN beyond every terrain; None where no terrain has a hole in it.

    Known ones keep the sheet at its rims, so that it meets the ground there.
    """
    x, y = np.linspace(box[0], box[2], POSTS), np.linspace(box[1], box[3], POSTS)
    places = np.stack(np.meshgrid(x, y), axis=-1)
    z = Ground(surfaces).height_at(places.reshape(-1, 2), missing=np.nan).reshape(POSTS, POSTS)
    hole = np.isnan(z) & _in_reach(surfaces, places)
    if not hole.any() or np.isnan(z).all():
        return None
    z[hole] = _spanned(places, z, hole)
    return HeightGrid(heights=z, x0=box[0], y0=box[1], dx=float(x[1] - x[0]), dy=float(y[1] - y[0]))


def _in_reach(surfaces: tuple[Surface, ...], places: np.ndarray) -> np.ndarray:
    """(rows, cols) bool: in the box of a terrain."""
    found = np.zeros(places.shape[:2], bool)
    for grid in (surface.grid for surface in surfaces):
        rows, cols = grid.heights.shape
        east, north = grid.x0 + (cols - 1) * grid.dx, grid.y0 + (rows - 1) * grid.dy
        found |= ((places >= (grid.x0, grid.y0)) & (places <= (east, north))).all(axis=-1)
    return found


def _spanned(places: np.ndarray, z: np.ndarray, hole: np.ndarray) -> np.ndarray:
    """Heights of the posts of holes, straight between the rims; outside all rims that of the nearest."""
    from scipy.interpolate import LinearNDInterpolator, NearestNDInterpolator
    from scipy.ndimage import binary_dilation
    from scipy.spatial import QhullError
    rim = binary_dilation(np.isnan(z), iterations=1) & ~np.isnan(z)
    nearest = NearestNDInterpolator(places[rim], z[rim])(places[hole])
    try:
        between = LinearNDInterpolator(places[rim], z[rim])(places[hole])
    except QhullError:                                       # all in a row
        return nearest
    return np.where(np.isnan(between), nearest, between)
