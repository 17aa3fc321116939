"""Traces from a Chinese web map lie beside the roads: asked about once, and moved only when somebody says so."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from app.shift_question import ShiftQuestion
from layers.vectors import VectorLayer
from layers.vehicles import Vehicles
from tests.app.made_sessions import put
from twin.china_offset import from_wgs84
from twin.data import Tracks, Vectors
from twin.frame import Frame
from twin.history.motion import motion_of
from twin.layer import Source
from twin.shift_signs import shift_of

FRAME = Frame()


def roads() -> Vectors:
    """A net of 500 m, three kilometres wide, 31.35 N 121.25 E in its middle."""
    middle = FRAME.to_local(121.25, 31.35, crs="EPSG:4326")[0, :2]
    lines = [p for k in range(-3, 4) for p in ((-1500, 500 * k), (1500, 500 * k), (500 * k, -1500), (500 * k, 1500))]
    points = np.column_stack([np.array(lines, float) + middle, np.zeros(len(lines))]).astype(np.float32)
    return Vectors(line_points=points, line_offsets=np.arange(0, len(lines) + 1, 2),
                   line_feature=np.arange(len(lines) // 2, dtype=np.int32))


def fixes(system: str = "") -> np.ndarray:
    """(n, 3) local metres along one of the roads, as a map of this system would give them."""
    middle = FRAME.to_local(121.25, 31.35, crs="EPSG:4326")[0, :2]
    places = np.column_stack([np.linspace(-1400, 1400, 200) + middle[0], np.full(200, 500 + middle[1]), np.zeros(200)])
    if system:
        lon, lat, _ = FRAME.to_lonlat(places).T
        places[:, :2] = FRAME.to_local(*from_wgs84(system, lon, lat), crs="EPSG:4326")[:, :2]
    return places


@pytest.mark.parametrize("system", ["", "GCJ-02", "BD-09"])
def test_the_roads_tell_which_map_it_was(system):
    net = roads()
    found = shift_of(fixes(system), [(net.line_points, net.line_offsets)], FRAME)
    assert (found.system if found else "") == system
    if found:
        assert found.then == 1.0 and found.now < 0.3


def test_without_roads_or_far_from_them_nothing_is_said():
    net = roads()
    assert shift_of(fixes("GCJ-02"), [], FRAME) is None
    assert shift_of(fixes("GCJ-02") + 9000, [(net.line_points, net.line_offsets)], FRAME) is None


def test_it_is_asked_once_and_the_answer_is_the_layers(session, qtbot):
    traces = Vehicles(id="v", name="Taxis", source=Source(path="/data/taxis.csv"))
    net = VectorLayer(id="r", name="Roads", source=Source(path="/data/roads.gpkg"))
    session.edits.commit(session.document.with_layer(traces).with_layer(net), "Add")
    motion, _ = motion_of(np.zeros(200, int), np.arange(200) * 10 ** 9, fixes("GCJ-02"), 1)
    features = pa.table({"id": ["a"], "name": ["a"], "mode": [""], "property": ["Speed"], "unit": ["km/h"]})
    put(session, traces, Tracks(features=features, history=motion, count=1, crs="EPSG:4326", crs_source="file"))
    put(session, net, roads())
    told = []
    question = ShiftQuestion(session, lambda words, tone, ways: told.append((words, ways)), lambda id: None)

    def asked() -> bool:
        question.refresh()
        return bool(told)
    qtbot.waitUntil(asked)
    words, ways = told[0]
    assert "GCJ-02" in words and ways[0][0] == "Read as GCJ-02"
    assert session.document.layer("v").source.crs == ""                     # nothing moved by itself
    ways[0][1]()
    assert session.document.layer("v").source.crs == "GCJ-02"
    for _ in range(50):
        question.refresh()
    assert len(told) == 1
    session.edits.undo()
    assert session.document.layer("v").source.crs == ""
