"""Who counts which readings: as if every reading were looked at one by one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.twin.history import made_store
from twin.frame import Frame
from twin.history import store_reader
from twin.history.motion import motion_of
from twin.history.replay import Keyframes, build
from twin.history.shares import counted, share_of
from twin.history.writer import Writer
from twin.layer import Source
from twin.readers import Progress, Request
from twin.times import DAY, HOUR

MINUTE = 60_000_000_000


def one_by_one(history, parts, rows, edges):
    out = np.zeros((rows, len(edges) - 1), np.int64)
    for row, members in parts:
        for member in range(len(history.interval_ns)) if members is None else members.tolist():
            out[row] += np.histogram(history.series(member)[0], edges)[0]
    # numpy's last bin is closed; ours end before their edge
    for row, members in parts:
        for member in range(len(history.interval_ns)) if members is None else members.tolist():
            out[row, -1] -= int((history.series(member)[0] == edges[-1]).sum())
    return out


def readings(seed: int, dense: bool):
    rng = np.random.default_rng(seed)
    if dense:                                   # every five minutes, some are missing: a cube
        stamps = np.arange(200) * 5 * MINUTE
        streams, times = (a.ravel() for a in np.meshgrid(np.arange(9), stamps))
        kept = rng.random(len(streams)) < 0.8
        streams, times = streams[kept], times[kept]
    else:
        streams, times = rng.integers(0, 9, 3000), rng.integers(0, 10**9, 3000) * 7919
    return build(streams.astype(np.int32), times.astype(np.int64), rng.random(len(times)).astype(np.float32), 9)[0]


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 99), st.booleans(), st.lists(st.sets(st.integers(0, 8)), min_size=1, max_size=4))
def test_counts_are_those_of_every_reading(seed, dense, members):
    history = readings(seed, dense)
    parts = [(row, np.array(sorted(mine), np.int32)) for row, mine in enumerate(members)]
    parts.append((len(members), None))
    edges = np.linspace(history.span_ns[0] - 10, history.span_ns[1] * 3 // 4, 17).astype(np.int64)
    found = counted(history, share_of(len(parts), parts), edges)
    assert (found == one_by_one(history, parts, len(parts), edges)).all()


def test_keyframes_count_rows_that_share_members():
    rng = np.random.default_rng(3)
    count = 4000                                   # so many datastreams with stamps of their own make no cube
    times = np.sort(rng.choice(10**12, 20_000, replace=False)).astype(np.int64)
    streams = rng.integers(0, count, 20_000).astype(np.int32)
    history = build(streams, times, np.ones(20_000, np.float32), count)[0]
    assert isinstance(history, Keyframes)
    parts = [(0, np.arange(0, 100)), (1, np.arange(50, 150)), (2, np.arange(140, 160)), (3, None)]
    edges = np.linspace(0, 10**12, 9).astype(np.int64)
    found = counted(history, share_of(4, parts), edges)
    assert (found == one_by_one(history, parts, 4, edges)).all() and found[3].sum() == 20_000


def test_a_vehicle_counts_where_its_fixes_are():
    """Ten fixes, of which the first four lie in one zone and the rest in another."""
    times = np.arange(10, dtype=np.int64) * 1_000_000_000
    positions = np.stack([np.arange(10.0), np.zeros(10), np.zeros(10)], axis=1)
    motion, _ = motion_of(np.zeros(10, np.int32), times, positions, 1)
    share = share_of(2, [(0, np.arange(4)), (1, np.arange(4, 10))])
    edges = np.array([0, 5, 10], np.int64) * 1_000_000_000
    assert counted(motion, share, edges).tolist() == [[4, 0], [1, 5]]


def test_of_a_store_cubes_and_what_is_not_sealed_are_counted(tmp_path):
    request = Request(source=Source(path=str(made_store.made(tmp_path / "store", hot=True))), kind="sensors",
                      frame=Frame())
    history = store_reader.read(request, Progress()).history
    parts = [(0, np.array([0])), (1, np.array([1])), (2, np.array([0, 1])), (3, None)]
    edges = (made_store.FIRST + np.arange(0, 14)) * DAY
    expected = [[4] * 11 + [0, 0], [4] * 11 + [0, 0], [8] * 11 + [0, 0], [8] * 11 + [0, 0]]
    assert counted(history, share := share_of(4, parts), edges).tolist() == expected
    assert counted(history, share, edges).tolist() == expected and history.coverage(edges).tolist() == expected[3]


def test_of_what_is_not_sealed_one_knows_how_often_it_reports(tmp_path):
    """Else the ribbon's bins are shorter than the distance of live readings, and it looks like a comb."""
    with Writer(tmp_path / "store") as writer:
        writer.append(made_store.days_batch(range(2)), made_store.STREAMS)
    request = Request(source=Source(path=str(tmp_path / "store")), kind="sensors", frame=Frame())
    history = store_reader.read(request, Progress()).history
    assert history.interval_ns.tolist() == [6 * HOUR, 6 * HOUR]


@pytest.mark.parametrize("members", [np.zeros(0, np.int32), np.arange(9)])
def test_nobody_and_everybody(members):
    history = readings(1, True)
    edges = np.array([history.span_ns[0], history.span_ns[1] + 1], np.int64)
    found = counted(history, share_of(1, [(0, members)]), edges)
    assert found[0, 0] == (int(history.counts[-1]) if len(members) else 0)
