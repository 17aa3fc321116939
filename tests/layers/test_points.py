"""Point clouds: the budget holds, near points come first, colours mean something, and a point can be picked."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.base import Moment
from layers.points import CLASSES, Points, leading, shares
from tests.layers.made_stage import picture
from twin.camera import Camera
from twin.data import PointCloud

ABOVE = Camera(position=(0.0, 0.0, 400.0), focus=(0.0, 0.0, 0.0), up=(0.0, 1.0, 0.0))


def two_cells() -> PointCloud:
    """2,000 points of ground in the west, 1,000 of building in the east."""
    random = np.random.default_rng(2)
    west = np.column_stack([random.uniform(-75, -45, 2000), random.uniform(-15, 15, 2000), np.zeros(2000)])
    east = np.column_stack([random.uniform(45, 75, 1000), random.uniform(-15, 15, 1000), np.full(1000, 20.0)])
    points = np.concatenate([west, east]).astype(np.float32)
    boxes = np.array([[-75, -15, 0, -45, 15, 0], [45, -15, 20, 75, 15, 20]], np.float32)
    return PointCloud(points=points, cells=np.array([0, 2000, 3000]), boxes=boxes, count=3000,
                      classes=np.repeat(np.array([2, 6], np.uint8), [2000, 1000]))


def seen(layer: Points, camera=ABOVE):
    view, pixels = picture([layer], {layer.id: two_cells()}, camera=camera, moment=Moment())
    assert not [row.error for row in view.stage.rows.values() if row.error]
    return view, pixels.astype(int)


def test_classes_have_their_colours_and_a_legend():
    view, pixels = seen(Points(id="p", name="p", size_px=4.0))
    assert [words for _, words in view.stage.legends()[0][1].entries] == ["Ground", "Buildings"]
    west, east = (pixels[110:130, x - 10:x + 10].reshape(-1, 3).mean(axis=0) for x in (105, 217))
    for color, number in ((west, 2), (east, 6)):
        assert np.abs(color - CLASSES[number][0]).max() < 45
    view.close()


def test_the_budget_holds_and_the_near_cell_gets_more():
    near_east = Camera(position=(60.0, -60.0, 60.0), focus=(60.0, 0.0, 20.0), up=(0.0, 0.0, 1.0))
    view, _ = seen(Points(id="p", name="p", budget_millions=0.1), near_east)
    visual = view.stage.visual("p")
    visual._most = 900
    visual._choose()
    assert 800 <= visual._drawn.sum() <= 900 and visual._drawn[1] > 3 * visual._drawn[0]
    assert visual._actor.GetMapper().GetInput().GetVerts().GetNumberOfConnectivityIds() == visual._drawn.sum()
    view.close()


def test_a_point_is_picked_where_it_is_seen():
    view, _ = seen(Points(id="p", name="p", size_px=4.0, height_offset_m=5.0))
    hit = view.pick(217, 120)
    assert hit is not None and hit.feature >= 2000 and hit.point[2] == pytest.approx(25.0, abs=0.01)
    view.close()


@given(st.lists(st.integers(1, 500), min_size=1, max_size=30), st.integers(1, 4000), st.data())
def test_shares_never_exceed_cell_or_budget(sizes, most, data):
    metres = data.draw(st.lists(st.floats(0, 5000), min_size=len(sizes), max_size=len(sizes)))
    out = shares(np.array(sizes), np.array(metres), most)
    assert ((out <= sizes).all() and (out >= 0).all() and out.sum() <= most) or sum(sizes) <= most


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 9)), max_size=12))
def test_leading_rows(cells):
    starts, counts = (np.array(v, np.int64) for v in zip(*cells)) if cells else (np.zeros(0, np.int64),) * 2
    expected = [s + i for s, c in cells for i in range(c)]
    assert leading(starts, counts).tolist() == expected
