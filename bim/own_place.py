"""A lazily opened file after a fork: parent and child would read through one position, so the child takes its own."""

from __future__ import annotations

import os

OPEN_FILES = "/proc/self/fd"                      # only where forks are used: Linux


def places(path: str) -> list[tuple[int, int]]:
    """(descriptor, position) of each way in which this process has the file open. To be asked before the fork."""
    there = os.stat(path)
    found = []
    for name in map(int, os.listdir(OPEN_FILES)):
        try:
            if os.path.samestat(os.fstat(name), there):
                found.append((name, os.lseek(name, 0, os.SEEK_CUR)))
        except OSError:
            continue                              # the one that listed the folder is closed by now
    return found


def taken(found: list[tuple[int, int]]) -> None:
    """Read on from the same positions, but no longer from the parent's. To be called first thing after the fork."""
    for name, position in found:
        own = os.open(f"{OPEN_FILES}/{name}", os.O_RDONLY)          # the same file, also where its name has gone
        os.lseek(own, position, os.SEEK_SET)
        os.dup2(own, name, inheritable=False)
        os.close(own)
