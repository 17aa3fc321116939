"""Several elevation models in one terrain: order, units, datums, edges."""

from __future__ import annotations

import numpy as np
import pytest
from rasterio.transform import Affine, from_origin
from rasterio.warp import transform as to_crs

from cim import raster
from layers.drape import heights_on
from tests.cim.made_vectors import read
from tests.cim.test_raster import FRAME, write
from twin.data import HeightGrid
from twin.ground import Ground, Surface
from twin.layer import Dem
from twin.trouble import Trouble

E0, N0 = FRAME.origin[:2]


@pytest.fixture(scope="module")
def coarse(tmp_path_factory):
    """20 m posts over 4 km at 10 m, as floats."""
    return write(tmp_path_factory.mktemp("dem") / "coarse.tif", np.full((200, 200), 10.0, np.float32),
                 from_origin(E0 - 2000, N0 + 2000, 20, 20))


@pytest.fixture(scope="module")
def fine(tmp_path_factory):
    """1 m posts over 300 m in UTM and feet, 65.6168 ft = 20 m, in Wusong: 18.34 m in 1985."""
    x, y = to_crs("EPSG:4549", "EPSG:32651", [E0], [N0])
    return write(tmp_path_factory.mktemp("dem") / "fine.tif", np.full((300, 300), 20 / 0.3048, np.float32),
                 from_origin(x[0] - 150, y[0] + 150, 1, 1), crs="EPSG:32651")


def ground_of(grid: HeightGrid) -> Ground:
    return Ground(tuple(Surface(g) for g in (*grid.parts, grid)))


def over(fine, **more) -> tuple[Dem, ...]:
    return (Dem(path=str(fine), unit="ft", height_datum="wusong", **more),)


def test_the_fine_one_is_seen_inside_the_coarse_one_in_metres_and_the_projects_datum(coarse, fine):
    grid = read(raster, coarse, "terrain", over=over(fine, blend_m=20.0))
    heights = ground_of(grid).height_at(np.array([(0, 0), (110, 100), (-1500, 900), (300, 0)]))
    assert heights == pytest.approx([18.34, 18.34, 10.0, 10.0], abs=0.01)
    part, = grid.parts
    assert part.dx == pytest.approx(1.0, abs=0.05) and grid.dx > 1.9 * part.dx


