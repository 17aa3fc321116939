"""Of very many places with words the first that a camera sees are found without looking at each."""

from __future__ import annotations

import numpy as np
import pytest

from layers import ranked_places
from layers.ranked_places import FIRST_ASKED, RankedPlaces, in_picture

COUNT = 40_000


def looking(eye: tuple[float, float, float], down: float) -> np.ndarray:
    """(4, 4) of a camera at `eye` that looks north and `down` (radians), 60 degrees wide."""
    back = np.array([0.0, -np.cos(down), np.sin(down)])
    right, up = np.array([1.0, 0.0, 0.0]), np.cross(back, [1.0, 0.0, 0.0])
    turn = np.vstack([right, up, back])
    view = np.eye(4)
    view[:3, :3], view[:3, 3] = turn, -turn @ np.array(eye)
    wide = 1.0 / np.tan(np.radians(30.0))
    return np.array([[wide, 0, 0, 0], [0, wide, 0, 0], [0, 0, -1, -2], [0, 0, -1, 0]]) @ view


@pytest.fixture(scope="module")
def town() -> RankedPlaces:
    random = np.random.default_rng(4)
    places = random.uniform((-9000, -9000, 0), (9000, 9000, 60), (COUNT, 3))
    places[::97] = np.nan
    return RankedPlaces(places, ["" if n % 50 == 0 else f"No. {n}" for n in range(COUNT)], random.uniform(1, 9, COUNT))


@pytest.mark.parametrize(("eye", "down"), [
    ((0, -20_000, 12_000), 0.5), ((0, 0, 300), 0.4), ((8000, 8000, 40), 0.0), ((0, 0, 500), 1.57),
    ((0, 30_000, 10), 0.0)])
@pytest.mark.parametrize("far_m", [2500.0, 1e6])
def test_they_are_those_that_a_look_at_each_finds(town, eye, down, far_m):
    forward = looking(eye, down)
    xy, w = in_picture(town.places[town.order], forward)
    there = np.isfinite(xy[:, 0]) & (w < far_m)
    at, indices = town.seen(forward, far_m, 300)
    assert indices.tolist() == town.order[there][:300].tolist()
    assert at == pytest.approx(xy[there][:300])
    assert all(town.words[n] for n in indices.tolist())


def test_few_are_looked_at(town, monkeypatch):
    asked = []
    monkeypatch.setattr(ranked_places, "in_picture",
                        lambda places, of: (asked.append(len(places)), in_picture(places, of))[1])
    town.seen(looking((0, -20_000, 12_000), 0.6), 1e6, 300)
    assert sum(asked) <= FIRST_ASKED, "all of the town is in sight: the first ones are enough"
    asked.clear()
    town.seen(looking((0, 0, 300), 1.57), 1e6, 300)
    assert sum(asked) < COUNT / 50, "a few streets are in sight"


def test_nothing_is_seen_of_nothing():
    at, indices = RankedPlaces(np.zeros((0, 3)), []).seen(looking((0, 0, 9), 0.0), 1e6, 10)
    assert at.shape == (0, 2) and not len(indices)
    at, indices = RankedPlaces(np.zeros((3, 3)), ["a", "b", " "], np.array([1.0, np.nan, 9.0])).seen(
        looking((0, -50, 9), 0.0), 1e6, 10)
    assert indices.tolist() == [0, 1], "all at one place"
