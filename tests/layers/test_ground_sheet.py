"""Pictures over a hole of a terrain, water for the most part, lie from rim to rim and not at height 0."""

from __future__ import annotations

import numpy as np
import pytest

from layers.ground_sheet import sheet
from layers.imagery import ImageryLayer
from layers.terrain import Terrain
from tests.layers.pictures import above, scene
from tests.layers.test_ground_pictures import grid, plain
from twin.ground import Ground, Surface

HIGH, SLOPE = 60.0, 0.05
BOX = (-300.0, -300.0, 300.0, 300.0)


def sloping(hole: bool = True):
    """81 x 81 posts 12.5 m apart, rising to the east, unknown 100 m about the middle."""
    x = np.linspace(-500.0, 500.0, 81)
    heights = np.broadcast_to(HIGH + SLOPE * x, (81, 81)).astype(np.float32).copy()
    if hole:
        heights[32:49, 32:49] = np.nan
    return grid(heights)


def test_a_sheet_spans_the_hole_along_the_slope_and_is_not_made_without_one():
    surface = Surface(sloping(), exaggeration=2.0, offset_m=3.0)
    spanned = sheet((surface,), BOX)
    places = np.array([(0.0, 0.0), (80.0, -40.0), (-90.0, 90.0)])
    assert Ground((Surface(spanned),)).height_at(places) == pytest.approx(
        2.0 * (HIGH + SLOPE * places[:, 0]) + 3.0, abs=0.05)
    assert sheet((Surface(sloping(hole=False)),), BOX) is None and sheet((), BOX) is None
    beyond = sheet((surface,), (400.0, -100.0, 700.0, 200.0))
    assert beyond is None, "where a terrain ends nothing is known of the ground"


def test_the_corners_beside_a_rotated_terrain_are_no_holes():
    """They were spanned from rim to rim with every detail of the ground that came, a second each time."""
    turned = sloping(hole=False)
    row, column = np.mgrid[:81, :81]
    turned.heights[(row + column < 30) | (row + column > 130)] = np.nan
    assert sheet((Surface(turned),), (-500.0, -500.0, 500.0, 500.0)) is None


def test_a_picture_lies_in_the_hole_as_high_as_about_it_and_is_picked_there():
    layers = [ImageryLayer(id="i", name="i"), Terrain(id="t", name="t")]
    with scene(layers, {"t": sloping(), "i": plain((230, 20, 20))}, above(500)) as shot:
        shot.draw()
        for x in np.linspace(-140.0, 140.0, 29):
            for y in (-112.0, -100.0, -60.0, 0.0, 100.0, 112.0):
                color = shot.color(x, y, HIGH + SLOPE * x)
                assert color[0] > 2.5 * color[1:].max(), (x, y, color)
        row, col = shot.pixel(80.0, -60.0, HIGH + SLOPE * 80.0)
        hit = shot.view.pick(col, shot.pixels.shape[0] - 1 - row)
    assert hit.layer == "i" and hit.point == pytest.approx((80.0, -60.0, HIGH + SLOPE * 80.0), abs=2.0)
