"""Pictures out of rasters: RGBA bytes, alpha 0 where the file knows nothing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cim import warp
from cim.placing import Georef
from cim.raster_classes import classes_of
from twin.data import Imagery
from twin.readers import Progress, Request
from twin.text import tr
from twin.trouble import Trouble

MOST_PIXELS = 4096
STRETCH_PERCENT = (2.0, 98.0)


@dataclass(frozen=True, eq=False)
class Finer:
    """A part of a picture of bytes at a finer resolution than all of it was read with. Runs in a worker."""

    request: Request
    place: Georef
    bands: tuple[int, ...]
    palette: np.ndarray | None
    native_m: float

    def __call__(self, box: tuple[float, float, float, float], spacing_m: float, progress: Progress) -> Imagery:
        """`box` min x, min y, max x, max y local metres (see twin/detail.py)."""
        from affine import Affine
        origin = self.request.frame.origin
        cols, rows = (max(2, round((box[i + 2] - box[i]) / spacing_m)) for i in (0, 1))
        grid = warp.Grid(Affine(spacing_m, 0.0, box[0] + origin[0], 0.0, -spacing_m,
                                box[1] + origin[1] + rows * spacing_m), rows, cols, rows, cols,
                         spacing_m / self.native_m)
        with warp.opened(self.request.path) as src:
            level = warp.overview_for(src, grid.decimation)
        progress(0.3, 1.0)
        values, alpha = _warped(self.request.path, level, self.place, self.request, grid, list(self.bands),
                                nearest=self.palette is not None)
        rgba = _from_palette(values[0], alpha, self.palette) if self.palette is not None else \
            _as_bytes(values, alpha)[0]
        return Imagery(rgba=np.ascontiguousarray(rgba[::-1]), x0=box[0], y0=box[1], width=cols * spacing_m,
                       height=rows * spacing_m)


def read(request: Request, place: Georef, progress: Progress) -> Imagery:
    """The picture in the project CRS, row 0 south."""
    frame, path = request.frame, request.path
    with warp.opened(path) as src:
        grid = warp.grid_of(src, place, frame, MOST_PIXELS, path)
        level = warp.overview_for(src, grid.decimation)
        bands, palette = bands_of(src), palette_of(src)
    progress(0.2, 1.0, tr("Warping"))
    values, alpha = _warped(path, level, place, request, grid, bands, nearest=palette is not None)
    if not alpha.any():
        raise Trouble(tr("This picture holds no data."), cause=tr("Every pixel is marked as missing"),
                      way_out=tr("Export it again with data, or remove the layer."), path=str(path))
    rgba, notes = (_from_palette(values[0], alpha, palette), ()) if palette is not None else _as_bytes(values, alpha)
    classes = classes_of(path, values[0], alpha, palette) if palette is not None else ()
    west, south = grid.west_south(frame)
    dx, dy = grid.transform.a, -grid.transform.e
    progress(1.0)
    thinned = grid.full_cols > grid.cols and (palette is not None or values.dtype == np.uint8)
    finer = Finer(request, place, tuple(bands), palette, dx * grid.cols / grid.full_cols) if thinned else None
    return Imagery(rgba=np.ascontiguousarray(rgba[::-1]), finer=finer, x0=west, y0=south, width=dx * grid.cols,
                   height=dy * grid.rows, count=1, classes=classes,
                   notes=(*notes, *warp.resolution_note(grid, (dx, dy))))


def bands_of(src) -> list[int]:
    """The bands (from 1) that are red, green and blue, or the one that is grey or an index."""
    from rasterio.enums import ColorInterp as C
    meaning = list(src.colorinterp)
    if all(c in meaning for c in (C.red, C.green, C.blue)):
        return [meaning.index(c) + 1 for c in (C.red, C.green, C.blue)]
    shown = [i + 1 for i, c in enumerate(meaning) if c != C.alpha]
    return shown[:3] if len(shown) >= 3 else shown[:1]


def palette_of(src) -> np.ndarray | None:
    """(256 or more, 4) u1 colours by index; None without a colour table."""
    from rasterio.enums import ColorInterp
    if ColorInterp.palette not in src.colorinterp:
        return None
    table = src.colormap(src.colorinterp.index(ColorInterp.palette) + 1)
    palette = np.zeros((max(256, max(table) + 1), 4), np.uint8)
    palette[list(table)] = list(table.values())
    return palette


def _warped(path, level, place: Georef, request: Request, grid: warp.Grid, bands: list[int], nearest: bool):
    """((bands, rows, cols) values, (rows, cols) u1 alpha), north first."""
    from rasterio.enums import ColorInterp, Resampling
    from rasterio.vrt import WarpedVRT
    options = {} if level is None else {"overview_level": level}
    with warp.opened(path, **options) as src:
        own_alpha = ColorInterp.alpha in src.colorinterp
        thinned = grid.decimation > 1.5
        smooth = Resampling.average if thinned else Resampling.bilinear
        with WarpedVRT(src, **warp.target(place, request.frame, src), transform=grid.transform, width=grid.cols,
                       height=grid.rows, add_alpha=not own_alpha, src_nodata=src.nodata,
                       resampling=Resampling.nearest if nearest else smooth) as vrt:
            values = vrt.read(bands)
            alpha = vrt.read(src.colorinterp.index(ColorInterp.alpha) + 1 if own_alpha else vrt.count)
    if alpha.dtype != np.uint8:
        alpha = np.where(alpha > 0, 255, 0)
    return values, alpha.astype(np.uint8)


def _from_palette(index: np.ndarray, alpha: np.ndarray, palette: np.ndarray) -> np.ndarray:
    rgba = palette[index]
    rgba[..., 3] = np.minimum(rgba[..., 3], alpha)
    return rgba


def _as_bytes(values: np.ndarray, alpha: np.ndarray) -> tuple[np.ndarray, tuple[str, ...]]:
    """(rows, cols, 4) u1; anything but bytes is stretched between its 2nd and 98th percentile."""
    notes = ()
    if values.dtype != np.uint8:
        values, notes = _stretched(values, alpha)
    if len(values) == 1:
        values = np.repeat(values, 3, axis=0)
    return np.concatenate([np.moveaxis(values, 0, -1), alpha[..., None]], axis=-1), notes


def _stretched(values: np.ndarray, alpha: np.ndarray) -> tuple[np.ndarray, tuple[str, ...]]:
    out = np.zeros(values.shape, np.uint8)
    alpha[~np.isfinite(values).all(axis=0)] = 0
    known = alpha > 0
    for band, picture in zip(values, out):
        if not known.any():
            break
        low, high = np.percentile(band[known], STRETCH_PERCENT)
        scaled = (band[known].astype(np.float64) - low) / max(high - low, 1e-12)
        picture[known] = np.clip(scaled * 255.0, 0, 255)
    return out, (tr("Brightness was stretched: each band between its percentiles {low:g} and {high:g}.",
                    low=STRETCH_PERCENT[0], high=STRETCH_PERCENT[1]),)
