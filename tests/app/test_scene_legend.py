"""A click on a legend in the scene means its layer: its form comes, and what lies behind the legend stays as it is."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QLineEdit

from app.discover import layer_types
from app.panels.color_editors import ColorEditor, RampEditor
from app.panels.inspector import Inspector
from app.session import Session
from layers.city import City
from layers.legend import Legend
from layers.legend_picture import RAMP
from tests.app.test_nearby import E, N
from tests.cim.made_vectors import write
from twin.camera import Camera
from twin.document import Document
from twin.layer import Source
from twin.project import Project
from twin.selection import Selection

ABOVE = Camera(position=(0.0, 0.0, 300.0), focus=(0.0, 0.0, 0.0), up=(0.0, 1.0, 0.0))


@pytest.fixture
def viewport(tmp_path, viewport_from):
    """One wide house in two layers, coloured by use and by height: it lies behind everything."""
    layer_types()
    write(tmp_path / "house.gpkg", [shapely.box(E - 400, N - 400, E + 400, N + 400)] * 2,
          {"use": ["office", "school"], "height": [4.0, 8.0]}, "GPKG")
    source = Source(path=str(tmp_path / "house.gpkg"))
    session = Session(Project(document=Document(layers=(
        City(id="a", name="A", source=source, color_by="use"),
        City(id="b", name="B", source=source, color_by="height")))))
    session.settle()
    made = viewport_from(session, ABOVE)
    made.resize(640, 560)
    made.view.due = True
    made.frame(0.1)
    yield made
    session.close()


def spot(viewport, title: str) -> QPoint:
    """The middle of a legend in widget coordinates."""
    hud, height = viewport.view.hud, viewport.canvas.size[1]
    for y in range(0, height, 4):
        legend = hud.legend_at(60, y)
        if legend is not None and title in legend.title:
            return QPoint(60, height - 1 - y - 4)
    raise AssertionError(f"no legend {title}")


def test_a_click_on_a_legend_chooses_its_layer_and_nothing_behind_it(viewport, qtbot):
    session = viewport.session
    session.selection = Selection((("a", 0),))
    for layer, title in (("b", "eight"), ("a", "se")):
        at = spot(viewport, title)
        qtbot.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=at)
        assert session.current_layer == layer and session.selection.items == (("a", 0),)
    before = viewport.camera()
    qtbot.mouseDClick(viewport, Qt.MouseButton.LeftButton, pos=at)
    viewport.frame(1.0)
    assert np.allclose(viewport.camera().position, before.position), "nor is it gone to"
    assert viewport.view.hud.legend_at(630, 300) is None


def entry(viewport, title: str, number: int, words: bool) -> QPoint:
    """Where an entry of a legend stands, in widget coordinates."""
    hud, height = viewport.view.hud, viewport.canvas.size[1]
    for y in range(height):
        for x in range(16, 240):
            legend = hud.legend_at(x, y)
            if legend is not None and title in legend.title and hud.entry_at(x, y) == (number, words):
                return QPoint(x + 2, height - 1 - y - 4)
    raise AssertionError(f"no entry {number} of {title}")


def test_a_click_on_an_entry_means_to_edit_that_one(viewport, qtbot):
    chosen = []
    viewport.chose_entry = lambda *of: chosen.append(of)
    for title, number, words in (("se", 1, False), ("se", 0, True), ("eight", RAMP, False)):
        qtbot.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=entry(viewport, title, number, words))
    assert chosen == [("a", 1, False), ("a", 0, True), ("b", RAMP, False)]


def test_the_inspector_begins_to_edit_what_was_clicked(viewport, qtbot, monkeypatch):
    session = viewport.session
    inspector = Inspector(session, viewport)
    qtbot.addWidget(inspector)
    inspector.show()
    asked = []
    monkeypatch.setattr(inspector.style_panel, "recolor", lambda *of: asked.append(of))
    inspector.edit_legend("a", 1, False)
    legend = inspector.style_panel.legend
    assert session.current_layer == "a" and asked == [("school", QColor(*legend.legend.entries[1][0]).name())]
    inspector.edit_legend("a", 0, True)
    assert legend.findChild(QLineEdit).text() == "office"
    monkeypatch.setattr(RampEditor, "begin", lambda editor: asked.append(editor.spec.name))
    inspector.edit_legend("b", RAMP, False)
    assert asked[1:] == ["colormap"]


def test_fixed_colours_of_a_legend_open_nothing_and_one_colour_its_field(viewport, qtbot, monkeypatch):
    inspector = Inspector(viewport.session, viewport)
    qtbot.addWidget(inspector)
    inspector.show()
    begun, style = [], inspector.style_panel
    monkeypatch.setattr(ColorEditor, "begin", lambda editor: begun.append(editor.spec.name))
    inspector.edit_legend("a", 0, True)
    style.legend.recolor = style.legend.relabel = None
    style.edit_entry(0, False)
    assert not begun
    style.legend.legend = Legend(title="", entries=(((9, 9, 9), "A"),), alone=True)
    style.edit_entry(0, False)
    assert begun == ["color"]
