"""The shader and the array draw the same picture; hiding through the table equals leaving the geometry out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from vtkmodules.util.numpy_support import vtk_to_numpy
from vtkmodules.vtkCommonCore import vtkUnsignedCharArray

import layers.solid_part
from layers.base import Visual
from layers.colour_table import WIDTH, ColourTable, Extra, shader_tables
from layers.solid import Solid
from layers.view import offscreen
from tests.layers.boxes import block, boxes
from twin.camera import Camera

CAMERA = Camera.looking_at((0, 0, 10), distance=900, azimuth_deg=30, tilt_deg=30)
SIZE = (320, 240)


@pytest.fixture(scope="module")
def canvases():
    """One with the shader, one that was told to do without."""
    views = offscreen(*SIZE), offscreen(*SIZE)
    views[0].canvas.shader_tables, views[1].canvas.shader_tables = True, False
    yield [view.canvas for view in views]
    for view in views:
        view.close()


def drawn(canvas, mesh, *tables) -> np.ndarray:
    """The picture after painting each of the tables in turn, in place."""
    visual = Visual(canvas)
    solid = Solid(visual, mesh, mesh.points, mesh.count)
    canvas.set_camera(CAMERA)
    try:
        for rgba in tables:
            solid.paint(rgba)
            plain(solid)
            canvas.scene.ResetCameraClippingRange()
            canvas.window.Render()
        return pixels(canvas)
    finally:
        visual.remove()


def plain(solid: Solid) -> None:
    """Without what only shaders can draw: the foot's shade belongs to the façade, not to the table."""
    for actor in solid.faces():
        actor.GetProperty().SetLighting(False)
        actor.GetProperty().SetAmbient(0.0)
        actor.GetProperty().SetDiffuse(1.0)


def pixels(canvas) -> np.ndarray:
    out = vtkUnsignedCharArray()
    canvas.window.GetRGBACharPixelData(0, 0, SIZE[0] - 1, SIZE[1] - 1, 0, out)
    return vtk_to_numpy(out).reshape(SIZE[1], SIZE[0], 4)[..., :3].astype(int)


def colors(count: int, seed: int, hidden: float = 0.3, ghosts: float = 0.0) -> np.ndarray:
    random = np.random.default_rng(seed)
    rgba = random.integers(30, 255, (count, 4)).astype(np.uint8)
    rgba[:, 3] = random.choice([0, 110, 255], count, p=[hidden, ghosts, 1 - hidden - ghosts])
    return rgba


def without_facade(monkeypatch):
    """Faces with the table alone, so that both paths have the same to draw."""
    monkeypatch.setattr(layers.solid_part, "FACADE", Extra())
    monkeypatch.setattr(layers.solid_part, "carry_walls", lambda *a: None)
    monkeypatch.setattr(layers.solid_part, "set_windows", lambda *a: None)


def no_lines(mesh):
    return replace(mesh, edges=None)


@pytest.mark.parametrize("ghosts", [0.0, 0.3])
def test_shader_and_array_draw_the_same_picture(canvases, monkeypatch, ghosts):
    without_facade(monkeypatch)
    mesh = no_lines(block())
    tables = colors(mesh.count, 1, ghosts=ghosts), colors(mesh.count, 2, ghosts=ghosts)
    one, other = (drawn(canvas, mesh, *tables) for canvas in canvases)
    assert np.abs(one - other).max() <= 2
    assert (one != one[0, 0]).any(axis=2).mean() > 0.1                       # there is something in the picture


@pytest.mark.parametrize("path", [0, 1])
def test_a_hidden_feature_leaves_what_is_behind_it(canvases, monkeypatch, path):
    without_facade(monkeypatch)
    mesh = no_lines(block())
    rgba = colors(mesh.count, 3)
    kept = rgba[:, 3] > 0
    less = replace(mesh, triangles=mesh.triangles[kept[mesh.vertex_feature[mesh.triangles[:, 0]]]])
    solid = rgba.copy()
    solid[:, 3] = 255
    assert np.array_equal(drawn(canvases[path], mesh, rgba), drawn(canvases[path], less, solid))


@pytest.mark.parametrize("path", [0, 1])
def test_a_table_painted_again_equals_one_painted_once(canvases, monkeypatch, path):
    without_facade(monkeypatch)
    mesh = no_lines(block())
    first, then = colors(mesh.count, 4, ghosts=0.2), colors(mesh.count, 5, ghosts=0.2)
    assert np.array_equal(drawn(canvases[path], mesh, first, then), drawn(canvases[path], mesh, then))


def test_a_translucent_feature_lets_the_one_behind_it_through(canvases, monkeypatch):
    without_facade(monkeypatch)
    mesh = no_lines(boxes([[-500, -400, -200], [-500, 100, -200]], [[1000, 50, 800]] * 2))
    rgba = np.array([[255, 0, 0, 128], [0, 0, 255, 255]], np.uint8)
    for canvas in canvases:
        middle = drawn(canvas, mesh, rgba)[SIZE[1] // 2, SIZE[0] // 2]
        assert middle[0] > 60 and middle[2] > 60


def test_the_environment_forces_the_array(canvases, monkeypatch):
    monkeypatch.setenv("CITYTWIN_SHADER_TABLES", "0")
    canvas = canvases[0]
    monkeypatch.setattr(canvas, "shader_tables", None)
    assert shader_tables(canvas) is False


def test_the_probe_says_what_works_here(canvases, monkeypatch):
    monkeypatch.delenv("CITYTWIN_SHADER_TABLES", raising=False)
    monkeypatch.setattr(canvases[0], "shader_tables", None)
    assert isinstance(shader_tables(canvases[0]), bool) and canvases[0].shader_tables is not None


@settings(max_examples=25, deadline=None)
@given(count=st.integers(1, 3 * WIDTH))
def test_every_feature_has_a_texel_of_its_own(count):
    view = offscreen(8, 8)
    view.canvas.shader_tables = True
    table = ColourTable(view.canvas, count)
    rgba = np.random.default_rng(count).integers(0, 255, (count, 4)).astype(np.uint8)
    table.set(rgba)
    rows, columns = table._image.GetDimensions()[1], table._image.GetDimensions()[0]
    texels = table._texels.reshape(rows, columns, 4)
    feature = np.arange(count)
    assert np.array_equal(texels[feature // WIDTH, feature % WIDTH], rgba)
    view.close()
