"""Searching by area: buffers as layers, what touches them, and what lies at a point from top to bottom."""

from __future__ import annotations

import csv
import io
import json
from concurrent.futures import wait
from dataclasses import replace

import numpy as np
import pytest
import shapely
from PySide6.QtCore import QPoint, Qt

from app import dialogs
from app.buffering import can_surround
from app.cli import main
from app.discover import layer_types
from app.drawing import Drawing
from app.nearby import Area, area_of, not_asked
from app.panels.buffer_dialog import BufferDialog
from app.panels.found import HOW, FoundPanel
from app.panels.status import StatusBar
from app.session import Session
from layers.city import City
from layers.imagery import ImageryLayer
from layers.networks import Networks
from layers.sensor_points import SensorPoints
from layers.vectors import VectorLayer
from tests.cim.made_vectors import write
from twin.buffers import buffer_of
from twin.camera import Camera
from twin.document import Document
from twin.frame import Frame
from twin.layer import Source
from twin.project import Project, load, save
from twin.selection import Selection

ABOVE = Camera(position=(0.0, 0.0, 600.0), focus=(0.0, 0.0, 0.0), up=(0.0, 1.0, 0.0))
E, N = 617000.0, 3471000.0
EVERYTHING = Area.inside(np.array([(-200.0, -200), (200, -200), (200, 200), (-200, 200)]))


@pytest.fixture
def session(tmp_path):
    """A tunnel along x; houses at x = -100, 0, 100 and y = 40, 120; a tree on the tunnel."""
    layer_types()
    tunnel = shapely.LineString([(E - 150, N, -12), (E + 150, N, -12)])
    write(tmp_path / "tunnel.gpkg", [tunnel], {"name": ["Line 11"], "diameter_mm": [6200], "z_ref": ["axis"],
                                               "datum": ["1985"]}, "GPKG", kind="LineString Z")
    places = [(x, y) for y in (40, 120) for x in (-100, 0, 100)]
    houses = [shapely.box(E + x - 5, N + y - 5, E + x + 5, N + y + 5) for x, y in places]
    write(tmp_path / "houses.gpkg", houses, {"name": [f"h{i}" for i in range(6)], "height": [10.0] * 6}, "GPKG")
    write(tmp_path / "tree.gpkg", [shapely.Point(E, N)], {"name": ["oak"]}, "GPKG", kind="Point")
    source = {name: Source(path=str(tmp_path / f"{name}.gpkg")) for name in ("tunnel", "houses", "tree")}
    made = Session(Project(document=Document(layers=(
        Networks(id="n", name="Tunnel", source=source["tunnel"]), City(id="c", name="Houses", source=source["houses"]),
        VectorLayer(id="v", name="Trees", source=source["tree"])))))
    made.settle()
    yield made
    made.close()


@pytest.fixture
def viewport(session, viewport_from):
    return viewport_from(session, ABOVE)


@pytest.fixture
def panel(session, viewport, on_screen):
    return on_screen(FoundPanel(session, viewport), 700, 240)


def settled(session, panel) -> None:
    if panel._job is not None:
        session.jobs.wait(panel._job)
    panel.refresh()
    while panel._narrowing is not None:
        assert not wait([panel._narrowing], timeout=120.0).not_done
        panel.refresh()


def found(panel) -> set:
    return {(t.layer, t.feature) for t in panel.found}


def test_a_protection_zone_is_a_layer_and_says_what_touches_it(session, panel, qtbot, tmp_path):
    dialog = BufferDialog(None, session, session.document.layer("n"))
    qtbot.addWidget(dialog)
    assert dialog.distance.value() == 50.0 and dialog.what.count() == 2
    dialog.accept()
    zone = session.document.layers[0]
    assert zone.kind == "zones" and zone.name == "Tunnel · 50 m"
    session.settle()
    area = area_of(session, zone)
    panel.ask("zone", area, frozenset([zone.id]))
    settled(session, panel)
    assert found(panel) == {("n", 0), ("c", 0), ("c", 1), ("c", 2), ("v", 0)}   # 50 m and the radius reach y = 53.1
    assert set(session.selection.items) == found(panel) and "5 found" in panel.words.text()
    session.save(tmp_path / "p.twin.json")
    assert buffer_of(load(tmp_path / "p.twin.json").document.layers[0].source).distance_m == 50.0


