"""Pipes, shafts, shelters and tunnels out of vector files: which columns say diameter, kind and height, and what the
heights mean.

A pipe survey writes the height of the crown, the axis or the invert, in 1985 or Wusong, and often does not say which.
What a file says is taken row by row; what it does not say stays unsaid, and a note counts it.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np

from cim import attributes
from cim.geometries import LINE, POINT, POLYGON, Geometries
from cim.network_columns import (
    BOTTOM_NAMES,
    DEPTH_ENDS,
    DEPTH_MEANINGS,
    DEPTH_NAMES,
    DEPTH_STARTS,
    DIAMETER_M_NAMES,
    END_NAMES,
    MM_NAMES,
    RADIUS_M_NAMES,
    START_NAMES,
    TOP_NAMES,
    Columns,
    datums_of,
    diameters_of,
    kinds_of,
    meanings_of,
)
from cim.placing import Georef
from twin.data import Mesh
from twin.frame import Frame
from twin.layer import Source
from twin.network import AXIS, CROWN, DATUMS, INVERT, UNSAID, Network, assumed_sizes, guessed_sizes, unsaid
from twin.network_tubes import with_tubes
from twin.readers import Request
from twin.text import tr

DEEPEST_M = 200.0                                            # more is no depth in metres
STEM = re.compile(r"管线|管网|管道|检查井|窨井|民防|人防|隧道|(?:^|[^a-z])(?:pipes?|sewers?|manholes?|shelters?"
                  r"|tunnels?|pipelines?|conduits?)(?:[^a-z]|$)")
SHAFT_M, SHAFT_DEEP_M = 0.7, 2.0                             # a shaft that does not say its size


def says_network(geometry: str, names, stem: str) -> bool:
    """Lines with a diameter and heights; volumes between two heights; or points that the file's name calls shafts."""
    sized = bool(attributes.find(names, (*MM_NAMES, *DIAMETER_M_NAMES, *RADIUS_M_NAMES)))
    ends = bool(attributes.find(names, START_NAMES) and attributes.find(names, END_NAMES))
    tall = bool(attributes.find(names, BOTTOM_NAMES) and attributes.find(names, TOP_NAMES))
    named = bool(STEM.search(stem.lower()))
    deep = any(attributes.find(names, some) for some in DEPTH_STARTS)
    high = geometry.endswith(" Z") or geometry.startswith("3D") or "25D" in geometry
    if "LineString" in geometry:
        return (sized and (high or ends or deep)) or (named and (ends or deep))
    if "Polygon" in geometry or "Unknown" in geometry or "Collection" in geometry:
        return tall or (sized and ends)
    return named and (tall or high or bool(attributes.find(names, DEPTH_NAMES)))


def network(request: Request, geometries: Geometries, features, place: Georef, local) -> Network:
    """`local` places (n, 3) file coordinates in the frame, without any shift of the height datum."""
    columns = Columns(features, len(geometries.shapes))
    kinds, diameter = kinds_of(columns, request), diameters_of(columns)
    frame = request.frame
    out = Network(kinds=kinds, diameter_m=diameter, meaning=meanings_of(columns),
                  datum=datums_of(columns, request, place), shift_m=tuple(frame.height_shift_m(d) for d in DATUMS),
                  count=len(kinds))
    points, offsets, feature, shafts = _lines(geometries, columns, local)
    points, below, meaning = _hung(points, offsets, feature, shafts, columns, out.meaning, frame.origin[2])
    out = replace(out, line_points=points.astype(np.float32), line_offsets=offsets, line_feature=feature, below=below,
                  meaning=meaning,
                  diameter_m=np.where(shafts & np.isnan(diameter), np.float32(SHAFT_M), diameter))
    out = with_mesh(out, points, _volumes(geometries, columns, local, frame.origin[2]))
    return replace(out, features=attributes.marked(features, "diameter_assumed", guessed_sizes(out)),
                   notes=_notes(out, columns, geometries))


def notes_of(path: Path, source: Source, geometries: Geometries, features, place: Georef) -> tuple[str, ...]:
    """What is odd about the heights and sizes of a file that is only described."""
    if not geometries.box:
        return ()
    at = np.array([*geometries.box[:2], 0.0])
    request = Request(source=replace(source, path=str(path)), kind="networks", frame=Frame())
    return network(request, geometries, features, place, lambda xyz: xyz - at).notes


# -- shapes ----------------------------------------------------------------------------------------------


