"""What is higher in the list lies on top, for everything that lies on the ground: what the pixels say."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from layers.city import City
from layers.terrain import Terrain
from layers.vectors import VectorLayer
from layers.zones import Zones
from tests.layers.boxes import boxes
from tests.layers.pictures import above, scene, square, together
from twin.camera import Camera
from twin.data import HeightGrid, Vectors
from twin.document import Document

RED, GREEN = "#dc1414", "#14c814"


def area(half: float = 300.0) -> Vectors:
    return together([square(half)], pa.table({"name": ["a"]}))


def filled(kind: type, id: str, color: str, **more):
    look = {"fill_opacity": 1.0, "width_px": 0.0, **more}
    return kind(id=id, name=id, color=color, **(look if kind is VectorLayer else {**look, "label_by": ""}))


def bumpy() -> HeightGrid:
    y, x = np.mgrid[0:81, 0:81]
    return HeightGrid(heights=(8 + 5 * np.sin(x / 2) * np.cos(y / 3)).astype(np.float32),
                      x0=-500, y0=-500, dx=12.5, dy=12.5)


def strongest(shot, x: float = 50.0, y: float = 70.0, z: float = 0.0) -> int:
    return int(shot.color(x, y, z).argmax())


@pytest.mark.parametrize("upper", [VectorLayer, Zones])
@pytest.mark.parametrize("lower", [VectorLayer, Zones])
@pytest.mark.parametrize("opacity", [1.0, 0.9])
def test_the_upper_area_of_the_list_covers_the_lower_one(upper, lower, opacity):
    layers = [filled(upper, "red", RED, fill_opacity=opacity), filled(lower, "green", GREEN), Terrain(id="t", name="t")]
    with scene(layers, {"red": area(), "green": area(), "t": bumpy()}, above(900)) as shot:
        shot.draw()
        assert strongest(shot, z=8) == 0
        shot.document = shot.document.moved(["green"], "", "red")
        shot.draw()
        assert strongest(shot, z=8) == 1


def test_a_layer_that_is_drawn_anew_stays_where_the_list_has_it():
    layers = [filled(VectorLayer, "red", RED, fill_opacity=0.7), filled(VectorLayer, "green", GREEN, fill_opacity=0.7)]
    with scene(layers, {"red": area(), "green": area()}) as shot:
        shot.draw()
        before = shot.color(50, 70)
        assert before.argmax() == 0
        shot.document = shot.document.with_layer(replace(layers[1], size_px=11.0))
        shot.draw()
        assert np.abs(shot.color(50, 70) - before).max() <= 2


def test_an_upper_area_covers_lines_below_it_and_leaves_those_above():
    line = Vectors(line_points=np.array([[-400, 70, 0], [400, 70, 0]], np.float32), line_offsets=np.array([0, 2]),
                   line_feature=np.zeros(1, np.int32))
    way, green = VectorLayer(id="way", name="way", color=RED, width_px=9.0), filled(VectorLayer, "green", GREEN)
    for layers, seen in (([way, green], 0), ([green, way], 1)):
        with scene(layers, {"way": line, "green": area()}) as shot:
            shot.draw()
            assert strongest(shot) == seen and strongest(shot, 380) == 0


def test_outlines_of_zones_lie_over_each_other_by_the_list_too():
    zones = [filled(Zones, id, color, fill_opacity=0.0, width_px=9.0) for id, color in (("red", RED), ("green", GREEN))]
    with scene(zones, {"red": area(), "green": area()}) as shot:
        shot.draw()
        assert strongest(shot, 300, 0) == 0
        shot.document = Document(layers=tuple(reversed(zones)))
        shot.draw()
        assert strongest(shot, 300, 0) == 1


def test_a_wide_area_below_a_small_one_does_not_cover_it():
    """It is cut less finely and lies farther over the ground instead."""
    layers = [filled(VectorLayer, "red", RED), filled(Zones, "green", GREEN), Terrain(id="t", name="t")]
    camera = Camera.looking_at((0.0, 0.0, 8.0), distance=900.0, azimuth_deg=0.0, tilt_deg=60.0)
    with scene(layers, {"red": area(100), "green": area(2000), "t": bumpy()}, camera) as shot:
        shot.draw()
        assert shot.view.stage.visual("green")._shape.coarse > 1.0
        assert strongest(shot, z=8) == 0 and strongest(shot, -200, 0, 8) == 1


def test_many_layers_below_do_not_lift_an_area_over_the_foot_of_a_house():
    """Each layer of the list once brought it nearer, and it hid a house before which it did not lie."""
    house = boxes([[-20, 0, 0]], [[40, 40, 60]])
    many = [VectorLayer(id=f"v{n}", name="v") for n in range(150)]
    camera = Camera.looking_at((0.0, 0.0, 0.0), distance=1500.0, azimuth_deg=0.0, tilt_deg=70.0)
    with scene([*many, filled(VectorLayer, "red", RED), *[replace(x, id=f"w{x.id}") for x in many],
                City(id="c", name="c", color="#f6f4f0")], {"red": area(), "c": house}, camera) as shot:
        shot.draw()
        assert np.ptp(shot.color(0, 0, 6)) < 40 < shot.color(0, -30)[0] - shot.color(0, -30)[1]


def test_a_house_that_one_looks_through_still_stands_before_what_lies_behind_it():
    house = boxes([[-50, 0, 0]], [[100, 100, 200]])
    city = City(id="c", name="c", color="#1428dc", opacity=0.5)
    camera = Camera.looking_at((0.0, 0.0, 0.0), distance=900.0, azimuth_deg=0.0, tilt_deg=60.0)
    seen = []
    for layers in ([filled(VectorLayer, "red", RED), city], [city, filled(VectorLayer, "red", RED)]):
        with scene(layers, {"red": area(600), "c": house}, camera) as shot:
            shot.draw()
            seen.append(shot.color(0, 0, 90))
    assert np.abs(seen[0] - seen[1]).max() <= 2
    assert seen[0][2] > 60 and seen[0][0] > 60


def test_a_click_means_the_upper_of_two_areas():
    layers = [filled(VectorLayer, "red", RED), filled(VectorLayer, "green", GREEN)]
    with scene(layers, {"red": area(), "green": area()}) as shot:
        for document in (shot.document, Document(layers=tuple(reversed(layers)))):
            shot.document = document
            shot.draw()
            row, col = shot.pixel(50, 70)
            assert shot.view.pick(col, shot.pixels.shape[0] - 1 - row).layer == document.layers[0].id
