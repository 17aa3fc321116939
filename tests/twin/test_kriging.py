"""The field between stations: true at them, doubted away from them, silent without them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twin.kriging import MOST_SITES, Field

GRID = np.stack(np.meshgrid(np.arange(0, 1001, 50.0), np.arange(0, 1001, 50.0)), axis=-1).reshape(-1, 2)


def test_it_follows_a_smooth_field_better_than_the_mean():
    rng = np.random.default_rng(1)
    sites = rng.uniform(0, 1000, (80, 2))
    true = lambda p: np.sin(p[:, 0] / 200) + np.cos(p[:, 1] / 300)      # noqa: E731
    field, doubt = Field(sites, GRID, 900.0).at(true(sites))
    inner = doubt < 0.7
    error = np.abs(field - true(GRID))[inner].mean()
    assert inner.mean() > 0.8 and error < 0.3 * np.abs(true(GRID)[inner] - true(sites).mean()).mean()


def test_doubt_grows_away_from_stations_and_is_whole_far_away():
    cells = np.array([(0, 0), (100, 0), (300, 0), (5000, 0)], float)
    field, doubt = Field(np.array([(0.0, 0.0), (0.0, 50.0)]), cells, 600.0).at(np.array([10.0, 10.0]))
    assert (np.diff(doubt) > 0).all() and doubt[0] < 0.35 and doubt[3] == pytest.approx(1.0, abs=1e-3)
    assert field == pytest.approx(10.0)


def test_who_is_silent_has_no_say():
    sites = np.array([(0.0, 0.0), (500.0, 0.0), (np.nan, np.nan)])
    made = Field(sites, np.array([(500.0, 0.0)]), 300.0)
    both, sure = made.at(np.array([0.0, 100.0, 7.0]))
    one, unsure = made.at(np.array([0.0, np.nan, 7.0]))
    assert both[0] > 90 and sure[0] < 0.35 and one[0] == pytest.approx(0.0, abs=1.0) and unsure[0] > 0.9
    none, doubt = made.at(np.array([np.nan, np.nan, 7.0]))
    assert np.isnan(none).all() and (doubt == 1).all()
    again, _ = made.at(np.array([0.0, 100.0, 7.0]))
    assert again[0] == both[0], "who reports again is heard again"


def test_many_stations_are_gathered():
    rng = np.random.default_rng(2)
    sites = rng.uniform(0, 1000, (5000, 2))
    made = Field(sites, GRID)
    assert len(made._sites) <= 1.3 * MOST_SITES
    field, _ = made.at(sites[:, 0])
    inner = (GRID > 100).all(axis=1) & (GRID < 900).all(axis=1)
    assert np.abs(field - GRID[:, 0])[inner].max() < 60


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), min_size=1, max_size=20, unique=True),
       st.floats(-50, 50))
def test_a_constant_stays_constant(places, value):
    sites = np.array(places, float) * 50
    field, doubt = Field(sites, GRID).at(np.full(len(sites), value))
    assert np.allclose(field, value, atol=1e-6) and ((doubt >= 0) & (doubt <= 1)).all()
