"""Sensors on elements, from a file to pixels: listed, bound by hand, undone, saved, coloured by the clock, in JSON."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest

from app import binding, cli
from app.adding import add_files
from app.discover import layer_types
from app.models import Model
from app.panels.attributes import AttributePanel
from app.panels.carried_rows import WAITING
from app.panels.layer_model import LayerModel
from app.panels.model_panel import ModelPanel
from app.panels.rooms import ON, RoomsPanel
from app.rooms_cli import report
from app.session import Session
from bim.structure import Structure
from layers.base import Moment
from layers.room_colors import RoomColors, painted_rooms
from layers.stage import Row
from tests.app.made_rooms import STEP, rooms_mesh, rooms_session, sensors
from tests.app.made_sessions import put
from tests.layers.made_stage import picture
from tests.layers.pictures import NOON
from twin.camera import Camera
from twin.frame import Frame
from twin.layer import Placement
from twin.project import load
from twin.selection import Selection
from twin.trouble import Trouble

layer_types()
SLAB, HALL = 0, 1
ABOVE = Camera(position=(5.0, 4.0, 60.0), focus=(5.0, 4.0, 0.0), up=(0.0, 1.0, 0.0), view_angle_deg=15.0)


def on_the_slab():
    """The sensors of the made rooms: the temperature names the slab and has no place of its own."""
    made = sensors()
    said = made.features.set_column(made.features.column_names.index("room_guid"), "element",
                                    pa.array(["", "", "", "S", ""]))
    places = made.positions.copy()
    places[3] = np.nan
    return replace(made, features=said, positions=places)


def reread(session, layer: str, payload) -> None:
    put(session, session.document.layer(layer), payload)
    session.asset(layer).revision += 1
    session.tick(0.0)


@pytest.fixture
def session():
    made = rooms_session()
    reread(made, "air", on_the_slab())
    yield made
    made.close()


def drawn(session, layer=None):
    """In a frame with an origin, where the house is placed as it stands in the session's."""
    layers = [layer or session.document.layer("house"), session.document.layer("air")]
    here = Placement(**dict(zip(("easting", "northing", "height"), Frame().origin)))
    payloads = {"house": replace(session.asset("house").payload, placement=here), "air": session.asset("air").payload}
    return picture(layers, payloads, camera=ABOVE, size=(600, 450), moment=replace(session.moment(), sun=NOON))


def color_at(view, pixels, place) -> np.ndarray:
    u, v, _ = view.ray(0, 0).project(np.array([place], float))[0]
    return pixels[pixels.shape[0] - 1 - int(v), int(u)].astype(int)


def test_it_stands_at_its_element_which_moves_it_and_is_in_no_other_room(session):
    where = session.hosts.positions("air", session.asset("air").payload)
    assert where[3] == pytest.approx((5.0, 4.0, -0.15), abs=1e-5)
    assert [s["id"] for s in report(session.rooms.now)["unbound"]] == []       # its word is no unknown room
    view, _ = drawn(session)
    hot = replace(session.document.layer("air"), observed="bld.temp")
    view.stage.frame(replace(session.document, layers=(session.document.layer("house"), hot)), session.assets,
                     session.moment())
    assert view.stage.visual("air").places[0] == pytest.approx((5.0, 4.0, -0.15), abs=1e-5)
    view.close()
    layer = session.document.layer("house")
    session.edits.commit(session.document.with_layer(replace(layer, height_offset_m=2.0)), "Lift")
    session.tick(0.0)
    assert session.hosts.positions("air", session.asset("air").payload)[3, 2] == pytest.approx(1.85, abs=1e-5)


def test_a_click_on_an_element_lists_its_sensors_with_values_and_jumps(qtbot, session):
    session.selection = Selection((("house", SLAB),))
    attributes = AttributePanel(session)

    def read() -> bool:
        attributes.show_layer("house")
        return WAITING not in {row.value for row in attributes.table.facts.rows}
    qtbot.waitUntil(read)
    row = next(row for row in attributes.table.facts.rows if row.label == "b.temp")
    assert row.value == "24 °C" and row.target == ("air", 3)
    attributes.table.followed(row)
    assert session.selection.items == (("air", 3),)
    attributes.show_layer("air")
    back = next(row for row in attributes.table.facts.rows if row.key == "On the element")
    assert back.value == "Slab" and back.target == ("house", SLAB)
    assert session.carried("house", SLAB) == [("air", 3)]


