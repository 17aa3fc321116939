"""City buildings: they stand on the ground, say what their colours mean, and can be picked when seen."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from layers.base import Moment
from layers.city import City
from layers.city_style import white_model
from layers.houses import standing
from tests.layers.boxes import boxes
from tests.layers.made_stage import picture
from twin.camera import Camera
from twin.data import HeightGrid
from twin.ground import Ground, Surface
from twin.selection import Hit, Selection
from twin.sun import Sun

ABOVE = Camera(position=(0.0, 0.0, 400.0), focus=(0.0, 0.0, 0.0), up=(0.0, 1.0, 0.0))
# Three houses in a row, west to east; seen from above the middle of each stands at x = -60, 0, 60.
ROW = boxes([[-75, -15, 0], [-15, -15, 0], [45, -15, 0]], [[30, 30, 20]] * 3,
            height_m=[10.0, 20.0, None], use=["residential", "industrial", None])


def seen(layer: City, mesh=ROW, **moment):
    view, pixels = picture([layer], {layer.id: mesh}, camera=ABOVE, moment=Moment(**moment))
    errors = [row.error for row in view.stage.rows.values() if row.error]
    assert not errors, errors
    return view, pixels.astype(int)


def roof(pixels: np.ndarray, x: float) -> np.ndarray:
    """Colour where a roof of 20 m at (x, 0) is seen."""
    per_metre = 240 / (2 * 380 * np.tan(np.radians(15)))
    return pixels[120, round(160 + x * per_metre)]


def test_a_number_colours_the_houses_and_the_legend_says_so():
    view, pixels = seen(City(id="c", name="c", color_by="height_m", edges=False))
    low, high, none = (roof(pixels, x) for x in (-60, 0, 60))
    assert np.abs(low - high).max() > 60
    assert np.ptp(none) < 25                                                  # grey: nothing is known
    legend = view.stage.legends()[0][1]
    assert (legend.title, legend.unit, legend.low, legend.high) == ("c · Height", "m", 10.0, 20.0)
    assert legend.missing is not None
    view.close()


def test_classes_have_entries():
    view, _ = seen(City(id="c", name="c", color_by="use"))
    assert {words for _, words in view.stage.legends()[0][1].entries} == {"residential", "industrial"}
    view.close()


def test_the_white_model_needs_no_legend():
    view, pixels = seen(City(id="c", name="c", edges=False))
    assert view.stage.legends() == []
    assert np.ptp(roof(pixels, -60)) < 40
    assert view.stage.rows["c"].features == 3 and view.stage.rows["c"].triangles == 36
    view.close()


def test_the_white_model_tints_by_what_is_known_of_the_use():
    """Also where the table says nothing of some, or keeps its words in a dictionary."""
    words = pa.array(["office", None, "school", "residential"])
    for column in (words, words.dictionary_encode(), pa.array([1, None, 2, 3]), pa.nulls(4)):
        tints = white_model(pa.table({"use": column}), 4, "light")
        assert len(np.unique(tints, axis=0)) == (3 if column.null_count == 1 and column.type != pa.int64() else 1)
        assert (tints[1] == tints[3]).all()


def test_selected_and_hovered_houses_stand_out_and_the_others_stay():
    bare, before = seen(City(id="c", name="c", edges=False))
    bare.close()
    view, pixels = seen(City(id="c", name="c", edges=False), selection=Selection((("c", 0),)), hovered=Hit("c", 1))
    chosen = roof(pixels, -60)
    assert chosen[2] > chosen[0] + 60                                         # the accent is blue
    assert (roof(pixels, 0) != roof(before, 0)).any()
    assert np.abs(roof(pixels, 60) - roof(before, 60)).max() <= 1
    view.close()


def test_nothing_of_an_invisible_layer_is_drawn():
    view, pixels = seen(City(id="c", name="c", opacity=0.0))
    empty, background = picture([], {}, camera=ABOVE)
    assert np.abs(roof(pixels, 0) - background[120, 160].astype(int)).max() <= 40
    assert view.stage.visual("c").solid.colors[:, 3].max() == 0
    view.close()
    empty.close()


def test_houses_stand_on_the_ground():
    slope = HeightGrid(heights=np.tile(np.linspace(0, 200, 21, dtype=np.float32), (21, 1)),
                       x0=-100, y0=-100, dx=10, dy=10)
    mesh = boxes([[-75, -15, 0], [45, -15, 0]], [[30, 30, 20]] * 2, relative=True)
    points = standing(mesh, Ground((Surface(slope, 2.0, 5.0),)), 1.0)
    foot = [points[mesh.vertex_feature == i][:, 2].min() for i in (0, 1)]
    assert foot == pytest.approx([2 * 40 + 5 + 1, 2 * 160 + 5 + 1], abs=1e-3)


def test_windows_are_lit_at_night_and_only_then():
    wall = boxes([[-40, 0, 0]], [[80, 10, 60]])
    corners = wall.points
    facade = np.stack([corners[:, 0] + 40, corners[:, 2]], axis=1).astype(np.float32)
    mesh = replace(wall, facade=facade)
    camera = Camera.looking_at((0, 0, 30), distance=160, azimuth_deg=0, tilt_deg=5)

    def warm(windows: bool, sun: Sun) -> float:
        view, pixels = picture([City(id="c", name="c", windows=windows, edges=False)], {"c": mesh}, camera=camera,
                               moment=Moment(sun=sun))
        assert view.canvas.shader_tables, "this test needs the shader path"
        view.close()
        pixels = pixels[60:].astype(int)                                     # below the north arrow
        return float(((pixels[..., 0] > 170) & (pixels[..., 0] > pixels[..., 2] + 30)).mean())

    night, day = Sun(0.0, -30.0), Sun(180.0, 50.0)
    assert warm(True, night) > 0.002
    assert warm(False, night) == 0.0 and warm(True, day) == 0.0


def test_the_nearest_seen_house_is_picked_and_a_hidden_one_never():
    mesh = boxes([[-20, -20, 0], [-20, -20, 60]], [[40, 40, 20]] * 2)          # one above the other
    view, _ = seen(City(id="c", name="c"), mesh)
    solid = view.stage.visual("c").solid
    solid.picker.wait()
    upper = view.pick(160, 120)
    assert upper.feature == 1 and upper.point[2] == pytest.approx(80, abs=0.01)
    rgba = solid.colors.copy()
    rgba[1, 3] = 0
    solid.paint(rgba)
    lower = view.pick(160, 120)
    assert lower.feature == 0 and lower.point[2] == pytest.approx(20, abs=0.01)
    rgba[0, 3] = 0
    solid.paint(rgba)
    assert view.pick(160, 120) is None
    view.close()


def test_edges_that_are_switched_off_stay_off_when_the_layer_comes_back():
    view, _ = seen(City(id="c", name="c"))
    with_edges = view.canvas.scene.GetViewProps().GetNumberOfItems()
    view.close()
    view, _ = seen(City(id="c", name="c", edges=False))
    view.stage.visual("c").show(False)
    view.stage.visual("c").show(True)
    drawn = view.canvas.scene.GetViewProps()
    drawn = [drawn.GetItemAsObject(i).GetVisibility() for i in range(drawn.GetNumberOfItems())]
    assert len(drawn) == with_edges - 1
    view.close()


def test_zooming_finds_a_house():
    view, _ = seen(City(id="c", name="c"))
    assert view.stage.visual("c").feature_bounds(2) == (45, -15, 0, 75, 15, 20)
    assert view.stage.bounds() == (-75, -15, 0, 75, 15, 20)
    view.close()


def test_a_white_house_in_full_sun_keeps_its_form():
    """Roof and sunlit wall are both brighter than the screen's white would be; they must not both be white."""
    mesh = boxes([[-20, -20, 0]], [[40, 40, 40]])
    camera = Camera.looking_at((0.0, 0.0, 20.0), distance=160.0, azimuth_deg=0.0, tilt_deg=35.0)
    view, pixels = picture([City(id="c", name="c", edges=False, windows=False)], {"c": mesh}, camera=camera,
                           moment=Moment(sun=Sun(180.0, 35.0)))
    at = view.ray(0, 0).project(np.array([[0, 0, 40], [0, -20, 30]], float))[:, :2].astype(int)
    roof_color, wall_color = (pixels[240 - y, x].astype(int) for x, y in at)
    assert max(roof_color.max(), wall_color.max()) < 255
    assert np.abs(roof_color - wall_color).max() >= 4
    view.close()
