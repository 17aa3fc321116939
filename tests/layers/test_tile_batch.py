"""Many tiles in one draw: the card puts each post where the tile's mesh has it, and gives way by the tile's error."""

from __future__ import annotations

import numpy as np
import pytest

from layers.geometry import actor_of, poly_data
from layers.terrain import Terrain
from layers.tile_batch import TILES
from tests.layers.pictures import above, scene
from tests.layers.test_tiles import mountains
from tests.layers.tile_meshes import drawn_mesh
from twin.camera import Camera
from twin.data import HeightGrid
from twin.ground import Surface
from twin.pyramid import levels_of


@pytest.mark.parametrize("holes", [False, True])
def test_the_card_puts_the_posts_where_the_tiles_mesh_has_them(holes):
    """The same depth in every pixel as of a mesh made here, with every kind of matched edge, at the far ends too."""
    grid = mountains(201, 223)
    if holes:
        grid.heights[60:90, 100:103] = grid.heights[150, 7] = np.nan
    surface, layer = Surface(grid, 1.5, 20.0), Terrain(id="t", name="t", exaggeration=1.5, height_offset_m=20.0)
    every = [(level, row, col) for level, facts in enumerate(levels_of(grid)) for row, col in np.ndindex(facts.shape)]
    for chunk in (every[:16], every[16:]):                   # one over the other, which the mesh is as well
        wanted = {key: n % 16 for n, key in enumerate(chunk)}
        with scene([layer], {"t": grid}, above(5000)) as shot:
            shot.view.canvas.hud.DrawOff()
            shot.draw()
            tiles = shot.view.canvas.ground.tiles((shot.view.stage.visual("t"), 0))
            told(shot, tiles, wanted, 0.0)
            assert len(tiles.actors) == -(-len(wanted) // TILES)
            batched = depths(shot)
            told(shot, tiles, {}, 0.0)
            bare = depths(shot)
            assert not tiles.actors and (batched > bare).mean() > 0.2
            points, triangles = drawn_mesh(surface, wanted)
            shot.view.canvas.scene.AddActor(actor_of(poly_data(points, triangles=triangles)))
            mesh = depths(shot)
        off = np.abs(batched - mesh) > 1e-5 * mesh
        assert off.mean() < 1e-3, off.sum()                  # a pixel on an edge may fall to either


@pytest.mark.parametrize("tilt", [8, 30, 80])
def test_a_tile_gives_way_by_its_error_everywhere_in_the_picture(tilt):
    """Seen `h` metres from above, what lies `e` below the drawn ground is farther by e / h."""
    heights = np.zeros((385, 385), np.float32)
    heights[1::2, 1::2] = 0.0005                             # a coarse tile has an error, and is level
    grid = HeightGrid(heights=heights, x0=-1920, y0=-1920, dx=10, dy=10)
    camera = Camera.looking_at((0, 0, 0), distance=20, azimuth_deg=40, tilt_deg=tilt)
    with scene([Terrain(id="t", name="t")], {"t": grid}, camera) as shot:
        shot.view.canvas.hud.DrawOff()
        shot.draw()
        stage = shot.view.stage
        stage.atmosphere.far_ground.actor.VisibilityOff()
        tiles = shot.view.canvas.ground.tiles((stage.visual("t"), 0))
        assert min(key[0] for key in shot.view.canvas.ground.tiles((stage.visual("t"), 0)).shown) > 0
        near = [_nearness(shot, tiles, error) for error in (0.0, 0.05)]
        low = np.s_[:160]                                    # the lower part of the picture: the horizon lies above it
        share = 1 - near[1][low] / near[0][low]
        np.testing.assert_allclose(share, min(0.02, 0.05 / camera.position[2]), rtol=0.1)


def _nearness(shot, tiles, error_m: float) -> np.ndarray:
    """(rows, columns) f8 of near / distance as drawn, row 0 below, with this error told to the tiles."""
    told(shot, tiles, tiles.shown, error_m)
    return depths(shot)


def told(shot, tiles, wanted: dict, error_m: float) -> None:
    """These tiles are shown, with this error."""
    pyramid = tiles._pyramid
    pyramid.chosen, pyramid.error_m = (lambda *_: wanted), [np.full_like(e, error_m) for e in pyramid.error_m]
    tiles.follow(shot.view.canvas.ground.sight())


def depths(shot) -> np.ndarray:
    """(rows, columns) f8 of near / distance as drawn now, row 0 below."""
    from vtkmodules.util.numpy_support import vtk_to_numpy
    from vtkmodules.vtkCommonCore import vtkFloatArray
    shot.draw()
    width, height = shot.view.canvas.size
    out = vtkFloatArray()
    shot.view.window.GetZbufferData(0, 0, width - 1, height - 1, out)
    return 1.0 - vtk_to_numpy(out).reshape(height, width).astype(float)
