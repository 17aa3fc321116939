"""Corrections of a model's place: numbers, turning, dropping, two points, what is said of the file."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtTest import QTest

from app import standing
from app.panels import passport_words
from app.two_points import TwoPoints
from layers.building import Building
from tests.app.made_sessions import put
from tests.app.passport.made_house import E0, FRAME, MODEL, N0, house, value
from twin.layer import Placement, Source
from twin.placing import foot_of, matrix_of


def test_numbers_are_edits_that_merge_until_they_are_sealed(panel, inspector, session):
    spin = panel.form.spins["easting"]
    start = spin.value()
    for step in (1.0, 2.0, 3.5):
        spin.setValue(start + step)
        inspector.refresh()
    panel.form.sealed()
    assert house(session).placement.easting == pytest.approx(E0 + 103.5)
    assert house(session).placement.rotation_deg == pytest.approx(30.0)
    assert panel.candidates.rows[0].name.text() == "By hand" and "best" in panel.reason.text()
    session.edits.undo()
    inspector.refresh()
    assert house(session).placement is None and spin.value() == pytest.approx(start) and not session.edits.undo_label


def test_a_model_whose_file_has_no_passport_is_moved_and_turned_by_numbers(panel, inspector, session):
    """glTF and OBJ: the form stood there with zeros, and what was typed into it did nothing."""
    layer = Building(id="dragon", name="Dragon", source=Source(path="/d/dragon.glb"),
                     placement=Placement(easting=E0 + 40.0, northing=N0 - 30.0, height=4.0))
    session.edits.commit(replace(session.document, layers=(*session.document.layers, layer)), "")
    put(session, layer, replace(session.asset("house").payload, placements={}, placement=None, georeference={}))
    session.current_layer = "dragon"
    inspector.refresh()
    spins = panel.form.spins
    assert [spins[name].value() for name in ("easting", "northing", "height")] == [E0 + 40.0, N0 - 30.0, 4.0]
    assert panel.headline.text() == "By hand" and not panel.again.isVisibleTo(panel)
    spins["easting"].setValue(E0 + 50.0)
    inspector.refresh()
    spins["rotation_deg"].setValue(90.0)
    inspector.refresh()
    placed = session.document.layer("dragon").placement
    assert (placed.easting, placed.northing, placed.rotation_deg) == pytest.approx((E0 + 50.0, N0 - 30.0, 90.0))


def test_what_was_typed_into_a_number_is_undone_from_there(panel, session, qtbot):
    """The line kept Ctrl+Z for itself, although it had nothing to take back."""
    undone = QShortcut(QKeySequence.StandardKey.Undo, panel.window())
    undone.activated.connect(session.edits.undo)
    spin = panel.form.spins["height"]
    panel.window().activateWindow()
    spin.setFocus()
    qtbot.waitUntil(lambda: spin.hasFocus())
    spin.selectAll()
    QTest.keyClicks(spin, "12")
    assert spin.lineEdit().isUndoAvailable()
    QTest.keyClick(spin, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert house(session).placement is None, "typed and not entered: the line takes it back itself"
    spin.selectAll()
    QTest.keyClicks(spin, "12")
    QTest.keyClick(spin, Qt.Key.Key_Return)
    assert house(session).placement.height == pytest.approx(12.0)
    QTest.keyClick(spin, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: house(session).placement is None)


def test_turning_is_about_the_middle_of_the_house(panel, inspector, session):
    mesh = session.asset("house").payload
    middle = matrix_of(mesh, panel.site.place, FRAME) @ [*foot_of(mesh), 1.0]
    panel.form.spins["rotation_deg"].setValue(75.0)
    inspector.refresh()
    place = house(session).placement
    assert place.rotation_deg == pytest.approx(75.0)
    assert (matrix_of(mesh, place, FRAME) @ [*foot_of(mesh), 1.0])[:3] == pytest.approx(middle[:3], abs=1e-3)


def test_it_is_dropped_to_the_terrain_and_put_onto_the_building(panel, inspector, session):
    panel.form.buttons["drop"].click()
    inspector.refresh()
    assert value(panel, "ground") == "0.00 m over the terrain" and not session.preview
    panel.form.buttons["fit"].click()
    inspector.refresh()
    found = panel.site.against.found
    assert found.overlap > 0.9 and abs(found.turned_deg) < 0.1 and math.hypot(found.east_m, found.north_m) < 0.5
    session.edits.undo()
    session.edits.undo()
    assert house(session).placement is None


@pytest.mark.parametrize("height, kept", [(40.0, False), (-12.0, False), (2.2, True)])
@pytest.mark.parametrize("ground_m", [4.0, None])                            # else the foot of the building, 0 m
def test_onto_the_building_leaves_no_house_floating(panel, inspector, session, height, kept, ground_m):
    """A surveyed height, or a plinth, stays."""
    if ground_m is None:
        session.edits.commit(session.document.without(["ground"]), "Remove")
    panel.form.spins["height"].setValue(height)
    inspector.refresh()
    panel.form.buttons["fit"].click()
    assert house(session).placement.height == pytest.approx(height if kept else ground_m or 0.0, abs=0.01)
    session.edits.undo()
    assert house(session).placement.height == pytest.approx(height)


def test_onto_the_building_turns_by_a_quarter_where_that_fits_better(panel, inspector, session):
    panel.form.spins["rotation_deg"].setValue(-60.0)            # the walls of both are parallel after 10 degrees
    inspector.refresh()
    panel.form.buttons["fit"].click()
    inspector.refresh()
    assert panel.site.against.found.overlap > 0.9


def test_accept_comes_into_sight_when_something_is_tried_out_from_below(inspector, panel, session, qtbot):
    inspector.resize(300, 400)
    inspector.ensureWidgetVisible(panel.form.buttons["swap"])
    qtbot.wait(20)
    panel.form.buttons["swap"].click()
    inspector.refresh()
    accept = panel.bar.buttons["Accept"]
    qtbot.waitUntil(lambda: inspector.viewport().rect().contains(
        accept.mapTo(inspector.viewport(), accept.rect().center())))


def test_what_to_click_comes_into_sight_beneath_the_buttons(inspector, panel, qtbot):
    """Two points waited for four clicks, and said so below the edge of the window."""
    inspector.resize(300, 400)
    inspector.ensureWidgetVisible(panel.form.buttons["two-points"], 0, 0)
    qtbot.wait(20)
    panel.form.buttons["two-points"].click()
    inspector.refresh()
    assert panel.hint.text() == "Click the first point of the model."
    qtbot.waitUntil(lambda: inspector.viewport().rect().contains(
        panel.hint.mapTo(inspector.viewport(), panel.hint.rect().bottomLeft())))


def test_what_was_found_of_the_building_comes_into_sight(inspector, panel, qtbot):
    inspector.resize(300, 600)
    inspector.ensureWidgetVisible(panel.form.buttons["like"], 0, 300)
    qtbot.wait(20)
    panel.form.buttons["compare"].click()
    panel.viewport.click((0, 0, 0), "city", 1)
    inspector.refresh()
    qtbot.waitUntil(lambda: inspector.viewport().rect().contains(
        panel.table.mapTo(inspector.viewport(), panel.table.rect().center())))


def test_exchanging_east_and_north_is_tried_out_first(panel, inspector, session):
    panel.try_out(MODEL)
    inspector.refresh()
    panel.form.buttons["swap"].click()
    assert session.document.layer("house").placement is None
    assert session.preview.placement.easting == pytest.approx(E0 + 100)
    panel.accept()
    assert house(session).placement.northing == pytest.approx(N0 + 50)


def test_two_points_of_the_model_and_two_of_the_scene(panel, inspector, session):
    mesh, eye = session.asset("house").payload, panel.viewport
    corners = [(matrix_of(mesh, panel.site.place, FRAME) @ [*c, 1.0])[:3] for c in ((0, 0, 0), (20, 0, 0))]
    goal = [(10.0, 10.0, 4.0), (10.0, 30.0, 4.0)]
    panel.form.buttons["two-points"].click()
    assert not eye.click(corners[0], "ground"), "the first point must be one of the model"
    for corner, there in zip(corners, goal):
        assert session.shown.layer("house").visible and session.shown.layer("city").opacity < 0.5
        assert eye.click(corner, "house")
        inspector.refresh()
        assert not session.shown.layer("house").visible, "it is out of the way while its place is clicked"
        assert eye.click(there, "ground")
    inspector.refresh()
    assert "0.000 m" in panel.bar.words.text() and session.preview is not None
    panel.accept()
    place = house(session).placement
    assert place.rotation_deg == pytest.approx(90.0) and place.scale == pytest.approx(1.0)
    assert matrix_of(mesh, place, FRAME)[:3, 3] == pytest.approx(goal[0], abs=1e-3)


def test_what_was_picked_is_marked_until_it_is_done_and_taken_back_point_by_point(panel, inspector, session):
    eye = panel.viewport
    panel.form.buttons["two-points"].click()
    assert session.marked is None
    for at, point in enumerate([(100.0, 50.0, 5.0), (10.0, 10.0, 4.0), (120.0, 50.0, 5.0), (10.0, 30.0, 4.0)]):
        inspector.refresh()
        assert eye.click(point, "house")
        assert [spot.words for spot in session.marked.spots] == ["1", "1\N{PRIME}", "2", "2\N{PRIME}"][:at + 1]
        assert session.marked.spots[-1].place == pytest.approx(np.add(point, FRAME.origin))
        assert session.shown.layer("picked") is session.marked and session.document.layer("picked") is None
        if at == 2:
            session.unfinished.back()
            assert len(session.marked.spots) == 2 and panel.points.words == "Click the second point of the model."
            assert session.shown.layer("house").visible and eye.click(point, "house")
    inspector.refresh()
    assert len(session.marked.lines) == 2 and session.preview is not None, "marks stay while the result is judged"
    panel.accept()
    assert session.marked is None and session.unfinished is None and session.shown is session.document


def test_the_first_point_taken_back_and_once_more_gives_the_points_up(panel, inspector, session):
    panel.form.buttons["two-points"].click()
    panel.viewport.click((1.0, 2.0, 3.0), "house")
    session.unfinished.back()
    assert panel.points is not None and session.marked is None
    session.unfinished.back()
    assert panel.points is None and session.unfinished is None and session.shown is session.document


def test_the_footprint_that_was_picked_is_marked_until_another_model_is_looked_at(panel, inspector, session):
    panel.form.buttons["compare"].click()
    panel.viewport.click((0, 0, 0), "city", 1)
    inspector.refresh()
    places = np.array([place for line in session.marked.lines for place in line]) - FRAME.origin
    assert session.marked.spots[0].words == "Hall" and set(places[:, 2]) == {0.0}
    assert np.linalg.norm(places[:, :2] - (100, 60), axis=1).max() < 25 and len(places) > 100
    panel.form.buttons["best"].setEnabled(True)
    panel.try_out(MODEL)
    assert session.marked is not None
    session.unfinished.back()
    assert session.marked is not None and session.preview is None
    session.current_layer = "city"
    inspector.refresh()
    assert session.marked is None and panel.picked is None


def test_two_points_on_one_spot_and_escape_change_nothing(panel, session):
    said = []
    for points in ([(0, 0, 0), (5, 5, 0), (0.1, 0, 0), (9, 9, 0)], [(0, 0, 0), None]):
        tool = TwoPoints(session, panel.viewport, panel.site, lambda layer, words: said.append((layer, words)))
        tool.ask()
        for point in points:
            panel.viewport.click(point, "house")
    assert [layer for layer, _ in said] == [None, None] and "too near" in said[0][1]
    assert session.shown is session.document


def test_a_model_without_a_place_takes_the_axes_of_another(panel, inspector, session):
    """Files of one building: the structure says nothing, and counts from another point of the same axes."""
    whole, offset = session.asset("house").payload, np.array([3.0, 2.0, -1.0], np.float32)
    part = replace(whole, points=(whole.points + np.float32((40, 0, 3)) - offset), placements={},
                   placement=None, plan=None,
                   georeference={"candidates": [], "chosen": "", "reason": "", "offset": offset.tolist()})
    layer = Building(id="part", name="Part", source=Source(path="/d/part.ifc"), placement=Placement(
        easting=E0 - 500, northing=N0, rotation_deg=10.0))
    session.edits.commit(session.document.with_layer(layer), "Add")
    put(session, layer, part)
    session.current_layer = "part"
    inspector.refresh()
    panel.form.buttons["like"].click()
    assert not panel.viewport.click((0, 0, 0), "part") and panel.viewport.click((0, 0, 0), "house")
    inspector.refresh()
    assert "House" in panel.bar.words.text() and session.document.layer("part") == layer
    panel.accept()
    placed = session.document.layer("part").placement
    mine = matrix_of(part, placed, FRAME)
    there = matrix_of(whole, whole.placements[house(session).georeference], FRAME)
    for corner in ((40.0, 0.0, 3.0), (60.0, 10.0, 9.0)):
        assert (mine @ [*(corner - offset), 1.0])[:3] == pytest.approx((there @ [*corner, 1.0])[:3], abs=1e-3)
    session.edits.undo()
    assert session.document.layer("part") == layer


def test_looking_at_another_layer_gives_the_points_up(panel, inspector, session):
    panel.form.buttons["two-points"].click()
    panel.viewport.click((1.0, 2.0, 3.0), "house")
    session.current_layer = "city"
    inspector.refresh()
    assert panel.points is None and session.shown is session.document


def test_a_picked_place_and_a_picked_building(panel, inspector, session):
    panel.form.buttons["compare"].click()
    assert not panel.viewport.click((0, 0, 0), "house") and panel.viewport.click((0, 0, 0), "city", 0)
    inspector.refresh()
    assert value(panel, "building") == "Shop" and value(panel, "overlap").endswith("m apart")
    panel.form.buttons["pick"].click()
    panel.viewport.click((40.0, -20.0, 4.0))
    mesh = session.asset("house").payload
    foot = matrix_of(mesh, house(session).placement, FRAME) @ [*foot_of(mesh), 1.0]
    assert foot[:3] == pytest.approx((40.0, -20.0, 4.0), abs=1e-3)


def test_the_height_datum_and_the_crs_are_said_of_the_file(panel, inspector, session):
    panel.form.datums.activated.emit(panel.form.datums.findData("wusong"))
    assert house(session).source.height_datum == "wusong"
    session.edits.undo()
    inspector.refresh()
    panel.form.crs_line.setText("EPSG:32651")
    panel.form.crs_line.setModified(True)
    panel.form.crs_line.editingFinished.emit()
    assert house(session).source.crs == "EPSG:32651"
    session.edits.undo()
    inspector.refresh()
    panel._crs("no such thing")
    assert "not known" in panel.hint.text() and house(session).source.crs == ""


def test_the_projects_number_for_wusong_shows_where_it_matters(panel, session):
    site = standing.site_of(session, house(session))
    assert not passport_words.in_wusong(site)
    assert passport_words.in_wusong(replace(site, layer=replace(
        site.layer, source=replace(site.layer.source, height_datum="wusong"))))
    panel.form.show_wusong(-1.66)
    panel.form.wusong_spin.setValue(-1.62)
    panel.form.wusong_spin.editingFinished.emit()
    assert session.document.frame.wusong_to_1985_m == -1.62
