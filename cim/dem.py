"""Height grids out of rasters: voids stay NaN, heights are metres above the project's zero."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from cim import warp
from cim.placing import Georef
from twin.data import HeightGrid
from twin.detail import joined
from twin.frame import Frame
from twin.pyramid import measured
from twin.readers import Progress, Request
from twin.relief import relief
from twin.text import tr
from twin.trouble import Trouble

MOST_POSTS = 2048
FOOT_M = {"ft": 0.3048, "foot": 0.3048, "feet": 0.3048, "international foot": 0.3048,
          "us survey foot": 1200 / 3937, "us-ft": 1200 / 3937, "ftus": 1200 / 3937, "us_survey_foot": 1200 / 3937,
          "foot_us": 1200 / 3937, "dm": 0.1, "decimetre": 0.1, "cm": 0.01, "centimetre": 0.01, "mm": 0.001}
# Values that writers use for "nothing here" and forget to declare.
VOIDS = (-9999.0, -32768.0, -32767.0, -99999.0, -3.4028234663852886e38, -3.3999999521443642e38)
SAMPLE_POSTS = 1024


@dataclass(frozen=True)
class HeightUnit:
    metres: float
    notes: tuple[str, ...] = ()


def unit_of(src, said: str = "") -> HeightUnit:
    """Metres per height unit: what the user said, else the band's unit, else the vertical part of the CRS."""
    if said:
        return HeightUnit(FOOT_M.get(said, 1.0))
    name = (src.units[0] or _vertical_unit(src)).strip().lower()
    if name in FOOT_M:
        return HeightUnit(FOOT_M[name], (tr("Heights are in {unit} and were converted to metres.", unit=name),))
    if not name and src.crs and src.crs.is_projected and src.crs.linear_units_factor[1] != 1.0:
        return HeightUnit(1.0, (tr("The CRS is in {unit} but no unit of height is stated: metres are assumed.",
                                   unit=src.crs.linear_units_factor[0]),))
    return HeightUnit(1.0)


def _vertical_unit(src) -> str:
    import pyproj
    if not src.crs:
        return ""
    known = pyproj.CRS.from_wkt(src.crs.to_wkt())
    vertical = [part for part in known.sub_crs_list if part.is_vertical]
    return vertical[0].axis_info[0].unit_name if vertical else ""


def metres(src, raw: float) -> float:
    """A stored value as metres (scale and offset tags, unit)."""
    return (raw * src.scales[0] + src.offsets[0]) * unit_of(src).metres


@dataclass(frozen=True)
class Look:
    """Every `step`th post of a file: the known stored values (n,), and the share (0 to 1) without data."""

    known: np.ndarray
    missing: float
    step: int
    void: float | None                    # a well-known void value that the file uses without declaring it

    @property
    def notes(self) -> tuple[str, ...]:
        notes = () if self.void is None else (
            tr("The value {value:g} is taken as missing although the file does not declare it.", value=self.void),)
        if self.missing > 0.001:
            notes += (tr("{percent:.0f} % of it is without data.", percent=max(1.0, 100.0 * self.missing)),)
        return notes


def look(src) -> Look:
    step = max(1, math.ceil(max(src.width, src.height) / SAMPLE_POSTS))
    posts = src.read(1, masked=True, out_shape=(math.ceil(src.height / step), math.ceil(src.width / step)))
    known = posts.compressed()
    known = known[np.isfinite(known)]
    void = _undeclared_void(src, known)
    if void is not None:
        known = known[~np.isclose(known, void, rtol=1e-6)]
    return Look(known, 1.0 - known.size / posts.size, step, void)


def _undeclared_void(src, known: np.ndarray) -> float | None:
    if src.nodata is not None or not known.size or known.dtype.kind == "u":
        return None
    return next((v for v in VOIDS if np.isclose(float(known.min()), v, rtol=1e-6)), None)


@dataclass(frozen=True)
class Scale:
    """From stored values to metres above the project's zero."""

    factor: float
    offset_m: float

    def metres(self, stored: np.ndarray) -> np.ndarray:
        return (stored * self.factor + self.offset_m).astype(np.float32)


@dataclass(frozen=True)
class File:
    """An elevation model that was looked at: where it lies, which stored value is a void, how it is read as metres."""

    request: Request
    place: Georef
    void: float | None
    scale: Scale
    grid: warp.Grid                       # all of it, as fine as is kept in memory
    notes: tuple[str, ...] = ()

    @property
    def native_m(self) -> float:
        return self.grid.transform.a * self.grid.cols / self.grid.full_cols

    def heights(self, grid: warp.Grid) -> np.ndarray:
        """(rows, cols) f4 metres above the project's zero, north first, NaN where it knows nothing."""
        with warp.opened(self.request.path) as src:
            level = warp.overview_for(src, grid.decimation)
        return self.scale.metres(_warped(self.request.path, level, self.place, self.request, grid, self.void))


