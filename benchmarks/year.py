"""The replay of a year of a district, by one process and by two workers of a Dask cluster; then a late reading."""

from __future__ import annotations

import json
import shutil
import tempfile
import time
from pathlib import Path

import numpy as np

from twin.crew import DaskCrew, LocalCrew
from twin.history.cube_work import build_all
from twin.history.cubes import lanes_of
from twin.history.store import Store, connection
from twin.history.stored import StoredHistory
from twin.history.writer import Writer
from twin.readers import Progress
from twin.sensors import Batch, Datastream
from twin.times import DAY

SENSORS, DAYS, PER_DAY = 300, 365, 288
FIRST = 20_454                                              # 2026-01-01
ROUNDS = 200


def main() -> None:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "year.history"
        _make(folder)
        one = _built(folder, LocalCrew(1))
        shutil.rmtree(folder / "cubes")
        two = _on_cluster(folder)
        with Writer(folder) as writer:
            writer.append(Batch(ids=("s1",), streams=np.zeros(1, np.int32), values=np.array([1.0]),
                                times_ns=np.array([(FIRST + 40) * DAY + 1_000_000])))
            writer.seal()
        late = _built(folder, LocalCrew(1))
        print(json.dumps({"name": "year", "readings": two["readings"], "pieces": two["pieces"],
                          "one_process_s": one["secs"], "dask_two_workers_s": two["secs"],
                          "after_a_late_reading": {"built": late["built"], "s": late["secs"]},
                          "latest_at_ms": _scrubbed(folder)}))


def _make(folder: Path) -> None:
    streams = [Datastream(id=f"s{n}", property="heat") for n in range(SENSORS)]
    with Writer(folder) as writer:
        for first in range(0, DAYS, 30):
            days = min(30, DAYS - first)
            with connection(folder.parent) as con:
                con.execute(f"""CREATE TABLE staged AS SELECT 's' || s AS datastream,
                    ({FIRST + first} * 86400 + k * {86400 // PER_DAY}) * 1000000 AS t,
                    round(20 + 5 * sin(k / 40) + random(), 2) AS value, 0::TINYINT AS quality
                    FROM range({SENSORS}) a(s), range({days * PER_DAY}) b(k) ORDER BY datastream, t""")
                writer.add(con, streams)


def _built(folder: Path, crew) -> dict:
    try:
        return build_all(folder, crew, Progress())
    finally:
        crew.close()


def _on_cluster(folder: Path) -> dict:
    from distributed import LocalCluster
    with LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster:
        return _built(folder, DaskCrew(cluster.scheduler_address))


def _scrubbed(folder: Path) -> float:
    """Median of instants all over the year, after a first look at each of its cubes."""
    with Store(folder) as store:
        lanes, _ = lanes_of(store, store.look(), Progress())
    history = StoredHistory(lanes=tuple(lanes), span_ns=(FIRST * DAY, (FIRST + DAYS) * DAY), revision=1)
    instants = (FIRST * DAY + np.random.default_rng(0).integers(0, DAYS * DAY, ROUNDS)).tolist()
    for instant in instants:
        history.latest_at(instant)
    took = []
    for instant in instants:
        begun = time.perf_counter()
        history.latest_at(instant)
        took.append((time.perf_counter() - begun) * 1000)
    return round(float(np.median(took)), 3)


if __name__ == "__main__":
    main()
