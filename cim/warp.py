"""A raster of any CRS, rotated or not, as a north-up grid in the frame, at a bounded resolution."""

from __future__ import annotations

import math
import re
import warnings
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cim import placing
from cim.placing import Georef
from twin import china_offset, local_grid
from twin.frame import Frame
from twin.readers import Request
from twin.text import tr
from twin.trouble import Trouble

# GDAL leaves coordinates alone when both CRS agree; a grid without CRS goes through under this name.
NO_CRS = "EPSG:3857"
DEGREE_M = 111_320.0
DAMAGED = re.compile(r"TIFF(?:Read|Fill|Fetch)|IReadBlock|[Rr]ead error|got \d+ bytes")      # GDAL, of bytes not there


@dataclass(frozen=True)
class Grid:
    """The grid that is read: `transform` (affine, north-up) in the project CRS, and what it costs.

    `decimation`: source pixels per grid pixel along a row, 1 = full resolution.
    """

    transform: object
    rows: int
    cols: int
    full_rows: int
    full_cols: int
    decimation: float

    def west_south(self, frame: Frame) -> tuple[float, float]:
        """The outer south-west corner, metres from the frame origin."""
        t = self.transform
        return t.c - frame.origin[0], t.f + t.e * self.rows - frame.origin[1]


def raster_name(path: Path) -> str:
    """What GDAL opens for `path`; inside a zip the first raster."""
    if path.suffix.lower() != ".zip":
        return str(path)
    return f"/vsizip/{{{path}}}/{members(path)[0]}"


def members(path: Path) -> list[str]:
    """Rasters inside a zip file; empty where it is none."""
    import zipfile
    if not zipfile.is_zipfile(path):
        return []
    with zipfile.ZipFile(path) as archive:
        return [n for n in archive.namelist() if not n.startswith("__MACOSX")
                and n.lower().endswith((".hgt", ".tif", ".tiff"))]


@contextmanager
def opened(path: Path, name: str = "", **options):
    """The rasterio dataset; `name` is what GDAL calls it where that is not the path. Failures become Trouble."""
    import rasterio
    from rasterio.errors import NotGeoreferencedWarning
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", NotGeoreferencedWarning)
            with rasterio.Env(GDAL_PAM_ENABLED="YES"), rasterio.open(name or raster_name(path), **options) as dataset:
                yield dataset
    except (rasterio.errors.RasterioError, rasterio.errors.RasterioIOError, rasterio._err.CPLE_BaseError) as error:
        raise Trouble(tr("This raster could not be read."), cause=_told(error, path), path=str(path),
                      way_out=tr("Copy the file again, or write it anew with gdal_translate.")) from None


def _told(error: BaseException, path: Path) -> str:
    """What GDAL says of a file, without the path that it begins with."""
    said = str(error.__cause__ or error).replace(str(path), path.name)
    said = re.sub(rf"^{re.escape(path.name)}\s*[,:]\s*", "", said)
    return tr("It is damaged or cut off: {cause}", cause=said) if DAMAGED.search(said) else said


def grid_of(src, place: Georef, frame: Frame, most: int, path: Path) -> Grid:
    """The grid that shows all of `src` with at most `most` rows and columns."""
    from affine import Affine
    from rasterio.vrt import WarpedVRT
    if local_grid.is_local(place.crs) or place.crs in china_offset.NAMES:
        transform, full_cols, full_rows = _whole_of(src, **target(place, frame, src))
    else:
        with WarpedVRT(src, **target(place, frame, src)) as vrt:
            transform, full_cols, full_rows = vrt.transform, vrt.width, vrt.height
    if not all(map(math.isfinite, transform[:6])) or full_cols < 1 or full_rows < 1:
        raise Trouble(tr("This raster has no place in the project's CRS."), cause=f"{place.crs} → {frame.crs}",
                      way_out=tr("Open it in a project of its own."), path=str(path))
    step = max(1.0, full_cols / most, full_rows / most)
    cols, rows = math.ceil(full_cols / step), math.ceil(full_rows / step)
    t = transform                         # north-up: a warped grid has no rotation
    coarser = Affine(t.a * full_cols / cols, 0.0, t.c, 0.0, t.e * full_rows / rows, t.f)
    return Grid(coarser, rows, cols, full_rows, full_cols,
                max(1.0, src.width / cols, src.height / rows) if step > 1.0 else 1.0)


