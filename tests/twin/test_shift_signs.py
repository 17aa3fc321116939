"""Features beside their likes as a Chinese web map would put them: found row by row, and told from chance."""

from __future__ import annotations

import numpy as np
import pytest

from twin.china_offset import from_wgs84
from twin.frame import Frame
from twin.shift_signs import part_shifted

FRAME = Frame()
RANDOM = np.random.default_rng(7)


@pytest.mark.parametrize("system", ["GCJ-02", "BD-09"])
@pytest.mark.parametrize("share", [0.1, 0.5, 1.0])
def test_a_part_of_a_layer_that_is_shifted_is_found_row_by_row(system, share):
    likes, shifted = houses(2000), int(2000 * share)
    places = likes.copy()
    places[:shifted] = put(system, likes[:shifted])
    found = part_shifted(places + RANDOM.normal(0.0, 0.5, places.shape), likes, FRAME)
    assert found.system == system and found.of == 2000
    assert np.isin(np.arange(shifted), found.features).mean() > 0.9
    assert len(found.features) < 1.1 * shifted + 5


def test_what_lies_well_or_has_nothing_like_it_is_not_called_shifted():
    likes = houses(2000)
    assert part_shifted(likes, likes, FRAME) is None
    assert part_shifted(houses(1500), likes, FRAME) is None, "other houses of the same town"
    assert part_shifted(likes + np.array([475.0, 0.0]), likes, FRAME) is None, "moved, but not as a web map does"
    assert part_shifted(np.full((50, 2), np.nan), likes, FRAME) is None


def houses(count: int) -> np.ndarray:
    """(n, 2) middles, 1,000 on a square kilometre."""
    return RANDOM.uniform(-700.0, 700.0, (count, 2))


def put(system: str, places: np.ndarray) -> np.ndarray:
    lon, lat, _ = FRAME.to_lonlat(np.column_stack([places, np.zeros(len(places))])).T
    return FRAME.to_local(*from_wgs84(system, lon, lat), crs="EPSG:4326")[:, :2]
