"""Many calls at once: every result with its number, and one that fails or dies takes no other along."""

from __future__ import annotations

import os

import pytest

import twin.crew
from twin.crew import DaskCrew, LocalCrew
from twin.readers import Cancelled
from twin.trouble import Trouble


def squared(number: int, progress) -> int:
    if number == 3:
        raise Trouble("three is not squared")
    if number == 5:
        os._exit(1)
    return number * number


@pytest.fixture
def crew():
    crew = LocalCrew(2)
    yield crew
    crew.close()


def test_all_results_come_and_failures_are_answers(crew):
    found = dict(crew.run(squared, [(n,) for n in range(8)]))
    assert {n: v for n, v in found.items() if n not in (3, 5)} == {n: n * n for n in (0, 1, 2, 4, 6, 7)}
    assert "three" in str(found[3]) and isinstance(found[5], Trouble)


def test_whoever_waits_can_stop_it(crew):
    def enough():
        raise Cancelled

    with pytest.raises(Cancelled):
        list(crew.run(squared, [(n,) for n in range(8)], enough))


@pytest.fixture
def cluster():
    from distributed import LocalCluster
    with LocalCluster(n_workers=0, processes=False, dashboard_address=None) as cluster:
        yield cluster


def test_a_cluster_that_nobody_works_for_says_so(cluster, monkeypatch):
    monkeypatch.setattr(twin.crew, "FIRST_WORKER_SECS", 0.2)
    with pytest.raises(Trouble, match="has no workers") as trouble:
        DaskCrew(cluster.scheduler_address)
    assert f"dask worker {cluster.scheduler_address}" in trouble.value.way_out


def test_a_cluster_that_loses_its_workers_ends_the_work(cluster, monkeypatch):
    monkeypatch.setattr(twin.crew, "NO_WORKER_SECS", 0.2)
    cluster.scale(1)
    crew = DaskCrew(cluster.scheduler_address)
    try:
        cluster.scale(0)
        with pytest.raises(Trouble, match="has no workers"):
            list(crew.run(squared, [(1,)]))
    finally:
        crew.close()
