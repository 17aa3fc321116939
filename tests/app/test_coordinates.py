"""Choosing the system of a layer's numbers: seen on a map and in the scene first, then one edit that can be undone."""

from __future__ import annotations

import json
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import shapely
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialogButtonBox

from app.opening import Opening
from app.panels.coordinates_dialog import FITTED, TYPED, CoordinatesDialog
from app.session import Session
from layers.vectors import VectorLayer
from tests.cim.made_vectors import write
from twin.china_offset import from_wgs84
from twin.document import Document
from twin.frame import Frame
from twin.layer import Source
from twin.local_grid import points_of
from twin.project import Project

USER = Qt.ItemDataRole.UserRole


def squares(path, x, y, size):
    ring = [[x, y], [x + size, y], [x + size, y + size], [x, y + size], [x, y]]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [
        {"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": [ring]}}]}))
    return path


@pytest.fixture
def shown(qtbot, tmp_path):
    """The dialog of a layer whose file has a square at these numbers, once they are read."""
    sessions = []

    def show(x, y, size=100.0, crs="", frame=None):
        path = squares(tmp_path / "a.geojson", x, y, size)
        layer = VectorLayer(id="v", name="v", source=Source(path=str(path), crs=crs))
        session = Session(Project(document=Document(layers=(layer,), frame=frame or Frame())))
        sessions.append(session)
        dialog = CoordinatesDialog(None, session, layer)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)      # qtbot does
        qtbot.addWidget(dialog)
        dialog.show()
        session.jobs.wait(dialog._job)
        dialog._look()
        return dialog

    yield show
    for session in sessions:
        session.close()


def choose(dialog, crs: str) -> None:
    rows = [dialog.list.item(n).data(USER) for n in range(dialog.list.count())]
    dialog.list.setCurrentRow(rows.index(crs))


def accept(dialog) -> str:
    dialog.buttons.button(QDialogButtonBox.StandardButton.Ok).click()
    return dialog.session.document.layer("v").source.crs


def test_distances_count_from_the_middle_of_the_other_layers(shown):
    dialog = shown(121.2, 31.3, size=0.01)
    assert "x 121.200000 … 121.210000, y 31.300000" in dialog.says.text()    # to a tenth of a metre
    other, own = (0.0, 0.0, 0.0, 100.0, 100.0, 10.0), (-9000.0, -9000.0, 0.0, -8000.0, -8000.0, 0.0)
    dialog.viewport = SimpleNamespace(stage=SimpleNamespace(boxes=lambda: [other, own], box={"v": own}.get))
    assert dialog._middle() == (50.0, 50.0)


def test_a_layer_on_the_other_side_of_the_earth_leaves_the_map_to_the_city(shown):
    """By a wrong label one lies there: beside it the project and every reading were one dot."""
    dialog = shown(121.2, 31.3, size=0.01)
    here, astray = (0.0, 0.0, 0.0, 4000.0, 4000.0, 10.0), (-8.5e6, 1.6e7, 0.0, -8.5e6 + 100, 1.6e7 + 100, 0.0)
    dialog.viewport = SimpleNamespace(stage=SimpleNamespace(boxes=lambda: [here, astray], box=lambda id: None))
    dialog._show()
    assert dialog.map.boxes == [here] and dialog.map.seen().width() < 50_000.0


def test_swapped_axes_are_shown_where_they_lie_and_accepted_as_an_edit(shown):
    dialog = shown(3470954.0, 617946.0)
    session = dialog.session
    choose(dialog, "swapped:EPSG:4549")
    line = np.array(session.sketch.line)                     # in the scene, before anything is accepted
    assert line.mean(axis=0) == pytest.approx((617996, 3471004), abs=15)
    assert session.document.layer("v").source.crs == ""
    assert dialog.map.chosen == len(dialog.map.rings) - 1
    assert accept(dialog) == "swapped:EPSG:4549" and session.sketch is None
    session.edits.undo()
    assert session.document.layer("v").source.crs == ""


def test_what_was_guessed_when_it_was_read_is_said_and_shown(shown):
    dialog = shown(3470954.0, 617946.0)
    session = dialog.session
    session.settle()
    dialog._look()
    assert "4549" in dialog.says.text() and "guess" in dialog.says.text() and dialog.crs() == ""
    assert np.array(session.sketch.line).mean(axis=0) == pytest.approx((617996, 3471004), abs=15)


def test_degrees_of_a_web_map_can_be_chosen(shown):
    dialog = shown(121.2544, 31.3480, 0.001)
    choose(dialog, "GCJ-02")
    assert accept(dialog) == "GCJ-02"


