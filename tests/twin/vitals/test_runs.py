"""Runs and bundles against brute force."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.twin.vitals.made_pools import groups_of, whole
from twin.vitals.runs import SHORT, Bundles, Runs

MOST = 60                                        # so that there are short runs and long ones
assert MOST > SHORT
sizes = st.lists(st.integers(1, MOST), max_size=9)


def made(sizes: list[int], seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """(values, places, starts, counts)."""
    random, counts = np.random.default_rng(seed), np.array(sizes, np.int64)
    values = random.uniform(-50, 50, 40)
    return values, random.integers(0, 40, counts.sum()), np.cumsum(counts) - counts, counts


@given(sizes=sizes, seed=st.integers(0, 99))
def test_every_run_is_reduced_as_if_it_were_alone(sizes, seed):
    values, places, starts, counts = made(sizes, seed)
    runs = Runs(places, starts, counts)
    for how in (np.add, np.maximum):
        found = runs.reduced(how, values)
        slow = [how.reduce(values[places[s:s + n]]) for s, n in zip(starts, counts)]
        np.testing.assert_allclose(found, slow, rtol=1e-12, atol=1e-12)
        alone = [Runs(places[s:s + n], np.zeros(1, int), np.array([n])).reduced(how, values)[0]
                 for s, n in zip(starts, counts)]
        assert found.tolist() == alone, "to the last digit"


@given(kin=st.lists(st.integers(0, 5), min_size=1, max_size=80), runs=st.lists(st.sets(st.integers(0, 5)), max_size=6),
       seed=st.integers(0, 99))
def test_bundles_give_what_their_members_give(kin, runs, seed):
    kin, random = np.array(kin), np.random.default_rng(seed)
    mine = [m for run in runs if len(m := np.flatnonzero(np.isin(kin, list(run))))]
    counts = np.array([len(m) for m in mine], np.int64)
    entries = np.concatenate([np.zeros(0, np.intp), *mine])
    bundles = whole(Bundles.made(kin, entries, np.cumsum(counts) - counts, counts))
    values, silent = random.uniform(-50, 50, len(kin)), random.random(len(kin)) < 0.3
    assert bundles.reduced(np.maximum, values).tolist() == [values[m].max() for m in mine]
    assert bundles.counted(np.flatnonzero(silent)).tolist() == [silent[m].sum() for m in mine]


@given(members=st.lists(st.sets(st.integers(0, 9)), min_size=1, max_size=5))
def test_rows_are_kin_that_belong_to_the_same_groups(members):
    kin = whole(groups_of([sorted(m) for m in members]).kin(10))
    belongs = [frozenset(k for k, rows in enumerate(members) if row in rows) for row in range(10)]
    for a in range(10):
        assert [kin[a] == kin[b] for b in range(10)] == [belongs[a] == belongs[b] for b in range(10)]
