"""How the camera moves: pure functions from a camera to the next one, about a point that stays put."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from twin.camera import Camera, Vector

LOWEST_TILT_DEG, HIGHEST_TILT_DEG = -20.0, 89.5
NEAREST_M, FARTHEST_M = 0.3, 300_000.0


def orbit(camera: Camera, pivot: Vector, turn_deg: float, tilt_deg: float) -> Camera:
    """Turn about the vertical through `pivot` and tilt; the pivot keeps its place in the picture."""
    tilt_deg = max(LOWEST_TILT_DEG, min(HIGHEST_TILT_DEG, camera.tilt_deg + tilt_deg)) - camera.tilt_deg
    turn = _about((0.0, 0.0, 1.0), turn_deg)
    forward = turn @ (np.array(camera.focus) - camera.position)
    side = np.cross(forward, (0.0, 0.0, 1.0))
    if np.linalg.norm(side) < 1e-9:
        side = np.cross(forward, turn @ np.array(camera.up))
    rotation = _about(side / np.linalg.norm(side), -tilt_deg) @ turn
    position, focus = (rotation @ (np.array(p) - pivot) + pivot for p in (camera.position, camera.focus))
    return upright(replace(camera, position=tuple(map(float, position)), focus=tuple(map(float, focus))), camera)


def pan(camera: Camera, grabbed: Vector, now_at: Vector) -> Camera:
    """Shift so that the grabbed point comes to where the mouse is (both in local metres)."""
    shift = [a - b for a, b in zip(grabbed, now_at)]
    return replace(camera, position=tuple(p + s for p, s in zip(camera.position, shift)),
                   focus=tuple(f + s for f, s in zip(camera.focus, shift)))


def zoom(camera: Camera, toward: Vector, factor: float) -> Camera:
    """Come nearer (factor < 1) to a point, which keeps its place in the picture.

    In a parallel projection nearness shows nothing: the picture gets smaller, and the eye keeps its distance.
    """
    if camera.parallel_m > 0:
        return _closer(camera, toward, factor)
    reach = math.dist(camera.position, toward)
    factor = max(NEAREST_M / max(reach, 1e-6), min(FARTHEST_M / max(reach, 1e-6), factor))
    return replace(camera, **{
        name: tuple(t + (p - t) * factor for p, t in zip(getattr(camera, name), toward))
        for name in ("position", "focus")})


def _closer(camera: Camera, toward: Vector, factor: float) -> Camera:
    height_m = max(NEAREST_M, min(FARTHEST_M, camera.parallel_m * factor))
    way = np.subtract(toward, camera.focus)
    ahead = np.subtract(camera.focus, camera.position) / max(camera.distance, 1e-9)
    shift = (way - (way @ ahead) * ahead) * (1 - height_m / camera.parallel_m)
    position, focus = (tuple(map(float, np.add(p, shift))) for p in (camera.position, camera.focus))
    return replace(camera, position=position, focus=focus, parallel_m=height_m)


def parallel(camera: Camera, on: bool) -> Camera:
    """The same picture, as nearly as can be, in a parallel projection or in perspective."""
    if on == (camera.parallel_m > 0):
        return camera
    if on:
        return replace(camera, parallel_m=camera.height_m)
    share = camera.parallel_m / replace(camera, parallel_m=0.0).height_m
    return zoom(replace(camera, parallel_m=0.0), camera.focus, share)


def fly(camera: Camera, forward_m: float, right_m: float, up_m: float) -> Camera:
    """Move the eye along its own heading, level with the ground."""
    azimuth = math.radians(camera.azimuth_deg)
    shift = (forward_m * math.sin(azimuth) + right_m * math.cos(azimuth),
             forward_m * math.cos(azimuth) - right_m * math.sin(azimuth), up_m)
    return replace(camera, position=tuple(p + s for p, s in zip(camera.position, shift)),
                   focus=tuple(f + s for f, s in zip(camera.focus, shift)))


def refocused(camera: Camera, point: Vector) -> Camera:
    """The same picture; the focus as far along its middle as `point`: scale bar, pace and top view go by it."""
    ahead = np.subtract(camera.focus, camera.position) / max(camera.distance, 1e-9)
    away = max(NEAREST_M, float(np.subtract(point, camera.position) @ ahead))
    return replace(camera, focus=tuple(map(float, np.add(camera.position, away * ahead))))


def north_up(camera: Camera) -> Camera:
    """The same place and tilt, looking north."""
    turned = Camera.looking_at(camera.focus, distance=camera.distance, azimuth_deg=0.0, tilt_deg=camera.tilt_deg,
                               view_angle_deg=camera.view_angle_deg)
    return replace(turned, parallel_m=camera.parallel_m)


def top_view(camera: Camera) -> Camera:
    """Straight down on the same place, north up."""
    x, y, z = camera.focus
    return replace(camera, position=(x, y, z + camera.distance), up=(0.0, 1.0, 0.0))


def between(start: Camera, end: Camera, share: float) -> Camera:
    """A flight: eased, distance interpolated by its logarithm so that near and far feel alike."""
    share = share * share * (3 - 2 * share)
    turn = (end.azimuth_deg - start.azimuth_deg + 180.0) % 360.0 - 180.0
    mix = lambda a, b: a + (b - a) * share  # noqa: E731 - one line of arithmetic
    distance = math.exp(mix(math.log(max(start.distance, 0.1)), math.log(max(end.distance, 0.1))))
    focus = tuple(mix(a, b) for a, b in zip(start.focus, end.focus))
    if share >= 1.0:
        return end
    return Camera.looking_at(focus, distance=distance, azimuth_deg=start.azimuth_deg + turn * share,
                             tilt_deg=mix(start.tilt_deg, end.tilt_deg),
                             view_angle_deg=mix(start.view_angle_deg, end.view_angle_deg))


def upright(camera: Camera, before: Camera) -> Camera:
    """Keep the horizon level; looking straight down, "up" is the heading."""
    forward = np.array(camera.focus) - camera.position
    if math.hypot(forward[0], forward[1]) > 1e-6 * np.linalg.norm(forward):
        return replace(camera, up=(0.0, 0.0, 1.0))
    return replace(camera, up=before.up)


def _about(axis, angle_deg: float) -> np.ndarray:
    """Rotation matrix about a unit axis (Rodrigues)."""
    x, y, z = axis
    angle = math.radians(angle_deg)
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]], float)
    return np.eye(3) + math.sin(angle) * cross + (1 - math.cos(angle)) * (cross @ cross)
