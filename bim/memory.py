"""What processes hold in memory. To count what one holds alone the system walks over all of its pages, so every helper
does that itself, now and then; in between it is told by what it has grown since.
"""

from __future__ import annotations

import psutil


def alone(process: psutil.Process) -> int:
    """Bytes that no other process shares."""
    return process.memory_full_info().uss


class Held:
    """Of one helper. What it has when this is made is its parent's where it was `forked`: less than the parent has, who
    holds pages of files besides. Raises psutil.Error when it has gone.
    """

    def __init__(self, process: psutil.Process, forked: bool):
        self._process, self._own, self._rss = process, 0, process.memory_info().rss if forked else 0

    def counted(self, bytes_: int) -> None:
        """So much it alone holds just now."""
        self._own, self._rss = bytes_, self._process.memory_info().rss

    def now(self) -> int:
        """Bytes that it alone holds, about."""
        return self._own + max(0, self._process.memory_info().rss - self._rss)

    def exactly(self) -> int:
        """Counted here and now: before somebody is ended for it."""
        self.counted(alone(self._process))
        return self._own
