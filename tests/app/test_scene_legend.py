"""A click on a legend in the scene means its layer: its form comes, and what lies behind the legend stays as it is."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from PySide6.QtCore import QPoint, Qt

from app.discover import layer_types
from app.session import Session
from layers.city import City
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
