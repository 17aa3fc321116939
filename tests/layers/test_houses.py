"""Houses and trees are made beside the frames: what is drawn meanwhile, who makes them, and that it is the same."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import pytest

import layers.houses
import layers.solid_slices
import layers.wood
from layers import beside
from layers.base import Moment
from layers.by_feature import greatest, least
from layers.city import City
from layers.houses import standing
from layers.nearness import GivingWay
from layers.terrain import Terrain
from layers.vectors import VectorLayer
from layers.view import offscreen
from tests.layers.boxes import boxes
from tests.layers.made_stage import MadeAssets
from tests.layers.test_flat_pictures import bumpy, dots
from twin.camera import Camera
from twin.comparison import SWIPE, Comparison
from twin.document import Document

ROW = boxes([[-75, -15, 0], [-15, -15, 0], [45, -15, 0]], [[30, 30, 20]] * 3, relative=True,
            use=["residential", "industrial", None])
GROUND, CITY = Terrain(id="t", name="t"), City(id="c", name="c", color_by="use")
WOOD = VectorLayer(id="v", name="v", symbol="tree")
FOREST = dots([(0, 0, 0), (40, 10, 0)], height_m=[30.0, 20.0], crown_m=[30.0, 20.0])
CAMERA = Camera.looking_at((0.0, 0.0, 10.0), distance=300.0, azimuth_deg=20.0, tilt_deg=50.0)


class Window:
    """A view whose frames do not wait; `go` lets go what is made beside them, in the `threads`."""

    def __init__(self, payloads: dict):
        self.view, self.assets = offscreen(240, 180), MadeAssets(payloads)
        self.view.canvas.at_once = False
        self.view.set_camera(CAMERA)
        self.go, self.threads = threading.Event(), []

    def held(self, monkeypatch, room, name: str) -> None:
        whole = getattr(room, name)

        def slowly(*args):
            self.threads.append(threading.current_thread())
            self.go.wait(30)
            return whole(*args)
        monkeypatch.setattr(room, name, slowly)

    def frame(self, *layers, **moment):
        self.view.frame(Document(layers=layers), self.assets, Moment(**moment))
        errors = [row.error for row in self.view.stage.rows.values() if row.error]
        assert not errors, errors
        return self.view.stage.visual(layers[-1].id)

    def settled(self, *layers, **moment):
        """Until nothing more comes."""
        give_up = threading.Event()
        for _ in range(6000):
            drawn = self.frame(*layers, **moment)
            boxing = drawn.solid.places.boxing.busy if getattr(drawn, "solid", None) else False
            if not self.view.stage.behind and not drawn.news and not boxing:
                return drawn
            give_up.wait(0.005)
        raise AssertionError("nothing came within 30 s")


@contextmanager
def window(payloads, monkeypatch):
    monkeypatch.setattr(beside, "AT_ONCE", 0)
    made = Window(payloads)
    try:
        yield made
    finally:
        made.go.set()
        made.view.close()


def patient(payloads, *layers, **moment) -> np.ndarray:
    view = offscreen(240, 180)
    view.set_camera(CAMERA)
    view.frame(Document(layers=layers), MadeAssets(payloads), Moment(**moment))
    picture = view.picture()
    view.close()
    return picture


def test_a_city_comes_when_it_stands_on_the_ground_and_no_frame_waits_for_it(monkeypatch):
    payloads = {"t": bumpy(), "c": ROW}
    with window(payloads, monkeypatch) as made:
        made.held(monkeypatch, layers.houses, "standing")
        drawn = made.frame(GROUND, CITY)
        assert drawn.solid is None and made.view.stage.legends() == []
        low, high = np.array(drawn.bounds()).reshape(2, 3)
        assert low[0] == -75 and high[0] == 75 and low[2] < 20 < high[2], "where it will be is known"
        made.go.set()
        drawn = made.settled(GROUND, CITY)
        assert drawn.solid is not None and threading.main_thread() not in made.threads
        assert np.array_equal(made.view.picture(), patient(payloads, GROUND, CITY))
        assert not made.view.frame(Document(layers=(GROUND, CITY)), made.assets, Moment()), "and nothing is drawn again"


def test_on_another_ground_the_houses_stay_until_they_are_moved_and_nothing_is_made_anew(monkeypatch):
    payloads = {"t": bumpy(), "c": ROW}
    with window(payloads, monkeypatch) as made:
        drawn = made.settled(GROUND, CITY)
        made.held(monkeypatch, layers.houses, "standing")
        steep, solid, before = replace(GROUND, exaggeration=3.0), drawn.solid, drawn.solid.points
        made.frame(steep, CITY)
        assert drawn.solid is solid and solid.points is before
        made.go.set()
        made.settled(steep, CITY)
        assert drawn.solid is solid and np.array_equal(solid.points, standing(ROW, made.view.stage.ground, 0.0))
        assert np.array_equal(made.view.picture(), patient(payloads, steep, CITY))
        solid.picker.wait()
        assert solid.picker.points is solid.points, "and what is seen is what is picked"


def test_houses_of_another_file_take_the_former_ones_away_at_once(monkeypatch):
    with window({"c": ROW}, monkeypatch) as made:
        drawn = made.settled(CITY)
        made.held(monkeypatch, layers.houses, "standing")
        other = boxes([[-15, -15, 0]], [[30, 30, 50]], relative=True, use=["office"])
        made.assets.made["c"].payload, made.assets.made["c"].revision = other, 2
        made.frame(CITY)
        assert drawn.solid is None
        made.go.set()
        assert made.settled(CITY).solid.count == 1


def test_which_houses_are_near_is_found_beside_the_frames_too(monkeypatch):
    away = np.linalg.norm(np.array(CAMERA.position))
    giving = {"c": GivingWay(np.array([False, True, False]), away + 500.0)}
    with window({"c": ROW}, monkeypatch) as made:
        made.settled(CITY)
        drawn = made.settled(CITY, giving_way=giving)
        assert drawn.solid.drawn.tolist() == [True, False, True]
        assert np.array_equal(made.view.picture(), patient({"c": ROW}, CITY, giving_way=giving))


def test_trees_stay_until_those_on_another_ground_are_there(monkeypatch):
    payloads = {"t": bumpy(), "v": FOREST}
    with window(payloads, monkeypatch) as made:
        made.held(monkeypatch, layers.wood, "tree_mesh")
        assert made.frame(GROUND, WOOD).stats()[1] == 0, "frames go on without them"
        made.go.set()
        drawn = made.settled(GROUND, WOOD)
        first, count = made.view.picture(), drawn.stats()[1]
        assert count > 0 and threading.main_thread() not in made.threads
        assert np.array_equal(first, patient(payloads, GROUND, WOOD))
        made.go.clear()
        steep = replace(GROUND, exaggeration=3.0)
        made.frame(steep, WOOD)
        assert drawn.stats()[1] == count
        made.go.set()
        made.settled(steep, WOOD)
        assert np.array_equal(made.view.picture(), patient(payloads, steep, WOOD))


def test_another_theme_makes_no_tree_anew(monkeypatch):
    payloads = {"t": bumpy(), "v": FOREST}
    with window(payloads, monkeypatch) as made:
        made.go.set()
        made.settled(GROUND, WOOD)
        made.held(monkeypatch, layers.wood, "tree_mesh")
        drawn = made.settled(GROUND, WOOD, theme="dark")
        assert not made.threads and drawn.stats()[1] > 0
        assert np.array_equal(made.view.picture(), patient(payloads, GROUND, WOOD, theme="dark"))


@pytest.mark.parametrize("feature", [[], [0, 0, 1, 1, 3], [3, 0, 3, 1, 0, 0], [2]])
def test_least_and_greatest_of_features_in_any_order(feature):
    values = np.array([5, -1, 7, 2, 9, 4], np.float32)[:len(feature)]
    feature = np.array(feature, np.int32)
    for of, made, none in ((np.min, least, np.inf), (np.max, greatest, -np.inf)):
        expected = [of(values[feature == i]) if (feature == i).any() else none for i in range(4)]
        assert made(values, feature, 4).tolist() == expected


def pieces(drawn) -> int:
    return len(drawn.solid.parts) if drawn.solid else 0


def test_a_large_city_comes_and_moves_in_pieces_and_ends_as_the_whole(monkeypatch):
    payloads = {"t": bumpy(), "c": ROW}
    monkeypatch.setattr(layers.solid_slices, "SLICE_TRIANGLES", 1)                    # less than a house
    with window(payloads, monkeypatch) as made:
        seen = [pieces(drawn := made.frame(GROUND, CITY))]
        for ground in (GROUND, replace(GROUND, exaggeration=3.0)):
            while made.view.stage.behind or drawn.news:
                drawn = made.frame(ground, CITY)
                seen.append(pieces(drawn))
            made.settled(ground, CITY)
            assert np.array_equal(made.view.picture(), patient(payloads, ground, CITY))
        assert {1, 2, 3} <= set(seen), "one house with each frame"
        assert [part.stop.features for part in drawn.solid.parts] == [1, 2, 3]


def test_each_side_of_a_comparison_stands_on_its_own_ground_and_both_come_to_rest(monkeypatch):
    """With another terrain on side B everything went from one ground to the other and back, and never stood."""
    high = Terrain(id="h", name="h", height_offset_m=40.0)
    payloads = {"t": bumpy(), "h": bumpy(), "c": ROW, "v": FOREST}
    compared = Comparison(view=SWIPE, only_a=("t",), only_b=("h",))
    with window(payloads, monkeypatch) as made:
        def frame() -> bool:
            document = Document(layers=(GROUND, high, WOOD, CITY), comparison=compared)
            return made.view.frame(document, made.assets, Moment())

        frame()
        give_up = threading.Event()
        for _ in range(6000):
            if not frame() and not made.view.stage.behind:
                break
            give_up.wait(0.005)
        else:
            raise AssertionError("it never came to rest within 30 s")
        swiped, rows = made.view.picture().astype(int), slice(48, 60)          # clear of legend and words
        a, b = (patient(payloads, ground, WOOD, CITY).astype(int) for ground in (GROUND, high))
        assert np.abs(swiped[rows, :110] - a[rows, :110]).max(axis=2).mean() < 1.0
        assert np.abs(swiped[rows, 130:] - b[rows, 130:]).max(axis=2).mean() < 1.0
        assert np.abs(a[rows, 130:] - b[rows, 130:]).max(axis=2).mean() > 10.0
        assert made.view.ground_of(True).height_at([(0, 0)]) == made.view.ground_of(False).height_at([(0, 0)]) + 40.0
        assert made.view.pick(130, 135).layer in ("c", "v") and made.view.pick(30, 160).layer == "t"
        assert made.view.pick(30, 140).layer == "t", "the house there stands on B's ground"
        actors = made.view.canvas.scene.GetViewProps().GetNumberOfItems()
        made.settled(GROUND, CITY)
        assert made.view.canvas.scene.GetViewProps().GetNumberOfItems() < actors, "and afterwards once is enough"
        assert not list(made.view.stage._two.aside())