def test_bound_by_hand_undone_taken_off_and_kept_in_the_project(session, on_screen, tmp_path):
    panel = on_screen(RoomsPanel(session), 1100, 320)
    QAbstractItemModelTester(panel.hosts)
    panel.tabs.setCurrentIndex(2)
    assert panel.tabs.tabText(2) == "Elements with sensors (1)"
    session.selection = Selection((("air", 0), ("air", 1), ("house", SLAB)))
    panel.refresh()
    QTest.mouseClick(panel.buttons["bind"], Qt.MouseButton.LeftButton)
    session.tick(0.0)
    panel.refresh()
    assert [panel.hosts.data(panel.hosts.index(0, at)) for at in (0, 1, 5, 6)] == ["Slab", "Slab", "3",
                                                                                  "By hand, GlobalId"]
    session.save(tmp_path / "a.twin.json")
    kept = load(tmp_path / "a.twin.json").document.host_bindings
    assert [(b.sensor, b.element, b.kind, b.place) for b in kept] == [
        (id, "S", "IfcSlab", (5.0, 4.0, -0.15)) for id in ("a.co2", "b.co2")]
    session.edits.undo()
    session.tick(0.0)
    assert session.hosts.series("house", SLAB) == [("air", 3)]
    session.selection = Selection((("house", SLAB),))
    panel.refresh()
    QTest.mouseClick(panel.buttons["unbind"], Qt.MouseButton.LeftButton)
    session.tick(0.0)
    assert session.hosts.series("house", SLAB) == []
    assert [(b.sensor, b.element) for b in session.document.host_bindings] == [("b.temp", "")]


def test_a_layer_without_coordinates_has_a_place_as_soon_as_its_elements_are_known(session):
    lost = on_the_slab()
    reread(session, "air", replace(lost, positions=np.full_like(lost.positions, np.nan)))
    rows = {"air": Row("ready", features=5)}
    model = LayerModel(session, lambda: rows)
    model.sync()
    assert model.facts("air").message == ""
    binding.take_off(session, ["b.temp"])
    session.tick(0.0)
    model.look_again()
    assert model.facts("air").message == "These sensors have no place yet."


def test_rooms_and_nothing_are_no_elements_to_bind_to(session):
    session.selection = Selection((("air", 0), ("house", HALL)))
    assert binding.chosen_element(session) is None and binding.chosen_sensors(session) == ["a.co2"]
    with pytest.raises(Trouble):
        binding.put_on(session, ["a.co2"], "house", HALL)


def test_a_new_issue_of_the_model_finds_the_element_again(session):
    binding.keep_found(session)
    fresh = rooms_mesh()
    guids = fresh.features.set_column(fresh.features.column_names.index("guid"), "guid",
                                      pa.array([f"{n}" for n in "abcd"]))
    reread(session, "house", replace(fresh, features=guids))
    found = session.hosts.now
    assert found.rooms.guid == ("a",) and found.lots[0].members.words(3) == "kept"


def test_elements_take_the_colour_of_their_sensors_and_turn_grey(session, on_screen):
    panel = on_screen(RoomsPanel(session), 1100, 320)
    panel.property.setCurrentIndex(panel.property.findData(ON + "bld.temp"))
    panel.property.activated.emit(0)
    layer = session.document.layer("house")
    assert (layer.room_colors.observed, layer.room_colors.of) == ("bld.temp", "elements")
    layer = replace(layer, room_colors=replace(layer.room_colors, scale="ramp", low=0.0, high=48.0), edges=False)
    view, warm = drawn(session, layer)
    spot = (9.0, 7.0, 0.0)
    legend = view.stage.visual("house").legend(layer, session.asset("house"), session.moment())
    assert legend.unit == "°C" and legend.note == "As of 14:00, 1 of 1 element has data"
    colors = view.stage.visual("house")._rooms.colors
    view.close()
    session.clock.go_to(session.clock.now_ns + 200 * STEP)
    view, grey = drawn(session, layer)
    before, after = color_at(view, warm, spot), color_at(view, grey, spot)
    assert np.ptp(after) < 20 < np.ptp(before) and len(colors) == 1
    view.close()


