"""Terrain, imagery, air: what the pixels say."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.city import City
from layers.drape import heights_on
from layers.imagery import ImageryLayer, tiles
from layers.shading import set_air
from layers.terrain import Terrain
from tests.layers.boxes import boxes
from tests.layers.pictures import NIGHT, above, hue, scene
from twin.camera import Camera
from twin.data import HeightGrid, Imagery
from twin.document import Document
from twin.ground import Ground, Surface
from twin.shade import Shade
from twin.sun import Sun


def flat_grid(size=81, step=12.5, height=5.0) -> np.ndarray:
    return np.full((size, size), height, np.float32)


def grid(heights: np.ndarray, step: float = 12.5) -> HeightGrid:
    rows, cols = heights.shape
    return HeightGrid(heights=heights, x0=-(cols - 1) * step / 2, y0=-(rows - 1) * step / 2, dx=step, dy=step)


def test_a_hole_in_the_dem_shows_what_is_behind_and_nothing_else_does():
    whole, holed = flat_grid(), flat_grid()
    holed[50:60, 20:30] = np.nan                             # x -250..-125, y 125..250
    with scene([Terrain(id="t", name="t")], {"t": grid(whole)}, above(800)) as shot:
        full = shot.draw().astype(int)
    with scene([], {}, above(800)) as shot:
        shot.view.stage.atmosphere.far_ground.height_m = 4.5
        empty = shot.draw().astype(int)
    with scene([Terrain(id="t", name="t")], {"t": grid(holed)}, above(800)) as shot:
        picture = shot.draw().astype(int)
        inside = shot.pixel(-190, 190, 5)
        differs = np.abs(picture - full).max(axis=2) > 4
        assert np.abs(picture[inside] - empty[inside]).max() <= 3
        assert differs[inside]
        rows, cols = np.nonzero(differs)
        top_left, bottom_right = shot.pixel(-275, 275, 5), shot.pixel(-100, 100, 5)
    assert rows.min() >= top_left[0] and rows.max() <= bottom_right[0]
    assert cols.min() >= top_left[1] and cols.max() <= bottom_right[1]
    assert picture[80:300].max(axis=2).min() > 60            # nothing is black (above and below stands the hud)


def quarters() -> np.ndarray:
    """South-west red, south-east green, north-west blue, north-east without data."""
    picture = np.zeros((64, 64, 4), np.uint8)
    picture[:32, :32] = (230, 20, 20, 255)
    picture[:32, 32:] = (20, 230, 20, 255)
    picture[32:, :32] = (20, 20, 230, 255)
    return picture


@pytest.mark.parametrize("with_terrain", [True, False])
def test_imagery_is_north_up_east_right_and_transparent_where_nothing_is_known(with_terrain):
    image = Imagery(rgba=quarters(), x0=-300, y0=-300, width=600, height=600)
    bumps = flat_grid() + 6 * np.sin(np.arange(81) / 3)[None, :].astype(np.float32)
    layers = [Terrain(id="t", name="t")] * with_terrain + [ImageryLayer(id="i", name="i")]
    with scene(layers, {"t": grid(bumps), "i": image}) as shot:
        shot.draw()
        for place, channel in (((-150, -150), 0), ((150, -150), 1), ((-150, 150), 2)):
            color = shot.color(*place)
            assert color.argmax() == channel and color.max() > 2.5 * np.sort(color)[1], (place, color)
        known, ground = shot.color(150, 150), shot.color(-400, 150)
        assert np.ptp(hue(known)) < 0.12 and np.abs(known - ground).max() < 40


def plain(color) -> Imagery:
    return Imagery(rgba=np.full((8, 8, 4), (*color, 255), np.uint8), x0=-300, y0=-300, width=600, height=600)


def test_the_upper_image_of_the_list_lies_over_the_lower_one():
    payloads = {"red": plain((230, 20, 20)), "green": plain((20, 230, 20))}
    layers = [ImageryLayer(id="red", name="red"), ImageryLayer(id="green", name="green")]
    with scene(layers, payloads) as shot:
        shot.draw()
        assert shot.color(0, 0).argmax() == 0
        shot.document = shot.document.moved(["green"], "", "red")
        shot.draw()
        assert shot.color(0, 0).argmax() == 1


def test_pictures_mix_by_opacity_in_the_order_of_the_list():
    payloads = {"t": grid(flat_grid()), "red": plain((230, 20, 20)), "green": plain((20, 230, 20)),
                "blue": plain((20, 20, 230))}
    seen = {}
    for name, (green, blue) in {"red": (0.0, 0.0), "half": (0.5, 0.0), "green": (1.0, 0.0), "both": (0.5, 0.5)}.items():
        layers = [Terrain(id="t", name="t"), ImageryLayer(id="blue", name="b", opacity=blue),
                  ImageryLayer(id="green", name="g", opacity=green), ImageryLayer(id="red", name="r")]
        with scene(layers, payloads) as shot:
            shot.draw()
            seen[name] = shot.color(0, 0, 5).astype(float)
    assert seen["half"] == pytest.approx((seen["red"] + seen["green"]) / 2, abs=6)
    assert seen["both"].argmax() == 2 and seen["both"][:2].min() > 0.35 * seen["half"].min()


def test_tone_of_imagery():
    image = Imagery(rgba=np.full((8, 8, 4), (180, 60, 60, 255), np.uint8), x0=-300, y0=-300, width=600, height=600)
    seen = {}
    for name, change in {"plain": {}, "grey": {"saturation": 0.0}, "dim": {"brightness": 0.5}}.items():
        with scene([ImageryLayer(id="i", name="i", **change)], {"i": image}) as shot:
            shot.draw()
            seen[name] = shot.color(0, 0)
    assert np.ptp(seen["plain"]) > 60
    assert np.ptp(seen["grey"]) < 14
    assert 0.4 < seen["dim"].sum() / seen["plain"].sum() < 0.6


@given(st.integers(1, 40), st.integers(1, 40), st.integers(4, 16))
def test_tiles_cover_a_picture_and_keep_its_texels_in_place(rows, cols, most):
    image = Imagery(rgba=np.arange(rows * cols * 4, dtype=np.uint32).astype(np.uint8).reshape(rows, cols, 4),
                    x0=3.0, y0=-2.0, width=cols * 2.0, height=rows * 0.5)
    again = np.zeros_like(image.rgba)
    covered = np.zeros((rows, cols), bool)
    for tile in tiles(image, most):
        r, c = round((tile.y0 - image.y0) / 0.5), round((tile.x0 - image.x0) / 2.0)
        h, w = tile.rgba.shape[:2]
        assert max(h, w) <= most
        again[r:r + h, c:c + w] = tile.rgba
        covered[r:r + h, c:c + w] = True
    assert covered.all() and (again == image.rgba).all()


def test_elevation_colours_run_as_the_legend_says():
    heights = np.repeat(np.linspace(0, 40, 81, dtype=np.float32)[None, :], 81, axis=0)
    layer = Terrain(id="t", name="t", color_by="elevation", colormap="viridis")
    with scene([layer], {"t": grid(heights)}, above(800)) as shot:
        shot.draw()
        legend = shot.view.stage.legends()[0][1]
        assert (legend.low, legend.high, legend.unit) == (0.0, 40.0, "m")
        for x in (-300, 0, 300):
            wanted = np.array(legend.ramp[round((x + 500) / 1000 * (len(legend.ramp) - 1))])
            assert np.abs(hue(shot.color(x, 0, 20)) - hue(wanted)).max() < 0.16, x


@pytest.mark.parametrize("half, opacity, hidden", [(600, 1.0, True), (600, 0.5, False), (300, 1.0, False)])
def test_a_legend_says_when_a_picture_hides_what_it_explains(half, opacity, hidden):
    image = Imagery(rgba=np.full((8, 8, 4), (180, 60, 60, 255), np.uint8), x0=-half, y0=-half, width=2 * half,
                    height=2 * half)
    layers = [Terrain(id="t", name="t", color_by="slope"), ImageryLayer(id="i", name="i", opacity=opacity)]
    heights = np.repeat(np.linspace(0, 40, 81, dtype=np.float32)[None, :], 81, axis=0)
    with scene(layers, {"t": grid(heights), "i": image}, above(800)) as shot:
        shot.draw()
        note = dict(shot.view.stage.legends())["t"].note
    assert ("hidden" in note) == hidden and note.startswith("Slope")


def test_far_things_take_the_colour_of_the_haze():
    size = 401
    layer = Terrain(id="t", name="t", color_by="elevation", colormap="inferno")
    wide = grid(np.tile(np.array([0.0, 0.01], np.float32), (size, 201))[:, :size], step=60.0)      # 24 km
    camera = Camera.looking_at((0, -11000, 0), distance=800, azimuth_deg=0, tilt_deg=12)
    with scene([layer], {"t": wide}, camera) as shot:
        shot.draw()
        haze = np.array(shot.view.stage.atmosphere.air.haze) * 255
        off = [np.abs(shot.color(0, y) - haze).max() for y in (-11000, -9000, -6000, 5000)]
    assert off[0] > 60
    assert off == sorted(off, reverse=True)
    assert off[-1] < 8


def test_haze_is_told_to_what_is_seen_alone(monkeypatch):
    """Batches of tiles are kept that no camera needs; one that is used again is as hazy as the others."""
    from layers import atmosphere
    rough = np.random.default_rng(1).normal(0, 9, (769, 769)).astype(np.float32)
    near, down, over = (Camera.looking_at((x, y, 0), distance=d, azimuth_deg=20, tilt_deg=t)
                        for x, y, d, t in ((0, -300, 400, 10), (0, 0, 40, 85), (0, -300, 500, 12)))
    told = []
    monkeypatch.setattr(atmosphere, "set_air", lambda actor, *air: told.append(actor) or set_air(actor, *air))
    with scene([Terrain(id="t", name="t")], {"t": grid(rough)}, over) as shot:
        fresh = shot.draw().astype(int)
    with scene([Terrain(id="t", name="t")], {"t": grid(rough)}, near) as shot:
        shot.draw()
        shot.view.set_camera(down)
        told.clear()
        shot.draw()
        hidden = [batch.actor for batch in shot.view.canvas.ground._pool._spare]
        assert hidden and told and not set(hidden) & set(told)
        shot.view.set_camera(over)
        again = shot.draw().astype(int)
    assert np.abs(again - fresh).max() <= 2


def test_the_ground_never_ends_in_an_edge():
    camera = Camera.looking_at((0, 0, 0), distance=1500, azimuth_deg=30, tilt_deg=10)
    for theme, sun in (("light", Sun(180, 50)), ("dark", Sun(180, 50)), ("light", NIGHT), ("light", Sun(280, 3))):
        with scene([Terrain(id="t", name="t")], {"t": grid(flat_grid())}, camera) as shot:
            column = shot.draw(theme=theme, sun=sun)[:, 40].astype(int)
        step = np.abs(np.diff(column[:160], axis=0)).max()
        assert step <= 10, (theme, sun, step)


def test_night_is_darker_than_dusk_and_dusk_than_noon():
    mean = []
    for sun in (NIGHT, Sun(285, 1), Sun(180, 60)):
        with scene([Terrain(id="t", name="t")], {"t": grid(flat_grid())}, above(600)) as shot:
            mean.append(shot.draw(sun=sun).mean())
    assert mean[0] * 1.5 < mean[1] < mean[2] - 20
    assert mean[0] > 25                                      # and the city stays legible


def test_the_dark_theme_is_dark():
    with scene([Terrain(id="t", name="t")], {"t": grid(flat_grid())}, above(600)) as shot:
        light, dark = shot.draw(theme="light").mean(), shot.draw(theme="dark").mean()
    assert 30 < dark < 0.5 * light


def shade_of_a_square() -> Shade:
    """The sun is kept off x -100..0, y 0..100."""
    sun = np.full((40, 40), 255, np.uint8)
    sun[20:30, 10:20] = 0
    flat = np.zeros((40, 40), np.float32)
    return Shade(sun=sun, sky=np.full((40, 40), 255, np.uint8), tops=flat, below=flat,
                 x0=-200, y0=-200, width=400, height=400)


def test_the_dark_theme_dims_a_light_plan_and_leaves_a_dark_photograph_to_be_seen():
    seen = {}
    for name, grey in (("plan", 215), ("photograph", 60)):
        rgba = np.full((64, 64, 4), grey, np.uint8)
        rgba[..., 3] = 255
        picture = Imagery(rgba=rgba, x0=-500.0, y0=-500.0, width=1000.0, height=1000.0)
        with scene([ImageryLayer(id="i", name="i")], {"i": picture}, above(800)) as shot:
            seen[name] = [float(shot.draw(theme=theme)[150:250, 150:250].mean()) for theme in ("light", "dark")]
    light, dark = seen["plan"]
    assert dark < 0.55 * light
    light, dark = seen["photograph"]
    assert dark > 0.75 * light


def test_the_baked_shade_darkens_its_place_only():
    with scene([Terrain(id="t", name="t")], {"t": grid(flat_grid())}, above(600)) as shot:
        shot.draw()
        before = {p: shot.color(*p, 5).sum() for p in ((-50, 50), (50, 50), (-50, -50), (250, 0))}
        shot.draw(shade=shade_of_a_square())
        after = {p: shot.color(*p, 5).sum() for p in before}
    assert after[-50, 50] < 0.8 * before[-50, 50]
    for place in ((50, 50), (-50, -50), (250, 0)):
        assert abs(after[place] - before[place]) <= 6, place


def test_what_is_shaded_ends_without_an_edge():
    """Flying, one would see a square of shadows on a bright city."""
    dark, flat = np.zeros((40, 40), np.uint8), np.zeros((40, 40), np.float32)
    shade = Shade(sun=dark, sky=dark, tops=flat, below=flat, x0=-200, y0=-200, width=400, height=400)
    with scene([Terrain(id="t", name="t")], {"t": grid(flat_grid())}, above(600)) as shot:
        shot.draw(shade=shade)
        inward = [int(shot.color(x, 0, 5).astype(int).sum()) for x in (205, 190, 175, 160, 135, 100)]
    assert all(outer - inner > 12 for outer, inner in itertools.pairwise(inward[:4])), inward
    assert abs(inward[4] - inward[5]) < 12


def test_a_shadow_is_seen_on_the_dark_themes_ground_too():
    with scene([Terrain(id="t", name="t")], {"t": grid(flat_grid())}, above(600)) as shot:
        shot.draw(theme="dark", shade=shade_of_a_square(), sun=Sun(180, 35))
        shadow, lit = (shot.color(*p, 5).astype(float).sum() for p in ((-50, 50), (50, 50)))
    assert shadow < 0.5 * lit, "of two dark greys the eye tells less"


def test_the_sun_is_taken_from_a_wall_below_the_shadow_that_falls_on_it():
    """A placed house faces the sun in the south; its wall is in shadow up to 20 m, by a house that is not shown."""
    flat = np.full((101, 101), 255, np.uint8)
    below = np.full((101, 101), 20.0, np.float32)
    below[0, 0] = 60.0                                        # a range that is not only one height
    shade = Shade(sun=flat, sky=flat, tops=below, below=below, x0=-250, y0=-250, width=500, height=500)
    house = boxes(np.array([(-30.0, -10.0, 0.0)]), np.array([(60.0, 20.0, 40.0)]))
    sun, camera = Sun(180.0, 30.0), Camera(position=(40, -300, 20), focus=(40, 0, 20))
    with scene([City(id="c", name="c", edges=False)], {"c": house}, camera) as shot:
        shot.draw(sun=sun)
        shot.view.stage.visual("c").solid.stand(np.array([[1, 0, 0, 40], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1.0]]))
        lit = shot.draw(sun=sun).astype(int)
        shaded = shot.draw(sun=sun, shade=shade).astype(int)
    column = (lit - shaded).sum(axis=2)[:, 200]               # up the middle of the wall, row 0 at the top
    dark = np.flatnonzero(column > 40)
    assert len(dark) and dark.max() - dark.min() + 1 == len(dark)
    wall = np.flatnonzero(np.abs(lit[:, 200] - lit[:, 390]).sum(axis=1) > 20)
    assert 0.4 < len(dark) / len(wall) < 0.6 and dark.max() >= wall.max() - 2


def test_nothing_is_taken_from_a_wall_that_the_sun_does_not_light():
    """The west wall of a house at a flat angle, the sun in the east, everything in shadow: it stays as it is."""
    flat, below = np.full((11, 11), 255, np.uint8), np.full((11, 11), 900.0, np.float32)
    below[0, 0] = 0.0
    shade = Shade(sun=flat, sky=flat, tops=below, below=below, x0=-500, y0=-500, width=1000, height=1000)
    house = boxes(np.array([(-30.0, -60.0, 0.0)]), np.array([(60.0, 120.0, 40.0)]))
    sun = Sun(90.0, 30.0)
    aside = Camera(position=(-52, -330, 30), focus=(-100, 0, 20))
    with scene([City(id="c", name="c", edges=False)], {"c": house}, aside) as shot:
        lit, shaded = (shot.draw(sun=sun, shade=told).astype(int).sum(axis=2) for told in (None, shade))
        wall = shot.pixel(-30.0, -20.0, 20.0)
    assert (shaded > 0.5 * lit).all() and abs(shaded[wall] - lit[wall]) < 6


def test_the_same_scene_twice_gives_the_same_pixels():
    rng = np.random.default_rng(3)
    heights = rng.uniform(0, 8, (60, 60)).astype(np.float32)
    image = Imagery(rgba=rng.integers(0, 255, (50, 50, 4), np.uint8), x0=-200, y0=-200, width=400, height=400)
    pictures = []
    for _ in range(2):
        with scene([Terrain(id="t", name="t"), ImageryLayer(id="i", name="i")], {"t": grid(heights), "i": image},
                   Camera.looking_at((0, 0, 0), distance=900, azimuth_deg=40, tilt_deg=25)) as shot:
            pictures.append(shot.draw())
    assert (pictures[0] == pictures[1]).all()


def test_what_is_draped_agrees_with_the_ground_at_every_post():
    rng = np.random.default_rng(5)
    data = grid(rng.uniform(0, 50, (700, 800)).astype(np.float32), 3.0)
    ground = Ground((Surface(data, 2.0, 1.0),))
    x, y = np.meshgrid(data.x0 + data.dx * np.arange(800), data.y0 + data.dy * np.arange(700))
    xy = np.column_stack([x.ravel(), y.ravel()])
    assert np.abs(heights_on(ground, xy) - ground.height_at(xy)).max() < 1e-3


def test_a_pick_on_terrain_gives_the_place():
    with scene([Terrain(id="t", name="t", exaggeration=2.0)], {"t": grid(flat_grid(height=10.0))}, above(800)) as shot:
        shot.draw()
        row, col = shot.pixel(120, -80, 20)
        hit = shot.view.pick(col, shot.pixels.shape[0] - 1 - row)
    assert hit.layer == "t" and hit.feature == -1
    assert np.allclose(hit.point, (120, -80, 20), atol=2.5)


def test_where_the_driver_refuses_the_haze_the_picture_goes_without_it():
    camera = Camera.looking_at((0, 0, 0), distance=1500, azimuth_deg=30, tilt_deg=10)
    with scene([Terrain(id="t", name="t")], {"t": grid(flat_grid())}, camera) as shot:
        shot.draw()
        shot.view.canvas.window.GetShaderCache().InvokeEvent("ErrorEvent")
        picture = shot.draw()
        atmosphere = shot.view.stage.atmosphere
        column = picture[:160, 40].astype(int)
    assert not atmosphere.shaders_work
    assert np.abs(np.diff(column, axis=0)).max() <= 12       # the far ground is painted like the horizon
    assert picture[100:300].max(axis=2).min() > 60


def test_pictures_stay_on_the_graphics_card_when_what_carries_them_goes():
    """With an actor that still has them they would leave it: a second for each step of a slider, with 14 million. Nor
    are they kept by what nobody draws any more."""
    image = Imagery(rgba=np.full((64, 64, 4), 255, np.uint8), x0=-200, y0=-200, width=400, height=400)
    with scene([ImageryLayer(id="i", name="i")], {"i": image}, above(800)) as shot:
        shot.draw()
        texture = next(iter(shot.view.canvas.ground._carriers)).actors[0].GetProperty().GetTexture("picture0")
        on_card = texture.GetTextureObject().GetHandle()
        shot.document = Document(layers=(ImageryLayer(id="i", name="i", opacity=0.5),))
        shot.draw()
        carrier, = shot.view.canvas.ground._carriers
        assert carrier.actors[0].GetProperty().GetTexture("picture0") is texture
        assert on_card and texture.GetTextureObject().GetHandle() == on_card
        shot.document = Document()
        shot.draw()
        spare = shot.view.canvas.ground._pool._spare
        assert spare and not any(batch.actor.GetProperty().GetTexture("picture0") for batch in spare)
        assert texture.GetTextureObject().GetHandle() == on_card
