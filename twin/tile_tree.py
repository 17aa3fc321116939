"""A city in tiles that is read as one goes: which tiles there are, how large an error each has, and how to get more."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from twin.data import Bounds, Mesh, Payload
from twin.outlines import Outlines

COUNT, AREA, VOLUME = "_count", "_footprint_m2", "_volume_m3"      # columns of a block: how many features it stands for


@dataclass(frozen=True, eq=False)
class Nodes:
    """Tiles in the order in which they are found, the children of one side by side.

    `box` (n, 6) f8 local metres; `error_m` (n,) f8 what is wrong where only this tile is drawn; `replaces` (n,) bool:
    its children stand in its place, or else come on top; `parent` (n,) i4 in this block, -1 = hangs on the tile that
    was opened; `loads` (n,) objects for the loader: what to read to draw it, None = nothing is drawn; `opens` likewise:
    what to read to know its children, None = they are all here.
    """

    box: np.ndarray
    error_m: np.ndarray
    replaces: np.ndarray
    parent: np.ndarray
    loads: tuple
    opens: tuple

    def __len__(self) -> int:
        return len(self.error_m)


@dataclass(frozen=True, eq=False, kw_only=True)
class TileTree(Payload):
    """The first tiles, and `loader(wants, progress)`, which runs in a worker and sends `Opened` and `Read` parts;
    `loader.notes(skipped)` puts what these left out into sentences.

    `rows`: the property of a tile's table that says which row of `features` it is; "" = `features` grows as tiles come.
    `blocks`: an Arrow table of what stands for several features from afar, as tiles come; block i is feature
    `feature_rows` + i. `row_box` (rows, 4) f4: min x, min y, max x, max y of each feature that is known. `outlines`: of
    them all, where `features` is whole; None where it grows. `on_ground`: heights count from the ground of the scene,
    and so do those of the boxes.
    """

    nodes: Nodes
    box: Bounds | None                    # None: as wide as a continent, there is nothing to frame
    loader: Any = None
    rows: str = ""
    row_box: np.ndarray | None = None
    outlines: Outlines | None = None
    on_ground: bool = False
    blocks: Any = None

    def bounds(self) -> Bounds | None:
        return self.box

    @property
    def feature_rows(self) -> int:
        return self.features.num_rows if self.features is not None else 0

    @property
    def block_rows(self) -> int:
        return self.blocks.num_rows if self.blocks is not None else 0

    def block(self, feature: int) -> dict | None:
        """What is known of a block; None of a feature."""
        at = feature - self.feature_rows
        return self.blocks.slice(at, 1).to_pylist()[0] if 0 <= at < self.block_rows else None


@dataclass(frozen=True)
class Want:
    """One thing that a loader is asked for: the tile's number and its `loads` or `opens`."""

    node: int
    what: Any
    opening: bool


@dataclass(frozen=True, eq=False)
class Opened:
    """The children of a tile; None with `error` where they cannot be known."""

    node: int
    nodes: Nodes | None = None
    error: str = ""


@dataclass(frozen=True, eq=False)
class Read:
    """What a tile draws, in local metres; an empty mesh where it cannot be read, with `error`. `skipped`: what of it is
    not shown, a word for the kind and how many."""

    node: int
    mesh: Mesh = field(default_factory=Mesh)
    error: str = ""
    skipped: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, eq=False)
class Shown:
    """One tile that is drawn: `rows` (features,) i8 in the layer's table for each feature of its mesh."""

    node: int
    mesh: Mesh
    rows: np.ndarray


@dataclass(frozen=True, eq=False)
class Detail:
    """The tiles that the camera needs, as far as they are there, and how many are still to come."""

    tiles: tuple[Shown, ...] = ()
    missing: int = 0
    broken: int = 0
