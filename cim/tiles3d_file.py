"""OGC 3D Tiles 1.0 and 1.1 on disk: the tree of tiles (explicit or implicit), and what a content file holds."""

from __future__ import annotations

import json
import struct
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

import numpy as np

from cim import gltf_file
from cim.pieces import Piece
from cim.tiles3d_instances import instanced
from cim.tiles3d_points import pointed
from cim.tiles3d_tables import batch_columns
from twin.text import tr
from twin.trouble import Trouble

DEEPEST = 40                              # tiles within tiles, and tilesets within tilesets
MOST_TILES = 200_000
MOST_PLACES = 1 << 20                     # on the last level of a subtree


@dataclass
class Tile:
    """`transform` (4, 4) f8 from the content's metres (z up) to the tileset's root; `contents` files on disk."""

    transform: np.ndarray
    error_m: float
    replace: bool
    contents: list[Path]
    depth: int
    children: list[Tile] = field(default_factory=list)
    volume: dict = field(default_factory=dict)      # as the file says it


def tree_of(path: Path) -> dict:
    """What a tileset.json says. Raises Trouble where it is no JSON."""
    try:
        return json.loads(path.read_bytes().decode("utf-8-sig"))
    except ValueError as error:
        raise Trouble(tr("This 3D Tiles tileset is broken or cut short."), cause=str(error)[:200],
                      way_out=tr("Copy it again, or check it with the 3D Tiles validator."), path=str(path)) from None


class Tileset:
    """The tree of a tileset.json with everything it refers to; contents are read later."""

    def __init__(self, path: Path):
        self.path, self.missing, self.count = path, Counter(), 0
        self.version = ""
        self.baked: dict = {}                                # what a bake of ours says of its tileset
        try:
            self.root = self._file(path, np.eye(4), 0)
        except (ValueError, TypeError, KeyError, IndexError, AttributeError, struct.error, RecursionError) as error:
            raise Trouble(tr("This 3D Tiles tileset is broken or cut short."),
                          cause=f"{type(error).__name__}: {error}"[:200],
                          way_out=tr("Copy it again, or check it with the 3D Tiles validator."),
                          path=str(path)) from None

    def _file(self, path: Path, outer: np.ndarray, depth: int) -> Tile:
        tree = tree_of(path)
        if not self.version:
            self.version = str(tree["asset"]["version"])
            self.baked = (tree["asset"].get("extras") or {}).get("citytwin") or {}
        return self._tile(tree["root"], path.parent, outer, depth, True)

    def _tile(self, tile: dict, folder: Path, outer: np.ndarray, depth: int, replaces: bool) -> Tile:
        self.count += 1
        if depth > DEEPEST or self.count > MOST_TILES:
            raise ValueError("tiles without end")
        transform = outer @ np.array(tile.get("transform") or np.eye(4).ravel(), np.float64).reshape(4, 4).T
        replaces = tile.get("refine", "REPLACE" if replaces else "ADD").upper() == "REPLACE"
        volume = tile.get("boundingVolume") or {}
        out = Tile(transform, float(tile.get("geometricError", 0.0)), replaces, [], depth, volume=volume)
        if "implicitTiling" in tile:
            _Implicit(self, tile, folder, out).grow()
            return out
        for content in tile.get("contents") or ([tile["content"]] if tile.get("content") else []):
            self._content(content.get("uri") or content.get("url") or "", folder, out)
        out.children += [self._tile(c, folder, transform, depth + 1, replaces) for c in tile.get("children") or ()]
        return out

    def _content(self, uri: str, folder: Path, tile: Tile) -> None:
        path = self.inside(folder, uri)
        if path is None or not path.is_file():
            self.missing[path.name if path else uri] += 1
        elif path.suffix.lower() == ".json":
            tile.children.append(self._file(path, tile.transform, tile.depth + 1))
        else:
            tile.contents.append(path)

    def inside(self, folder: Path, uri: str) -> Path | None:
        """The file that a URI names, if it lies within the tileset's own folder; None for the net and elsewhere."""
        path = (folder / unquote(uri.partition("?")[0])).resolve()
        return path if "://" not in uri and path.is_relative_to(self.path.parent.resolve()) else None