def test_sheets_side_by_side_are_all_fine_at_once(coarse, tmp_path):
    """Six sheets of 1 m in two rows, and one far from them: two grids, each as fine as the file."""
    places = [(-600 + 400 * (n % 3), 100 + 400 * (n // 3)) for n in range(6)] + [(1200, -1500)]
    sheets = [write(tmp_path / f"{n}.tif", np.full((400, 400), 20.0 + n, np.float32),
                    from_origin(E0 + x, N0 + y + 400, 1, 1)) for n, (x, y) in enumerate(places)]
    grid = read(raster, coarse, "terrain", over=tuple(Dem(path=str(s), blend_m=0.0) for s in sheets))
    assert len(grid.parts) == 2 and all(part.dx == pytest.approx(1.0, abs=0.05) for part in grid.parts)
    middles = np.array([(x + 200, y + 200) for x, y in places])
    assert ground_of(grid).height_at(middles) == pytest.approx([20.0 + n for n in range(7)], abs=0.01)


def test_blending_rises_steadily_from_the_edge_and_a_hard_edge_is_a_step(coarse, fine):
    along = np.column_stack([np.linspace(100, 170, 400), np.zeros(400)])
    soft = ground_of(read(raster, coarse, "terrain", over=over(fine, blend_m=30.0))).height_at(along)
    hard = ground_of(read(raster, coarse, "terrain", over=over(fine, blend_m=0.0))).height_at(along)
    assert np.diff(soft).max() < 0.01 and np.abs(np.diff(soft)).max() < 0.12         # 8.34 m over 30 m
    assert np.abs(np.diff(hard)).max() > 1.0
    for heights in (soft, hard):
        assert heights[[0, -1]] == pytest.approx([18.34, 10.0], abs=0.02)


def test_the_rim_of_a_part_lies_on_the_triangles_of_the_whole(coarse, tmp_path):
    rng = np.random.default_rng(4)
    bumpy = write(tmp_path / "bumpy.tif", rng.uniform(5, 15, (100, 100)).astype(np.float32),
                  Affine.translation(E0 - 60, N0 + 60) @ Affine.rotation(20) @ Affine.scale(1.2, -1.2))
    hilly = write(tmp_path / "hilly.tif", rng.uniform(5, 15, (150, 150)).astype(np.float32),
                  from_origin(E0 - 2000, N0 + 2000, 26, 26))
    grid = read(raster, hilly, "terrain", over=(Dem(path=str(bumpy), blend_m=10.0),))
    part, = grid.parts
    rows, cols = part.heights.shape
    edge = np.zeros(part.heights.shape, bool)
    edge[[0, -1]] = edge[:, [0, -1]] = True
    at = np.argwhere(edge)
    xy = np.column_stack([part.x0 + at[:, 1] * part.dx, part.y0 + at[:, 0] * part.dy])
    beside = heights_on(Ground((Surface(grid),)), xy)
    assert part.heights[edge] == pytest.approx(beside, abs=1e-3)
    assert np.isfinite(part.heights).all() and (rows, cols) > (100, 100)


def test_order_decides_and_the_first_wins(coarse, tmp_path):
    here = from_origin(E0 - 100, N0 + 100, 4, 4)
    high, low = (write(tmp_path / f"{name}.tif", np.full((50, 50), z, np.float32), here)
                 for name, z in (("high", 30.0), ("low", 0.0)))
    dems = tuple(Dem(path=str(path), blend_m=0.0) for path in (high, low))
    for order, seen in ((dems, 30.0), (dems[::-1], 0.0)):
        grid = read(raster, coarse, "terrain", over=order)
        assert ground_of(grid).height_at(np.zeros((1, 2)))[0] == pytest.approx(seen, abs=0.01)


def test_sheets_side_by_side_become_one_grid_without_resampling(tmp_path):
    z = np.arange(80 * 160, dtype=np.float32).reshape(80, 160) % 37
    west = write(tmp_path / "west.tif", z[:, :80], from_origin(E0, N0, 5, 5))
    east = write(tmp_path / "east.tif", z[:, 80:], from_origin(E0 + 400, N0, 5, 5))
    grid = read(raster, west, "terrain", over=(Dem(path=str(east)),))
    assert grid.parts == () and grid.finer is None
    assert grid.heights.shape == (80, 160) and (grid.heights == z[::-1]).all()


def test_a_picture_among_the_models_is_left_out_and_said(coarse, tmp_path):
    """Its red would stand as a mountain of 200 m."""
    picture = write(tmp_path / "photo.tif", np.full((3, 50, 50), 200, np.uint8), from_origin(E0 - 100, N0 + 100, 4, 4))
    grid = read(raster, coarse, "terrain", over=(Dem(path=str(picture)),))
    assert not grid.complete and any("photo.tif" in note and "picture" in note for note in grid.notes)
    assert np.nanmax(grid.heights) == pytest.approx(10.0)


def test_a_file_that_is_gone_is_left_out_and_said(coarse, tmp_path):
    grid = read(raster, coarse, "terrain", over=(Dem(path=str(tmp_path / "gone.tif")),))
    assert not grid.complete and any("gone.tif" in note for note in grid.notes)
    assert ground_of(grid).height_at(np.zeros((1, 2)))[0] == pytest.approx(10.0)
    with pytest.raises(Trouble):
        read(raster, tmp_path / "no.tif", "terrain", over=(Dem(path=str(tmp_path / "gone.tif")),))
