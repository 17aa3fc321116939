"""Rooms and sensors: what is where, coloured by the clock, mended by hand, undone, saved, and told in JSON."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QMenu

from app import binding, cli
from app.discover import layer_types
from app.panels.attributes import AttributePanel
from app.panels.carried_rows import WAITING
from app.panels.chart import ChartPanel
from app.panels.rooms import RoomsPanel
from app.rooms_cli import report
from tests.app.made_rooms import STEP, rooms_mesh, rooms_session
from tests.app.made_sessions import put
from twin.project import load
from twin.selection import Selection
from twin.text import set_language
from twin.trouble import Trouble

layer_types()


@pytest.fixture
def session():
    made = rooms_session()
    yield made
    made.close()


@pytest.fixture
def panel(session, on_screen):
    return on_screen(RoomsPanel(session), 1100, 320)


def cells(model) -> list[list[str]]:
    return [[model.data(model.index(row, column)) for column in range(model.columnCount())]
            for row in range(model.rowCount())]


def choose(combo, data) -> None:
    combo.setCurrentIndex(combo.findData(data))
    combo.activated.emit(combo.currentIndex())


def test_rooms_and_what_has_none_are_listed(panel):
    QAbstractItemModelTester(panel.rooms)
    QAbstractItemModelTester(panel.lost)
    assert [row[:3] + row[5:] for row in cells(panel.rooms)] == [
        ["1", "Hall", "EG", "1", "Stands in it"], ["2", "Office", "EG", "3", "Stands in it, GlobalId"],
        ["3", "Attic", "OG", "0", ""]]
    assert cells(panel.lost) == [["lost.co2", "Room CO2", "Its GlobalId is no room or element here", ""]]
    assert panel.tabs.tabText(1) == "Sensors without a room (1)"


def test_a_sensor_without_a_room_is_called_as_its_language_does(panel):
    said, = panel.lost.sensors
    table = said.lot.payload.features
    names = pa.array(["传感器"] * len(table))
    named = replace(said.lot.payload, features=table.append_column("name_zh", names))
    panel.lost.show(panel.lost.indoors, [replace(said, lot=replace(said.lot, payload=named))])
    set_language("zh")
    try:
        assert cells(panel.lost)[0][0] == "传感器"
    finally:
        set_language("en")


def test_a_property_colours_the_rooms_and_the_list_follows_the_clock(panel, session):
    choose(panel.property, "bld.co2")
    choose(panel.value, "max")
    assert session.document.layer("house").room_colors.observed == "bld.co2"
    panel.refresh()
    assert [row[4] for row in cells(panel.rooms)] == ["700 ppm", "1,100 ppm", "—"]
    session.clock.go_to(session.clock.now_ns + 4 * STEP)
    panel.refresh()
    assert [row[4] for row in cells(panel.rooms)] == ["—", "1,700 ppm", "—"]       # the hall is silent for too long
    assert panel.said.text() == "1 of 3 rooms have data"
    choose(panel.property, "")
    assert session.document.layer("house").room_colors is None
    session.edits.undo()
    assert session.document.layer("house").room_colors.value == "max"


def test_a_sensor_is_assigned_to_the_selected_room_and_back(panel, session):
    panel.tabs.setCurrentIndex(1)
    panel.lost_view.selectRow(0)
    assert session.selection == Selection((("air", 4),))
    session.selection = Selection((("air", 4), ("house", 1)))
    panel.refresh()
    QTest.mouseClick(panel.buttons["assign"], Qt.MouseButton.LeftButton)
    session.tick(0.0)
    panel.refresh()
    assert panel.lost.rowCount() == 0
    assert [b.room for b in session.document.bindings] == ["R1"]
    assert session.rooms.now.at("bld.co2", "max", session.clock.now_ns, 15.0).values[0] == 1600
    session.edits.undo()
    session.tick(0.0)
    panel.refresh()
    assert panel.lost.rowCount() == 1 and session.document.bindings == ()


def test_between_two_rooms_one_is_asked_which(panel, session):
    """In the wall between them it is as near to one as to the other."""
    air = session.document.layer("air")
    held = session.asset("air").payload
    places = np.array(held.positions)
    places[0] = 4.9, 2.0, 1.5
    put(session, air, replace(held, positions=places))
    session.tick(0.0)
    panel.refresh()
    panel.tabs.setCurrentIndex(1)
    at = next(row for row, line in enumerate(cells(panel.lost)) if "Hall" in line[3] and "Office" in line[3])
    panel.lost_view.selectRow(at)
    assert panel.buttons["suggest"].isEnabled()
    QTest.mouseClick(panel.buttons["suggest"], Qt.MouseButton.LeftButton)
    menu = panel.findChild(QMenu)
    assert [action.text() for action in menu.actions()] == ["1 Hall", "2 Office"]
    menu.actions()[1].trigger()
    menu.close()
    session.tick(0.0)
    assert [b.room for b in session.document.bindings] == ["R2"]
    session.edits.undo()
    assert session.document.bindings == ()


def test_somebody_may_say_that_it_is_in_no_room_and_take_it_back(panel, session):
    panel.tabs.setCurrentIndex(1)
    panel.lost_view.selectRow(0)
    panel.use("outside")
    session.tick(0.0)
    panel.refresh()
    assert cells(panel.lost)[0][2] == "In no room, as somebody said"
    assert report(session.rooms.now)["counts"]["unbound"] == 0
    panel.lost_view.selectRow(0)
    panel.refresh()
    QTest.mouseClick(panel.buttons["forget"], Qt.MouseButton.LeftButton)
    session.tick(0.0)
    assert session.document.bindings == () and len(binding.unbound(session.rooms.now)) == 1


def test_what_was_found_is_kept_for_the_next_issue_of_the_model(session, tmp_path):
    assert binding.keep_found(session) == 4
    session.save(tmp_path / "a.twin.json")
    kept = load(tmp_path / "a.twin.json").document.bindings
    assert [(b.sensor, b.room, b.how) for b in kept] == [
        ("a.co2", "R1", "inside"), ("b.co2", "R2", "inside"), ("b2.co2", "R2", "inside"), ("b.temp", "R2", "guid")]
    fresh = rooms_mesh()
    put(session, session.document.layer("house"), replace(fresh, rooms=replace(fresh.rooms, guid=("x", "y", "z"))))
    session.tick(0.0)
    found = {s["id"]: (room["guid"], s["how"]) for room in report(session.rooms.now)["rooms"] for s in room["sensors"]}
    assert found["b.temp"] == ("y", "kept") and found["a.co2"] == ("x", "inside")


def test_a_copy_of_a_model_shows_the_same_rooms(session):
    session.edits.commit(session.document.duplicated(["house"]), "Duplicate")
    copy = session.document.layers[1]
    put(session, copy, session.asset("house").payload)
    session.tick(0.0)
    assert len(session.rooms.now.rooms) == 3
    assert session.rooms.series(copy.id, 2) == session.rooms.series("house", 2) == [("air", 1), ("air", 2), ("air", 3)]


def test_a_room_that_is_clicked_shows_its_sensors_and_their_chart(qtbot, session, on_screen):
    session.selection = Selection((("house", 2),))
    chart = on_screen(ChartPanel(session), 320, 500)
    qtbot.waitUntil(lambda: chart.refresh() or not chart.busy)
    assert [line.name.split(" ")[0] for line in chart.lines] == ["b.co2", "b2.co2", "b.temp"]
    attributes = AttributePanel(session)

    def read() -> bool:
        attributes.show_layer("house")
        return WAITING not in {row.value for row in attributes.table.model().rows}
    qtbot.waitUntil(read)
    rows = {row.label: row.value for row in attributes.table.model().rows}
    assert rows["b.co2"] == "900 ppm" and rows["b.temp"] == "24 °C"
    session.clock.go_to(session.clock.now_ns + STEP)
    attributes.show_layer("house")
    assert {row.label: row.value for row in attributes.table.model().rows}["b.co2"] == "1700 ppm"


def test_many_sensors_are_settled_in_a_worker(session, monkeypatch):
    monkeypatch.setattr("app.indoors.AT_ONCE", 0)
    session.rooms._built = session.rooms._asked = ()
    session.settle()
    assert report(session.rooms.now)["counts"] == {"rooms": 3, "with_sensors": 2, "bound": 4, "unbound": 1,
                                                   "outside": 0}


def test_an_unknown_property_is_refused_in_words(session):
    with pytest.raises(Trouble, match=r"bld\.co2, bld\.temp"):
        binding.color_rooms(session, ["house"], "noise.leq")


def test_new_readings_keep_rooms_and_memberships(session):
    before = session.rooms.now
    session.asset("air").revision += 1
    session.tick(0.0)
    assert session.rooms.now is not before and session.rooms.now.rooms is before.rooms
    assert np.array_equal(session.rooms.now.lots[0].members.room, before.lots[0].members.room)


def test_the_command_line_lists_the_rooms_of_the_sample_office_and_school(samples, capfd):
    assert cli.main(["ifc", "rooms", str(samples / "jiading.twin.json"), "--json"]) == 0
    found = json.loads(capfd.readouterr().out)
    assert found["counts"]["rooms"] == 89 + 58, "office and school"
    assert sum(s["id"].startswith("OFF-") for room in found["rooms"] for s in room["sensors"]) == 169
    assert {(lost["reason"], lost["id"][:12]) for lost in found["unbound"]} == {("unknown_guid", "STORY-OFF-X1"),
                                                                               ("unknown_guid", "STORY-OFF-X2")}
    room = next(r for r in found["rooms"] if r["number"] == "5-12")
    assert room["storey"] == "5F" and {s["property"] for s in room["sensors"]} >= {"bld.co2", "bld.temp"}
    by_place = ("STORY-DOOR", "STORY-FIRE", "17.02")
    how = {(s["id"].startswith(by_place), s["how"]) for r in found["rooms"] for s in r["sensors"]}
    assert how == {(False, "guid"), (True, "inside")}, "doors, gauges and the terminal of a system stand there"
