"""Kinds of surface and levels of detail: coloured, hidden and picked as parts of their object."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from layers.base import Moment
from layers.cells import Cells
from layers.city import City
from layers.surface_colours import KINDS
from tests.layers.boxes import boxes
from tests.layers.made_stage import picture
from twin.camera import Camera
from twin.data import Mesh, Surface
from twin.selection import Selection

ABOVE = Camera(position=(0.0, 0.0, 400.0), focus=(0.0, 0.0, 0.0), up=(0.0, 1.0, 0.0))


def two_levels() -> Mesh:
    """One house that is low at level 1 and high at level 2, and another that has level 1 only."""
    mesh = boxes([[-75, -15, 0], [-75, -15, 0], [45, -15, 0]], [[30, 30, 10], [30, 30, 30], [30, 30, 10]])
    feature = np.array([0, 0, 1], np.int32)[mesh.vertex_feature]
    level = np.array([0, 1, 0], np.int16)[mesh.vertex_feature]
    surfaces = (Surface("RoofSurface", "1"), Surface("RoofSurface", "2"))
    return replace(mesh, vertex_feature=feature, vertex_surface=level, surfaces=surfaces, count=2, base=None)


def seen(layer: City, camera=ABOVE, **moment):
    mesh = two_levels()
    view, pixels = picture([layer], {layer.id: mesh}, camera=camera, moment=Moment(**moment))
    assert not [row.error for row in view.stage.rows.values() if row.error]
    return view, pixels.astype(int)


@pytest.mark.parametrize("lod, top", [("", 30), ("2", 30), ("1", 10)])
def test_one_level_of_each_object_is_shown(lod, top):
    view, _ = seen(City(id="c", name="c", lod=lod))
    visual = view.stage.visual("c")
    assert visual.bounds()[5] == top and visual.stats() == (2, 24)
    view.close()


@pytest.mark.parametrize("height, top", [(400.0, 30), (3000.0, 10)])
def test_far_objects_are_coarse(height, top):
    camera = Camera(position=(0.0, 0.0, height), focus=(0.0, 0.0, 0.0), up=(0.0, 1.0, 0.0))
    view, _ = seen(City(id="c", name="c", lod="distance"), camera)
    visual = view.stage.visual("c")
    assert visual.bounds()[5] == top
    view.canvas.scene.GetActiveCamera().SetPosition(0.0, 0.0, 3400.0 - height)
    visual.camera_moved()
    assert visual.bounds()[5] == 40 - top
    view.close()


def test_surfaces_have_colours_a_legend_and_keep_the_selection():
    view, pixels = seen(City(id="c", name="c", faces="surface", edges=False), selection=Selection((("c", 1),)))
    legend = view.stage.legends()[0][1]
    assert legend.entries == ((KINDS["RoofSurface"], "Roof"),)
    west, east = pixels[120, 105], pixels[120, 215]
    assert west[0] > west[2] + 30 and east[2] > east[0] + 60
    view.close()


def test_cells_of_a_plain_mesh_are_its_features():
    mesh = boxes([[0, 0, 0], [50, 0, 0]], [[10, 10, 10]] * 2)
    cells = Cells(mesh, 2)
    assert not cells.split and cells.at_level("").all() and cells.of_vertex is mesh.vertex_feature
