"""What a vertical section cuts of buildings, models and volumes: their outlines in it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.course import Course

CLOSE_M = 0.01                            # what lies nearer is one stretch, what is narrower is upright


@dataclass(frozen=True, eq=False)
class Solids:
    """Triangles that a section may cut, placed in the frame; `what`: "building", "model" or "volume"."""

    layer: str
    what: str
    points: np.ndarray                    # (n, 3)
    triangles: np.ndarray                 # (m, 3)
    vertex_feature: np.ndarray            # (n,)
    kinds: tuple[str, ...] = ()           # per feature; may be empty


@dataclass(frozen=True, eq=False)
class SolidCut:
    """The outline of one feature in the section: `lines` (n, 2, 2) of distance and height."""

    layer: str
    feature: int
    what: str
    kind: str
    lines: np.ndarray

    @property
    def spans(self) -> np.ndarray:
        """(n, 4) from, to, bottom, top of each stretch that it covers: a house about a courtyard has two.

        What is all upright lines, walls without roof or floor, says nothing of where it is hollow: one stretch.
        """
        ends = np.sort(self.lines[..., 0], axis=1)
        flat = ends[np.ptp(ends, axis=1) > CLOSE_M]
        flat = flat[np.argsort(flat[:, 0])] if len(flat) else np.array([[ends.min(), ends.max()]])
        reached = np.maximum.accumulate(flat[:, 1])
        first = np.flatnonzero(np.append(True, flat[1:, 0] > reached[:-1] + CLOSE_M))
        low, high = flat[first, 0], reached[np.append(first[1:], len(flat)) - 1]
        of = np.searchsorted(low - CLOSE_M, ends[:, 0], side="right").clip(1) - 1
        z = [self.lines[of == i, :, 1] for i in range(len(first))]
        return np.array([(a, b, v.min(), v.max()) for a, b, v in zip(low, high, z)])


def solid_cuts(course: Course, solids: Solids) -> list[SolidCut]:
    """The outlines of the features along the course."""
    corners, owner = _near(course, solids)
    lines, feature = [], []
    for a, along, length, run in course.pieces():
        found, of = _slice(corners, owner, a, along, length)
        found[:, :, 0] += run
        lines.append(found)
        feature.append(of)
    lines, feature = np.concatenate(lines), np.concatenate(feature)
    order = np.argsort(feature, kind="stable")
    lines, feature = lines[order], feature[order]
    names, first = np.unique(feature, return_index=True)
    parts = np.split(lines, first[1:])
    return [SolidCut(solids.layer, int(f), solids.what, solids.kinds[f] if solids.kinds else solids.what, part)
            for f, part in zip(names, parts)]


def _near(course: Course, solids: Solids) -> tuple[np.ndarray, np.ndarray]:
    """(n, 3, 3) corners in true metres and (n,) features of the triangles by the course: most of a city lies elsewhere.
    """
    x, y = solids.points[:, 0], solids.points[:, 1]
    low, high = course.points.min(axis=0), course.points.max(axis=0)
    beyond = ((x < low[0]).astype(np.int8) + 2 * (x > high[0]) + 4 * (y < low[1]) + 8 * (y > high[1])).astype(np.int8)
    a, b, c = (beyond[solids.triangles[:, i]] for i in range(3))
    near = solids.triangles[(a & b & c) == 0]
    return course.true(solids.points[near].astype(np.float64)), solids.vertex_feature[near[:, 0]]


def _slice(corners: np.ndarray, owner: np.ndarray, a, along, length: float) -> tuple[np.ndarray, np.ndarray]:
    """((n, 2, 2) distance along the piece and height of both ends, (n,) feature) where triangles meet the plane."""
    off = (corners[:, :, :2] - a) @ np.array([-along[1], along[0]])
    s = (corners[:, :, :2] - a) @ along
    side = off > 0
    met = np.flatnonzero(side.any(axis=1) & ~side.all(axis=1) & (s.max(axis=1) >= 0) & (s.min(axis=1) <= length))
    off, s, z, side = off[met], s[met], corners[met, :, 2], side[met]
    alone = np.where(side.sum(axis=1) == 1, side.argmax(axis=1), (~side).argmax(axis=1))   # the corner on its own side
    row, ends = np.arange(len(met)), []
    for turn in (1, 2):
        other = (alone + turn) % 3
        share = off[row, alone] / (off[row, alone] - off[row, other])
        ends.append(np.stack([v[row, alone] + share * (v[row, other] - v[row, alone]) for v in (s, z)], axis=1))
    return _within(np.stack(ends, axis=1), owner[met], length)


def _within(lines: np.ndarray, feature: np.ndarray, length: float) -> tuple[np.ndarray, np.ndarray]:
    """Lines cut off at the ends of the piece."""
    width = lines[:, 1, 0] - lines[:, 0, 0]
    steep = np.where(np.abs(width) < 1e-12, 1.0, width)
    inside = (lines[:, :, 0].max(axis=1) >= 0) & (lines[:, :, 0].min(axis=1) <= length)
    for limit, beyond in ((0.0, np.less), (length, np.greater)):
        share = (limit - lines[:, 0, 0]) / steep
        z = lines[:, 0, 1] + share * (lines[:, 1, 1] - lines[:, 0, 1])
        for end in (0, 1):
            out = beyond(lines[:, end, 0], limit) & (np.abs(width) >= 1e-12)
            lines[out, end] = np.column_stack([np.full(out.sum(), limit), z[out]])
    return lines[inside], feature[inside]
