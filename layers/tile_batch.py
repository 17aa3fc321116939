"""Tiles of a terrain that are drawn at once: a net of posts that the graphics card itself puts in place.

The net says of each corner only which post of which tile it is. Where a tile begins, how far apart its posts are and
which of its sides meet a coarser one are a few numbers, told before a frame; the heights lie on the card as a texture.
So a tile that comes into sight costs no more than its numbers: no mesh is made, nothing is sent, and all tiles of a
batch are one draw. (Heights in a texture: Ulrich, Rendering massive terrains, 2002; Strugar, CDLOD, 2010.)
"""

from __future__ import annotations

from functools import cache

import numpy as np
from vtkmodules.util.numpy_support import numpy_to_vtk
from vtkmodules.vtkCommonDataModel import vtkDataObject, vtkPolyData
from vtkmodules.vtkRenderingCore import vtkActor, vtkRenderer, vtkTexture

from layers.drawing_order import insert_below, take_away
from layers.geometry import actor_of, grid_triangles, poly_data
from layers.ground_paint import prepare, unpaint
from layers.ground_shading import number_texture
from layers.tile_selection import EAST, NORTH, SOUTH, WEST
from twin.data import HeightGrid
from twin.ground import Surface
from twin.pyramid import TILE

TILES = 16                                                   # of a batch
SIDE = TILE + 1                                              # posts of a tile's side
NUMBERS = 5                                                  # of a tile: column and row of its first post, posts from
NOTHING = (0.0,) * NUMBERS                                   # one to the next, its coarser sides, its error in metres
HEIGHTS, POST = "groundHeights", "tilePost"
UNKNOWN_M = 1e9                                              # in the texture, in place of no number
EVERYWHERE_M = 1e8
MOST_SPARE = 16                                              # batches

# What VTK takes for the corner of a mesh is here what the numbers make of it.
_DECLARE = f"""in vec3 {POST};
uniform sampler2D {HEIGHTS};
vec4 placed;
out float groundKnown;
#define vertexMC placed
//VTK::Clip::Dec
"""
_PLACE = f"""  int tileFirst = int({POST}.z + 0.5) * {NUMBERS};
  ivec2 tilePostAt = ivec2({POST}.xy + 0.5);
  int tileSides = int(tileNumbers[tileFirst + 3]);
  tileError = tileNumbers[tileFirst + 4];
  if ((tilePostAt.x & 1) == 1 && ((tilePostAt.y == 0 && (tileSides & {SOUTH}) != 0)
                               || (tilePostAt.y == {TILE} && (tileSides & {NORTH}) != 0))) tilePostAt.x -= 1;
  if ((tilePostAt.y & 1) == 1 && ((tilePostAt.x == 0 && (tileSides & {WEST}) != 0)
                               || (tilePostAt.x == {TILE} && (tileSides & {EAST}) != 0))) tilePostAt.y -= 1;
  ivec2 groundPost = ivec2(tileNumbers[tileFirst], tileNumbers[tileFirst + 1])
      + tilePostAt * int(tileNumbers[tileFirst + 2]);
  groundPost = min(groundPost, lastPost);
  float groundHeight = texelFetch({HEIGHTS}, ivec2(groundPost.x >> 2, groundPost.y), 0)[groundPost.x & 3];
  groundKnown = float(groundHeight < {UNKNOWN_M / 2:.1f});
  placed = vec4(gridFrom + vec2(groundPost) * gridStep,
                groundHeight * groundKnown * heightTimes + heightPlus, 1.0);
//VTK::CustomBegin::Impl
"""
# A triangle is left out where one of its corners is not known.
_KNOWN = "in float groundKnown;\n//VTK::Clip::Dec\n"
_HOLES = "  if (groundKnown < 0.99999) discard;\n//VTK::Clip::Impl\n"
_WHOLE = "//VTK::Clip::Impl\n"


class Heights:
    """Those of a grid as a texture; `holes`: not all are known."""

    def __init__(self, grid: HeightGrid):
        known = np.isfinite(grid.heights)
        self.holes = not known.all()
        self.texture: vtkTexture = number_texture(np.where(known, grid.heights, np.float32(UNKNOWN_M)) if self.holes
                                                  else grid.heights)


