"""A city in tiles: what the camera needs is drawn, each tile through the same means as a whole city.

Which tiles these are is said from outside (app/streaming.py) in the asset's detail; nothing is read here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Annotated, ClassVar, Literal

import numpy as np
from annotated_types import Ge, Le

from layers.attributes import Coloring
from layers.base import visual_of
from layers.block_colors import Likeness
from layers.city_style import CityStyle, city_colors, plain_walls, ruling_of, style_key, use_column
from layers.column_units import with_unit
from layers.highlight import highlighted
from layers.houses import standing
from layers.palette import Rgb, palette
from layers.roof_words import Worded
from layers.rule_colors import by_rules, of_blocks, relabelled
from layers.sight_boxes import crossed
from layers.sign_colors import Signed
from layers.solid import Solid
from layers.solid_part import EDGE_REACH_M
from layers.tile_dots import TileDots
from layers.tile_signs import TileSigns
from twin.data import Bounds, Dots, box
from twin.ground import Ground
from twin.layer import layer_type, styled
from twin.sight import distance_m
from twin.text import tr
from twin.tile_tree import COUNT, Detail, Shown, TileTree

STOREYS_M = 10.0                          # of a house whose tile is not here
FACADE_M = 2500.0                         # windows are drawn on tiles as near as this


@layer_type
@dataclass(frozen=True, kw_only=True)
class Tiles(Signed, CityStyle):
    kind: Literal["tiles"] = "tiles"
    faces: Literal["object", "material"] = styled(
        "object", "Faces", help="Faces in the colour of their object, or as the file says")
    tolerance_px: Annotated[float, Ge(0.5), Le(64.0)] = styled(
        1.0, "Tolerance", unit="px", step=0.5, help="What is smaller on the screen than this may be left out")
    memory_mb: Annotated[int, Ge(64), Le(8192)] = styled(
        512, "Memory", unit="MB", step=64, help="For tiles; where it is not enough, everything becomes coarser")


@dataclass(eq=False)
class _Tile:
    shown: Shown
    solid: Solid
    box: Bounds
    stands_for: int                       # features
    blocks: bool                          # whether it has any that stand for several
    rgba: np.ndarray | None = None        # as painted last
    near: bool | None = None


@visual_of("tiles")
class TilesVisual(Worded):
    """A `Solid` for each tile that is drawn, kept as long as its mesh is."""

    reads: ClassVar = frozenset({"ground", "selection", "hovered", "theme", "sun", "ruled", "vitals", "language"})

    def __init__(self, canvas):
        super().__init__(canvas)
        self._tiles: dict[int, _Tile] = {}
        self._dots: dict[int, tuple[Dots, TileDots]] = {}
        self._tree: TileTree | None = None
        self._coloring: Coloring | None = None
        self._colored: tuple = ()
        self._by = ""                                        # the column that blocks are coloured by
        self._likeness = Likeness(None, np.zeros((0, 3), np.uint8), (0, 0, 0))
        self._painted_blocks = None                          # the table that `_block_colors` are of
        self._block_colors = np.zeros((0, 3), np.uint8)
        self._signs = TileSigns(canvas)
        self._told: tuple = ()                               # layer and moment that were drawn last
        self._lift = np.eye(4)
        self._look: tuple = ()
        self._ground = Ground()

    def update(self, layer: Tiles, asset, moment, ground, why) -> None:
        self._tree = asset.payload if asset and isinstance(asset.payload, TileTree) else None
        detail = asset.detail if asset and isinstance(asset.detail, Detail) else Detail()
        if self._tree is None:
            detail = Detail()
        self._lift[2, 3] = layer.height_offset_m
        if ground is not self._ground:
            self._ground = ground
            self._drop_all(lambda tile: tile.shown.mesh.base is not None)
        self._exchange(detail)
        self._exchange_dots(detail, layer.opacity)
        self._told = layer, moment
        self._signs.tell(layer, moment, self._tree)
        if self._tree is not None:
            self._color(layer, moment)
            self._paint(layer, moment)
        self._look = (layer.edges, layer.windows, moment.sun)
        for tile in self._tiles.values():
            tile.near = None
            tile.solid.stand(self._lift)
        self._say(layer, moment)
        self.camera_moved()

    def _say(self, layer: Tiles, moment) -> None:
        parts = tuple((tile.solid.points, tile.shown.mesh.vertex_feature, tile.shown.rows)
                      for tile in self._tiles.values())
        self._words.say(parts, self._tree.features if self._tree else None, layer.label_by, moment.language,
                        layer.height_offset_m)

    def _exchange(self, detail: Detail) -> None:
        wanted = {tile.node: tile for tile in detail.tiles if len(tile.mesh.triangles)}
        self._drop_all(lambda tile: tile.shown.node not in wanted
                       or wanted[tile.shown.node].mesh is not tile.shown.mesh)
        for node in wanted.keys() - self._tiles.keys():
            shown = wanted[node]
            points = standing(shown.mesh, self._ground, 0.0)
            blocks = shown.rows >= self._tree.feature_rows
            self._tiles[node] = _Tile(shown, Solid(self, shown.mesh, points, shown.mesh.count), box(points),
                                      _stands_for(shown, blocks), bool(blocks.any()))
        for node, shown in wanted.items():
            self._tiles[node].shown = shown

    def _exchange_dots(self, detail: Detail, opacity: float) -> None:
        wanted = {tile.node: tile.mesh.dots for tile in detail.tiles if tile.mesh.dots is not None}
        for node in [node for node, (dots, _) in self._dots.items() if wanted.get(node) is not dots]:
            self._dots.pop(node)[1].remove()
        for node in wanted.keys() - self._dots.keys():
            self._dots[node] = wanted[node], TileDots(self, wanted[node])
        for _, drawn in self._dots.values():
            drawn.look(self._lift, opacity)

    def _drop_all(self, which: Callable[[_Tile], bool]) -> None:
        for node in [node for node, tile in self._tiles.items() if which(tile)]:
            _thrown_away(self._tiles.pop(node).solid)

    # -- colours -------------------------------------------------------------------------------------

    @property
    def _rows(self) -> int:
        """Features, and behind them the blocks that stand for several."""
        return self._tree.feature_rows + self._tree.block_rows if self._tree else 0

    def _color(self, layer: Tiles, moment) -> None:
        key = (self._tree.features, *style_key(layer, moment))
        features = self._tree.features
        if key != self._colored:
            self._colored, self._painted_blocks = key, None
            self._coloring = city_colors(layer, features, self._tree.feature_rows, moment)
            self._by = layer.color_by if self._coloring.legend else "" if layer.color else use_column(features)
            known = self._by and not layer.ruled and features is not None and self._by in features.column_names
            unknown = palette(moment.theme).missing if self._coloring.legend else _first(self._coloring, moment.theme)
            self._likeness = Likeness(features.column(self._by) if known else None, self._coloring.colors, unknown)
        blocks = self._tree.blocks
        if blocks is not self._painted_blocks and blocks is not None:
            self._painted_blocks = blocks
            self._block_colors = self._colors_of(blocks, layer, moment)
        elif blocks is None:
            self._block_colors = np.zeros((0, 3), np.uint8)

    def _colors_of(self, blocks, layer: Tiles, moment) -> np.ndarray:
        """(blocks, 3) u1 as the features have them that share a block's value, or for which its rule holds."""
        if layer.ruled and layer.rules:
            return by_rules(layer.rules, of_blocks(ruling_of(layer, moment)), count=blocks.num_rows,
                            plain=plain_walls(layer, moment.theme), theme=moment.theme).colors
        if self._by in blocks.column_names:
            return self._likeness.of(blocks.column(self._by))
        return np.tile(_first(self._coloring, moment.theme), (blocks.num_rows, 1))

    def _paint(self, layer: Tiles, moment) -> None:
        whole = np.full((self._rows, 4), round(layer.opacity * 255), np.uint8)
        signed = self._signs.painted = self._signs.shown
        if signed:
            whole[:, :3] = self._signs.colors(tile.shown for tile in self._tiles.values())
        else:
            whole[:self._tree.feature_rows, :3] = self._coloring.colors
            whole[self._tree.feature_rows:, :3] = self._block_colors
        marked = highlighted(whole, layer.id, moment)
        own = layer.faces == "material" and self._coloring.legend is None and not signed
        for tile in self._tiles.values():
            rgba = marked[tile.shown.rows]
            if own and tile.shown.mesh.colors is not None:
                plain = (rgba == whole[tile.shown.rows]).all(axis=1)
                rgba[plain, :3] = tile.solid.tinted(tile.shown.mesh.colors[:, :3])[plain]
            tile.solid.pictures(own)
            if tile.rgba is None or not np.array_equal(rgba, tile.rgba):
                tile.rgba = rgba
                tile.solid.paint(rgba)

    def camera_moved(self) -> None:
        """Lines and windows of far tiles would not be seen: they cost nothing then."""
        super().camera_moved()
        if not self._tiles:
            return
        if self._signs.shown != self._signs.painted:
            self._paint(*self._told)
        eye = np.array(self.canvas.scene.GetActiveCamera().GetPosition())
        away = distance_m(np.array([tile.box for tile in self._tiles.values()]), eye)
        edges, windows, sun = self._look
        for tile, metres in zip(self._tiles.values(), away.tolist()):
            near = metres < FACADE_M
            if near != tile.near:
                tile.near = near
                tile.solid.windows(windows and near, sun)
            tile.solid.edges(edges and metres < EDGE_REACH_M, sun.daylight)

    # -- what the stage asks ---------------------------------------------------------------------------

    def legend(self, layer, asset, moment):
        blocks = any(tile.blocks for tile in self._tiles.values())
        if self._signs.shown:
            return self._signs.legend(blocks)
        said = relabelled(with_unit(self._coloring.legend), layer, moment) if self._coloring else None
        if said is None or not blocks:
            return said
        return replace(said, note=tr("Far blocks: the mean or the commonest, by footprint area"))

    def facts(self, feature):
        return self._signs.facts(feature)

    def bounds(self):
        if self._tree is None or self._tree.box is None:
            return None
        lift = float(self._lift[2, 3])
        low, high = self._tree.box[:3], self._tree.box[3:]
        if self._tree.on_ground:
            lift += float(self._ground.height_at([[(low[0] + high[0]) / 2, (low[1] + high[1]) / 2]])[0])
        return (low[0], low[1], low[2] + lift, high[0], high[1], high[2] + lift)

    def feature_bounds(self, feature):
        rows = np.atleast_1d(feature)
        if self._tree is None or not len(rows):
            return None
        for tile in self._tiles.values():
            here = np.flatnonzero(np.isin(tile.shown.rows, rows))
            if len(here):
                return tile.solid.places.bounds_of(here)
        if self._tree.row_box is None or self._tree.box is None:
            return None
        boxes = self._tree.row_box[rows[rows < len(self._tree.row_box)]]     # not here: where it stands is known
        boxes = boxes[np.isfinite(boxes).all(axis=1)]
        if not len(boxes):
            return None
        low, high = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
        foot_m = float(self._ground.height_at([(low + high) / 2])[0])        # how high it is nobody knows yet
        if not self._tree.on_ground:
            foot_m = min(max(foot_m, self._tree.box[2]), self._tree.box[5])
        foot_m += float(self._lift[2, 3])
        return (float(low[0]), float(low[1]), foot_m, float(high[0]), float(high[1]), foot_m + STOREYS_M)

    def top_m(self, feature):
        """Of what is drawn: of the others only the place is known."""
        return super().top_m(feature) if any(feature in tile.shown.rows for tile in self._tiles.values()) else None

    def pick(self, ray):
        """A tile gets its search tree, in a thread, when the mouse is first over it: most never need one."""
        best, tiles, lift = None, list(self._tiles.values()), (0.0, 0.0, self._lift[2, 3])
        met = crossed(np.array([tile.box for tile in tiles]).reshape(-1, 6) + np.tile(lift, 2), ray)
        for tile in (tiles[n] for n in np.flatnonzero(met)):
            tile.solid.settle()
            if found := tile.solid.pick(ray):
                if best is None or found[0] < best[0]:
                    best = found[0], replace(found[1], feature=int(tile.shown.rows[found[1].feature]))
        return best

    def corner(self, ray, hit, reach_px):
        for tile in self._tiles.values():
            here = np.flatnonzero(tile.shown.rows == hit.feature)
            if len(here):
                return tile.solid.places.corner(ray, replace(hit, feature=int(here[0])), reach_px)
        return None

    def stats(self):
        """Of a block all that it stands for."""
        return (sum(tile.stands_for for tile in self._tiles.values()),
                sum(len(tile.shown.mesh.triangles) for tile in self._tiles.values()))


def _stands_for(shown: Shown, blocks: np.ndarray) -> int:
    if not blocks.any():
        return len(np.unique(shown.rows))                    # a feature has a row for each of its materials
    count = shown.mesh.features.column(COUNT).to_numpy(zero_copy_only=False)
    return len(np.unique(shown.rows[~blocks])) + int(count[blocks].sum())


def _first(coloring: Coloring, theme: str) -> Rgb:
    """The colour that most have where no column says otherwise."""
    return tuple(map(int, coloring.colors[0])) if len(coloring.colors) else palette(theme).walls


def _thrown_away(solid: Solid) -> None:
    """A solid and its caps hold each other: taken apart, its memory is free at once and not when Python next looks."""
    solid.remove()
    vars(solid).clear()

