"""The tree of a tileset, opened file by file: tiles with their boxes in the frame, and what is still to be opened."""

from __future__ import annotations

import json
import math
import struct
from collections import deque
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from cim.geocentric import GEODETIC, geocentric, geodetic, is_wide
from cim.tile_heights import Heights
from cim.tile_source import Folder, Server, Unreachable
from cim.tiles3d_file import Subtree, check_size
from twin.frame import Frame
from twin.text import sentences, tr
from twin.tile_tree import Nodes
from twin.trouble import Trouble

MOST_TILES = 200_000                      # of one file
EVERYWHERE = (-3e7, -3e7, -3e7, 3e7, 3e7, 3e7)
Numbers = tuple[float, ...]
IDENTITY: Numbers = tuple(np.eye(4).ravel().tolist())


@dataclass(frozen=True)
class Content:
    """Files that a tile draws. `transform`: row by row, from the files' metres (z up) to the root's."""

    names: tuple[str, ...]
    transform: Numbers


@dataclass(frozen=True)
class Link:
    """A tileset.json in the place of a tile."""

    name: str
    transform: Numbers
    replaces: bool
    above: tuple[str, ...] = ()           # the files that led here: one that names itself ends


@dataclass(frozen=True)
class Implicit:
    """A tree whose tiles are named by a rule. `kind` "region" or "box" with the `volume` of all of it."""

    base: str
    octree: bool
    levels: int
    available: int
    subtrees: str
    contents: tuple[str, ...]
    kind: str
    volume: Numbers
    error_m: float
    replaces: bool
    transform: Numbers


@dataclass(frozen=True)
class SubtreeLink:
    """The part of an implicit tree that begins at `at` (level, x, y and of an octree z)."""

    tree: Implicit
    at: tuple[int, ...]


@dataclass
class _Tile:
    kind: str
    volume: Numbers
    transform: np.ndarray
    error_m: float
    replaces: bool
    parent: int
    loads: Any = None
    opens: Any = None


@dataclass(frozen=True)
class Opener:
    """Reads files of the tree into `Nodes`. Runs in a worker."""

    source: Folder | Server
    frame: Frame
    located: bool
    heights: Heights = Heights()

    def file(self, link: Link) -> Nodes:
        tree = json.loads(self.source.read(link.name).decode("utf-8-sig"))
        return self.nodes(_Walk(self.source, link).tiles(tree["root"]))

    def subtree(self, link: SubtreeLink) -> Nodes:
        name = self.source.resolve(link.tree.base, _named(link.tree.subtrees, link.at))
        subtree = Subtree(self.source.read(name), lambda uri: self.source.read(self.source.resolve(name, uri)))
        return self.nodes(_subtree_tiles(self.source, link, subtree))

    def nodes(self, tiles: list[_Tile]) -> Nodes:
        scale = [float(np.cbrt(abs(np.linalg.det(t.transform[:3, :3])))) for t in tiles]
        return Nodes(box=self._boxes(tiles), error_m=np.array([t.error_m * s for t, s in zip(tiles, scale)]),
                     replaces=np.array([t.replaces for t in tiles], bool),
                     parent=np.array([t.parent for t in tiles], np.int32),
                     loads=tuple(t.loads for t in tiles), opens=tuple(t.opens for t in tiles))

    def _boxes(self, tiles: list[_Tile]) -> np.ndarray:
        """(n, 6) local metres around the volumes. What is as wide as a continent is everywhere: it is always opened."""
        corners = [_corners(tile) for tile in tiles]
        geographic = np.array([tile.kind == "region" for tile in tiles], bool)
        sizes = np.array([len(c) for c in corners])
        points, of_tile = np.concatenate(corners), np.repeat(np.arange(len(tiles)), sizes)
        if self.located:
            turned = ~geographic[of_tile]
            points[turned] = geodetic(points[turned]) if turned.any() else points[turned]
            points = self.frame.to_local(*points.T, crs=GEODETIC)
            points[:, 2] += self.heights.shift_m
        start = np.cumsum(sizes) - sizes
        out = np.concatenate([np.minimum.reduceat(points, start), np.maximum.reduceat(points, start)], axis=1)
        if self.located:
            out[[is_wide(geocentric(c) if flat else c) for c, flat in zip(corners, geographic)]] = EVERYWHERE
        return out


