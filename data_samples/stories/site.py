"""A week of a building site: dust that a dry wind carries on Wednesday, concreting in the night of Thursday, spraying."""

from __future__ import annotations

import numpy as np

from data_samples.stories.kit import Said, clock, every

FIRST, LAST = "2026-07-13T00:00:00", "2026-07-19T23:55:00"
SITE = (620_406.0, 3_468_960.0)                              # where no house, street, water or tree is
CORNERS = (("NE", 70, 55), ("SE", 70, -55), ("SW", -70, -55), ("NW", -70, 55))
SECS = 300
DUSTY = (("2026-07-15T13:30:00", 1.42), ("2026-07-15T14:15:00", 1.31), ("2026-07-15T15:00:00", 1.25))
NIGHT = ("2026-07-16T22:30:00", "2026-07-17T01:30:00")


def said() -> list[Said]:
    rng = np.random.default_rng(964)
    times = every(FIRST, LAST, SECS)
    hour = (times - times.astype("datetime64[D]")).astype("timedelta64[s]").astype(float) / 3600.0
    day = ((times - clock(FIRST)) // np.timedelta64(1, "D")).astype(int)
    work = (hour >= 7) & (hour < 18) & (day < 6)
    concreting = (times >= clock(NIGHT[0])) & (times <= clock(NIGHT[1]))
    out = []
    for name, east, north in CORNERS:
        tsp = 0.12 + 0.25 * work * (1 + 0.6 * (day <= 3)) * (0.5 if name == "NW" else 1.0)
        tsp = tsp * np.where(day >= 4, 0.45, 1.0) * rng.uniform(0.8, 1.2, len(times))
        for start, level in DUSTY:                              # a quarter of an hour each, at the corner in the wind
            mine = (times >= clock(start)) & (times < clock(start) + np.timedelta64(900, "s"))
            tsp[mine] = level if name == "SE" else tsp[mine]
        noise = 43.0 + 17.0 * work + 3.0 * np.sin(hour * 2.1) + rng.normal(0, 1.2, len(times))
        noise = np.where(concreting, 61.0 + rng.normal(0, 0.8, len(times)), noise)
        at = (SITE[0] + east, SITE[1] + north)
        for observed, unit, words, zh, values in (("site.tsp", "mg/m3", "TSP", "颗粒物 TSP", tsp.round(3)),
                                                  ("site.noise", "dB", "boundary noise", "场界噪声", noise.round(1))):
            out.append(Said(id=f"STORY-SITE-{name}.{observed}", name=f"Site corner {name} {words}",
                            name_zh=f"工地{name}角 {zh}", thing=f"STORY-SITE-{name}", observed=observed, unit=unit,
                            interval_secs=SECS, at=at, above_m=3.0, times=times, values=values))
    return out + _winds(times, hour, day, rng)


def _winds(times, hour, day, rng) -> list[Said]:
    """A mast on the site: light sea breezes, and on Wednesday a dry wind from the north-west, over the SE corner."""
    dry = np.exp(-(((hour - 14.3) / 2.4) ** 2)) * (day == 2)
    speed = np.maximum(1.4 + 1.6 * np.sin((hour - 8) / 24 * 2 * np.pi) + 7.0 * dry + rng.normal(0, 0.3, len(times)), 0.0)
    of = np.where(dry > 0.15, 315.0, 120.0) + rng.normal(0, 8.0, len(times))
    shared = {"thing": "STORY-SITE-MAST", "interval_secs": SECS, "at": SITE, "above_m": 8.0, "times": times}
    return [Said(id="STORY-SITE-MAST.met.wind", name="Site mast, wind speed", name_zh="工地测风杆 风速", observed="met.wind",
                 unit="m/s", values=speed.round(1), **shared),
            Said(id="STORY-SITE-MAST.met.wind_dir", name="Site mast, wind from", name_zh="工地测风杆 风向",
                 observed="met.wind_dir", unit="deg", values=(of % 360.0).round(), **shared)]
