"""Trees for points: trunk and crown of three shapes, thousands of them in one mesh."""

from __future__ import annotations

from functools import cache

import numpy as np

from layers.attributes import number_column
from layers.geometry import grid_triangles
from twin.data import Vectors

SIDES = 7
TREE_HEIGHT_M, CROWN_SHARE = 7.0, 0.62                       # where the data do not say
# Profiles from the ground up: (height share, radius share) of the crown. Broad, tall and conical.
PROFILES = (((0.28, 0.02), (0.36, 0.72), (0.58, 1.0), (0.82, 0.72), (1.0, 0.04)),
            ((0.18, 0.02), (0.30, 0.66), (0.60, 0.80), (0.86, 0.50), (1.0, 0.03)),
            ((0.20, 0.04), (0.24, 1.0), (0.50, 0.66), (0.78, 0.30), (1.0, 0.02)))


def tree_sizes(data: Vectors) -> tuple[np.ndarray, np.ndarray]:
    """(points,) heights and crown diameters in metres, from the columns `height_m` and `crown_m` where given."""
    tall = number_column(data, "height_m", TREE_HEIGHT_M)[data.point_feature]
    wide = number_column(data, "crown_m", np.nan)[data.point_feature]
    return tall, np.where(np.isfinite(wide), wide, tall * CROWN_SHARE)


def pick_crown(start: np.ndarray, end: np.ndarray, places: np.ndarray, heights: np.ndarray,
               crowns: np.ndarray) -> tuple[float, int] | None:
    """(distance in metres, tree) of the first crown on the way from `start` to `end`, each crown an ellipsoid."""
    radius = np.stack([crowns / 2, crowns / 2, 0.4 * heights], axis=1)
    centre = places + np.stack([np.zeros_like(heights), np.zeros_like(heights), 0.6 * heights], axis=1)
    length = float(np.linalg.norm(end - start))
    along = (end - start) / length / radius                  # in the space where every crown is a unit ball
    off = (start - centre) / radius
    a, b, c = ((x * y).sum(axis=1) for x, y in ((along, along), (along, off), (off, off)))
    inside = b * b - a * (c - 1.0)
    way = (-b - np.sqrt(np.maximum(inside, 0.0))) / a
    way[(inside < 0.0) | (way < 0.0) | (way > length)] = np.inf
    first = int(np.argmin(way)) if len(way) else 0
    return (float(way[first]), first) if len(way) and np.isfinite(way[first]) else None


