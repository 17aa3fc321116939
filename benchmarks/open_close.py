"""Memory after opening and closing a project 30 times: it must stay flat, in the program and in its workers.

The project holds one layer of every kind of the sample. What the C library keeps for its next allocation is
given back before each look (where it can be told to), so that what is left is what the program holds.
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
FLAT = 1.1


def main() -> None:
    import psutil
    window = empty_window(480, 360)
    process, opened, closed, workers = psutil.Process(), [], [], []
    for _ in range(TIMES):
        kinds = _open(window)
        opened.append(_mb(process))
        _close(window)
        closed.append(_mb(process))
        workers.append(sum(_mb(child) for child in process.children(recursive=True)))
    settled, last = statistics.median(closed[2:8]), statistics.median(closed[-6:])
    print(json.dumps({
        "name": "open_close", "times": TIMES, "kinds": kinds, "open_mb": round(statistics.median(opened)),
        "closed_early_mb": round(settled), "closed_late_mb": round(last), "late_over_early": round(last / settled, 3),
        "workers_early_mb": round(statistics.median(workers[2:8])), "workers_late_mb":
        round(statistics.median(workers[-6:])), "workers_most_mb": round(max(workers)),
        "flat": last / settled < FLAT}))
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


def _mb(process) -> float:
    return process.memory_info().rss / 2**20


if __name__ == "__main__":
    main()
