"""Terrain in tiles: true errors, edges that match, and nothing that shows through while one flies over it."""

from __future__ import annotations

import math

import numpy as np
import pytest
import rasterio
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.ground_tiles import MOST_SHOWN, TOLERANCE_PX
from layers.imagery import ImageryLayer
from layers.terrain import Terrain
from layers.tile_batch import MOST_SPARE, TILES, triangles_of
from layers.tile_selection import SIDES, Sight, TilePyramid, distance_m
from tests.layers.pictures import above, scene
from tests.layers.tile_meshes import SIDE, drawn_mesh, tile_points, tile_triangles
from twin.camera import Camera
from twin.data import HeightGrid, Imagery
from twin.ground import Surface
from twin.pyramid import TILE, levels_of, posts


def mountains(rows=700, cols=650, step=20.0, seed=4) -> HeightGrid:
    """Rough on every scale, like real ground."""
    rng = np.random.default_rng(seed)
    z = np.zeros((rows, cols), np.float32)
    for n in (4, 8, 16, 32, 64, 128):
        coarse = rng.normal(size=(n + 3, n + 3)) * 900 / n
        r, c = np.linspace(0, n, rows), np.linspace(0, n, cols)
        r0, c0 = r.astype(int), c.astype(int)
        fr, fc = (r - r0)[:, None], (c - c0)[None]
        z += ((coarse[np.ix_(r0, c0)] * (1 - fc) + coarse[np.ix_(r0, c0 + 1)] * fc) * (1 - fr)
              + (coarse[np.ix_(r0 + 1, c0)] * (1 - fc) + coarse[np.ix_(r0 + 1, c0 + 1)] * fc) * fr)
    return HeightGrid(heights=z, x0=-cols * step / 2, y0=-rows * step / 2, dx=step, dy=step)


@pytest.fixture(scope="module")
def japan(shared) -> HeightGrid:
    """A real DEM of mountains in Kanagawa, 25 m by 31 m, posted as if the degrees were metres."""
    with rasterio.open(shared / "terrain/making3dmap_dem.tif") as src:
        heights = src.read(1)[::-1].astype(np.float32)
    return HeightGrid(heights=heights, x0=-11000, y0=-13300, dx=25.2, dy=30.8)


def sight(eye, focus, size=(400, 300), angle=30.0) -> Sight:
    eye, ahead = np.array(eye, float), np.subtract(focus, eye)
    ahead = ahead / np.linalg.norm(ahead)
    right = np.cross(ahead, [0, 0, 1.0])
    right /= np.linalg.norm(right)
    up, high = np.cross(right, ahead), math.tan(math.radians(angle / 2))
    normals = [ahead * high * size[0] / size[1] + right, ahead * high * size[0] / size[1] - right, ahead * high + up,
               ahead * high - up]
    return Sight(eye, np.array([[*n, -n @ eye] for n in normals]), size[1] / 2 / high)


@pytest.mark.parametrize("shape", [(2, 2), (49, 49), (50, 120), (97, 193), (131, 77)])
def test_the_error_of_a_tile_is_that_of_its_triangles(shape):
    rng = np.random.default_rng(2)
    grid = HeightGrid(heights=rng.uniform(0, 9, shape).astype(np.float32), dx=2.0, dy=3.0)
    for level, facts in enumerate(levels_of(grid)):
        for row, col in np.ndindex(facts.shape):
            rows, cols = (np.arange(t * TILE * facts.stride, min((t + 1) * TILE * facts.stride, n - 1) + 1)
                          for t, n in ((row, shape[0]), (col, shape[1])))
            points = tile_points(Surface(grid), (level, row, col))
            x, y = np.meshgrid(cols * 2.0, rows * 3.0)
            off = np.abs(on_mesh(points, x.ravel(), y.ravel()) - grid.heights[np.ix_(rows, cols)].ravel())
            assert off.max() == pytest.approx(facts.error[row, col], abs=1e-4) or row + 1 < facts.shape[0] \
                or col + 1 < facts.shape[1]
            assert off.max() >= facts.error[row, col] - 1e-4
            part = grid.heights[np.ix_(rows, cols)]
            assert (facts.low[row, col], facts.high[row, col]) == (part.min(), part.max())


