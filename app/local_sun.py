"""The sun over the frame's origin, as the scene sees it."""

from __future__ import annotations

import numpy as np

from twin import times
from twin.frame import Frame
from twin.sun import Sun, SunDay, sun_at
from twin.vitals.windows import day_of

STEP_NS = 60 * times.SECOND                # the light moves once a minute of the clock
PATH_STEP_NS = 10 * times.MINUTE
STEADY_HOUR = 10                           # of the sun: the light of days that go by in seconds
MORNING = Sun(135.0, 40.0)                 # a fair one, where there is no time or no place


class LocalSun:
    """Computed when the minute or the frame differs."""

    def __init__(self):
        self._held: tuple[int, Frame, Sun] | None = None
        self._day: tuple[tuple, SunDay] | None = None

    def over(self, frame: Frame, now_ns: int) -> Sun:
        """Its azimuth counts from the frame's own north."""
        minute = now_ns // STEP_NS * STEP_NS
        if self._held is None or self._held[:2] != (minute, frame):
            self._held = (minute, frame, _sun_over(frame, minute))
        return self._held[2]

    def steady(self, frame: Frame, now_ns: int) -> Sun:
        """At ten in the morning, by the sun, of the day of that instant: the seasons pass, days and nights do not."""
        if not frame.crs or now_ns <= 0:
            return MORNING
        ahead_ns = round(frame.to_lonlat([[0.0, 0.0, 0.0]])[0][0] / 360.0 * times.DAY)
        day = (now_ns + ahead_ns) // times.DAY
        return self.over(frame, day * times.DAY + STEADY_HOUR * times.HOUR - ahead_ns)

    def day(self, frame: Frame, now_ns: int, time_zone: str) -> SunDay | None:
        """Its way over the day of that instant; the same object as long as the day and the frame are the same."""
        if not frame.crs or now_ns <= 0:
            return None
        if self._day is None or self._day[0][:2] != (frame, time_zone) or not (
                self._day[0][2] <= now_ns < self._day[0][3]):
            first, last = day_of(now_ns, time_zone)
            instants = np.arange(first, last + 1, PATH_STEP_NS, dtype=np.int64)
            lon, lat, _ = frame.to_lonlat([[0.0, 0.0, 0.0]])[0]
            turn, suns = _turn(frame), [sun_at(int(ns), lon, lat) for ns in instants]
            way = np.array([Sun(sun.azimuth_deg - turn, sun.elevation_deg).toward for sun in suns])
            self._day = (frame, time_zone, first, last), SunDay(instants, way, -turn)
        return self._day[1]


def _turn(frame: Frame) -> float:
    """Degrees by which the frame's north lies clockwise of true north."""
    return frame.convergence_deg(*frame.origin[:2])


def _sun_over(frame: Frame, time_ns: int) -> Sun:
    if not frame.crs or time_ns <= 0:
        return MORNING
    lon, lat, _ = frame.to_lonlat([[0.0, 0.0, 0.0]])[0]
    sun = sun_at(time_ns, lon, lat)
    return Sun(sun.azimuth_deg - _turn(frame), sun.elevation_deg)
