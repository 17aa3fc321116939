"""What processes hold in memory. To count what one holds alone the system walks over all of its pages, so every helper
does that itself, now and then; in between it is told by what it has grown since.
"""

from __future__ import annotations

import psutil


def alone(process: psutil.Process) -> int:
    """Bytes that no other process shares."""
    return process.memory_full_info().uss


class Held:
    """Of one helper, which begins with `shared_bytes` of its parent's. Raises psutil.Error when it has gone."""

    def __init__(self, process: psutil.Process, shared_bytes: int):
        self._process, self._own, self._rss = process, 0, shared_bytes

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
