"""Replay cubes built ahead of the first look, by workers of this machine and of a cluster."""

from __future__ import annotations

import shutil

import numpy as np
import pytest

from tests.twin.history.made_store import DAYS, FIRST, made
from twin.crew import DaskCrew, LocalCrew
from twin.frame import Frame
from twin.history import cubes, store_reader
from twin.history.cube_work import build_all
from twin.history.writer import Writer
from twin.layer import Source
from twin.readers import Progress, Request
from twin.sensors import Batch
from twin.times import DAY, HOUR


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(cubes, "PERIOD_READINGS", 1)               # a period is a day
    return made(tmp_path / "city.history")


@pytest.fixture(scope="module")
def cluster():
    """A scheduler with a worker of its own, as a cluster has them."""
    from distributed import LocalCluster
    with LocalCluster(n_workers=1, threads_per_worker=1, processes=False, dashboard_address=None) as cluster:
        yield cluster.scheduler_address


def told(folder):
    """What the screen is given, and which cubes it is made of."""
    history = store_reader.read(Request(source=Source(path=str(folder)), kind="sensors", frame=Frame()),
                                Progress()).history
    return [history.latest_at((FIRST + day) * DAY + HOUR)[0].tolist() for day in range(DAYS)], \
        [name for lane in history.lanes for name in lane.folders]


@pytest.mark.parametrize("where", ["here", "cluster"])
def test_what_workers_build_is_what_a_look_builds(folder, where, request, tmp_path, monkeypatch):
    wanted, _ = told(shutil.copytree(folder, tmp_path / "other.history"))
    crew = LocalCrew(1) if where == "here" else DaskCrew(request.getfixturevalue("cluster"))
    try:
        said = build_all(folder, crew, Progress())
        assert (said["pieces"], said["built"], said["failed"]) == (2 * DAYS, 2 * DAYS, [])
        assert said["readings"] == 8 * DAYS
        with Writer(folder) as writer:                             # late, into one day
            writer.append(Batch(ids=("a",), streams=np.zeros(1, np.int32), values=np.array([7.5]),
                                times_ns=np.array([(FIRST + 3) * DAY + HOUR // 2])))
            writer.seal()
        assert build_all(folder, crew, Progress())["built"] == 1, "a late reading rebuilds only what it touches"
    finally:
        crew.close()
    monkeypatch.setattr(cubes, "build_cube", None)                 # nothing is left to build
    found, _ = told(folder)
    assert found[3][0] == 7.5 and found[:3] + found[4:] == wanted[:3] + wanted[4:]


def test_a_piece_that_fails_is_named(folder):
    next((folder / "observations").glob("*.parquet")).unlink()
    crew = LocalCrew(1)
    try:
        said = build_all(folder, crew, Progress())
    finally:
        crew.close()
    assert said["failed"] and said["built"] < said["pieces"] and "parquet" in said["failed"][0]["error"]
