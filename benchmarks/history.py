"""All sensors at an instant: 220,000 datastreams x 288 steps in memory, against copying their values."""

from __future__ import annotations

import json
import time

import numpy as np

from twin.history.replay import build
from twin.times import DAY, MINUTE

SENSORS, STEPS, ROUNDS = 220_000, 288, 400
START_NS = 1_784_044_800_000_000_000


def main() -> None:
    rng = np.random.default_rng(0)
    streams = np.tile(np.arange(SENSORS, dtype=np.int32), STEPS)
    times = np.repeat(START_NS + 5 * MINUTE * np.arange(STEPS), SENSORS)
    begin = time.perf_counter()
    history, _ = build(streams, times, rng.random(SENSORS * STEPS, np.float32), SENSORS)
    build_secs = time.perf_counter() - begin
    instants = START_NS + rng.integers(0, DAY, ROUNDS)
    latest, copy = [], []
    for instant in instants:                        # in turns, so that both meet the same machine
        latest.append(_millis(history.latest_at, instant))
        row = history.held[rng.integers(0, STEPS)]
        copy.append(_millis(row.copy))
    latest_ms, copy_ms = float(np.median(latest)), float(np.median(copy))
    print(json.dumps({"name": "history", "latest_at_ms": round(latest_ms, 3), "copy_ms": round(copy_ms, 3),
                      "ratio": round(latest_ms / copy_ms, 1), "build_s": round(build_secs, 1)}))


def _millis(work, *arguments) -> float:
    begin = time.perf_counter()
    work(*arguments)
    return (time.perf_counter() - begin) * 1000.0


if __name__ == "__main__":
    main()
