"""One step of time for 220,000 sensors, against adding the mesh again and against copying the values alone."""

from __future__ import annotations

import json
import os
import statistics
import time

os.environ.setdefault("GALLIUM_NOOP", "1")             # discard draws: what is left is our own cost

import numpy as np

COUNT, STEPS = 220_000, 12


def main() -> None:
    parts = _parts()
    add_ms, add_with_frame_ms = _adding_again()
    step_ms = parts["update_ms"] + parts["frame_ms"]
    print(json.dumps({"name": "sensors", "sensors": COUNT, **{k: round(v, 3) for k, v in parts.items()},
                      "step_ms": round(step_ms, 3), "add_mesh_ms": round(add_ms, 3),
                      "add_mesh_step_ms": round(add_with_frame_ms, 3),
                      "add_mesh_over_step": round(add_with_frame_ms / step_ms, 1),
                      "step_over_copy": round(step_ms / parts["copy_ms"], 1),
                      "update_over_copy": round(parts["update_ms"] / parts["copy_ms"], 1)}))


def _payload():
    from twin.data import Sensors
    from twin.history.replay import build
    from twin.times import MINUTE
    random = np.random.default_rng(7)
    positions = random.uniform(-8000, 8000, (COUNT, 3)).astype(np.float32)
    positions[:, 2] = 5.0
    times = np.arange(STEPS, dtype=np.int64) * 5 * MINUTE
    streams = np.tile(np.arange(COUNT, dtype=np.int64), STEPS)
    values = random.uniform(0, 100, COUNT * STEPS).astype(np.float32)
    history, _ = build(streams, np.repeat(times, COUNT), values, COUNT)
    return Sensors(positions=positions, history=history, count=COUNT), times


def _parts() -> dict[str, float]:
    """Milliseconds of the parts of a step, and of what nothing could be faster than."""
    from layers.base import Moment
    from layers.sensor_points import SensorPoints, SensorVisual
    from layers.view import offscreen
    from twin.assets import READY, Asset
    from twin.frame import Frame
    from twin.ground import Ground
    payload, times = _payload()
    view = offscreen(1600, 1000)
    view.canvas.shader_tables = True                   # discarded draws would fail the probe
    layer, ground = SensorPoints(id="s", name="s", stale_minutes=60), Ground()
    asset = Asset((None, "sensors", Frame(), ""), READY, payload)
    visual = SensorVisual(view.canvas)
    visual.update(layer, asset, Moment(now_ns=int(times[0])), ground, frozenset({"layer", "asset"}))
    view.window.Render()
    copy, table, update, frame = [], [], [], []
    kept = np.zeros(COUNT, np.float32)
    values = payload.history.latest_at(int(times[0]))[0]
    for now in times[1:]:
        moment = Moment(now_ns=int(now))
        copy.append(_timed(lambda: np.copyto(kept, values)))
        update.append(_timed(lambda moment=moment: visual.update(layer, asset, moment, ground, frozenset({"time"}))))
        frame.append(_timed(view.window.Render))
        table.append(_timed(lambda: visual.marks.table.set(visual.marks.table.colors)))
    view.close()
    return {name: statistics.median(x) * 1000 for name, x in
            (("copy_ms", copy), ("table_ms", table), ("update_ms", update), ("frame_ms", frame))}


def _adding_again() -> tuple[float, float]:
    """Milliseconds of `add_mesh` for the same points and values in pyvista, without and with its frame."""
    import pyvista
    random = np.random.default_rng(7)
    points = random.uniform(-8000, 8000, (COUNT, 3)).astype(np.float32)
    plotter = pyvista.Plotter(off_screen=True, window_size=(1600, 1000))
    cloud = pyvista.PolyData(points)
    add, both = [], []
    for step in range(STEPS):
        cloud["value"] = random.uniform(0, 100, COUNT).astype(np.float32)
        start = time.perf_counter()
        plotter.add_mesh(cloud, scalars="value", name="sensors", point_size=9, clim=(0, 100), render=False,
                         show_scalar_bar=False)
        added = time.perf_counter()
        plotter.render_window.Render()
        if step:
            add.append(added - start)
            both.append(time.perf_counter() - start)
    plotter.close()
    return statistics.median(add) * 1000, statistics.median(both) * 1000


def _timed(work) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
