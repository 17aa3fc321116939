"""A rainstorm floods the underpass of Huyi Highway below G15: from the first drops to the reopening.

The course is that of published cases (a pump that loses its power, the limit of 25 cm), its numbers are invented.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from data_samples import underpass
from data_samples.stories import site
from data_samples.stories.kit import Said, every, through

DAY = "2026-07-15T"
UNDERPASS = underpass.MIDDLE
DEPTH = "STORY-UP.flood.underpass_depth"
GAUGES = (("RG-1", 0, 0), ("RG-2", 1500, 900), ("RG-3", -1600, 700), ("RG-4", 900, -1800), ("RG-5", -1200, -1500),
          ("RG-6", 2600, -400))
# 3 cm at 06:10, pumps from 8 and 15 cm, the power gone at 06:24, 25.0 cm at 06:41:00, the truck at 07:05, below 5 at
# 07:50, open again at 08:00.
COURSE = [("05:30:00", 0.0), ("06:00:00", 0.0), ("06:10:00", 3.0), ("06:17:00", 8.0), ("06:24:00", 9.2),
          ("06:31:00", 15.0), ("06:41:00", 25.0), ("06:58:00", 33.4), ("07:05:00", 33.0), ("07:30:00", 15.0),
          ("07:49:50", 5.2), ("07:50:00", 4.9), ("08:00:00", 1.6), ("08:20:00", 0.0), ("11:30:00", 0.0)]
RAIN = [("05:00:00", 2.0), ("05:30:00", 28.0), ("05:54:00", 44.0), ("06:20:00", 62.0), ("06:45:00", 38.0),
        ("07:15:00", 12.0), ("08:00:00", 2.0), ("09:00:00", 0.0)]
PUMPS = [("05:00:00", 0.0), ("06:16:59", 0.0), ("06:17:00", 1.0), ("06:23:59", 1.0), ("06:24:00", 0.0),
         ("07:05:59", 0.0), ("07:06:00", 2.0), ("08:09:59", 2.0), ("08:10:00", 0.0)]
BARRIER = [("05:00:00", 0.0), ("06:40:59", 0.0), ("06:41:00", 1.0), ("07:59:59", 1.0), ("08:00:00", 0.0)]
# m3/h: pump 1 starts at 8 cm and stands without power; both run on that of the truck.
FLOWS = ([("05:00:00", 0.0), ("06:16:59", 0.0), ("06:17:00", 430.0), ("06:23:59", 445.0), ("06:24:00", 0.0),
          ("07:05:59", 0.0), ("07:06:00", 420.0), ("08:09:59", 380.0), ("08:10:00", 0.0)],
         [("05:00:00", 0.0), ("07:05:59", 0.0), ("07:06:00", 435.0), ("08:09:59", 395.0), ("08:10:00", 0.0)])
WINDS_UNTIL = "2026-07-16T10:30:00"          # the dry wind of the building site blows over the whole district
RIVER_WUSONG_M = [("05:00:00", 2.62), ("06:30:00", 2.78), ("07:40:00", 3.04), ("11:30:00", 2.80)]


def said() -> list[Said]:
    rng = np.random.default_rng(41)
    fine = every(DAY + "05:30:00", DAY + "11:30:00", 10)
    depth = _course(fine, COURSE).round(1)
    out = [_of("UP", DEPTH, "Huyi Highway underpass, depth", "沪宜公路下立交 积水深度", "flood.underpass_depth", "cm", 10,
               UNDERPASS, fine, depth)]
    minutes = every(DAY + "05:00:00", DAY + "11:30:00", 60)
    for name, east, north in GAUGES:
        wet = np.maximum(_course(minutes, RAIN) * rng.uniform(0.86, 1.06) + rng.normal(0, 1.4, len(minutes)), 0.0)
        out.append(_of(name, f"STORY-{name}.met.rain", f"Rain gauge {name[-1]}", f"雨量站{name[-1]}", "met.rain", "mm/h", 60,
                       (UNDERPASS[0] + east, UNDERPASS[1] + north), minutes, wet.round(1)))
    for kind, zh, observed, corners in (("Pumps running", "运行水泵数", "flood.pump", PUMPS),
                                        ("Barrier closed", "道闸关闭", "flood.barrier", BARRIER)):
        out.append(_of("UP", f"STORY-UP.{observed}", f"Huyi Highway underpass, {kind.lower()}", f"沪宜公路下立交 {zh}",
                       observed, "1", 60, (UNDERPASS[0] + 12.0, UNDERPASS[1] + 8.0), minutes,
                       _course(minutes, corners).round()))
    out += _equipment(minutes)
    fives = every(DAY + "05:00:00", DAY + "11:30:00", 300)
    out.append(_of("RIVER", "STORY-RIVER.flood.river_level", "Inner river level (Wusong datum)", "内河水位（吴淞）",
                   "flood.river_level", "m", 300, (UNDERPASS[0] - 240.0, UNDERPASS[1] + 160.0), fives,
                   _course(fives, RIVER_WUSONG_M).round(2)))
    return out + _winds(every(DAY + "05:00:00", WINDS_UNTIL, 300))


def _equipment(minutes) -> list[Said]:
    """Every pump and every barrier by itself, where its model stands."""
    out = []
    for number, (at, flow) in enumerate(zip(underpass.pumps(), FLOWS), 1):
        out.append(replace(_of(f"PUMP-{number}", f"STORY-PUMP-{number}.pump.flow", f"Underpass pump {number}, flow",
                               f"下立交{number}号泵 流量", "pump.flow", "m3/h", 60, at, minutes,
                               _course(minutes, flow).round()), above_m=0.0, heading_deg=underpass.heading_deg(180.0)))
    for name, zh, at, turn_deg in underpass.barriers():
        out.append(replace(_of(f"BARRIER-{name}", f"STORY-BARRIER-{name}.barrier.closed", f"Barrier {name}, closed",
                               f"{zh}道闸 关闭", "barrier.closed", "1", 60, at, minutes,
                                   _course(minutes, BARRIER).round()), above_m=0.12,
                           heading_deg=underpass.heading_deg(turn_deg)))
    return out


def _winds(times) -> list[Said]:
    """A breeze from the south-east until the front passes from west to east; behind it a strong wind from the north-west,
    dry in the afternoon, and at night the breeze again.
    """
    rng = np.random.default_rng(42)
    minute = (times - times[0]) / np.timedelta64(1, "m")
    dry, night = site.dry_wind(times), 1.0 / (1.0 + np.exp(-(minute - 15.5 * 60.0) / 20.0))
    out = []
    for number, (column, row) in enumerate((c, r) for c in range(6) for r in range(4)):
        at = (606_500.0 + 4_400.0 * column + rng.uniform(-900, 900), 3_461_500.0 + 5_600.0 * row + rng.uniform(-900, 900))
        passed = 1.0 / (1.0 + np.exp(-(minute - 55.0 - (at[0] - 606_500.0) / 520.0) / 5.0))
        gust = np.exp(-(((minute - 62.0 - (at[0] - 606_500.0) / 520.0) / 22.0) ** 2))
        speed = np.maximum(1.8 + 1.2 * passed + 9.0 * gust + 6.0 * dry + rng.normal(0, 0.35, len(times)), 0.0)
        of = (132.0 + 168.0 * passed * (1.0 - night) + rng.normal(0, 5.0, len(times))) % 360.0
        if number == 9:
            speed = np.minimum(speed, 0.2)                    # a station in the lee of everything
        name, shared = f"WIND-{number + 1:02d}", {"secs": 300, "at": at, "times": times}
        out.append(_of(name, f"STORY-{name}.met.wind", f"Wind station {number + 1}, speed", f"测风站{number + 1} 风速",
                       "met.wind", "m/s", values=speed.round(1), **shared))
        out.append(_of(name, f"STORY-{name}.met.wind_dir", f"Wind station {number + 1}, from", f"测风站{number + 1} 风向",
                       "met.wind_dir", "deg", values=of.round(), **shared))
    return out


def _course(times, corners):
    return through(times, [(DAY + c, value) for c, value in corners])


def _of(thing, id, name, name_zh, observed, unit, secs, at, times, values) -> Said:
    return Said(id=id, name=name, name_zh=name_zh, thing=f"STORY-{thing}", observed=observed, unit=unit,
                interval_secs=secs, at=at, above_m=0.3, times=times, values=values)
