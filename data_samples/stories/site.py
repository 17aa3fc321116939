"""A week of a building site: dust that a dry wind carries on Wednesday, concreting in the night of Thursday, spraying."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data_samples.stories.kit import Said, clock, every

FIRST, LAST = "2026-07-13T00:00:00", "2026-07-19T23:59:00"
SITE = (620_406.0, 3_468_960.0)                              # where no house, street, water or tree is
CORNERS = (("NE", 70, 55), ("SE", 70, -55), ("SW", -70, -55), ("NW", -70, 55))
SECS = 60
DUSTY = (("2026-07-15T13:30:00", 1.42), ("2026-07-15T14:15:00", 1.31), ("2026-07-15T15:00:00", 1.25))
DRY_AT = "2026-07-15T14:18:00"
NIGHT = ("2026-07-16T22:30:00", "2026-07-17T01:30:00")
SILENT = ("NW", "2026-07-14T10:02:00", "2026-07-14T10:09:00")   # 8 of 15 minutes are left of that quarter of an hour
SPOKEN = (("tsp", "mg/m3", "TSP", "颗粒物 TSP"), ("pm10", "ug/m3", "PM10", "PM10"), ("pm25", "ug/m3", "PM2.5", "PM2.5"),
          ("noise", "dB", "boundary noise", "场界噪声"))


@dataclass(frozen=True, eq=False)
class Week:
    """Every minute: `times` on Shanghai's clock, `hour` of the day, `day` since Monday, `work` whether they dig."""

    times: np.ndarray
    hour: np.ndarray
    day: np.ndarray
    work: np.ndarray
    concreting: np.ndarray


def week() -> Week:
    times = every(FIRST, LAST, SECS)
    hour = (times - times.astype("datetime64[D]")).astype("timedelta64[s]").astype(float) / 3600.0
    day = ((times - clock(FIRST)) // np.timedelta64(1, "D")).astype(int)
    return Week(times, hour, day, (hour >= 7) & (hour < 18) & (day < 6),
                (times >= clock(NIGHT[0])) & (times <= clock(NIGHT[1])))


def said() -> list[Said]:
    rng = np.random.default_rng(964)
    now = week()
    out = []
    for name, east, north in CORNERS:
        tsp = _dust(name, now, rng)
        noise = 43.0 + 17.0 * now.work + 3.0 * np.sin(now.hour * 2.1) + rng.normal(0, 1.6, len(now.times))
        noise = np.where(now.concreting, 61.0 + rng.normal(0, 1.0, len(now.times)), noise)
        values = {"tsp": tsp.round(2), "pm10": (tsp * 430.0).round(), "pm25": (tsp * 118.0 + 14.0).round(),
                  "noise": noise.round(1)}
        there = np.ones(len(now.times), bool)
        if name == SILENT[0]:
            there &= (now.times < clock(SILENT[1])) | (now.times >= clock(SILENT[2]))
        at = (SITE[0] + east, SITE[1] + north)
        out += [Said(id=f"STORY-SITE-{name}.site.{what}", name=f"Site corner {name} {words}", name_zh=f"工地{name}角 {zh}",
                     thing=f"STORY-SITE-{name}", observed=f"site.{what}", unit=unit, interval_secs=SECS, at=at, above_m=3.0,
                     times=now.times[there], values=values[what][there]) for what, unit, words, zh in SPOKEN]
    return out + _winds(now, rng)


def _dust(name: str, now: Week, rng) -> np.ndarray:
    """TSP in mg/m³: what the digging raises, which spraying halves from Friday on, and Wednesday's wind at one corner."""
    calm = 0.12 + 0.25 * now.work * (1 + 0.6 * (now.day <= 3)) * (0.5 if name == "NW" else 1.0)
    tsp = calm * np.where(now.day >= 4, 0.45, 1.0) * rng.uniform(0.8, 1.2, len(now.times))
    for start, level in DUSTY:                                  # a quarter of an hour each, at the corner in the wind
        mine = (now.times >= clock(start)) & (now.times < clock(start) + np.timedelta64(900, "s"))
        if name == "SE":
            gusts = rng.normal(0, 0.06, int(mine.sum()))
            tsp[mine] = level + gusts - gusts.mean()
    return tsp


def dry_wind(times: np.ndarray) -> np.ndarray:
    """(n,) share of its strength: of Wednesday's dry wind, in the afternoon."""
    hours = (times - clock(DRY_AT)) / np.timedelta64(1, "h")
    return np.exp(-((hours / 2.4) ** 2))


def winds(now: Week, rng) -> tuple[np.ndarray, np.ndarray]:
    """(m/s, degrees from) over the site: light sea breezes, and on Wednesday a dry wind from the north-west."""
    dry = dry_wind(now.times)
    speed = 1.4 + 1.6 * np.sin((now.hour - 8) / 24 * 2 * np.pi) + 7.0 * dry + rng.normal(0, 0.3, len(now.times))
    of = np.where(dry > 0.15, 315.0, 120.0) + rng.normal(0, 8.0, len(now.times))
    return np.maximum(speed, 0.0), of % 360.0


def _winds(now: Week, rng) -> list[Said]:
    """A mast on the site; what it sees on Wednesday blows over the SE corner."""
    speed, of = winds(now, rng)
    shared = {"thing": "STORY-SITE-MAST", "interval_secs": SECS, "at": SITE, "above_m": 8.0, "times": now.times}
    return [Said(id="STORY-SITE-MAST.met.wind", name="Site mast, wind speed", name_zh="工地测风杆 风速", observed="met.wind",
                 unit="m/s", values=speed.round(1), **shared),
            Said(id="STORY-SITE-MAST.met.wind_dir", name="Site mast, wind from", name_zh="工地测风杆 风向",
                 observed="met.wind_dir", unit="deg", values=of.round(), **shared)]
