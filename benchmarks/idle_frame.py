"""An idle frame: what one tick of the window's loop costs when nothing differs, against ticks that render."""

from __future__ import annotations

import json
import os
import statistics
import time

os.environ.setdefault("GALLIUM_NOOP", "1")             # discard draws: what is left is our own cost

from benchmarks._sample import SAMPLE, close, empty_window, settle

ROUNDS = 40
STEP_NS = 300_000_000_000
QUIET_TICKS = 10


def main() -> None:
    window = empty_window(1440, 900)
    window.viewport.canvas.shader_tables = True        # discarded draws would fail the probe
    window.filing.open_project(SAMPLE)
    settle(window)
    loop, session, view = window.loop, window.session, window.viewport.view
    loop.shading = ()                                       # a bake would come back in the middle of an idle tick
    idle, stepped, turned = [], [], []
    for number in range(ROUNDS):
        session.clock.go_to(session.clock.now_ns + (STEP_NS if number % 2 else -STEP_NS))
        stepped.append(_timed(loop, 1))
        view.due = True
        turned.append(_timed(loop, 1))
        _rest(loop)
        idle += [_timed(loop, 0) for _ in range(5)]
    idle_ms, step_ms, turn_ms = (statistics.median(x) * 1000 for x in (idle, stepped, turned))
    print(json.dumps({"name": "idle_frame", "layers": len(session.document.layers), "idle_ms": round(idle_ms, 3),
                      "idle_worst_ms": round(max(idle) * 1000, 3), "camera_ms": round(turn_ms, 3),
                      "time_step_ms": round(step_ms, 3), "idle_over_camera": round(idle_ms / turn_ms, 4)}))
    close(window)


def _rest(loop) -> None:
    """What comes in over several frames, or was computed beside them, is there."""
    quiet = 0
    while quiet < QUIET_TICKS:
        before = loop.frames
        loop.tick()
        quiet = quiet + 1 if loop.frames == before else 0
        time.sleep(0.01)


def _timed(loop, renders: int) -> float:
    """Seconds of one tick, which must have rendered as often as it should."""
    before, start = loop.frames, time.perf_counter()
    loop.tick()
    took = time.perf_counter() - start
    if loop.frames - before != renders:
        raise SystemExit(f"A tick rendered {loop.frames - before} times instead of {renders}.")
    return took


if __name__ == "__main__":
    main()
