"""Finer ground where one looks: a large raster opens thinned, and one bounded window of it is read again."""

from __future__ import annotations

import time

import numpy as np
import pytest
import rasterio
from rasterio.transform import from_origin
from vtkmodules.vtkCommonCore import mutable
from vtkmodules.vtkCommonDataModel import vtkStaticCellLocator

from app.detail import Detail
from app.session import Session
from layers.drape import heights_on
from layers.geometry import poly_data
from layers.ground_tiles import MOST_SHOWN, TOLERANCE_PX
from layers.imagery import ImageryLayer
from layers.terrain import Terrain
from layers.tile_batch import MOST_SPARE, TILES
from layers.view import offscreen
from tests.layers.tile_meshes import drawn_mesh
from twin.camera import Camera
from twin.data import HeightGrid
from twin.detail import POSTS, RIM, Window, joined, serves, window
from twin.document import Document
from twin.ground import Ground, Surface, sample
from twin.layer import Source
from twin.project import Project

SIDE = 4600                                # posts of 1 m: more than are read at once


def truth(x, y):
    """Decimetres over a 4.6 km square, with ripples that a thinned grid cannot hold."""
    return 3000 + 400 * np.sin(x / 700) + 60 * np.sin(x / 2.7) * np.cos(y / 3.1)


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    path = tmp_path_factory.mktemp("dem") / "one_metre.tif"
    x, y = np.arange(SIDE) + 0.5 - SIDE / 2, SIDE / 2 - np.arange(SIDE) - 0.5
    with rasterio.open(path, "w", driver="GTiff", width=SIDE, height=SIDE, count=1, dtype="int16", crs="EPSG:4549",
                       transform=from_origin(617000 - SIDE / 2, 3471000 + SIDE / 2, 1, 1), tiled=True) as out:
        out.scales, out.units = (0.1,), ("m",)
        out.write(truth(x[None], y[:, None]).astype(np.int16), 1)
        out.build_overviews([2, 4, 8])
    return path


@pytest.fixture
def session(large):
    layer = Terrain(id="t", name="t", source=Source(path=str(large)))
    session = Session(Project(document=Document(layers=(layer,))))
    session.settle()
    yield session
    session.close()


def looking(x, y, distance=400.0):
    return Camera.looking_at((x, y, 300), distance=distance, azimuth_deg=30, tilt_deg=40)


def test_what_one_looks_at_becomes_as_fine_as_the_file(session):
    asset = session.asset("t")
    coarse = asset.payload
    assert max(coarse.heights.shape) <= 2048 and coarse.finer.native_m == pytest.approx(1.0)
    assert asset.detail is None
    rng = np.random.default_rng(1)
    xy = rng.uniform(-150, 150, (4000, 2)) + np.array([800, -500])
    wanted = truth(*xy.T) / 10
    before = np.abs(sample(coarse, xy) - wanted).mean()
    revision = asset.revision
    assert Detail(session).settle(Ground((Surface(coarse),)), looking(800, -500))
    fine = asset.detail
    assert asset.revision > revision and max(fine.heights.shape) <= POSTS + 1
    after = np.abs(sample(fine, xy) - wanted).mean()
    assert after < 0.4 < before and after < before / 3
    assert fine.levels and fine.relief is not None           # measured by the worker, not by the window


def test_the_window_joins_the_rest_without_a_step(session):
    asset = session.asset("t")
    coarse = Ground((Surface(asset.payload),))
    Detail(session).settle(coarse, looking(0, 0))
    fine = asset.detail
    cols = fine.heights.shape[1]
    edge = np.column_stack([fine.x0 + fine.dx * np.arange(cols), np.full(cols, fine.y0)])
    assert np.abs(fine.heights[0] - heights_on(coarse, edge)).max() < 1e-3


def test_memory_stays_bounded_on_a_long_flight(session):
    detail, asset = Detail(session), session.asset("t")
    ground, sizes, places = Ground((Surface(asset.payload),)), [], set()
    for step in range(5):
        detail.settle(ground, looking(-1500 + 700 * step, 400))
        held = asset.detail
        sizes.append(held.heights.nbytes + held.relief.rgba.nbytes)
        places.add((held.x0, held.y0))
    assert len(places) >= 4 and max(sizes) <= (POSTS + 2) ** 2 * 8
    assert not session.jobs.jobs