class TileBatch:
    """Up to `TILES` tiles of one surface that are painted alike."""

    def __init__(self):
        self.painted: tuple = ()                             # what with; kept by its owner
        self._surface: Surface | None = None
        self.actor: vtkActor = actor_of(_net())
        self.actor.GetMapper().MapDataArrayToVertexAttribute(POST, POST, vtkDataObject.FIELD_ASSOCIATION_POINTS, -1)
        prepare(self.actor)
        shader = self.actor.GetShaderProperty()
        shader.AddVertexShaderReplacement("//VTK::Clip::Dec", True, _DECLARE, False)
        shader.AddVertexShaderReplacement("//VTK::CustomBegin::Impl", True, _PLACE, False)
        shader.AddFragmentShaderReplacement("//VTK::Clip::Dec", True, _KNOWN, False)

    def carry(self, surface: Surface, heights: Heights) -> None:
        """From now on tiles of this surface."""
        if self._surface is surface:
            return
        self._surface, grid, shader = surface, surface.grid, self.actor.GetShaderProperty()
        shader.AddFragmentShaderReplacement("//VTK::Clip::Impl", True, _HOLES if heights.holes else _WHOLE, False)
        corners, look = shader.GetVertexCustomUniforms(), self.actor.GetProperty()
        corners.SetUniform2f("gridFrom", (grid.x0, grid.y0))
        corners.SetUniform2f("gridStep", (grid.dx, grid.dy))
        corners.SetUniform2i("lastPost", (grid.heights.shape[1] - 1, grid.heights.shape[0] - 1))
        corners.SetUniformf("heightTimes", surface.exaggeration)
        corners.SetUniformf("heightPlus", surface.offset_m)
        look.RemoveTexture(HEIGHTS)
        look.SetTexture(HEIGHTS, heights.texture)

    def forget(self) -> None:
        """What it carried and was painted with may be gone."""
        self._surface, self.painted = None, ()
        self.actor.GetProperty().RemoveTexture(HEIGHTS)
        unpaint(self.actor)

    def show(self, tiles: list[tuple[float, ...]]) -> None:
        """`tiles`: NUMBERS of each; what is left of the net lies in one point."""
        numbers = [number for tile in tiles for number in tile] + [*NOTHING] * (TILES - len(tiles))
        self.actor.GetShaderProperty().GetVertexCustomUniforms().SetUniform1fv("tileNumbers", len(numbers), numbers)
        self.actor.VisibilityOn()


class TilePool:
    """The batches of a scene that nobody uses now: to make one takes milliseconds, to use it again none."""

    def __init__(self, renderer: vtkRenderer):
        self.renderer = renderer
        self._spare: list[TileBatch] = []

    def take(self, painted: tuple, *, before_backdrop: bool) -> TileBatch:
        """One that is painted so already, where there is one."""
        at = next((n for n, batch in enumerate(self._spare) if batch.painted == painted), 0)
        batch = self._spare.pop(at) if self._spare else TileBatch()
        insert_below(self.renderer, batch.actor, before_backdrop=before_backdrop)
        return batch

    def give(self, batches: list[TileBatch]) -> None:
        for batch in batches:
            batch.actor.VisibilityOff()
            if len(self._spare) < MOST_SPARE:
                self._spare.append(batch)
            else:
                take_away(self.renderer, batch.actor)

    def forget(self) -> None:
        for batch in self._spare:
            batch.forget()


def triangles_of(sides: int) -> int:
    """How many triangles of a tile are left where its sides match coarser ones."""
    return 2 * TILE * TILE - TILE // 2 * sides.bit_count()


@cache
def _net() -> vtkPolyData:
    """One for all, so that it lies on the card once. Its points are used nowhere; they reach so far that VTK never
    takes it to be out of sight."""
    tile, row, col = np.indices((TILES, SIDE, SIDE), np.float32)
    posts = np.stack([col, row, tile], axis=-1).reshape(-1, 3)
    points = np.where(np.arange(len(posts))[:, None] % 2, np.float32(EVERYWHERE_M), np.float32(-EVERYWHERE_M))
    points = np.broadcast_to(points, posts.shape)
    first = np.arange(TILES, dtype=np.int32)[:, None, None] * SIDE * SIDE
    data = poly_data(points, triangles=(grid_triangles(SIDE, SIDE)[None] + first).reshape(-1, 3),
                     normals=np.broadcast_to(np.float32((0, 0, 1)), posts.shape))
    array = numpy_to_vtk(posts, deep=True)
    array.SetName(POST)
    data.GetPointData().AddArray(array)
    return data