def test_the_distance_of_a_buffer_can_be_changed_and_undone(session, qtbot):
    first = BufferDialog(None, session, session.document.layer("n"))
    first.what.setCurrentIndex(1)
    first.accept()
    zone = session.document.layers[0]
    assert zone.kind == "networks" and can_surround(zone)
    again = BufferDialog(None, session, zone)
    again.distance.setValue(20.0)
    again.accept()
    assert buffer_of(session.document.layers[0].source).distance_m == 20.0
    session.settle()
    assert session.asset(zone.id).payload.bounds()[4] == pytest.approx(23.1, abs=0.05)
    session.edits.undo()
    assert buffer_of(session.document.layers[0].source).distance_m == 50.0


def test_hidden_layers_are_not_searched_and_the_answer_says_so(session, panel):
    panel.ask("all", EVERYTHING)
    settled(session, panel)
    assert "hidden" not in panel.words.text() and panel.words.toolTip() == ""
    session.edits.commit(session.document.with_layer(replace(session.document.layer("c"), visible=False)), "Hide")
    panel.ask("all", EVERYTHING)
    settled(session, panel)
    assert found(panel) == {("n", 0), ("v", 0)} and "1 hidden layer was not searched: Houses" in panel.words.text()
    assert panel.words.toolTip().endswith("Houses")
    measuring = SensorPoints(id="s", name="Rain", visible=False, source=Source(path="/data/rain.csv"))
    session.edits.commit(session.document.with_layer(measuring), "Add")
    assert [x.id for x in not_asked(session)] == ["c", "s"], "what a map has is named first"
    assert [x.id for x in not_asked(session, frozenset("c"))] == ["s"]


def test_what_was_asked_about_is_drawn_as_long_as_the_answer_is_seen(session, panel):
    corners = np.array([(-20.0, -20), (20, -20), (20, 20), (-20, 20)])
    panel.ask("box", Area.inside(corners))
    settled(session, panel)
    drawn = np.array(session.asked_in.line) - session.document.frame.origin[:2]
    assert session.asked_in in session.shown.layers and session.document.layer(session.asked_in.id) is None
    assert {tuple(p) for p in drawn.round(3).tolist()} == set(map(tuple, corners.tolist()))
    panel.within.setValue(30.0)
    settled(session, panel)
    drawn = np.array(session.asked_in.line) - session.document.frame.origin[:2]
    assert np.abs([drawn.min(axis=0) + 50, drawn.max(axis=0) - 50]).max() < 0.01      # of the grid, a little more
    panel.ask("line", Area.along(np.array([(-100.0, 100.0), (0.0, 100.0), (0.0, 150.0)])))
    assert len(session.asked_in.line) == 3
    panel.ask_here((3.0, 4.0, 0.0), 1.0)
    assert session.asked_in.spots[0].place[:2] == pytest.approx((E + 3, N + 4))
    panel.ask("zone", area_of(session, session.document.layer("n")))
    assert session.asked_in is None, "a layer's own shapes are seen anyway"
    panel.ask("box", Area.inside(corners))
    settled(session, panel)
    panel.hide()
    assert session.asked_in is None and session.shown == session.document


def test_the_layer_that_was_chosen_stays_so_where_nothing_of_it_is_found(session, panel):
    panel.ask("all", EVERYTHING)
    settled(session, panel)
    panel.of.setCurrentIndex(panel.of.findData("c"))
    panel.ask("tree", Area.at((0.0, 0.0), 1.0))
    settled(session, panel)
    assert panel.of.currentData() == "c" and panel.of.currentText() == "Houses (0)" and panel.count == 0
    panel.ask("all", EVERYTHING)
    settled(session, panel)
    assert {layer for layer, _ in found(panel)} == {"c"}


def test_along_a_line_with_a_distance_that_can_be_widened(session, panel):
    panel.ask("line", Area.along(np.array([(-100.0, 100.0), (100.0, 100.0)]), 10.0))
    settled(session, panel)
    assert found(panel) == set()
    panel.within.setValue(16.0)
    settled(session, panel)
    assert found(panel) == {("c", 3), ("c", 4), ("c", 5)}


