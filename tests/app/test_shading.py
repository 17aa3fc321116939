"""What throws shadows, and where they fall."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from app import shading
from app.session import Session
from app.shading import Shading
from layers.city import City
from layers.sensor_points import SensorPoints
from layers.vectors import VectorLayer
from layers.zones import Zones
from tests.app.made_sessions import put
from twin.assets import Asset, key_of
from twin.camera import Camera
from twin.data import Vectors
from twin.document import Document
from twin.frame import Frame
from twin.ground import Ground
from twin.layer import Source
from twin.project import Project
from twin.shade import ground_shade
from twin.sun import Sun

TREES = Vectors(points=np.array([[0, 0, 0], [60, 0, 0]], np.float32), point_feature=np.arange(2, dtype=np.int32),
                features=pa.table({"height_m": [20.0, None], "crown_m": [10.0, None]}), count=2)
AREA = (-50.0, -50.0, 0.0, 50.0, 50.0, 0.0)


def session(symbol: str) -> Session:
    layer = VectorLayer(id="t", name="Trees", source=Source(path="trees.geojson"), symbol=symbol)
    made = Session(Project(document=Document(layers=(layer,))))
    put(made, layer, TREES)
    return made


def test_a_tree_throws_its_shadow_away_from_the_sun():
    made = session("tree")
    points, triangles = shading.soup(shading.casting(made), Ground(), AREA, Frame())
    made.close()
    shade = ground_shade(points, triangles, AREA, np.zeros((101, 101), np.float32), Sun(180.0, 45.0))
    assert shade.sun[62, 50] == 0                          # 12 m north of the trunk: the crown's widest part
    assert shade.sun[20, 50] == 255 and shade.sun[62, 80] == 255
    assert shade.sky[50, 50] < 245                         # and under it less of the sky is seen


def test_dots_throw_none():
    made = session("dot")
    assert shading.casting(made) == []
    made.close()


class Running:
    """A reading that never ends."""

    active = True
    done = total = 0.0
    text, parts = "", ()


def test_a_hidden_layer_that_is_being_read_holds_no_shadow_up_and_a_shown_house_does():
    """A picture had no shadows where hidden readings were still on their way."""
    hidden = SensorPoints(id="s", name="s", source=Source(path="s.parquet"), visible=False)
    house = City(id="c", name="c", source=Source(path="c.gpkg"))
    for late, shaded in ((hidden, True), (house, False)):
        made = session("tree")
        made.edits.commit(made.document.with_layer(late), "Add")
        key = key_of(late, made.document.frame, made.document.time_zone)
        made.assets._assets[key] = Asset(key, job=Running())
        camera = Camera(position=(0, -200, 100), focus=(0, 0, 0))
        Shading(made).settle(Ground(), camera, timeout_secs=60 if shaded else 0)
        assert (made.shade is not None) == shaded
        made.assets._assets.pop(key)
        made.close()


def test_a_picture_without_zones_in_colour_reads_no_hidden_layer():
    hidden = SensorPoints(id="s", name="s", source=Source(path="s.parquet"), visible=False)
    made = Session(Project(document=Document(layers=(hidden, Zones(id="z", name="z", source=Source(path="z.geojson"),
                                                                   visible=False, sign="air.pm25")))))
    made.vitals.settle_shown()
    assert made.held("s") is None and made.held("z") is None
    made.close()


def test_fine_models_that_show_near_only_leave_no_shadow_where_nothing_stands():
    """With the simple houses hidden, black blots lay on the ground where fine roofs were too far away to be drawn."""
    fine, simple = City(id="f", name="f", reach_m=600.0), City(id="s", name="s")
    assert shading.whole([(fine, None, None)]) == []
    assert len(shading.whole([(fine, None, None), (simple, None, None)])) == 2
