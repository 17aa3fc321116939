"""Measuring between places: lengths, level and upright parts, distances to edges and faces, angles.

Places are easting, northing, height in the project's CRS. A map projection's lengths are not true ones; a measure
keeps how long a true metre is on the grid where it was taken, and tells true metres.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

Place = tuple[float, float, float]
DISTANCE, TO_EDGE, TO_FACE, ANGLE = "distance", "to_edge", "to_face", "angle"
EDGE, FACE = "edge", "face"                    # what a direction is: along a line, or square to a plane


@dataclass(frozen=True, kw_only=True)
class Measure:
    """`points`: the two ends; of `to_edge` and `to_face` the point and its foot; of an angle one arm's end, the
    vertex and the other arm's end. `grid_scale`: metres of the grid in a true metre. `known_m`: to what its places
    are known, 0 = not said; it is told no finer than that.
    """

    id: str
    way: Literal["distance", "to_edge", "to_face", "angle"] = "distance"
    points: tuple[Place, ...] = ()
    grid_scale: float = 1.0
    known_m: float = 0.0
    note: str = ""

    def decimals(self, most: int) -> int:
        """Of its lengths in metres: "0.1" has one."""
        return most if self.known_m <= 0.0 else min(most, max(0, round(-np.log10(self.known_m))))


def true_way(measure: Measure, start: int = 0, end: int = 1) -> np.ndarray:
    """(3,) true metres east, north and up from one of its points to another."""
    way = np.subtract(measure.points[end], measure.points[start])
    return way / (measure.grid_scale, measure.grid_scale, 1.0)


def length_m(measure: Measure) -> float:
    return float(np.linalg.norm(true_way(measure)))


def level_m(measure: Measure) -> float:
    """Of the way as it is on a map."""
    return float(np.hypot(*true_way(measure)[:2]))


def rise_m(measure: Measure) -> float:
    """How much higher the end is than the start; negative where it is lower."""
    return float(true_way(measure)[2])


def angle_deg(measure: Measure) -> float:
    """Between the two arms, 0 to 180."""
    return between_deg(true_way(measure, 1, 0), true_way(measure, 1, 2))


def slope_deg(measure: Measure) -> float:
    """Of the way against the level, -90 to 90."""
    return float(np.degrees(np.arctan2(rise_m(measure), level_m(measure))))


def between_deg(u, v) -> float:
    """By the tangent: exact also where arms nearly coincide."""
    return float(np.degrees(np.arctan2(np.linalg.norm(np.cross(u, v)), np.dot(u, v))))


def foot_on_line(point, on_line, along) -> np.ndarray:
    """(3,) where the perpendicular from `point` meets the line."""
    along = np.asarray(along, np.float64) / np.linalg.norm(along)
    return np.asarray(on_line) + (np.subtract(point, on_line) @ along) * along


def foot_on_plane(point, on_plane, normal) -> np.ndarray:
    normal = np.asarray(normal, np.float64) / np.linalg.norm(normal)
    return np.asarray(point, np.float64) - (np.subtract(point, on_plane) @ normal) * normal


def arms(one: str, u, other: str, v) -> tuple[np.ndarray, np.ndarray]:
    """Two unit directions with the angle between two things, 0 to 90: `one` and `other` are EDGE or FACE, `u` and `v`
    the direction of the edge or the normal of the face.
    """
    u, v = (np.asarray(w, np.float64) / np.linalg.norm(w) for w in (u, v))
    if one == EDGE and other == EDGE:
        return u, v if u @ v >= 0 else -v
    if one == FACE and other == FACE:
        along = np.cross(u, v)
        if np.linalg.norm(along) < 1e-9:                       # parallel: any line in the plane
            return _in_plane(u), _in_plane(u)
        along /= np.linalg.norm(along)
        first, second = np.cross(along, u), np.cross(along, v)
        return first, second if first @ second >= 0 else -second
    if one == FACE:
        second, first = arms(other, v, one, u)
        return first, second
    shadow = u - (u @ v) * v
    return u, shadow / np.linalg.norm(shadow) if np.linalg.norm(shadow) > 1e-9 else _in_plane(v)


def _in_plane(normal: np.ndarray) -> np.ndarray:
    """A level direction in the plane where there is one."""
    level = np.cross(normal, (0.0, 0.0, 1.0))
    if np.linalg.norm(level) < 1e-9:
        level = np.array([1.0, 0.0, 0.0])
    return level / np.linalg.norm(level)
