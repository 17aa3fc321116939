"""Unique geometry with matrices: how shapes travel between processes and lie in the cache.

A chair that stands a thousand times is one geometry and a thousand matrices. Points are kept in float32
about the centre of their geometry; the centre is folded into the float64 matrices, so nothing is lost
however far from its own origin a shape was drawn.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields, replace

import numpy as np

from bim.surfaces import creases, styled

BLOCK_POINTS = 1 << 18


@dataclass(frozen=True, eq=False)
class Instances:
    """`points` (n, 3) f4 metres about each geometry's centre, `triangles` (m, 3) and `edges` (k, 2) i4 counting
    from the geometry's first point; `point_at`, `triangle_at`, `edge_at` (geometries + 1,) i8; `color`
    (geometries, 4) u1 the style of most of it, `tint` (n, 4) u1 where a point has another (alpha 0 = it has not;
    glass in its frame). Per element: `number` in the file, `geometry`, `matrix` (elements, 3, 4) f8 to the
    model's axes in metres.
    """

    points: np.ndarray
    tint: np.ndarray
    triangles: np.ndarray
    edges: np.ndarray
    point_at: np.ndarray
    triangle_at: np.ndarray
    edge_at: np.ndarray
    color: np.ndarray
    number: np.ndarray
    geometry: np.ndarray
    matrix: np.ndarray

    @property
    def colors(self) -> np.ndarray:
        """(elements, 4) u1."""
        return self.color[self.geometry]

    def centres(self) -> np.ndarray:
        """(elements, 3) f8: where each element's geometry has its centre."""
        return self.matrix[:, :, 3]

    def only(self, some: np.ndarray) -> Instances:
        """Those elements of which `some` (elements,) bool holds; all geometries stay."""
        return replace(self, number=self.number[some], geometry=self.geometry[some], matrix=self.matrix[some])

    def placed(self, first_feature: int, offset: np.ndarray) -> dict[str, np.ndarray]:
        """The arrays of a `Mesh`: every element's own vertices, less `offset` (in float64, before float32)."""
        sizes = np.diff(self.point_at)[self.geometry]
        at = np.concatenate([[0], np.cumsum(sizes)])
        points = np.empty((int(at[-1]), 3), np.float32)
        for some in _blocks(sizes):
            rows = _spread(self.point_at[self.geometry[some]], sizes[some])
            turn = np.repeat(self.matrix[some], sizes[some], axis=0)
            turned = np.einsum("nij,nj->ni", turn[:, :, :3], self.points[rows])
            points[at[some.start]:at[some.stop]] = turned + (turn[:, :, 3] - offset)
        feature = np.repeat(first_feature + np.arange(len(sizes), dtype=np.int32), sizes)
        return {"points": points, "triangles": self._indices(self.triangles, self.triangle_at, at),
                "edges": self._indices(self.edges, self.edge_at, at), "vertex_feature": feature,
                **self._tints(feature, sizes)}

    def _tints(self, feature: np.ndarray, sizes: np.ndarray) -> dict[str, np.ndarray]:
        """`vertex_tint`, `tint_feature` and `tint_colors` of a `Mesh`; nothing where every element has one style."""
        if not self.tint[:, 3].any():
            return {}
        rgba = self.tint[_spread(self.point_at[self.geometry], sizes)]
        some = np.flatnonzero(rgba[:, 3])
        key = feature[some].astype(np.int64) << 32 | rgba[some].copy().view(np.uint32).ravel()
        found, which = np.unique(key, return_inverse=True)
        vertex_tint = np.full(len(rgba), -1, np.int32)
        vertex_tint[some] = which.ravel()
        colors = (found & 0xFFFFFFFF).astype(np.uint32).view(np.uint8).reshape(-1, 4)
        return {"vertex_tint": vertex_tint, "tint_feature": (found >> 32).astype(np.int32), "tint_colors": colors}

    def _indices(self, cells: np.ndarray, cell_at: np.ndarray, at: np.ndarray) -> np.ndarray:
        counts = np.diff(cell_at)[self.geometry]
        out = cells[_spread(cell_at[self.geometry], counts)]
        out += np.repeat(at[:-1].astype(np.int32), counts)[:, None]
        return out