def _corners(tile: _Tile) -> np.ndarray:
    """Points whose box holds the volume: degrees of a region, else metres of the root. The Earth is round: the middles
    of sides count too."""
    if tile.kind == "region":
        west, south, east, north = (math.degrees(v) for v in tile.volume[:4])
        return np.array([(x, y, z) for x in np.linspace(west, east, 3) for y in np.linspace(south, north, 3)
                         for z in tile.volume[4:6]])
    if tile.kind == "sphere":
        *middle, radius = tile.volume
        halves = radius * np.eye(3)
    else:
        middle, halves = tile.volume[:3], np.array(tile.volume[3:12]).reshape(3, 3)
    steps = np.array([(x, y, z) for x in (-1, 0, 1) for y in (-1, 0, 1) for z in (-1, 0, 1)], float)
    points = np.array(middle) + steps @ halves
    return points @ tile.transform[:3, :3].T + tile.transform[:3, 3]


def volume_of(said: dict) -> tuple[str, Numbers]:
    for kind, least in (("region", 6), ("box", 12), ("sphere", 4)):
        if kind in said and len(said[kind]) >= least:
            return kind, tuple(map(float, said[kind]))
    raise ValueError("a tile without a bounding volume")


# -- explicit trees ------------------------------------------------------------------------------------------


@dataclass
class _Walk:
    """The tiles of one tileset.json, level by level, so that the children of each lie side by side."""

    source: Folder | Server
    link: Link
    out: list[_Tile] = field(default_factory=list)

    def tiles(self, root: dict) -> list[_Tile]:
        waiting = deque([(root, np.array(self.link.transform).reshape(4, 4), self.link.replaces, -1)])
        while waiting:
            said, outer, replaces, parent = waiting.popleft()
            if len(self.out) >= MOST_TILES:
                raise ValueError("tiles without end")
            transform = outer @ np.array(said.get("transform") or np.eye(4).ravel(), np.float64).reshape(4, 4).T
            replaces = said.get("refine", "REPLACE" if replaces else "ADD").upper() == "REPLACE"
            tile = _Tile(*volume_of(said.get("boundingVolume") or {}), transform,
                         float(said.get("geometricError", 0.0)), replaces, parent)
            self.out.append(tile)
            number = len(self.out) - 1
            if "implicitTiling" in said:
                tile.opens = SubtreeLink(self._implicit(said, tile), (0,) * (4 if _octree(said) else 3))
                continue
            self._contents(said, tile)
            waiting.extend((child, transform, replaces, number) for child in said.get("children") or ())
        return self.out

    def _contents(self, said: dict, tile: _Tile) -> None:
        names, transform = [], tuple(tile.transform.ravel().tolist())
        for content in said.get("contents") or ([said["content"]] if said.get("content") else []):
            try:
                name = self.source.resolve(self.link.name, content.get("uri") or content.get("url") or "")
            except Unreachable:
                name = ""
            if name.partition("?")[0].lower().endswith(".json"):
                if name in self.link.above or name == self.link.name:
                    raise ValueError("tilesets hold each other")
                tile.opens = Link(name, transform, tile.replaces, (*self.link.above, self.link.name))
            elif name:
                names.append(name)
        if names:
            tile.loads = Content(tuple(names), transform)

    def _implicit(self, said: dict, tile: _Tile) -> Implicit:
        told = said["implicitTiling"]
        contents = said.get("contents") or ([said["content"]] if said.get("content") else [])
        if tile.kind == "sphere":
            raise ValueError("an implicit tree in a sphere")
        check_size(8 if _octree(said) else 4, int(told["subtreeLevels"]),
                   int(told.get("availableLevels") or told.get("maximumLevel", 0) + 1))
        return Implicit(base=self.link.name, octree=_octree(said), levels=int(told["subtreeLevels"]),
                        available=int(told.get("availableLevels") or told.get("maximumLevel", 0) + 1),
                        subtrees=told["subtrees"]["uri"], contents=tuple(c["uri"] for c in contents), kind=tile.kind,
                        volume=tile.volume, error_m=tile.error_m, replaces=tile.replaces,
                        transform=tuple(tile.transform.ravel().tolist()))


