"""Memory after opening and closing a project 30 times: it must stay flat, in the program and in its workers.

The project holds one layer of every kind of the sample. Judged is what the program holds: what the C library has
handed out (glibc's mallinfo2); elsewhere the resident set, which holds in addition what the C library keeps for its
next allocation. Both grow over the first ten times, by what the software renderer and the readers keep for good.
"""

from __future__ import annotations

import ctypes
import gc
import json
import statistics
import sys
from dataclasses import replace

from benchmarks._sample import SAMPLE, close, empty_window, settle

TIMES = 30
EARLY = 12                                  # after that many times what is kept for good has been made
FLAT = 1.1


def main() -> None:
    import psutil
    window = empty_window(480, 360)
    process, opened, closed, held, workers = psutil.Process(), [], [], [], []
    for _ in range(TIMES):
        kinds = _open(window)
        opened.append(_mb(process))
        _close(window)
        closed.append(_mb(process))
        held.append(_held_mb() or closed[-1])
        workers.append(sum(_mb(child) for child in process.children(recursive=True)))
    settled, last = _early_late(held)
    resident, resident_late = _early_late(closed)
    at_work, at_work_late = _early_late(workers)
    print(json.dumps({
        "name": "open_close", "times": TIMES, "kinds": kinds, "open_mb": round(statistics.median(opened)),
        "held_early_mb": round(settled), "held_late_mb": round(last), "late_over_early": round(last / settled, 3),
        "resident_early_mb": round(resident), "resident_late_mb": round(resident_late),
        "workers_early_mb": round(at_work), "workers_late_mb": round(at_work_late),
        "workers_most_mb": round(max(workers)), "flat": last / settled < FLAT}))
    close(window)


def _open(window) -> list[str]:
    """One layer of every kind, read, drawn and shaded."""
    from twin.project import load
    project = load(SAMPLE)
    of_kind = {layer.kind: layer for layer in reversed(project.document.layers)}
    window.session.become(replace(project, document=replace(project.document, layers=tuple(of_kind.values()))))
    window.session.settle()
    settle(window)
    return sorted(of_kind)


def _close(window) -> None:
    from twin.document import Document
    from twin.project import Project
    window.session.become(Project(document=Document()))
    settle(window)
    gc.collect()
    if sys.platform == "linux" and hasattr(libc := ctypes.CDLL(None), "malloc_trim"):
        libc.malloc_trim(0)


class _MallInfo(ctypes.Structure):
    _fields_ = [(name, ctypes.c_size_t) for name in ("arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks",
                                                     "fsmblks", "uordblks", "fordblks", "keepcost")]


def _held_mb() -> float | None:
    """What the C library has handed out and not got back, in arenas and in maps of its own; None where it is mute."""
    if sys.platform != "linux" or not hasattr(libc := ctypes.CDLL(None), "mallinfo2"):
        return None
    libc.mallinfo2.restype = _MallInfo
    found = libc.mallinfo2()
    return (found.uordblks + found.hblkhd) / 2**20


def _early_late(each: list[float]) -> tuple[float, float]:
    """After the caches of the first times have filled, and of the last times."""
    return statistics.median(each[EARLY:EARLY + 6]), statistics.median(each[-6:])


def _mb(process) -> float:
    return process.memory_info().rss / 2**20


if __name__ == "__main__":
    main()
