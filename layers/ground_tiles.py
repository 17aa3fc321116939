"""The tiles of one terrain that are in the scene: built when the camera needs them, kept while they may be again."""

from __future__ import annotations

from dataclasses import dataclass, field

from vtkmodules.vtkRenderingCore import vtkActor, vtkPropCollection, vtkRenderer

from layers.geometry import actor_of, poly_data, triangle_cells
from layers.ground_paint import MOST_PICTURES, Paint, Picture, paint, prepare
from layers.tile_mesh import TileMesh, tile_mesh, tile_triangles
from layers.tile_selection import Key, Sight, chosen
from twin.data import Bounds
from twin.ground import Surface
from twin.pyramid import levels_of

TOLERANCE_PX = 1.0                         # device pixels that a tile's triangles may be off
MOST_SHOWN, MOST_KEPT = 120, 180           # tiles (rough ground seen from a kerb takes 118), actors


@dataclass(eq=False)
class Tile:
    mesh: TileMesh
    actor: vtkActor
    box: Bounds
    sides: int = -1                        # which coarser sides its triangles match
    triangles: int = 0
    painted: tuple = ()                    # of what it was painted with
    shapes: dict = field(default_factory=dict)


class GroundTiles:
    """Call `follow` before a render. Whoever owns it says how it looks (`look`) and what lies on it (`pictures`)."""

    def __init__(self, renderer: vtkRenderer, surface: Surface, steeper: float, *, solid: bool = False):
        """`solid`: nothing behind it is seen through it but where it is see-through as a whole."""
        self.renderer, self.surface, self.solid = renderer, surface, solid
        self.look: Paint | None = None
        self.pictures: list[Picture] = []
        self.triangles = 0
        self._steeper = steeper
        self._levels = levels_of(surface.grid)
        self._tiles: dict[Key, Tile] = {}                    # the least lately used first
        self._shown: dict[Key, int] = {}

    @property
    def keys(self) -> list[Key]:
        return list(self._shown)

    @property
    def shown(self) -> list[Tile]:
        return [self._tiles[key] for key in self._shown]

    def wanted(self, sight: Sight) -> dict[Key, int]:
        return chosen(self.surface, sight, TOLERANCE_PX, MOST_SHOWN)

    def follow(self, sight: Sight) -> None:
        """Show the tiles that this camera needs, painted."""
        wanted = self.wanted(sight)
        for key in self._shown.keys() - wanted.keys():
            self._tiles[key].actor.VisibilityOff()
        for key, sides in wanted.items():
            tile = self._tiles.pop(key, None) or self._made(key)
            self._tiles[key] = tile
            if tile.sides != sides:
                self._match(tile, sides)
            self._paint(key, tile)
            tile.actor.VisibilityOn()
        self._shown = wanted
        self.triangles = sum(tile.triangles for tile in self.shown)
        self._forget()

    def hide(self) -> None:
        for tile in self.shown:
            tile.actor.VisibilityOff()
        self._shown, self.triangles = {}, 0

    def remove(self) -> None:
        for tile in self._tiles.values():
            take_away(self.renderer, tile.actor)
        self._tiles.clear()
        self._shown, self.triangles = {}, 0

    def _made(self, key: Key) -> Tile:
        mesh = tile_mesh(self.surface, self._levels[key[0]].stride, key, self._steeper)
        data = poly_data(mesh.points, normals=mesh.normals)
        actor = actor_of(data)
        prepare(actor)
        insert_below(self.renderer, actor, before_backdrop=self.solid)
        return Tile(mesh, actor, data.GetBounds()[::2] + data.GetBounds()[1::2])

    def _match(self, tile: Tile, sides: int) -> None:
        tile.sides = sides
        corners = tile.mesh.triangles(sides)
        shared = corners is tile_triangles(sides)
        data = tile.actor.GetMapper().GetInput()
        data.SetPolys(_whole_cells(sides) if shared else triangle_cells(corners))
        tile.triangles = len(corners)

    def _paint(self, key: Key, tile: Tile) -> None:
        pictures = [p for p in self.pictures if p.touches(tile.box)]
        hiding = max((n for n, p in enumerate(pictures) if p.hides(tile.box)), default=-1)
        pictures = pictures[max(hiding, len(pictures) - MOST_PICTURES, 0):]
        painted = (self.look, *pictures)
        if painted != tile.painted:
            tile.painted = painted
            level, row, col = key
            error_m = float(self._levels[level].error[row, col]) * self.surface.exaggeration
            paint(tile.actor, self.look, pictures, error_m, hidden=hiding >= 0)

    def _forget(self) -> None:
        """Drop the tiles that were not needed for the longest time."""
        for key in list(self._tiles)[:max(0, len(self._tiles) - MOST_KEPT)]:
            if key not in self._shown:
                take_away(self.renderer, self._tiles.pop(key).actor)


_cells: dict = {}


def _whole_cells(sides: int):
    """The sixteen triangulations of a tile without holes are made once for all tiles."""
    if sides not in _cells:
        _cells[sides] = triangle_cells(tile_triangles(sides))
    return _cells[sides]


def take_away(renderer: vtkRenderer, actor: vtkActor) -> None:
    """Remove an actor but not its pictures, which others carry: with it they would leave the graphics card, and to send
    14 million pixels there again, with their mipmaps, takes a second."""
    actor.GetProperty().RemoveAllTextures()
    renderer.RemoveViewProp(actor)


def insert_below(renderer: vtkRenderer, actor: vtkActor, *, before_backdrop: bool = False) -> None:
    """Add an actor that is drawn before everything but the backdrop, so that what is see-through on it blends.

    What hides the backdrop is better drawn before it: sky and far ground are then not painted where it is.
    """
    renderer.AddViewProp(actor)
    held = renderer.GetViewProps()
    held.RemoveItem(actor)
    if held.GetNumberOfItems():
        held.InsertItem(-1 if before_backdrop else _last_of_backdrop(held), actor)
    else:
        held.AddItem(actor)


def _last_of_backdrop(held: vtkPropCollection) -> int:
    """The index of the last prop that no camera frames; -1 without one."""
    every = range(held.GetNumberOfItems())
    return max((i for i in every if not held.GetItemAsObject(i).GetUseBounds()), default=-1)
