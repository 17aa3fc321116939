"""Tiles of a baked city: how long one takes from being asked for until it is drawn, and what a swap costs a frame.

The camera comes down at several places of the city. A swap is a frame of the window's thread in which tiles take the
place of the one above them: choosing, making meshes of the renderer, and drawing, with what is sent to the card. Its
floor is the same picture drawn once more. Floors of reading a tile: its file loaded by trimesh, and its bare bytes.
"""

from __future__ import annotations

import io
import json
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

PLACES = ((0.12, 0.4), (0.3, 0.6), (0.5, 0.5), (0.7, 0.4), (0.88, 0.6))     # shares of the city's box
FROM_M, TO_M, STEPS = 12_000.0, 250.0, 24             # distances of the camera, and how many
WAIT_SECS = 20.0                                      # for all that one position needs
READ_AGAIN = 60                                       # tiles, for the floors


@dataclass
class Log:
    wants: dict = field(default_factory=dict)         # node -> what was asked for
    asked: dict = field(default_factory=dict)         # node -> seconds
    here: dict = field(default_factory=dict)
    drawn: dict = field(default_factory=dict)
    swaps: list = field(default_factory=list)         # ms: our own, its processor, with drawing, same again; tiles
    ticks: list = field(default_factory=list)         # processor ms of frames in which tiles come without a swap


def main() -> None:
    from benchmarks.fly import baked_city
    with baked_city() as (session, view, streaming):
        box = session.asset(session.document.layers[0].id).payload.box
        log = Log()
        for x, y in PLACES:
            place = (box[0] + x * (box[3] - box[0]), box[1] + y * (box[4] - box[1]), 10.0)
            for distance in np.geomspace(FROM_M, TO_M, STEPS):
                _come(session, view, streaming, log, place, float(distance))
            if not log.asked:
                raise SystemExit("Nothing was asked for.")
        tree = session.asset(session.document.layers[0].id).payload
        print(json.dumps({"name": "tiles", **_waits(log), **_swaps(log), **_reads(tree.loader, log)}))


def _come(session, view, streaming, log: Log, place, distance: float) -> None:
    """Tick as the window does until all tiles of this position are drawn."""
    from twin.camera import Camera
    view.set_camera(Camera.looking_at(place, distance=distance, azimuth_deg=30.0, tilt_deg=50.0))
    end, idle = time.monotonic() + WAIT_SECS, 0
    while idle < 2 and time.monotonic() < end:
        idle = 0 if _tick(session, view, streaming, log) else idle + 1
        time.sleep(0.004)


def _tick(session, view, streaming, log: Log) -> bool:
    """Whether anything came or is still to come."""
    from benchmarks.fly import sight_of
    session.tick(0.016)
    before = _drawn(session, view)
    start, working = time.perf_counter(), time.thread_time()
    changed = view.stage.frame(session.document, session.assets, session.moment())
    streaming.tick(sight_of(view), view.stage.ground)
    own, worked = time.perf_counter(), (time.thread_time() - working) * 1e3
    if not streaming._flows:
        return True
    flow = next(iter(streaming._flows.values()))
    fresh = _drawn(session, view) - before
    if changed:
        view.render(session.document, session.moment())
        done = time.perf_counter()
        log.drawn.update((node, log.drawn.get(node, done)) for node in fresh)
        gone = before - _drawn(session, view)
        if any(fresh.intersection(flow.stream._children[node]) for node in gone):
            view.render(session.document, session.moment())
            again = time.perf_counter() - done
            log.swaps.append(((own - start) * 1e3, worked, (done - start) * 1e3, again * 1e3, len(fresh)))
        elif fresh:
            log.ticks.append(worked)
    _note(flow, log)
    return bool(changed or flow.jobs or flow.came or flow.choice.wanted)


def _drawn(session, view) -> set[int]:
    visual = view.stage.visual(session.document.layers[0].id)
    return set(visual._tiles) if visual else set()


def _note(flow, log: Log) -> None:
    now = time.perf_counter()
    for want in (want for _, wants, _ in flow.jobs for want in wants if not want.opening):
        if log.wants.get(want.node) is None:
            log.wants[want.node], log.asked[want.node] = want, now
    for node in log.asked.keys() & flow.stream.held.keys() - log.here.keys():
        log.here[node] = now


def _waits(log: Log) -> dict:
    """Of the tiles that were drawn; those of one parent wait for each other."""
    nodes = [node for node in log.asked if node in log.here and log.drawn.get(node, 0) >= log.here[node]]
    asked, here, drawn = (np.array([when[node] for node in nodes]) * 1e3 for when in (log.asked, log.here, log.drawn))
    return {"tiles": len(nodes), "asked_to_here_ms": _told(here - asked), "here_to_drawn_ms": _told(drawn - here),
            "asked_to_drawn_ms": _told(drawn - asked)}


def _swaps(log: Log) -> dict:
    own, worked, whole, still, tiles = np.array(log.swaps).T
    return {"swaps": len(own), "tiles_of_a_swap": _told(tiles), "swap_own_ms": _told(own),
            "swap_own_cpu_ms": _told(worked), "swap_ms": _told(whole),
            "same_picture_again_ms": _told(still), "swap_over_same_picture": _told(whole / still),
            "other_tiles_own_cpu_ms": _told(np.array(log.ticks)) if log.ticks else None}


def _reads(loader, log: Log) -> dict:
    """Processor time of tiles chosen evenly, in this process, the best of two: reading as a worker does it (with places
    in the frame, edges and façades), of which taking the file apart is a part, and the floors of that."""
    import trimesh

    from cim.tiles3d_file import pieces_in
    from twin.readers import Progress
    wants = list(log.wants.values())
    wants = wants[::max(1, len(wants) // READ_AGAIN)][:READ_AGAIN]
    names = [[name for name in want.what.names if name.endswith(".glb")] for want in wants]
    read = loader.opener.source.read
    ours = [_best(lambda w=want: loader((w,), Progress())) for want in wants]
    bare = [_best(lambda n=own: [read(name) for name in n]) for own in names]
    apart = [_best(lambda n=own: [pieces_in(read(name), Path(name), Counter()) for name in n]) for own in names]
    theirs = [_best(lambda n=own: [trimesh.load(io.BytesIO(read(name)), file_type="glb", process=False) for name in n])
              for own in names]
    size = [sum(len(read(name)) for name in own) / 2**20 for own in names]
    return {"read_ms": _told(np.array(ours)), "taken_apart_ms": _told(np.array(apart)),
            "trimesh_ms": _told(np.array(theirs)), "bare_bytes_ms": _told(np.array(bare)),
            "taken_apart_over_trimesh": round(sum(apart) / sum(theirs), 2),
            "read_over_taken_apart": round(sum(ours) / sum(apart), 2), "tile_mb": _told(np.array(size))}


def _best(what) -> float:
    """Milliseconds of the processor."""
    out = []
    for _ in range(2):
        start = time.process_time()
        what()
        out.append((time.process_time() - start) * 1e3)
    return min(out)


def _told(values: np.ndarray) -> dict:
    return {"p50": round(float(np.median(values)), 2), "p95": round(float(np.percentile(values, 95)), 2),
            "worst": round(float(np.max(values)), 2)}


if __name__ == "__main__":
    main()
