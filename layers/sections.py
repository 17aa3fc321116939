"""Sections: half spaces that are cut away, and the faces that closed shapes show where they are cut."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from vtkmodules.util.numpy_support import numpy_to_vtk, vtk_to_numpy
from vtkmodules.vtkCommonCore import vtkPoints
from vtkmodules.vtkCommonDataModel import vtkCellArray, vtkPolyData
from vtkmodules.vtkFiltersGeneral import vtkContourTriangulator

from twin.frame import Frame

WELD_M = 1e-4                        # corners nearer than this are one
NUDGE_M = 1.7e-5                     # off the plane, so that no corner lies exactly on it


@dataclass(frozen=True, kw_only=True)
class Cut:
    """A plane through a place in the project CRS (metres). What `normal` (project axes, unit length) points to is
    cut away.
    """

    easting: float
    northing: float
    height: float
    normal: tuple[float, float, float] = (0.0, 0.0, 1.0)


def planes_of(cuts: tuple[Cut, ...], frame: Frame) -> np.ndarray:
    """(cuts, 4) f8: n and d of n·p <= d, what is kept, in local metres."""
    out = np.zeros((len(cuts), 4))
    for row, cut in zip(out, cuts):
        n = np.asarray(cut.normal, np.float64)
        row[:3] = n / max(np.linalg.norm(n), 1e-12)
        row[3] = row[:3] @ (np.array([cut.easting, cut.northing, cut.height]) - frame.origin)
    return out


def in_axes_of(planes: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """The same planes for points x that `matrix` (4, 4) brings to where the planes are told."""
    return np.column_stack([planes[:, :3] @ matrix[:3, :3], planes[:, 3] - planes[:, :3] @ matrix[:3, 3]])


def kept(points: np.ndarray, planes: np.ndarray) -> np.ndarray:
    """(n,) bool: on the kept side of every plane."""
    return (points @ planes[:, :3].T <= planes[:, 3] + 1e-9).all(axis=1)


def cut_away(low: np.ndarray, high: np.ndarray, planes: np.ndarray) -> np.ndarray:
    """(n,) bool: nothing is left of the box between the corners `low` and `high` (n, 3)."""
    ways = planes[:, :3]
    nearest = np.minimum(low[:, None] * ways, high[:, None] * ways).sum(axis=2)
    return (nearest > planes[:, 3]).any(axis=1)


@dataclass(frozen=True, eq=False)
class Cap:
    """A cut face: `points` (n, 3) f4, `feature` (n,) i4, `triangles` (m, 3), and its outline `edges` (k, 2)."""

    points: np.ndarray
    feature: np.ndarray
    triangles: np.ndarray
    edges: np.ndarray


def cap(points: np.ndarray, triangles: np.ndarray, vertex_feature: np.ndarray, plane: np.ndarray) -> Cap | None:
    """Where `plane` (4,) cuts the shapes; None where it cuts none. A shape that is open there has only an outline."""
    places, feature = _segments(points, triangles, vertex_feature, plane)
    if not len(places):
        return None
    corners, edges, feature = _welded(places, feature)
    faces = _filled(corners, _closed(edges, len(corners)), feature, plane[:3])
    return Cap(corners.astype(np.float32), feature.astype(np.int32), faces, edges)


def _segments(points, triangles, vertex_feature, plane) -> tuple[np.ndarray, np.ndarray]:
    """(segments, 2, 3) f8 where triangles cross the plane, and their features; ends in the triangles' own turn."""
    scale = max(float(np.linalg.norm(plane[:3])), 1e-12)
    side = (points @ plane[:3] - plane[3]) / scale + NUDGE_M
    above = side > 0
    mine = triangles[above[triangles].any(axis=1) & ~above[triangles].all(axis=1)]
    if not len(mine):
        return np.zeros((0, 2, 3)), np.zeros(0, np.int64)
    up = above[mine]
    lone = np.where(up.sum(axis=1) == 1, up.argmax(axis=1), (~up).argmax(axis=1))
    turn = (lone[:, None] + np.arange(3)) % 3                      # the lone corner first
    a, b, c = np.take_along_axis(mine, turn, axis=1).T
    p, q = _between(points, side, a, b), _between(points, side, a, c)
    flip = ~above[a]
    start, end = np.where(flip[:, None], q, p), np.where(flip[:, None], p, q)
    return np.stack([start, end], axis=1), vertex_feature[a].astype(np.int64)


def _between(points, side, a, b) -> np.ndarray:
    low, high = np.minimum(a, b), np.maximum(a, b)                 # the same for both triangles of an edge
    share = (side[low] / (side[low] - side[high]))[:, None]
    return points[low].astype(np.float64) * (1 - share) + points[high] * share


def _welded(places: np.ndarray, feature: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Corners that segments of one feature share: (corners (n, 3), edges (k, 2), feature (n,))."""
    ends = places.reshape(-1, 3)
    key = np.column_stack([np.repeat(feature, 2), np.round(ends / WELD_M).astype(np.int64)])
    _, first, number = np.unique(key, axis=0, return_index=True, return_inverse=True)
    edges = number.reshape(-1, 2)
    return ends[first], edges[edges[:, 0] != edges[:, 1]].astype(np.int32), np.repeat(feature, 2)[first]


def _closed(edges: np.ndarray, count: int) -> np.ndarray:
    """Without the outlines that end somewhere: they enclose nothing."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components
    joined = coo_array((np.ones(len(edges), np.int8), (edges[:, 0], edges[:, 1])), (count, count))
    part = connected_components(joined, directed=False)[1]
    odd = np.bincount(edges.reshape(-1), minlength=count) % 2 == 1
    ends = np.zeros(part.max() + 1, bool)
    ends[part[odd]] = True
    return edges[~ends[part[edges[:, 0]]]]


def _filled(corners: np.ndarray, edges: np.ndarray, feature: np.ndarray, normal: np.ndarray) -> np.ndarray:
    """(m, 3) i4 triangles of the closed outlines, courtyards left open.

    All features go through the triangulator at once: each is moved aside, so that none lies in another.
    """
    normal = normal / np.linalg.norm(normal)
    across = np.cross(normal, [0.0, 0.0, 1.0] if abs(normal[2]) < 0.9 else [1.0, 0.0, 0.0])
    across /= np.linalg.norm(across)
    u, v = corners @ across, corners @ np.cross(normal, across)
    rank = np.unique(feature, return_inverse=True)[1]
    flat = np.column_stack([u - u.min() + rank * (np.ptp(u) + 1.0), v - v.min(), np.zeros(len(u))])
    data, held, lines = vtkPolyData(), vtkPoints(), vtkCellArray()
    held.SetData(numpy_to_vtk(flat, deep=True))
    data.SetPoints(held)
    lines.SetData(2, numpy_to_vtk(np.ascontiguousarray(edges, np.int32).reshape(-1), deep=True))
    data.SetLines(lines)
    fill = vtkContourTriangulator()
    fill.SetInputData(data)
    fill.TriangulationErrorDisplayOff()
    fill.Update()
    polys = fill.GetOutput().GetPolys()
    return vtk_to_numpy(polys.GetConnectivityArray()).reshape(-1, 3).astype(np.int32) if polys.GetNumberOfCells() \
        else np.zeros((0, 3), np.int32)
