"""Classes that are in sight stand first where a legend has no room for all."""

from __future__ import annotations

import gc
import weakref
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from layers.city import City
from layers.imagery import ImageryLayer
from layers.legend import Legend
from layers.legend_picture import MOST_ENTRIES, entry_at, legend_picture, row_legend, short_legend
from layers.legend_sight import entries_in_sight
from layers.networks import Networks
from layers.vectors import VectorLayer
from tests.layers.boxes import boxes
from tests.layers.pictures import above, scene, square, together
from tests.layers.test_networks import network
from twin.camera import Camera
from twin.data import Imagery
from twin.document import Document
from twin.sight import Sight

USES = ["housing", "office", "school", "clinic", "market", "works", "depot", "sports"]
NAMES = Legend(title="Use", entries=tuple(((20 * n, 99, 200), use) for n, use in enumerate(USES)))
AT = [(400.0 * n, 0.0) for n in range(len(USES))]


def near(x: float) -> Camera:
    """200 m of ground about (x, 0), from above."""
    camera = above(200.0)
    return Camera(position=(x, *camera.position[1:]), focus=(x, 0, 0), up=(0, 1, 0))


def seen(shot) -> list[str]:
    (_, legend), = shot.view.told
    return [legend.entries[n][1] for n in legend.seen]


def land() -> object:
    return together([square(60.0, at=at, feature=n) for n, at in enumerate(AT)], pa.table({"use": USES}))


def houses() -> object:
    return boxes([(x, y, 0.0) for x, y in AT], [(20.0, 20.0, 10.0)] * len(AT), use=USES)


@pytest.mark.parametrize("layer, payload", [
    (VectorLayer(id="v", name="Land", color_by="use"), land), (City(id="v", name="City", color_by="use"), houses)])
def test_what_the_camera_sees_is_told_first_and_follows_it(layer, payload):
    with scene([layer], {"v": payload()}, near(2400.0)) as shot:
        shot.draw()
        assert seen(shot) == ["depot"]
        (_, legend), = shot.view.told
        assert [words for _, _, words in legend.by_sight][:1] == ["depot"]
        shot.view.set_camera(near(400.0))
        shot.view.hurry(True)
        shot.draw()
        assert seen(shot) == ["depot"], "while the camera moves the legend rests"
        shot.view.hurry(False)
        shot.draw()
        assert seen(shot) == ["office"]
        shot.view.set_camera(replace(above(8000.0), position=(1400.0, 0.0, 15000.0), focus=(1400.0, 0.0, 0.0)))
        shot.draw()
        assert sorted(seen(shot)) == sorted(USES)


def test_classes_of_a_picture_by_where_they_lie_in_it():
    classes = tuple((n, (20 * n, 99, 200), use) for n, use in enumerate(USES))
    rgba = np.full((64, 640, 4), 255, np.uint8)
    for n, (_, color, _) in enumerate(classes):
        rgba[:, 80 * n:80 * (n + 1), :3] = color
    image = Imagery(rgba=rgba, x0=0.0, y0=-300.0, width=6400.0, height=600.0, classes=classes)
    with scene([ImageryLayer(id="i", name="Cover")], {"i": image}, near(4400.0)) as shot:
        shot.draw()
        assert seen(shot) == ["works"]


def test_kinds_of_pipes():
    kinds = ("water", "sewer", "rain", "gas", "power", "heat")           # 10 m apart, from -5 m on
    pipes = [Networks(id="n", name="Pipes")]
    with scene(pipes, {"n": network(kinds, z=2.0)}, replace(above(20.0), position=(30.0, 0.0, 40.0),
                                                            focus=(30.0, 0.0, 0.0))) as shot:
        shot.draw()
        assert seen(shot) == ["Gas", "Power"]


def test_a_model_that_is_placed_elsewhere_is_in_sight_there():
    with scene([City(id="v", name="City", color_by="use")], {"v": houses()}, near(2400.0)) as shot:
        shot.draw()
        places = shot.view.stage.visual("v").solid.places
        before = places.boxes_in_frame()
        assert places.boxes_in_frame() is before
        there = np.eye(4)
        there[0, 3] = 400.0
        shot.view.stage.visual("v").solid.stand(there)
        np.testing.assert_allclose(places.boxes_in_frame()[:, 0], before[:, 0] + 400.0)


def test_a_legend_of_two_models_tells_what_of_either_is_in_sight():
    """The first model alone was asked."""
    other = boxes([(x, y + 40.0, 0.0) for x, y in AT], [(20.0, 20.0, 10.0)] * len(AT), use=USES[::-1])
    models = [City(id=id, name="City", color_by="use") for id in ("one", "other")]
    with scene(models, {"one": houses(), "other": other}, near(2400.0)) as shot:
        shot.draw()
        assert sorted(seen(shot)) == ["depot", "office"]


def test_a_layer_that_is_gone_is_not_kept():
    with scene([City(id="v", name="City", color_by="use")], {"v": houses()}, near(400.0)) as shot:
        shot.draw()
        held = weakref.ref(shot.view.stage.visual("v").colored()[0])
        shot.document = Document()
        shot.draw()
        gc.collect()
        assert held() is None


def test_what_is_hidden_or_nowhere_is_not_in_sight():
    places = np.array([[0, 0, 0, 1, 1, 1], [0, 0, 0, 1, 1, 1], [np.inf] * 3 + [-np.inf] * 3], np.float32)
    colors = np.array([[*color, 255] for color, _ in NAMES.entries[:3]], np.uint8)
    colors[0, 3] = 0
    everywhere = Sight(np.zeros(3), np.array([[1.0, 0.0, 0.0, 9.0]]), 1.0)
    assert entries_in_sight(NAMES, places, colors, everywhere) == (1,)


def told(paint, legend: Legend) -> set[int]:
    """Numbers of the entries that a click in the picture may mean."""
    picture = paint(legend, "light")
    found = (entry_at(picture, legend, "light", 1.0, x, y)
             for y in range(picture.shape[0]) for x in range(picture.shape[1]))
    return {entry[0] for entry in found if entry}


def test_a_low_scene_tells_those_in_sight_before_the_others_and_a_click_knows_which():
    assert not told(row_legend, NAMES) & {6, 7}
    assert told(row_legend, replace(NAMES, seen=(6, 7))) > {6, 7}


def test_with_room_for_all_the_order_is_their_own_and_of_too_many_those_in_sight_are_kept():
    for paint in (short_legend, legend_picture):
        assert (paint(replace(NAMES, seen=(7,)), "light") == paint(NAMES, "light")).all()
    many = replace(NAMES, entries=tuple(((n, 99, 200), f"class {n}") for n in range(20)), seen=(3, 19))
    for paint in (short_legend, legend_picture):
        assert told(paint, many) == {*range(MOST_ENTRIES - 2), 19}
