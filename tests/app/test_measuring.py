"""Measuring with the real viewport and panel: clicks on a box, results that are kept, named, deleted, undone."""

from __future__ import annotations

import csv
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app import dialogs, measuring
from app.discover import layer_types
from app.measuring import Measuring
from app.panels.measure_panel import MeasurePanel
from app.session import Session
from layers.building import Building
from layers.measures import Sketch, label
from layers.shape import Snap
from layers.view import offscreen
from tests.app.made_sessions import put
from tests.layers.boxes import boxes
from twin.camera import Camera
from twin.document import Document
from twin.frame import Frame
from twin.layer import Placement, Source
from twin.measuring import angle_deg, length_m, level_m, rise_m
from twin.project import Project

layer_types()
ORIGIN = (500.0, 800.0, 5.0)
HERE = Snap("corner", np.zeros(3))


class Viewport:
    """The part of the window's viewport that measuring asks, over a real view."""

    def __init__(self, session):
        self.session, self.view, self.drawing, self.flown = session, offscreen(320, 240), None, []

    def draw(self, drawing):
        self.drawing = drawing

    def cancel_pick(self):
        return False

    def camera(self):
        return self.view.camera()

    def zoom_to_feature(self, layer, feature):
        self.flown.append((layer, feature))

    def frame(self):
        self.view.frame(self.session.shown, self.session.assets, self.session.moment())

    def click(self, point):
        """Where `point` stands in the picture."""
        self.move(point)
        self.drawing.click(self.found(point))
        self.frame()

    def found(self, point):
        x, y, _ = self.view.ray(0, 0).project(np.array([point], float))[0]
        return self.drawing.look(self.view, x - 0.5, y - 0.5, None)

    def move(self, point):
        self.drawing.move(self.found(point))
        self.frame()


@pytest.fixture
def session():
    layer = Building(id="b", name="Box", edges=False, source=Source(path="/data/box.ifc"))
    made = Session(Project(document=Document(frame=Frame(crs="", origin=ORIGIN), layers=(layer,))))
    put(made, layer, boxes([[0, 0, 0]], [[10, 10, 3]]))
    yield made
    made.close()


@pytest.fixture
def viewport(session, qapp):
    made = Viewport(session)
    made.view.set_camera(Camera(position=(-12.0, -15.0, 22.0), focus=(5.0, 5.0, 2.0)))
    made.frame()
    made.view.stage.visual("b").solid.picker.wait()
    yield made
    made.view.close()


@pytest.fixture
def panel(session, viewport, on_screen):
    return on_screen(MeasurePanel(session, viewport), 320, 500)


def items(session):
    return measuring.layers_of(session)[0].items if measuring.layers_of(session) else ()


def test_two_corners_give_a_length_with_its_parts(panel, viewport, session):
    QTest.mouseClick(panel.modes["distance"], Qt.MouseButton.LeftButton)
    assert panel.modes["distance"].isChecked() and panel.hint.text() == "Click the start."
    viewport.click((0, 0, 3))
    assert panel.hint.text() == "Click the end."
    viewport.move((10, 0, 3))
    assert isinstance(session.sketch, Sketch) and length_m(session.sketch.items[0]) == pytest.approx(10)
    viewport.click((10, 0, 3))
    measure, = items(session)
    assert (length_m(measure), level_m(measure), rise_m(measure)) == pytest.approx((10, 10, 0), abs=1e-4)
    assert measure.points[0] == pytest.approx((500, 800, 8), abs=1e-3), "kept in the project's coordinates"
    assert panel.hint.text() == "Click the start." and viewport.drawing is not None, "one measures on"
    session.edits.undo()
    assert items(session) == () and session.edits.redo_label == "Measure"


@pytest.mark.parametrize("scale", [1.0, 0.9996])
def test_a_model_measures_what_was_drawn_whatever_the_grid_makes_of_it(session, viewport, panel, scale):
    """Its 16.000 m were told as 16.006 m in UTM: the scale of the grid was taken off what had never been put on."""
    frame = Frame(crs="EPSG:32651", origin=(333_000.0, 3_470_000.0, 0.0))
    placed = replace(session.document.layer("b"), placement=Placement(
        easting=333_005.0, northing=3_470_005.0, height=0.0, scale=scale))
    session.edits.commit(replace(session.document.with_layer(placed), frame=frame), "Place")
    put(session, placed, boxes([[0, 0, 0]], [[10, 10, 3]]))
    viewport.frame()
    viewport.view.stage.visual("b").solid.picker.wait()
    panel.toggle("distance")
    low, high, top = 5 - 5 * scale, 5 + 5 * scale, 3 * scale
    for point in ((low, low, top), (high, low, top), (low, low, top), (-4, 3, 0)):
        viewport.click(point)
    inside, outside = items(session)
    assert length_m(inside) == pytest.approx(10.0, abs=1e-4) and inside.grid_scale == pytest.approx(scale, abs=1e-6)
    assert outside.grid_scale == pytest.approx(frame.grid_scale(333_000.0, 3_470_000.0)), "to the ground: the grid's"


def test_perpendicular_to_an_edge_and_to_a_face(panel, viewport, session):
    panel.toggle("perpendicular")
    viewport.click((10, 10, 3))
    viewport.click((5, 0, 3))
    edge, = items(session)
    assert edge.way == "to_edge" and length_m(edge) == pytest.approx(10, abs=1e-3)
    viewport.click((0, 0, 0))
    viewport.click((6, 6, 3))
    assert items(session)[1].way == "to_face" and length_m(items(session)[1]) == pytest.approx(3, abs=1e-3)
    assert abs(rise_m(items(session)[1])) == pytest.approx(3, abs=1e-3)