def on_mesh(points, x, y) -> np.ndarray:
    """Heights of places on a tile, by its own triangles."""
    from scipy.interpolate import RegularGridInterpolator
    points = points.reshape(SIDE, SIDE, 3).astype(float)
    px, keep_x = np.unique(points[0, :, 0], return_index=True)
    py, keep_y = np.unique(points[:, 0, 1], return_index=True)
    z = points[..., 2][np.ix_(keep_y, keep_x)]
    c = np.clip(np.searchsorted(px, x, side="right") - 1, 0, len(px) - 2)
    r = np.clip(np.searchsorted(py, y, side="right") - 1, 0, len(py) - 2)
    u, v = (x - px[c]) / (px[c + 1] - px[c]), (y - py[r]) / (py[r + 1] - py[r])
    sw, se, nw, ne = z[r, c], z[r, c + 1], z[r + 1, c], z[r + 1, c + 1]
    out = np.where(u >= v, sw + u * (se - sw) + v * (ne - se), sw + v * (nw - sw) + u * (ne - nw))
    smooth = RegularGridInterpolator((py, px), z)(np.column_stack([y, x]))
    assert np.abs(out - smooth).max() <= np.ptp(z) + 1e-6
    return out


@given(st.integers(2, 5000), st.sampled_from([1, 2, 4, 8, 64]))
def test_every_level_has_the_last_post(count, stride):
    kept = posts(count, stride)
    assert kept[0] == 0 and kept[-1] == count - 1
    assert (np.diff(kept) <= stride).all() and (np.diff(kept)[:-1] == stride).all()


@pytest.mark.parametrize("sides", range(16))
def test_a_matched_edge_keeps_the_area_and_drops_every_other_post(sides):
    triangles = tile_triangles(sides)
    row, col = np.divmod(triangles, SIDE)
    assert len(triangles) == triangles_of(sides)
    area = ((col[:, 1] - col[:, 0]) * (row[:, 2] - row[:, 0]) - (col[:, 2] - col[:, 0]) * (row[:, 1] - row[:, 0])) / 2
    assert area.min() > 0 and area.sum() == TILE * TILE
    used = np.zeros(SIDE * SIDE, bool)
    used[triangles] = True
    used = used.reshape(SIDE, SIDE)
    for (bit, _, _), edge in zip(SIDES, (used[0], used[:, -1], used[-1], used[:, 0])):
        assert edge[::2].all() and edge[1:-1:2].any() != bool(sides & bit)


@settings(max_examples=25, deadline=None)
@given(st.floats(-6000, 6000), st.floats(-6000, 6000), st.floats(20, 9000), st.floats(0, 360), st.floats(3, 80))
def test_tiles_meet_and_are_never_off_by_more_than_the_tolerance(x, y, high, azimuth, tilt):
    surface = Surface(MOUNTAINS)
    camera = Camera.looking_at((x, y, 0), distance=high, azimuth_deg=azimuth, tilt_deg=tilt)
    seen = sight(camera.position, camera.focus)
    pyramid = TilePyramid(surface)
    tiles = pyramid.chosen(seen, TOLERANCE_PX, 10 ** 6)
    for level, row, col in tiles:
        for _, dr, dc in SIDES:
            for finer in range(2, level + 1):
                across = 2 ** finer
                r, c = (row + dr) * across, (col + dc) * across
                beside = [(level - finer, r + i * (dc != 0) + (across - 1) * (dr < 0),
                           c + i * (dr != 0) + (across - 1) * (dc < 0)) for i in range(across)]
                assert not tiles.keys() & set(beside)
        box = pyramid.boxes[level][row, col]
        off_px = pyramid.error_m[level][row, col] * seen.pixels / max(distance_m(box[None], seen.eye)[0], 1e-9)
        assert level == 0 or off_px <= TOLERANCE_PX
    assert len(pyramid.chosen(seen, TOLERANCE_PX, MOST_SHOWN)) <= MOST_SHOWN


