"""One heap for all threads of a process that runs for weeks.

The C library of Linux gives threads heaps of their own, eight for each core, and keeps what they once held. Each
sealing begins threads anew (ours, DuckDB's, Delta's), and every one of those heaps grows to what the largest of them
needed once: a recorder grew from 250 to 286 MB over a hundred sealings. With one heap it stays at 250.
"""

from __future__ import annotations

import ctypes
import sys

M_ARENA_MAX = -8                          # malloc.h


def share_one_heap() -> bool:
    """To be called before threads begin: the C library settles the number of its heaps once. False = it knows no such
    setting."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        return bool(ctypes.CDLL(None).mallopt(M_ARENA_MAX, 1))
    except (OSError, AttributeError):
        return False