def test_a_distance_is_true_where_the_grid_is_not(tmp_path, capsys):
    """In web Mercator a metre of Shanghai is 1.17 of the grid: 250 m reached 214."""
    x, y = 13_497_500.0, 3_678_300.0
    write(tmp_path / "spots.gpkg", [shapely.Point(x + away, y) for away in (110.0, 120.0)], {"name": ["a", "b"]},
          "GPKG", "EPSG:3857", "Point")
    layer = VectorLayer(id="v", name="Spots", source=Source(path=str(tmp_path / "spots.gpkg")))
    frame = Frame(crs="EPSG:3857", origin=(x, y, 0.0))
    save(Project(document=Document(layers=(layer,), frame=frame)), tmp_path / "p.twin.json")
    command = ["touching", str(tmp_path / "p.twin.json"), "--line", f"{x},{y - 1} {x},{y + 1}", "--within", "100"]
    assert 1.16 < frame.grid_scale(x, y) < 1.18
    assert main([*command, "--json"]) == 0
    assert [one["name"] for one in json.loads(capsys.readouterr().out)["features"]] == ["a"]
    assert main([*command, "--crs", "EPSG:999999"]) == 1
    assert "EPSG:999999" in (said := capsys.readouterr().err) and "layer" not in said     # it is that of the line


def test_a_rectangle_drawn_in_the_scene_selects_what_touches_it(session, viewport, panel, qtbot):
    drawn = []
    Drawing(session, viewport, "rectangle", drawn.append).begin()
    for x, y in ((120, 100), (200, 116)):                                      # about x -60..60, y 6..30 from above
        qtbot.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=QPoint(x, y))
    assert len(drawn[0]) == 4
    panel.ask("box", Area.inside(drawn[0], 12.0))
    settled(session, panel)
    assert ("c", 1) in found(panel) and ("c", 4) not in found(panel)


def test_a_click_in_the_scene_makes_its_layer_the_current_one(session, viewport, qtbot):
    session.current_layer = "v"
    x, y = viewport.view.ray(0, 0).project(np.array([[100.0, 120.0, 10.0]]))[0, :2]
    qtbot.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=QPoint(round(x), viewport.canvas.size[1] - 1 - round(y)))
    assert session.selection.items == (("c", 5),)
    assert session.current_layer == session.about == "c", "its row was another one"


def test_a_line_on_the_ground_passes_through_the_click_whatever_stands_there(session, viewport):
    x, y = (float(v) for v in viewport.view.ray(0, 0).project(np.array([[100.0, 120.0, 10.0]]))[0, :2])
    hit = viewport.view.pick(x, y)
    assert hit.layer == "c" and hit.point[2] == pytest.approx(10.0, abs=0.1)

    def looked(**how):
        return Drawing(session, viewport, "line", lambda points: None, **how).look(viewport.view, x, y, hit)
    assert looked() == hit.point, "a roof means its house"
    below = (hit.point[0] * 600 / 590, hit.point[1] * 600 / 590, 0.0)                 # seen from 600 m above the middle
    assert looked(on_ground=True) == pytest.approx(below, abs=0.1)
    session.edits.commit(replace(session.document, ground_opacity=0.3), "Underground")
    assert looked() == pytest.approx(below, abs=0.1), "houses are looked through"
    viewport.set_camera(Camera(position=(0.0, 0.0, -30.0), focus=(0.0, 200.0, -8.0)))
    assert looked() == hit.point, "from below no ray comes down onto the ground"


@pytest.mark.parametrize("shape, word", [("rectangle", "opposite corners"), ("polygon", "corners of the area"),
                                         ("line", "points of the line")])
def test_the_status_bar_says_how_to_go_on_with_what_is_drawn(session, viewport, on_screen, shape, word):
    bar = on_screen(StatusBar(session, viewport), 900, 28)
    drawing = Drawing(session, viewport, shape, lambda points: None)
    drawing.begin()
    bar.refresh()
    assert word in bar.selected.whole and "Esc" in bar.selected.whole
    drawing.cancel()
    bar.refresh()
    assert bar.selected.whole == ""


def test_what_is_here_lists_all_layers_from_top_to_bottom(session, panel, viewport):
    panel.ask_here((0.0, 0.0, 0.0), 1.0)
    settled(session, panel)
    assert [(t.layer, t.name) for t in panel.found] == [("v", "oak"), ("n", "Line 11")]
    assert panel.found[1].top_m == pytest.approx(-8.9, abs=0.05)
    assert session.selection.items == ()
    panel.table.cellClicked.emit(1, 0)
    assert session.selection.last == ("n", 0)


