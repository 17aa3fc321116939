"""Words over houses: above their roofs, in the language of the window, the larger before the smaller."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
import shapely

from cim.footprints import extrude, rings_of
from layers.base import Moment
from layers.city import City
from layers.roof_words import said
from layers.tiles import Tiles
from tests.layers.made_stage import picture
from twin.camera import Camera

ABOVE = Camera(position=(0.0, -150.0, 200.0), focus=(0.0, 0.0, 0.0), up=(0.0, 0.0, 1.0))
LAYER = City(id="c", name="Houses", label_by="name", windows=False)


def houses():
    """A large house between two small ones, one of them without a name."""
    shapes = [shapely.box(-60, -5, -50, 5), shapely.box(-20, -20, 20, 20), shapely.box(50, -5, 60, 5)]
    shapes = shapely.orient_polygons(np.array(shapes))
    mesh = extrude(rings_of(shapes, np.arange(3)), np.array([5.0, 30.0, 10.0]), 3)
    return replace(mesh, features=pa.table({"name": ["Gate", "Tower", None], "name_zh": ["大门", "塔楼", None],
                                            "height": pa.array([5.0, 30.0, 10.25], pa.float32())}))


@pytest.fixture(scope="module")
def view():
    made, _ = picture([LAYER], {"c": houses()}, camera=ABOVE, moment=Moment(now_ns=0))
    yield made
    made.close()


def shown(view, layer, payload, **moment) -> set[str]:
    picture([layer], {layer.id: payload}, camera=ABOVE, moment=Moment(now_ns=0, **moment), view=view)
    return set(view.stage.visual(layer.id)._words.shown)


def test_houses_bear_what_a_column_says_of_them(view):
    mesh = houses()
    assert shown(view, LAYER, mesh) == {"Gate", "Tower"}
    assert shown(view, LAYER, mesh, language="zh") == {"大门", "塔楼"}
    assert shown(view, replace(LAYER, label_by="height"), mesh) == {"5", "30", "10.25"}
    assert shown(view, replace(LAYER, label_by=""), mesh) == set()
    assert shown(view, replace(LAYER, label_by="gone"), mesh) == set()


def test_words_stand_over_the_roof_and_the_largest_house_comes_first():
    mesh = houses()
    made = said(((mesh.points, mesh.vertex_feature, np.arange(3)),), mesh.features, "name", 2.0)
    assert made.words == ["Gate", "Tower"] and made.order[0] == 1
    assert made.places.tolist() == [[-55.0, 0.0, 7.0], [0.0, 0.0, 32.0]]
    block = said(((mesh.points, mesh.vertex_feature, np.array([9, 1, 2])),), mesh.features, "name")
    assert block.words == ["Tower"], "what stands for several has no row"


def test_tiles_can_bear_words_too():
    assert Tiles(id="t", name="T", label_by="name").label_by == "name"
