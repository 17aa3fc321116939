"""Scrubbing through a quarter of a year of a district's sensors against scrubbing through one of its days."""

from __future__ import annotations

import json
import tempfile
import time
from pathlib import Path

import numpy as np

from twin.frame import Frame
from twin.history import store_reader
from twin.history.store import connection
from twin.history.stored import StoredHistory
from twin.history.writer import Writer
from twin.layer import Source
from twin.readers import Progress, Request
from twin.sensors import Datastream
from twin.times import DAY

SENSORS, DAYS, PER_DAY, AT_ONCE = 5_000, 90, 96, 15
FIRST = 20_454                                              # 2026-01-01
STEPS = 400


def main() -> None:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "months.history"
        _make(folder)
        begun = time.process_time()
        history = _opened(folder)
        built_cpu_s = time.process_time() - begun
        day = _steps(_opened(folder), FIRST + 40, 1)
        months = _steps(_opened(folder), FIRST, DAYS)
        again = _steps(history, FIRST, DAYS)
        print(json.dumps({"name": "months", "readings": SENSORS * DAYS * PER_DAY, "days": DAYS, "sensors": SENSORS,
                          "cubes_cpu_s": round(built_cpu_s, 1), "day_ms": day, "months_first_ms": months,
                          "months_ms": again, "ratio": round(again["p50"] / day["p50"], 2)}))


def _make(folder: Path) -> None:
    streams = [Datastream(id=f"s{n}", property="heat") for n in range(SENSORS)]
    with Writer(folder) as writer:
        for first in range(0, DAYS, AT_ONCE):
            with connection(folder.parent) as con:
                con.execute(f"""CREATE TABLE staged AS SELECT 's' || s AS datastream,
                    ({FIRST + first} * 86400 + k * {86400 // PER_DAY} + s % 60) * 1000000 AS t,
                    round(20 + 5 * sin(k / 40) + random(), 2) AS value, 0::TINYINT AS quality
                    FROM range({SENSORS}) a(s), range({AT_ONCE * PER_DAY}) b(k) ORDER BY datastream, t""")
                writer.add(con, streams)


def _opened(folder: Path) -> StoredHistory:
    request = Request(source=Source(path=str(folder)), kind="sensors", frame=Frame())
    return store_reader.read(request, Progress()).history


def _steps(history: StoredHistory, first: int, days: int) -> dict:
    """Processor's milliseconds of steps from one end to the other and of jumps all over, as a hand drags the slider."""
    even = np.linspace(first * DAY, (first + days) * DAY - 1, STEPS)
    jumps = first * DAY + np.random.default_rng(0).random(STEPS) * days * DAY
    took = []
    for instant in np.concatenate([even, jumps]).astype(np.int64).tolist():
        begun = time.process_time()
        history.latest_at(instant)
        took.append((time.process_time() - begun) * 1000)
    return {name: round(float(np.percentile(took, share)), 3) for name, share in
            (("p50", 50), ("p95", 95), ("worst", 100))}


if __name__ == "__main__":
    main()
