"""What the sensors say on 15 July 2026: a quiet night, a shower that passes from west to east in the
morning peak, a hot noon, an evening peak. Every function gives (n, 288) f8, one column per 5 minutes."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter1d, shift

from data_samples import geography as geo
from data_samples.sensor_places import Sensor

STAMPS = 288
DAY_START = "2026-07-15T00:00:00+08:00"
HOUR = np.arange(STAMPS) / 12.0
RAIN_WEST, RAIN_EAST = geo.EXTENT[0] + 3000, geo.EXTENT[2] - 3000
HERO_DEPTH_CM = 26.2  # of the first underpass at 06:40: above the 25 cm that closes it


def bell(centre_h: float, width_h: float) -> np.ndarray:
    return np.exp(-(((HOUR - centre_h) / width_h) ** 2))


def wobble(n: int, rng: np.random.Generator, smooth: float, size: float) -> np.ndarray:
    """(n, 288) slow noise of standard deviation `size`, correlated over about `smooth` stamps."""
    noise = gaussian_filter1d(rng.standard_normal((n, STAMPS + 60)), smooth, axis=1)[:, 30:-30]
    return noise / max(noise.std(), 1e-9) * size


def rain(sensors: list[Sensor], rng: np.random.Generator, stamps_h: np.ndarray = HOUR) -> np.ndarray:
    """mm/h. The front enters the west at 06:05, is over the lake by 06:25 and has left the east at 07:30."""
    x, y = np.array([s.at for s in sensors]).T
    share = np.clip((x - RAIN_WEST) / (RAIN_EAST - RAIN_WEST), 0, 1)
    start = 6.08 + 0.62 * share + 0.05 * np.sin(y / 2600)
    since = (stamps_h[None, :] - start[:, None]) / 0.82
    shape = np.where((since > 0) & (since < 1), np.sin(np.pi * np.clip(since, 0, 1) ** 0.55) ** 1.4, 0.0)
    strength = (
        np.array([s.weight for s in sensors]) if sensors[0].observed == "met.rain" else np.ones(len(sensors))
    )
    core = 46 + 22 * np.exp(-(((y - 3471200) / 5200) ** 2))
    out = shape * (core * strength)[:, None]
    return np.where(out < 0.2, 0.0, out * (1 + 0.06 * np.sin(stamps_h * 41)[None, :]))


def underpass(sensors: list[Sensor], rng: np.random.Generator) -> np.ndarray:
    """cm. Rain runs in, pumps take it out; worked out by the minute, given every fifth."""
    minutes_h = np.arange(1440) / 60.0
    falling = rain(sensors, rng, minutes_h)
    inflow = np.array([s.weight for s in sensors])[:, None] * falling * 0.030
    pump = rng.uniform(0.16, 0.42, len(sensors))
    pump[0] = 0.34
    depth, out = np.zeros(len(sensors)), np.zeros((len(sensors), 1440))
    for minute in range(1440):
        depth = np.clip(depth + inflow[:, minute] - np.where(depth > 0.3, pump, 0.0), 0, 80)
        out[:, minute] = depth
    out[0] *= HERO_DEPTH_CM / max(out[0, 400], 1e-9)  # minute 400 is 06:40
    return np.round(out[:, ::5], 1)


def activity(early: float = 0.0) -> np.ndarray:
    """(288,) 0..1 how awake the city is: two peaks, a lunch dip, a long evening."""
    day = 0.05 + 0.62 / (1 + np.exp(-(HOUR - 6.4 + early) * 2.4)) * (1 / (1 + np.exp((HOUR - 21.6) * 1.25)))
    return np.clip(day + 0.36 * bell(8.1 - early, 0.85) + 0.3 * bell(17.9, 1.1) - 0.1 * bell(13.0, 1.2), 0, 1)


def noise(sensors, rng) -> np.ndarray:
    weight = np.array([s.weight for s in sensors])[:, None]
    level = 39.4 + 2.0 * weight + (13 + 11.0 * weight) * activity()[None, :]
    return level + 3.2 * rain(sensors, rng) / 60 + wobble(len(sensors), rng, 2.2, 0.55)


def flow(sensors, rng) -> np.ndarray:
    weight = np.array([s.weight for s in sensors])[:, None]
    tide = 1 + 0.16 * np.sin(np.arange(len(sensors)))[:, None] * (bell(8.1, 1.2) - bell(17.9, 1.3))[None, :]
    out = weight * 2100 * activity()[None, :] * tide * (1 - 0.12 * rain(sensors, rng) / 60)
    return np.clip(out * (1 + wobble(len(sensors), rng, 1.6, 0.035)), 4, None).round()


def speed(sensors, rng) -> np.ndarray:
    crowding = flow(sensors, np.random.default_rng(1)) / 2100
    free = 43 + 9 * np.array([s.weight for s in sensors])[:, None]
    return np.clip(
        free * (1 - 0.62 * crowding**1.6) - 9 * rain(sensors, rng) / 60 + wobble(len(sensors), rng, 2.0, 1.0),
        5,
        80,
    )


def temperature(sensors, rng) -> np.ndarray:
    town = np.array([s.weight for s in sensors])[:, None]
    wave = 30.2 + 4.9 * np.sin((HOUR - 9.2) / 24 * 2 * np.pi)[None, :] + 1.3 * bell(14.3, 2.6)[None, :]
    wet = gaussian_filter1d(rain(sensors, rng), 5, axis=1) / 40
    return (
        wave
        + 1.5 * town * (0.4 + 0.6 * (1 - bell(13.5, 5)))[None, :]
        - 2.7 * shift(wet, (0, 4))
        + wobble(len(sensors), rng, 9, 0.16)
    )


def humidity(sensors, rng) -> np.ndarray:
    heat = temperature(sensors, np.random.default_rng(2))
    wet = gaussian_filter1d(rain(sensors, rng), 6, axis=1) / 40
    return np.clip(
        76 - 3.1 * (heat - 30) + 14 * shift(wet, (0, 3)) + wobble(len(sensors), rng, 8, 0.8), 35, 99
    )


def pm25(sensors, rng) -> np.ndarray:
    weight = np.array([s.weight for s in sensors])[:, None]
    washed = np.cumsum(rain(sensors, rng), axis=1)
    gone = 1 - 0.42 * np.clip(washed / 400, 0, 1) * np.clip(1 - (HOUR - 7.5) / 11, 0, 1)[None, :].clip(0, 1)
    x = np.array([s.at[0] for s in sensors])[:, None]
    base = (
        29
        + 5.5 * np.sin(x / 5200 + HOUR[None, :] / 4)
        + 11 * bell(8.0, 1.3)
        + 9 * bell(19.2, 1.9)
        + 5 * bell(2.5, 3)
    )
    return np.clip(base * weight * gone + wobble(len(sensors), rng, 4, 1.2), 4, None)


def water_level(sensors, rng) -> np.ndarray:
    weight = np.array([s.weight for s in sensors])[:, None]
    fed = np.cumsum(rain(sensors, rng), axis=1) / 12 / 1000
    pumped = np.clip((HOUR - 7.6) / 9, 0, 1)[None, :]
    tide = 0.045 * np.sin((HOUR - 2.2) / 12.42 * 2 * np.pi)[None, :] * weight
    return (
        geo.WATER_LEVEL_M
        + tide
        + 8.5 * fed * weight * (1 - 0.85 * pumped)
        + wobble(len(sensors), rng, 8, 0.003)
    )


def people(sensors, rng) -> np.ndarray:
    station = np.array([s.weight > 1.3 for s in sensors])[:, None]
    commute = 0.04 + 0.95 * bell(8.1, 0.7) + 0.8 * bell(18.2, 0.95) + 0.22 * bell(13, 4.5)
    leisure = 0.02 + 0.5 * bell(12.3, 1.2) + 0.95 * bell(19.4, 1.7) + 0.3 * bell(15.5, 2)
    size = rng.lognormal(4.3, 0.45, (len(sensors), 1))
    out = (
        size
        * np.where(station, commute * 3.0, leisure * 1.6)
        * (1 - 0.3 * np.clip(rain(sensors, rng) / 50, 0, 1))
    )
    return np.clip(out * (1 + wobble(len(sensors), rng, 1.5, 0.06)), 0, None).round()


def power(sensors, rng) -> np.ndarray:
    kind = np.array([0 if "Housing" in s.name else 1 if "Office" in s.name else 2 for s in sensors])
    home = 0.34 + 0.26 * bell(7.3, 1.2) + 0.62 * bell(20.4, 2.3) + 0.28 * bell(14, 3.4) + 0.2 * bell(23.8, 2)
    office = 0.16 + 0.84 / (1 + np.exp(-(HOUR - 8.3) * 2.3)) / (1 + np.exp((HOUR - 18.7) * 1.5))
    works = 0.5 + 0.42 / (1 + np.exp(-(HOUR - 7.6) * 3)) / (1 + np.exp((HOUR - 20.4) * 2.2))
    shape = np.stack([home, office + 0.12 * bell(14.2, 2.5), works])[kind]
    return (
        np.array([s.weight for s in sensors])[:, None]
        * 120
        * shape
        * (1 + wobble(len(sensors), rng, 3, 0.03))
    )


def sewer(sensors, rng) -> np.ndarray:
    dry = 15 + 9 * bell(7.6, 1.2) + 10 * bell(20.3, 1.9) + 4 * bell(12.5, 1.5)
    wet = gaussian_filter1d(rain(sensors, rng), 4, axis=1)
    late = shift(wet, (0, 4), cval=0) * np.array([0.7 + s.weight for s in sensors])[:, None]
    return np.clip(dry + late * 0.95 + wobble(len(sensors), rng, 3, 0.9), 2, 100)


def lamps(sensors, rng) -> np.ndarray:
    """%: full in the evening, dimmed from 23:30, off from sunrise (05:00) to dusk (19:05), on in the dark of the shower."""
    lag = rng.uniform(-0.1, 0.1, (len(sensors), 1))
    h = HOUR[None, :] + lag
    night = np.where((h < 5.0) | (h > 23.5), 55.0, np.where(h > 19.08, 100.0, 0.0))
    return np.where((night == 0) & (rain(sensors, rng) > 42), 40.0, night)


def room_presence(sensors, rng) -> np.ndarray:
    """(n, 288) 0..1 how full a room is on a working day; meeting rooms come and go."""
    n = len(sensors)
    came, went = rng.normal(8.7, 0.35, (n, 1)), rng.normal(18.3, 0.6, (n, 1))
    h = HOUR[None, :]
    out = 1 / (1 + np.exp(-(h - came) * 5)) / (1 + np.exp((h - went) * 4)) * (1 - 0.6 * bell(12.4, 0.55))
    meeting = np.array([s.weight > 1.2 for s in sensors])[:, None]
    held = np.clip(wobble(n, rng, 5, 0.9), 0, 1.6)
    return out * np.where(meeting, held, 1 + 0.1 * wobble(n, rng, 6, 1.0))


def co2(sensors, rng) -> np.ndarray:
    """ppm: a first-order room: people fill it, air change empties it."""
    presence = room_presence(sensors, np.random.default_rng(31))
    weight = np.array([s.weight for s in sensors])
    out, level = np.zeros((len(sensors), STAMPS)), np.full(len(sensors), 425.0)
    for k in range(STAMPS):
        level = level + (425 + 520 * weight * presence[:, k] - level) * 0.14
        out[:, k] = level
    return out + wobble(len(sensors), rng, 2, 6)


def room_temperature(sensors, rng) -> np.ndarray:
    outside = 30.2 + 4.9 * np.sin((HOUR - 9.2) / 24 * 2 * np.pi)
    cooled = 1 / (1 + np.exp(-(HOUR - 7.6) * 3)) / (1 + np.exp((HOUR - 19.2) * 2))
    base = (27.6 + 0.12 * (outside - 30)) * (1 - cooled) + 24.8 * cooled
    south = np.array([(hash_share(s.id)) for s in sensors])[:, None]
    return (
        gaussian_filter1d(base, 4)[None, :]
        + 0.9 * (south - 0.4) * (1 + bell(14, 3))[None, :]
        + wobble(len(sensors), rng, 6, 0.15)
    )


def smoke(sensors, rng) -> np.ndarray:
    """%/m: clean air, but for burnt food in one room at noon, which airs out again."""
    out = np.abs(wobble(len(sensors), rng, 6, 0.03)) + 0.05
    out[len(sensors) // 3] += 2.1 * bell(12.25, 0.13)
    return out


def hash_share(text: str) -> float:
    """0..1 from a text, the same on every machine."""
    import zlib

    return zlib.crc32(text.encode()) % 1000 / 999


SIGNALS = {
    "air.pm25": pm25,
    "noise.leq": noise,
    "met.rain": rain,
    "met.temp": temperature,
    "met.humidity": humidity,
    "water.level": water_level,
    "flood.underpass_depth": underpass,
    "traffic.flow": flow,
    "traffic.speed": speed,
    "crowd.count": people,
    "energy.load": power,
    "ug.sewer_fill": sewer,
    "lamp.level": lamps,
    "bld.co2": co2,
    "bld.temp": room_temperature,
    "fire.smoke": smoke,
}
