"""The ground as it is drawn: every terrain in tiles, with all pictures painted on them in one pass.

Terrain and imagery visuals say here what they want to show; before each render the ground follows the camera. A
picture that is lifted, or that lies where no terrain knows the ground, is carried by a surface of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from vtkmodules.vtkRenderingCore import vtkActor, vtkTexture

from layers.drawing_order import insert_below, take_away
from layers.geometry import actor_of, poly_data
from layers.ground_paint import MOST_BEFORE, MOST_PICTURES, NOWHERE, Box, Paint, Picture, paint, prepare
from layers.ground_shading import texture_of
from layers.ground_sheet import sheet
from layers.ground_tiles import GroundTiles
from layers.ground_walls import walls
from layers.tile_batch import Heights, TilePool
from layers.tile_selection import Sight
from twin.data import HeightGrid
from twin.ground import Surface
from twin.pyramid import TILE
from twin.relief import Relief

PLANE_DEEPER = 2e-4                        # the plane at height 0 gives way to everything


@dataclass(eq=False)
class _Terrain:
    surface: Surface
    look: Paint
    rank: int
    tiles: GroundTiles
    behind: tuple[Surface, ...] | None = None            # what its walls were made against
    walls: tuple[np.ndarray, np.ndarray] | None = None

    def walls_to(self, behind: tuple[Surface, ...]) -> tuple[np.ndarray, np.ndarray] | None:
        """Made once for the same ground: looks change far more often than it does."""
        before = self.behind
        if before is None or len(before) != len(behind) or not all(map(_same, before, behind)):
            self.behind, self.walls = behind, walls(self.surface, behind)
        return self.walls


@dataclass(eq=False)
class _Pictures:
    pictures: list[Picture]
    rank: int
    lift_m: float
    measured: bool

    @property
    def height(self) -> tuple[bool, int]:
        """What lies over what: the first of the list over the others, and what is measured over every picture."""
        return self.measured, -self.rank


class DrawnGround:
    """One per canvas. Owners (visuals) are keys; nothing here knows layers."""

    def __init__(self, canvas):
        self.canvas = canvas
        self._pool = TilePool(canvas.scene)
        self._terrains: dict[Any, _Terrain] = {}
        self._resting: dict[Any, _Terrain] = {}              # of the other one of two pictures that are drawn in turn
        self._pictures: dict[Any, _Pictures] = {}
        self._sheet: tuple[Box, tuple[Surface, ...], HeightGrid | None] | None = None
        self._carriers: list[GroundTiles] = []               # of pictures that no terrain carries
        self._walls: list[vtkActor] = []                     # where a terrain ends over another
        self._nowhere: vtkTexture = texture_of(NOWHERE.rgba)
        self._stale = False
        self._seen: tuple = ()
        self._sight: tuple[tuple, Sight] | None = None       # of which state of the camera
        self.closed = True                                   # nothing can be seen through it

    # -- what visuals say ------------------------------------------------------------------------------

    def show_terrain(self, owner, surface: Surface, look: Paint, rank: int) -> None:
        """The first rank that knows a place wins, as in `twin.ground`."""
        held = self._terrains.pop(owner, None) or self._resting.pop(owner, None)
        if held is None or not _same(held.surface, surface):
            heights = held.tiles.heights if held and held.surface.grid is surface.grid else None
            if held:
                held.tiles.hide()
            held = _Terrain(surface, look, rank, GroundTiles(self._pool, surface, solid=True, heights=heights))
        self._terrains[owner] = held
        held.look, held.rank, self._stale = look, rank, True

    def hide_terrain(self, owner) -> None:
        held = self._terrains.pop(owner, None)
        if held:
            self._stale = True
            if self.canvas.in_turn:
                held.tiles.hide()
                self._resting[owner] = held
            else:
                held.tiles.hide()

    def show_pictures(self, owner, pictures: list[Picture], rank: int, lift_m: float, measured: bool = False) -> None:
        """The first rank lies on top, as with terrains; within `pictures` the last."""
        self._pictures[owner] = _Pictures(pictures, rank, lift_m, measured)
        self._stale = True

    def hide_pictures(self, owner) -> None:
        self._stale |= self._pictures.pop(owner, None) is not None

    def tiles(self, owner) -> GroundTiles | None:
        held = self._terrains.get(owner)
        return held.tiles if held else None

    def hidden(self, owner) -> bool:
        """A picture lies over the whole of this terrain: its own colours are seen nowhere."""
        held = self._terrains.get(owner)
        box = held.surface.grid.bounds() if held else None
        return box is not None and any(picture.hides(box) for own in self._pictures.values() if not own.lift_m
                                       for picture in own.pictures)

    def triangles(self, owner) -> int:
        tiles = self.tiles(owner)
        return tiles.triangles if tiles else 0

    # -- before a render -------------------------------------------------------------------------------

    def follow(self) -> None:
        """Tiles for the camera as it is now; nothing happens when neither it nor what is shown has changed."""
        camera, size = self.canvas.camera(), (*self.canvas.size, self.canvas.aside)
        while self._resting and not self.canvas.in_turn:
            self._resting.popitem()[1].tiles.hide()
        stale = self._stale
        if stale:
            self._arrange()
        elif self._seen == (camera, size):
            return
        self._stale, self._seen = False, (camera, size)
        self.closed = all(terrain.look.opacity == 1.0 for terrain in self._terrains.values())
        sight = self.sight()
        for tiles in self._every():
            tiles.follow(sight)
        if stale and not self.canvas.in_turn:
            self._pool.forget()

    def _every(self) -> list[GroundTiles]:
        return [*(t.tiles for t in self._terrains.values()), *self._carriers]

    def sight(self) -> Sight:
        """The same one as long as the camera does not change."""
        camera, size = self.canvas.scene.GetActiveCamera(), self.canvas.size
        seen = camera, camera.GetMTime(), size
        if self._sight is None or self._sight[0] != seen:
            self._sight = seen, self._sight_of(camera, *size)
        return self._sight[1]

    def _sight_of(self, camera, width: int, height: int) -> Sight:
        planes = [0.0] * 24
        camera.GetFrustumPlanes(width / max(height, 1), planes)
        sides = np.array(planes).reshape(6, 4)[:4]           # left, right, bottom, top: never by distance
        seen = self.canvas.camera()
        pixels = height * seen.distance / max(seen.height_m, 1e-9)     # of one metre at one metre's distance
        return Sight(np.array(camera.GetPosition()), sides, float(pixels))

    # -- what is carried by what -----------------------------------------------------------------------

    def _arrange(self) -> None:
        for carrier in self._carriers:
            carrier.hide()
        self._carriers = []
        for actor in self._walls:
            take_away(self.canvas.scene, actor)
        self._walls = []
        terrains = sorted(self._terrains.values(), key=lambda t: t.rank)
        before: tuple[tuple[Relief, vtkTexture], ...] = ()
        pits: tuple[Box, ...] = ()
        flat = self._sorted(0.0)
        for terrain in terrains:
            terrain.tiles.look = replace(terrain.look, elsewhere=before[-MOST_BEFORE:], pits=pits)
            terrain.tiles.pictures = flat
            if terrain.surface.patch:
                pits = (*pits, _inner(terrain.surface.grid))
            else:
                before = (*before, (terrain.look.relief, terrain.look.relief_texture))
            self._wall(terrain, tuple(t.surface for t in terrains if t.rank > terrain.rank))
        self._carry(flat, 0.0, before)
        for lift in sorted({p.lift_m for p in self._pictures.values()} - {0.0}):
            self._carry_lifted(lift, terrains, before)

    def _wall(self, terrain: _Terrain, behind: tuple[Surface, ...]) -> None:
        made = terrain.walls_to(behind)
        if made is None:
            return
        points, triangles = made
        actor = actor_of(poly_data(points, triangles=triangles,
                                   normals=np.broadcast_to(np.float32((0, 0, 1)), points.shape)))
        prepare(actor)
        box = (*points.min(axis=0).tolist(), *points.max(axis=0).tolist())
        pictures = [p for p in self._sorted(0.0) if p.touches(box)][-MOST_PICTURES:]
        paint(actor, replace(terrain.look, contour_m=0.0), pictures)
        insert_below(self.canvas.scene, actor)
        self._walls.append(actor)

    def _sorted(self, lift_m: float) -> list[Picture]:
        """The lowest first, as they are painted."""
        held = sorted((p for p in self._pictures.values() if p.lift_m == lift_m), key=lambda p: p.height)
        return [picture for p in held for picture in p.pictures]

    def _carry_lifted(self, lift_m: float, terrains: list[_Terrain], before) -> None:
        pictures = self._sorted(lift_m)
        for terrain in terrains:
            surface = replace(terrain.surface, offset_m=terrain.surface.offset_m + lift_m)
            look = replace(terrain.look, only_pictures=True, contour_m=0.0, mode="plain", opacity=1.0)
            self._add_carrier(surface, look, pictures, terrain.tiles.heights)
        self._carry(pictures, lift_m, before)

    def _carry(self, pictures: list[Picture], height_m: float, before) -> None:
        """A plane at `height_m` under the pictures, where no terrain knows the ground; it spans the holes of those."""
        if not pictures or any(_covers(relief, pictures) for relief, _ in before):
            return
        west, south = min(p.x0 for p in pictures), min(p.y0 for p in pictures)
        east, north = max(p.x0 + p.width for p in pictures), max(p.y0 + p.height for p in pictures)
        plane = self._plane((west, south, east, north))
        look = Paint(relief=NOWHERE, relief_texture=self._nowhere, only_pictures=True, elsewhere=before[-MOST_BEFORE:],
                     deeper=PLANE_DEEPER)
        self._add_carrier(Surface(plane, offset_m=height_m), look, pictures)

    def _plane(self, box: Box) -> HeightGrid:
        """At height 0, and from rim to rim of a terrain's holes. Made once for the same ground."""
        surfaces = tuple(t.surface for t in sorted(self._terrains.values(), key=lambda t: t.rank))
        held = self._sheet
        if held is None or held[0] != box or len(held[1]) != len(surfaces) or not all(map(_same, held[1], surfaces)):
            self._sheet = held = box, surfaces, sheet(surfaces, box)
        if held[2] is not None:
            return replace(held[2], heights=np.nan_to_num(held[2].heights))
        return HeightGrid(heights=np.zeros((TILE + 1, TILE + 1), np.float32), x0=box[0], y0=box[1],
                          dx=(box[2] - box[0]) / TILE, dy=(box[3] - box[1]) / TILE)

    def _add_carrier(self, surface: Surface, look: Paint, pictures: list[Picture],
                     heights: Heights | None = None) -> None:
        most = min((p.opacity for p in pictures), default=1.0)
        carrier = GroundTiles(self._pool, surface, heights=heights)
        carrier.look, carrier.pictures = replace(look, opacity=1.0 if most == 1.0 else 0.999), pictures
        self._carriers.append(carrier)


def _covers(relief: Relief, pictures: list[Picture]) -> bool:
    """Does a terrain know the ground under every picture? Its last posts stand half a cell inside its edge."""
    rows, cols = relief.rgba.shape[:2]
    x, y = relief.width / cols, relief.height / rows
    return bool(relief.rgba[..., 3].all()) and all(
        p.x0 >= relief.x0 - x and p.x0 + p.width <= relief.x0 + relief.width + x
        and p.y0 >= relief.y0 - y and p.y0 + p.height <= relief.y0 + relief.height + y for p in pictures)


def _inner(grid: HeightGrid) -> Box:
    """Where the ground that an excavation is cut into is left out: a post inside its rim, so that both overlap."""
    rows, cols = grid.heights.shape
    return (grid.x0 + grid.dx, grid.y0 + grid.dy, grid.x0 + (cols - 2) * grid.dx, grid.y0 + (rows - 2) * grid.dy)


def _same(a: Surface, b: Surface) -> bool:
    return a.grid is b.grid and a.exaggeration == b.exaggeration and a.offset_m == b.offset_m