def _spread(starts: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """start, start + 1, … start + count - 1 of each, in one array."""
    ends = np.cumsum(counts)
    return np.arange(ends[-1] if len(ends) else 0) + np.repeat(starts - (ends - counts), counts)


def _blocks(sizes: np.ndarray) -> Iterator[slice]:
    """Slices of elements with about `BLOCK_POINTS` points each: their matrices are spread per point."""
    ends, start = np.cumsum(sizes), 0
    while start < len(sizes):
        before = ends[start - 1] if start else 0
        stop = max(start + 1, int(np.searchsorted(ends, before + BLOCK_POINTS, side="right")))
        yield slice(start, stop)
        start = stop


@dataclass
class Collected:
    """Shapes that are gathered one by one. What numpy does sooner for all of them at once waits until then."""

    _points: list = field(default_factory=list)
    _triangles: list = field(default_factory=list)
    _styles: list = field(default_factory=list)
    _elements: list = field(default_factory=list)
    _matrices: list = field(default_factory=list)

    def __len__(self) -> int:
        return len(self._elements)

    def add_geometry(self, points: np.ndarray, triangles: np.ndarray, kinds: np.ndarray,
                     kind: np.ndarray | None = None) -> int:
        """Index of a new geometry; `points` (n, 3) f8 metres in its own axes, `triangles` (m, 3) i4. `kinds` (k, 4) u1
        RGBA, `kind` (m,) which of them each triangle has; None = all have the first.
        """
        self._points.append(points)
        self._triangles.append(triangles)
        self._styles.append((kinds, kind))
        return len(self._points) - 1

    def add_element(self, number: int, geometry: int, matrix: np.ndarray) -> None:
        """`matrix` (3, 4) f8 from the geometry's own axes to the model's."""
        self._elements.append((number, geometry))
        self._matrices.append(matrix)

    def instances(self) -> Instances:
        edges = _edges(self._points, self._triangles)
        parts = [_styled(*one) for one in zip(self._points, self._triangles, edges, self._styles)]
        points, tint, triangles, edges, color = zip(*parts) if parts else ((),) * 5
        elements = np.array(self._elements, np.int64).reshape(-1, 2)
        matrix = np.array(self._matrices, np.float64).reshape(-1, 3, 4)
        whole, point_at = _stacked(points, 3, np.float64)
        centre = _centres(whole, point_at)
        whole -= np.repeat(centre, np.diff(point_at), axis=0)
        matrix[:, :, 3] += np.einsum("nij,nj->ni", matrix[:, :, :3], centre[elements[:, 1]])
        triangles, triangle_at = _stacked(triangles, 3, np.int32)
        edges, edge_at = _stacked(edges, 2, np.int32)
        return Instances(points=whole.astype(np.float32), tint=_stacked(tint, 4, np.uint8)[0], triangles=triangles,
                         edges=edges, point_at=point_at, triangle_at=triangle_at, edge_at=edge_at,
                         color=np.array(color, np.uint8).reshape(-1, 4), number=elements[:, 0],
                         geometry=elements[:, 1].astype(np.int32), matrix=matrix)


def _edges(points: list[np.ndarray], triangles: list[np.ndarray]) -> list[np.ndarray]:
    """(k, 2) i4 of each surface."""
    if not points:
        return []
    at = np.cumsum([0, *map(len, points)])
    together, _ = _stacked([some + first for some, first in zip(triangles, at)], 3, np.int64)
    found, _ = creases(_stacked(points, 3, np.float64)[0], together)
    cuts = np.searchsorted(found[:, 0], at)                  # they come in the order of their points
    return [found[start:stop] - np.int32(first) for start, stop, first in zip(cuts, cuts[1:], at)]


def _styled(points: np.ndarray, triangles: np.ndarray, edges: np.ndarray, styles: tuple) -> tuple:
    """(points, tint, triangles, edges, color)."""
    kinds, kind = styles
    if kind is None:
        return points, np.zeros((len(points), 4), np.uint8), triangles, edges, kinds[0]
    points, triangles, edges, color, tint = styled(points, triangles, edges, kinds[kind])
    return points, np.zeros((len(points), 4), np.uint8) if tint is None else tint, triangles, edges, color


def _stacked(parts: Sequence[np.ndarray], width: int, kind) -> tuple[np.ndarray, np.ndarray]:
    """All rows, and where those of each part begin."""
    return np.concatenate([np.zeros((0, width), kind), *parts]), np.cumsum([0, *map(len, parts)])


def _centres(points: np.ndarray, point_at: np.ndarray) -> np.ndarray:
    """(parts, 3) f8 of their boxes; no part is empty."""
    if len(point_at) == 1:
        return np.zeros((0, 3))
    starts = point_at[:-1]
    return (np.minimum.reduceat(points, starts) + np.maximum.reduceat(points, starts)) / 2


def joined(parts: list[Instances]) -> Instances:
    """One, in the order of the parts; geometries stay as they are."""
    if not parts:
        return Collected().instances()
    stacked = {f.name: np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(Instances)
               if not f.name.endswith("_at") and f.name != "geometry"}
    first = np.cumsum([0, *(len(p.color) for p in parts)])
    stacked["geometry"] = np.concatenate([p.geometry + np.int32(i) for p, i in zip(parts, first)])
    for name in ("point_at", "triangle_at", "edge_at"):
        sizes = np.concatenate([np.diff(getattr(p, name)) for p in parts])
        stacked[name] = np.concatenate([[0], np.cumsum(sizes)])
    return Instances(**stacked)
