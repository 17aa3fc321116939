"""Who has readings when: zones as rows, and the ribbon of one zone alone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu

from app.counting import LAYERS, ZONES, Counting
from app.panels import time_menus
from app.panels.ribbon_rows import NAMES_PX, ROW_PX
from app.session import Session
from layers.sensor_points import SensorPoints
from layers.vehicles import Vehicles
from layers.zones import Zones
from tests.app.made_sessions import DAY_START, put, sensors_payload
from tests.app.slider.made import LEFT
from twin.data import Tracks, Vectors
from twin.document import Document
from twin.history.motion import motion_of
from twin.layer import Source
from twin.project import Project
from twin.text import set_language
from twin.times import HOUR, SECOND

NAMES = ("Nobody", "West", "East")


def square(x: float) -> np.ndarray:
    return np.array([[x, -5, 0], [x + 10, -5, 0], [x + 10, 5, 0], [x, 5, 0], [x, -5, 0]], np.float32)


def zones_payload() -> Vectors:
    """Three squares, 10 m wide: one far away from all readings, and two side by side from x = 0 on."""
    rings = [square(100.0), square(0.0), square(10.0)]
    return Vectors(features=pa.table({"id": list(NAMES), "name": list(NAMES), "name_zh": ["无", "西", "东"]}),
                   line_points=np.concatenate(rings), line_offsets=np.array([0, 5, 10, 15], np.int32),
                   line_feature=np.arange(3, dtype=np.int32), fill_feature=np.arange(3, dtype=np.int32), count=3)


def tracks_payload() -> Tracks:
    """One vehicle with twenty fixes a minute after another, from x = 0.5 to 19.5: ten in each of two zones."""
    times = DAY_START + HOUR + np.arange(20, dtype=np.int64) * 60 * SECOND
    places = np.stack([np.arange(20) + 0.5, np.zeros(20), np.zeros(20)], axis=1)
    return Tracks(features=pa.table({"id": ["bus"], "name": ["Bus"]}), count=1,
                  history=motion_of(np.zeros(20, np.int32), times, places, 1)[0])


@pytest.fixture
def session():
    """Sensors t-1 and h-1 stand in the west, t-2 in the east; two layers share their table."""
    layers = (SensorPoints(id="heat", name="Heat", observed="temperature", source=Source(path="/data/made.csv")),
              SensorPoints(id="damp", name="Damp", observed="humidity", source=Source(path="/data/made.csv")),
              Vehicles(id="bus", name="Bus", source=Source(path="/data/bus.csv")),
              Zones(id="zones", name="Zones", source=Source(path="/data/zones.geojson")))
    made = Session(Project(document=Document(layers=layers)))
    readings = replace(sensors_payload(), positions=np.array([[5, 0, 0], [15, 0, 0], [6, 1, 0]], np.float32))
    for layer, payload in zip(layers, (readings, readings, tracks_payload(), zones_payload())):
        put(made, layer, payload)
    made.tick(0.0)
    yield made
    made.close()


def counted(timeline, qtbot):
    coverage = timeline.ribbon.coverage

    def done():
        timeline.refresh()
        return coverage.question is timeline.ribbon.counting.question and not coverage.busy
    timeline.session.tick(0.0)
    qtbot.waitUntil(done)
    return coverage


def test_layers_that_share_a_table_count_their_own_readings(timeline, session, qtbot):
    """Each counted the whole table, and the ribbon counted it once for each layer."""
    session.rows_by = LAYERS
    coverage = counted(timeline, qtbot)
    heat, damp, bus = coverage.rows.sum(axis=1)
    assert [round(x) for x in (heat, damp, bus)] == [288 + 252, 287, 20]
    assert round(coverage.counts.sum()) == 288 + 252 + 287 + 20


def test_zones_count_what_stands_in_them_and_where_vehicles_were(timeline, session, qtbot):
    session.rows_by = ZONES
    coverage = counted(timeline, qtbot)
    assert [row.title("zh") for row in timeline.rows.rows()] == ["西", "东", "无"]
    assert [round(x) for x in coverage.rows.sum(axis=1)] == [288 + 287 + 10, 252 + 10, 0]
    tip = timeline.rows.tip(NAMES_PX + timeline.ribbon.x_of(DAY_START + 10 * HOUR), ROW_PX * 1.5)
    assert tip.startswith("East") and tip.endswith("No readings here")          # t-2 is quiet from nine to twelve
    assert "1 reading in" in timeline.rows.tip(NAMES_PX + timeline.ribbon.x_of(DAY_START + 13 * HOUR), ROW_PX * 1.5)


def test_a_click_on_a_zone_lets_the_ribbon_count_it_alone(timeline, session, qtbot):
    session.rows_by = ZONES
    counted(timeline, qtbot)
    east = QPoint(20, ROW_PX + 5)
    QTest.mouseClick(timeline.rows, LEFT, pos=east)
    assert session.counted_zone == "East" and "count everything" in timeline.rows.tip(east.x(), east.y())
    assert round(counted(timeline, qtbot).counts.sum()) == 252 + 10
    assert timeline.zone.currentText() == "East" and timeline.zone.isVisible()
    session.rows_by = LAYERS                                                    # its layers, too
    assert [round(x) for x in counted(timeline, qtbot).rows.sum(axis=1)] == [252, 0, 10]
    session.rows_by = ""
    counted(timeline, qtbot)
    assert timeline.zone.isVisible() and not timeline.rows.isVisible()          # what is left out is said
    tip = timeline.ribbon._tip(DAY_START + 13 * HOUR)
    assert "East: " in tip
    timeline.zone.setFocus()
    QTest.keyClick(timeline.zone, Qt.Key.Key_Home)
    assert session.counted_zone == "" and abs(counted(timeline, qtbot).counts.sum() - 847) < 5


def test_a_zone_that_is_gone_counts_as_none(timeline, session, qtbot):
    session.counted_zone = "Elsewhere"
    assert abs(counted(timeline, qtbot).counts.sum() - 847) < 5
    assert timeline.zone.currentText() == "Everywhere"


def test_the_menu_offers_rows_and_the_selected_zone(timeline, session, qtbot):
    menu = QMenu()
    time_menus.fill_rows(menu, session)
    assert not next(a for a in menu.actions() if "alone" in a.text()).isEnabled()
    session.selection = session.selection.only("zones", 2)
    time_menus.fill_rows(menu, session)
    words = {a.text(): a for a in menu.actions()}
    words["A row for each zone"].trigger()
    words["Count “East” alone"].trigger()
    assert (session.rows_by, session.counted_zone) == (ZONES, "East")
    set_language("zh")
    time_menus.fill_rows(menu, session)
    assert "仅统计“东”" in [a.text() for a in menu.actions()]
    set_language("en")


def test_rows_and_zone_are_kept_with_the_project(session, tmp_path):
    session.rows_by, session.counted_zone = ZONES, "East"
    path = Path(tmp_path / "p.twin.json")
    session.save(path)
    other = Session()
    other.open(path)
    assert (other.rows_by, other.counted_zone) == (ZONES, "East")
    other.close()


def test_the_question_is_the_same_as_long_as_nothing_changes(session):
    counting = Counting(session)
    session.rows_by = ZONES
    asked = counting.refresh()
    session.edits.commit(session.document.with_each(["heat"], lambda x: replace(x, opacity=0.4)), "Opacity")
    assert counting.refresh() is asked                         # nothing is looked up again for another opacity
    session.edits.commit(session.document.with_each(["zones"], lambda x: replace(x, name="Quarters")), "Rename")
    assert counting.refresh() is not asked
