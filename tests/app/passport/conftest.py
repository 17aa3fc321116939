"""The panel that tells where a model stands, through real widgets."""

from __future__ import annotations

import numpy as np
import pytest

from app.city_index import index_of
from app.discover import layer_types
from app.panels.inspector import Inspector
from app.session import Session
from layers.building import Building
from layers.city import City
from layers.terrain import Terrain
from tests.app.made_sessions import put
from tests.app.passport.made_house import SWAPPED, Eye, city, model
from twin.data import HeightGrid
from twin.document import Document
from twin.layer import Source
from twin.project import Project
from twin.text import set_language

layer_types()


@pytest.fixture
def session():
    layers = (Terrain(id="ground", name="Ground", source=Source(path="/d/dem.tif")),
              City(id="city", name="City", source=Source(path="/d/city.json")),
              Building(id="house", name="House", source=Source(path="/d/house.ifc"), georeference=SWAPPED))
    made = Session(Project(document=Document(layers=layers)))
    flat = HeightGrid(heights=np.full((3, 3), 4.0, np.float32), x0=-1000, y0=-1000, dx=1000, dy=1000)
    for layer, payload in zip(layers, (flat, city(), model())):
        put(made, layer, payload)
    index_of(made.asset("city").payload).wait()
    made.current_layer = "house"
    yield made
    made.close()
    set_language("en")


@pytest.fixture
def inspector(qtbot, session):
    made = Inspector(session, Eye(session))
    qtbot.addWidget(made)
    made.resize(300, 900)
    made.show()
    made.refresh()
    return made


@pytest.fixture
def panel(inspector):
    return inspector.passport
