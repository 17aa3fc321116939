"""The rows of the model tree as arrays: by place, or by what groups elements. No Qt; 100,000 elements in a blink.

A node is a number. Parents come before their children, so that sums run once through the levels.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from twin.class_words import named_alike
from twin.text import tr

PLACE, CLASS = "place", "class"
WAYS = {PLACE: "Structure", CLASS: "Class", "type": "Type", "system": "System", "zone": "Zone",
        "classification": "Classification", "material": "Material"}
SPACE = "IfcSpace"


@dataclass(frozen=True, eq=False)
class Forest:
    """`row` (n,) i4: the structure's node, -1 for a group, whose words `labels` has; `parent` (n,) i4, -1 = top.

    `element` (n,) bool: counts as one (containers and groups do not).
    """

    row: np.ndarray
    parent: np.ndarray
    element: np.ndarray
    labels: dict[int, str]

    @property
    def size(self) -> int:
        return len(self.row)

    @cached_property
    def _inside(self) -> tuple[np.ndarray, np.ndarray]:
        """(start (n + 2,), children): those of node i are children[start[i + 1]:start[i + 2]]; of the top, i = -1."""
        order = np.argsort(self.parent, kind="stable").astype(np.int32)
        return np.searchsorted(self.parent[order], np.arange(-1, self.size + 1)), order

    def children(self, node: int) -> np.ndarray:
        start, order = self._inside
        return order[start[node + 1]:start[node + 2]]

    @cached_property
    def place(self) -> np.ndarray:
        """(n,) which child of its parent each node is."""
        start, order = self._inside
        out = np.empty(self.size, np.int32)
        out[order] = np.arange(self.size) - start[self.parent[order] + 1]
        return out

    @cached_property
    def _levels(self) -> list[np.ndarray]:
        """Nodes by depth, the top first."""
        levels = []
        at = np.flatnonzero(self.parent < 0)
        start, order = self._inside
        while len(at):
            levels.append(at)
            sizes = start[at + 2] - start[at + 1]
            within = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
            at = order[np.repeat(start[at + 1], sizes) + within]
        return levels

    def summed(self, values: np.ndarray) -> np.ndarray:
        """(n,) i8: each node's value with all that lies beneath it."""
        out = values.astype(np.int64)
        for level in reversed(self._levels[1:]):
            np.add.at(out, self.parent[level], out[level])
        return out

    @cached_property
    def counts(self) -> np.ndarray:
        """(n,) elements in each node, itself left out."""
        return self.summed(self.element) - self.element

    def beneath(self, nodes: np.ndarray) -> np.ndarray:
        """These nodes and all that lies in them."""
        inside = np.zeros(self.size, bool)
        inside[nodes] = True
        for level in self._levels[1:]:
            inside[level] |= inside[self.parent[level]]
        return np.flatnonzero(inside)

    def inherited(self, owner: np.ndarray) -> np.ndarray:
        """`owner` (n,) i8, -1 = none, given on to all beneath that have none of their own."""
        out = owner.copy()
        for level in self._levels[1:]:
            mine = out[level]
            out[level] = np.where(mine < 0, out[self.parent[level]], mine)
        return out

    def nodes_of(self, rows: np.ndarray) -> np.ndarray:
        """All nodes that show one of these rows of the structure, in the order of the tree."""
        return np.flatnonzero(np.isin(self.row, rows))

    def kept(self, hit: np.ndarray) -> Forest:
        """Only the nodes `hit` (n,) bool, with what they lie in and all that hit containers and groups hold."""
        keep = hit.copy()
        for level in self._levels[1:]:
            keep[level] |= keep[self.parent[level]] & ~self.element[self.parent[level]]
        for level in reversed(self._levels[1:]):
            np.logical_or.at(keep, self.parent[level], keep[level])
        number = np.cumsum(keep) - 1
        parent = self.parent[keep]
        return Forest(self.row[keep], np.where(parent < 0, -1, number[parent]).astype(np.int32), self.element[keep],
                      {int(number[node]): label for node, label in self.labels.items() if keep[node]})


def forest(structure: Any, way: str) -> Forest:
    """The structure arranged by `way` (of `WAYS`)."""
    import pyarrow as pa
    import pyarrow.compute as pc
    nodes = structure.nodes
    spatial = nodes.column("spatial").to_numpy()
    if way == PLACE:
        rows = np.arange(nodes.num_rows, dtype=np.int32)
        return Forest(rows, nodes.column("parent").to_numpy().astype(np.int32), ~spatial, {})
    spaces = np.asarray(pc.equal(nodes.column("class"), SPACE))
    if way == CLASS:
        rows = np.flatnonzero(~spatial | spaces)
        return _grouped(nodes.column("class").take(pa.array(rows)), rows, np.zeros(0, np.int64))
    groups = structure.groups.filter(pc.equal(structure.groups.column("by"), way))
    rows = groups.column("row").to_numpy().astype(np.int64)
    without = spaces.copy() if way == "zone" else ~spatial
    without[rows] = False
    return _grouped(groups.column("label"), rows, np.flatnonzero(without))


def _grouped(labels: Any, rows: np.ndarray, rest: np.ndarray) -> Forest:
    """A node for each of the Arrow column `labels`, then its rows in the order of the structure; what has none comes
    last.
    """
    import pyarrow as pa
    coded = pa.concat_arrays([pa.array([], pa.string()), *labels.chunks]).dictionary_encode()
    names, index = coded.dictionary.to_pylist(), np.asarray(coded.indices).astype(np.int64)
    order = sorted(range(len(names)), key=lambda i: natural(names[i]))
    rank = np.empty(len(names), np.int64)
    rank[order] = np.arange(len(names))
    words = {at: names[i] for at, i in enumerate(order)}
    if len(rest):
        words[len(names)] = tr("(none)")
    group = np.concatenate([rank[index], np.full(len(rest), len(names))])
    rows = np.concatenate([rows, rest])
    by = np.lexsort((rows, group))
    top = len(words)
    return Forest(np.concatenate([np.full(top, -1), rows[by]]).astype(np.int32),
                  np.concatenate([np.full(top, -1), group[by]]).astype(np.int32),
                  np.arange(top + len(rows)) >= top, words)


def matches(structure: Any, text: str) -> np.ndarray:
    """(rows,) bool: name, class (in words too) or GlobalId hold `text`, whatever the case."""
    import pyarrow as pa
    import pyarrow.compute as pc
    out = np.zeros(structure.nodes.num_rows, bool)
    for column in ("name", "class", "guid"):
        found = pc.match_substring(structure.nodes.column(column), text, ignore_case=True)
        out |= np.asarray(pc.fill_null(found, False))
    classes = structure.nodes.column("class")
    meant = [name for name in pc.unique(classes).to_pylist() if name and named_alike(name, text)]
    return out | np.asarray(pc.is_in(classes, value_set=pa.array(meant, pa.string())))


def natural(text: str) -> list[tuple[bool, int, str]]:
    """Sorts "Wall 9" before "Wall 10"."""
    return [(not part.isdigit(), int(part) if part.isdigit() else 0, part.casefold())
            for part in re.split(r"(\d{1,18})", text) if part]