class _Implicit:
    """Grows the tiles of a quadtree or octree whose availability lies in subtree files."""

    def __init__(self, tileset: Tileset, tile: dict, folder: Path, root: Tile):
        said = tile["implicitTiling"]
        self.tileset, self.folder, self.root = tileset, folder, root
        self.octree = said["subdivisionScheme"].upper() == "OCTREE"
        self.levels = int(said["subtreeLevels"])
        self.available = int(said.get("availableLevels") or said.get("maximumLevel", 0) + 1)
        self.subtrees = said["subtrees"]["uri"]
        contents = tile.get("contents") or ([tile["content"]] if tile.get("content") else [])
        self.contents = [c["uri"] for c in contents]
        self.children = 8 if self.octree else 4
        check_size(self.children, self.levels, self.available)
        self.tiles: dict[tuple[int, ...], Tile] = {}

    def grow(self) -> None:
        self._subtree((0,) * (4 if self.octree else 3))

    def _named(self, template: str, at: tuple[int, ...]) -> str:
        names = ("level", "x", "y", "z")[:len(at)]
        for name, value in zip(names, at):
            template = template.replace("{" + name + "}", str(value))
        return template

    def _subtree(self, root: tuple[int, ...]) -> None:
        path = self.tileset.inside(self.folder, self._named(self.subtrees, root))
        if path is None or not path.is_file():
            self.tileset.missing[path.name if path else self.subtrees] += 1
            return
        subtree = Subtree(path.read_bytes(), lambda uri: (path.parent / uri).read_bytes())
        for index, at in self._places(root):
            if at[0] >= self.available or not subtree.bit("tileAvailability", index):
                continue
            tile = self._add(at)
            for i, template in enumerate(self.contents):
                if subtree.bit("contentAvailability", index, i):
                    self.tileset._content(self._named(template, at), self.folder, tile)
        if root[0] + self.levels < self.available:
            for index, at in self._below(root):
                if subtree.bit("childSubtreeAvailability", index):
                    self._subtree(at)

    def _add(self, at: tuple[int, ...]) -> Tile:
        self.tileset.count += 1
        if self.tileset.count > MOST_TILES:
            raise ValueError("tiles without end")
        if at[0] == 0:
            tile = self.root
        else:
            tile = Tile(self.root.transform, self.root.error_m / 2 ** at[0], self.root.replace, [],
                        self.root.depth + at[0])
            parent = self.tiles.get((at[0] - 1, *(v // 2 for v in at[1:])))
            (parent or self.root).children.append(tile)
        self.tiles[at] = tile
        return tile

    def _places(self, root: tuple[int, ...]) -> Iterator[tuple[int, tuple[int, ...]]]:
        """(index in the bit streams, level and coordinates) of every place in a subtree."""
        start = 0
        for level in range(self.levels):
            for code in range(self.children ** level):
                yield start + code, self._at(root, level, code)
            start += self.children ** level

    def _below(self, root: tuple[int, ...]) -> Iterator[tuple[int, tuple[int, ...]]]:
        for code in range(self.children ** self.levels):
            yield code, self._at(root, self.levels, code)

    def _at(self, root: tuple[int, ...], level: int, code: int) -> tuple[int, ...]:
        """A Morton code of a level of the subtree as coordinates in the whole tree."""
        dims = len(root) - 1
        local = [0] * dims
        for bit in range(level):
            for d in range(dims):
                local[d] |= ((code >> (bit * dims + d)) & 1) << bit
        return (root[0] + level, *((r << level) + v for r, v in zip(root[1:], local)))


def check_size(branching: int, levels: int, available: int) -> None:
    """A subtree is walked place by place: one that claims more places than any city has is refused."""
    if not 1 <= levels <= DEEPEST or not 1 <= available <= DEEPEST or branching ** levels > MOST_PLACES:
        raise ValueError(f"an implicit tree of {levels} levels a subtree and {available} in all")


class Subtree:
    """One .subtree file (or its JSON form): bit streams of availability. `read` gives the bytes behind a URI."""

    def __init__(self, data: bytes, read: Callable[[str], bytes]):
        if data[:4] == b"subt":
            size, binary = struct.unpack("<QQ", data[8:24])
            self.tree = json.loads(data[24:24 + size])
            blob = data[24 + size:24 + size + binary]
        else:
            self.tree, blob = json.loads(data), b""
        buffers = [blob if "uri" not in b else read(b["uri"]) for b in self.tree.get("buffers") or [{}]]
        self.views = [buffers[v["buffer"]][v.get("byteOffset", 0):v.get("byteOffset", 0) + v["byteLength"]]
                      for v in self.tree.get("bufferViews") or ()]

    def bit(self, name: str, index: int, which: int = 0) -> bool:
        said = self.tree.get(name)
        said = (said[which] if which < len(said) else {}) if isinstance(said, list) else said or {}
        if "constant" in said:
            return bool(said["constant"])
        at = said.get("bitstream", said.get("bufferView"))
        return at is not None and bool(self.views[at][index >> 3] >> (index & 7) & 1)


# -- contents --------------------------------------------------------------------------------------------


def pieces_of(path: Path, skipped: Counter) -> list[Piece]:
    """The triangles of a b3dm, glb, gltf or cmpt file, still in the tile's own metres (z up)."""
    return pieces_in(path.read_bytes(), path, skipped)


def pieces_in(data: bytes, path: Path, skipped: Counter) -> list[Piece]:
    """As `pieces_of`; `path` is where neighbouring files lie."""
    if data[:4] == b"cmpt":
        return [piece for part in _parts(data) for piece in _content(part, path, skipped)]
    return _content(data, path, skipped)


def _parts(data: bytes) -> Iterator[bytes]:
    at, (count,) = 16, struct.unpack("<I", data[12:16])
    for _ in range(count):
        size, = struct.unpack("<I", data[at + 8:at + 12])
        yield data[at:at + size]
        at += size


def _content(data: bytes, path: Path, skipped: Counter) -> list[Piece]:
    kind = data[:4]
    if kind == b"b3dm":
        return _b3dm(data, path, skipped)
    if kind == b"i3dm":
        return instanced(data, path, skipped)
    if kind == b"pnts":
        return pointed(data, skipped)
    if kind == b"glTF" or data.lstrip()[:1] == b"{":
        found = gltf_file.load(data, path)
        skipped.update(found.skipped)
        return _shifted(found.pieces, found.origin)
    skipped[kind.decode("latin-1")] += 1
    return []


def _shifted(pieces: list[Piece], by: np.ndarray) -> list[Piece]:
    for piece in pieces:
        piece.points = piece.points + by
    return pieces


def _b3dm(data: bytes, path: Path, skipped: Counter) -> list[Piece]:
    """A batched model: glTF behind tables that name the batches."""
    _, _, _, *sizes = struct.unpack("<4sIIIIII", data[:28])
    ends = np.cumsum([28, *sizes]).tolist()
    features = json.loads(data[ends[0]:ends[1]] or b"{}")
    found = gltf_file.load(data[ends[4]:], path)
    skipped.update(found.skipped)
    columns = batch_columns(data[ends[2]:ends[3]], data[ends[3]:ends[4]], int(features.get("BATCH_LENGTH", 0)), skipped)
    for piece in found.pieces:
        piece.attributes = {**piece.attributes, "batch_table": columns}
    return _shifted(found.pieces, found.origin + np.array(features.get("RTC_CENTER") or (0.0, 0.0, 0.0)))
