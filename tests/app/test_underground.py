"""Looking below from the window: the toggle with its slider, and saying what heights mean."""

from __future__ import annotations

from dataclasses import replace

import pytest
import shapely
from PySide6.QtWidgets import QToolBar

from app.discover import layer_types
from app.panels.ground_slider import GroundSlider
from app.panels.heights_dialog import HeightsDialog
from app.panels.layer_facts import facts_of
from app.panels.style import StylePanel
from app.session import Session
from layers.networks import Networks
from tests.cim.made_vectors import write
from twin.document import Document, Scene
from twin.layer import Source
from twin.project import Project, load


@pytest.fixture
def session(tmp_path):
    layer_types()
    line = shapely.LineString([(617000, 3471000, 2.0), (617040, 3471000, 1.8)])
    path = write(tmp_path / "pipes.gpkg", [line], {"kind": ["water"], "diameter_mm": [600]}, "GPKG",
                 kind="LineString Z")
    layer = Networks(id="n", name="Pipes", source=Source(path=str(path)))
    made = Session(Project(document=Document(layers=(layer,))))
    yield made
    made.close()


def test_the_slider_is_there_while_the_ground_is_see_through(session, qtbot):
    bar = QToolBar()
    qtbot.addWidget(bar)
    slider = GroundSlider(session, bar, bar.addAction("picture"))
    bar.resize(600, 40)
    bar.show()
    assert not slider.isVisible()
    slider.toggle()
    qtbot.waitUntil(slider.isVisible)
    assert session.document.ground_opacity == 0.35
    slider.slider.setValue(60)
    slider.slider.setValue(20)
    assert session.document.ground_opacity == 0.2 and slider.figure.text() == "20%"
    session.edits.undo()
    slider.refresh()
    assert session.document.ground_opacity == 0.35                             # one drag is one undo
    slider.toggle()
    qtbot.waitUntil(lambda: not slider.isVisible())
    assert session.document.ground_opacity == 1.0
    slider.toggle()
    assert session.document.ground_opacity == 0.35                             # as one last looked


def test_the_look_through_the_ground_is_saved_and_scenes_may_bring_it(session, tmp_path):
    document = replace(session.document, ground_opacity=0.25, scenes=(
        Scene(id="a", name="a", ground_opacity=1.0), Scene(id="b", name="b")))
    session.edits.commit(document, "x")
    session.save(tmp_path / "p.twin.json")
    again = load(tmp_path / "p.twin.json").document
    assert again.ground_opacity == 0.25
    assert again.at_scene(again.scenes[0]).ground_opacity == 1.0
    assert again.at_scene(again.scenes[1]).ground_opacity == 0.25


def test_a_row_says_that_nobody_says_what_its_heights_mean_and_the_dialog_is_the_way_out(session, qtbot):
    session.settle()
    facts = facts_of(session, session.document.layer("n"), None)
    assert (facts.tone, facts.action) == ("warn", "heights") and "1985 or Wusong" in facts.message
    dialog = HeightsDialog(None, session, session.document.layer("n"))
    qtbot.addWidget(dialog)
    dialog.heights.setCurrentIndex(dialog.heights.findData("crown"))
    dialog.datum.setCurrentIndex(dialog.datum.findData("wusong"))
    dialog.accept()
    layer = session.document.layer("n")
    assert (layer.heights, layer.datum) == ("crown", "wusong")
    assert facts_of(session, layer, None).message == ""
    session.edits.undo()
    assert session.document.layer("n").heights == "unknown"


def test_the_style_form_says_what_the_file_says_and_takes_diameters_for_what_it_does_not(tmp_path, qtbot):
    layer_types()
    line = shapely.LineString([(617000, 3471000, 2.0), (617040, 3471000, 1.8)])
    path = write(tmp_path / "pipes.gpkg", [line, line], {"kind": ["gas", "water"], "diameter_mm": [None, 600.0],
                                                         "z_ref": ["crown", "axis"]}, "GPKG", kind="LineString Z")
    session = Session(Project(document=Document(layers=(Networks(id="n", name="P", source=Source(path=str(path))),))))
    session.settle()
    panel = StylePanel(session)
    qtbot.addWidget(panel)
    panel.show_layer("n")
    assert panel.form.editors["heights"].combo.currentText() == "By the file: Crown, Axis"
    assert panel.form.editors["datum"].combo.currentText() == "Unknown"
    sizes = panel.section.sizes
    assert [kind for kind, box in sizes.boxes.items() if not box.isHidden()] == ["gas"]
    sizes.boxes["gas"].setValue(500.0)
    assert session.document.layer("n").diameters_mm == (("gas", 500.0),)
    session.edits.undo()
    panel.show_layer("n")
    assert sizes.boxes["gas"].value() == 200.0
    session.close()
