"""A flight over a baked city: what a step costs the window's thread, how long tiles take, and whether memory stays.

`python -m benchmarks.fly 10` flies ten minutes. The city is the sample's buildings six times side by side. Each step is
drawn into a small picture, which is not timed; tiles are chosen as for a window of 1000 rows.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np

STEPS, MEMORY_MB = 240, 192               # positions of one round, memory for tiles
MINUTES = 1.0                             # at least, unless the command says otherwise; three rounds in any case
LEAST_ROUNDS = 3
SIZE, ROWS = (320, 200), 1000


def main() -> None:
    minutes = float(sys.argv[1]) if len(sys.argv) > 1 else MINUTES
    with baked_city() as (session, view, streaming):
        print(json.dumps({"name": "fly", **_flown(session, view, streaming, minutes)}))


@contextmanager
def baked_city():
    """A session with the city as its only layer, a view of it, and what streams it."""
    from app.adding import add_files
    from app.discover import layer_types
    from app.session import Session
    from app.streaming import Streaming
    from benchmarks.bake import SAMPLES, copies
    from cim.bake.run import Order, bake
    from layers.view import offscreen
    from twin.readers import Progress
    layer_types()
    with tempfile.TemporaryDirectory() as folder:
        copies(Path(folder) / "city.fgb")
        bake(Order(inputs=(str(Path(folder) / "city.fgb"), str(SAMPLES / "terrain.tif")), out=f"{folder}/out"),
             Progress())
        session, view = Session(), offscreen(*SIZE)
        try:
            add_files(session, [Path(folder) / "out" / "tileset.json"])
            session.settle()
            layer = session.document.layers[0]
            session.edits.commit(session.document.with_layer(replace(layer, memory_mb=MEMORY_MB)), "Memory")
            yield session, view, Streaming(session)
        finally:
            view.close()
            session.close()


def _flown(session, view, streaming, minutes: float) -> dict:
    import psutil

    from twin.camera import Camera
    box = session.asset(session.document.layers[0].id).payload.box
    process, ticks, held, rss, waits = psutil.Process(), [], [], [], []
    number, begin = 0, time.monotonic()
    while number % STEPS or number < LEAST_ROUNDS * STEPS or time.monotonic() - begin < 60.0 * minutes:
        share = number % STEPS / STEPS
        x = box[0] + (box[3] - box[0]) * (0.5 - 0.45 * np.cos(2 * np.pi * share))
        y = box[1] + (box[4] - box[1]) * (0.5 + 0.3 * np.sin(4 * np.pi * share))
        distance = 400.0 * 12.0 ** (0.5 + 0.5 * np.cos(6 * np.pi * share))
        view.set_camera(Camera.looking_at((x, y, 10.0), distance=float(distance), azimuth_deg=360 * share, tilt_deg=50))
        for _ in range(4):                               # four ticks between two positions
            start = time.perf_counter()
            session.tick(0.016)
            changed = view.stage.frame(session.document, session.assets, session.moment())
            streaming.tick(sight_of(view), view.stage.ground)
            ticks.append((time.perf_counter() - start) * 1000.0)
            if changed:
                view.render(session.document, session.moment())
            time.sleep(0.012)
        flow = next(iter(streaming._flows.values()))
        held.append(flow.stream.held_bytes / 2**20)
        waits.append(len(flow.choice.wanted))
        rss.append(process.memory_info().rss / 2**20)
        number += 1
    rounds = np.array(rss).reshape(-1, STEPS).max(axis=1)
    return {"positions": number, "minutes": round((time.monotonic() - begin) / 60, 1),
            "tick_ms_p50": round(float(np.median(ticks)), 2),
            "tick_ms_p95": round(float(np.percentile(ticks, 95)), 1), "tick_ms_worst": round(max(ticks), 1),
            "tiles_mb_most": round(max(held), 1), "tiles_mb_allowed": MEMORY_MB,
            "positions_with_all_tiles": round(float(np.mean(np.array(waits) == 0)), 2),
            "memory_mb_of_each_round": [round(float(v)) for v in rounds]}


def sight_of(view):
    sight = view.canvas.ground.sight()
    return replace(sight, pixels=sight.pixels * ROWS / SIZE[1])


if __name__ == "__main__":
    main()
