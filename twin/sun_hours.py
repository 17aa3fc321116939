"""Hours of sun on a day: at points of the ground and at the windows of the lowest storey, by rays (Embree).

The point of a façade is the sill of the lowest windows, as in China's rule for dwellings (GB 50180-2018, 4.0.9:
日照标准计算起点为底层窗台面, 0.9 m above the room's floor). What a rule demands of it is the user's to say.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from twin.frame import Frame
from twin.shade import Scene
from twin.sun import Sun, sun_at
from twin.text import tr
from twin.times import MINUTE, parse
from twin.trouble import Trouble

SILL_M = 0.9
SPACING_M = 4.0                    # of the points along a wall
OFF_WALL_M = 0.1
STEEP = 0.1                        # greatest upward part of a wall's normal
FOOT_M = 1.0                       # a wall stands on the ground when it begins this near the foot of its building
LEAST_WALL_M = 1.5


@dataclass(frozen=True, eq=False)
class Day:
    """`times_ns` (k,) i8: the middles of steps of `step_minutes` in which the sun is up; `toward` (k, 3) f4 unit
    vectors to it, east, north, up of the grid."""

    times_ns: np.ndarray
    toward: np.ndarray
    step_minutes: float


@dataclass(frozen=True, eq=False)
class Hours:
    """`total`, `longest` (n,) f4 hours: all sun, and the longest without a break."""

    total: np.ndarray
    longest: np.ndarray


@dataclass(frozen=True, eq=False)
class Facades:
    """Points before walls. `points`, `normals` (n, 3) f4; `feature` (n,) i4: whose wall it is."""

    points: np.ndarray
    normals: np.ndarray
    feature: np.ndarray

    def where(self, kept: np.ndarray) -> Facades:
        return Facades(self.points[kept], self.normals[kept], self.feature[kept])


def day_of(date: str, frame: Frame, time_zone: str, *, first: str = "00:00", last: str = "24:00",
           step_minutes: float = 10.0) -> Day:
    """The sun over the frame's origin on a day ("2026-12-21") between two clock times. Raises Trouble."""
    start = parse(f"{date}T00:00", time_zone)
    low, high = (start + _minutes(clock) * MINUTE for clock in (first, last))
    if not 0 < step_minutes <= 120 or high <= low:
        raise Trouble(tr("These times give no steps to look at the sun."),
                      way_out=tr("Give a step of 1 to 120 minutes and an end after the beginning."))
    step_ns = round(step_minutes * MINUTE)
    times_ns = np.arange(low + step_ns // 2, high, step_ns, dtype=np.int64)
    lon, lat, _ = frame.to_lonlat([[0.0, 0.0, 0.0]])[0]
    turn = frame.convergence_deg(*frame.origin[:2])
    suns = [sun_at(int(t), lon, lat) for t in times_ns]
    up = np.array([sun.elevation_deg > 0.0 for sun in suns])
    toward = np.array([Sun(s.azimuth_deg - turn, s.elevation_deg).toward for s in suns], np.float32).reshape(-1, 3)
    return Day(times_ns[up], toward[up], step_minutes)


def _minutes(clock: str) -> int:
    try:
        hours, minutes = (int(part) for part in clock.split(":"))
        if not (0 <= hours <= 24 and 0 <= minutes < 60 and hours * 60 + minutes <= 1440):
            raise ValueError
    except ValueError:
        raise Trouble(tr("“{text}” is not a time of day.", text=clock), way_out=tr("Write it as 09:00.")) from None
    return hours * 60 + minutes


def hours_of(scene: Scene, points: np.ndarray, day: Day, normals: np.ndarray | None = None,
             progress=lambda *_: None) -> Hours:
    """`points` (n, 3) local metres; with `normals` (n, 3) the sun counts only before the wall."""
    total, run, longest = (np.zeros(len(points), np.float32) for _ in range(3))
    step_hours = np.float32(day.step_minutes / 60.0)
    for number, toward in enumerate(day.toward):
        progress(number, len(day.toward), tr("Hours of sun"))
        lit = ~scene.blocked(points, toward)
        if normals is not None:
            lit &= normals @ toward > 0.0
        total += lit * step_hours
        run = (run + step_hours) * lit
        np.maximum(longest, run, out=longest)
    return Hours(total, longest)


def enclosed_by(scene: Scene, facades: Facades) -> np.ndarray:
    """(n,) bool: points from which no way leads out, because another building is drawn around them."""
    side = np.column_stack([-facades.normals[:, 1], facades.normals[:, 0], np.zeros(len(facades.normals))])
    enclosed = np.ones(len(facades.points), bool)
    for turn in (-0.8, 0.0, 0.8):
        for up in (0.1, 1.0, 6.0):
            way = facades.normals + turn * side + np.array([0.0, 0.0, up])
            enclosed &= scene.blocked(facades.points, way / np.linalg.norm(way, axis=1)[:, None])
    return enclosed


def facades_of(points: np.ndarray, triangles: np.ndarray, feature: np.ndarray) -> Facades:
    """Points before the walls of buildings, at the sills of their lowest storey.

    `points` (n, 3) as they stand, `triangles` (m, 3), `feature` (n,) of each vertex. A wall is a steep triangle whose
    lower edge lies level near the foot of its building.
    """
    if not len(triangles):
        return Facades(np.zeros((0, 3), np.float32), np.zeros((0, 3), np.float32), np.zeros(0, np.int32))
    foot = np.full(int(feature.max()) + 1, np.inf)
    np.minimum.at(foot, feature, points[:, 2])
    corners = points[triangles].astype(np.float64)
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    length = np.linalg.norm(normals, axis=1)
    normals = normals / np.maximum(length, 1e-12)[:, None]
    order = np.argsort(corners[:, :, 2], axis=1, kind="stable")
    low = np.take_along_axis(corners, order[:, :, None], axis=1)
    owner = feature[triangles[:, 0]]
    edge = low[:, 1] - low[:, 0]
    wide = np.hypot(edge[:, 0], edge[:, 1])
    wall = ((np.abs(normals[:, 2]) < STEEP) & (length > 1e-9) & (np.abs(edge[:, 2]) < 0.05) & (wide > LEAST_WALL_M)
            & (low[:, 2, 2] - low[:, 0, 2] > SILL_M) & (low[:, 0, 2] - foot[owner] < FOOT_M))
    return _along(low[wall, 0], edge[wall], wide[wall], normals[wall], owner[wall])


def _along(start, edge, wide, normals, owner) -> Facades:
    """Points every SPACING_M along each edge, in the middle of equal parts of it."""
    parts = np.maximum(1, np.round(wide / SPACING_M).astype(np.int64))
    which = np.repeat(np.arange(len(parts)), parts)
    place = np.arange(len(which)) - np.repeat(np.cumsum(parts) - parts, parts)
    share = (place + 0.5) / parts[which]
    level = normals[which] * np.array([1.0, 1.0, 0.0])
    level /= np.maximum(np.linalg.norm(level, axis=1), 1e-12)[:, None]
    points = start[which] + edge[which] * share[:, None] + level * OFF_WALL_M
    points[:, 2] += SILL_M
    return Facades(points.astype(np.float32), level.astype(np.float32), owner[which].astype(np.int32))


def grid_around(x: float, y: float, radius_m: float, spacing_m: float) -> np.ndarray:
    """(n, 2) middles of square cells within a square of half side `radius_m`."""
    count = max(1, round(2 * radius_m / spacing_m))
    axis = (np.arange(count) - (count - 1) / 2) * spacing_m
    return np.stack(np.meshgrid(x + axis, y + axis), axis=-1).reshape(-1, 2)
