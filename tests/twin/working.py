"""Functions for workers to run (they must be importable by name)."""

from __future__ import annotations

import os
import time

import numpy as np

from twin.data import Mesh
from twin.trouble import Trouble


def double(number, progress):
    for step in range(5):
        progress(step, 5, f"step {step}")
        time.sleep(0.04)
    return number * 2


def big(count, progress):
    return {"numbers": np.arange(count, dtype=np.float64), "words": ("a", 1)}


def doubled(numbers, words, progress):
    """Writes into its own copy of the argument."""
    numbers *= 2
    return float(numbers.sum()), words, os.getpid()


def with_arrow(progress):
    """Whether an array of Arrow's brought pandas along, and whether it is still to be had."""
    import importlib.util
    import sys

    import pyarrow as pa
    return pa.array(["a", None]).to_pylist(), "pandas" in sys.modules, importlib.util.find_spec("numpy") is not None


def patient(progress):
    while True:
        progress(0, 0, "waiting")
        time.sleep(0.01)


def deaf(progress):
    progress(1, 2, "last words")
    time.sleep(600)


def crash(progress):
    progress.part(Mesh(points=np.ones((3, 3), np.float32)))
    os._exit(7)


def trouble(progress):
    raise Trouble("It is broken.", cause="a reason", way_out="a way")


def surprise(progress):
    raise ZeroDivisionError("oh")


def hungry(megabytes, progress):
    """Holds so much memory for a moment."""
    return os.getpid() if np.ones(megabytes << 20, np.uint8).all() else 0


def process_number(progress):
    return os.getpid()
