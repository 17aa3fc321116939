"""An idle frame: what one tick of the loop costs when nothing differs, against a tick that renders."""

from __future__ import annotations

import json
import os
import statistics
import time
from pathlib import Path

os.environ.setdefault("GALLIUM_NOOP", "1")             # discard draws: what is left is our own cost

SAMPLE = Path(__file__).resolve().parents[1] / "data_samples" / "jiading.twin.json"


def main() -> None:
    from app.discover import layer_types
    from app.session import Session
    from layers.view import offscreen
    from twin.project import load
    layer_types()
    session = Session(load(SAMPLE))
    session.settle()
    view = offscreen(1600, 1000)
    view.frame(session.document, session.assets, session.moment())
    if session.view.camera:
        view.set_camera(session.view.camera)
    for _ in range(3):
        view.due = True
        view.frame(session.document, session.assets, session.moment())
    idle, stepped, turned = [], [], []
    for number in range(60):
        idle.append(_timed(lambda: (session.tick(0.016), view.frame(session.document, session.assets,
                                                                    session.moment()))))
        session.clock.now_ns += 300_000_000_000 if number % 2 else -300_000_000_000
        stepped.append(_timed(lambda: view.frame(session.document, session.assets, session.moment())))
        view.due = True
        turned.append(_timed(lambda: view.frame(session.document, session.assets, session.moment())))
    idle_ms, step_ms, turn_ms = (statistics.median(x) * 1000 for x in (idle, stepped, turned))
    print(json.dumps({"name": "idle_frame", "layers": len(session.document.layers), "idle_ms": round(idle_ms, 4),
                      "camera_ms": round(turn_ms, 3), "time_step_ms": round(step_ms, 3),
                      "idle_over_camera": round(idle_ms / turn_ms, 4)}))
    view.close()
    session.close()


def _timed(work) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
