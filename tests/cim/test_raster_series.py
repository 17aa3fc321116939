"""Rasters over time: what their files say about times, units and gaps."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import rasterio
from hypothesis import given
from hypothesis import strategies as st
from rasterio.transform import from_origin
from scipy.io import netcdf_file

from app.adding import files_among, is_data_set
from cim import raster_times
from twin import times
from twin.frame import Frame
from twin.history.rasters import held
from twin.layer import Source
from twin.rain_units import rain_of
from twin.readers import Progress, Request, discover, inspect
from twin.readers import read as read_any
from twin.trouble import Trouble

FRAME = Frame()
WEST, NORTH = 617000.0, 3472000.0
SIX = ("2026-07-15T06:00:00+08:00", "2026-07-15T06:06:00+08:00", "2026-07-15T06:18:00+08:00")     # one is missing


def at(clock: str) -> int:
    return times.parse(f"2026-07-15T{clock}+08:00")


def tiff(path: Path, bands, said=SIX, units="mm/h", nodata=-1, scale=1.0, cell=1000.0) -> Path:
    bands = np.asarray(bands, np.int16)
    with rasterio.open(path, "w", driver="GTiff", width=bands.shape[2], height=bands.shape[1], count=len(bands),
                       dtype="int16", crs="EPSG:4549", nodata=nodata,
                       transform=from_origin(WEST, NORTH, cell, cell)) as out:
        out.write(bands)
        out.scales = (scale,) * len(bands)
        if units:
            out.units = (units,) * len(bands)
        for n, text in enumerate(said, start=1):
            out.set_band_description(n, text)
    return path


def steps(rows=2, cols=3) -> np.ndarray:
    """Each step has values of its own: 100 * step + number of the cell from the north-west."""
    return np.arange(3)[:, None, None] * 100 + np.arange(rows * cols).reshape(rows, cols)


def read(path: Path, **said):
    discover()
    return read_any(Request(source=Source(path=str(path), **said), kind="rasters", frame=FRAME), Progress())


def test_bands_with_times_are_a_series_with_its_gap(tmp_path):
    path = tiff(tmp_path / "qpe.tif", steps(), scale=0.1)
    discover()
    info, = inspect(path)
    assert info.kind == "rasters" and info.units == "mm/h" and info.as_json()["steps"] == 3
    assert info.time_span == (SIX[0], "2026-07-15T06:24:00+08:00")
    series = read(path)
    history = series.history
    assert series.rain and series.unit == "mm/h" and any("gap" in note for note in series.notes)
    assert np.allclose(history.values[1], steps()[1][::-1] * 0.1)                    # row 0 south
    held_at = [history.step_at(at(c)) for c in ("05:59:59", "06:00:00", "06:11:59", "06:12:00", "06:17:59", "06:18:00",
                                                "06:23:59", "06:24:00")]
    assert held_at == [-1, 0, 1, -1, -1, 2, 2, -1]
    middle = series.cell_at(WEST + 1500.0 - FRAME.origin[0], NORTH - 500.0 - FRAME.origin[1])
    assert history.at_cell(middle, at("06:07:00")) == pytest.approx(10.1)            # north row, second column
    assert series.cell_at(WEST - 1.0 - FRAME.origin[0], NORTH - 500.0 - FRAME.origin[1]) == -1


def test_what_is_missing_stays_missing(tmp_path):
    bands = steps()
    bands[:, 0, 0] = -1
    series = read(tiff(tmp_path / "rain.tif", bands))
    assert np.isnan(series.history.values[:, 1, 0]).all() and series.history.known.tolist() == [5, 5, 5]
    edges = np.array([at("06:00:00"), at("06:06:00"), at("06:12:00"), at("06:18:00"), at("06:24:00")])
    assert series.history.coverage(edges).tolist() == [1, 1, 0, 1]


def test_sums_of_steps_become_rates_and_rates_sums_again(tmp_path):
    series = read(tiff(tmp_path / "r.tif", np.full((3, 2, 2), 4), units="mm"))
    assert np.allclose(series.history.values, 40.0)                                  # 4 mm in 6 minutes
    total, hours = series.history.total(at("06:00:00"), at("06:12:00"))
    assert np.allclose(total, 8.0) and hours == pytest.approx(0.2)
    assert np.isnan(series.history.total(at("06:00:00"), at("06:18:00"))[0]).all()   # a third of it is a gap
    ends = read(tmp_path / "r.tif", part="end")
    assert ends.history.step_at(at("05:54:00")) == 0 and ends.history.step_at(at("06:06:00")) == -1
    assert np.allclose(read(tmp_path / "r.tif", unit="mm/h").history.values, 4.0)    # the user knows better


def test_a_list_beside_the_raster_says_when(tmp_path):
    path = tiff(tmp_path / "rain.tif", steps(), said=(), units="")
    discover()
    assert inspect(path)[0].kind == "imagery"                # no times anywhere: a picture of three bands, as ever
    (tmp_path / "rain.times.csv").write_text("band,time\n" + "".join(f"{n},{t}\n" for n, t in enumerate(SIX, 1)))
    series = read(path)
    assert series.history.starts_ns.tolist() == [at("06:00:00"), at("06:06:00"), at("06:18:00")]
    assert series.rain and any("guess" in note for note in series.notes)             # by its name
    assert files_among([tmp_path / "rain.tif", tmp_path / "rain.times.csv"])[0] == [path]
    (tmp_path / "rain.times.csv").write_text("\n".join(SIX[:2]))
    with pytest.raises(Trouble) as told:
        read(path)
    assert "2" in str(told.value) and "rain.times.csv" in str(told.value)


def test_a_folder_of_dated_rasters_is_one_series(tmp_path):
    folder = tmp_path / "radar"
    folder.mkdir()
    for n, clock in enumerate(("0600", "0606", "0612")):
        tiff(folder / f"Z_RADAR_20260715_{clock}.tif", steps()[n:n + 1], said=())
    assert is_data_set(folder) and files_among([folder])[0] == [folder]
    discover()
    assert inspect(folder)[0].kind == "rasters"
    (folder / "Z_RADAR_20260715_0606.tif").write_bytes(b"II*\x00" + b"\0" * 60)
    series = read(folder)
    assert np.allclose(series.history.values[2], steps()[2][::-1]) and np.isnan(series.history.values[1]).all()
    assert any("Z_RADAR_20260715_0606.tif" in note for note in series.notes)
    tiff(folder / "legend.tif", steps()[:1], said=())
    assert not is_data_set(folder)                           # what has no time lies there too: each is opened by itself


def netcdf(path: Path, bounds: bool) -> Path:
    file = netcdf_file(path, "w")
    file.Conventions = "CF-1.8"
    for name, size in (("time", 3), ("lat", 4), ("lon", 5), ("nv", 2)):
        file.createDimension(name, size)
    time = file.createVariable("time", "d", ("time",))
    time[:], time.units, time.standard_name = [6, 12, 24], "minutes since 2026-07-14 22:00:00", "time"
    if bounds:
        time.bounds = "time_bnds"
        file.createVariable("time_bnds", "d", ("time", "nv"))[:] = [[0, 6], [6, 12], [18, 24]]
    for name, values, unit in (("lat", 31.30 + np.arange(4) * 0.01, "degrees_north"),
                               ("lon", 121.20 + np.arange(5) * 0.01, "degrees_east")):
        axis = file.createVariable(name, "d", (name,))
        axis[:], axis.units = values, unit
    rate = file.createVariable("rainfall_rate", "h", ("time", "lat", "lon"))
    rate[:] = np.arange(60).reshape(3, 4, 5)
    rate.units, rate.scale_factor, rate._FillValue = "kg m-2 s-1", 1 / 36000, np.int16(0)
    file.close()
    return path


def test_netcdf_by_its_time_axis_and_bounds(tmp_path):
    series = read(netcdf(tmp_path / "qpe.nc", bounds=True))
    history = series.history
    assert series.crs == "EPSG:4326" and series.unit == "mm/h"
    assert history.starts_ns.tolist() == [at("06:00:00"), at("06:06:00"), at("06:18:00")]
    assert history.step_at(at("06:12:00")) == -1
    x, y, _ = FRAME.to_local(121.22, 31.31, crs="EPSG:4326")[0]                       # third column, second row
    cell = series.cell_at(x, y)
    assert [history.at_cell(cell, at(c)) for c in ("06:00:00", "06:18:00")] == pytest.approx([0.7, 4.7], rel=1e-4)
    x, y, _ = FRAME.to_local(121.20, 31.30, crs="EPSG:4326")[0]
    assert history.at_cell(series.cell_at(x, y), at("06:00:00")) is None              # the fill value
    without = read(netcdf(tmp_path / "q.nc", bounds=False))
    assert without.history.starts_ns[0] == at("06:06:00")


def test_a_netcdf_file_without_a_time_says_so(tmp_path):
    file = netcdf_file(tmp_path / "still.nc", "w")
    for name in ("lat", "lon"):
        file.createDimension(name, 3)
        file.createVariable(name, "d", (name,))[:] = np.arange(3) + 31.0
    file.createVariable("height", "f", ("lat", "lon"))[:] = np.zeros((3, 3))
    file.close()
    with pytest.raises(Trouble) as told:
        read(tmp_path / "still.nc")
    assert "time" in str(told.value)


@pytest.mark.parametrize("text, expected", [
    ("rain_20260715_0641", "06:41:00"), ("2026-07-15 06:41", "06:41:00"), ("QPE.2026.07.15.06.41.30", "06:41:30"),
    ("Z_RADA_20260714224100Z", "06:41:00"), ("2026-07-15T06:41:00+08:00", "06:41:00"), ("tile_1234_5678", None)])
def test_times_in_names(text, expected):
    assert raster_times.stamp_in(text, "Asia/Shanghai") == (at(expected) if expected else None)


@pytest.mark.parametrize("unit, first", [
    ("minutes since 2026-07-14 22:00:00", "06:01:00"), ("hours since 2026-07-15T06:00:00+08:00", "07:00:00"),
    ("seconds since 2026-7-14 22:00:00 UTC", "06:00:01"), ("days since 2026-07-14", "08:00:00")])
def test_cf_units(unit, first):
    assert raster_times.cf_instants(np.array([1.0]), unit)[0] == at(first)


def test_a_calendar_that_is_not_ours_is_refused():
    with pytest.raises(Trouble):
        raster_times.cf_instants(np.array([1.0]), "days since 2026-07-14", "360_day")


@given(st.lists(st.integers(1, 4), min_size=1, max_size=20), st.booleans())
def test_steps_never_overlap_and_hold_no_longer_than_is_usual(pauses, at_end):
    said = np.cumsum([0, *pauses]).astype(np.int64) * times.MINUTE
    starts, ends = held(said, at_end)
    assert (ends > starts).all() and (starts[1:] >= ends[:-1]).all()
    assert (ends - starts).max() <= 1.5 * np.median(np.diff(said))
    assert np.array_equal(ends if at_end else starts, said)


def test_units():
    assert rain_of("mm hr-1").factor == 1.0 and rain_of("kg m**-2").per_step and rain_of("kg m-2 s-1").factor == 3600.0
    assert rain_of("m/s", "wind_speed") is None and rain_of("K") is None
    assert rain_of("m", "total precipitation").factor == 1000.0