def test_the_running_window_asks_only_when_the_camera_rests_and_draws_what_came(session):
    view, detail = offscreen(400, 300), Detail(session)
    try:
        view.set_camera(looking(300, 300))
        view.frame(session.document, session.assets, session.moment())
        detail.tick(view.stage.ground, view.camera())
        assert not detail._jobs                              # it has only just come to rest
        before, end = view.picture().astype(int), time.monotonic() + 60
        while session.asset("t").detail is None and time.monotonic() < end:
            session.tick(0.01)
            detail.tick(view.stage.ground, view.camera())
            time.sleep(0.01)
        assert view.frame(session.document, session.assets, session.moment())
        after = view.picture().astype(int)
        assert len(view.stage.ground.surfaces) == 2
        assert np.abs(after - before)[100:].mean() > 1       # ripples are to be seen now
        assert after[60:].std(axis=(0, 1)).min() > before[60:].std(axis=(0, 1)).min()
    finally:
        view.close()


def test_which_window_a_camera_asks_for():
    class Finer:
        native_m = 1.0
    grid = HeightGrid(heights=np.zeros((1000, 1000), np.float32), x0=-5000, y0=-5000, dx=10, dy=10, finer=Finer())
    far = window(grid, (0, 0, 20000), (0, 0, 0), 0.0)
    assert far is None                                       # it would not be finer than what is there
    near = window(grid, (0, -300, 300), (0, 0, 0), 0.0)
    assert near.spacing_m <= 2.0 and near.box[0] < -250 and near.box[3] > 250
    horizon = window(grid, (0, 0, 30), (0, 4800, 0), 0.0)
    assert horizon.box[1] < 200 and horizon.box[3] < 1500    # by the eye, not by what lies at the horizon
    assert window(grid, (90000, 0, 100), (90000, 100, 0), 0.0) is None
    moved = window(grid, (8, -295, 300), (8, 5, 0), 0.0)
    made = HeightGrid(heights=np.zeros((1025, 1025), np.float32), x0=near.box[0], y0=near.box[1], dx=near.spacing_m,
                      dy=near.spacing_m)
    assert serves(made, moved) and not serves(made, Window((900, 900, 1400, 1400), 1.0)) and not serves(None, near)


def test_a_hole_stays_a_hole_in_the_finer_part():
    fine = HeightGrid(heights=np.ones((60, 60), np.float32), dx=1, dy=1)
    fine.heights[30, 30] = np.nan
    rest = HeightGrid(heights=np.zeros((20, 20), np.float32), x0=-20, y0=-20, dx=10, dy=10)
    out = joined(fine, rest).heights
    assert np.isnan(out[30, 30]) and (out[0] == 0).all() and out[RIM + 2, RIM + 2] == 1


