"""Height grids out of rasters: voids stay NaN, heights are metres above the project's zero."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from cim import warp
from cim.placing import Georef
from twin.data import HeightGrid
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


def unit_of(src) -> HeightUnit:
    """Metres per height unit, from the band's unit or the vertical part of the CRS."""
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


def read(request: Request, place: Georef, progress: Progress) -> HeightGrid:
    """The DEM as posts at pixel centres, row 0 south, NaN where nothing is known."""
    frame, path = request.frame, request.path
    with warp.opened(path) as src:
        grid = warp.grid_of(src, place, frame, MOST_POSTS, path)
        level = warp.overview_for(src, grid.decimation)
        seen, unit = look(src), unit_of(src)
        scale, offset = src.scales[0], src.offsets[0]
    progress(0.2, 1.0, tr("Warping"))
    stored = _warped(path, level, place, request, grid, seen.void)
    if not np.isfinite(stored).any():
        raise Trouble(tr("This elevation model holds no heights."), cause=tr("Every post is marked as missing"),
                      way_out=tr("Export it again with data, or remove the layer."), path=str(path))
    shift = frame.height_shift_m(request.source.height_datum) - frame.origin[2]
    heights = ((stored * scale + offset) * unit.metres + shift).astype(np.float32)
    dx, dy = grid.transform.a, -grid.transform.e
    west, south = grid.west_south(frame)
    progress(0.7, 1.0, tr("Measuring the relief"))
    made = HeightGrid(heights=np.ascontiguousarray(heights[::-1]), x0=west + dx / 2, y0=south + dy / 2, dx=dx, dy=dy,
                      count=int(np.isfinite(heights).sum()),
                      notes=(*seen.notes, *unit.notes, *warp.resolution_note(grid, (dx, dy))))
    made = replace(made, levels=measured(made), relief=relief(made))
    progress(1.0)
    return made


def _warped(path, level, place: Georef, request: Request, grid: warp.Grid, void: float | None) -> np.ndarray:
    """(rows, cols) f8 stored values, north first, NaN where missing."""
    from rasterio.enums import Resampling
    from rasterio.vrt import WarpedVRT
    options = {} if level is None else {"overview_level": level}
    with warp.opened(path, **options) as src:
        nodata = src.nodata if src.nodata is not None else void
        finer = grid.cols < src.width / 1.5 and grid.decimation > 1.5
        with WarpedVRT(src, **warp.target(place, request.frame), transform=grid.transform, width=grid.cols,
                       height=grid.rows, src_nodata=nodata, nodata=np.nan, dtype="float64",
                       resampling=Resampling.average if finer else Resampling.bilinear) as vrt:
            return vrt.read(1, masked=True).filled(np.nan)

