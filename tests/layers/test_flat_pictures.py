"""Vectors, zones and labels: what the pixels say."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from layers import fonts, painting
from layers.attributes import coloring, themed
from layers.labels import MOST_SHOWN, Labels, label_picture
from layers.palette import ACCENT, PALETTES, palette
from layers.ramps import NAMES, categorical, colored, ramp
from layers.terrain import Terrain
from layers.trees import tree_mesh
from layers.vectors import VectorLayer
from layers.zones import Zones
from tests.layers.pictures import above, hue, scene, square, together
from twin.camera import Camera
from twin.data import HeightGrid, Vectors
from twin.selection import Hit, Selection
from twin.sun import Sun


def dots(places, **columns) -> Vectors:
    points = np.array(places, np.float32)
    return Vectors(features=pa.table(columns) if columns else None, points=points, anchor=points, count=len(points),
                   point_feature=np.arange(len(points), dtype=np.int32))


def bumpy() -> HeightGrid:
    y, x = np.mgrid[0:81, 0:81]
    return HeightGrid(heights=(8 + 5 * np.sin(x / 2) * np.cos(y / 3)).astype(np.float32),
                      x0=-500, y0=-500, dx=12.5, dy=12.5)


@pytest.mark.parametrize("on_terrain", [False, True])
def test_a_polygon_with_a_hole_draws_its_hole(on_terrain):
    data = together([square(300, hole=120)], pa.table({"name": ["a"]}))
    layers = [Terrain(id="t", name="t")] * on_terrain
    layers.append(VectorLayer(id="v", name="v", color="#c02020", fill_opacity=1.0, width_px=0.0))
    with scene(layers, {"t": bumpy(), "v": data}, above(900)) as shot:
        shot.draw()
        red = (shot.pixels[..., 0].astype(int) - shot.pixels[..., 1]) > 40
        for x, y in ((-200, 0), (200, 30), (0, 210), (-210, -210)):
            assert red[shot.pixel(x, y, 8)], (x, y)
        for x, y in ((0, 0), (60, -60), (370, 0), (0, -370)):
            assert not red[shot.pixel(x, y, 8)], (x, y)
        expected = (600 ** 2 - 240 ** 2) / 900 ** 2          # nothing of it sinks into the bumps
        assert red.mean() == pytest.approx(expected, rel=0.04)


def test_classes_are_drawn_as_the_legend_says_and_the_missing_one_is_grey():
    parts = [square(90, at=(x, 0)) for x in (-300, 0, 300)]
    data = together(parts, pa.table({"use": ["housing", "industry", None]}))
    layer = VectorLayer(id="v", name="v", color_by="use", fill_opacity=1.0, width_px=0.0)
    with scene([layer], {"v": data}) as shot:
        shot.draw()
        legend = shot.view.stage.legends()[0][1]
        words = {text: color for color, text in legend.entries}
        assert set(words) == {"housing", "industry"}
        assert np.abs(hue(shot.color(-300, 0)) - hue(words["housing"])).max() < 0.15
        assert np.abs(hue(shot.color(0, 0)) - hue(words["industry"])).max() < 0.15
        assert legend.missing[0] == palette("light").missing and "1" in legend.missing[1]
        assert np.ptp(hue(shot.color(300, 0))) < 0.1


def test_numbers_run_through_the_ramp_and_a_gap_is_never_zero():
    table = pa.table({"load": [0.0, 5.0, 10.0, None]})
    made = coloring(table, "load", count=4, plain=(1, 2, 3), colormap="viridis", theme="light")
    assert (made.colors[[0, 2]] == ramp("viridis")[[0, 255]]).all()
    assert tuple(made.colors[3]) == palette("light").missing
    assert (made.legend.low, made.legend.high) == (0.0, 10.0)
    assert made.legend.missing is not None
    plain = coloring(table, "gone", count=4, plain=(1, 2, 3), colormap="viridis", theme="light")
    assert (plain.colors == (1, 2, 3)).all() and plain.legend is None


def test_every_colour_map_is_there_and_runs_from_its_start_to_its_end():
    assert 12 <= len(NAMES) <= 18 and NAMES[0] == "batlow"
    for name in NAMES:
        table = ramp(name, 9)
        assert table.shape == (9, 3) and table.dtype == np.uint8
        assert np.abs(table[0].astype(int) - table[-1]).max() > 20
    assert len(np.unique(categorical(40), axis=0)) == 40
    assert (colored(np.array([np.nan]), "vik", 0, 1, (9, 8, 7)) == (9, 8, 7)).all()


def test_materials_follow_the_theme_and_data_colours_stay():
    assert themed("#9cc4d8", "light") == (156, 196, 216)
    assert themed("#9cc4d8", "dark") == PALETTES["dark"].water
    assert themed("#c02020", "dark") == (192, 32, 32)


def test_dots_are_round_and_whole_on_the_ground():
    layer = VectorLayer(id="v", name="v", color="#c02020", size_px=31.0)
    with scene([Terrain(id="t", name="t"), layer], {"t": bumpy(), "v": dots([(0, 0, 0)])}, above(900)) as shot:
        shot.draw()
        row, col = shot.pixel(0, 0, 8)
        red = (shot.pixels[..., 0].astype(int) - shot.pixels[..., 1]) > 60
        around = red[row - 20:row + 21, col - 20:col + 21]
        assert around[20, 20] and not around[6, 6] and not around[34, 34]
        inner = 31 * 0.8
        assert around.sum() == pytest.approx(np.pi / 4 * inner ** 2, rel=0.2)


def test_lines_keep_their_width_and_their_place():
    line = np.array([[-400, 100, 0], [400, 100, 0]], np.float32)
    data = Vectors(line_points=line, line_offsets=np.array([0, 2]), line_feature=np.zeros(1, np.int32))
    with scene([VectorLayer(id="v", name="v", color="#c02020", width_px=5.0)], {"v": data}) as shot:
        shot.draw()
        row, col = shot.pixel(0, 100)
        red = (shot.pixels[:, col, 0].astype(int) - shot.pixels[:, col, 1]) > 40
    assert 4 <= red.sum() <= 6 and red[row - 1:row + 2].any()


def test_night_dims_a_street_and_not_a_line_whose_colour_is_a_value():
    line = np.array([[-400, 100, 0], [400, 100, 0]], np.float32)
    data = Vectors(features=pa.table({"kind": ["way"]}), line_points=line, line_offsets=np.array([0, 2]),
                   line_feature=np.zeros(1, np.int32))
    own = (("way", "#e66101"),)
    seen = {}
    for color_by in ("", "kind"):
        layer = VectorLayer(id="v", name="v", color="#e66101", color_by=color_by, own_colors=own, width_px=9.0)
        with scene([layer], {"v": data}) as shot:
            shot.draw(sun=Sun(0.0, -30.0), theme="dark")
            seen[color_by] = shot.color(0, 100).astype(int)
    assert np.abs(seen["kind"] - (230, 97, 1)).max() < 40 and seen[""].max() < 150


def test_trees_stand_on_the_ground_and_have_the_height_of_their_data():
    places = np.array([[0, 0, 3.0], [50, 0, 3.0], [90, 10, 4.0]])
    points, triangles, normals, colors = tree_mesh(places, np.array([5.0, 12.0, 8.0]), np.array([3.0, 6.0, 4.0]),
                                                   (143, 174, 124), (150, 128, 104))
    assert triangles.max() < len(points) == len(normals) == len(colors)
    assert np.allclose(np.linalg.norm(normals, axis=1), 1, atol=1e-4)
    for place, tall in zip(places, (5.0, 12.0, 8.0)):
        own = points[np.hypot(*(points[:, :2] - place[:2]).T) < 10]
        assert own[:, 2].min() == pytest.approx(place[2], abs=1e-4)
        assert own[:, 2].max() == pytest.approx(place[2] + tall, abs=1e-3)


def test_tree_symbols_are_green_in_the_picture():
    layer = VectorLayer(id="v", name="v", symbol="tree")
    with scene([layer], {"v": dots([(0, 0, 0), (20, 0, 0)], height_m=[30.0, 30.0], crown_m=[60.0, 60.0])},
               above(300)) as shot:
        shot.draw()
        color = shot.color(-12, 8, 20)
    assert color[1] == color.max() and color[1] > color[2] + 15


def test_what_is_selected_or_hovered_shows_in_the_accent_colour():
    data = together([square(90, at=(-250, 0)), square(90, at=(250, 0))], pa.table({"name": ["a", "b"]}))
    layer = VectorLayer(id="v", name="v", color="#777777", fill_opacity=1.0)
    for moment in ({"selection": Selection((("v", 1),))}, {"hovered": Hit("v", 1)}):
        with scene([layer], {"v": data}) as shot:
            shot.draw(**moment)
            blue = shot.pixels[..., 2].astype(int) - shot.pixels[..., 0] > 100
            columns = np.nonzero(blue.any(axis=0))[0]
            assert len(columns) and columns.min() > shot.pixels.shape[1] / 2
            shot.draw()
            assert not (shot.pixels[..., 2].astype(int) - shot.pixels[..., 0] > 100).any()
    assert ACCENT == (22, 119, 255)


def pick(shot, x, y, z=0.0):
    row, col = shot.pixel(x, y, z)
    return shot.view.pick(col, shot.pixels.shape[0] - 1 - row)


def test_picks_find_fills_lines_and_dots_and_not_the_hole():
    fills = together([square(150, hole=60), square(80, at=(300, 0))], pa.table({"name": ["a", "b"]}))
    layers = [Terrain(id="t", name="t"), VectorLayer(id="f", name="f", fill_opacity=1.0),
              VectorLayer(id="d", name="d", size_px=12.0)]
    payloads = {"t": bumpy(), "f": fills, "d": dots([(0, 0, 0), (300, 20, 0)])}
    with scene(layers, payloads, above(900)) as shot:
        shot.draw()
        assert (pick(shot, 100, 20, 8).layer, pick(shot, 100, 20, 8).feature) == ("f", 0)
        assert (pick(shot, 320, -40, 8).layer, pick(shot, 320, -40, 8).feature) == ("f", 1)
        assert (pick(shot, 0, 0, 8).layer, pick(shot, 0, 0, 8).feature) == ("d", 0)
        assert (pick(shot, 30, 30, 8).layer, pick(shot, 30, 30, 8).feature) == ("t", -1)
        assert pick(shot, 150, 150, 8).layer == "f"


def test_a_zone_without_a_fill_is_taken_by_its_line():
    """An outline round a whole district would else take every click on the ground within."""
    data = together([square(300)], pa.table({"name": ["District"]}))
    for filled in (0.5, 0.0):
        with scene([Terrain(id="t", name="t"), Zones(id="z", name="z", fill_opacity=filled)],
                   {"t": bumpy(), "z": data}, above(900)) as shot:
            shot.draw()
            assert pick(shot, 300, 0, 8).layer == "z"
            assert pick(shot, 150, 150, 8).layer == ("z" if filled else "t")


def test_zones_draw_an_outline_a_light_fill_and_a_chinese_name():
    data = together([square(300)], pa.table({"name": ["Yuanxiang"], "name_zh": ["远香湖"], "area_km2": [0.36]}))
    seen = {}
    for column in ("name", "nothing"):
        with scene([Zones(id="z", name="z", label_by=column)], {"z": data}) as shot:
            seen[column] = shot.draw(language="zh").astype(int)
            row, col = shot.pixel(300, 0)
            edge = shot.pixels[row, col - 3:col + 4].astype(int)
            assert (edge[:, 2] - edge[:, 0]).max() > 120
            inside, outside = shot.color(200, -200), shot.color(420, 0)
            assert 4 < (inside - outside)[2] - (inside - outside)[0] < 60
    rows, _ = np.nonzero(np.abs(seen["name"] - seen["nothing"]).max(axis=2) > 30)
    assert len(rows) > 200 and abs(rows.mean() - 200) < 40


def test_chinese_is_drawn_as_characters_and_not_as_boxes():
    assert fonts.font_file(), "this machine needs a font with Chinese characters"
    ink = (0, 0, 0)
    boxes = painting.text("\U000fffff\U000fffff\U000fffff", 40, ink)[..., 3]
    words = [painting.text(word, 40, ink)[..., 3] for word in ("远香湖", "嘉定城")]
    for word in words:
        assert (word > 128).sum() > 300
        same = word.shape == boxes.shape and np.array_equal(word, boxes)
        assert not same
    assert words[0].shape != words[1].shape or not np.array_equal(*words)
    first, second = (painting.text(c, 40, ink)[..., 3] for c in "远湖")
    assert first.shape != second.shape or (first != second).mean() > 0.1


def test_labels_do_not_overlap_and_the_more_important_one_stays():
    with scene([], {}) as shot:
        shot.draw()
        labels = Labels(shot.view.canvas)
        places = np.zeros((40, 3))
        places[:, 0] = np.linspace(-40, 40, 40)
        labels.set(places, [f"station {i}" for i in range(40)], np.arange(40))
        labels.camera_moved()
        assert 39 in labels.shown and len(labels.shown) < 40
        boxes = shot.view.canvas.label_boxes
        for i, a in enumerate(boxes):
            for b in boxes[:i]:
                assert a[0] >= b[2] or a[2] <= b[0] or a[1] >= b[3] or a[3] <= b[1]


def test_words_wider_than_the_picture_lose_their_middle_and_keep_name_and_value():
    """A zone with a name of sixty signs had no label in any picture."""
    with scene([], {}, size=(600, 400)) as shot:
        shot.draw()
        labels = Labels(shot.view.canvas)
        pictures = []
        for value in ("29.2 µg/m³", "31.7 µg/m³"):
            labels.set(np.zeros((1, 3)), ["远香湖中央活动区" * 8 + "  " + value], size_px=15, bold=True)
            shot.view.canvas.label_boxes.clear()
            labels.camera_moved()
            assert labels.shown == [0] and labels._picture(0).shape[1] <= 310
            pictures.append(labels._picture(0))
        assert pictures[0].shape != pictures[1].shape or not np.array_equal(*pictures)


def test_labels_are_bounded_in_number_and_gone_behind_the_eye():
    with scene([], {}, size=(1200, 1200)) as shot:
        shot.draw()
        labels = Labels(shot.view.canvas)
        x, y = np.meshgrid(np.linspace(-480, 480, 40), np.linspace(-480, 480, 60))
        places = np.column_stack([x.ravel(), y.ravel(), np.zeros(x.size)])
        labels.set(places, ["a"] * len(places))
        labels.camera_moved()
        assert len(labels.shown) == MOST_SHOWN
        labels.set(places + np.array([0, 0, 1e5]), ["a"] * len(places))
        shot.view.canvas.label_boxes.clear()
        labels.camera_moved()
        assert labels.shown == [] and not labels.actor.GetVisibility()


def test_a_label_is_readable_on_its_halo():
    picture = label_picture("远香湖", 20, (20, 20, 20), (255, 255, 255), False, 2).astype(int)
    strong = picture[..., 3] > 200
    assert picture[strong][:, :3].min() < 60 and (picture[..., :3][picture[..., 3] > 90].max() > 200)


def test_a_hidden_layer_hides_its_labels_too():
    from dataclasses import replace
    layer = VectorLayer(id="v", name="v", label_by="name", color="#c02020")
    with scene([layer], {"v": dots([(0, 0, 0)], name=["远香湖"])}) as shot:
        shown = shot.draw().copy()
        shot.document = type(shot.document)(layers=(replace(layer, visible=False),))
        hidden = shot.draw()
    with scene([], {}) as shot:
        empty = shot.draw()
    assert (shown != empty).any() and (hidden == empty).all()


def test_trees_are_plainer_while_the_camera_is_hurried():
    forest = Vectors(points=np.zeros((1, 3), np.float32), point_feature=np.zeros(1, np.int32), count=1,
                     features=pa.table({"height_m": [300.0], "crown_m": [400.0]}))
    with scene([VectorLayer(id="t", name="t", symbol="tree")], {"t": forest}) as shot:
        bare = shot.color(0, 450) if shot.draw() is not None else None
        whole, crown = shot.draw().astype(int), shot.color(0, 60)
        shot.view.hurry(True)
        assert shot.view.due                                     # asked for, not drawn behind the loop's back
        plain = shot.draw().astype(int)
        assert np.abs(plain - whole).max() > 30                  # another shape,
        assert np.abs(shot.color(0, 60) - crown).max() < 60 < np.abs(crown - bare).max()     # but still a tree
        shot.view.hurry(False)
        assert np.abs(shot.draw() - whole).max() <= 1


def test_a_tree_is_picked_by_its_crown_and_not_by_its_foot():
    forest = Vectors(points=np.zeros((2, 3), np.float32) + np.float32([[0], [60]]) * np.float32([1, 0, 0]), count=2,
                     point_feature=np.arange(2, dtype=np.int32),
                     features=pa.table({"height_m": [20.0, 20.0], "crown_m": [10.0, 10.0]}))
    camera = Camera.looking_at((0.0, 0.0, 0.0), distance=300.0, azimuth_deg=0.0, tilt_deg=20.0)
    with scene([VectorLayer(id="t", name="t", symbol="tree")], {"t": forest}, camera) as shot:
        shot.draw()

        def under(x, z):
            u, v, _ = shot.view.ray(0, 0).project(np.array([[x, 0.0, z]]))[0]
            return shot.view.pick(u, v)
        assert under(0.0, 12.0).feature == 0 and under(60.0, 15.0).feature == 1
        assert under(0.0, 12.0).point[1] < 0.0                    # its near side, so that what stands before it wins
        assert under(0.0, 0.5) is None and under(30.0, 12.0) is None


def test_labels_stay_in_the_picture_and_off_the_legend():
    layer = VectorLayer(id="v", name="Greens", color_by="kind", label_by="kind")
    side = np.linspace(-499, 499, 24)
    x, y = np.meshgrid(side, side)
    places = np.column_stack([x.ravel(), y.ravel(), np.zeros(x.size)])
    with scene([layer], {"v": dots(places, kind=["a long name"] * len(places))}) as shot:
        shot.draw()
        boxes, hud = shot.view.canvas.label_boxes, shot.view.canvas.hud_boxes
        labels = [box for box in boxes if box not in hud]
        assert len(labels) > 20 and len(hud) >= 3
        assert all(0 <= a and 0 <= b and c <= 400 and d <= 400 for a, b, c, d in labels)
        for a in labels:
            assert all(a[0] >= b[2] or a[2] <= b[0] or a[1] >= b[3] or a[3] <= b[1] for b in hud)


def test_a_legend_names_its_layer_and_goes_while_the_layer_is_out_of_sight():
    near = VectorLayer(id="near", name="Parks", name_zh="公园", color_by="type")
    far = VectorLayer(id="far", name="Far", color_by="type")
    types = {"type": ["a", "b"]}
    payloads = {"near": dots([(0, 0, 0), (50, 0, 0)], **types), "far": dots([(9e6, 0, 0), (9.1e6, 0, 0)], **types)}
    with scene([near, far], payloads) as shot:
        shot.draw()
        assert [legend.title for _, legend in shot.view.stage.legends()] == ["Parks · Type", "Far · Type"]
        assert shot.view.sees(shot.view.stage.box("near")) and not shot.view.sees(shot.view.stage.box("far"))
        heights = {box[3] for box in shot.view.canvas.hud_boxes if box[0] < 100}
        assert len(heights) == 1, "one legend stands at the left"
        shot.view.set_camera(Camera(position=(0, 0, 900), focus=(0, 900, 1800)))
        shot.draw()
        assert not [box for box in shot.view.canvas.hud_boxes if box[0] < 100]
