"""Readings over shapes: areas, lines and buildings wear the colour of what is measured on them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from layers.base import Moment, Ray
from layers.palette import ACCENT
from layers.ramps import ramp
from layers.sensor_points import SensorPoints
from layers.shapes import FILL_OPACITY, only
from tests.layers.boxes import boxes
from tests.layers.made_stage import MadeAssets, picture
from tests.layers.test_sensor_points import ABOVE, TALL, WIDE, at, sensors
from twin.data import Mesh, Vectors
from twin.document import Document
from twin.selection import Selection
from twin.times import MINUTE

LAYER = SensorPoints(id="s", name="s", low=0.0, high=10.0, shape="shapes")
SIDE = 20.0


def squares(middles=(-60.0, 0.0, 60.0)) -> Vectors:
    corner = np.array([(-1, -1, 0), (1, -1, 0), (1, 1, 0), (-1, 1, 0)], np.float32) * SIDE
    points = np.concatenate([corner + np.array((x, 0, 0)) for x in middles]).astype(np.float32)
    n = len(middles)
    triangles = np.concatenate([np.array([(0, 1, 2), (0, 2, 3)]) + 4 * i for i in range(n)]).astype(np.int32)
    feature = np.repeat(np.arange(n), 4).astype(np.int32)
    outline = np.concatenate([np.append(points[4 * i:4 * i + 4], points[4 * i:4 * i + 1], axis=0) for i in range(n)])
    return Vectors(fill_points=points, fill_triangles=triangles, fill_feature=feature, count=n,
                   line_points=outline, line_offsets=5 * np.arange(n + 1), line_feature=np.arange(n, dtype=np.int32),
                   features=pa.table({"id": [f"q{i}" for i in range(n)]}),
                   anchor=np.array([(x, 0, 0) for x in middles], np.float32))


def streets(ys=(-60.0, 0.0, 60.0)) -> Vectors:
    points = np.array([(x, y, 0) for y in ys for x in (-150, 150)], np.float32)
    return Vectors(line_points=points, line_offsets=np.array([0, 2, 4, 6]), line_feature=np.arange(3, dtype=np.int32),
                   features=pa.table({"id": ["a", "b", "c"]}), count=3, anchor=points[::2])


def payload(shapes, shape_of=(0, 1, 2), **more):
    of = np.array(shape_of, np.int32)
    if isinstance(shapes, Mesh):
        return replace(sensors(**more), shapes=Vectors(), shape_of=np.full(3, -1, np.int32), buildings=shapes,
                       building_of=of)
    return replace(sensors(**more), shapes=shapes, shape_of=of)


def seen(data, layer=LAYER, minutes=1.0, **moment):
    view, pixels = picture([layer], {"s": data}, camera=ABOVE, size=(WIDE, TALL),
                           moment=Moment(now_ns=int(minutes * MINUTE), **moment))
    assert not [row.error for row in view.stage.rows.values() if row.error]
    return view, pixels.astype(int)


def filled(color, ground, index: int) -> bool:
    """The ramp's entry, seen through with the ground below it."""
    mixed = FILL_OPACITY * ramp("batlow", 256)[index] + (1 - FILL_OPACITY) * ground
    return bool(np.abs(color - mixed).max() <= 25)                 # haze and light of the scene lie over it


def test_areas_are_filled_with_the_colour_of_their_value():
    view, pixels = seen(payload(squares()))
    ground = at(pixels, 110)
    assert filled(at(pixels, 0), ground, 255) and not filled(ground, ground, 128)
    assert [filled(at(pixels, x), ground, index) for x, index in ((-60, 0), (60, 128))] == [True] * 2
    view.close()


def test_a_later_reading_recolours_without_building_anew():
    data = payload(squares(), minutes=(0, 0, 30), values=(0.0, 10.0, 5.0))
    document, assets = Document(layers=(replace(LAYER, stale_minutes=120.0),)), MadeAssets({"s": data})
    view, before = picture(document.layers, {"s": data}, camera=ABOVE, size=(WIDE, TALL), moment=Moment(now_ns=MINUTE))
    view.frame(document, assets, Moment(now_ns=MINUTE))
    marks = view.stage.visual("s").marks
    later = Moment(now_ns=31 * MINUTE)
    assert view.frame(document, assets, later)
    view.render(document, later)
    after = view.picture().astype(int)
    assert view.stage.visual("s").marks is marks
    assert np.abs(at(after, 60) - at(before.astype(int), 60)).sum() > 30, "grey before its first reading"
    assert np.abs(at(after, -60) - at(before.astype(int), -60)).max() <= 3
    view.close()


def test_streets_are_lines_in_the_colour_of_their_value():
    view, pixels = seen(payload(streets(), values=(10.0, 0.0, 5.0)))
    window = pixels[TALL // 2 - 4:TALL // 2 + 4, WIDE // 2 - 20:WIDE // 2 + 20].reshape(-1, 3)
    assert np.abs(window - ramp("batlow", 256)[0].astype(int)).max(axis=1).min() <= 25
    assert view.stage.visual("s").stats() == (3, 0)
    view.close()


def test_what_is_not_measured_is_not_drawn_and_what_is_chosen_wears_the_accent():
    data = payload(squares(), shape_of=(0, -1, 2))
    view, pixels = seen(data, selection=Selection((("s", 2),)))
    assert np.abs(at(pixels, 60) - ACCENT).sum() < np.abs(at(pixels, 60) - ramp("batlow", 256)[128].astype(int)).sum()
    empty, bare = picture([], {}, camera=ABOVE, size=(WIDE, TALL))
    assert np.abs(at(pixels, 0) - at(bare.astype(int), 0)).max() <= 6, "the ground shows where nothing is measured"
    view.close()
    empty.close()


def test_a_click_on_a_shape_means_its_datastream():
    view, _ = seen(payload(squares(), shape_of=(2, 0, 1)))
    ray = view.ray(WIDE / 2, TALL / 2)
    assert isinstance(ray, Ray)
    hit = view.stage.pick(ray)
    assert hit and hit.layer == "s" and hit.feature == 2, "the middle square is shape 1, which row 2 measures"
    assert view.stage.visual("s").feature_bounds(2) == pytest.approx((-SIDE, -SIDE, 0, SIDE, SIDE, 0), abs=1e-3)
    view.close()


def test_buildings_stand_up_in_the_colour_of_their_value():
    mesh = boxes([(-70, -10, 0), (-10, -10, 0), (50, -10, 0)], [(20, 20, 12)] * 3)
    view, pixels = seen(payload(mesh))
    assert view.stage.visual("s").stats()[1] == len(mesh.triangles)
    assert view.stage.box("s")[5] == pytest.approx(12.0, abs=0.1)
    assert np.abs(at(pixels, -60) - at(pixels, 0)).sum() > 60
    hit = view.stage.pick(view.ray(WIDE / 2, TALL / 2))
    assert hit and hit.feature == 1
    view.close()


def test_of_a_shared_table_a_layer_shows_the_rows_of_its_system():
    data = payload(squares(), system=["1.1", "2.2", "2.2"])
    view, pixels = seen(data, layer=replace(LAYER, system="2.2"))
    assert view.stage.rows["s"].features == 2
    ground = at(pixels, 110)
    assert np.abs(at(pixels, -60) - ground).max() <= 6 and filled(at(pixels, 0), ground, 255)
    assert only(squares(), np.array([False, True, False])).fill_feature.tolist() == [1] * 4
    view.close()
