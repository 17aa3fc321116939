"""A step of time for 450 and 10,000 vehicles with trails: places, colours and points, against np.interp for each."""

from __future__ import annotations

import json
import os
import statistics
import time

os.environ.setdefault("GALLIUM_NOOP", "1")             # discard draws: what is left is our own cost

import numpy as np

COUNTS, FIXES, STEPS = (450, 10_000), 600, 40          # fixes at 1 Hz: ten minutes
TRAIL_SECS = 60.0


def main() -> None:
    found = {"name": "vehicles", "fixes_each": FIXES, "trail_s": TRAIL_SECS}
    for count in COUNTS:
        found |= {f"{name}_{count}": value for name, value in _measured(count).items()}
    print(json.dumps(found))


def _measured(count: int) -> dict[str, float]:
    from layers.base import Moment
    from layers.vehicles import Vehicles
    from layers.view import offscreen
    from tests.layers.made_stage import MadeAssets
    from twin.document import Document
    payload = _payload(count)
    layer = Vehicles(id="v", name="v", trail_secs=TRAIL_SECS, gap_secs=5.0)
    document, assets = Document(layers=(layer,)), MadeAssets({"v": payload})
    view = offscreen(1600, 1000)
    view.canvas.shader_tables = True                   # discarded draws would fail the probe
    view.frame(document, assets, Moment(now_ns=100 * 10 ** 9))
    props = view.canvas.scene.GetViewProps().GetNumberOfItems()
    step, update, each = [], [], []
    for k in range(STEPS):                              # in turns, so that all meet the same machine
        now = round((101 + k * 1.1) * 10 ** 9)
        step.append(_millis(view.frame, document, assets, Moment(now_ns=now)))
        update.append(_millis(payload.history.at, now, 5 * 10 ** 9, 60 * 10 ** 9))
        if k < 5:
            each.append(_millis(_one_by_one, payload.history, now))
    assert view.canvas.scene.GetViewProps().GetNumberOfItems() == props, "a step of time adds no object"
    view.close()
    step_ms, update_ms, each_ms = (statistics.median(x) for x in (step, update, each))
    return {"step_ms": round(step_ms, 2), "places_ms": round(update_ms, 3), "interp_each_ms": round(each_ms, 2),
            "interp_each_over_places": round(each_ms / update_ms, 1), "objects": props}


def _one_by_one(motion, now_ns: int) -> list[tuple[float, float]]:
    """What a loop over the vehicles would do."""
    out = []
    for first, last in zip(motion.offsets, motion.offsets[1:]):
        times = motion.times_ns[first:last]
        out.append(tuple(np.interp(now_ns, times, motion.positions[first:last, axis]) for axis in (0, 1)))
    return out


def _payload(count: int):
    import pyarrow as pa

    from twin.data import Tracks
    from twin.history.motion import motion_of
    random = np.random.default_rng(7)
    way = np.cumsum(random.uniform(0, 14, (count, FIXES)), axis=1)
    turn = random.uniform(0, 2 * np.pi, count)[:, None]
    start = random.uniform(-8000, 8000, (count, 2))
    points = np.stack([start[:, :1] + way * np.sin(turn), start[:, 1:] + way * np.cos(turn),
                       np.full((count, FIXES), np.nan)], axis=-1).reshape(-1, 3)
    motion, _ = motion_of(np.repeat(np.arange(count), FIXES), np.tile(np.arange(FIXES) * 10 ** 9, count), points, count)
    names = [str(n) for n in range(count)]
    features = pa.table({"id": names, "name": names, "mode": ["car"] * count, "property": ["Speed"] * count,
                         "unit": ["km/h"] * count})
    return Tracks(features=features, history=motion, count=count)


def _millis(work, *arguments) -> float:
    begin = time.perf_counter()
    work(*arguments)
    return (time.perf_counter() - begin) * 1000.0


if __name__ == "__main__":
    main()
