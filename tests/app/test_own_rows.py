"""Layers of sensors share the table of their store: whatever is asked of one knows its own sensors only."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from app.charting import Charting
from app.discover import layer_types
from app.nearby import Area, area_of, every_feature
from app.panels.found import FoundPanel
from app.panels.layer_rows import layer_rows
from app.session import Session
from layers.sensor_points import SensorPoints
from layers.sensor_values import listed_rows
from layers.wind import Wind
from tests.app.made_sessions import put, sensors_payload
from tests.app.test_nearby import settled
from twin.document import Document
from twin.layer import Source
from twin.project import Project

STORE = Source(path="/data/store")
ALL = Area.inside(np.array([(-500.0, -500), (500, -500), (500, 500), (-500, 500)]))


@pytest.fixture
def session():
    """Two temperatures at x = 0 and 100, a humidity at x = 200: a layer each, and one of both properties."""
    layer_types()
    about = {"name": "x", "source": STORE}
    layers = (SensorPoints(id="t", observed="temperature", **about), SensorPoints(id="h", observed="humidity", **about),
              Wind(id="w", observed="humidity", visible=False, **about))
    made = Session(Project(document=Document(layers=layers)))
    places = np.array([(0, 0, 0), (100, 0, 0), (200, 0, 0)], np.float32)
    put(made, layers[0], replace(sensors_payload(), positions=places))
    yield made
    made.close()


def test_a_search_counts_and_selects_the_sensors_of_each_layer_once(session, on_screen):
    panel = on_screen(FoundPanel(session), 700, 240)
    panel.ask("all", ALL)
    settled(session, panel)
    assert {(t.layer, t.feature) for t in panel.found} == {("t", 0), ("t", 1), ("h", 2)}
    assert panel.count == 3 and set(session.selection.items) == {("t", 0), ("t", 1), ("h", 2)}
    panel.ask_here((200.0, 0.0, 0.0), 1.0)
    settled(session, panel)
    assert [(t.layer, t.feature) for t in panel.found] == [("h", 2)]


def test_what_a_layer_of_sensors_covers_are_its_own(session):
    assert area_of(session, session.document.layer("t")).box() == (0.0, 0.0, 100.0, 0.0)
    assert area_of(session, session.document.layer("h")).box() == (200.0, 0.0, 200.0, 0.0)


def test_a_condition_alone_asks_the_own_sensors_of_each_layer(session):
    assert {id: rows.tolist() for id, rows in every_feature(session).items()} == {"t": [0, 1], "h": [2]}


def test_the_extent_of_a_layer_is_that_of_its_sensors(session):
    def easting(id):
        rows = layer_rows(session.document.layer(id), session.asset(id), session.document.frame, "Asia/Shanghai")
        return next(row.value for row in rows if row.key == "easting")
    x = session.document.frame.origin[0]
    assert easting("t") == f"{x:,.1f} – {x + 100:,.1f} m" and easting("h") == f"{x + 200:,.1f} – {x + 200:,.1f} m"


def test_a_layer_that_names_properties_has_no_others(session):
    payload = session.asset("t").payload
    assert listed_rows(Wind(id="w", name="w", observed="humidity"), payload).tolist() == [2]
    both = Wind(id="w", name="w", observed="humidity", second="temperature")
    assert listed_rows(both, payload).tolist() == [0, 1, 2]


def test_the_few_sensors_of_a_chosen_layer_are_charted_and_no_others(session):
    session.current_layer = "h"
    assert Charting(session).items() == (("h", 2),)