MOUNTAINS = mountains()


def flight(grid: HeightGrid):
    """Low and high over the grid, turning, always looking at ground."""
    for n in range(14):
        angle = n * 0.9
        x, y = 3500 * math.sin(angle), 3500 * math.cos(angle * 0.7)
        column, row = int((x - grid.x0) / grid.dx), int((y - grid.y0) / grid.dy)
        height = float(np.nan_to_num(grid.heights[row, column]))
        yield Camera.looking_at((x, y, height), distance=(250, 1500, 9000)[n % 3], azimuth_deg=n * 47.0,
                                tilt_deg=(38, 50, 55)[n % 3])


@pytest.mark.parametrize("exaggeration", [1.0, 3.0])
def test_nothing_shows_through_the_ground_in_a_flight_over_real_mountains(japan, exaggeration, monkeypatch):
    monkeypatch.setattr("layers.ground_tiles.TOLERANCE_PX", 6.0)        # more levels, so more seams
    layer = Terrain(id="t", name="t", exaggeration=exaggeration)
    with scene([layer], {"t": japan}, above(3000), size=(500, 380)) as shot:
        shot.draw()
        stage, canvas = shot.view.stage, shot.view.canvas
        canvas.scene.SetBackground(1, 0, 1)
        for actor in (stage.atmosphere.dome.actor, stage.atmosphere.far_ground.actor):
            actor.VisibilityOff()
        levels = set()
        for camera in flight(japan):
            lifted = (camera.focus[0], camera.focus[1], camera.focus[2] * exaggeration)
            shot.view.set_camera(camera.moved_to(lifted))
            picture = shot.draw().astype(int)[70:]           # the highest rows may look past the end of the data
            holes = (picture[..., 0] - picture[..., 1] > 25) & (picture[..., 2] - picture[..., 1] > 25)
            assert not holes.any(), (camera, int(holes.sum()))
            levels |= {key[0] for key in canvas.ground.tiles((stage.visual("t"), 0)).shown}
        assert len(levels) >= 3                              # seams between levels were in sight
        props = canvas.scene.GetViewProps().GetNumberOfItems()
        assert props <= MOST_SHOWN // TILES + MOST_SPARE + 4


@pytest.mark.parametrize("step", [-25.0, 0.0, 40.0])
def test_a_fine_terrain_inside_a_coarse_one_has_no_gap_around_it(step):
    coarse = mountains(160, 160, 40.0)
    part = coarse.heights[60:100, 60:100].repeat(4, axis=0).repeat(4, axis=1)[:150, :150]
    fine = HeightGrid(heights=part + np.float32(step), x0=coarse.x0 + 60 * 40, y0=coarse.y0 + 60 * 40, dx=10, dy=10)
    layers = [Terrain(id="f", name="f", color_by="elevation", colormap="cividis"), Terrain(id="c", name="c")]
    with scene(layers, {"f": fine, "c": coarse}, above(1000), size=(500, 380)) as shot:
        shot.draw()
        stage, canvas = shot.view.stage, shot.view.canvas
        canvas.scene.SetBackground(1, 0, 1)
        for actor in (stage.atmosphere.dome.actor, stage.atmosphere.far_ground.actor):
            actor.UseBoundsOff()
            actor.GetProperty().SetOpacity(0.0)
        x, y = fine.x0 + 750, fine.y0 + 750
        for azimuth in (0, 65, 140, 250):
            shot.view.set_camera(Camera.looking_at((x, y, float(part.mean())), distance=2600, azimuth_deg=azimuth,
                                                   tilt_deg=48))
            picture = shot.draw().astype(int)
            holes = (picture[..., 0] - picture[..., 1] > 60) & (picture[..., 2] - picture[..., 1] > 60)
            assert not holes.any(), (azimuth, int(holes.sum()))
            row, col = shot.pixel(x, y, float(part[75, 75]) + step)
            assert np.ptp(picture[row, col]) > 30            # the fine one is seen where it is, with its colours


