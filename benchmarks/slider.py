"""Slider lag after a fast drag: coalesced frames against one render per event, same scene, same events."""

from __future__ import annotations

import json
import time
from pathlib import Path

SAMPLE = Path(__file__).resolve().parents[1] / "data_samples" / "jiading.twin.json"
EVENTS, SECS = 120, 1.0                       # a drag: 120 mouse events within a second


def main() -> None:
    from app.discover import layer_types
    from app.session import Session
    from layers.view import offscreen
    from twin.project import load
    layer_types()
    session = Session(load(SAMPLE))
    session.settle()
    view = offscreen(1280, 720)
    view.frame(session.document, session.assets, session.moment())
    if session.view.camera:
        view.set_camera(session.view.camera)
    start, end = session.clock.span_ns
    instants = [start + (end - start) * i // EVENTS for i in range(EVENTS)]

    def show() -> None:
        view.frame(session.document, session.assets, session.moment())

    coalesced, frames = _drag(session, instants, show, each_event=False)
    every, renders = _drag(session, instants, show, each_event=True)
    print(json.dumps({"name": "slider_lag", "events": EVENTS, "coalesced_lag_s": round(coalesced, 3),
                      "coalesced_renders": frames, "per_event_lag_s": round(every, 3),
                      "per_event_renders": renders, "ratio": round(every / max(coalesced, 1e-3), 1)}))
    view.close()
    session.close()


def _drag(session, instants, show, each_event: bool) -> tuple[float, int]:
    """Seconds from the last event to the picture of it, and how often was rendered.

    Events arrive on their own schedule, whether the application is ready or not.
    """
    begin, number, renders = time.perf_counter(), 0, 0
    while number < len(instants):
        due = int((time.perf_counter() - begin) / SECS * len(instants))
        upto = number + 1 if each_event else max(number + 1, min(due, len(instants)))
        if due <= number and not each_event:
            time.sleep(0.001)
            continue
        for instant in instants[number:upto]:
            session.clock.go_to(instant)
        number = upto
        show()
        renders += 1
    return time.perf_counter() - begin - SECS, renders


if __name__ == "__main__":
    main()
