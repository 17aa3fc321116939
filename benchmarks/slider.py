"""Slider lag after a fast drag: coalesced frames against one render per event, same window, same events."""

from __future__ import annotations

import json
import time

from benchmarks._sample import SAMPLE, close, empty_window, settle

EVENTS, SECS = 60, 0.5                        # a drag: 60 mouse events within half a second


def main() -> None:
    window = empty_window(1000, 700)
    window.filing.open_project(SAMPLE)
    settle(window)
    clock = window.session.clock
    start, end = clock.span_ns
    instants = [start + (end - start) * i // EVENTS for i in range(EVENTS)]
    coalesced, frames = _drag(clock, instants, window.loop, each_event=False)
    every, renders = _drag(clock, instants, window.loop, each_event=True)
    print(json.dumps({"name": "slider", "events": EVENTS, "coalesced_lag_s": round(coalesced, 3),
                      "coalesced_renders": frames, "per_event_lag_s": round(every, 3),
                      "per_event_renders": renders, "frame_s": round(every / renders, 3),
                      "per_event_over_coalesced": round(every / max(coalesced, 1e-3), 1)}))
    close(window)


def _drag(clock, instants: list[int], loop, each_event: bool) -> tuple[float, int]:
    """Seconds from the last event to the picture of it, and how often was rendered.

    Events arrive on their own schedule, whether the program is ready or not.
    """
    begin, number, before = time.perf_counter(), 0, loop.frames
    while number < len(instants):
        due = min(int((time.perf_counter() - begin) / SECS * len(instants)) + 1, len(instants))
        if due <= number:
            time.sleep(0.001)
            continue
        upto = number + 1 if each_event else due
        for instant in instants[number:upto]:
            clock.go_to(instant)
        number = upto
        loop.tick()
    last_event_s = SECS * (len(instants) - 1) / len(instants)
    return max(0.0, time.perf_counter() - begin - last_event_s), loop.frames - before


if __name__ == "__main__":
    main()
