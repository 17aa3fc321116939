"""How long a piece of preparing between two frames may take."""

from __future__ import annotations

import time

LEAST_SECS = 0.004                        # of a frame that is in time
SHARE = 0.1                               # of the time since the piece before
MOST_SECS = 0.04                          # that nobody feels


class Slices:
    """Some milliseconds of a quick frame, a tenth of a slow one: where a picture takes three seconds, a tenth of a
    second's work would else be done after a minute.
    """

    def __init__(self) -> None:
        self._last = time.perf_counter()

    def end(self) -> float:
        """When the piece that begins now has to give way, as `time.perf_counter()` counts."""
        now = time.perf_counter()
        passed, self._last = now - self._last, now
        return now + min(max(LEAST_SECS, SHARE * passed), MOST_SECS)
