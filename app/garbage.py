"""Circles of Python objects are collected in the GUI thread alone, between two frames.

Left to itself Python collects in whichever thread makes the next object. A circle that holds Qt or VTK objects is then
torn down by a worker, and waits for the thread that it was made in, which may be waiting for the worker.
"""

from __future__ import annotations

import gc

OLD_SHARE = 1.25            # as Python itself: all is looked through when a quarter more has lived long


class Garbage:
    """Python's own thresholds, asked once a tick instead of with every object made."""

    def __init__(self) -> None:
        self._old = 0                   # objects that had lived long when all were looked through last

    def start(self) -> None:
        """From here to the end of the process. What stands already, modules above all, is never looked at again: to
        go through it took 70 to 140 ms, longer than a frame may."""
        gc.disable()
        gc.freeze()

    def tick(self) -> None:
        """Collect the youngest that are due; microseconds when none are."""
        young, middle, old = gc.get_count()
        most_young, most_middle, most_old = gc.get_threshold()
        if gc.isenabled() or young <= most_young:
            return
        if middle <= most_middle:
            gc.collect(0)
        elif old <= most_old or len(gc.get_objects(generation=2)) < OLD_SHARE * self._old:
            gc.collect(1)
        else:
            gc.collect(2)
            self._old = len(gc.get_objects(generation=2))
