"""Rasters: the real files, and made ones with known values."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import rasterio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rasterio.transform import Affine, from_origin

from cim import placing, raster
from tests.cim.made_vectors import read
from twin.data import HeightGrid, Imagery
from twin.frame import Frame
from twin.ground import sample
from twin.layer import Source
from twin.readers import head_of
from twin.trouble import Trouble

FRAME = Frame()
WEST, NORTH = 617000.0, 3472000.0


def write(path, bands, transform=None, crs="EPSG:4549", nodata=None, **more):
    bands = np.asarray(bands)
    bands = bands[None] if bands.ndim == 2 else bands
    tags = {k: more.pop(k) for k in ("units", "scales", "offsets", "colorinterp", "colormap") if k in more}
    with rasterio.open(path, "w", driver="GTiff", width=bands.shape[2], height=bands.shape[1], count=len(bands),
                       dtype=bands.dtype, crs=crs, nodata=nodata,
                       transform=transform or from_origin(WEST, NORTH, 10, 10), **more) as out:
        for name, value in tags.items():
            out.write_colormap(1, value) if name == "colormap" else setattr(out, name, value)
        out.write(bands)
    return path


def inspect(path):
    info, = raster.inspect(Path(path), Source(path=str(path)))
    return info


def own_frame(path) -> Frame:
    info = inspect(path)
    return placing.own_frame(info.crs, (info.extent[0], info.extent[1], info.extent[3], info.extent[4]))


@pytest.mark.realdata
@pytest.mark.parametrize("name, kind, crs", [
    ("making3dmap_dem.tif", "terrain", "EPSG:4326"), ("rasterio_N10W110.hgt.zip", "terrain", "EPSG:4326"),
    ("rasterio_RGB.byte.tif", "imagery", "EPSG:32618"), ("rasterio_cogeo.tif", "imagery", "EPSG:3857"),
    ("rasterio_all-nodata.tif", "imagery", "EPSG:32628"), ("riotiler_cog_cmap.tif", "imagery", "EPSG:3857"),
    ("riotiler_cog_int16.tif", "terrain", "EPSG:32621"), ("riotiler_nocog.tif", "terrain", "EPSG:32621"),
    ("riotiler_pix4d_alpha_nodata.tif", "imagery", "EPSG:32750")])
def test_kinds_of_real_rasters(shared, name, kind, crs):
    path = shared / "terrain" / name
    info = inspect(path)
    assert (info.kind, info.crs, info.crs_source) == (kind, crs, "file")
    assert raster.sniff(path, head_of(path)) >= 0.8


@pytest.mark.realdata
def test_the_japanese_dem_in_its_own_frame(shared):
    path = shared / "terrain/making3dmap_dem.tif"
    assert inspect(path).extent[2::3] == (0.0, 1668.0)
    frame = own_frame(path)
    grid = read(raster, path, "terrain", frame)
    with rasterio.open(path) as src:
        band = src.read(1)
        row, col = np.unravel_index(band.argmax(), band.shape)
        lon, lat = src.xy(row, col)
    top = frame.to_local(lon, lat, crs="EPSG:4326")
    assert sample(grid, top)[0] == pytest.approx(1668, abs=25)
    assert np.nanmax(grid.heights) <= 1668.5


@pytest.mark.realdata
def test_a_dem_with_holes_keeps_them(shared):
    path = shared / "terrain/riotiler_cog_int16.tif"
    grid = read(raster, path, "terrain", own_frame(path))
    assert np.isnan(grid.heights).mean() == pytest.approx(0.48, abs=0.03)
    known = grid.heights[np.isfinite(grid.heights)]
    with rasterio.open(path) as src:
        original = src.read(1, masked=True).compressed()
    assert original.min() <= known.min() and known.max() <= original.max()
    assert max(grid.heights.shape) <= 2048 and any("2658" in note for note in grid.notes)
    assert any("48 %" in note for note in grid.notes)


@pytest.mark.realdata
def test_a_file_of_nothing_is_refused(shared):
    path = shared / "terrain/rasterio_all-nodata.tif"
    assert any("no data" in note for note in inspect(path).notes)
    with pytest.raises(Trouble, match="no data"):
        read(raster, path, "imagery", own_frame(path))


@pytest.mark.realdata
def test_pictures_keep_their_transparency(shared):
    landsat = read(raster, shared / "terrain/rasterio_RGB.byte.tif", "imagery",
                   own_frame(shared / "terrain/rasterio_RGB.byte.tif"))
    assert (landsat.rgba[..., 3] == 0).mean() == pytest.approx(0.325, abs=0.01)
    drone = read(raster, shared / "terrain/riotiler_pix4d_alpha_nodata.tif", "imagery",
                 own_frame(shared / "terrain/riotiler_pix4d_alpha_nodata.tif"))
    assert (drone.rgba[..., 3] == 0).mean() == pytest.approx(0.124, abs=0.01)
    assert drone.width == pytest.approx(242.0, abs=1)


@pytest.mark.realdata
def test_a_colour_table_becomes_colours(shared):
    path = shared / "terrain/riotiler_cog_cmap.tif"
    picture = read(raster, path, "imagery", own_frame(path))
    with rasterio.open(path) as src:
        table = {tuple(c[:3]) for c in src.colormap(1).values()}
    shown = picture.rgba[picture.rgba[..., 3] > 0][:, :3]
    assert {tuple(map(int, c)) for c in np.unique(shown, axis=0)} <= table
    assert max(picture.rgba.shape) <= 4096
    assert {color for _, color, _ in picture.classes} == {tuple(map(int, c)) for c in np.unique(shown, axis=0)}


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.integers(2, 40), st.integers(2, 40), st.randoms(use_true_random=False))
def test_heights_in_the_project_crs_are_exact_and_south_first(tmp_path, rows, cols, random):
    heights = np.array([[random.uniform(-20, 300) for _ in range(cols)] for _ in range(rows)], np.float32)
    grid = read(raster, write(tmp_path / "a.tif", heights), "terrain")
    assert grid.heights == pytest.approx(heights[::-1])
    assert (grid.x0, grid.dx, grid.dy) == (5.0, 10.0, 10.0)
    assert grid.y0 == pytest.approx(NORTH - 10 * rows + 5 - 3471000)


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:32651", "EPSG:3857", "EPSG:4528"])
def test_a_slope_lies_right_whatever_the_crs(tmp_path, crs):
    # A plane in project coordinates, sampled on the grid of another CRS, must come back as that plane.
    import pyproj
    there = pyproj.Transformer.from_crs("EPSG:4549", crs, always_xy=True)
    (x0, x1), (y0, y1) = there.transform([617000, 619000], [3470000, 3472000])
    cols, rows = np.meshgrid(np.arange(200), np.arange(200))
    dx, dy = (x1 - x0) / 200, (y1 - y0) / 200
    e, n = there.transform(x0 + (cols + 0.5) * dx, y1 - (rows + 0.5) * dy, direction="INVERSE")
    plane = (0.01 * (e - 617000) + 0.02 * (n - 3471000)).astype(np.float32)
    grid = read(raster, write(tmp_path / "a.tif", plane, from_origin(x0, y1, dx, dy), crs), "terrain")
    spots = np.array([[500.0, -400.0], [1000.0, 0.0], [1500.0, 600.0]])
    assert sample(grid, spots) == pytest.approx(0.01 * spots[:, 0] + 0.02 * spots[:, 1], abs=0.05)
    assert grid.crs == crs


def test_a_rotated_raster_is_turned_north_up(tmp_path):
    turn = Affine.translation(618000, 3471000) * Affine.rotation(30) * Affine.scale(10, -10)
    picture = np.zeros((3, 60, 60), np.uint8)
    picture[:, 30, 40] = 255
    got = read(raster, write(tmp_path / "r.tif", picture, turn), "imagery")
    assert (got.rgba[0, 0, 3], got.rgba[-1, -1, 3]) == (0, 0)
    row, col = np.unravel_index(got.rgba[..., 0].argmax(), got.rgba.shape[:2])
    x, y = turn * (40.5, 30.5)
    assert got.x0 + (col + 0.5) * got.width / got.rgba.shape[1] == pytest.approx(x - 617000, abs=10)
    assert got.y0 + (row + 0.5) * got.height / got.rgba.shape[0] == pytest.approx(y - 3471000, abs=10)


def test_declared_and_undeclared_voids_are_nan(tmp_path):
    heights = np.full((20, 20), 7.0, np.float32)
    heights[5:8, 5:8] = -9999
    for nodata in (-9999, None):
        grid = read(raster, write(tmp_path / "v.tif", heights, nodata=nodata), "terrain")
        assert np.isnan(grid.heights).sum() == 9
        assert np.nanmin(grid.heights) == np.nanmax(grid.heights) == 7.0
    assert any("-9999" in note for note in grid.notes)


def test_scale_offset_feet_and_datum(tmp_path):
    stored = np.full((4, 4), 1000, np.int16)
    path = write(tmp_path / "s.tif", stored, scales=(0.1,), offsets=(5.0,), units=("ft",))
    grid = read(raster, path, "terrain")
    assert grid.heights == pytest.approx(105 * 0.3048)
    assert any("metres" in note for note in grid.notes)
    assert inspect(path).extent[2] == pytest.approx(105 * 0.3048)
    assert read(raster, path, "terrain", height_datum="wusong").heights == pytest.approx(105 * 0.3048 - 1.66)
    above = Frame(origin=(617000.0, 3471000.0, 10.0))
    assert read(raster, path, "terrain", above).heights == pytest.approx(105 * 0.3048 - 10)


def test_without_crs_near_the_project_and_elsewhere(tmp_path):
    heights = np.ones((4, 4), np.float32)
    near = read(raster, write(tmp_path / "near.tif", heights, crs=None), "terrain")
    assert (near.crs, near.crs_source) == ("EPSG:4549", "assumed")
    far = write(tmp_path / "far.tif", heights, from_origin(1e6, 1e6, 10, 10), None)
    with pytest.raises(Trouble) as error:
        read(raster, far, "terrain")
    assert error.value.way_out
    placed = read(raster, far, "terrain", crs="EPSG:4549")
    assert placed.crs_source == "user" and placed.x0 == pytest.approx(383005)


def test_an_engineering_frame_keeps_the_files_grid(tmp_path):
    heights = np.arange(12, dtype=np.float32).reshape(3, 4)
    frame = Frame(crs="", origin=(617000.0, 3471000.0, 0.0))
    for crs in ("EPSG:4549", None):
        grid = read(raster, write(tmp_path / "e.tif", heights, crs=crs), "terrain", frame)
        assert grid.heights == pytest.approx(heights[::-1]) and grid.x0 == 5.0


def test_sixteen_bit_pictures_are_stretched_and_say_so(tmp_path):
    bands = np.tile(np.linspace(100, 3000, 2500).reshape(50, 50), (3, 1, 1)).astype(np.uint16)
    picture = read(raster, write(tmp_path / "u.tif", bands), "imagery")
    assert isinstance(picture, Imagery) and picture.rgba[..., 0].min() == 0 and picture.rgba[..., 0].max() == 255
    assert any("stretched" in note for note in picture.notes)
    assert picture.rgba[-1, 0, 0] < picture.rgba[0, -1, 0]


def test_one_band_may_be_asked_for_as_either_kind(tmp_path):
    path = write(tmp_path / "b.tif", np.tile(np.arange(20, dtype=np.uint8), (20, 1)))
    info = inspect(path)
    assert info.kind == "imagery" and any("guess" in note for note in info.notes)
    assert isinstance(read(raster, path, "terrain"), HeightGrid)
    assert isinstance(read(raster, path, "imagery"), Imagery)


def test_an_srtm_tile_is_recognised_by_its_size(tmp_path):
    path = tmp_path / "N31E121.hgt"
    posts = np.full((1201, 1201), 4, ">i2")
    posts[600, 600], posts[0, 0] = 77, -32768
    path.write_bytes(posts.tobytes())
    assert raster.sniff(path, head_of(path)) > 0.8
    grid = read(raster, path, "terrain")
    place = FRAME.to_local(121.5, 31.5, crs="EPSG:4326")
    assert sample(grid, place)[0] > 40 and np.nanmin(grid.heights) == 4


def test_a_cut_file_gives_one_clear_message(tmp_path):
    path = write(tmp_path / "c.tif", np.ones((200, 200), np.float32))
    path.write_bytes(path.read_bytes()[:2000])
    with pytest.raises(Trouble) as error:
        read(raster, path, "terrain")
    assert error.value.path == str(path)


@pytest.mark.parametrize("system", ["GCJ-02", "BD-09"])
def test_a_picture_of_a_web_map_is_moved_back_as_a_whole(tmp_path, system):
    from twin.china_offset import from_wgs84
    lon, lat = from_wgs84(system, 121.25, 31.35)
    red = np.zeros((3, 60, 60), np.uint8)
    red[0, 29:31, 29:31] = 255
    path = write(tmp_path / "map.tif", red, from_origin(lon - 30e-4, lat + 30e-4, 1e-4, 1e-4), crs="EPSG:4326")
    picture = read(raster, path, "imagery", FRAME, crs=system)
    rows, cols = np.nonzero(picture.rgba[..., 0] > 128)
    x = picture.x0 + (cols.mean() + 0.5) * picture.width / picture.rgba.shape[1]
    y = picture.y0 + (rows.mean() + 0.5) * picture.height / picture.rgba.shape[0]
    assert (x, y) == pytest.approx(FRAME.to_local(121.25, 31.35, crs="EPSG:4326")[0, :2], abs=3.0)
    assert any("offset" in note for note in picture.notes)


@pytest.mark.parametrize("left, said", [(0.5, "It is damaged or cut off: band 1: "), (0.0, "'a.tif' not recognized")])
def test_a_raster_that_ends_too_soon_says_so_without_the_rest_of_a_path(tmp_path, left, said):
    path = write(tmp_path / "a.tif", np.arange(250_000, dtype=np.float32).reshape(500, 500))
    path.write_bytes(path.read_bytes()[:int(1_000_000 * left)] or b"no raster")
    with pytest.raises(Trouble) as error:
        read(raster, path, "terrain")
    assert error.value.cause.startswith(said), error.value.cause
