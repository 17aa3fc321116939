"""Blocks for the view from afar: they have the area, the volume and the colours of what they hold, and a true error."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cim.bake import masses
from cim.bake.shards import place_codes
from cim.bake.tile_models import covered
from cim.bake.weighing import weighed

SIDE = 1000.0
houses = st.lists(st.tuples(st.floats(0, 990), st.floats(0, 990), st.floats(2, 60), st.floats(2, 60), st.floats(0, 9),
                            st.floats(2, 80)), min_size=1, max_size=80)


def summary_of(rows) -> np.ndarray:
    """Boxes: west, south, width, depth, ground, height."""
    west, south, wide, deep, ground, tall = np.array(rows, float).T
    out = np.zeros((len(west), masses.WIDTH))
    out[:, masses.ROW], out[:, masses.COST] = np.arange(len(west)), 10
    out[:, masses.CODE] = place_codes(np.stack([west + wide / 2, south + deep / 2], axis=1), (0.0, 0.0, SIDE))
    out[:, masses.AREA], out[:, masses.VOLUME] = wide * deep, wide * deep * tall
    out[:, masses.LOW] = np.stack([west, south, ground], axis=1)
    out[:, masses.HIGH] = np.stack([west + wide, south + deep, ground + tall], axis=1)
    return out


@given(houses, st.integers(10, 500))
@example([(0.0, 0.0, 2.0, 2.0, 0.0, 2.0)] * 2 + [(0.0, 499.0, 2.0, 2.0, 0.0, 2.0)], 15)      # a block and no room left
@settings(max_examples=80, deadline=None)
def test_a_tile_keeps_every_feature_all_area_and_all_volume_within_its_budget(rows, most):
    summary = summary_of(rows)
    made = masses.merged(summary, 0, SIDE, most, False)
    assert sorted([*made.kept, *np.flatnonzero(made.of >= 0)]) == list(range(len(rows)))
    blocked = summary[made.of >= 0]
    assert made.count.sum() == len(blocked)
    assert made.area.sum() == pytest.approx(blocked[:, masses.AREA].sum())
    assert made.volume.sum() == pytest.approx(blocked[:, masses.VOLUME].sum())
    assert 10 * (len(made.kept) + len(made.count)) <= max(most, 10)
    spread = made.high - made.low
    alone = made.count == 1
    assert spread[alone].prod(axis=1) == pytest.approx(made.volume[alone], rel=1e-6)


@given(houses, st.integers(20, 300), st.integers(0, 2 ** 32 - 1))
@settings(max_examples=60, deadline=None)
def test_the_error_is_never_less_than_what_one_finds(rows, most, seed):
    """Places drawn at random on features lie within the error of a block, and the other way round."""
    summary, rng = summary_of(rows), np.random.default_rng(seed)
    made = masses.merged(summary, 0, SIDE, most, False)
    low = np.column_stack([made.low[:, :2], np.minimum(made.foot, made.low[:, 2])])

    def away(place, low, high):
        return np.linalg.norm(np.maximum(np.maximum(low - place, place - high), 0.0), axis=1)

    for row in np.flatnonzero(made.of >= 0):
        block = made.of[row]
        place = rng.uniform(summary[row, masses.LOW], summary[row, masses.HIGH])
        assert away(place, low[block][None], made.high[block][None])[0] <= made.error_m + 1e-6
        mine = summary[made.of == block]
        place = rng.uniform(made.low[block], made.high[block])
        assert away(place, mine[:, masses.LOW], mine[:, masses.HIGH]).min() <= made.error_m + 1e-6


def test_towers_and_halls_stay_themselves_among_small_houses():
    small = [(x, y, 8.0, 8.0, 0.0, 5.0) for x in range(0, 480, 12) for y in range(0, 480, 12)]
    made = masses.merged(summary_of([*small, (700.0, 700.0, 200.0, 150.0, 0.0, 12.0), (100.5, 100.5, 10.0, 10.0, 0.0,
                                                                                      200.0)]), 0, SIDE, 1500, False)
    assert {1600, 1601} <= set(made.kept.tolist()) and made.error_m < 40.0


def test_storeys_that_stand_on_each_other_are_as_high_as_they_are():
    made = masses.merged(summary_of([(10.0, 10.0, 20.0, 20.0, 3.0 * n, 3.0) for n in range(30)]), 0, SIDE, 20, False)
    assert len(made.count) == 1 and made.low[0, 2] == 0.0 and made.high[0, 2] == 90.0


def test_numbers_are_means_and_words_the_commonest_by_area():
    group, weight = np.array([0, 0, 1, 1, 1]), np.array([1.0, 3.0, 1.0, 1.0, 5.0])

    def told(values, name="x", kind=None):
        return weighed(pa.chunked_array([pa.array(values, kind)]), group, weight, 2, name).to_pylist()

    assert told([10.0, 20.0, 3.0, 5.0, None]) == [17.5, None], "most of the second is unknown"
    assert told([1, 5, 2, 2, 2]) == [4, 2] and told([1, 5, 2, 2, 2], "osm_id") == [None, None]
    assert told(["a", "b", "a", "a", "b"]) == ["b", "b"]
    assert told(["a", "b", "a", "a", None]) == ["b", None], "what is unknown weighs too"
    assert told(["p", "q", "r", "s", "t"]) == [None, None], "names are no classes"
    assert told([True, False, True, True, True]) == ["False", "True"]
    assert told([None] * 5, kind=pa.string()) == [None, None]


def test_the_ground_under_a_roof_is_counted_once_however_it_is_wound():
    square = np.array([(0, 0), (4, 0), (4, 3), (0, 3)], float)
    points = np.concatenate([np.c_[square, np.zeros(4)], np.c_[square, np.full(4, 6.0)]])
    triangles = np.array([(4, 5, 6), (4, 6, 7), (0, 2, 1), (0, 3, 2)])
    for cells in (triangles, triangles[:2], triangles[:, ::-1]):
        area, volume = covered(points, cells, np.zeros(8, int), np.zeros(1))
        assert (area[0], volume[0]) == (12.0, 72.0)