def test_what_is_drawn_is_the_full_mesh_within_a_pixel(japan):
    """Every pixel of the tiles' depth lies within the tolerance of where the full data would be drawn."""
    surface = Surface(japan)
    camera = Camera.looking_at((500, 300, 600), distance=6000, azimuth_deg=60, tilt_deg=35)
    seen = sight(camera.position, camera.focus, (1600, 1000))
    tiles = TilePyramid(surface).chosen(seen, TOLERANCE_PX, 10 ** 6)
    full = 2 * (japan.heights.shape[0] - 1) * (japan.heights.shape[1] - 1)
    points, triangles = drawn_mesh(surface, tiles)
    corners = points[triangles]
    assert len(corners) < full / 3
    from layers.drape import heights_on
    from twin.ground import Ground
    middle = corners.mean(axis=1)
    off = np.abs(heights_on(Ground((surface,)), middle) - middle[:, 2])
    away = np.linalg.norm(middle - seen.eye, axis=1)
    assert (off * seen.pixels / away).max() <= TOLERANCE_PX * 1.5        # a matched edge has its neighbour's error


def test_pictures_are_painted_on_the_tiles_without_a_mesh_of_their_own():
    grid = mountains(200, 200)
    image = Imagery(rgba=np.full((8, 8, 4), (230, 20, 20, 255), np.uint8), x0=-500, y0=-500, width=1000, height=1000)
    layers = [Terrain(id="t", name="t"), ImageryLayer(id="j", name="j", opacity=0.5), ImageryLayer(id="i", name="i")]
    over = Imagery(rgba=np.full((8, 8, 4), (20, 20, 230, 255), np.uint8), x0=0, y0=-500, width=900, height=1000)
    with scene(layers[:1], {"t": grid}, above(1600)) as shot:
        shot.draw()
        bare, without = shot.color(-200, 0), shot.view.canvas.scene.GetViewProps().GetNumberOfItems()
    with scene(layers, {"t": grid, "i": image, "j": over}, above(1600)) as shot:
        shot.draw()
        tiles = shot.view.canvas.ground.tiles((shot.view.stage.visual("t"), 0))
        assert {len(batch.painted) - 2 for batch in tiles._used} == {0, 1, 2}            # pictures: each number a draw
        assert shot.view.canvas.scene.GetViewProps().GetNumberOfItems() == without + 2 == 2 + len(tiles.actors)
        red, mixed, half, plain = (shot.color(x, 0) for x in (-250, 250, 650, -650))
    assert red[0] > 3 * red[2] and np.abs(plain - bare).max() < 40
    assert mixed[0] > 60 and mixed[2] > 60 and abs(mixed[0] - mixed[2]) < 60
    assert half[2] > half[0] + 20 and half[0] > 50           # the ground shows through


def test_a_picture_that_is_lifted_floats_over_the_ground():
    grid = mountains(200, 200)
    image = Imagery(rgba=np.full((8, 8, 4), (230, 20, 20, 255), np.uint8), x0=-500, y0=-500, width=1000, height=1000)
    layers = [Terrain(id="t", name="t"), ImageryLayer(id="i", name="i", height_offset_m=300.0)]
    with scene(layers, {"t": grid, "i": image}, above(1600)) as shot:
        shot.draw()
        z = shot.view.stage.visual("i").bounds()
        red = (shot.pixels[..., 0].astype(int) - shot.pixels[..., 1]) > 60
        wide = np.ptp(np.nonzero(red.any(axis=0))[0])
    assert z[2] > grid.heights.min() + 250
    assert wide > 400 * 1000 / 1600 * 1.05                   # nearer to the eye, so larger