@pytest.mark.parametrize("mode, first, ways", [("perpendicular", (10, 10, 3), {"to_edge", "to_face"}),
                                               ("angle", (10, 5, 3), {"angle"})])
def test_near_a_corner_an_edge_or_a_face_is_caught_where_one_is_asked_for(panel, viewport, session, mode, first, ways):
    """A corner there ended nothing, and no later click did."""
    panel.toggle(mode)
    viewport.click(first)
    viewport.click((0.1, 0.1, 3))
    assert len(items(session)) == 1 and items(session)[0].way in ways
    assert panel.hint.text().startswith("Click a"), "the next one begins"


def test_angles_of_edges_and_of_three_corners(panel, viewport, session):
    panel.toggle("angle")
    viewport.click((5, 0, 3))
    assert panel.hint.text() == "Click the other edge or face."
    viewport.click((0, 5, 3))
    assert angle_deg(items(session)[0]) == pytest.approx(90, abs=1e-6)
    viewport.click((10, 0, 3))
    assert panel.hint.text() == "Click the vertex."
    viewport.click((0, 0, 3))
    viewport.click((0, 10, 3))
    assert angle_deg(items(session)[1]) == pytest.approx(90, abs=1e-3)


def test_the_ground_can_be_measured_too(panel, viewport, session):
    panel.toggle("distance")
    viewport.click((0, 0, 3))
    viewport.click((-4, 3, 0))
    measure, = items(session)
    assert rise_m(measure) == pytest.approx(-3, abs=0.05) and level_m(measure) == pytest.approx(5, abs=0.1)
    assert measure.known_m == 0.1 and label(measure).endswith("  ↔ 5.0  ↕ -3.0"), "no false millimetres"


def test_escape_gives_up_what_was_begun_then_measuring(panel, viewport, session):
    panel.toggle("distance")
    viewport.click((0, 0, 3))
    viewport.drawing.cancel()
    assert viewport.drawing is not None and session.sketch is None
    viewport.drawing.cancel()
    assert viewport.drawing is None and not panel.modes["distance"].isChecked()
    assert items(session) == ()


def test_the_list_names_deletes_flies_and_exports(panel, viewport, session, tmp_path, monkeypatch):
    panel.toggle("distance")
    for a, b in (((0, 0, 3), (10, 0, 3)), ((0, 0, 3), (0, 10, 3))):
        viewport.click(a)
        viewport.click(b)
    panel.toggle("distance")
    panel.refresh()
    assert [panel.list.topLevelItem(i).text(1) for i in range(2)] == ["10.000 m", "10.000 m"]
    panel.list.topLevelItem(1).setText(0, "Depth")
    assert items(session)[1].note == "Depth"
    panel.refresh()
    panel.list.topLevelItem(1).setSelected(True)
    id = measuring.layers_of(session)[0].id
    assert session.selection.items == ((id, 1),)
    panel.list.setCurrentItem(panel.list.topLevelItem(1))
    panel._fly()
    assert viewport.flown == [(id, 1)]
    monkeypatch.setattr(dialogs, "save_file", lambda *_: tmp_path / "m.csv")
    QTest.mouseClick(panel.export, Qt.MouseButton.LeftButton)
    rows = list(csv.DictReader((tmp_path / "m.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert [row["note"] for row in rows] == ["", "Depth"] and float(rows[0]["length_m"]) == pytest.approx(10)
    panel.refresh()
    QTest.mouseClick(panel.delete, Qt.MouseButton.LeftButton)
    assert [item.note for item in items(session)] == [""]
    panel.refresh()
    panel.list.topLevelItem(0).setSelected(True)
    panel.delete_chosen()
    assert measuring.layers_of(session) == [], "the layer goes with its last measure"
    session.edits.undo()
    assert len(items(session)) == 1


def test_a_measure_goes_to_the_current_layer_of_measures(session, viewport):
    tool = Measuring(session, viewport, "distance")
    for x in (1.0, 2.0):
        measuring.add(session, tool._measure("distance", [np.zeros(3), np.array([x, 0, 0])], [HERE]))
    first = measuring.layers_of(session)[0]
    session.edits.commit(session.document.with_layer(replace(first, id="other", items=())), "Add")
    session.current_layer = "other"
    measuring.add(session, tool._measure("distance", [np.zeros(3), np.array([5.0, 0, 0])], [HERE]))
    assert [len(layer.items) for layer in measuring.layers_of(session)] == [1, 2]


def test_two_clicks_at_one_place_measure_nothing(session, viewport):
    tool = Measuring(session, viewport, "distance")
    tool.click(HERE)
    tool.click(HERE)
    assert measuring.layers_of(session) == []


def test_what_the_mouse_catches_is_looked_for_beside_the_frames(viewport, monkeypatch):
    """By which thread is what is claimed: the first look at a shape of many faces takes long."""
    import threading
    viewport.view.canvas.at_once = False
    measuring = Measuring(viewport.session, viewport, "distance")
    measuring.begin()
    threads, caught, look = [], [], Measuring.look
    monkeypatch.setattr(Measuring, "look", lambda *a: threads.append(threading.current_thread()) or look(*a))
    monkeypatch.setattr(Measuring, "move", lambda self, snap: caught.append(snap))
    pause = threading.Event()
    for x in (100, 150, 160):
        measuring.hover(viewport.view, x, 120.0, None)
    expected = look(measuring, viewport.view, 160, 120.0, None)
    for _ in range(6000):
        measuring.tick()
        if caught:
            break
        pause.wait(0.005)
    assert len(caught) == 1 and np.array_equal(caught[0].point, expected.point), "only where the mouse was last"
    assert threads and threading.main_thread() not in threads
    measuring.cancel()