def test_what_is_here_is_not_narrowed_as_the_search_before(session, panel, viewport):
    panel.ask("In the area", Area.at((0.0, 0.0), 1.0))
    settled(session, panel)
    panel.where.setText("name = 'oak'")
    panel.where.returnPressed.emit()
    settled(session, panel)
    panel.of.setCurrentIndex(panel.of.findData("v"))
    panel.ask_here((0.0, 0.0, 0.0), 1.0)
    settled(session, panel)
    assert [t.name for t in panel.found] == ["oak", "Line 11"] and panel.where.text() == ""


def test_the_top_of_a_long_pipe_is_its_crown_at_the_place(session, panel, tmp_path):
    sloped = shapely.LineString([(E - 100, N - 50, 2.0), (E + 100, N - 50, -2.0)])
    path = write(tmp_path / "sloped.gpkg", [sloped], {"name": ["S"], "diameter_mm": [600], "z_ref": ["axis"],
                                                      "datum": ["1985"]}, "GPKG", kind="LineString Z")
    layer = Networks(id="s", name="Sloped", source=Source(path=str(path)))
    session.edits.commit(session.document.with_layer(layer), "Add")
    session.settle()
    for x, axis in ((-50.0, 1.0), (50.0, -1.0)):
        panel.ask_here((x, -50.2, 0.0), 1.0)
        settled(session, panel)
        assert [(t.name, round(t.top_m, 2)) for t in panel.found] == [("S", axis + 0.3)]


def test_the_ground_is_in_the_list_too(session, panel, tmp_path):
    import rasterio
    from rasterio.transform import from_bounds

    from layers.terrain import Terrain
    with rasterio.open(tmp_path / "g.tif", "w", driver="GTiff", width=9, height=9, count=1, dtype="float32",
                       crs="EPSG:4549", transform=from_bounds(E - 90, N - 90, E + 90, N + 90, 9, 9)) as file:
        file.write(np.full((9, 9), 4.0, np.float32), 1)
    layer = Terrain(id="t", name="Ground", source=Source(path=str(tmp_path / "g.tif")), exaggeration=2.0)
    session.edits.commit(session.document.with_layer(layer), "Add")
    session.settle()
    panel.ask_here((0.0, 0.0, 0.0), 1.0)
    settled(session, panel)
    assert [(t.layer, t.top_m) for t in panel.found if t.layer != "v"] == [
        ("t", 4.0), ("n", pytest.approx(-8.9, abs=0.05))]
    row = next(i for i, t in enumerate(panel.found) if t.layer == "t")
    panel.choose(row)
    assert session.current_layer == "t"
    with rasterio.open(tmp_path / "i.tif", "w", driver="GTiff", width=10, height=10, count=3, dtype="uint8", nodata=0,
                       crs="EPSG:4549", transform=from_bounds(E - 50, N - 50, E + 50, N + 50, 10, 10)) as file:
        picture = np.full((3, 10, 10), 200, np.uint8)
        picture[:, :, :5] = 0                                # nothing is known in the west
        file.write(picture)
    for name in ("low", "high"):
        image = ImageryLayer(id=name, name=name, source=Source(path=str(tmp_path / "i.tif")))
        session.edits.commit(session.document.with_layer(image), "Add")
    session.settle()
    for x, there in ((20.0, ["high", "low", "t", "n"]), (-20.0, ["t", "n"])):
        panel.ask_here((x, 0.0, 0.0), 1.0)
        settled(session, panel)
        assert [t.layer for t in panel.found] == there


def test_a_right_click_asks_and_a_right_drag_does_not(viewport, qtbot):
    asked = []
    viewport.asked = asked.append
    qtbot.mouseClick(viewport, Qt.MouseButton.RightButton, pos=QPoint(160, 120))
    assert len(asked) == 1 and abs(asked[0][0]) < 5
    qtbot.mousePress(viewport, Qt.MouseButton.RightButton, pos=QPoint(160, 120))
    qtbot.mouseMove(viewport, QPoint(200, 150))
    qtbot.mouseRelease(viewport, Qt.MouseButton.RightButton, pos=QPoint(200, 150))
    assert len(asked) == 1


def test_a_list_is_saved_whole(session, panel, tmp_path, monkeypatch):
    panel.ask("all", EVERYTHING)
    settled(session, panel)
    monkeypatch.setattr(dialogs, "save_file", lambda *_: tmp_path / "f.csv")
    panel.save_csv()
    rows = list(csv.DictReader(io.StringIO((tmp_path / "f.csv").read_text("utf-8-sig"))))
    assert len(rows) == 8 and {r["layer"] for r in rows} == {"n", "c", "v"}