def test_colours_that_measure_the_ground_and_contour_lines():
    x = np.linspace(0, 100, 201, dtype=np.float32)
    tilted = HeightGrid(heights=np.repeat(x[None], 201, axis=0), x0=-500, y0=-500, dx=5, dy=5)      # rises to the east
    seen = {}
    for name, change in {"plain": {}, "slope": {"color_by": "slope", "contour_m": 5.0}, "contours": {"contour_m": 20.0},
                         "aspect": {"color_by": "aspect"}, "hillshade": {"color_by": "hillshade"}}.items():
        with scene([Terrain(id="t", name="t", **change)], {"t": tilted}, above(900)) as shot:
            shot.view.canvas.hud.DrawOff()
            seen[name] = shot.draw().astype(int)[100:300, 60:340]
            legends = [legend for _, legend in shot.view.stage.legends()]
        assert bool(legends) == (name in ("slope", "aspect", "contours")), name
        if name == "contours":
            assert [words for _, words in legends[0].entries] == ["Contour lines every 20 m"]
        if name == "slope":
            assert legends[0].note == "Slope. Contour lines every 5 m."
            assert legends[0].unit == "°" and legends[0].low == 0.0 and legends[0].high >= 6
        if name == "aspect":
            west = legends[0].entries[6][0]
            color = seen[name][50, 240]
            assert np.abs(color / color.max() - np.array(west) / max(west)).max() < 0.2
    assert np.ptp(seen["hillshade"].mean(axis=2)) < 12 and np.ptp(seen["plain"].mean(axis=2)) < 12
    dark = seen["plain"].mean(axis=(0, 2)) - seen["contours"].mean(axis=(0, 2)) > 15
    starts = np.flatnonzero(np.diff(dark.astype(int)) == 1)
    assert len(starts) in (3, 4)                             # 63 m of height are in sight
    assert np.diff(starts) == pytest.approx(20 / 100 * 1000 / 900 * 400, rel=0.08)      # higher ground is nearer


def test_a_legend_says_that_colours_are_hidden_and_lines_are_not():
    heights = np.arange(10_000, dtype=np.float32).reshape(100, 100) / 100
    grid = HeightGrid(heights=heights, x0=-500, y0=-500, dx=10, dy=10)
    over = Imagery(rgba=np.full((8, 8, 4), 255, np.uint8), x0=-600, y0=-600, width=1200, height=1200)
    layers = [ImageryLayer(id="i", name="i"), Terrain(id="t", name="t", color_by="elevation", contour_m=20.0)]
    with scene(layers, {"t": grid, "i": over}, above(900)) as shot:
        shot.draw()
        legend, = [legend for id, legend in shot.view.stage.legends() if id == "t"]
    assert legend.note == "Elevation, hidden by a picture over it. Contour lines every 20 m."


@pytest.mark.parametrize("origin_m", [0.0, 4.0])
def test_contour_lines_are_as_fine_as_the_data_however_coarse_the_tiles_are(origin_m):
    def wavy(x, y):
        return 20 + 15 * np.sin(x / 300) * np.cos(y / 400)
    x = np.linspace(-2000, 2000, 401)
    grid = HeightGrid(heights=wavy(x[None], x[:, None]).astype(np.float32), x0=-2000, y0=-2000, dx=10, dy=10)
    seen = []
    for every in (0.0, 10.0):
        with scene([Terrain(id="t", name="t", contour_m=every)], {"t": grid}, above(3600)) as shot:
            shot.view.canvas.hud.DrawOff()
            seen.append(shot.draw(origin=(0.0, 0.0, origin_m)).astype(int).mean(axis=2))
            triangles = shot.view.stage.visual("t").stats()[1]
    assert triangles < 40_000                                # of 320,000
    row, col = np.nonzero(seen[0] - seen[1] > 15)
    z = wavy((col - 199.5) * 9, (199.5 - row) * 9) + origin_m
    assert len(z) > 5000 and np.quantile(np.abs(z - np.rint(z / 10) * 10), 0.95) < 0.55    # 9 m a pixel, 5 % steep


@pytest.mark.parametrize("theme, color_by, sign", [
    ("light", "plain", -1), ("dark", "plain", 1), ("light", "hillshade", -1), ("dark", "hillshade", 1),
    ("light", "elevation", -1), ("dark", "elevation", -1)])
