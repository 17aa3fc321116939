"""The sources of a model's place: what is said of them, trying one out, accepting, undo."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.app.passport.made_house import DEGREES, MODEL, SWAPPED, house, value
from twin.text import set_language


def test_the_sources_the_choice_and_what_is_odd(panel):
    assert [row.name.text() for row in panel.candidates.rows] == [
        MODEL, f"{MODEL}, E and N exchanged", "Latitude and longitude of the site"]
    assert [row.marked for row in panel.candidates.rows] == [False, True, False]
    assert "km away" in panel.candidates.rows[0].standing.text()
    assert panel.candidates.rows[1].standing.text() == "in the city  ·  1.00 m over the terrain"
    assert "would put it" in panel.reason.text() and "swapped" in panel.warnings.text()
    assert "exchanged" in panel.warnings.text()


def test_alone_in_a_project_its_distance_is_that_from_the_origin(inspector, panel, session):
    """ "9 m away" of a house that stood alone said not from what."""
    session.edits.commit(session.document.without(["city", "ground"]), "Delete")
    inspector.refresh()
    words = [row.standing.text() for row in panel.candidates.rows]
    assert all("from the project's origin" in said for said in words) and "city" not in " ".join(words)


def test_what_is_left_over_against_terrain_and_city(panel):
    assert value(panel, "ground") == "1.00 m over the terrain"
    assert value(panel, "building") == "Hall" and value(panel, "overlap").startswith("overlaps")
    assert float(value(panel, "turn").rstrip("°")) == pytest.approx(10.0, abs=0.1)
    assert value(panel, "convergence").startswith("+0.6")


def test_a_layer_that_is_no_model_has_no_such_section(inspector, session):
    assert inspector.sections["Position"].isVisible()
    session.current_layer = "city"
    inspector.refresh()
    assert not inspector.sections["Position"].isVisible()


def test_chinese_and_dark(inspector, panel, session):
    set_language("zh")
    inspector.retranslate()
    session.theme = "dark"
    inspector.retheme()
    inspector.refresh()
    words = [panel.form.buttons[n].text() for n in panel.form.buttons] + [panel.headline.text(), panel.reason.text()]
    words += [panel.form.labels[n].text() for n in panel.form.labels]
    assert all(any("\u4e00" <= c <= "\u9fff" for c in w) for w in words), words


def test_nothing_is_cut_off_in_a_narrow_panel(inspector, panel, qtbot):
    inspector.resize(inspector.minimumWidth(), 720)
    qtbot.wait(30)
    room = inspector.viewport().width()
    for widget in (*panel.form.buttons.values(), panel.form.datums, *panel.form.spins.values(), panel.headline,
                   *panel.candidates.rows):
        at = widget.mapTo(inspector.widget(), widget.rect().topRight())
        assert at.x() <= room and widget.width() >= widget.minimumSizeHint().width(), widget.accessibleName()


def test_a_click_tries_a_source_out_in_the_scene_and_changes_no_document(panel, inspector, session):
    before = session.document
    QTest.mouseClick(panel.candidates.rows[2], Qt.MouseButton.LeftButton)
    assert session.document is before and session.shown.layer("house").georeference == DEGREES
    inspector.refresh()
    assert panel.bar.isVisible() and "Latitude" in panel.bar.words.text() and panel.candidates.rows[2].marked
    assert panel.viewport.flights == [{"house"}] and session.shown.layer("city").opacity < 0.5
    panel.bar.buttons["Cancel"].click()
    inspector.refresh()
    assert session.shown is before and not panel.bar.isVisible() and panel.viewport.flights[-1] == "before"


def test_accepting_is_one_edit_that_undo_takes_back(panel, inspector, session):
    QTest.mouseClick(panel.candidates.rows[2], Qt.MouseButton.LeftButton)
    inspector.refresh()
    panel.bar.buttons["Accept"].click()
    inspector.refresh()
    assert house(session).georeference == DEGREES and house(session).placement is None
    assert session.edits.undo_label == "Place" and session.preview is None
    session.edits.undo()
    inspector.refresh()
    assert house(session).georeference == SWAPPED and panel.candidates.rows[1].marked


def test_another_layer_or_an_undo_ends_what_was_tried_out(panel, inspector, session):
    panel.form.spins["height"].setValue(7.0)
    inspector.refresh()
    panel.try_out(DEGREES)
    session.edits.undo()
    inspector.refresh()
    assert session.preview is None
    panel.try_out(DEGREES)
    session.current_layer = "city"
    inspector.refresh()
    assert session.preview is None


def test_the_keyboard_reaches_the_sources(panel, session):
    panel.candidates.rows[2].setFocus()
    QTest.keyClick(panel.candidates.rows[2], Qt.Key.Key_Return)
    assert session.preview.georeference == DEGREES