def tree_mesh(places: np.ndarray, heights: np.ndarray, crowns: np.ndarray, crown: tuple[int, int, int],
              trunk: tuple[int, int, int], plain: bool = False
              ) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Points (n, 3), triangles (m, 3), normals (n, 3), colours (n, 3) u1 of all trees.

    `places` (t, 3) feet in metres; `heights`, `crowns` (t,) metres (crown: diameter); `plain` spends eight
    triangles on each. Shape, turn and shade of a tree follow from its number, so that the same data always give the
    same wood.
    """
    parts, first = [], 0
    for chosen, (points, triangles, normals, *_) in _kinds(len(places), plain):
        turn = _noise(len(places), 2)[chosen] * 2 * np.pi
        cos, sin = np.cos(turn)[:, None], np.sin(turn)[:, None]
        spread = np.stack([points[:, 0] * cos - points[:, 1] * sin, points[:, 0] * sin + points[:, 1] * cos], axis=-1)
        xyz = np.empty((len(chosen), len(points), 3), np.float32)
        xyz[..., :2] = spread * (crowns[chosen] / 2)[:, None, None] + places[chosen, None, :2]
        xyz[..., 2] = points[:, 2] * heights[chosen, None] + places[chosen, None, 2]
        turned = np.stack([normals[:, 0] * cos - normals[:, 1] * sin, normals[:, 0] * sin + normals[:, 1] * cos,
                           np.broadcast_to(normals[:, 2], (len(chosen), len(points)))], axis=-1)
        index = triangles[None] + first + len(points) * np.arange(len(chosen))[:, None, None]
        parts.append((xyz.reshape(-1, 3), index.reshape(-1, 3), turned.reshape(-1, 3)))
        first += len(chosen) * len(points)
    return *(np.concatenate(x) for x in zip(*parts)), tree_colors(len(places), crown, trunk, plain)


def tree_colors(count: int, crown: tuple[int, int, int], trunk: tuple[int, int, int], plain: bool = False
                ) -> np.ndarray:
    """(n, 3) u1 of the points of a `tree_mesh` of so many trees."""
    return np.concatenate([_colors(chosen, count, up, woody, crown, trunk)
                           for chosen, (*_, up, woody) in _kinds(count, plain)])


def _kinds(count: int, plain: bool) -> list[tuple[np.ndarray, tuple[np.ndarray, ...]]]:
    """(trees, model) of each shape, in the order of the mesh."""
    shape = (_noise(count, 1) * len(PROFILES)).astype(int)
    return [(np.flatnonzero(shape == number), _plain_model() if plain else _model(number))
            for number in range(len(PROFILES))]


def _colors(chosen, count, up, woody, crown, trunk) -> np.ndarray:
    """Each tree a little lighter or warmer than the next; crowns darker below, as under real leaves."""
    lighter = (0.90 + 0.20 * _noise(count, 3)[chosen, None]).astype(np.float32)
    warmer = (_noise(count, 4)[chosen, None] - 0.5).astype(np.float32) * np.float32((14, 4, -10))
    leaves = np.maximum(np.float32(crown) * lighter + warmer, 0)                                    # (trees, 3)
    bark = len(up) - int(woody.sum())                                                # a model's last points
    shade = (0.70 + 0.34 * up[:bark]).astype(np.float32)
    out = np.empty((len(chosen), len(up), 3), np.uint8)
    np.minimum(leaves[:, None] * shade[:, None], 255, out=out[:, :bark], casting="unsafe")
    out[:, bark:] = trunk
    return out.reshape(-1, 3)


@cache
def _model(number: int) -> tuple[np.ndarray, ...]:
    """A tree of height 1 and crown radius 1: points, triangles, normals, height in the crown, is trunk."""
    profile = np.array(PROFILES[number])
    angle = np.linspace(0, 2 * np.pi, SIDES + 1)
    wobble = 1 + 0.14 * np.sin(angle * 3 + number) * np.sin(np.arange(len(profile))[:, None] * 2.1 + number)
    wobble[:, -1] = wobble[:, 0]
    radius = profile[:, 1:] * wobble
    height = np.broadcast_to(profile[:, :1], radius.shape)
    crown = np.stack([radius * np.cos(angle), radius * np.sin(angle), height], axis=-1)
    low, high = profile[0, 0], profile[-1, 0]
    share = (crown[..., 2] - low) / (high - low)
    normals = np.stack([np.broadcast_to(np.cos(angle), share.shape), np.broadcast_to(np.sin(angle), share.shape),
                        (share - 0.4) * 2.4], axis=-1)
    ring = np.linspace(0, 2 * np.pi, 6)
    trunk = np.stack([0.09 * np.cos(ring), 0.09 * np.sin(ring), np.zeros(6)], -1)[None].repeat(2, axis=0)
    trunk[1, :, 2] = profile[1, 0]
    bark_normals = np.broadcast_to(np.stack([np.cos(ring), np.sin(ring), np.zeros(6)], -1), trunk.shape)
    points = np.concatenate([crown.reshape(-1, 3), trunk.reshape(-1, 3)])
    normals = np.concatenate([normals.reshape(-1, 3), bark_normals.reshape(-1, 3)])
    triangles = np.concatenate([grid_triangles(len(profile), SIDES + 1),
                                grid_triangles(2, 6) + crown.shape[0] * crown.shape[1]])
    woody = np.arange(len(points)) >= crown.shape[0] * crown.shape[1]
    up = np.concatenate([share.reshape(-1), np.zeros(12)])
    return points, triangles, normals / np.linalg.norm(normals, axis=1, keepdims=True), up, woody


@cache
def _plain_model() -> tuple[np.ndarray, ...]:
    """The same as `_model` of a crown with six corners and no trunk: for shadows, and while the camera moves."""
    points = np.array([(1, 0, 0.55), (0, 1, 0.55), (-1, 0, 0.55), (0, -1, 0.55), (0, 0, 0.2), (0, 0, 1.0)])
    triangles = np.array([face for i in range(4) for face in ((i, (i + 1) % 4, 5), ((i + 1) % 4, i, 4))])
    normals = points - (0.0, 0.0, 0.55)
    return (points, triangles, normals / np.linalg.norm(normals, axis=1, keepdims=True),
            (points[:, 2] - 0.2) / 0.8, np.zeros(len(points), bool))


def _noise(count: int, seed: int) -> np.ndarray:
    """(count,) in 0-1, the same for the same number on every machine."""
    x = (np.arange(count, dtype=np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15) \
        + np.uint64(seed * 0xBF58476D1CE4E5B9 % 2 ** 64)
    x ^= x >> np.uint64(31)
    x *= np.uint64(0x94D049BB133111EB)
    x ^= x >> np.uint64(29)
    return (x >> np.uint64(40)).astype(np.float64) / float(1 << 24)
