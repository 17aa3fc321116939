"""What throws shadows, and where they fall."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from app import shading
from app.session import Session
from layers.vectors import VectorLayer
from tests.app.made_sessions import put
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
    shade = ground_shade(points, triangles, AREA, np.zeros((101, 101), np.float32), Sun(180.0, 45.0), None)
    assert shade.sun[62, 50] == 0                          # 12 m north of the trunk: the crown's widest part
    assert shade.sun[20, 50] == 255 and shade.sun[62, 80] == 255
    assert shade.sky[50, 50] < 245                         # and under it less of the sky is seen


def test_dots_throw_none():
    made = session("dot")
    assert shading.casting(made) == []
    made.close()
