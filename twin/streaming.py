"""Which tiles of a tree are drawn for a camera, which are wanted, and which are forgotten.

A tile is refined while its error is seen. What refines it is asked for from the coarsest down, and only below a tile
that is there: so there is always something to draw, and a tile stays until all that replaces it has come. What is
drawn fits a budget; where it would not, everything becomes a little coarser.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

import numpy as np

from twin.data import Mesh
from twin.sight import Sight, distance_m, in_sight
from twin.tile_tree import Nodes, Opened, Read, Want

MOST_DRAWN = 80                           # tiles at once: each costs the renderer a fixed time
MOST_TRIANGLES = 2_000_000                # drawn at once
COARSER = 1.25                            # the step in which the tolerance grows
MOST_ROUNDS = 40


@dataclass(frozen=True)
class Choice:
    """`drawn` and `wanted` numbers of tiles, wanted ones in the order in which they should come; `used` all that were
    looked at, which must stay."""

    drawn: tuple[int, ...]
    wanted: tuple[Want, ...]
    used: frozenset[int]


class Stream:
    """The tiles of one layer. One thread only; what workers read is handed to `take`."""

    def __init__(self, nodes: Nodes, most_bytes: int):
        self.most_bytes = most_bytes
        self.held: OrderedDict[int, Mesh] = OrderedDict()    # the least lately used first
        self.held_bytes = 0
        self.broken: dict[int, str] = {}
        self.asked: set[tuple[int, bool]] = set()
        self._bytes: dict[int, int] = {}                     # of every tile that was ever here
        self.revision = 0
        self.ground_m = (0.0, 0.0)                           # lowest and highest ground that the boxes stand on
        self._coarser = 1.0
        self._box, self._error_m = np.zeros((0, 6)), np.zeros(0)
        self._replaces = np.zeros(0, bool)
        self._loads: list = []
        self._opens: list = []
        self._children: list[range] = []
        self._depth: list[int] = []
        self._roots = self._append(nodes, -1)

    @property
    def count(self) -> int:
        """Tiles that are known."""
        return len(self._loads)

    # -- what comes ------------------------------------------------------------------------------------

    def take(self, part: Opened | Read) -> None:
        self.revision += 1
        opening = isinstance(part, Opened)
        self.asked.discard((part.node, opening))
        if part.error:
            self.broken[part.node] = part.error
        if opening:
            self._opens[part.node] = None
            if part.nodes is not None:
                self._children[part.node] = self._append(part.nodes, part.node)
            return
        self._keep(part.node, part.mesh)

    def _append(self, nodes: Nodes, under: int) -> range:
        """Add a block; returns the numbers of its tiles that hang on `under`."""
        first, parent = self.count, nodes.parent.tolist()
        self._box = np.concatenate([self._box, nodes.box])
        self._error_m = np.concatenate([self._error_m, nodes.error_m])
        self._replaces = np.concatenate([self._replaces, nodes.replaces])
        self._loads += nodes.loads
        self._opens += nodes.opens
        begin: dict[int, int] = {}
        count: dict[int, int] = {}
        for number, up in enumerate(parent):
            begin.setdefault(up, first + number)
            count[up] = count.get(up, 0) + 1
        for number, up in enumerate(parent):
            self._children.append(range(begin[number], begin[number] + count[number]) if number in begin else range(0))
            above = self._depth[under] if up < 0 and under >= 0 else -1 if up < 0 else self._depth[first + up]
            self._depth.append(above + 1)
        return range(begin.get(-1, 0), begin.get(-1, 0) + count.get(-1, 0))

    # -- the choice ------------------------------------------------------------------------------------

    def choose(self, sight: Sight, tolerance_px: float) -> Choice:
        """For this camera; forgets what was not used for long where memory is short."""
        if self._coarser > 1.0:
            self._coarser = max(1.0, self._coarser / COARSER)
        for _ in range(MOST_ROUNDS):
            choice = self._chosen(sight, tolerance_px * self._coarser)
            coming = sum(not want.opening for want in choice.wanted)
            if (len(choice.drawn) + coming <= MOST_DRAWN and self._expected(choice.used) <= self.most_bytes
                    and self._triangles(choice) <= MOST_TRIANGLES):
                break
            self._coarser *= COARSER
        for node in sorted(choice.used & self.held.keys()):
            self.held.move_to_end(node)
        self._forget(choice.used)
        return choice

    def _chosen(self, sight: Sight, tolerance_px: float) -> Choice:
        visited, refined, away = self._visit(sight, tolerance_px)
        drawn: list[int] = []
        for root in self._roots:
            drawn += self._cover(root, visited, refined)[0]
        wanted = [want for node in visited for want in self._lacks(node)]
        wanted.sort(key=lambda want: (self._depth[want.node], away[want.node], want.node))
        return Choice(tuple(drawn), tuple(wanted), frozenset(visited))

    def _visit(self, sight: Sight, tolerance_px: float) -> tuple[set[int], set[int], dict[int, float]]:
        """The tiles in sight that matter, those of them that are refined, and how far each is away."""
        visited, refined, away = set(), set(), {}
        front, lift = np.array(self._roots, np.intp), np.array((0.0, 0.0, self.ground_m[0], 0.0, 0.0, self.ground_m[1]))
        while len(front):
            box = self._box[front] + lift
            seen = in_sight(box, sight)
            front, box = front[seen], box[seen]
            far = distance_m(box, sight.eye)
            seen = self._error_m[front] * sight.pixels > tolerance_px * far
            below: list[int] = []
            for node, metres, error in zip(front.tolist(), far.tolist(), seen.tolist()):
                visited.add(node)
                away[node] = metres
                if self._children[node] and (error or self._loads[node] is None) and self._ready(node):
                    refined.add(node)
                    below += self._children[node]
            front = np.array(below, np.intp)
        return visited, refined, away

    def _ready(self, node: int) -> bool:
        """Whether what is below may be asked for: it is there itself, or has nothing to draw."""
        return self._loads[node] is None or node in self.held

    def _lacks(self, node: int) -> list[Want]:
        """What is missing of a tile that is looked at."""
        out = []
        if self._loads[node] is not None and node not in self.held and (node, False) not in self.asked:
            out.append(Want(node, self._loads[node], False))
        if self._opens[node] is not None and (node, True) not in self.asked:
            out.append(Want(node, self._opens[node], True))
        return out

    def _cover(self, node: int, visited: set[int], refined: set[int]) -> tuple[list[int], bool]:
        """The tiles that draw what `node` covers, and whether they cover all of it."""
        own = [node] if node in self.held and node not in self.broken else []
        if node not in refined:
            unknown = (self._loads[node] is not None or self._opens[node] is not None or node in self.broken)
            return own, bool(own) or not unknown
        parts = [self._cover(child, visited, refined) for child in self._children[node] if child in visited]
        there = [tile for tiles, _ in parts for tile in tiles]
        whole = all(complete for _, complete in parts)
        if not self._replaces[node]:
            return own + there, bool(own) or (whole and self._loads[node] is None)
        return (own, True) if own and not whole else (there, whole)

    # -- memory ----------------------------------------------------------------------------------------

    def _expected(self, nodes: frozenset[int]) -> float:
        """Bytes of these tiles: as they were when they were here, or as others are."""
        usual = sum(self._bytes.values()) / max(len(self._bytes), 1)
        return sum(self._bytes.get(node, usual) for node in nodes if self._loads[node] is not None)

    def _triangles(self, choice: Choice) -> float:
        """That would be drawn when all has come that is wanted."""
        held = [len(mesh.triangles) for mesh in self.held.values()]
        usual = sum(held) / max(len(held), 1)
        return (sum(len(self.held[node].triangles) for node in choice.drawn)
                + usual * sum(not want.opening for want in choice.wanted))

    def _keep(self, node: int, mesh: Mesh) -> None:
        self._drop(node)
        self.held[node], self._bytes[node] = mesh, bytes_of(mesh)
        self.held_bytes += self._bytes[node]

    def _drop(self, node: int) -> None:
        if self.held.pop(node, None) is not None:
            self.held_bytes -= self._bytes[node]

    def _forget(self, used: frozenset[int]) -> None:
        for node in list(self.held):
            if self.held_bytes <= self.most_bytes:
                break
            if node not in used:
                self._drop(node)


def bytes_of(mesh: Mesh) -> int:
    arrays = (mesh.points, mesh.triangles, mesh.vertex_feature, mesh.edges, mesh.facade, mesh.colors)
    table = mesh.features.nbytes if mesh.features is not None else 0
    dots = mesh.dots.points.nbytes + mesh.dots.rgb.nbytes if mesh.dots is not None else 0
    pictures = mesh.pictures.nbytes if mesh.pictures is not None else 0
    return sum(a.nbytes for a in arrays if a is not None) + table + pictures + dots