def test_a_code_that_is_none_is_told_and_cannot_be_accepted(shown, qtbot):
    dialog = shown(617000.0, 3471000.0)
    choose(dialog, TYPED)
    qtbot.keyClicks(dialog.line, "EPSG:999999")
    assert "999999" in dialog.wrong.text()
    assert not dialog.buttons.button(QDialogButtonBox.StandardButton.Ok).isEnabled()
    dialog.line.clear()
    qtbot.keyClicks(dialog.line, "+proj=tmerc +lat_0=31.2333333 +lon_0=121.4666667 +ellps=GRS80")
    assert accept(dialog).startswith("+proj=tmerc")


NOWHERE = Frame(crs="", origin=(618996.0, 3470504.0, 0.0))       # of a first file that does not say its system


def test_a_project_without_a_system_gets_that_of_the_layer_and_nothing_moves(shown):
    dialog = shown(618946.0, 3470454.0, frame=NOWHERE)
    session = dialog.session
    session.settle()
    dialog._look()
    assert "nan" not in dialog.where.text() and "middle" not in dialog.list.item(1).text()
    assert dialog.found[0].crs == "EPSG:4549" and "31.35" in dialog.list.item(1).text()     # the nearest to Jiading
    choose(dialog, "EPSG:4549")
    assert accept(dialog) == "EPSG:4549"
    frame = session.document.frame
    assert frame.crs == "EPSG:4549" and frame.origin == NOWHERE.origin
    session.edits.undo()
    assert session.document.frame == NOWHERE and session.document.layer("v").source.crs == ""


def test_control_points_give_a_project_without_a_system_its_place(shown):
    dialog = shown(-29400.0, 9800.0, frame=Frame(crs="", origin=(-29350.0, 9850.0, 0.0)))
    assert "EPSG:4549" in dialog.says.text() and not dialog.found
    choose(dialog, FITTED)
    for row, numbers in enumerate(((-29400, 9800, 617900, 3471400), (-29300, 9900, 618000, 3471500))):
        for at, number in enumerate(numbers):
            dialog.points.table.item(row, at).setText(str(number))
    assert dialog.points.table.isColumnHidden(5)             # a click in this scene is no place on the Earth
    accept(dialog)
    frame = dialog.session.document.frame
    assert frame.crs == "EPSG:4549" and frame.origin[:2] == pytest.approx((617950.0, 3471450.0), abs=1.0)


def test_the_usual_systems_can_be_chosen_by_their_names(shown):
    dialog = shown(-29400.0, 9800.0)
    choose(dialog, TYPED)
    names = dialog.line.completer().model()
    words = [names.index(n, 0).data() for n in range(names.rowCount())]
    dialog.line.setText(next(one for one in words if one.startswith("EPSG:32651")))
    dialog.line.completer().activated.emit(dialog.line.text())
    assert accept(dialog) == "EPSG:32651"


def test_the_city_grid_is_named_and_fitted_to_points_with_what_is_left_over(shown):
    dialog = shown(-29400.0, 9800.0)
    assert "Shanghai" in dialog.says.text()
    choose(dialog, FITTED)
    assert not dialog.buttons.button(QDialogButtonBox.StandardButton.Ok).isEnabled()
    for row, numbers in enumerate(((-29400, 9800, 617900, 3471400), (-29300, 9800, 617900, 3471500.6),
                                   (-29400, 9900, 618000, 3471400))):
        for at, number in enumerate(numbers):
            dialog.points.table.item(row, at).setText(str(number))
    left = [float(dialog.points.table.item(row, 4).text().split()[0]) for row in range(3)]
    assert 0.1 < max(left) < 0.6 and "northing first" in dialog.points.said.text()
    dialog.points.put(2, 618000.0, 3471400.0)                # a place that was clicked
    assert np.array(dialog.session.sketch.line).mean(axis=0) == pytest.approx((617950, 3471450), abs=15)
    crs = accept(dialog)
    assert len(points_of(crs)) == 3
    again = CoordinatesDialog(None, dialog.session, dialog.session.document.layer("v"))
    assert len(again.points.points()) == 3
    again.reject()


class Scene:
    """A viewport with nothing in it that waits for a click."""

    def __init__(self):
        self.stage = SimpleNamespace(boxes=list, box=lambda id: None)

    def pick_once(self, callback, corners=False):
        self.callback = callback

    def setFocus(self):
        self.focused = True


def test_a_pin_takes_the_dialog_out_of_the_way_until_a_place_is_clicked(shown):
    dialog = shown(-29400.0, 9800.0)
    choose(dialog, FITTED)
    dialog.viewport = scene = Scene()
    for point, number in (((100.0, 50.0, 0.0), True), (None, False)):
        dialog.points.pick(int(not number))
        assert not dialog.isVisible()
        scene.callback(point)
        assert dialog.isVisible() and bool(dialog.points.table.item(int(not number), 2).text()) == number