def looked_at(request: Request, place: Georef) -> File:
    frame, path = request.frame, request.path
    with warp.opened(path) as src:
        grid = warp.grid_of(src, place, frame, MOST_POSTS, path)
        seen, unit = look(src), unit_of(src, request.source.unit)
        shift = frame.height_shift_m(request.source.height_datum) - frame.origin[2]
        scale = Scale(src.scales[0] * unit.metres, src.offsets[0] * unit.metres + shift)
    return File(request, place, seen.void, scale, grid, (*seen.notes, *unit.notes))


def window_grid(box: tuple[float, float, float, float], spacing_m: float, native_m: float, origin) -> warp.Grid:
    """Posts every `spacing_m` over `box` (min x, min y, max x, max y local metres), from its south-west corner."""
    from affine import Affine
    cols, rows = (max(2, round((box[i + 2] - box[i]) / spacing_m) + 1) for i in (0, 1))
    west, north = box[0] + origin[0] - spacing_m / 2, box[1] + origin[1] + (rows - 0.5) * spacing_m
    return warp.Grid(Affine(spacing_m, 0.0, west, 0.0, -spacing_m, north), rows, cols, rows, cols,
                     spacing_m / native_m)


def height_grid(heights: np.ndarray, grid: warp.Grid, frame: Frame) -> HeightGrid:
    """Heights that a `File` gave for a grid, as posts at pixel centres, row 0 south."""
    dx, dy = grid.transform.a, -grid.transform.e
    west, south = grid.west_south(frame)
    return HeightGrid(heights=np.ascontiguousarray(heights[::-1]), x0=west + dx / 2, y0=south + dy / 2, dx=dx, dy=dy,
                      count=int(np.isfinite(heights).sum()))


def finished(grid: HeightGrid) -> HeightGrid:
    """With the levels and the relief that drawing needs."""
    return replace(grid, levels=measured(grid), relief=relief(grid))


@dataclass(frozen=True)
class Finer:
    """A part of a DEM at a finer resolution than all of it was read with. Runs in a worker (twin/detail.py)."""

    file: File

    @property
    def native_m(self) -> float:
        return self.file.native_m

    def __call__(self, box: tuple[float, float, float, float], spacing_m: float, around: HeightGrid,
                 progress: Progress) -> HeightGrid:
        """`box` min x, min y, max x, max y local metres; `around` is what is known of it and its rim already."""
        frame = self.file.request.frame
        grid = window_grid(box, spacing_m, self.native_m, frame.origin)
        progress(0.3, 1.0)
        fine = height_grid(self.file.heights(grid), grid, frame)
        progress(0.6, 1.0)
        return finished(joined(fine, around))


def read(request: Request, place: Georef, progress: Progress) -> HeightGrid:
    """The DEM as posts at pixel centres, row 0 south, NaN where nothing is known."""
    file = looked_at(request, place)
    progress(0.2, 1.0, tr("Warping"))
    heights = file.heights(file.grid)
    refuse_empty(heights, request.path)
    progress(0.7, 1.0, tr("Measuring the relief"))
    made = height_grid(heights, file.grid, request.frame)
    thinned = file.grid.full_cols > file.grid.cols
    made = finished(replace(made, finer=Finer(file) if thinned else None,
                            notes=(*file.notes, *warp.resolution_note(file.grid, (made.dx, made.dy)))))
    progress(1.0)
    return made


def refuse_empty(heights: np.ndarray, path: Path) -> None:
    if not np.isfinite(heights).any():
        raise Trouble(tr("This elevation model holds no heights."), cause=tr("Every post is marked as missing"),
                      way_out=tr("Export it again with data, or remove the layer."), path=str(path))


def _warped(path, level, place: Georef, request: Request, grid: warp.Grid, void: float | None) -> np.ndarray:
    """(rows, cols) f8 stored values, north first, NaN where missing."""
    from rasterio.enums import Resampling
    from rasterio.vrt import WarpedVRT
    options = {} if level is None else {"overview_level": level}
    with warp.opened(path, **options) as src:
        nodata = src.nodata if src.nodata is not None else void
        finer = grid.decimation > 1.5
        with WarpedVRT(src, **warp.target(place, request.frame, src), transform=grid.transform, width=grid.cols,
                       height=grid.rows, src_nodata=nodata, nodata=np.nan, dtype="float64",
                       resampling=Resampling.average if finer else Resampling.bilinear) as vrt:
            return vrt.read(1, masked=True).filled(np.nan)

