"""What the screen asks of a store, against looking at every reading."""

from __future__ import annotations

import gc
import itertools
import pickle
import weakref

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from twin.data import Sensors
from twin.frame import Frame
from twin.history import cubes, store_reader, stored
from twin.history.store import Store
from twin.history.writer import Writer
from twin.layer import Source
from twin.readers import Progress, Request
from twin.sensors import SUSPECT, Batch, Datastream
from twin.times import DAY, HOUR, MINUTE, SECOND

BASE = 20_000 * DAY                                        # a midnight in UTC
STREAMS = [Datastream(id=f"s{n}", property="heat" if n < 3 else "noise") for n in range(5)]
INSTANTS = st.one_of(st.integers(0, 40).map(lambda k: BASE + k * 2 * HOUR),
                     st.integers(0, 4 * DAY // SECOND).map(lambda k: BASE + k * SECOND))
VALUES = st.floats(-100, 100, width=32).map(lambda v: v + 0.0)              # no -0.0
READINGS = st.lists(st.tuples(st.integers(0, 4), INSTANTS, VALUES), min_size=1, max_size=25)


@pytest.fixture(autouse=True)
def periods_of_a_day(monkeypatch):
    monkeypatch.setattr(cubes, "PERIOD_READINGS", 1)


def read(folder) -> Sensors:
    request = Request(source=Source(path=str(folder)), kind="sensors", frame=Frame())
    return store_reader.read(request, Progress())


def batch(readings) -> Batch:
    streams, times, values = zip(*readings)
    return Batch(ids=tuple(s.id for s in STREAMS), streams=np.array(streams, np.int32),
                 times_ns=np.array(times, np.int64), values=np.array(values, np.float64))


def brute(kept, id, now):
    mine = [(t, v) for (stream, t), v in kept.items() if stream == id and t <= now]
    return max(mine) if mine else None


@settings(max_examples=10, deadline=None)
@given(rounds=st.lists(st.tuples(READINGS, st.booleans()), min_size=1, max_size=2), nows=st.lists(INSTANTS, min_size=3,
                                                                                               max_size=6))
def test_latest_at_equals_brute_force(tmp_path_factory, rounds, nows):
    folder, kept = tmp_path_factory.mktemp("cubes") / "x.history", {}
    with Writer(folder) as writer:
        for readings, seal in rounds:
            for stream, t, value in readings:
                kept.setdefault((f"s{stream}", t), value)              # the first one counts
            writer.append(batch(readings), STREAMS)
            if seal:
                writer.seal()
            sensors = read(folder)
            history = pickle.loads(pickle.dumps(sensors.history))      # as it comes from a worker
            ids = sensors.features.column("id").to_pylist()
            for now in [*nows, BASE + 9 * DAY, BASE - 1]:
                values, ages = history.latest_at(now)
                for row, id in enumerate(ids):
                    found = brute(kept, id, now)
                    assert ages[row] == (now - found[0] if found else -1)
                    np.testing.assert_equal(values[row], np.float32(found[1] if found else np.nan))
                for stale_ns in (0, 5 * HOUR, 3 * DAY):
                    fresh = np.where((ages >= 0) & (ages <= stale_ns), values, np.float32(np.nan))
                    np.testing.assert_array_equal(history.fresh_at(now, stale_ns), fresh)
            edges = np.array(sorted({BASE, BASE + DAY, *nows, BASE + 9 * DAY}), np.int64)
            times = np.array([t for _, t in kept])
            assert history.coverage(edges).tolist() == [int(((times >= a) & (times < b)).sum())
                                                        for a, b in itertools.pairwise(edges)]
            for now in nows:
                assert history.reading_until(now) == max((t for t in times.tolist() if t <= now), default=None)
                assert history.reading_after(now) == min((t for t in times.tolist() if t > now), default=None)
            for row, id in enumerate(ids):
                mine = sorted((t, v) for (stream, t), v in kept.items() if stream == id)
                assert list(zip(*(a.tolist() for a in history.series(row)))) == [(t, np.float32(v)) for t, v in mine]


def days(folder, property="heat"):
    lane = next(x for x in read(folder).history.lanes if x.property == property)
    return [path.rsplit("/", 1)[-1] for path in lane.folders]


def test_a_late_reading_rebuilds_only_its_own_day(tmp_path):
    folder = tmp_path / "x.history"
    with Writer(folder) as writer:
        writer.append(batch([(n, BASE + day * DAY + n * HOUR, 1.0) for n in range(5) for day in range(4)]), STREAMS)
        writer.seal()
        before, noise = days(folder), days(folder, "noise")
        writer.append(batch([(1, BASE + DAY + 5 * HOUR, 7.0)]))
        writer.seal()
    after = days(folder)
    assert [a == b for a, b in zip(before, after)] == [True, False, True, True] and days(folder, "noise") == noise
    values, ages = read(folder).history.latest_at(BASE + 2 * DAY)              # held into the next day
    assert values[1] == 7.0 and ages[1] == 19 * HOUR


def test_cubes_may_be_deleted_and_new_datastreams_come_later(tmp_path):
    import shutil
    folder = tmp_path / "x.history"
    with Writer(folder) as writer:
        writer.append(batch([(0, BASE, 1.0)]), STREAMS[:1])
        writer.seal()
        read(folder)
        new = Batch(ids=("late",), streams=np.zeros(1, np.int32), times_ns=np.array([BASE + DAY]),
                    values=np.array([2.0]))
        writer.append(new, [Datastream(id="late", property="heat")])
        writer.seal()
    values, _ = read(folder).history.latest_at(BASE)
    ids = read(folder).features.column("id").to_pylist()
    assert values[ids.index("s0")] == 1.0 and np.isnan(values[ids.index("late")])
    shutil.rmtree(folder / "cubes")
    assert read(folder).history.latest_at(BASE + DAY + MINUTE)[0][ids.index("late")] == 2.0


def test_suspect_readings_are_in_no_cube_and_are_told_all_the_same(tmp_path):
    folder = tmp_path / "x.history"
    with Writer(folder) as writer:
        writer.append(batch([(0, BASE, 1.0), (1, BASE, 2.0)]), STREAMS[:2])
        for seal in (True, False):                                 # one sealed, one hot
            late = Batch(ids=(f"s{int(seal)}",), streams=np.zeros(1, np.int32), times_ns=np.array([BASE + HOUR]),
                         values=np.array([99.0]), quality=np.array([SUSPECT], np.int8))
            writer.append(late)
            if seal:
                writer.seal()
    history = read(folder).history
    assert history.latest_at(BASE + 2 * HOUR)[0][:2].tolist() == [1.0, 2.0]
    assert history.suspects.latest_at(BASE + 2 * HOUR)[1][:2].tolist() == [HOUR, HOUR]
    assert history.suspects.latest_at(BASE)[1][:2].tolist() == [-1, -1]


def test_only_the_latest_cubes_stay_mapped(tmp_path, monkeypatch):
    folder, mapped = tmp_path / "x.history", []
    with Writer(folder) as writer:
        writer.append(batch([(0, BASE + day * DAY, float(day)) for day in range(12)]), STREAMS[:1])
        writer.seal()
    history = read(folder).history

    def load(folder):
        cube = cubes.load(folder)
        mapped.append(weakref.ref(cube))
        return cube
    monkeypatch.setattr(stored, "load", load)
    monkeypatch.setattr(stored, "MOST_MAPPED", 3)
    for day in [*range(12), *range(11, -1, -1), 11]:
        assert history.latest_at(BASE + day * DAY + HOUR)[0][0] == day
    gc.collect()
    assert sum(cube() is not None for cube in mapped) == 3
    before = len(mapped)
    history.latest_at(BASE + 11 * DAY + 2 * HOUR)
    assert len(mapped) == before                                    # the newest is not read again


def test_long_periods_for_sparse_readings():
    sparse = cubes._Periods.of([(day, 1, 24) for day in range(1000)])
    dense = cubes._Periods.of([(day, 1, 60_000_000) for day in range(30)])
    assert dense.days == 1 and len(dense.seqs) == 30
    assert sparse.days == 1                                                    # by the patched size of a period


def test_sensors_with_and_without_a_place(tmp_path):
    folder = tmp_path / "x.history"
    placed = [Datastream(id="s0", property="heat", x=618946.4432, y=3470454.803, crs="EPSG:4549", elevation_m=5.0),
              Datastream(id="s1", property="heat", x=121.25, y=31.35, crs="EPSG:4326"), Datastream(id="s2")]
    with Writer(folder) as writer:
        writer.append(batch([(n, BASE, 1.0) for n in range(3)]), placed)
    sensors = read(folder)
    assert sensors.positions[0].tolist() == pytest.approx([1946.4432, -545.197, 5.0], abs=0.01)
    assert sensors.positions[1, :2].tolist() == pytest.approx([1946.4432, -545.197], abs=0.01)
    lost = sensors.features.column("id").to_pylist().index("s2")
    assert np.isnan(sensors.positions[lost]).all() and "without" not in sensors.notes and len(sensors.positions) == 5
    info, = store_reader.inspect(folder, Source(path=str(folder)))
    assert info.count == 5 and info.extra["readings"] == 3
    with Store(folder) as store:
        assert store.latest(BASE + SECOND)["s1"] == (BASE, 1.0)
