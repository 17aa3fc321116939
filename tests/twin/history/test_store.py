"""The store: nothing lost, nothing twice, whatever dies in between; readers see it from other processes."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from tests.twin.history.killing import ROOT, killed
from twin.history import batches
from twin.history.sealed import File, Sealed
from twin.history.store import Store
from twin.history.writer import Writer
from twin.sensors import Batch, Datastream
from twin.times import SECOND
from twin.trouble import Trouble

WORK = """
import numpy as np
from twin.sensors import Batch

store = Writer(folder)
times = np.arange(1000, dtype=np.int64) * 1_000_000_000
batch = Batch(ids=("a", "b"), streams=(np.arange(1000) % 2).astype(np.int32), times_ns=times, values=times / 1e9)
compacts = point.startswith("compact ")
if not compacts:
    arm(point)
store.append(batch)
if compacts:
    store.seal()
    arm(point.removeprefix("compact "))
    store.compact()
store.seal()
"""


def batch(*readings) -> Batch:
    """(datastream, seconds, value)…"""
    ids = tuple(dict.fromkeys(r[0] for r in readings))
    return Batch(ids=ids, streams=np.array([ids.index(r[0]) for r in readings], np.int32),
                 times_ns=np.array([r[1] * SECOND for r in readings], np.int64),
                 values=np.array([r[2] for r in readings], np.float64))


def said(store, id, **span):
    instants, values, _ = store.series(id, **span)
    return list(zip((instants // SECOND).tolist(), values.tolist()))


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "city.history"


def test_a_reading_is_kept_once_wherever_it_lies(folder):
    with Writer(folder) as writer:
        assert writer.append(batch(("a", 10, 1.5), ("b", 10, 2.0), ("a", 20, 3.0))) == 3
        assert writer.append(batch(("a", 10, 9.0))) == 0                      # repeats what is hot: the first counts
        assert said(writer, "a") == [(10, 1.5), (20, 3.0)]
        assert writer.seal() == 3
        assert writer.append(batch(("a", 20, 9.0), ("a", 5, 7.0))) == 2       # one is late, one is sealed already
        assert said(writer, "a") in ([(5, 7.0), (10, 1.5), (20, 3.0)], [(5, 7.0), (10, 1.5), (20, 9.0)])
        assert writer.seal() == 1
        assert said(writer, "a") == [(5, 7.0), (10, 1.5), (20, 3.0)]
        assert writer.compact() == 2 and writer.describe()["files"] == 1
        assert said(writer, "a") == [(5, 7.0), (10, 1.5), (20, 3.0)]
        assert writer.describe()["readings"] == 4


def test_series_and_latest_of_a_span(folder):
    with Writer(folder) as writer:
        writer.append(batch(("a", 10, 1.0), ("a", 20, 2.0), ("b", 15, 5.0)))
        writer.seal()
        writer.append(batch(("a", 30, 3.0)))
        assert said(writer, "a", first_ns=20 * SECOND, last_ns=30 * SECOND) == [(20, 2.0), (30, 3.0)]
        assert writer.latest(29 * SECOND) == {"a": (20 * SECOND, 2.0), "b": (15 * SECOND, 5.0)}
        assert writer.latest(9 * SECOND) == {}
        with pytest.raises(Trouble, match=r"no datastream called aa.*Similar"):
            writer.series("aa")


def test_other_engines_read_the_table_as_it_is(folder):
    from deltalake import DeltaTable
    with Writer(folder) as writer:
        writer.append(batch(("b", 10, 1.0), ("a", 20, 2.0)))
        writer.seal()
    table = DeltaTable(folder / "observations").to_pyarrow_table()
    assert table.column_names == ["datastream", "time", "value", "quality"]
    assert table.column("datastream").to_pylist() == ["a", "b"] and str(table.schema.field("time").type) == \
        "timestamp[us, tz=UTC]"


def test_what_is_known_of_a_datastream_grows(folder):
    with Writer(folder) as writer:
        writer.append(batch(("a", 10, 1.0)))
        writer.append(batch(("a", 11, 1.0)), [Datastream(id="a", unit="°C", x=1.0, y=2.0, crs="EPSG:4549")])
        writer.append(batch(("a", 12, 1.0)), [Datastream(id="a", name="Roof", more={"owner": "city"})])
        stream = writer.look().known[0].stream
    assert (stream.unit, stream.x, stream.name, stream.more) == ("°C", 1.0, "Roof", {"owner": "city"})


def test_one_writer_at_a_time_and_readers_beside_it(folder):
    with Writer(folder) as writer:
        writer.append(batch(("a", 10, 1.0)))
        with pytest.raises(Trouble, match="Another program"):
            Writer(folder, wait_secs=0.1)
        count = "import sys; from twin.history.store import Store; print(Store(sys.argv[1]).describe()['readings'])"
        done = subprocess.run([sys.executable, "-c", count, str(folder)], capture_output=True, text=True, cwd=ROOT,
                              check=True)
        assert done.stdout.strip() == "1"
    Writer(folder, wait_secs=0.1).close()


@pytest.mark.parametrize(("point", "kept"), [("arriving", 0), ("before files", 1000), ("before commit", 1000),
                                             ("after commit", 1000), ("striking", 1000), ("none", 1000),
                                             ("compact before commit", 1000), ("compact after commit", 1000)])
def test_kill_9_loses_nothing_and_doubles_nothing(folder, point, kept):
    with Writer(folder) as writer:
        writer.append(batch(("old", 1, 4.0)))
        writer.seal()
    killed(folder, point, WORK)
    with Store(folder) as store:                                      # a reader needs no repair to be right
        assert sum(len(said(store, id)) for id in ("a", "b") if store.look().number_of(id)) == kept
    with Writer(folder) as writer:
        assert bool(writer.repaired) == (point not in ("arriving", "none"))
        replaced = 2 if point == "compact after commit" else 0           # readers may still have them open
        assert len(writer.sealed.strays()) == replaced
        writer.seal()
        if kept:
            assert [t for t, _ in said(writer, "a")] == list(range(0, 1000, 2))
            assert [t for t, _ in said(writer, "b")] == list(range(1, 1000, 2))
        assert writer.describe()["readings"] == kept + 1 and said(writer, "old") == [(1, 4.0)]
    Writer(folder).close()
    with Writer(folder) as writer:
        assert writer.repaired == ()


def test_many_small_files_are_put_together(folder):
    with Writer(folder) as writer:
        for n in range(20):
            writer.append(batch(("a", n, float(n))))
            writer.seal()
        assert writer.describe()["files"] < 16 and said(writer, "a") == [(n, float(n)) for n in range(20)]


def test_a_writer_that_never_ends_lets_go_of_what_it_replaced(folder, monkeypatch):
    with Writer(folder) as writer:
        for n in range(18):
            writer.append(batch(("a", n, float(n))))
            writer.seal()
        assert len(writer.sealed.strays()) >= 15, "readers may have them open"
        monkeypatch.setattr(batches, "KEPT_SECS", -1.0)                # an hour later
        writer.append(batch(("a", 18, 18.0)))
        writer.seal()
        assert not writer.sealed.now().strays() and said(writer, "a") == [(n, float(n)) for n in range(19)]


def test_a_damaged_file_is_told(folder):
    with Writer(folder) as writer:
        writer.append(batch(("a", 10, 1.0)))
        writer.seal()
        path, = writer.folder.glob("observations/*.parquet")
    path.unlink()
    with Writer(folder) as writer:
        assert "1 reading cannot be read" in writer.repaired[0]


def test_a_folder_that_is_no_store(tmp_path):
    with pytest.raises(Trouble, match="no store"):
        Store(tmp_path)


def test_whoever_opens_the_table_reads_few_commits(tmp_path):
    """At the engine's own 100 a recorder gathered as many threads, one for each commit that it read again."""
    table = Sealed(tmp_path / "observations")
    table.create()
    for seq in range(1, 46):
        table.now().commit([File(f"batch-{seq}.parquet", 1, seq, seq, 100)], seq)
    checkpoints = sorted((tmp_path / "observations" / "_delta_log").glob("*.checkpoint.parquet"))
    assert len(checkpoints) == 2 and Sealed(table.folder).version == 45 and len(Sealed(table.folder).files) == 45