def test_a_large_picture_becomes_finer_where_one_looks(tmp_path):
    path, side = tmp_path / "photo.tif", 6600
    at = np.arange(side, dtype=np.int16)
    stripes = ((at[:, None] + at) // 2 % 2 * 200 + 30).astype(np.uint8)                  # 2 m wide
    with rasterio.open(path, "w", driver="GTiff", width=side, height=side, count=1, dtype="uint8", crs="EPSG:4549",
                       transform=from_origin(617000 - side / 2, 3471000 + side / 2, 1, 1), tiled=True) as out:
        out.write(stripes, 1)
    layer = ImageryLayer(id="i", name="i", source=Source(path=str(path)))
    session = Session(Project(document=Document(layers=(layer,))))
    view = offscreen(300, 300)
    try:
        session.settle()
        asset = session.asset("i")
        assert asset.payload.width / asset.payload.rgba.shape[1] > 1.5
        view.set_camera(Camera.looking_at((600, 600, 0), distance=120, azimuth_deg=0, tilt_deg=89))
        view.frame(session.document, session.assets, session.moment())
        before = view.picture().astype(int)[60:240, 60:240, 0].std()
        assert Detail(session).settle(view.stage.ground, view.camera())
        assert asset.detail.width / asset.detail.rgba.shape[1] == pytest.approx(1.0)
        assert view.frame(session.document, session.assets, session.moment())
        assert view.picture().astype(int)[60:240, 60:240, 0].std() > before * 1.15
    finally:
        view.close()
        session.close()


# -- a flight over one metre ----------------------------------------------------------------------------------------


def drawn_heights(view, xy: np.ndarray) -> np.ndarray:
    """(n,) metres of the triangles that are drawn there, the finest surface first; NaN where none is."""
    out, hit, at = np.full(len(xy), np.nan), [0.0] * 3, mutable(0.0)
    for terrain in sorted(view.canvas.ground._terrains.values(), key=lambda t: t.rank):
        points, triangles = drawn_mesh(terrain.surface, terrain.tiles.shown)
        locator = vtkStaticCellLocator()
        locator.SetDataSet(poly_data(points, triangles=triangles))
        locator.BuildLocator()
        for n in np.flatnonzero(np.isnan(out)):
            x, y = xy[n].tolist()
            if locator.IntersectWithLine((x, y, 5000.0), (x, y, -5000.0), 1e-6, at, hit, [0.0] * 3, mutable(0)):
                out[n] = hit[2]
    return out


def test_a_flight_over_one_metre_shows_no_background_and_nothing_jumps(session):
    """Each step asks for the window under the camera and draws: no pixel of the background through the ground; what is
    drawn at a place moves by no more than both frames may be off, and by what a new window knows better."""
    view, detail = offscreen(320, 240), Detail(session)
    try:
        view.frame(session.document, session.assets, session.moment())
        view.canvas.scene.GradientBackgroundOff()
        view.canvas.scene.SetBackground(1, 0, 1)
        for actor in (view.stage.atmosphere.dome.actor, view.stage.atmosphere.far_ground.actor):
            actor.VisibilityOff()
        seen, windows, jumps = {}, set(), []
        for step in range(10):
            x, y = -1500 + 120.0 * step, 500 + 60.0 * step
            camera = Camera.looking_at((x, y, 300.0), distance=(260.0, 420.0, 900.0)[step % 3], azimuth_deg=62,
                                       tilt_deg=45)
            view.set_camera(camera)
            detail.settle(view.stage.ground, camera)
            view.frame(session.document, session.assets, session.moment())
            picture = view.picture().astype(int)[40:]        # the highest rows may look past the end of the data
            holes = (picture[..., 0] - picture[..., 1] > 60) & (picture[..., 2] - picture[..., 1] > 60)
            assert not holes.any(), (step, int(holes.sum()))
            sight, places = view.canvas.ground.sight(), around_here(x, y)
            drawn, known = drawn_heights(view, places), view.stage.ground.height_at(places)
            away = np.linalg.norm(np.column_stack([places, drawn]) - sight.eye, axis=1)
            for place, *now, pixels in zip(map(tuple, places.tolist()), drawn, known, sight.pixels / away):
                if place in seen:
                    jumps.append((abs(now[0] - seen[place][0]) - abs(now[1] - seen[place][1])) * pixels)
            seen = dict(zip(map(tuple, places.tolist()), zip(drawn, known)))
            windows.add((session.asset("t").detail.x0, session.asset("t").detail.y0))
            assert view.canvas.scene.GetViewProps().GetNumberOfItems() <= 2 * (MOST_SHOWN // TILES + 1) + MOST_SPARE + 6
        assert len(jumps) > 400 and len(windows) >= 3 and max(jumps) <= 2 * TOLERANCE_PX
    finally:
        view.close()


def around_here(x: float, y: float) -> np.ndarray:
    """(n, 2) places of a fixed lattice, so that neighbouring frames share them."""
    steps = np.arange(-3, 12) * 20.0
    return np.stack(np.meshgrid(x // 20 * 20 + steps, y // 20 * 20 + steps), axis=-1).reshape(-1, 2)


def test_a_camera_that_rests_asks_once_until_something_differs(session, monkeypatch):
    monkeypatch.setattr("app.detail.REST_SECS", 0.0)
    detail, asked = Detail(session), []
    monkeypatch.setattr(detail, "_ask", lambda ground, camera: asked.append(camera))
    ground = Ground()
    for _ in range(3):
        detail.tick(ground, looking(800, -500))
    assert len(asked) == 1
    detail.tick(ground, looking(900, -500))
    detail.tick(Ground(), looking(900, -500))
    assert len(asked) == 3, "another camera, another ground"
    session.asset("t").revision += 1
    detail.tick(ground, looking(900, -500))
    assert len(asked) == 4