def _lines(geometries: Geometries, columns: Columns, local):
    """(points (n, 3) f8, offsets, feature of each line, (features,) bool which are shafts): lines, then shafts."""
    import shapely
    lines, shafts = geometries.parts(LINE), geometries.parts(POINT)
    counts = shapely.get_num_coordinates(lines.shapes)
    points = shapely.get_coordinates(lines.shapes, include_z=True)
    offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    points[:, 2] = _heights(points, offsets, lines.feature, columns)
    upright = _shafts(shafts, columns)
    every = np.concatenate([points, upright])
    is_shaft = np.zeros(columns.count, bool)
    is_shaft[shafts.feature] = True
    every = local(every) if len(every) else every
    offsets = np.concatenate([offsets, offsets[-1] + 2 * np.arange(1, len(shafts.shapes) + 1)])
    return every, offsets, np.concatenate([lines.feature, shafts.feature]).astype(np.int32), is_shaft


def _heights(points, offsets, feature, columns: Columns) -> np.ndarray:
    """(n,) the z of the vertices; of a line without any (all 0 says nothing) between the heights of its ends."""
    start, end = columns.numbers(START_NAMES)[feature], columns.numbers(END_NAMES)[feature]
    line = np.repeat(np.arange(len(feature)), np.diff(offsets))
    between = start[line] + _shares(points, offsets, line) * (end - start)[line]
    return np.where(_all_zero(points, offsets, line) & np.isfinite(between), between, points[:, 2])


def _shares(points, offsets, line) -> np.ndarray:
    """(n,) how far along its line each vertex lies, from 0 to 1."""
    step = np.hypot(*np.diff(points[:, :2], axis=0, prepend=points[:1, :2]).T)
    step[offsets[:-1]] = 0.0
    run = np.cumsum(step)
    run -= run[offsets[:-1]][line]
    whole = run[offsets[1:] - 1][line]
    return np.divide(run, whole, out=np.zeros_like(run), where=whole > 0)


def _hung(points, offsets, feature, shafts, columns: Columns, meaning, zero_m: float):
    """(points, below (features,) bool, meaning): lines without a height but with a depth hang that deep under the
    ground (`Network.below`); a depth of the crown or the invert says which part of the pipe it is."""
    line = np.repeat(np.arange(len(feature)), np.diff(offsets))
    unknown = np.isnan(points[:, 2]) | _all_zero(points + np.array((0.0, 0.0, zero_m)), offsets, line)
    below, meaning = np.zeros(columns.count, bool), meaning.copy()
    for starts, ends, what in zip(DEPTH_STARTS, DEPTH_ENDS, DEPTH_MEANINGS):
        start, end = columns.numbers(starts), columns.numbers(ends)
        start = np.where(np.isfinite(start), start, end)
        end = np.where(np.isfinite(end), end, start)
        there = (start >= 0) & (start <= DEEPEST_M) & (end >= 0) & (end <= DEEPEST_M) & ~below & ~shafts
        mine = there[feature[line]] & unknown
        if mine.any():
            share = _shares(points, offsets, line)
            at = feature[line]
            points[mine, 2] = -(start[at] + share * (end - start)[at])[mine]
            hung = np.unique(at[mine])
            below[hung] = True
            meaning[hung] = np.where(meaning[hung] == UNSAID, what, meaning[hung])
    return points, below if below.any() else np.zeros(0, bool), meaning


def _all_zero(points, offsets, line) -> np.ndarray:
    """(n,) bool: vertices of lines whose heights are all missing or 0, which says nothing."""
    if not len(offsets) > 1:
        return np.zeros(len(points), bool)
    return (np.maximum.reduceat(np.abs(np.nan_to_num(points[:, 2])), offsets[:-1]) == 0.0)[line]


def _shafts(parts, columns: Columns) -> np.ndarray:
    """(2 n, 3) bottom and top of each point: two heights, or one and a depth."""
    import shapely
    points = shapely.get_coordinates(parts.shapes, include_z=True)
    top, bottom, depth = (columns.numbers(names)[parts.feature] for names in (TOP_NAMES, BOTTOM_NAMES, DEPTH_NAMES))
    top = np.where(np.isfinite(top), top, points[:, 2])
    depth = np.where(np.isfinite(depth) & (depth > 0), depth, SHAFT_DEEP_M)
    top = np.where(np.isfinite(top), top, bottom + depth)
    bottom = np.where(np.isfinite(bottom), bottom, top - depth)
    out = np.repeat(points, 2, axis=0)
    out[0::2, 2], out[1::2, 2] = bottom, top
    return out