def test_an_element_that_no_sensor_is_on_is_a_ghost_where_others_speak(session):
    layer = replace(session.document.layer("house"), room_colors=RoomColors(observed="bld.temp", of="elements"))
    view, _ = drawn(session, layer)
    elements = view.stage.visual("house").elements
    assert elements.ghosts(layer).tolist() == [False] * 4             # the slab speaks, rooms are put away
    assert elements.alpha(layer).tolist() == [255, 0, 0, 0]
    quiet = replace(layer, room_colors=RoomColors(observed="bld.co2", of="elements"))
    view.stage.visual("house").update(quiet, session.asset("house"), Moment(hosted=session.hosts.now), None,
                                      frozenset({"layer"}))
    assert view.stage.visual("house").elements.ghosts(quiet).tolist() == [True, False, False, False]
    view.close()


def test_an_element_says_what_its_sensors_say(session):
    layer = replace(session.document.layer("house"), room_colors=RoomColors(observed="bld.temp", of="elements"))

    def said(**fields):
        view, _ = drawn(session, replace(layer, **fields))
        words = [word for word in view.stage.visual("house")._labels.words if word]
        view.close()
        return words
    value, = said()
    assert value.endswith(" °C") and float(value.split()[0]) > 0
    assert said(room_labels="none") == [] and said(room_colors=None) == []
    named, = said(room_labels="name_and_value")
    assert named.endswith(value) and len(named) > len(value)


def test_large_models_are_settled_in_a_thread(session, monkeypatch):
    monkeypatch.setattr("app.hosting.AT_ONCE", 0)
    session.hosts._built = session.hosts._asked = ()
    session.settle()
    assert session.hosts.series("house", SLAB) == [("air", 3)]


def test_from_a_file_to_the_command_line(shared, tmp_path, capfd):
    model = shared / "ifc/IfcOpenHouse_IFC4.ifc"
    assert cli.main(["ifc", "query", str(model), "IfcDoor", "--json"]) == 0
    door = json.loads(capfd.readouterr().out)["elements"][0]
    readings, project = tmp_path / "doors.csv", tmp_path / "a.twin.json"
    readings.write_text("time,id,property,value,unit\n" + "".join(
        f"2026-07-15T0{hour}:00:00+08:00,{id},door.open,{hour % 2},1\n" for hour in range(4) for id in ("d1", "d2")))
    (tmp_path / "doors.sensors.csv").write_text(f"id,element\nd1,{door['guid']}\nd2,\n")
    made = Session()
    add_files(made, [model, readings])
    made.save(project)
    made.close()
    assert cli.main(["ifc", "rooms", str(project), "--time", "2026-07-15T03:05:00+08:00", "--json"]) == 0
    found = json.loads(capfd.readouterr().out)
    assert [(e["guid"], e["class"], [(s["id"], s["how"], s["value"]) for s in e["sensors"]])
            for e in found["elements"]] == [(door["guid"], "IfcDoor", [("d1/door.open", "guid", 1.0)])]
    assert found["counts"]["on_elements"] == 1 and found["elements"][0]["place"]
    assert cli.main(["ifc", "bind", str(project), "d2/door.open", "--element", door["guid"], "--json"]) == 0
    assert [s["how"] for s in json.loads(capfd.readouterr().out)["elements"][0]["sensors"]] == ["guid", "hand"]
    assert [b.sensor for b in load(project).document.host_bindings] == ["d2/door.open"]
    assert cli.main(["ifc", "bind", str(project), "nobody", "--off"]) == 1
    assert cli.main(["render", str(project), "--elements", "door.open", "--time", "2026-07-15T03:05:00+08:00",
                     "--size", "320x240", "--out", str(tmp_path / "a.png"), "--json"]) == 0
    assert all(layer["error"] is None for layer in json.loads(capfd.readouterr().out)["layers"])