def test_contours_stand_out_from_light_and_from_dark_ground(theme, color_by, sign):
    """On the dark theme's hillshade, as bright as in the light one, they were grey on grey."""
    x = np.linspace(0, 100, 201, dtype=np.float32)
    tilted = HeightGrid(heights=np.repeat(x[None], 201, axis=0), x0=-500, y0=-500, dx=5, dy=5)
    seen = []
    for every in (0.0, 20.0):
        layer = Terrain(id="t", name="t", contour_m=every, color_by=color_by, colormap="batlow")
        with scene([layer], {"t": tilted}, above(900)) as shot:
            shot.view.canvas.hud.DrawOff()
            seen.append(shot.draw(theme=theme).astype(int)[100:300, 60:340].mean(axis=(0, 2)))
    change = (seen[1] - seen[0]) * sign
    assert change.max() > 25 and change.min() > -5
    assert color_by != "hillshade" or (seen[0].mean() < 110) == (theme == "dark")


def test_level_water_at_the_height_of_a_contour_is_not_filled_by_it():
    x = np.linspace(-40, 40, 201, dtype=np.float32)
    terraced = np.repeat((np.sign(x) * np.maximum(np.abs(x) - 10, 0) + 20)[None], 201, axis=0).astype(np.float32)
    grid = HeightGrid(heights=terraced, x0=-500, y0=-500, dx=5, dy=5)                # level at 20 m in the middle
    seen = []
    for every in (0.0, 10.0):
        with scene([Terrain(id="t", name="t", contour_m=every)], {"t": grid}, above(900)) as shot:
            shot.view.canvas.hud.DrawOff()
            seen.append(shot.draw().astype(int)[100:300].mean(axis=(0, 2)))
    ink = seen[0] - seen[1]
    assert np.abs(ink[160:240]).max() < 3 and ink[60:140].max() > 15 < ink[260:340].max()


def test_contours_from_afar_do_not_shimmer_with_single_posts():
    """Posts much nearer to each other than pixels, every other one 6 m higher: a third of a pixel aside the lines are
    the same."""
    rows, columns = np.indices((1201, 1201))
    grid = HeightGrid(heights=(columns * 0.1 + 6.0 * ((rows + columns) % 2)).astype(np.float32), x0=-3000, y0=-3000,
                      dx=5, dy=5)
    seen = []
    for every in (0.0, 20.0):
        with scene([Terrain(id="t", name="t", contour_m=every)], {"t": grid}, above(9000)) as shot:
            shot.view.canvas.hud.DrawOff()
            for aside_m in (0.0, 7.5):
                eye = above(9000).position
                shot.view.set_camera(Camera(position=(aside_m, 0.0, eye[2]), focus=(aside_m, 0.0, 0.0), up=(0, 1, 0)))
                seen.append(shot.draw().astype(int)[150:250, 100:300].mean(axis=2))
    inked = np.abs(seen[2] - seen[0])
    assert inked.mean() > 1.0                                            # there are lines,
    assert np.abs(seen[3] - seen[2]).mean() < 0.4 * inked.mean()         # and they stay


def test_ground_is_drawn_before_the_sky_and_what_lies_over_it_after():
    """Sky and far ground are then not painted where the ground hides them."""
    grid = mountains(200, 200)
    picture = Imagery(rgba=np.full((8, 8, 4), 200, np.uint8), x0=-500, y0=-500, width=1000, height=1000)
    layers = [ImageryLayer(id="i", name="i", height_offset_m=50.0), Terrain(id="t", name="t")]
    with scene(layers, {"t": grid, "i": picture}, above(3000)) as shot:
        shot.draw()
        stage, held = shot.view.stage, shot.view.canvas.scene.GetViewProps()
        order = [held.GetItemAsObject(n) for n in range(held.GetNumberOfItems())]
        sky = [order.index(actor) for actor in (stage.atmosphere.dome.actor, stage.atmosphere.far_ground.actor)]
        ground = shot.view.canvas.ground
        tiles = [order.index(actor) for actor in ground.tiles((stage.visual("t"), 0)).actors]
        lifted = [order.index(actor) for carrier in ground._carriers for actor in carrier.actors]
        assert tiles and lifted and max(tiles) < min(sky) and max(sky) < min(lifted)