def test_tab_goes_through_the_numbers_of_control_points_alone(shown, qtbot):
    dialog = shown(-29400.0, 9800.0)
    choose(dialog, FITTED)
    table = dialog.points.table
    table.setCurrentCell(0, 0)
    visited = []
    for _ in range(9):
        visited.append((table.currentRow(), table.currentColumn()))
        qtbot.keyClick(table, Qt.Key.Key_Tab)
    assert visited == [*((0, at) for at in range(4)), *((1, at) for at in range(4)), (2, 0)]


def test_a_boundary_of_a_web_map_is_seen_by_its_offset_and_proposed(tmp_path, qtbot):
    outline = np.array([[121.20, 31.30], [121.30, 31.30], [121.30, 31.40], [121.20, 31.40], [121.20, 31.30]])
    for name, ring in (("true", outline), ("shifted", np.column_stack(from_wgs84("GCJ-02", *outline.T)))):
        (tmp_path / f"{name}.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [
            {"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": [ring.tolist()]}}]}))
    there = VectorLayer(id="v", name="District", source=Source(path=str(tmp_path / "true.geojson")))
    session, told = Session(Project(document=Document(layers=(there,)))), []
    session.settle()
    opening = Opening(session, lambda: (0.0, 0.0, 0.0), lambda *said: told.append(said), lambda *_: None)
    opening.add([tmp_path / "shifted.geojson"])

    def compared():
        session.tick(0.0)
        opening.refresh()
        if len(session.document.layers) > 1:
            session.asset(session.document.layers[0].id)    # the scene asks for it
        return bool(told)

    qtbot.waitUntil(compared)
    assert "GCJ-02" in told[0][0] and "District" in told[0][0]
    assert session.document.layers[0].source.crs == ""      # proposed, never applied
    looked, id = [], session.document.layers[0].id
    opening.check = lambda *where: looked.append(where)
    told[0][2][0][1]()
    assert looked == [(id, "GCJ-02")]
    dialog = CoordinatesDialog(None, session, session.document.layer(id), None, *looked[0][1:])
    qtbot.addWidget(dialog)
    session.jobs.wait(dialog._job)
    dialog._look()
    assert dialog.kind == "GCJ-02"                           # what was found is chosen, and waits to be accepted
    dialog.reject()
    session.close()


def test_each_file_that_does_not_say_its_system_is_told(tmp_path, qtbot):
    for name in ("a", "b"):
        write(tmp_path / f"{name}.shp", [shapely.box(618000, 3470000, 618020, 3470010)], {"n": [1]}, "ESRI Shapefile")
        (tmp_path / f"{name}.prj").unlink()
    session, told = Session(), []
    opening = Opening(session, lambda: (0.0, 0.0, 0.0), lambda *said: told.append(said), lambda *_: None)
    opening.add([tmp_path / "a.shp", tmp_path / "b.shp"])

    def both():
        session.tick(0.0)
        opening.refresh()
        return len(told) > 1

    qtbot.waitUntil(both)
    assert [said[0].split()[0] for said in told] == ["a", "b"]
    assert told[0][3](2) == "2 files do not say for sure which system they are in."
    session.close()


