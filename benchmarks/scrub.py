"""The slider over a day and over months: an update of 220,000 sensors without drawing, in CPU time, against copying
their values. Readings come from mapped cubes, as in the window."""

from __future__ import annotations

import json
import os
import tempfile
import time
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("GALLIUM_NOOP", "1")

import numpy as np

SENSORS, DAYS, PER_DAY, UPDATES = 220_000, 30, 4, 120
LEAST_HZ, MOST_MS = 60, 4.0
START_US = 1_784_044_800_000_000


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        payload = _payload(Path(folder) / "months.history")
        start_ns, end_ns = payload.history.span_ns
        day = 86_400_000_000_000
        middle = (start_ns + end_ns) // 2
        found = {"one_day": _scrubbed(payload, middle, middle + day), "months": _scrubbed(payload, start_ns, end_ns)}
    print(json.dumps({"name": "scrub", "sensors": SENSORS, "days": DAYS, "most_ms": MOST_MS, **found,
                      "months_over_day": round(found["months"]["cpu_ms"] / found["one_day"]["cpu_ms"], 2)}))


def _scrubbed(payload, first_ns: int, last_ns: int) -> dict:
    """CPU milliseconds of updates spread over a span, there and back."""
    from layers.base import Moment
    from layers.sensor_points import SensorPoints
    from layers.view import offscreen
    from tests.layers.made_stage import MadeAssets
    from twin.document import Document
    layer = SensorPoints(id="s", name="s", stale_minutes=7 * 60.0)
    document, assets = Document(layers=(layer,)), MadeAssets({"s": payload})
    view = offscreen(1600, 1000)
    view.canvas.shader_tables = True                   # discarded draws would fail the probe
    view.frame(document, assets, Moment(now_ns=first_ns))
    there = np.linspace(first_ns, last_ns, UPDATES // 2, dtype=np.int64)
    costs, copies, kept = [], [], np.zeros(SENSORS, np.float32)
    for now in [*there.tolist(), *there[::-1].tolist()]:
        costs.append(_cpu_ms(view.stage.frame, document, assets, Moment(now_ns=now)))
        copies.append(_cpu_ms(np.copyto, kept, payload.history.latest_at(now)[0]))
    view.close()
    cpu_ms = float(np.median(costs))
    return {"cpu_ms": round(cpu_ms, 2), "cpu_ms_p95": round(float(np.percentile(costs, 95)), 2),
            "over_copy": round(cpu_ms / max(float(np.mean(copies)), 1e-3), 1),
            "share_of_a_core_at_60_hz": round(cpu_ms * LEAST_HZ / 1000.0, 2)}


def _payload(folder: Path):
    from twin.frame import Frame
    from twin.history import store_reader
    from twin.history.store import connection
    from twin.history.writer import Writer
    from twin.layer import Source
    from twin.readers import Progress, Request
    from twin.sensors import Datastream
    streams = [Datastream(id=f"s{n:06d}", property="heat") for n in range(SENSORS)]
    with Writer(folder) as writer, connection() as con:
        con.execute(f"""CREATE TABLE staged AS SELECT format('s{{:06d}}', s) AS datastream,
            {START_US} + {86_400_000_000 // PER_DAY} * k AS t, 20 + random() AS value, 0::TINYINT AS quality
            FROM range({SENSORS}) a(s), range({DAYS * PER_DAY}) b(k) ORDER BY datastream, t""")
        writer.add(con, streams)
    read = store_reader.read(Request(source=Source(path=str(folder)), kind="sensors", frame=Frame()), Progress())
    positions = np.random.default_rng(7).uniform(-8000, 8000, (SENSORS, 3)).astype(np.float32)
    return replace(read, positions=positions)


def _cpu_ms(work, *arguments) -> float:
    begin = time.process_time()
    work(*arguments)
    return (time.process_time() - begin) * 1000.0


if __name__ == "__main__":
    main()
