"""A timetable as motion: trips that repeat on the days of their service, by the clock of the agency.

The fixes of a trip count from noon minus twelve hours of the day of service, as GTFS counts, so 25:10:00 is ten past
one of the next day, and a change of the clocks at night shifts nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from twin.history.motion import Motion

NEVER = -(1 << 60)                               # own time of a trip that does not run
DAYS_BACK = 3                                    # a trip may last into the third day


@dataclass(frozen=True, eq=False, kw_only=True)
class Timetable(Motion):
    """Thing i runs on the days of service `services[i]`: those from `days_ns[day_offsets[s]]` to the next offset.

    `days_ns` i8: when the days of service begin, ascending within a service. `late_ns`: so much later all drive.
    """

    scheduled: ClassVar[bool] = True

    services: np.ndarray
    days_ns: np.ndarray
    day_offsets: np.ndarray
    late_ns: int = 0

    def only(self, row: int) -> Timetable:
        return replace(super().only(row), services=self.services[row:row + 1])

    @property
    def starts_ns(self) -> np.ndarray:
        """(n,) i8 first fix of each trip, in its own time."""
        return self.times_ns[self.offsets[:-1]]

    @property
    def ends_ns(self) -> np.ndarray:
        return self.times_ns[self.offsets[1:] - 1]

    @property
    def span_ns(self) -> tuple[int, int]:
        firsts, lasts = [], []
        for service, days in enumerate(self._days()):
            mine = self.services == service
            if len(days) and mine.any():
                firsts.append(int(days[0] + self.starts_ns[mine].min()))
                lasts.append(int(days[-1] + self.ends_ns[mine].max()))
        return (min(firsts), max(lasts)) if firsts else (0, 0)

    def _days(self) -> list[np.ndarray]:
        return [self.days_ns[a:b] for a, b in zip(self.day_offsets, self.day_offsets[1:])]

    def own_time(self, now_ns: int) -> np.ndarray:
        """(n,) i8 time since the day of service of each trip began; NEVER where it does not run."""
        days = self._days()
        newest = np.array([np.searchsorted(d, now_ns, side="right") - 1 for d in days])
        starts, ends = self.starts_ns, self.ends_ns
        out = np.full(self.count, NEVER, np.int64)
        for back in range(DAYS_BACK):
            begun = np.array([d[at - back] if at >= back else now_ns - NEVER for d, at in zip(days, newest)], np.int64)
            own = now_ns - self.late_ns - begun[self.services]
            runs = (own >= starts) & (own <= ends) & (out == NEVER)
            out[runs] = own[runs]
        return out

    # -- as a history: a departure is what happens ------------------------------------------------------

    def series(self, row: int) -> tuple[np.ndarray, np.ndarray]:
        """(times (k,) i8, speeds (k,) f4 in km/h) of one trip on all its days."""
        mine = slice(self.offsets[row], self.offsets[row + 1])
        days = self._days()[self.services[row]]
        return ((days[:, None] + self.times_ns[mine]).ravel(),
                np.tile(self.speed_kmh[mine], len(days)))

    def departed(self, until_ns: np.ndarray) -> np.ndarray:
        """(m,) i8: how many trips departed before each instant (m,)."""
        until_ns = np.asarray(until_ns, np.int64)
        out = np.zeros(len(until_ns), np.int64)
        for service, days in enumerate(self._days()):
            starts = np.sort(self.starts_ns[self.services == service])
            if not len(starts) or not len(days):
                continue
            whole = np.searchsorted(days + int(starts[-1]), until_ns)     # days of which every trip departed
            out += whole * len(starts)
            for more in range(DAYS_BACK):
                day = whole + more
                open_ = day < len(days)
                own = until_ns - days[np.minimum(day, len(days) - 1)]
                out += np.where(open_, np.searchsorted(starts, own), 0)
        return out

    def coverage(self, edges_ns: np.ndarray) -> np.ndarray:
        """(bins,) i8: departures in each [edge, next edge)."""
        return np.diff(self.departed(edges_ns))

    def reading_until(self, time_ns: int) -> int | None:
        """Instant of the newest departure at or before `time_ns`; None before the first."""
        near = self._departures_near(time_ns, ahead=0)
        return int(before.max()) if len(before := near[near <= time_ns]) else None

    def reading_after(self, time_ns: int) -> int | None:
        """Instant of the next departure; None after the last."""
        near = self._departures_near(time_ns, ahead=1)
        return int(after.min()) if len(after := near[near > time_ns]) else None

    def _departures_near(self, time_ns: int, ahead: int) -> np.ndarray:
        """Departures on the last days of every service before an instant, and on so many of its days after it."""
        found = [np.zeros(0, np.int64)]
        for service, days in enumerate(self._days()):
            at = int(np.searchsorted(days, time_ns, side="right"))
            starts = self.starts_ns[self.services == service]
            found.append((days[max(0, at - DAYS_BACK):at + ahead, None] + starts).ravel())
        return np.concatenate(found)
