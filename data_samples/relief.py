"""The ground: a flat river plain of 2 to 5 m, levees along old rivers, beds cut below the water."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import shapely
from PIL import Image, ImageFilter

from data_samples import geography as geo
from data_samples.canvas import Canvas
from data_samples.curves import smooth_noise
from data_samples.plan import Plan

POST_M = 25.0
BED_M = {"lake": -1.6, "river": -1.8, "canal": -0.4}


def heights(plan: Plan) -> np.ndarray:
    """(rows, cols) f4 metres (1985) at the centres of 25 m cells of `geography.EXTENT`, row 0 north."""
    canvas = Canvas(geo.EXTENT, POST_M, (0, 0, 0), over=5)
    land = _plain(canvas, plan)
    for kind in ("canal", "river", "lake"):
        mask = canvas.mask([w.shape for w in plan.waters if w.kind == kind])
        share = np.clip(_small(canvas, mask) * 2.6, 0, 1)  # so that no post in the water rises above it
        land = land * (1 - share) + BED_M[kind] * share
    return np.round(land * 50).astype(np.float32) / np.float32(50)  # steps of 2 cm compress to half


def _plain(canvas: Canvas, plan: Plan) -> np.ndarray:
    rows, cols = canvas.size[1] // canvas.over, canvas.size[0] // canvas.over
    rng = np.random.default_rng(21)
    x = np.linspace(geo.EXTENT[0], geo.EXTENT[2], cols)[None, :]
    y = np.linspace(geo.EXTENT[3], geo.EXTENT[1], rows)[:, None]
    land = 2.95 + 0.22 * smooth_noise((rows, cols), 130, rng) + 0.12 * smooth_noise((rows, cols), 37, rng)
    land += (
        0.5 * np.exp(-(((x - 619379) / 1700) ** 2 + ((y - 474230 - 3e6) / 1500) ** 2))
        + (x - 618000) / 32000 * 0.7
    )
    old = canvas.mask([shapely.LineString(w.line).buffer(170) for w in plan.waters if w.kind == "river"])
    land += 0.55 * _small(canvas, old.reduce(5).filter(ImageFilter.GaussianBlur(5)), done=True)
    built = canvas.mask([b.shape.buffer(15) for b in plan.blocks])
    land += 0.3 * _small(canvas, built.reduce(5).filter(ImageFilter.GaussianBlur(3)), done=True)
    return np.clip(land, 2.05, 5.0).astype(np.float32)


def _small(canvas: Canvas, mask: Image.Image, done: bool = False) -> np.ndarray:
    """Share of each 25 m cell that the mask covers, 0 to 1."""
    small = mask if done else mask.reduce(canvas.over)
    return np.asarray(small, np.float32) / 255.0


def write(path: Path, grid: np.ndarray, extent: tuple[float, float, float, float] = geo.EXTENT) -> None:
    """A cloud-optimised GeoTIFF, float32, row 0 north; NaN = not known there. Heights are 1985."""
    import rasterio
    from rasterio.transform import from_bounds

    rows, cols = grid.shape
    with rasterio.open(
        path,
        "w",
        driver="COG",
        height=rows,
        width=cols,
        count=1,
        dtype="float32",
        crs=geo.CRS,
        transform=from_bounds(*extent, cols, rows),
        compress="DEFLATE",
        predictor="YES",
        level=9,
        nodata=-9999.0,
        overview_resampling="average",
    ) as file:
        file.write(np.nan_to_num(grid, nan=-9999.0), 1)
        file.update_tags(SYNTHETIC="yes", SOURCE=geo.SOURCE, VERTICAL_DATUM="1985", UNITTYPE="m")


class GroundAt:
    """Bilinear height of the ground at any point of the sample."""

    def __init__(self, grid: np.ndarray):
        self.grid = grid

    def __call__(self, points: np.ndarray) -> np.ndarray:
        from scipy.ndimage import map_coordinates

        points = np.atleast_2d(points)
        col = (points[:, 0] - geo.EXTENT[0]) / POST_M - 0.5
        row = (geo.EXTENT[3] - points[:, 1]) / POST_M - 0.5
        return map_coordinates(self.grid, [row, col], order=1, mode="nearest")