def test_hidden_layers_are_neither_searched_nor_read(session, panel):
    session.edits.commit(session.document.with_each(["c"], lambda x: replace(x, visible=False)), "Hide")
    tree = replace(session.document.layer("v"), id="w", visible=False,
                   source=replace(session.document.layer("v").source, table="tree"))
    session.edits.commit(session.document.with_layer(tree), "Add")
    panel.ask(" ", EVERYTHING)
    settled(session, panel)
    assert found(panel) == {("n", 0), ("v", 0)}
    assert session.held("w") is None


def test_what_is_near_a_pipe_is_counted_from_its_wall(session, panel):
    area = area_of(session, session.document.layer("n"))
    panel.ask("Tunnel", area, frozenset("n"))
    settled(session, panel)
    assert found(panel) == {("v", 0)}
    panel.within.setValue(31.8)                              # houses begin at y = 35, the wall lies at 3.1
    settled(session, panel)
    assert found(panel) == {("v", 0)}
    assert panel.table.isColumnHidden(3), "no height is stated for a tree"
    panel.within.setValue(32.0)
    settled(session, panel)
    assert found(panel) == {("v", 0), ("c", 0), ("c", 1), ("c", 2)}
    rows = {tuple(panel.table.item(row, column).text() for column in (0, 3, 4)) for row in range(4)}
    assert rows == {("oak", "", "0.00"), *((f"h{n}", "10.00", "31.89") for n in range(3))}, "not of the grid"
    assert not panel.table.isColumnHidden(4)
    panel.within.setValue(0.0)
    settled(session, panel)
    assert panel.table.isColumnHidden(4), "what touches is at no distance"
    assert area_of(session, session.document.layer("c"), (4,)).box() == pytest.approx((-5, 115, 5, 125), abs=0.01)


def test_a_search_is_narrowed_to_a_layer_and_a_condition(session, panel, tmp_path, monkeypatch):
    panel.ask("all", EVERYTHING)
    settled(session, panel)
    assert [panel.of.itemData(n) for n in range(panel.of.count())] == ["", "n", "c", "v"]
    assert "height > 20" in panel.where.placeholderText()                        # of the houses: most was found of them
    panel.where.setText("name IN ('h1', 'h4', 'oak')")
    panel.where.returnPressed.emit()
    settled(session, panel)
    assert found(panel) == {("c", 1), ("c", 4), ("v", 0)} == set(session.selection.items)
    panel.where.setText("height > 5 AND name <> 'h0'")
    panel.where.returnPressed.emit()
    settled(session, panel)
    assert found(panel) == {("c", n) for n in range(1, 6)} and "2 layers have no such columns" in panel.words.text()
    panel.of.setCurrentIndex(3)
    panel.of.activated.emit(3)
    settled(session, panel)
    assert "cannot be understood" in panel.words.text() and "name LIKE" in panel.where.placeholderText()
    panel.where.clear()
    settled(session, panel)
    assert found(panel) == {("v", 0)}
    monkeypatch.setattr(dialogs, "save_file", lambda *_: tmp_path / "f.csv")
    panel.save_csv()
    assert (tmp_path / "f.csv").read_text("utf-8-sig").count("\n") == 2


def test_a_search_is_combined_with_what_was_selected(session, panel):
    before = Selection((("c", 0), ("v", 0)))
    for how, left in (("new", {("c", 0), ("c", 1), ("c", 2)}), ("add", {("c", 0), ("v", 0), ("c", 1), ("c", 2)}),
                      ("take", {("v", 0)}), ("both", {("c", 0)})):
        session.selection = before
        panel.how.setCurrentIndex(list(HOW).index(how))
        panel.ask("row", Area.along(np.array([(-150.0, 40.0), (150.0, 40.0)]), 1.0))
        settled(session, panel)
        assert set(session.selection.items) == left, how
    panel.within.setValue(90.0)                              # the same question, wider: not upon its own answer
    settled(session, panel)
    assert set(session.selection.items) == set(before.items)


def test_another_project_knows_nothing_of_the_former_search(session, panel):
    panel.ask("all", EVERYTHING)
    settled(session, panel)
    assert panel.table.rowCount() == 8
    session.become(Project(document=Document()))
    panel.refresh()
    assert panel.table.rowCount() == 0 and panel.of.count() == 1 and not panel.found
    assert "Right click" in panel.words.text()
