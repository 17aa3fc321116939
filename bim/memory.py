"""What processes hold in memory. Counting it exactly walks over all of their pages: that is done now and then."""

from __future__ import annotations

import math
import time

import psutil

COUNTED_SECS = 2.0


class Held:
    """Of one process; in between it is told by what it has grown since."""

    def __init__(self, process: psutil.Process):
        self._process = process
        self._counted, self._rss, self._own, self._share = -math.inf, 0, 0, 0

    def now(self) -> tuple[int, int]:
        """(bytes that it alone holds, bytes that it holds where pages of several processes count in part for each).

        The second may be added up over a family that shares an opened file. Raises psutil.Error when it has gone.
        """
        held, now = self._process.memory_info().rss, time.monotonic()
        if now - self._counted > COUNTED_SECS:
            said = self._process.memory_full_info()
            self._counted, self._rss = now, held
            self._own, self._share = said.uss, getattr(said, "pss", said.uss)       # Linux alone tells shares
        grown = max(0, held - self._rss)
        return self._own + grown, self._share + grown