def _volumes(geometries: Geometries, columns: Columns, local, zero_m: float) -> Mesh | None:
    """Polygons between their two heights, closed below too; None without any."""
    import shapely

    from cim.footprints import extrude, rings_of
    parts = geometries.parts(POLYGON)
    low, high = columns.numbers(BOTTOM_NAMES), columns.numbers(TOP_NAMES)
    known = np.isfinite(low)[parts.feature] & np.isfinite(high)[parts.feature]
    if not known.any():
        return None
    feature = parts.feature[known]
    low, tall = np.fmin(low, high), np.abs(high - low)
    shapes = rings_of(shapely.orient_polygons(parts.shapes[known]), feature,
                      lambda xy: np.ascontiguousarray(local(np.column_stack([xy, np.zeros(len(xy))]))[:, :2]))
    mesh = extrude(shapes, np.nan_to_num(tall), columns.count)
    points = mesh.points.copy()
    points[:, 2] += (np.nan_to_num(low)[mesh.vertex_feature] - zero_m).astype(np.float32)
    return _closed(replace(mesh, points=points, facade=None, base=None), np.isnan(mesh.facade[:, 0]), tall)


def _closed(mesh: Mesh, roof: np.ndarray, tall: np.ndarray) -> Mesh:
    """With the roofs once more, as floors."""
    faces = mesh.triangles[roof[mesh.triangles[:, 0]]]
    used, index = np.unique(faces, return_inverse=True)
    floor = mesh.points[used]
    floor[:, 2] -= tall[mesh.vertex_feature[used]].astype(np.float32)
    below = index.reshape(-1, 3)[:, ::-1].astype(np.int32) + np.int32(len(mesh.points))
    return replace(mesh, points=np.concatenate([mesh.points, floor]),
                   triangles=np.concatenate([mesh.triangles, below]),
                   vertex_feature=np.concatenate([mesh.vertex_feature, mesh.vertex_feature[used]]))


def with_mesh(out: Network, points: np.ndarray, volumes: Mesh | None) -> Network:
    """The network with tubes along `points` (n, 3) f8, which are its `line_points`, and its volumes."""
    return with_tubes(out, points, rest=None if volumes is None else _flat(volumes))


def _flat(mesh: Mesh) -> tuple[Mesh, np.ndarray]:
    """Each triangle with corners of its own, and their normals; edges keep points of theirs."""
    corners = mesh.triangles.reshape(-1)
    points = mesh.points[corners]
    a, b, c = (points[i::3].astype(np.float64) for i in range(3))
    normal = np.cross(b - a, c - a)
    normal /= np.maximum(np.linalg.norm(normal, axis=1), 1e-12)[:, None]
    ends = mesh.edges.reshape(-1)
    flat = replace(mesh, points=np.concatenate([points, mesh.points[ends]]),
                   triangles=np.arange(len(corners), dtype=np.int32).reshape(-1, 3),
                   vertex_feature=np.concatenate([mesh.vertex_feature[corners], mesh.vertex_feature[ends]]),
                   edges=(len(corners) + np.arange(len(ends), dtype=np.int32)).reshape(-1, 2))
    up = np.broadcast_to(np.float32((0, 0, 1)), (len(ends), 3))
    return flat, np.concatenate([np.repeat(normal, 3, axis=0).astype(np.float32), up])


# -- what is odd -----------------------------------------------------------------------------------------


def _notes(out: Network, columns: Columns, geometries: Geometries) -> tuple[str, ...]:
    what, where = unsaid(out)
    drawn = np.zeros(out.count, bool)
    drawn[out.mesh.vertex_feature] = True
    sizeless = sum(assumed_sizes(out).values())
    hung = int(out.below.sum())
    counts = (
        (hung, tr("{n} pipes state a depth under the ground instead of a height: they hang under the terrain that is "
                  "shown.", n=hung)),
        (what, tr("{n} pipes do not say whether their height is that of crown, axis or invert: drawn as axis.",
                  n=what)),
        (where, tr("{n} heights do not say their datum (1985 or Wusong, 1.66 m apart): drawn as the project's.",
                   n=where)),
        (int((~drawn).sum()), tr("{n} features state no height and are not drawn.", n=int((~drawn).sum()))),
        (sizeless, tr("{n} pipes state no diameter: one is assumed by their kind.", n=sizeless)))
    said = tuple(words for n, words in counts if n)
    return (*_as_said(out), *said)


def _as_said(out: Network) -> tuple[str, ...]:
    """What the heights are, where all rows say the same."""
    meanings, datums = set(out.meaning.tolist()), set(out.datum.tolist())
    parts = []
    if len(meanings) == 1 and UNSAID not in meanings and len(out.line_feature):
        parts.append({CROWN: tr("Heights are those of the pipe's crown."), AXIS: tr("Heights are those of the axis."),
                      INVERT: tr("Heights are those of the invert.")}[meanings.pop()])
    if len(datums) == 1 and 0 not in datums:
        parts.append(tr("Heights are in {datum}.", datum={1: tr("1985"), 2: tr("Wusong")}[datums.pop()]))
    return tuple(parts)
