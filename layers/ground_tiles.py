"""The tiles of one terrain that are in the scene: those that the camera needs, many of them in one draw."""

from __future__ import annotations

from collections import defaultdict

from vtkmodules.vtkRenderingCore import vtkActor

from layers.ground_paint import MOST_PICTURES, Paint, Picture, paint
from layers.tile_batch import TILES, Heights, TileBatch, TilePool, triangles_of
from layers.tile_selection import Key, Sight, TilePyramid
from twin.ground import Surface
from twin.pyramid import TILE

TOLERANCE_PX = 1.0                         # device pixels that a tile's triangles may be off
MOST_SHOWN = 120                           # tiles (rough ground seen from a kerb takes 118)

Painting = tuple                           # what tiles are painted with: the look, whether the first picture hides it,
                                           # and the pictures


class GroundTiles:
    """Call `follow` before a render. Whoever owns it says how it looks (`look`) and what lies on it (`pictures`)."""

    def __init__(self, pool: TilePool, surface: Surface, *, solid: bool = False, heights: Heights | None = None):
        """`solid`: nothing behind it is seen through it but where it is see-through as a whole. `heights` of the same
        grid, where they are on the card already."""
        self.surface, self.solid = surface, solid
        self.heights = heights or Heights(surface.grid)
        self.look: Paint | None = None
        self.pictures: list[Picture] = []
        self._pool = pool
        self._pyramid = TilePyramid(surface)
        self.shown: dict[Key, int] = {}                      # tile -> bits of its coarser neighbours
        self._used: list[TileBatch] = []
        self._paintings: dict[Key, Painting] = {}            # of these:
        self._painted_for: tuple = ()

    @property
    def triangles(self) -> int:
        return sum(map(triangles_of, self.shown.values()))

    @property
    def actors(self) -> list[vtkActor]:
        """In sight."""
        return [batch.actor for batch in self._used]

    def follow(self, sight: Sight) -> None:
        """Show the tiles that this camera needs, painted."""
        self.shown = self._pyramid.chosen(sight, TOLERANCE_PX, MOST_SHOWN)
        alike: dict[Painting, list[Key]] = defaultdict(list)
        for key in self.shown:
            alike[self._painting(key)].append(key)
        before, self._used = self._used, []
        for painting, keys in alike.items():
            for start in range(0, len(keys), TILES):
                batch = self._batch(before, painting)
                batch.show([self._numbers(key) for key in keys[start:start + TILES]])
                self._used.append(batch)
        self._pool.give(before)

    def hide(self) -> None:
        self._pool.give(self._used)
        self.shown, self._used = {}, []

    def _batch(self, before: list[TileBatch], painting: Painting) -> TileBatch:
        """One of `before`, which loses it, that is painted so already; else another, painted anew."""
        at = next((n for n, batch in enumerate(before) if batch.painted == painting), -1)
        batch = before.pop(at) if before else self._pool.take(painting, before_backdrop=self.solid)
        batch.carry(self.surface, self.heights)
        if batch.painted != painting:
            look, hidden, *pictures = batch.painted = painting
            paint(batch.actor, look, pictures, hidden=hidden)
        return batch

    def _numbers(self, key: Key) -> tuple[float, ...]:
        level, row, col = key
        stride = self._pyramid.strides[level]
        across = TILE * stride
        return col * across, row * across, stride, self.shown[key], float(self._pyramid.error_m[level][row, col])

    def _painting(self, key: Key) -> Painting:
        if self._painted_for != (self.look, self.pictures):
            self._painted_for, self._paintings = (self.look, self.pictures), {}
        if key not in self._paintings:
            level, row, col = key
            self._paintings[key] = self._painting_in(self._pyramid.boxes[level][row, col])
        return self._paintings[key]

    def _painting_in(self, box) -> Painting:
        pictures = [p for p in self.pictures if p.touches(box)]
        hiding = max((n for n, p in enumerate(pictures) if p.hides(box)), default=-1)
        return self.look, hiding >= 0, *pictures[max(hiding, len(pictures) - MOST_PICTURES, 0):]
