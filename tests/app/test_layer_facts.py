"""What a layer's row says of it: that nothing of it can be drawn, and how far away it lies."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import shapely

from app.discover import layer_types
from app.far_places import MARGIN_M, area_of
from app.panels.layer_facts import facts_of
from app.panels.layer_rows import payload_rows
from app.session import Session
from layers.city import City
from layers.sensor_points import SensorPoints
from layers.vectors import VectorLayer
from tests.app.made_sessions import put, sensors_payload
from tests.cim.made_vectors import write
from twin.data import Mesh, Vectors
from twin.layer import Source

layer_types()


@pytest.fixture
def session():
    made = Session()
    yield made
    made.close()


def test_a_layer_that_draws_nothing_says_so(session):
    """A file of features without shapes was read well and yet shows nothing."""
    layer = VectorLayer(id="none", name="None", source=Source(path="/data/none.geojson"))
    session.edits.commit(session.document.with_layer(layer), "Add layers")
    put(session, layer, Vectors(count=2))
    facts = facts_of(session, layer, None)
    assert facts.tone == "warn" and facts.message == "Nothing in it can be drawn." and facts.count == 2


def test_a_city_that_says_nothing_of_its_place_is_no_place_found(session):
    """Houses of Montreal stood in the middle of a Dutch project, and its coordinates were told as theirs."""
    layer = City(id="away", name="Away", source=Source(path="/data/away.city.json"))
    session.edits.commit(session.document.with_layer(layer), "Add layers")
    mesh = Mesh(count=1, points=np.zeros((3, 3), np.float32), vertex_feature=np.zeros(3, np.int32), crs_source="none")
    put(session, layer, mesh)
    told = facts_of(session, layer, None)
    assert (told.tone, told.action) == ("warn", "crs") and "put at the project's origin" in told.message
    keys = [{row.key for row in payload_rows(one, session.document.frame, "UTC", layer)}
            for one in (mesh, replace(mesh, crs_source="file"))]
    assert "easting" not in keys[0] and "height" in keys[0] and "easting" in keys[1]


def test_a_file_without_a_place_leads_to_where_its_system_is_said(session, tmp_path):
    """It led to reading it again, which changes nothing."""
    path = write(tmp_path / "points.gpkg", [shapely.Point(-900_000.0, 7_000_000.0)], {"n": [1]}, "GPKG", None, "Point")
    layer = VectorLayer(id="nowhere", name="Nowhere", source=Source(path=str(path)))
    session.edits.commit(session.document.with_layer(layer), "Add layers")
    session.settle()
    told = facts_of(session, layer, None)
    assert (told.state, told.tone, told.action) == ("error", "danger", "crs"), told
    path.unlink()
    assert facts_of(session, layer, None).action == "find"


def test_coordinates_that_are_impossible_lead_to_where_their_system_is_said(session, tmp_path):
    """Latitudes of 121 led to reading the file again."""
    path = write(tmp_path / "a.geojson", [shapely.Point(31.35, 121.25)], {"n": [1]}, "GeoJSON", "EPSG:4326", "Point")
    layer = VectorLayer(id="turned", name="Turned", source=Source(path=str(path)))
    session.edits.commit(session.document.with_layer(layer), "Add layers")
    session.settle()
    told = facts_of(session, layer, None)
    assert (told.state, told.action) == ("error", "crs") and "latitude" in told.message, told


@pytest.mark.parametrize("size_m, said", [(30.0, True), (3_000.0, False)])
def test_a_house_in_another_city_says_how_far_away_it_lies(session, size_m, said):
    """Two models of two cities were a grey picture without a word."""
    layer = VectorLayer(id="away", name="Away", source=Source(path="/data/away.geojson"))
    session.edits.commit(session.document.with_layer(layer), "Add layers")
    corners = np.array([(0, 0, 0), (size_m, 0, 0), (0, size_m, 0)], np.float32) + np.float32([90_000, 0, 0])
    put(session, layer, Vectors(count=1, fill_points=corners, fill_triangles=np.array([[0, 1, 2]], np.int32)))
    assert facts_of(session, layer, None).message.startswith("It lies 90 km") == said


@pytest.mark.parametrize("says, action", [("EPSG:3857", "crs"), ("EPSG:32650", "crs"), ("EPSG:32633", "crs"),
                                          ("", "move")])
def test_a_wrong_label_leads_to_the_coordinates_and_what_really_is_elsewhere_to_its_place(session, tmp_path, says,
                                                                                         action):
    """Numbers of the project's own system under another label: moving the project there is no way out of it."""
    where = (120.2, 22.6) if not says else (617_300.0, 3_471_200.0)
    path = write(tmp_path / "spots.gpkg", [shapely.Point(*where), shapely.Point(where[0] + 0.01, where[1] + 0.01)],
                 {"n": [1, 2]}, "GPKG", says or "EPSG:4326", "Point")
    layer = VectorLayer(id="spots", name="Spots", source=Source(path=str(path)))
    session.edits.commit(session.document.with_layer(layer), "Add layers")
    session.settle()
    told = facts_of(session, layer, None)
    assert told.message.startswith("It lies") and told.action == action, told


def test_of_sensors_here_and_far_away_it_is_said_which_are_far_and_the_near_ones_are_shown(session):
    """A layer with one place in another country said "6,057 km away", and offered to move the project there."""
    layer = SensorPoints(id="s", name="S", source=Source(path="/data/s.history"), observed="temperature")
    session.edits.commit(session.document.with_layer(layer), "Add layers")
    payload = sensors_payload()
    payload.positions[:] = [(0, 0, 0), (900_000, 0, 0), (6e6, 0, 0)]
    put(session, layer, payload)
    told = facts_of(session, layer, None)
    assert told.message == "roof: up to 896 km from the others (1 of 2 sensors)", "on the ellipsoid"
    assert (told.tone, told.action) == ("warn", "near")
    assert area_of(layer, payload) == (-MARGIN_M, -MARGIN_M, MARGIN_M, MARGIN_M)
    payload.positions[1] = 100, 0, 0                                    # what is far is another layer's: humidity
    told = facts_of(session, layer, None)
    assert (told.message, told.action) == ("", "")
    payload.positions[:2, 0] = 700_000, -900_000
    assert facts_of(session, layer, None).action == "move", "no two are together: the middle of them, as ever"
    payload.positions[:2, 0] = 700_000                                  # all of them are far: as ever
    told = facts_of(session, layer, None)
    assert told.message.endswith("km from the project.") and told.action == "move"


def test_sensors_without_a_place_do_not_lie_where_other_sensors_of_their_store_lie(session):
    """A series without coordinates lay "11,160 km from the project", where the places of another file were."""
    layer = SensorPoints(id="s", name="S", source=Source(path="/data/s.history"), observed="temperature")
    session.edits.commit(session.document.with_layer(layer), "Add layers")
    payload = sensors_payload()
    payload.positions[:] = [(np.nan,) * 3, (np.nan,) * 3, (6e6, 0, 0)]
    put(session, layer, payload)
    told = facts_of(session, layer, None)
    assert (told.message, told.action) == ("These sensors have no place yet.", "place")
