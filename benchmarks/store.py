"""The store of readings: import, size, cube and slider, each against the plain way, in one run."""

from __future__ import annotations

import json
import shutil
import tempfile
import time
from pathlib import Path

import numpy as np

from twin.frame import Frame
from twin.history import store_reader
from twin.history.cubes import lanes_of
from twin.history.importing import bring
from twin.history.store import Store, connection, sealed_events
from twin.history.writer import Writer
from twin.layer import Source
from twin.readers import Progress, Request
from twin.sensors import Datastream
from twin.times import MINUTE

ROWS, SENSORS, STEPS, ROUNDS = 2_000_000, 220_000, 24, 200
CUBE_SENSORS, CUBE_STEPS, CUBE_ROUNDS = 10_000, 288, 5
START_US = 1_784_044_800_000_000


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        found = [*_import(Path(folder)), _cube(Path(folder) / "cube.history"), _slider(Path(folder) / "slider.history")]
    print(json.dumps({"name": "store", "parts": found}))


def _import(folder: Path) -> list[dict]:
    """Rows a second against DuckDB reading the same file; bytes against sorted zstd Parquet."""
    table = folder / "readings.csv"
    with connection() as con:
        con.execute(f"""COPY (SELECT strftime(make_timestamp({START_US} + 60000000 * (i // 1000)), '%Y-%m-%d %H:%M:%S')
            AS "time", 'sensor-' || (i % 1000) AS datastream, round(20 + 5 * sin(i / 9e4) + random(), 2) AS value
            FROM range({ROWS}) t(i)) TO '{table}' (HEADER)""")
        begin = time.perf_counter()
        con.execute(f"CREATE TABLE plain AS SELECT * FROM read_csv('{table}')")
        plain = time.perf_counter() - begin
        begin = time.perf_counter()
        report = bring(table, folder / "in.history", "Asia/Shanghai")
        ours = time.perf_counter() - begin
        con.execute(f"""COPY (SELECT datastream, "time"::TIMESTAMPTZ AS "time", value, 0::TINYINT AS quality FROM plain
            ORDER BY datastream, "time") TO '{folder}/sorted.parquet' (FORMAT parquet, COMPRESSION zstd)""")
    with Store(folder / "in.history") as store:
        size = store.describe()["bytes"]
    sorted_size = (folder / "sorted.parquet").stat().st_size
    return [{"name": "import", "rows": report.rows, "rows_per_s": round(ROWS / ours),
             "duckdb_rows_per_s": round(ROWS / plain), "ratio": round(ours / plain, 1)},
            {"name": "store_size", "bytes_per_reading": round(size / ROWS, 2),
             "sorted_parquet": round(sorted_size / ROWS, 2), "ratio": round(size / sorted_size, 3)}]


def _made(folder: Path, sensors: int, steps: int) -> None:
    """A store of regular readings; every sensor a little after the full five minutes."""
    streams = [Datastream(id=f"s{n:06d}", property="heat") for n in range(sensors)]
    with Writer(folder) as writer, connection() as con:
        con.execute(f"""CREATE TABLE staged AS SELECT format('s{{:06d}}', s) AS datastream,
            {START_US} + 300000000 * k AS t, 20 + random() AS value, 0::TINYINT AS quality
            FROM range({sensors}) a(s), range({steps}) b(k) ORDER BY datastream, t""")
        writer.add(con, streams)


def _cube(folder: Path) -> dict:
    """Building the replay of a day against asking SQL for every step with an ASOF join, in turns; both by the clock and
    by what the processor worked, of which a machine that does other things as well says more."""
    _made(folder, CUBE_SENSORS, CUBE_STEPS)
    ours, asof = [], []
    with Store(folder) as store, connection() as con:
        look = store.look()
        events = sealed_events(look.sealed, START_US, START_US + 86_400_000_000)
        for _ in range(CUBE_ROUNDS):
            shutil.rmtree(folder / "cubes", ignore_errors=True)
            ours.append(_secs(lanes_of, store, look, Progress()))
            asof.append(_secs(con.execute, f"""CREATE OR REPLACE TABLE cube AS SELECT steps.datastream, steps.t, e.value
                FROM (SELECT * FROM (SELECT DISTINCT datastream FROM ({events})),
                 (SELECT {START_US} + 300000000 * k AS t FROM range({CUBE_STEPS}) r(k))) steps
                ASOF JOIN ({events}) e ON steps.datastream = e.datastream AND steps.t >= e.t"""))
    (cube_s, cube_cpu), (asof_s, asof_cpu) = np.median(ours, axis=0), np.median(asof, axis=0)
    return {"name": "cube_build", "readings": CUBE_SENSORS * CUBE_STEPS, "cube_s": round(float(cube_s), 3),
            "asof_s": round(float(asof_s), 2), "ratio": round(float(asof_s / cube_s), 1),
            "cube_cpu_s": round(float(cube_cpu), 3),
            "asof_cpu_s": round(float(asof_cpu), 2), "cpu_ratio": round(float(asof_cpu / cube_cpu), 1)}


def _secs(work, *arguments) -> tuple[float, float]:
    """By the clock, and of the processor with all its threads."""
    begin, worked = time.perf_counter(), time.process_time()
    work(*arguments)
    return time.perf_counter() - begin, time.process_time() - worked


def _slider(folder: Path) -> dict:
    """What all sensors say at an instant, from mapped cubes, against copying as many values."""
    _made(folder, SENSORS, STEPS)
    request = Request(source=Source(path=str(folder)), kind="sensors", frame=Frame())
    history = store_reader.read(request, Progress()).history
    row = np.random.default_rng(0).random(SENSORS, np.float32)
    instants = START_US * 1000 + np.random.default_rng(1).integers(0, 5 * STEPS * MINUTE, ROUNDS)
    latest, copy = [], []
    for instant in instants.tolist():
        latest.append(_millis(history.latest_at, instant))
        copy.append(_millis(row.copy))
    latest_ms, copy_ms = float(np.median(latest)), float(np.median(copy))
    return {"name": "store_step_220k", "latest_at_ms": round(latest_ms, 3), "copy_ms": round(copy_ms, 3),
            "ratio": round(latest_ms / copy_ms, 1)}


def _millis(work, *arguments) -> float:
    begin = time.perf_counter()
    work(*arguments)
    return (time.perf_counter() - begin) * 1000.0


if __name__ == "__main__":
    main()