def target(place: Georef, frame: Frame, src) -> dict:
    """The CRS arguments of a WarpedVRT from the file into the frame."""
    if local_grid.is_local(place.crs):
        base = local_grid.base_of(place.crs)
        return {"src_crs": base, "crs": frame.crs or base, "src_transform": _refitted(place.crs, src.transform)}
    if place.crs in china_offset.NAMES:
        return {"src_crs": china_offset.WGS84, "crs": frame.crs or china_offset.WGS84,
                "src_transform": _unshifted(place.crs, src)[0]}
    source = place.crs or frame.crs or NO_CRS
    return {"src_crs": source, "crs": frame.crs or source}


def _unshifted(crs: str, src) -> tuple:
    """(transform, metres) of a raster in shifted degrees: the straight one that fits best, and how far it is off."""
    from affine import Affine
    cols, rows = (a.ravel() for a in np.meshgrid(np.linspace(0, src.width, 9), np.linspace(0, src.height, 9)))
    t = src.transform
    lon, lat = china_offset.to_wgs84(crs, t.a * cols + t.b * rows + t.c, t.d * cols + t.e * rows + t.f)
    known = np.column_stack([cols, rows, np.ones(len(cols))])
    (east, *_), (north, *_) = (np.linalg.lstsq(known, v, rcond=None) for v in (lon, lat))
    off = np.hypot((known @ east - lon) * np.cos(np.radians(lat)), known @ north - lat) * DEGREE_M
    return Affine(*east, *north), float(off.max())


def shift_notes(place: Georef, src) -> tuple[str, ...]:
    """How exact the way back from a web map's offset is for a raster, which is moved as a whole."""
    if place.crs not in china_offset.NAMES:
        return ()
    return (tr("The web map's offset is taken back for the picture as a whole: up to {m:.1f} m are left.",
               m=_unshifted(place.crs, src)[1]),)


def _whole_of(src, src_crs: str, crs: str, src_transform) -> tuple:
    """(transform, columns, rows) of a grid over all of a raster that has another transform than it says."""
    from rasterio.warp import calculate_default_transform
    ends = [(c, r) for c in (0, src.width) for r in (0, src.height)]
    corners = np.array([src_transform @ end for end in ends])
    low, high = corners.min(axis=0), corners.max(axis=0)
    spacing = math.sqrt(abs(src_transform.determinant))
    return calculate_default_transform(src_crs, crs, *(max(1, math.ceil(n / spacing)) for n in high - low), *low, *high)


def _refitted(crs: str, transform):
    """A raster's own transform, led on into the known CRS of a local grid."""
    from affine import Affine
    x, y = local_grid.to_base(crs, [0.0, 1.0, 0.0], [0.0, 0.0, 1.0])
    return Affine(x[1] - x[0], x[2] - x[0], x[0], y[1] - y[0], y[2] - y[0], y[0]) @ transform


def overview_for(src, decimation: float) -> int | None:
    """Index of the coarsest overview that is still at least as fine as the grid."""
    fitting = [i for i, factor in enumerate(src.overviews(1)) if factor <= decimation]
    return fitting[-1] if fitting else None


def resolution_note(grid: Grid, pixel_m: tuple[float, float]) -> tuple[str, ...]:
    if grid.full_cols == grid.cols and grid.full_rows == grid.rows:
        return ()
    return (tr("Shown at {cols} x {rows} of {full_cols} x {full_rows} points ({metres:.3g} m apart).",
               cols=grid.cols, rows=grid.rows, full_cols=grid.full_cols, full_rows=grid.full_rows,
               metres=max(pixel_m)),)


def file_box(src) -> tuple[float, float, float, float]:
    """min x, min y, max x, max y of the (possibly rotated) raster in its own numbers."""
    if src.gcps[0] and src.transform.is_identity:
        corners = np.array([(g.x, g.y) for g in src.gcps[0]])
    else:
        t = src.transform
        corners = np.array([(t.a * c + t.b * r + t.c, t.d * c + t.e * r + t.f)
                            for c in (0, src.width) for r in (0, src.height)])
    lo, hi = corners.min(axis=0), corners.max(axis=0)
    return float(lo[0]), float(lo[1]), float(hi[0]), float(hi[1])


def stated_crs(src) -> tuple[str, str]:
    """The file's own CRS and where it says so."""
    crs = src.crs or (src.gcps[1] if src.gcps[0] else None)
    return (crs.to_wkt(), "file") if crs else ("", "")


def place_of(request: Request, src) -> Georef:
    """Where an opened raster lies. Raises Trouble where nobody knows."""
    nowhere = src.transform.is_identity and not src.gcps[0]
    box = None if nowhere else file_box(src)
    small = max(abs(src.res[0]), abs(src.res[1])) < 0.1
    place = placing.georef(request.source, *stated_crs(src), box, request.frame, degrees=small)
    placing.refuse_degrees(place, request.frame, str(request.path))
    return placing.require_place(place, box, str(request.path))