def test_several_elements_are_told_in_the_words_of_one(session):
    session.selection = Selection((("house", SLAB), ("house", HALL)))
    attributes = AttributePanel(session)
    attributes.show_layer("house")
    labels = [row.label for row in attributes.table.facts.rows]
    assert "IFC class" in labels and "Long name" in labels and "long_name" not in labels


def with_a_plant(session) -> None:
    """The tree has an assembly without a shape, of which the slab is a part, in a storey."""
    nodes = {"guid": ["P", "EG", "A", "S", "R1"], "class": ["IfcProject", "IfcBuildingStorey", "IfcElementAssembly",
                                                            "IfcSlab", "IfcSpace"],
             "name": ["House", "EG", "Plant", "Slab", "1"], "storey": [None, "EG", "EG", "EG", "EG"],
             "parent": pa.array([-1, 0, 1, 2, 1], pa.int32()), "spatial": [True, True, False, False, True]}
    session.models._models.append(Model(session.asset("house"), Structure(pa.table(nodes), pa.table({}))))


@pytest.fixture
def on_the_plant():
    made, said = rooms_session(), on_the_slab()
    with_a_plant(made)
    place = said.features.column_names.index("element")
    reread(made, "air", replace(said, features=said.features.set_column(place, "element",
                                                                        pa.array(["", "", "", "A", ""]))))
    made.tick(0.0)
    yield made
    made.close()


def test_sensors_on_a_whole_without_a_shape_stand_at_its_parts_and_colour_them(on_the_plant):
    session = on_the_plant
    assert session.hosts.positions("air", session.asset("air").payload)[3] == pytest.approx((5.0, 4.0, -0.15), abs=1e-5)
    assert session.hosts.now.rooms.title(0) == "Plant" and session.carried("house", SLAB) == [("air", 3)]
    binding.color_rooms(session, ["house"], "bld.temp", of="elements", scale="ramp", low=0.0, high=48.0)
    session.tick(0.0)
    seen = painted_rooms(session.document.layer("house").room_colors, "house", session.hosts.now, session.moment())
    assert seen.features.tolist() == [SLAB] and seen.labelled.tolist() == [SLAB]


def test_a_whole_is_bound_by_its_globalid_and_undone(session):
    with_a_plant(session)
    session.hosts.look_for("EG")
    session.tick(0.0)
    session.tick(0.0)
    model = session.hosts.model_of("house")
    binding.put_on(session, ["b.co2"], "house", model.row_of("EG"))
    session.tick(0.0)
    held, = session.document.host_bindings
    assert (held.element, held.kind, held.place) == ("EG", "IfcBuildingStorey", (5.0, 4.0, 1.15))
    assert session.hosts.now.features_of("house") == [SLAB], "the storey itself shows nothing of it"
    session.edits.undo()
    session.tick(0.0)
    assert not session.document.host_bindings


def test_a_whole_of_the_tree_is_bound_by_hand_beside_selected_sensors(session, on_screen):
    with_a_plant(session)
    tree = on_screen(ModelPanel(session), 300, 400)
    tree.refresh()
    node = next(n for n in range(tree.model.forest.size) if tree.model.label(n) == "Plant")
    session.selection = Selection((("air", 1),))
    at = tree.tree.visualRect(tree.model.index_of(node)).center()
    QTest.mouseClick(tree.tree.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier, at)
    assert session.selection.items == (("air", 1), ("house", SLAB)), "the sensor stays"
    session.tick(0.0)
    session.tick(0.0)
    element = binding.chosen_element(session)
    panel = on_screen(RoomsPanel(session), 1100, 320)
    panel.tabs.setCurrentIndex(2)
    panel.refresh()
    QTest.mouseClick(panel.buttons["bind"], Qt.MouseButton.LeftButton)
    session.tick(0.0)
    held, = session.document.host_bindings
    assert (held.sensor, held.element, held.kind) == ("b.co2", "A", "IfcElementAssembly")
    assert set(session.hosts.now.features_of("house")) == {SLAB} and binding.on_element(session, *element) == ["b.co2"]
    session.edits.undo()
    session.tick(0.0)
    assert not session.document.host_bindings and binding.on_element(session, *element) == []
