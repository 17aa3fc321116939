"""Rasters over time: NetCDF, bands with a time each, a folder of rasters whose names say when."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from cim import placing, raster_times, warp
from cim.raster import HGT_BYTES, TIFF
from cim.raster_times import Band
from twin import rain_units, times
from twin.data import RasterSeries
from twin.frame import normal_crs
from twin.history.rasters import RasterHistory, held
from twin.layer import Source
from twin.readers import USUAL, Assumed, Info, NotMine, Progress, Request, reader
from twin.text import tr
from twin.trouble import Trouble

NETCDF = (b"CDF\x01", b"CDF\x02", b"CDF\x05")
HDF = b"\x89HDF\r\n\x1a\n"
KIND = "rasters"
AT_END = "end"                            # of `Source.part`: the time of a step is where it ends
MOST_VALUES = 48_000_000                  # cells times steps; more are thinned
FINER = 4                                 # a grid that is turned by its projection is laid out that much finer
DEGREES = "EPSG:4326"


@dataclass(frozen=True)
class Series:
    """What was found: the bands in the order of time, what they hold, and what is odd."""

    bands: tuple[Band, ...]
    name: str = ""                        # of the variable
    unit: str = ""
    names: tuple[str, ...] = ()           # whatever may say what it is
    edges_ns: np.ndarray | None = None    # (steps, 2) where the file says when each begins and ends
    notes: tuple[str, ...] = ()
    gdal_name: str = ""


def sniff(path: Path, head: bytes) -> float:
    if path.is_dir():
        return 0.9 if raster_times.is_series(path) else 0.0
    if head[:4] in NETCDF:
        return 0.9
    if head[:8] == HDF:
        return 0.9 if path.suffix.lower() in (".nc", ".nc4", ".cdf", ".h5", ".hdf") else 0.0
    return 0.95 if head[:4] in TIFF and path.stat().st_size not in HGT_BYTES else 0.0     # before the plain raster


def inspect(path: Path, source: Source, assumed: Assumed = USUAL) -> list[Info]:
    zone = source.time_zone or assumed.time_zone
    return [_info(path, source, series) for series in _all(path, source, zone)]


def _info(path: Path, source: Source, series: Series) -> Info:
    with warp.opened(Path(series.bands[0].path), series.gdal_name) as src:
        box = warp.file_box(src)
        place = placing.georef(source, *_crs_of(src), None if src.transform.is_identity else box,
                               degrees=max(map(abs, src.res)) < 0.1)
        cells = src.width * src.height
        layout = f"{src.driver} · {series.name}" if series.name else tr("Raster over time")
    history = _steps(series, source.part == AT_END)
    return Info(path=str(path), kind=KIND, format=layout, name=series.name or path.name.split(".")[0],
                table=series.name, crs=place.crs, crs_source=place.source, count=cells, units=series.unit,
                extent=(box[0], box[1], None, box[2], box[3], None),
                time_span=(times.iso(int(history[0][0])), times.iso(int(history[1][-1]))),
                notes=(*_step_notes(*history), *place.notes, *series.notes), extra={"steps": len(series.bands)})


@reader("raster-series", label="Raster over time (NetCDF, GeoTIFF bands or a folder)", suffixes=(".nc", ".nc4"),
        sniff=sniff, inspect=inspect, assumes=True)
def read(request: Request, progress: Progress) -> RasterSeries:
    """All steps in the project CRS, memory-mapped by whoever gets them; rain in mm/h."""
    progress(0.0, 1.0, tr("Opening"))
    source = request.source
    found = _all(request.path, source, source.time_zone or request.time_zone)
    series = next((s for s in found if s.name == source.table), found[0])
    first = Path(series.bands[0].path)
    with warp.opened(first, series.gdal_name) as src:
        crs, crs_source = _crs_of(src)
        place = placing.georef(source, crs, crs_source, None if src.transform.is_identity else warp.file_box(src),
                               request.frame, degrees=max(map(abs, src.res)) < 0.1)
        placing.refuse_degrees(place, request.frame, str(first))
        place = placing.require_place(place, None if src.transform.is_identity else warp.file_box(src), str(first))
        grid = _grid(src, place, request, len(series.bands), first)
        far = placing.far_notes(place, request.frame, warp.file_box(src))
    values, broken = _values(series, place, request, grid, progress)
    starts, ends = _steps(series, source.part == AT_END)
    rain, unit, said = _as_rain(series, source.unit, values, starts, ends)
    west, south = grid.west_south(request.frame)
    low, high = _range(values)
    known = np.isfinite(values).reshape(len(values), -1).sum(axis=1)
    coarser = () if grid.decimation <= 1.0 else warp.resolution_note(grid, (grid.transform.a, -grid.transform.e))
    notes = (*_step_notes(starts, ends), *said, *broken, *series.notes, *place.notes, *far, *coarser)
    return RasterSeries(history=RasterHistory(values, starts, ends, known), unit=unit, rain=rain, x0=west, y0=south,
                        width=grid.transform.a * grid.cols, height=-grid.transform.e * grid.rows, low=low, high=high,
                        count=grid.rows * grid.cols, notes=notes, crs=place.crs, crs_source=place.source)


# -- what there is -----------------------------------------------------------------------------------------


def _all(path: Path, source: Source, time_zone: str) -> list[Series]:
    """Every series of a file or folder. Raises NotMine where it has none."""
    if path.is_dir():
        return [_of_folder(path, time_zone)]
    with warp.opened(path) as src:
        names, driver = list(src.subdatasets), src.driver
        alone = None if names else _of_file(src, path, time_zone)
    if alone is not None:
        return [alone]
    found = []
    for name in names:
        with warp.opened(path, name) as src:
            found.append(_of_file(src, path, time_zone, name))
    found = [series for series in found if series is not None]
    if not found and driver in ("netCDF", "HDF5", "HDF5Image"):
        raise Trouble(tr("Nothing in this file is a raster over time."),
                      cause=tr("No variable of it lies on a regular grid with a time axis"),
                      way_out=tr("Write a variable over time, y and x, with a CF time axis."), path=str(path))
    if not found:
        raise NotMine
    return found


def _of_folder(folder: Path, time_zone: str) -> Series:
    bands, without = raster_times.of_folder(folder, time_zone)
    if len(bands) < 2:
        raise NotMine
    notes = (tr("{n} rasters of the folder do not say when they were; they were left out.", n=without),)
    with warp.opened(Path(bands[0].path)) as src:
        unit, said = _unit_of(src)
    return _in_order(Series(tuple(bands), unit=unit, names=(*said, folder.name, Path(bands[0].path).stem),
                            notes=notes if without else ()))


def _of_file(src, path: Path, time_zone: str, gdal_name: str = "") -> Series | None:
    """None where its bands are no steps of time."""
    if src.count < 2 or (gdal_name and src.transform.is_identity):
        return None
    when = raster_times.of_bands(src, path, time_zone)
    if when is None or len(set(when)) < 2:
        return None
    unit, names = _unit_of(src)
    edges = _edges(src, path, np.array(when, np.int64))
    return _in_order(Series(tuple(Band(str(path), n, t) for n, t in zip(src.indexes, when)), edges_ns=edges, unit=unit,
                            name=src.tags(1).get("NETCDF_VARNAME", ""), names=(*names, path.stem), gdal_name=gdal_name))


def _unit_of(src) -> tuple[str, tuple[str, ...]]:
    """(the unit that the first band states, what it is called)."""
    tags = {**src.tags(), **src.tags(1)}
    unit = src.units[0] or tags.get("units") or tags.get("UNITS") or tags.get("GRIB_UNIT", "")
    names = (tags.get(k, "") for k in ("NETCDF_VARNAME", "standard_name", "long_name", "GRIB_COMMENT", "title"))
    return unit, tuple(name for name in (*names, src.descriptions[0] or "") if name)


def _edges(src, path: Path, times_ns: np.ndarray) -> np.ndarray | None:
    """(steps, 2) i8 where each step begins and ends, by the bounds of a CF time axis; None where there are none."""
    bounds = next((v for k, v in src.tags().items() if k.endswith("#bounds") and "time" in k.casefold()), "")
    if not bounds or src.driver != "netCDF":
        return None
    axis = next(k.removesuffix("#bounds") for k, v in src.tags().items() if v == bounds and k.endswith("#bounds"))
    with warp.opened(path, f'NETCDF:"{path}":{bounds}') as held_in:
        pairs = held_in.read(1).astype(np.float64)
    if pairs.shape != (len(times_ns), 2):
        return None
    tags = src.tags()
    edges = raster_times.cf_instants(pairs, tags.get(f"{axis}#units", ""), tags.get(f"{axis}#calendar", ""))
    edges = np.sort(edges, axis=1)
    # GDAL turns a table upside down that has no axis of its own: the steps' order is known, so theirs is.
    edges = edges[np.argsort(edges[:, 0], kind="stable")]
    order = np.argsort(times_ns, kind="stable")
    out = np.empty_like(edges)
    out[order] = edges
    return out if (np.diff(edges[:, 0]) > 0).all() and (edges[:, 1] > edges[:, 0]).all() else None


def _in_order(series: Series) -> Series:
    """By time; of several steps of one instant the last stays."""
    last = {band.time_ns: n for n, band in enumerate(series.bands)}
    order = [last[t] for t in sorted(last)]
    twice = len(series.bands) - len(order)
    notes = (tr("{n} steps have the time of another one; the last of each was taken.", n=twice),) if twice else ()
    edges = None if series.edges_ns is None else series.edges_ns[order]
    return replace(series, bands=tuple(series.bands[n] for n in order), edges_ns=edges, notes=(*series.notes, *notes))


def _steps(series: Series, at_end: bool) -> tuple[np.ndarray, np.ndarray]:
    """(starts, ends) (steps,) i8 ns."""
    if series.edges_ns is not None:
        return np.ascontiguousarray(series.edges_ns[:, 0]), np.ascontiguousarray(series.edges_ns[:, 1])
    return held(np.array([band.time_ns for band in series.bands], np.int64), at_end)


def _step_notes(starts: np.ndarray, ends: np.ndarray) -> tuple[str, ...]:
    gaps = int((starts[1:] > ends[:-1]).sum())
    usual = f"{np.median(ends - starts) / times.MINUTE:g}"
    said = tr("{n} steps of {minutes} min", n=f"{len(starts):,}", minutes=usual)
    return (said + (tr(", {n} gaps between them", n=gaps) if gaps else ""),)


# -- what they say -----------------------------------------------------------------------------------------


def _crs_of(src) -> tuple[str, str]:
    """A CF grid in degrees that names no CRS is on WGS 84."""
    stated = warp.stated_crs(src)
    if not stated[0] and any("degree" in src.tags().get(f"{axis}#units", "") for axis in ("lat", "latitude", "y")):
        return DEGREES, "file"
    return stated


def _grid(src, place: placing.Georef, request: Request, steps: int, path: Path) -> warp.Grid:
    """At most MOST_VALUES in all steps; as fine as the file where axes agree, finer where they do not."""
    from affine import Affine
    side = max(16, int(math.sqrt(MOST_VALUES / steps)))
    grid = warp.grid_of(src, place, request.frame, side, path)
    same = normal_crs(place.crs) == normal_crs(request.frame.crs) or not place.crs
    if same and src.transform.b == src.transform.d == 0:
        return grid
    finer = max(1, min(FINER, side // max(grid.rows, grid.cols)))
    t = grid.transform
    return replace(grid, transform=Affine(t.a / finer, 0.0, t.c, 0.0, t.e / finer, t.f), rows=grid.rows * finer,
                   cols=grid.cols * finer)


def _values(series: Series, place, request: Request, grid: warp.Grid, progress: Progress):
    """((steps, rows, cols) f4, row 0 south, NaN = no data, what could not be read)."""
    values = np.full((len(series.bands), grid.rows, grid.cols), np.nan, np.float32)
    failed = []
    at = 0
    while at < len(series.bands):
        path = series.bands[at].path
        until = next((n for n in range(at, len(series.bands)) if series.bands[n].path != path), len(series.bands))
        try:
            with warp.opened(Path(path), series.gdal_name) as src:
                _warp(src, place, request, grid, [b.number for b in series.bands[at:until]], values[at:until],
                      lambda done, at=at: progress((at + done) / len(series.bands), 1.0, tr("Warping")))
        except Trouble as trouble:
            if len({band.path for band in series.bands}) == 1:
                raise
            failed.append(f"{Path(path).name}: {trouble.cause}")
        at = until
    notes = (tr("{n} steps could not be read and are gaps: {names}", n=len(failed), names="; ".join(failed[:3])),)
    return values, notes if failed else ()


def _warp(src, place, request: Request, grid: warp.Grid, numbers: list[int], out: np.ndarray, say) -> None:
    """Each cell takes the value that lies at its middle: nothing is smoothed over an edge."""
    from rasterio.enums import Resampling
    from rasterio.vrt import WarpedVRT
    average = grid.decimation > 1.5
    missing = src.nodata if src.nodata is not None else np.nan if src.dtypes[0].startswith("float") else None
    with WarpedVRT(src, **warp.target(place, request.frame, src), transform=grid.transform, width=grid.cols,
                   height=grid.rows, src_nodata=missing, nodata=np.nan, dtype="float32",
                   resampling=Resampling.average if average else Resampling.nearest) as vrt:
        for n, number in enumerate(numbers):
            band = vrt.read(number)[::-1]
            band[band == np.float32(missing if missing is not None else np.nan)] = np.nan      # a 0 that GDAL lets pass
            scale, offset = src.scales[number - 1], src.offsets[number - 1]
            out[n] = band if (scale, offset) == (1.0, 0.0) else band * np.float32(scale) + np.float32(offset)
            say(n + 1)


def _as_rain(series: Series, chosen: str, values: np.ndarray, starts: np.ndarray, ends: np.ndarray):
    """(whether it is rain, the unit, notes); rain is made mm/h in place, and what is below 0 is no value."""
    notes: tuple[str, ...] = ()
    unit = chosen or series.unit
    rain = rain_units.rain_of(unit, *series.names)
    if rain is None and not unit and rain_units.of_rain(*series.names):
        rain = rain_units.Rain(1.0, False)
        notes = (tr("It does not say its unit: taken as mm/h (a guess)."),)
    if rain is None:
        return False, unit, notes
    values[values < 0] = np.nan                              # radars mark what they do not see so
    factor = np.full(len(values), rain.factor)
    if rain.per_step:
        factor /= (ends - starts) / times.HOUR
        notes = (tr("Sums of each step ({unit}), shown as mm/h.", unit=unit),)
    elif rain.factor != 1.0:
        notes = (tr("Counted in {unit}, shown as mm/h.", unit=unit),)
    if (factor != 1.0).any():
        values *= factor.astype(np.float32)[:, None, None]
    return True, rain_units.RATE, notes


def _range(values: np.ndarray) -> tuple[float, float]:
    """2nd and 98th percentile of a sample."""
    sample = values.reshape(-1)[:: max(1, values.size // 200_000)]
    sample = sample[np.isfinite(sample)]
    if not len(sample):
        return 0.0, 1.0
    low, high = (float(v) for v in np.percentile(sample, (2, 98)))
    return (low, high) if high > low else (low - 0.5, low + 0.5)
