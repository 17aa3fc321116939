"""Flat things on the ground: cut where it bends, left alone where it does not, never torn."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers import flat
from layers.bend import MOST_TRIANGLES, bent_lines, bent_triangles
from layers.drape import TOLERANCE_M, heights_on
from twin.data import HeightGrid, Vectors
from twin.ground import Ground, Surface

SQUARE = np.array([[-900, -900, 0], [900, -900, 0], [900, 900, 0], [-900, 900, 0.0]])
HALVES = np.array([[0, 1, 2], [0, 2, 3]])


def hills(high: float = 12.0):
    y, x = np.mgrid[-50:51, -50:51] * 20.0
    z = high * np.exp(-((x - 150) ** 2 + (y + 200) ** 2) / 300 ** 2) + 0.002 * x
    return Ground((Surface(HeightGrid(heights=z.astype(np.float32), x0=-1000, y0=-1000, dx=20, dy=20)),))


def areas(points, triangles) -> np.ndarray:
    a, b, c = (points[triangles[:, i], :2] for i in range(3))
    u, v = b - a, c - a
    return (u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0]) / 2


def on(ground):
    return lambda xy, feature: heights_on(ground, xy)


def test_a_plane_is_not_cut_where_it_is_narrow_and_a_hill_is_followed():
    ground = hills()
    points, triangles, feature = bent_triangles(SQUARE, HALVES, np.full(4, 3), on(ground), 20.0, 0.05)
    assert areas(points, triangles).min() > 0
    assert areas(points, triangles).sum() == pytest.approx(1800 ** 2)
    assert (feature == 3).all() and len(feature) == len(points)
    z = heights_on(ground, points[:, :2])
    middle = points[triangles][..., :2].mean(axis=1)
    off = np.abs(z[triangles].mean(axis=1) - heights_on(ground, middle))
    longest = np.linalg.norm(points[triangles] - np.roll(points[triangles], -1, axis=1), axis=2).max(axis=1)
    assert off[longest > 30.0].max() <= 0.06
    far = np.hypot(middle[:, 0] - 150, middle[:, 1] + 200) > 900
    near = np.hypot(middle[:, 0] - 150, middle[:, 1] + 200) < 350
    assert areas(points, triangles)[far].mean() > 4 * areas(points, triangles)[near].mean()


def test_no_edge_is_torn():
    points, triangles, _ = bent_triangles(SQUARE, HALVES, np.zeros(4, int), on(hills()), 20.0, 0.05)
    pairs = np.sort(np.stack([triangles, np.roll(triangles, -1, axis=1)], axis=-1).reshape(-1, 2), axis=1)
    edges, count = np.unique(pairs, axis=0, return_counts=True)
    rim = points[edges[count == 1]][..., :2]
    assert count.max() == 2 and (np.abs(rim).max(axis=2) == 900).all()


@given(st.lists(st.tuples(st.floats(-900, 900), st.floats(-900, 900)), min_size=3, max_size=3))
def test_cut_triangles_cover_the_same_area_the_same_way_round(corners):
    points = np.array([(*c, 0.0) for c in corners])
    fine, triangles, _ = bent_triangles(points, np.array([[0, 1, 2]]), np.zeros(3, int), on(hills()), 20.0, 0.05)
    whole, parts = areas(points, np.array([[0, 1, 2]]))[0], areas(fine, triangles)
    assert parts.sum() == pytest.approx(whole, abs=1e-3)
    assert (parts * np.sign(whole) > -1e-6).all()


def test_a_river_of_one_level_stays_one_piece():
    import pyarrow as pa
    bank = np.array([[-900, -15, 0], [900, -15, 0], [900, 15, 0], [-900, 15, 0]], np.float32)
    data = Vectors(features=pa.table({"level_m": [40.0]}), fill_points=bank, fill_feature=np.zeros(4, np.int32),
                   fill_triangles=HALVES.astype(np.int32), count=1)
    assert len(flat.draped(data, hills(), 0.0).fills.triangles) <= 8
    dry = Vectors(fill_points=bank, fill_feature=np.zeros(4, np.int32), fill_triangles=HALVES.astype(np.int32), count=1)
    assert len(flat.draped(dry, hills(), 0.0).fills.triangles) > 40


def test_a_whole_province_stays_bounded():
    rng = np.random.default_rng(1)
    rough = HeightGrid(heights=rng.uniform(0, 90, (1500, 1500)).astype(np.float32), dx=10, dy=10)
    side = np.array([[0, 0, 0], [14000, 0, 0], [0, 14000, 0.0]])
    _, triangles, _ = bent_triangles(side, np.array([[0, 1, 2]]), np.zeros(3, int), on(Ground((Surface(rough),))),
                                     10.0, 0.05)
    assert 1000 < len(triangles) <= MOST_TRIANGLES


@given(st.lists(st.tuples(st.floats(-900, 900), st.floats(-900, 900)), min_size=2, max_size=9))
def test_lines_keep_their_corners_and_follow_the_ground(corners):
    ground = hills()
    points = np.array([(*c, 0.0) for c in corners])
    offsets = np.array([0, len(points) // 2, len(points)])
    dense, new = bent_lines(points, offsets, on(ground), 20.0, TOLERANCE_M)
    assert new[0] == 0 and new[-1] == len(dense) and len(new) == 3
    for old, part in ((points[:offsets[1]], dense[:new[1]]), (points[offsets[1]:], dense[new[1]:])):
        assert (part[:1] == old[:1]).all() and (part[-1:] == old[-1:]).all()
        assert length(part) == pytest.approx(length(old), abs=1e-6)
        z = heights_on(ground, part[:, :2])
        middle = heights_on(ground, (part[1:, :2] + part[:-1, :2]) / 2)
        long = np.linalg.norm(np.diff(part[:, :2], axis=0), axis=1) > 20.0
        assert (np.abs((z[1:] + z[:-1]) / 2 - middle)[long] < TOLERANCE_M + 0.02).all()


def length(points) -> float:
    return float(np.linalg.norm(np.diff(points[:, :2], axis=0), axis=1).sum())
