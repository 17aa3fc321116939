"""The sun over the frame's origin, as the scene sees it."""

from __future__ import annotations

from twin import times
from twin.frame import Frame
from twin.sun import Sun, sun_at

STEP_NS = 60 * times.SECOND                # the light moves once a minute of the clock
MORNING = Sun(135.0, 40.0)                 # a fair one, where there is no time or no place


class LocalSun:
    """Computed when the minute or the frame differs."""

    def __init__(self):
        self._held: tuple[int, Frame, Sun] | None = None

    def over(self, frame: Frame, now_ns: int) -> Sun:
        """Its azimuth counts from the frame's own north."""
        minute = now_ns // STEP_NS * STEP_NS
        if self._held is None or self._held[:2] != (minute, frame):
            self._held = (minute, frame, _sun_over(frame, minute))
        return self._held[2]


def _sun_over(frame: Frame, time_ns: int) -> Sun:
    if not frame.crs or time_ns <= 0:
        return MORNING
    lon, lat, _ = frame.to_lonlat([[0.0, 0.0, 0.0]])[0]
    sun = sun_at(time_ns, lon, lat)
    e, n, _ = frame.origin
    return Sun(sun.azimuth_deg - frame.convergence_deg(e, n), sun.elevation_deg)