def _octree(said: dict) -> bool:
    return said["implicitTiling"]["subdivisionScheme"].upper() == "OCTREE"


# -- implicit trees ------------------------------------------------------------------------------------------


def _subtree_tiles(source: Folder | Server, link: SubtreeLink, subtree: Subtree) -> list[_Tile]:
    """The available tiles of one subtree, level by level, and links to the subtrees below."""
    tree, dims = link.tree, len(link.at) - 1
    branching = 2 ** dims
    numbers: dict[tuple[int, ...], int] = {}
    out: list[_Tile] = []
    start = 0
    for level in range(tree.levels + 1):
        last = level == tree.levels
        for code in range(branching ** level):
            at = _place(link.at, level, code)
            there = (subtree.bit("childSubtreeAvailability", code) if last
                     else subtree.bit("tileAvailability", start + code))
            if at[0] >= tree.available or not there:
                continue
            parent = numbers.get((at[0] - 1, *(v // 2 for v in at[1:])), -1) if level else -1
            tile = _Tile(tree.kind, _part(tree, at), np.array(tree.transform).reshape(4, 4),
                         tree.error_m / 2 ** at[0], tree.replaces, parent)
            if last:
                tile.opens = SubtreeLink(tree, at)
            else:
                names = [source.resolve(tree.base, _named(template, at)) for i, template in enumerate(tree.contents)
                         if subtree.bit("contentAvailability", start + code, i)]
                tile.loads = Content(tuple(names), tree.transform) if names else None
            numbers[at] = len(out)
            out.append(tile)
        start += branching ** level
    return _side_by_side(out)


def _side_by_side(tiles: list[_Tile]) -> list[_Tile]:
    """Morton order keeps children together already; a stable sort by parent makes sure of it level by level."""
    parents = [tile.parent for tile in tiles]
    if any(parents[i] > parents[i + 1] for i in range(len(parents) - 1)):
        raise ValueError("a subtree out of order")
    return tiles


def _place(root: tuple[int, ...], level: int, code: int) -> tuple[int, ...]:
    """A Morton code of a level of the subtree as coordinates in the whole tree."""
    dims = len(root) - 1
    local = [0] * dims
    for bit in range(level):
        for d in range(dims):
            local[d] |= ((code >> (bit * dims + d)) & 1) << bit
    return (root[0] + level, *((r << level) + v for r, v in zip(root[1:], local)))


def _named(template: str, at: tuple[int, ...]) -> str:
    for name, value in zip(("level", "x", "y", "z"), at):
        template = template.replace("{" + name + "}", str(value))
    return template


def _part(tree: Implicit, at: tuple[int, ...]) -> Numbers:
    """The volume of one tile: halved in its own axes, level by level."""
    level, *place = at
    n = 2 ** level
    if tree.kind == "region":
        west, south, east, north, low, high = tree.volume[:6]
        x, y = place[:2]
        w, h = (east - west) / n, (north - south) / n
        d = (high - low) / n if tree.octree else high - low
        z = place[2] if tree.octree else 0
        return (west + x * w, south + y * h, west + (x + 1) * w, south + (y + 1) * h, low + z * d, low + (z + 1) * d)
    middle, axes = np.array(tree.volume[:3]), np.array(tree.volume[3:12]).reshape(3, 3)
    halves = axes.copy()
    for axis in range(3 if tree.octree else 2):
        middle = middle + axes[axis] * ((2 * place[axis] + 1) / n - 1)
        halves[axis] = axes[axis] / n
    return (*middle.tolist(), *halves.ravel().tolist())


def broken(error: Exception) -> str:
    """A failure of reading a part of a tree, in words."""
    if isinstance(error, Unreachable):
        return str(error)
    if isinstance(error, Trouble):
        return sentences(error.what, error.way_out)
    return tr("A part of the tileset is broken: {cause}", cause=f"{type(error).__name__}: {error}"[:120])


FAULTS = (Unreachable, ValueError, TypeError, KeyError, IndexError, AttributeError, struct.error, RecursionError)