def test_a_part_that_a_web_map_shifted_is_counted_and_can_be_selected(tmp_path, qtbot):
    """Twenty of sixty houses come from a web map: they lie on the houses that are there once they are taken back."""
    x, y = (grid.ravel() for grid in np.meshgrid(np.arange(10) * 47.0, np.arange(6) * 61.0))
    corners = np.array([(0, 0), (14, 0), (14, 9), (0, 9), (0, 0)])
    for name, moved in (("true", 0), ("mixed", 20)):
        features = []
        for n in range(60):
            lon, lat = 121.25 + (x[n] + corners[:, 0]) / 95_300, 31.35 + (y[n] + corners[:, 1]) / 110_900
            ring = from_wgs84("GCJ-02", lon, lat) if n < moved else (lon, lat)
            features.append({"type": "Feature", "properties": {"height": 9.0}, "geometry": {
                "type": "Polygon", "coordinates": [np.column_stack(ring).tolist()]}})
        (tmp_path / f"{name}.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    there = VectorLayer(id="v", name="Houses", source=Source(path=str(tmp_path / "true.geojson")))
    session, told = Session(Project(document=Document(layers=(there,)))), []
    session.settle()
    opening = Opening(session, lambda: (0.0, 0.0, 0.0), lambda *said: told.append(said), lambda *_: None)
    opening.add([tmp_path / "mixed.geojson"])

    def compared():
        session.tick(0.0)
        opening.refresh()
        if len(session.document.layers) > 1:
            session.asset(session.document.layers[0].id)
        return bool(told)

    qtbot.waitUntil(compared)
    assert "20 of 60 features of mixed lie on those of Houses" in told[0][0] and "GCJ-02" in told[0][0]
    told[0][2][0][1]()
    assert set(session.selection.items) == {(session.document.layers[0].id, n) for n in range(20)}
    assert session.document.layers[0].source.crs == ""
    session.close()


@pytest.mark.parametrize("system", ["GCJ-02", "BD-09", ""])
def test_lines_that_a_web_map_shifted_off_those_that_are_there_are_proposed(tmp_path, qtbot, system):
    """Three streets of eleven, so no extent is that of another layer."""
    def street(k: int):
        return 121.25 + np.linspace(0.0, 0.02, 5), np.full(5, 31.35 + 0.0031 * k)
    for name, streets, moved in (("true", range(11), ""), ("mine", (2, 3, 6), system)):
        rings = [np.column_stack(from_wgs84(moved, *street(k)) if moved else street(k)).tolist() for k in streets]
        (tmp_path / f"{name}.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [
            {"type": "Feature", "properties": {}, "geometry": {"type": "LineString", "coordinates": ring}}
            for ring in rings]}))
    there = VectorLayer(id="v", name="Streets", source=Source(path=str(tmp_path / "true.geojson")))
    session, told = Session(Project(document=Document(layers=(there,)))), []
    session.settle()
    opening = Opening(session, lambda: (0.0, 0.0, 0.0), lambda *said: told.append(said), lambda *_: None)
    opening.add([tmp_path / "mine.geojson"])

    def compared():
        session.tick(0.0)
        opening.refresh()
        new = len(session.document.layers) > 1 and session.asset(session.document.layers[0].id)
        return bool(new) and new.payload is not None and not opening._fresh and not opening.parts.busy

    qtbot.waitUntil(compared)
    said = [words for words, *_ in told]
    assert bool(said) == bool(system) and all(system in words and "Streets" in words for words in said)
    session.close()


def test_of_every_file_that_does_not_say_its_system_is_told(tmp_path, qtbot):
    """Also of one that says a system in which its numbers, the city grid's, would lie in the sea off Africa."""
    session, told = Session(Project(document=Document())), []
    opening = Opening(session, lambda: (0.0, 0.0, 0.0), lambda *said: told.append(said), lambda *_: None)
    write(tmp_path / "wrong.gpkg", [shapely.box(-22000.0, 10500.0, -21900.0, 10600.0)], {"a": [1]}, "GPKG", "EPSG:3857")
    opening.add([squares(tmp_path / "zone.geojson", 40618946.0, 3470454.0, 50.0),
                 squares(tmp_path / "grid.geojson", -22000.0, 10500.0, 50.0), tmp_path / "wrong.gpkg"])

    def arrived():
        session.tick(0.0)
        opening.refresh()
        return bool(told)

    qtbot.waitUntil(arrived)
    said = {words.split()[0].split(".")[0]: words for words, *_ in told}
    assert set(said) == {"zone", "grid", "wrong"}
    assert "4528" in said["zone"] and all("city grid" in said[name] for name in ("grid", "wrong"))
    assert len({together for *_, together in told}) == 1 and told[0][3](3).startswith("3 ")
    session.close()


def test_opening_a_file_without_a_system_says_what_was_guessed(tmp_path, qtbot):
    session, told, looked = Session(Project(document=Document())), [], []
    opening = Opening(session, lambda: (0.0, 0.0, 0.0), lambda *said: told.append(said), lambda *_: None)
    opening.check = lambda *where: looked.append(where)
    opening.add([squares(tmp_path / "b.geojson", 40618946.0, 3470454.0, 50.0)])

    def arrived():
        session.tick(0.0)
        opening.refresh()
        return bool(told)

    qtbot.waitUntil(arrived)
    words, tone, ways, _ = told[0]
    assert "4528" in words and tone == "warning"
    ways[0][1]()
    assert looked == [(session.document.layers[0].id,)]
    withdrawn, layer = [], session.document.layers[0]
    opening.withdraw = withdrawn.append
    opening.refresh()
    assert not withdrawn
    said = replace(layer, source=replace(layer.source, crs="EPSG:4528"))
    session.edits.commit(session.document.with_layer(said), "Coordinates")
    opening.refresh()
    opening.refresh()
    assert withdrawn == [words]                              # once: what was asked is answered
    session.close()
